"""What a list says in numbers, as values that `counting` makes; nobody's data but the names of organisations.

Cancelled registrations are counted by status and by day, and in nothing else.
"""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from attrs import frozen

from briefingkit.registrations.form import FieldType
from briefingkit.registrations.labels import Label

if TYPE_CHECKING:
    from briefingkit.text import MultilingualText

__all__ = [
    "BOOTH_FROM",
    "AttendanceStatistics",
    "Breakdown",
    "Count",
    "Demand",
    "QuestionStatistics",
    "Statistics",
    "Verdict",
    "WrittenAnswers",
]

BOOTH_FROM = 10
"""How many people make a booth worth booking, where nobody says otherwise."""


@frozen
class Count:
    """How many people said one thing. `attended` counts those of them who were there.

    `capacity` is how many places it has and `waiting` how many wait for one, for a part of the programme. `offered` is
    False for an option that the form had once and has no more.
    """

    key: str
    label: Label
    count: int
    attended: int = 0
    capacity: int | None = None
    waiting: int = 0
    offered: bool = True


@frozen
class Breakdown:
    """People by what they said, the most first. `silent` said nothing; `further` said what is not listed."""

    counts: tuple[Count, ...] = ()
    answered: int = 0
    silent: int = 0
    further: int = 0


@frozen
class QuestionStatistics:
    """A question that is answered by options or numbers, the options in the form's order; `mean` is of a scale."""

    key: str
    label: Label
    type: FieldType
    breakdown: Breakdown
    mean: float | None = None


@frozen
class WrittenAnswers:
    """A question that is answered in words: how many answers, by the language of who wrote (None: not known).

    `guiding` is for a question of the agenda; `asked` is False where the form asks it no more. `about` is the question
    whose other answer it is, where it is one.
    """

    key: str
    label: Label
    languages: Mapping[str | None, int]
    guiding: bool = False
    asked: bool = True
    about: Label | None = None

    @property
    def answered(self) -> int:
        """How many answers there are."""
        return sum(self.languages.values())


class Verdict(StrEnum):
    """What a demand for interpretation asks of the organiser."""

    BOOK = "book"
    PLANNED = "planned"
    """Enough people need it, and the briefing has a channel or a sign language for it."""
    FEW = "few"
    """Fewer people than make it worth while."""


@frozen
class Demand:
    """How many need interpretation into a language, of how many; `planned` says whether the briefing offers it."""

    language: str
    count: int
    of: int
    threshold: int
    planned: bool = False

    @property
    def verdict(self) -> Verdict:
        """Say what is to be done."""
        if self.count < self.threshold:
            return Verdict.FEW
        return Verdict.PLANNED if self.planned else Verdict.BOOK


@frozen
class AttendanceStatistics:
    """Who was there of those `expected` (not cancelled). `unexpected` had cancelled, and came.

    `minutes` is the mean time of those whose time is known, and `timed` how many they are.
    """

    expected: int
    attended: int
    unexpected: int
    timed: int = 0
    minutes: float | None = None


@frozen
class Statistics:
    """A list in numbers, as of `at`. `total` is everybody on it, `counted` those who have not cancelled.

    `days` are days of `timezone` on which people came onto the list. `attendance` is None while nobody was marked as
    present.
    """

    briefing: str
    title: "MultilingualText | None"
    at: datetime
    timezone: str
    total: int
    counted: int
    statuses: Mapping[str, int]
    capacity: int | None
    taken: int
    days: tuple[tuple[date, int], ...]
    languages: Breakdown
    countries: Breakdown
    organizations: Breakdown
    segments: Breakdown
    demand: tuple[Demand, ...]
    questions: tuple[QuestionStatistics, ...]
    written: tuple[WrittenAnswers, ...]
    accessibility: int
    attendance: AttendanceStatistics | None = None
    erased: int = 0
