"""One mailing of one briefing: what it would do, doing it, and what became of it."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Self

from attrs import evolve

from briefingkit.mailing.confirmations import confirmation_of, queue_confirmations
from briefingkit.mailing.foresight import Foresight
from briefingkit.mailing.mail_plan import MailPlan, MailStatus
from briefingkit.mailing.messages.kinds import Letter
from briefingkit.mailing.messages.writing import Writer
from briefingkit.mailing.outgoing.deliveries import (
    Resolution,
    Whole,
    cancel,
    failures,
    mailing_id,
    plan_deliveries,
    resolve,
    resume,
    supersede,
    suspend,
    uncertain,
)
from briefingkit.mailing.outgoing.keys import message_key
from briefingkit.mailing.outgoing.outbox import Outbox
from briefingkit.mailing.outgoing.sending import Progress, Report, Sending
from briefingkit.mailing.people.addressing import addressed
from briefingkit.mailing.people.audience import Selection
from briefingkit.mailing.people.gathering import Gathering
from briefingkit.mailing.rooms import rooms_of
from briefingkit.mailing.scheduling import Schedule, Standing, schedule_of
from briefingkit.mailing.told import Told, announcement, told_by
from briefingkit.model import Access, MailingKind, Status
from briefingkit.registrations.codec import iso

if TYPE_CHECKING:
    from briefingkit.mailing.messages.message import Message
    from briefingkit.mailing.office import Office
    from briefingkit.mailing.outgoing.engine import Stop
    from briefingkit.model import Briefing, Mailing
    from briefingkit.store.delivery_rows import DeliveryRow

__all__ = ["Dispatch", "MailPlan", "MailStatus", "mailings_of", "unnamed"]

_CUT_OFF = "asked to stop while planning, which the next run goes on with"


def mailings_of(briefing: "Briefing") -> "tuple[Mailing, ...]":
    """Give a briefing's mailings, and the built-in confirmation where people can register and none is written."""
    if briefing.registration is None or any(
        each.kind is MailingKind.CONFIRMATION for each in briefing.mailing
    ):
        return briefing.mailing
    return (*briefing.mailing, confirmation_of(briefing))


def unnamed(office: "Office") -> "Iterator[Dispatch]":
    """Give the mailings of all briefings that are sent without being named."""
    for name in office.publications:
        each = (Dispatch(office, name, mailing) for mailing in mailings_of(office.publication(name).briefing))
        yield from (dispatch for dispatch in each if dispatch.goes_unnamed)


class Dispatch:
    """One mailing, and a context manager that gives the ledger back.

    Raises MailingError where it cannot be made, StoreError where the ledger cannot be used.
    """

    def __init__(self, office: "Office", briefing: str, mailing: "Mailing") -> None:
        self.office, self.mailing = office, mailing
        self.publication = office.publication(briefing)
        self.briefing = self.publication.briefing

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.office.close()

    @property
    def schedule(self) -> Schedule:
        """When it is due, and how it stands now."""
        if self.confirms:
            cancelled = self.briefing.status is Status.CANCELLED
            return Schedule(Standing.DROPPED if cancelled else Standing.READY)
        return schedule_of(self.mailing, self.publication, self.office.clock())

    # Looking

    def plan(self) -> MailPlan:
        """Tell what sending it now would do: to how many, in which languages, who is left out and why."""
        return Foresight(self, self.schedule).plan()

    def preview(self, who: str | None = None) -> Iterator["Message"]:
        """Give the messages as they would go now: the first that can go in each language, or that to one address.

        MailingError for an address that is none, or that cannot be written to.
        """
        return Foresight(self, self.schedule).preview(who)

    def specimens(self, who: str | None = None) -> Iterator["Message"]:
        """Give the messages as somebody of the audience would get them: to any address, or our own, in each language.

        The links to a registration lead nowhere. MailingError for an address that is none.
        """
        return Foresight(self, self.schedule).specimens(who)

    def status(self) -> MailStatus:
        """Tell how many messages are in which state."""
        row = self.office.deliveries.mailing(self.briefing.identifier, self.mailing.key)
        return MailStatus(
            self.briefing.identifier,
            self.mailing.key,
            self.mailing.kind,
            self.schedule,
            self.office.deliveries.counts(self.number),
            {} if row is None else json.loads(row.erased),
            self.unfinished,
        )

    def failures(self) -> "Iterator[DeliveryRow]":
        """Give the messages that were given up, with the server's words."""
        return failures(self.office.deliveries, self.briefing.identifier, self.mailing.key)

    def uncertain(self) -> "Iterator[DeliveryRow]":
        """Give the messages of which nobody knows whether they went."""
        return uncertain(self.office.deliveries, self.briefing.identifier, self.mailing.key)

    # Doing

    @property
    def goes_by_itself(self) -> bool:
        """Whether it is sent without being named: it says when, or it confirms. All else waits for a person's word."""
        return self.mailing.at is not None or self.confirms

    @property
    def confirms(self) -> bool:
        """Whether it tells people of their own registration."""
        return self.mailing.kind is MailingKind.CONFIRMATION

    @property
    def goes_unnamed(self) -> bool:
        """Whether a run that names no mailing sends it: what was begun by its name goes on, and nobody is added."""
        return self.goes_by_itself or (
            self.office.deliveries.mailing(self.briefing.identifier, self.mailing.key) is not None
        )

    @property
    def is_due(self) -> bool:
        """Whether some message that was planned is due, and nobody has it in hand."""
        due = self.office.deliveries.next_due(self.number)
        return due is not None and due <= iso(self.office.clock())

    @property
    def unfinished(self) -> bool:
        """Whether not all who are to be written to were planned: planning them was cut off."""
        key = self.mailing.key
        return self.schedule.occasion in self.office.deliveries.unfinished(self.briefing.identifier, key)

    def queue(self, *, early: bool = False, anew: bool = True, stop: "Stop" = lambda: False) -> Schedule:
        """Bring the ledger in step with how the mailing stands: plan who is to be written to, hold back, or drop.

        Without `anew` nobody is added: what was begun is gone on with, planning too. `stop` cuts that off.
        """
        if self.confirms:
            queue_confirmations(self.office, self.publication)
        schedule, now = self.schedule, self.office.clock()
        if early and schedule.standing is Standing.LATER:
            schedule = evolve(schedule, standing=Standing.READY)
        store, identifier, key = self.office.deliveries, self.briefing.identifier, self.mailing.key
        if schedule.standing is Standing.SUSPENDED:
            suspend(store, identifier, key, now=now)
        elif schedule.standing in {Standing.DROPPED, Standing.UNFIT}:
            cancel(store, identifier, key, now=now)
        elif schedule.standing is Standing.READY:
            resume(store, identifier, key, now=now)
            if self.confirms:
                if store.next_due(self.number) is not None:
                    self.office.goes_out(self.publication)
                    self._announce(now)
            elif anew or self.unfinished:
                self._plan_all(schedule, now, stop)
        return schedule

    def _plan_all(self, schedule: Schedule, now: datetime, stop: "Stop") -> None:
        store, identifier, key = self.office.deliveries, self.briefing.identifier, self.mailing.key
        enlist = self.office.enlist(identifier, key)
        self.office.goes_out(self.publication)
        if schedule.occasion:
            supersede(store, identifier, key, schedule.occasion, now=now)
        people = self.people.recipients(schedule, Selection(), [])
        letter = self.letter
        # Who is written to late is written to at once: `due` would only put them behind others.
        rows = (addressed(person, member, letter, evolve(schedule, due=None)) for person, member in people)
        whole = Whole(schedule.occasion, stop)
        planned = plan_deliveries(store, identifier, key, rows, now=now, enlist=enlist, whole=whole)
        if planned.new or planned.renewed:
            self._announce(now)

    def send(
        self,
        *,
        early: bool = False,
        anew: bool = True,
        tell: Callable[[Progress], None] = lambda _: None,
        stop: "Stop" = lambda: False,
        sending: Sending | None = None,
    ) -> Report | None:
        """Plan and send what is due; None where nothing may go now. It can be run again at any time.

        `early` sends it before it is due; without `anew` only what was begun is gone on with. Raises IntegrationError
        where the transport cannot be used: nothing is lost.
        """
        schedule = self.queue(early=early, anew=anew, stop=stop)
        if schedule.standing is not Standing.READY:
            return None
        if stop() and self.unfinished:
            return Report(Progress(), _CUT_OFF)
        return self.run(tell=tell, stop=stop, sending=sending)

    def run(
        self,
        *,
        tell: Callable[[Progress], None] = lambda _: None,
        stop: "Stop" = lambda: False,
        sending: Sending | None = None,
        chunk: int | None = None,
    ) -> Report:
        """Send what was planned and is due, all or one chunk of it, without planning anew."""
        transport = self.office.transport()
        outbox = Outbox(
            self.office.deliveries,
            transport,
            self.office.clock,
            sending or Sending(),
            self.people.refused,
            tell,
            stop,
        )
        try:
            return outbox.run(self.briefing.identifier, self.mailing.key, self.writer().message, chunk)
        finally:
            transport.close()

    def resolve(self, resolution: Resolution, ids: Sequence[str] = ()) -> int:
        """Settle uncertain messages, all or those of some ids; how many is given."""
        rows = (row for row in self.uncertain() if not ids or row.id in ids)
        return resolve(rows, resolution, self.office.deliveries, now=self.office.clock())

    def retry(self) -> int:
        """Plan again what has failed; how many is given."""
        return self.office.deliveries.retry(self.number, now=iso(self.office.clock()))

    # What follows from it

    @property
    def number(self) -> int:
        """The number of the mailing in the ledger."""
        return mailing_id(self.briefing.identifier, self.mailing.key)

    @property
    def letter(self) -> Letter:
        """What its messages are about, if nothing else is said of one."""
        return Letter(self.mailing.kind.value)

    @property
    def people(self) -> Gathering:
        """Whom it is for."""
        return Gathering(self.office, self.publication, self.mailing, self.told)

    @cached_property
    def told(self) -> Told | None:
        """What those who get an update know already; None where it is no update."""
        return told_by(self.office, self.publication, self.mailing)

    def message_key(self, person: str, schedule: Schedule) -> str:
        """Give the idempotency key of the message to somebody (a normalised address) on the schedule's occasion."""
        return message_key(self.briefing.identifier, self.mailing.key, person, schedule.occasion)

    def writer(self) -> Writer:
        """Give what writes its messages."""
        return Writer(self.office, self.publication, self.mailing, self.told)

    def addresses(self, language: str, access: Access) -> Mapping[str, str]:
        """Give the addresses that targets made for the briefing, by their path in a view."""
        return self.office.addresses(self.briefing, language, access)

    def _announce(self, now: datetime) -> None:
        rooms = rooms_of(self.briefing, self.office.context)
        self.office.announcements.put(announcement(self.publication, rooms, now))
