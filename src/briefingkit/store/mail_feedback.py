"""What became of mails after they were taken: one fate a delivery, and the events that told of it, each heard once."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import attrs
from attrs import field, frozen
from sqlalchemy import func, or_, select, update

from briefingkit.store import tables
from briefingkit.store.delivery_rows import DeliveryRow
from briefingkit.store.statements import insert_into, upsert_values

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
    """What is known of mails, in a transaction that writes."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection

    def hear(self, event: str, *, at: str) -> bool:
        """Note that an event was heard; False for one that was heard before. Kept is a hash of what names it."""
        name = hashlib.sha256(event.encode(errors="replace")).hexdigest()[:32]
        insert = insert_into(self._connection, _events).on_conflict_do_nothing()
        return self._connection.execute(insert, [{"id": name, "at": at}]).rowcount > 0

    def delivery(self, key: str | None, remote_id: str | None, person: str | None) -> DeliveryRow | None:
        """Find what an event is about: by our key, or by the service's name for it, which several people may share."""
        query = select(_deliveries).limit(2)
        if key is not None:
            query = query.where(_deliveries.c.id == key)
        elif remote_id is not None and person is not None:
            theirs = or_(_deliveries.c.person == person, func.lower(_deliveries.c.address) == person)
            query = query.where(_deliveries.c.remote_id == remote_id, theirs)
        else:
            return None
        found = self._connection.execute(query).all()
        return DeliveryRow(*found[0]) if len(found) == 1 else None

    def fate(self, identifier: str) -> FateRow | None:
        """Return what is known of a delivery."""
        found = self._connection.execute(select(_fates).where(_fates.c.id == identifier)).first()
        return FateRow(*found) if found else None

    def put_fate(self, row: FateRow) -> None:
        """Write down what became of a delivery, in the place of what was known."""
        upsert_values(self._connection, _fates, [attrs.asdict(row)])

    def went(self, row: DeliveryRow, *, now: str) -> bool:
        """Settle a delivery of which nobody knew whether it went; one in any other state stays in it."""
        known = _deliveries.c.id == row.id, _deliveries.c.state == "uncertain"
        values = {"state": "sent", "owner": None, "lease": None, "changed_at": now}
        return self._connection.execute(update(_deliveries).where(*known).values(values)).rowcount > 0

    def suppress(self, row: "MailSuppressionRow") -> bool:
        """Write a suppression down; one that is there stays as it is, and gives False."""
        insert = insert_into(self._connection, tables.mail_suppressions).on_conflict_do_nothing()
        return self._connection.execute(insert, [attrs.asdict(row)]).rowcount > 0


class MailFeedback:
    """What a ledger knows of mails after they were taken. StoreError where it cannot be read or written."""

    def __init__(self, ledger: "Ledger") -> None:
        self._ledger = ledger

    @contextmanager
    def writing(self) -> Iterator[FeedbackWriter]:
        """Open a transaction: all of it is written, or nothing."""
        with self._ledger.writing() as connection:
            yield FeedbackWriter(connection)

    def counts(self, mailing: int) -> Mapping[str, int]:
        """Count a mailing's deliveries by what became of them, those of which something is known."""
        joined = _deliveries.join(_fates, _fates.c.id == _deliveries.c.id)
        query = select(_fates.c.kind, func.count()).select_from(joined)
        query = query.where(_deliveries.c.mailing == mailing).group_by(_fates.c.kind)
        with self._ledger.reading() as connection:
            return Counter({row[0]: row[1] for row in connection.execute(query)})

    def fates(self, mailing: int, kinds: Iterable[str]) -> list[FateRow]:
        """Return what became of a mailing's deliveries, for some kinds, the newest first."""
        joined = _fates.join(_deliveries, _fates.c.id == _deliveries.c.id)
        query = select(_fates).select_from(joined).order_by(_fates.c.at.desc(), _fates.c.id)
        query = query.where(_deliveries.c.mailing == mailing, _fates.c.kind.in_(list(kinds)))
        with self._ledger.reading() as connection:
            return [FateRow(*row) for row in connection.execute(query)]
