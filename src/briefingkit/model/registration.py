"""Registration: where, until when, how many, what is asked and what is consented to."""

from datetime import datetime, timedelta
from enum import StrEnum

from attrs import field, frozen

from briefingkit.errors import ModelError
from briefingkit.model.keys import check_key, duplicates
from briefingkit.model.place import FromTarget
from briefingkit.model.schedule import Offset, check_length, check_local
from briefingkit.text import LocalizedUrl, MultilingualText

__all__ = ["Consent", "Option", "QuestionType", "Registration", "RegistrationField", "RegistrationQuestion"]


class RegistrationField(StrEnum):
    """What a form asks by its name alone; its words ship with briefingkit in every language."""

    NAME = "name"
    EMAIL = "email"
    ORGANIZATION = "organization"
    POSITION = "position"
    COUNTRY = "country"
    LANGUAGE = "language"
    INTERPRETATION = "interpretation"
    ACCESSIBILITY = "accessibility"


class QuestionType(StrEnum):
    """How a question is answered."""

    TEXT = "text"
    PARAGRAPH = "paragraph"
    CHOICE = "choice"
    CHOICES = "choices"


@frozen
class Option:
    """An answer to choose; its key is what is stored, in whatever language it was chosen."""

    key: str = field(validator=check_key)
    text: MultilingualText


@frozen
class RegistrationQuestion:
    """A question of the organiser's own. Raises ModelError where options and type contradict each other."""

    key: str = field(validator=check_key)
    text: MultilingualText
    type: QuestionType = QuestionType.TEXT
    required: bool = False
    options: tuple[Option, ...] = ()

    def __attrs_post_init__(self) -> None:
        """Refuse a choice among nothing, and options that nobody could choose."""
        choosing = self.type in {QuestionType.CHOICE, QuestionType.CHOICES}
        if choosing and not self.options:
            raise ModelError("a choice needs options", field="options")
        if self.options and not choosing:
            raise ModelError(f"options are for a choice, and the type is {self.type}", field="options")
        if twice := duplicates(option.key for option in self.options):
            raise ModelError(f"two options have the key {twice[0]}", field="options")


@frozen
class Consent:
    """What a registrant agrees to, and how long after the end their data is kept."""

    key: str = field(validator=check_key)
    text: MultilingualText
    retention: timedelta | None = field(default=None, validator=check_length)


@frozen
class Registration:
    """`url` is an address, or comes from a target; absent, it is the first target that takes registrations.

    `opens` and `closes` are local times, or offsets from the start. `capacity` counts people.
    """

    url: LocalizedUrl | FromTarget | None = None
    opens: Offset | datetime | None = field(default=None, validator=check_local)
    closes: Offset | datetime | None = field(default=None, validator=check_local)
    capacity: int | None = None
    waitlist: bool = False
    fields: tuple[RegistrationField, ...] = (RegistrationField.NAME, RegistrationField.EMAIL)
    questions: tuple[RegistrationQuestion, ...] = ()
    consent: Consent | None = None

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

    def _closes_first(self) -> bool:
        """Whether it does, as far as can be told without the briefing's own times."""
        opens, closes = self.opens, self.closes
        if isinstance(opens, datetime) and isinstance(closes, datetime):
            return closes <= opens
        if isinstance(opens, Offset) and isinstance(closes, Offset) and opens.anchor is closes.anchor:
            return closes.delta <= opens.delta
        return False
