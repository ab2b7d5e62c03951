"""What a run of the outbox is told, and what it tells."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from attrs import field, frozen

from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.outgoing.deliveries import Resolution
from briefingkit.mailing.outgoing.pacing import Backoff
from briefingkit.store.delivery_rows import DeliveryRow

__all__ = ["MessageOf", "Progress", "Report", "Sending", "Suppressed"]

MessageOf = Callable[[DeliveryRow], Message]
"""Writes the message of a row, whose `id` is its key and whose `begun_at` its Date: always the same octets.

A BriefingkitError that it raises is about this one message, which then fails with its words.
"""
Suppressed = Callable[[Sequence[DeliveryRow]], Mapping[str, str]]
"""Tells which of some rows, by id, may not be sent any more, each with a reason without personal data."""


@frozen
class Sending:
    """How a run sends.

    A row is held for `lease` at most; a sender of which nothing is heard for `silence` longer than that is taken for
    dead, also between the last dot and its answer. `patience` is how long a run goes on without a single message
    taken, `wait` how long it waits for what is due later. `uncertain` is what is done with what a dead one left.
    `most_held` bounds the rows that are held at once. `ledger_waits` are the seconds between attempts to write down
    what was answered, where the ledger is locked or full.
    """

    lease: timedelta = timedelta(minutes=2)
    silence: timedelta = timedelta(minutes=11)
    patience: timedelta = timedelta(minutes=10)
    wait: timedelta = timedelta()
    backoff: Backoff = field(factory=Backoff)
    uncertain: Resolution = Resolution.HOLD
    most_held: int = 500
    ledger_waits: tuple[float, ...] = (0.2, 1.0, 3.0, 10.0, 15.0)


@frozen
class Progress:
    """What a run has done so far, in messages: `deferred` come again, of `uncertain` nobody knows whether they went.

    While it rests, `rest` is for how long, and `complaint` what the server said, or why there is none.
    """

    sent: int = 0
    failed: int = 0
    deferred: int = 0
    uncertain: int = 0
    dropped: int = 0
    rest: timedelta | None = None
    complaint: str = ""


@frozen
class Report:
    """What a run has done, why it ended before all was done (None: it did not), and when there is more to do."""

    progress: Progress
    stopped: str | None = None
    next_due: datetime | None = None
    found: int = 0
    """Uncertain messages of an earlier run that the transport knew to have gone."""
    orphaned: int = 0
    """Messages that an earlier run left in hand, and of which none can have gone."""
