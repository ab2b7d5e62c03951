"""What is spoken and how it is made accessible: interpretation, captions, sign languages."""

from datetime import date
from typing import Any

from attrs import field, frozen

from briefingkit.errors import ModelError
from briefingkit.model.addresses import check_email
from briefingkit.model.keys import duplicates
from briefingkit.model.place import FromTarget
from briefingkit.model.schedule import check_day
from briefingkit.text import LocalizedUrl
from briefingkit.text.language import canonical, canonical_tags

__all__ = ["Accessibility", "ArrangementRequests", "Channel", "Interpretation"]

_CONTACT = "contact"


def _canonical_tag(tag: str) -> str:
    return canonical(tag)


def _check_floor(_instance: object, attribute: Any, value: tuple[str, ...]) -> None:
    if not value:
        raise ModelError("name at least one language that is spoken in the room", field=attribute.name)


def _check_to(instance: object, attribute: Any, value: str) -> None:
    if value != _CONTACT:
        check_email(instance, attribute, value)


@frozen
class Channel:
    """A language that one can listen in, with the address of its room where it has one of its own.

    The room may be one that a target makes.
    """

    language: str = field(converter=_canonical_tag)
    url: LocalizedUrl | FromTarget | None = None


@frozen
class Interpretation:
    """`floor` is what is spoken in the room, `into` the channels that interpreters speak on (BCP 47 tags)."""

    floor: tuple[str, ...] = field(converter=canonical_tags, validator=_check_floor)
    into: tuple[Channel, ...] = ()

    def __attrs_post_init__(self) -> None:
        """Refuse two channels of one language."""
        if twice := duplicates(channel.language for channel in self.into):
            raise ModelError(f"two channels are in {twice[0]}", field="into")

    @property
    def languages(self) -> tuple[str, ...]:
        """Every language in which one can follow, the floor first."""
        return tuple(dict.fromkeys((*self.floor, *(channel.language for channel in self.into))))


@frozen
class ArrangementRequests:
    """Where to ask for arrangements, and until when (local, inclusive): `contact` or an e-mail address."""

    to: str = field(default=_CONTACT, validator=_check_to)
    until: date | None = field(default=None, validator=check_day)


@frozen
class Accessibility:
    """Captions (BCP 47 tags), sign languages (ISO 639-3 tags) and how to ask for more."""

    captions: tuple[str, ...] = field(default=(), converter=canonical_tags)
    sign: tuple[str, ...] = field(default=(), converter=canonical_tags)
    requests: ArrangementRequests | None = None
