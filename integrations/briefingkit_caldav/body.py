"""An event as the bytes that a server is sent: made from its fields, with all that others have added left in."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from briefingkit.publish import Fields, Resource, Value
from briefingkit_caldav.content_lines import parse_line
from briefingkit_caldav.event import (
    CATEGORIES_PROPERTY,
    GUESTS_PROPERTY,
    MARK_PROPERTY,
    REVISION_PROPERTY,
    Held,
    category_words,
    guest_digest,
)
from briefingkit_caldav.identity import Mark

if TYPE_CHECKING:
    from icalendar import Calendar, Component, Event

__all__ = ["calendar_head", "component_of", "event_bytes"]

_END: Final = b"END:VEVENT\r\n"
_TEXTS: Final = (
    ("location", "location"),
    ("status", "status"),
    ("transparency", "transp"),
    ("class", "class"),
)
_UTC: Final = "UTC"


def event_bytes(resource: Resource, held: Held | None) -> bytes:
    """Write a calendar object resource (RFC 4791 section 4.1): one event with its zone, and no METHOD.

    `held` is what stands there: people's own lines are kept, guests keep their answers, and SEQUENCE never falls.
    Raises TextError for a zone that nobody knows, ValueError for a time that is none.
    """
    from briefingkit.rendering.ics_lines import calendar_bytes, fold

    beside = (fold(line.encode()) for line in (held.beside if held is not None else ()))
    return calendar_bytes(calendar_head(), (*_zones(resource.fields), component_of(resource, held), *beside))


def component_of(resource: Resource, held: Held | None) -> bytes:
    """Write the VEVENT alone, without its zone; with the errors of `event_bytes`."""
    from briefingkit.rendering.ics_lines import component_bytes, fold

    own = component_bytes(_event(resource, held)).removesuffix(_END)
    kept = b"".join(fold(line.encode()) for line in _kept(resource.fields, held))
    return own + kept + _END


def calendar_head() -> "Calendar":
    """Give a calendar with what each has to have (RFC 5545 section 3.6)."""
    from icalendar import Calendar

    from briefingkit.rendering.ics import PRODID
    from briefingkit.rendering.ics_values import text

    head = Calendar()
    head.add("version", text("2.0"))
    head.add("prodid", text(PRODID))
    return head


def _event(resource: Resource, held: Held | None) -> "Event":
    from icalendar import Event

    from briefingkit.rendering.ics_values import text, uri

    fields = resource.fields
    event = Event()
    event.add("uid", text(_text(fields["uid"])))
    event.add("sequence", max(_number(fields["revision"]), held.sequence if held is not None else 0))
    _add_marks(event, resource)
    _add_moments(event, fields)
    _add_words(event, fields)
    if isinstance(fields["url"], str):
        event.add("url", uri(fields["url"]))
    _add_people(event, fields, held)
    for related in _mappings(fields["related"]):
        event.add("related-to", text(_text(related["uid"]), RELTYPE=_text(related["relation"])))
    _add_conferences(event, fields)
    for participant in _mappings(fields["participants"]):
        event.add_component(_participant(participant))
    return event


def _add_marks(event: "Event", resource: Resource) -> None:
    from briefingkit.rendering.ics_values import text

    fields, mark = resource.fields, resource.fields["mark"]
    if isinstance(mark, Mapping):
        named = Mark(_text(mark["namespace"]), _text(mark["target"]), resource.key, resource.owner)
        event.add(MARK_PROPERTY, text(str(named)))
    if fields["revision"] is not None:
        moment = _text(fields["published"])
        event.add(REVISION_PROPERTY, text(f"{_number(fields['revision'])} {moment}".strip()))


def _add_moments(event: "Event", fields: Fields) -> None:
    """Add the start, the end and, from the moment of the publication, the stamps that RFC 5545 asks for."""
    from icalendar import vDDDTypes

    for name, moment in (("dtstart", fields["start"]), ("dtend", fields["end"])):
        if isinstance(moment, Mapping):
            event.add(name, _moment(moment))
    published = fields["published"]
    at = vDDDTypes(datetime.fromisoformat(_text(published))) if published else None
    if at is not None:
        event.add("dtstamp", at)
        event.add("last-modified", at)


def _moment(value: Mapping[str, Value]) -> Any:
    from icalendar import vDDDTypes

    if "date" in value:
        made = vDDDTypes(date.fromisoformat(_text(value["date"])))
        made.params["VALUE"] = "DATE"
        return made
    zone = value["timeZone"]
    local = datetime.fromisoformat(f"{_text(value['dateTime'])}{'+00:00' if zone == _UTC else ''}")
    made = vDDDTypes(local)
    if isinstance(zone, str) and zone != _UTC:
        made.params["TZID"] = zone
    return made


def _add_words(event: "Event", fields: Fields) -> None:
    """Add what is read. Outlook shows HTML where there is some, so it says the same as the description."""
    from icalendar import vCategory, vText

    from briefingkit.rendering.ics_values import text

    languages = fields["languages"]
    tags = languages if isinstance(languages, Mapping) else {}

    def language(name: str) -> str | None:
        tag = tags.get(name)
        return tag if isinstance(tag, str) else None

    for name, named in (("summary", "summary"), *_TEXTS):
        if isinstance(value := fields[name], str):
            event.add(named, text(value, LANGUAGE=language(name)))
    described = fields["description"]
    if isinstance(described, str):
        event.add("description", text(described, LANGUAGE=language("description")))
        html = _html(described, language("description") or "und")
        event.add("x-alt-desc", text(html, FMTTYPE="text/html"))
    categories: list[vText | str] = [text(_text(each)) for each in _values(fields["categories"])]
    if categories:
        listed = vCategory([])
        listed.cats = categories
        event.add("categories", listed)
        event.add(CATEGORIES_PROPERTY, text(category_words(map(str, categories))))
    free = fields["transparency"] == "TRANSPARENT"
    busy = "FREE" if free else "BUSY" if fields["status"] == "CONFIRMED" else "TENTATIVE"
    event.add("x-microsoft-cdo-busystatus", text(busy))


def _html(described: str, language: str) -> str:
    from briefingkit.rendering.calendar_text import Block, html_text

    paragraphs = (paragraph.split("\n") for paragraph in described.split("\n\n"))
    return html_text(tuple(Block(None, tuple(lines)) for lines in paragraphs), language)


def _add_people(event: "Event", fields: Fields, held: Held | None) -> None:
    from briefingkit.rendering.ics_values import text

    organizer = fields["organizer"]
    if isinstance(organizer, Mapping):
        event.add("organizer", _calendar_user(organizer, {}))
    answers = _answers(held)
    guests = tuple(_mappings(fields["guests"]))
    for guest in guests:
        address = _text(guest["address"])
        event.add("attendee", _calendar_user(guest, answers.get(address.lower(), _INVITED)))
    if guests:
        event.add(GUESTS_PROPERTY, text(" ".join(guest_digest(_text(guest["address"])) for guest in guests)))


_INVITED: Final[Mapping[str, str]] = {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"}


def _answers(held: Held | None) -> dict[str, Mapping[str, str]]:
    """Give the parameters of guests as they stand: what they answered, and what their server wrote."""
    found: dict[str, Mapping[str, str]] = {}
    for written in held.attendees if held is not None else ():
        line = parse_line(written)
        if line is not None:
            address = line.value.lower().removeprefix("mailto:")
            found[address] = {name: ",".join(values) for name, values in line.parameters.items()}
    return found


def _calendar_user(user: Mapping[str, Value], parameters: Mapping[str, str]) -> Any:
    from icalendar import vCalAddress

    from briefingkit.rendering.ics_values import parameter, uri

    address = vCalAddress(uri(f"mailto:{_text(user['address'])}"))
    for name, value in parameters.items():
        address.params[name] = parameter(value)
    for name, given in (("CN", user["name"]), ("SCHEDULE-AGENT", user["scheduling"])):
        address.params.pop(name, None)
        if isinstance(given, str):
            address.params[name] = parameter(given.upper() if name == "SCHEDULE-AGENT" else given)
    return address


def _add_conferences(event: "Event", fields: Fields) -> None:
    from briefingkit.rendering.ics_values import parameter, uri

    for room in _mappings(fields["conferences"]):
        features = [_text(feature) for feature in _values(room["features"])]
        event.add(
            "conference",
            uri(
                _text(room["url"]),
                VALUE="URI",
                FEATURE=features or None,
                LABEL=_parameter(room["label"]),
                LANGUAGE=_parameter(room["language"]),
            ),
        )
    for link in _mappings(fields["links"]):
        named = {"LINKREL": link["relation"], "LABEL": link["label"], "LANGUAGE": link["language"]}
        given = {name: parameter(value) for name, value in named.items() if isinstance(value, str)}
        event.add("link", uri(_text(link["url"]), VALUE="URI", **given))


def _participant(participant: Mapping[str, Value]) -> "Component":

    from briefingkit.rendering.ics_values import text, uri

    component = _participant_class()()
    component.add("uid", text(_text(participant["uid"])))
    for name, field in (("participant-type", "type"), ("summary", "name")):
        if isinstance(value := participant[field], str):
            component.add(name, text(value))
    if isinstance(described := participant["description"], str):
        component.add("description", text(described, LANGUAGE=_parameter(participant["language"])))
    if isinstance(url := participant["url"], str):
        component.add("url", uri(url))
    if isinstance(address := participant["address"], str):
        component.add("calendar-address", uri(f"mailto:{address}"))
    return component


@cache
def _participant_class() -> "type[Component]":
    """Give the class of a component that icalendar has none for, once that package is loaded."""
    from icalendar import Component

    class Participant(Component):
        """A PARTICIPANT."""

        name = "PARTICIPANT"

    return Participant


def _kept(fields: Fields, held: Held | None) -> Iterator[str]:
    """Give lines that go back as they came: a series that someone made and that is kept, and all that is not ours."""
    yield from map(_text, _values(fields["recurrence"]))
    yield from held.rest if held is not None else ()


def _zones(fields: Fields) -> Iterator[bytes]:
    """Write the zones of start and end, right for the years between them."""
    from briefingkit.rendering.vtimezone import vtimezone_bytes

    moments = [each for each in (fields["start"], fields["end"]) if isinstance(each, Mapping)]
    years = [int(_text(each.get("dateTime") or each.get("date"))[:4]) for each in moments]
    zones = {each["timeZone"] for each in moments if isinstance(each.get("timeZone"), str)}
    for zone in sorted(map(_text, zones - {_UTC})):
        yield vtimezone_bytes(zone, min(years), max(years))


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Value) -> int:
    return value if isinstance(value, int) else 0


def _parameter(value: Value) -> str | None:
    from briefingkit.rendering.ics_values import parameter

    return parameter(value) if isinstance(value, str) else None


def _values(value: Value) -> tuple[Value, ...]:
    return value if isinstance(value, tuple) else ()


def _mappings(value: Value) -> Iterator[Mapping[str, Value]]:
    return (each for each in _values(value) if isinstance(each, Mapping))
