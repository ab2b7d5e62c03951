"""Who in the programme has said that they take part, or that they do not, and what the file says of them.

What is answered by the link in a mail is kept beside the briefing and changes nothing of it: who takes part is what
the file says, and a person brings it up to date.
"""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from attrs import frozen

from briefingkit.model import ParticipantStatus
from briefingkit.registrations.codec import iso
from briefingkit.store.part_answers import PartAnswerRow, PartAnswers

if TYPE_CHECKING:
    from briefingkit.model import Briefing
    from briefingkit.store.ledger import Ledger

__all__ = ["PartAnswer", "Taking", "answered", "note_answer", "taking_part"]


class Taking(StrEnum):
    """An answer, in the word that stands in the link."""

    YES = "yes"
    NO = "no"

    @property
    def status(self) -> ParticipantStatus:
        """What the file says of somebody who has answered so."""
        return ParticipantStatus.CONFIRMED if self is Taking.YES else ParticipantStatus.DECLINED


@frozen
class PartAnswer:
    """One person's last answer. `differs` are the agenda items, by key, where the file says something else of them."""

    person: str
    taking: Taking
    at: datetime
    known: bool = True
    """Whether the briefing has such a person still."""
    differs: tuple[tuple[str, ParticipantStatus], ...] = ()


def note_answer(ledger: "Ledger", briefing: str, person: str, taking: Taking, *, at: datetime) -> None:
    """Write an answer down, in the place of the one before it."""
    PartAnswers(ledger).put(PartAnswerRow(briefing, person, taking.value, iso(at)))


def answered(ledger: "Ledger", briefing: str, person: str) -> Taking | None:
    """Tell what somebody has answered; None where they have not."""
    found = PartAnswers(ledger).of(briefing, [person])
    return Taking(found[0].answer) if found else None


def taking_part(ledger: "Ledger", briefing: "Briefing") -> tuple[PartAnswer, ...]:
    """Give all the answers to a briefing, by person, beside what its file says."""
    people = {each.key for each in briefing.people}
    return tuple(
        PartAnswer(
            row.person,
            taking := Taking(row.answer),
            datetime.fromisoformat(row.at),
            row.person in people,
            tuple(
                (item.key, each.status)
                for item in briefing.agenda
                for each in item.participants
                if each.person == row.person and each.status is not taking.status
            ),
        )
        for row in PartAnswers(ledger).of(briefing.identifier)
    )
