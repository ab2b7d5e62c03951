"""One writer for all who hand in at the same time: what waits goes into one transaction, and then each is answered.

A commit costs the same for one registration as for fifty. So while one batch is on its way to the disk, the next one
gathers; nobody waits for a timer, and nobody is answered before their own is durable.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

from attrs import frozen

from briefingkit_web.handing_in import Handed, Result, take

if TYPE_CHECKING:
    from briefingkit.registrations.registration_list import RegistrationList

__all__ = ["Desk"]

_log = logging.getLogger(__name__)
_MOST = 256  # in one transaction
_WAITING = 2000  # in all; more are turned away, and told so

Opened = Callable[[], "RegistrationList"]


@frozen
class _Job:
    roll: Opened
    key: str
    handed: Handed
    done: "asyncio.Future[Result]"


class Desk:
    """Takes in what is handed in, a batch at a time, in a thread of its own. Start it and stop it in its event loop.

    `taken` is called where something was kept, after each batch; it must not wait for anything.
    """

    def __init__(
        self, take_in: Callable[..., list[Result]] = take, taken: Callable[[], object] = lambda: None
    ) -> None:
        self._take, self._taken = take_in, taken
        self._queue: asyncio.Queue[_Job] = asyncio.Queue(_WAITING)
        self._thread = ThreadPoolExecutor(1, "briefingkit-writer")
        self._telling = ThreadPoolExecutor(1, "briefingkit-telling")
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to take in."""
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Finish what is being written, and end."""
        if self._task is not None:
            await self._queue.join()
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        self._thread.shutdown()
        self._telling.shutdown()

    def hand_in(self, key: str, roll: Opened, handed: Handed) -> Awaitable[Result]:
        """Hand something in for a list; the answer comes when it is durable. QueueFull where too many wait."""
        done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait(_Job(roll, key, handed, done))
        return done

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            jobs = [await self._queue.get()]
            while len(jobs) < _MOST and not self._queue.empty():
                jobs.append(self._queue.get_nowait())
            by_list: dict[str, list[_Job]] = {}
            for job in jobs:
                by_list.setdefault(job.key, []).append(job)
            for some in by_list.values():
                await self._settle(loop, some)
            for _ in jobs:
                self._queue.task_done()

    async def _settle(self, loop: asyncio.AbstractEventLoop, jobs: Sequence[_Job]) -> None:
        handed = [job.handed for job in jobs]

        def opened_and_taken() -> "tuple[RegistrationList, list[Result]]":
            roll = jobs[0].roll()
            return roll, self._take(roll, handed)

        try:
            roll, results = await loop.run_in_executor(self._thread, opened_and_taken)
        except Exception as error:  # noqa: BLE001 - whatever it was, each of them has to be answered
            if len(jobs) > 1:  # one of them may be at fault, and must not take the others along
                for job in jobs:
                    await self._settle(loop, [job])
            elif not jobs[0].done.done():
                jobs[0].done.set_exception(error)
            return
        for job, result in zip(jobs, results, strict=True):
            if not job.done.done():  # whoever asked may have gone; what they handed in stands
                job.done.set_result(result)
        if any(result.kept for result in results):
            self._taken()
        if roll.has_hooks:
            loop.run_in_executor(self._telling, _tell, roll)


def _tell(roll: "RegistrationList") -> None:
    """Call the organisation's hooks; nobody waits for them, and what fails is told again the next time."""
    try:
        roll.deliver()
    except Exception as error:  # noqa: BLE001 - the registrations stand
        _log.warning("the hooks could not be called: %s", type(error).__name__)
