"""A registration: what holds of one person on one list, after all that was handed in for them."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from briefingkit.registrations.response import Answer, ConsentGiven

__all__ = ["WHOLE", "Registration", "RegistrationStatus"]

WHOLE = ""
"""The name of the whole briefing among the places that a registration has; the others are its segments."""


class RegistrationStatus(StrEnum):
    """How a registration stands."""

    PENDING = "pending"
    """Handed in where nobody could be told that there is no place or that it is over; an organiser decides."""
    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    CANCELLED = "cancelled"


@frozen
class Registration:
    """What holds of one person. Times are aware, in UTC.

    `person` is the normalised e-mail, or names the one response of somebody who gave none. `number` counts the people
    of a list as they came and never changes; `position` orders the queue. `stamps` holds when an answer was given, of
    those that are older than `changed_at`, the time of the newest response. `places` is what they have a place in:
    `WHOLE`, and the segments; `waits`, whether they want more than that.
    """

    briefing: str
    person: str = field(repr=False)
    number: int
    position: int
    status: RegistrationStatus
    waits: bool
    language: str | None
    answers: Mapping[str, Answer] = field(repr=False)
    stamps: Mapping[str, datetime] = field(repr=False)
    places: tuple[str, ...]
    consent: ConsentGiven | None
    created_at: datetime
    changed_at: datetime

    @property
    def email(self) -> str | None:
        """The e-mail address as it was written; None where there is none to write to."""
        given = self.answers.get("email")
        return given if isinstance(given, str) and "@" in self.person else None

    @property
    def segments(self) -> tuple[str, ...]:
        """The segments that were chosen."""
        chosen = self.answers.get("segments")
        return tuple(dict.fromkeys(chosen)) if isinstance(chosen, tuple) else ()

    @property
    def waits_for(self) -> tuple[str, ...]:
        """The segments that were chosen and have no place for this person, who has one in the whole."""
        is_in = self.status is RegistrationStatus.CONFIRMED
        return tuple(each for each in self.segments if each not in self.places) if is_in else ()

    @property
    def wanted(self) -> tuple[str, ...]:
        """All that the person wants a place in; nothing once they have cancelled."""
        return () if self.status is RegistrationStatus.CANCELLED else (WHOLE, *self.segments)
