"""The methods of `acl`: who may do what with a calendar.

Source: the descriptions of AclRule and of the methods of `acl` in the discovery document. A deleted rule stays, with
the role `none`: "Deleted ACLs are represented by role equal to none".
"""

from typing import Any

from briefingkit.testing.google.calendar.access import find_calendar, grant
from briefingkit.testing.google.calendar.paging import Listing, page
from briefingkit.testing.google.calendar.world import HeldCalendar, Invitation, World
from briefingkit.testing.google.call import Answer, Call
from briefingkit.testing.google.refusal import Refusal, invalid, not_found, required

__all__ = ["RULES"]


def _find(world: World, call: Call) -> tuple[HeldCalendar, dict[str, Any]]:
    calendar = find_calendar(world, call, "owner")
    rule = calendar.acl.get(call.path["ruleId"])
    if rule is None or rule["role"] == "none":
        raise not_found()
    return calendar, rule


def _get(world: World, call: Call) -> Answer:
    """Give a rule. "writer: … Provides read access to the calendar's ACLs"."""
    rule = find_calendar(world, call, "writer").acl.get(call.path["ruleId"])
    if rule is None:
        raise not_found()
    return Answer(rule)


def _list(world: World, call: Call) -> Answer:
    calendar = find_calendar(world, call, "writer")
    shown = call.query.get("showDeleted", False) or "syncToken" in call.query

    def see(rule: dict[str, Any]) -> dict[str, Any] | None:
        return rule if shown or rule["role"] != "none" else None

    listing = Listing("calendar#acl", f"acl {calendar.id}", see)
    return page(world, call, calendar.acl, listing)


def _insert(world: World, call: Call) -> Answer:
    """Write a rule; one for the same scope is written over."""
    calendar = find_calendar(world, call, "owner")
    scope = call.body["scope"]
    if scope["type"] != "default" and not scope.get("value"):
        raise required("Missing scope value.", "scope.value")
    return _write(world, call, calendar, call.body["role"], scope)


def _change(world: World, call: Call) -> Answer:
    calendar, rule = _find(world, call)
    given = call.body.get("scope") or {}
    if {**rule["scope"], **given} != rule["scope"]:
        raise invalid("The scope of a rule cannot be changed.", "scope")
    return _write(world, call, calendar, call.body.get("role") or rule["role"], rule["scope"])


def _delete(world: World, call: Call) -> Answer:
    calendar, rule = _find(world, call)
    _write(world, call, calendar, "none", rule["scope"])
    return Answer()


def _write(world: World, call: Call, calendar: HeldCalendar, role: str, scope: dict[str, Any]) -> Answer:
    if scope.get("value", "").lower() == call.caller.email.lower() and role != "owner":
        raise Refusal(403, "cannotChangeOwnAcl", "Cannot change your own access level.", domain="calendar")
    rule = grant(world, calendar, role, scope)
    if call.query.get("sendNotifications", True) and scope["type"] in {"user", "group"} and role != "none":
        world.invitations.append(Invitation("sharing", calendar.id, "", (scope["value"],)))
    return Answer(rule)


RULES = {
    "calendar.acl.get": _get,
    "calendar.acl.list": _list,
    "calendar.acl.insert": _insert,
    "calendar.acl.patch": _change,
    "calendar.acl.update": _change,
    "calendar.acl.delete": _delete,
}
