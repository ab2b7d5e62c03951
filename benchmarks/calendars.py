"""Building and writing calendar entries, beside bare icalendar and the `ical` package with the same fields."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from importlib.resources import files
from time import perf_counter
from zoneinfo import ZoneInfo

from briefingkit.model import Publication, structure
from briefingkit.rendering.ics import event_component, ics
from briefingkit.rendering.ics_feed import assemble
from briefingkit.rendering.values import View
from briefingkit.rendering.view import view
from lines import Line, best_interleaved

__all__ = ["calendar_lines"]

_ROUNDS, _EVENTS = 5, 300
_FULL = 6.0  # the demo's entry has four to five times the lines of a simple one, most of them longer


def calendar_lines() -> Iterator[Line]:
    """Measure a simple entry of ours beside the peers', then the demo's full one, and a feed."""
    simple, full = _simple(), _full()
    ours = lambda: _each(lambda: ics(simple))  # noqa: E731 - three of a kind
    bare = lambda: _each(_bare_icalendar)  # noqa: E731 - as above
    mine, peer = best_interleaved(_ROUNDS, ours, bare)
    beside = f"icalendar, the same fields: {_micro(peer)}"
    yield Line("simple entry, VTIMEZONE and texts and all", _micro(mine), beside, mine / peer, 2.0)
    yield from _beside_ical(mine)
    built, written = best_interleaved(
        _ROUNDS, lambda: _each(lambda: event_component(full)), lambda: _each(lambda: ics(full))
    )
    yield Line("the demo's full entry, built (limit 1 ms)", _micro(built), holds=built < 0.001)
    beside = f"icalendar, a simple one: {_micro(peer)}"
    yield Line("the demo's full entry, built and written", _micro(written), beside, written / peer, _FULL)
    yield from _feeds(simple)


def _beside_ical(mine: float) -> Iterator[Line]:
    try:
        from ical.calendar import Calendar
        from ical.calendar_stream import IcsCalendarStream
        from ical.event import Event
    except ImportError as error:
        yield Line(
            "… beside ical",
            f"skipped, {error.name} is not here: make bench installs it",
        )
        return

    def one() -> None:
        calendar, (start, end) = Calendar(), _times()
        calendar.events.append(Event(summary="A title", description="A text", dtstart=start, dtend=end))
        IcsCalendarStream.calendar_to_ics(calendar)

    one()
    (peer,) = best_interleaved(_ROUNDS, lambda: _each(one))
    yield Line("… beside ical, no VTIMEZONE", _micro(mine), f"ical: {_micro(peer)}", mine / peer)


def _feeds(simple: View) -> Iterator[Line]:
    """Measure a feed made of files, whose cost is to be that of cutting text and not of parsing it."""
    from attrs import evolve
    from icalendar import Calendar

    parts = [ics(evolve(simple, uid=f"{index}@example.org")) for index in range(_EVENTS)]
    mine, peer = best_interleaved(
        _ROUNDS,
        lambda: _seconds(lambda: assemble(parts)),
        lambda: _seconds(lambda: [Calendar.from_ical(part) for part in parts]),
    )
    rate = f"{_EVENTS / mine:.0f} events/s"
    beside = f"icalendar, parsing alone: {_EVENTS / peer:.0f} events/s"
    yield Line("feed put together from files", rate, beside, mine / peer, 0.25)


def _simple() -> View:
    data = {
        "briefing": "simple",
        "namespace": "example.org",
        "languages": ["en"],
        "title": {"en": "A title"},
        "objectives": {"en": "A text"},
        "status": "confirmed",
        "start": "2022-04-13T15:00",
        "end": "2022-04-13T16:00",
        "timezone": "Europe/Brussels",
    }
    return view(Publication(structure(data)), "en")


def _full() -> View:
    from yaml import BaseLoader, load

    source = files("briefingkit.cli").joinpath("demo_files", "briefing.yaml").read_text(encoding="utf-8")
    return view(Publication(structure(load(source, BaseLoader))), "fr")  # noqa: S506 - it builds strings alone


def _times() -> tuple[datetime, datetime]:
    start = datetime(2022, 4, 13, 15, tzinfo=ZoneInfo("Europe/Brussels"))
    return start, start + timedelta(hours=1)


def _bare_icalendar() -> bytes:
    """Write what our simple entry says with icalendar and its own VTIMEZONE, as its documentation shows."""
    from icalendar import Calendar, Event

    calendar, event, (start, end) = Calendar(), Event(), _times()
    calendar.add("prodid", "-//x//x//EN")
    calendar.add("version", "2.0")
    for name, value in (
        ("uid", "1@example.org"),
        ("summary", "A title"),
        ("description", "A text"),
        ("dtstart", start),
        ("dtend", end),
        ("dtstamp", start),
        ("last-modified", start),
        ("sequence", 1),
        ("status", "CONFIRMED"),
        ("class", "PUBLIC"),
        ("transp", "OPAQUE"),
        ("categories", ["Briefing"]),
    ):
        event.add(name, value)
    calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _each(run: Callable[[], object]) -> float:
    return _seconds(lambda: [run() for _ in range(_EVENTS)]) / _EVENTS


def _seconds(run: Callable[[], object]) -> float:
    start = perf_counter()
    run()
    return perf_counter() - start


def _micro(seconds: float) -> str:
    return f"{seconds * 1e6:.0f} µs"
