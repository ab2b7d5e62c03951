"""Keys: the short names that tie a thing to its translations, its remote twin and its history, and never change."""

import re
from collections.abc import Iterable
from typing import Any

from briefingkit.errors import ModelError

__all__ = ["KEY_LENGTH", "KEY_PATTERN", "check_key", "check_optional_key", "duplicates"]

KEY_PATTERN = r"[a-z0-9]+(-[a-z0-9]+)*"
KEY_LENGTH = 64
_KEY = re.compile(KEY_PATTERN)


def check_key(_instance: object, attribute: Any, value: str) -> None:
    """Refuse, as an attrs validator, a key that could not stand in a path, an address and a file name as it is."""
    if len(value) > KEY_LENGTH or not _KEY.fullmatch(value):
        raise ModelError(
            f"{value[:80]!r} is no key: lower-case ASCII letters and digits, joined by single hyphens, "
            f"at most {KEY_LENGTH} characters",
            field=attribute.name,
        )


def check_optional_key(instance: object, attribute: Any, value: str | None) -> None:
    """Refuse what `check_key` does, where there may be no key at all."""
    if value is not None:
        check_key(instance, attribute, value)


def duplicates(keys: Iterable[str]) -> tuple[str, ...]:
    """Tell the keys that stand more than once, each named once, in order."""
    seen: set[str] = set()
    twice: dict[str, None] = {}
    for key in keys:
        if key in seen:
            twice[key] = None
        seen.add(key)
    return tuple(twice)
