"""A view as schema.org's Event in JSON-LD: what search engines and other programmes read."""

import json
from typing import Any

from briefingkit.model import PlaceMode, Status
from briefingkit.rendering.moments import machine_time
from briefingkit.rendering.prose_text import prose_plain
from briefingkit.rendering.values import AgendaItemView, ChildView, ParticipantView, PartOfView, View

__all__ = ["event", "jsonld", "script_safe"]

_STATUS = {Status.CANCELLED: "EventCancelled", Status.POSTPONED: "EventPostponed"}
_MODE = {
    PlaceMode.ONLINE: "OnlineEventAttendanceMode",
    PlaceMode.ON_SITE: "OfflineEventAttendanceMode",
    PlaceMode.HYBRID: "MixedEventAttendanceMode",
}
_ONE_LINE = 10**9


def jsonld(view: View) -> bytes:
    """Write a view as a JSON-LD document, UTF-8."""
    return (json.dumps(event(view), ensure_ascii=False, indent=2) + "\n").encode()


def script_safe(view: View) -> str:
    """Write the same for a `<script>` of a page: nothing in it can end the element or open a comment."""
    text = json.dumps(event(view), ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def event(view: View) -> dict[str, Any]:
    """Give a view as schema.org's Event (https://schema.org/Event); what there is nothing to say of is left out."""
    spoken = view.interpretation.languages if view.interpretation else ()
    about = view.objectives or view.background
    return _filled(
        {
            "@context": "https://schema.org",
            "@type": "Event",
            "@id": f"urn:x-briefing:{view.uid}",
            "identifier": view.uid,
            "name": view.title,
            "description": prose_plain(about, width=_ONE_LINE) if about else None,
            "url": view.url,
            "startDate": machine_time(view.start, view.timezone),
            "endDate": machine_time(view.end, view.timezone),
            "eventStatus": _status(view.status),
            "eventAttendanceMode": f"https://schema.org/{_MODE[view.mode]}" if view.mode else None,
            "location": _location(view),
            "inLanguage": list(spoken) or view.language,
            "organizer": [_organization(one.name, one.url) for one in view.organizers],
            "contributor": [_organization(one.name, one.url) for one in view.partners],
            "performer": _performers(view),
            "maximumAttendeeCapacity": view.registration.capacity if view.registration else None,
            "potentialAction": _registering(view),
            "superEvent": _super_event(view.part_of) if view.part_of else None,
            "subEvent": [
                *map(_child, view.children),
                *(_item(item, view) for item in view.agenda if item.start),
            ],
        }
    )


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None and value not in ([], {}, "")}


def _status(status: Status) -> str:
    return f"https://schema.org/{_STATUS.get(status, 'EventScheduled')}"


def _location(view: View) -> list[dict[str, Any]]:
    """Name the places; where the room's address is not for everybody, its place is where one registers."""
    places: list[dict[str, Any]] = []
    if view.venue is not None and view.venue.name is not None:
        places.append(_filled({"@type": "Place", "name": view.venue.name, "address": view.venue.address}))
    if view.online is not None:
        instead = (view.registration.url if view.registration else None) or view.url
        places.append(_filled({"@type": "VirtualLocation", "url": view.online.url or instead}))
    return places


def _organization(name: str, url: str | None) -> dict[str, Any]:
    return _filled({"@type": "Organization", "name": name, "url": url})


def _registering(view: View) -> dict[str, Any] | None:
    if view.registration is None or view.registration.url is None:
        return None
    return {"@type": "RegisterAction", "target": view.registration.url}


def _performers(view: View) -> list[dict[str, Any]]:
    """Name everyone on the programme once, by their key."""
    people = {one.person: one for item in view.agenda for one in item.participants if one.person is not None}
    return [_person(one) for one in people.values()]


def _person(participant: ParticipantView) -> dict[str, Any]:
    works_for = _organization(participant.organization, None) if participant.organization else None
    return _filled(
        {
            "@type": "Person",
            "name": participant.name,
            "jobTitle": participant.position,
            "affiliation": works_for,
        }
    )


def _super_event(parent: PartOfView) -> dict[str, Any]:
    return _filled(
        {
            "@type": "Event",
            "name": parent.title,
            "url": parent.url,
            "startDate": machine_time(parent.start, parent.timezone) if parent.start else None,
            "endDate": machine_time(parent.end, parent.timezone) if parent.end else None,
        }
    )


def _child(child: ChildView) -> dict[str, Any]:
    return _filled(
        {
            "@type": "Event",
            "name": child.title,
            "url": child.url,
            "startDate": machine_time(child.start, child.timezone),
            "endDate": machine_time(child.end, child.timezone),
            "eventStatus": _status(child.status),
        }
    )


def _item(item: AgendaItemView, view: View) -> dict[str, Any]:
    return _filled(
        {
            "@type": "Event",
            "name": item.title,
            "startDate": machine_time(item.start, view.timezone) if item.start else None,
            "endDate": machine_time(item.end, view.timezone) if item.end else None,
            "performer": [_person(one) for one in item.participants if one.person is not None],
        }
    )
