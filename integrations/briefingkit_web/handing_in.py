"""What is handed in on the page becomes a response, or is set aside: decided for many at once, in one transaction.

The page knows nobody. Somebody who gives an address that is on the list may be that person or another one, and must
neither learn that it is there nor change what stands under it. So what they hand in is set aside: it is kept under the
person, in an intake of its own, and changes nothing until they prove it is theirs or an organiser takes it over. What
they see is what a newcomer would see.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from briefingkit.registrations.codec import iso, response_row, same_content
from briefingkit.registrations.form import SEGMENTS
from briefingkit.registrations.intake import Outcome, Refusal, Sitting
from briefingkit.registrations.person import person_of
from briefingkit.registrations.registration import WHOLE, Registration, RegistrationStatus
from briefingkit.registrations.response import Answer, OwnIntake, Response

if TYPE_CHECKING:
    from briefingkit.registrations.registration_list import RegistrationList
    from briefingkit.store.registration_rows import ResponseRow

__all__ = ["ASIDE", "WEB", "Handed", "Kind", "Result", "Verdict", "answers_of_row", "take"]

WEB = OwnIntake.WEB
"""The intake of what was handed in on the page."""

ASIDE = OwnIntake.ASIDE
"""The intake of what was handed in under an address that is on the list, by nobody knows whom."""

_TICK = timedelta(microseconds=1)


class Kind(StrEnum):
    """What somebody wants."""

    NEW = "new"
    CHANGE = "change"
    CANCEL = "cancel"
    RETURN = "return"
    """To be registered again, as before they cancelled."""


class Verdict(StrEnum):
    """What became of it, as the person is told."""

    TAKEN = "taken"
    WAITS = "waits"
    FULL = "full"
    CLOSED = "closed"
    SPENT = "spent"
    """The form was used before, for another address."""
    GONE = "gone"
    """There is nothing under that link."""


@frozen
class Handed:
    """Something that was handed in. `person` says whose it is, where a link proves that; its answers do otherwise.

    `has_place` is what was told to whoever changes something that was set aside.
    """

    response: Response
    kind: Kind = Kind.NEW
    person: str | None = None
    has_place: bool = False


@frozen
class Result:
    """What became of it; a refusal keeps nothing. `waits_for` are the parts of the programme without a place yet."""

    verdict: Verdict
    response: Response | None = None
    waits_for: tuple[str, ...] = ()

    @property
    def kept(self) -> bool:
        """Whether there is something to show."""
        return self.verdict in {Verdict.TAKEN, Verdict.WAITS}


def take(roll: "RegistrationList", handed: Sequence[Handed]) -> list[Result]:
    """Take in what was handed in, in order, and commit. StoreError where that cannot be done; then nothing is kept."""
    with roll.store.writing(roll.briefing.identifier) as writer:
        sitting = Sitting(writer, roll.desk(on_the_spot=True))
        state = _State(sitting, handed)
        decided = [state.decide(each) for each in handed]
        results: list[Result] = []
        aside: list[ResponseRow] = []
        # In order, so that what is set aside meets the room as a newcomer would have met it then.
        for kind, some in groupby(decided, type):
            if kind is _Going:
                results += _taken(sitting, [each for each in some if isinstance(each, _Going)])
                continue
            for each in some:
                result = _set_aside(each, sitting, aside) if isinstance(each, _Aside) else each
                results.append(result)  # type: ignore[arg-type] # those who go to the list are dealt with above
        if aside:
            writer.put(sitting.held, responses=aside)
    return results


@frozen
class _Going:
    """A response that goes to the list."""

    response: Response
    person: str


@frozen
class _Aside:
    """A response that is set aside. `first`: nobody has a link to it yet, so that it can be refused as any other."""

    response: Response
    person: str
    first: bool
    has_place: bool = False


class _State:
    """What the list holds of those who hand in, before and while it is decided."""

    def __init__(self, sitting: Sitting, handed: Sequence[Handed]) -> None:
        self.newest = sitting.newest((intake, each.response.id) for intake in (WEB, ASIDE) for each in handed)
        persons = {each.person or person_of(each.response) for each in handed}
        self.people = sitting.people(persons | {row.person for row in self.newest.values()})
        # Of whom a response of this very batch makes a registration, and those people.
        self.begun: dict[str, str] = {}
        self.arriving: set[str] = set()

    def decide(self, one: Handed) -> "_Going | _Aside | Result":
        """Tell what is to become of one."""
        response = one.response
        before = self.newest.get((WEB, response.id)) or self.newest.get((ASIDE, response.id))
        if one.kind is not Kind.NEW:
            return self._by_link(one, before)
        person = person_of(response)
        if before is not None:
            if before.person != person:
                return Result(Verdict.SPENT)
            if (
                before.cancels
            ):  # the form comes once more, perhaps from a browser that was restored: it undoes nothing
                return Result(Verdict.TAKEN, response)
            if same_content(before, response):
                return self._again(response, before)
            return self._by_link(evolve(one, kind=Kind.CHANGE), before)
        if (first := self.begun.get(response.id)) is not None:
            # The second half of a double click, within one batch.
            return _Going(response, person) if first == person else Result(Verdict.SPENT)
        held = self.people.get(person)
        if person in self.arriving or (held is not None and held.status is not RegistrationStatus.CANCELLED):
            return _Aside(evolve(response, intake=ASIDE), person, first=True)
        self.begun[response.id] = person
        self.arriving.add(person)
        return _Going(self._over(response, held), person)

    def _by_link(self, one: Handed, before: "ResponseRow | None") -> "_Going | _Aside | Result":
        person = one.person or (before.person if before is not None else None)
        if person is None:
            return Result(Verdict.GONE)
        response = one.response
        if before is not None and before.intake == ASIDE:
            said = answers_of_row(before) if one.kind in {Kind.CANCEL, Kind.RETURN} else response.answers
            later = evolve(response, intake=ASIDE, answers=said, at=_after(response.at, before.at))
            return _Aside(later, person, first=one.kind is Kind.RETURN, has_place=one.has_place)
        held = self.people.get(person)
        if held is None:
            return Result(Verdict.GONE)
        response = evolve(response, at=_after(response.at, iso(held.changed_at), before.at if before else ""))
        return _Going(response if one.kind is Kind.CANCEL else self._over(response, held, one.kind), person)

    def _again(self, response: Response, before: "ResponseRow") -> "_Going | _Aside":
        if before.intake == ASIDE:
            return _Aside(evolve(response, intake=ASIDE), before.person, first=False)
        return _Going(response, before.person)

    @staticmethod
    def _over(response: Response, held: Registration | None, kind: Kind = Kind.NEW) -> Response:
        """Take back what was answered before and is not answered now: who comes back brings nothing old along."""
        if held is None or kind is Kind.RETURN:
            return response
        kept = {"email"} if kind is Kind.CHANGE else set()
        blank: dict[str, Answer] = {
            key: None for key, answer in held.answers.items() if answer is not None and key not in kept
        }
        return evolve(response, answers={**blank, **response.answers})


def _taken(sitting: Sitting, going: "Sequence[_Going]") -> list[Result]:
    responses, persons = [each.response for each in going], [each.person for each in going]
    return [_result(outcome) for outcome in sitting.take(responses, persons=persons)]


def _result(outcome: Outcome) -> Result:
    if outcome.refusal is Refusal.FULL:
        return Result(Verdict.FULL)
    if outcome.refusal is not None:
        return Result(Verdict.CLOSED)
    held: Registration | None = outcome.registration
    if held is None:
        return Result(Verdict.TAKEN, outcome.response)
    waits = held.status is RegistrationStatus.WAITLISTED
    parts = tuple(each for each in held.segments if each not in held.places)
    return Result(Verdict.WAITS if waits else Verdict.TAKEN, outcome.response, parts)


def _set_aside(one: _Aside, sitting: Sitting, rows: "list[ResponseRow]") -> Result:
    """Set a response aside, and say what a newcomer would be told."""
    terms, response = sitting.desk.terms, one.response
    waits = not (one.has_place or sitting.room.is_free(WHOLE))
    if one.first:
        over = terms.due is not None and sitting.desk.now >= terms.due
        if over or not terms.is_open(response.at):
            return Result(Verdict.CLOSED)
        if waits and not terms.capacity.waitlist:
            return Result(Verdict.FULL)
    rows.append(response_row(response, one.person, None))
    chosen = response.answers.get(SEGMENTS)
    parts = (
        tuple(each for each in chosen if waits or not sitting.room.is_free(each))
        if isinstance(chosen, tuple)
        else ()
    )
    return Result(Verdict.WAITS if waits else Verdict.TAKEN, response, parts)


def answers_of_row(row: "ResponseRow") -> Mapping[str, Answer]:
    """Read the answers of a response that the ledger holds."""
    import json

    read: dict[str, Any] = json.loads(row.answers)
    return {key: tuple(value) if isinstance(value, list) else value for key, value in read.items()}


def _after(at: datetime, *others: str) -> datetime:
    """Give a moment that is after all that was before, whatever the clocks of two machines say."""
    newest = max(others, default="")
    return at if iso(at) > newest else datetime.fromisoformat(newest) + _TICK
