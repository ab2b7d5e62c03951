"""A note as characters with places: every later stage works on offsets into one cleaned text."""

import re
import unicodedata
from bisect import bisect_right

from attrs import frozen

from briefingkit.errors import NoteError
from briefingkit.notes.value import Span

__all__ = ["INVISIBLE", "LARGEST", "Document", "fold", "read_document"]

LARGEST = 2_000_000
"""Characters that a note may have at most: what is longer is no concept note."""

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd]")
_BINARY_SHARE = 0.05
_TO_SPACE = re.compile(
    r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
)
_UNUSABLE = re.compile(
    "[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(chr(plane << 16 | low) for plane in range(1, 17) for low in (0xFFFE, 0xFFFF))
    + "]"
)
INVISIBLE = re.compile(r"[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Characters that are not seen and may turn the order of those around them: no value holds one."""

_PLAIN_TYPE = {
    "’": "'",
    "‘": "'",
    "ʼ": "'",
    "`": "'",
    "´": "'",
    "–": "-",
    "—": "-",
    "‑": "-",
    "‐": "-",
    "−": "-",
}


class _Folding(dict[int, str]):
    def __missing__(self, code: int) -> str:
        char = chr(code)
        base = unicodedata.normalize("NFD", char)[0]
        self[code] = folded = (_PLAIN_TYPE.get(char) or base).lower()[0]
        return folded


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Fold for comparing: lower case, no accents, plain dashes and apostrophes; as many characters as before."""
    return text.translate(_FOLDING)


@frozen(eq=False)
class Document:
    """The lines as they came (`raw`) and as they are read (`text`): a character has the same place in both."""

    file: str
    raw: tuple[str, ...]
    text: str
    starts: tuple[int, ...]

    def place(self, offset: int) -> tuple[int, int]:
        """Tell the line and column, counted from 1, of an offset into the text."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def line(self, number: int) -> Span:
        """Tell the span of a line by its number, without its line end."""
        start = self.starts[number - 1]
        return Span(start, start + len(self.raw[number - 1]))

    def words(self, span: Span) -> str:
        """Quote a span, its white space made single."""
        return " ".join(self.text[span.start : span.end].split())


def _clean(line: str) -> str:
    return _UNUSABLE.sub("\ufffd", _TO_SPACE.sub(" ", line))


def read_document(text: str, file: str) -> Document:
    """Read a note's text. NoteError for what is no note: empty, binary, or longer than LARGEST characters."""
    if len(text) > LARGEST:
        raise NoteError(
            f"{file}: {len(text):,} characters are too many for a concept note (at most {LARGEST:,})"
        )
    if "\x00" in text or len(_CONTROL.findall(text)) > max(4, _BINARY_SHARE * len(text)):
        raise NoteError(
            f"{file} is no text: save the note as Markdown or plain text in UTF-8, and draft it again"
        )
    text = text.removeprefix("\ufeff")
    raw = tuple(_UNUSABLE.sub("\ufffd", line) for line in re.split(r"\r\n|\r|\n", text))
    lines = [_clean(line) for line in raw]
    if not any(line.strip() for line in lines):
        raise NoteError(f"{file} is empty: there is nothing to draft from")
    starts = [0]
    for line in lines[:-1]:
        starts.append(starts[-1] + len(line) + 1)
    return Document(file, raw, "\n".join(lines), tuple(starts))
