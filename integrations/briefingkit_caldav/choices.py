"""What the settings of a CalDAV target can say, value by value."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from attrs import field, frozen

from briefingkit.errors import ModelError
from briefingkit.model.schedule import check_zone
from briefingkit.text import Name
from briefingkit.text.language import by_canonical_tag

__all__ = ["Collections", "MakeCollections", "Scheduling", "as_url"]

_URL: Final = re.compile(r"https?://(?P<user>[^/?#@\\]*@)?[^\s/?#@\\]+(/[^\s?#\\]*)?", re.IGNORECASE)
_PATH: Final = re.compile(r"/[^\s?#\\]*")
_COLOR: Final = re.compile(r"#[0-9A-Fa-f]{6}")
_SHOWN: Final = 80


class Scheduling(StrEnum):
    """Who tells guests: nobody, or the server, which writes to them by itself (RFC 6638 section 7.1)."""

    SILENT = "silent"
    SERVER = "server"


def as_url(value: str) -> str:
    """Read the address of a server, a bare host name too. ModelError for what is none, and for one with a password."""
    url = value if "://" in value else f"https://{value}"
    found = _URL.fullmatch(url) if url.isprintable() else None
    if found is None:
        raise ModelError(f"{value[:_SHOWN]!r} is no address of a server such as https://cloud.example.org/")
    if found["user"] is not None:
        raise ModelError("the address holds a name or a password: give them as `username` and `password`")
    return url


def is_address(value: str) -> bool:
    """Whether a collection is given by its address, in full or from the server's root, and not by its name."""
    return value.startswith("/") or "://" in value


def _check_collection(value: str) -> None:
    if "://" in value:
        as_url(value)
    elif value.startswith("/"):
        if not _PATH.fullmatch(value) or not value.isprintable():
            raise ModelError(f"{value[:_SHOWN]!r} is no address of a calendar")
    elif not value.strip() or not value.isprintable():
        raise ModelError(f"{value[:_SHOWN]!r} is no calendar: give its name, or its address")


@frozen
class Collections:
    """The calendars to publish in, by name or address: one for all languages, or one for each."""

    one: str | None = None
    by_language: Mapping[str, str] = field(factory=dict, converter=by_canonical_tag, hash=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what is neither a name nor an address, and one calendar for two languages."""
        if (self.one is None) == (not self.by_language):
            raise ModelError("give the name of a calendar, or one for each language: {en: …, fr: …}")
        for calendar in (self.one, *self.by_language.values()):
            if calendar is not None:
                _check_collection(calendar)
        if len(set(self.by_language.values())) < len(self.by_language):
            raise ModelError("two languages name the same calendar: one name alone holds all languages")

    @staticmethod
    def short_form(value: object) -> object:
        """Read a name, or a mapping of languages to names."""
        return {"one": value} if isinstance(value, str) else {"by_language": value}


def _check_color(_instance: object, attribute: Any, value: str | None) -> None:
    if value is not None and not _COLOR.fullmatch(value):
        raise ModelError(f"{value[:40]!r} is no colour such as #0a7abf", field=attribute.name)


@frozen
class MakeCollections:
    """Calendars that the target makes: what they are called and about, their colour and zone.

    A name in each language makes a calendar for each, one for all languages makes one calendar.
    """

    name: Name
    description: Name | None = None
    color: str | None = field(default=None, validator=_check_color)
    timezone: str | None = field(default=None, validator=check_zone)
