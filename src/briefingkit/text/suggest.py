"""What was probably meant by a language or a zone that does not exist: the second half of a good error message."""

from collections.abc import Iterable
from datetime import datetime
from difflib import get_close_matches

from briefingkit.text.abbreviations import candidate_zones
from briefingkit.text.cldr import locale_for

__all__ = ["language_meant", "zones_meant"]

# Abbreviations change little from year to year; a fixed one keeps the advice the same on every day.
_ANY_YEAR = 2025
_ALPHA_2 = 2
_NAMED_IN = ("en", "fr", "es", "ar", "ru", "zh", "pt")


def language_meant(mistaken: str) -> str | None:
    """Guess the tag behind a country's code ("jp" → "ja") or a language's name ("Frensh" → "fr"); None: no idea."""
    from babel.languages import get_official_languages

    subtag, *rest = mistaken.replace("_", "-").split("-")
    if len(subtag) == _ALPHA_2 and (spoken := get_official_languages(subtag.upper())):
        return "-".join((spoken[0].replace("_", "-"), *rest))
    tags = {
        name.casefold(): tag.replace("_", "-")
        for named_in in reversed(_NAMED_IN)
        for tag, name in _languages({named_in, subtag.lower()} & set(_NAMED_IN) or {named_in})
    }
    close = get_close_matches(mistaken.casefold(), tags, n=1, cutoff=0.75)
    return tags[close[0]] if close else None


def _languages(named_in: Iterable[str]) -> Iterable[tuple[str, str]]:
    for language in named_in:
        locale = locale_for(language)
        yield from locale.languages.items()
        own = {tag: locale_for(tag).languages.get(tag) for tag in _NAMED_IN}
        yield from ((tag, name) for tag, name in own.items() if name)


def zones_meant(mistaken: str, zones: Iterable[str]) -> tuple[str, ...]:
    """Give up to three zones that go by this abbreviation, or whose name or city is spelt much like `mistaken`."""
    for month in (1, 7):
        if called := candidate_zones(mistaken, datetime(_ANY_YEAR, month, 1)):  # noqa: DTZ001 - a local time
            return called[:3]
    wanted = mistaken.casefold().replace(" ", "_")
    names = {zone.casefold(): zone for zone in zones}
    if wanted in names:
        return (names[wanted],)
    cities: dict[str, str] = {}
    for folded, zone in names.items():
        cities.setdefault(folded.rpartition("/")[2], zone)
    city = wanted.rpartition("/")[2]
    close = [cities[name] for name in get_close_matches(city, cities, n=3, cutoff=0.75)]
    close += [names[name] for name in get_close_matches(wanted, names, n=3, cutoff=0.75)]
    return tuple(dict.fromkeys(close))[:3]
