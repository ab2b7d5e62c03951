"""A batch of a mailing: some rows, the messages that were written of them, and what the ledger takes as an answer."""

import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from attrs import field, frozen

from briefingkit.errors import BriefingkitError
from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.outgoing.answers import clean
from briefingkit.mailing.outgoing.pacing import Backoff
from briefingkit.mailing.outgoing.sending import MessageOf
from briefingkit.mailing.outgoing.transport import Delivery, Status
from briefingkit.registrations.codec import iso
from briefingkit.store.delivery_rows import AnswerRow, DeliveryRow

__all__ = ["Batch", "answer", "answer_to", "imprint", "written"]

_NOT_THE_SAME = "the message is not the same as the one that may have gone: settle it by hand"


@frozen
class Batch:
    """Rows that go together: the messages of those that can go, an imprint of each, and an answer for the others."""

    rows: Sequence[DeliveryRow]
    messages: Sequence[Message] = field(repr=False)
    imprints: Mapping[str, str]
    spoilt: Sequence[AnswerRow]


def imprint(message: Message) -> str:
    """Tell a message's octets from those that it would have after a change. It guards against slips, not forgers."""
    return f"{zlib.crc32(message.content):08x}-{len(message.content)}"


def written(rows: Sequence[DeliveryRow], message_of: MessageOf) -> Batch:
    """Write messages; what cannot be written, or is not what may have gone before, is answered for at once."""
    messages, imprints, spoilt = list[Message](), dict[str, str](), list[AnswerRow]()
    for row in rows:
        try:
            message = message_of(row)
        except BriefingkitError as error:
            words = clean(f"the message could not be written: {error}", (row.address, row.person))
            spoilt.append(answer(row, "failed", words))
            continue
        if message.key != row.id:
            raise ValueError("a message has the key of another delivery")
        # Now, while its octets are at hand: each waits behind a whole batch of others.
        made = imprint(message)
        if row.imprint not in {None, made}:
            spoilt.append(answer(row, "uncertain", _NOT_THE_SAME))
            continue
        messages.append(message)
        imprints[row.id] = made
    return Batch(rows, messages, imprints, spoilt)


def answer(row: DeliveryRow, state: str, words: str | None) -> AnswerRow:
    """Give what the ledger takes for a row of which no server has said anything."""
    return AnswerRow(row.place, state, row.due, row.attempts, None, words, None)


def answer_to(row: DeliveryRow, delivery: Delivery, now: datetime, backoff: Backoff) -> AnswerRow:
    """Give what the ledger takes for a row of which a server has told what became of it."""
    state, due, attempts = str(delivery.status), row.due, row.attempts
    if delivery.status is Status.UNKNOWN:
        state, attempts = "uncertain", attempts + 1
    elif delivery.status is Status.DEFERRED:
        state = "planned"
        its_own = not delivery.throttled and delivery.retry_after != timedelta()
        attempts += its_own
        wait = backoff.after(attempts, row.id) if its_own else timedelta()
        due = iso(now + (wait if delivery.retry_after is None else delivery.retry_after))
        if its_own and attempts >= backoff.attempts:
            state = "failed"
    return AnswerRow(
        row.place, state, due, attempts, delivery.code, delivery.words or None, delivery.remote_id
    )
