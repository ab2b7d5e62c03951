"""The ledger: what was published, sent and received, kept so that a crash loses none of it.

Rows only: the layers above say what they mean. SQLAlchemy is loaded when a ledger is opened.
"""

from typing import TYPE_CHECKING

from briefingkit.store.rows import OutputRow, PublicationRow, ResourceRow, SeenRow, TargetRows

if TYPE_CHECKING:
    from briefingkit.store.ledger import Ledger

__all__ = ["OutputRow", "PublicationRow", "ResourceRow", "SeenRow", "TargetRows", "open_ledger"]


def open_ledger(url: str) -> "Ledger":
    """Open a project's ledger, made or migrated as needed: a path or `sqlite:///…`, or `postgresql://…`.

    Raises StoreError where the database cannot be opened, is not a ledger, or was written by a newer release.
    """
    from briefingkit.store.ledger import Ledger

    return Ledger(url)
