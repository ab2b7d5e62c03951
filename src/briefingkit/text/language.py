"""Languages as BCP 47 tags: canonical form, direction, name, and which of those at hand serves a reader.

langcodes brings the registry and CLDR's distances; it is imported only for tags that the tables here do not settle,
so that reading a briefing in English, French and Spanish never pays for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Literal, TypeVar

from briefingkit.errors import TextError
from briefingkit.text.cldr import locale_for

__all__ = [
    "best_match",
    "by_canonical_tag",
    "canonical",
    "canonical_tags",
    "direction",
    "display_name",
    "is_same_language",
    "language_called",
    "registered",
    "undetermined",
]

_T = TypeVar("_T")

undetermined = "und"
"""The tag of a text that is in no one language: a name that stays as it is everywhere (BCP 47, section 4.1)."""

CLOSE = 10
"""The largest CLDR distance at which a text is offered for another tag. Luxembourgish readers get German (8) and
Egyptian Arabic readers Arabic (10); Catalan readers do not get Spanish (20), nor Traditional Chinese readers
Simplified (54): they have not asked for it, and may name it as their second preference."""

SAME = 5
"""The largest CLDR distance at which two tags are one language as two regions write it (pt-BR and pt-PT, nb and no)."""

_ALPHA_2 = 2
_MOST = 64  # characters; the longest tags in earnest use are about half of this

# The codes of ISO 639-1 that are canonical tags as they stand (a test compares them with langcodes).
_PLAIN = frozenset(
    """aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el
    en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja
    jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd
    ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss
    st su sv sw ta te tg th ti tk tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu""".split()
)
# Tags with a region or script that come up so often that they should not cost an import.
_FREQUENT = frozenset(
    "en-GB en-US es-ES es-MX es-419 fr-BE fr-CA fr-CH fr-FR pt-BR pt-PT zh-CN zh-Hans zh-Hant zh-TW und".split()
)
# Distances between two different plain codes that are at most CLOSE; all the other pairs are further apart.
_NEAR = {
    ("ak", "tw"): 0, ("tw", "ak"): 0, ("nb", "no"): 1, ("no", "nb"): 1,
    ("bs", "hr"): 8, ("hr", "bs"): 8, ("lb", "de"): 8,
}  # fmt: skip
_RTL_PLAIN = frozenset(("ae", "ar", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"))
_RTL_SCRIPTS = frozenset(
    """Adlm Arab Armi Avst Chrs Cprt Elym Garay Hatr Hebr Hung Khar Lydi Mand Mani Mend Merc Mero Narb Nbat Nkoo Ougr
    Orkh Palm Phli Phlp Phnx Prti Rohg Samr Sarb Sogd Sogo Syrc Syre Syrj Syrn Thaa Todr Yezi""".split()
)
# CLDR names few sign languages; ISO 639-3 knows them all. English names, which are also msgids of the catalogues.
_SIGN_LANGUAGES = {
    "ase": "American Sign Language",
    "bfi": "British Sign Language",
    "bzs": "Brazilian Sign Language",
    "csl": "Chinese Sign Language",
    "fsl": "French Sign Language",
    "gsg": "German Sign Language",
    "ils": "International Sign",
    "ise": "Italian Sign Language",
    "psr": "Portuguese Sign Language",
    "rsl": "Russian Sign Language",
    "sfb": "French Belgian Sign Language",
    "ssp": "Spanish Sign Language",
    "vgt": "Flemish Sign Language",
}


@lru_cache(maxsize=1024)
def canonical(tag: str) -> str:
    """Give the BCP 47 tag in its canonical form: "FR" → "fr", "pt_br" → "pt-BR", "iw" → "he".

    Raises TextError, with the tag that was probably meant, for what is no registered language.
    """
    found = registered(tag)
    if found is not None:
        return found
    from briefingkit.text.suggest import language_meant

    shown = tag if len(tag) <= _MOST else f"{tag[:_MOST]}…"
    meant = language_meant(tag[:_MOST])
    advice = f"did you mean {meant}?" if meant else 'use a BCP 47 tag such as "en", "fr" or "pt-BR"'
    raise TextError(f"{shown!r} is not a language tag: {advice}")


@lru_cache(maxsize=1024)
def registered(tag: str) -> str | None:
    """Give a BCP 47 tag in its canonical form, as `canonical`; None for what is no registered language.

    It looks for nothing that was meant instead, which takes long in a file with thousands of mistakes.
    """
    if tag in _PLAIN or tag in _FREQUENT or tag in _SIGN_LANGUAGES:
        return tag
    if len(tag) == _ALPHA_2 and tag.isascii() and tag.lower() in _PLAIN:
        return tag.lower()
    import langcodes

    if tag.isascii() and _ALPHA_2 <= len(tag) <= _MOST and langcodes.tag_is_valid(tag):
        return langcodes.standardize_tag(tag)
    return None


def canonical_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Give BCP 47 tags in their canonical form, in order and each once. Raises TextError as `canonical` does."""
    return tuple(dict.fromkeys(map(canonical, tags)))


def by_canonical_tag(values: Mapping[str, _T]) -> dict[str, _T]:
    """Key by canonical tags what is keyed by tags. Raises TextError as `canonical` does."""
    return {canonical(tag): value for tag, value in values.items()}


@lru_cache(maxsize=256)
def direction(tag: str) -> Literal["ltr", "rtl"]:
    """Say which way the language is written, by its script or the script that it is most often written in.

    Raises TextError as `canonical` does.
    """
    tag = canonical(tag)
    if tag in _PLAIN:
        return "rtl" if tag in _RTL_PLAIN else "ltr"
    if tag in _FREQUENT:
        return "ltr"
    import langcodes

    return "rtl" if langcodes.Language.get(tag).maximize().script in _RTL_SCRIPTS else "ltr"


@lru_cache(maxsize=1024)
def display_name(tag: str, in_language: str) -> str:
    """Name a language in another as CLDR does ("fr" in "es" → "francés"); the tag itself where nobody has a name.

    The name is written as inside a sentence: most languages do not capitalise it. Raises TextError as `canonical`.
    """
    tag, in_language = canonical(tag), canonical(in_language)
    if tag in _SIGN_LANGUAGES:
        from briefingkit.text.phrases import phrase

        return phrase(_SIGN_LANGUAGES[tag], in_language)
    locale = locale_for(in_language)
    parts = tag.split("-")
    for known in range(len(parts), 0, -1):
        name = locale.languages.get("_".join(parts[:known]))
        if name:
            words = {**locale.scripts, **locale.territories, **locale.variants}
            details = ", ".join(str(words.get(part, part)) for part in parts[known:])
            return f"{name} ({details})" if details else str(name)
    return tag


def language_called(name: str) -> str | None:
    """Give the tag of a language by its name in a language that ships, in any case: "Français", "french" → "fr".

    Names are CLDR's. None for what is no name, and for one that two languages have.
    """
    code = _codes().get(name.strip().casefold())
    return None if code is None else registered(code.replace("_", "-"))


@lru_cache(maxsize=1)
def _codes() -> Mapping[str, str]:
    from briefingkit.text.phrases import SHIPPED

    found: dict[str, str | None] = {}
    for code, name in (pair for language in SHIPPED for pair in locale_for(language).languages.items()):
        called = name.casefold()
        found[called] = code if found.get(called, code) == code else None
    return {name: code for name, code in found.items() if code is not None}


def best_match(preferred: Sequence[str], available: Sequence[str]) -> str | None:
    """Give the member of `available` that serves the first of `preferred` which any of them serves, or None.

    One serves the other when CLDR's distance between them is at most `CLOSE`; the nearest wins, the first of equals.
    Raises TextError for a tag that is none.
    """
    for wanted in preferred:
        found = _nearest(wanted, tuple(available))
        if found is not None:
            return found
    return None


def is_same_language(wanted: str, given: str) -> bool:
    """Say whether `given` is the language `wanted`, if perhaps of another region: pt for pt-BR, zh for zh-CN.

    Another script that few readers share is another language here: zh-Hans for zh-Hant is False.
    """
    return wanted == given or _distance(canonical(wanted), canonical(given)) <= SAME


@lru_cache(maxsize=4096)
def _nearest(wanted: str, available: tuple[str, ...]) -> str | None:
    if wanted in available:
        return wanted
    wanted = canonical(wanted)
    distances = [(_distance(wanted, canonical(tag)), index) for index, tag in enumerate(available)]
    distance, index = min(distances, default=(CLOSE + 1, 0))
    return available[index] if distance <= CLOSE else None


@lru_cache(maxsize=4096)
def _distance(wanted: str, given: str) -> int:
    if wanted == given:
        return 0
    if wanted in _PLAIN and given in _PLAIN:
        return _NEAR.get((wanted, given), CLOSE + 1)
    import langcodes

    return langcodes.tag_distance(wanted, given)
