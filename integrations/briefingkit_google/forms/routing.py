"""Conditions as sections: where somebody goes on who chose one answer, and where those go who chose another.

A form can only jump from the options of a single choice to a section. So a question that is asked of some stands, with
those that have the same condition, in a section of its own behind the section in which that choice is made; the other
options lead past it. What cannot be said so is asked of everybody, and never required.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from attrs import Factory, define, evolve, frozen

from briefingkit.model import ShownIf
from briefingkit.model.question import OTHER
from briefingkit.registrations.form import FieldType, FormField

__all__ = ["SUBMIT", "Asked", "Route", "Section", "route"]

SUBMIT: Final = "#submit"
"""Stands for the end of the form among the keys of sections."""


@frozen
class Section:
    """A new page of the form; `of` is the question that leads there, None where the form goes on for all."""

    key: str
    of: FormField | None = None


@frozen
class Asked:
    """A question as the form asks it.

    `leads` gives a section by the key of an option, for all options where there is any. `hint`: it is asked of all,
    and meant for those who gave one of these answers.
    """

    field: FormField
    required: bool
    leads: Mapping[str, str] = Factory(dict)
    hint: ShownIf | None = None


Route = tuple[Section | Asked, ...]


def options_of(asked: FormField) -> tuple[str, ...]:
    """Give the keys of what can be chosen, for yes and no too."""
    return ("yes", "no") if asked.type is FieldType.YES_NO else asked.option_keys


def _can_lead(asked: FormField) -> bool:
    """Whether its options may lead elsewhere: one of them is chosen, and none is what somebody writes."""
    return asked.type in {FieldType.CHOICE, FieldType.YES_NO} and OTHER not in asked.option_keys


def route(fields: Sequence[FormField], *, goes_on: bool) -> Route:
    """Lay fields out in sections; `goes_on` says whether something for everybody comes after them."""
    router = _Router()
    for each in fields:
        router.add(each)
    router.end(goes_on=goes_on)
    return tuple(router.entries())


@define
class _Choice:
    """A choice in the section that is being laid out; `run` are the answers that lead to the next."""

    asked: Asked
    to: str = ""
    answers: tuple[str, ...] = ()
    otherwise: str = ""


class _Router:
    def __init__(self) -> None:
        self._laid: list[Section | _Choice | Asked] = []
        self._here: dict[str, _Choice] = {}
        self._waiting: list[_Choice] = []
        self._run: ShownIf | None = None
        self._sure = True

    def add(self, each: FormField) -> None:
        shown = each.shown_if
        if shown is None:
            self._rejoin()
            self._ask(each, required=each.required)
        elif shown == self._run:
            self._ask(each, required=each.required and self._sure)
        elif shown.question in self._here:
            self._branch(self._here[shown.question], shown)
            self._ask(each, required=each.required and self._sure)
        else:
            self._rejoin()
            self._ask(each, required=False, hint=shown)

    def end(self, *, goes_on: bool) -> None:
        if goes_on:
            self._rejoin()
        for choice in self._waiting:
            choice.otherwise = SUBMIT

    def entries(self) -> Iterator[Section | Asked]:
        for each in self._laid:
            if not isinstance(each, _Choice):
                yield each
            elif not each.to:
                yield each.asked
            else:
                options = options_of(each.asked.field)
                leads = {key: each.to if key in each.answers else each.otherwise for key in options}
                yield evolve(each.asked, leads=leads)

    def _ask(self, each: FormField, *, required: bool, hint: ShownIf | None = None) -> None:
        asked = Asked(each, required, hint=hint)
        if not _can_lead(each):
            self._laid.append(asked)
            return
        choice = self._here[each.key] = _Choice(asked)
        self._laid.append(choice)

    def _branch(self, choice: _Choice, shown: ShownIf) -> None:
        """Begin the section of those who gave one of these answers."""
        asked = choice.asked
        choice.to, choice.answers = f"#if.{shown.question}", shown.answers
        self._laid.append(Section(choice.to, asked.field))
        self._waiting.append(choice)
        # Who leaves the choice out comes through the section too, and must be able to leave it again.
        self._sure = asked.required and (self._sure or self._run is None)
        self._here, self._run = {}, shown

    def _rejoin(self) -> None:
        """Begin the section to which everybody comes, if they are not all there already."""
        if self._run is None:
            return
        key = f"#after.{self._waiting[0].asked.field.key}"
        self._laid.append(Section(key))
        for choice in self._waiting:
            choice.otherwise = key
        self._here, self._waiting, self._run, self._sure = {}, [], None, True
