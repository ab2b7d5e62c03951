"""What is done with what comes back: who must not be written to again, and what became of which message.

Each event is heard once, however often it is told and in whatever order, and nothing that was sent is sent again
because of one. A suppression that a person has lifted does not come back with an old event.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
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
_GONE = frozenset(("sent", "uncertain"))
"""States of deliveries that may have left the house: of others nobody outside can know anything."""
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
    ear = _Ear(Suppressions.of(ledger, key_of(Registrations(ledger))), now, source, ours_only)
    feedback, rest = MailFeedback(ledger), iter(events)
    while some := list(islice(rest, _AT_ONCE)):
        tally = Counter[str]()
        with feedback.writing() as writer:
            for event in some:
                tally.update(ear.take(writer, event))
        ear.total.update(tally)
    return _told(ear.total)


def _told(total: Counter[str]) -> Heard:
    kinds = {kind.value: total[kind.value] for kind in Kind if total[kind.value]}
    return Heard(kinds, total["repeated"], total["strange"], total["suppressed"], total["settled"])


@frozen
class _Ear:
    """All that one event is taken in with."""

    suppressions: Suppressions
    now: datetime
    source: str
    ours_only: bool
    total: Counter[str] = field(factory=Counter)

    def take(self, writer: "FeedbackWriter", event: Event) -> list[str]:
        """Take an event in, and give what to count."""
        person = normalised_email(event.recipient)
        row = writer.delivery(event.key, event.remote_id, person)
        if row is not None and row.state not in _GONE:
            row = None
        if self.ours_only and (row is None or person not in {None, *_names(row)}):
            return ["strange"]
        now = iso(self.now)
        if not writer.hear(f"{self.source}\n{event.id}", at=now):
            return ["repeated"]
        told = [event.kind.value]
        if row is None:
            told.append("strange")
        else:
            _note(writer, row, event, self.now)
            if event.kind not in _NOT_SENT and writer.went(row, now=now):
                told.append("settled")
        reason, whom = suppresses(event), row.person if row is not None else person
        if reason is not None and whom is not None:
            mark = self.suppressions.mark(whom)
            if writer.suppress(MailSuppressionRow(mark, "", reason.value, now, self.source)):
                told.append("suppressed")
        return told


def _names(row: "DeliveryRow") -> set[str | None]:
    return {row.person, normalised_email(row.address)}


def _note(writer: "FeedbackWriter", row: "DeliveryRow", event: Event, now: datetime) -> None:
    """Write down what became of a message, where that says more than what is known, or is newer."""
    at = min(event.at.astimezone(UTC), now.astimezone(UTC))
    held = writer.fate(row.id)
    new = FateRow(row.id, event.kind.value, event.reason and event.reason.value, iso(at), event.words)
    if held is None or _order(new) >= _order(held):
        writer.put_fate(new)


def _order(fate: FateRow) -> tuple[int, str]:
    return _WEIGHT[Kind(fate.kind)], fate.at
