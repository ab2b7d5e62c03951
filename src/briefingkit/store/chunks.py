"""Chunks of mailings that somebody has to look at: a queue of jobs is made of them, and made anew where it was lost."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from attrs import frozen
from sqlalchemy import func, or_, select

from briefingkit.store import tables

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from briefingkit.store.ledger import Ledger

__all__ = ["OpenChunk", "Transaction", "is_about_another", "open_chunks", "was_planned"]

Transaction: TypeAlias = "Connection"
"""An open transaction of the ledger."""

_AT_ONCE = 500
_table = tables.deliveries


@frozen
class OpenChunk:
    """A chunk with deliveries that are not done: when the first of them is due ("" is at once).

    `doubtful` is one of which nobody knows whether some have gone, and where there is nothing else to do.
    """

    mailing: int
    chunk: int
    due: str = ""
    doubtful: bool = False


def open_chunks(ledger: "Ledger", mailings: Sequence[int], *, now: str, grace: str) -> Iterator[OpenChunk]:
    """Give the chunks of some mailings that have anything planned, in doubt, or in the hands of one who is no more.

    Gone is whose lease ended before `now`; before `grace`, for what was about to go, as in `Claims.reclaim`.
    """
    column, place = _table.c, (_table.c.mailing, _table.c.chunk)
    left = or_(
        (column.state == "claimed") & (column.lease < now),
        (column.state == "committing") & (column.lease < grace),
    )
    for start in range(0, len(mailings), _AT_ONCE):
        of_these = column.mailing.in_(mailings[start : start + _AT_ONCE])
        planned = select(*place, func.min(column.due)).where(of_these, column.state == "planned")
        orphaned = select(*place).where(of_these, column.state.in_(("claimed", "committing")), left)
        doubtful = select(*place).where(of_these, column.state == "uncertain")
        with ledger.reading() as connection:
            dues: dict[tuple[int, int], str] = {
                (row[0], row[1]): row[2] for row in connection.execute(planned.group_by(*place))
            }
            dues |= {(row[0], row[1]): "" for row in connection.execute(orphaned.distinct())}
            doubts = {(row[0], row[1]) for row in connection.execute(doubtful.distinct())}
        for key, due in sorted(dues.items()):
            yield OpenChunk(*key, due)
        for key in sorted(doubts - dues.keys()):
            yield OpenChunk(*key, doubtful=True)


def was_planned(ledger: "Ledger", mailing: int, occasion: str) -> bool:
    """Tell whether anybody is written to by a mailing about an occasion, whatever became of it."""
    query = select(_table.c.seq).where(_table.c.mailing == mailing, _table.c.occasion == occasion)
    with ledger.reading() as connection:
        return connection.execute(query.limit(1)).first() is not None


def is_about_another(ledger: "Ledger", mailing: int, chunk: int, occasion: str) -> bool:
    """Tell whether anything that is still planned of a chunk is about another occasion than this one."""
    column = _table.c
    query = select(column.seq).where(
        column.mailing == mailing,
        column.chunk == chunk,
        column.state == "planned",
        column.occasion != occasion,
    )
    with ledger.reading() as connection:
        return connection.execute(query.limit(1)).first() is not None
