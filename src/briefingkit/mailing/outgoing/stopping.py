"""Ending a run at the end of a batch when the process is told to end, so that nothing is left in doubt."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["stopping"]


@contextmanager
def stopping() -> Iterator[Callable[[], bool]]:
    """Give what tells whether SIGTERM or SIGINT has come in the block; a second one interrupts at once.

    Signals reach the main thread alone: in another one it always says no.
    """
    asked = threading.Event()
    before: dict[int, Any] = {}

    def hear(number: int, _frame: object) -> None:
        asked.set()
        signal.signal(number, signal.default_int_handler)

    if threading.current_thread() is threading.main_thread():
        before = {number: signal.signal(number, hear) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
