"""Dates, times and spans as people read them, in their language and beside their own clock.

The names of days and months and the order of a date are CLDR's; the phrases around the times are this project's own
(the catalogues in locale/), since no locale data has "15:00–16:00 CEST (UTC+2)". Times are on the 24-hour clock
and digits are 0 to 9 in every language, so that a time can be checked against the page in another language.
CLDR's thin spaces become plain and no-break ones, which every font and mail program shows.
"""

import re
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING

from briefingkit.errors import TextError
from briefingkit.text.abbreviations import candidate_zones
from briefingkit.text.cldr import locale_for
from briefingkit.text.durations import format_duration
from briefingkit.text.language import canonical
from briefingkit.text.phrases import phrase
from briefingkit.text.zones import LocalKind, get_zone, in_zone, instant, local_kind, zone_label

if TYPE_CHECKING:
    from babel.dates import DateTimePattern

__all__ = [
    "LocalKind",
    "candidate_zones",
    "format_date",
    "format_duration",
    "format_span",
    "format_time",
    "format_times",
    "get_zone",
    "instant",
    "local_kind",
    "zone_city",
    "zone_label",
]

_SHORT_MONTH = re.compile(r"(?<!M)MMM(?!M)")
_FIRST = re.compile(r"\b1\b")  # French says "1er mars", which CLDR's patterns cannot
_SPACES = str.maketrans({"\u2009": " ", "\u202f": "\u00a0"})


def format_date(day: date, language: str, *, weekday: bool = True) -> str:
    """Write a day in full: "Wednesday, 13 April 2022", "mercredi 13 avril 2022".

    Raises TextError for a language tag that is none; a language without CLDR data is written in English.
    """
    return _format_date(date(day.year, day.month, day.day), canonical(language), weekday)


@lru_cache(maxsize=4096)
def _format_date(day: date, language: str, weekday: bool) -> str:  # noqa: FBT001 - a key of the cache
    return _apply(_date_pattern(language, "full" if weekday else "long"), day, language)


def format_time(at: time, language: str) -> str:
    """Write a time of day, to the minute, on the 24-hour clock: "15:00", in Finnish "15.00"."""
    return _format_time(time(at.hour, at.minute), canonical(language))


@lru_cache(maxsize=4096)
def _format_time(at: time, language: str) -> str:
    return _apply(_time_pattern(language), at, language)


def format_times(start: datetime, end: datetime, zone: str, language: str) -> str:
    """Write the times of a span, given as naive local times: "15:00–16:00 CEST (UTC+2)".

    Days are named when they are two: "23:30–00:30" alone would hide one. Raises TextError as `format_span` does.
    """
    first, last = _instants(start, end, zone)
    return _times(first, last, zone, canonical(language))


def format_span(start: date, end: date, zone: str, language: str, *, reader_zone: str | None = None) -> str:
    """Write when something takes place: "Wednesday, 13 April 2022, 15:00–16:00 CEST (UTC+2)".

    `start` and `end` are both naive local times in `zone`, or both days, the end then inclusive. With `reader_zone`
    the reader's own times follow unless their clock is the same, with their days where those differ; a span of whole
    days is the organiser's, and has no times to convert. Raises TextError for an unknown zone or language, for an
    aware time, for a mixture of days and times, and for an end before the start.
    """
    language = canonical(language)
    if not isinstance(start, datetime) and not isinstance(end, datetime):
        get_zone(zone)
        return _days(start, end, language)
    first, last = _instants(start, end, zone)
    own = _moments(first, last, zone, language)
    if reader_zone is None:
        return own
    ends = [(first, in_zone(first, reader_zone)), (last, in_zone(last, reader_zone))]
    if all(zone_label(there, zone) == zone_label(here, reader_zone) for there, here in ends):
        return own
    here_first, here_last = (here for _, here in ends)
    same_days = first.date() == last.date() == here_first.date() == here_last.date()
    wording = _times if same_days else _moments
    reader = wording(here_first, here_last, reader_zone, language)
    return phrase("{organizer} — {reader} your time", language, organizer=own, reader=reader)


@lru_cache(maxsize=1024)
def zone_city(zone: str, language: str) -> str | None:
    """Name the city that a zone is called after, in that language: "Bruxelles". None for zones of no place (UTC).

    Raises TextError for an unknown zone or language.
    """
    from babel.core import get_global

    get_zone(zone)
    aliases = get_global("zone_aliases")
    newest = aliases.get(zone, zone)
    if "/" not in newest or newest.startswith("Etc/"):
        return None
    zones = locale_for(canonical(language)).time_zones
    # CLDR's names stand under one spelling, not always the newest (Asia/Calcutta, Europe/Kiev).
    spellings = (newest, zone, *sorted(old for old, new in aliases.items() if new == newest))
    cities = (zones[name].get("city") for name in spellings if name in zones)
    return next((str(city) for city in cities if city), newest.rpartition("/")[2].replace("_", " "))


def _instants(start: date, end: date, zone: str) -> tuple[datetime, datetime]:
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        raise TextError(
            "a span is from a day to a day, or from a time to a time: one of each cannot be written"
        )
    first, last = instant(start, zone), instant(end, zone)
    # In one zone Python compares what clocks show, which is not the order in the hour that comes twice.
    if last.astimezone(UTC) < first.astimezone(UTC):
        raise TextError(f"the end, {end.isoformat()}, is before the start, {start.isoformat()}")
    return first, last


def _moments(first: datetime, last: datetime, zone: str, language: str) -> str:
    """Name the day, or both, and the times."""
    if first.date() != last.date():
        return _times(first, last, zone, language)
    times = _times(first, last, zone, language)
    return phrase("{date}, {time}", language, date=format_date(first, language), time=times)


def _times(first: datetime, last: datetime, zone: str, language: str) -> str:
    """Name the times, with their days if they are two, and with both zone labels if clocks change in between."""
    dated = first.date() != last.date()
    start, end = (_moment(at, language, dated=dated) for at in (first, last))
    before, after = (zone_label(at, zone) for at in (first, last))
    if before != after:
        start = phrase("{time} {zone}", language, time=start, zone=before)
        end = phrase("{time} {zone}", language, time=end, zone=after)
        return phrase("{start} – {end}", language, start=start, end=end)
    if first == last:
        times = start
    elif dated:
        times = phrase("{start} – {end}", language, start=start, end=end)
    else:
        times = phrase("{start}–{end}", language, start=start, end=end)
    return phrase("{time} {zone}", language, time=times, zone=after)


def _moment(at: datetime, language: str, *, dated: bool) -> str:
    written = format_time(at.time(), language)
    return (
        phrase("{date}, {time}", language, date=format_date(at, language), time=written) if dated else written
    )


def _days(start: date, end: date, language: str) -> str:
    if end < start:
        raise TextError(f"the end, {end.isoformat()}, is before the start, {start.isoformat()}")
    if start == end:
        return format_date(start, language)
    patterns = _interval_patterns(language, _greatest_difference(start, end))
    return "".join(
        _apply(pattern, day, language) for pattern, day in zip(patterns, (start, end), strict=True)
    )


def _greatest_difference(start: date, end: date) -> str:
    """Name the largest unit in which two days differ, by its letter in a CLDR pattern."""
    if start.year != end.year:
        return "y"
    return "M" if start.month != end.month else "d"


def _apply(pattern: "DateTimePattern", value: date | time, language: str) -> str:
    written = pattern.apply(value, locale_for(language)).translate(_SPACES)
    if isinstance(value, date) and value.day == 1 and language.partition("-")[0] == "fr":
        return _FIRST.sub("1er", written, count=1)
    return written


@lru_cache(maxsize=256)
def _date_pattern(language: str, width: str) -> "DateTimePattern":
    pattern: DateTimePattern = locale_for(language).date_formats[width]
    return pattern


@lru_cache(maxsize=256)
def _time_pattern(language: str) -> "DateTimePattern":
    from babel.dates import parse_pattern

    return parse_pattern(locale_for(language).datetime_skeletons.get("Hm") or "HH:mm")


@lru_cache(maxsize=256)
def _interval_patterns(language: str, greatest: str) -> "tuple[DateTimePattern, DateTimePattern]":
    """Find CLDR's pattern for days that differ in year, month or day, and put the month in full into it."""
    from babel.dates import parse_pattern

    formats = locale_for(language).interval_formats
    first, last = formats.get("yMMMMd", {}).get(greatest) or formats["yMMMd"][greatest]
    return parse_pattern(_SHORT_MONTH.sub("MMMM", first)), parse_pattern(_SHORT_MONTH.sub("MMMM", last))
