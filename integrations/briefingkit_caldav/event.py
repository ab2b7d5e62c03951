"""An event in canonical form, read from iCalendar: the one home of what counts as the same.

Fields have the names and meanings of RFC 5545, 7986, 9073 and 9253. DTSTAMP, LAST-MODIFIED and SEQUENCE are not among
them: clients and servers write those as they like. What people add, such as alarms, categories and properties of their
programs, is kept beside the fields word for word, so that it is neither drift nor lost when the event is written again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import ClassVar, Final
from urllib.parse import quote, unquote

from attrs import frozen

from briefingkit.publish import Fields, Value
from briefingkit_caldav.content_lines import (
    Component,
    Line,
    parse_components,
    parse_line,
    split_values,
    unescape,
)
from briefingkit_caldav.identity import Mark, mark_of

__all__ = [
    "CATEGORIES_PROPERTY",
    "FIELDS",
    "GUESTS_PROPERTY",
    "MARK_PROPERTY",
    "REVISION_PROPERTY",
    "Held",
    "category_words",
    "event_in",
    "guest_digest",
    "read_event",
]

MARK_PROPERTY: Final = "X-BRIEFINGKIT"
REVISION_PROPERTY: Final = "X-BRIEFINGKIT-REVISION"
"""Our revision and its moment: SEQUENCE rises with every edit in a client, and does not tell which state is ours."""
CATEGORIES_PROPERTY: Final = "X-BRIEFINGKIT-CATEGORIES"
"""Those of the categories that are ours, as words without commas (see `_whole`); the others are people's own."""
GUESTS_PROPERTY: Final = "X-BRIEFINGKIT-GUESTS"
"""Digests of the addresses that we invited; whom others invited is their business."""

FIELDS: Final = (
    "summary",
    "description",
    "start",
    "end",
    "location",
    "status",
    "transparency",
    "class",
    "url",
    "categories",
    "organizer",
    "guests",
    "conferences",
    "links",
    "related",
    "participants",
    "recurrence",
    "languages",
    "revision",
    "published",
    "uid",
    "mark",
)
"""All that is governed, in the order in which a plan shows it."""

_TEXTS: Final = {
    "SUMMARY": "summary",
    "DESCRIPTION": "description",
    "LOCATION": "location",
    "STATUS": "status",
    "TRANSP": "transparency",
    "CLASS": "class",
}
_MOMENTS: Final = {"DTSTART": "start", "DTEND": "end"}
_RECURRENCES: Final = frozenset({"RRULE", "RDATE", "EXDATE", "EXRULE"})
# Ours to write from the fields, and no concern of anybody's who compares.
_DERIVED: Final = frozenset({"DTSTAMP", "LAST-MODIFIED", "X-ALT-DESC", "X-MICROSOFT-CDO-BUSYSTATUS"})
_DIGEST: Final = 12
_DATE: Final = 8
_LOCAL: Final = 15


@frozen
class Held:
    """An event as it stands at a server: its fields, whose it is, and what else has to survive when it is written.

    `sequence` is its SEQUENCE; `rest` are the lines of the VEVENT that nobody here governs, `beside` those of other
    components of the calendar (an instance of a series that was moved), `attendees` the lines of our guests with their
    answers.
    """

    uid: str
    mark: Mark | None
    fields: Fields
    sequence: int = 0
    rest: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    attendees: tuple[str, ...] = ()


def read_event(text: str) -> Held | None:
    """Read the event of a calendar object resource; None where there is none, or none that can be read."""
    return event_in(parse_components(text))


def event_in(root: Component) -> Held | None:
    """Read the event among components that were read."""
    calendar = next((part for part in root.parts if part.name == "VCALENDAR"), root)
    events = [part for part in calendar.parts if part.name == "VEVENT"]
    event = next((each for each in events if not _is_instance(each)), None)
    if event is None:
        return None
    others = [part for part in calendar.parts if part is not event]
    # Zones are written anew with the event; others are needed by what stands beside it alone.
    needed = others if any(part.name != "VTIMEZONE" for part in others) else []
    return _Reading(event).held(tuple(line for part in needed for line in part.written()))


def category_words(categories: Iterable[str]) -> str:
    """Write which categories are ours."""
    return " ".join(quote(category, safe="") for category in categories)


def guest_digest(address: str) -> str:
    """Digest an address, so that it stands in the event once, as a guest, and goes when the guest does."""
    return sha256(address.lower().encode()).hexdigest()[:_DIGEST]


def _is_instance(event: Component) -> bool:
    return any(line.upper().startswith("RECURRENCE-ID") for line in event.lines)


class _Reading:
    """One event, line by line."""

    def __init__(self, event: Component) -> None:
        self._event = event
        self._lines = [(written, parse_line(written)) for written in event.lines]
        self._fields: dict[str, Value] = dict.fromkeys(FIELDS)
        self._languages: dict[str, str] = {}
        self._lists: dict[str, list[Value]] = {}
        self._rest: list[str] = []
        self._attendees: list[str] = []
        self._sequence = 0
        self._uid = ""
        self._duration: str | None = None
        self._mark: Mark | None = None
        self._our_categories = frozenset(map(unquote, self._first(CATEGORIES_PROPERTY).split(" ")))
        self._our_guests = frozenset(self._first(GUESTS_PROPERTY).split(" "))

    def held(self, beside: tuple[str, ...]) -> Held:
        for written, line in self._lines:
            if line is None or not self._take(line, written):
                self._rest.append(written)
        self._take_parts()
        fields = {
            **self._fields,
            **{name: tuple(values) for name, values in self._lists.items()},
            "languages": dict(sorted(self._languages.items())) or None,
        }
        if self._duration is not None and fields["end"] is None:
            fields["end"] = _ended(fields["start"], self._duration)
        return Held(
            self._uid,
            self._mark,
            fields,
            self._sequence,
            tuple(self._rest),
            beside,
            tuple(self._attendees),
        )

    def _first(self, name: str) -> str:
        return next((line.value for _, line in self._lines if line is not None and line.name == name), "")

    def _take(self, line: Line, written: str) -> bool:
        """Take a line into the fields; whether it belongs there."""
        name = line.name
        if name in _TEXTS:
            self._take_text(line, _TEXTS[name])
        elif name in _MOMENTS:
            self._fields[_MOMENTS[name]] = _moment(line)
        elif name in _RECURRENCES:
            self._lists.setdefault("recurrence", []).append(written)
        elif name == "ATTENDEE":
            return self._take_attendee(line, written)
        elif name == "CATEGORIES":
            self._take_categories(line)
        elif name in self._takers:
            self._takers[name](self, line)
        else:
            return name in _DERIVED
        return True

    def _take_text(self, line: Line, name: str) -> None:
        self._fields[name] = line.text
        if language := line.parameter("LANGUAGE"):
            self._languages[name] = language

    def _take_uid(self, line: Line) -> None:
        self._uid = line.text
        self._fields["uid"] = line.text

    def _take_sequence(self, line: Line) -> None:
        self._sequence = int(line.value) if line.value.isdecimal() else 0

    def _take_duration(self, line: Line) -> None:
        self._duration = line.value

    def _take_mark(self, line: Line) -> None:
        self._mark = mark_of(line.text)
        if self._mark is not None:
            self._fields["mark"] = {"namespace": self._mark.namespace, "target": self._mark.target}

    def _take_revision(self, line: Line) -> None:
        revision, _, moment = line.text.partition(" ")
        self._fields["revision"] = int(revision) if revision.isdecimal() else None
        self._fields["published"] = moment or None

    def _take_url(self, line: Line) -> None:
        self._fields["url"] = line.value

    def _take_organizer(self, line: Line) -> None:
        agent = line.parameter("SCHEDULE-AGENT")
        self._fields["organizer"] = {
            "address": _address(line.value),
            "name": line.parameter("CN"),
            "scheduling": agent.lower() if agent else None,
        }

    def _take_attendee(self, line: Line, written: str) -> bool:
        address = _address(line.value)
        if guest_digest(address) not in self._our_guests:
            return False
        agent = line.parameter("SCHEDULE-AGENT")
        self._attendees.append(written)
        self._lists.setdefault("guests", []).append(
            {
                "address": address,
                "name": line.parameter("CN"),
                "scheduling": agent.lower() if agent else None,
            }
        )
        return True

    def _take_categories(self, line: Line) -> None:
        theirs = []
        for value in split_values(line.value):
            if (category := unescape(value)) in self._our_categories:
                self._lists.setdefault("categories", []).append(category)
            else:
                theirs.append(value)
        if theirs:
            self._rest.append(f"CATEGORIES:{','.join(theirs)}")

    def _take_conference(self, line: Line) -> None:
        features = sorted(
            feature.upper() for given in line.parameters.get("FEATURE", ()) for feature in given.split(",")
        )
        self._lists.setdefault("conferences", []).append(
            {
                "url": _whole(line.value),
                "label": line.parameter("LABEL"),
                "features": tuple(features),
                "language": line.parameter("LANGUAGE"),
            }
        )

    def _take_link(self, line: Line) -> None:
        self._lists.setdefault("links", []).append(
            {
                "url": _whole(line.value),
                "label": line.parameter("LABEL"),
                "relation": line.parameter("LINKREL"),
                "language": line.parameter("LANGUAGE"),
            }
        )

    def _take_related(self, line: Line) -> None:
        relation = line.parameter("RELTYPE") or "PARENT"
        self._lists.setdefault("related", []).append({"uid": line.text, "relation": relation.upper()})

    def _take_parts(self) -> None:
        """Take the participants that are ours, told by their UIDs; the rest are alarms and people's own."""
        own = self._uid.partition("@")[0].rpartition(".")[2]
        for part in self._event.parts:
            participant = _participant(part) if part.name == "PARTICIPANT" else None
            if participant is not None and str(participant["uid"]).partition("@")[0].endswith(f".{own}"):
                self._lists.setdefault("participants", []).append(participant)
            else:
                self._rest.extend(part.written())

    _takers: ClassVar[Mapping[str, Callable[["_Reading", Line], None]]] = {
        "UID": _take_uid,
        "SEQUENCE": _take_sequence,
        "DURATION": _take_duration,
        "URL": _take_url,
        "ORGANIZER": _take_organizer,
        "CONFERENCE": _take_conference,
        "LINK": _take_link,
        "RELATED-TO": _take_related,
        MARK_PROPERTY: _take_mark,
        REVISION_PROPERTY: _take_revision,
        CATEGORIES_PROPERTY: lambda _reading, _line: None,
        GUESTS_PROPERTY: lambda _reading, _line: None,
    }
    """What takes a line, by its name, where the name says all."""


def _moment(line: Line) -> Value:
    """Read a date or a time: local with the name of its zone, in UTC, or floating; as it stands where it is neither."""
    value = line.value.strip()
    if len(value) == _DATE and value.isdecimal():
        return {"date": f"{value[:4]}-{value[4:6]}-{value[6:]}"}
    local = f"{value[:4]}-{value[4:6]}-{value[6:11]}:{value[11:13]}:{value[13:15]}"
    if len(value) == _LOCAL:
        return {"dateTime": local, "timeZone": line.parameter("TZID")}
    if len(value) == _LOCAL + 1 and value.endswith("Z"):
        return {"dateTime": local, "timeZone": "UTC"}
    return {"dateTime": value, "timeZone": line.parameter("TZID")}


def _ended(start: Value, duration: str) -> Value:
    """Give the end of an event that a client gave a duration; nothing where either cannot be read."""
    from icalendar import vDuration

    try:
        lasts: timedelta = vDuration.from_ical(duration)  # type: ignore[no-untyped-call] # icalendar gives it no types
        if not isinstance(start, Mapping):
            return None
        if "date" in start:
            return {"date": (date.fromisoformat(str(start["date"])) + lasts).isoformat()}
        return {**start, "dateTime": (datetime.fromisoformat(str(start["dateTime"])) + lasts).isoformat()}
    except ValueError:
        return None


def _whole(url: str) -> str:
    """Write a comma in an address as %2C: vobject, with which Radicale stores, cuts properties there."""
    return url.replace(",", "%2C")


def _address(value: str) -> str:
    return value[len("mailto:") :] if value.lower().startswith("mailto:") else value


_PARTICIPANT: Final = {
    "UID": "uid",
    "PARTICIPANT-TYPE": "type",
    "SUMMARY": "name",
    "DESCRIPTION": "description",
    "URL": "url",
    "CALENDAR-ADDRESS": "address",
}


def _participant(part: Component) -> dict[str, Value]:
    """Read a PARTICIPANT (RFC 9073 section 7.1)."""
    found: dict[str, Value] = dict.fromkeys((*_PARTICIPANT.values(), "language"))
    for line in _parsed(part.lines):
        name = _PARTICIPANT.get(line.name)
        if name is None:
            continue
        found[name] = _address(line.value) if name in {"url", "address"} else line.text
        if name == "description":
            found["language"] = line.parameter("LANGUAGE")
    return found


def _parsed(lines: Iterable[str]) -> Iterator[Line]:
    return (line for line in map(parse_line, lines) if line is not None)
