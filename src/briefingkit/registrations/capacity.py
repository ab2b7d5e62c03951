"""Who has a place and who waits: the whole briefing and each of its segments, first come first served."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from attrs import field, frozen

from briefingkit.model import Offset, Status
from briefingkit.registrations.form import SEGMENTS, form_of
from briefingkit.registrations.registration import WHOLE, Registration, RegistrationStatus
from briefingkit.text.zones import instant

if TYPE_CHECKING:
    from briefingkit.model import Briefing, Programme

__all__ = ["Capacity", "Room", "Terms", "place", "terms_of"]


@frozen
class Capacity:
    """How many people fit, in the whole and in segments that have a limit of their own; None for no limit."""

    whole: int | None = None
    segments: Mapping[str, int] = field(factory=dict)
    waitlist: bool = False

    def of(self, spot: str) -> int | None:
        """Give the limit of the whole or of a segment."""
        return self.whole if spot == WHOLE else self.segments.get(spot)


@frozen
class Terms:
    """What a list goes by: the capacity, from when until when people may register, and when their data have to go.

    All times are aware; None where the briefing says none.
    """

    capacity: Capacity = field(factory=Capacity)
    opens: datetime | None = None
    closes: datetime | None = None
    cancelled: bool = False
    due: datetime | None = None

    def is_open(self, at: datetime) -> bool:
        """Tell whether people may register at a moment."""
        early = self.opens is not None and at < self.opens
        late = self.closes is not None and at >= self.closes
        return not (early or late or self.cancelled)


def terms_of(briefing: "Briefing", programme: "Programme | None" = None) -> Terms:
    """Read a briefing's terms; one without a registration of its own has no limits.

    `programme` holds the briefings that are part of it, whose capacity bounds how many choose them here.
    """
    said, when = briefing.registration, briefing.when
    cancelled = briefing.status is Status.CANCELLED
    if said is None:
        return Terms(cancelled=cancelled)
    retention = said.consent.retention if said.consent else None
    return Terms(
        Capacity(said.capacity, _of_parts(briefing, programme), waitlist=said.waitlist),
        _moment(said.opens, briefing),
        _moment(said.closes, briefing),
        cancelled=cancelled,
        due=when.utc_end + retention if when is not None and retention is not None else None,
    )


def _of_parts(briefing: "Briefing", programme: "Programme | None") -> Mapping[str, int]:
    """Give the limits of the parts that the form offers; a briefing that is a part may have its own list as well."""
    if briefing.registration is None or briefing.registration.choose is None:
        return {}
    form = form_of(briefing, programme)
    parts = form.by_key[SEGMENTS].options if SEGMENTS in form.by_key else ()
    return {part.key: part.capacity for part in parts if part.capacity is not None}


def _moment(said: Offset | datetime | None, briefing: "Briefing") -> datetime | None:
    when = briefing.when
    return None if said is None or when is None else instant(when.moment(said), when.timezone)


class Room:
    """The places that are taken while a list is held. It changes as places are given and given back."""

    def __init__(self, capacity: Capacity, taken: Mapping[str, int]) -> None:
        self.capacity = capacity
        self.taken = dict(taken)
        self.freed = False
        """Whether a place was given back since the queue was last looked at."""

    def is_free(self, spot: str) -> bool:
        """Tell whether there is a place left. A capacity that was lowered takes nobody's place away."""
        limit = self.capacity.of(spot)
        return limit is None or self.taken.get(spot, 0) < limit

    def is_full(self) -> bool:
        """Tell whether nobody who waits could be given anything."""
        limited = [spot for spot in (WHOLE, *self.capacity.segments) if self.capacity.of(spot) is not None]
        return bool(limited) and not any(map(self.is_free, limited))

    def take(self, spot: str) -> None:
        """Take a place."""
        self.taken[spot] = self.taken.get(spot, 0) + 1

    def give_back(self, spot: str) -> None:
        """Give a place back."""
        self.taken[spot] = self.taken.get(spot, 0) - 1
        if not self.taken[spot]:
            del self.taken[spot]
        self.freed = True


def place(registration: Registration, room: Room, *, admit: bool = True) -> Registration:
    """Give a registration the places that it wants and that are free, and take back those that it wants no more.

    Nobody has a place in a segment without one in the whole. Without `admit` nothing new is given (registration is
    over): who has no place yet is pending, and waits for none.
    """
    wanted = registration.wanted
    places = [spot for spot in registration.places if spot in wanted]
    for spot in registration.places:
        if spot not in wanted:
            room.give_back(spot)
    for spot in wanted if admit else ():
        if spot not in places and room.is_free(spot) and (spot == WHOLE or WHOLE in places):
            room.take(spot)
            places.append(spot)
    status = registration.status
    waits = (admit or registration.waits) and len(places) < len(wanted)
    if status is not RegistrationStatus.CANCELLED:
        status = _status(room.capacity, has_place=WHOLE in places, waits=waits)
    if (status, waits, tuple(places)) == (registration.status, registration.waits, registration.places):
        return registration
    return _with(registration, status, tuple(places), waits=waits)


def _with(
    old: Registration, status: RegistrationStatus, places: tuple[str, ...], *, waits: bool
) -> Registration:
    # As `evolve` would, at a fifth of the price: an import makes a hundred thousand.
    return Registration(
        old.briefing,
        old.person,
        old.number,
        old.position,
        status,
        waits,
        old.language,
        old.answers,
        old.stamps,
        places,
        old.consent,
        old.created_at,
        old.changed_at,
    )


def _status(capacity: Capacity, *, has_place: bool, waits: bool) -> RegistrationStatus:
    if has_place:
        return RegistrationStatus.CONFIRMED
    return RegistrationStatus.WAITLISTED if waits and capacity.waitlist else RegistrationStatus.PENDING
