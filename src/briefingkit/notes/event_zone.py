"""The zone that a briefing's time is in, and whether the other zones that a note gives it in agree."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from attrs import evolve

from briefingkit.notes.clock import TimeMention
from briefingkit.notes.sightings import Calendar, Sighting
from briefingkit.notes.value import Confidence, Found, Span
from briefingkit.notes.vocabulary import Topic
from briefingkit.notes.when import EventTime
from briefingkit.notes.zones import ZONE_PATTERN, ZoneReading, city_zone, read_zone, utc_offset

__all__ = ["read_zone_of"]

_HEADS = frozenset({Topic.HEAD, Topic.WHEN, Topic.TITLE})

_ZONE_WORDS = re.compile(
    rf"(?:time\s?zone|fuseau(?:\shoraire)?|zona\shoraria|huso\shorario|all times|times are|heures? (?:sont"
    rf"|indiquees)|horas? (?:son|indicadas))[^.\n]{{0,40}}?(?<![a-z]){ZONE_PATTERN}"
)


def read_zone_of(calendar: Calendar, event: EventTime, place: str, place_spans: tuple[Span, ...]) -> Found:
    """Decide the zone: the one beside the time, one that is said for all times, or the venue's city."""
    local = event.start or (datetime.combine(event.first, datetime.min.time()) if event.first else None)
    written = _written_zone(calendar, event)
    if written is None:
        return _zone_of_place(place, place_spans, _loose_zone(calendar) if local is None else "")
    words, spans, rule = written
    if local is None:
        note = f"the note says {words}, but no date of the note shows which zone that is"
        return Found.doubt("timezone", None, rule, spans, note, confidence=Confidence.LOW)
    reading = _nearest(read_zone(words, local), place, local)
    notes = [reading.note] if reading.note else []
    conflicts = tuple(_conflicts(calendar, event, reading, local))
    notes.extend(note for note, _ in conflicts)
    spans += tuple(span for _, span in conflicts) + tuple(_agreeing(calendar, event))
    return _zone_found(reading, rule, spans, notes, surely=reading.sure and not notes)


def _nearest(reading: ZoneReading, place: str, local: datetime) -> ZoneReading:
    """Put the zone of the venue's city first, where it is one of those that the words may mean."""
    zone = city_zone(place)
    if zone is None or not (zone in reading.zones or _same_offset(zone, reading, local)):
        return reading
    return evolve(reading, zones=tuple(dict.fromkeys((zone, *reading.zones))))


def _same_offset(zone: str, reading: ZoneReading, local: datetime) -> bool:
    """Whether the only zone read is an offset ("GMT-3") that a zone has at that time."""
    fixed = len(reading.zones) == 1 and reading.zones[0].startswith("Etc/")
    return fixed and utc_offset(zone, local) == utc_offset(reading.zones[0], local)


def _zone_found(
    reading: ZoneReading, rule: str, spans: tuple[Span, ...], notes: list[str], *, surely: bool
) -> Found:
    confidence = Confidence.HIGH if surely else Confidence.MEDIUM if reading.zones else Confidence.LOW
    note = "; ".join(notes) or "a person confirms the zone of every draft"
    value = reading.zones[0] if reading.zones else None
    return Found.doubt(
        "timezone", value, rule, spans, note, confidence=confidence, alternatives=reading.zones[1:]
    )


def _loose_zone(calendar: Calendar) -> str:
    """Give the zone beside some time of the head: of a note without a date, no time is surely the briefing's."""
    times = (time for each in calendar.sightings if each.topic in _HEADS for time in each.times)
    return next((time.zone.strip(" ()[],") for time in times if time.zone), "")


def _zone_of_place(place: str, spans: tuple[Span, ...], loose: str) -> Found:
    zone = city_zone(place)
    if zone is None:
        said = f"the note says {loose}, but no date of the note shows which zone that is"
        note = said if loose else "the note names no time zone"
        return Found.doubt("timezone", None, "time zone", (), note, confidence=Confidence.LOW)
    said = (
        f"the note says {loose}, and has no date to tell its zone" if loose else "the note names no time zone"
    )
    note = f"{said}: this is the zone of the place"
    return Found.doubt("timezone", zone, "time zone of the place", spans, note)


def _written_zone(calendar: Calendar, event: EventTime) -> tuple[str, tuple[Span, ...], str] | None:
    for sighting, mention in _event_times(calendar, event):
        if mention.zone:
            passage = sighting.block.passage
            return (
                mention.zone.strip(" ()[],"),
                (passage.span(mention.zone_start, mention.zone_end),),
                "zone beside the time",
            )
    if (apart := _apart_zone(calendar, event)) is not None:
        return apart
    for sighting in calendar.sightings:
        passage = sighting.block.passage
        if match := _ZONE_WORDS.search(passage.folded):
            words = passage.text[match.start("zone") : match.end("zone")]
            return words, (passage.span(match.start(), match.end()),), "zone for all times"
    return None


_APART = re.compile(rf"(?<![a-z-]){ZONE_PATTERN}")


def _apart_zone(calendar: Calendar, event: EventTime) -> tuple[str, tuple[Span, ...], str] | None:
    """Find an abbreviation in capitals that stands further on in the time's own line: "09:00-17:00 daily, CST"."""
    home = next((each for each in calendar.sightings if event.time in each.times), None)
    if home is None or event.time is None or len(home.block.passage.text) > 200:
        return None
    passage = home.block.passage
    for match in _APART.finditer(passage.folded, event.time.end):
        words = passage.text[match.start("zone") : match.end("zone")]
        if re.fullmatch(r"[A-Z]{3,5}(?:\s?[+-]\d{1,2})?", words):
            return words, (passage.span(*match.span("zone")),), "zone in the line of the time"
    return None


def _event_times(calendar: Calendar, event: EventTime) -> Iterator[tuple[Sighting, TimeMention]]:
    """Give the event's own time first, then the same moment in other zones: beside it, or in the lines below."""
    home = next((each for each in calendar.sightings if event.time in each.times), None)
    if home is None or event.time is None:
        return
    yield home, event.time
    for mention in home.times:
        if mention is not event.time and mention.zone:
            yield home, mention
    for near in calendar.sightings[home.index + 1 : home.index + 8]:
        if near.topic is not home.topic or near.days or not near.times:
            return
        for mention in near.times:
            if mention.zone:
                yield near, mention


def _moments(mention: TimeMention, local: datetime) -> set[datetime]:
    """Give the moments, in UTC, that a time in its zone may be: on the day itself, or the one before or after."""
    moments = set()
    for zone in read_zone(mention.zone, local).zones:
        for days in (-1, 0, 1):
            at = datetime.combine(local.date() + timedelta(days=days), mention.first)
            offset = utc_offset(zone, at)
            if offset is not None:
                moments.add(at - offset)
    return moments


def _agreeing(calendar: Calendar, event: EventTime) -> Iterator[Span]:
    for sighting, mention in _event_times(calendar, event):
        if mention is not event.time:
            yield sighting.block.passage.span(mention.start, mention.end)


def _conflicts(
    calendar: Calendar, event: EventTime, reading: ZoneReading, local: datetime
) -> Iterator[tuple[str, Span]]:
    """Say where the same moment in another zone is not the same moment."""
    if event.time is None or event.start is None or not event.time.zone:
        return
    own = {local - offset for zone in reading.zones if (offset := utc_offset(zone, local)) is not None}
    for sighting, mention in _event_times(calendar, event):
        if mention is event.time:
            continue
        other = _moments(mention, local)
        if own and other and not own & other:
            words = sighting.block.passage.text[mention.start : mention.end]
            yield f"{words!r} is not the same moment", sighting.block.passage.span(mention.start, mention.end)
