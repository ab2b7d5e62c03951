"""What the tests of the projection share: a briefing, a target, and Google's answer as it is documented."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from briefingkit.model import Briefing, Publication, structure
from briefingkit.model.structure import converter
from briefingkit.publish import Context, OutputKey, Resource
from briefingkit.text.zones import in_zone, instant
from briefingkit_google.calendar import GoogleCalendar

NAMESPACE = "uclg.org"
TARGET = "city-calendar"
AT = datetime(2022, 3, 1, 9, 30, tzinfo=UTC)

CALENDARS = {"en": "english@group.calendar.google.com", "fr": "french@group.calendar.google.com"}


def target(**settings: object) -> GoogleCalendar:
    """Make a target as briefingkit.yaml would; one calendar for each of two languages unless it is said otherwise."""
    if "make" not in settings:
        settings = {"calendar": CALENDARS, **settings}
    return converter().structure({"target": TARGET, **settings}, GoogleCalendar)


def briefing(**fields: object) -> Briefing:
    data = {
        "briefing": "imrf-2022",
        "namespace": NAMESPACE,
        "languages": ["en", "fr"],
        "title": {"en": "The road", "fr": "La route"},
        "status": "confirmed",
        "start": "2022-04-13T15:00",
        "end": "2022-04-13T16:00",
        "timezone": "Europe/Brussels",
    }
    return structure({**data, **fields})


def context(outputs: Mapping[OutputKey, str] | None = None) -> Context:
    return Context(TARGET, NAMESPACE, outputs or {})


def projected(
    settings: GoogleCalendar, *briefings: Briefing, outputs: Mapping[OutputKey, str] | None = None
) -> dict[str, Resource]:
    """Project briefings, and give the resources by key; kinds stand before keys that are no event's."""
    publications = [Publication(each, revision=2, at=AT) for each in briefings]
    return {
        resource.key if resource.kind == "event" else f"{resource.kind} {resource.key}": resource
        for resource in settings.desired(publications, context(outputs))
    }


def answered(body: Mapping[str, Any], *, calendar_zone: str = "UTC") -> dict[str, Any]:
    """Answer an insertion as Google does: defaults left out, times in the calendar's zone, much added."""
    raw: dict[str, Any] = {
        "kind": "calendar#event",
        "etag": '"3181161784712000"',
        "htmlLink": "https://www.google.com/calendar/event?eid=x",
        "created": "2022-03-01T09:30:00.000Z",
        "updated": "2022-03-01T09:30:00.000Z",
        "iCalUID": f"{body['id']}@google.com",
        "sequence": 0,
        "eventType": "default",
        "creator": {"email": "robot@example.org", "self": True},
        "organizer": {"email": "english@group.calendar.google.com", "self": True},
        **body,
        "start": _moment(body["start"], calendar_zone),
        "end": _moment(body["end"], calendar_zone),
    }
    for name, default in (
        ("transparency", "opaque"),
        ("visibility", "default"),
        ("guestsCanInviteOthers", True),
        ("guestsCanModify", False),
        ("guestsCanSeeOtherGuests", True),
        ("attachments", []),
    ):
        if raw.get(name) == default:
            del raw[name]
    if "attachments" in raw:
        raw["attachments"] = [{**each, "iconLink": "https://x.example/i.png"} for each in raw["attachments"]]
    if "attendees" in raw:
        raw["attendees"] = [{**each, "responseStatus": "needsAction"} for each in reversed(raw["attendees"])]
    if "conferenceData" in raw:
        raw["conferenceData"] = made_room(raw["conferenceData"]["createRequest"])
    return raw


def made_room(
    request: Mapping[str, Any], address: str = "https://meet.google.com/abc-defg-hij"
) -> dict[str, Any]:
    """Give a room as it is once it was made."""
    return {
        "createRequest": {**request, "status": {"statusCode": "success"}},
        "entryPoints": [
            {"entryPointType": "phone", "uri": "tel:+32-2-555-01-23", "pin": "123"},
            {"entryPointType": "video", "uri": address, "label": address.removeprefix("https://")},
        ],
        "conferenceSolution": {"key": {"type": "hangoutsMeet"}, "name": "Google Meet"},
        "conferenceId": "abc-defg-hij",
    }


def _moment(moment: Mapping[str, str], calendar_zone: str) -> dict[str, str]:
    if "date" in moment:
        return dict(moment)
    at = datetime.fromisoformat(moment["dateTime"])
    at = at if at.tzinfo is not None else instant(at, moment["timeZone"])
    written = in_zone(at, calendar_zone).isoformat().replace("+00:00", "Z")
    return {"dateTime": written, "timeZone": moment["timeZone"]}
