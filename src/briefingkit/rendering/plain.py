"""A view as plain text: for a mail's text part, a terminal, or anyone who reads with neither styles nor pictures."""

import re
from collections.abc import Sequence
from itertools import pairwise
from textwrap import indent
from typing import Literal, TypeAlias

from briefingkit.rendering.outline import Block, Fact, Heading, Note, Point, Prose, Span, outline
from briefingkit.rendering.prose_text import prose_plain
from briefingkit.rendering.values import View
from briefingkit.rendering.wrapping import WIDTH, columns, wrap
from briefingkit.text.bidi import isolate_against, strip_controls
from briefingkit.text.language import direction

__all__ = ["plain_blocks", "text"]

_Direction: TypeAlias = Literal["ltr", "rtl"]
_RULES = {1: "=", 2: "-"}
_WIDE_COLON = "："
_SPACES = re.compile(r"[ \t\n]+")


def text(view: View) -> bytes:
    """Write a view as text, UTF-8: lines of at most 72 columns, save for addresses, which are never broken."""
    return f"{plain_blocks(tuple(outline(view)), view.language)}\n".encode()


def plain_blocks(blocks: Sequence[Block], language: str) -> str:
    """Write some blocks of an outline, with a blank line between those that do not belong together."""
    towards = direction(language)
    written = [_write(block, towards) for block in blocks]
    parts = [written[0]] if written else []
    for (before, after), line in zip(pairwise(blocks), written[1:], strict=True):
        parts += ["\n" if _belong_together(before, after) else "\n\n", line]
    return "".join(parts)


def _belong_together(before: Block, after: Block) -> bool:
    """Facts stand line by line, and so do the points of a list; an agenda item has air above it."""
    if isinstance(before, Fact) and isinstance(after, Fact):
        return True
    return isinstance(before, Point) and isinstance(after, Point) and (after.depth > 0 or before.depth == 0)


def _write(block: Block, towards: _Direction) -> str:
    match block:
        case Heading(level, words):
            shown = wrap(_flat(words))
            width = max(columns(line) for line in shown.split("\n"))
            return f"{shown}\n{_RULES[level] * width}" if level in _RULES else shown
        case Fact(label, values):
            said = "\n".join(_spans((value,), towards) for value in values)
            # A wide colon brings its own space.
            return wrap(f"{label}{'' if label.endswith(_WIDE_COLON) else ' '}{said}", indent="  ")
        case Note(words):
            return wrap(_flat(words))
        case Prose(source, depth):
            inset = "  " * depth
            return indent(strip_controls(prose_plain(source, width=WIDTH - len(inset))), inset)
        case Point(spans, depth):
            inset = "  " * depth
            return wrap(_spans(spans, towards), first=f"{inset}- ", indent=f"{inset}  ")


def _spans(spans: Sequence[Span], towards: _Direction) -> str:
    """Write runs, then each address on a line of its own, where nothing can break it or be taken for part of it."""
    words = "".join(isolate_against(_flat(span.text), towards) for span in spans)
    addresses = [strip_controls(span.url) for span in spans if span.url and span.url != f"mailto:{span.text}"]
    return "\n".join((words, *addresses))


def _flat(words: str) -> str:
    """Keep a text on one line and without controls."""
    return _SPACES.sub(" ", strip_controls(words))
