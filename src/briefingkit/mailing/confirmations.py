"""What somebody is told of their own registration: once for each thing that happened, whatever took it in.

Events wait in the ledger under the name `MAIL`, written with what they tell of. Here they become messages to
send; an event that becomes one twice has one key, and so is one.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from attrs import evolve

from briefingkit.mailing.messages.kinds import Letter
from briefingkit.mailing.outgoing.deliveries import Addressed, plan_deliveries
from briefingkit.mailing.people.addressing import addressed
from briefingkit.mailing.people.audience import Selection, registrants, select
from briefingkit.mailing.scheduling import Schedule, Standing
from briefingkit.model import Audience, AudienceGroup, Mailing, MailingKind, Status
from briefingkit.registrations.events import (
    MAIL,
    EventKind,
    RegistrationEvent,
    events_waiting_on,
    waiting_events,
)
from briefingkit.registrations.registration import RegistrationStatus
from briefingkit.store.registrations import Registrations

if TYPE_CHECKING:
    from briefingkit.mailing.office import Office
    from briefingkit.mailing.people.audience import Member
    from briefingkit.model import Briefing

__all__ = ["confirmation_of", "queue_confirmations", "waiting_confirmations"]

_AT_ONCE = 200
_GROUPS = {
    RegistrationStatus.CONFIRMED: AudienceGroup.REGISTERED,
    RegistrationStatus.WAITLISTED: AudienceGroup.WAITLISTED,
    RegistrationStatus.PENDING: AudienceGroup.PENDING,
    RegistrationStatus.CANCELLED: AudienceGroup.CANCELLED,
}
_OWN = Mailing("confirmation", MailingKind.CONFIRMATION, (Audience(group=AudienceGroup.REGISTERED),))


def confirmation_of(briefing: "Briefing") -> Mailing:
    """Give the mailing by which people are told of their registration: the briefing's own, or else the built-in one."""
    own = [each for each in briefing.mailing if each.kind is MailingKind.CONFIRMATION]
    if own:
        return own[0]
    taken = {each.key for each in briefing.mailing}
    return _OWN if _OWN.key not in taken else evolve(_OWN, key=f"{_OWN.key}-of-registration")


def queue_confirmations(office: "Office") -> int:
    """Plan a message for each event that waits; give how many were looked at. It may be cut off and run again."""
    store, looked_at = Registrations(office.ledger), 0
    while events := waiting_events(store, MAIL, _AT_ONCE):
        for name, those in groupby(events, key=lambda event: event.briefing):
            _queue(office, name, tuple(those))
        store.told_all(MAIL, [event.id for event in events])
        looked_at += len(events)
    return looked_at


def waiting_confirmations(
    office: "Office", briefing: "Briefing", selection: Selection
) -> "Iterator[tuple[str, Member, Letter]]":
    """Give who would be told of what happened on a list and was not told yet, and of what; others are counted."""
    store = Registrations(office.ledger)
    for event in events_waiting_on(store, MAIL, briefing.identifier):
        yield from _told(office, briefing, event, selection)


def _queue(office: "Office", identifier: str, events: Sequence[RegistrationEvent]) -> None:
    publication = office.publications.get(identifier)
    if publication is None or publication.briefing.status is Status.CANCELLED:
        # Of a briefing that is gone, a draft or cancelled there is nothing to confirm: the cancellation tells.
        return
    briefing, now = publication.briefing, office.clock()
    when = publication.when
    schedule = Schedule(Standing.READY, None, when.utc_end)
    rows = (row for event in events for row in _rows(office, briefing, event, schedule))
    key = confirmation_of(briefing).key
    enlist = office.enlist(identifier, key, urgent=True)
    plan_deliveries(office.deliveries, identifier, key, rows, now=now, enlist=enlist)


def _rows(
    office: "Office", briefing: "Briefing", event: RegistrationEvent, schedule: Schedule
) -> Iterator[Addressed]:
    for person, member, letter in _told(office, briefing, event, Selection()):
        yield addressed(person, member, letter, evolve(schedule, occasion=event.id))


def _told(
    office: "Office", briefing: "Briefing", event: RegistrationEvent, selection: Selection
) -> "Iterator[tuple[str, Member, Letter]]":
    registration, letter = event.registration, _letter(event)
    if registration is None or letter is None:
        return
    audience = Audience(group=_GROUPS[registration.status])
    those = ((audience, registrants(audience, [registration])),)

    def refused(people: "Sequence[tuple[str, Member]]") -> "Mapping[str, str]":
        persons = [person for person, _ in people]
        return office.suppressions.reasons(persons, briefing=briefing.identifier, bulk=False)

    for person, member in select(those, briefing.languages, refused=refused, selection=selection):
        yield person, member, letter


def _letter(event: RegistrationEvent) -> Letter | None:
    """Tell what somebody is told; None for nothing, as while an organiser has yet to decide."""
    assert event.registration is not None or event.kind in {EventKind.ERASED, EventKind.EXPIRED}  # noqa: S101 - as it is noted
    if event.registration is None or event.kind in {EventKind.ATTENDED, EventKind.ABSENT}:
        return None
    status = event.registration.status
    if event.kind is EventKind.CANCELLED:
        return Letter.WITHDRAWN
    if status is RegistrationStatus.WAITLISTED:
        return Letter.CHANGED if event.kind is EventKind.CHANGED else Letter.WAITLIST
    if status is not RegistrationStatus.CONFIRMED:
        return None
    return {EventKind.CHANGED: Letter.CHANGED, EventKind.PROMOTED: Letter.PROMOTED}.get(
        event.kind, Letter.CONFIRMATION
    )
