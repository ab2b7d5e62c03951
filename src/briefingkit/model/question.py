"""A question of the organiser's own: how it is answered, within which bounds, and when it is asked."""

from datetime import date
from enum import StrEnum
from typing import Any

from attrs import field, frozen

from briefingkit.errors import ModelError
from briefingkit.model.keys import check_key, duplicates
from briefingkit.model.pattern import pattern_of
from briefingkit.model.schedule import check_day
from briefingkit.text import MultilingualText

__all__ = ["OTHER", "Option", "QuestionType", "RegistrationQuestion", "ShownIf"]

OTHER = "other"
"""The option that `other: true` adds; what is written beside it stands under the question's key and `.other`."""

_LONGEST = 10_000  # characters; what is longer is no answer to a question
_SCALE = (
    range(2),
    range(2, 11),
)  # where a scale may begin and end, as Google Forms and other forms have them
_STARS = range(3, 11)
_MOST_SHOWN = 50


class QuestionType(StrEnum):
    """How a question is answered."""

    TEXT = "text"
    PARAGRAPH = "paragraph"
    CHOICE = "choice"
    CHOICES = "choices"
    SCALE = "scale"
    RATING = "rating"
    DATE = "date"
    TIME = "time"
    YES_NO = "yes-no"


_CHOOSING = frozenset((QuestionType.CHOICE, QuestionType.CHOICES))
_WRITTEN = frozenset((QuestionType.TEXT, QuestionType.PARAGRAPH))
# Which types a setting is for: on another one it would say nothing, and somebody meant something.
_FOR: dict[str, frozenset[QuestionType]] = {
    "options": _CHOOSING,
    "other": _CHOOSING,
    "longest": _WRITTEN,
    "pattern": frozenset((QuestionType.TEXT,)),
    "least": frozenset((QuestionType.CHOICES, QuestionType.SCALE)),
    "most": frozenset((QuestionType.CHOICES, QuestionType.SCALE, QuestionType.RATING)),
    "least_label": frozenset((QuestionType.SCALE,)),
    "most_label": frozenset((QuestionType.SCALE,)),
    "earliest": frozenset((QuestionType.DATE,)),
    "latest": frozenset((QuestionType.DATE,)),
}


@frozen
class Option:
    """An answer to choose; its key is what is stored, in whatever language it was chosen."""

    key: str = field(validator=check_key)
    text: MultilingualText


def _check_answers(_instance: object, attribute: Any, value: tuple[str, ...]) -> None:
    if not value:
        raise ModelError("name at least one answer for which it is shown", field=attribute.name)
    if len(value) > _MOST_SHOWN:
        raise ModelError(f"at most {_MOST_SHOWN} answers can be named", field=attribute.name)


@frozen
class ShownIf:
    """Asked only of who gave one of these answers: keys of options, `yes` or `no`, the number on a scale.

    `question` is the key of a question that stands before, or a built-in field such as `country`.
    """

    question: str = field(validator=check_key)
    answers: tuple[str, ...] = field(validator=_check_answers)


def _check_pattern(_instance: object, attribute: Any, value: str | None) -> None:
    if value is None:
        return
    try:
        pattern_of(value)
    except ModelError as error:
        raise ModelError(f"the pattern cannot be used: {error}", field=attribute.name) from None


@frozen
class RegistrationQuestion:
    """A question of the organiser's own. Raises ModelError where its settings and its type contradict each other.

    `longest` counts characters, and `pattern` is what a whole answer looks like (see `pattern_of`). `least` and `most`
    count the options that may be chosen, or are the ends of a scale (1 to 5) whose meaning the labels say; `most` is
    the number of stars of a rating (5). `earliest` and `latest` are days, inclusive.
    """

    key: str = field(validator=check_key)
    text: MultilingualText
    type: QuestionType = QuestionType.TEXT
    required: bool = False
    options: tuple[Option, ...] = ()
    description: MultilingualText | None = None
    other: bool = False
    shown_if: ShownIf | None = None
    longest: int | None = None
    pattern: str | None = field(default=None, validator=_check_pattern)
    least: int | None = None
    most: int | None = None
    least_label: MultilingualText | None = None
    most_label: MultilingualText | None = None
    earliest: date | None = field(default=None, validator=check_day)
    latest: date | None = field(default=None, validator=check_day)

    def __attrs_post_init__(self) -> None:
        """Refuse a choice among nothing, options that nobody could choose, and bounds that nobody could keep."""
        self._check_settings()
        if self.type in _CHOOSING:
            self._check_options()
        if self.longest is not None and not 1 <= self.longest <= _LONGEST:
            raise ModelError(f"an answer is of 1 to {_LONGEST} characters at most", field="longest")
        if self.type is QuestionType.SCALE:
            self._check_ends()
        if self.type is QuestionType.RATING and self.most is not None and self.most not in _STARS:
            raise ModelError("a rating has 3 to 10 stars", field="most")
        if self.earliest is not None and self.latest is not None and self.latest < self.earliest:
            raise ModelError("the latest day is before the earliest", field="latest")

    @property
    def ends(self) -> tuple[int, int] | None:
        """The smallest and the largest number that answers it; None where it is not answered by a number."""
        if self.type is QuestionType.SCALE:
            return (1 if self.least is None else self.least), (5 if self.most is None else self.most)
        return (1, 5 if self.most is None else self.most) if self.type is QuestionType.RATING else None

    @property
    def answers(self) -> tuple[str, ...] | None:
        """What an answer can be, where there is a list of it; None where it is written."""
        if self.type is QuestionType.YES_NO:
            return ("yes", "no")
        if ends := self.ends:
            return tuple(map(str, range(ends[0], ends[1] + 1)))
        if self.type in _CHOOSING:
            return (*(option.key for option in self.options), *((OTHER,) if self.other else ()))
        return None

    def _check_settings(self) -> None:
        for name, types in _FOR.items():
            if getattr(self, name) not in (None, (), False) and self.type not in types:
                meant = " or ".join(sorted(types))
                are = "are" if name == "options" else "is"
                raise ModelError(f"{name} {are} for a {meant}, and the type is {self.type}", field=name)

    def _check_options(self) -> None:
        if not self.options:
            raise ModelError("a choice needs options", field="options")
        keys = [option.key for option in self.options]
        if twice := duplicates(keys):
            raise ModelError(f"two options have the key {twice[0]}", field="options")
        if self.other and OTHER in keys:
            raise ModelError("`other: true` adds the option other: take it off the list", field="options")
        least, most, there = self.least or 0, self.most, len(self.answers or ())
        if least < 0 or (most is not None and most < max(least, 1)):
            raise ModelError(
                "at most so many options is at least one, and not less than the least", field="most"
            )
        if max(least, most or 0) > there:
            raise ModelError(
                f"there are {there} options to choose from", field="least" if least > there else "most"
            )

    def _check_ends(self) -> None:
        low, high = self.ends or (1, 5)
        if low not in _SCALE[0]:
            raise ModelError("a scale begins at 0 or 1", field="least")
        if high not in _SCALE[1]:
            raise ModelError("a scale ends at 2 to 10", field="most")
