"""The words of a form in one language: on one line where Google wants one, and honest about what is not translated."""

import re
from collections.abc import Iterable, Mapping

from attrs import define, field

from briefingkit.registrations.labels import Label, words
from briefingkit.text import MultilingualText
from briefingkit.text.bidi import strip_controls
from briefingkit.text.fallback import Fallback
from briefingkit.text.language import display_name
from briefingkit.text.phrases import phrase

__all__ = ["Wording", "distinct", "line", "lines"]

_SPACES = re.compile(r"[^\S\u00a0\u202f]+")


def line(text: str) -> str:
    """Bring a text onto one line, as titles and options are (seen at Google); spaces that do not break stay."""
    return _SPACES.sub(" ", strip_controls(text)).strip()


def lines(text: str) -> str:
    """Bring a text of several lines into one form, without spaces at their ends."""
    return "\n".join(each.rstrip() for each in strip_controls(text).strip().split("\n"))


def distinct(texts: Iterable[str]) -> tuple[str, ...]:
    """Give texts of which no two are the same, as the options of a question: those that come again are numbered."""
    taken: set[str] = set()
    made: list[str] = []
    for text in texts:
        shown, number = text, 1
        while shown in taken:
            number += 1
            shown = f"{text} ({number})"
        taken.add(shown)
        made.append(shown)
    return tuple(made)


@define
class Wording:
    """Says labels in a language.

    `untranslated` gathers the texts, by what they are of, that are not there in it; `options` the texts of options that
    were said, by the question and their key.
    """

    language: str
    fallback: Fallback = Fallback.MARK
    untranslated: list[str] = field(factory=list)
    titles: dict[str, str] = field(factory=dict)
    options: dict[str, Mapping[str, str]] = field(factory=dict)

    def title(self, label: Label, of: str) -> str:
        """Say a label on one line."""
        self._note(label, of)
        return line(words(label, self.language))

    def about(self, label: Label | None, of: str) -> str:
        """Say a text that may be left out, of several lines; empty for none."""
        if label is None:
            return ""
        missing = self._note(label, of)
        if missing is not None and self.fallback is Fallback.OMIT:
            return ""
        return lines(words(label, self.language))

    def mark(self, label: Label) -> str:
        """Say in which language a text is instead, where it is to be marked; empty where it is not."""
        other = self._other(label)
        if other is None or self.fallback is Fallback.OMIT:
            return ""
        return self.phrase(
            "This text is not available in {language}; it is shown in {other}",
            language=display_name(self.language, self.language),
            other=display_name(other, self.language),
        )

    def phrase(self, msgid: str, **values: object) -> str:
        """Say a phrase that ships with briefingkit."""
        return line(phrase(msgid, self.language, **values))

    def _note(self, label: Label, of: str) -> str | None:
        other = self._other(label)
        if other is not None and of not in self.untranslated:
            self.untranslated.append(of)
        return other

    def _other(self, label: Label) -> str | None:
        if not isinstance(label, MultilingualText):
            return None
        found = label.lookup(self.language)
        return found.language if found.fallback else None
