"""Registration: where, until when, how many, what is asked and what is consented to."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from attrs import field, frozen

from briefingkit.errors import ModelError
from briefingkit.model.keys import check_key, duplicates
from briefingkit.model.place import FromTarget
from briefingkit.model.question import RegistrationQuestion, ShownIf
from briefingkit.model.schedule import Offset, check_length, check_local
from briefingkit.text import LocalizedUrl, MultilingualText

__all__ = ["TAKEN", "Choosable", "Consent", "Registration", "RegistrationField"]


class RegistrationField(StrEnum):
    """What a form asks by its name alone; its words ship with briefingkit in every language."""

    NAME = "name"
    EMAIL = "email"
    ORGANIZATION = "organization"
    POSITION = "position"
    COUNTRY = "country"
    LANGUAGE = "language"
    TIMEZONE = "timezone"
    INTERPRETATION = "interpretation"
    ACCESSIBILITY = "accessibility"


class Choosable(StrEnum):
    """What of the programme a registrant may choose: the briefings that are part of this one, or its agenda items."""

    SEGMENTS = "segments"
    AGENDA = "agenda"


TAKEN: frozenset[str] = frozenset((*RegistrationField, "segments", "consent"))
"""Answers stand under these keys, so that no question of the organiser's own may have one of them."""

_LISTED = frozenset(
    (
        RegistrationField.COUNTRY,
        RegistrationField.LANGUAGE,
        RegistrationField.TIMEZONE,
        RegistrationField.INTERPRETATION,
    )
)


@frozen
class Consent:
    """What a registrant agrees to, what their data is for, and how long after the end it is kept."""

    key: str = field(validator=check_key)
    text: MultilingualText
    retention: timedelta | None = field(default=None, validator=check_length)
    purpose: MultilingualText | None = None


@frozen
class Registration:
    """`url` is an address, or comes from a target; absent, it is the first target at which people can register.

    `opens` and `closes` are local times, or offsets from the start. `capacity` counts people. Name and e-mail are
    always required where they are asked; `required_fields` names others that are. `choose` lets registrants say what
    of the programme they come to.
    """

    url: LocalizedUrl | FromTarget | None = None
    opens: Offset | datetime | None = field(default=None, validator=check_local)
    closes: Offset | datetime | None = field(default=None, validator=check_local)
    capacity: int | None = None
    waitlist: bool = False
    fields: tuple[RegistrationField, ...] = (RegistrationField.NAME, RegistrationField.EMAIL)
    questions: tuple[RegistrationQuestion, ...] = ()
    consent: Consent | None = None
    required_fields: tuple[RegistrationField, ...] = ()
    choose: Choosable | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a capacity of nobody, a time that is over before it begins, and keys or fields that stand twice."""
        if self.capacity is not None and self.capacity < 1:
            raise ModelError("a capacity is at least 1; leave it out for no limit", field="capacity")
        if self._closes_first():
            raise ModelError("registration closes before it opens", field="closes")
        if self.waitlist and self.capacity is None:
            raise ModelError("a waiting list needs a capacity to wait for", field="waitlist")
        if twice := duplicates(self.fields):
            raise ModelError(f"the field {twice[0]} is asked twice", field="fields")
        if twice := duplicates(question.key for question in self.questions):
            raise ModelError(f"two questions have the key {twice[0]}", field="questions")
        if unasked := [name for name in self.required_fields if name not in self.fields]:
            message = f"{unasked[0]} is required and not asked: add it to fields"
            raise ModelError(message, field="required_fields")
        if problems := tuple(self._question_problems()):
            raise ModelError("; ".join(message for _, message in problems), problems=problems)

    def _question_problems(self) -> Iterator[tuple[str, str]]:
        before: dict[str, tuple[str, ...] | None] = {
            name.value: () if name in _LISTED else None for name in self.fields
        }
        if self.choose is not None:
            before["segments"] = ()
        for index, question in enumerate(self.questions):
            where = f"questions.{index}"
            if question.key in TAKEN:
                message = (
                    f"{question.key} is the name of what every form knows: give the question another key"
                )
                yield f"{where}.key", message
            if question.shown_if is not None:
                yield from _condition_problems(f"{where}.shown_if", question.shown_if, before)
            before[question.key] = question.answers

    def _closes_first(self) -> bool:
        """Whether it does, as far as can be told without the briefing's own times."""
        opens, closes = self.opens, self.closes
        if isinstance(opens, datetime) and isinstance(closes, datetime):
            return closes <= opens
        if isinstance(opens, Offset) and isinstance(closes, Offset) and opens.anchor is closes.anchor:
            return closes.delta <= opens.delta
        return False


def _condition_problems(
    where: str, condition: ShownIf, before: Mapping[str, tuple[str, ...] | None]
) -> Iterator[tuple[str, str]]:
    """Find what a condition names that is not there; an empty list of answers is one that is not known here."""
    name = condition.question
    if name not in before:
        yield f"{where}.question", f"{name} is not asked before: a condition names what stands above it"
        return
    answers = before[name]
    if answers is None:
        yield (
            f"{where}.question",
            f"{name} is answered in words: a condition needs options, yes or no, or a number",
        )
    for answer in condition.answers if answers else ():
        if answers and answer not in answers:
            yield (
                f"{where}.answers",
                f"{answer[:80]!r} does not answer {name}: there are {', '.join(answers)}",
            )
