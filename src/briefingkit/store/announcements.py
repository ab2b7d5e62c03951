"""What people were told of briefings: each revision that went out by mail, whole, to tell what has changed since."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from attrs import frozen
from sqlalchemy import select

from briefingkit.store import tables
from briefingkit.store.statements import execute_rows, insert_into

if TYPE_CHECKING:
    from briefingkit.store.ledger import Ledger

__all__ = ["AnnouncementRow", "Announcements"]

_table = tables.announcements


@frozen
class AnnouncementRow:
    """One revision as it went out; `content` is JSON, the briefing."""

    briefing: str
    revision: int
    at: str
    content: str


class Announcements:
    """The announcements of a ledger. StoreError where the database cannot be read or written."""

    def __init__(self, ledger: "Ledger") -> None:
        self._ledger = ledger

    def put(self, row: AnnouncementRow) -> None:
        """Write down that a revision goes out; one that is there stays as it is."""
        with self._ledger.writing() as connection:
            execute_rows(connection, insert_into(connection, _table).on_conflict_do_nothing(), [row])

    def of(self, briefing: str) -> Sequence[AnnouncementRow]:
        """Return those of a briefing, the oldest first."""
        query = select(_table).where(_table.c.briefing == briefing).order_by(_table.c.revision)
        with self._ledger.reading() as connection:
            return [AnnouncementRow(*row) for row in connection.execute(query)]
