"""Words on the page that come from the form, with the language that they are in where that is not the page's."""

import unicodedata
from typing import TYPE_CHECKING

from attrs import frozen

from briefingkit.registrations.form import FormField
from briefingkit.registrations.labels import Label, Said, words
from briefingkit.registrations.response import Answer
from briefingkit.text import MultilingualText
from briefingkit.text.language import direction, is_same_language
from briefingkit.text.lists import format_list
from briefingkit.text.phrases import language_for, phrase

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Words", "answer_in_words", "in_order", "label_words", "said"]


@frozen
class Words:
    """Some words, and their language where they could not be said in the page's own."""

    text: str
    language: str | None = None

    @property
    def direction(self) -> str | None:
        """Which way they are written, where they are in another language."""
        return None if self.language is None else direction(self.language)


def said(msgid: str, language: str) -> Words:
    """Say a phrase of the catalogues, by a message id that `msgid` has marked where it stands."""
    spoken = language_for(language)
    return Words(phrase(msgid, language), None if is_same_language(language, spoken) else spoken)


def label_words(label: Label, language: str) -> Words:
    """Say a label."""
    if isinstance(label, MultilingualText):
        found = label.lookup(language)
        return Words(found.text, found.language if found.fallback else None)
    if isinstance(label, Said):
        return said(label.msgid, language)
    return Words(words(label, language))


def answer_in_words(asked: FormField, answer: Answer, language: str) -> str | None:
    """Say what was answered; None where it was not, and for an option that is not there any more its key."""
    if answer is None or answer == ():
        return None
    if isinstance(answer, bool):
        return phrase("Yes", language) if answer else phrase("No", language)
    if isinstance(answer, tuple):
        return format_list([_option(asked, key, language) for key in answer], language)
    if asked.options:
        return _option(asked, str(answer), language)
    return str(answer)


def _option(asked: FormField, key: str, language: str) -> str:
    found = (option.label for option in asked.options if option.key == key)
    label = next(found, None)
    return key if label is None else words(label, language)


def in_order(options: "Iterable[tuple[str, Words]]") -> list[tuple[str, Words]]:
    """Sort long lists as people look through them: by the letters, whatever stands above and below those."""
    return sorted(options, key=lambda one: _letters(one[1].text))


def _letters(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))
