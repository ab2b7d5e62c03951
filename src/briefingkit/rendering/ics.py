"""iCalendar files (RFC 5545, 7986): one event, or a feed of many, in one language.

An event keeps one UID for ever, its SEQUENCE rises with each published change, and its DTSTAMP is the publication's
moment, so that a calendar which has an older state of it knows which is newer. The same views give the same bytes.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from briefingkit.errors import RenderError
from briefingkit.rendering.ics_lines import calendar_bytes, component_bytes
from briefingkit.rendering.values import View
from briefingkit.rendering.vtimezone import vtimezone_bytes

if TYPE_CHECKING:
    from icalendar import Calendar, Event

__all__ = ["PRODID", "Method", "calendar_head", "event_component", "ics"]

Method: TypeAlias = Literal["PUBLISH", "REQUEST", "CANCEL"]
"""What a file is for (RFC 5546): to read and subscribe to, to invite, or to take an invitation back."""

PRODID: Final = "-//briefingkit//briefingkit//EN"
"""It names no version: a new release alone changes no calendar."""


def event_component(view: View) -> "Event":
    """Build the VEVENT of a view, a new one at each call. It names no attendees."""
    from briefingkit.rendering.ics_event import build_event

    return build_event(view)


def ics(
    views: Sequence[View] | View,
    *,
    method: Method = "PUBLISH",
    name: str | None = None,
    source_url: str | None = None,
    refresh: timedelta | None = None,
) -> bytes:
    """Write a VCALENDAR of an event, or a feed of several in one language, ordered by start.

    `name` is what a subscribed calendar is called, `source_url` where it is found, `refresh` how often to look again.
    RFC 5546 wants an ORGANIZER in what is published; an event whose contact has no address goes without one, rather
    than with one that is invented.

    Raises RenderError for one event given twice, and for an invitation whose organiser has no address.
    """
    shown = _ordered((views,) if isinstance(views, View) else views)
    language = shown[0].language if shown else None
    head = calendar_head(method, language=language, name=name, source_url=source_url, refresh=refresh)
    return calendar_bytes(head, (*_zones(shown), *(_event(one, method) for one in shown)))


def _event(view: View, method: Method) -> bytes:
    from briefingkit.rendering.ics_values import text

    event = event_component(view)
    if method != "PUBLISH" and "organizer" not in event:
        raise RenderError(f"{view.identifier} cannot be a {method}: give its contact an e-mail address")
    if method == "CANCEL":
        event["status"] = text("CANCELLED")
    return component_bytes(event)


def _ordered(views: Iterable[View]) -> tuple[View, ...]:
    shown = tuple(sorted(views, key=lambda view: (view.utc_start, view.uid)))
    seen: set[str] = set()
    for one in shown:
        if one.uid in seen:
            raise RenderError(f"{one.identifier} stands twice in one calendar: a feed is in one language")
        seen.add(one.uid)
    return shown


def calendar_head(
    method: Method,
    *,
    language: str | None = None,
    name: str | None = None,
    source_url: str | None = None,
    refresh: timedelta | None = None,
) -> "Calendar":
    """Build a VCALENDAR that holds its own properties and no component yet."""
    from icalendar import Calendar, vDuration

    from briefingkit.rendering.ics_values import text, uri

    calendar = Calendar()
    calendar.add("version", text("2.0"))
    calendar.add("prodid", text(PRODID))
    calendar.add("calscale", text("GREGORIAN"))
    calendar.add("method", text(method))
    if name is not None:
        calendar.add("name", text(name, LANGUAGE=language))
        calendar.add("x-wr-calname", text(name))
    if source_url is not None:
        calendar.add("source", uri(source_url, VALUE="URI"))
    if refresh is not None:
        # Outlook and Google read the older of the two, if any.
        calendar.add("refresh-interval", vDuration(refresh, params={"VALUE": "DURATION"}))
        calendar.add("x-published-ttl", vDuration(refresh))
    return calendar


def _zones(shown: tuple[View, ...]) -> list[bytes]:
    """Write one VTIMEZONE for each zone that is used, right for all its events."""
    from briefingkit.rendering.ics_event import local_days, needs_zone

    spans: dict[str, tuple[int, int]] = {}
    for one in filter(needs_zone, shown):
        first, last = (day.year for day in local_days(one))
        begin, end = spans.get(one.timezone, (first, last))
        spans[one.timezone] = (min(begin, first), max(end, last))
    return [vtimezone_bytes(zone, *span) for zone, span in sorted(spans.items())]
