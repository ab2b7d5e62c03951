"""Looking once for all who ask at the same time."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = ["SharedLook"]

T = TypeVar("T")


class SharedLook(Generic[T]):
    """Calls `look` in a thread, once for all who ask before it begins: nobody gets what was seen before they asked.

    A thread for each of many who ask at once would keep all of them waiting for one another.
    """

    def __init__(self, look: Callable[[], T]) -> None:
        self._look = look
        self._next: asyncio.Task[T] | None = None
        self._last: asyncio.Task[T] | None = None

    async def now(self) -> T:
        """Give what is seen from now on; what `look` raises, all who wait for it get."""
        if self._next is None or self._next.done():  # done before it began: its event loop has ended
            self._next = asyncio.create_task(self._run())
            self._next.add_done_callback(_heard)
        # Who goes away does not take the others' look along.
        return await asyncio.shield(self._next)

    async def _run(self) -> T:
        if self._last is not None and not self._last.done():
            await asyncio.wait((self._last,))
        self._last, self._next = self._next, None
        return await asyncio.to_thread(self._look)


def _heard(task: "asyncio.Task[T]") -> None:
    """Take note of an error that nobody waits for any more."""
    if not task.cancelled():
        task.exception()
