"""Who may see and change a calendar.

Sources: the descriptions of AclRule in the discovery document; "Sharing calendars"
(developers.google.com/workspace/calendar/api/concepts/sharing).
"""

from typing import Any

from briefingkit.testing.google.calendar.world import HeldCalendar, World, stamp
from briefingkit.testing.google.call import Call
from briefingkit.testing.google.refusal import Refusal, not_found

__all__ = ["ROLES", "check_role", "find_calendar", "grant", "make_calendar", "make_primary", "role_of"]

ROLES = ("none", "freeBusyReader", "reader", "writerWithoutPrivateAccess", "writer", "owner")
"""From the least to the most."""


def role_of(world: World, calendar: HeldCalendar, email: str) -> str:
    """Give the highest role that the rules give to somebody."""
    best = "none"
    for rule in calendar.acl:
        if _meant(world, rule["scope"], email) and ROLES.index(rule["role"]) > ROLES.index(best):
            best = rule["role"]
    return best


def _meant(world: World, scope: dict[str, Any], email: str) -> bool:
    kind, value = scope["type"], scope.get("value", "").lower()
    if kind == "user":
        return bool(email.lower() == value)
    if kind == "domain":
        return bool(email.rpartition("@")[2].lower() == value)
    return kind == "default" or email in world.groups.get(value, ())


def find_calendar(world: World, call: Call, least: str = "reader") -> HeldCalendar:
    """Find the calendar that a call is about. Raises a Refusal: 404 if the caller cannot see it, 403 if that is all."""
    name = call.path["calendarId"]
    calendar = world.calendars.get(call.caller.email if name == "primary" else name)
    if calendar is None and name in {"primary", call.caller.email}:
        calendar = make_primary(world, call.caller.email)
    if calendar is None:
        raise not_found()
    check_role(role_of(world, calendar, call.caller.email), least)
    return calendar


def check_role(role: str, least: str) -> None:
    """Raise a Refusal unless a role is enough."""
    if role == "none":
        raise not_found()
    if ROLES.index(role) < ROLES.index(least):
        message = f"You need to have {least} access to this calendar."
        raise Refusal(403, "requiredAccessLevel", message, domain="calendar")


def grant(world: World, calendar: HeldCalendar, role: str, scope: dict[str, Any]) -> dict[str, Any]:
    """Write a rule."""
    kind = scope["type"]
    name = kind if kind == "default" else f"{kind}:{scope['value']}"
    change, etag = world.change()
    kept = {"type": kind} if kind == "default" else {"type": kind, "value": scope["value"]}
    rule = {"kind": "calendar#aclRule", "etag": etag, "id": name, "scope": kept, "role": role}
    calendar.acl.put(name, rule, change)
    return rule


def make_calendar(world: World, name: str, body: dict[str, Any], owner: str) -> HeldCalendar:
    """Make a calendar that somebody owns, and put it on her list."""
    change, etag = world.change()
    calendar = HeldCalendar(
        name, {"kind": "calendar#calendar", "etag": etag, "id": name, "timeZone": world.timezone, **body}
    )
    calendar.updated = stamp(world.now())
    world.calendars[name] = calendar
    grant(world, calendar, "owner", {"type": "user", "value": owner})
    world.of_whom(owner).put(name, {"id": name}, change)
    return calendar


def make_primary(world: World, email: str) -> HeldCalendar:
    """Make somebody's first calendar: its id is her e-mail address."""
    calendar = make_calendar(world, email, {"summary": email}, email)
    calendar.primary = email
    return calendar
