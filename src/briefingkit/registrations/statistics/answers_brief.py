"""The brief for the moderator: what people wrote, by question and by the language that they wrote in.

Names are in it only where they are asked for. What people wrote stands as they wrote it, translated by nobody; what
would act on a page, in Markdown or on a terminal is made harmless.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from briefingkit.registrations.files.cells import language_tag
from briefingkit.registrations.form import form_of, other_of
from briefingkit.registrations.labels import Label
from briefingkit.registrations.registration import Registration, RegistrationStatus
from briefingkit.registrations.statistics.counting import is_written
from briefingkit.registrations.statistics.report import page
from briefingkit.registrations.statistics.words import label_in_words, language_in_words, number
from briefingkit.rendering.words import comma, labelled
from briefingkit.text.bidi import isolate_against, strip_controls
from briefingkit.text.language import direction
from briefingkit.text.phrases import msgid, phrase
from briefingkit.text.spaces import one_line

if TYPE_CHECKING:
    from briefingkit.model import Briefing, Programme
    from briefingkit.text import MultilingualText

__all__ = ["ANSWERS_AT_MOST", "AnswersBrief", "WrittenAnswer", "answers_of", "brief_html", "brief_markdown"]

ANSWERS_AT_MOST = 500
"""How many answers to one question in one language are kept where nobody says otherwise; the others are counted."""

_GUIDING = "agenda."
_KEY_PARTS = 3  # agenda, item, question
# What Markdown makes something of: anywhere, and at the beginning of a line (CommonMark, sections 2.4, 4 and 5).
_MARKS = re.compile(r"[\\`*_\[\]<>&|~]")
_AT_FIRST = re.compile(r"^(?:[#+=-]|(\d+)([.)]))")


@frozen
class WrittenAnswer:
    """What one person wrote; `name` and `organization` are None where names were not asked for."""

    text: str
    number: int
    name: str | None = field(default=None, repr=False)
    organization: str | None = field(default=None, repr=False)


@frozen
class AnswersInLanguage:
    """Answers by those who write in one language (None: not known), in the order in which people came."""

    language: str | None
    answers: tuple[WrittenAnswer, ...] = field(repr=False)
    further: int = 0


@frozen
class AnsweredQuestion:
    """A question with what was written.

    `about` is what it belongs to: the agenda item of a guiding question, the question whose other answer it is.
    """

    key: str
    label: Label
    about: Label | None
    groups: tuple[AnswersInLanguage, ...]


@frozen
class AnswersBrief:
    """What was written on a list as of `at`, guiding questions first and in the order of the agenda."""

    briefing: str
    title: "MultilingualText | None"
    at: datetime
    timezone: str
    questions: tuple[AnsweredQuestion, ...]


@define
class _Kept:
    answers: list[WrittenAnswer] = field(factory=list)
    further: int = 0


def answers_of(
    briefing: "Briefing",
    programme: "Programme",
    registrations: Iterable[Registration],
    *,
    at: datetime,
    names: bool = False,
    most: int = ANSWERS_AT_MOST,
) -> AnswersBrief:
    """Gather what was written, in one pass; of each question and language `most` answers are kept.

    Those who have cancelled will not be there, and are left out.
    """
    form = form_of(briefing, programme)
    asked = [one for one in form.fields if is_written(one)]
    kept: dict[str, dict[str | None, _Kept]] = {one.key: {} for one in asked}
    for registration in registrations:
        if registration.status is RegistrationStatus.CANCELLED:
            continue
        language = _language(registration)
        for key in kept.keys() & registration.answers.keys():
            answer = registration.answers[key]
            if isinstance(answer, str) and answer.strip():
                _keep(kept[key].setdefault(language, _Kept()), registration, answer, names=names, most=most)
    items = {item.key: item.title for item in briefing.agenda}
    questions = [
        AnsweredQuestion(
            one.key,
            one.label,
            items.get(_item_of(one.key)) or other_of(form, one.key),
            tuple(_groups(kept[one.key])),
        )
        for one in sorted(asked, key=lambda one: not one.key.startswith(_GUIDING))
    ]
    return AnswersBrief(briefing.identifier, briefing.title, at, briefing.timezone or "UTC", tuple(questions))


def brief_markdown(brief: AnswersBrief, language: str) -> str:
    """Write the brief as Markdown in a language (BCP 47), UTF-8; what people wrote is quoted and marks up nothing."""
    title = brief.title.lookup(language).text if brief.title else brief.briefing
    lines = [f"# {_plain_line(phrase(msgid('Brief for the moderator'), language))}", "", _plain_line(title)]
    for question in brief.questions:
        lines += ["", f"## {_plain_line(label_in_words(question.label, language))}"]
        if question.about is not None:
            lines += ["", _plain_line(label_in_words(question.about, language))]
        if not question.groups:
            lines += ["", phrase("Nobody has answered yet", language)]
        for group in question.groups:
            lines += ["", f"### {_heading(group, language)}"]
            for answer in group.answers:
                lines += ["", *_quoted(answer, language)]
            if group.further:
                lines += ["", _further(group, language)]
    return "\n".join(lines) + "\n"


def brief_html(brief: AnswersBrief, language: str) -> str:
    """Write the brief as a self-contained page."""
    questions = [
        {
            "heading": label_in_words(question.label, language),
            "context": None if question.about is None else label_in_words(question.about, language),
            "groups": [
                {
                    "heading": _heading(group, language),
                    "language": group.language,
                    "answers": [{"text": one.text, "who": _who(one, language)} for one in group.answers],
                    "further": _further(group, language) if group.further else None,
                }
                for group in question.groups
            ],
        }
        for question in brief.questions
    ]
    kind = phrase("Brief for the moderator", language)
    values: Mapping[str, object] = {
        "questions": questions,
        "kind": kind,
        "imprint": phrase("Answers stand as they were written", language),
    }
    return page("brief.html.j2", (brief.title, brief.briefing), (brief.at, brief.timezone), language, values)


def _language(registration: Registration) -> str | None:
    said = registration.language or registration.answers.get("language")
    return language_tag(said) if isinstance(said, str) else None


def _keep(kept: _Kept, registration: Registration, answer: str, *, names: bool, most: int) -> None:
    if len(kept.answers) >= most:
        kept.further += 1
        return
    name, organization = (
        registration.answers.get(key) if names else None for key in ("name", "organization")
    )
    kept.answers.append(
        WrittenAnswer(
            strip_controls(answer).strip(),
            registration.number,
            name if isinstance(name, str) else None,
            organization if isinstance(organization, str) else None,
        )
    )


def _groups(kept: Mapping[str | None, _Kept]) -> Iterator[AnswersInLanguage]:
    """Give the languages, that with the most answers first."""
    for tag, held in sorted(
        kept.items(), key=lambda item: (-len(item[1].answers) - item[1].further, item[0] or "")
    ):
        yield AnswersInLanguage(tag, tuple(held.answers), held.further)


def _item_of(key: str) -> str:
    parts = key.split(".")
    return parts[1] if key.startswith(_GUIDING) and len(parts) == _KEY_PARTS else ""


def _heading(group: AnswersInLanguage, language: str) -> str:
    count = number(len(group.answers) + group.further, language)
    return labelled(language_in_words(group.language, language), language) + f" {count}"


def _further(group: AnswersInLanguage, language: str) -> str:
    count = number(group.further, language)
    return phrase("Further answers that are not shown: {count}", language, count=count)


def _who(answer: WrittenAnswer, language: str) -> str:
    return comma(language).join(
        one_line(strip_controls(part)) for part in (answer.name, answer.organization) if part
    )


def _plain_line(text: str) -> str:
    """Write a text on one line of Markdown, as text."""
    line = _MARKS.sub(r"\\\g<0>", one_line(strip_controls(text)))
    return _AT_FIRST.sub(lambda found: f"{found[1]}\\{found[2]}" if found[1] else f"\\{found[0]}", line)


def _quoted(answer: WrittenAnswer, language: str) -> Iterator[str]:
    for line in answer.text.split("\n"):
        yield f"> {isolate_against(_plain_line(line), direction(language))}" if line.strip() else ">"
    if who := _who(answer, language):
        yield ">"
        yield f"> — {_plain_line(who)}"
