"""What statistics say, in the words of one language: sections with sentences and rows, for any output to show."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING

from attrs import field, frozen

from briefingkit.registrations.form import FieldType
from briefingkit.registrations.labels import Label, Named, words
from briefingkit.registrations.registration import RegistrationStatus
from briefingkit.registrations.statistics.values import Breakdown, Count, Demand, Statistics, Verdict
from briefingkit.text.cldr import locale_for
from briefingkit.text.dates import format_date
from briefingkit.text.durations import format_duration
from briefingkit.text.language import display_name
from briefingkit.text.phrases import msgid, phrase

if TYPE_CHECKING:
    from briefingkit.registrations.statistics.values import AttendanceStatistics

__all__ = ["Row", "Section", "Shape", "label_in_words", "language_in_words", "number", "percent", "sections"]

_MOST_DAYS, _MOST_WEEKS, _MOST_MONTHS = 31, 26, 60  # bars that are still told apart on a telephone
_WEEK = timedelta(days=7)
_STATUSES = {
    RegistrationStatus.CONFIRMED: msgid("Confirmed registrations"),
    RegistrationStatus.PENDING: msgid("Pending registrations"),
    RegistrationStatus.WAITLISTED: msgid("On the waiting list"),
    RegistrationStatus.CANCELLED: msgid("Cancelled registrations"),
}
_VERDICTS = {
    Verdict.BOOK: msgid("{language}: {count} of {total}, book the booth"),
    Verdict.PLANNED: msgid("{language}: {count} of {total}, interpretation is planned"),
    Verdict.FEW: msgid("{language}: {count} of {total}, fewer than {threshold}"),
}
_BOOK_SIGNERS = msgid("{language}: {count} of {total}, book the interpreters")


class Shape(StrEnum):
    """How the rows of a section are drawn."""

    BARS = "bars"
    """One bar a row, the longest label beside it."""
    TIME = "time"
    """Rows follow each other in time."""
    TABLE = "table"
    """Not drawn at all."""


@frozen
class Row:
    """One line: what, how many, and what is to be said beside it. `short` is what fits under a bar."""

    label: str
    count: int
    note: str = ""
    short: str = ""


@frozen
class Section:
    """One thing that is looked at: sentences, then rows of which each is a part of `total`.

    `minor` rows stand in the table and are not drawn: those who said nothing, and what is summed up.
    """

    key: str
    heading: str
    sentences: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    minor: tuple[Row, ...] = ()
    total: int = 0
    shape: Shape = Shape.BARS
    alert: bool = field(default=False)


def number(value: float, language: str) -> str:
    """Write a number as the language does, with at most two decimals and digits from 0 to 9."""
    from babel.numbers import format_decimal

    return format_decimal(value, format="#,##0.##", locale=locale_for(language)).replace("\u202f", "\u00a0")


def percent(count: int, total: int, language: str) -> str:
    """Write a share in whole per cent; nothing of nothing is nothing."""
    from babel.numbers import format_percent

    share = count / total if total else 0
    return format_percent(share, format="#,##0%", locale=locale_for(language)).replace("\u202f", "\u00a0")


def language_in_words(tag: str | None, language: str) -> str:
    """Name a language as a heading does; None is one that is not known."""
    return phrase("Unknown language", language) if tag is None else _capital(display_name(tag, language))


def label_in_words(label: Label, language: str) -> str:
    """Say a label as it stands in a list."""
    said = words(label, language)
    return _capital(said) if isinstance(label, Named) and label.kind == "language" else said


def sections(statistics: Statistics, language: str) -> tuple[Section, ...]:
    """Say statistics in a language (BCP 47), the most urgent first; what there is nothing to say of is left out."""
    made = (
        _statuses(statistics, language),
        *([_attendance(statistics.attendance, language)] if statistics.attendance else []),
        _demand(statistics.demand, language),
        _days(statistics.days, language),
        _broken_down("languages", msgid("By language"), statistics.languages, statistics, language),
        _broken_down(
            "countries", msgid("By country or territory"), statistics.countries, statistics, language
        ),
        _broken_down(
            "organizations", msgid("By organisation"), statistics.organizations, statistics, language
        ),
        _segments(statistics, language),
        *_questions(statistics, language),
        _written(statistics, language),
    )
    return tuple(section for section in made if section.rows or section.sentences)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _statuses(statistics: Statistics, language: str) -> Section:
    rows = tuple(
        Row(phrase(name, language), statistics.statuses.get(status.value, 0))
        for status, name in _STATUSES.items()
    )
    said = []
    if statistics.capacity is not None:
        said.append(
            _of(msgid("{count} of {total} places are taken"), statistics.taken, statistics.capacity, language)
        )
    if statistics.accessibility:
        told = msgid("People who have written what they need in order to take part: {count}")
        said.append(phrase(told, language, count=number(statistics.accessibility, language)))
    if statistics.erased:
        gone = msgid("Erased registrations, which are counted nowhere else: {count}")
        said.append(phrase(gone, language, count=number(statistics.erased, language)))
    heading = phrase("Registrations", language)
    return Section("statuses", heading, tuple(said), rows, total=statistics.total)


def _of(msgid: str, count: int, total: int, language: str) -> str:
    return phrase(msgid, language, count=number(count, language), total=number(total, language))


def _attendance(attendance: "AttendanceStatistics", language: str) -> Section:
    expected, attended = attendance.expected, attendance.attended
    said = [_of(msgid("{count} of {total} attended"), attended, expected, language)]
    if attendance.minutes is not None:
        mean = format_duration(timedelta(minutes=round(attendance.minutes)), language)
        said.append(phrase("Average time in the meeting: {duration}", language, duration=mean))
    if attendance.unexpected:
        came = msgid("People who had cancelled and attended: {count}")
        said.append(phrase(came, language, count=number(attendance.unexpected, language)))
    rows = (
        Row(phrase("Attended", language), attended),
        Row(phrase("Did not attend", language), expected - attended),
    )
    return Section("attendance", phrase("Attendance", language), tuple(said), rows, total=expected)


def _demand(demands: Iterable[Demand], language: str) -> Section:
    held = tuple(demands)
    rows = tuple(Row(language_in_words(each.language, language), each.count) for each in held)
    said = tuple(_verdict(each, language) for each in held)
    total, urgent = (held[0].of if held else 0), any(each.verdict is Verdict.BOOK for each in held)
    return Section(
        "interpretation", phrase("Interpretation needed", language), said, rows, total=total, alert=urgent
    )


def _verdict(demand: Demand, language: str) -> str:
    said = _VERDICTS[demand.verdict]
    if demand.verdict is Verdict.BOOK and "Sign" in display_name(demand.language, "en").split():
        said = _BOOK_SIGNERS
    values = {
        "language": language_in_words(demand.language, language),
        "count": number(demand.count, language),
        "total": number(demand.of, language),
    }
    if demand.verdict is Verdict.FEW:
        values["threshold"] = number(demand.threshold, language)
    return phrase(said, language, **values)


def _days(days: tuple[tuple[date, int], ...], language: str) -> Section:
    """Show days where they fit, else weeks (named by their Monday), else months; empty ones too."""
    if not days:
        return Section("days", "")
    first, last = days[0][0], days[-1][0]
    if (last - first).days < _MOST_DAYS:
        heading = phrase("Registrations by day", language)
        starts = [first + timedelta(days=step) for step in range((last - first).days + 1)]
        grouped = dict(days)
    elif (last - first).days < _MOST_WEEKS * 7:
        heading = phrase("Registrations by week, from Monday", language)
        starts = [
            _monday(first) + step * _WEEK for step in range((_monday(last) - _monday(first)) // _WEEK + 1)
        ]
        grouped = {
            start: sum(n for _, n in some) for start, some in groupby(days, lambda day: _monday(day[0]))
        }
    else:
        heading = phrase("Registrations by month", language)
        grouped = {
            start: sum(n for _, n in some) for start, some in groupby(days, lambda day: day[0].replace(day=1))
        }
        # A slip in a file may be centuries away: then the months between are left out.
        starts = _months(first, last) if (last - first).days < _MOST_MONTHS * 31 else list(grouped)
    by_month = heading == phrase("Registrations by month", language)
    rows = tuple(_day_row(start, grouped.get(start, 0), language, by_month=by_month) for start in starts)
    return Section("days", heading, (), rows, total=sum(n for _, n in days), shape=Shape.TIME)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _months(first: date, last: date) -> list[date]:
    counted = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [date(month // 12, month % 12 + 1, 1) for month in counted]


def _day_row(start: date, count: int, language: str, *, by_month: bool) -> Row:
    from babel.dates import format_skeleton

    whole, short = ("yMMMM", "yM") if by_month else (None, "Md")
    locale = locale_for(language)
    label = format_date(start, language) if whole is None else format_skeleton(whole, start, locale=locale)
    return Row(label, count, short=format_skeleton(short, start, locale=locale))


def _broken_down(key: str, heading: str, told: Breakdown, statistics: Statistics, language: str) -> Section:
    if not told.counts:
        return Section(key, "")
    rows = tuple(_count_row(count, statistics, language) for count in told.counts)
    return Section(key, phrase(heading, language), (), rows, _minor(told, language), statistics.counted)


def _minor(told: Breakdown, language: str) -> tuple[Row, ...]:
    said = ((msgid("Others"), told.further), (msgid("No answer"), told.silent))
    return tuple(Row(phrase(name, language), count) for name, count in said if count)


def _count_row(count: Count, statistics: Statistics, language: str, label: str | None = None) -> Row:
    notes = []
    if not count.offered:
        notes.append(phrase("Not offered any more", language))
    if count.capacity is not None:
        free = _of(msgid("{count} of {total} places are taken"), count.count, count.capacity, language)
        notes.append(free)
    if count.waiting:
        notes.append(phrase("Waiting: {count}", language, count=number(count.waiting, language)))
    if statistics.attendance is not None:
        notes.append(phrase("Attended: {count}", language, count=number(count.attended, language)))
    return Row(label or label_in_words(count.label, language), count.count, " · ".join(notes))


def _segments(statistics: Statistics, language: str) -> Section:
    heading = msgid("By part of the programme")
    return _broken_down("segments", heading, statistics.segments, statistics, language)


def _questions(statistics: Statistics, language: str) -> Iterator[Section]:
    for question in statistics.questions:
        said = [_answered(question.breakdown.answered, statistics, language)]
        if question.mean is not None:
            said.append(phrase("Average: {number}", language, number=number(question.mean, language)))
        rows = tuple(
            _count_row(count, statistics, language, _day_label(question.type, count, language))
            for count in question.breakdown.counts
        )
        heading = label_in_words(question.label, language)
        minor = _minor(question.breakdown, language)
        yield Section(f"question-{question.key}", heading, tuple(said), rows, minor, statistics.counted)


def _answered(count: int, statistics: Statistics, language: str) -> str:
    return _of(msgid("Answered by {count} of {total}"), count, statistics.counted, language)


def _day_label(kind: FieldType, count: Count, language: str) -> str | None:
    if kind is not FieldType.DATE:
        return None
    try:
        return format_date(date.fromisoformat(count.key), language)
    except ValueError:  # what an older form took
        return None


def _written(statistics: Statistics, language: str) -> Section:
    rows = tuple(
        Row(
            " – ".join(
                label_in_words(label, language) for label in (each.about, each.label) if label is not None
            ),
            each.answered,
            " · ".join(
                f"{language_in_words(tag, language)}: {number(count, language)}"
                for tag, count in each.languages.items()
            ),
        )
        for each in statistics.written
        if each.asked or each.answered
    )
    heading = phrase("Answers in words", language)
    return Section("written", heading, (), rows, total=statistics.counted, shape=Shape.TABLE)
