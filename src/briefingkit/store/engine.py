"""Opening the ledger's database: a SQLite file with durable settings, or PostgreSQL by URL."""

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import StaticPool

from briefingkit.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

__all__ = ["BUSY_TIMEOUT", "filesystem", "open_engine", "parse_url", "sqlite_path"]

BUSY_TIMEOUT = 30.0
"""Seconds that a writer waits for another one."""

_NETWORK = frozenset(
    {
        "9p",
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "drvfs",
        "glusterfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "smb3",
        "smbfs",
    }
    | {"fuse.sshfs", "fuse.davfs", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "davfs", "virtiofs"}
)
_MOUNTS = Path("/proc/mounts")
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    # KiB, where 2 MB are usual: the keys of a long list are hashes, and each is in another page of its index.
    "cache_size=-16384",
)


def parse_url(url: str) -> "URL":
    """Read a database URL; a plain path is a SQLite file. StoreError for what is neither SQLite nor PostgreSQL."""
    if "://" not in url:
        return make_url("sqlite://").set(database=url)
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # Not `from` the cause: of a password with an @ in it, that one quotes the rest.
        raise StoreError(
            "the store's URL cannot be read: write sqlite:///ledger.db or postgresql://…, "
            "with what is special in a password percent-encoded"
        ) from None
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return parsed
    if backend in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg")
    raise StoreError(f"the ledger is kept in SQLite or PostgreSQL, not in {backend}")


def sqlite_path(url: "URL") -> Path | None:
    """Return the file of a SQLite ledger; None where there is no file."""
    if url.get_backend_name() != "sqlite" or url.database in {None, "", ":memory:"}:
        return None
    return Path(str(url.database))


def filesystem(path: Path, mounts: str) -> str | None:
    """Return the type of file system under a path, by a table in the form of /proc/mounts; None if it does not say."""
    best: tuple[int, str] | None = None
    for line in mounts.splitlines():
        parts = line.split()
        if len(parts) < 3:  # noqa: PLR2004 - device, mount point, type
            continue
        point = Path(parts[1].replace("\\040", " "))
        if path.is_relative_to(point) and (best is None or len(point.parts) >= best[0]):
            best = (len(point.parts), parts[2])
    return best[1] if best else None


def open_engine(url: "URL") -> "Engine":
    """Make the engine; nothing is connected yet, but a place that cannot hold a ledger is refused.

    Raises StoreError for a folder that is not there, a network drive, and a PostgreSQL driver that is not
    installed.
    """
    if url.get_backend_name() == "sqlite":
        return _open_sqlite(url, sqlite_path(url))
    try:
        return create_engine(url, hide_parameters=True, pool_pre_ping=True)
    except ModuleNotFoundError as error:
        raise StoreError('PostgreSQL needs its driver: pip install "briefingkit[postgresql]"') from error


def _open_sqlite(url: "URL", path: Path | None) -> "Engine":
    arguments: dict[str, Any] = {"timeout": BUSY_TIMEOUT}
    if path is None:
        engine = create_engine(
            url,
            hide_parameters=True,
            poolclass=StaticPool,
            connect_args={**arguments, "check_same_thread": False},
        )
    else:
        _refuse_unfit(path)
        engine = create_engine(url, hide_parameters=True, connect_args=arguments)
        event.listen(engine, "do_connect", lambda *_: _make_private(path))
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _make_private(path: Path) -> None:
    """Make the file before SQLite does: it holds people's data, and so do its log and index, which take its mode."""
    with suppress(OSError):  # that it is there, or cannot be made, SQLite finds and says
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _refuse_unfit(path: Path) -> None:
    folder = path.absolute().parent
    if not folder.is_dir():
        raise StoreError(f"{folder} is not there: make the folder for the ledger first")
    if not _MOUNTS.exists():
        return
    kind = filesystem(folder.resolve(), _MOUNTS.read_text(encoding="utf-8", errors="replace"))
    if kind in _NETWORK:
        raise StoreError(
            f"{path} is on a network drive ({kind}), where SQLite's locks do not hold: "
            "put the ledger on a local disk, or use PostgreSQL"
        )


def _set_pragmas(connection: Any, _record: object) -> None:
    # The driver's own idea of when to begin comes too late for a reader that goes on to write.
    connection.isolation_level = None
    cursor = connection.cursor()
    try:
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
    finally:
        cursor.close()


def _begin(connection: "Connection") -> None:
    options = connection.get_execution_options()
    if options.get("briefingkit_reading", False):
        connection.exec_driver_sql("BEGIN")
        return
    # Said each time, as connections are shared; once a transaction has begun it is too late.
    level = "FULL" if options.get("briefingkit_durable", True) else "NORMAL"
    connection.exec_driver_sql(f"PRAGMA synchronous={level}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
