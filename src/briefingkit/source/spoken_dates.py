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
_WORD = r"[^\W\d][\w-]*"
# Whatever the language, a word is looked up only where it stands as a weekday or a month would: "Wednesday, the 13th of
# April, 2022", "miércoles 13 de abril del 2022", "Wednesday, April 13".
_WEEKDAY = rf"(?:(?P<weekday>{_WORD})[,.،]?\s+(?:(?:the|le|el|den|dem|dia|día)\s+)?)?"
_YEAR = r"(?:\s*[,،]?\s+(?:de\s+|del\s+|do\s+)?(?P<year>\d{4})\b)?"
_DAY_MONTH = re.compile(
    rf"{_WEEKDAY}(?<![\w.,:])(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|ère|º|ª|\.)?\s+(?:(?:of|de|do|di|del)\s+)?"
    rf"(?P<month>{_WORD})\.?{_YEAR}"
)
_MONTH_DAY = re.compile(
    rf"{_WEEKDAY}\b(?P<month>{_WORD})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?![:.]\d){_YEAR}"
)
_CHINESE = re.compile(
    r"(?:(?P<year>\d{4})\s*年\s*)?(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*日\s*(?:[,(\uff0c\uff08]?\s*(?:星期|周|礼拜)(?P<weekday>[一二三四五六日天]))?"
)
_CHINESE_DAYS = {name: index for index, name in enumerate("一二三四五六日")} | {"天": 6}
# Weekdays from Monday and months from January in the languages that ship, written out and short as CLDR has them, so
# that looking at a briefing in one of them loads no locale. Chinese numbers both.
_SHIPPED = {
    "en": (
        "monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun",
        (
            "january february march april may june july august september october november december "
            "jan feb mar apr may jun jul aug sep oct nov dec"
        ),
    ),
    "fr": (
        "lundi mardi mercredi jeudi vendredi samedi dimanche lun mar mer jeu ven sam dim",
        (
            "janvier février mars avril mai juin juillet août septembre octobre novembre décembre "
            "janv févr mars avr mai juin juil août sept oct nov déc"
        ),
    ),
    "es": (
        "lunes martes miércoles jueves viernes sábado domingo lun mar mié jue vie sáb dom",
        (
            "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre "
            "ene feb mar abr may jun jul ago sept oct nov dic"
        ),
    ),
    "pt": (
        "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo seg ter qua qui sex sáb dom",
        (
            "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro "
            "jan fev mar abr mai jun jul ago set out nov dez"
        ),
    ),
    "ru": (
        "понедельник вторник среда четверг пятница суббота воскресенье пн вт ср чт пт сб вс",
        (
            "января февраля марта апреля мая июня июля августа сентября октября ноября декабря "
            "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь"
        ),
    ),
    "ar": (
        "الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد",
        "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    ),
}
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
    if language.partition("-")[0] == "zh":
        for match in _CHINESE.finditer(text):
            weekday = _CHINESE_DAYS.get(match["weekday"] or "")
            yield from _spoken(match, int(match["month"]), weekday, near)
        return
    for pattern in (_DAY_MONTH, _MONTH_DAY):
        for match in pattern.finditer(text):
            weekdays, months = _names(language)
            month = months.get(_folded(match["month"]))
            if month is not None:
                yield from _spoken(match, month, weekdays.get(_folded(match["weekday"] or "")), near)


def _spoken(match: re.Match[str], month: int, weekday: int | None, near: date) -> Iterator[SpokenDate]:
    day = _day(int(match["day"]), month, match["year"], near)
    if day is not None:
        words = " ".join(match.group().split())
        yield SpokenDate(words, weekday, day, *match.span())


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
def _names(language: str) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Give the names of weekdays and months, folded, as they stand in a date and alone."""
    known = _SHIPPED.get(language)
    if known is not None:
        weekdays, months = (names.split() for names in known)
        return _numbered(weekdays, 7, 0), _numbered(months, 12, 1)
    from briefingkit.text.cldr import locale_for

    locale = locale_for(language)
    days: dict[str, int] = {}
    by_month: dict[str, int] = {}
    for context in ("stand-alone", "format"):
        for width in ("abbreviated", "wide"):
            days |= {_folded(name): number for number, name in locale.days[context][width].items()}
            by_month |= {_folded(name): number for number, name in locale.months[context][width].items()}
    return days, by_month


def _numbered(names: list[str], count: int, first: int) -> dict[str, int]:
    return {name: index % count + first for index, name in enumerate(names)}


def _folded(name: str) -> str:
    return name.casefold().rstrip(".")
