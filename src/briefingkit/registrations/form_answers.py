"""Answers that somebody types in: every one under a key that the form asks, and an address that is one."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from briefingkit.errors import RegistrationError
from briefingkit.model import QuestionType
from briefingkit.registrations.cells import CellFault, reading
from briefingkit.registrations.columns import asked_by
from briefingkit.registrations.person import normalised_email
from briefingkit.registrations.response import Answer

if TYPE_CHECKING:
    from briefingkit.model import Briefing, Programme

__all__ = ["checked", "typed"]


def checked(
    briefing: "Briefing", programme: "Programme", answers: Mapping[str, Answer]
) -> Mapping[str, Answer]:
    """Give the answers; RegistrationError, with everything that is wrong with them, quotes none."""
    asked = {one.key: one for one in asked_by(briefing, programme)}
    wrong = []
    for key, answer in answers.items():
        one = asked.get(key)
        if one is None:
            wrong.append(f"the form asks nothing with the key {key[:80]!r}; it asks: {', '.join(asked)}")
        elif one.options and not _chosen(answer, one.type, set(one.options.values())):
            wrong.append(f"{key} is answered by options: {', '.join(sorted(set(one.options.values())))}")
    email = answers.get("email")
    if email is not None and normalised_email(email) is None:
        wrong.append("that is no e-mail address")
    if not (answers.get("email") or answers.get("name")):
        wrong.append("a registration needs a name or an e-mail address")
    if wrong:
        raise RegistrationError("\n".join(wrong))
    return {key: answer.strip() if isinstance(answer, str) else answer for key, answer in answers.items()}


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
        raise RegistrationError("\n".join(wrong))
    return read


def _chosen(answer: Answer, kind: QuestionType, options: set[str]) -> bool:
    if answer is None:
        return True
    several = isinstance(answer, tuple) and kind is QuestionType.CHOICES
    return set(answer) <= options if several and isinstance(answer, tuple) else answer in options
