"""The engine that brings mail's work to workers on several machines: jobs beside the ledger, in its own database."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any, Self, cast

import psycopg
from attrs import define, field
from procrastinate import PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import ProcrastinateException
from procrastinate.manager import JobManager

from briefingkit.errors import ModelError, StoreError
from briefingkit.mailing.outgoing.engine import Job, Stop, Task
from briefingkit.store.engine import parse_url
from briefingkit_workers.line import put
from briefingkit_workers.schema import prepare
from briefingkit_workers.serving import ASIDE, Post, Terms, serve

if TYPE_CHECKING:
    from procrastinate.connector import BaseConnector

    from briefingkit.errors import BriefingkitError
    from briefingkit.store.chunks import Transaction

__all__ = ["Procrastinate"]

_CONNECTING = 10  # seconds
_MOST_AT_ONCE = 32
_LONGEST = 3600  # seconds

for _name in ("procrastinate", "psycopg.pool"):
    # They say with a traceback what is told here in a sentence; whoever sets up logging hears them all the same.
    logging.getLogger(_name).addHandler(logging.NullHandler())


def _check_number(_engine: object, attribute: Any, value: int) -> None:
    if not 1 <= value <= _MOST_AT_ONCE:
        raise ModelError(f"a worker sends 1 to {_MOST_AT_ONCE} chunks at a time", field=attribute.name)


def _check_seconds(_engine: object, attribute: Any, value: float) -> None:
    if not 0 < value < _LONGEST:
        raise ModelError(f"give seconds, more than 0 and less than {_LONGEST}", field=attribute.name)


def _check_silence(engine: Any, attribute: Any, value: float) -> None:
    if value < 2 * engine.heartbeat:
        raise ModelError(
            "give at least twice the seconds of `heartbeat`: else the living are taken for dead",
            field=attribute.name,
        )


@define
class Procrastinate:
    """Jobs in PostgreSQL, in the database of the ledger (`store`), by way of Procrastinate.

    A worker sends `at_once` chunks at a time. It shows every `heartbeat` seconds that it lives, and of one that has not
    for `silence` seconds the jobs come back.
    """

    at_once: int = field(default=1, validator=_check_number)
    heartbeat: float = field(default=10.0, validator=_check_seconds)
    silence: float = field(default=30.0, validator=[_check_seconds, _check_silence])
    store: str = field(default="", repr=False)
    _connector: Any = field(default=None, init=False, repr=False, eq=False)
    _posts: dict[str, Any] = field(factory=dict, init=False, repr=False, eq=False)
    _prepared: bool = field(default=False, init=False, repr=False, eq=False)
    _lock: Any = field(factory=Lock, init=False, repr=False, eq=False)

    @classmethod
    def over(cls, connector: "BaseConnector", **settings: Any) -> Self:
        """Make one that keeps its jobs where a connector of Procrastinate's does, as in memory, for tests."""
        made = cls(**settings)
        made._connector, made._prepared = connector, True
        return made

    def enqueue(self, jobs: Sequence[Job], *, within: "Transaction | None" = None) -> int:
        """Write jobs down, within a transaction of the ledger or in one of their own; how many are new is given.

        Raises StoreError where the ledger is in no PostgreSQL, or that cannot be used.
        """
        if not jobs:
            return 0
        with _translated():
            self._prepare()
            if self._connector is not None:
                return put(JobManager(self._connector), jobs, None)
            manager = JobManager(SyncPsycopgConnector())
            if within is not None:
                return put(manager, jobs, _driver(within))
            with self._connected() as connection:
                return put(manager, jobs, connection)

    def register(self, task: str, do: Task, *, every: timedelta | None = None, aside: bool = False) -> None:
        """Say what does the jobs of a task. `every` is whole seconds below a minute, or whole minutes."""
        self._posts[task] = Post(task, do, every, aside)

    def run(self, stop: Stop, tell: "Callable[[BriefingkitError], None]", *, once: bool = False) -> None:
        """Work as one worker of any number. While the database is away that is told, and it is tried again."""
        with _translated():
            self._prepare()
        terms = Terms(self.at_once, self.heartbeat, self.silence, once)
        posts = tuple(self._posts.values())
        serving = serve(self._connect, posts, terms, stop, lambda error: tell(_away(error)))
        # psycopg works with selectors alone, which are not what Windows begins with.
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            runner.run(serving)

    def _connect(self) -> "BaseConnector":
        if self._connector is not None:
            return cast("BaseConnector", self._connector)
        # Each job's beginning and end, two signs of life, and what comes by itself.
        most = self.at_once + ASIDE + 2
        return PsycopgConnector(conninfo=self._conninfo(), min_size=1, max_size=most, timeout=_CONNECTING)

    def _prepare(self) -> None:
        """Make or bring up to date the tables of the jobs, once."""
        with self._lock:
            if not self._prepared:
                with self._connected() as connection:
                    prepare(connection)
                self._prepared = True

    @contextmanager
    def _connected(self) -> "Iterator[psycopg.Connection]":
        with psycopg.connect(self._conninfo()) as connection:
            yield connection

    def _conninfo(self) -> str:
        url = parse_url(self.store)
        if url.get_backend_name() != "postgresql":
            raise StoreError(
                "workers on several machines need a ledger that all of them reach: give `store` the address of a "
                "PostgreSQL database, or take `workers` away, and one machine sends: `briefingkit mail send --every 1m`"
            )
        if "connect_timeout" not in url.query:
            url = url.update_query_dict({"connect_timeout": str(_CONNECTING)})
        return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _driver(transaction: "Transaction") -> "psycopg.Connection":
    """Give the driver's own connection, with the transaction that SQLAlchemy has begun on it."""
    connection = transaction.connection.driver_connection
    if not isinstance(connection, psycopg.Connection):
        raise StoreError("workers need a ledger in PostgreSQL")
    return connection


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (psycopg.Error, ProcrastinateException) as error:
        raise _away(error) from error


def _away(error: BaseException) -> StoreError:
    cause = error.__cause__ or error
    if isinstance(cause, psycopg.errors.ForeignKeyViolation):
        return StoreError("this worker was silent for so long that others took it for dead: it begins anew")
    reason = (str(cause).strip() or type(cause).__name__).splitlines()[0]
    return StoreError(f"the jobs of the workers, in the ledger's database, cannot be used: {reason}")
