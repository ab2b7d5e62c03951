"""When: local times in an IANA zone, durations, and moments that are told from the start or the end."""

import re
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any, Self

from attrs import field, frozen

from briefingkit.errors import ModelError
from briefingkit.text.zones import get_zone, in_zone, instant

__all__ = [
    "Anchor",
    "LocalTime",
    "Offset",
    "When",
    "check_day",
    "check_end",
    "check_length",
    "check_local",
    "check_span",
    "check_zone",
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
_DURATION = re.compile("".join(rf"(?:([0-9]{{1,6}}){unit})?" for unit, _ in _UNITS))
_OFFSET = re.compile(r"(start|end)?([+-])(\w+)")
_LONGEST = timedelta(days=3660)
_MINUTE = timedelta(minutes=1)
_YEARS = range(
    1900, 2200
)  # what is outside is a slip of the keyboard, and near the ends clocks cannot be turned


def parse_duration(text: str) -> timedelta:
    """Read `25m`, `1h30m`, `90d` or `2w`: weeks, days, hours and minutes, in that order. ModelError for others."""
    match = _DURATION.fullmatch(text.strip())
    amounts: tuple[str | None, ...] = match.groups() if match else ()
    total = sum((int(n) * size for n, (_, size) in zip(amounts, _UNITS, strict=False) if n), timedelta())
    if not any(amounts) or total > _LONGEST:
        raise ModelError(
            f"{text[:40]!r} is no duration: write minutes, hours, days or weeks, such as 25m, 1h30m or 90d"
        )
    return total


def write_duration(value: timedelta) -> str:
    """Write a duration as `parse_duration` reads it, in days, hours and minutes."""
    minutes = value // _MINUTE
    parts = ((minutes // 1440, "d"), (minutes % 1440 // 60, "h"), (minutes % 60, "m"))
    return "".join(f"{amount}{unit}" for amount, unit in parts if amount) or "0m"


def check_length(_instance: object, attribute: Any, value: timedelta | None) -> None:
    """Refuse, as an attrs validator, a duration that is not of whole minutes, at least one, at most ten years."""
    if value is not None and not (_MINUTE <= value <= _LONGEST and not value % _MINUTE):
        raise ModelError(
            f"a duration is of whole minutes, at least one and at most ten years, not {value}",
            field=attribute.name,
        )


def check_local(_instance: object, attribute: Any, value: Any) -> None:
    """Refuse, as an attrs validator, a local time that the file could not say; what is no local time passes.

    It has no zone of its own, is of whole seconds and of this age, and is the first of two that a clock change gives.
    """
    if isinstance(value, time | datetime) and (fault := _clock_fault(value)):
        raise ModelError(fault, field=attribute.name)
    if isinstance(value, date) and value.year not in _YEARS:
        raise ModelError(f"the year {value.year} is surely a slip: look at it again", field=attribute.name)


def check_end(instance: object, attribute: Any, value: Any) -> None:
    """Refuse what `check_local` does; but an end that a duration led to may be the second of two equal times."""
    check_local(instance, attribute, value.replace(fold=0) if isinstance(value, datetime) else value)


def _clock_fault(value: time | datetime) -> str | None:
    if value.tzinfo is not None:
        return "a local time carries no zone of its own: it stands under timezone"
    if value.microsecond:
        return "a local time is told to the second at most"
    if value.fold:
        return "of a time that a clock change brings twice, the first is meant"
    return None


def check_day(instance: object, attribute: Any, value: date | None) -> None:
    """Refuse, as an attrs validator, a day that carries a time or is not of this age."""
    if isinstance(value, datetime):
        raise ModelError("a day is a date alone", field=attribute.name)
    check_local(instance, attribute, value)


def check_zone(_instance: object, _attribute: object, value: Any) -> None:
    """Refuse, as an attrs validator, a zone that tzdata does not know: TextError, with what may have been meant."""
    if value is not None:
        get_zone(value)


def check_span(start: LocalTime, end: LocalTime) -> None:
    """Refuse ends that are of two kinds, or days in the wrong order; the order of times is their zone's matter."""
    if isinstance(start, datetime) is not isinstance(end, datetime):
        raise ModelError("start and end are both a date, or both a date and a time", field="end")
    if not isinstance(end, datetime) and end < start:
        raise ModelError(f"the last day ({end}) is before the first ({start})", field="end")


class Anchor(StrEnum):
    """What an offset counts from."""

    START = "start"
    END = "end"


@frozen
class Offset:
    """A moment told from the briefing's start or end: `-1d`, `end+2h` (RFC 5545's RELATED, section 3.2.14)."""

    delta: timedelta
    anchor: Anchor = Anchor.START

    def __attrs_post_init__(self) -> None:
        """Refuse what `parse` could not have read."""
        if abs(self.delta) > _LONGEST or self.delta % _MINUTE:
            raise ModelError(
                f"an offset is of whole minutes and at most ten years, not {self.delta}", field="delta"
            )

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

    start: LocalTime = field(validator=check_local)
    end: LocalTime = field(validator=check_end)
    timezone: str = field(validator=check_zone)

    def __attrs_post_init__(self) -> None:
        """Refuse a span that cannot be."""
        check_span(self.start, self.end)
        if not self.all_day and self.utc_end <= self.utc_start:
            raise ModelError(f"the end ({self.end:%Y-%m-%d %H:%M}) is not after the start", field="end")

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

    @cached_property
    def utc_start(self) -> datetime:
        """The start as an aware datetime in UTC."""
        return instant(self.local_start, self.timezone).astimezone(UTC)

    @cached_property
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
