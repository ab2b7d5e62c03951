"""Messages whose time is over: their rows go, and of each that may have gone a mark stays, so that it goes once."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, or_, select, tuple_, update

from briefingkit.store import tables
from briefingkit.store.delivery_rows import MailingRow
from briefingkit.store.statements import insert_new

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from briefingkit.store.ledger import Ledger

__all__ = ["MailRetention", "forget_marks"]

_deliveries, _marks, _mailings = tables.deliveries, tables.mail_written, tables.mailings
_AT_ONCE = 1000
_SETTLED = ("sent", "failed", "dropped", "uncertain")
"""States in which nobody has a message in hand: one in doubt for so long is not sent again either."""
_WAITING = ("planned", "suspended")


class MailRetention:
    """What a ledger forgets of its messages. StoreError where the database cannot be read or written."""

    def __init__(self, ledger: "Ledger") -> None:
        self._ledger = ledger

    def mailings(self, before: str) -> Sequence[MailingRow]:
        """Return the mailings that were begun before a moment: no others hold a message that is older."""
        query = select(_mailings).where(_mailings.c.planned_at < before).order_by(_mailings.c.id)
        with self._ledger.reading() as connection:
            return [MailingRow(*row) for row in connection.execute(query)]

    def forget(self, mailing: int, *, before: str, now: str, mark: Callable[[str], str]) -> int:
        """Delete the messages of a mailing that were settled, or can go no more, since before a moment; how many.

        What became of them, and what people of the programme have answered to them, goes with them; the mailing keeps
        how many they were, by state. `mark` makes the mark of a message of its id. It may be cut off and run again.
        """
        forgotten = 0
        while True:
            with self._ledger.writing() as connection:
                number = _forget_some(connection, mailing, _old(mailing, before, now), before, mark)
            forgotten += number
            if number < _AT_ONCE:
                return forgotten

    def marked(self, mailing: int, marks: Collection[str]) -> set[str]:
        """Return those of some marks that are there; at most a thousand at once."""
        query = select(_marks.c.mark).where(_marks.c.mailing == mailing, _marks.c.mark.in_(marks))
        with self._ledger.reading() as connection:
            return set(connection.execute(query).scalars())

    def has_marks(self, mailing: int) -> bool:
        """Tell whether any message of a mailing was forgotten."""
        query = select(_marks.c.mark).where(_marks.c.mailing == mailing).limit(1)
        with self._ledger.reading() as connection:
            return connection.execute(query).first() is not None


def forget_marks(connection: "Connection", briefing: str) -> None:
    """Delete all marks of a briefing in a transaction of somebody else's."""
    mailings = select(_mailings.c.id).where(_mailings.c.briefing == briefing)
    connection.execute(delete(_marks).where(_marks.c.mailing.in_(mailings)))


def _old(mailing: int, before: str, now: str) -> Any:
    state, expires = _deliveries.c.state, _deliveries.c.expires
    over = or_(state.in_(_SETTLED), and_(state.in_(_WAITING), expires <= now))
    return and_(_deliveries.c.mailing == mailing, _deliveries.c.changed_at < before, over)


def _forget_some(
    connection: "Connection", mailing: int, old: Any, before: str, mark: Callable[[str], str]
) -> int:
    held = connection.execute(select(_mailings).where(_mailings.c.id == mailing).with_for_update()).one()
    row = MailingRow(*held)
    table = _deliveries.c
    query = select(table.id, table.chunk, table.seq, table.state, table.imprint, table.data).where(old)
    found = connection.execute(query.limit(_AT_ONCE).with_for_update(skip_locked=True)).all()
    if not found:
        return 0
    # What was dropped and never handed to anybody may be written after all, should it be wanted once more.
    went = [
        each.id for each in found if each.imprint is not None or each.state in {"sent", "failed", "uncertain"}
    ]
    if went:
        values = [{"mailing": mailing, "mark": mark(each)} for each in went]
        connection.execute(insert_new(connection, _marks), values)
    ids = [each.id for each in found]
    connection.execute(delete(tables.mail_fates).where(tables.mail_fates.c.id.in_(ids)))
    _forget_answers(connection, row.briefing, (each.data for each in found), before)
    places = [(each.chunk, each.seq) for each in found]
    these = _deliveries.c.mailing == mailing, tuple_(table.chunk, table.seq).in_(places)
    connection.execute(delete(_deliveries).where(*these))
    counts = Counter(json.loads(row.erased)) + Counter(each.state for each in found)
    erased = json.dumps(counts, sort_keys=True)
    connection.execute(update(_mailings).where(_mailings.c.id == mailing).values(erased=erased))
    return len(found)


def _forget_answers(connection: "Connection", briefing: str, told: Any, before: str) -> None:
    """Delete what people of the programme have answered as long ago."""
    keys = {key for data in told if (key := json.loads(data).get("key"))}
    if keys:
        answers = tables.part_answers
        these = answers.c.briefing == briefing, answers.c.person.in_(keys), answers.c.at < before
        connection.execute(delete(answers).where(*these))
