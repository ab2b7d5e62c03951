"""Who: the organisations behind a briefing, its contact, and each person once."""

from enum import StrEnum

from attrs import field, frozen

from briefingkit.errors import ModelError
from briefingkit.model.addresses import check_email, check_inside, check_phone
from briefingkit.model.keys import check_key
from briefingkit.model.schedule import check_zone
from briefingkit.text import LocalizedUrl, MultilingualText, Name
from briefingkit.text.language import canonical

__all__ = ["Contact", "Organizer", "OrganizerRole", "Partner", "Person"]


def _canonical_or_none(tag: str | None) -> str | None:
    return None if tag is None else canonical(tag)


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
    logo: str | None = field(default=None, validator=check_inside)


@frozen
class Partner:
    """An organisation in partnership with the organisers."""

    key: str = field(validator=check_key)
    name: Name
    url: LocalizedUrl | None = None
    logo: str | None = field(default=None, validator=check_inside)


@frozen
class Contact:
    """Whom the public may write to; unlike a person's, this address is public."""

    name: Name | None = None
    email: str | None = field(default=None, validator=check_email)
    phone: str | None = field(default=None, validator=check_phone)

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
    email: str | None = field(default=None, validator=check_email, repr=False)
    phone: str | None = field(default=None, validator=check_phone, repr=False)
    language: str | None = field(default=None, converter=_canonical_or_none)
    timezone: str | None = field(default=None, validator=check_zone)
