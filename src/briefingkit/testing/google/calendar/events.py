"""The methods of `events` that read or write one event.

Sources: the descriptions of the methods, of their parameters and of Event's fields in the discovery document; "Handle API
errors" and "Performance tips" among the guides; the rules about tombstones are described at `status`.
"""

import re
from typing import Any

from attrs import frozen

from briefingkit.testing.google.calendar.access import find_calendar, role_of
from briefingkit.testing.google.calendar.conferences import read_conference, settle
from briefingkit.testing.google.calendar.content import OWN_BY_SERVER, clean, merge
from briefingkit.testing.google.calendar.invitations import announce
from briefingkit.testing.google.calendar.times import say
from briefingkit.testing.google.calendar.world import HeldCalendar, World, stamp
from briefingkit.testing.google.call import Answer, Call, Caller, Rules
from briefingkit.testing.google.refusal import Refusal, invalid, not_found

__all__ = ["Seen", "cancel", "check_match", "rules", "store", "view"]

_ID = re.compile(r"[a-v0-9]{5,1024}\Z")
_QUIET = {"reminders", "etag", "updated"}
_TIMES = ("start", "end", "recurrence")
_BUSY = ("kind", "etag", "id", "status", "start", "end", "transparency", "visibility", "updated", "iCalUID")


@frozen
class Seen:
    """How an event is shown: to whom, in which zone, with how many guests."""

    email: str
    role: str
    timezone: str
    most: int | None = None


def view(event: dict[str, Any], calendar: HeldCalendar, seen: Seen) -> dict[str, Any]:
    """Give an event as somebody sees it."""
    shown = dict(event)
    for name in ("start", "end", "originalStartTime"):
        if name in shown:
            shown[name] = say(shown[name], seen.timezone)
    hidden = event.get("visibility") in {"private", "confidential"} and seen.role in {
        "reader",
        "writerWithoutPrivateAccess",
    }
    if hidden or seen.role == "freeBusyReader":
        return {name: shown[name] for name in _BUSY if name in shown}
    if shown.get("creator", {}).get("email") != seen.email:
        shown.pop("source", None)  # "Can only be seen or modified by the creator of the event."
    for name in ("creator", "organizer"):
        if shown.get(name, {}).get("email") == calendar.id:
            shown[name] = {**shown[name], "self": True}
    if seen.most is not None and len(shown.get("attendees", ())) > seen.most:
        shown["attendees"] = [each for each in shown["attendees"] if each.get("self")]
        shown["attendeesOmitted"] = True
    return shown


def seen_by(world: World, calendar: HeldCalendar, call: Call) -> Seen:
    """Say how a call sees a calendar's events."""
    return Seen(
        call.caller.email,
        role_of(world, calendar, call.caller.email),
        call.query.get("timeZone", calendar.timezone),
        call.query.get("maxAttendees"),
    )


def store(
    world: World, calendar: HeldCalendar, event: dict[str, Any], old: dict[str, Any] | None
) -> dict[str, Any]:
    """Write an event that is clean; gives it as it then is. What changes nothing makes no new version."""
    if old is not None and _without(event, {"etag", "updated", "sequence"}) == _without(
        old, {"etag", "updated", "sequence"}
    ):
        return old
    change, etag = world.change()
    now = stamp(world.now())
    loud = old is None or _without(event, {*_QUIET, "sequence"}) != _without(old, {*_QUIET, "sequence"})
    moved = old is not None and any(event.get(name) != old.get(name) for name in _TIMES)
    held = old or {}
    event = {
        "kind": "calendar#event",
        **event,
        "etag": etag,
        "updated": now if loud else held["updated"],
        "sequence": max(event.get("sequence", 0), held.get("sequence", 0) + moved),
    }
    calendar.events.put(event["id"], event, change)
    calendar.updated = now
    return event


def _without(event: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name not in names}


def cancel(world: World, calendar: HeldCalendar, event: dict[str, Any]) -> dict[str, Any]:
    """Delete an event: it stays, as a tombstone."""
    return store(world, calendar, {**event, "status": "cancelled"}, event)


def fill(world: World, calendar: HeldCalendar, event: dict[str, Any], caller: Caller) -> dict[str, Any]:
    """Give a new event what the server gives it: an id, its maker, its address."""
    name = event.get("id") or world.name("event")[:26].translate(str.maketrans("wxyz", "0123"))
    return {
        **event,
        "id": name,
        "iCalUID": event.get("iCalUID") or f"{name}@google.com",
        "created": stamp(world.now()),
        "creator": {"email": caller.email},
        "organizer": event.get("organizer") or _organizer(calendar),
        "htmlLink": f"https://www.google.com/calendar/event?eid={name}",
        "eventType": "default",
    }


def _organizer(calendar: HeldCalendar) -> dict[str, Any]:
    named = {} if calendar.primary else {"displayName": calendar.body["summary"]}
    return {"email": calendar.id, **named}


def check_match(call: Call, etag: str) -> None:
    """Raise a Refusal, 412, where If-Match names another version than the one that is there."""
    asked = call.headers.get("if-match", "*")
    if asked != "*" and etag not in [each.strip() for each in asked.split(",")]:
        raise Refusal(
            412,
            "conditionNotMet",
            "Precondition Failed",
            location="If-Match",
            location_type="header",
        )


def rules(world: World) -> Rules:
    """Give the rules of these methods."""

    def answer(calendar: HeldCalendar, event: dict[str, Any], call: Call) -> Answer:
        return Answer(view(event, calendar, seen_by(world, calendar, call)))

    def get(call: Call) -> Answer:
        calendar = find_calendar(world, call, "freeBusyReader")
        event = _find(calendar, call.path["eventId"])
        settled = dict(event)
        if settle(world, settled, (calendar.id, event["id"])):
            event = store(world, calendar, _with_link(settled), event)
        return answer(calendar, event, call)

    def insert(call: Call) -> Answer:
        calendar = find_calendar(world, call, "writerWithoutPrivateAccess")
        given = dict(call.body)
        if "organizer" in given:
            del given["organizer"]
        _check_new_id(calendar, given)
        event = fill(world, calendar, given, call.caller)
        event = _gated(world, calendar, event, None, call)
        event = store(world, calendar, clean(world, calendar, event, None, call.caller), None)
        announce(world, calendar, None, event, call)
        return answer(calendar, event, call)

    def write(call: Call, *, whole: bool) -> Answer:
        calendar = find_calendar(world, call, "writerWithoutPrivateAccess")
        old = _find(calendar, call.path["eventId"])
        check_match(call, old["etag"])
        given = {
            name: value for name, value in call.body.items() if name not in {"organizer", "etag", "kind"}
        }
        _check_same(given, old)
        event = {**given, **{name: old[name] for name in OWN_BY_SERVER}} if whole else merge(old, given)
        if whole and "sequence" not in given:
            event["sequence"] = old["sequence"]
        _check_sequence(event, old)
        event = _gated(world, calendar, event, old, call)
        event = _only_response(event, old, call)
        event = store(world, calendar, clean(world, calendar, event, old, call.caller), old)
        announce(world, calendar, old, event, call)
        return answer(calendar, event, call)

    def delete(call: Call) -> Answer:
        calendar = find_calendar(world, call, "writerWithoutPrivateAccess")
        old = _find(calendar, call.path["eventId"])
        if old["status"] == "cancelled":
            raise Refusal(410, "deleted", "Resource has been deleted")
        check_match(call, old["etag"])
        event = cancel(world, calendar, old)
        announce(world, calendar, old, event, call)
        return Answer()

    def import_(call: Call) -> Answer:
        calendar = find_calendar(world, call, "writerWithoutPrivateAccess")
        given = {name: value for name, value in call.body.items() if name != "id"}
        same = [each for each in calendar.events if each["iCalUID"] == given["iCalUID"]]
        old = same[0] if same else None
        if old is not None:
            _check_sequence({"sequence": 0, **given}, old)
        event = {**given, "id": old["id"]} if old is not None else given
        event = {**fill(world, calendar, event, call.caller), "privateCopy": True}
        event = _gated(world, calendar, event, old, call)
        event = clean(world, calendar, event, old, call.caller)
        return answer(calendar, store(world, calendar, event, old), call)

    def move(call: Call) -> Answer:
        calendar = find_calendar(world, call, "writer")
        old = _find(calendar, call.path["eventId"])
        from attrs import evolve

        there = find_calendar(world, evolve(call, path={"calendarId": call.query["destination"]}), "writer")
        moved = store(world, there, {**old, "organizer": _organizer(there)}, None)
        cancel(world, calendar, old)
        return answer(there, moved, call)

    return {
        "calendar.events.get": get,
        "calendar.events.insert": insert,
        "calendar.events.patch": lambda call: write(call, whole=False),
        "calendar.events.update": lambda call: write(call, whole=True),
        "calendar.events.delete": delete,
        "calendar.events.import": import_,
        "calendar.events.move": move,
    }


def _find(calendar: HeldCalendar, name: str) -> dict[str, Any]:
    event = calendar.events.get(name)
    if event is None:
        raise not_found()
    return event


def _check_new_id(calendar: HeldCalendar, given: dict[str, Any]) -> None:
    if given.get("id") is not None and given.get("iCalUID") is not None:
        raise invalid("Only one of id and iCalUID should be supplied at event creation time.", "iCalUID")
    if "id" in given and _ID.match(given["id"]) is None:
        raise invalid("Invalid resource id value.", "id")
    same_uid = "iCalUID" in given and any(each["iCalUID"] == given["iCalUID"] for each in calendar.events)
    if given.get("id") in calendar.events.held or same_uid:
        raise Refusal(409, "duplicate", "The requested identifier already exists.")


def _check_same(given: dict[str, Any], old: dict[str, Any]) -> None:
    for name in ("id", "iCalUID", "eventType"):
        if given.get(name, old[name]) != old[name]:
            raise invalid(f"{name} cannot be changed.", name)


def _check_sequence(event: dict[str, Any], old: dict[str, Any]) -> None:
    if event.get("sequence", 0) < old["sequence"]:
        raise invalid(
            "Invalid sequence value. The specified sequence number is below the current sequence number of the "
            "resource. Re-fetch the resource and use its sequence number on the following request."
        )


def _gated(
    world: World, calendar: HeldCalendar, event: dict[str, Any], old: dict[str, Any] | None, call: Call
) -> dict[str, Any]:
    """Leave alone what the caller does not say that it knows of: attachments, conferences."""
    held = old or {}
    kept = dict(event)
    if not call.query.get("supportsAttachments"):
        _restore(kept, held, "attachments")
    if call.query.get("conferenceDataVersion", 0) == 0:
        _restore(kept, held, "conferenceData")
    else:
        place = calendar.id, event["id"]
        given = call.body.get("conferenceData", event.get("conferenceData"))
        conference = held.get("conferenceData")
        if given != conference:
            conference = read_conference(world, given, conference, call.caller, place)
        kept["conferenceData"] = conference or {}
    return _with_link(kept)


def _restore(event: dict[str, Any], held: dict[str, Any], name: str) -> None:
    event.pop(name, None)
    if name in held:
        event[name] = held[name]


def _with_link(event: dict[str, Any]) -> dict[str, Any]:
    """Keep `hangoutLink` in step with the conference."""
    kept = {name: value for name, value in event.items() if name != "hangoutLink"}
    for entry in (event.get("conferenceData") or {}).get("entryPoints", ()):
        if entry["entryPointType"] == "video" and "meet.google.com" in entry["uri"]:
            kept["hangoutLink"] = entry["uri"]
    return kept


def _only_response(event: dict[str, Any], old: dict[str, Any], call: Call) -> dict[str, Any]:
    """With `attendeesOmitted`, only the caller's own answer is written."""
    if not event.get("attendeesOmitted"):
        return event
    answers = {each.get("email"): each for each in event.get("attendees", ())}
    mine = answers.get(call.caller.email)
    held = [
        {**each, **mine} if mine is not None and each["email"] == call.caller.email else each
        for each in old.get("attendees", ())
    ]
    return {**_without(event, {"attendeesOmitted"}), "attendees": held}
