"""What is done with what comes back: who must not be written to again, and what became of which message.

Each event is heard once, however often it is told and in whatever order, and nothing that was sent is sent again
because of one. A suppression that a person has lifted does not come back with an old event: that it was heard is
remembered for as long as it would be heard again.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from attrs import field, frozen

from briefingkit.mailing.incoming.feedback import Event, Kind, suppresses
from briefingkit.mailing.messages.names import Names
from briefingkit.mailing.people.suppression import Suppressions
from briefingkit.registrations.codec import iso
from briefingkit.registrations.person import normalised_email
from briefingkit.registrations.registration_list import key_of
from briefingkit.store.mail_feedback import FateRow, MailFeedback
from briefingkit.store.mail_suppressions import MailSuppressionRow
from briefingkit.store.registrations import Registrations

if TYPE_CHECKING:
    from briefingkit.store.delivery_rows import DeliveryRow
    from briefingkit.store.ledger import Ledger
    from briefingkit.store.mail_feedback import FeedbackWriter

__all__ = ["MEMORY", "Heard", "hear"]

MEMORY = timedelta(days=31)
"""How long the calls of mail services are remembered, and what happened longer ago is not heard from one.

They try again for 8 hours (Mailgun), 11 (Postmark, Brevo), a day (SendGrid) or 28 hours (Resend), as their pages on
webhooks say; Amazon SNS for an hour over HTTP, and for 23 days at its own endpoints.
"""

_RETURNS = timedelta(days=366)
"""How long after a message a mail is heard that says what became of it."""
_BARE_RETURNS = timedelta(days=60)
"""The same for a message whose name has no proof; servers give up after some five days (RFC 5321 section 4.5.4.1)."""
_LASTING = frozenset((Kind.COMPLAINED, Kind.UNSUBSCRIBED))
"""What is heard however late it is told: who says that must not be written to again. There is little of it."""
_FOR_EVER = ""
_AHEAD = timedelta(days=1)
_AT_ONCE = 500
_GONE = frozenset(("committing", "sent", "uncertain"))
"""States of deliveries that may have left the house: of others nobody outside can know anything.

A service may tell of a mail before its acceptance is written down here.
"""
_NOT_SENT = frozenset((Kind.REJECTED, Kind.FAILED))
_WEIGHT = {
    Kind.QUEUED: 0,
    Kind.SENT: 0,
    Kind.DEFERRED: 0,
    Kind.DELIVERED: 1,
    Kind.BOUNCED: 1,
    Kind.REJECTED: 1,
    Kind.FAILED: 1,
    Kind.OPENED: 1,
    Kind.CLICKED: 1,
    Kind.UNSUBSCRIBED: 2,
    Kind.COMPLAINED: 3,
}
"""What weighs more stays, whatever is told after it; of what weighs the same, the newer."""


@frozen
class Heard:
    """What some events told. `repeated` were heard before, `strange` are about no message of this ledger's.

    `old` are about what is too long ago to be told now, and are not heard.
    `kinds` counts those that were new, `suppressed` the reasons not to write to somebody again that are new,
    `settled` the messages of which nobody knew whether they went, until now.
    """

    kinds: Mapping[str, int] = field(factory=dict)
    repeated: int = 0
    strange: int = 0
    suppressed: int = 0
    settled: int = 0
    old: int = 0


def hear(
    events: Iterable[Event],
    ledger: "Ledger",
    *,
    now: datetime,
    source: str,
    ours_only: bool = False,
    memory: timedelta | None = None,
) -> Heard:
    """Take events in, in transactions of some hundreds. StoreError where the ledger cannot be written.

    `source` says who told. With `ours_only`, as for mails that anybody can write, an event counts where it is about a
    message that has gone out, calls it by its whole name and names nobody else than its recipient; it is heard for a
    year after the message. `memory` is for how long others are heard after they happened, and remembered; None is for
    ever. Complaints, and who wants no more, are heard always.
    """
    key, rest = key_of(Registrations(ledger)), iter(events)
    names, suppressions = Names.of(ledger, key), Suppressions.of(ledger, key)
    feedback, total = MailFeedback(ledger), Counter[str]()
    while some := list(islice(rest, _AT_ONCE)):
        with feedback.writing() as writer:
            hearing = _Hearing(writer, suppressions, names, now, source, ours_only, memory)
            total.update(hearing.take(some))
    kinds = {kind.value: total[kind.value] for kind in Kind if total[kind.value]}
    others = {name: total[name] for name in ("repeated", "strange", "suppressed", "settled", "old")}
    return Heard(kinds, **others)


_About = tuple[Event, "DeliveryRow | None"]


@frozen
class _Hearing:
    """One transaction in which some events are taken in."""

    writer: "FeedbackWriter"
    suppressions: Suppressions
    names: Names
    now: datetime
    source: str
    ours_only: bool
    memory: timedelta | None

    def take(self, events: Sequence[Event]) -> Counter[str]:
        """Take events in, and count them."""
        about = self._about(events)
        fitting = [each for each in about if not self.ours_only or self._fits(*each)]
        recent = [each for each in fitting if not self._is_old(*each)]
        told = Counter(strange=len(about) - len(fitting), old=len(fitting) - len(recent))
        named = {f"{self.source}\n{event.id}": (event, row) for event, row in reversed(recent)}
        until = {name: self._until(event) for name, (event, _) in named.items()}
        new = [named[name] for name in sorted(self.writer.hear(until, at=iso(self.now)))]
        told["repeated"] = len(recent) - len(new)
        told["strange"] += sum(row is None for _, row in new)
        told.update(event.kind.value for event, _ in new)
        went = {row.id for event, row in new if row is not None and event.kind not in _NOT_SENT}
        told["settled"] = self.writer.went(went, now=iso(self.now)) if went else 0
        told["suppressed"] = self.writer.suppress(filter(None, map(self._suppression, new)))
        self._note(new)
        return told

    def _about(self, events: Sequence[Event]) -> list[_About]:
        """Find the message of each event that may have gone out."""
        rows = self.writer.deliveries({event.key for event in events if event.key})
        found = []
        for event in events:
            person = normalised_email(event.recipient)
            row = rows.get(event.key) if event.key is not None else None
            if event.key is None and event.remote_id is not None and person is not None:
                row = self.writer.named(event.remote_id, person)
            found.append((event, row if row is not None and row.state in _GONE else None))
        return found

    def _fits(self, event: Event, row: "DeliveryRow | None") -> bool:
        """Tell whether an event is about a message of ours by its name, and names nobody else than its recipient."""
        person = normalised_email(event.recipient)
        if row is None or person not in {None, row.person, normalised_email(row.address)}:
            return False
        return event.proven or self.names.is_bare(row.begun_at)

    def _is_old(self, event: Event, row: "DeliveryRow | None") -> bool:
        """Tell whether an event is told too late: that it was heard before may be forgotten by now."""
        if event.kind in _LASTING and (event.proven or event.kind is Kind.UNSUBSCRIBED):
            return False
        if not self.ours_only:
            return self.memory is not None and event.at < self.now - self.memory
        if row is None or row.begun_at is None:
            return False
        heard_for = _RETURNS if event.proven else _BARE_RETURNS
        return row.begun_at < iso(self.now - heard_for)

    def _until(self, event: Event) -> str:
        """Tell how long it is to be remembered that an event was heard: until it would be too old."""
        if event.kind in _LASTING:
            return _FOR_EVER
        if self.ours_only:
            # A message was begun before anybody could tell of it.
            return iso(self.now + _RETURNS)
        return _FOR_EVER if self.memory is None else iso(max(self.now, event.at) + self.memory + _AHEAD)

    def _suppression(self, about: _About) -> MailSuppressionRow | None:
        event, row = about
        reason = suppresses(event)
        whom = row.person if row is not None else normalised_email(event.recipient)
        if reason is None or whom is None:
            return None
        mark = self.suppressions.mark(whom)
        return MailSuppressionRow(mark, "", reason.value, iso(self.now), self.source)

    def _note(self, new: Iterable[_About]) -> None:
        """Write down what became of messages, where that says more than what is known, or is newer."""
        those = [(event, row.id) for event, row in new if row is not None]
        held = self.writer.fates({key for _, key in those})
        noted = dict[str, FateRow]()
        for event, key in those:
            at = min(event.at.astimezone(UTC), self.now.astimezone(UTC))
            fate = FateRow(key, event.kind.value, event.reason and event.reason.value, iso(at), event.words)
            if key not in held or _order(fate) >= _order(held[key]):
                held[key] = noted[key] = fate
        self.writer.put(noted.values())


def _order(fate: FateRow) -> tuple[int, str]:
    return _WEIGHT[Kind(fate.kind)], fate.at
