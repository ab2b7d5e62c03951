"""Which words have found a place: background and objectives stay prose, and the rest is unplaced, word for word."""

import re

from attrs import define, field, frozen

from briefingkit.notes.blocks import Block, BlockKind
from briefingkit.notes.document import INVISIBLE, Document
from briefingkit.notes.inline import Passage
from briefingkit.notes.sections import Note, Section
from briefingkit.notes.value import Confidence, Found, Part, Span
from briefingkit.notes.vocabulary import FUNCTION_WORDS, PROSE, Topic

__all__ = ["Claims", "Unplaced", "read_prose", "read_unplaced"]

_WORD = re.compile(r"[^\W_]+")
_DEAD = re.compile(r"(?<!!)\[([^\[\]]{0,400})\]\((?:#[^()\s]{0,200}|)\)")
_PROSE_LENGTH = 120


@define
class Claims:
    """Marks, character by character, which of the document's words a field holds."""

    document: Document
    used: bytearray = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.used = bytearray(len(self.document.text))

    def claim(self, *spans: Span) -> None:
        """Mark spans as held."""
        for span in spans:
            self.used[span.start : span.end] = b"\x01" * (span.end - span.start)

    def leaves(self, passage: Passage) -> bool:
        """Whether a passage has words that no field holds, beyond those that only join what fields hold."""
        words = [
            (match[0], all(self.used[at] for at in passage.at[match.start() : match.end()]))
            for match in _WORD.finditer(passage.folded)
        ]
        if not any(held for _, held in words):
            return bool(words)
        return any(not held and word not in FUNCTION_WORDS for word, held in words)

    def passes_by(self, number: int) -> bool:
        """Tell whether a line has words, and no field holds anything of it."""
        span = self.document.line(number)
        words = _WORD.search(self.document.text, span.start, span.end)
        return words is not None and not any(self.used[span.start : span.end])


@frozen(eq=False)
class Unplaced:
    """The lines that found no place, word for word; and the lines that only order the note (headings, labels)."""

    text: str
    lines: tuple[int, ...]


def _markdown(document: Document, block: Block) -> str:
    """Give a block's source as Markdown, its bullets as hyphens and links without an address as their words."""
    if not block.passage.at:
        return ""
    start = block.passage.at[0]
    low = document.line(block.first).start
    while start > low and document.text[start - 1] in "*_[`~<!\\":
        start -= 1
    end = document.line(block.last).end
    text = "\n".join(line.strip() for line in document.text[start:end].splitlines())
    text = INVISIBLE.sub("", _DEAD.sub(r"\1", text)).strip()
    if block.kind is BlockKind.ITEM:
        return f"{' ' * min(block.level, 8)}{block.marker + '.' if block.ordered else '-'} {text}"
    if block.kind is BlockKind.HEADING:
        return f"### {text.strip('*_# ')}"
    return text


def _joined(pieces: "list[tuple[Block, str]]") -> str:
    """Join blocks as Markdown: list items and rows stand close, all else apart."""
    out = ""
    before: Block | None = None
    for block, text in pieces:
        alike = before is not None and before.kind is block.kind
        listed = block.kind in {BlockKind.ITEM, BlockKind.ROW}
        close = alike and (listed or (block.kind is BlockKind.TEXT and not block.spaced))
        out += ("\n" if close else "\n\n" if out else "") + text
        before = block
    return out


def _is_prose(block: Block, before: Block | None) -> bool:
    """Whether a block of the head is a paragraph of prose, or a list that goes on from one."""
    if block.kind is BlockKind.TEXT:
        return len(block.passage.text) >= _PROSE_LENGTH or (
            before is not None and len(block.passage.text) > 60 and block.passage.text.endswith(".")
        )
    return block.kind is BlockKind.ITEM and before is not None


def _section_pieces(
    note: Note, claims: Claims, section: Section, *, loose: bool
) -> "list[tuple[Block, str]]":
    pieces: list[tuple[Block, str]] = []
    before: Block | None = None
    for block in section.blocks:
        if not claims.leaves(block.passage) or (loose and not _is_prose(block, before)):
            before = None if loose else before
            continue
        pieces.append((block, _markdown(note.document, block)))
        before = block
    return pieces


def read_prose(note: Note, claims: Claims) -> dict[Topic, Part]:
    """Read background and objectives: whole paragraphs, but for those that fields hold altogether.

    Paragraphs of the head that stand under no heading are taken for background, which is a doubt.
    """
    parts: dict[Topic, Part] = {}
    for topic in (Topic.BACKGROUND, Topic.OBJECTIVES):
        pieces: list[tuple[Block, str]] = []
        loose: list[tuple[Block, str]] = []
        for section in note.sections:
            if section.topic is topic:
                some = _section_pieces(note, claims, section, loose=False)
                if pieces and some and section.heading is not None:
                    pieces.append(
                        (
                            Block(BlockKind.HEADING, section.heading, 0, 0),
                            f"### {section.heading.text.strip(' :*')}",
                        )
                    )
                pieces.extend(some)
            elif section.topic is Topic.HEAD and topic is Topic.BACKGROUND:
                loose.extend(_section_pieces(note, claims, section, loose=True))
        parts[topic] = _prose_part(topic, loose, pieces)
        claims.claim(*(block.passage.span() for block, _ in (*loose, *pieces)))
    return parts


def _prose_part(topic: Topic, loose: "list[tuple[Block, str]]", pieces: "list[tuple[Block, str]]") -> Part:
    text = _joined([*loose, *pieces])
    if not text.strip():
        return Part()
    spans = tuple(block.passage.span() for block, _ in (*loose, *pieces))
    why = "paragraphs that stand under no heading were taken for background" if loose else ""
    confidence = Confidence.LOW if loose else Confidence.HIGH
    return Part(text, (Found(str(topic), text, f"section: {topic}", spans, confidence, bool(why), why),))


def read_unplaced(note: Note, claims: Claims) -> Unplaced:
    """Gather the lines that still have words of their own, with the heading that they stand under."""
    lines: dict[int, None] = {}
    for section in note.sections:
        own: list[int] = []
        for block in section.blocks:
            lines_of = range(block.first, block.last + 1)
            own.extend(lines_of if claims.leaves(block.passage) else filter(claims.passes_by, lines_of))
        heading = section.heading
        if (
            heading is not None
            and heading.at
            and (own or (section.topic is Topic.OTHER and claims.leaves(heading)))
        ):
            own.insert(0, note.document.place(heading.at[0])[0])
        lines.update(dict.fromkeys(own))
    numbers = sorted(lines)
    out: list[str] = []
    for index, number in enumerate(numbers):
        if index and number != numbers[index - 1] + 1:
            out.append("")
        out.append(note.document.raw[number - 1])
    return Unplaced("\n".join(out), tuple(numbers))


def claim_headings(note: Note, claims: Claims) -> None:
    """Headings and labels that are known for what they are have done their work."""
    for section in note.sections:
        if section.heading is not None and (section.topic is not Topic.OTHER) and section.topic not in PROSE:
            claims.claim(section.heading.span())
