"""What stands under somebody's own link: their registration, or what was set aside and looks just like one."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from attrs import field, frozen

from briefingkit.registrations.codec import registration_of
from briefingkit.registrations.form import SEGMENTS, Form
from briefingkit.registrations.links import number_of
from briefingkit.registrations.registration import RegistrationStatus
from briefingkit.registrations.response import Answer
from briefingkit_web.handing_in import ASIDE, WEB, Result, Verdict, answers_of_row

if TYPE_CHECKING:
    from briefingkit.registrations.registration_list import RegistrationList
    from briefingkit.store.registrations import ListReader

__all__ = ["Entry", "Subject", "entry_of"]

_WAITS, _HAS = "w", "t"


@frozen
class Subject:
    """What a link from the page is about: a response, and what its sender was told then.

    What was told is in every such link. It counts only where the response was set aside, so that those who look at it
    again are told the same; which links those are, nobody can see.
    """

    response: str
    waits: bool = False
    waits_for: tuple[int, ...] = ()
    """The positions of parts of the programme in the form."""

    def __str__(self) -> str:
        mask = sum(1 << position for position in self.waits_for)
        return f"{self.response}.{_WAITS if self.waits else _HAS}{mask:x}"

    @classmethod
    def read(cls, text: str) -> "Subject | None":
        """Read what `str` has written; None for another subject."""
        response, dot, told = text.partition(".")
        if not (dot and told[:1] in {_WAITS, _HAS}):
            return None
        try:
            mask = int(told[1:], 16)
        except ValueError:
            return None
        parts = tuple(index for index in range(mask.bit_length()) if mask >> index & 1)
        return cls(response, told[0] == _WAITS, parts)

    @classmethod
    def of(cls, result: Result, form: Form) -> "Subject":
        """Say what was told of a result."""
        asked = form.by_key.get(SEGMENTS)
        keys = asked.option_keys if asked is not None else ()
        parts = tuple(keys.index(each) for each in result.waits_for if each in keys)
        name = result.response.id if result.response is not None else ""
        return cls(name, result.verdict is Verdict.WAITS, parts)


@frozen
class Entry:
    """What is held, as whoever has the link sees it. `response` is the identifier to go on with."""

    person: str = field(repr=False)
    status: RegistrationStatus
    answers: Mapping[str, Answer] = field(repr=False)
    waits_for: tuple[str, ...] = ()
    response: str | None = None
    aside: bool = False

    @property
    def is_cancelled(self) -> bool:
        """Whether they have cancelled."""
        return self.status is RegistrationStatus.CANCELLED


def entry_of(roll: "RegistrationList", subject: str, form: Form) -> Entry | None:
    """Find what a link's subject stands for; None where it is gone. Reads the ledger."""
    with roll.store.reading(roll.briefing.identifier) as reader:
        if (number := number_of(subject)) is not None:
            row = reader.numbered(number)
            return _registered(reader, row.person, None) if row is not None else None
        told = Subject.read(subject)
        if told is None:
            return None
        if (taken := reader.newest([WEB], [told.response]).get((WEB, told.response))) is not None:
            return _registered(reader, taken.person, told.response)
        return _aside(reader, told, form)


def _registered(reader: "ListReader", person: str, response: str | None) -> Entry | None:
    row = reader.registrations([person]).get(person)
    if row is None:
        return None
    held = registration_of(row)
    waits_for = tuple(each for each in held.segments if each not in held.places)
    return Entry(person, held.status, held.answers, waits_for, response)


def _aside(reader: "ListReader", told: Subject, form: Form) -> Entry | None:
    row = reader.newest([ASIDE], [told.response]).get((ASIDE, told.response))
    if row is None:
        return None
    has = RegistrationStatus.WAITLISTED if told.waits else RegistrationStatus.CONFIRMED
    asked = form.by_key.get(SEGMENTS)
    keys = asked.option_keys if asked is not None else ()
    answers = answers_of_row(row)
    chosen = answers.get(SEGMENTS)
    waits_for = tuple(keys[index] for index in told.waits_for if index < len(keys))
    return Entry(
        row.person,
        RegistrationStatus.CANCELLED if row.cancels else has,
        answers,
        tuple(each for each in waits_for if isinstance(chosen, tuple) and each in chosen),
        told.response,
        aside=True,
    )
