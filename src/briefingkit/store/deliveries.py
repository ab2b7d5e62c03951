"""Deliveries in the ledger: a row for each message to each recipient, planned once under its own key.

This is the half of those who plan, look and settle; `claims` is that of senders.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs
from attrs import frozen
from sqlalchemy import and_, bindparam, case, delete, func, insert, not_, or_, select, tuple_, update

from briefingkit.store import tables
from briefingkit.store.delivery_rows import DeliveryRow, MailingRow, NewDelivery, Place
from briefingkit.store.part_answers import forget_answers
from briefingkit.store.statements import execute_rows, insert_new

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from briefingkit.store.ledger import Ledger

__all__ = ["CHUNK", "Deliveries", "Planned", "forget_everybody", "forget_person", "mailing_id"]

CHUNK = 1000
"""Deliveries in a chunk: what is planned in one transaction, and what a job of a queue is about."""

_AT_ONCE = 500
_OPEN = ("planned", "suspended", "dropped")
"""States in which nothing has left the house, so that planning again may put newer data in a row."""

_table = tables.deliveries


@frozen
class Planned:
    """What planning did: rows that are new, rows not sent yet that now hold newer data, and others left as they are."""

    new: int = 0
    renewed: int = 0
    kept: int = 0

    def __add__(self, other: "Planned") -> "Planned":
        return Planned(self.new + other.new, self.renewed + other.renewed, self.kept + other.kept)


def mailing_id(briefing: str, key: str) -> int:
    """Give the number of a mailing, made of what it is called, so that two who plan it at once agree."""
    digest = hashlib.sha256(json.dumps([briefing, key]).encode()).digest()
    return int.from_bytes(digest[:8]) >> 1


class Deliveries:
    """The deliveries of a ledger. StoreError where the database cannot be read or written."""

    def __init__(self, ledger: "Ledger") -> None:
        self._ledger = ledger

    @property
    def ledger(self) -> "Ledger":
        """The ledger that they stand in."""
        return self._ledger

    # Mailings

    def mailings(self, briefing: str | None = None) -> Sequence[MailingRow]:
        """Return the mailings that were planned, of one briefing or of all."""
        table = tables.mailings
        query = select(table).order_by(table.c.briefing, table.c.planned_at, table.c.key)
        if briefing is not None:
            query = query.where(table.c.briefing == briefing)
        with self._ledger.reading() as connection:
            return [MailingRow(*row) for row in connection.execute(query)]

    def mailing(self, briefing: str, key: str) -> MailingRow | None:
        """Return one mailing; None where it was not planned yet."""
        query = select(tables.mailings).where(tables.mailings.c.id == mailing_id(briefing, key))
        with self._ledger.reading() as connection:
            found = connection.execute(query).first()
            return MailingRow(*found) if found else None

    # Planning

    def plan(
        self,
        briefing: str,
        key: str,
        those: Iterable[NewDelivery],
        *,
        now: str,
        enlist: "Callable[[Connection, int], object] | None" = None,
    ) -> Planned:
        """Plan deliveries, at most CHUNK of them, in one transaction; each key is one row, however often it is planned.

        One that is not on its way takes the newer address, data and times; one that was dropped is planned again. What
        was begun, sent or given up stays as it is. `enlist` is called in the transaction with the number of the new
        chunk, where there is one.
        """
        wanted = {each.id: each for each in those}
        if len(wanted) > CHUNK:
            raise ValueError(f"plan at most {CHUNK} at once")
        with self._ledger.writing() as connection:
            held = _held_mailing(connection, MailingRow(mailing_id(briefing, key), briefing, key, 0, now))
            query = select(_table.c.id, _table.c.state, _table.c.imprint).where(_table.c.id.in_(wanted))
            known = {row[0]: (row[1], row[2]) for row in connection.execute(query)}
            new = [each for each in wanted.values() if each.id not in known]
            again = [wanted[one] for one, (state, imprint) in known.items() if _is_open(state, imprint)]
            if new:
                rows = (_planned_row(held, seq, each, now) for seq, each in enumerate(new))
                execute_rows(connection, insert(_table), rows)
                _count_chunk(connection, held)
                if enlist is not None:
                    enlist(connection, held.chunks)
            if again:
                connection.execute(_renewing(), [_renewal(each, now) for each in again])
        return Planned(len(new), len(again), len(known) - len(again))

    def unfinished(self, briefing: str, key: str) -> frozenset[str]:
        """Give the occasions for which planning a mailing was begun and has not come to its end."""
        row = self.mailing(briefing, key)
        return frozenset(() if row is None else json.loads(row.unfinished))

    def mark_planning(self, briefing: str, key: str, occasion: str, *, ended: bool, now: str) -> None:
        """Write down that planning a mailing for an occasion has begun, or has come to its end."""
        with self._ledger.writing() as connection:
            held = _held_mailing(connection, MailingRow(mailing_id(briefing, key), briefing, key, 0, now))
            others = set(json.loads(held.unfinished)) - {occasion}
            left = json.dumps(sorted(others if ended else others | {occasion}))
            table = tables.mailings
            connection.execute(update(table).where(table.c.id == held.id).values(unfinished=left))

    def known(self, ids: Collection[str]) -> Mapping[str, str]:
        """Tell the state of those that were planned, by id, but for those that planning would take up again.

        At most CHUNK at once.
        """
        again = and_(_table.c.state == "dropped", _table.c.imprint.is_(None))
        query = select(_table.c.id, _table.c.state).where(_table.c.id.in_(ids), not_(again))
        with self._ledger.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    # Looking

    def counts(self, mailing: int) -> Mapping[str, int]:
        """Count a mailing's deliveries by state."""
        query = select(_table.c.state, func.count()).where(_table.c.mailing == mailing)
        with self._ledger.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query.group_by(_table.c.state))}

    def occasions(self, mailing: int, states: Collection[str], words: Collection[str]) -> Mapping[str, bool]:
        """Give a mailing's occasions, and whether no delivery of it is in some states, or dropped with some words."""
        dropped = and_(_table.c.state == "dropped", _table.c.words.in_(words))
        left = func.max(case((or_(_table.c.state.in_(states), dropped), 1), else_=0))
        query = select(_table.c.occasion, left).where(_table.c.mailing == mailing)
        with self._ledger.reading() as connection:
            return {row[0]: not row[1] for row in connection.execute(query.group_by(_table.c.occasion))}

    def next_due(self, mailing: int, chunk: int | None = None) -> str | None:
        """Tell when the next planned delivery, of all or of a chunk, is due; "" is at once, None that there is none."""
        query = select(func.min(_table.c.due)).where(_table.c.mailing == mailing, _table.c.state == "planned")
        if chunk is not None:
            query = query.where(_table.c.chunk == chunk)
        with self._ledger.reading() as connection:
            found: str | None = connection.execute(query).scalar()
            return found

    def rows(self, mailing: int, states: Collection[str]) -> Iterator[DeliveryRow]:
        """Give those in some states in their order, some at a time, so that a mailing of any length may be read."""
        after: tuple[int, int] | None = None
        while True:
            query = select(_table).where(_table.c.mailing == mailing, _table.c.state.in_(states))
            if after is not None:
                query = query.where(tuple_(_table.c.chunk, _table.c.seq) > after)
            query = query.order_by(_table.c.chunk, _table.c.seq).limit(_AT_ONCE)
            with self._ledger.reading() as connection:
                found = [DeliveryRow(*row) for row in connection.execute(query)]
            yield from found
            if len(found) < _AT_ONCE:
                return
            after = found[-1].place[1:]

    def of_person(self, person: str) -> Sequence[tuple[MailingRow, DeliveryRow]]:
        """Return all that was planned for or sent to a person, with its mailing."""
        mailings = {each.id: each for each in self.mailings()}
        query = select(_table).where(_their(person)).order_by(_table.c.changed_at, _table.c.id)
        with self._ledger.reading() as connection:
            rows = [DeliveryRow(*row) for row in connection.execute(query)]
        return [(mailings[row.mailing], row) for row in rows]

    # Changing what is not on its way

    def move(
        self,
        mailing: int,
        states: Collection[str],
        state: str,
        *,
        now: str,
        words: str | None = None,
        but_occasion: str | None = None,
    ) -> int:
        """Bring all that are in some states into another, but for those of an occasion; how many is given.

        What a sender holds is not for others to move: `states` are planned, suspended, dropped or failed.
        """
        _refuse_held(states)
        change = update(_table).where(_table.c.mailing == mailing, _table.c.state.in_(states))
        if but_occasion is not None:
            change = change.where(_table.c.occasion != but_occasion)
        with self._ledger.writing() as connection:
            done = connection.execute(change.values(state=state, words=words, changed_at=now))
            return done.rowcount

    def retry(self, mailing: int, *, now: str) -> int:
        """Plan again at once what has failed, with its attempts counted anew; how many is given."""
        change = update(_table).where(_table.c.mailing == mailing, _table.c.state == "failed")
        with self._ledger.writing() as connection:
            done = connection.execute(change.values(state="planned", due="", attempts=0, changed_at=now))
            return done.rowcount

    def settle(
        self, places: Iterable[Place], state: str, *, now: str, words: str | None = None, due: str = ""
    ) -> int:
        """Settle those of some deliveries that are uncertain; how many is given."""
        change = _at_place().where(_table.c.state == "uncertain")
        values = {"state": state, "words": words, "due": due, "changed_at": now, "owner": None, "lease": None}
        rows = [dict(zip(_PLACE, place, strict=True)) for place in places]
        if not rows:
            return 0
        with self._ledger.writing() as connection:
            return connection.execute(change.values(values), rows).rowcount

    # Erasing

    def erase(self, briefing: str, person: str) -> int:
        """Delete what was planned and sent to a person; the mailings' counts keep how many there were, by state."""
        with self._ledger.writing() as connection:
            return forget_person(connection, briefing, person)


def forget_person(connection: "Connection", briefing: str, person: str) -> int:
    """Delete a person's deliveries of a briefing in a transaction of somebody else's; how many is given."""
    return _forget(connection, briefing, person)


def forget_everybody(connection: "Connection", briefing: str) -> int:
    """Delete all deliveries of a briefing in a transaction of somebody else's; how many is given."""
    return _forget(connection, briefing, None)


_PLACE = ("at_mailing", "at_chunk", "at_seq")


def _at_place() -> Any:
    return update(_table).where(
        _table.c.mailing == bindparam("at_mailing"),
        _table.c.chunk == bindparam("at_chunk"),
        _table.c.seq == bindparam("at_seq"),
    )


def _is_open(state: str, imprint: str | None) -> bool:
    """Tell whether a row may take newer data: not once its octets were fixed, for they are what a resend repeats."""
    return state in _OPEN and imprint is None


def _refuse_held(states: Collection[str]) -> None:
    if held := {"claimed", "committing", "uncertain", "sent"}.intersection(states):
        raise ValueError(f"what is {', '.join(sorted(held))} is not moved")


def _held_mailing(connection: "Connection", wanted: MailingRow) -> MailingRow:
    """Take hold of a mailing's row for the transaction; it is written if it is not there."""
    table = tables.mailings
    connection.execute(insert_new(connection, table), [attrs.asdict(wanted)])
    query = select(table).where(table.c.id == wanted.id).with_for_update()
    return MailingRow(*connection.execute(query).one())


def _count_chunk(connection: "Connection", held: MailingRow) -> None:
    table = tables.mailings
    connection.execute(update(table).where(table.c.id == held.id).values(chunks=held.chunks + 1))


def _planned_row(mailing: MailingRow, seq: int, new: NewDelivery, now: str) -> DeliveryRow:
    return DeliveryRow(
        mailing=mailing.id,
        chunk=mailing.chunks,
        seq=seq,
        id=new.id,
        occasion=new.occasion,
        person=new.person,
        address=new.address,
        data=new.data,
        state="planned",
        due=new.due,
        expires=new.expires,
        attempts=0,
        owner=None,
        lease=None,
        begun_at=None,
        imprint=None,
        code=None,
        words=None,
        remote_id=None,
        changed_at=now,
    )


def _renewing() -> Any:
    state = _table.c.state
    return (
        update(_table)
        .where(_table.c.id == bindparam("of_id"), or_(*(state == each for each in _OPEN)))
        .values(
            state=func.replace(state, "dropped", "planned"),
            **{name: bindparam(f"new_{name}") for name in ("person", "address", "data", "due", "expires")},
            changed_at=bindparam("now"),
        )
    )


def _renewal(new: NewDelivery, now: str) -> Mapping[str, str | None]:
    return {
        "of_id": new.id,
        "new_person": new.person,
        "new_address": new.address,
        "new_data": new.data,
        "new_due": new.due,
        "new_expires": new.expires,
        "now": now,
    }


def _their(person: str) -> Any:
    """Tell a person's rows, those too that went to their address under somebody else's name."""
    return or_(_table.c.person == person, func.lower(_table.c.address) == person)


def _forget(connection: "Connection", briefing: str, person: str | None) -> int:
    table, forgotten = tables.mailings, 0
    mailings = select(table).where(table.c.briefing == briefing).with_for_update()
    for mailing in [MailingRow(*row) for row in connection.execute(mailings)]:
        these = [_table.c.mailing == mailing.id]
        if person is not None:
            these.append(_their(person))
        counts = select(_table.c.state, func.count()).where(*these).group_by(_table.c.state)
        gone = Counter({row[0]: row[1] for row in connection.execute(counts)})
        if gone:
            _forget_what_came_back(connection, briefing, these, everybody=person is None)
            connection.execute(delete(_table).where(*these))
            erased = json.dumps(Counter(json.loads(mailing.erased)) + gone, sort_keys=True)
            connection.execute(update(table).where(table.c.id == mailing.id).values(erased=erased))
            forgotten += gone.total()
    return forgotten


def _forget_what_came_back(
    connection: "Connection", briefing: str, these: Sequence[Any], *, everybody: bool
) -> None:
    """Delete what became of deliveries, and what their recipients have answered as people of the programme."""
    fates = tables.mail_fates
    connection.execute(delete(fates).where(fates.c.id.in_(select(_table.c.id).where(*these))))
    if everybody:
        forget_answers(connection, briefing, None)
        return
    told = connection.execute(select(_table.c.data).where(*these)).scalars()
    if keys := {key for data in told if (key := json.loads(data).get("key"))}:
        forget_answers(connection, briefing, keys)
