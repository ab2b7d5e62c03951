"""From a note's text to a draft: every rule in its turn, then what the words that are left say."""

from collections.abc import Iterator
from datetime import date, datetime

from attrs import define, evolve, field

from briefingkit.notes.agenda import Agenda, read_agenda, write_minutes
from briefingkit.notes.document import Document, read_document
from briefingkit.notes.event_zone import read_zone_of
from briefingkit.notes.identifier import identify
from briefingkit.notes.interpretation import read_accessibility, read_interpretation
from briefingkit.notes.links import read_links, read_registration
from briefingkit.notes.parties import read_contact, read_organizers, read_partners
from briefingkit.notes.place import read_place
from briefingkit.notes.placing import Claims, claim_headings, read_prose, read_unplaced
from briefingkit.notes.register import Register
from briefingkit.notes.related import read_leads_to, read_part_of
from briefingkit.notes.sections import Note, read_note
from briefingkit.notes.sightings import Calendar, watch
from briefingkit.notes.title import read_title
from briefingkit.notes.value import Confidence, Draft, DraftField, Found, Part, Span, Value
from briefingkit.notes.when import EventTime, read_duration_of, read_when

__all__ = ["draft"]

_ORDER = (
    "format", "briefing", "languages", "title", "status", "unconfirmed", "unplaced", "start", "end", "duration",
    "timezone",
    "place", "organizers", "partners", "contact", "people", "part_of", "leads_to", "background", "objectives", "links",
    "interpretation", "accessibility", "agenda", "registration",
)  # fmt: skip
_CLEARLY = 0.25
_QUOTED = 240


@define
class _Draft:
    """The draft as it grows."""

    note: Note
    claims: Claims
    data: dict[str, Value] = field(factory=dict)
    found: list[Found] = field(factory=list)
    served: tuple[Span, ...] = ()

    def put(self, name: str, part: Part) -> None:
        if part.data is not None:
            self.data[name] = part.data
        self.add(*part.found)

    def add(self, *found: Found) -> None:
        for each in found:
            self.found.append(each)
            self.claims.claim(*each.spans)


def draft(text: str, *, file: str = "note.md", today: date | None = None) -> Draft:
    """Draft a briefing from a concept note in Markdown or plain text, in English, French or Spanish.

    `file` is named in positions and messages. `today` serves to guess a year that the note does not give anywhere;
    without it such a date stays a doubt with no value. Nothing is invented: every value is words of the note, or a
    date, key or word of the model that stands for them. NoteError for what is no note: empty, binary, or too long.
    """
    document = read_document(text, file)
    note = read_note(document)
    calendar = watch(note, today)
    made = _Draft(note, Claims(document))
    _read(made, calendar)
    claim_headings(note, made.claims)
    for topic, part in read_prose(note, made.claims).items():
        made.put(str(topic), part)
    return _finish(made, document)


def _read(made: _Draft, calendar: Calendar) -> None:
    note = made.note
    parent = read_part_of(calendar)
    event = read_when(calendar, parent.taken if parent else ())
    if event.first is not None:
        calendar = evolve(calendar, years=(event.first.year, *calendar.years))
        parent = read_part_of(calendar)
    register = Register()
    agenda = read_agenda(note, calendar, event, register)
    event = _completed(made, calendar, event, agenda)
    place = read_place(note, calendar)
    title = read_title(note, calendar)
    made.put("title", title)
    _put_zone(made, calendar, event, place)
    made.put("place", place)
    made.put("organizers", read_organizers(note))
    made.put("partners", read_partners(note))
    made.put("contact", read_contact(note))
    made.put("people", register.part())
    made.put("part_of", parent.part if parent else Part())
    made.put(
        "leads_to", read_leads_to(calendar, event.last, parent.taken if parent else (), title.data or "")
    )
    registration = read_registration(note, calendar, event.last)
    made.put("links", read_links(note, registration))
    made.put("interpretation", read_interpretation(note))
    made.put("accessibility", read_accessibility(note))
    made.put("agenda", agenda.part())
    made.put("registration", registration.part)
    made.served = agenda.served
    made.claims.claim(*agenda.served)
    _identify(made, event)
    _say_language(made)


def _completed(made: _Draft, calendar: Calendar, event: EventTime, agenda: Agenda) -> EventTime:
    """Put the time, with what only the head's duration or the agenda tells of it."""
    found = list(event.found)
    if event.first is not None and event.start is None and agenda.first is not None:
        event, found = _from_agenda(event, agenda, found)
    if event.start is not None and event.end is None:
        found.append(_end(calendar, event, agenda))
    for each in found:
        if each.value is not None:
            made.data[each.path] = each.value
        made.add(each)
    return event


def _from_agenda(event: EventTime, agenda: Agenda, found: list[Found]) -> tuple[EventTime, list[Found]]:
    """Take the agenda's first time for the start of a briefing of which the head only tells the day."""
    assert event.first is not None and agenda.first is not None  # noqa: S101, PT018 - the caller's condition
    start = datetime.fromisoformat(f"{event.first}T{agenda.first}")
    why = "the time is that of the first item of the agenda: the note gives none beside the date"
    begin = evolve(
        found[0],
        value=f"{start:%Y-%m-%dT%H:%M}",
        rule="event date, time of the agenda",
        confidence=Confidence.MEDIUM,
        note=why,
    )
    return evolve(event, start=start), [begin]


def _end(calendar: Calendar, event: EventTime, agenda: Agenda) -> Found:
    duration = read_duration_of(calendar)
    if duration is not None and event.first == event.last:
        span, length = duration
        return Found("duration", write_minutes(length), "duration", (span,), Confidence.HIGH)
    if agenda.last is not None and event.last is not None:
        why = "the end is that of the last item of the agenda: the note gives none beside the date"
        value = f"{event.last}T{agenda.last}"
        if datetime.fromisoformat(value) > (event.start or datetime.min):  # noqa: DTZ901 - local times
            return Found.doubt("end", value, "end of the agenda", (), why)
    last = (str(event.last),) if event.last is not None and event.last != event.first else ()
    why = f"the note gives no end; its last day is {last[0]}" if last else "the note gives no end"
    return Found.doubt(
        "end", None, "event date and time", (), why, confidence=Confidence.LOW, alternatives=last
    )


def _put_zone(made: _Draft, calendar: Calendar, event: EventTime, place: Part) -> None:
    venue = (place.data or {}).get("venue", {})
    words = " ".join(filter(None, (venue.get("name"), venue.get("address"))))
    spans = tuple(
        span for found in place.found if found.path.startswith("place.venue") for span in found.spans
    )
    zone = read_zone_of(calendar, event, words, spans)
    if zone.value is not None:
        made.data["timezone"] = zone.value
    made.add(zone)


def _identify(made: _Draft, event: EventTime) -> None:
    year = event.first.year if event.first else None
    proposed = identify(str(made.data.get("title") or ""), made.claims.document.file, year)
    made.data["briefing"] = proposed.key
    spans = next((each.spans for each in made.found if each.path == "title"), ())
    made.add(
        Found.doubt(
            "briefing", proposed.key, proposed.rule, spans, proposed.why, alternatives=proposed.alternatives
        )
    )


def _say_language(made: _Draft) -> None:
    language, share = made.note.language, made.note.language_share
    made.data["languages"] = [language]
    unsure = share < _CLEARLY
    why = "the note's words do not tell its language clearly" if unsure else ""
    others = tuple(tag for tag in ("en", "fr", "es") if tag != language) if unsure else ()
    confidence = Confidence.LOW if unsure else Confidence.HIGH
    made.add(Found("languages", [language], "frequent words", (), confidence, unsure, why, others))


def _finish(made: _Draft, document: Document) -> Draft:
    unplaced = read_unplaced(made.note, made.claims)
    fields = tuple(sorted(_fields(made.found, document), key=_place_in_file))
    data: dict[str, Value] = {"format": 1, **made.data, "status": "draft"}
    doubts = tuple(dict.fromkeys(each.path for each in fields if each.doubtful))
    if doubts:
        data["unconfirmed"] = list(doubts)
    if unplaced.text:
        data["unplaced"] = unplaced.text
    ordered = {name: data[name] for name in _ORDER if name in data}
    structure = _structure(made)
    return Draft(document.file, made.note.language, ordered, fields, unplaced.text, unplaced.lines, structure)


def _structure(made: _Draft) -> tuple[int, ...]:
    """Give the lines of headings, labels and table heads, and those that hold no words at all."""
    note, document = made.note, made.note.document
    spans = [section.heading.span() for section in note.sections if section.heading is not None]
    spans.extend(
        span for each in made.found if each.value is None and not each.doubtful for span in each.spans
    )
    spans.extend(made.served)
    lines = set(_lines(tuple(span for span in spans if span.start < span.end), document))
    worded = {number for _, block in note.blocks() for number in range(block.first, block.last + 1)}
    lines.update(
        number for number, line in enumerate(document.raw, 1) if number not in worded and line.strip()
    )
    return tuple(sorted(lines))


def _place_in_file(each: DraftField) -> int:
    name = each.path.split(".")[0]
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)


def _fields(found: list[Found], document: Document) -> Iterator[DraftField]:
    for each in found:
        if each.value is None and not each.doubtful:
            continue
        yield _field(each, document)


def _field(each: Found, document: Document) -> DraftField:
    spans = tuple(span for span in each.spans if span.start < span.end)
    plain = DraftField(
        each.path,
        each.value,
        each.rule,
        each.confidence,
        each.doubtful,
        note=each.note,
        alternatives=each.alternatives,
    )
    if not spans:
        return plain
    line, column = document.place(min(span.start for span in spans))
    last, _ = document.place(max(span.end for span in spans) - 1)
    return evolve(
        plain,
        line=line,
        column=column,
        last_line=last,
        words=_quote(spans, document),
        lines=_lines(spans, document),
    )


def _quote(spans: tuple[Span, ...], document: Document) -> str:
    words = " … ".join(dict.fromkeys(document.words(span) for span in spans))
    return words if len(words) <= _QUOTED else f"{words[:_QUOTED].rstrip()}…"


def _lines(spans: tuple[Span, ...], document: Document) -> tuple[int, ...]:
    lines: dict[int, None] = {}
    for span in spans:
        first, last = document.place(span.start)[0], document.place(span.end - 1)[0]
        lines.update(dict.fromkeys(range(first, last + 1)))
    return tuple(sorted(lines))
