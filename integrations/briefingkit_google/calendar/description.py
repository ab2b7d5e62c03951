"""An event's description in the HTML that Google keeps: bold headings, links, line breaks; one language or several.

Google shows `b`, `a` and `br` everywhere that a calendar is read. It has no place to say in which language or direction
a line is, so lines from right to left say it themselves (Unicode Standard Annex 9).
"""

from collections.abc import Sequence
from html import escape
from typing import Final

from attrs import define, frozen

from briefingkit.rendering.calendar_text import Block, linked
from briefingkit.text.language import direction

__all__ = ["LONGEST", "Description", "Section", "describe"]

LONGEST: Final = 8192
"""How long a description may be, in UTF-16 code units. Google documents none; beyond this it refuses or cuts."""

_ELLIPSIS: Final = "…"
_BREAK: Final = "<br>"
_RIGHT_TO_LEFT: Final = "\u200f\u2067{}\u2069"
"""A mark, for whoever asks the first strong character, around an isolate, for whoever has decided otherwise."""


@frozen
class Section:
    """What is told in one language, under a heading where there are several."""

    language: str
    blocks: tuple[Block, ...]
    heading: str | None = None


@frozen
class Description:
    """The HTML, None where there is nothing to tell; `cut` names the parts of which not all is there."""

    html: str | None
    cut: tuple[str, ...] = ()


def describe(sections: Sequence[Section], longest: int = LONGEST) -> Description:
    """Write sections one below the other.

    What is too long loses the ends of its longest parts, whole lines at a time, and they end in an ellipsis then. The
    page's address, which is a part by itself, stays.
    """
    told = [_Told.of(section) for section in sections if section.blocks]
    parts = [part for each in told for part in each.parts]
    while (excess := _length(_html(told)) - longest) > 0:
        part = max(parts, key=_Part.length, default=None)
        if part is None or not part.lines:
            break
        part.shorten((excess + 1) // 2)  # by half, and then the longest is perhaps another one
    cut = [
        f"{part.heading or _ELLIPSIS} ({each.language})"
        for each in told
        for part in each.parts
        if part.is_cut
    ]
    return Description(_html(told) or None, tuple(cut))


@define(eq=False)
class _Part:
    """A block on its way into HTML: its heading as text, its lines as HTML, and whether some were taken away."""

    heading: str | None
    heading_html: str | None
    lines: list[str]
    is_cut: bool = False

    @classmethod
    def of(cls, block: Block, language: str) -> "_Part":
        lines = "\n".join(block.lines).split("\n")
        return cls(
            block.heading,
            None if block.heading is None else _bold(block.heading, language),
            [_directed(line, language) for line in lines],
        )

    def length(self) -> int:
        """Measure what could be taken away."""
        return sum(map(_length, self.lines))

    def shorten(self, excess: int) -> None:
        """Take lines away from the end until so many code units are gone, or no line is left."""
        gone = 0 if self.is_cut else -_length(_ELLIPSIS + _BREAK)
        self.is_cut = True
        while self.lines and gone < excess:
            gone += _length(self.lines.pop() + _BREAK)

    def html(self) -> str:
        """Write it."""
        heading = () if self.heading_html is None else (self.heading_html,)
        return _BREAK.join((*heading, *self.lines, *((_ELLIPSIS,) if self.is_cut else ())))


@frozen
class _Told:
    """A section on its way into HTML."""

    language: str
    heading: str | None
    parts: tuple[_Part, ...]

    @classmethod
    def of(cls, section: Section) -> "_Told":
        heading = None if section.heading is None else _bold(section.heading, section.language)
        parts = tuple(_Part.of(block, section.language) for block in section.blocks)
        return cls(section.language, heading, parts)

    def html(self) -> str:
        """Write it, a blank line between its parts."""
        heading = () if self.heading is None else (self.heading,)
        return (_BREAK * 2).join((*heading, *(part.html() for part in self.parts)))


def _html(told: Sequence[_Told]) -> str:
    return (_BREAK * 3).join(each.html() for each in told)


def _bold(text: str, language: str) -> str:
    on_one_line = text.replace("\n", " ")
    return f"<b>{_turned(escape(on_one_line), language)}</b>"


def _directed(line: str, language: str) -> str:
    """Write a line as HTML. What it is set in by is kept; one that is nothing but an address needs no direction."""
    content = line.lstrip(" ")
    indent = "\u00a0" * (len(line) - len(content))
    written = linked(content)
    is_address = written.startswith("<a ") and written.count("<a ") == 1 and written.endswith("</a>")
    return indent + (written if is_address or not content else _turned(written, language))


def _turned(html: str, language: str) -> str:
    return _RIGHT_TO_LEFT.format(html) if direction(language) == "rtl" else html


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
