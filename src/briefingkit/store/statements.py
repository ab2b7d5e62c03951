"""Statements that SQLite and PostgreSQL both take, each in its own dialect's words."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any

import attrs
from sqlalchemy import Table

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.engine import Dialect

__all__ = ["Prepared", "execute_rows", "insert_new", "upsert", "upsert_values"]


def insert_new(connection: "Connection", table: Table) -> Any:
    """Give the statement that inserts rows, and leaves those as they are that are there already."""
    return _insert_new_by(connection.dialect.name, table)


def upsert(connection: "Connection", table: Table) -> Any:
    """Give the statement that inserts rows, and replaces those whose primary key is there already."""
    return _upsert_by(connection.dialect.name, table)


# Each is made once: for few rows that takes longer than all else.


@cache
def _insert_new_by(dialect: str, table: Table) -> Any:
    return _insert_by(dialect, table).on_conflict_do_nothing()


@cache
def _upsert_by(dialect: str, table: Table) -> Any:
    keys = [column.name for column in table.primary_key]
    insert = _insert_by(dialect, table)
    new = {column.name: insert.excluded[column.name] for column in table.columns if column.name not in keys}
    return insert.on_conflict_do_update(index_elements=keys, set_=new)


def _insert_by(dialect: str, table: Table) -> Any:
    if dialect == "sqlite":
        from sqlalchemy.dialects.sqlite import insert

        return insert(table)
    # Loaded where it is used: each dialect takes as long as a hundred briefings.
    from sqlalchemy.dialects.postgresql import insert as insert_by_postgresql

    return insert_by_postgresql(table)


def upsert_values(connection: "Connection", table: Table, values: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; those whose primary key is there already are replaced."""
    if values:
        connection.execute(upsert(connection, table), values)


def execute_rows(connection: "Connection", statement: Any, rows: "Iterable[attrs.AttrsInstance]") -> None:
    """Run a statement for rows of one class, whose fields are the table's columns, straight through the driver.

    The statement is compiled once and each row is handed over as it is: of a hundred thousand rows, SQLAlchemy would
    otherwise spend longer on each one's parameters than the database on its row.
    """
    those = list(rows)
    if not those:
        return
    names = tuple(field.name for field in attrs.fields(type(those[0])))
    text, order, positional = _compiled(statement, connection.dialect, names)
    values: list[Any] = list(map(attrgetter(*order), those))
    if not positional:
        values = [dict(zip(order, row, strict=True)) for row in values]
    connection.exec_driver_sql(text, values)


@lru_cache(maxsize=64)
def _compiled(
    statement: Any, dialect: "Dialect", names: tuple[str, ...]
) -> tuple[str, tuple[str, ...], bool]:
    compiled = statement.compile(dialect=dialect, column_keys=list(names))
    return str(compiled), tuple(compiled.positiontup or names), bool(compiled.positional)


class Prepared:
    """A statement that is run for many rows, many times: compiled once for each database, and handed to its driver.

    A row is a tuple of values for the parameters that `names` lists; constants stand in the statement's text.
    """

    def __init__(self, statement: Any, names: Sequence[str]) -> None:
        self._statement, self._names = statement, tuple(names)
        self._compiled: dict[str, tuple[str, Callable[[Sequence[Any]], Any]]] = {}

    def run(self, connection: "Connection", rows: Iterable[Sequence[Any]]) -> int:
        """Run it for each row, and give how many rows of the table it has changed."""
        known = self._compiled.get(connection.dialect.name)
        if known is None:
            known = self._compiled[connection.dialect.name] = self._compile(connection)
        text, arrange = known
        return connection.exec_driver_sql(text, list(map(arrange, rows))).rowcount

    def _compile(self, connection: "Connection") -> tuple[str, Callable[[Sequence[Any]], Any]]:
        compiled = self._statement.compile(dialect=connection.dialect)
        if compiled.positional:
            return str(compiled), itemgetter(*map(self._names.index, compiled.positiontup))
        return str(compiled), lambda row: dict(zip(self._names, row, strict=True))
