"""A sender that goes on: it sends what is due by itself, at once when it is told of something, and every so often else.

It does what `briefingkit mail send` does, again and again. Any number of them may be at work beside each other, and
beside cron: rows belong to who claimed them. Whatever goes wrong is tried again later, and ends nobody.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from attrs import frozen

from briefingkit.mailing.outgoing.pacing import Backoff
from briefingkit.mailing.outgoing.sending import Sending
from briefingkit.mailing.scheduling import Standing

if TYPE_CHECKING:
    from briefingkit.mailing.dispatch import Dispatch
    from briefingkit.mailing.office import Office
    from briefingkit.mailing.outgoing.sending import Report

__all__ = ["EVERY", "Sender"]

EVERY = timedelta(minutes=1)
"""How often it looks for what is due, where nobody says otherwise."""

_log = logging.getLogger(__name__)
_REST = 1.0  # seconds in which what comes after a confirmation gathers for the next
_ENDING = 30.0  # seconds for the batch in hand when it is told to end
_LOOKS = 0.5  # seconds between two questions whether the process is to end
_RESTS = 3  # times as long as confirming took: a tree of a thousand briefings is not read over and over
_PAUSES = 9  # times as long as a round took, so that it leaves a server to its visitors
_PATIENCE = timedelta(minutes=1)  # with a server that takes nothing: the others of a round have their turn
_BACKOFF = Backoff(first=timedelta(seconds=5), longest=timedelta(minutes=10))
_PROJECT = "the project"


@frozen
class _Trouble:
    """How often something went wrong in a row, and when to try again, in the seconds of the sender's clock."""

    times: int
    until: float


def _note(each: "Dispatch", report: "Report") -> None:
    done = report.progress
    if done.failed or done.uncertain:
        words = "%s %s: %d failed, of %d nobody knows: see `briefingkit mail status`"
        _log.warning(words, each.briefing.identifier, each.mailing.key, done.failed, done.uncertain)
    if done.sent:
        _log.info("%s %s: %d sent", each.briefing.identifier, each.mailing.key, done.sent)


def _note_trouble(name: str, error: Exception | None, seconds: float) -> None:
    # Not the error's words: those of a file or a server may be about a person. The command tells them to whoever asks.
    why = (
        "the server asks to wait" if error is None else f"{type(error).__name__}, see `briefingkit mail send`"
    )
    _log.warning("mail of %s waits, and is tried again in %d seconds: %s", name, round(seconds), why)


class Sender:
    """Sends by itself. `office` opens the project's mail anew for each round, so that files may change meanwhile.

    `every` is the time between two rounds. `tell` hears what each mailing did in a round, `fail` what went wrong with
    one, and the seconds until it is tried again; the error is None where a server asked to wait. `clock` gives seconds
    that only go forward.
    """

    def __init__(
        self,
        office: "Callable[[], Office]",
        every: timedelta = EVERY,
        *,
        tell: "Callable[[Dispatch, Report], object]" = _note,
        fail: Callable[[str, Exception | None, float], object] = _note_trouble,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._office, self._every = office, every.total_seconds()
        self._tell, self._fail, self._clock = tell, fail, clock
        self._signal, self._ending = threading.Event(), threading.Event()
        self._woken = False
        self._round_at = self._rested_at = float("-inf")
        self._troubles: dict[str, _Trouble] = {}
        self._thread: threading.Thread | None = None

    # From outside

    def wake(self) -> None:
        """Say that something is waiting to be confirmed. Any thread may, as often as it likes."""
        self._woken = True
        self._signal.set()

    def start(self) -> None:
        """Begin, in a thread of its own; where that runs already, nothing is done."""
        if self._thread is None:
            self._ending = threading.Event()  # one that was not waited for keeps its own
            self._thread = threading.Thread(target=self.run, name="briefingkit-sender", daemon=True)
            self._thread.start()

    def stop(self, within: float = _ENDING) -> bool:
        """End after the batch in hand; False where that takes longer than so many seconds.

        Then it is left to end by itself: what a process that ends takes along is found and listed by the next sender.
        """
        thread, self._thread = self._thread, None
        self._ending.set()
        self._signal.set()
        if thread is None:
            return True
        thread.join(within)
        if thread.is_alive():
            _log.warning("mail is still being sent after %d seconds, and nobody waits for it", round(within))
        return not thread.is_alive()

    def run(self, stop: Callable[[], bool] | None = None) -> None:
        """Send in this thread until `stop` says so, or another one calls `stop()`."""
        ending = self._ending

        def over() -> bool:
            return ending.is_set() or (stop is not None and stop())

        while not over():
            wait = self.step(over)
            self._signal.wait(wait if stop is None else min(wait, _LOOKS))
            self._signal.clear()

    # What it does

    def step(self, stop: Callable[[], bool] | None = None) -> float:
        """Do what is to be done now, and give for how many seconds there is nothing more, unless somebody wakes it."""
        began = self._clock()
        if began >= self._round_at:
            self._woken = False
            self._round(stop or self._ending.is_set)
            pause = max(self._every, (self._clock() - began) * _PAUSES)
            self._round_at = min(self._clock() + pause, self._next_attempt())
        elif self._is_woken():
            self._confirm(stop or self._ending.is_set)
            self._round_at = min(self._round_at, self._next_attempt())
        until = min(self._round_at, self._rested_at) if self._woken else self._round_at
        return max(0.0, until - self._clock())

    def _round(self, stop: Callable[[], bool]) -> None:
        """Send all that is due: confirmations first, and again where somebody registers while the rest goes."""
        self._rested_at = self._clock() + _REST
        with self._opened() as mailings:
            for each in sorted(mailings, key=lambda each: not each.confirms):
                if stop():
                    return
                self._send(each, stop, whole=True)

    def _confirm(self, stop: Callable[[], bool]) -> None:
        """Send the confirmations alone."""
        began = self._clock()
        self._woken, self._rested_at = False, began + _REST
        with self._opened() as mailings:
            for each in mailings:
                if each.confirms and not stop():
                    self._send(each, stop, whole=False)
        self._rested_at = max(self._rested_at, self._clock() + (self._clock() - began) * _RESTS)

    @contextmanager
    def _opened(self) -> "Iterator[list[Dispatch]]":
        """Give the mailings of the project as it is now; none where it cannot be read."""
        from briefingkit.mailing.dispatch import unnamed

        if self._waits(_PROJECT):
            yield []
            return
        try:
            office = self._office()
        except Exception as error:  # noqa: BLE001 - whatever it is: somebody may be writing a file just now
            self._failed(_PROJECT, error)
            yield []
            return
        with office:
            try:
                mailings = list(unnamed(office))
            except Exception as error:  # noqa: BLE001 - the ledger may be locked, and will not be for ever
                self._failed(_PROJECT, error)
                mailings = []
            else:
                self._troubles.pop(_PROJECT, None)
            yield mailings

    def _send(self, each: "Dispatch", stop: Callable[[], bool], *, whole: bool) -> None:
        """Send one mailing; with `whole` whatever is of it, else where something is due that nobody had in hand."""
        name = f"{each.briefing.identifier} {each.mailing.key}"
        if self._waits(name):
            return
        try:
            stopped = self._sent(each, stop, whole=whole)
        except Exception as error:  # noqa: BLE001 - no mailing, server or template ends the others
            self._failed(name, error)
            return
        if stopped and not stop():
            self._failed(name, None)
        else:
            self._troubles.pop(name, None)

    def _sent(self, each: "Dispatch", stop: Callable[[], bool], *, whole: bool) -> bool:
        """Plan and send; tell whether a server wants to be left alone. Who registers meanwhile is confirmed between."""
        left_to_workers = each.office.engine is not None
        if left_to_workers and not each.confirms:
            return False
        schedule = each.queue(anew=each.goes_by_itself, stop=stop)
        if stop() and each.unfinished:
            _log.info("%s %s: not all are planned yet", each.briefing.identifier, each.mailing.key)
        if left_to_workers or stop():  # what was planned is in line for them, or for the next round
            return False
        if schedule.standing is not Standing.READY or not (whole or each.is_due):
            return False

        cut = False

        def interrupted() -> bool:
            nonlocal cut
            cut = stop() or (not each.confirms and self._is_woken())
            return cut

        while True:
            report = each.run(stop=interrupted, sending=Sending(patience=_PATIENCE))
            self._tell(each, report)
            if report.stopped is None or stop():
                return False
            if not cut:
                return True
            self._confirm(stop)

    # When

    def _is_woken(self) -> bool:
        return self._woken and self._clock() >= self._rested_at

    def _waits(self, name: str) -> bool:
        return name in self._troubles and self._clock() < self._troubles[name].until

    def _failed(self, name: str, error: Exception | None) -> None:
        before = self._troubles.get(name)
        times = before.times + 1 if before is not None else 1
        seconds = _BACKOFF.after(times, "").total_seconds()
        self._troubles[name] = _Trouble(times, self._clock() + seconds)
        self._fail(name, error, seconds)

    def _next_attempt(self) -> float:
        now = self._clock()
        return min((each.until for each in self._troubles.values() if each.until > now), default=float("inf"))
