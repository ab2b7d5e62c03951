"""The methods of `events` that write one.

Sources: the descriptions of the methods, of their parameters and of Event's fields in the discovery document; "Handle
API errors" and "Performance tips" among the guides. What is said about `status` there are the rules about tombstones: a
deleted event stays, cancelled, its id is taken for ever, and an update makes it live again.
"""

import re
from functools import partial
from typing import Any

from attrs import evolve

from briefingkit.testing.google.calendar.access import find_calendar
from briefingkit.testing.google.calendar.conferences import link_of, read_conference
from briefingkit.testing.google.calendar.content import clean, merge
from briefingkit.testing.google.calendar.events import (
    cancel,
    check_match,
    find_event,
    found,
    organizer_of,
    show,
    store,
    without,
)
from briefingkit.testing.google.calendar.invitations import announce
from briefingkit.testing.google.calendar.world import HeldCalendar, World
from briefingkit.testing.google.call import Answer, Call
from briefingkit.testing.google.refusal import Refusal, invalid

__all__ = ["RULES"]

_ID = re.compile(r"[a-v0-9]{5,1024}\Z")
_LEAST = "writerWithoutPrivateAccess"
_FIXED = ("kind", "id", "iCalUID", "created", "creator", "organizer", "htmlLink", "eventType")
"""What an update cannot change."""


def _insert(world: World, call: Call) -> Answer:
    calendar = find_calendar(world, call, _LEAST)
    _check_new_id(calendar, call.body)
    event = found(world, calendar, without(call.body, {"organizer"}), call.caller)
    return _write(world, calendar, event, None, call)


def _change(world: World, call: Call, *, whole: bool) -> Answer:
    """Update or patch. An update wipes what it does not name."""
    calendar = find_calendar(world, call, _LEAST)
    old = find_event(calendar, call.path["eventId"])
    check_match(call, old["etag"])
    given = without(call.body, {"organizer", "etag", "kind"})
    for name in ("id", "iCalUID", "eventType"):
        if given.get(name, old[name]) != old[name]:
            raise invalid(f"{name} cannot be changed.", name)
    fixed = {name: old[name] for name in _FIXED}
    event = {"sequence": old["sequence"], **given, **fixed} if whole else merge(old, given)
    _check_sequence(event, old)
    return _write(world, calendar, _only_response(event, old, call), old, call)


def _write(
    world: World, calendar: HeldCalendar, event: dict[str, Any], old: dict[str, Any] | None, call: Call
) -> Answer:
    event = _gated(world, calendar, event, old or {}, call)
    event = store(world, calendar, clean(world, calendar, event, old, call.caller), old)
    announce(world, calendar, old, event, call)
    return show(world, calendar, event, call)


def _delete(world: World, call: Call) -> Answer:
    calendar = find_calendar(world, call, _LEAST)
    old = find_event(calendar, call.path["eventId"])
    if old["status"] == "cancelled":
        raise Refusal(410, "deleted", "Resource has been deleted")
    check_match(call, old["etag"])
    announce(world, calendar, old, cancel(world, calendar, old), call)
    return Answer()


def _import(world: World, call: Call) -> Answer:
    """Make a private copy, or bring one up to date; an older sequence is refused."""
    calendar = find_calendar(world, call, _LEAST)
    given = without(call.body, {"id"})
    same = [each for each in calendar.events if each["iCalUID"] == given["iCalUID"]]
    old = same[0] if same else None
    if old is not None:
        _check_sequence(given, old)
        given = {**given, "id": old["id"]}
    event = {**found(world, calendar, given, call.caller), "privateCopy": True}
    event = _gated(world, calendar, event, old or {}, call)
    return show(
        world, calendar, store(world, calendar, clean(world, calendar, event, old, call.caller), old), call
    )


def _move(world: World, call: Call) -> Answer:
    calendar = find_calendar(world, call, "writer")
    old = find_event(calendar, call.path["eventId"])
    there = find_calendar(world, evolve(call, path={"calendarId": call.query["destination"]}), "writer")
    if old["id"] in there.events:
        raise Refusal(409, "duplicate", "The requested identifier already exists.")
    moved = store(world, there, {**old, "organizer": organizer_of(there)}, None)
    cancel(world, calendar, old)
    return show(world, there, moved, call)


def _check_new_id(calendar: HeldCalendar, given: dict[str, Any]) -> None:
    name, uid = given.get("id"), given.get("iCalUID")
    if name is not None and uid is not None:
        raise invalid("Only one of id and iCalUID should be supplied at event creation time.", "iCalUID")
    if name is not None and _ID.match(name) is None:
        raise invalid("Invalid resource id value.", "id")
    taken = name in calendar.events if name is not None else False
    if taken or (uid is not None and any(each["iCalUID"] == uid for each in calendar.events)):
        raise Refusal(409, "duplicate", "The requested identifier already exists.")


def _check_sequence(event: dict[str, Any], old: dict[str, Any]) -> None:
    if event.get("sequence", 0) < old["sequence"]:
        raise invalid(
            "Invalid sequence value. The specified sequence number is below the current sequence number of the "
            "resource. Re-fetch the resource and use its sequence number on the following request."
        )


def _gated(
    world: World, calendar: HeldCalendar, event: dict[str, Any], held: dict[str, Any], call: Call
) -> dict[str, Any]:
    """Leave alone what the caller does not say that it knows of, or may not touch."""
    if not call.query.get("supportsAttachments"):
        event = _restored(event, held, "attachments")
    if held and held["creator"]["email"] != call.caller.email:
        event = _restored(event, held, "source")
    if call.query.get("conferenceDataVersion", 0) == 0:
        event = _restored(event, held, "conferenceData")
    else:
        conference = held.get("conferenceData")
        given = call.body.get("conferenceData", event.get("conferenceData"))
        if given != conference:
            place = calendar.id, event["id"]
            conference = read_conference(world, given, conference, call.caller, place)
        event = {**event, "conferenceData": conference or {}}
    return {**without(event, {"hangoutLink"}), **link_of(event)}


def _restored(event: dict[str, Any], held: dict[str, Any], name: str) -> dict[str, Any]:
    rest = without(event, {name})
    return {**rest, name: held[name]} if name in held else rest


def _only_response(event: dict[str, Any], old: dict[str, Any], call: Call) -> dict[str, Any]:
    """With `attendeesOmitted`, only the caller's own answer is written."""
    if not event.get("attendeesOmitted"):
        return event
    mine = [each for each in event.get("attendees", ()) if each.get("email") == call.caller.email]
    held = [
        {**each, **mine[0]} if mine and each["email"] == call.caller.email else each
        for each in old.get("attendees", ())
    ]
    return {**without(event, {"attendeesOmitted"}), "attendees": held}


RULES = {
    "calendar.events.insert": _insert,
    "calendar.events.patch": partial(_change, whole=False),
    "calendar.events.update": partial(_change, whole=True),
    "calendar.events.delete": _delete,
    "calendar.events.import": _import,
    "calendar.events.move": _move,
}
