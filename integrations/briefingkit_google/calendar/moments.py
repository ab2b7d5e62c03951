"""Starts and ends as Google has them (EventDateTime): a day, or a local time with its zone.

The machine's own zone is never asked. A local time that clocks show twice carries its offset, for Google would have to
guess which of the two is meant; and one that clocks leave out is written as the time that they show instead.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from briefingkit.publish import Value
from briefingkit.text.zones import LocalKind, in_zone, instant, local_kind

__all__ = ["all_day", "canonical_moment", "moment_patch", "timed"]

_EMPTY: Final[Mapping[str, None]] = {"date": None, "dateTime": None, "timeZone": None}


def all_day(day: date) -> dict[str, Value]:
    """Write a day. An end is the day after the last one (Event.end is exclusive)."""
    return {"date": day.isoformat()}


def timed(moment: datetime, zone: str) -> dict[str, Value]:
    """Write an aware time as the clocks of an IANA zone show it, with the offset where they show that time twice.

    Raises TextError for an unknown zone.
    """
    there = in_zone(moment, zone)
    local = there.replace(tzinfo=None)
    unique = local_kind(local, zone) is LocalKind.UNIQUE
    return {"dateTime": (local if unique else there).isoformat(timespec="seconds"), "timeZone": zone}


def canonical_moment(raw: Any) -> Value:
    """Read a start or end in whatever zone Google answers; None where there is none.

    Google writes times in the calendar's zone and says beside them which zone the event has.
    """
    if not isinstance(raw, Mapping):
        return None
    if raw.get("date"):
        return {"date": str(raw["date"])}
    written, zone = raw.get("dateTime"), raw.get("timeZone") or "UTC"
    if not isinstance(written, str):
        return None
    try:
        moment = datetime.fromisoformat(written)
        return timed(moment if moment.tzinfo is not None else instant(moment, str(zone)), str(zone))
    except ValueError:  # also a TextError: a zone that this machine does not know yet
        return {"dateTime": _in_utc(written), "timeZone": str(zone)}


def moment_patch(value: Value) -> dict[str, Any]:
    """Write a start or end for a patch, which merges: what the other kind of moment has is taken away."""
    return {**_EMPTY, **(value if isinstance(value, Mapping) else {})}


def _in_utc(written: str) -> str:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return written
    return written if moment.tzinfo is None else moment.astimezone(UTC).isoformat(timespec="seconds")
