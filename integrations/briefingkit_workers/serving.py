"""One worker at its jobs, until it is told to end, and what gives the jobs of one that died to the others."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import psycopg
from attrs import frozen
from procrastinate import App, jobs
from procrastinate.exceptions import ProcrastinateException, UniqueViolation

from briefingkit.mailing.outgoing.engine import Job, Stop, Task
from briefingkit_workers.line import PREFIX, URGENT

if TYPE_CHECKING:
    from procrastinate.app import WorkerOptions
    from procrastinate.connector import BaseConnector

__all__ = ["ASIDE", "Post", "Terms", "serve"]

ASIDE = 3
"""Jobs at once of those that are done beside the others."""

_REAP = "reap"
_LOOKS = 0.2  # seconds between two questions whether to end
_NOTICED = 5.0  # seconds after its moment at which a job is noticed at the latest
_PAUSE = 5.0  # seconds before it begins anew, after the database was away
_MINUTE, _HOUR = 60, 3600


@frozen
class Post:
    """Who does the jobs of a task: how often it comes by itself, and whether it is done beside the others."""

    task: str
    do: Task
    every: timedelta | None = None
    aside: bool = False


@frozen
class Terms:
    """How a worker works: chunks at a time, seconds between signs of life, and after which one is given up."""

    at_once: int
    heartbeat: float
    silence: float
    once: bool = False


async def serve(
    connector: "Callable[[], BaseConnector]",
    posts: Sequence[Post],
    terms: Terms,
    stop: Stop,
    tell: Callable[[BaseException], None],
) -> None:
    """Do jobs until `stop`, or once until none is left. When the database is away `tell` hears of it, each time."""
    threads = ThreadPoolExecutor(terms.at_once + ASIDE + 2, thread_name_prefix="briefingkit-work")
    asyncio.get_running_loop().set_default_executor(threads)
    asked = asyncio.Event()
    while not stop():
        app = App(connector=connector())
        for post in posts:
            _add(app, post, stop, asked)
        _add_reaper(app, terms.silence)
        try:
            await app.open_async()
            await _while_not(stop, asked, _workers(app, posts, terms))
            _require(terms.once or stop())
        except (psycopg.Error, ProcrastinateException) as error:
            tell(error)
            if not terms.once:
                await _sleep(_PAUSE, stop)
        finally:
            with suppress(psycopg.Error, ProcrastinateException):
                await app.close_async()
        if terms.once:
            return


def _workers(app: App, posts: Sequence[Post], terms: Terms) -> "list[Awaitable[None]]":
    """Give Procrastinate's workers: one for chunks, and one for what must not wait for them."""
    options: WorkerOptions = {
        "install_signal_handlers": False,
        "update_heartbeat_interval": terms.heartbeat,
        # A job that waited for its moment is noticed by nobody's word, but by looking.
        "fetch_job_polling_interval": min(_NOTICED, terms.heartbeat / 2),
        "stalled_worker_timeout": terms.silence,
        # The ledger says what was done, and whoever listens hears what went wrong: a job that is over is of no use.
        "delete_jobs": jobs.DeleteJobCondition.ALWAYS,
    }
    aside = [PREFIX + _REAP, *(PREFIX + post.task for post in posts if post.aside)]
    others = [PREFIX + post.task for post in posts if not post.aside]
    if terms.once:
        # One job after another: what the first puts in line is there when the next is asked for.
        alone: WorkerOptions = {**options, "queues": [*aside, *others], "wait": False}
        return [app.run_worker_async(**alone)]
    chunks: WorkerOptions = {**options, "queues": others, "concurrency": terms.at_once}
    beside: WorkerOptions = {**options, "queues": aside, "concurrency": ASIDE}
    return [app.run_worker_async(**chunks), app.run_worker_async(**beside)]


def _require(meant: bool) -> None:  # noqa: FBT001 - the only thing it is asked
    """Take a worker that ended without having been asked to for one that failed."""
    if not meant:
        raise ProcrastinateException("a worker ended by itself")


async def _while_not(stop: Stop, asked: asyncio.Event, workers: Sequence[Awaitable[None]]) -> None:
    """Run workers until one ends by itself, or they are asked to: then all finish what they have in hand."""
    running = [asyncio.ensure_future(worker) for worker in workers]
    ends = [asyncio.create_task(_sleep(None, stop)), asyncio.create_task(asked.wait())]
    await asyncio.wait([*running, *ends], return_when=asyncio.FIRST_COMPLETED)
    # To cancel a worker of Procrastinate's is to ask it to end in order.
    for each in [*running, *ends]:
        each.cancel()
    for end in await asyncio.gather(*running, return_exceptions=True):
        if isinstance(end, Exception):
            raise end


async def _sleep(seconds: float | None, stop: Stop) -> None:
    loop = asyncio.get_running_loop()
    until = None if seconds is None else loop.time() + seconds
    while not stop() and (until is None or loop.time() < until):  # noqa: ASYNC110 - a signal or another thread says so
        await asyncio.sleep(_LOOKS)


def _add(app: App, post: Post, stop: Stop, asked: asyncio.Event) -> None:
    """Add a task, which runs in a thread of its own."""
    loop = asyncio.get_running_loop()

    def do(**about: Any) -> None:
        about.pop("timestamp", None)  # what Procrastinate says to a job that comes by itself
        post.do(about, stop)
        if stop():
            # At once, so that the worker does not fetch what this one has just given back.
            loop.call_soon_threadsafe(asked.set)

    name = PREFIX + post.task
    task: Any = app.task(name=name, queue=name)(do)
    if post.every is not None:
        app.periodic(cron=cron(post.every), queueing_lock=Job(post.task).name, priority=URGENT)(task)


def _add_reaper(app: App, silence: float) -> None:
    """Add what gives the jobs of a worker that shows no more to others.

    It has no lock, under which one that died itself would keep all later ones from running.
    """

    async def reap(timestamp: int) -> None:
        del timestamp
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silence):
            if not job.queue.startswith(PREFIX) or job.id is None:
                continue
            try:
                await app.job_manager.retry_job(job)
            except UniqueViolation:
                # One of its name waits already, and that is enough.
                await app.job_manager.finish_job_by_id_async(job.id, jobs.Status.ABORTED, delete_job=True)

    name = PREFIX + _REAP
    every = timedelta(seconds=max(1, min(30, round(silence / 2))))
    task: Any = app.task(name=name, queue=name)(reap)
    app.periodic(cron=cron(every), queueing_lock=Job(_REAP).name, priority=URGENT + 1)(task)


def cron(every: timedelta) -> str:
    """Write how often as cron does, with seconds in a sixth field where it is below a minute."""
    seconds = int(every.total_seconds())
    if seconds < _MINUTE:
        return f"* * * * * */{max(seconds, 1)}"
    if seconds < _HOUR:
        return f"*/{seconds // _MINUTE} * * * *"
    return f"0 */{min(seconds // _HOUR, 23)} * * *"
