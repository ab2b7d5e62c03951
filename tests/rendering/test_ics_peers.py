import ctypes
import json
import shutil
import subprocess
from collections.abc import Callable
from ctypes.util import find_library
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from icalendar import Calendar

from briefingkit.model import Publication, structure
from briefingkit.rendering.calendar_text import blocks, plain_text, summary
from briefingkit.rendering.ics import ics
from briefingkit.rendering.values import View
from briefingkit.rendering.view import view
from briefingkit.testing.strategies import HOSTILE, publications

pytestmark = [pytest.mark.peer, pytest.mark.usefixtures("packaged_zones")]

ROOT = Path(__file__).parents[2]
PEERS = ROOT / ".cache" / "peers"
ICALJS = PEERS / "node_modules" / "ical.js"
SCRIPT = ROOT / "tests" / "peers" / "parse_with_icaljs.mjs"
EVENT_KIND = 4  # ICAL_VEVENT_COMPONENT in libical's ical.h, the same in every 3.x
LONG = "Une très longue phrase, avec des virgules ; et d’autres signes\\N. " * 60

Read = Callable[[bytes], list[dict[str, Any]]]


class Time(ctypes.Structure):
    """libical's struct icaltimetype."""

    _fields_ = (
        *((name, ctypes.c_int) for name in ("year", "month", "day", "hour", "minute", "second")),
        ("is_date", ctypes.c_int),
        ("is_daylight", ctypes.c_int),
        ("zone", ctypes.c_void_p),
    )


def with_libical(data: bytes) -> list[dict[str, Any]]:
    """Read events with libical, the parser of Evolution and KOrganizer, which places them by our VTIMEZONE."""
    library = ctypes.CDLL(find_library("ical") or "")
    ours = ctypes.c_void_p

    def call(name: str, answer: Any, *arguments: Any) -> Any:
        function = getattr(library, name)
        function.restype = answer
        return function(*arguments)

    def moment(event: Any, end: str) -> str:
        found: Time = call(f"icalcomponent_get_dt{end}", Time, event)
        if found.is_date:
            return date(found.year, found.month, found.day).isoformat()
        seconds = call("icaltime_as_timet_with_zone", ctypes.c_long, found, ours(found.zone))
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}Z"

    def text(event: Any, name: str) -> str:
        return (call(f"icalcomponent_get_{name}", ctypes.c_char_p, event) or b"").decode()

    calendar = ours(call("icalparser_parse_string", ours, data))
    assert calendar.value
    # RFC 5546 wants an organiser in what is published; an event whose people have no address has none to name.
    assert call("icalrestriction_check", ctypes.c_int, calendar) == (
        data.count(b"\r\nORGANIZER") == data.count(b"\r\nBEGIN:VEVENT")
    )
    events, kind = [], EVENT_KIND
    event = ours(call("icalcomponent_get_first_component", ours, calendar, kind))
    while event.value:
        read = {name: text(event, name) for name in ("uid", "summary", "description", "location")}
        sequence = call("icalcomponent_get_sequence", ctypes.c_int, event)
        ends = {"start": moment(event, "start"), "end": moment(event, "end")}
        events.append({**read, **ends, "sequence": sequence})
        event = ours(call("icalcomponent_get_next_component", ours, calendar, kind))
    call("icalcomponent_free", None, calendar)
    return events


def with_icaljs(data: bytes) -> list[dict[str, Any]]:
    """Read events with ical.js, the parser of Thunderbird, which places them by our VTIMEZONE too."""
    command = ["node", str(SCRIPT), str(PEERS)]
    done = subprocess.run(command, input=data, check=True, capture_output=True)
    events: list[dict[str, Any]] = json.loads(done.stdout)
    return events


def with_icalendar(data: bytes) -> list[dict[str, Any]]:
    """Read events with icalendar, the library that they were built with."""
    events: list[Any] = Calendar.from_ical(data).walk("VEVENT")
    read = ("uid", "summary", "description", "location")
    return [
        {name: str(event.get(name, "")) for name in read}
        | {"sequence": event["sequence"]}
        | {"start": written(event["dtstart"].dt), "end": written(event["dtend"].dt)}
        for event in events
    ]


def written(moment: date) -> str:
    if isinstance(moment, datetime):
        return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"
    return moment.isoformat()


def as_icaljs_says(event: dict[str, Any]) -> dict[str, Any]:
    """Bring ical.js's moments into the common form."""

    def common(moment: dict[str, Any]) -> str:
        if "T" not in moment["local"]:
            return str(moment["local"])
        return f"{datetime.fromtimestamp(moment['epoch'], UTC):%Y-%m-%dT%H:%M:%S}Z"

    shown = {name: event[name] or "" for name in ("uid", "summary", "description", "location")}
    ends = {"start": common(event["start"]), "end": common(event["end"])}
    return {**shown, **ends, "sequence": event["sequence"]}


needs_libical = pytest.mark.skipif(find_library("ical") is None, reason="libical is not on this machine")
needs_icaljs = pytest.mark.skipif(
    shutil.which("node") is None or not ICALJS.is_dir(),
    reason="ical.js is not here: node and tests/peers/install_icaljs.sh bring it",
)
PARSERS = [
    pytest.param(with_icalendar, id="icalendar"),
    pytest.param(with_libical, id="libical", marks=needs_libical),
    pytest.param(lambda data: [*map(as_icaljs_says, with_icaljs(data))], id="ical.js", marks=needs_icaljs),
]


def expected(one: View) -> dict[str, Any]:
    """Say what a parser should have read, from the view alone."""
    start, end = one.utc_start, one.utc_end
    if one.all_day:
        start, end = one.start, (date.fromisoformat(one.end) + timedelta(days=1)).isoformat()
    return {
        "uid": one.uid,
        "summary": summary(one),
        "description": plain_text(blocks(one)),
        "start": start,
        "end": end,
        "sequence": one.revision,
    }


def without_location(read: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in read.items() if name != "location"}


def seen(identifier: str, start: str, end: str, zone: str = "Europe/Brussels", **fields: object) -> View:
    data = {
        "briefing": identifier,
        "namespace": "example.org",
        "languages": ["en", "fr"],
        "title": {"en": f"Title of {identifier}"},
        "status": "confirmed",
        "start": start,
        "end": end,
        "timezone": zone,
        "contact": {"name": "The desk", "email": "desk@example.org"},
        "links": [
            {"key": "gcm", "title": {"en": "Compact: a, b; c"}, "url": "https://example.org/gcm?a=1,2;b"}
        ],
    }
    publication = Publication(structure({**data, **fields}), 7, datetime(2022, 3, 1, 9, 30, tzinfo=UTC))
    return view(publication, "fr")


TITLES = ("جلسة إحاطة", "移民情况通报会", "Встреча", "🎉 émoji 👩‍👩‍👧", LONG, *HOSTILE)
CORPUS = (
    seen("summer", "2022-04-13T15:00", "2022-04-13T16:00"),
    seen("winter", "2022-12-13T15:00", "2022-12-13T16:00"),
    seen("south", "2024-04-07T12:00", "2024-04-07T13:00", "America/Santiago"),
    seen("friday", "2024-03-29T12:00", "2024-03-29T13:00", "Asia/Jerusalem"),
    seen("dates", "2024-11-01T12:00", "2024-11-01T13:00", "Africa/Cairo"),
    seen("fasting", "2024-03-20T12:00", "2024-03-20T13:00", "Africa/Casablanca"),
    seen("abolished", "2018-12-20T12:00", "2018-12-20T13:00", "America/Sao_Paulo"),
    seen("half", "2024-07-01T12:00", "2024-07-01T13:00", "Australia/Lord_Howe"),
    seen("still", "2024-07-01T12:00", "2024-07-01T13:00", "Asia/Kolkata"),
    seen("irish", "2024-01-20T12:00", "2024-01-20T13:00", "Europe/Dublin"),
    seen("utc", "2024-01-20T12:00", "2024-01-20T13:00", "UTC"),
    seen("over-midnight", "2022-10-29T22:00", "2022-10-30T06:30"),
    seen("days", "2022-04-11T09:00", "2022-04-13T18:00"),
    seen("all-day", "2022-04-11", "2022-04-11"),
    seen("all-days", "2022-04-11", "2022-04-13"),
    *(
        seen(
            f"title-{index}",
            "2022-04-13T15:00",
            "2022-04-13T16:00",
            title={"en": title},
            objectives={"en": title},
        )
        for index, title in enumerate(TITLES)
    ),
)


@pytest.mark.parametrize("read", PARSERS)
def test_every_parser_reads_what_the_view_says(read: Read) -> None:
    found = {event["uid"]: event for event in read(ics(CORPUS))}
    for one in CORPUS:
        assert without_location(found[one.uid]) == expected(one)
    assert len(found) == len(CORPUS)


@needs_libical
@given(publications())
def test_libical_reads_any_event_as_icalendar_does(drawn: Publication) -> None:
    one = view(drawn, "ar")
    data = ics(one)
    (read,) = with_libical(data)
    assert without_location(read) == expected(one)
    assert read["location"] == with_icalendar(data)[0]["location"]


@needs_icaljs
def test_icaljs_reads_what_newer_standards_add() -> None:
    agenda = [{"key": "a", "title": {"en": "A"}, "participants": [{"person": "m"}]}]
    place = {"online": {"url": "https://example.org/room?a=1,2", "access": "public"}}
    one = seen(
        "new",
        "2022-04-13T15:00",
        "2022-04-13T16:00",
        agenda=agenda,
        place=place,
        people={"m": {"name": 'Monami "M" Maulik; and, others'}},
        part_of={"briefing": "crisis", "title": {"en": "Crisis week"}},
        track="Cities, towns",
    )
    (event,) = with_icaljs(ics(one))
    assert event["participants"] == ['Monami "M" Maulik; and, others', "The desk"]
    assert event["conferences"] == ["https://example.org/room?a=1,2"]
    assert event["links"] == ["https://example.org/gcm?a=1,2;b"]
    assert event["related"][0].endswith("@example.org")
    assert event["categories"][1] == "Cities, towns"
    assert event["language"] == "en"
