"""Hypothesis strategies for what briefings say: texts in languages, names, keys and addresses, some of which hurt.

Strategies are kept once they are built: most of what a draw costs would be to build them anew.
"""

from functools import cache
from string import ascii_lowercase, digits

from hypothesis import strategies as st

from briefingkit.text import LocalizedUrl, MultilingualText, Name

__all__ = ["HOSTILE", "LANGUAGES", "PRIVATE", "ZONES", "keys", "multilingual_texts", "names", "urls", "words"]

LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh", "pt")
"""The languages that briefings are drawn in: those whose phrases ship."""

ZONES = (
    "Europe/Brussels",
    "Europe/Dublin",
    "America/New_York",
    "America/Sao_Paulo",
    "Africa/Casablanca",
    "Africa/Lagos",
    "Asia/Kolkata",
    "Asia/Jerusalem",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "UTC",
)
"""Zones with every habit: whole and half hours, negative summer time, none, and a day that was left out."""

HOSTILE = (
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    '" onmouseover="x\' y',
    "a\r\nBcc: victim@example.org",
    "BEGIN:VEVENT\nUID:x\nEND:VEVENT",
    '=HYPERLINK("http://evil.example")',
    "{{ 7*7 }} {% raw %}",
    "[x](javascript:alert(1)) ![y](https://evil.example/p.png)",
    "back\\slash; semi, comma: colon",
    "\u2067ابجد\u2069 mixed \u200f",
    "x" * 3000,
)
"""Texts that hurt an output that forgets to escape; all are texts that the model takes."""

PRIVATE = "private"
"""The word by which the private data of drawn persons is found again; no drawn text has it."""

_printable = st.characters(
    codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co"), exclude_characters="\u202d\u202e\ufeff"
)


@cache
def words(max_size: int = 40) -> st.SearchStrategy[str]:
    """Draw texts of any script, never blank: plain ones most of the time, hostile ones now and then."""
    plain = st.text(alphabet=ascii_lowercase + " éñйع中", min_size=1, max_size=max_size)
    wild = st.text(alphabet=_printable, min_size=1, max_size=max_size)
    drawn = st.one_of(plain, wild, st.sampled_from(HOSTILE)).filter(_is_public)
    return drawn.map(lambda text: text if _holds_ink(text) else f"x{text}")


def _is_public(text: str) -> bool:
    """Tell a text from private data: now and then, Hypothesis draws a literal of the code under test."""
    return PRIVATE not in text


def _holds_ink(text: str) -> bool:
    return any(character.isalnum() for character in text)


@cache
def keys() -> st.SearchStrategy[str]:
    """Draw keys and identifiers."""
    part = st.text(alphabet=ascii_lowercase + digits, min_size=1, max_size=8)
    return st.lists(part, min_size=1, max_size=3).map("-".join)


@cache
def multilingual_texts(languages: tuple[str, ...] = LANGUAGES[:3]) -> st.SearchStrategy[MultilingualText]:
    """Draw texts that are there in the first language and in any of the others."""
    others = {tag: words() for tag in languages[1:]}
    return st.fixed_dictionaries({languages[0]: words()}, optional=others).map(MultilingualText)


@cache
def names() -> st.SearchStrategy[Name]:
    """Draw names: one for all languages, or by language."""
    return st.one_of(words(20).map(Name.of), multilingual_texts().map(lambda text: Name(text.texts)))


@cache
def urls() -> st.SearchStrategy[LocalizedUrl]:
    """Draw web addresses."""
    address = st.builds("https://{}.example/{}?a=1&b=2".format, keys(), keys())
    localized = st.fixed_dictionaries({"en": address, "fr": address}).map(LocalizedUrl)
    return st.one_of(address.map(LocalizedUrl.of), localized)
