"""An event between Google's JSON and the canonical fields that are compared: one home for normalising, both ways.

Fields have Google's own names and shapes (https://developers.google.com/workspace/calendar/api/v3/reference/events).
What Google leaves out because it is a default is there, what it adds by itself is not, and what these settings leave to
people is None on both sides, so that it is neither drift nor ever written.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from briefingkit.publish import Change, Fields, Remote, Resource, Value
from briefingkit_google.calendar.conference import (
    ROOM_PROPERTY,
    ConferenceState,
    conference_field,
    conference_state,
    room_outputs,
    room_patch,
    room_request,
)
from briefingkit_google.calendar.identity import (
    EVENT,
    Mark,
    mark_of,
    mark_properties,
    private_properties,
)
from briefingkit_google.calendar.moments import canonical_moment, moment_patch
from briefingkit_google.unchecked import list_in, mapping_in, text_in

if TYPE_CHECKING:
    from briefingkit_google.calendar.settings import GoogleCalendar

__all__ = [
    "FIELDS",
    "ConferenceState",
    "Governed",
    "conference_state",
    "event_fields",
    "guests_known",
    "in_order",
    "insert_body",
    "is_deleted",
    "patch_body",
    "remote_of",
    "worth_telling",
]

_REVISION_PROPERTY: Final = "briefingkit-revision"

_DEFAULTS: Final[Mapping[str, Value]] = {
    "status": "confirmed",
    "transparency": "opaque",
    "visibility": "default",
    "guestsCanInviteOthers": True,
    "guestsCanModify": False,
    "guestsCanSeeOtherGuests": True,
}
"""What Google means where it leaves a field out (the discovery document's defaults)."""

FIELDS: Final = (
    *(
        "summary",
        "start",
        "end",
        "location",
        "description",
        "attachments",
        "source",
        "conference",
        "attendees",
    ),
    *("status", "transparency", "visibility", "colorId", "reminders"),
    *("guestsCanInviteOthers", "guestsCanModify", "guestsCanSeeOtherGuests"),
    *("revision", "mark", "id"),
)
"""Every field that briefingkit governs; each is named in each event, None where there is nothing to say."""

_WRITTEN: Final = (
    *("summary", "description", "location", "start", "end", "reminders", "colorId", "source", "attachments"),
    *_DEFAULTS,
)
"""The fields that go to Google as they are."""

_LEFT_TO_PEOPLE: Final = frozenset({"attendees", "colorId", "conference"})

_DIGITS: Final = re.compile(r"\d{1,9}", re.ASCII)

_UNTOLD: Final = frozenset(
    {"revision", "mark", "id", "colorId", "reminders", "visibility", "source", "transparency"}
)
"""Fields whose change is no news to a guest."""


@frozen
class Governed:
    """Which of the fields that people like to set by hand are briefingkit's; the others are read as None."""

    guests: bool = True
    color: bool = True

    @classmethod
    def by(cls, settings: "GoogleCalendar") -> "Governed":
        """Tell what a target's settings speak of."""
        return cls(guests=settings.guests.any, color=settings.color is not None)


# From Google


def event_fields(raw: Mapping[str, Any], governed: Governed | None = None) -> Fields:
    """Read an event's canonical fields from the API's JSON."""
    governed = governed or Governed()
    mark = mark_of(raw)
    found: dict[str, Value] = {
        "id": text_in(raw.get("id")),
        "mark": {"namespace": mark.namespace, "target": mark.target} if mark is not None else None,
        "revision": _whole(private_properties(raw).get(_REVISION_PROPERTY)),
        "summary": text_in(raw.get("summary")),
        "description": text_in(raw.get("description")),
        "location": text_in(raw.get("location")),
        "start": canonical_moment(raw.get("start")),
        "end": canonical_moment(raw.get("end")),
        "colorId": text_in(raw.get("colorId")) if governed.color else None,
        "reminders": _reminders(raw.get("reminders")),
        "source": _source(raw.get("source")),
        "attachments": tuple(map(_attachment, list_in(raw.get("attachments")))),
        "attendees": _guests(raw) if governed.guests else None,
        "conference": conference_field(raw),
    }
    found |= {name: raw.get(name, default) for name, default in _DEFAULTS.items()}
    return in_order(found)


def in_order(fields: Mapping[str, Value]) -> Fields:
    """Put an event's fields in the order in which people look at them. KeyError where one is not named."""
    return {name: fields[name] for name in FIELDS}


def remote_of(
    raw: Mapping[str, Any],
    calendar_id: str,
    governed: Governed | None = None,
    *,
    wanted: Resource | None = None,
) -> Remote:
    """Make the remote of an event. Its id is unique over calendars: `<calendar>/<event>`.

    `wanted` is the resource that would go where a stranger's event stands; ValueError for a stranger's without one.
    """
    mark = mark_of(raw)
    if mark is None and wanted is None:
        raise ValueError("an event without our mark is of no concern, unless it stands in the way")
    key, owner = (
        (mark.key, mark.owner) if mark is not None else (wanted.key, wanted.owner) if wanted else ("", "")
    )
    return Remote(
        Resource(EVENT, key, owner, event_fields(raw, governed)),
        id=f"{calendar_id}/{raw['id']}",
        etag=raw.get("etag"),
        server={"calendar": calendar_id, "event": str(raw["id"])},
        ours=mark is not None,
        outputs=room_outputs(raw) if mark is not None else {},
    )


def is_deleted(raw: Mapping[str, Any]) -> bool:
    """Whether this is what remains of an event that was deleted (Event.status): its id is taken for ever."""
    return raw.get("status") == "cancelled"


def guests_known(raw: Mapping[str, Any]) -> bool:
    """Whether the answer names all guests: where Google left some out, writing the list would remove them."""
    return not raw.get("attendeesOmitted", False)


# To Google


def insert_body(resource: Resource) -> dict[str, Any]:
    """Write an event in full, as events.insert takes it (with conferenceDataVersion=1 and supportsAttachments)."""
    fields = resource.fields
    body: dict[str, Any] = {"id": fields["id"]}
    body |= {name: _plain(fields[name]) for name in _WRITTEN if fields.get(name) is not None}
    guests = _merged_guests(fields.get("attendees"), {})
    if guests:
        body["attendees"] = guests
    if fields.get("conference") is not None:
        body["conferenceData"] = room_request(str(fields["id"]), "")
    given = {name: value for name, value in _properties(resource).items() if value is not None}
    return body | {"extendedProperties": {"private": given}}


def patch_body(change: Change, raw: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Write what a change edits, as events.patch takes it: a null takes away, a list is whole.

    `raw` is the event as it stands now; it is needed where guests or the room are edited, so that answers and a room
    that is there are kept. A change that knew of no event, and found it, also as what remains of a deleted one, writes
    everything that its settings speak of. ValueError for a deletion.
    """
    wanted, now = change.wanted, raw or {}
    if wanted is None:
        raise ValueError("a deletion patches nothing")
    fields = wanted.fields
    edited = change.edits if change.held is not None else _spoken_of(fields)
    body: dict[str, Any] = {name: _plain(fields.get(name)) for name in _WRITTEN if name in edited}
    body |= {name: moment_patch(fields.get(name)) for name in ("start", "end") if name in edited}
    if "reminders" in edited:
        body["reminders"] = _reminders_patch(fields.get("reminders"))
    if "attendees" in edited:
        body["attendees"] = _merged_guests(fields.get("attendees"), now)
    if "conference" in edited:
        body |= room_patch(fields, now)
    if not {"conference", "mark", "revision"}.isdisjoint(edited):
        body["extendedProperties"] = {"private": _properties(wanted)}
    return body


def worth_telling(change: Change) -> bool:
    """Whether a change is news to guests; what is none need not be mailed, whatever the settings allow."""
    return change.wanted is None or change.held is None or not _UNTOLD.issuperset(change.edits)


def _spoken_of(fields: Fields) -> tuple[str, ...]:
    """Name the fields of an event that nobody knew of: what the settings leave to people stays as it is."""
    return tuple(name for name in fields if fields[name] is not None or name not in _LEFT_TO_PEOPLE)


def _properties(resource: Resource) -> dict[str, str | None]:
    """Write what is ours to know of an event: its mark, its revision, and which output its room is."""
    fields = resource.fields
    mark = mapping_in(fields.get("mark"))
    revision, room = fields.get("revision"), mapping_in(fields.get("conference")).get("output")
    known = Mark(str(mark.get("namespace")), str(mark.get("target")), resource.owner, resource.key)
    return {
        **mark_properties(known),
        _REVISION_PROPERTY: None if revision is None else str(revision),
        ROOM_PROPERTY: None if room is None else str(room),
    }


def _merged_guests(wanted: Value, now: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Write the guests that are wanted, with the answers that they gave, and what else stands in that list."""
    held = [mapping_in(each) for each in list_in(now.get("attendees"))]
    by_address = {_address(each): each for each in held}
    kept = [dict(each) for each in held if _is_no_guest(each)]
    taken = {_address(each) for each in kept}
    named = [str(address) for address in list_in(wanted) if address not in taken]
    return [*kept, *(dict(by_address.get(address) or {"email": address}) for address in named)]


def _reminders_patch(value: Value) -> dict[str, Any]:
    plain = _plain(value)
    return (
        {"overrides": None, **plain} if isinstance(plain, dict) else {"useDefault": True, "overrides": None}
    )


# One field at a time


def _whole(value: Any) -> int | None:
    return int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else None


def _reminders(value: Any) -> Value:
    given = mapping_in(value)
    if given.get("useDefault", not given):
        return {"useDefault": True}
    overrides = (mapping_in(each) for each in list_in(given.get("overrides")))
    pairs = sorted((str(each.get("method")), int(each.get("minutes", 0))) for each in overrides)
    return {
        "useDefault": False,
        "overrides": tuple({"method": method, "minutes": minutes} for method, minutes in pairs),
    }


def _source(value: Any) -> Value:
    given = mapping_in(value)
    return {"title": text_in(given.get("title")), "url": str(given["url"])} if given.get("url") else None


def _attachment(value: Any) -> Value:
    given = mapping_in(value)
    return {"fileUrl": str(given.get("fileUrl", "")), "title": text_in(given.get("title"))}


def _guests(raw: Mapping[str, Any]) -> Value:
    """Name the guests, in order; None for nobody."""
    held = (mapping_in(each) for each in list_in(raw.get("attendees")))
    return tuple(sorted({_address(each) for each in held if not _is_no_guest(each)})) or None


def _is_no_guest(attendee: Mapping[str, Any]) -> bool:
    """Whether this is the calendar itself or a room of a building, which Google and people add."""
    return bool(attendee.get("organizer") or attendee.get("resource"))


def _address(attendee: Mapping[str, Any]) -> str:
    return str(attendee.get("email", "")).strip().lower()


def _plain(value: Value) -> Any:
    """Copy a value into what JSON is made of."""
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items() if each is not None}
    return [_plain(each) for each in value] if isinstance(value, tuple) else value
