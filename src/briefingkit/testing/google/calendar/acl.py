"""The methods of `acl`: the rules of access to a calendar.

Source: the descriptions of AclRule and of the methods of `acl` in the discovery document. A deleted rule stays, with the
role `none` ("Deleted ACLs are represented by role equal to none").
"""

from typing import Any

from briefingkit.testing.google.calendar.access import find_calendar, grant
from briefingkit.testing.google.calendar.paging import page
from briefingkit.testing.google.calendar.world import HeldCalendar, Invitation, World
from briefingkit.testing.google.call import Answer, Call, Rules
from briefingkit.testing.google.refusal import Refusal, invalid, not_found, required

__all__ = ["rules"]


def rules(world: World) -> Rules:
    """Give the rules of the methods of `acl`."""

    def find(call: Call) -> tuple[HeldCalendar, dict[str, Any]]:
        calendar = find_calendar(world, call, "owner")
        rule = calendar.acl.get(call.path["ruleId"])
        if rule is None or rule["role"] == "none":
            raise not_found()
        return calendar, rule

    def get(call: Call) -> Answer:
        calendar = find_calendar(world, call, "writer")
        rule = calendar.acl.get(call.path["ruleId"])
        if rule is None:
            raise not_found()
        return Answer(rule)

    def insert(call: Call) -> Answer:
        calendar = find_calendar(world, call, "owner")
        scope, role = _read_scope(call.body["scope"]), call.body["role"]
        return write(call, calendar, role, scope)

    def patch(call: Call) -> Answer:
        calendar, rule = find(call)
        given = call.body.get("scope") or rule["scope"]
        if {**rule["scope"], **given} != rule["scope"]:
            raise invalid("The scope of a rule cannot be changed.", "scope")
        return write(call, calendar, call.body.get("role") or rule["role"], rule["scope"])

    def write(call: Call, calendar: HeldCalendar, role: str, scope: dict[str, Any]) -> Answer:
        if scope.get("value", "").lower() == call.caller.email.lower() and role != "owner":
            raise Refusal(
                403, "cannotChangeOwnAcl", "Cannot change your own access level.", domain="calendar"
            )
        rule = grant(world, calendar, role, scope)
        if (
            call.query.get("sendNotifications", True)
            and scope["type"] in {"user", "group"}
            and role != "none"
        ):
            world.invitations.append(Invitation("sharing", calendar.id, "", (scope["value"],)))
        return Answer(rule)

    def delete(call: Call) -> Answer:
        calendar, rule = find(call)
        write(call, calendar, "none", rule["scope"])
        return Answer()

    def list_(call: Call) -> Answer:
        calendar = find_calendar(world, call, "writer")
        shown = call.query.get("showDeleted", False) or "syncToken" in call.query

        def see(rule: dict[str, Any]) -> dict[str, Any] | None:
            return rule if shown or rule["role"] != "none" else None

        return page(
            world, call, calendar.acl, see, kind="calendar#acl", place=f"acl {calendar.id}", largest=250
        )

    return {
        "calendar.acl.get": get,
        "calendar.acl.insert": insert,
        "calendar.acl.patch": patch,
        "calendar.acl.update": patch,
        "calendar.acl.delete": delete,
        "calendar.acl.list": list_,
    }


def _read_scope(scope: dict[str, Any]) -> dict[str, Any]:
    if scope["type"] != "default" and not scope.get("value"):
        raise required("Missing scope value.", "scope.value")
    return scope
