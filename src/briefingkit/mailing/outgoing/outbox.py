"""The outbox: one sender that takes a mailing's deliveries out of the ledger and hands them to a transport.

For each batch: everything but the last word is said to the server, the ledger notes (in one durable commit) that these
are about to go, the last word is said, and the ledger notes what was answered. Nothing is sent that is not noted
first, and what was noted to be taken is never sent again. While the server is busy, the next batch is claimed and
written.
"""

import itertools
import os
import platform
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from attrs import evolve, field, frozen

from briefingkit.errors import BriefingkitError, StoreError, Transient
from briefingkit.mailing.outgoing.answers import clean
from briefingkit.mailing.outgoing.batch import Batch, answer, answer_to, written
from briefingkit.mailing.outgoing.deliveries import Resolution, mailing_id
from briefingkit.mailing.outgoing.pacing import Pace, paced
from briefingkit.mailing.outgoing.sending import MessageOf, Progress, Report, Sending, Suppressed
from briefingkit.mailing.outgoing.transport import Delivery, Expecting, Staged, Status, Transport
from briefingkit.registrations.codec import iso
from briefingkit.store.claims import Bucket, Claims, Orphans, Position
from briefingkit.store.deliveries import Deliveries
from briefingkit.store.delivery_rows import AnswerRow, DeliveryRow

__all__ = ["Outbox", "sender_name"]

_BATCHES_HELD = 10
_runs = itertools.count()


def _nobody(_rows: Sequence[DeliveryRow]) -> dict[str, str]:
    return {}


def _silent(_progress: Progress) -> None:
    pass


def _never() -> bool:
    return False


def sender_name(now: datetime) -> str:
    """Name a sender as no other is named: its host, its process, and when it began."""
    host = re.sub(r"[^A-Za-z0-9-]+", "-", platform.node())[:40]
    return f"{host}-{os.getpid()}-{next(_runs)}-{int(now.timestamp() * 1_000_000):x}"


@frozen
class Outbox:
    """Sends the due deliveries of a mailing: `clock` gives the time, `sleep` takes seconds, `stop` says when to end.

    `suppressed` is asked of rows just before they are sent. `tell` hears of each batch. Several outboxes may be at
    work on one mailing, in one process or on several machines.
    """

    store: Deliveries
    transport: Transport
    clock: Callable[[], datetime]
    sending: Sending = field(factory=Sending)
    suppressed: Suppressed = _nobody
    tell: Callable[[Progress], None] = _silent
    stop: Callable[[], bool] = _never
    sleep: Callable[[float], None] = time.sleep

    def run(self, briefing: str, mailing: str, message_of: MessageOf, chunk: int | None = None) -> Report:
        """Send what is due, of all or of one chunk.

        Raises StoreError where the ledger cannot be written, IntegrationError where the transport cannot be used, and
        what `message_of` raises beside errors of this project; in each case nothing is lost.
        """
        now = self.clock()
        claims = Claims(self.store.ledger, sender_name(now))
        with self.store.ledger.present(claims.owner, at=now):
            return _Run(self, claims, mailing_id(briefing, mailing), message_of, chunk).run()


class _Run:
    """One run, with what it has learnt so far."""

    def __init__(
        self, outbox: Outbox, claims: Claims, mailing: int, message_of: MessageOf, chunk: int | None
    ) -> None:
        self.box = outbox
        self.claims = claims
        self.mailing = mailing
        self.chunk = chunk
        self.message_of = message_of
        capabilities = outbox.transport.capabilities
        self.pace = Pace(capabilities.batch)
        self.bucket = (
            None
            if capabilities.rate is None
            else Bucket(capabilities.account, capabilities.rate, max(1.0, capabilities.rate))
        )
        self.expecting = outbox.transport if isinstance(outbox.transport, Expecting) else None
        self.progress = Progress()
        self.after: Position | None = None
        self.held: Sequence[DeliveryRow] = ()
        self.ahead: Batch | None = None
        self.moved_at = outbox.clock()
        self.complaint = ""
        self.orphaned = 0

    def run(self) -> Report:
        self._take_over()
        found = self._settle_uncertain()
        try:
            self._count(dropped=self.claims.expire(self.mailing, now=self._now(), chunk=self.chunk))
            stopped = self._send_all()
        except BaseException:
            with suppress(StoreError):  # who takes over finds them
                self._give_back()
            raise
        self._give_back()
        due = self.box.store.next_due(self.mailing, self.chunk)
        next_due = None if due is None else datetime.fromisoformat(due) if due else self.box.clock()
        return Report(self.progress, stopped, next_due, found, self.orphaned)

    # Before the first message

    def _take_over(self) -> Orphans:
        now = self.box.clock()
        orphans = self.claims.reclaim(
            self.mailing,
            now=iso(now),
            grace=iso(now - self.box.sending.silence),
            is_gone=self.box.store.ledger.is_gone,
        )
        self.orphaned += orphans.released
        return orphans

    def _settle_uncertain(self) -> int:
        """Settle what the transport can tell of, or holds but once, and follow the policy with the rest."""
        can = self.box.transport.capabilities
        again, found = list[DeliveryRow](), list[DeliveryRow]()
        if not (can.finds or can.repeats or self.box.sending.uncertain is Resolution.RESEND):
            return 0
        for row in self.box.store.rows(self.mailing, ("uncertain",)):
            if can.finds and self._is_found(row):
                found.append(row)
            elif can.repeats or self.box.sending.uncertain is Resolution.RESEND:
                again.append(row)
        self._settle(found, "sent", "found where it was sent to")
        self._settle(again, "planned", None)
        return len(found)

    def _is_found(self, row: DeliveryRow) -> bool:
        try:
            found = self.box.transport.find(self.message_of(row))
        except BriefingkitError:
            return False
        return found is not None and found.status is Status.SENT

    def _settle(self, rows: Sequence[DeliveryRow], state: str, words: str | None) -> None:
        self.box.store.settle((row.place for row in rows), state, now=self._now(), words=words)

    # Batch by batch

    def _send_all(self) -> str | None:
        while True:
            if self.box.stop():
                return "asked to stop"
            if (reason := self._rest()) is not None:
                return reason
            if not self.held:
                self._claim()
            if not self.held:
                if self._nothing_more():
                    return None
            elif not self._send(self._next_rows()) or self.pace.wait(self.box.clock()):
                self._give_back()

    def _claim(self) -> None:
        now = self.box.clock()
        rows = self.claims.claim(
            self.mailing,
            now=iso(now),
            lease=iso(now + self.box.sending.lease),
            limit=min(self.pace.width * _BATCHES_HELD, self.box.sending.most_held),
            after=self.after,
            bucket=self.bucket,
            chunk=self.chunk,
        )
        if rows:
            self.after = (rows[-1].due, *rows[-1].place[1:])
        reasons = self.box.suppressed(rows) if rows else {}
        if reasons:
            self._record([answer(row, "dropped", reasons[row.id]) for row in rows if row.id in reasons])
        self.held = [row for row in rows if row.id not in reasons]

    def _nothing_more(self) -> bool:
        """Tell whether all is done that is to be done now; else look again, from the beginning, after a while."""
        if self.after is not None:
            self.after = None
            return False
        due = self.box.store.next_due(self.mailing, self.chunk)
        if due is None:
            # Somebody may have died meanwhile who held the rest.
            return not self._take_over().released
        now = self.box.clock()
        if due <= iso(now):
            # Others hold these, or the bucket is empty.
            self.box.sleep(0.1 if self.bucket is None else min(1.0, max(0.05, 1 / self.bucket.rate)))
            return self.bucket is None and self._is_out_of_patience(timedelta())
        until = datetime.fromisoformat(due) - now
        if until > self.box.sending.wait:
            return True
        self._sleep(until)
        self.moved_at = self.box.clock()
        return False

    def _rest(self) -> str | None:
        """Keep still as long as the server asks; say why, where that is longer than anybody's patience."""
        rest = self.pace.wait(self.box.clock())
        if not rest:
            return None
        if self._is_out_of_patience(rest):
            return self.complaint
        self.box.tell(evolve(self.progress, rest=rest, complaint=self.complaint))
        self._sleep(rest)
        return None

    def _sleep(self, span: timedelta) -> None:
        end = self.box.clock() + span
        while (left := (end - self.box.clock()).total_seconds()) > 0 and not self.box.stop():
            self.box.sleep(min(left, 1.0))

    def _is_out_of_patience(self, rest: timedelta) -> bool:
        return self.box.clock() + rest - self.moved_at > self.box.sending.patience

    def _next_rows(self) -> Sequence[DeliveryRow]:
        width = self.pace.width
        rows, self.held = self.held[:width], self.held[width:]
        return rows

    def _send(self, rows: Sequence[DeliveryRow]) -> bool:
        """Send a batch; False where what is still held should be given back and claimed anew."""
        batch = self._written(rows)
        if not batch.messages:
            self._record(batch.spoilt)
            return True
        try:
            staged = self.box.transport.stage(batch.messages)
        except Transient as fault:
            self._record(batch.spoilt)
            self.complaint = clean(str(fault))
            wait = None if fault.retry_after is None else timedelta(seconds=fault.retry_after)
            away = Delivery("", Status.DEFERRED, retry_after=wait, throttled=True)
            self.pace = paced(self.pace, [away], self.box.clock())
            return False
        by_id = {row.id: row for row in rows}
        try:
            self._look_ahead()
            lease = self._note(staged, by_id, batch)
        except BaseException:
            staged.abandon()
            raise
        if lease is None:
            staged.abandon()
            return False
        if self.box.clock() >= lease:
            # We slept since: others may take these for lost. They did not go, so that is easily said.
            staged.abandon()
            self._record([answer(by_id[key], "planned", None) for key in staged.keys])
            return False
        self._let_go(staged, by_id)
        return True

    def _written(self, rows: Sequence[DeliveryRow]) -> Batch:
        ahead, self.ahead = self.ahead, None
        return ahead if ahead is not None and ahead.rows == rows else written(rows, self.message_of)

    def _look_ahead(self) -> None:
        """Claim and write the next batch while the server is busy with this one, of which only the dots are missing."""
        if not self.held and self.bucket is None:
            self._claim()
        if self.held:
            with suppress(Exception):  # which stops nobody but whom it is about: it comes again in their turn
                self.ahead = written(self.held[: self.pace.width], self.message_of)

    def _note(self, staged: Staged, by_id: dict[str, DeliveryRow], batch: Batch) -> datetime | None:
        """Note what is about to go and what was refused; the end of the lease is given, None if rows are not ours."""
        answers = [*batch.spoilt, *self._answers(staged.settled, by_id)]
        now = self.box.clock()
        lease = now + self.box.sending.lease
        going = [(by_id[key].place, batch.imprints[key]) for key in staged.keys]
        if not self.claims.commit(going, answers, now=iso(now), lease=iso(lease)):
            return None
        self._count(answers)
        return lease

    def _let_go(self, staged: Staged, by_id: dict[str, DeliveryRow]) -> None:
        """Let a batch go and write down what became of each, whatever happens in between."""
        known = dict[str, Delivery]()
        if self.expecting is not None:
            self.expecting.expect(() if self.ahead is None else self.ahead.messages)
        try:
            for delivery in staged.commit():
                known[delivery.key] = delivery
        finally:
            those = [
                known.get(key) or Delivery(key, Status.UNKNOWN, words="no answer") for key in staged.keys
            ]
            # Where a batch waits, its note, or giving it back, makes this durable too: one sync for both.
            self._record(self._answers(those, by_id), durable=self.ahead is None)
        self._learn([*staged.settled, *those])

    def _answers(self, deliveries: Sequence[Delivery], by_id: dict[str, DeliveryRow]) -> list[AnswerRow]:
        now, backoff = self.box.clock(), self.box.sending.backoff
        return [answer_to(by_id[each.key], each, now, backoff) for each in deliveries]

    # Writing down

    def _record(self, answers: Sequence[AnswerRow], *, durable: bool = True) -> None:
        """Write answers down, and again if the ledger is locked or full: what was taken must not be sent again."""
        for wait in self.box.sending.ledger_waits:
            try:
                self.claims.record(answers, now=self._now(), durable=durable)
                break
            except StoreError:
                self.box.sleep(wait)
        else:
            self.claims.record(answers, now=self._now(), durable=durable)
        self._count(answers)

    def _give_back(self) -> None:
        self.claims.release(self.mailing)
        self.after = self.ahead = None
        self.held = ()

    def _learn(self, deliveries: Sequence[Delivery]) -> None:
        now = self.box.clock()
        self.pace = paced(self.pace, deliveries, now)
        for delivery in deliveries:
            if delivery.throttled:
                self.complaint = delivery.words
            else:
                self.moved_at = now
        self.box.tell(self.progress)

    def _count(self, answers: Sequence[AnswerRow] = (), dropped: int = 0) -> None:
        states, held = Counter(each.state for each in answers), self.progress
        self.progress = Progress(
            sent=held.sent + states["sent"],
            failed=held.failed + states["failed"],
            deferred=held.deferred + states["planned"],
            uncertain=held.uncertain + states["uncertain"],
            dropped=held.dropped + states["dropped"] + dropped,
        )

    def _now(self) -> str:
        return iso(self.box.clock())
