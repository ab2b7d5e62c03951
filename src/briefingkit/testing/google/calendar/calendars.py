"""The methods of `calendars` and `calendarList`, `colors` and `settings`.

Sources: the descriptions of Calendar and CalendarListEntry in the discovery document; "Calendars and events"
(developers.google.com/workspace/calendar/api/concepts/events-calendars).
"""

from typing import Any

from briefingkit.testing.google.calendar.access import (
    ROLES,
    check_role,
    find_calendar,
    make_calendar,
    make_primary,
    role_of,
)
from briefingkit.testing.google.calendar.content import merge
from briefingkit.testing.google.calendar.events import check_match
from briefingkit.testing.google.calendar.paging import page
from briefingkit.testing.google.calendar.times import check_zone
from briefingkit.testing.google.calendar.world import HeldCalendar, World, stamp
from briefingkit.testing.google.call import Answer, Call, Rules
from briefingkit.testing.google.refusal import Refusal, invalid, not_found

__all__ = ["rules"]

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


def rules(world: World) -> Rules:
    """Give the rules of these methods."""
    return {**_calendars(world), **_lists(world)}


def _calendars(world: World) -> Rules:
    def insert(call: Call) -> Answer:
        body = _kept(call.body)
        if not body.get("summary"):
            raise Refusal(400, "required", "Missing title.", location="summary")
        name = f"{world.name('calendar')}@group.calendar.google.com"
        return Answer(
            make_calendar(world, name, {**body, "dataOwner": call.caller.email}, call.caller.email).body
        )

    def get(call: Call) -> Answer:
        return Answer(find_calendar(world, call, "freeBusyReader").body)

    def write(call: Call, *, whole: bool) -> Answer:
        calendar = find_calendar(world, call, "owner")
        check_match(call, calendar.body["etag"])
        own = {
            name: calendar.body[name] for name in ("kind", "id", "etag", "dataOwner") if name in calendar.body
        }
        given = {name: value for name, value in call.body.items() if name not in own}
        rest = {"summary": calendar.body["summary"], "timeZone": calendar.timezone, **given}
        body = {**rest, **own} if whole else merge(calendar.body, given)
        body = {**_kept(body), **own}
        if not body.get("summary"):
            raise Refusal(400, "required", "Missing title.", location="summary")
        body.setdefault("timeZone", world.timezone)
        if body != calendar.body:
            change, etag = world.change()
            calendar.body = {**body, "etag": etag}
            calendar.updated = stamp(world.now())
            for email, entries in world.lists.items():
                entry = entries.get(calendar.id)
                if entry is not None and role_of(world, calendar, email) != "none":
                    entries.put(calendar.id, entry, change)
        return Answer(calendar.body)

    def delete(call: Call) -> Answer:
        calendar = find_calendar(world, call, "owner")
        if calendar.primary is not None:
            raise Refusal(403, "forbidden", "Primary calendars cannot be deleted.", domain="calendar")
        check_match(call, calendar.body["etag"])
        remove_calendar(world, calendar)
        return Answer()

    return {
        "calendar.calendars.insert": insert,
        "calendar.calendars.get": get,
        "calendar.calendars.patch": lambda call: write(call, whole=False),
        "calendar.calendars.update": lambda call: write(call, whole=True),
        "calendar.calendars.delete": delete,
    }


def _kept(body: dict[str, Any]) -> dict[str, Any]:
    if "timeZone" in body:
        check_zone(body["timeZone"], "the calendar")
    return {
        name: value
        for name, value in body.items()
        if value not in ("", None) and name not in {"id", "kind", "etag"}
    }


def remove_calendar(world: World, calendar: HeldCalendar) -> None:
    """Take a calendar away, from everybody's list too."""
    del world.calendars[calendar.id]
    change, _ = world.change()
    for entries in world.lists.values():
        if calendar.id in entries:
            entries.put(calendar.id, {"id": calendar.id, "deleted": True}, change)


def entry_of(world: World, calendar: HeldCalendar, email: str) -> dict[str, Any]:
    """Give a calendar as it stands on somebody's list."""
    held = world.of_whom(email).held[calendar.id]
    own = {name: value for name, value in held.body.items() if name in _OWN and value not in (None, False)}
    public = ("description", "location", "timeZone", "dataOwner", "conferenceProperties")
    return {
        "kind": "calendar#calendarListEntry",
        "etag": f'"{held.changed:016d}{len(str(calendar.body["etag"]))}"',
        "id": calendar.id,
        "summary": calendar.body["summary"],
        **{name: calendar.body[name] for name in public if name in calendar.body},
        "colorId": "14",
        "defaultReminders": [],
        **own,
        "accessRole": role_of(world, calendar, email),
        **({"primary": True} if calendar.primary == email else {}),
    }


def _lists(world: World) -> Rules:
    def find(call: Call) -> HeldCalendar:
        calendar = find_calendar(world, call, "freeBusyReader")
        entry = world.of_whom(call.caller.email).get(calendar.id)
        if entry is None or entry.get("deleted"):
            raise not_found()
        return calendar

    def get(call: Call) -> Answer:
        return Answer(entry_of(world, find(call), call.caller.email))

    def insert(call: Call) -> Answer:
        calendar = world.calendars.get(call.body["id"])
        if calendar is None:
            raise not_found()
        check_role(role_of(world, calendar, call.caller.email), "freeBusyReader")
        return write(call, calendar, {"id": calendar.id, **_entry(call)})

    def change(call: Call, *, whole: bool) -> Answer:
        calendar = find(call)
        held = world.of_whom(call.caller.email).get(calendar.id) or {}
        entry = {"id": calendar.id, **_entry(call)} if whole else merge(held, _entry(call))
        return write(call, calendar, entry)

    def write(call: Call, calendar: HeldCalendar, entry: dict[str, Any]) -> Answer:
        number, _ = world.change()
        world.of_whom(call.caller.email).put(calendar.id, entry, number)
        return Answer(entry_of(world, calendar, call.caller.email))

    def delete(call: Call) -> Answer:
        calendar = find(call)
        number, _ = world.change()
        world.of_whom(call.caller.email).put(calendar.id, {"id": calendar.id, "deleted": True}, number)
        return Answer()

    def list_(call: Call) -> Answer:
        email = call.caller.email
        if email not in world.calendars:
            make_primary(world, email)
        least = ROLES.index(call.query.get("minAccessRole", "freeBusyReader"))
        if "syncToken" in call.query and "minAccessRole" in call.query:
            raise invalid("Sync token cannot be used with minAccessRole.", "minAccessRole")
        deleted = call.query.get("showDeleted") or "syncToken" in call.query
        hidden = call.query.get("showHidden") or "syncToken" in call.query

        def see(entry: dict[str, Any]) -> dict[str, Any] | None:
            calendar = world.calendars.get(entry["id"])
            if entry.get("deleted") or calendar is None:
                gone = {"kind": "calendar#calendarListEntry", "id": entry["id"], "deleted": True}
                return {**gone, "accessRole": "reader"} if deleted else None
            if entry.get("hidden") and not hidden:
                return None
            shown = entry_of(world, calendar, email)
            return shown if ROLES.index(shown["accessRole"]) >= least else None

        return page(
            world,
            call,
            world.of_whom(email),
            see,
            kind="calendar#calendarList",
            place=f"list {email}",
            largest=250,
        )

    return {
        "calendar.calendarList.get": get,
        "calendar.calendarList.insert": insert,
        "calendar.calendarList.patch": lambda call: change(call, whole=False),
        "calendar.calendarList.update": lambda call: change(call, whole=True),
        "calendar.calendarList.delete": delete,
        "calendar.calendarList.list": list_,
    }


def _entry(call: Call) -> dict[str, Any]:
    entry = {name: value for name, value in call.body.items() if name in _OWN}
    coloured = {"backgroundColor", "foregroundColor"} & entry.keys()
    if coloured and not call.query.get("colorRgbFormat"):
        raise invalid("To set a colour, colorRgbFormat=true is needed.", "colorRgbFormat")
    return entry
