"""The agenda: its items in order, with their times, people and guiding questions."""

import re
from datetime import date, timedelta

from attrs import define, evolve, field

from briefingkit.notes.apart import ASKS, place_questions, place_speakers, role_of
from briefingkit.notes.blocks import Block, BlockKind
from briefingkit.notes.clock import TimeMention
from briefingkit.notes.inline import Passage
from briefingkit.notes.item_title import split_title
from briefingkit.notes.keys import slug, unique
from briefingkit.notes.kinds import item_kind
from briefingkit.notes.layout import Entry, lay_out
from briefingkit.notes.people import PersonReading, read_people, role_label
from briefingkit.notes.register import Register
from briefingkit.notes.sections import Note
from briefingkit.notes.sightings import Calendar, Sighting
from briefingkit.notes.value import Confidence, Found, Part, Span, Value
from briefingkit.notes.vocabulary import Topic, heading_topic
from briefingkit.notes.when import EventTime

__all__ = ["Agenda", "read_agenda"]

_ASKS_NOTHING = frozenset({"opening", "closing", "break"})
_LONGEST_TITLE = 300
_ENDS = re.compile(
    r"(?:end|fin|final|finalizacion|close of (?:the )?(?:day|meeting|session))\b(?:\s\w+){0,3}\W*$"
)
"""An item that only says that all is over: its time is the end."""


@define
class Agenda:
    """The agenda as it is put together: items by key, what was found, and the words that only served the layout."""

    items: list[dict[str, Value]] = field(factory=list)
    found: list[Found] = field(factory=list)
    served: tuple[Span, ...] = ()
    days: tuple[tuple[date, Span, tuple[str, ...]], ...] = ()
    first: str | None = None
    last: str | None = None

    def part(self) -> Part:
        """Give the items in the order of the file's keys."""
        order = (
            "key",
            "title",
            "kind",
            "day",
            "start",
            "duration",
            "description",
            "participants",
            "questions",
        )
        items = [{name: item[name] for name in order if name in item} for item in self.items]
        return Part(items or None, tuple(self.found))


class _Writer:
    """Writes an agenda out of a layout."""

    def __init__(self, event: EventTime, register: Register) -> None:
        self.event = event
        self.register = register
        self.agenda = Agenda()
        self.keys: set[str] = set()
        self.apart: list[Block] = []

    def only(self, *kinds: str) -> dict[str, Value] | None:
        """Give the only item of the first of these kinds that stands exactly once."""
        for kind in kinds:
            some = [each for each in self.agenda.items if each.get("kind") == kind]
            if len(some) == 1:
                return some[0]
        return None

    def say(
        self,
        path: str,
        value: Value,
        rule: str,
        spans: "tuple[Span, ...]",
        why: str = "",
        *,
        low: bool = False,
    ) -> None:
        confidence = Confidence.LOW if low else Confidence.MEDIUM if why else Confidence.HIGH
        self.agenda.found.append(Found(path, value, rule, spans, confidence, bool(why), why))

    def entry(self, entry: Entry, *, last: bool) -> None:
        """Write an item. What stands apart below the last one is no part of it."""
        title, people = split_title(entry.title)
        words = " ".join(title.text.split())[:_LONGEST_TITLE].strip()
        if not words:
            return
        key = unique(slug(words, f"item-{len(self.agenda.items) + 1}"), self.keys)
        self.keys.add(key)
        item: dict[str, Value] = {"key": key, "title": words, "kind": item_kind(title.folded)}
        self.agenda.items.append(item)
        path = f"agenda.{key}"
        cut = "the title was cut: an item's title is a line" if len(title.text) > _LONGEST_TITLE else ""
        self.say(
            f"{path}.title", words, "agenda item", (title.span(0, min(len(title.text), _LONGEST_TITLE)),), cut
        )
        self._time(item, entry, path)
        for passage in people:
            self.say(path, None, "joining words", (Span(title.at[-1] + 1, passage.at[0]),))
            self._people(item, passage, path, "the words behind the title were taken for a person")
        for cell in entry.speakers:
            if not self._people(item, cell, path):
                self._describe(item, cell, path)
        self._children(item, [*(_as_block(cell) for cell in entry.details), *entry.children], path, last=last)
        if item["kind"] == "other" and any(
            each["role"] == "speaker" for each in item.get("participants", ())
        ):
            item["kind"] = "presentation"
        self.say(f"{path}.kind", item["kind"], "words of the title", ())

    def _time(self, item: dict[str, Value], entry: Entry, path: str) -> None:
        several = self.event.first is not None and self.event.first != self.event.last
        if entry.time is not None:
            if entry.day is not None and (several or entry.day != self.event.first):
                item["day"] = str(entry.day)
            item["start"] = f"{entry.time.first:%H:%M}"
            why = (
                "the briefing has several days, and this item's is not given"
                if several and entry.day is None
                else ""
            )
            self.say(f"{path}.start", item["start"], "time of the item", entry.spans, why)
        duration = (
            entry.time.length if entry.time is not None and entry.time.last is not None else entry.duration
        )
        if duration is not None and duration > timedelta():
            item["duration"] = write_minutes(duration)
            self.say(f"{path}.duration", item["duration"], "duration of the item", entry.spans)

    def _children(self, item: dict[str, Value], blocks: list[Block], path: str, *, last: bool) -> None:
        """Place what stands beneath an item: labels, people, questions; the rest describes it."""
        mode, role = "", "speaker"
        for index, block in enumerate(blocks):
            if last and block.kind is BlockKind.TEXT and block.spaced and not mode:
                return
            passage = block.passage
            topic = heading_topic(passage.folded)
            if topic is Topic.QUESTIONS and last and block.spaced and item["kind"] in _ASKS_NOTHING:
                # Nobody asks guiding questions of the closing: the list stands apart, below the agenda.
                self.say(path, None, "guiding questions", (passage.span(),))
                self.apart = blocks[index + 1 :]
                return
            if topic is Topic.QUESTIONS:
                mode = "questions"
                self.say(path, None, "guiding questions", (passage.span(),))
            elif topic is Topic.SPEAKERS and not _names_behind(passage):
                mode, role = "people", role_of(passage)
                self.say(path, None, "speakers", (passage.span(),))
            elif ASKS.search(passage.text) or (mode == "questions" and block.kind is BlockKind.ITEM):
                self.question(item, passage, path)
            elif not self._people(item, passage, path, role=role):
                self._label_or_words(item, block, path)

    def _label_or_words(self, item: dict[str, Value], block: Block, path: str) -> None:
        """Give a label with questions behind it ("Guiding questions: How …?"), or words that describe the item."""
        self._describe(item, block.passage, path)

    def question(self, item: dict[str, Value], passage: Passage, path: str, why: str = "") -> None:
        """Put a guiding question to an item; a label before it on its line is no part of it."""
        start = 0
        label = re.match(r"[^:?]{3,40}:\s+", passage.text)
        if label and heading_topic(passage.folded[: label.end()]) is Topic.QUESTIONS:
            start = label.end()
            self.say(path, None, "guiding questions", (passage.span(0, start),))
        words = " ".join(passage.text[start:].split())
        questions = item.setdefault("questions", [])
        used = {each["key"] for each in questions}
        key = unique(slug(words, f"question-{len(questions) + 1}"), used)
        questions.append({"key": key, "text": words})
        self.say(f"{path}.questions.{key}", words, "guiding question", (passage.span(start),), why)

    def _people(
        self, item: dict[str, Value], passage: Passage, path: str, why: str = "", role: str = "speaker"
    ) -> bool:
        if item.get("kind") == "panel" and role == "speaker":
            role = "panellist"
        readings = list(read_people(passage, role))
        for reading in readings:
            self.participant(item, reading, path, why)
        return bool(readings)

    def participant(self, item: dict[str, Value], reading: PersonReading, path: str, why: str = "") -> None:
        """Give a person, or a part that nobody fills yet, a place in an item."""
        parts = item.setdefault("participants", [])
        part: dict[str, Value] = {"person": self.register.enter(reading)} if reading.name else {}
        part["role"] = reading.role
        if reading.status != "confirmed":
            part["status"] = reading.status
        parts.append(part)
        note = why
        if reading.status != "confirmed":
            note = (
                "the note says that this is to be confirmed"
                if reading.status == "tbc"
                else "the note says invited"
            )
        self.say(f"{path}.participants.{len(parts) - 1}", part, "person of the item", reading.spans, note)

    def _describe(self, item: dict[str, Value], passage: Passage, path: str) -> None:
        words = passage.text.strip()
        item["description"] = f"{item['description']}\n\n{words}" if "description" in item else words
        self.say(f"{path}.description", words, "words beneath the item", (passage.span(),))


def write_minutes(length: timedelta) -> str:
    """Write a duration as the file has it: 25m, 1h30m."""
    hours, minutes = divmod(length // timedelta(minutes=1), 60)
    return (f"{hours}h" if hours else "") + (f"{minutes}m" if minutes or not hours else "")


def _names_behind(passage: Passage) -> bool:
    """Whether a label such as "Speakers:" has names behind it on its line."""
    label = role_label(passage)
    return label is not None and bool(passage.text[label[1] :].strip(" :"))


def _as_block(passage: Passage) -> Block:
    return Block(BlockKind.TEXT, passage, 0, 0, spaced=False)


def _agenda_sightings(calendar: Calendar) -> list[Sighting]:
    return [each for each in calendar.sightings if each.topic is Topic.AGENDA]


def _unannounced(calendar: Calendar) -> list[Sighting]:
    """Lines that begin with a time, one after another, are an agenda even where no heading says so."""
    runs: list[list[Sighting]] = [[]]
    for sighting in calendar.sightings:
        text = sighting.block.passage.text
        first = sighting.times[0] if sighting.times else None
        timed = (
            first is not None
            and first.sure
            and not first.zone
            and not text[: first.start].strip(" -–•|(*")
            and re.search(r"[^\W\d_]", text[first.end :])
        )
        if timed and not sighting.days and sighting.topic in {Topic.HEAD, Topic.OTHER}:
            runs[-1].append(sighting)
        elif runs[-1] and not (
            len(text) < 160 and sighting.topic is runs[-1][-1].topic and not sighting.days
        ):
            runs.append([])
        elif runs[-1]:
            runs[-1].append(sighting)
    best = max(runs, key=lambda run: sum(bool(each.times) for each in run))
    times = [each.times[0] for each in best if each.times]
    ranged = sum(each.last is not None for each in times)
    return best if len(times) > 2 or ranged > 1 else []


def read_agenda(note: Note, calendar: Calendar, event: EventTime, register: Register) -> Agenda:
    """Read the agenda, and enter its people in the register."""
    announced = _agenda_sightings(calendar)
    sightings = announced or _unannounced(calendar)
    layout, served = lay_out(calendar, sightings)
    writer = _Writer(event, register)
    entries = _afternoon(layout.entries, event)
    for entry in entries:
        writer.entry(entry, last=entry is entries[-1])
    agenda = writer.agenda
    agenda.served = (*served, *(span for _, span, _ in layout.days))
    agenda.days = layout.days
    times = [entry.time for entry in entries if entry.time is not None]
    if times:
        agenda.first = f"{times[0].first:%H:%M}"
        ends = times[-1].last or (times[-1].first if _ENDS.match(entries[-1].title.folded) else None)
        agenda.last = f"{ends:%H:%M}" if ends else None
    if agenda.items and not announced:
        writer.say(
            "agenda",
            None,
            "lines with times",
            (),
            "no heading announces the agenda: it was told by its times",
        )
    place_speakers(note, writer)
    place_questions(note, writer, writer.apart)
    return agenda


_HALF_DAY = 12


def _afternoon(entries: tuple[Entry, ...], event: EventTime) -> tuple[Entry, ...]:
    """Read 1:15 as 13:15 where the briefing's own time shows that the agenda's clock has twelve hours."""
    times = [entry.time for entry in entries if entry.time is not None]
    if event.time is None or not times or any(each.first.hour >= _HALF_DAY for each in times):
        return entries
    if (
        times[0].first.hour + _HALF_DAY != event.time.first.hour
        or times[0].first.minute != event.time.first.minute
    ):
        return entries
    return tuple(entry if entry.time is None else evolve(entry, time=_later(entry.time)) for entry in entries)


def _later(mention: TimeMention) -> TimeMention:
    last = mention.last
    later = last.replace(hour=last.hour + _HALF_DAY) if last is not None and last.hour < _HALF_DAY else last
    return evolve(mention, first=mention.first.replace(hour=mention.first.hour + _HALF_DAY), last=later)
