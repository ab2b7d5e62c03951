"""The work of mail as jobs: looking after what is due, planning a mailing, sending a chunk of it.

The ledger is the truth and jobs are hints: each job asks it what is left to do, and what has no job is given one again
with the next look. So a queue may lose a job, keep one for too long, or bring one twice.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from attrs import field, frozen

from briefingkit.errors import BriefingkitError
from briefingkit.mailing.dispatch import Dispatch, mailings_of
from briefingkit.mailing.outgoing.deliveries import mailing_id, supersede
from briefingkit.mailing.outgoing.engine import About, Engine, Job, Stop, Task
from briefingkit.mailing.outgoing.jobs import (
    CONFIRM,
    GATHER,
    LOOK,
    SEND,
    gather_job,
    rounded_up,
    send_job,
    words_of,
)
from briefingkit.mailing.outgoing.sending import Sending
from briefingkit.mailing.scheduling import Standing
from briefingkit.registrations.codec import iso
from briefingkit.store.chunks import is_about_another, open_chunks, was_planned

if TYPE_CHECKING:
    from briefingkit.mailing.office import Office
    from briefingkit.mailing.outgoing.sending import Report

__all__ = ["EVERY", "WORK", "JobDone", "Work", "hand_over", "left_over"]

WORK = "work"
"""What is told of as the work itself, and is about no mailing."""

EVERY = timedelta(minutes=1)
"""How often somebody looks after everything, where nobody says otherwise."""

_AHEAD = timedelta(days=1)
"""What is due within that has a job that waits; what is due later may well move until then."""
_AGAIN = timedelta(minutes=10)
"""How long after a mailing was planned its audience is gone through again, for those who have come meanwhile."""
_DOUBT = timedelta(minutes=10)
"""How often the transport is asked about what is in doubt, while there is nothing else to send of a chunk."""
_PAUSE = timedelta(minutes=1)
"""How long a chunk waits whose server takes nothing, so that others have their turn."""
_FRESH = timedelta(seconds=15)
"""How long the project as it was read serves the next job: a change to its files takes so long to be noticed."""

_GOES = frozenset((Standing.READY, Standing.LATER, Standing.OVER))
"""Standings with which what was planned is looked at: early by somebody's word, or too late, which drops it."""
_MOVES = frozenset((Standing.READY, Standing.SUSPENDED, Standing.DROPPED, Standing.UNFIT))
"""Standings with which something is to be done at once to what was planned: to let it go, hold it back, or drop it."""


@frozen
class JobDone:
    """What became of a job: of which task and, where it is about one, which mailing of which briefing.

    `report` is what was sent of `each`; `error` is what kept it from being done, for which it comes again.
    """

    task: str
    briefing: str = ""
    mailing: str = ""
    each: Dispatch | None = field(default=None, repr=False)
    report: "Report | None" = None
    error: Exception | None = field(default=None, repr=False)


def left_over(office: "Office", those: "Sequence[Dispatch]", sending: Sending) -> Iterator[Job]:
    """Give a job for each chunk of some mailings that has anything left to do, as the ledger has it."""
    now = office.clock()
    by_id = {_id(each): each for each in those}
    grace = now - sending.silence
    for chunk in open_chunks(office.ledger, list(by_id), now=iso(now), grace=iso(grace)):
        each = by_id[chunk.mailing]
        at = datetime.fromisoformat(chunk.due) if chunk.due > iso(now) else None
        if chunk.doubtful:
            at = rounded_up(now, _DOUBT)
        yield _sending_job(each, chunk.chunk, at)


def hand_over(
    each: "Dispatch", *, early: bool = False, anew: bool = True, stop: Stop = lambda: False
) -> int | None:
    """Plan a mailing and leave it to workers; how many messages wait for them. None where nothing may go now.

    `stop` cuts planning off, which is gone on with when it is handed over again, or by a worker within the hour.
    """
    engine = each.office.engine
    if engine is None:
        raise ValueError("there is no engine that brings it to workers")
    if each.queue(early=early, anew=anew, stop=stop).standing is not Standing.READY:
        return None
    engine.enqueue(list(left_over(each.office, [each], Sending())))
    return each.office.deliveries.counts(_id(each)).get("planned", 0)


class Work:
    """Does the work of a project's mail, as an engine brings it.

    `office` opens the mail as the files say it now, with the engine in it. `tell` hears of each job that did something
    or could not. `every` is how often somebody looks after everything, on one worker of all.
    """

    def __init__(
        self,
        office: "Callable[[], Office]",
        engine: Engine,
        *,
        tell: Callable[[JobDone], None],
        sending: Sending | None = None,
        every: timedelta = EVERY,
    ) -> None:
        self._opened, self.engine, self._tell, self._every = office, engine, tell, every
        self._sending = sending or Sending(patience=_PAUSE)
        self._held: tuple[Office, datetime] | None = None
        self._lock = Lock()

    def run(self, stop: Stop, *, once: bool = False, ready: Callable[[], object] = lambda: None) -> None:
        """Work until `stop`, or `once` what is to be done now; `ready` is called when it begins.

        Raises what opening the mail raises, and StoreError where the engine cannot begin.
        """
        self.engine.register(LOOK, self._telling(LOOK, self._look), every=self._every, aside=True)
        self.engine.register(GATHER, self._telling(GATHER, self._gather), aside=True)
        self.engine.register(CONFIRM, self._telling(CONFIRM, self._send), aside=True)
        self.engine.register(SEND, self._telling(SEND, self._send))
        try:
            self._office(anew=True)
            self.engine.enqueue([Job(LOOK, urgent=True)])
            ready()
            self.engine.run(stop, lambda error: self._tell(JobDone(WORK, error=error)), once=once)
        finally:
            if self._held is not None:
                self._held[0].close()
                self._held = None

    # Tasks

    def _look(self, _about: About, stop: Stop) -> None:
        """Confirm, hold back, drop, plan what is due, and give jobs to what has none."""
        office = self._office(anew=True)
        those = [
            Dispatch(office, name, each)
            for name in office.publications
            for each in mailings_of(office.publication(name).briefing)
        ]
        jobs = list[Job]()
        for each in sorted(those, key=lambda each: not each.confirms):
            if stop():
                return
            try:
                jobs += self._look_after(each, office.clock())
            except BriefingkitError as error:
                self._tell(_told(LOOK, each, error=error))
        self.engine.enqueue([*jobs, *left_over(office, those, self._sending)])

    def _look_after(self, each: Dispatch, now: datetime) -> Iterator[Job]:
        schedule = each.schedule
        if schedule.standing in _MOVES:
            each.queue(anew=False)
        if each.confirms or not (each.goes_by_itself or each.unfinished):
            return
        at: datetime | None = None
        if schedule.standing is Standing.LATER and schedule.due is not None and schedule.due - now < _AHEAD:
            at = schedule.due
        elif schedule.standing is not Standing.READY:
            return
        elif was_planned(each.office.ledger, _id(each), schedule.occasion):
            at = rounded_up(now, _AGAIN)
        yield gather_job(each.briefing.identifier, each.mailing.key, schedule, at)

    def _gather(self, about: About, stop: Stop) -> None:
        """Plan a mailing: a chunk and the job that sends it are there together. What is cut off has a job again."""
        each = self._find(about, anew=True)
        if each is None:
            return
        schedule = each.schedule
        if schedule.standing is Standing.READY and words_of(schedule) == about["when"]:
            each.queue(stop=stop)
            if stop() and each.unfinished:
                self.engine.enqueue([gather_job(each.briefing.identifier, each.mailing.key, schedule, None)])

    def _send(self, about: About, stop: Stop) -> None:
        """Send what is due of a chunk; what is due later, or was not got through with, has a job again."""
        each = self._find(about)
        if each is None:
            return
        schedule, chunk = each.schedule, int(about["chunk"])
        if schedule.standing not in _GOES:
            each.queue(anew=False)
            return
        self._let_go_of_others(each, chunk, schedule.occasion)
        report = each.run(stop=stop, sending=self._sending, chunk=chunk)
        self._tell(_told(SEND, each, report=report))
        if report.next_due is not None:
            now = each.office.clock()
            due = max(report.next_due, now + _PAUSE) if report.stopped and not stop() else report.next_due
            self.engine.enqueue([_sending_job(each, chunk, due if due > now else None)])

    def _let_go_of_others(self, each: Dispatch, chunk: int, occasion: str) -> None:
        """Drop what is about another occasion, as a start that was moved since: that is planned anew by itself."""
        store, identifier, key = each.office.deliveries, each.briefing.identifier, each.mailing.key
        if each.goes_by_itself and occasion and is_about_another(store.ledger, _id(each), chunk, occasion):
            supersede(store, identifier, key, occasion, now=each.office.clock())

    # The project

    def _find(self, about: About, *, anew: bool = False) -> Dispatch | None:
        """Open the mailing that a job is about; None where there is no such mailing any more."""
        office, name = self._office(anew=anew), str(about["briefing"])
        if name not in office.publications:
            return None
        found = [
            each for each in mailings_of(office.publication(name).briefing) if each.key == about["mailing"]
        ]
        return Dispatch(office, name, found[0]) if found else None

    def _office(self, *, anew: bool) -> "Office":
        with self._lock:
            if self._held is not None and not anew:
                office, read_at = self._held
                if office.clock() - read_at < _FRESH:
                    return office
            # The one before is given back when the last job that is at work with it has ended.
            office = self._opened()
            self._held = office, office.clock()
            return office

    def _telling(self, task: str, do: Task) -> Task:
        """Keep what goes wrong with one job from all others: it is told, and tried again with a later look."""

        def done(about: About, stop: Stop) -> None:
            try:
                do(about, stop)
            except Exception as error:  # noqa: BLE001 - no file, server or template ends a worker
                self._tell(
                    JobDone(task, str(about.get("briefing", "")), str(about.get("mailing", "")), error=error)
                )

        return done


def _id(each: Dispatch) -> int:
    return mailing_id(each.briefing.identifier, each.mailing.key)


def _sending_job(each: Dispatch, chunk: int, at: datetime | None) -> Job:
    return send_job(each.briefing.identifier, each.mailing.key, chunk, at=at, urgent=each.confirms)


def _told(
    task: str, each: Dispatch, *, report: "Report | None" = None, error: Exception | None = None
) -> JobDone:
    return JobDone(task, each.briefing.identifier, each.mailing.key, each, report, error)
