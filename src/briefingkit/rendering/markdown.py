"""A view as Markdown: for a wiki, a repository or a newsletter tool. What people wrote in it stays text."""

from itertools import pairwise
from textwrap import indent

from briefingkit.rendering.outline import Block, Fact, Heading, Note, Point, Prose, Span, outline
from briefingkit.rendering.prose_text import escape_markdown, prose_markdown
from briefingkit.rendering.values import View
from briefingkit.text.bidi import strip_controls

__all__ = ["markdown"]


def markdown(view: View) -> bytes:
    """Write a view as CommonMark, UTF-8: no raw HTML, and no address but http, https and mailto."""
    blocks = list(outline(view))
    written = list(map(_write, blocks))
    parts = written[:1]
    for (before, after), block in zip(pairwise(blocks), written[1:], strict=True):
        parts += ["\n" if _belong_together(before, after) else "\n\n", block]
    return ("".join(parts) + "\n").encode()


def _belong_together(before: Block, after: Block) -> bool:
    return isinstance(before, Point | Fact) and type(before) is type(after)


def _write(block: Block) -> str:
    match block:
        case Heading(level, words):
            return f"{'#' * level} {_text(words)}"
        case Fact(label, values):
            return f"- **{_text(label)}** {'; '.join(map(_span, values))}"
        case Note(words):
            return f"> {_text(words)}"
        case Prose(source, depth):
            return indent(strip_controls(prose_markdown(source)), "  " * depth)
        case Point(spans, depth):
            return f"{'  ' * depth}- {''.join(map(_span, spans))}"


def _span(span: Span) -> str:
    words = _text(span.text)
    if span.url is None:
        return words
    address = strip_controls(span.url).replace("<", "%3C").replace(">", "%3E").replace("\\", "%5C")
    return f"[{words}](<{address}>)"


def _text(words: str) -> str:
    return escape_markdown(strip_controls(words))
