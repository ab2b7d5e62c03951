"""Statements that SQLite and PostgreSQL both take, each in its own dialect's words."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["insert_into", "upsert_values"]


def insert_into(connection: "Connection", table: Table) -> Any:
    """Begin an insert that can say what becomes of a conflict."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def upsert_values(connection: "Connection", table: Table, values: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; those whose primary key is there already are replaced."""
    if not values:
        return
    keys = [column.name for column in table.primary_key]
    insert = insert_into(connection, table)
    new = {column.name: insert.excluded[column.name] for column in table.columns if column.name not in keys}
    connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=new), values)
