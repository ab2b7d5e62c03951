"""Answers that somebody types in: every one under a key that the form asks, and an address that is one."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from attrs import evolve

from briefingkit.errors import RegistrationError
from briefingkit.registrations.answers import normalized, problems
from briefingkit.registrations.files.cells import CellFault, reading
from briefingkit.registrations.files.columns import asked_by
from briefingkit.registrations.form import Form, form_of
from briefingkit.registrations.person import normalised_email
from briefingkit.registrations.response import Answer

if TYPE_CHECKING:
    from briefingkit.model import Briefing, Programme

__all__ = ["checked", "typed"]

_TOLD_IN = "en"  # as all that the command line and errors say


def checked(
    briefing: "Briefing",
    programme: "Programme",
    answers: Mapping[str, Answer],
    *,
    language: str | None = None,
) -> Mapping[str, Answer]:
    """Give answers in their one spelling, as far as they go: what is not there is not missed, for it may come later.

    RegistrationError, with everything that is wrong with them in words of the language, quotes none.
    """
    form, wrong = _form(briefing, programme), _wrong(briefing, programme, answers, language or _TOLD_IN)
    if not (answers.get("email") or answers.get("name")):
        wrong.append("a registration needs a name or an e-mail address")
    if wrong:
        raise RegistrationError("\n".join(wrong))
    known, rest = _apart(form, answers)
    stripped = {key: answer.strip() if isinstance(answer, str) else answer for key, answer in rest.items()}
    return {**normalized(form, known), **stripped}


def typed(briefing: "Briefing", programme: "Programme", answers: Mapping[str, str]) -> Mapping[str, Answer]:
    """Read answers that were typed as text, each as a cell under its key; RegistrationError names every bad key."""
    asked = {one.key: one for one in asked_by(briefing, programme)}
    read, wrong = dict[str, Answer](), []
    for key, text in answers.items():
        try:
            read[key] = reading(asked.get(key))(text)
        except CellFault as fault:
            wrong.append(f"{key}: {fault}")
    if wrong:
        # What can be read is looked at too: all is told at once.
        raise RegistrationError("\n".join((*wrong, *_wrong(briefing, programme, read, _TOLD_IN))))
    return read


def _form(briefing: "Briefing", programme: "Programme") -> Form:
    """Give the form as if all of it was shown: an answer may be told alone."""
    whole = form_of(briefing, programme)
    return evolve(whole, fields=tuple(evolve(one, shown_if=None) for one in whole.fields))


def _apart(form: Form, answers: Mapping[str, Answer]) -> tuple[dict[str, Answer], dict[str, Answer]]:
    known = {key: answer for key, answer in answers.items() if key in form.by_key}
    return known, {key: answer for key, answer in answers.items() if key not in known}


def _wrong(
    briefing: "Briefing", programme: "Programme", answers: Mapping[str, Answer], language: str
) -> list[str]:
    form, asked = _form(briefing, programme), [one.key for one in asked_by(briefing, programme)]
    known, rest = _apart(form, answers)
    said = problems(form, known, language=language, complete=False)
    wrong = [f"{problem.key}: {problem.message}" for problem in said]
    wrong += [
        f"the form asks nothing with the key {key[:80]!r}; it asks: {', '.join(asked)}"
        for key in rest
        if key not in asked
    ]
    if "email" in rest and rest["email"] and normalised_email(rest["email"]) is None:
        wrong.append("email: that is no e-mail address")
    return wrong
