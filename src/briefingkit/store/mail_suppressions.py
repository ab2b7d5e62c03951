"""Suppressions in the ledger: addresses that must not be written to, as keyed hashes that say nobody's name."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import frozen
from sqlalchemy import delete, func, select

from briefingkit.store import tables
from briefingkit.store.statements import execute_rows, insert_new

if TYPE_CHECKING:
    from briefingkit.store.ledger import Ledger

__all__ = ["MailSuppressionRow", "MailSuppressions"]

_table = tables.mail_suppressions
_MANY = 5000


@frozen
class MailSuppressionRow:
    """One reason not to write to an address. `scope` is a briefing, or "" for all; `source` says who told us."""

    mark: str
    scope: str
    reason: str
    at: str
    source: str


class MailSuppressions:
    """The suppressions of a ledger. StoreError where the database cannot be read or written."""

    def __init__(self, ledger: "Ledger") -> None:
        self._ledger = ledger

    def put(self, rows: Iterable[MailSuppressionRow]) -> None:
        """Write suppressions down; one that is there stays as it is, with the time at which it came."""
        with self._ledger.writing() as connection:
            execute_rows(connection, insert_new(connection, _table), rows)

    def of(self, marks: Sequence[str]) -> Sequence[MailSuppressionRow]:
        """Return all that is held of some marks."""
        found: list[MailSuppressionRow] = []
        with self._ledger.reading() as connection:
            for start in range(0, len(marks), _MANY):
                some = _table.c.mark.in_(marks[start : start + _MANY])
                query = select(_table).where(some).order_by(_table.c.at, _table.c.reason)
                found += [MailSuppressionRow(*row) for row in connection.execute(query)]
        return found

    def lift(self, mark: str, reason: str | None = None, scopes: Collection[str] | None = None) -> int:
        """Take suppressions of a mark away, all or those for a reason, of all scopes or of some; how many is given."""
        these = [_table.c.mark == mark, *([] if reason is None else [_table.c.reason == reason])]
        if scopes is not None:
            these.append(_table.c.scope.in_(scopes))
        with self._ledger.writing() as connection:
            return connection.execute(delete(_table).where(*these)).rowcount

    def counts(self) -> Mapping[str, int]:
        """Count the addresses by reason, each once for a reason in however many scopes."""
        query = select(_table.c.reason, func.count(_table.c.mark.distinct())).group_by(_table.c.reason)
        with self._ledger.reading() as connection:
            return Counter({row[0]: row[1] for row in connection.execute(query)})
