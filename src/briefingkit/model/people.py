"""Who: the organisations behind a briefing, its contact, and each person once."""

import re
from enum import StrEnum
from typing import Any

from attrs import field, frozen

from briefingkit.errors import ModelError
from briefingkit.model.keys import check_key
from briefingkit.text import LocalizedUrl, MultilingualText, Name
from briefingkit.text.language import canonical
from briefingkit.text.zones import get_zone

__all__ = ["Contact", "Organizer", "OrganizerRole", "Partner", "Person"]

_EMAIL = re.compile(
    r"[^\s@<>\"(),:;\\\[\]\x00-\x1f]{1,64}@[^\s@<>\"(),:;\\\[\]\x00-\x1f]+\.[^\s@<>\"(),:;\\\[\]\x00-\x1f]+"
)
_EMAIL_LENGTH = 254
_UNSAFE_PATH = re.compile(r"^[/\\~]|(^|[/\\])\.\.([/\\]|$)|[\x00-\x1f:]")


def _check_email(_instance: object, attribute: Any, value: str | None) -> None:  # noqa: ANN401 - attrs' Attribute
    if value is not None and (len(value) > _EMAIL_LENGTH or not _EMAIL.fullmatch(value)):
        raise ModelError(
            f"{value[:80]!r} is no e-mail address such as name@example.org", field=attribute.name
        )


def _check_zone(_instance: object, _attribute: object, value: str | None) -> None:
    if value is not None:
        get_zone(value)


def _check_inside(_instance: object, attribute: Any, value: str | None) -> None:  # noqa: ANN401 - attrs' Attribute
    if value is not None and _UNSAFE_PATH.search(value):
        raise ModelError(
            f"{value[:80]!r} leaves the briefing's folder: give a path below it", field=attribute.name
        )


def _canonical_or_none(value: str | None) -> str | None:
    return None if value is None else canonical(value)


class OrganizerRole(StrEnum):
    """What an organisation does for the briefing."""

    HOST = "host"
    CO_ORGANIZER = "co-organizer"


@frozen
class Organizer:
    """An organisation that holds the briefing; `steers` is the key of another organiser that it steers."""

    key: str = field(validator=check_key)
    name: Name
    role: OrganizerRole = OrganizerRole.CO_ORGANIZER
    steers: str | None = None
    url: LocalizedUrl | None = None
    logo: str | None = field(default=None, validator=_check_inside)


@frozen
class Partner:
    """An organisation in partnership with the organisers."""

    key: str = field(validator=check_key)
    name: Name
    url: LocalizedUrl | None = None
    logo: str | None = field(default=None, validator=_check_inside)


@frozen
class Contact:
    """Whom the public may write to; unlike a person's, this address is public."""

    name: Name | None = None
    email: str | None = field(default=None, validator=_check_email)
    phone: str | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a contact that nobody could reach or name."""
        if self.name is None and self.email is None and self.phone is None:
            raise ModelError("a contact has a name, an e-mail address or a phone number")


@frozen
class Person:
    """Someone with a part in the programme, told once. Their e-mail, phone, language and zone are private."""

    key: str = field(validator=check_key)
    name: Name
    position: MultilingualText | None = None
    organization: Name | None = None
    email: str | None = field(default=None, validator=_check_email, repr=False)
    phone: str | None = field(default=None, repr=False)
    language: str | None = field(default=None, converter=_canonical_or_none)
    timezone: str | None = field(default=None, validator=_check_zone)
