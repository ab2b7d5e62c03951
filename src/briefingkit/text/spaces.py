"""White space: what only lays a text out, and what belongs to it, as a no-break space before a French colon does."""

import re

__all__ = ["one_line"]

# ASCII's, and what ends a line or a passage in Unicode. The spaces of typography (U+00A0, U+2009, U+202F, U+3000 …)
# belong to the text: French has them before its colons, and CLDR in dates and numbers.
_LAYOUT = re.compile("[\t-\r\x1c-\x1f \x85\u2028\u2029]+")


def one_line(text: str) -> str:
    """Put a text on one line: each run of layout becomes a space, and none stands at either end. Other spaces stay."""
    return _LAYOUT.sub(" ", text).strip()
