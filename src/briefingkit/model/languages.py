"""What is spoken and how it is made accessible: interpretation, captions, sign languages."""

from datetime import date

from attrs import field, frozen

from briefingkit.errors import ModelError
from briefingkit.model.keys import duplicates
from briefingkit.text import LocalizedUrl
from briefingkit.text.language import canonical

__all__ = ["Accessibility", "ArrangementRequests", "Channel", "Interpretation"]


def _canonical_tag(tag: str) -> str:
    return canonical(tag)


def _canonical_tags(tags: "tuple[str, ...]") -> tuple[str, ...]:
    return tuple(dict.fromkeys(canonical(tag) for tag in tags))


@frozen
class Channel:
    """A language that one can listen in, with the address of its room where it has one of its own."""

    language: str = field(converter=_canonical_tag)
    url: LocalizedUrl | None = None


@frozen
class Interpretation:
    """`floor` is what is spoken in the room, `into` the channels that interpreters speak on (BCP 47 tags)."""

    floor: tuple[str, ...] = field(converter=_canonical_tags)
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

    to: str = "contact"
    until: date | None = None


@frozen
class Accessibility:
    """Captions (BCP 47 tags), sign languages (ISO 639-3 tags) and how to ask for more."""

    captions: tuple[str, ...] = field(default=(), converter=_canonical_tags)
    sign: tuple[str, ...] = field(default=(), converter=_canonical_tags)
    requests: ArrangementRequests | None = None
