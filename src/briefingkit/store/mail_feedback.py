"""What became of mails after they were taken: one fate a delivery, and the events that told of it, each heard once."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from operator import attrgetter
from typing import TYPE_CHECKING

import attrs
from attrs import field, frozen
from sqlalchemy import delete, func, or_, select, update

from briefingkit.store import tables
from briefingkit.store.delivery_rows import DeliveryRow
from briefingkit.store.statements import execute_rows, insert_new, upsert

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from briefingkit.store.ledger import Ledger
    from briefingkit.store.mail_suppressions import MailSuppressionRow

__all__ = ["FateRow", "FeedbackWriter", "MailFeedback"]

_deliveries, _events, _fates = tables.deliveries, tables.mail_events, tables.mail_fates


@frozen
class FateRow:
    """What became last of the delivery with this `id`; `words` are the other side's, without addresses."""

    id: str
    kind: str
    reason: str | None
    at: str
    words: str = field(repr=False)


class FeedbackWriter:
    """What is known of mails, in a transaction that writes; rows are taken in one order, for none to wait in a ring."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection

    def hear(self, events: Mapping[str, str], *, at: str) -> set[str]:
        """Note that events were heard, and give those that were not heard before. Kept is a hash of what names each.

        Each goes with the moment until which it is kept; "" is for ever.
        """
        names = {_name(event): event for event in events}
        if not names:
            return set()
        insert = insert_new(self._connection, _events).returning(_events.c.id)
        rows = [{"id": name, "at": at, "until": events[names[name]]} for name in sorted(names)]
        return {names[name] for name in self._connection.execute(insert, rows).scalars()}

    def deliveries(self, keys: Collection[str]) -> Mapping[str, DeliveryRow]:
        """Return the deliveries with these keys, held for the transaction: two who hear of one do so in turn."""
        query = select(_deliveries).where(_deliveries.c.id.in_(keys)).order_by(_deliveries.c.id)
        found = self._connection.execute(query.with_for_update())
        return {row.id: row for row in (DeliveryRow(*each) for each in found)}

    def named(self, remote_id: str, person: str) -> DeliveryRow | None:
        """Find a person's delivery by the service's name for it, which several may share; None where several fit."""
        theirs = or_(_deliveries.c.person == person, func.lower(_deliveries.c.address) == person)
        query = select(_deliveries).where(_deliveries.c.remote_id == remote_id, theirs).limit(2)
        found = self._connection.execute(query.with_for_update()).all()
        return DeliveryRow(*found[0]) if len(found) == 1 else None

    def fates(self, ids: Collection[str]) -> dict[str, FateRow]:
        """Return what is known of some deliveries."""
        found = self._connection.execute(select(_fates).where(_fates.c.id.in_(ids)))
        return {row.id: row for row in (FateRow(*each) for each in found)}

    def put(self, rows: Iterable[FateRow]) -> None:
        """Write down what became of deliveries, in the place of what was known."""
        execute_rows(self._connection, upsert(self._connection, _fates), sorted(rows, key=attrgetter("id")))

    def went(self, ids: Collection[str], *, now: str) -> int:
        """Settle those of which nobody knew whether they went, and give how many; others stay as they are."""
        known = _deliveries.c.id.in_(ids), _deliveries.c.state == "uncertain"
        values = {"state": "sent", "owner": None, "lease": None, "changed_at": now}
        return self._connection.execute(update(_deliveries).where(*known).values(values)).rowcount

    def suppress(self, rows: "Iterable[MailSuppressionRow]") -> int:
        """Write suppressions down, and give how many are new; one that is there stays as it is."""
        values = [attrs.asdict(row) for row in sorted(rows, key=attrgetter("mark"))]
        if not values:
            return 0
        table = tables.mail_suppressions
        insert = insert_new(self._connection, table).returning(table.c.mark)
        return len(self._connection.execute(insert, values).all())


def _name(event: str) -> str:
    return hashlib.sha256(event.encode(errors="replace")).hexdigest()[:32]


class MailFeedback:
    """What a ledger knows of mails after they were taken. StoreError where it cannot be read or written."""

    def __init__(self, ledger: "Ledger") -> None:
        self._ledger = ledger

    @contextmanager
    def writing(self) -> Iterator[FeedbackWriter]:
        """Open a transaction: all of it is written, or nothing."""
        with self._ledger.writing() as connection:
            yield FeedbackWriter(connection)

    def forget_events(self, now: str) -> int:
        """Forget that events were heard whose time is over; how many is given."""
        old = delete(_events).where(_events.c.until != "", _events.c.until < now)
        with self._ledger.writing() as connection:
            return connection.execute(old).rowcount

    def counts(self, mailing: int) -> Mapping[str, int]:
        """Count a mailing's deliveries by what became of them, those of which something is known."""
        joined = _deliveries.join(_fates, _fates.c.id == _deliveries.c.id)
        query = select(_fates.c.kind, func.count()).select_from(joined)
        query = query.where(_deliveries.c.mailing == mailing).group_by(_fates.c.kind)
        with self._ledger.reading() as connection:
            return Counter({row[0]: row[1] for row in connection.execute(query)})

    def addresses(self, mailing: int, kinds: Iterable[str]) -> Mapping[str, str]:
        """Tell where a mailing's deliveries went to, by their ids, for some kinds of what became of them."""
        joined = _deliveries.join(_fates, _fates.c.id == _deliveries.c.id)
        query = select(_deliveries.c.id, _deliveries.c.address).select_from(joined)
        query = query.where(_deliveries.c.mailing == mailing, _fates.c.kind.in_(list(kinds)))
        with self._ledger.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def fates(self, mailing: int, kinds: Iterable[str]) -> list[FateRow]:
        """Return what became of a mailing's deliveries, for some kinds, the newest first."""
        joined = _fates.join(_deliveries, _fates.c.id == _deliveries.c.id)
        query = select(_fates).select_from(joined).order_by(_fates.c.at.desc(), _fates.c.id)
        query = query.where(_deliveries.c.mailing == mailing, _fates.c.kind.in_(list(kinds)))
        with self._ledger.reading() as connection:
            return [FateRow(*row) for row in connection.execute(query)]
