"""Erasing: every trace of a person in the ledger, and what is told of the copies that are elsewhere."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from briefingkit.registrations.capacity import place
from briefingkit.registrations.codec import dumps, iso, registration_of
from briefingkit.registrations.events import EventKind
from briefingkit.registrations.intake import Desk, Sitting, mark_of
from briefingkit.registrations.registration import RegistrationStatus
from briefingkit.registrations.response import OwnIntake
from briefingkit.store.registration_rows import MarkRow

if TYPE_CHECKING:
    from briefingkit.registrations.mirroring import Kept
    from briefingkit.store.registration_rows import ListRow, RegistrationRow, ResponseRow
    from briefingkit.store.registrations import Registrations

__all__ = ["Copy", "Erased", "erase_from", "expire_list", "joined"]


@frozen
class Copy:
    """A response that was handed in somewhere, where it may still be: the ledger's own copy is gone.

    `where` says where to find it there, if its intake is a target of the project.
    """

    briefing: str
    intake: str
    id: str
    at: datetime
    where: str | None = None


@frozen
class Erased:
    """What was erased, and what is left to do elsewhere, by hand.

    `mentions` are the numbers of other people's registrations whose answers hold the address too. `kept` is what became
    of the lists that targets keep as well: where one has an error, a copy is still there. `complete` is False where
    somebody was reading the ledger, so that deleted pages could not be overwritten yet: then erase again.
    """

    registrations: int
    copies: tuple[Copy, ...]
    mentions: tuple[tuple[str, int], ...] = ()
    complete: bool = field(default=True)
    kept: "tuple[Kept, ...]" = ()


def erase_from(
    store: "Registrations", briefing: str, person: str, desk: Desk, *, compact: bool = True
) -> Erased:
    """Erase a person from one list, whether they are on it or not, and give their place to whoever waits."""
    with store.writing(briefing) as writer:
        sitting = Sitting(writer, desk)
        row = writer.registrations([person]).get(person)
        # What an organiser typed in, or was handed in on our own page, is nowhere else.
        copies = tuple(_copy(each) for each in writer.responses(person) if each.intake not in OwnIntake.HERE)
        writer.forget(person)
        mentions = writer.mentions(_as_written(person)) if "@" in person else ()
        mark = mark_of(desk.key, briefing, person)
        known = bool(writer.marked([mark]))
        writer.put(sitting.held, marks=[MarkRow(briefing, mark, iso(desk.now))])
        sitting.held = evolve(sitting.held, marks=sitting.held.marks + (not known))
        if row is not None:
            _give_back(sitting, row)
        sitting.promote()
    complete = store.compact() if compact else True
    return Erased(int(row is not None), copies, tuple((briefing, number) for number in mentions), complete)


def expire_list(store: "Registrations", held: "ListRow", desk: Desk) -> int:
    """Erase everybody from a list whose data have to go, and give how many they were; its counts stay."""
    with store.writing(held.briefing) as writer:
        sitting = Sitting(writer, desk)
        statuses = writer.statuses()
        writer.forget_all()
        erased: dict[str, int] = json.loads(sitting.held.erased)
        for status, number in statuses.items():
            erased[status] = erased.get(status, 0) + number
        sitting.room.taken.clear()
        sitting.waiting = 0
        sitting.held = evolve(sitting.held, marks=0, expired_at=iso(desk.now), erased=dumps(erased))
        sitting.tell(EventKind.EXPIRED, None)
        sitting.write()
    return sum(statuses.values())


def _give_back(sitting: Sitting, row: "RegistrationRow") -> None:
    before = registration_of(row)
    place(evolve(before, status=RegistrationStatus.CANCELLED), sitting.room)
    erased: dict[str, int] = json.loads(sitting.held.erased)
    erased[row.status] = erased.get(row.status, 0) + 1
    sitting.waiting -= before.waits
    sitting.held = evolve(sitting.held, erased=dumps(erased))
    sitting.tell(EventKind.ERASED, None)


def _as_written(text: str) -> str:
    """Write a text as the JSON of the ledger has it, without its quotes."""
    return dumps(text)[1:-1]


def _copy(row: "ResponseRow") -> Copy:
    return Copy(row.briefing, row.intake, row.id, datetime.fromisoformat(row.at))


def joined(erasures: Iterable[Erased], *, complete: bool) -> Erased:
    """Put what was erased from several lists together."""
    those = tuple(erasures)
    return Erased(
        sum(each.registrations for each in those),
        tuple(copy for each in those for copy in each.copies),
        tuple(mention for each in those for mention in each.mentions),
        complete,
    )
