"""Reading what a meeting platform says of who was there: one entry for each person that it tells apart.

Zoom's reports have lines about the meeting above their header, Teams' are in UTF-16 with tabs and hold several numbered
tables of which the first with people counts, a webinar's hold a table for each role, and Meet's have two columns for a
name. Columns are recognised in the languages that ship. What a report does not say is not guessed.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TypeVar

from attrs import define, field, frozen

from briefingkit.errors import RegistrationError
from briefingkit.registrations.attendance.cells import (
    as_moments,
    as_seconds,
    names_in,
    seconds_of_unit,
)
from briefingkit.registrations.attendance.columns import MEETING, NO, Role, is_section, roles_of
from briefingkit.registrations.attendance.marking import BY_HAND
from briefingkit.registrations.files.columns import plain
from briefingkit.registrations.files.tables import read_table
from briefingkit.registrations.person import normalised_email

__all__ = ["AttendanceReport", "ReportEntry", "name_key", "read_report"]

_MOST = 200_000  # rows: no meeting has more
_EMPTY = frozenset(("", "-", "--", "n/a"))
_WIDEST = 200  # columns
_MINUTE = 60
_LONGEST_STAY = 60 * 24 * 60 * _MINUTE  # seconds: two months, which no meeting takes
_LONGEST = 100  # characters of a source's name


@frozen
class ReportEntry:
    """Somebody whom a report tells apart, numbered from 1 as they appear in it.

    `names` are what it calls them, the one that was shown first; `mark` is a digest of what they were told apart by.
    `seconds` is how long they were there, over all their joins; `joined` are the moments, on the report's own clock,
    that the first join may be at, of which there are two where day and month could be either.
    """

    number: int
    names: tuple[str, ...] = field(repr=False)
    email: str | None = field(repr=False)
    mark: str
    seconds: int | None
    joined: tuple[datetime, ...] = ()
    joins: int = 1


@frozen
class AttendanceReport:
    """What a report says; `source` names the meeting, so that the same report is known when it comes again."""

    source: str
    entries: tuple[ReportEntry, ...]
    notices: tuple[str, ...] = ()


def read_report(path: Path, source: str | None = None) -> AttendanceReport:
    """Read a report, CSV or XLSX; `source` names one that does not say which meeting it is of.

    RegistrationError for a file in which nobody can be found, and for a name that is none.
    """
    if source is not None:
        _check_source(source)
    rows = [
        None if row.cells is None else tuple(islice(row.cells, _WIDEST))
        for row in islice(read_table(path), _MOST + 1)
    ]
    if len(rows) > _MOST:
        raise RegistrationError(f"{path} has more than {_MOST} rows: that is no report of a meeting")
    reading = _Reading()
    reading.read([cells for cells in rows if cells is not None])
    if lost := rows.count(None):
        reading.notices.append(
            "1 row cannot be read and is left out"
            if lost == 1
            else f"{lost} rows cannot be read and are left out"
        )
    if not reading.people:
        raise RegistrationError(
            f"{path} has no table of people: it needs a header such as Name, Email and Duration (Minutes)"
        )
    entries = tuple(one.entry(number) for number, one in enumerate(reading.people.values(), 1))
    return AttendanceReport(source or _source(reading.meeting, entries), entries, tuple(reading.notices))


@define
class _Person:
    """What the rows of one person say together."""

    key: str
    email: str | None
    names: dict[str, None] = field(factory=dict)
    seconds: list[int | None] = field(factory=list)
    spans: list[tuple[datetime, datetime] | None] = field(factory=list)
    joined: list[tuple[datetime, ...]] = field(factory=list)

    def entry(self, number: int) -> ReportEntry:
        """Sum them up."""
        mark = hashlib.sha256(self.key.encode("utf-8", "replace")).hexdigest()[:24]
        first = min(_of_one_kind([each for each in self.joined if each]), default=())
        return ReportEntry(
            number, tuple(self.names), self.email, mark, self._time(), first, len(self.seconds)
        )

    def _time(self) -> int | None:
        """Give the time of all joins: what two devices heard at once is counted once, where the report tells when."""
        told = [each for each in self.seconds if each is not None]
        spans = [each for each in self.spans if each is not None]
        if not told and not spans:
            return None
        seconds = sum(told) if told else None
        if len(_of_one_kind(spans)) == len(self.spans):
            covered = _covered(spans)
            seconds = min(covered, sum(told)) if len(told) == len(self.seconds) else covered
        return seconds if seconds is not None and seconds <= _LONGEST_STAY else None


_Moments = TypeVar("_Moments", bound=tuple[datetime, ...])


def _of_one_kind(moments: Sequence[_Moments]) -> list[_Moments]:
    """Keep those that can be compared with the first: on a clock without its zone, or with it."""
    return [each for each in moments if (each[0].tzinfo is None) is (moments[0][0].tzinfo is None)]


def _covered(spans: Sequence[tuple[datetime, datetime]]) -> int:
    seconds, until = 0.0, min(start for start, _ in spans)
    for start, end in sorted(spans):
        if end > until:
            seconds += (end - max(start, until)) / timedelta(seconds=1)
            until = end
    return round(seconds)


class _Reading:
    """A report while it is read."""

    def __init__(self) -> None:
        self.people: dict[str, _Person] = {}
        self.notices: list[str] = []
        self.meeting: list[str] = []
        self._unit: int | None = None

    def read(self, rows: Sequence[Sequence[object]]) -> None:
        """Read all tables with people in them; of numbered ones the first, since the others tell the same again."""
        texts = [[_text(cell) for cell in row] for row in rows]
        headers = _headers(texts)
        roles: Mapping[int, Role] | None = None
        numbered = skipping = False
        for index, row in enumerate(texts):
            filled = [text for text in row if text not in _EMPTY]
            if len(filled) == 1 and is_section(filled[0]) and (numbered or roles is None):
                skipping, numbered, roles = numbered and bool(self.people), True, None
            elif index in headers and not skipping:
                roles = headers[index]
                self._look_at_unit(row, roles)
            elif len(filled) == 1 and index + 1 in headers:
                roles = None  # the title of the table below
            elif roles is not None and filled and not skipping:
                self._take(rows[index], row, roles)
            elif not headers and filled:
                self._take_bare(filled)
            if not self.people and roles is None:
                self._look_at_meeting(texts, index)

    def _look_at_unit(self, row: Sequence[str], roles: Mapping[int, Role]) -> None:
        for index, role in roles.items():
            if role == "time":
                self._unit = seconds_of_unit(row[index])

    def _take(self, cells: Sequence[object], row: Sequence[str], roles: Mapping[int, Role]) -> None:
        said: dict[Role, str] = {}
        values: dict[Role, object] = {}
        for index, role in roles.items():
            if index < len(row) and row[index] not in _EMPTY and role not in said:
                said[role], values[role] = row[index], cells[index]
        if plain(said.get("attended", "")) in NO:
            return
        shown = said.get("name") or " ".join(filter(None, (said.get("first"), said.get("last"))))
        email = next(filter(None, map(normalised_email, (said.get("email"), said.get("upn")))), None)
        if not shown and email is None:
            return
        person = self._person(shown, email)
        seconds = self._seconds(values.get("time"))
        joined, left = (as_moments(values.get(role)) for role in ("join", "leave"))
        person.seconds.append(seconds)
        person.joined.append(joined)
        person.spans.append(_span(joined, left))

    def _take_bare(self, filled: Sequence[str]) -> None:
        """Take a line of a file that is no more than addresses."""
        for text in filled:
            if (email := normalised_email(text)) is not None:
                person = self._person("", email)
                person.seconds.append(None)
                person.spans.append(None)

    def _person(self, shown: str, email: str | None) -> _Person:
        names = names_in(shown)
        key = email or f"name {name_key(names[0]) if names else shown}"
        person = self.people.setdefault(key, _Person(key, email))
        person.names.update(dict.fromkeys(names))
        return person

    def _seconds(self, value: object) -> int | None:
        if value is None:
            return None
        seconds, bare = as_seconds(value, self._unit or _MINUTE)
        notice = "durations are numbers without a unit: they are taken for minutes"
        if bare and self._unit is None and notice not in self.notices:
            self.notices.append(notice)
        return seconds

    def _look_at_meeting(self, texts: Sequence[Sequence[str]], index: int) -> None:
        """Remember what names the meeting: its number, title and start, beside or below their labels."""
        row = texts[index]
        below = texts[index + 1] if index + 1 < len(texts) else ()
        for place, text in enumerate(row):
            if plain(text) not in MEETING:
                continue
            beside = row[place + 1] if len([each for each in row if each]) == 2 else ""  # noqa: PLR2004 - label and value
            self.meeting.append(beside or (below[place] if place < len(below) else ""))


def _headers(texts: Sequence[Sequence[str]]) -> Mapping[int, Mapping[int, Role]]:
    """Find the rows that are headers of people: with a name, or where none has one, with an address."""
    found = {index: roles for index, row in enumerate(texts) if (roles := roles_of(row))}
    named = {
        index: roles
        for index, roles in found.items()
        if {"name", "first"} & set(roles.values()) and _fits(roles, texts[index])
    }
    return named or {index: roles for index, roles in found.items() if "email" in roles.values()}


def _fits(roles: Mapping[int, Role], row: Sequence[str]) -> bool:
    """Tell whether more than a name is a header's, or the row is nothing but that."""
    return len(roles) > 1 or len([text for text in row if text]) == 1


def _span(joined: tuple[datetime, ...], left: tuple[datetime, ...]) -> tuple[datetime, datetime] | None:
    """Give from when until when; of two readings both ends are read in the same order."""
    if len(joined) != len(left) or not joined:
        return None
    if (joined[0].tzinfo is None) is not (left[0].tzinfo is None):
        return None
    fitting = [(start, end) for start, end in zip(joined, left, strict=True) if start <= end]
    return min(fitting, key=lambda span: span[1] - span[0], default=None)


def _text(cell: object) -> str:
    return "" if cell is None else " ".join(str(cell).split())


def name_key(name: str) -> str:
    """Bring a name into the form in which names are compared: no case, accents, signs or order."""
    from unicodedata import combining, normalize

    bare = "".join(each for each in normalize("NFKD", name) if not combining(each))
    return " ".join(sorted(plain(bare).split()))


def _check_source(text: str) -> None:
    if not text.strip() or len(text) > _LONGEST or not text.isprintable() or text == BY_HAND:
        raise RegistrationError(
            f"the name of a source is 1 to {_LONGEST} printable characters, and not {BY_HAND!r}"
        )


def _source(meeting: Sequence[str], entries: Sequence[ReportEntry]) -> str:
    """Name a report by its meeting; one that names none, by the people in it."""
    told = [text for text in meeting if text]
    of: Iterator[str] = iter(told or sorted(entry.mark for entry in entries))
    return f"report {hashlib.sha256(chr(10).join(of).encode('utf-8', 'replace')).hexdigest()[:12]}"
