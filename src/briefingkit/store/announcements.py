"""What people were told of briefings: each revision that went out by mail, whole, to tell what has changed since."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import frozen
from sqlalchemy import select

from briefingkit.store import tables
from briefingkit.store.statements import execute_rows, insert_new

if TYPE_CHECKING:
    from briefingkit.store.ledger import Ledger

__all__ = ["AnnouncedRooms", "AnnouncementRow", "Announcements"]

_table = tables.announcements


@frozen
class AnnouncementRow:
    """One revision as it went out; `content` is JSON, the briefing, and `rooms` too: addresses that targets made.

    `rooms` is None for what went out before they were kept.
    """

    briefing: str
    revision: int
    at: str
    content: str
    rooms: str | None = None


@frozen
class AnnouncedRooms:
    """The rooms that people were told of with a revision."""

    revision: int
    rooms: Mapping[str, str]


class Announcements:
    """The announcements of a ledger. StoreError where the database cannot be read or written."""

    def __init__(self, ledger: "Ledger") -> None:
        self._ledger = ledger

    def put(self, row: AnnouncementRow) -> None:
        """Write down that a revision goes out; one that is there stays as it is."""
        with self._ledger.writing() as connection:
            execute_rows(connection, insert_new(connection, _table), [row])

    def rooms(self) -> Mapping[str, AnnouncedRooms]:
        """Return the rooms that people were told of last, by briefing; those of which it is not known are left out."""
        query = select(_table.c.briefing, _table.c.revision, _table.c.rooms).order_by(_table.c.revision)
        with self._ledger.reading() as connection:
            last = {row[0]: (row[1], row[2]) for row in connection.execute(query)}
        return {
            name: AnnouncedRooms(revision, json.loads(rooms))
            for name, (revision, rooms) in last.items()
            if rooms is not None
        }

    def of(self, briefing: str) -> Sequence[AnnouncementRow]:
        """Return those of a briefing, the oldest first."""
        query = select(_table).where(_table.c.briefing == briefing).order_by(_table.c.revision)
        with self._ledger.reading() as connection:
            return [AnnouncementRow(*row) for row in connection.execute(query)]
