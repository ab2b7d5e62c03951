"""When a zone's clocks change, as the observances of a VTIMEZONE (RFC 5545 section 3.6.5).

Consumers read a recurring observance (RRULE) better than a list of dates (RDATE): Outlook mishandles the latter. But
a rule that is only nearly right moves meetings by an hour, which is what generators that take the last rule of a zone
do to Jerusalem, Cairo and Santiago. So a rule is written only where it gives, year by year, exactly the changes that
zoneinfo knows, over the years concerned and for as long as it stays true; elsewhere the dates themselves are written.

Every onset that is written is one that happened or will. Two lists for one zone can therefore be joined, and the
result is right wherever either of them was.
"""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import groupby, product

from attrs import evolve, field, frozen

from briefingkit.text.zones import get_zone

__all__ = ["Observance", "observances"]

_FIRST_YEAR, _LAST_YEAR = 1970, 2038
_CALENDAR = range(2, 9998)
_STEP = timedelta(days=7)
_SECOND = timedelta(seconds=1)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@frozen
class Observance:
    """One STANDARD or DAYLIGHT: the wall-clock time of its first onset, the offsets before and after, what recurs.

    `name` is tzdata's abbreviation where it is alphabetic, else None. `rule` is the value of an RRULE, `dates` are the
    further onsets of an RDATE; at most one of the two is given.
    """

    daylight: bool
    start: datetime
    offset_from: timedelta
    offset_to: timedelta
    name: str | None
    rule: str | None = None
    dates: tuple[datetime, ...] = ()


@frozen
class _Period:
    """What a zone's clocks are set to."""

    offset: timedelta
    name: str
    summer: bool


@frozen
class _Onset:
    """A change of clocks, at an instant (naive, in UTC)."""

    at: datetime
    before: _Period
    after: _Period
    wall: datetime = field(init=False)

    @wall.default
    def _wall(self) -> datetime:
        return self.at + self.before.offset

    def observance(self) -> Observance:
        """Write it as an observance that does not recur.

        DAYLIGHT is a seasonal change to a greater offset, also where tzdata calls winter time the exception (Dublin):
        consumers take the smaller offset for the standard one.
        """
        seasonal = self.before.summer is not self.after.summer and self.after.offset > self.before.offset
        name = self.after.name if self.after.name.isalpha() and self.after.name.isascii() else None
        return Observance(seasonal, self.wall, self.before.offset, self.after.offset, name)


@frozen
class _Rule:
    """A day of the year: the first `weekday` (0 is Monday) on or after `day` of `month`; its last one for day 0."""

    month: int
    weekday: int
    day: int

    def on(self, year: int) -> date:
        day = self.day or monthrange(year, self.month)[1] - 6
        first = date(year, self.month, day)
        return first + timedelta(days=(self.weekday - first.weekday()) % 7)

    def __str__(self) -> str:
        weekday = _WEEKDAYS[self.weekday]
        if self.day == 0:
            return f"FREQ=YEARLY;BYMONTH={self.month};BYDAY=-1{weekday}"
        if self.day % 7 == 1:
            return f"FREQ=YEARLY;BYMONTH={self.month};BYDAY={self.day // 7 + 1}{weekday}"
        days = ",".join(str(day) for day in range(self.day, self.day + 7))
        return f"FREQ=YEARLY;BYMONTH={self.month};BYDAY={weekday};BYMONTHDAY={days}"


@lru_cache(maxsize=1024)
def observances(zone: str, first_year: int, last_year: int) -> tuple[Observance, ...]:
    """Tell the observances of a zone that are needed from the start of `first_year` to the end of `last_year`.

    They are right for a year on either side as well, so that no event near midnight of New Year falls out. Raises
    TextError for a zone that tzdata does not know.
    """
    first, last = max(first_year - 1, _CALENDAR[0]), min(last_year + 1, _CALENDAR[-1])
    horizon = max(last, _LAST_YEAR)
    onsets = _onsets(zone, min(first, _FIRST_YEAR), horizon)
    found = _recurring(onsets, first, last, horizon) or tuple(_dated(onsets, first, last))
    return tuple(sorted(found, key=lambda observance: observance.start))


@lru_cache(maxsize=64)
def _onsets(zone: str, first: int, last: int) -> tuple[_Onset, ...]:
    """List every change of clocks in these years, after a first onset that is the state at their start.

    A zone is looked at weekly, and the instant of a change is then found by halving: none changes back within a week.
    """
    there = get_zone(zone)

    def period(at: datetime) -> _Period:
        local = at.replace(tzinfo=UTC).astimezone(there)
        return _Period(local.utcoffset() or timedelta(), local.tzname() or "", bool(local.dst()))

    def halve(low: datetime, high: datetime, before: _Period) -> datetime:
        while high - low > _SECOND:
            middle = low + (high - low) // 2 // _SECOND * _SECOND
            low, high = (middle, high) if period(middle) == before else (low, middle)
        return high

    def changes() -> Iterator[_Onset]:
        start, end = datetime(first, 1, 1), datetime(last, 12, 31, 23, 59, 59)  # noqa: DTZ001 - naive, in UTC
        state = period(start)
        yield _Onset(start - state.offset, state, state)
        low = start
        while low < end:
            high = min(low + _STEP, end)
            there_after = period(high)
            if there_after != state:
                yield _Onset(halve(low, high, state), state, there_after)
            low, state = high, there_after

    return tuple(changes())


def _dated(onsets: Sequence[_Onset], first: int, last: int) -> Iterator[Observance]:
    """Write the onset in force when the years begin and every one within them, those of a kind together."""
    begin = next((i for i, onset in enumerate(onsets) if onset.wall.year >= first), len(onsets))
    kept = [o.observance() for o in onsets[max(begin - 1, 0) :] if o.wall.year <= last]
    for _, group in groupby(sorted(kept, key=_kind), key=_kind):
        one, *others = group
        yield evolve(one, dates=tuple(other.start for other in others))


def _kind(observance: Observance) -> tuple[bool, timedelta, timedelta, str]:
    return (observance.daylight, observance.offset_from, observance.offset_to, observance.name or "")


def _recurring(onsets: Sequence[_Onset], first: int, last: int, horizon: int) -> tuple[Observance, ...]:
    """Find the two rules that are true longest among those that are true from `first` to `last`, if there are any."""
    years = {year: tuple(group) for year, group in groupby(onsets[1:], key=lambda onset: onset.wall.year)}
    window = [years.get(year, ()) for year in range(first, last + 1)]
    if any(len(changes) != 2 for changes in window):  # noqa: PLR2004 - there and back
        return ()
    series = tuple(zip(*window, strict=True))
    best: tuple[int, tuple[Observance, ...]] = (0, ())
    for rules in product(*(_candidates(changes) for changes in series)):
        span = _true_years(rules, years, first)
        if last in span and len(span) > best[0]:
            final = [years[span[-1]][i].at if span[-1] < horizon else None for i in range(2)]
            firsts = zip(years[span[0]], rules, final, strict=True)
            best = (len(span), tuple(_write(onset, rule, end) for onset, rule, end in firsts))
    return best[1]


def _candidates(changes: Sequence[_Onset]) -> Iterator[_Rule]:
    """Give the rules that a change in each of several years might follow, the plainest first."""
    walls = [change.wall for change in changes]
    if len({(wall.month, wall.weekday(), wall.time()) for wall in walls}) > 1:
        return
    low, high = min(wall.day for wall in walls), max(wall.day for wall in walls)
    days = [0, *sorted(range(max(high - 6, 1), low + 1), key=lambda day: (day % 7 != 1, day))]
    for day in days:
        if day <= monthrange(walls[0].year, walls[0].month)[1] - 6:
            yield _Rule(walls[0].month, walls[0].weekday(), day)


def _true_years(rules: Sequence[_Rule], years: dict[int, tuple[_Onset, ...]], first: int) -> range:
    """Tell the run of years around `first` in which the zone changes by these rules and in no other way."""
    pattern = [(onset.before, onset.after, onset.wall.time()) for onset in years[first]]

    def true(year: int) -> bool:
        changes = years.get(year, ())
        found = [(onset.before, onset.after, onset.wall.time()) for onset in changes]
        return found == pattern and all(
            onset.wall.date() == rule.on(year) for onset, rule in zip(changes, rules, strict=True)
        )

    if not true(first):
        return range(0)
    low = high = first
    while true(low - 1):
        low -= 1
    while true(high + 1):
        high += 1
    return range(low, high + 1)


def _write(onset: _Onset, rule: _Rule, final: datetime | None) -> Observance:
    """Write a rule from its first onset; where it is known to end, until its last one (naive, in UTC)."""
    until = "" if final is None else f";UNTIL={final:%Y%m%dT%H%M%SZ}"
    return evolve(onset.observance(), rule=f"{rule}{until}")
