"""Conferences: asked for with an event, made a little later.

Sources: the descriptions of ConferenceData, CreateConferenceRequest and `conferenceDataVersion` in the discovery
document; "Create events: Add video and phone conferences"
(developers.google.com/workspace/calendar/api/guides/create-events). A service account without delegation gets
"Invalid conference type value.", as public issues report.
"""

from typing import Any

from briefingkit.testing.google.calendar.world import World
from briefingkit.testing.google.call import Caller
from briefingkit.testing.google.refusal import Refusal, required

__all__ = ["link_of", "read_conference", "settle"]

_TYPES = {"hangoutsMeet", "addOn"}
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def read_conference(
    world: World,
    given: dict[str, Any] | None,
    old: dict[str, Any] | None,
    caller: Caller,
    place: tuple[str, str],
) -> dict[str, Any] | None:
    """Read what was sent as conferenceData; gives what the event then has. Raises a Refusal, 400."""
    if given is None:
        world.pending.pop(place, None)
        return None
    asked = given.get("createRequest")
    if asked is None or _was_asked(asked, old):
        return old if asked is not None else _copied(given)
    if not asked.get("requestId"):
        raise required("Missing conference request id.", "conferenceData.createRequest.requestId")
    kind = (asked.get("conferenceSolutionKey") or {}).get("type", "hangoutsMeet")
    if kind not in _TYPES or caller.alone:
        raise Refusal(400, "invalid", "Invalid conference type value.")
    world.pending[place] = world.conference_reads
    request = {
        "requestId": asked["requestId"],
        "conferenceSolutionKey": {"type": kind},
        "status": {"statusCode": "pending"},
    }
    held = {"createRequest": request}
    return _settled(world, held, place) if world.conference_reads == 0 else held


def _was_asked(asked: dict[str, Any], old: dict[str, Any] | None) -> bool:
    """Say whether it is the request of before: then "the request is ignored"."""
    return old is not None and (old.get("createRequest") or {}).get("requestId") == asked.get("requestId")


def _copied(given: dict[str, Any]) -> dict[str, Any]:
    """Conference data of another event, or what was read before and is sent back."""
    if not given.get("conferenceSolution") or not given.get("entryPoints"):
        raise Refusal(
            400, "invalid", "Invalid conference data: a conferenceSolution and an entry point are needed."
        )
    return given


def settle(world: World, event: dict[str, Any], place: tuple[str, str]) -> dict[str, Any]:
    """Count a read of an event; gives it as it then is: its conference may just have come, or failed."""
    left = world.pending.get(place)
    if left is None or "conferenceData" not in event:
        return event
    world.pending[place] = left - 1
    if left > 1:
        return event
    settled = {**event, "conferenceData": _settled(world, event["conferenceData"], place)}
    return {**settled, **link_of(settled)}


def link_of(event: dict[str, Any]) -> dict[str, Any]:
    """Give the `hangoutLink` that goes with a conference."""
    for entry in (event.get("conferenceData") or {}).get("entryPoints", ()):
        if entry["entryPointType"] == "video" and "meet.google.com" in entry["uri"]:
            return {"hangoutLink": entry["uri"]}
    return {}


def _settled(world: World, held: dict[str, Any], place: tuple[str, str]) -> dict[str, Any]:
    world.pending.pop(place, None)
    request = held["createRequest"]
    if world.conference_fails:
        return {"createRequest": {**request, "status": {"statusCode": "failure"}}}
    digits = int(world.name("conference"), 16)
    letters = "".join(_LETTERS[digits // 26**at % 26] for at in range(10))
    code = f"{letters[:3]}-{letters[3:7]}-{letters[7:]}"
    return {
        "createRequest": {**request, "status": {"statusCode": "success"}},
        "conferenceId": code,
        "conferenceSolution": {"key": request["conferenceSolutionKey"], "name": "Google Meet"},
        "entryPoints": [
            {
                "entryPointType": "video",
                "uri": f"https://meet.google.com/{code}",
                "label": f"meet.google.com/{code}",
            }
        ],
        "signature": world.name("signature"),
    }
