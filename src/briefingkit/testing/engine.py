"""What every engine that brings work to workers promises, as tests to inherit, and one that does it all in memory."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from attrs import define, field

from briefingkit.mailing.engine import Job, Stop, Task

if TYPE_CHECKING:
    from briefingkit.errors import BriefingkitError
    from briefingkit.store.chunks import Transaction

__all__ = ["MemoryEngine"]

_LONGEST_SLEEP = 0.5  # seconds, after which a stop is noticed


@define
class MemoryEngine:
    """Keeps jobs in memory and does them in this process, one after another. `sleep` takes seconds.

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

    def register(self, task: str, do: Task, *, every: timedelta | None = None, aside: bool = False) -> None:
        """Say what does the jobs of a task; where it comes by itself, the first time as soon as the engine runs."""
        del aside
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
