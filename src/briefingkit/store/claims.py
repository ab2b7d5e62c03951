"""A sender's half of the deliveries: take hold of rows, say that they are about to go, write down what became of them.

A row belongs to the `owner` that claimed it. Each step asks for that owner again, so that one who slept while others
took over finds out before it sends anything.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from attrs import frozen
from sqlalchemy import Boolean, bindparam, case, func, literal_column, null, or_, select, tuple_, update

from briefingkit.store import tables
from briefingkit.store.delivery_rows import AnswerRow, DeliveryRow, Place
from briefingkit.store.statements import Prepared, insert_new

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from briefingkit.store.ledger import Ledger

__all__ = ["Bucket", "Claims", "Orphans", "Position"]

Position = tuple[str, int, int]
"""Where the last claim ended: due, chunk, seq."""

_table = tables.deliveries
_STATE, _OWNER, _LEASE, _BEGUN = (
    list(_table.c.keys()).index(name) for name in ("state", "owner", "lease", "begun_at")
)
_MAY_HAVE_GONE = ("uncertain", "sent")


@frozen
class Bucket:
    """A limit that all senders of a transport share: `rate` recipients a second, of which `burst` may go at once."""

    name: str
    rate: float
    burst: float


@frozen
class Orphans:
    """What was found in the hands of senders that are no more."""

    released: int
    uncertain: int


class Claims:
    """What one sender, `owner`, holds of a ledger's deliveries. Each method is one transaction."""

    def __init__(self, ledger: "Ledger", owner: str) -> None:
        self._ledger = ledger
        self.owner = owner

    def claim(
        self,
        mailing: int,
        *,
        now: str,
        lease: str,
        limit: int,
        after: Position | None = None,
        bucket: Bucket | None = None,
        chunk: int | None = None,
    ) -> Sequence[DeliveryRow]:
        """Take hold of those that are due and were planned, in order, beginning after a place; others' are passed over.

        What may not be sent any more is passed over too. `chunk` limits it to one. A power cut may undo it, which
        harms nobody: they are planned again.
        """
        column = _table.c
        query = (
            select(_table)
            .where(column.mailing == mailing, column.state == "planned", column.due <= now)
            .where(or_(column.expires.is_(None), column.expires > now))
            .order_by(column.due, column.chunk, column.seq)
            .with_for_update(skip_locked=True)
        )
        if after is not None:
            query = query.where(tuple_(column.due, column.chunk, column.seq) > after)
        if chunk is not None:
            query = query.where(column.chunk == chunk)
        with self._ledger.writing(durable=False) as connection:
            allowed = limit if bucket is None else _draw(connection, bucket, now, limit)
            if allowed < 1:
                return []
            found = [
                _claimed(row, self.owner, lease, now) for row in connection.execute(query.limit(allowed))
            ]
            if found:
                _CLAIMING.run(connection, [(*run, self.owner, lease, now) for run in _runs(found)])
            if bucket is not None and len(found) < allowed:
                _pour(connection, bucket, allowed - len(found))
        return found

    def expire(self, mailing: int, *, now: str, chunk: int | None = None) -> int:
        """Drop what was not sent in time, of a mailing or one chunk of it; how many is given."""
        change = update(_table).where(
            _table.c.mailing == mailing, _table.c.state == "planned", _table.c.expires <= now
        )
        if chunk is not None:
            change = change.where(_table.c.chunk == chunk)
        with self._ledger.writing() as connection:
            done = connection.execute(change.values(state="dropped", words="too late", changed_at=now))
            return done.rowcount

    def commit(
        self,
        going: Iterable[tuple[Place, str]],
        answers: Iterable[AnswerRow] = (),
        *,
        now: str,
        lease: str,
    ) -> bool:
        """Say that some (place, imprint) are about to go, and write answers down: all of it or, if False, nothing.

        False is for one row that is ours no more, in which case none of them may be sent.
        """
        values = [(*place, self.owner, lease, imprint) for place, imprint in going]
        others = [_answer(answer, self.owner, now) for answer in answers]
        try:
            with self._ledger.writing() as connection:
                if values:
                    _all(_COMMITTING.run(connection, values) == len(values))
                if others:
                    _RECORDING.run(connection, others)
        except _LostError:
            return False
        return True

    def record(self, answers: Iterable[AnswerRow], *, now: str, durable: bool = True) -> int:
        """Write down what became of rows that are ours; how many still were is given.

        What is not `durable` a power cut may undo, up to the next `commit`: then these are in doubt.
        """
        values = [_answer(answer, self.owner, now) for answer in answers]
        if not values:
            return 0
        with self._ledger.writing(durable=durable) as connection:
            return _RECORDING.run(connection, values)

    def release(self, mailing: int) -> int:
        """Give back all that was claimed and is not about to go; how many is given."""
        with self._ledger.writing() as connection:
            change = _releasing(mailing).where(_table.c.owner == self.owner)
            return connection.execute(change).rowcount

    def reclaim(self, mailing: int, *, now: str, grace: str, is_gone: Callable[[str], bool]) -> Orphans:
        """Take from senders that are gone what they held: what was about to go becomes uncertain, the rest is planned.

        Gone is who does not show up any more, or whose lease ended before `now`; before `grace`, for what was about
        to go, as a sender may wait that long for a server's answer.
        """
        held = select(_table.c.owner).where(
            _table.c.mailing == mailing, _table.c.state.in_(("claimed", "committing"))
        )
        with self._ledger.reading() as connection:
            owners = set(connection.execute(held.distinct()).scalars()) - {self.owner, None}
        if not owners:
            return Orphans(0, 0)
        gone = [owner for owner in sorted(owners) if is_gone(owner)]
        with self._ledger.writing() as connection:
            change = _releasing(mailing).where(_of(gone, now))
            released = connection.execute(change).rowcount
            change = update(_table).where(
                _table.c.mailing == mailing, _table.c.state == "committing", _of(gone, grace)
            )
            # The owner stays: should it live after all, what it was answered is still worth writing down.
            uncertain = connection.execute(change.values(state="uncertain", lease=None, changed_at=now))
            return Orphans(released, uncertain.rowcount)


class _LostError(Exception):
    """A row is no longer ours."""


def _all(held: bool) -> None:  # noqa: FBT001 - the only thing it is asked
    """Roll the transaction back if some row was not ours."""
    if not held:
        raise _LostError


def _of(gone: Collection[str], before: str) -> Any:
    return _table.c.owner.in_(gone) | (_table.c.lease < before)


def _runs(rows: Iterable[DeliveryRow]) -> Iterator[tuple[int, int, int, int]]:
    """Tell where rows stand as (mailing, chunk, first, last), so that a claim takes a few statements, not one a row."""
    places = sorted(row.place for row in rows)
    for (mailing, chunk, _), run in groupby(
        enumerate(places), lambda each: (*each[1][:2], each[1][2] - each[0])
    ):
        seqs = [place[2] for _, place in run]
        yield mailing, chunk, seqs[0], seqs[-1]


_CHUNK = (_table.c.mailing == bindparam("at_mailing"), _table.c.chunk == bindparam("at_chunk"))
_PLACE = ("at_mailing", "at_chunk", "at_seq")


def _here() -> Any:
    return update(_table).where(*_CHUNK, _table.c.seq == bindparam("at_seq"))


def _releasing(mailing: int) -> Any:
    change = update(_table).where(_table.c.mailing == mailing, _table.c.state == "claimed")
    return change.values(state="planned", owner=None, lease=None)


_NULL = null()
_CLAIMING = Prepared(
    update(_table)
    .where(*_CHUNK, _table.c.seq.between(bindparam("first"), bindparam("last")))
    .values(
        state=literal_column("'claimed'"),
        owner=bindparam("by"),
        lease=bindparam("until"),
        begun_at=func.coalesce(_table.c.begun_at, bindparam("now")),
    ),
    ("at_mailing", "at_chunk", "first", "last", "by", "until", "now"),
)
_COMMITTING = Prepared(
    _here()
    .where(_table.c.state == literal_column("'claimed'"), _table.c.owner == bindparam("by"))
    .values(state=literal_column("'committing'"), lease=bindparam("until"), imprint=bindparam("of_octets")),
    (*_PLACE, "by", "until", "of_octets"),
)
_RECORDING = Prepared(
    _here()
    # Only what is claimed, about to go or uncertain has an owner.
    .where(_table.c.owner == bindparam("by"))
    .values(
        state=bindparam("new_state"),
        due=bindparam("new_due"),
        attempts=bindparam("new_attempts"),
        code=bindparam("new_code"),
        words=bindparam("new_words"),
        remote_id=bindparam("new_remote_id"),
        # What certainly did not go may be written anew.
        imprint=case((bindparam("known_not", type_=Boolean), _NULL), else_=_table.c.imprint),
        owner=bindparam("new_owner"),
        lease=_NULL,
        changed_at=bindparam("now"),
    ),
    (
        *_PLACE,
        "new_state",
        "new_due",
        "new_attempts",
        "new_code",
        "new_words",
        "new_remote_id",
        "new_owner",
        "known_not",
        "by",
        "now",
    ),
)


def _answer(answer: AnswerRow, owner: str, now: str) -> tuple[Any, ...]:
    return (
        *answer.place,
        answer.state,
        answer.due,
        answer.attempts,
        answer.code,
        answer.words,
        answer.remote_id,
        owner if answer.state == "uncertain" else None,
        answer.state not in _MAY_HAVE_GONE,
        owner,
        now,
    )


def _claimed(row: Iterable[Any], owner: str, lease: str, now: str) -> DeliveryRow:
    """Give a row as the next statement leaves it; made of the columns at once, as there are many."""
    values = list(row)
    values[_STATE], values[_OWNER], values[_LEASE] = "claimed", owner, lease
    values[_BEGUN] = values[_BEGUN] or now
    return DeliveryRow(*values)


def _draw(connection: "Connection", bucket: Bucket, now: str, wanted: int) -> int:
    """Take as many tokens as there are, at most so many; whoever else draws waits for the commit."""
    table = tables.mail_rates
    full = {"transport": bucket.name, "tokens": float(bucket.burst), "at": now}
    connection.execute(insert_new(connection, table), [full])
    query = select(table.c.tokens, table.c.at).where(table.c.transport == bucket.name).with_for_update()
    tokens, at = connection.execute(query).one()
    passed = (datetime.fromisoformat(now) - datetime.fromisoformat(at)).total_seconds()
    tokens = min(bucket.burst, tokens + max(passed, 0.0) * bucket.rate)
    drawn = min(wanted, int(tokens))
    change = update(table).where(table.c.transport == bucket.name)
    connection.execute(change.values(tokens=tokens - drawn, at=max(now, at)))
    return drawn


def _pour(connection: "Connection", bucket: Bucket, number: int) -> None:
    table = tables.mail_rates
    change = update(table).where(table.c.transport == bucket.name)
    connection.execute(change.values(tokens=table.c.tokens + number))
