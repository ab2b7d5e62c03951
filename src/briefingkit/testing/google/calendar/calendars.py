"""The methods of `calendars`: a calendar itself.

Sources: the descriptions of Calendar and of the methods of `calendars` in the discovery document; "Calendars and
events" (developers.google.com/workspace/calendar/api/concepts/events-calendars).
"""

from functools import partial
from typing import Any

from briefingkit.testing.google.calendar.access import find_calendar, make_calendar, role_of
from briefingkit.testing.google.calendar.content import merge
from briefingkit.testing.google.calendar.events import check_match
from briefingkit.testing.google.calendar.times import check_zone
from briefingkit.testing.google.calendar.world import HeldCalendar, World, stamp
from briefingkit.testing.google.call import Answer, Call
from briefingkit.testing.google.refusal import Refusal, required

__all__ = ["RULES", "remove_calendar"]

_FIXED = ("kind", "id", "etag", "dataOwner")


def _insert(world: World, call: Call) -> Answer:
    body = _kept(call.body)
    name = f"{world.name('calendar')}@group.calendar.google.com"
    mine = {**body, "dataOwner": call.caller.email}
    return Answer(make_calendar(world, name, mine, call.caller.email).body)


def _get(world: World, call: Call) -> Answer:
    return Answer(find_calendar(world, call, "freeBusyReader").body)


def _write(world: World, call: Call, *, whole: bool) -> Answer:
    """Change a calendar; whole, what is not named is wiped, but for the title and the zone, which it cannot lack."""
    calendar = find_calendar(world, call, "owner")
    check_match(call, calendar.body["etag"])
    given = {name: value for name, value in call.body.items() if name not in _FIXED}
    base = {name: calendar.body[name] for name in ("summary", "timeZone")} if whole else calendar.body
    fixed: dict[str, Any] = {name: calendar.body[name] for name in _FIXED if name in calendar.body}
    body = {**_kept({"timeZone": world.timezone, **merge(base, given)}), **fixed}
    if body != calendar.body:
        change, etag = world.change()
        calendar.body = {**body, "etag": etag}
        calendar.updated = stamp(world.now())
        _show_on_lists(world, calendar, change)
    return Answer(calendar.body)


def _show_on_lists(world: World, calendar: HeldCalendar, change: int) -> None:
    for email, entries in world.lists.items():
        entry = entries.get(calendar.id)
        if entry is not None and role_of(world, calendar, email) != "none":
            entries.put(calendar.id, entry, change)


def _delete(world: World, call: Call) -> Answer:
    calendar = find_calendar(world, call, "owner")
    if calendar.primary is not None:
        raise Refusal(403, "forbidden", "Primary calendars cannot be deleted.", domain="calendar")
    check_match(call, calendar.body["etag"])
    remove_calendar(world, calendar)
    return Answer()


def remove_calendar(world: World, calendar: HeldCalendar) -> None:
    """Take a calendar away, from everybody's list too."""
    del world.calendars[calendar.id]
    change, _ = world.change()
    for entries in world.lists.values():
        if calendar.id in entries:
            entries.put(calendar.id, {"id": calendar.id, "deleted": True}, change)


def _kept(body: dict[str, Any]) -> dict[str, Any]:
    if "timeZone" in body:
        check_zone(body["timeZone"], "calendar")
    if not body.get("summary"):
        raise required("Missing title.", "summary")
    return {name: value for name, value in body.items() if value != "" and name not in _FIXED}


RULES = {
    "calendar.calendars.insert": _insert,
    "calendar.calendars.get": _get,
    "calendar.calendars.patch": partial(_write, whole=False),
    "calendar.calendars.update": partial(_write, whole=True),
    "calendar.calendars.delete": _delete,
}
