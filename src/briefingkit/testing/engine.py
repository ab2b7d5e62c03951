"""What every engine that brings work to workers promises, as tests to inherit, and one that does it all in memory."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from attrs import define, field

from briefingkit.mailing.outgoing.engine import About, Engine, Job, Stop, Task

if TYPE_CHECKING:
    from briefingkit.errors import BriefingkitError
    from briefingkit.store.chunks import Transaction

__all__ = ["EngineContract", "MemoryEngine"]

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


class EngineContract:
    """Tests to inherit: give the class a fixture `engine` with an engine that has no jobs, by the system's clock."""

    def test_a_job_is_done_once_and_told_what_it_is_about(self, engine: Engine) -> None:
        """Tasks hear what was said."""
        assert engine.enqueue([Job("send", {"briefing": "a\u202eé'\"", "chunk": 3})]) == 1
        assert _done(engine) == [("send", {"briefing": "a\u202eé'\"", "chunk": 3})]
        assert _done(engine) == []

    def test_of_two_with_one_name_one_waits(self, engine: Engine) -> None:
        """A name is free again once its job is begun."""
        job, other = Job("send", {"chunk": 1}), Job("send", {"chunk": 2})
        both = len([job, other])
        assert engine.enqueue([job, job, other]) == both
        assert engine.enqueue([job]) == 0
        assert engine.enqueue([]) == 0
        assert len(_done(engine)) == both
        assert engine.enqueue([other, job]) == both

    def test_what_is_urgent_is_done_first_and_all_else_in_its_order(self, engine: Engine) -> None:
        """Nobody who registers waits behind a mailing to everybody."""
        engine.enqueue([Job("send", {"chunk": number}) for number in range(3)])
        engine.enqueue([Job("send", {"chunk": 9}, urgent=True)])
        assert [about["chunk"] for _, about in _done(engine)] == [9, 0, 1, 2]

    def test_a_job_waits_for_its_moment(self, engine: Engine) -> None:
        """It is not done before, and is done after."""
        now = datetime.now(UTC)  # noqa: TID251 - that of the engine
        moments = (now + timedelta(hours=1), now - timedelta(hours=1))
        assert engine.enqueue([Job("send", {"chunk": 1}, at) for at in moments]) == len(moments)
        assert len(_done(engine)) == 1
        assert engine.enqueue([Job("send", {"chunk": 1}, moments[0])]) == 0

    def test_what_a_job_puts_in_line_is_done_too(self, engine: Engine) -> None:
        """Also a job of the same name, for one that is being done waits no more."""
        seen = list[int]()

        def count_down(about: About, _stop: Stop) -> None:
            seen.append(int(about["left"]))
            if about["left"]:
                engine.enqueue([Job("count", {"left": int(about["left"]) - 1})])
            elif len(seen) < 4:  # noqa: PLR2004 - once more by the same name
                engine.enqueue([Job("count", {"left": 0})])

        engine.register("count", count_down)
        engine.enqueue([Job("count", {"left": 2})])
        engine.run(lambda: False, _fail, once=True)
        assert seen == [2, 1, 0, 0]

    def test_asked_to_end_it_begins_nothing_more(self, engine: Engine) -> None:
        """What it has not begun stays where others find it."""
        seen = list[About]()
        engine.register("send", lambda about, _stop: seen.append(about))
        engine.enqueue([Job("send", {"chunk": number}) for number in range(3)])
        engine.run(lambda: True, _fail)
        assert seen == []
        engine.run(lambda: bool(seen), _fail)
        assert len(seen) >= 1
        assert len(seen) + len(_done(engine)) == 3  # noqa: PLR2004 - all of them

    def test_what_comes_by_itself_comes_again(self, engine: Engine) -> None:
        """It needs nobody to put it in line."""
        seen = list[About]()
        engine.register(
            "look", lambda about, _stop: seen.append(about), every=timedelta(seconds=1), aside=True
        )
        engine.run(lambda: len(seen) > 1, _fail)
        assert seen[:2] == [{}, {}]


def _done(engine: Engine) -> list[tuple[str, About]]:
    """Do what is to be done now, and give it."""
    seen = list[tuple[str, About]]()
    engine.register("send", lambda about, _stop: seen.append(("send", about)))
    engine.run(lambda: False, _fail, once=True)
    return seen


def _fail(error: "BriefingkitError") -> None:
    raise error
