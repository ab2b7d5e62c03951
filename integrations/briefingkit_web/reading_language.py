"""Which language a reader gets: the one in the address, or the best of those that their browser asks for."""

from collections.abc import Sequence
from functools import lru_cache

from briefingkit.errors import TextError
from briefingkit.text.language import best_match, canonical

__all__ = ["preferred", "reader_language"]

_MOST = 20
_LONGEST = 1000


@lru_cache(maxsize=1024)
def preferred(accept: str) -> tuple[str, ...]:
    """Read an Accept-Language header (RFC 9110 section 12.5.4): the tags, those first that are wanted most.

    What is no tag is left out, and so is what is refused with a quality of 0.
    """
    found: list[tuple[float, int, str]] = []
    for index, part in enumerate(accept[:_LONGEST].split(",")[:_MOST]):
        tag, _, parameters = part.strip().partition(";")
        quality = _quality(parameters)
        try:
            if quality > 0 and tag.strip() != "*":
                found.append((-quality, index, canonical(tag.strip())))
        except TextError:
            continue
    return tuple(tag for _, _, tag in sorted(found))


def reader_language(accept: str, available: Sequence[str]) -> str:
    """Choose the language that serves a reader best; the first where none of them does."""
    return best_match(preferred(accept), available) or available[0]


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return min(1.0, max(0.0, float(value)))
    except ValueError:
        return 0.0
