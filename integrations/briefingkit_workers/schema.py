"""Procrastinate's tables in the ledger's database: made once, and brought up to date by its own migrations."""

import re
from importlib import resources
from typing import TYPE_CHECKING

from procrastinate.schema import SchemaManager

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from typing import LiteralString

    import psycopg

__all__ = ["prepare"]

_PREPARING = 0x6272_6B77  # "brkw": one process at a time
_MARK = "briefingkit: procrastinate "
_LOOK = """SELECT to_regclass('procrastinate_jobs') IS NOT NULL,
    obj_description(to_regclass('procrastinate_jobs'), 'pg_class')"""


def prepare(connection: "psycopg.Connection") -> None:
    """Make the tables, or run what migrations are new, in the connection's transaction.

    Which they are stands in the comment of a table that we have made. What somebody else has made is theirs to migrate.
    """
    with connection.transaction():
        there, comment = connection.execute(_LOOK).fetchone() or (False, None)
        newest = _migrations()[-1].name
        if there and (comment is None or comment == _MARK + newest):
            return
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_PREPARING,))
        there, comment = connection.execute(_LOOK).fetchone() or (False, None)
        if not there:
            connection.execute(SchemaManager.get_schema())
        elif comment is None or not comment.startswith(_MARK):
            return
        else:
            for file in pending(comment.removeprefix(_MARK)):
                connection.execute(_sql(file))
        name = newest.replace("'", "")
        connection.execute(f"COMMENT ON TABLE procrastinate_jobs IS '{_MARK}{name}'")


def pending(last: str) -> "list[Traversable]":
    """Give the migrations after the last that was run, in their order."""
    return [file for file in _migrations() if file.name > last]


def _migrations() -> "list[Traversable]":
    files = resources.files("procrastinate.sql").joinpath("migrations").iterdir()
    return sorted((file for file in files if re.match(r"\d", file.name)), key=lambda file: file.name)


def _sql(file: "Traversable") -> "LiteralString":
    text: LiteralString = file.read_text(encoding="utf-8")
    return text
