"""Taking responses in: many or one, in one transaction that holds the list, with an outcome for each."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from briefingkit.registrations.capacity import Room, Terms, place
from briefingkit.registrations.codec import (
    dumps,
    iso,
    registration_of,
    registration_row,
    response_row,
    same_content,
)
from briefingkit.registrations.events import EventKind, event_rows
from briefingkit.registrations.merge import Effect, merge
from briefingkit.registrations.person import person_of
from briefingkit.registrations.registration import Registration, RegistrationStatus
from briefingkit.registrations.response import OwnIntake, Response

if TYPE_CHECKING:
    from briefingkit.store.registration_rows import EventRow, ListRow, ResponseRow
    from briefingkit.store.registrations import ListWriter

__all__ = ["Desk", "Outcome", "Refusal", "Sitting", "mark_of"]


class Refusal(StrEnum):
    """Why a response was not taken; nothing of it is kept."""

    FULL = "full"
    CLOSED = "closed"
    ERASED = "erased"
    """The person was erased, and this is from before that, or from a file that may be."""
    EXPIRED = "expired"
    """The list's data had to go."""


@frozen
class Outcome:
    """What became of a response: what it did to which registration, or why it was refused."""

    response: Response
    effect: Effect | None
    registration: Registration | None = None
    refusal: Refusal | None = None

    @property
    def taken(self) -> bool:
        """Whether it was taken in, even if it changed nothing."""
        return self.refusal is None


@frozen
class Desk:
    """What responses are taken in by: the list's terms, the moment, the key of the marks of those who were erased.

    `on_the_spot` says that whoever hands in is there and is told the outcome: they are refused where there is no
    place, while others are kept as pending.
    """

    terms: Terms
    now: datetime
    key: bytes = field(repr=False)
    on_the_spot: bool = False


def mark_of(key: bytes, briefing: str, person: str) -> str:
    """Make the mark of a person who was erased: by it nobody is known but to one who asks for that very address."""
    return hmac.new(key, f"{briefing}\n{person}".encode(errors="replace"), hashlib.sha256).hexdigest()


class Sitting:
    """A list that is held for writing: responses go in, and all that changed is written as it goes."""

    def __init__(self, writer: "ListWriter", desk: Desk) -> None:
        self.writer, self.desk = writer, desk
        self.held: ListRow = writer.held()
        self.waiting, self.arrivals = self.held.waiting, self.held.arrivals
        self.room = Room(desk.terms.capacity, _taken(self.held))
        self.subscribers = writer.subscribers()
        self.events: list[EventRow] = []
        self.changed: dict[str, Registration] = {}
        self.responses: list[ResponseRow] = []
        # Those whose answers are those of their response: their text is made once.
        self.fresh: list[tuple[Registration, ResponseRow]] = []
        # What was looked for, as it is by now; None: it is not there.
        self._people: dict[str, Registration | None] = {}
        self._newest: dict[tuple[str, str], ResponseRow | None] = {}

    def people(self, persons: Iterable[str]) -> dict[str, Registration]:
        """Give those of some people who are on the list, as they are by now; each is read once."""
        asked = dict.fromkeys(persons)
        if unread := [person for person in asked if person not in self._people]:
            rows = self.writer.registrations(unread)
            for person in unread:
                row = rows.get(person)
                self._people[person] = None if row is None else registration_of(row)
        return {person: held for person in asked if (held := self._people[person]) is not None}

    def newest(self, responses: Iterable[tuple[str, str]]) -> "dict[tuple[str, str], ResponseRow]":
        """Give the newest version of responses that are there, by intake and id; each is read once."""
        asked = dict.fromkeys(responses)
        if unread := [name for name in asked if name not in self._newest]:
            intakes = {intake for intake, _ in unread}
            rows = self.writer.newest(intakes, [identifier for _, identifier in unread])
            self._newest.update((name, rows.get(name)) for name in unread)
        return {name: row for name in asked if (row := self._newest[name]) is not None}

    def take(self, responses: Sequence[Response], persons: Sequence[str] = ()) -> list[Outcome]:
        """Take responses in, in order; a place that one gives back goes to whoever waits before the next is looked at.

        `persons` says whom each is about, where its answers do not.
        """
        self.promote()
        outcomes, people = list[Outcome](), persons or tuple(map(person_of, responses))
        while len(outcomes) < len(responses):
            outcomes += self._batch(responses[len(outcomes) :], people[len(outcomes) :])
            self.write()
            if self.room.freed:
                self.promote()
        return outcomes

    def promote(self) -> list[Registration]:
        """Give the places that are free to those who wait, first come first, and write that down."""
        promoted = list[Registration]()
        if self.waiting and not self.room.is_full():
            for row in self.writer.waiting():
                before = registration_of(row)
                after = place(before, self.room)
                if after.places != before.places:
                    self.keep(before, after, EventKind.PROMOTED)
                    promoted.append(after)
                elif after != before:
                    self.keep(before, after, None)
                if self.room.is_full():
                    break
        self.room.freed = False
        self.write()
        return promoted

    def keep(self, before: Registration | None, after: Registration, kind: EventKind | None) -> None:
        """Remember to write a registration, and to tell of it."""
        self.changed[after.person] = self._people[after.person] = after
        self.waiting += after.waits - (before.waits if before else False)
        self.arrivals = max(self.arrivals, after.number, after.position)
        if kind is not None:
            self.tell(kind, after)

    def tell(self, kind: EventKind, registration: Registration | None) -> None:
        """Remember to tell those who are told of such things; without a registration it is about nobody."""
        if self.subscribers:
            self.held = evolve(self.held, events=self.held.events + 1)
            self.events += event_rows(self.subscribers, self.held, self.desk, kind, registration)

    def write(self) -> None:
        """Write all that changed since the last time."""
        due = None if self.desk.terms.due is None else iso(self.desk.terms.due)
        self.held = evolve(
            self.held,
            taken=dumps(self.room.taken),
            arrivals=self.arrivals,
            waiting=self.waiting,
            due=due,
        )
        new = {id(registration.answers): row.answers for registration, row in self.fresh}
        self.writer.put(
            self.held,
            registrations=(
                registration_row(each, new.get(id(each.answers))) for each in self.changed.values()
            ),
            responses=self.responses,
            events=self.events,
        )
        self.changed, self.responses, self.events, self.fresh = {}, [], [], []

    def _batch(self, responses: Sequence[Response], persons: Sequence[str]) -> list[Outcome]:
        """Take in as many as can be before somebody who waits has to be given a place."""
        known = self.people(persons)
        newest = self.newest((response.intake, response.id) for response in responses)
        erased = self._erased(persons)
        outcomes = list[Outcome]()
        for person, response in zip(persons, responses, strict=True):
            outcome = self._one(person, response, known, newest, erased)
            outcomes.append(outcome)
            if self.room.freed and self.waiting:
                break
        return outcomes

    def _erased(self, persons: Sequence[str]) -> Mapping[str, datetime]:
        if not self.held.marks:
            return {}
        marks = {mark_of(self.desk.key, self.held.briefing, person): person for person in persons}
        return {marks[mark]: datetime.fromisoformat(at) for mark, at in self.writer.marked(marks).items()}

    def _one(
        self,
        person: str,
        response: Response,
        known: dict[str, Registration],
        newest: "dict[tuple[str, str], ResponseRow]",
        erased: Mapping[str, datetime],
    ) -> Outcome:
        held = known.get(person)
        if refusal := self._refused(response, held, erased.get(person)):
            return Outcome(response, None, None, refusal)
        last = newest.get((response.intake, response.id))
        if last is not None and (iso(response.at) <= last.at or same_content(last, response)):
            return Outcome(response, Effect.UNCHANGED, held)
        merged = merge(held, response, person=person, number=self.arrivals + 1)
        admit = response.intake in {OwnIntake.HAND, OwnIntake.IMPORT} or self.desk.terms.is_open(response.at)
        after = place(merged.registration, self.room, admit=admit)
        if after.waits and held is not None and not held.waits and after.position == held.position:
            # Who wants something more goes to the end of the queue for it.
            after = evolve(after, position=self.arrivals + 1)
        if self.desk.on_the_spot and after.status is RegistrationStatus.PENDING and _arrives(held):
            return Outcome(response, None, None, Refusal.FULL)
        known[person] = after
        row = response_row(response, person, merged.before)
        newest[response.intake, response.id] = self._newest[response.intake, response.id] = row
        self.responses.append(row)
        if after.answers is response.answers:
            self.fresh.append((after, row))
        effect = merged.effect
        if effect is Effect.UNCHANGED and held is not None and held.status is not after.status:
            effect = Effect.CHANGED
        if after != held:
            self.keep(held, after, None if effect is Effect.UNCHANGED else EventKind(effect.value))
        return Outcome(response, effect, after)

    def _refused(
        self, response: Response, held: Registration | None, erased: datetime | None
    ) -> Refusal | None:
        terms, expired = self.desk.terms, self.held.expired_at
        if (terms.due is not None and self.desk.now >= terms.due) or (
            expired and iso(response.at) <= expired
        ):
            return Refusal.EXPIRED
        if erased is not None and (response.intake == OwnIntake.IMPORT or response.at <= erased):
            return Refusal.ERASED
        late = response.intake != OwnIntake.HAND and not terms.is_open(response.at)
        if self.desk.on_the_spot and late and _arrives(held) and not response.cancels:
            return Refusal.CLOSED
        return None


def _arrives(held: Registration | None) -> bool:
    """Whether somebody is not on the list yet, or no more."""
    return held is None or held.status is RegistrationStatus.CANCELLED


def _taken(held: "ListRow") -> dict[str, int]:
    taken: dict[str, int] = json.loads(held.taken)
    return taken
