"""Text in several languages, which says what it found instead of falling back in silence.

Three values share one look-up. `MultilingualText` is prose and is missing where nobody has translated it. `Name`
may also be one string for every language, and so may `LocalizedUrl`; that string has the tag "und".
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Self
from unicodedata import category
from urllib.parse import urlsplit

from attrs import field, frozen

from briefingkit.errors import TextError
from briefingkit.text.bidi import balance, unify_line_ends
from briefingkit.text.language import best_match, canonical, is_same_language, undetermined

__all__ = [
    "Localized",
    "LocalizedUrl",
    "Lookup",
    "MultilingualText",
    "Name",
    "Texts",
]

_BOM = "\ufeff"
# A pasted Word paragraph brings embeddings along; isolates do the same work and stay inside their text.
_EMBEDDINGS_TO_ISOLATES = {0x202A: 0x2066, 0x202B: 0x2067, 0x202C: 0x2069}
# Noncharacters mark what is pending inside a plan; surrogates cannot be encoded; overrides reverse other people's text.
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(17)
)
_REFUSED_KINDS = {
    "control_character": "\x00-\x08\x0b-\x1f\x7f-\x9f",
    "direction_override": "\u202d\u202e",
    "surrogate": "\ud800-\udfff",
    "noncharacter": _NONCHARACTERS,
}
_REFUSED = re.compile("|".join(f"(?P<{kind}>[{characters}])" for kind, characters in _REFUSED_KINDS.items()))
_SHOWN = 80  # characters of a refused address that an error repeats


@frozen
class Lookup:
    """What a look-up found: the text, the tag that it stands under, and whether that is another language than wanted.

    `language` is what belongs in a `lang` attribute. A regional neighbour is no fallback: pt found for pt-BR.
    """

    text: str
    language: str
    fallback: bool


class Texts(Mapping[str, str]):
    """A mapping of tags to texts that cannot be changed, that can be pickled and hashed, and that keeps its order.

    Two are equal when they hold the same texts and start with the same language: the first is the source language,
    and the order of the others means nothing.
    """

    __slots__ = ("_texts",)

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = dict(texts)

    def __getitem__(self, tag: str) -> str:
        return self._texts[tag]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Texts):
            return self._texts == other._texts and next(iter(self)) == next(iter(other))
        return self._texts == other

    def __hash__(self) -> int:
        return hash(frozenset(self._texts.items()))

    def __repr__(self) -> str:
        return repr(self._texts)


def _texts(given: object) -> Texts:
    """Make tags canonical and texts clean, and leave out the blank ones: empty is missing."""
    if not isinstance(given, Mapping):
        raise TextError(f"a text is a mapping of languages to strings, not {type(given).__name__}")
    texts: dict[str, str] = {}
    for tag, text in given.items():
        if not (isinstance(tag, str) and isinstance(text, str)):
            raise TextError(
                f"a text is a mapping of languages to strings; {tag!r} holds {type(text).__name__}"
            )
        language = canonical(tag)
        if language in texts:
            raise TextError(f"{language} is given twice: {tag} is another spelling of it; keep one")
        if not _is_blank(text):
            texts[language] = _clean(text, language)
    if not texts:
        raise TextError("there is no text in any language: write one, or leave the field out")
    return Texts(texts)


def _is_blank(text: str) -> bool:
    return not any(not character.isspace() and category(character) != "Cf" for character in text)


def _clean(text: str, language: str) -> str:
    """Unify line ends, tame embeddings, and refuse what no text in earnest holds."""
    if text.isascii() and text.isprintable():
        return text
    text = unify_line_ends(text).removeprefix(_BOM)
    if fault := _REFUSED.search(text):
        kind = next(name for name in _REFUSED_KINDS if fault[name])
        raise TextError(
            f"the text in {language} holds a {kind.replace('_', ' ')}, U+{ord(fault[0]):04X}, "
            f"as character {fault.start() + 1}: remove it"
        )
    return balance(text.translate(_EMBEDDINGS_TO_ISOLATES))


@frozen
class Localized:
    """What the three kinds of text have in common. The first language in `texts` is the source language.

    Raises TextError for a tag that is none, for one language given twice, for no text at all, and for control
    characters, surrogates, noncharacters and direction overrides in a text. Line ends become newlines; direction
    embeddings become isolates; all else stays as it was written.
    """

    texts: Mapping[str, str] = field(converter=_texts)

    @property
    def source(self) -> str:
        """The tag of the source language."""
        return next(iter(self.texts))

    @property
    def languages(self) -> tuple[str, ...]:
        """The tags in which there is a text, the source language first."""
        return tuple(self.texts)

    def lookup(self, *preferred: str) -> Lookup:
        """Give the text in the first of the preferred languages that there is, else in the source language.

        It is a fallback when its language is not the first that was preferred (see `is_same_language`). With no
        preference it is the source text, and no fallback. Raises TextError for a tag that is none.
        """
        if not preferred:
            return Lookup(self.texts[self.source], self.source, fallback=False)
        wanted = preferred[0]
        if wanted in self.texts:
            return Lookup(self.texts[wanted], wanted, fallback=False)
        spoken = tuple(tag for tag in self.texts if tag != undetermined)
        found = best_match(preferred, spoken)
        if found is not None and is_same_language(wanted, found):
            return Lookup(self.texts[found], found, fallback=False)
        if undetermined in self.texts:
            return Lookup(self.texts[undetermined], undetermined, fallback=False)
        used = found or self.source
        return Lookup(self.texts[used], used, fallback=True)

    def has(self, language: str) -> bool:
        """Say whether a look-up for `language` would find it and not fall back."""
        return not self.lookup(language).fallback

    def missing(self, languages: Iterable[str]) -> tuple[str, ...]:
        """Give those of the languages for which a look-up would fall back, in their order."""
        return tuple(language for language in languages if not self.has(language))


def _prose(texts: Mapping[str, str]) -> None:
    if undetermined in texts:
        raise TextError(
            'a text is in a language: name it ("en", "fr"); only names and addresses may do without'
        )


@frozen
class MultilingualText(Localized):
    """Prose, by language. Equal to another with the same source language and the same texts."""

    def __attrs_post_init__(self) -> None:
        _prose(self.texts)

    @classmethod
    def of(cls, text: str, language: str) -> Self:
        """Make a text that is in one language so far."""
        return cls({language: text})


@frozen
class Name(Localized):
    """What a person, organisation or venue is called: by language, or one name that holds in every language.

    {"und": "UCLG", "fr": "CGLU"} is CGLU in French and UCLG in all others, and nothing of it is ever missing.
    """

    @classmethod
    def of(cls, name: str) -> Self:
        """Make a name that is the same in every language."""
        return cls({undetermined: name})


@frozen
class LocalizedUrl(Localized):
    """A web address, http or https, by language or one for all.

    Raises TextError for other schemes, for an address without a host or with a user and password in it, and for
    spaces, control characters and backslashes.
    """

    def __attrs_post_init__(self) -> None:
        for language, url in self.texts.items():
            fault = _url_fault(url)
            if fault:
                shown = url if len(url) <= _SHOWN else f"{url[:_SHOWN]}…"
                where = "" if language == undetermined else f" in {language}"
                raise TextError(f"{shown!r}{where} is no web address: {fault}")

    @classmethod
    def of(cls, url: str) -> Self:
        """Make an address that is the same in every language."""
        return cls({undetermined: url})


def _url_fault(url: str) -> str | None:
    if any(character.isspace() or character == "\\" or not character.isprintable() for character in url):
        return "it holds a space, a backslash or an invisible character"
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        return str(error)
    if parts.scheme not in ("http", "https"):
        return "it must start with https:// or http://"
    if not host:
        return "it names no host"
    if "@" in parts.netloc:
        return "it holds a user name or password, which would be published"
    return None
