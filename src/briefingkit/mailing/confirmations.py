"""What somebody is told of their own registration: once for each thing that happened, whatever took it in.

Events wait in the ledger under the name `MAIL`, written with what they tell of. Here they become messages to
send; an event that becomes one twice has one key, and so is one.
"""

from collections.abc import Iterator, Mapping, Sequence
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
    from briefingkit.model import Briefing, Publication

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


def queue_confirmations(office: "Office", publication: "Publication") -> int:
    """Plan a message for each event of a list that waits; give how many were looked at. It may be run again.

    What happens on the list of a draft waits until it goes out, and on that of a cancelled one until it takes place
    after all: meanwhile there is nothing to confirm, and the cancellation tells.
    """
    if publication.briefing.status is Status.CANCELLED:
        return 0
    store, looked_at, name = Registrations(office.ledger), 0, publication.briefing.identifier
    while events := waiting_events(store, MAIL, name, _AT_ONCE):
        _queue(office, publication, events)
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


def _queue(office: "Office", publication: "Publication", events: Sequence[RegistrationEvent]) -> None:
    briefing, when, now = publication.briefing, publication.when, office.clock()
    schedule = Schedule(Standing.READY, None, when.utc_end)
    rows = (row for event in events for row in _rows(office, briefing, event, schedule))
    key, identifier = confirmation_of(briefing).key, briefing.identifier
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
