"""The jobs of mail: to look after what is due, to plan one mailing, and to send a chunk of one."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from briefingkit.mailing.outgoing.engine import Job
from briefingkit.registrations.codec import iso

if TYPE_CHECKING:
    from briefingkit.mailing.scheduling import Schedule
    from briefingkit.store.chunks import Transaction

__all__ = ["CONFIRM", "GATHER", "LOOK", "SEND", "Enlist", "gather_job", "rounded_up", "send_job", "words_of"]

LOOK, GATHER, SEND, CONFIRM = "look", "gather", "send", "confirm"
"""The tasks: look after everything, plan a mailing that is due, send a chunk, send one that waits for no other."""

Enlist = Callable[["Transaction", int, datetime | None], object]
"""Puts a chunk that was planned in a transaction in line, to be sent not before a moment (None is at once)."""

_ROUND = timedelta(minutes=1)


def send_job(
    briefing: str, mailing: str, chunk: int, *, at: datetime | None = None, urgent: bool = False
) -> Job:
    """Give the job that sends what is due of a chunk. What is due within one minute is one job.

    What is `urgent` is a task of its own, which waits for no other chunk.
    """
    about: dict[str, str | int] = {"briefing": briefing, "mailing": mailing, "chunk": chunk}
    when = None if at is None else rounded_up(at, _ROUND)
    return Job(CONFIRM if urgent else SEND, about, when, urgent)


def gather_job(briefing: str, mailing: str, schedule: "Schedule", at: datetime | None = None) -> Job:
    """Give the job that plans a mailing as it is scheduled; where that has changed meanwhile, it does nothing."""
    return Job(GATHER, {"briefing": briefing, "mailing": mailing, "when": words_of(schedule)}, at)


def words_of(schedule: "Schedule") -> str:
    """Tell a schedule from what it becomes when its briefing moves."""
    due = "" if schedule.due is None else iso(schedule.due)
    return f"{due} {schedule.occasion}"


def rounded_up(at: datetime, step: timedelta) -> datetime:
    """Give the next moment that is a whole number of steps, in UTC."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return epoch + -(-(at - epoch) // step) * step
