"""A note's lines put together into blocks: headings, paragraphs, list items and rows of tables.

Markdown and plain text are read alike, by what a line looks like: notes pasted from Word or a mail keep bullets and
tabs but no Markdown, and many are a mixture of both.
"""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum

from attrs import evolve, frozen

from briefingkit.notes.document import Document, fold
from briefingkit.notes.inline import Passage, read_passage
from briefingkit.notes.value import Span
from briefingkit.notes.vocabulary import heading_topic

__all__ = ["Block", "BlockKind", "read_blocks"]


class BlockKind(StrEnum):
    """What a block looks like."""

    HEADING = "heading"
    TEXT = "text"
    ITEM = "item"
    ROW = "row"


@frozen(eq=False)
class Block:
    """Some lines that belong together, first and last counted from 1.

    `level` is a heading's rank (1 the highest) or an item's indentation in columns; `marker` is an item's number or
    bullet. `strong` tells a heading that is marked up as one from a line that only reads like one. `spaced`: a blank
    line stands before it.
    """

    kind: BlockKind
    passage: Passage
    first: int
    last: int
    level: int = 0
    marker: str = ""
    strong: bool = False
    spaced: bool = True
    cells: tuple[Passage, ...] = ()

    @property
    def ordered(self) -> bool:
        """Whether it is an item with a number or a letter."""
        return self.kind is BlockKind.ITEM and self.marker[:1].isalnum()


_ATX = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.*?)[ \t#]*$")
_RULE = re.compile(r"^\s*(?:[-*_=~][ \t]?){3,200}\s*$")
_DELIMITER = re.compile(r"^\s*\|?[\s:|-]{3,500}$")
_DEFINITION = re.compile(r"^ {0,3}\[([^\[\]^]{1,100})\]:\s*<?(\S{1,2000}?)>?(?:\s+[\"'(].{0,200})?\s*$")
_QUOTE = re.compile(r"^\s{0,3}(?:>\s?){1,5}")
_BULLET = re.compile(r"^([-*+•‣◦▪●○∙·➢➤✓►–—]|o(?=\t| {2,}))[ \t]+(?=\S)")
_NUMBER = re.compile(
    r"^\(?(\d{1,3}(?:\.\d{1,2}){0,2}(?=[.)]\s|\.?\t| [A-ZÀ-Ý])|[a-z](?=\)\s)|[A-H](?=[.)]\s)"
    r"|[IVX]{1,5}(?=[.)]\s))[.)]?[ \t]+(?=\S)"
)
_ONLY_NUMBER = re.compile(r"^\d{1,3}(?:\.\d{1,2}){0,2} ")
_BOLD_LINE = re.compile(r"^(\*\*|__)(?=\S)([^*_]{1,200})\1\s*:?$|^(\*\*\*)(?=\S)([^*]{1,200})\3\s*:?$")
_GAP = re.compile(r"\S(?:\t+ *| {3,})(?=\S)")
_TIME_START = re.compile(r"^\W{0,3}\d{1,2}\s?(?:[:.]\d{2}|[hH]\d{0,2}\b|[ap]\.?m)")
_LABEL = re.compile(r"^[*_]{0,3}[^\W\d][^:.;!?]{0,40}\s?:[*_]{0,3}(?:\s|$)")
_WRAPPED = 50
_CAPITALS = 80
_WIDEST = 130
_HARD_BREAKS = ("  ", "\\")
_RAGGED = 12


def _is_capitals(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    return (
        len(letters) > 3
        and len(text) <= _CAPITALS
        and all(char.isupper() for char in letters)
        and " " in text
    )


class _Reader:
    """Reads line by line; keeps the block that is open, for a paragraph or an item may go on."""

    def __init__(self, document: Document, references: Mapping[str, str]) -> None:
        self.document = document
        self.references = references
        self.blocks: list[Block] = []
        self.spans: list[Span] = []
        self.open: Block | None = None
        self.spaced = True
        self.width = self._wrap_width()

    def passage(self, spans: "list[Span]") -> Passage:
        return read_passage(self.document, spans, self.references)

    def close(self) -> None:
        if self.open is not None:
            passage = self.passage(self.spans)
            if passage.text:
                self.blocks.append(evolve(self.open, passage=passage))
        self.open, self.spans = None, []

    def start(self, block: Block, span: Span) -> None:
        self.close()
        self.open, self.spans = evolve(block, spaced=self.spaced), [span]
        self.spaced = False

    def put(self, block: Block, span: Span) -> None:
        """Put a block that is complete on its line."""
        self.start(block, span)
        self.close()

    def line(self, number: int) -> None:
        span = self.document.line(number)
        text = self.document.text[span.start : span.end]
        if quote := _QUOTE.match(text):
            span = Span(span.start + quote.end(), span.end)
            text = text[quote.end() :]
        indent = len(text) - len(text.lstrip())
        body = text.strip()
        inner = Span(span.start + indent, span.start + indent + len(body))
        if not body:
            self.close()
            self.spaced = True
        elif not self._structure(number, text, body, inner):
            self._words(number, indent, body, inner)

    def _structure(self, number: int, text: str, body: str, span: Span) -> bool:
        """Read a line that is markup before it is words: rules, headings, definitions, tables."""
        blank = Passage()
        if _RULE.match(text) or ("|" in body and "-" in body and _DELIMITER.match(text)):
            self._rule(number, body)
        elif body.startswith(("```", "~~~")) or _DEFINITION.match(text):
            self.close()
        elif atx := _ATX.match(text):
            start = span.start - (len(text) - len(text.lstrip())) + atx.start(2)
            self.put(
                Block(BlockKind.HEADING, blank, number, number, len(atx[1]), strong=True),
                Span(start, start + len(atx[2])),
            )
        elif cells := self._cells(number, body, span):
            self.put(Block(BlockKind.ROW, blank, number, number, cells=cells), span)
        else:
            return False
        return True

    def _rule(self, number: int, body: str) -> None:
        """Give a rule; under a single line of text it makes that line a heading."""
        above = self.open
        if above is None and self.blocks and body[0] in "=-" and self.blocks[-1].last == number - 1:
            last = self.blocks[-1]
            if last.kind is BlockKind.HEADING and not last.strong:
                self.blocks[-1] = evolve(last, level=1 if body[0] == "=" else 2, strong=True)
        if (
            above is not None
            and above.kind is BlockKind.TEXT
            and above.first == above.last == number - 1
            and body[0] in "=-"
        ):
            self.open = evolve(above, kind=BlockKind.HEADING, level=1 if body[0] == "=" else 2, strong=True)
        self.close()

    def _cells(self, number: int, body: str, span: Span) -> tuple[Passage, ...]:
        if _BULLET.match(body) or (_NUMBER.match(body) and "|" not in body):
            return ()
        if body.count("|") > 1 or (" | " in body and "](" not in body):
            breaks = [(match.start(), match.end()) for match in re.finditer(r"(?<!\\)\|", body)]
        else:
            breaks = [(match.start() + 1, match.end()) for match in _GAP.finditer(body)]
            if not breaks or not self._tabular(number, body):
                return ()
        edges = [0, *(edge for pair in breaks for edge in pair), len(body)]
        spans = [Span(span.start + a, span.start + b) for a, b in zip(edges[::2], edges[1::2], strict=True)]
        if body.startswith("|"):
            spans = spans[1:]
        if body.endswith("|"):
            spans = spans[:-1]
        return tuple(self.passage([each]) for each in spans)

    def _tabular(self, number: int, body: str) -> bool:
        """Tell columns from a line that only has wide gaps: a time comes first, or the next line has columns too."""
        if _LABEL.match(body):
            return False
        if _TIME_START.match(body):
            return True
        around = (number - 1, number + 1)
        lines = [self.document.raw[near - 1] for near in around if 1 <= near <= len(self.document.raw)]
        return any(_GAP.search(line.strip()) and not _LABEL.match(line.strip()) for line in lines)

    def _words(self, number: int, indent: int, body: str, span: Span) -> None:
        bullet = _BULLET.match(body)
        item = bullet or (_NUMBER.match(body) if not _TIME_START.match(body) else None)
        if item and not bullet and _ONLY_NUMBER.match(body):
            item = None if not self._counts_on(body) else item
        if item:
            rest = Span(span.start + item.end(), span.end)
            marker = item[1]
            self.start(Block(BlockKind.ITEM, Passage(), number, number, indent, marker), rest)
        elif bold := _BOLD_LINE.match(body):
            block = Block(
                BlockKind.HEADING, Passage(), number, number, 7 if bold[2] or bold[4] else 8, strong=True
            )
            self.put(block, span)
        elif self.open is not None and self._continues(self.open, indent, body):
            self.spans.append(span)
            self.open = evolve(self.open, last=number)
        else:
            self._plain(number, indent, body, span)

    def _counts_on(self, body: str) -> bool:
        """Tell whether a number with no dot after it is an item's: `2.1 Opening` is, `24 cities` is not."""
        return "." in body.split(maxsplit=1)[0]

    def _plain(self, number: int, indent: int, body: str, span: Span) -> None:
        if _is_capitals(body) and not body.endswith("."):
            self.put(Block(BlockKind.HEADING, Passage(), number, number, 8, strong=True), span)
        elif heading_topic(fold(body.replace("*", "").replace("_", ""))) is not None and not body.endswith(
            "."
        ):
            self.put(Block(BlockKind.HEADING, Passage(), number, number, 9), span)
        else:
            self.start(Block(BlockKind.TEXT, Passage(), number, number, indent), span)

    def _continues(self, above: Block, indent: int, body: str) -> bool:
        """Tell whether a line goes on with the block above: lines wrap at a width, or go on in lower case."""
        if _TIME_START.match(body) or _LABEL.match(body):
            return False
        before = self.document.text[self.spans[-1].start : self.spans[-1].end]
        if body[0].islower() or body[0] in ",;)&(":
            return True
        if above.kind is BlockKind.ITEM and indent > above.level and before[-1] not in ".;:?!":
            return True
        if above.kind is BlockKind.TEXT and self.document.raw[above.last - 1].endswith(_HARD_BREAKS):
            return False
        room = self.width - len(before) - len(body.split(maxsplit=1)[0]) - 1
        return len(before) >= _WRAPPED and before[-1] != ":" and room < _RAGGED and not self._announces(body)

    def _wrap_width(self) -> int:
        """Give the width at which the note's lines wrap; nothing wraps where a paragraph is one long line."""
        longest = max(len(line.rstrip()) for line in self.document.raw)
        return longest if longest <= _WIDEST else 10_000

    def _announces(self, body: str) -> bool:
        return len(body) < _WRAPPED and heading_topic(fold(body)) is not None


def _references(document: Document) -> Iterator[tuple[str, str]]:
    for line in document.raw:
        if line.lstrip().startswith("[") and (match := _DEFINITION.match(line)):
            yield fold(match[1]), match[2]


def read_blocks(document: Document) -> tuple[Block, ...]:
    """Put a document's lines together into blocks, in order."""
    reader = _Reader(document, dict(_references(document)))
    for number in range(1, len(document.raw) + 1):
        reader.line(number)
    reader.close()
    return tuple(reader.blocks)
