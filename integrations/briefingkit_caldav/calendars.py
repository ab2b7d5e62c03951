"""Calendars: where they are, what is known of them, and those that are ours to make, name and take away."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from attrs import field, frozen

from briefingkit.errors import IntegrationError
from briefingkit.publish import Fields, Remote, Resource
from briefingkit_caldav.content_lines import parse_components, parse_line
from briefingkit_caldav.discovery import calendar_home
from briefingkit_caldav.faults import GONE, Gone, in_words
from briefingkit_caldav.hrefs import name_of, path_of
from briefingkit_caldav.identity import COLLECTION, parse_collection_name
from briefingkit_caldav.multistatus import APPLE, CALDAV, CALENDARSERVER, DAV, Found, precondition_of
from briefingkit_caldav.quirks import AUTO, STANDARD, server_of, server_of_token
from briefingkit_caldav.server import Server

if TYPE_CHECKING:
    from briefingkit_caldav.settings import CalDAV

__all__ = [
    "CTAG",
    "PROPERTIES",
    "TOKEN",
    "Calendar",
    "calendar_at",
    "collection_remote",
    "find_calendars",
    "kind_of",
    "look_at",
    "recognise",
    "set_properties",
]

PROPERTIES: Final = {
    "name": "D:displayname",
    "description": "C:calendar-description",
    "color": "A:calendar-color",
    "timezone": "C:calendar-timezone",
}
TOKEN, CTAG = "D:sync-token", "S:getctag"
"""How far the history of a calendar has come, by RFC 6578 and by what was there before it."""

_IDENTITY: Final = (*PROPERTIES.values(), "D:resourcetype")
_ASKED: Final = (*_IDENTITY, TOKEN, CTAG, "D:supported-report-set")
_COLOR_DIGITS: Final = 7
_YEARS: Final = (2020, 2040)
"""For which a calendar's own zone is written. It places events without a zone, and we write none."""


@frozen
class Calendar:
    """A calendar at the server: its address, its properties in canonical form, and where its history stands."""

    path: str
    properties: Fields = field(factory=dict)
    token: str | None = None
    ctag: str | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        said = self.properties.get("name")
        return said if isinstance(said, str) else name_of(self.path)


def kind_of(server: Server) -> str:
    """Tell which server this is, from the settings or from its answers so far."""
    told = server.settings.quirks
    if told != AUTO:
        return told
    named = server_of(server.settings.url, server.connection.headers)
    return named if named != STANDARD else server.recognised or STANDARD


def calendar_at(found: Found) -> Calendar | None:
    """Read a calendar from its properties; None for any other collection."""
    kinds = found.properties.get(f"{DAV}resourcetype")
    if kinds is None or kinds.find(f"{CALDAV}calendar") is None:
        return None
    reports = found.properties.get(f"{DAV}supported-report-set")
    syncs = reports is None or any(True for _ in reports.iter(f"{DAV}sync-collection"))
    color = found.text(f"{APPLE}calendar-color")
    properties = {
        "name": found.text(f"{DAV}displayname") or None,
        "description": found.text(f"{CALDAV}calendar-description") or None,
        "color": color[:_COLOR_DIGITS].lower() if color else None,  # Apple's colours end in their opacity
        "timezone": _zone_in(found.text(f"{CALDAV}calendar-timezone")),
    }
    path = f"{found.path.rstrip('/')}/"
    token = found.text(f"{DAV}sync-token") if syncs else None
    return Calendar(path, properties, token or None, found.text(f"{CALENDARSERVER}getctag") or None)


def look_at(server: Server, path: str, *, history: str | None = None) -> Calendar:
    """Ask for a calendar's properties. Gone where nothing is there, IntegrationError for anything else.

    `history`, TOKEN or CTAG, asks for that alone of the two: servers look at every event to tell either.
    """
    answered = server.properties(path, _ASKED if history is None else (*_IDENTITY, history))
    if all(found.status in GONE for found in answered):
        raise Gone(f"{server.connection.origin}{path} is not there")
    calendar = next(filter(None, map(calendar_at, answered)), None)
    if calendar is None:
        raise IntegrationError(f"{server.connection.origin}{path} is no calendar")
    return calendar


def find_calendars(server: Server, namespaces: Collection[str]) -> tuple[str | None, Mapping[str, Calendar]]:
    """Find the calendars of the settings, by key, and the home that new ones are made in.

    Those that we made for one of the namespaces (none: for any) and that are not wanted any more are among them, under
    their own keys. IntegrationError, with the names of those that there are, for one that cannot be found.
    """
    settings = server.settings
    by_name = {key: place for key, place in settings.addresses.items() if not _is_address(place)}
    found = {
        key: look_at(server, f"{_path(settings, place).rstrip('/')}/")
        for key, place in settings.addresses.items()
        if _is_address(place)
    }
    if settings.make is None and not by_name:
        recognise(server, found.values())
        return None, found
    home = calendar_home(server, kind_of(server))
    listed = [each for each in map(calendar_at, server.properties(home, _ASKED, depth=1)) if each is not None]
    recognise(server, listed)
    for key, name in by_name.items():
        found[key] = _named(server, name, listed)
    made = _made(settings, listed, namespaces) if settings.make is not None else {}
    return home, {**found, **made}


def recognise(server: Server, calendars: Iterable[Calendar]) -> None:
    """Keep in mind which server it is: behind a proxy, its tokens tell what its headers do not."""
    server.recognised = next(filter(None, (server_of_token(each.token) for each in calendars)), None)


def _is_address(place: str) -> bool:
    return place.startswith("/") or "://" in place


def _path(settings: "CalDAV", place: str) -> str:
    if "://" in place and urlsplit(place).hostname != urlsplit(settings.url).hostname:
        raise IntegrationError(f"the calendar {place[:200]} is at another server than `url`")
    return path_of(place)


def _named(server: Server, name: str, listed: Sequence[Calendar]) -> Calendar:
    same = [calendar for calendar in listed if calendar.name == name]
    if len(same) == 1:
        return same[0]
    if same:
        paths = ", ".join(calendar.path for calendar in same)
        raise IntegrationError(
            f"{len(same)} calendars are called {name!r} ({paths}): give the address of one"
        )
    there = ", ".join(sorted(calendar.name for calendar in listed)) or "none"
    raise IntegrationError(
        f"no calendar at {server.connection.origin} is called {name!r}; there are: {there}. "
        "Make it there, or have it made: `make: {name: …}`"
    )


def _made(settings: "CalDAV", listed: Sequence[Calendar], namespaces: Collection[str]) -> dict[str, Calendar]:
    """Recognise those that this target has made; where they may be of two projects, they are nobody's."""
    found: dict[str, list[Calendar]] = {}
    for calendar in listed:
        parsed = parse_collection_name(name_of(calendar.path))
        if parsed is None or settings.target not in {"", parsed[1]}:
            continue
        if not namespaces or parsed[0] in {namespace.lower() for namespace in namespaces}:
            found.setdefault(parsed[2], []).append(calendar)
    return {key: ours[0] for key, ours in found.items() if len(ours) == 1}


def collection_remote(key: str, calendar: Calendar, owner: str) -> Remote:
    """Give a calendar of ours as the resource that it is."""
    parsed = parse_collection_name(name_of(calendar.path))
    namespace, target = (parsed[0], parsed[1]) if parsed is not None else (None, owner)
    fields = {**calendar.properties, "namespace": namespace}
    return Remote(Resource(COLLECTION, key, target, fields), calendar.path, ours=parsed is not None)


def _property_values(fields: Fields) -> dict[str, str | None]:
    """Write properties as a server takes them, by their prefixed names."""
    values = {PROPERTIES[name]: _text(fields.get(name)) for name in PROPERTIES}
    zone = values[PROPERTIES["timezone"]]
    values[PROPERTIES["timezone"]] = None if zone is None else _zone_calendar(zone)
    return values


def set_properties(server: Server, path: str, wanted: Resource, before: Mapping[str, object]) -> None:
    """Set what is otherwise than wanted, property by property: one that a server does not keep spoils no other.

    What it does not keep is then read as it is, and is no drift. Its name has to stand: IntegrationError if not.
    """
    values = _property_values(wanted.fields)
    for name, prefixed in PROPERTIES.items():
        if wanted.fields.get(name) == before.get(name):
            continue
        answer = server.proppatch(path, {prefixed: values[prefixed]})
        if name == "name" and answer.status >= HTTPStatus.BAD_REQUEST:
            raise IntegrationError(
                f"it cannot be named: {in_words(answer.status, precondition_of(answer.body))}"
            )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _zone_calendar(zone: str) -> str:
    """Write a zone as the calendar object that CALDAV:calendar-timezone holds (RFC 4791 section 5.2.2)."""
    from briefingkit.rendering.ics import PRODID
    from briefingkit.rendering.vtimezone import vtimezone_bytes

    head = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:{PRODID}\r\n"
    return f"{head}{vtimezone_bytes(zone, *_YEARS).decode()}END:VCALENDAR\r\n"


def _zone_in(text: str | None) -> str | None:
    """Read which zone a calendar has."""
    for calendar in parse_components(text).parts if text else ():
        for zone in calendar.parts:
            for line in map(parse_line, zone.lines):
                if line is not None and line.name == "TZID":
                    return line.text
    return None
