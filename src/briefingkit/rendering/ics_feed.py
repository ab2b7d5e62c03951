"""A feed put together from calendar files that were written before, without reading what is in their events."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final

from briefingkit.errors import RenderError
from briefingkit.rendering.ics import calendar_head
from briefingkit.rendering.ics_lines import calendar_bytes

__all__ = ["assemble"]

# A folded line begins with a space, so what begins a line with BEGIN or END does begin or end a component.
_COMPONENT: Final = re.compile(rb"^BEGIN:(VTIMEZONE|VEVENT)\r\n.*?^END:\1\r\n", re.DOTALL | re.MULTILINE)
_OBSERVANCE: Final = re.compile(rb"^BEGIN:(STANDARD|DAYLIGHT)\r\n.*?^END:\1\r\n", re.DOTALL | re.MULTILINE)
_TZID: Final = re.compile(rb"^TZID:.*\r\n(?: .*\r\n)*", re.MULTILINE)
_UID: Final = re.compile(rb"^UID:(.*\r\n(?: .*\r\n)*)", re.MULTILINE)
_DTSTART: Final = re.compile(rb"^DTSTART:(\d{8}T\d{6})", re.MULTILINE)
_LINE_END: Final = re.compile(rb"\r\n|\n|\r")


def assemble(
    parts: Iterable[bytes],
    *,
    language: str | None = None,
    name: str | None = None,
    source_url: str | None = None,
    refresh: timedelta | None = None,
) -> bytes:
    """Put the events of calendar files into one feed to subscribe to, in the order in which they come.

    A zone that several files hold stands once, with the observances of all: each onset in a VTIMEZONE that briefingkit
    writes is a true one, so the whole is right wherever one of them was. Raises RenderError for a file without an
    event and for one event given twice.
    """
    zones: dict[bytes, dict[bytes, None]] = {}
    events: dict[bytes, bytes] = {}
    for part in parts:
        found = tuple(_components(part))
        if not any(kind == b"VEVENT" for kind, _ in found):
            raise RenderError("there is no event in a calendar file that a feed is made of: render it again")
        for kind, component in found:
            if kind == b"VTIMEZONE":
                _add_zone(zones, component)
            else:
                _add_event(events, component)
    head = calendar_head("PUBLISH", language=language, name=name, source_url=source_url, refresh=refresh)
    return calendar_bytes(head, (*map(_zone, sorted(zones.items())), *events.values()))


def _components(part: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Cut a file into its zones and events; a byte order mark and the line ends of another system do no harm."""
    for found in _COMPONENT.finditer(_LINE_END.sub(b"\r\n", part.removeprefix(b"\xef\xbb\xbf"))):
        yield found[1], found[0]


def _add_zone(zones: dict[bytes, dict[bytes, None]], component: bytes) -> None:
    named = _TZID.search(component)
    if named is None:
        raise RenderError(
            "a zone without a name stands in a calendar file that a feed is made of: render it again"
        )
    held = zones.setdefault(named[0], {})
    held.update((found[0], None) for found in _OBSERVANCE.finditer(component))


def _add_event(events: dict[bytes, bytes], component: bytes) -> None:
    named = _UID.search(component)
    if named is None:
        raise RenderError(
            "an event without a UID stands in a calendar file that a feed is made of: render it again"
        )
    if named[1] in events:
        shown = named[1].replace(b"\r\n ", b"").decode(errors="replace").strip()
        raise RenderError(f"the event {shown} stands in two of the files that a feed is made of")
    events[named[1]] = component


def _zone(held: tuple[bytes, dict[bytes, None]]) -> bytes:
    name, observances = held
    return b"".join((b"BEGIN:VTIMEZONE\r\n", name, *sorted(observances, key=_start), b"END:VTIMEZONE\r\n"))


def _start(observance: bytes) -> tuple[bytes, bytes]:
    found = _DTSTART.search(observance)
    return (found[1] if found else b"", observance)
