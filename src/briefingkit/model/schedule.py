"""When: local times in an IANA zone, durations, and moments that are told from the start or the end."""

import re
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Self

from attrs import frozen

from briefingkit.errors import ModelError
from briefingkit.text.zones import get_zone, in_zone, instant

__all__ = [
    "Anchor",
    "LocalTime",
    "Offset",
    "When",
    "duration_of",
    "elapsed",
    "parse_duration",
    "write_duration",
]

LocalTime = date | datetime
"""A local date (all day) or a naive local datetime; it is never aware: the zone stands beside it."""

_UNITS = (
    ("w", timedelta(weeks=1)),
    ("d", timedelta(days=1)),
    ("h", timedelta(hours=1)),
    ("m", timedelta(minutes=1)),
)
_DURATION = re.compile("".join(rf"(?:(\d{{1,6}}){unit})?" for unit, _ in _UNITS))
_OFFSET = re.compile(r"(start|end)?([+-])(\w+)")
_LONGEST = timedelta(days=3660)


def parse_duration(text: str) -> timedelta:
    """Read `25m`, `1h30m`, `90d` or `2w`: weeks, days, hours and minutes, in that order. ModelError for others."""
    match = _DURATION.fullmatch(text.strip())
    amounts = match.groups() if match else ()
    total = sum((int(n) * size for n, (_, size) in zip(amounts, _UNITS, strict=False) if n), timedelta())
    if not any(amounts) or total > _LONGEST:
        raise ModelError(
            f"{text[:40]!r} is no duration: write minutes, hours, days or weeks, such as 25m, 1h30m or 90d"
        )
    return total


def write_duration(value: timedelta) -> str:
    """Write a duration as `parse_duration` reads it, in days, hours and minutes."""
    minutes = value // timedelta(minutes=1)
    parts = ((minutes // 1440, "d"), (minutes % 1440 // 60, "h"), (minutes % 60, "m"))
    return "".join(f"{amount}{unit}" for amount, unit in parts if amount) or "0m"


class Anchor(StrEnum):
    """What an offset counts from."""

    START = "start"
    END = "end"


@frozen
class Offset:
    """A moment told from the briefing's start or end: `-1d`, `end+2h` (RFC 5545's RELATED, section 3.2.14)."""

    delta: timedelta
    anchor: Anchor = Anchor.START

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `-1d`, `+30m`, `end+1d`; ModelError for anything else."""
        match = _OFFSET.fullmatch(text.strip())
        if not match:
            raise ModelError(f"{text[:40]!r} is no offset: write -1d (before the start), +30m or end+1d")
        anchor, sign, amount = match.groups()
        delta = parse_duration(amount)
        return cls(-delta if sign == "-" else delta, Anchor(anchor or "start"))

    def __str__(self) -> str:
        """Write it as `parse` reads it."""
        sign = "-" if self.delta < timedelta() else "+"
        anchor = "end" if self.anchor is Anchor.END else ""
        return f"{anchor}{sign}{write_duration(abs(self.delta))}"


@frozen
class When:
    """A span of local time in a zone: both ends naive datetimes, or both dates, the last then inclusive.

    Raises ModelError where the end is not after the start or the two are of different kinds, TextError for a zone
    that tzdata does not know.
    """

    start: LocalTime
    end: LocalTime
    timezone: str

    def __attrs_post_init__(self) -> None:
        """Refuse a span that cannot be."""
        get_zone(self.timezone)
        if isinstance(self.start, datetime) is not isinstance(self.end, datetime):
            raise ModelError("start and end are both a date, or both a date and a time", field="end")
        self._check_order()

    def _check_order(self) -> None:
        if isinstance(self.start, datetime) and isinstance(self.end, datetime):
            if self.start.tzinfo or self.end.tzinfo:
                raise ModelError(
                    "a local time carries no zone of its own: it stands under timezone", field="start"
                )
            if self.utc_end <= self.utc_start:
                raise ModelError(f"the end ({self.end:%Y-%m-%d %H:%M}) is not after the start", field="end")
        elif self.end < self.start:
            raise ModelError(f"the last day ({self.end}) is before the first", field="end")

    @property
    def all_day(self) -> bool:
        """Whether the span is of whole days."""
        return not isinstance(self.start, datetime)

    @property
    def first_day(self) -> date:
        """The local day on which it starts."""
        return self.start.date() if isinstance(self.start, datetime) else self.start

    @property
    def last_day(self) -> date:
        """The local day on which it ends: inclusive, and the day before where it ends at midnight."""
        if not isinstance(self.end, datetime):
            return self.end
        return (self.end - timedelta(microseconds=1)).date()

    @property
    def local_start(self) -> datetime:
        """The start as a naive local datetime; midnight of the first day where it is all day."""
        return self.start if isinstance(self.start, datetime) else datetime.combine(self.start, time())

    @property
    def local_end(self) -> datetime:
        """The end as a naive local datetime; the midnight after the last day where it is all day."""
        if isinstance(self.end, datetime):
            return self.end
        return datetime.combine(self.end + timedelta(days=1), time())

    @property
    def utc_start(self) -> datetime:
        """The start as an aware datetime in UTC."""
        return instant(self.local_start, self.timezone).astimezone(UTC)

    @property
    def utc_end(self) -> datetime:
        """The end as an aware datetime in UTC."""
        return instant(self.local_end, self.timezone).astimezone(UTC)

    def moment(self, at: "Offset | datetime") -> datetime:
        """Resolve a moment to a naive local datetime: whole days keep the clock's time, hours are elapsed time."""
        if isinstance(at, datetime):
            return at
        anchor = self.local_end if at.anchor is Anchor.END else self.local_start
        days = timedelta(days=int(at.delta / timedelta(days=1)))
        return elapsed(anchor + days, at.delta - days, self.timezone)


def duration_of(start: LocalTime, duration: timedelta, timezone: str | None) -> LocalTime:
    """Tell where a span ends that starts at `start` (local) and lasts `duration` of elapsed time.

    With no zone the clock's time is counted. ModelError for a part of a day where the start is a date alone.
    """
    if not isinstance(start, datetime):
        if duration % timedelta(days=1) or not duration:
            raise ModelError("a date alone lasts whole days: write 1d, 2d …", field="duration")
        return start + duration - timedelta(days=1)
    return elapsed(start, duration, timezone)


def elapsed(local: datetime, duration: timedelta, timezone: str | None) -> datetime:
    """Tell what the clocks show `duration` after a naive local time; with no zone, clocks that never change."""
    if timezone is None:
        return local + duration
    return in_zone(instant(local, timezone).astimezone(UTC) + duration, timezone).replace(tzinfo=None)
