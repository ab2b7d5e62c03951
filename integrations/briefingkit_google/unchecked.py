"""What stands in an answer of Google's, where anything may stand."""

from collections.abc import Mapping
from typing import Any

__all__ = ["list_in", "mapping_in", "text_in"]


def mapping_in(value: Any) -> Mapping[str, Any]:
    """Read an object; an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def list_in(value: Any) -> list[Any]:
    """Read a list; an empty one for anything else."""
    return list(value) if isinstance(value, list | tuple) else []


def text_in(value: Any) -> str | None:
    """Read a text without blanks around it; None for anything else, and for an empty one, which Google leaves out."""
    return (value.strip() or None) if isinstance(value, str) else None
