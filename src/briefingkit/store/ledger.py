"""The ledger: rows in, rows out, each method one transaction."""

import threading
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

import attrs
from sqlalchemy import Table, and_, bindparam, delete, func, select
from sqlalchemy.exc import SQLAlchemyError

from briefingkit.errors import Locked, StoreError
from briefingkit.store import tables
from briefingkit.store.engine import open_engine, parse_url, sqlite_path
from briefingkit.store.lock import advisory_lock, file_lock, holder
from briefingkit.store.migrations import STEPS, migrate, version_of
from briefingkit.store.presence import Presence
from briefingkit.store.rows import OutputRow, PublicationRow, ResourceRow, SeenRow, TargetRows
from briefingkit.store.statements import insert_new, upsert_values

if TYPE_CHECKING:
    from types import TracebackType

    from sqlalchemy import Connection

__all__ = ["Ledger"]

_MIGRATING = 0x6272_6B6D  # "brkm": only one process migrates at a time


class Ledger:
    """A project's ledger, open. Close it, or use it as a context manager.

    Raises StoreError where the database cannot be opened, is not a ledger, or was written by a newer release.
    """

    def __init__(self, url: str) -> None:
        self._url = parse_url(url)
        self._path = sqlite_path(self._url)
        self._engine = open_engine(self._url)
        # One that is forgotten gives its connections back too; since Python 3.13 sqlite3 warns where nobody does.
        self._give_back = weakref.finalize(self, self._engine.dispose)
        self._within = threading.Lock()
        self._presence = Presence(self._path, self._sqlite)
        if not self._is_current():
            with self.writing() as connection:
                if not self._sqlite:
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATING})")
                migrate(connection)

    def __repr__(self) -> str:
        return f"Ledger({self._url.render_as_string(hide_password=True)!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: "TracebackType | None",
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._give_back()

    # Publications

    def publications(self, namespace: str) -> Sequence[PublicationRow]:
        """Return the newest publication of each briefing."""
        table = tables.publications
        newest = (
            select(table.c.briefing, func.max(table.c.revision).label("revision"))
            .where(table.c.namespace == namespace)
            .group_by(table.c.briefing)
            .subquery()
        )
        both = and_(table.c.briefing == newest.c.briefing, table.c.revision == newest.c.revision)
        query = select(table).join(newest, both).where(table.c.namespace == namespace)
        with self.reading() as connection:
            return [PublicationRow(*row) for row in connection.execute(query)]

    def add_publications(self, rows: Iterable[PublicationRow]) -> None:
        """Write publications down; one that is there already is left as it is."""
        with self.writing() as connection:
            _insert(connection, tables.publications, rows)

    # Targets

    def load(self, target: str) -> TargetRows:
        """Return all that is known of a target, as of one moment."""
        with self.reading() as connection:
            resources = connection.execute(
                select(tables.resources).where(tables.resources.c.target == target)
            )
            seen = connection.execute(select(tables.seen).where(tables.seen.c.target == target))
            row = connection.execute(
                select(tables.targets.c.cursor, tables.targets.c.generation).where(
                    tables.targets.c.target == target
                )
            ).first()
            cursor, generation = (row[0], row[1]) if row else (None, 0)
            return TargetRows(
                tuple(ResourceRow(*row) for row in resources),
                tuple(SeenRow(*row) for row in seen),
                cursor,
                generation,
            )

    def generation(self, target: str) -> int:
        """Return how many times resources of the target have been written."""
        table = tables.targets
        with self.reading() as connection:
            found = connection.execute(select(table.c.generation).where(table.c.target == target)).scalar()
            return int(found or 0)

    def outputs(self) -> Sequence[OutputRow]:
        """Return the addresses that all targets have made."""
        with self.reading() as connection:
            return [OutputRow(*row) for row in connection.execute(select(tables.outputs))]

    def write(
        self,
        target: str,
        *,
        put: Iterable[ResourceRow] = (),
        drop: Iterable[tuple[str, str]] = (),
        outputs: Iterable[OutputRow] = (),
        seen: Iterable[SeenRow] = (),
    ) -> None:
        """Write resources and their outputs, and forget others by (kind, key) with theirs: one transaction.

        What was seen of them is settled by that, but for what `seen` says.
        """
        puts, drops = list(put), list(drop)
        with self.writing() as connection:
            self._next_generation(connection, target)
            _upsert(connection, tables.resources, puts)
            _delete(connection, tables.resources, target, drops)
            _delete(connection, tables.outputs, target, drops)
            _delete(connection, tables.seen, target, [*((row.kind, row.key) for row in puts), *drops])
            _upsert(connection, tables.outputs, outputs)
            _upsert(connection, tables.seen, seen)

    def remember(
        self,
        target: str,
        seen: Iterable[SeenRow],
        cursor: str | None,
        *,
        generation: int,
        outputs: Iterable[OutputRow] = (),
    ) -> bool:
        """Replace what was read at a target and the cursor to read on from; add outputs that were found there.

        False, and nothing is written, if resources were written since `generation` was loaded: what was
        read may then be older than what the rows say, and the next read starts from the old cursor again.
        """
        with self.writing() as connection:
            table = tables.targets
            now = connection.execute(select(table.c.generation).where(table.c.target == target)).scalar()
            if (now or 0) != generation:
                return False
            values = {"target": target, "cursor": cursor, "generation": generation}
            upsert_values(connection, table, [values])
            connection.execute(delete(tables.seen).where(tables.seen.c.target == target))
            _upsert(connection, tables.seen, seen)
            _upsert(connection, tables.outputs, outputs)
            return True

    # One run at a time

    @contextmanager
    def lock(self, *, at: datetime) -> Iterator[None]:
        """Keep a second run out for the block; Locked, with who and since when, if there is one."""
        if self._path is not None:
            with file_lock(self._path.with_name(f"{self._path.name}.lock"), at=at):
                yield
        elif not self._sqlite:
            with advisory_lock(self._engine, at=at):
                yield
        else:
            if not self._within.acquire(blocking=False):
                raise Locked(f"another run is at work in this process: {holder(at)}")
            try:
                yield
            finally:
                self._within.release()

    # Who is at work on deliveries: several may be

    @contextmanager
    def present(self, name: str, *, at: datetime) -> Iterator[None]:
        """Show for the block, or until this process dies, that somebody of this name is at work."""
        with self._presence.shown(name, at=at):
            yield

    def is_gone(self, name: str) -> bool:
        """Tell whether somebody who showed up here is certainly at work no more.

        On PostgreSQL that is not known of another machine: there a lease has to run out.
        """
        return self._presence.is_gone(name)

    # What was deleted

    def compact(self, changed: Iterable[Table]) -> bool:
        """Write the database anew, so that what was deleted is in no free page and no log of it any more.

        On PostgreSQL only the tables that are named; its write-ahead log and its backups are its administrator's.
        False where another connection's reading kept SQLite from emptying its log.
        """
        with self._translated():
            if self._sqlite:
                # By the driver: neither runs inside a transaction, which every connection of ours begins.
                with closing(self._engine.raw_connection()) as connection:
                    cursor = connection.cursor()
                    cursor.execute("VACUUM")
                    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                    busy: Any = cursor.fetchone()
                    return not busy[0]
            with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as apart:
                for table in changed:
                    apart.exec_driver_sql(f"VACUUM FULL {table.name}")
            return True

    @property
    def _sqlite(self) -> bool:
        return self._url.get_backend_name() == "sqlite"

    def _is_current(self) -> bool:
        """Look before migrating, so that a reader does not wait for a writer."""
        with self.reading() as connection:
            return version_of(connection) == len(STEPS)

    def _next_generation(self, connection: "Connection", target: str) -> None:
        table = tables.targets
        changed = connection.execute(
            table.update().where(table.c.target == target).values(generation=table.c.generation + 1)
        )
        if not changed.rowcount:
            upsert_values(connection, table, [{"target": target, "cursor": None, "generation": 1}])

    # Transactions, for the rows that modules beside this one look after

    @contextmanager
    def reading(self) -> Iterator["Connection"]:
        """Give a transaction that sees the ledger as of one moment; a database's errors come out as StoreError."""
        with self._translated(), self._engine.connect() as connection:
            reading = connection.execution_options(briefingkit_reading=True)
            if not self._sqlite:
                reading = reading.execution_options(isolation_level="REPEATABLE READ")
            with reading.begin():
                yield reading

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator["Connection"]:
        """Give a transaction that writes, committed at the end of the block; on SQLite there is one at a time.

        One that is not `durable` stands whatever becomes of this process; but a power cut may take it back, up to the
        next durable one that writes anything. None is taken back that came before another which stands.
        """
        with self._translated(), self._engine.connect() as connection:
            writing = connection.execution_options(briefingkit_durable=durable)
            with writing.begin():
                if not (durable or self._sqlite):
                    writing.exec_driver_sql("SET LOCAL synchronous_commit TO off")
                yield writing

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Say what went wrong with the database in this project's own errors, without the values in hand."""
        try:
            yield
        except (SQLAlchemyError, UnicodeError) as error:
            where = self._url.render_as_string(hide_password=True)
            reason = getattr(error, "orig", None) or error
            raise StoreError(f"the ledger {where} cannot be used: {reason}") from error


def _insert(connection: "Connection", table: Table, rows: "Iterable[attrs.AttrsInstance]") -> None:
    values = [attrs.asdict(row, recurse=False) for row in rows]
    if values:
        connection.execute(insert_new(connection, table), values)


def _upsert(connection: "Connection", table: Table, rows: "Iterable[attrs.AttrsInstance]") -> None:
    upsert_values(connection, table, [attrs.asdict(row, recurse=False) for row in rows])


def _delete(connection: "Connection", table: Table, target: str, keys: list[tuple[str, str]]) -> None:
    if keys:
        these = (table.c.target == target, table.c.kind == bindparam("a"), table.c.key == bindparam("b"))
        connection.execute(delete(table).where(*these), [{"a": kind, "b": key} for kind, key in keys])
