"""A look at a ledger that opens nothing of the rest: how many writes each target has had."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path

__all__ = ["generations"]


def generations(path: Path) -> Mapping[str, int] | None:
    """Return the number of writes of each target so far, from a SQLite ledger; None where that cannot be read.

    The file is opened for reading only and nothing is made, locked or migrated, so that it costs next to nothing.
    """
    if not path.is_file():
        return None
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error:
        return None
    try:
        return dict(connection.execute("SELECT target, generation FROM targets"))
    except sqlite3.Error:
        return None
    finally:
        connection.close()
