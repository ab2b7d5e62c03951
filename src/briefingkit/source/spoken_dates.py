"""Dates and times of day as prose writes them, found again: "Wednesday 13 April 2022", "mercredi 13 avril", "15h CET".

Only what is certain is found: a day and a month by name in the language of the text, with the weekday beside it, and
an abbreviation of a zone that follows a time of day.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache

from attrs import frozen

__all__ = ["SpokenDate", "SpokenTime", "day_of", "spoken_dates", "spoken_times"]

_HALF_YEAR = timedelta(days=183)
_CLOSE = 40  # characters
# What may stand between the parts: "Wednesday, the 13th of April, 2022", "miércoles 13 de abril del 2022".
_BEFORE_DAY = r"[,.،]?\s+(?:the\s+|le\s+|el\s+|den\s+|dem\s+|dia\s+|día\s+)?"
_AFTER_DAY = r"(?:st|nd|rd|th|er|ère|º|ª|\.)?(?:\s+(?:of|de|do|di|del)\s+|\s+)"
_BEFORE_YEAR = r"(?:\s*[,،]?\s+(?:de\s+|del\s+|do\s+)?(?P<year>\d{4})\b)?"
_CHINESE = re.compile(
    r"(?:(?P<year>\d{4})\s*年\s*)?(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*日\s*(?:[,,((]?\s*(?:星期|周|礼拜)(?P<weekday>[一二三四五六日天]))?"
)
_CHINESE_DAYS = {name: index for index, name in enumerate("一二三四五六日")} | {"天": 6}
# A zone counts as said only after a time of day: "EST" alone is a word in French ("il est").
_TIME = r"(?:\d{1,2}[:.h]\d{2}|\d{1,2}\s?h|\d{1,2}\s?[ap]\.?m\.?|\d{1,2}:\d{2}:\d{2})"
_ZONE_AFTER_TIME = re.compile(
    rf"(?<![\w:])(?i:{_TIME})\s*[,(]?\s*(?:\w+\s+)?(?P<zone>[CEW]ES?T|MES?Z|BST|E[SD]T|C[SD]T|M[SD]T|P[SD]T|AE[SD]T|NZ[SD]T)(?![\w-])"
)
# Where each abbreviation is at home, so that its season can be told.
_HOMES: Mapping[str, tuple[str, str]] = {
    "CET": ("Europe/Brussels", "CET"), "CEST": ("Europe/Brussels", "CEST"), "MEZ": ("Europe/Berlin", "CET"),
    "MESZ": ("Europe/Berlin", "CEST"), "EET": ("Europe/Athens", "EET"), "EEST": ("Europe/Athens", "EEST"),
    "WET": ("Europe/Lisbon", "WET"), "WEST": ("Europe/Lisbon", "WEST"), "BST": ("Europe/London", "BST"),
    "EST": ("America/New_York", "EST"), "EDT": ("America/New_York", "EDT"), "CDT": ("America/Chicago", "CDT"),
    "MST": ("America/Denver", "MST"), "MDT": ("America/Denver", "MDT"), "PST": ("America/Los_Angeles", "PST"),
    "PDT": ("America/Los_Angeles", "PDT"), "AEST": ("Australia/Sydney", "AEST"), "AEDT": ("Australia/Sydney", "AEDT"),
    "NZST": ("Pacific/Auckland", "NZST"), "NZDT": ("Pacific/Auckland", "NZDT"),
}  # fmt: skip


@frozen
class SpokenDate:
    """A date in a text, from `start` to `end` of it. `weekday` counts from Monday, 0; None where none is said."""

    words: str
    weekday: int | None
    day: date
    start: int
    end: int


@frozen
class SpokenTime:
    """A zone's abbreviation after a time of day, the zone where it is at home, and what tzdata calls it."""

    words: str
    zone: str
    name: str
    start: int
    end: int


def spoken_dates(text: str, language: str, near: date) -> Iterator[SpokenDate]:
    """Find the dates of a text; where the year is not said it is the one that brings the day nearest to `near`."""
    for pattern in _patterns(language):
        for match in pattern.finditer(text):
            day = _day(int(match["day"]), _month(match["month"], language), match["year"], near)
            if day is not None:
                weekday = _weekday(match["weekday"], language) if match["weekday"] else None
                yield SpokenDate(" ".join(match.group().split()), weekday, day, *match.span())


def spoken_times(text: str) -> Iterator[SpokenTime]:
    """Find each abbreviation of a zone that follows a time of day, and that has a season."""
    for match in _ZONE_AFTER_TIME.finditer(text):
        if match["zone"] in _HOMES:
            yield SpokenTime(" ".join(match.group().split()), *_HOMES[match["zone"]], *match.span())


def day_of(time: SpokenTime, dates: Iterable[SpokenDate], otherwise: date) -> date:
    """Tell which day a time is on: the last date before it or the next one after it, if it is close by."""
    near = [(_distance(time, each), each.day) for each in dates if _distance(time, each) <= _CLOSE]
    return min(near)[1] if near else otherwise


def _distance(time: SpokenTime, day: SpokenDate) -> int:
    return time.start - day.end if day.end <= time.start else day.start - time.end


def _day(day: int, month: int, year: str | None, near: date) -> date | None:
    years = (int(year),) if year else (near.year - 1, near.year, near.year + 1)
    found = []
    for one in years:
        try:
            found.append(date(one, month, day))
        except ValueError:
            continue  # the 29th of February of most years, the 31st of others
    best = min(found, key=lambda each: abs(each - near), default=None)
    return best if best is None or year or abs(best - near) <= _HALF_YEAR else None


@lru_cache(maxsize=64)
def _patterns(language: str) -> tuple[re.Pattern[str], ...]:
    if language.partition("-")[0] == "zh":
        return (_CHINESE,)
    weekdays, months = _names(language)
    if not weekdays or not months:
        return ()
    weekday, month = _one_of("weekday", weekdays), _one_of("month", months)
    day = r"(?P<day>\d{1,2})"
    return (
        re.compile(
            rf"(?:\b{weekday}{_BEFORE_DAY})?(?<![\w.,:]){day}{_AFTER_DAY}{month}\b{_BEFORE_YEAR}",
            re.IGNORECASE,
        ),
        re.compile(
            rf"(?:\b{weekday}{_BEFORE_DAY})?\b{month}\.?\s+{day}(?:st|nd|rd|th)?\b{_BEFORE_YEAR}",
            re.IGNORECASE,
        ),
    )


def _one_of(group: str, names: Mapping[str, int]) -> str:
    return rf"(?P<{group}>{'|'.join(sorted(map(re.escape, names), key=len, reverse=True))})"


@lru_cache(maxsize=64)
def _names(language: str) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Give CLDR's names of weekdays and months, folded, as they stand in a date and alone."""
    from briefingkit.text.cldr import locale_for

    locale = locale_for(language)
    days: dict[str, int] = {}
    months: dict[str, int] = {}
    for context in ("stand-alone", "format"):
        for width in ("abbreviated", "wide"):
            days |= {_folded(name): number for number, name in locale.days[context][width].items()}
            months |= {_folded(name): number for number, name in locale.months[context][width].items()}
    return days, months


def _folded(name: str) -> str:
    return name.casefold().rstrip(".")


def _weekday(name: str, language: str) -> int:
    return _CHINESE_DAYS[name] if name in _CHINESE_DAYS else _names(language)[0][_folded(name)]


def _month(name: str, language: str) -> int:
    return int(name) if name.isdecimal() else _names(language)[1][_folded(name)]
