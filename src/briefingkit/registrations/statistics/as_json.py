"""Statistics as JSON, for programs: keys and numbers, with what each key is called in one language."""

from typing import Any

from briefingkit.registrations.codec import iso
from briefingkit.registrations.statistics.values import (
    AttendanceStatistics,
    Breakdown,
    Count,
    Demand,
    QuestionStatistics,
    Statistics,
    WrittenAnswers,
)
from briefingkit.registrations.statistics.words import label_in_words

__all__ = ["statistics_json"]


def statistics_json(statistics: Statistics, language: str) -> dict[str, Any]:
    """Give statistics as JSON; `as_of` is in UTC, and days are days of `timezone`."""
    attendance = statistics.attendance
    return {
        "briefing": statistics.briefing,
        "as_of": iso(statistics.at),
        "timezone": statistics.timezone,
        "total": statistics.total,
        "counted": statistics.counted,
        "erased": statistics.erased,
        "statuses": dict(statistics.statuses),
        "capacity": statistics.capacity,
        "taken": statistics.taken,
        "attendance": None if attendance is None else _attendance(attendance),
        "interpretation": [_demand(each) for each in statistics.demand],
        "days": [{"day": day.isoformat(), "count": count} for day, count in statistics.days],
        "languages": _breakdown(statistics.languages, language),
        "countries": _breakdown(statistics.countries, language),
        "organizations": _breakdown(statistics.organizations, language),
        "segments": _breakdown(statistics.segments, language),
        "questions": [_question(each, language) for each in statistics.questions],
        "written": [_written(each, language) for each in statistics.written],
        "accessibility": statistics.accessibility,
    }


def _attendance(attendance: AttendanceStatistics) -> dict[str, Any]:
    return {
        "expected": attendance.expected,
        "attended": attendance.attended,
        "unexpected": attendance.unexpected,
        "timed": attendance.timed,
        "minutes": attendance.minutes,
    }


def _demand(demand: Demand) -> dict[str, Any]:
    return {
        "language": demand.language,
        "count": demand.count,
        "of": demand.of,
        "threshold": demand.threshold,
        "planned": demand.planned,
        "verdict": demand.verdict.value,
    }


def _question(question: QuestionStatistics, language: str) -> dict[str, Any]:
    return {
        "key": question.key,
        "label": label_in_words(question.label, language),
        "type": question.type.value,
        "mean": question.mean,
        **_breakdown(question.breakdown, language),
    }


def _written(answers: WrittenAnswers, language: str) -> dict[str, Any]:
    return {
        "key": answers.key,
        "label": label_in_words(answers.label, language),
        "about": None if answers.about is None else label_in_words(answers.about, language),
        "guiding": answers.guiding,
        "asked": answers.asked,
        "answered": answers.answered,
        "languages": [{"language": tag, "count": count} for tag, count in answers.languages.items()],
    }


def _breakdown(told: Breakdown, language: str) -> dict[str, Any]:
    return {
        "answered": told.answered,
        "silent": told.silent,
        "further": told.further,
        "counts": [_count(each, language) for each in told.counts],
    }


def _count(count: Count, language: str) -> dict[str, Any]:
    return {
        "key": count.key,
        "label": label_in_words(count.label, language),
        "count": count.count,
        "attended": count.attended,
        "capacity": count.capacity,
        "waiting": count.waiting,
        "offered": count.offered,
    }
