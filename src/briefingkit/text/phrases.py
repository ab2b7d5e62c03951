"""The words of pages, mails, calendars and feeds, in the languages that ship with the package.

The English phrase is the message id: `phrase("Registration closes {when}", "fr", when=…)`. The catalogues are
locale/*.po, one a language, sorted by message id; the build hook compiles them, in an editable install too. To add a
phrase, add it to each of them and install again; a test names what is missing.
"""

from functools import lru_cache
from gettext import GNUTranslations
from importlib.resources import files
from io import BytesIO

from briefingkit.errors import TextError
from briefingkit.text.bidi import isolate_against
from briefingkit.text.language import best_match, direction

__all__ = ["SHIPPED", "language_for", "msgid", "phrase", "plural"]

SHIPPED = ("en", "fr", "es", "ar", "ru", "zh", "pt")
"""The languages that there is a catalogue for; English, the first, is the one used for all the others."""


def phrase(msgid: str, language: str, /, **values: object) -> str:
    """Say an English phrase in another language, with the values in their places.

    A value of the opposite direction is isolated, so that it leaves the sentence around it alone. A language without
    a catalogue is answered in English (`language_for` says so beforehand), as is a phrase in no catalogue. Raises
    TextError for a language tag that is none and for a place without a value.
    """
    used = language_for(language)
    return _fill(_catalogue(used).gettext(msgid), used, values)


def plural(singular: str, plural: str, n: int, language: str, /, **values: object) -> str:
    """Say a phrase that counts something, in the form that the language has for `n`; {count} stands for `n`.

    English forms are the message ids, as in `plural("{count} place", "{count} places", 3, "ru")`. Raises TextError
    as `phrase` does.
    """
    used = language_for(language)
    return _fill(_catalogue(used).ngettext(singular, plural, n), used, {"count": n, **values})


def msgid(text: str) -> str:
    """Mark a phrase that is looked up later, in a table of kinds or roles say: the catalogues' test collects it."""
    return text


@lru_cache(maxsize=1024)
def language_for(language: str) -> str:
    """Give the tag of the catalogue that serves a language: "pt" for "pt-BR", "en" where there is none."""
    return best_match((language,), SHIPPED) or SHIPPED[0]


def _fill(text: str, language: str, values: dict[str, object]) -> str:
    if not values:
        return text
    towards = direction(language)
    try:
        return text.format_map({name: isolate_against(str(value), towards) for name, value in values.items()})
    except KeyError as error:
        raise TextError(
            f"the phrase {text!r} has a place for {error}, and no value was given for it"
        ) from error


@lru_cache(maxsize=len(SHIPPED))
def _catalogue(language: str) -> GNUTranslations:
    """Load a compiled catalogue; in a source tree that was never installed, compile it in memory."""
    folder = files("briefingkit.text").joinpath("locale")
    compiled = folder.joinpath(f"{language}.mo")
    if compiled.is_file():
        with compiled.open("rb") as catalogue:
            return GNUTranslations(catalogue)
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    source = folder.joinpath(f"{language}.po")
    if not source.is_file():
        raise TextError(f"the catalogue {source} is missing: install briefingkit again")
    memory = BytesIO()
    with source.open("rb") as catalogue:
        write_mo(memory, read_po(catalogue, locale=language, abort_invalid=True))
    memory.seek(0)
    return GNUTranslations(memory)
