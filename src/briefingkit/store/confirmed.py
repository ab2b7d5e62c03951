"""Whom a list's confirmations have reached since a moment, of those who were on the list before it."""

from typing import TYPE_CHECKING

from sqlalchemy import select

from briefingkit.store import tables

if TYPE_CHECKING:
    from briefingkit.store.ledger import Ledger

__all__ = ["confirmed_since"]

_deliveries, _registrations = tables.deliveries, tables.registrations


def confirmed_since(ledger: "Ledger", briefing: str, mailing: int, since: str) -> frozenset[str]:
    """Give the people of a list who registered before a moment, and were sent a mail of a mailing that was begun after.

    One query reads the mailing once; those who registered later, of whom there may be any number, are not in it.
    """
    query = (
        select(_deliveries.c.person)
        .join(_registrations, _registrations.c.person == _deliveries.c.person)
        .where(
            _deliveries.c.mailing == mailing,
            _deliveries.c.state == "sent",
            _deliveries.c.begun_at >= since,
            _registrations.c.briefing == briefing,
            _registrations.c.created_at <= since,
        )
    )
    with ledger.reading() as connection:
        return frozenset(connection.execute(query.distinct()).scalars())
