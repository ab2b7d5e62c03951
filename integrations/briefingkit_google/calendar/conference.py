"""The online room of an event (Event.conferenceData): asked for, made a little later, or failed.

Which output a room is stands in the event beside our mark. Without that a room is somebody else's.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from briefingkit.publish import Fields, Value
from briefingkit_google.calendar.identity import conference_request_id, private_properties
from briefingkit_google.unchecked import list_in, mapping_in, text_in

__all__ = [
    "MEET",
    "ROOM_PROPERTY",
    "ConferenceState",
    "conference_field",
    "conference_state",
    "room_outputs",
    "room_patch",
    "room_request",
]

MEET: Final = "hangoutsMeet"
"""Google Meet, as a conference solution is called (ConferenceSolutionKey.type)."""

ROOM_PROPERTY: Final = "briefingkit-room"
"""The private extended property that names the output which the room is."""


class ConferenceState(StrEnum):
    """How far the making of a room has come (ConferenceRequestStatus.statusCode)."""

    NONE = "none"
    """The event has no room, and none was asked for."""
    PENDING = "pending"
    SUCCESS = "success"
    FAILURE = "failure"


def conference_state(raw: Mapping[str, Any]) -> ConferenceState:
    """Tell how far the making of the event's room has come."""
    data = raw.get("conferenceData")
    if not isinstance(data, Mapping):
        return ConferenceState.NONE
    if _video_address(data) is not None:
        return ConferenceState.SUCCESS
    code = mapping_in(mapping_in(data.get("createRequest")).get("status")).get("statusCode")
    return ConferenceState.FAILURE if code == "failure" else ConferenceState.PENDING


def room_request(event: str, state: str) -> dict[str, Any]:
    """Ask for a room; `state` is "" for an event that is new, else the etag of the one that lost its room."""
    key = {"type": MEET}
    return {"createRequest": {"requestId": conference_request_id(event, state), "conferenceSolutionKey": key}}


def room_patch(fields: Fields, now: Mapping[str, Any]) -> dict[str, Any]:
    """Ask for a room where there is none, or take ours away; one that somebody else made becomes the event's own."""
    if fields.get("conference") is None:
        return {"conferenceData": None} if conference_field(now) is not None else {}
    if _conference_type(now) == MEET:
        return {}
    return {"conferenceData": room_request(str(fields["id"]), str(now.get("etag", "")))}


def conference_field(raw: Mapping[str, Any]) -> Value:
    """Read the room that we asked for, made or not; one that somebody added by hand is theirs."""
    output = private_properties(raw).get(ROOM_PROPERTY)
    return {"type": _conference_type(raw), "output": str(output)} if output else None


def _conference_type(raw: Mapping[str, Any]) -> str | None:
    """Tell which kind of room an event has or waits for; None where there is none, or none could be made."""
    data = mapping_in(raw.get("conferenceData"))
    if not data or conference_state(raw) is ConferenceState.FAILURE:
        return None
    asked = mapping_in(data.get("createRequest")).get("conferenceSolutionKey")
    made = mapping_in(data.get("conferenceSolution")).get("key")
    return text_in(mapping_in(made or asked).get("type"))


def room_outputs(raw: Mapping[str, Any]) -> Mapping[str, str]:
    """Give the address of the room, where we asked for it and it is there."""
    output = private_properties(raw).get(ROOM_PROPERTY)
    address = _video_address(mapping_in(raw.get("conferenceData")))
    return {str(output): address} if output and address else {}


def _video_address(data: Mapping[str, Any]) -> str | None:
    entries = (mapping_in(each) for each in list_in(data.get("entryPoints")))
    return next(
        (str(each["uri"]) for each in entries if each.get("entryPointType") == "video" and "uri" in each),
        None,
    )
