"""What a mailing would do, and how its messages would read: nothing is planned, and nothing is sent."""

import json
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from briefingkit.errors import MailingError
from briefingkit.mailing.confirmations import waiting_confirmations
from briefingkit.mailing.mail_plan import MailPlan, Samples
from briefingkit.mailing.people.addressing import addressed, recipient_of
from briefingkit.mailing.people.audience import Selection, specimen
from briefingkit.mailing.people.concern import changes_told
from briefingkit.mailing.scheduling import Schedule, Standing
from briefingkit.registrations.codec import iso
from briefingkit.registrations.person import normalised_email
from briefingkit.store.deliveries import CHUNK
from briefingkit.store.delivery_rows import DeliveryRow

if TYPE_CHECKING:
    from briefingkit.mailing.dispatch import Dispatch
    from briefingkit.mailing.messages.kinds import Letter
    from briefingkit.mailing.messages.message import Message
    from briefingkit.mailing.messages.writing import Writer
    from briefingkit.mailing.people.audience import Member
    from briefingkit.registrations.files.importing import RowFault

__all__ = ["Foresight"]

_NOTHING_NEW = "nothing has changed since people were told"


@frozen
class Foresight:
    """A mailing as it would go by a schedule, which is that of now."""

    dispatch: "Dispatch"
    schedule: Schedule

    def plan(self) -> MailPlan:
        """Tell what sending it would do."""
        dispatch = self.dispatch
        plan = MailPlan(
            dispatch.briefing.identifier,
            dispatch.mailing.key,
            dispatch.mailing.kind,
            self.schedule,
            dispatch.publication.revision,
            changes=changes_told(dispatch.told, dispatch.publication, dispatch.addresses),
        )
        if self.schedule.standing not in {Standing.READY, Standing.LATER}:
            return plan
        return self._confirmed(plan) if dispatch.confirms else self._planned(plan)

    def _planned(self, plan: MailPlan) -> MailPlan:
        dispatch, selection, faults = self.dispatch, Selection(), list["RowFault"]()
        found = dispatch.people.recipients(self.schedule, selection, faults)
        known, new, samples = dict[str, int](), 0, self._samples()
        if dispatch.told is not None and dispatch.told.before and not plan.changes:
            samples.notices.append(_NOTHING_NEW)
        while some := list(islice(found, CHUNK)):
            keys = {dispatch.message_key(person, self.schedule): (person, member) for person, member in some}
            states = dispatch.office.deliveries.known(keys)
            for state in states.values():
                known[state] = known.get(state, 0) + 1
            new += len(keys) - len(states)
            for person, member in keys.values():
                samples.take(person, member, dispatch.letter)
        return evolve(_counted(plan, selection, samples), new=new, known=known, faults=tuple(faults))

    def _confirmed(self, plan: MailPlan) -> MailPlan:
        dispatch, new, selection, samples = self.dispatch, 0, Selection(), self._samples()
        for person, member, letter in waiting_confirmations(dispatch.office, dispatch.briefing, selection):
            new += 1
            samples.take(person, member, letter)
        return evolve(
            _counted(plan, selection, samples),
            new=new,
            known=dispatch.office.deliveries.counts(dispatch.number),
        )

    def preview(self, who: str | None) -> Iterator["Message"]:
        """Give the messages as they would go: the first that can go in each language, or that to one address.

        MailingError for an address that is none, or that cannot be written to.
        """
        dispatch, wanted = self.dispatch, None if who is None else _person(who)
        writer, seen = dispatch.writer(), set[str | None]()
        passed = () if who is not None else (MailingError,)
        for person, member in dispatch.people.recipients(self.schedule, Selection(), []):
            if person == wanted if who is not None else member.language not in seen:
                with suppress(*passed):
                    yield self._message(writer, person, member, dispatch.letter, [])
                    seen.add(member.language)

    def specimens(self, who: str | None) -> Iterator["Message"]:
        """Give the messages as somebody of the audience would get them, to an address or our own.

        MailingError for an address that is none.
        """
        dispatch = self.dispatch
        audience, writer = dispatch.mailing.audience[0], dispatch.writer()
        address = dispatch.office.letterhead.address if who is None else who
        for language in dispatch.briefing.languages:
            member = specimen(audience, address, language)
            yield self._message(writer, _person(address), member, dispatch.letter, [])

    def _samples(self) -> Samples:
        writer = self.dispatch.writer()
        return Samples(
            lambda person, member, letter, notices: self._message(writer, person, member, letter, notices)
        )

    def _message(
        self, writer: "Writer", person: str, member: "Member", letter: "Letter", notices: list[str]
    ) -> "Message":
        dispatch = self.dispatch
        at = dispatch.office.clock().replace(second=0, microsecond=0)
        told = addressed(person, member, letter, self.schedule)
        key = dispatch.message_key(person, self.schedule)
        row = DeliveryRow(
            dispatch.number, 0, 0, key, told.occasion, told.person, told.address,
            json.dumps(told.data), "planned", "", None, 0, None, None, iso(at), None, None, None, None, iso(at),
        )  # fmt: skip
        recipient = recipient_of(row, dispatch.briefing, dispatch.office, at)
        message = writer.message(row)
        notices.extend(writer.composer(letter, recipient.language, at).notices(recipient))
        return message


def _counted(plan: MailPlan, selection: Selection, samples: Samples) -> MailPlan:
    return evolve(
        plan,
        languages=dict(selection.languages),
        left_out=dict(selection.left_out),
        notices=tuple(dict.fromkeys(samples.notices)),
        samples=samples.messages,
        unwritten=samples.unwritten,
    )


def _person(address: str) -> str:
    person = normalised_email(address)
    if person is None:
        raise MailingError("that is no e-mail address")
    return person
