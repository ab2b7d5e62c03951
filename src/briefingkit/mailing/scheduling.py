"""When a mailing goes out and until when, what makes another occasion, and what a changed briefing does to it."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from attrs import frozen

from briefingkit.model import MailingKind, Status
from briefingkit.registrations.codec import iso
from briefingkit.text.zones import instant

if TYPE_CHECKING:
    from briefingkit.model import Briefing, Mailing, Publication, When

__all__ = ["Schedule", "Standing", "schedule_of"]

_PER_START = frozenset((MailingKind.REMINDER, MailingKind.LOGISTICS))
_PER_REVISION = frozenset((MailingKind.UPDATE, MailingKind.POSTPONEMENT, MailingKind.CANCELLATION))
_TIMELESS = frozenset(
    (MailingKind.FOLLOW_UP, MailingKind.CANCELLATION, MailingKind.POSTPONEMENT, MailingKind.CUSTOM)
)
"""Kinds that are of use after the event as well."""


class Standing(StrEnum):
    """What may be done with a mailing now."""

    READY = "ready"
    LATER = "later"
    """It is not due yet."""
    OVER = "over"
    """What it is about is over: it is never sent after that."""
    SUSPENDED = "suspended"
    """The briefing is postponed: what has not gone waits for the new date."""
    DROPPED = "dropped"
    """The briefing is cancelled: what has not gone never goes."""
    UNFIT = "unfit"
    """It says what is not so, as a cancellation of a briefing that takes place."""
    UNDATED = "undated"
    """The briefing is a draft, or says no time."""


@frozen
class Schedule:
    """When a mailing is due and until when it may go (aware, in UTC; None for at once and for ever), and its occasion.

    A message goes to somebody once for each occasion: the start that a reminder is about, so that a start that moved
    reminds again and a corrected word does not; the revision of an update.
    """

    standing: Standing
    due: datetime | None = None
    expires: datetime | None = None
    occasion: str = ""


def schedule_of(mailing: "Mailing", publication: "Publication", now: datetime) -> Schedule:
    """Tell how a mailing stands at a moment. It is due at the second that its `at` names, and late is not too late."""
    briefing = publication.briefing
    when = briefing.when
    if when is None or briefing.status is Status.DRAFT:
        return Schedule(Standing.UNDATED)
    due = None if mailing.at is None else instant(when.moment(mailing.at), when.timezone).astimezone(UTC)
    expires = _expiry(mailing.kind, when, due)
    occasion = _occasion(mailing.kind, publication, when)
    return Schedule(_standing(mailing.kind, briefing, now, due, expires), due, expires, occasion)


def _expiry(kind: MailingKind, when: "When", due: datetime | None) -> datetime | None:
    if kind is MailingKind.CUSTOM and due is not None and due < when.utc_end:
        return when.utc_end  # it is about what is to come, such as where to park
    if kind in _TIMELESS:
        return None
    # Whoever is reminded after it has begun is not helped; who learns late of a change may still come.
    return when.utc_start if kind in _PER_START or kind is MailingKind.INVITATION else when.utc_end


def _occasion(kind: MailingKind, publication: "Publication", when: "When") -> str:
    if kind in _PER_START:
        return f"start {iso(when.utc_start)}"
    return f"revision {publication.revision}" if kind in _PER_REVISION else ""


def _standing(
    kind: MailingKind, briefing: "Briefing", now: datetime, due: datetime | None, expires: datetime | None
) -> Standing:
    meant = {MailingKind.CANCELLATION: Status.CANCELLED, MailingKind.POSTPONEMENT: Status.POSTPONED}
    if kind in meant:
        return Standing.READY if briefing.status is meant[kind] else Standing.UNFIT
    if briefing.status is Status.CANCELLED:
        return Standing.DROPPED
    if briefing.status is Status.POSTPONED:
        return Standing.SUSPENDED
    if expires is not None and now >= expires:
        return Standing.OVER
    return Standing.LATER if due is not None and now < due else Standing.READY
