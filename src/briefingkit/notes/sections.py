"""Blocks gathered under what they are about: by headings, by labels ("Date: …"), by first cells of a row."""

import re
from collections.abc import Iterator

from attrs import evolve, frozen

from briefingkit.notes.blocks import Block, BlockKind, read_blocks
from briefingkit.notes.clock import find_duration
from briefingkit.notes.document import Document
from briefingkit.notes.inline import Passage
from briefingkit.notes.kinds import item_kind
from briefingkit.notes.vocabulary import PROSE, STOP_WORDS, Topic, heading_topic

__all__ = ["Note", "Section", "detect_language", "read_note"]


@frozen(eq=False)
class Section:
    """Blocks about one topic. `heading` is the words that announced it; None for a note's head and after a label."""

    topic: Topic
    blocks: tuple[Block, ...] = ()
    heading: Passage | None = None
    level: int = 0
    marker: str = ""


@frozen(eq=False)
class Note:
    """A note as its rules see it."""

    document: Document
    sections: tuple[Section, ...]
    language: str
    language_share: float

    def about(self, *topics: Topic) -> Iterator[Block]:
        """Give the blocks of some topics, in the note's order."""
        for section in self.sections:
            if section.topic in topics:
                yield from section.blocks

    def blocks(self) -> Iterator[tuple[Topic, Block]]:
        """Give every block with its topic, in the note's order."""
        for section in self.sections:
            for block in section.blocks:
                yield section.topic, block


_LABEL = re.compile(
    r"^[¿¡]?([^\W\d][^:?]{0,48}?)\s?(?::|\?\s?:?)\s*(?=\S)|^([^\W\d][^:–—-]{1,28}?)\s[–—-]\s(?=\S)"
)
_SHORT = frozenset({Topic.WHEN, Topic.PLACE, Topic.FORMAT, Topic.JOIN, Topic.TITLE, Topic.LANGUAGES})
_LEAVES_AGENDA = frozenset(
    {
        Topic.REGISTRATION,
        Topic.CONTACT,
        Topic.LANGUAGES,
        Topic.LINKS,
        Topic.ORGANIZERS,
        Topic.PARTNERS,
        Topic.PLACE,
        Topic.JOIN,
    }
)
_AGENDA_WORDS = re.compile(
    r"\b(session|panel|part|day|block|segment|opening|closing|welcome|keynote|break|lunch|discussion|debate"
    r"|q&a|wrap"
    r"|partie|jour|journee|ouverture|cloture|pause|table ronde|bloc|sesion|parte|dia|jornada|apertura"
    r"|clausura|pausa"
    r"|mesa redonda|bloque)\b|\d{1,2}\s?[:h.]\s?\d{2}|^\d{1,2}[.)]"
)
_LONG_PROSE = 200
_SHORT_LINE = 80


_SIGNS = {
    **dict.fromkeys("\U0001f4c5\U0001f4c6\U0001f5d3\u23f0\U0001f552\u23f1\U0001f550\u231a", Topic.WHEN),
    **dict.fromkeys("\U0001f4cd\U0001f4cc\U0001f3db\U0001f4bb\U0001f5a5", Topic.PLACE),
    **dict.fromkeys("\U0001f310\U0001f5e3\U0001f30d\U0001f3a7", Topic.LANGUAGES),
    **dict.fromkeys("\U0001f4e7\u2709\U0001f4de", Topic.CONTACT),
}
"""Calendars, clocks, pins, globes and envelopes at the start of a line, which invitations use for labels."""
_VARIATION = "\ufe0f\ufe0e"


def _sign(passage: Passage) -> tuple[Topic, Passage, Passage] | None:
    """Read a line that a picture labels; a globe only where the line is short, for it may be an ornament."""
    topic = _SIGNS.get(passage.text[:1])
    rest = passage.text[1:].lstrip(_VARIATION + " ")
    if topic is None or not rest or (topic is Topic.LANGUAGES and len(rest) > _SHORT_LINE):
        return None
    start = len(passage.text) - len(rest)
    label = _LABEL.match(rest)
    if label and heading_topic(passage.folded[start : start + label.end(label.lastindex or 1)]) is not None:
        return None
    return topic, passage.part(0, start), passage.part(start)


def _label(block: Block) -> tuple[Topic, Passage, Passage] | None:
    """Read "Date: 13 April", or a row whose first cell is such a label: topic, label and what it labels."""
    passage = block.passage
    if block.kind is BlockKind.ROW and len(block.cells) == 2:
        label, rest = block.cells
        topic = heading_topic(label.folded)
        return (topic, label, rest) if topic and rest.text else None
    if sign := _sign(passage):
        return sign
    match = _LABEL.match(passage.text)
    if match is None:
        return None
    topic = heading_topic(passage.folded[: match.end(match.lastindex or 1)])
    if topic is None or (match[2] and topic not in _SHORT):
        return None
    return topic, passage.part(0, match.end()), passage.part(match.end())


class _Gatherer:
    """Decides, block by block, to which section it belongs."""

    def __init__(self, blocks: tuple[Block, ...]) -> None:
        self.blocks = blocks
        self.done: list[Section] = []
        self.current = Section(Topic.HEAD)
        self.under: Section | None = None
        self.kept: list[Block] = []
        self.prose = False
        self.counted = ""
        self.row_labelled = self.signed = False

    def open(self, section: Section) -> None:
        self.close()
        self.current, self.under, self.prose = section, None, False
        self.row_labelled = self.signed = False
        self.counted = section.marker or self.counted

    def close(self) -> None:
        if self.kept or self.current.heading:
            self.done.append(evolve(self.current, blocks=tuple(self.kept)))
        self.kept = []

    def gather(self) -> tuple[Section, ...]:
        for index, block in enumerate(self.blocks):
            if block.kind is BlockKind.HEADING and not self.labelled_heading(block):
                self.heading(block)
            elif block.kind is BlockKind.HEADING:
                continue
            elif not self.numbered(index, block) and not self.labelled(block):
                self.body(block)
        self.close()
        return tuple(self.done)

    def heading(self, block: Block) -> None:
        first = not self.done and not self.kept
        topic = heading_topic(block.passage.folded, strong=block.strong and not first)
        if self._stays(block, topic):
            self.kept.append(block)
        else:
            self.open(Section(topic or Topic.OTHER, heading=block.passage, level=block.level))

    def labelled_heading(self, block: Block) -> bool:
        """Take "Title: …" and "Date: …" for labels even where they are marked up as headings."""
        label = _label(block) if self.current.topic is not Topic.AGENDA else None
        return label is not None and label[0] in _SHORT and self.labelled(block)

    def _stays(self, block: Block, topic: Topic | None) -> bool:
        """Whether a heading is part of the section that is open: a title, a sub-heading, an item of the agenda."""
        here = self.current
        deeper = here.heading is not None and block.level > here.level
        if here.topic is Topic.AGENDA:
            return self._stays_in_agenda(block, topic, deeper=deeper)
        if topic is not None:
            return False
        if here.topic is Topic.HEAD:
            return not self.prose or (block.level > 1 and not block.strong)
        return deeper

    def _stays_in_agenda(self, block: Block, topic: Topic | None, *, deeper: bool) -> bool:
        if topic in {Topic.QUESTIONS, Topic.SPEAKERS}:
            return deeper or not block.strong
        if topic is not None and topic is not Topic.OTHER:
            return deeper and block.strong
        folded = block.passage.folded
        if (
            deeper
            or _AGENDA_WORDS.search(folded)
            or item_kind(folded) != "other"
            or find_duration(block.passage)
        ):
            return True
        numbered = self.current.heading is not None and self.current.heading.text[:1].isdigit()
        return numbered and not folded[:1].isdigit()

    def numbered(self, index: int, block: Block) -> bool:
        """Take "1. Background" for a heading, unless it stands in a list of items."""
        if not block.ordered:
            return False
        topic = heading_topic(block.passage.folded)
        follows = self.blocks[index + 1] if index + 1 < len(self.blocks) else None
        listed = (
            follows is not None
            and follows.ordered
            and follows.level == block.level
            and block.marker.isdigit()
        )
        if topic is None or (listed and topic is not Topic.OTHER and not self._heads(index + 1)):
            return self._numbered_other(block)
        if self.current.topic is Topic.AGENDA and not self._counts_on(block):
            return False
        if listed and not self._counts_on(block) and self.current.marker == "":
            return False
        self.open(Section(topic, heading=block.passage, level=6, marker=block.marker))
        return True

    def _heads(self, index: int) -> bool:
        return heading_topic(self.blocks[index].passage.folded) is not None

    def _numbered_other(self, block: Block) -> bool:
        """Take a numbered line that goes on counting numbered headings for one too, whatever its words are."""
        if not self._counts_on(block) or self.current.topic is Topic.AGENDA or len(block.passage.text) > 80:
            return False
        if any(each.ordered for each in self.kept):
            return False
        self.open(Section(Topic.OTHER, heading=block.passage, level=6, marker=block.marker))
        return True

    def _counts_on(self, block: Block) -> bool:
        """Whether a number follows that of the last numbered heading."""
        last = self.counted
        if last.isdigit() and block.marker.isdigit():
            return int(block.marker) == int(last) + 1
        return (
            bool(last)
            and last.isalpha()
            and block.marker.isalpha()
            and last.isupper() == block.marker.isupper()
        )

    def labelled(self, block: Block) -> bool:
        label = _label(block)
        if label is None:
            return False
        topic, name, rest = label
        if self.current.topic is Topic.AGENDA and (
            topic not in _LEAVES_AGENDA or not block.spaced or block.kind is not BlockKind.TEXT
        ):
            return False
        if self.current.topic is Topic.SPEAKERS and topic is Topic.SPEAKERS and self.under is None:
            return False
        under = self.under or self.current
        self.open(Section(topic, heading=name, level=9))
        self.row_labelled, self.signed = block.kind is BlockKind.ROW, _sign(block.passage) is not None
        self.kept.append(evolve(block, kind=BlockKind.TEXT, passage=rest, cells=()))
        self.under = None if topic in {*PROSE, Topic.AGENDA, Topic.QUESTIONS} else under
        return True

    def body(self, block: Block) -> None:
        if self.row_labelled and block.kind is BlockKind.ROW and len(block.cells) > 1 and block.cells[0].text:
            # Each row of a table of labels stands for itself, also one whose label is not known.
            self.open(Section(Topic.OTHER))
            self.row_labelled = True
        if self.signed and self.under is not None:
            self.open(Section(self.under.topic, level=self.under.level, marker=self.under.marker))
        if (
            self.under is not None
            and block.spaced
            and not (block.kind is BlockKind.ITEM and self.current.topic not in _SHORT)
        ):
            self.open(Section(self.under.topic, level=self.under.level, marker=self.under.marker))
        elif self.current.topic in _SHORT and len(block.passage.text) > _LONG_PROSE:
            self.open(Section(Topic.HEAD))
        self.kept.append(block)
        self.prose = self.prose or len(block.passage.text) > _LONG_PROSE


_WORD = re.compile(r"[^\W\d_]+'?")


def detect_language(folded: str) -> tuple[str, float]:
    """Tell which of the three languages a folded text is in, and how clearly (0 to 1) it stands before the next."""
    words = _WORD.findall(folded)
    counts = {tag: sum(word in stops for word in words) for tag, stops in STOP_WORDS.items()}
    ranked = sorted(counts, key=lambda tag: -counts[tag])
    best, second = counts[ranked[0]], counts[ranked[1]]
    if best == 0 or best < len(words) * 0.08:
        return ranked[0] if best else "en", 0.0
    return ranked[0], (best - second) / best


def read_note(document: Document) -> Note:
    """Read a document's sections and language."""
    sections = _Gatherer(read_blocks(document)).gather()
    words = " ".join(block.passage.folded for section in sections for block in section.blocks)
    language, share = detect_language(words)
    return Note(document, sections, language, share)
