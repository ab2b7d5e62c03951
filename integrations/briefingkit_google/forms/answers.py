"""What somebody answered in a form, back from displayed words to keys.

Google tells the words of an option as they were displayed, and by which question. Which key they stand for is known
from the form as it is, from the briefing as it is now, and from what the ledger keeps of the form's past. Words that
stand for nothing any more are the answer themselves: nobody's answer is thrown away.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from attrs import evolve, field, frozen

from briefingkit.errors import IntegrationError
from briefingkit.model.question import OTHER
from briefingkit.publish import Resource
from briefingkit.registrations.answers import normalized
from briefingkit.registrations.form import FieldType, Form, FormField
from briefingkit.registrations.response import Answer, ConsentGiven, Response
from briefingkit.text.bidi import strip_controls
from briefingkit_google.forms.body import Names
from briefingkit_google.forms.identity import ONE_FOR_ALL, question_id
from briefingkit_google.forms.layout import LANGUAGE
from briefingkit_google.forms.questions import AGREED, CONSENT, SEND
from briefingkit_google.unchecked import list_in, mapping_in, text_in

__all__ = ["Reader", "moment"]

_LONGEST: Final = 20_000  # characters of an answer
_NUMBER: Final = re.compile(r"\d{1,2}", re.ASCII)
_STRANGE: Final = "form."
"""Stands before the id of a question that is none of ours; what a person has added is a person's to read."""
_OPEN: Final = {FieldType.TEXT, FieldType.PARAGRAPH, FieldType.EMAIL}


@frozen
class _Question:
    """A question of ours: its key in the briefing's form, the language of its branch, its options by their words."""

    key: str
    language: str | None
    options: Mapping[str, str] = field(factory=dict, repr=False)


@frozen
class Reader:
    """Reads the responses of one form. `language` is that of the form, None for one that branches."""

    form: str
    briefing: str
    intake: str
    language: str | None
    asked: Form
    questions: Mapping[str, _Question] = field(repr=False)

    @classmethod
    def of(
        cls,
        form: str,
        briefing: str,
        intake: str,
        language: str,
        asked: Form,
        resources: Iterable[Resource | None],
        past: Names,
    ) -> "Reader":
        """Make what reads a form; of `resources` the first one is nearest to what is displayed."""
        nearest = Names.of(*resources)
        items = {**past.items, **nearest.items}
        questions = {}
        for name, key in items.items():
            own, _, rest = key.rpartition("/")
            options = {**past.options.get(name, {}), **nearest.options.get(name, {})}
            questions[question_id(name)] = _Question(rest, own or None, options)
        return cls(form, briefing, intake, None if language == ONE_FOR_ALL else language, asked, questions)

    def response(self, raw: Mapping[str, Any]) -> Response:
        """Read a response. IntegrationError for one that is none of Google's."""
        name, at = text_in(raw.get("responseId")), moment(raw.get("lastSubmittedTime"))
        if name is None or at is None:
            raise IntegrationError(f"a response of the form {self.form} has no id, or no time")
        given = {str(question): _texts(answer) for question, answer in mapping_in(raw.get("answers")).items()}
        language = self.language or self._branch(given)
        answers: dict[str, Answer] = {}
        edited = moment(raw.get("createTime")) not in {None, at}
        if edited:
            answers.update(self._taken_back(given, language))
        for question, texts in given.items():
            answers.update(self._answered(question, texts))
        email = text_in(raw.get("respondentEmail"))
        if email is not None:
            answers["email"] = email
        return Response(
            f"{self.form}/{name}",
            self.briefing,
            self.intake,
            at,
            language,
            answers,
            self._consent(given, at, language),
        )

    def _branch(self, given: Mapping[str, Sequence[str]]) -> str | None:
        for question, texts in given.items():
            known = self.questions.get(question)
            if known is not None and known.key == LANGUAGE and texts:
                return known.options.get(texts[0])
        # Somebody who changed the question by hand: the branch that was answered tells it too.
        languages = (self.questions[each].language for each in given if each in self.questions)
        return next((each for each in languages if each is not None), None)

    def _consent(
        self, given: Mapping[str, Sequence[str]], at: datetime, language: str | None
    ) -> ConsentGiven | None:
        for question, texts in given.items():
            known = self.questions.get(question)
            if known is None or not known.key.startswith(CONSENT):
                continue
            if any(known.options.get(text) == AGREED for text in texts):
                return ConsentGiven(known.key.removeprefix(CONSENT), at, language)
        return None

    def _taken_back(
        self, given: Mapping[str, Sequence[str]], language: str | None
    ) -> Iterator[tuple[str, None]]:
        """Name what a response that was changed does not answer, of what the form asks: it may have been answered."""
        for question, known in self.questions.items():
            here = known.language in {None, language}
            if question not in given and here and known.key in self.asked.by_key:
                yield known.key, None
            other = f"{known.key}.{OTHER}"
            if here and other in self.asked.by_key:
                yield other, None

    def _answered(self, question: str, texts: Sequence[str]) -> Mapping[str, Answer]:
        known = self.questions.get(question)
        if known is None:
            return {f"{_STRANGE}{question}": _words(texts)} if texts else {}
        if known.key in {LANGUAGE, SEND} or known.key.startswith(CONSENT) or not texts:
            return {}
        asked = self.asked.by_key.get(known.key)
        if asked is None:
            chosen = [known.options.get(text, text) for text in texts]
            return {known.key: _words(chosen)}
        if asked.type in {FieldType.CHOICE, FieldType.CHOICES}:
            return _chosen(asked, texts, known.options)
        return {known.key: _plain(asked, texts[0], known.options)}


def _chosen(asked: FormField, texts: Sequence[str], options: Mapping[str, str]) -> Mapping[str, Answer]:
    """Read options by their words. What is none is what somebody wrote under other, or an option of the past."""
    has_other = OTHER in asked.option_keys
    chosen: list[str] = []
    written: list[str] = []
    for text in texts:
        key = options.get(text)
        if key is None and has_other:
            written.append(_clean(text, lines=False))
            key = OTHER
        chosen.append(key if key is not None else _clean(text, lines=False))
    several = asked.type is FieldType.CHOICES
    answers: dict[str, Answer] = {asked.key: tuple(dict.fromkeys(chosen)) if several else chosen[0]}
    if has_other:
        shown = " ".join(written)
        answers[f"{asked.key}.{OTHER}"] = shown or None
        if not shown:
            del answers[f"{asked.key}.{OTHER}"]
    return answers


def _plain(asked: FormField, text: str, options: Mapping[str, str]) -> Answer:
    """Read what is one answer: yes or no, a number, a day, a time, a text; as it is where it is none of these."""
    if asked.type is FieldType.YES_NO:
        said = options.get(text)
        return said == "yes" if said is not None else _clean(text, lines=False)
    if asked.type in {FieldType.SCALE, FieldType.RATING} and _NUMBER.fullmatch(text):
        return int(text)
    # The form did not look at what bounds there are, and people were not told of them.
    free = evolve(
        asked, required=False, shown_if=None, pattern=None, longest=None, earliest=None, latest=None
    )
    read = normalized(Form((free,)), {asked.key: text}).get(asked.key)
    return read if read is not None else _clean(text, lines=asked.type in _OPEN)


def _words(texts: Sequence[str]) -> Answer:
    clean = tuple(_clean(text, lines=True) for text in texts)
    return clean if len(clean) > 1 else clean[0]


def _clean(text: str, *, lines: bool) -> str:
    shown = strip_controls(text[:_LONGEST])
    return shown.strip() if lines else " ".join(shown.split())


def _texts(answer: Any) -> tuple[str, ...]:
    listed = list_in(mapping_in(mapping_in(answer).get("textAnswers")).get("answers"))
    values = (mapping_in(each).get("value") for each in listed)
    return tuple(value for value in values if isinstance(value, str) and value.strip())


def moment(stamp: Any) -> datetime | None:
    """Read a time of Google's (RFC 3339, up to nine digits of a second); None for what is none."""
    try:
        read = datetime.fromisoformat(stamp) if isinstance(stamp, str) else None
    except ValueError:
        return None
    return read.astimezone(UTC) if read is not None and read.tzinfo is not None else None
