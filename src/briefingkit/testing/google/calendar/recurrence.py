"""The instances of a recurring event, by RFC 5545's rules; what was changed in one instance alone is not kept.

Source: "Recurring events" (developers.google.com/workspace/calendar/api/guides/recurringevents) and the descriptions of
`recurrence`, `recurringEventId` and `originalStartTime` in the discovery document.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from briefingkit.testing.google.calendar.times import in_zone, span_of
from briefingkit.testing.google.refusal import invalid

__all__ = ["instances"]

_MOST = 730
"""How many instances are made of a rule without an end."""


def instances(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the instances of a recurring event, in order; of any other, the event itself."""
    if "recurrence" not in event:
        yield event
        return
    length = span_of(event["end"]) - span_of(event["start"])
    for start in islice(_starts(event), _MOST):
        name = "date" if "date" in event["start"] else "dateTime"
        yield {
            **{key: value for key, value in event.items() if key != "recurrence"},
            "id": f"{event['id']}_{start:{'%Y%m%d' if name == 'date' else '%Y%m%dT%H%M%SZ'}}",
            "recurringEventId": event["id"],
            "originalStartTime": _said(event["start"], start),
            "start": _said(event["start"], start),
            "end": _said(event["end"], start + length),
        }


def _starts(event: dict[str, Any]) -> Iterator[datetime]:
    """Give the instants at which instances start: a rule goes by the clock of the event's own zone."""
    from dateutil.rrule import rrulestr  # type: ignore[import-untyped]  # icalendar brings it

    kept = event["start"]
    zone = None if "date" in kept else kept["timeZone"]
    first = datetime.fromisoformat(kept["date"]) if zone is None else in_zone(kept["dateTime"], zone)
    lines = [f"DTSTART:{first.replace(tzinfo=None):%Y%m%dT%H%M%S}", *event["recurrence"]]
    try:
        rule = rrulestr("\n".join(lines), forceset=True, ignoretz=True)
    except ValueError:
        raise invalid("Invalid recurrence rule.", "recurrence") from None
    for local in rule:
        yield local.replace(tzinfo=UTC if zone is None else first.tzinfo).astimezone(UTC)


def _said(like: dict[str, Any], at: datetime) -> dict[str, Any]:
    if "date" in like:
        return {"date": f"{at:%Y-%m-%d}"}
    return {**like, "dateTime": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
