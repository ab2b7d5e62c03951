"""A mailing's deliveries: planned once each, looked at, and settled where nobody knows what became of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from briefingkit.errors import ModelError
from briefingkit.mailing.outgoing.keys import message_key
from briefingkit.registrations.codec import dumps, iso
from briefingkit.store.deliveries import CHUNK, Planned, mailing_id
from briefingkit.store.delivery_rows import NewDelivery

if TYPE_CHECKING:
    from briefingkit.mailing.outgoing.jobs import Enlist
    from briefingkit.store.chunks import Transaction
    from briefingkit.store.deliveries import Deliveries
    from briefingkit.store.delivery_rows import DeliveryRow

__all__ = [
    "Addressed",
    "Resolution",
    "Whole",
    "cancel",
    "failures",
    "mailing_id",
    "plan_deliveries",
    "resolve",
    "resume",
    "supersede",
    "suspend",
    "told_occasions",
    "uncertain",
]

_CANCELLED = "cancelled"
_SUPERSEDED = "superseded by another date"


@frozen
class Addressed:
    """One recipient of a mailing: what is needed to write to them later, and no more.

    `person` is the normalised address, by which people are told apart and erased; `address` is where the message goes.
    `data` is what the message takes of them (language, zone, name, number …), of JSON's types. `due` is None for at
    once; after `expires` it is never sent.
    """

    person: str = field(repr=False)
    address: str = field(repr=False)
    occasion: str = ""
    data: Mapping[str, Any] = field(factory=dict, repr=False, hash=False)
    due: datetime | None = None
    expires: datetime | None = None


@frozen
class Whole:
    """All who are to be written to on an occasion; `stop` cuts planning them off between two chunks."""

    occasion: str
    stop: Callable[[], bool]


class Resolution(StrEnum):
    """What is done with a message of which nobody knows whether it went."""

    HOLD = "hold"
    """Leave it to a person."""
    RESEND = "resend"
    """Send it again, with the same octets and Message-ID, so that a mail program may see that it is the same."""
    SENT = "sent"
    """Take it for sent."""
    DROP = "drop"
    """Take it for not sent, and do not send it."""


def plan_deliveries(
    store: "Deliveries",
    briefing: str,
    mailing: str,
    recipients: Iterable[Addressed],
    *,
    now: datetime,
    enlist: "Enlist | None" = None,
    whole: Whole | None = None,
) -> Planned:
    """Plan a message to each recipient, streamed, a chunk a transaction; whoever was planned before is not again.

    It may be run again after it was cut off. Where these are a `whole`, the ledger has it as unfinished until its end.
    `enlist` puts each new chunk in line for whoever sends it, in the chunk's transaction. ModelError for an address
    that cannot be one.
    """
    done, each = Planned(), iter(recipients)
    unfinished = whole is not None and whole.occasion in store.unfinished(briefing, mailing)
    while some := list(islice(each, CHUNK)):
        more = len(some) == CHUNK
        if whole is not None and more and not unfinished:
            store.mark_planning(briefing, mailing, whole.occasion, ended=False, now=iso(now))
            unfinished = True
        rows = [_new(briefing, mailing, one) for one in some]
        done += store.plan(briefing, mailing, rows, now=iso(now), enlist=_enlisting(enlist, some))
        if whole is not None and more and whole.stop():
            return done
    if whole is not None and unfinished:
        store.mark_planning(briefing, mailing, whole.occasion, ended=True, now=iso(now))
    return done


def _enlisting(
    enlist: "Enlist | None", some: Sequence[Addressed]
) -> "Callable[[Transaction, int], object] | None":
    if enlist is None:
        return None
    dues = [one.due for one in some if one.due is not None]
    first = min(dues) if len(dues) == len(some) else None
    return lambda transaction, chunk: enlist(transaction, chunk, first)


def uncertain(store: "Deliveries", briefing: str, mailing: str) -> Iterator["DeliveryRow"]:
    """Give the messages of which nobody knows whether they went."""
    return store.rows(mailing_id(briefing, mailing), ("uncertain",))


def failures(store: "Deliveries", briefing: str, mailing: str) -> Iterator["DeliveryRow"]:
    """Give the messages that were given up, with the server's words."""
    return store.rows(mailing_id(briefing, mailing), ("failed",))


def resolve(
    rows: Iterable["DeliveryRow"], resolution: Resolution, store: "Deliveries", *, now: datetime
) -> int:
    """Settle uncertain messages by a person's word; how many is given. To hold them is to leave them."""
    state, words = {
        Resolution.HOLD: ("uncertain", None),
        Resolution.RESEND: ("planned", None),
        Resolution.SENT: ("sent", "taken for sent by hand"),
        Resolution.DROP: ("dropped", "taken for not sent by hand"),
    }[resolution]
    if resolution is Resolution.HOLD:
        return 0
    return store.settle([row.place for row in rows], state, now=iso(now), words=words)


def suspend(store: "Deliveries", briefing: str, mailing: str, *, now: datetime) -> int:
    """Hold back what was not sent yet, as for a briefing that is postponed."""
    return store.move(mailing_id(briefing, mailing), ("planned",), "suspended", now=iso(now))


def resume(store: "Deliveries", briefing: str, mailing: str, *, now: datetime) -> int:
    """Let go what was held back."""
    return store.move(mailing_id(briefing, mailing), ("suspended",), "planned", now=iso(now))


def cancel(store: "Deliveries", briefing: str, mailing: str, *, now: datetime) -> int:
    """Drop what was not sent yet, as for a briefing that is cancelled."""
    states = ("planned", "suspended")
    return store.move(mailing_id(briefing, mailing), states, "dropped", now=iso(now), words=_CANCELLED)


def supersede(store: "Deliveries", briefing: str, mailing: str, occasion: str, *, now: datetime) -> int:
    """Drop what was not sent yet and is about another occasion: plan the mailing for this one after it."""
    return store.move(
        mailing_id(briefing, mailing),
        ("planned", "suspended"),
        "dropped",
        now=iso(now),
        words=_SUPERSEDED,
        but_occasion=occasion,
    )


def told_occasions(store: "Deliveries", briefing: str, mailing: str) -> Mapping[str, bool]:
    """Tell on which occasions a mailing was sent, and whether to all who were planned, but for those who left."""
    unsent = ("planned", "suspended", "claimed", "committing")
    return store.occasions(mailing_id(briefing, mailing), unsent, (_CANCELLED, _SUPERSEDED))


def _new(briefing: str, mailing: str, to: Addressed) -> NewDelivery:
    if not to.address or not to.address.isprintable() or "@" not in to.address:
        raise ModelError("this is no address that mail can be sent to", field="address")
    return NewDelivery(
        id=message_key(briefing, mailing, to.person, to.occasion),
        occasion=to.occasion,
        person=to.person,
        address=to.address,
        data=dumps(to.data),
        due="" if to.due is None else iso(to.due),
        expires=None if to.expires is None else iso(to.expires),
    )
