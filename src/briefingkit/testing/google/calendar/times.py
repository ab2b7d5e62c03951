"""The times of events: what may be said, and how Google says it back.

Source: the descriptions of EventDateTime in the discovery document. The messages are those that the API gives.
"""

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from briefingkit.testing.google.refusal import Refusal, required

__all__ = ["check_zone", "in_zone", "read_instant", "read_span", "say", "span_of"]


def _invalid(message: str) -> Refusal:
    return Refusal(400, "invalid", message)


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return None


def check_zone(name: str, where: str) -> None:
    """Raise a Refusal, 400, unless it is an IANA zone."""
    if _zone(name) is None:
        raise _invalid(f"Invalid time zone definition for {where}.")


@lru_cache(maxsize=65536)
def read_instant(text: str) -> datetime:
    """Read an RFC 3339 time with an offset."""
    return datetime.fromisoformat(text.upper()).astimezone(UTC)


def read_span(
    start: dict[str, Any], end: dict[str, Any], zone: str, *, recurring: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read start and end as they are kept: a date, or an instant in UTC with its zone. Raises a Refusal, 400."""
    kept = _read(start, "start", zone, recurring=recurring), _read(end, "end", zone, recurring=recurring)
    if ("date" in kept[0]) != ("date" in kept[1]):
        raise _invalid("Start and end times must either both be date or both be dateTime.")
    first, last = span_of(kept[0]), span_of(kept[1])
    if last < first:
        raise Refusal(400, "timeRangeEmpty", "The specified time range is empty.", domain="calendar")
    return kept


def _read(given: dict[str, Any], name: str, zone: str, *, recurring: bool) -> dict[str, Any]:
    day, time = given.get("date"), given.get("dateTime")
    own = given.get("timeZone")
    if day is not None and time is not None:
        raise _invalid(f"Invalid {name} time.")
    if own is not None:
        check_zone(own, f"{name} time")
    if day is not None:
        try:
            date.fromisoformat(day)
        except ValueError:
            raise _invalid(f"Invalid {name} time.") from None
        return {"date": day}
    if time is None:
        raise required(f"Missing {name} time.")
    return _read_time(time, name, zone, own, recurring=recurring)


def _read_time(time: str, name: str, zone: str, own: str | None, *, recurring: bool) -> dict[str, Any]:
    try:
        read = datetime.fromisoformat(time.upper())
    except ValueError:
        raise _invalid(f"Invalid {name} time.") from None
    if own is None and (recurring or read.tzinfo is None):
        raise required(f"Missing time zone definition for {name} time.")
    if read.tzinfo is None:
        read = read.replace(tzinfo=_zone(own or zone))
    instant = read.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    return {"dateTime": instant.isoformat() + "Z", "timeZone": own or zone}


def span_of(kept: dict[str, Any]) -> datetime:
    """Give the instant of a kept time; a day begins at midnight UTC."""
    if "date" in kept:
        return datetime.fromisoformat(kept["date"]).replace(tzinfo=UTC)
    return read_instant(kept["dateTime"])


def in_zone(text: str, zone: str) -> datetime:
    """Read a kept time as the clock of a zone shows it."""
    return read_instant(text).astimezone(_zone(zone))


@lru_cache(maxsize=65536)
def _said(text: str, zone: str) -> str:
    return in_zone(text, zone).isoformat().replace("+00:00", "Z")


def say(kept: dict[str, Any], zone: str) -> dict[str, Any]:
    """Say a time in the zone of the answer, with its own zone beside it.

    "Time zone used in the response. Optional. The default is the time zone of the calendar."
    """
    if "date" in kept:
        return dict(kept)
    return {"dateTime": _said(kept["dateTime"], zone), "timeZone": kept["timeZone"]}
