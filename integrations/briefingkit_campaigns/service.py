"""What a service of campaigns is to this package, and reading what all of them tell.

There is no call that sends or schedules: that is a person's.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from attrs import field, frozen

from briefingkit.model import Letterhead
from briefingkit.publish import Fields, Value
from briefingkit.text.fallback import Fallback
from briefingkit_campaigns.identity import DRAFT
from briefingkit_campaigns.line import Line
from briefingkit_campaigns.wording import Tags

__all__ = [
    "Held",
    "Service",
    "Terms",
    "lines_of",
    "paged",
    "state_of",
    "within",
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


def within(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Give an object of what a service tells; an empty one for anything else."""
    found = told.get(name)
    return found if isinstance(found, dict) else {}


def state_of(status: str, states: Mapping[str, str], moment: Any) -> str:
    """Say by a service's word for it what a person has done with a campaign, and when; DRAFT where nothing."""
    state = states.get(status, status)
    return f"{state} ({moment})" if state != DRAFT and isinstance(moment, str) and moment else state
