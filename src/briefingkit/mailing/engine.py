"""What brings work to those who do it: a port three verbs wide, and the engine that does all of it in this process.

What has to be done stands in the ledger; a job only says where to look. So a job that is lost is found again, and one
that is done twice does nothing the second time.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from attrs import define, field, frozen

if TYPE_CHECKING:
    from briefingkit.errors import BriefingkitError
    from briefingkit.store.chunks import Transaction

__all__ = ["About", "Engine", "InProcess", "Job", "Stop", "Task"]

About = Mapping[str, str | int]
"""What a job is about: names and numbers, and nobody's data, as it stands in logs and in the job's row."""
Stop = Callable[[], bool]
"""Tells whether those at work are asked to end."""
Task = Callable[[About, Stop], None]
"""Does a job, and ends early when it is asked to. It raises nothing: what went wrong it tells on its own."""

_LONGEST_SLEEP = 0.5  # seconds, after which a stop is noticed


@frozen
class Job:
    """One piece of work: which task, about what, and not before when (aware; None is at once)."""

    task: str
    about: About = field(factory=dict, hash=False)
    at: datetime | None = None
    urgent: bool = False
    """It is done before all others that are not."""

    @property
    def name(self) -> str:
        """What it is called while it waits: of two with one name, one waits."""
        at = self.at and self.at.isoformat()
        return json.dumps([self.task, self.about, at], sort_keys=True, ensure_ascii=False)


class Engine(Protocol):
    """What brings jobs to workers. StoreError where its database cannot be used."""

    def enqueue(self, jobs: Sequence[Job], *, within: "Transaction | None" = None) -> int:
        """Put jobs where workers find them, but for those that wait there already; how many are new is given.

        `within` is an open transaction of the ledger: where the engine keeps its jobs in the same database they are
        there if it is committed, and not if it is not.
        """
        ...

    def register(self, task: str, do: Task, *, every: timedelta | None = None) -> None:
        """Say what does the jobs of a task, and how often there is one by itself, on one worker of all."""
        ...

    def run(self, stop: Stop, tell: "Callable[[BriefingkitError], None]", *, once: bool = False) -> None:
        """Do jobs until `stop`, or `once` what is to be done now; what keeps it from doing so for a while is told."""
        ...


@define
class InProcess:
    """The engine of one machine: jobs are kept in memory and done one after another. `sleep` takes seconds.

    When the process ends they are gone, and whoever looks into the ledger next finds what they were about.
    """

    clock: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep
    _waiting: dict[str, Job] = field(factory=dict, init=False, repr=False)
    _tasks: dict[str, Task] = field(factory=dict, init=False, repr=False)
    _every: dict[str, timedelta] = field(factory=dict, init=False, repr=False)
    _next: dict[str, datetime] = field(factory=dict, init=False, repr=False)
    _lock: Lock = field(factory=Lock, init=False, repr=False)

    def enqueue(self, jobs: Sequence[Job], *, within: "Transaction | None" = None) -> int:
        """Keep jobs. One whose transaction is not committed stays, and finds nothing to do."""
        del within
        with self._lock:
            before = len(self._waiting)
            for job in jobs:
                self._waiting.setdefault(job.name, job)
            return len(self._waiting) - before

    def register(self, task: str, do: Task, *, every: timedelta | None = None) -> None:
        """Say what does the jobs of a task; where it comes by itself, the first time as soon as the engine runs."""
        self._tasks[task] = do
        if every is not None:
            self._every[task] = every

    def run(self, stop: Stop, tell: "Callable[[BriefingkitError], None]", *, once: bool = False) -> None:
        """Do jobs, in the order in which they came."""
        del tell
        self._next = dict.fromkeys(self._every, self.clock())
        while not stop():
            now = self.clock()
            self._come_round(now)
            job = self._take(now)
            if job is not None:
                self._tasks[job.task](job.about, stop)
            elif once:
                return
            else:
                self.sleep(self._pause(now))

    def _come_round(self, now: datetime) -> None:
        for task, due in self._next.items():
            if due <= now:
                self._next[task] = now + self._every[task]
                self.enqueue([Job(task, urgent=True)])

    def _take(self, now: datetime) -> Job | None:
        with self._lock:
            ready = [job for job in self._waiting.values() if job.at is None or job.at <= now]
            if not ready:
                return None
            return self._waiting.pop(min(ready, key=lambda job: not job.urgent).name)

    def _pause(self, now: datetime) -> float:
        with self._lock:
            times = [*self._next.values(), *(job.at for job in self._waiting.values() if job.at is not None)]
        left = min(((at - now).total_seconds() for at in times), default=_LONGEST_SLEEP)
        return min(max(left, 0.0), _LONGEST_SLEEP)
