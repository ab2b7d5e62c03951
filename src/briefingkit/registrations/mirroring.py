"""Keeping the list elsewhere as well, where organisers look at it: rows that follow the list, and go when people go.

It is no part of plan and apply, whose resources hold nobody's data: a target that keeps lists makes the place for one
by plan and apply, and the rows are brought in step when somebody asks for it, and whenever somebody is erased.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from attrs import field, frozen

from briefingkit.errors import BriefingkitError, IntegrationError

if TYPE_CHECKING:
    from briefingkit.model import Briefing, Programme
    from briefingkit.publish import Identity, Remote
    from briefingkit.registrations.connected import Connected, Connections
    from briefingkit.registrations.registration import Registration

__all__ = ["Kept", "Mirror", "Mirrored", "keep_at", "kept_after_erasing"]


@frozen
class Mirrored:
    """How many rows were added, changed, removed and found in step. `where` is where people look at them.

    `strangers` are rows in which people have written what may be somebody's data, and which are not of the list: they
    are left alone. `remains` says in a sentence what nobody can take away there by a program.
    """

    where: str
    added: int = 0
    changed: int = 0
    removed: int = 0
    untouched: int = 0
    strangers: int = 0
    remains: str | None = None


@runtime_checkable
class Mirror(Protocol):
    """What an integration has besides where a list is kept at its target."""

    def mirror(
        self,
        briefing: "Briefing",
        programme: "Programme",
        held: "Mapping[Identity, Remote]",
        registrations: "Iterable[Registration]",
    ) -> Mirrored:
        """Bring what is kept there in step with a briefing's list, in the order in which people came.

        `held` is what the ledger knows to be at the target. Run again it changes nothing; two at once end as one would.
        Rows of people who are not on the list are removed. Raises IntegrationError when the target is out of reach, or
        has no place for the list.
        """


@frozen
class Kept:
    """What became of a briefing's list at one target; `error` says why it may not be in step there.

    Without a target: it is not known where the list is kept. `command` brings it in step.
    """

    briefing: str
    target: str
    mirrored: Mirrored | None = None
    error: str | None = None
    command: str = field(init=False)

    @command.default
    def _command(self) -> str:
        at = f" --target {self.target}" if self.target else ""
        return f"briefingkit registrations mirror {self.briefing}{at}"


def keep_at(
    source: "Connected",
    briefing: "Briefing",
    programme: "Programme",
    registrations: "Iterable[Registration]",
) -> Kept:
    """Bring the list at one target in step; that it cannot be reached is told, not raised."""
    try:
        done = source.integration.mirror(briefing, programme, source.held, registrations)
    except IntegrationError as error:
        return Kept(briefing.identifier, source.name, error=str(error))
    return Kept(briefing.identifier, source.name, done)


def kept_after_erasing(
    briefing: str,
    programme: "Programme",
    connections: "Connections",
    registrations: "Iterable[Registration]",
) -> Sequence[Kept]:
    """Bring a list from which somebody was erased in step wherever it is kept.

    The data are erased by then: nothing is raised for a target, but said, for a copy is still there.
    """
    try:
        sources = [each for each in connections(Mirror, briefing) if each.held]
    except BriefingkitError as error:
        return (Kept(briefing, "", error=f"the targets cannot be loaded: {error}"),)
    known = programme.briefings.get(briefing)
    if known is None:
        words = "the briefing is gone from the project: apply a plan over all of it, which takes its list away there"
        return tuple(Kept(briefing, each.name, error=words) for each in sources)
    people = tuple(registrations) if sources else ()
    return tuple(keep_at(each, known, programme, people) for each in sources)
