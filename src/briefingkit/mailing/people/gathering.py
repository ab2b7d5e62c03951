"""Whom a mailing goes to, as things stand: its audiences, without those who must not or need not be written to."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING

from briefingkit.mailing.confirmations import confirmation_of
from briefingkit.mailing.messages.kinds import KINDS, Letter
from briefingkit.mailing.outgoing.keys import message_keys
from briefingkit.mailing.people.addressing import number_of, takes_part
from briefingkit.mailing.people.audience import Member, Selection, participants, registrants, select
from briefingkit.mailing.people.concern import concerned
from briefingkit.mailing.people.contacts import contacts
from briefingkit.mailing.people.known_people import heard
from briefingkit.mailing.told import start_known_since
from briefingkit.model import AudienceGroup, MailingKind
from briefingkit.registrations.codec import iso
from briefingkit.registrations.mail_retention import written_before
from briefingkit.registrations.registration import RegistrationStatus
from briefingkit.store.confirmed import confirmed_since
from briefingkit.store.deliveries import mailing_id
from briefingkit.store.registrations import Registrations

if TYPE_CHECKING:
    from briefingkit.mailing.office import Office
    from briefingkit.mailing.scheduling import Schedule
    from briefingkit.mailing.told import Told
    from briefingkit.model import Access, Audience, Mailing, Publication
    from briefingkit.registrations.files.importing import RowFault
    from briefingkit.registrations.registration import Registration
    from briefingkit.store.delivery_rows import DeliveryRow

__all__ = ["Gathering"]

_UNCONCERNED = "are not concerned by the change"
_LATE = "registered after it was due, and know it from their confirmation"
_SINCE = "registered after the change, and know it from their confirmation"
_LATELY = "registered less than a day before it, and know from their confirmation that they wait"
_PERHAPS_THERE = "may have been there: nobody is marked as present yet"
_GONE = "no longer on the list as then"
_WRITTEN = "have had it, longer ago than is kept"
_WHILE = timedelta(days=1)
"""For how long nobody is told again that they wait."""
_STATUSES = {
    AudienceGroup.REGISTERED: RegistrationStatus.CONFIRMED,
    AudienceGroup.WAITLISTED: RegistrationStatus.WAITLISTED,
    AudienceGroup.PENDING: RegistrationStatus.PENDING,
}


class Gathering:
    """The people of one mailing. `told` is what they know already, for an update; None where it is none."""

    def __init__(
        self, office: "Office", publication: "Publication", mailing: "Mailing", told: "Told | None"
    ) -> None:
        self._office, self._publication, self._mailing, self._told = office, publication, mailing, told
        self._briefing = publication.briefing
        self._confirmed: frozenset[str] | None = None
        self._concerned = None if told is None else concerned(told, publication, self._addresses)

    def recipients(
        self, schedule: "Schedule", selection: Selection, faults: "list[RowFault]"
    ) -> Iterator[tuple[str, Member]]:
        """Give each person once, by their normalised address; others are counted in `selection`.

        `faults` are the first thousand of what is wrong with rows.
        """
        groups = (
            (audience, self._of(audience, schedule, selection, faults)) for audience in self._mailing.audience
        )
        refused = partial(self._refused_members, schedule.occasion)
        return select(groups, self._briefing.languages, refused=refused, selection=selection)

    def refused(self, rows: "Sequence[DeliveryRow]") -> Mapping[str, str]:
        """Tell which rows must not go any more, just before they go: people may have left, or said no, since."""
        reasons = self._refused({row.person: takes_part(row) for row in rows})
        refused = {row.id: reasons[row.person] for row in rows if row.person in reasons}
        # Its time may have been over between planning and now.
        refused |= dict.fromkeys(self._written([row.id for row in rows]), _WRITTEN)
        groups = {audience.group for audience in self._mailing.audience} - {None, AudienceGroup.PARTICIPANTS}
        wanted = {_STATUSES.get(group) for group in groups if group is not None}
        if self._mailing.kind is MailingKind.CONFIRMATION or None in wanted:
            return refused
        numbered = [row for row in rows if number_of(row) is not None and row.id not in refused]
        statuses = self._statuses([row.person for row in numbered]) if numbered else {}
        return refused | {row.id: _GONE for row in numbered if statuses.get(row.person) not in wanted}

    def _of(
        self, audience: "Audience", schedule: "Schedule", selection: Selection, faults: "list[RowFault]"
    ) -> Iterator[Member]:
        for member in self._members(audience, schedule, selection, faults):
            if self._concerned is not None and not self._concerned(member, audience.assumed):
                selection.left_out[_UNCONCERNED] += 1
            else:
                yield member

    def _members(
        self, audience: "Audience", schedule: "Schedule", selection: Selection, faults: "list[RowFault]"
    ) -> Iterable[Member]:
        if audience.file is not None:
            path = self._office.file(self._briefing.identifier, audience.file)
            yield from heard(contacts(path, audience.sheet), selection, faults, self._source(audience))
        elif audience.target is not None:
            people = self._office.people(audience.target, self._briefing)
            yield from heard(people, selection, faults, self._source(audience))
        elif audience.group is AudienceGroup.PARTICIPANTS:
            yield from participants(audience, self._briefing)
        else:
            yield from self._registrants(audience, schedule, selection)

    def _source(self, audience: "Audience") -> str | None:
        """Name a file, with its sheet, or a target, where the mailing has several."""
        if sum(each.group is None for each in self._mailing.audience) == 1:
            return None
        return " ".join(filter(None, (audience.file or audience.target, audience.sheet)))

    def _registrants(
        self, audience: "Audience", schedule: "Schedule", selection: Selection
    ) -> Iterator[Member]:
        with self._office.roll(self._briefing.identifier) as roll:
            present: frozenset[int] = frozenset()
            if audience.group in {AudienceGroup.ATTENDED, AudienceGroup.ABSENT}:
                present = frozenset(each.number for each in roll.attendance())
            unmarked = audience.group is AudienceGroup.ABSENT and not present
            for each in roll.list():
                for member in registrants(audience, (each,), lambda one: one.number in present):
                    if reason := _PERHAPS_THERE if unmarked else self._why_late(each, schedule):
                        selection.left_out[reason] += 1
                    else:
                        yield member

    def _why_late(self, each: "Registration", schedule: "Schedule") -> str | None:
        """Say why somebody knows from their confirmation what others are written to about; None where they do not."""
        since = self._told.since if self._told is not None else None
        if since is not None and (each.created_at > since or each.person in self._confirmed_since(since)):
            return _SINCE
        if self._mailing.kind is MailingKind.WAITLIST:
            sent = self._now if schedule.due is None else min(schedule.due, self._now)
            if each.created_at <= sent - _WHILE:
                return None
            return _LATE if each.created_at > sent else _LATELY
        if self._mailing.kind is not MailingKind.REMINDER or schedule.due is None:
            return None
        return _LATE if each.created_at > max(schedule.due, self._start_known_since) else None

    def _confirmed_since(self, since: datetime) -> frozenset[str]:
        """Give who registered before others were told of what goes out now, and was confirmed after that."""
        if self._confirmed is None:
            name, key = self._briefing.identifier, confirmation_of(self._briefing).key
            ledger = self._office.ledger
            self._confirmed = confirmed_since(ledger, name, mailing_id(name, key), iso(since))
        return self._confirmed

    @cached_property
    def _now(self) -> datetime:
        return self._office.clock()

    @cached_property
    def _start_known_since(self) -> datetime:
        announced = self._office.announcements.of(self._briefing.identifier)
        return start_known_since(announced, self._publication)

    def _refused_members(self, occasion: str, people: Sequence[tuple[str, Member]]) -> Mapping[str, str]:
        key_of = message_keys(self._briefing.identifier, self._mailing.key)
        keys = {key_of(person, occasion): person for person, _ in people}
        written = {keys[key]: _WRITTEN for key in self._written(keys)}
        takes = {person: member.number is not None or member.key is not None for person, member in people}
        return {**written, **self._refused(takes)}

    def _written(self, keys: Collection[str]) -> frozenset[str]:
        office, mailing = self._office, mailing_id(self._briefing.identifier, self._mailing.key)
        return written_before(office.ledger, office.key, mailing, keys)

    def _refused(self, people: Mapping[str, bool]) -> Mapping[str, str]:
        """Tell who must not be written to, of people and whether they take part.

        Those who do are told what has changed, whatever they have unsubscribed from: they would come at the wrong hour.
        """
        bulk, found = KINDS[Letter(self._mailing.kind.value)].bulk, dict[str, str]()
        for part in (True, False):
            those = [person for person, takes in people.items() if takes is part]
            unsubscribed = bulk and not (part and self._mailing.kind is MailingKind.UPDATE)
            found |= self._office.suppressions.reasons(
                those, briefing=self._briefing.identifier, bulk=unsubscribed
            )
        return found

    def _statuses(self, persons: Sequence[str]) -> Mapping[str, RegistrationStatus]:
        identifier = self._briefing.identifier
        with Registrations(self._office.ledger).reading(identifier) as reader:
            rows = reader.registrations(persons)
        return {person: RegistrationStatus(row.status) for person, row in rows.items()}

    def _addresses(self, language: str, access: "Access") -> Mapping[str, str]:
        return self._office.addresses(self._briefing, language, access)
