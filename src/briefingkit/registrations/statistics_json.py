"""Statistics as JSON, for programs: keys and numbers, with what each key is called in one language."""

from typing import Any

from briefingkit.registrations.codec import iso
from briefingkit.registrations.statistics import Breakdown, Count, Statistics
from briefingkit.registrations.statistics_words import label_in_words

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
        "attendance": None
        if attendance is None
        else {
            "expected": attendance.expected,
            "attended": attendance.attended,
            "unexpected": attendance.unexpected,
            "timed": attendance.timed,
            "minutes": attendance.minutes,
        },
        "interpretation": [
            {
                "language": each.language,
                "count": each.count,
                "of": each.of,
                "threshold": each.threshold,
                "planned": each.planned,
                "verdict": each.verdict.value,
            }
            for each in statistics.demand
        ],
        "days": [{"day": day.isoformat(), "count": count} for day, count in statistics.days],
        "languages": _breakdown(statistics.languages, language),
        "countries": _breakdown(statistics.countries, language),
        "organizations": _breakdown(statistics.organizations, language),
        "segments": _breakdown(statistics.segments, language),
        "questions": [
            {
                "key": each.key,
                "label": label_in_words(each.label, language),
                "type": each.type.value,
                "mean": each.mean,
                **_breakdown(each.breakdown, language),
            }
            for each in statistics.questions
        ],
        "written": [
            {
                "key": each.key,
                "label": label_in_words(each.label, language),
                "about": None if each.about is None else label_in_words(each.about, language),
                "guiding": each.guiding,
                "asked": each.asked,
                "answered": each.answered,
                "languages": [{"language": tag, "count": count} for tag, count in each.languages.items()],
            }
            for each in statistics.written
        ],
        "accessibility": statistics.accessibility,
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
