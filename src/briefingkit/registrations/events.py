"""Telling the organisation's own systems what happened: after the commit, at least once, with an id.

What has to be told is written in the transaction that did it, a row for each subscriber, and goes when the subscriber's
hook has returned. A hook that fails loses nothing and undoes nothing: it is called again, in order, the next time.
"""

import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from attrs import field, frozen

from briefingkit.registrations.codec import dumps, iso, registration_from_json, registration_json
from briefingkit.registrations.registration import Registration
from briefingkit.store.registration_rows import EventRow

if TYPE_CHECKING:
    from briefingkit.registrations.intake import Desk
    from briefingkit.store.registration_rows import ListRow
    from briefingkit.store.registrations import Registrations

__all__ = [
    "MAIL",
    "EventKind",
    "Hook",
    "RegistrationEvent",
    "deliver",
    "event_rows",
    "events_waiting_on",
    "waiting_events",
]

MAIL = "briefingkit.mail"
"""The subscriber for whom events wait to become messages to those whom they are about, where a project sends mail."""

_log = logging.getLogger(__name__)
_AT_ONCE = 200


class EventKind(StrEnum):
    """What happened."""

    NEW = "new"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    RETURNED = "returned"
    PROMOTED = "promoted"
    """A place became free for somebody who waited."""
    ATTENDED = "attended"
    """Somebody was marked as present who had not been."""
    ABSENT = "absent"
    """It was taken back that somebody was there."""
    ERASED = "erased"
    """Somebody's data are gone; who, is told no more."""
    EXPIRED = "expired"
    """Everybody's data are gone."""


@frozen
class RegistrationEvent:
    """Something that happened on a list. `id` is the same each time that the event is told, and no other one's.

    `registration` is as it was then, with the person's data; None where the data are gone. `at` is aware, in UTC.
    """

    id: str
    briefing: str
    kind: EventKind
    at: datetime
    registration: Registration | None = field(repr=False)


Hook = Callable[[RegistrationEvent], object]
"""What an organisation has called with each event. What it returns is not looked at; it may be called twice."""


def event_rows(
    subscribers: Sequence[str],
    held: "ListRow",
    desk: "Desk",
    kind: EventKind,
    registration: Registration | None,
) -> Iterator[EventRow]:
    """Write an event down for each subscriber; its id is derived from the ledger's own key, so that it says nothing."""
    counted = f"event\n{held.briefing}\n{held.events}".encode()
    identifier = hmac.new(desk.key, counted, hashlib.sha256).hexdigest()[:32]
    said = {
        "kind": kind.value,
        "at": iso(desk.now),
        "registration": None if registration is None else registration_json(registration),
    }
    data, person = dumps(said), None if registration is None else registration.person
    for name in subscribers:
        yield EventRow(name, identifier, held.briefing, held.events, person, data)


def _event_of(row: EventRow) -> RegistrationEvent:
    data = json.loads(row.data)
    said = data["registration"]
    return RegistrationEvent(
        row.id,
        row.briefing,
        EventKind(data["kind"]),
        datetime.fromisoformat(data["at"]),
        None if said is None else registration_from_json(said),
    )


def waiting_events(
    store: "Registrations", subscriber: str, briefing: str, limit: int
) -> Sequence[RegistrationEvent]:
    """Give what a subscriber has yet to be told of one list, at most so many, the oldest first."""
    return [_event_of(row) for row in store.events_of(subscriber, briefing, after=-1, limit=limit)]


def events_waiting_on(store: "Registrations", subscriber: str, briefing: str) -> Iterator[RegistrationEvent]:
    """Give all that a subscriber has yet to be told of one list, the oldest first, and leave it there."""
    after = -1
    while rows := store.events_of(subscriber, briefing, after=after, limit=_AT_ONCE):
        yield from map(_event_of, rows)
        after = rows[-1].sequence


def deliver(store: "Registrations", hooks: Mapping[str, Hook]) -> int:
    """Tell each subscriber what it has yet to be told, and return how many hooks failed; they are tried again later."""
    return sum(not _tell(store, name, hook) for name, hook in hooks.items())


def _tell(store: "Registrations", name: str, hook: Hook) -> bool:
    while rows := store.events(name, _AT_ONCE):
        for row in rows:
            try:
                hook(_event_of(row))
            except Exception as error:  # noqa: BLE001 - whatever a hook does, the registration stands
                # Not the error's words: they may quote a person's data.
                _log.warning(
                    "the hook %s failed with %s and is called again later", name, type(error).__name__
                )
                return False
            store.told(name, row.id)
    return True
