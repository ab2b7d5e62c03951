"""E-mail addresses, telephone numbers and paths: short strings that end in headers, calendars and file names.

Each check is an attrs validator. What is not printable is refused in all of them: a line break in an address is a
second header, and a direction override shows a reader another address than the one that is used.
"""

import re
from typing import Any

from briefingkit.errors import ModelError

__all__ = ["check_email", "check_inside", "check_phone"]

_EMAIL = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}@[^\s@<>\"(),:;\\\[\]]+\.[^\s@<>\"(),:;\\\[\]]+")
_EMAIL_LENGTH = 254  # RFC 5321 section 4.5.3.1.3, less the angle brackets
_PHONE_LENGTH = 64
_PATH_OCTETS = 255  # the longest name that common file systems take
_OUTSIDE = re.compile(r"^[/\\~]|(^|[/\\])\.\.([/\\]|$)|:")
_SHOWN = 80


def check_email(_instance: object, attribute: Any, value: str | None) -> None:
    """Refuse what is not one bare address (RFC 5322 section 3.4.1, without quoting and comments)."""
    if value is None:
        return
    if len(value) > _EMAIL_LENGTH or not _EMAIL.fullmatch(value) or not value.isprintable():
        raise ModelError(
            f"{value[:_SHOWN]!r} is no e-mail address such as name@example.org", field=attribute.name
        )


def check_phone(_instance: object, attribute: Any, value: str | None) -> None:
    """Refuse a number without a digit, on several lines, or longer than any with an extension."""
    if value is None:
        return
    digits = any(character.isdigit() for character in value)
    if not digits or len(value) > _PHONE_LENGTH or not value.isprintable():
        raise ModelError(
            f"{value[:_SHOWN]!r} is no telephone number such as +32 2 555 01 23", field=attribute.name
        )


def check_inside(_instance: object, attribute: Any, value: str | None) -> None:
    """Refuse a path that is not below the briefing's own folder, on this system or another."""
    if value is None:
        return
    if not value.strip() or not value.isprintable() or len(value.encode()) > _PATH_OCTETS:
        raise ModelError(
            f"{value[:_SHOWN]!r} is no path: printable characters, at most {_PATH_OCTETS} octets",
            field=attribute.name,
        )
    if _OUTSIDE.search(value):
        raise ModelError(
            f"{value[:_SHOWN]!r} leaves the briefing's folder: give a path below it", field=attribute.name
        )
