"""What is done with what comes back: who must not be written to again, and what became of which message.

Each event is heard once, however often it is told and in whatever order, and nothing that was sent is sent again
because of one. A suppression that a person has lifted does not come back with an old event.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

from attrs import field, frozen

from briefingkit.mailing.feedback import Event, Kind, suppresses
from briefingkit.mailing.suppression import Suppressions
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

__all__ = ["Heard", "hear"]

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

    `kinds` counts those that were new, `suppressed` the reasons not to write to somebody again that are new,
    `settled` the messages of which nobody knew whether they went, until now.
    """

    kinds: Mapping[str, int] = field(factory=dict)
    repeated: int = 0
    strange: int = 0
    suppressed: int = 0
    settled: int = 0


def hear(
    events: Iterable[Event], ledger: "Ledger", *, now: datetime, source: str, ours_only: bool = False
) -> Heard:
    """Take events in, in transactions of some hundreds. StoreError where the ledger cannot be written.

    `source` says who told. With `ours_only`, as for mails that anybody can write, an event counts where it is about a
    message that has gone out and names nobody else than its recipient.
    """
    suppressions, rest = Suppressions.of(ledger, key_of(Registrations(ledger))), iter(events)
    feedback, total = MailFeedback(ledger), Counter[str]()
    while some := list(islice(rest, _AT_ONCE)):
        with feedback.writing() as writer:
            told = _Hearing(writer, suppressions, now, source).take(some, ours_only=ours_only)
        total.update(told)
    kinds = {kind.value: total[kind.value] for kind in Kind if total[kind.value]}
    return Heard(kinds, total["repeated"], total["strange"], total["suppressed"], total["settled"])


_About = tuple[Event, "DeliveryRow | None"]


@frozen
class _Hearing:
    """One transaction in which some events are taken in."""

    writer: "FeedbackWriter"
    suppressions: Suppressions
    now: datetime
    source: str

    def take(self, events: Sequence[Event], *, ours_only: bool) -> Counter[str]:
        """Take events in, and count them."""
        about = self._about(events)
        fitting = [each for each in about if not ours_only or _fits(*each)]
        told = Counter(strange=len(about) - len(fitting))
        named = {f"{self.source}\n{event.id}": (event, row) for event, row in reversed(fitting)}
        new = [named[name] for name in sorted(self.writer.hear(named, at=iso(self.now)))]
        told["repeated"] = len(fitting) - len(new)
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


def _fits(event: Event, row: "DeliveryRow | None") -> bool:
    """Tell whether an event is about a message of ours and names nobody else than its recipient."""
    person = normalised_email(event.recipient)
    return row is not None and person in {None, row.person, normalised_email(row.address)}


def _order(fate: FateRow) -> tuple[int, str]:
    return _WEIGHT[Kind(fate.kind)], fate.at
