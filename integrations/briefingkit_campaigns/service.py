"""What a service of campaigns is to this package, and what the settings of all of them have in common.

There is no call that sends or schedules: that is a person's.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from attrs import field, frozen

from briefingkit.errors import ModelError
from briefingkit.model import Letterhead
from briefingkit.publish import Fields, Value
from briefingkit.text.fallback import Fallback
from briefingkit.text.language import canonical
from briefingkit_campaigns.line import Line
from briefingkit_campaigns.wording import Tags

__all__ = [
    "Held",
    "Service",
    "Terms",
    "by_language",
    "check_tag",
    "check_timeout",
    "lines_of",
    "paged",
    "tags_of",
]


@frozen
class Held:
    """A campaign as a listing or a look at it tells; `state` is DRAFT, or says what a person has done with it."""

    id: str
    title: str
    state: str
    told: Mapping[str, Any] = field(factory=dict, repr=False)


class Service(Protocol):
    """One service. Every call raises what `Line.ask` does."""

    @property
    def line(self) -> Line:
        """The line to it, which is closed by whoever asked for the service."""

    def campaigns(self) -> Iterator[Held]:
        """List all campaigns of the account."""

    def get(self, campaign: str) -> Held:
        """Look at one."""

    def fields(self, held: Held) -> Fields:
        """Read a draft in the canonical form."""

    def create(self, fields: Fields) -> str:
        """Make a draft that has at least its title, and give its id; not repeated where its answer is lost."""

    def update(self, campaign: str, fields: Fields) -> None:
        """Write all fields of a draft; what leaves it half written is Lost."""

    def delete(self, campaign: str) -> None:
        """Take a draft away."""


@frozen
class Terms:
    """What a projection has to know of a target's settings. `audiences` is in the canonical form, by language."""

    letterhead: Letterhead
    audiences: Mapping[str, Value]
    tags: Tags
    languages: tuple[str, ...]
    fallback: Fallback
    fallbacks: Mapping[str, Fallback]
    mailing: str | None
    target: str
    namespace: str
    has_text: bool = True
    lacks: tuple[str, ...] = ()


def paged(page: Callable[[int], tuple[Sequence[Any], Any]], held: Callable[[Any], Held]) -> Iterator[Held]:
    """Read a listing to its end: `page` takes an offset, and gives what is there and how many there are in all.

    What is listed twice, because something before it has gone meanwhile, is one; a listing that repeats itself ends.
    """
    seen: set[str] = set()
    offset = 0
    while True:
        listed, total = page(offset)
        new = [each for each in map(held, listed) if each.id not in seen]
        seen.update(each.id for each in new)
        yield from new
        offset += len(listed)
        if not new or (isinstance(total, int) and offset >= total):
            return


def lines_of(text: str) -> str:
    """Give a text as both sides are compared: services write line ends and the last line in their own way."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def tags_of(tags: Iterable[str]) -> tuple[str, ...]:
    """Write BCP 47 tags in their canonical form, each once."""
    return tuple(dict.fromkeys(map(canonical, tags)))


def by_language(audiences: Mapping[str, Any]) -> Mapping[str, Any]:
    """Key by canonical BCP 47 tags."""
    return {canonical(tag): audience for tag, audience in audiences.items()}


def check_tag(_instance: object, attribute: Any, value: str) -> None:
    """Refuse a name of a contact's field that would be something else in a service's language."""
    if not value.isascii() or not value.replace("_", "").isalnum():
        raise ModelError("a field of contacts is letters, digits and underscores", field=attribute.name)


def check_timeout(_instance: object, attribute: Any, value: float) -> None:
    """Bound how long a request may take, in seconds."""
    if not 0 < value <= 300:  # noqa: PLR2004
        raise ModelError("timeout is seconds, more than none and at most 300", field=attribute.name)
