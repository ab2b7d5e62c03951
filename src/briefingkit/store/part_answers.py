"""What people of a programme have said by the links in their mails: whether they take part. The last word counts."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import attrs
from attrs import frozen
from sqlalchemy import delete, select

from briefingkit.store import tables
from briefingkit.store.statements import upsert_values

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from briefingkit.store.ledger import Ledger

__all__ = ["PartAnswerRow", "PartAnswers", "forget_answers"]

_table = tables.part_answers


@frozen
class PartAnswerRow:
    """One person's answer; `person` is their key in the programme of the briefing."""

    briefing: str
    person: str
    answer: str
    at: str


class PartAnswers:
    """The answers of a ledger. StoreError where the database cannot be read or written."""

    def __init__(self, ledger: "Ledger") -> None:
        self._ledger = ledger

    def put(self, row: PartAnswerRow) -> None:
        """Write an answer down, in the place of the one before it."""
        with self._ledger.writing() as connection:
            upsert_values(connection, _table, [attrs.asdict(row)])

    def of(self, briefing: str, persons: Collection[str] | None = None) -> Sequence[PartAnswerRow]:
        """Return the answers of a briefing by person, of all who have answered or of some."""
        query = select(_table).where(_table.c.briefing == briefing).order_by(_table.c.person)
        if persons is not None:
            query = query.where(_table.c.person.in_(persons))
        with self._ledger.reading() as connection:
            return [PartAnswerRow(*row) for row in connection.execute(query)]


def forget_answers(connection: "Connection", briefing: str, persons: Collection[str] | None) -> int:
    """Delete some people's answers to a briefing, or everybody's, in a transaction of somebody else's."""
    these = [_table.c.briefing == briefing]
    if persons is not None:
        these.append(_table.c.person.in_(persons))
    return connection.execute(delete(_table).where(*these)).rowcount
