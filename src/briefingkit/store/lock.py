"""One run at a time: a lock that the operating system, or PostgreSQL, gives back when its holder dies."""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

from briefingkit.errors import Locked

if TYPE_CHECKING:
    from sqlalchemy import Engine

__all__ = ["advisory_lock", "file_lock", "holder"]

_KEY = 0x6272_6B74  # "brkt": the first half of the advisory lock's key; the schema is the second


def holder(at: datetime) -> str:
    """Say who takes a lock: the process, the host and since when, in UTC to the second."""
    return f"process {os.getpid()} on {socket.gethostname()} since {at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _refuse(who: str) -> Locked:
    return Locked(
        f"another run is at work: {who or 'it did not say who'}. Wait until it ends, then try again"
    )


@contextmanager
def file_lock(path: Path, *, at: datetime) -> Iterator[None]:
    """Hold a file's lock for the block; Locked if somebody else does. The file stays, so that no two can race."""
    with path.open("a+", encoding="utf-8") as file:
        if not _take(file):
            file.seek(0)
            raise _refuse(file.read(300).strip())
        file.truncate(0)
        file.write(holder(at))
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


if sys.platform == "win32":
    import msvcrt

    def _take(file: IO[str]) -> bool:
        # Windows locks bytes, and keeps others from reading them: so one far behind the words.
        file.seek(1 << 20)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _take(file: IO[str]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def advisory_lock(engine: "Engine", *, at: datetime) -> Iterator[None]:
    """Hold PostgreSQL's advisory lock for this database and schema; its own connection carries the holder's name."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        name = f"briefingkit {holder(at).removeprefix('process ')}"
        connection.exec_driver_sql("SELECT set_config('application_name', %s, false)", (name[:63],))
        key = f"{_KEY}, hashtext(current_schema())"
        if not connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({key})").scalar():
            who = connection.exec_driver_sql(
                "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid) "  # noqa: S608 - a number
                f"WHERE l.locktype = 'advisory' AND l.granted AND l.classid::bigint = {_KEY}"
                " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            ).scalar()
            raise _refuse(f"process {str(who or '').removeprefix('briefingkit ')}" if who else "")
        try:
            yield
        finally:
            connection.exec_driver_sql(f"SELECT pg_advisory_unlock({key})")
