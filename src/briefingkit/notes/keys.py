"""Short keys out of titles and names: ASCII, stable for the same words, unique in their list."""

import re
import unicodedata
from collections.abc import Container

__all__ = ["acronym", "slug", "unique"]

_SMALL = frozenset(
    "the a an of and to in for on with at by from le la les l d de du des et un une en pour sur au aux dans "
    "el los las del y una para con al por s".split()
)
_LENGTH = 40
_ACRONYM = re.compile(r"\(([A-Z][A-Za-z0-9&-]{1,11})\)")


def slug(text: str, fallback: str) -> str:
    """Make a key of the weighty words of a text; `fallback` where it has no ASCII letters to give."""
    plain = unicodedata.normalize("NFKD", text[:400].replace("’", "'")).encode("ascii", "ignore").decode()
    written = re.findall(r"[A-Za-z0-9]+", plain)
    shouted = not any(word.islower() for word in written)
    words = [word.lower() for word in written]
    weighty = [
        word.lower()
        for word in written
        # "UN Women" keeps its UN, which is an article elsewhere; a title all in capitals has no acronyms.
        if word.lower() not in _SMALL or (len(word) > 1 and word.isupper() and not shouted) or word == "UN"
    ]
    if sum(map(len, weighty)) < 3:
        weighty = words
    key = ""
    for word in weighty:
        longer = f"{key}-{word}" if key else word[:_LENGTH]
        if len(longer) > _LENGTH:
            break
        key = longer
    return key or fallback


def unique(key: str, used: Container[str]) -> str:
    """Give the key, or one of key-2, key-3 … that is not in use: found by halving, for thousands may be."""
    if key not in used:
        return key
    low, high = 1, 2
    while f"{key}-{high}" in used:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        if f"{key}-{middle}" in used:
            low = middle
        else:
            high = middle
    return f"{key}-{high}"


def acronym(text: str) -> str | None:
    """Tell the last acronym that stands in brackets in a text ("… Review Forum (IMRF)")."""
    found = [match for match in _ACRONYM.findall(text) if sum(char.isupper() for char in match) > 1]
    return found[-1] if found else None
