"""Fetching what was handed in elsewhere: from every target that takes registrations, page by page.

A page's responses and the place to read on from are kept in one transaction: whatever dies in between, nothing is lost,
and what is read twice is known by its id.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from attrs import evolve, field, frozen

from briefingkit.errors import BriefingkitError, IntegrationError
from briefingkit.registrations.intake import Outcome, Sitting
from briefingkit.registrations.response import Response
from briefingkit.store.registration_rows import CursorRow

if TYPE_CHECKING:
    from briefingkit.model import Briefing, Programme
    from briefingkit.publish import Identity, Remote
    from briefingkit.registrations.connected import Connected, Connections
    from briefingkit.registrations.erasure import Erased
    from briefingkit.registrations.registration_list import RegistrationList

__all__ = ["Intake", "Page", "Pulled", "located", "pull_from"]


@frozen
class Page:
    """Some responses, and where to read on once they are kept; None: from the beginning."""

    responses: tuple[Response, ...] = field(repr=False)
    cursor: str | None = None


@runtime_checkable
class Intake(Protocol):
    """What an integration has besides where people hand in registrations at its target."""

    def pull(
        self,
        briefing: "Briefing",
        programme: "Programme",
        held: "Mapping[Identity, Remote]",
        since: str | None,
    ) -> Iterator[Page]:
        """Fetch what was handed in for a briefing since a cursor, oldest first where the target allows it.

        `held` is what the ledger knows to be at the target: the form. A response's `intake` is the target's name, and
        the same submission has the same id for ever. One that comes again does no harm. Raises IntegrationError when
        the target is out of reach.
        """

    def locate(self, response: str) -> str:
        """Say in a line where a response stands, by its id, for somebody who takes it away there by hand."""


@frozen
class Pulled:
    """What came from one target: how many responses by what became of them, and why it was not read to its end."""

    intake: str
    outcomes: Mapping[str, int]
    error: str | None = None

    @property
    def responses(self) -> int:
        """How many responses were read."""
        return sum(self.outcomes.values())


def pull_from(source: "Connected", roll: "RegistrationList") -> Pulled:
    """Take in all that is new at one target. What was read before the target failed is kept."""
    counted = Counter[str]()
    briefing = roll.briefing.identifier
    try:
        with roll.store.reading(briefing) as reader:
            since = reader.cursor(source.name)
        for page in source.integration.pull(roll.briefing, roll.programme, source.held, since):
            counted.update(map(_became, _take(page, source.name, roll)))
    except IntegrationError as error:
        return Pulled(source.name, dict(sorted(counted.items())), str(error))
    return Pulled(source.name, dict(sorted(counted.items())))


def _take(page: Page, name: str, roll: "RegistrationList") -> list[Outcome]:
    for response in page.responses:
        if (response.briefing, response.intake) != (roll.briefing.identifier, name):
            raise IntegrationError(f"{name} gave a response of another briefing or intake")
    with roll.store.writing(roll.briefing.identifier) as writer:
        outcomes = Sitting(writer, roll.desk()).take(page.responses)
        writer.put(writer.held(), cursors=[CursorRow(roll.briefing.identifier, name, page.cursor)])
    return outcomes


def _became(outcome: Outcome) -> str:
    if outcome.refusal is not None:
        return outcome.refusal.value
    return outcome.effect.value if outcome.effect is not None else ""


def located(erased: "Erased", connections: "Connections") -> "Erased":
    """Say where copies of what was erased stand, as far as their intakes are targets that can be loaded."""
    if not erased.copies:
        return erased
    try:
        sources = {source.name: source for source in connections(Intake)}
    except BriefingkitError:
        # The data are erased: that a target's settings or packages are not in order now is no reason to fail.
        return erased
    copies = (
        evolve(copy, where=sources[copy.intake].integration.locate(copy.id))
        if copy.intake in sources
        else copy
        for copy in erased.copies
    )
    return evolve(erased, copies=tuple(copies))
