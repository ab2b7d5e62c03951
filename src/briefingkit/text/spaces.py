"""White space: what only lays a text out, and what belongs to it, as a no-break space before a French colon does."""

import re

__all__ = ["one_line", "unbroken"]

# ASCII's, and what ends a line or a passage in Unicode. The spaces of typography (U+00A0, U+2009, U+202F, U+3000 …)
# belong to the text: French has them before its colons, and CLDR in dates and numbers.
_LAYOUT = re.compile("[\t-\r\x1c-\x1f \x85\u2028\u2029]+")

# French sets the signs that are made of two parts apart, and its quotation marks from what they hold.
_FRENCH = re.compile(" (?=[:;?!»])|(?<=«) ")


def one_line(text: str) -> str:
    """Put a text on one line: each run of layout becomes a space, and none stands at either end. Other spaces stay."""
    return _LAYOUT.sub(" ", text).strip()


def unbroken(text: str, language: str) -> str:
    """Write a text so that no line begins with a sign of French that a space stands before, whichever space was typed.

    `language` is the text's own, a BCP 47 tag; other languages than French set no such space.
    """
    return _FRENCH.sub("\u00a0", text) if language.partition("-")[0] == "fr" else text
