"""Texts as a plan shows them: harmless on a terminal, and where a long one changed, only what changed."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
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
    What both begin and end with is set aside; of the rest, words are compared where there are some hundreds of them,
    and where there are more, lines and then the words of some hundreds that changed, so that a text of any length takes
    a bounded time.
    """
    if not (_SPACE.search(before) or _SPACE.search(after)):
        return None
    steps = _steps(_TOKENS.findall(before), _TOKENS.findall(after))
    same = sum(len(old) for old, new in steps if old == new)
    if 2 * same < _ALIKE * (len(before) + len(after)):
        return None
    return tuple(_shown(steps))


def _steps(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, str]]:
    """Pair the pieces of two texts: equal where they are the same."""
    shorter = min(len(old), len(new))
    head = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    tail = next((at for at in range(shorter - head) if old[-1 - at] != new[-1 - at]), shorter - head)
    begin, end = "".join(old[:head]), "".join(old[len(old) - tail :])
    middle = _matched(old[head : len(old) - tail], new[head : len(new) - tail])
    return _joined([(begin, begin), *middle, (end, end)])


def _joined(steps: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Make one step of those that stand side by side and change nothing, and leave out what is empty."""
    joined: list[tuple[str, str]] = []
    for gone, came in steps:
        if joined and gone == came and joined[-1][0] == joined[-1][1]:
            joined[-1] = (joined[-1][0] + gone,) * 2
        elif gone or came:
            joined.append((gone, came))
    return joined


def _matched(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    if max(len(old), len(new)) <= _WORDS_AT_MOST:
        yield from _paired(old, new)
        return
    old, new = _LINES.findall("".join(old)), _LINES.findall("".join(new))
    if max(len(old), len(new)) > _LINES_AT_MOST:
        yield "".join(old), "".join(new)
        return
    left = _WORDS_AT_MOST**2
    for gone, came in _paired(old, new):
        words, others = _TOKENS.findall(gone), _TOKENS.findall(came)
        cost = len(words) * len(others)
        if gone == came or not cost or cost > left:
            yield gone, came
        else:
            left -= cost
            yield from _paired(words, others)


def _paired(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for _, start, end, new_start, new_end in matcher.get_opcodes():
        yield "".join(old[start:end]), "".join(new[new_start:new_end])


def _shown(steps: Sequence[tuple[str, str]]) -> Iterator[tuple[Part, str]]:
    for index, (gone, came) in enumerate(steps):
        if gone == came:
            yield "same", visible(_shorten(gone, first=index == 0, last=index == len(steps) - 1))
            continue
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
