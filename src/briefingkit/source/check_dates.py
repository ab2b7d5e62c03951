"""Dates and times that cannot be as they are written: W101 to W107."""

from collections.abc import Iterator
from datetime import date, datetime, time

from briefingkit.errors import Finding
from briefingkit.model import Briefing, Mailing, MailingKind, Registration, When, timetable
from briefingkit.source.briefing_file import Loaded
from briefingkit.source.paths import Path
from briefingkit.source.spoken_dates import day_of, spoken_dates, spoken_times
from briefingkit.source.text_paths import texts
from briefingkit.text.language import undetermined
from briefingkit.text.zones import LocalKind, instant, local_kind

__all__ = ["check_dates"]

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NOON = time(12)
_FOR_BEFORE = frozenset(
    (MailingKind.INVITATION, MailingKind.LOGISTICS, MailingKind.REMINDER, MailingKind.REQUEST)
)


def check_dates(loaded: Loaded, briefing: Briefing) -> Iterator[Finding]:
    """Look at every date and time of a briefing, in its fields and in its texts."""
    if briefing.start is not None:
        yield from _words(loaded, briefing, briefing.start)
    if briefing.timezone is not None:
        yield from _clock_changes(loaded, briefing, briefing.timezone)
    if briefing.when is not None:
        if briefing.registration is not None:
            yield from _registration(loaded, briefing.registration, briefing.when)
        for mailing in briefing.mailing:
            yield from _mailing(loaded, mailing, briefing.when)


def _words(loaded: Loaded, briefing: Briefing, start: date) -> Iterator[Finding]:
    for path, text in texts(briefing):
        for language, words in text.texts.items():
            if language != undetermined and any(map(str.isdigit, words)):
                yield from _weekdays(loaded, (*path, language), words, language, _day(start))
                yield from _zones(loaded, (*path, language), words, language, start)


def _weekdays(loaded: Loaded, path: Path, words: str, language: str, near: date) -> Iterator[Finding]:
    for spoken in spoken_dates(words, language, near):
        if spoken.weekday is not None and spoken.day.weekday() != spoken.weekday:
            message = f"{spoken.words!r}: {spoken.day} is a {_WEEKDAYS[spoken.day.weekday()]}"
            yield loaded.finding("W101", path, message, "Mend the weekday or the date")


def _zones(loaded: Loaded, path: Path, words: str, language: str, start: date) -> Iterator[Finding]:
    times = tuple(spoken_times(words))
    dates = tuple(spoken_dates(words, language, _day(start))) if times else ()
    for spoken in times:
        day = day_of(spoken, dates, _day(start))
        same = day == _day(start) and isinstance(start, datetime)
        at = start if same and isinstance(start, datetime) else datetime.combine(day, _NOON)
        in_force = instant(at, spoken.zone).tzname()
        if in_force != spoken.name:
            message = f"{spoken.words!r}: on {day} the clocks there show {in_force}, not {spoken.name}"
            yield loaded.finding("W102", path, message, f"Write {in_force}, or leave the abbreviation out")


def _clock_changes(loaded: Loaded, briefing: Briefing, zone: str) -> Iterator[Finding]:
    for path, local in _local_times(briefing):
        kind = local_kind(local, zone)
        if kind is LocalKind.AMBIGUOUS:
            message = f"{local:%Y-%m-%d %H:%M} occurs twice in {zone}, for the clocks go back"
            yield loaded.finding("W103", path, message, "The first of the two is taken; move it if you can")
        elif kind is LocalKind.MISSING:
            taken = f"{instant(local, zone):%H:%M}"
            message = f"{local:%Y-%m-%d %H:%M} does not exist in {zone}, for the clocks go forward over it"
            yield loaded.finding("W104", path, message, f"{taken} is taken; give a time that exists")


def _local_times(briefing: Briefing) -> Iterator[tuple[Path, datetime]]:
    """Give the local times that the file states; those that are told from others follow from them."""
    registration = briefing.registration
    stated: list[tuple[Path, object]] = [(("start",), briefing.start), (("end",), briefing.end)]
    if registration is not None:
        stated += [
            (("registration", "opens"), registration.opens),
            (("registration", "closes"), registration.closes),
        ]
    stated += [(("mailing", mailing.key, "at"), mailing.at) for mailing in briefing.mailing]
    if briefing.when is not None:
        slots = timetable(briefing.agenda, briefing.when)
        stated += [(("agenda", s.item.key, "start"), s.start) for s in slots if s.item.start is not None]
    for path, local in stated:
        if isinstance(local, datetime):
            yield path, local


def _registration(loaded: Loaded, registration: Registration, when: When) -> Iterator[Finding]:
    opens, closes = (
        None if at is None else when.moment(at) for at in (registration.opens, registration.closes)
    )
    if closes is not None and closes > when.local_start:
        message = f"registration closes at {closes:%Y-%m-%d %H:%M}, after the start"
        yield loaded.finding("W105", ("registration", "closes"), message, "Close it at the start or before")
    if opens is not None and opens >= (closes or when.local_end):
        ends = f"and closes at {closes:%Y-%m-%d %H:%M}" if closes else "when the event is over"
        message = f"registration opens at {opens:%Y-%m-%d %H:%M} {ends}"
        yield loaded.finding("W106", ("registration", "opens"), message, "Open it before it closes")


def _mailing(loaded: Loaded, mailing: Mailing, when: When) -> Iterator[Finding]:
    if mailing.at is None:
        return
    at, path = when.moment(mailing.at), ("mailing", mailing.key, "at")
    if mailing.kind in _FOR_BEFORE and at >= when.local_start:
        message = (
            f"the {mailing.kind} {mailing.key} goes out at {at:%Y-%m-%d %H:%M}, when the event has begun"
        )
        yield loaded.finding("W107", path, message, "Send it before the start, as with -1d")
    if mailing.kind is MailingKind.FOLLOW_UP and at < when.local_end:
        message = f"the {mailing.kind} {mailing.key} goes out at {at:%Y-%m-%d %H:%M}, before the end"
        yield loaded.finding("W107", path, message, "Send it after the end, as with end+1d")


def _day(at: date) -> date:
    return at.date() if isinstance(at, datetime) else at
