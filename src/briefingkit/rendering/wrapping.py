"""Breaking plain text into lines: at spaces, and between the characters of scripts that have none.

Widths are in columns of a terminal or a mail, where a Chinese character takes two. Addresses are never broken.
"""

from collections.abc import Iterable, Iterator
from unicodedata import category, combining, east_asian_width

__all__ = ["WIDTH", "columns", "wrap"]

WIDTH = 72
"""Columns that a line may have, so that a mail can be quoted twice and still fit 78 (RFC 5322, section 2.1.1)."""

_ISOLATES = frozenset("\u2066\u2067\u2068")
_POP = "\u2069"
_NOT_FIRST = frozenset("、。，．：；！？）】」』〉》〕”’…—～%),.:;!?]}")
_NOT_LAST = frozenset("（【「『〈《〔“‘([{")


def wrap(text: str, *, width: int = WIDTH, first: str = "", indent: str = "") -> str:
    """Break text into lines of at most `width` columns where it can be broken at all; line breaks in it stay.

    The first line begins with `first`, all others with `indent`.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        for line in _carry_isolates(_lines(paragraph, width, columns(indent))):
            lines.append((indent if lines else first) + line)
    return "\n".join(line.rstrip(" ") for line in lines)


def columns(text: str) -> int:
    """Count the columns that a text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0
        if combining(character) or category(character) == "Cf"
        else 1 + (east_asian_width(character) in "WF")
        for character in text
    )


def _lines(paragraph: str, width: int, indent: int) -> Iterator[str]:
    whole = " ".join(filter(None, paragraph.split(" ")))
    if indent + columns(whole) <= width:
        yield whole
        return
    line, used = "", indent
    for piece, spaced in _pieces(paragraph):
        size = columns(piece)
        gap = 1 if spaced and line else 0
        if line and used + gap + size > width:
            yield line
            line, used, gap = "", indent, 0
        line += " " * gap + piece
        used += gap + size
    yield line


def _carry_isolates(lines: Iterable[str]) -> Iterator[str]:
    """Close an isolate at the end of its line and open it again on the next: none reaches over a line's end."""
    is_open = ""
    for line in lines:
        whole = is_open + line
        is_open = ""
        for character in whole:
            if character in _ISOLATES:
                is_open += character
            elif character == _POP:
                is_open = is_open[:-1]
        yield whole + _POP * len(is_open)


def _pieces(paragraph: str) -> Iterator[tuple[str, bool]]:
    """Cut at spaces and between wide characters; tell whether a space stood before the piece."""
    for word in paragraph.split(" "):
        if not word:
            continue
        start = 0
        for index in range(1, len(word)):
            if _may_break(word[index - 1], word[index]):
                yield word[start:index], start == 0
                start = index
        yield word[start:], start == 0


def _may_break(before: str, after: str) -> bool:
    if before in _NOT_LAST or after in _NOT_FIRST:
        return False
    return east_asian_width(before) in "WF" or east_asian_width(after) in "WF"
