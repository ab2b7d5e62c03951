"""Putting jobs in line: each waits once under its name, whoever puts it there."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from procrastinate import jobs as procrastinate_jobs
from procrastinate.exceptions import AlreadyEnqueued

from briefingkit.mailing.outgoing.engine import Job

if TYPE_CHECKING:
    import psycopg
    from procrastinate.manager import JobManager

__all__ = ["PREFIX", "URGENT", "put"]

PREFIX = "briefingkit."
"""What the names of our tasks and queues begin with, so that others' workers leave them alone."""

URGENT = 10
"""The priority of what is done before all else."""

_WAITING = (
    "SELECT queueing_lock FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock = ANY(%s::text[])"
)


def put(manager: "JobManager", jobs: Sequence[Job], connection: "psycopg.Connection | None") -> int:
    """Put jobs in line on a connection, in its transaction, but for those that wait already; give how many are new.

    None is for a connector that has no connections, as one in memory. The name of a job is Procrastinate's queueing
    lock, which is unique among the jobs that wait.
    """
    wanted = {job.name: job for job in jobs}
    if connection is not None:
        waiting = {row[0] for row in connection.execute(_WAITING, (list(wanted),))}
        wanted = {name: job for name, job in wanted.items() if name not in waiting}
    rows = [_row(name, job) for name, job in wanted.items()]
    # Somebody else may put the same in line at this moment: then one by one.
    if len(rows) > 1 and _is_put(manager, rows, connection):
        return len(rows)
    return sum(_is_put(manager, [row], connection) for row in rows)


def _is_put(
    manager: "JobManager", rows: list[procrastinate_jobs.Job], connection: "psycopg.Connection | None"
) -> bool:
    # Within a transaction it is a savepoint, so that a name that is taken does not undo the rest.
    apart: AbstractContextManager[Any] = nullcontext() if connection is None else connection.transaction()
    try:
        with apart:
            manager.batch_defer_jobs(rows, connection=connection)
    except AlreadyEnqueued:
        return False
    return True


def _row(name: str, job: Job) -> procrastinate_jobs.Job:
    return procrastinate_jobs.Job(
        queue=PREFIX + job.task,
        task_name=PREFIX + job.task,
        lock=None,
        queueing_lock=name,
        task_kwargs=dict(job.about),
        scheduled_at=job.at,
        priority=URGENT if job.urgent else 0,
    )
