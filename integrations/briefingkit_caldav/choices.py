"""What the settings of a CalDAV target can say, value by value."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from attrs import field, frozen

from briefingkit.errors import ModelError
from briefingkit.model.addresses import check_email
from briefingkit.model.schedule import check_zone
from briefingkit.text import Name
from briefingkit.text.language import canonical

__all__ = ["NOBODY", "Collections", "Guests", "MakeCollections", "Scheduling", "as_url"]

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


def _by_tag(given: Mapping[str, str]) -> dict[str, str]:
    return {canonical(language): calendar for language, calendar in given.items()}


@frozen
class Collections:
    """The calendars to publish in, by name or address: one for all languages, or one for each."""

    one: str | None = None
    by_language: Mapping[str, str] = field(factory=dict, converter=_by_tag, hash=False)

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


def _normalised(addresses: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(address.strip().lower() for address in addresses))


@frozen
class Guests:
    """Who is invited: nobody, the people of the agenda, or addresses of people and groups."""

    participants: bool = False
    addresses: tuple[str, ...] = field(default=(), converter=_normalised)

    @addresses.validator
    def _check_addresses(self, attribute: Any, value: tuple[str, ...]) -> None:
        for address in value:
            check_email(self, attribute, address)

    @property
    def any(self) -> bool:
        """Whether there are to be guests at all: where not, those that people add are nobody's business."""
        return self.participants or bool(self.addresses)

    @staticmethod
    def short_form(value: object) -> object:
        """Read `none`, `participants`, or a list of addresses in which `participants` may stand too."""
        if value == "none":
            return {}
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list | tuple):
            raise ModelError("guests are none, participants, or a list of addresses")
        return {
            "participants": "participants" in listed,
            "addresses": [each for each in listed if each != "participants"],
        }


NOBODY: Final = Guests()
"""No guests at all."""
