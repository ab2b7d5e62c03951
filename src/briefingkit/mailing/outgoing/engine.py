"""What brings work to those who do it: a port three verbs wide, so that one engine can replace another.

What has to be done stands in the ledger; a job only says where to look. So a job that is lost is found again, and one
that is done twice does nothing the second time.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from attrs import field, frozen

if TYPE_CHECKING:
    from briefingkit.errors import BriefingkitError
    from briefingkit.store.chunks import Transaction

__all__ = ["About", "Engine", "Job", "Stop", "Task"]

About = Mapping[str, str | int]
"""What a job is about: names and numbers, and nobody's data, as it stands in logs and in the job's row."""
Stop = Callable[[], bool]
"""Tells whether those at work are asked to end."""
Task = Callable[[About, Stop], None]
"""Does a job, and ends early when it is asked to. It raises nothing: what went wrong it tells on its own."""


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

    def register(self, task: str, do: Task, *, every: timedelta | None = None, aside: bool = False) -> None:
        """Say what does the jobs of a task, and how often there is one by itself, on one worker of all.

        What is done `aside` does not wait for the others.
        """
        ...

    def run(self, stop: Stop, tell: "Callable[[BriefingkitError], None]", *, once: bool = False) -> None:
        """Do jobs until `stop`, or `once` what is to be done now; what keeps it from doing so for a while is told."""
        ...
