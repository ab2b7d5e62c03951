"""Texts as a plan shows them: harmless on a terminal, and where a long one changed, only what changed."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal, TypeAlias

__all__ = ["Part", "shortened", "visible", "word_changes"]

Part: TypeAlias = Literal["same", "gone", "new"]

_TOKENS = re.compile(r"\s+|[^\W\d_]+|\d+|[^\w\s]|_")
_SPACE = re.compile(r"\s")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_CONTEXT = 24
"""Characters that are shown on either side of a change."""
_WORDS_AT_MOST = 800
_LINES_AT_MOST = 2_000
_SHOWN = 400
_ALIKE = 0.4

_UNSAFE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_NAMED = {"\n": "⏎", "\t": "⇥", "\r": "␍"}
_JOINERS = "\u200c\u200d"  # they spell words in Persian and Hindi, and hold emoji together


def visible(text: str) -> str:
    """Show text as it is, but for what acts on a terminal or hides: that is shown by its number (`‹U+202E›`)."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_visible_character, text))


def _visible_character(character: str) -> str:
    if character in _NAMED:
        return _NAMED[character]
    if character not in _JOINERS and unicodedata.category(character) in _UNSAFE:
        return f"‹U+{ord(character):04X}›"
    return character


def shortened(text: str) -> str:
    """Show the beginning of a text that is too long to be read in a plan, and how long it is."""
    if len(text) <= _SHOWN:
        return visible(text)
    return f"{visible(text[:_SHOWN])}… ({len(text):,} characters)"


def word_changes(before: str, after: str) -> tuple[tuple[Part, str], ...] | None:
    """Give two texts as one, with what went and what came, ready to be shown; far from a change `…` stands.

    None where one after the other reads better: of one word each (a time, an address), or with little in common.
    Words are compared in texts of some hundreds of them, lines in longer ones, so that a text of any length takes a
    bounded time.
    """
    if not (_SPACE.search(before) or _SPACE.search(after)):
        return None
    old, new = _tokens(before, after)
    if max(len(old), len(new)) > _LINES_AT_MOST:
        return (("gone", shortened(before)), ("new", shortened(after)))
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    same = sum(len("".join(old[block.a : block.a + block.size])) for block in matcher.get_matching_blocks())
    if 2 * same < _ALIKE * (len(before) + len(after)):
        return None
    return tuple(_shown(matcher, old, new))


def _tokens(before: str, after: str) -> tuple[Sequence[str], Sequence[str]]:
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    if max(len(old), len(new)) <= _WORDS_AT_MOST:
        return old, new
    return _LINES.findall(before), _LINES.findall(after)


def _shown(
    matcher: "SequenceMatcher[str]", old: Sequence[str], new: Sequence[str]
) -> Iterator[tuple[Part, str]]:
    steps = matcher.get_opcodes()
    for index, (kind, start, end, new_start, new_end) in enumerate(steps):
        if kind == "equal":
            text = "".join(old[start:end])
            yield "same", visible(_shorten(text, first=index == 0, last=index == len(steps) - 1))
            continue
        gone, came = "".join(old[start:end]), "".join(new[new_start:new_end])
        if gone:
            yield "gone", f"[-{shortened(gone)}-]"
        if came:
            yield "new", f"{{+{shortened(came)}+}}"


def _shorten(text: str, *, first: bool, last: bool) -> str:
    if len(text) <= 3 * _CONTEXT:
        return text
    head = "" if first else text[:_CONTEXT]
    tail = "" if last else text[-_CONTEXT:]
    return f"{head}…{tail}"
