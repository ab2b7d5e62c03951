"""What a form says, without a language yet; and the same in the registrant's language."""

import re
from functools import lru_cache
from typing import Literal, Self

from attrs import frozen

from briefingkit.text import MultilingualText
from briefingkit.text.cldr import locale_for
from briefingkit.text.dates import zone_city
from briefingkit.text.language import display_name
from briefingkit.text.phrases import phrase
from briefingkit.text.zones import zone_names

__all__ = ["Label", "Named", "Said", "countries", "timezones", "words"]

_ISO_3166 = re.compile(r"[A-Z]{2}")
# CLDR's territories with two letters that are no country's or territory's: groups, the unknown, and pretended ones; and
# Sark, which has a name in hardly any language: people there find Guernsey.
_NO_COUNTRY = frozenset(("CQ", "EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"))
_AREAS = frozenset(
    (
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    )
)


@frozen
class Said:
    """A phrase that ships with briefingkit, by its English."""

    msgid: str


@frozen
class Named:
    """Something that has a name in CLDR, by its code; `plain` is a name that holds in every language."""

    kind: Literal["territory", "language", "zone", "plain"]
    code: str

    @classmethod
    def territory(cls, code: str) -> Self:
        """Name a country or territory by its two letters (ISO 3166-1)."""
        return cls("territory", code)

    @classmethod
    def language(cls, tag: str) -> Self:
        """Name a language by its BCP 47 tag."""
        return cls("language", tag)

    @classmethod
    def zone(cls, name: str) -> Self:
        """Name a time zone by its IANA name."""
        return cls("zone", name)

    @classmethod
    def plain(cls, name: str) -> Self:
        """Name something by itself."""
        return cls("plain", name)


Label = MultilingualText | Said | Named


def words(label: Label, language: str) -> str:
    """Say a label in a language (BCP 47); a text that is not there in it is said in the language it was written in.

    Raises TextError for a tag that is none.
    """
    if isinstance(label, MultilingualText):
        return label.lookup(language).text
    if isinstance(label, Said):
        return phrase(label.msgid, language)
    return _name(label, language)


@lru_cache(maxsize=8192)
def _name(named: Named, language: str) -> str:
    if named.kind == "territory":
        return str(locale_for(language).territories.get(named.code, named.code))
    if named.kind == "language":
        return display_name(named.code, language)
    if named.kind == "zone":
        city = zone_city(named.code, language)
        return f"{city} ({named.code})" if city else named.code
    return named.code


@lru_cache(maxsize=1)
def countries() -> tuple[str, ...]:
    """Give the two letters of every country and territory that CLDR names (ISO 3166-1), in their own order."""
    codes = map(str, locale_for("en").territories)
    return tuple(sorted(code for code in codes if _ISO_3166.fullmatch(code) and code not in _NO_COUNTRY))


@lru_cache(maxsize=1)
def timezones() -> tuple[str, ...]:
    """Give the IANA names of the zones that places have, and UTC."""
    return (*sorted(name for name in zone_names() if name.partition("/")[0] in _AREAS and "/" in name), "UTC")
