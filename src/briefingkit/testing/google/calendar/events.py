"""Events as they are kept, and as each caller sees them.

Source: the descriptions of Event's fields, and of the parameters `timeZone` and `maxAttendees`, in the discovery
document.
"""

from typing import Any

from attrs import frozen

from briefingkit.testing.google.calendar.access import role_of
from briefingkit.testing.google.calendar.times import check_zone, say
from briefingkit.testing.google.calendar.world import HeldCalendar, World, stamp
from briefingkit.testing.google.call import Answer, Call, Caller
from briefingkit.testing.google.refusal import Refusal, not_found

__all__ = [
    "Seen",
    "cancel",
    "check_match",
    "find_event",
    "found",
    "organizer_of",
    "seen_by",
    "show",
    "store",
    "view",
    "without",
]

_QUIET = {"reminders", "etag", "updated", "sequence"}
"""What changes without `updated` being changed."""
_TIMES = ("start", "end", "recurrence")
_BUSY = ("kind", "etag", "id", "status", "start", "end", "transparency", "visibility", "updated", "iCalUID")


@frozen
class Seen:
    """How an event is shown: to whom, in which zone, with how many guests at most."""

    email: str
    role: str
    timezone: str
    most: int | None = None


def seen_by(world: World, calendar: HeldCalendar, call: Call) -> Seen:
    """Say how a call sees a calendar's events. Raises a Refusal, 400, for a zone that is none."""
    zone = call.query.get("timeZone", calendar.timezone)
    check_zone(zone, "the response")
    role = role_of(world, calendar, call.caller.email)
    return Seen(call.caller.email, role, zone, call.query.get("maxAttendees"))


def view(event: dict[str, Any], calendar: HeldCalendar, seen: Seen) -> dict[str, Any]:
    """Give an event as somebody sees it."""
    shown = dict(event)
    for name in ("start", "end", "originalStartTime"):
        if name in shown:
            shown[name] = say(shown[name], seen.timezone)
    details = event.get("visibility", "default") not in {"private", "confidential"} or seen.role in {
        "writer",
        "owner",
    }
    if not details or seen.role == "freeBusyReader":
        return {name: shown[name] for name in _BUSY if name in shown}
    if shown.get("creator", {}).get("email") != seen.email:
        shown.pop("source", None)  # "Can only be seen or modified by the creator of the event."
    for name in ("creator", "organizer"):
        if shown.get(name, {}).get("email") == calendar.id:
            shown[name] = {**shown[name], "self": True}
    if seen.most is not None and len(shown.get("attendees", ())) > seen.most:
        shown["attendees"] = [each for each in shown["attendees"] if each["email"] == seen.email]
        shown["attendeesOmitted"] = True
    return shown


def show(world: World, calendar: HeldCalendar, event: dict[str, Any], call: Call) -> Answer:
    """Answer a call with an event."""
    return Answer(view(event, calendar, seen_by(world, calendar, call)))


def find_event(calendar: HeldCalendar, name: str) -> dict[str, Any]:
    """Find an event, a tombstone too. Raises a Refusal, 404."""
    event = calendar.events.get(name)
    if event is None:
        raise not_found()
    return event


def found(world: World, calendar: HeldCalendar, event: dict[str, Any], caller: Caller) -> dict[str, Any]:
    """Give a new event what the server gives it: an id, its maker, its address."""
    name = event.get("id") or world.name("event")[:26]
    return {
        **event,
        "kind": "calendar#event",
        "id": name,
        "iCalUID": event.get("iCalUID") or f"{name}@google.com",
        "created": stamp(world.now()),
        "creator": {"email": caller.email},
        "organizer": event.get("organizer") or organizer_of(calendar),
        "htmlLink": f"https://www.google.com/calendar/event?eid={name}",
        "eventType": event.get("eventType", "default"),
    }


def organizer_of(calendar: HeldCalendar) -> dict[str, Any]:
    """Say who organizes what is made in a calendar: the calendar itself."""
    named = {} if calendar.primary else {"displayName": calendar.body["summary"]}
    return {"email": calendar.id, **named}


def store(
    world: World, calendar: HeldCalendar, event: dict[str, Any], old: dict[str, Any] | None
) -> dict[str, Any]:
    """Write an event that is clean; gives it as it then is. What changes nothing makes no new version."""
    same = {"etag", "updated", "sequence"}
    held = old or {}
    risen = event.get("sequence", 0) > held.get("sequence", 0)
    if old is not None and not risen and without(event, same) == without(old, same):
        return old
    change, etag = world.change()
    loud = old is None or without(event, _QUIET) != without(old, _QUIET)
    moved = old is not None and any(event.get(name) != old.get(name) for name in _TIMES)
    event = {
        **event,
        "etag": etag,
        "updated": stamp(world.now()) if loud else held["updated"],
        "sequence": max(event.get("sequence", 0), held.get("sequence", 0) + moved),
    }
    calendar.events.put(event["id"], event, change)
    calendar.updated = stamp(world.now())
    return event


def without(event: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """Give an event without some of its fields."""
    return {name: value for name, value in event.items() if name not in names}


def cancel(world: World, calendar: HeldCalendar, event: dict[str, Any]) -> dict[str, Any]:
    """Delete an event: it stays, as a tombstone."""
    return store(world, calendar, {**event, "status": "cancelled"}, event)


def check_match(call: Call, etag: str) -> None:
    """Raise a Refusal, 412, where If-Match names another version than the one that is there.

    Source: developers.google.com/workspace/calendar/api/guides/version-resources.
    """
    asked = call.headers.get("if-match", "*")
    if asked != "*" and etag not in [each.strip() for each in asked.split(",")]:
        raise Refusal(
            412, "conditionNotMet", "Precondition Failed", location="If-Match", location_type="header"
        )
