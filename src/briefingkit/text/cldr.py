"""From a BCP 47 tag to the CLDR locale whose names and formats serve it. Babel loads on first use.

A bare "en" is formatted as English is written between countries (CLDR's en-001: "13 April 2022"), not as in the
United States, which is CLDR's own reading of it; who wants "April 13, 2022" says en-US.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

__all__ = ["locale_for"]

_SUBSTITUTES = {"en": "en_001", "und": "en_001"}


@lru_cache(maxsize=256)
def locale_for(language: str) -> "Locale":
    """Give the locale for a canonical tag, or for as much of its front as CLDR has; English when it has none."""
    from babel import Locale, UnknownLocaleError

    subtags = language.split("-")
    while subtags:
        name = "_".join(subtags)
        try:
            return Locale.parse(_SUBSTITUTES.get(name, name))
        except (UnknownLocaleError, ValueError):
            subtags.pop()
    return Locale.parse(_SUBSTITUTES["en"])
