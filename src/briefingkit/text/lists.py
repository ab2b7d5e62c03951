"""Joining names and amounts as each language does: "English, French and Spanish", "1 hour, 30 minutes"."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal

from briefingkit.text.cldr import locale_for
from briefingkit.text.language import canonical

__all__ = ["format_list"]

_PAIR = 2
# Spanish says "español e inglés", but "agua y hielo": CLDR leaves the rule to programs.
_SOUNDS_AS_Y = re.compile(r"i|í|hi(?![ae])|hí", re.IGNORECASE)


def format_list(items: Sequence[str], language: str, style: Literal["standard", "unit"] = "standard") -> str:
    """Join items in CLDR's style: "standard" for names, "unit" for the parts of one amount. Empty for no items.

    Raises TextError for a language tag that is none.
    """
    if len(items) <= 1:
        return "".join(items)
    language = canonical(language)
    patterns = _patterns(language, style)
    joint = patterns["2" if len(items) == _PAIR else "end"]
    if language.partition("-")[0] == "es" and _SOUNDS_AS_Y.match(items[-1]):
        joint = joint.replace(" y ", " e ")
    text = joint.format(*items[-_PAIR:])
    if len(items) == _PAIR:
        return text
    for item in reversed(items[1:-_PAIR]):
        text = patterns["middle"].format(item, text)
    return patterns["start"].format(items[0], text)


@lru_cache(maxsize=256)
def _patterns(language: str, style: str) -> Mapping[str, str]:
    """Merge the styles as CLDR inherits them (unit from unit-short, and that from standard): Babel does not."""
    styles = locale_for(language).list_patterns
    inherited = ("standard", "unit-short", "unit") if style == "unit" else ("standard",)
    return {part: str(pattern) for name in inherited for part, pattern in styles.get(name, {}).items()}
