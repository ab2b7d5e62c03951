"""Lengths of time in words. Babel's own `format_timedelta` rounds ("2 hours" for 95 minutes); this is exact."""

from datetime import timedelta
from functools import lru_cache
from typing import Literal

from briefingkit.errors import TextError
from briefingkit.text.cldr import locale_for
from briefingkit.text.language import canonical
from briefingkit.text.lists import format_list

__all__ = ["format_duration"]

_LENGTHS: tuple[Literal["long", "short"], ...] = ("long", "short")
_NO_BREAK = str.maketrans("\u202f", "\u00a0")


def format_duration(duration: timedelta, language: str) -> str:
    """Write a length of time to the second: "1 hour, 30 minutes", "2 days". A day is 24 hours.

    Raises TextError for a negative one, and for a language tag that is none.
    """
    if duration < timedelta(0):
        raise TextError(f"{duration} is no duration: it is negative")
    return _format(duration // timedelta(seconds=1), canonical(language))


@lru_cache(maxsize=1024)
def _format(seconds: int, language: str) -> str:
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    amounts = {"day": days, "hour": hours, "minute": minutes, "second": seconds}
    parts = [_amount(amount, unit, language) for unit, amount in amounts.items() if amount]
    return format_list(parts or [_amount(0, "minute", language)], language, "unit").translate(_NO_BREAK)


def _amount(amount: int, unit: str, language: str) -> str:
    """Find the words in the long style or, as CLDR inherits it and Babel does not, in the short one."""
    from babel.units import format_unit

    key = f"duration-{unit}"
    texts = (format_unit(amount, key, length, locale=locale_for(language)) for length in _LENGTHS)
    return next((text for text in texts if key not in text), f"{amount} {unit}")
