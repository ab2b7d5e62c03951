"""The methods of `calendarList`: which calendars somebody has on her list, and how she sees them.

Source: the descriptions of CalendarListEntry and of the methods of `calendarList` in the discovery document.
"""

from functools import partial
from hashlib import sha256
from typing import Any

from briefingkit.testing.google.calendar.access import ROLES, check_role, find_calendar, make_primary, role_of
from briefingkit.testing.google.calendar.content import merge
from briefingkit.testing.google.calendar.paging import Listing, page
from briefingkit.testing.google.calendar.world import HeldCalendar, World
from briefingkit.testing.google.call import Answer, Call
from briefingkit.testing.google.refusal import invalid, not_found

__all__ = ["RULES"]

_OWN = (
    "summaryOverride",
    "colorId",
    "backgroundColor",
    "foregroundColor",
    "hidden",
    "selected",
    "defaultReminders",
    "notificationSettings",
)
"""What an entry of somebody's list says that the calendar itself does not."""
_OF_THE_CALENDAR = ("summary", "description", "location", "timeZone", "dataOwner", "conferenceProperties")


def _entry(world: World, calendar: HeldCalendar, email: str) -> dict[str, Any]:
    """Give a calendar as it stands on somebody's list."""
    held = world.of_whom(email).held[calendar.id]
    own = {name: value for name, value in held.body.items() if name in _OWN and value not in (None, False)}
    entry = {
        "kind": "calendar#calendarListEntry",
        "id": calendar.id,
        **{name: calendar.body[name] for name in _OF_THE_CALENDAR if name in calendar.body},
        "colorId": "14",
        "defaultReminders": [],
        **own,
        "accessRole": role_of(world, calendar, email),
        **({"primary": True} if calendar.primary == email else {}),
    }
    return {**entry, "etag": f'"{sha256(repr(entry).encode()).hexdigest()[:16]}"'}


def _find(world: World, call: Call) -> HeldCalendar:
    calendar = find_calendar(world, call, "freeBusyReader")
    entry = world.of_whom(call.caller.email).get(calendar.id)
    if entry is None or entry.get("deleted"):
        raise not_found()
    return calendar


def _get(world: World, call: Call) -> Answer:
    return Answer(_entry(world, _find(world, call), call.caller.email))


def _insert(world: World, call: Call) -> Answer:
    calendar = world.calendars.get(call.body["id"])
    if calendar is None:
        raise not_found()
    check_role(role_of(world, calendar, call.caller.email), "freeBusyReader")
    return _write(world, call, calendar, {"id": calendar.id, **_own(call)})


def _change(world: World, call: Call, *, whole: bool) -> Answer:
    calendar = _find(world, call)
    held = world.of_whom(call.caller.email).get(calendar.id) or {}
    return _write(world, call, calendar, merge({"id": calendar.id} if whole else held, _own(call)))


def _write(world: World, call: Call, calendar: HeldCalendar, entry: dict[str, Any]) -> Answer:
    number, _ = world.change()
    world.of_whom(call.caller.email).put(calendar.id, entry, number)
    return Answer(_entry(world, calendar, call.caller.email))


def _own(call: Call) -> dict[str, Any]:
    own = {name: value for name, value in call.body.items() if name in _OWN}
    if {"backgroundColor", "foregroundColor"} & own.keys() and not call.query.get("colorRgbFormat"):
        raise invalid("To set a colour, colorRgbFormat=true is needed.", "colorRgbFormat")
    return own


def _delete(world: World, call: Call) -> Answer:
    calendar = _find(world, call)
    number, _ = world.change()
    world.of_whom(call.caller.email).put(calendar.id, {"id": calendar.id, "deleted": True}, number)
    return Answer()


def _list(world: World, call: Call) -> Answer:
    email, query = call.caller.email, call.query
    if email not in world.calendars:
        make_primary(world, email)
    incremental = "syncToken" in query
    if incremental and "minAccessRole" in query:
        raise invalid("Sync token cannot be used with minAccessRole.", "minAccessRole")
    least = ROLES.index(query.get("minAccessRole", "freeBusyReader"))
    deleted, hidden = (query.get(name) or incremental for name in ("showDeleted", "showHidden"))

    def see(held: dict[str, Any]) -> dict[str, Any] | None:
        calendar = world.calendars.get(held["id"])
        if held.get("deleted") or calendar is None:
            gone = {"kind": "calendar#calendarListEntry", "id": held["id"], "deleted": True}
            return gone if deleted else None
        if held.get("hidden") and not hidden:
            return None
        shown = _entry(world, calendar, email)
        return shown if ROLES.index(shown["accessRole"]) >= least else None

    return page(world, call, world.of_whom(email), Listing("calendar#calendarList", f"list {email}", see))


RULES = {
    "calendar.calendarList.get": _get,
    "calendar.calendarList.list": _list,
    "calendar.calendarList.insert": _insert,
    "calendar.calendarList.patch": partial(_change, whole=False),
    "calendar.calendarList.update": partial(_change, whole=True),
    "calendar.calendarList.delete": _delete,
}
