"""Registrations in the ledger: rows in, rows out. Whoever writes to a list holds its row until the commit.

That row is what keeps two processes from giving the last place twice: on SQLite a writing transaction begins as
`BEGIN IMMEDIATE`, on PostgreSQL the row is read `FOR UPDATE`.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
from sqlalchemy import Table, bindparam, delete, func, literal_column, select

from briefingkit.store import tables
from briefingkit.store.deliveries import forget_everybody, forget_person
from briefingkit.store.mail_retention import forget_marks
from briefingkit.store.registration_rows import (
    AttendanceRow,
    CursorRow,
    EventRow,
    ListRow,
    MarkRow,
    RegistrationRow,
    ResponseRow,
)
from briefingkit.store.statements import execute_rows, insert_new, upsert

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select

    from briefingkit.store.ledger import Ledger

__all__ = ["ListReader", "ListWriter", "Registrations"]

_OF_PEOPLE = (tables.registrations, tables.responses, tables.registration_events, tables.attendance)
_OF_MAIL = (tables.deliveries, tables.mail_fates, tables.part_answers)
_AT_ONCE = 1000  # rows: what is read of a long list before it is handed on
_MANY = 5000  # names in one question; SQLite takes 32,766
_Row = TypeVar("_Row", bound=attrs.AttrsInstance)

# What is asked for each batch of responses, made once: making it takes thrice as long as asking.
_lists, _people, _responses = tables.registration_lists, tables.registrations, tables.responses
_HELD = select(_lists).where(_lists.c.briefing == bindparam("briefing"))
_HELD_TO_WRITE = _HELD.with_for_update()
_PEOPLE = select(_people).where(
    _people.c.briefing == bindparam("briefing"), _people.c.person.in_(bindparam("persons", expanding=True))
)
_NEWEST = (
    select(_responses)
    .where(
        _responses.c.briefing == bindparam("briefing"),
        _responses.c.intake.in_(bindparam("intakes", expanding=True)),
        _responses.c.id.in_(bindparam("ids", expanding=True)),
    )
    .order_by(_responses.c.at)
)
_SUBSCRIBERS = select(tables.subscribers.c.subscriber)


class ListReader:
    """One list in a transaction that reads."""

    def __init__(self, connection: "Connection", briefing: str) -> None:
        self._connection = connection
        self._briefing = briefing

    def held(self) -> ListRow:
        """Return the list's own row; an empty one where nothing was written yet."""
        found = self._connection.execute(_HELD, {"briefing": self._briefing}).first()
        return ListRow(*found) if found else ListRow(self._briefing)

    def registrations(self, persons: Iterable[str]) -> dict[str, RegistrationRow]:
        """Return those of some people, by person."""
        found = {}
        for some in _parts(persons):
            rows = self._connection.execute(_PEOPLE, {"briefing": self._briefing, "persons": some})
            found.update({row[1]: RegistrationRow(*row) for row in rows})
        return found

    def numbered(self, number: int) -> RegistrationRow | None:
        """Return the registration with a number."""
        table = tables.registrations
        query = select(table).where(table.c.briefing == self._briefing, table.c.number == number)
        found = self._connection.execute(query).first()
        return RegistrationRow(*found) if found else None

    def newest(self, intakes: Collection[str], ids: Iterable[str]) -> dict[tuple[str, str], ResponseRow]:
        """Return the newest version of each response of some intakes that is there, by intake and id."""
        found = dict[tuple[str, str], ResponseRow]()
        for some in _parts(ids):
            asked = {"briefing": self._briefing, "intakes": list(intakes), "ids": some}
            for row in self._connection.execute(_NEWEST, asked):
                found[row[1], row[2]] = ResponseRow(*row)
        return found

    def responses(self, person: str) -> Sequence[ResponseRow]:
        """Return all that was handed in for a person, oldest first."""
        table = tables.responses
        query = select(table).where(table.c.briefing == self._briefing, table.c.person == person)
        return [ResponseRow(*row) for row in self._connection.execute(query.order_by(table.c.at, table.c.id))]

    def handed_in(self, intake: str) -> Sequence[ResponseRow]:
        """Return all that one intake has handed in, oldest first."""
        table = tables.responses
        query = select(table).where(table.c.briefing == self._briefing, table.c.intake == intake)
        return [ResponseRow(*row) for row in self._connection.execute(query.order_by(table.c.at, table.c.id))]

    def cursor(self, intake: str) -> str | None:
        """Return where to go on reading at an intake; None: from the beginning."""
        table = tables.intake_cursors
        these = (table.c.briefing == self._briefing, table.c.intake == intake)
        found: str | None = self._connection.execute(select(table.c.cursor).where(*these)).scalar()
        return found

    def attendance(self, person: str | None = None) -> Sequence[AttendanceRow]:
        """Return who was there, by person and then as sources said so; everybody, or one person."""
        table = tables.attendance
        query = select(table).where(table.c.briefing == self._briefing)
        query = query if person is None else query.where(table.c.person == person)
        query = query.order_by(table.c.person, table.c.marked_at, table.c.source, table.c.entry)
        return [AttendanceRow(*row) for row in self._connection.execute(query)]

    def marked(self, marks: Iterable[str]) -> dict[str, str]:
        """Return when those of some marks were erased that are there."""
        table, found = tables.suppressions, dict[str, str]()
        for some in _parts(marks):
            query = select(table.c.mark, table.c.at).where(
                table.c.briefing == self._briefing, table.c.mark.in_(some)
            )
            found.update((mark, at) for mark, at in self._connection.execute(query))
        return found

    def all(self, status: str | None = None) -> Iterator[RegistrationRow]:
        """Return the registrations in the order in which they came, a thousand at a time."""
        table = tables.registrations
        query = select(table).where(table.c.briefing == self._briefing).order_by(table.c.number)
        return self._streamed(query if status is None else query.where(table.c.status == status))

    def waiting(self) -> Iterator[RegistrationRow]:
        """Return those that wait for a place, first come first."""
        table = tables.registrations
        # Word for word as in the index: SQLite would not see that `waits = 1` is the same.
        query = select(table).where(table.c.briefing == self._briefing, literal_column("waits"))
        return self._streamed(query.order_by(table.c.position))

    def statuses(self) -> dict[str, int]:
        """Count the registrations by status."""
        table = tables.registrations
        query = select(table.c.status, func.count()).where(table.c.briefing == self._briefing)
        rows = self._connection.execute(query.group_by(table.c.status))
        return {row[0]: row[1] for row in rows}

    def mentions(self, text: str) -> Sequence[int]:
        """Return the numbers of the registrations whose answers hold a text, as JSON writes it, in any case."""
        table = tables.registrations
        holds = func.lower(table.c.answers).contains(text.lower(), autoescape=True)
        query = select(table.c.number).where(table.c.briefing == self._briefing, holds)
        return list(self._connection.execute(query.order_by(table.c.number)).scalars())

    def _streamed(self, query: "Select[Any]") -> Iterator[RegistrationRow]:
        rows = self._connection.execute(query, execution_options={"yield_per": _AT_ONCE})
        with closing(rows):
            for row in rows:
                yield RegistrationRow(*row)


class ListWriter(ListReader):
    """One list in a transaction that writes, with the list's row held until the commit."""

    def __init__(self, connection: "Connection", briefing: str) -> None:
        super().__init__(connection, briefing)
        asked = {"briefing": briefing}
        found = connection.execute(_HELD_TO_WRITE, asked).first()
        if found is None:  # unless somebody else begins it just now
            _insert(connection, tables.registration_lists, [ListRow(briefing)])
            found = connection.execute(_HELD_TO_WRITE, asked).one()
        self._held = ListRow(*found)

    def held(self) -> ListRow:
        """Return the list's own row, as it was when it was taken hold of or last written."""
        return self._held

    def put(
        self,
        held: ListRow,
        *,
        registrations: Iterable[RegistrationRow] = (),
        responses: Iterable[ResponseRow] = (),
        events: Iterable[EventRow] = (),
        marks: Iterable[MarkRow] = (),
        cursors: Iterable[CursorRow] = (),
    ) -> None:
        """Write the list's row, registrations that are new or changed, and add the rest."""
        if held != self._held:
            _upsert(self._connection, tables.registration_lists, [held])
            self._held = held
        _upsert(self._connection, tables.registrations, registrations)
        _insert(self._connection, tables.responses, responses)
        _insert(self._connection, tables.registration_events, events)
        _upsert(self._connection, tables.suppressions, marks)
        _upsert(self._connection, tables.intake_cursors, cursors)

    def put_attendance(self, rows: Iterable[AttendanceRow]) -> None:
        """Write who was there; what the same source said of the same entry before is replaced."""
        _upsert(self._connection, tables.attendance, rows)

    def forget_entries(self, source: str, entries: Iterable[str]) -> None:
        """Delete what a source said of some of its entries, whoever they were taken for."""
        table = tables.attendance
        for some in _parts(entries):
            these = (table.c.briefing == self._briefing, table.c.source == source, table.c.entry.in_(some))
            self._connection.execute(delete(table).where(*these))

    def forget_attendance(self, person: str) -> int:
        """Delete what says that a person was there, and return how many rows that were."""
        table = tables.attendance
        these = (table.c.briefing == self._briefing, table.c.person == person)
        return self._connection.execute(delete(table).where(*these)).rowcount

    def forget(self, person: str) -> None:
        """Delete all rows of a person, and what was written to them or is going to be."""
        for table in _OF_PEOPLE:
            these = (table.c.briefing == self._briefing, table.c.person == person)
            self._connection.execute(delete(table).where(*these))
        forget_person(self._connection, self._briefing, person)

    def forget_all(self) -> None:
        """Delete all rows of everybody, and the marks of those who were erased or written to before."""
        for table in (*_OF_PEOPLE, tables.suppressions):
            self._connection.execute(delete(table).where(table.c.briefing == self._briefing))
        forget_everybody(self._connection, self._briefing)
        forget_marks(self._connection, self._briefing)

    def subscribers(self) -> Sequence[str]:
        """Return the names of those who are told of events."""
        return list(self._connection.execute(_SUBSCRIBERS).scalars())


class Registrations:
    """The registrations of a ledger. StoreError where the database cannot be read or written."""

    def __init__(self, ledger: "Ledger") -> None:
        self._ledger = ledger

    @contextmanager
    def reading(self, briefing: str) -> Iterator[ListReader]:
        """Look at a list as of one moment."""
        with self._ledger.reading() as connection:
            yield ListReader(connection, briefing)

    @contextmanager
    def writing(self, briefing: str) -> Iterator[ListWriter]:
        """Hold a list for the block, and commit at its end; whoever else wants to write to it waits."""
        with self._ledger.writing() as connection:
            yield ListWriter(connection, briefing)

    def lists(self) -> Sequence[ListRow]:
        """Return the row of each list."""
        table = tables.registration_lists
        with self._ledger.reading() as connection:
            return [ListRow(*row) for row in connection.execute(select(table).order_by(table.c.briefing))]

    def key(self, name: str, value: str) -> str:
        """Return the ledger's key of a name; it is `value` for ever if there is none yet."""
        table = tables.ledger_keys
        query = select(table.c.value).where(table.c.name == name)
        with self._ledger.reading() as connection:
            found: str | None = connection.execute(query).scalar()
        if found is None:
            with self._ledger.writing() as connection:
                ours = insert_new(connection, table)
                connection.execute(ours, [{"name": name, "value": value}])
                found = connection.execute(query).scalar_one()
        return found

    def subscribe(self, names: Iterable[str]) -> None:
        """Keep events for these subscribers from now on."""
        table = tables.subscribers
        with self._ledger.reading() as connection:
            new = set(names).difference(connection.execute(select(table.c.subscriber)).scalars())
        if new:
            with self._ledger.writing() as connection:
                values = [{"subscriber": name} for name in sorted(new)]
                connection.execute(insert_new(connection, table), values)

    def unsubscribe(self, name: str) -> None:
        """Keep no more events for a subscriber, and drop those that were kept."""
        with self._ledger.writing() as connection:
            for table in (tables.subscribers, tables.registration_events):
                connection.execute(delete(table).where(table.c.subscriber == name))

    def events(self, subscriber: str, limit: int) -> Sequence[EventRow]:
        """Return what a subscriber has yet to be told, oldest of each briefing first, at most so many."""
        table = tables.registration_events
        query = select(table).where(table.c.subscriber == subscriber)
        with self._ledger.reading() as connection:
            rows = connection.execute(query.order_by(table.c.briefing, table.c.sequence).limit(limit))
            return [EventRow(*row) for row in rows]

    def events_of(self, subscriber: str, briefing: str, *, after: int, limit: int) -> Sequence[EventRow]:
        """Return what a subscriber has yet to be told of a list, from a number in its sequence on, at most so many."""
        table = tables.registration_events
        these = (table.c.subscriber == subscriber, table.c.briefing == briefing, table.c.sequence > after)
        with self._ledger.reading() as connection:
            rows = connection.execute(select(table).where(*these).order_by(table.c.sequence).limit(limit))
            return [EventRow(*row) for row in rows]

    def told(self, subscriber: str, identifier: str) -> None:
        """Forget an event that a subscriber was told."""
        table = tables.registration_events
        with self._ledger.writing() as connection:
            connection.execute(
                delete(table).where(table.c.subscriber == subscriber, table.c.id == identifier)
            )

    def told_all(self, subscriber: str, identifiers: Sequence[str]) -> None:
        """Forget events that a subscriber was told, all at once."""
        table = tables.registration_events
        with self._ledger.writing() as connection:
            for some in _parts(identifiers):
                these = (table.c.subscriber == subscriber, table.c.id.in_(some))
                connection.execute(delete(table).where(*these))

    def compact(self) -> bool:
        """Write the database anew, so that nothing deleted is left in its free pages or its log.

        False where somebody is reading and keeps the old pages alive: then it is to be done again.
        """
        return self._ledger.compact((*_OF_PEOPLE, *_OF_MAIL))


def _parts(names: Iterable[str]) -> Iterator[list[str]]:
    known = list(dict.fromkeys(names))
    for start in range(0, len(known), _MANY):
        yield known[start : start + _MANY]


def _insert(connection: "Connection", table: Table, rows: "Iterable[_Row]") -> None:
    execute_rows(connection, insert_new(connection, table), rows)


def _upsert(connection: "Connection", table: Table, rows: "Iterable[_Row]") -> None:
    execute_rows(connection, upsert(connection, table), rows)
