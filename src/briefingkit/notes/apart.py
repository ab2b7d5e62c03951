"""Speakers and guiding questions that a note lists apart from its agenda, put to the item that seems to be theirs."""

import re
from collections.abc import Iterable, Iterator
from typing import Protocol

from attrs import evolve

from briefingkit.notes.blocks import Block, BlockKind
from briefingkit.notes.inline import Passage
from briefingkit.notes.people import PersonReading, read_people, role_label, stands_open
from briefingkit.notes.register import Register
from briefingkit.notes.sections import Note
from briefingkit.notes.value import Span, Value
from briefingkit.notes.vocabulary import Topic

__all__ = ["ASKS", "place_questions", "place_speakers", "role_of"]

ASKS = re.compile(r"[?？؟][\"'»”’)*_]*$")
"""What a question ends with."""

_PEOPLE_KINDS = ("panel", "presentation", "discussion")


class _Writer(Protocol):
    """What writes the agenda."""

    register: Register

    def only(self, *kinds: str) -> "dict[str, Value] | None": ...
    def say(self, path: str, value: Value, rule: str, spans: "tuple[Span, ...]", why: str = "") -> None: ...
    def question(self, item: dict[str, Value], passage: Passage, path: str, why: str = "") -> None: ...
    def participant(
        self, item: dict[str, Value], reading: PersonReading, path: str, why: str = ""
    ) -> None: ...


def role_of(heading: Passage) -> str:
    """Tell the role that a heading of people names ("Moderators" gives moderator); speaker where it names none."""
    words = heading.text.rstrip(" :")
    label = role_label(Passage(f"{words}: ", range(len(words) + 2)))
    return label[0] if label else "speaker"


def place_speakers(note: Note, writer: _Writer) -> None:
    """Read a section of speakers; they belong to the only panel (or presentation, or discussion), if there is one."""
    item = writer.only(*_PEOPLE_KINDS)
    for section in note.sections:
        if section.topic is not Topic.SPEAKERS:
            continue
        heading = section.heading
        role = role_of(heading) if heading is not None else "speaker"
        unsure = heading is not None and stands_open(heading)
        for block in section.blocks:
            for reading in _speaker_lines(block, role):
                _place(writer, evolve(reading, status="tbc") if unsure else reading, item)


def _speaker_lines(block: Block, role: str) -> Iterator[PersonReading]:
    if block.kind is BlockKind.ROW:
        yield from _from_cells(block, role)
    elif block.kind is not BlockKind.HEADING or "," in block.passage.text:
        yield from read_people(block.passage, role)


def _from_cells(block: Block, role: str) -> Iterator[PersonReading]:
    """Give a row of name, position and organisation."""
    joined = ", ".join(cell.text for cell in block.cells if cell.text)
    at = [place for cell in block.cells if cell.text for place in (*cell.at, cell.at[-1], cell.at[-1])][
        : len(joined)
    ]
    yield from read_people(Passage(joined, at), role)


def _place(writer: _Writer, reading: PersonReading, item: "dict[str, Value] | None") -> None:
    if reading.name and writer.register.knows(reading.name):
        writer.register.enter(reading)
        return
    if item is not None:
        why = "the note lists the speakers apart: they were put to the item that seems to be theirs"
        writer.participant(item, reading, f"agenda.{item['key']}", why)
    elif reading.name:
        key = writer.register.enter(reading)
        open_yet = "; it says that this is to be confirmed" if reading.status == "tbc" else ""
        why = f"the note does not say in which item they speak{open_yet}"
        writer.say(f"people.{key}", reading.name, "speaker", reading.spans, why)


def place_questions(note: Note, writer: _Writer, further: Iterable[Block] = ()) -> None:
    """Read a section of guiding questions; they belong to the only discussion (or panel), if there is one."""
    item = writer.only("discussion", "panel")
    if item is None:
        return
    why = "the note lists the questions apart: they were put to the item that seems to be theirs"
    for block in (*note.about(Topic.QUESTIONS), *further):
        if ASKS.search(block.passage.text) or block.kind is BlockKind.ITEM:
            writer.question(item, block.passage, f"agenda.{item['key']}", why)
