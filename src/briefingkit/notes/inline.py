"""The words of a stretch of the note without their markup, each still knowing where it stood."""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property

from attrs import evolve, field, frozen

from briefingkit.notes.document import Document, fold
from briefingkit.notes.value import Span

__all__ = ["LinkSpan", "Passage", "read_passage"]

# Every repetition is bounded: a hostile note costs a constant factor at each character, never more.
_MARKUP = re.compile(
    r"""
      (?P<image>!)?\[(?P<text>[^\[\]]{0,400})\]
        (?:\(\s{0,9}<?(?P<url>[^()\s<>]{0,2000}(?:\([^()\s<>]{0,200}\)[^()\s<>]{0,500})?)>?
            (?:\s{1,9}["'][^"']{0,200}["'])?\s{0,9}\)
          |\[(?P<ref>[^\[\]]{0,100})\])
    | <(?P<auto>(?:https?://|mailto:)[^\s<>\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]{1,2000})>
    | (?P<bare>(?:https?://|www\.)[^\s<>"|\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]{1,2000})
    | (?P<tag></?(?:br|b|i|u|em|strong|p|span|div|sup|sub|center)(?:\s[^<>]{0,200})?/?>)
    | \\(?P<escaped>[!-/:-@\[-`{-~])
    | (?P<emphasis>\*{1,3}|_{1,3}|~~|`{1,3})
    | (?P<invisible>[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff])
    """,
    re.VERBOSE,
)
_AFTER_URL = ".,;:!?)]}'*_"


@frozen
class LinkSpan:
    """A link within a passage: `start` and `end` are offsets of its words, `url` is empty where the note has none."""

    start: int
    end: int
    url: str
    image: bool = False


def _as_tuple(offsets: Iterable[int]) -> tuple[int, ...]:
    return tuple(offsets)


@frozen(eq=False, slots=False)
class Passage:
    """Words without markup. `at` holds, for each character of `text`, its offset in the document."""

    text: str = ""
    at: tuple[int, ...] = field(default=(), converter=_as_tuple)
    links: tuple[LinkSpan, ...] = ()

    @cached_property
    def folded(self) -> str:
        """The text folded for comparing, character by character."""
        return fold(self.text)

    def span(self, start: int = 0, end: int | None = None) -> Span:
        """Tell where in the document the characters from `start` up to `end` stand."""
        last = len(self.text) if end is None else end
        if start >= last:
            return Span(0, 0)
        return Span(self.at[start], self.at[last - 1] + 1)

    def part(self, start: int, end: int | None = None) -> "Passage":
        """Cut out a part, without the white space around it, its links kept."""
        last = len(self.text) if end is None else end
        while start < last and self.text[start].isspace():
            start += 1
        while last > start and self.text[last - 1].isspace():
            last -= 1
        links = tuple(
            evolve(link, start=link.start - start, end=link.end - start)
            for link in self.links
            if start <= link.start and link.end <= last
        )
        return Passage(self.text[start:last], self.at[start:last], links)

    def linked(self, link: LinkSpan) -> str:
        """Give the words of a link."""
        return self.text[link.start : link.end].strip()


class _Builder:
    """Collects the characters that are words."""

    def __init__(self, references: Mapping[str, str]) -> None:
        self.references = references
        self.text: list[str] = []
        self.at: list[int] = []
        self.links: list[LinkSpan] = []

    def keep(self, raw: str, offsets: "list[int]", start: int, end: int) -> None:
        self.text.extend(raw[start:end])
        self.at.extend(offsets[start:end])

    def scan(self, raw: str, offsets: "list[int]", start: int, end: int) -> None:
        done = start
        for match in _MARKUP.finditer(raw, start, end):
            self.keep(raw, offsets, done, match.start())
            done = self._markup(raw, offsets, match)
        self.keep(raw, offsets, done, end)

    def _markup(self, raw: str, offsets: "list[int]", match: "re.Match[str]") -> int:
        """Keep what of a piece of markup is words; tell where to read on."""
        kind = match.lastgroup
        if match["text"] is not None:
            self._link(raw, offsets, match)
        elif match["auto"] or match["bare"]:
            return self._address(raw, offsets, match)
        elif kind == "escaped":
            self.keep(raw, offsets, match.start("escaped"), match.end())
        elif kind == "emphasis" and not _is_markup(raw, match):
            self.keep(raw, offsets, match.start(), match.end())
        elif kind == "tag" and match["tag"].lower().startswith("<br"):
            self.text.append("\n")
            self.at.append(offsets[match.start()])
        return match.end()

    def _link(self, raw: str, offsets: "list[int]", match: "re.Match[str]") -> None:
        begin = len(self.text)
        self.scan(raw, offsets, match.start("text"), match.end("text"))
        ref = fold(match["ref"] or match["text"]) if match["ref"] is not None else None
        url = (match["url"] or "") if ref is None else self.references.get(ref, "")
        self.links.append(LinkSpan(begin, len(self.text), url, image=bool(match["image"])))

    def _address(self, raw: str, offsets: "list[int]", match: "re.Match[str]") -> int:
        group = "auto" if match["auto"] else "bare"
        url = match[group] if group == "auto" else match[group].rstrip(_AFTER_URL)
        begin, first = len(self.text), match.start(group)
        self.keep(raw, offsets, first, first + len(url))
        full = url if "://" in url or url.startswith("mailto:") else f"https://{url}"
        self.links.append(LinkSpan(begin, len(self.text), full))
        return match.end() if group == "auto" else first + len(url)


def _is_markup(raw: str, match: "re.Match[str]") -> bool:
    """Tell emphasis from an asterisk or an underscore that is meant: `5 * 3`, `first_last`."""
    before = raw[match.start() - 1 : match.start()] or " "
    after = raw[match.end() : match.end() + 1] or " "
    if match["emphasis"].startswith("_"):
        return not (before.isalnum() and after.isalnum())
    return not (before.isspace() and after.isspace())


def read_passage(
    document: Document, spans: Iterable[Span], references: Mapping[str, str] | None = None
) -> Passage:
    """Read the words of some spans, joined by single spaces; `references` are the note's link definitions."""
    raw: list[str] = []
    offsets: list[int] = []
    for span in spans:
        if raw:
            raw.append(" ")
            offsets.append(span.start - 1 if span.start else 0)
        raw.extend(document.text[span.start : span.end])
        offsets.extend(range(span.start, span.end))
    builder = _Builder(references or {})
    joined = "".join(raw).replace("\t", " ").replace("\n", " ")
    builder.scan(joined, offsets, 0, len(joined))
    return Passage("".join(builder.text), builder.at, tuple(builder.links)).part(0)
