"""Who was there: marked by hand or from a meeting's report, kept beside the registration and gone with it.

Attendance is no status: somebody who had cancelled may come, and somebody confirmed may not. What each source says
stands for itself, so that the same report again changes nothing; their times are added up.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from briefingkit.errors import RegistrationError
from briefingkit.registrations.codec import iso, registration_of
from briefingkit.registrations.events import EventKind
from briefingkit.registrations.intake import Desk, Sitting
from briefingkit.registrations.person import normalised_email
from briefingkit.registrations.registration import Registration
from briefingkit.store.registration_rows import AttendanceRow

if TYPE_CHECKING:
    from briefingkit.store.registrations import ListReader, ListWriter

__all__ = [
    "BY_HAND",
    "Attended",
    "attendance_json",
    "attended_json",
    "attended_of",
    "everybody_present",
    "mark",
    "minutes_by_person",
    "telling",
    "unmark",
]

BY_HAND = "hand"
"""The source of what an organiser says."""

_NUMBER = re.compile(r"#\d{1,9}", re.ASCII)
_MINUTE = 60
_LONGEST = 60 * 24 * 60  # minutes: two months, which no event is


@frozen
class Attended:
    """Somebody on the list who was there. Times are aware, in UTC; `minutes` is None where no source tells it.

    `since` is when they came first, where a source tells it, and `marked_at` when that was last said. `sources` names
    who says so.
    """

    number: int
    person: str = field(repr=False)
    name: str | None = field(repr=False)
    minutes: int | None
    since: datetime | None
    sources: tuple[str, ...]
    marked_at: datetime


@contextmanager
def telling(writer: "ListWriter", desk: Desk) -> Iterator[None]:
    """Tell, once the block is done, of those who were marked in it and had not been, or of whom that was taken back."""
    sitting = Sitting(writer, desk)
    before = {row.person for row in writer.attendance()} if sitting.subscribers else set[str]()
    yield
    if not sitting.subscribers:
        return
    after = {row.person for row in writer.attendance()}
    turned = map(registration_of, writer.registrations(before ^ after).values())
    for registration in sorted(turned, key=lambda each: each.number):
        sitting.tell(EventKind.ATTENDED if registration.person in after else EventKind.ABSENT, registration)
    sitting.write()


def mark(
    writer: "ListWriter",
    briefing: str,
    who: Sequence[str],
    *,
    at: datetime,
    since: datetime | None = None,
    minutes: int | None = None,
) -> tuple[Attended, ...]:
    """Mark people as present, by e-mail or number (`#17`), all or none; RegistrationError tells which are not there.

    Of somebody who was marked by hand before, what is said now replaces that.
    """
    if minutes is not None and not 0 < minutes <= _LONGEST:
        raise RegistrationError("say how long somebody was there in whole minutes, more than none")
    if since is not None and since.tzinfo is None:
        raise RegistrationError("a moment needs its zone, such as 2027-03-01T09:00+01:00")
    found = [_registration(writer, each) for each in who]
    missing = [str(place) for place, each in enumerate(found, 1) if each is None]
    if missing:
        # Not the addresses: what is raised ends up in logs.
        raise RegistrationError(
            f"not on the list of {briefing}: number {', '.join(missing)} of the {len(found)} that were named; "
            "nobody was marked"
        )
    seconds = None if minutes is None else minutes * _MINUTE
    people = {each.person: each for each in found if each is not None}
    writer.put_attendance(
        AttendanceRow(briefing, person, BY_HAND, "", None if since is None else iso(since), seconds, iso(at))
        for person in people
    )
    return tuple(attended_of(each, writer.attendance(each.person)) for each in people.values())


def unmark(writer: "ListWriter", briefing: str, who: Sequence[str]) -> int:
    """Take back that people were there, whatever said so; give how many had been marked.

    RegistrationError tells which are not on the list.
    """
    found = [_registration(writer, each) for each in who]
    if None in found:
        raise RegistrationError(
            f"somebody who was named is not on the list of {briefing}; nothing was changed"
        )
    return sum(bool(writer.forget_attendance(each.person)) for each in found if each is not None)


def everybody_present(reader: "ListReader") -> Iterator[Attended]:
    """Give those on the list who were there, as they came onto it."""
    rows = {person: tuple(some) for person, some in groupby(reader.attendance(), lambda row: row.person)}
    registrations = map(registration_of, reader.registrations(rows).values())
    for registration in sorted(registrations, key=lambda each: each.number):
        yield attended_of(registration, rows[registration.person])


def minutes_by_person(reader: "ListReader") -> dict[str, int | None] | None:
    """Give the minutes of everybody who was there, by person; None where nobody was marked yet."""
    grouped = groupby(reader.attendance(), lambda row: row.person)
    return {person: _minutes(tuple(rows)) for person, rows in grouped} or None


def attended_of(registration: Registration, rows: Sequence[AttendanceRow]) -> Attended:
    """Put together what sources say of one person; there has to be something."""
    since = min((row.since for row in rows if row.since is not None), default=None)
    name = registration.answers.get("name")
    return Attended(
        registration.number,
        registration.person,
        name if isinstance(name, str) else None,
        _minutes(rows),
        None if since is None else datetime.fromisoformat(since),
        tuple(dict.fromkeys(row.source for row in rows)),
        datetime.fromisoformat(max(row.marked_at for row in rows)),
    )


def attended_json(attended: Attended | None) -> dict[str, Any] | None:
    """Give who was there as JSON beside their registration; None for somebody who was not there as far as is known."""
    if attended is None:
        return None
    since = None if attended.since is None else iso(attended.since)
    return {"minutes": attended.minutes, "since": since, "sources": list(attended.sources)}


def attendance_json(rows: Iterable[AttendanceRow]) -> list[Mapping[str, Any]]:
    """Give what sources say of one person as JSON, times in UTC."""
    return [
        {"source": row.source, "since": row.since, "seconds": row.seconds, "marked_at": row.marked_at}
        for row in rows
    ]


def _minutes(rows: Sequence[AttendanceRow]) -> int | None:
    """Add up whole minutes; what a hand says stands before what reports say."""
    said = [row for row in rows if row.seconds is not None]
    by_hand = [row for row in said if row.source == BY_HAND]
    told = [row.seconds or 0 for row in by_hand or said]
    return round(timedelta(seconds=sum(told)) / timedelta(minutes=1)) if told else None


def _registration(reader: "ListReader", who: str) -> Registration | None:
    row = None
    if who.startswith("#"):
        row = reader.numbered(int(who[1:])) if _NUMBER.fullmatch(who) else None
    elif email := normalised_email(who):
        row = reader.registrations([email]).get(email)
    return None if row is None else registration_of(row)
