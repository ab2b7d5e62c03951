"""Keeping right-to-left and left-to-right text apart, and control characters out (Unicode Standard Annex 9).

A Latin abbreviation or a person's name inside an Arabic sentence moves the punctuation around it unless it is
isolated; a hostile text with an override turns the words after it around. Isolates are the remedy for both.
"""

import re
from typing import Literal
from unicodedata import bidirectional

__all__ = ["isolate", "isolate_against", "strip_controls", "strip_isolates"]

FIRST_STRONG_ISOLATE = "\u2068"
POP_DIRECTIONAL_ISOLATE = "\u2069"

_ISOLATES = re.compile("[\u2066-\u2069]")
# C0 without tab and newline, DEL, C1, and the embeddings and overrides U+202A to U+202E. The marks U+200E, U+200F
# and U+061C stay: they are part of well-written Arabic and Hebrew, and they reach no further than their neighbours.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


def isolate(text: str) -> str:
    """Wrap `text` so that its direction is its own and touches nothing around it.

    Isolates that the text opens and does not close are closed, and ones that it closes without having opened them
    are dropped, so that a text cannot break out of its isolate.
    """
    return f"{FIRST_STRONG_ISOLATE}{balance(text)}{POP_DIRECTIONAL_ISOLATE}"


def isolate_against(text: str, direction: Literal["ltr", "rtl"]) -> str:
    """Isolate `text` if letters in it run against the direction of the sentence that it is put into."""
    if direction == "ltr":
        if text.isascii():
            return text
        against: tuple[str, ...] = ("R", "AL")
    else:
        against = ("L",)
    depth = 0
    for character in text:
        if "\u2066" <= character <= FIRST_STRONG_ISOLATE:
            depth += 1
        elif character == POP_DIRECTIONAL_ISOLATE:
            depth = max(depth - 1, 0)
        elif depth == 0 and bidirectional(character) in against:
            return isolate(text)
    return text


def strip_isolates(text: str) -> str:
    """Remove U+2066 to U+2069: what is left is for comparing, searching and for outputs that know no isolates."""
    return _ISOLATES.sub("", text)


def strip_controls(text: str) -> str:
    r"""Remove controls (C0, C1, bidi embeddings and overrides); every line end becomes "\n", and tabs stay.

    Isolates stay too where they are balanced, so that nothing reaches past the end of the text.
    """
    if text.isprintable():  # as almost every line is: no control, no isolate and no line end is printable
        return text
    return balance(_CONTROLS.sub("", unify_line_ends(text)))


def unify_line_ends(text: str) -> str:
    r"""Turn each of the line ends that Unicode knows, and Word's vertical tab, into "\n"."""
    return _LINE_ENDS.sub("\n", text)


def balance(text: str) -> str:
    """Drop each U+2069 that closes nothing and close, at the end, what was left open."""
    if not _ISOLATES.search(text):
        return text
    kept, depth = [], 0
    for character in text:
        if character == POP_DIRECTIONAL_ISOLATE:
            if depth == 0:
                continue
            depth -= 1
        elif "\u2066" <= character <= FIRST_STRONG_ISOLATE:
            depth += 1
        kept.append(character)
    return "".join(kept) + POP_DIRECTIONAL_ISOLATE * depth
