"""The times of a view, which are strings, as a reader and as a machine wants them."""

from datetime import date, datetime

from briefingkit.rendering.words import comma
from briefingkit.text.dates import (
    format_date,
    format_span,
    format_time,
    format_times,
    instant,
    zone_city,
    zone_label,
)
from briefingkit.text.phrases import phrase

__all__ = [
    "clock_in_words",
    "day_in_words",
    "local",
    "machine_time",
    "moment_in_words",
    "span_in_words",
    "times_in_words",
]


def local(moment: str) -> date:
    """Read a view's local time: a naive datetime, or a date where it is all day."""
    return date.fromisoformat(moment) if "T" not in moment else datetime.fromisoformat(moment)


def machine_time(moment: str, zone: str | None) -> str:
    """Write a local time for `<time>` and JSON-LD: with the offset that holds in its zone then; a date as it is."""
    read = local(moment)
    if zone is None or not isinstance(read, datetime):
        return moment
    return instant(read, zone).isoformat(timespec="seconds")


def span_in_words(start: str, end: str, zone: str | None, language: str) -> str:
    """Write a span with its days; one of unknown zone, as an event elsewhere may be, without a zone."""
    first, last = local(start), local(end)
    if zone is not None:
        return format_span(first, last, zone, language)
    if isinstance(first, datetime) or isinstance(last, datetime):
        first, last = date(first.year, first.month, first.day), date(last.year, last.month, last.day)
    return format_span(first, last, "UTC", language)


def times_in_words(start: str, end: str, zone: str, language: str) -> str | None:
    """Write the times of a span that begins and ends on one day, with zone and city; None for any other span."""
    first, last = local(start), local(end)
    if not isinstance(first, datetime) or not isinstance(last, datetime) or first.date() != last.date():
        return None
    times = format_times(first, last, zone, language)
    city = zone_city(zone, language)
    return times if city is None else f"{times}{comma(language)}{city}"


def moment_in_words(moment: str, zone: str, language: str) -> str:
    """Write one local time: the day, and the time with its zone where it has one."""
    read = local(moment)
    day = format_date(read, language)
    if not isinstance(read, datetime):
        return day
    label = zone_label(instant(read, zone), zone)
    time = phrase("{time} {zone}", language, time=format_time(read.time(), language), zone=label)
    return phrase("{date}, {time}", language, date=day, time=time)


def day_in_words(moment: str, language: str) -> str:
    """Write the day of a local time."""
    return format_date(local(moment), language)


def clock_in_words(moment: str, language: str) -> str:
    """Write the time of day of a local time."""
    read = local(moment)
    assert isinstance(read, datetime)  # noqa: S101 - agenda items have times
    return format_time(read.time(), language)
