"""Paths: where a value stands in a file, as names, keys and indexes."""

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["Path", "dotted", "keyed", "parts"]

Path = tuple[str | int, ...]
"""Names of fields, indexes into lists; a `key` may stand for the index of the entry that has it."""


def dotted(path: Path) -> str:
    """Write a path as findings and `unconfirmed` do: `agenda.open-floor.title.fr`."""
    return ".".join(map(str, path))


def parts(path: str) -> Path:
    """Split a dotted path; digits stay text, for they may be a key."""
    return tuple(path.split(".")) if path else ()


def keyed(data: Any, path: Path) -> Path:
    """Put the `key` of each entry in the place of its index, where it has one that is text."""
    steps: list[str | int] = []
    for step in path:
        if isinstance(data, Mapping):
            if isinstance(step, int) and step < len(
                data
            ):  # a mapping that the model reads as a list, in its order
                step = list(data)[step]  # noqa: PLW2901 - the step under its better name
            data = data.get(step)
        elif (
            isinstance(data, Sequence)
            and not isinstance(data, str)
            and isinstance(step, int)
            and step < len(data)
        ):
            data = data[step]
            key = data.get("key") if isinstance(data, Mapping) else None
            step = key if isinstance(key, str) and key else step  # noqa: PLW2901 - the step under its better name
        else:
            data = None
        steps.append(step)
    return tuple(steps)
