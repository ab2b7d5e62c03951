"""What an event may contain, and what Google makes of it.

Sources: the descriptions of Event's fields in the discovery document, and "Extended properties"
(developers.google.com/workspace/calendar/api/guides/extended-properties) for their limits.
"""

import re
from typing import Any

from briefingkit.testing.google.calendar.recurrence import instances
from briefingkit.testing.google.calendar.times import read_span
from briefingkit.testing.google.calendar.world import HeldCalendar, World
from briefingkit.testing.google.call import Caller
from briefingkit.testing.google.refusal import Refusal, invalid, required

__all__ = ["EVENT_COLOURS", "clean", "merge"]

EVENT_COLOURS = tuple(str(number) for number in range(1, 12))

_EMAIL = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+\Z")
_LONGEST_KEY, _LONGEST_VALUE = 44, 1024
_MOST_PROPERTIES, _MOST_BYTES = 300, 32 * 1024
_MOST_ATTACHMENTS = 25
_MOST_REMINDERS = 5
_LONGEST_REMINDER = 40320
_DEFAULTS = {
    "transparency": "opaque",
    "visibility": "default",
    "guestsCanInviteOthers": True,
    "guestsCanModify": False,
    "guestsCanSeeOtherGuests": True,
    "anyoneCanAddSelf": False,
    "attendeesOmitted": False,
    "endTimeUnspecified": False,
    "locked": False,
    "privateCopy": False,
}
"""Fields that an answer leaves out where they are what they are by default."""


def merge(old: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """Lay a patch over a resource: objects are merged, lists replaced whole, null takes away.

    Source: "Performance tips: Patch", developers.google.com/workspace/calendar/api/guides/performance#patch.
    """
    merged = dict(old)
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, dict):
            held = merged.get(name)
            merged[name] = merge(held if isinstance(held, dict) else {}, value)
        else:
            merged[name] = value
    return merged


def clean(
    world: World, calendar: HeldCalendar, event: dict[str, Any], old: dict[str, Any] | None, caller: Caller
) -> dict[str, Any]:
    """Give an event as it is kept. Raises a Refusal, 400 or 403, for what Google would not have."""
    kept = {
        name: value
        for name, value in event.items()
        if value not in ("", [], {}) and _DEFAULTS.get(name) != value
    }
    recurring = bool(kept.get("recurrence"))
    for name in ("start", "end"):
        if name not in kept:
            raise required(f"Missing {name} time.", name)
    kept["start"], kept["end"] = read_span(kept["start"], kept["end"], calendar.timezone, recurring=recurring)
    kept.setdefault("status", "confirmed")
    if "description" in kept:
        kept["description"] = world.normalise(kept["description"])
    if kept.get("eventType", "default") != "default":
        raise invalid("The double keeps events of the type default only.", "eventType")
    _check_source(kept)
    _check_recurrence(kept)
    _check_colour(kept)
    for name, make in (
        ("extendedProperties", _properties(kept.get("extendedProperties", {}))),
        ("reminders", _reminders(kept.get("reminders"))),
        ("attachments", _attachments(kept.get("attachments", []))),
        ("attendees", _attendees(kept.get("attendees", []), old, calendar, caller)),
    ):
        kept.pop(name, None)
        if make:
            kept[name] = make
    return kept


def _check_source(event: dict[str, Any]) -> None:
    if "source" in event and not str(event["source"].get("url", "")).lower().startswith(
        ("http://", "https://")
    ):
        raise invalid("The URL scheme of a source must be HTTP or HTTPS.", "source.url")


def _check_recurrence(event: dict[str, Any]) -> None:
    for line in event.get("recurrence", ()):
        if not line.startswith(("RRULE", "EXRULE", "RDATE", "EXDATE")):
            raise invalid("Invalid recurrence rule.", "recurrence")
    next(instances(event), None)


def _check_colour(event: dict[str, Any]) -> None:
    if "colorId" in event and event["colorId"] not in EVENT_COLOURS:
        raise invalid("Invalid color id.", "colorId")


def _properties(given: dict[str, Any]) -> dict[str, Any]:
    """Drop keys that are too long and cut values that are, without a word, as Google does."""
    kept: dict[str, Any] = {}
    for kind, pairs in given.items():
        short = {
            key: value[:_LONGEST_VALUE]
            for key, value in pairs.items()
            if len(key) <= _LONGEST_KEY and value is not None
        }
        if short:
            kept[kind] = short
    pairs = [pair for each in kept.values() for pair in each.items()]
    size = sum(len(key.encode()) + len(value.encode()) for key, value in pairs)
    if len(pairs) > _MOST_PROPERTIES or size > _MOST_BYTES:
        raise invalid("An event can have 300 extended properties and 32 kB of them.", "extendedProperties")
    return kept


def _reminders(given: dict[str, Any] | None) -> dict[str, Any]:
    if given is None:
        return {"useDefault": True}
    overrides = given.get("overrides") or []
    if given.get("useDefault") and overrides:
        raise Refusal(
            400,
            "cannotUseDefaultRemindersAndSpecifyOverride",
            "Cannot specify both default reminders and overrides at the same time.",
            domain="calendar",
        )
    if len(overrides) > _MOST_REMINDERS:
        raise invalid("An event can have 5 reminders of its own.", "reminders.overrides")
    for each in overrides:
        if "method" not in each or not 0 <= each.get("minutes", -1) <= _LONGEST_REMINDER:
            raise invalid(
                "A reminder has a method, and comes 0 to 40320 minutes before.", "reminders.overrides"
            )
    own = {"useDefault": bool(given.get("useDefault"))}
    return {**own, "overrides": overrides} if overrides else own


def _attachments(given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if len(given) > _MOST_ATTACHMENTS:
        raise invalid("There can be at most 25 attachments per event.", "attachments")
    for each in given:
        if not each.get("fileUrl"):
            raise required("Required: attachment.fileUrl", "attachments.fileUrl")
    return given


def _attendees(
    given: list[dict[str, Any]], old: dict[str, Any] | None, calendar: HeldCalendar, caller: Caller
) -> list[dict[str, Any]]:
    held = {each["email"] for each in (old or {}).get("attendees", ())}
    attendees: dict[str, dict[str, Any]] = {}
    for each in given:
        email = each.get("email", "")
        if _EMAIL.match(email) is None:
            raise invalid("Invalid attendee email.", "attendees.email")
        if caller.alone and email not in held:
            raise Refusal(
                403,
                "forbiddenForServiceAccounts",
                "Service accounts cannot invite attendees without Domain-Wide Delegation of Authority.",
                domain="calendar",
            )
        plain = {name: value for name, value in each.items() if value not in (False, "", None, 0)}
        plain.setdefault("responseStatus", "needsAction")
        if email == calendar.id:
            plain |= {"self": True, "organizer": True}
        attendees[email.lower()] = plain
    return list(attendees.values())
