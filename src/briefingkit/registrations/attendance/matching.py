"""From a meeting's report to the list: by address, then by name, and what is doubtful is shown and left to people.

Only an address that is on the list settles who somebody is. A name that one person on the list has is likely, one that
several have is ambiguous; both wait until an organiser has said who it is, by the number of the entry. What was settled
is remembered for the same report.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from attrs import field, frozen

from briefingkit.errors import RegistrationError, TextError
from briefingkit.registrations.attendance.marking import telling
from briefingkit.registrations.attendance.meeting_report import (
    AttendanceReport,
    ReportEntry,
    name_key,
)
from briefingkit.registrations.codec import iso, registration_of
from briefingkit.registrations.intake import Desk
from briefingkit.registrations.registration import Registration, RegistrationStatus
from briefingkit.store.registration_rows import AttendanceRow
from briefingkit.text.zones import get_zone, instant

if TYPE_CHECKING:
    from briefingkit.model import Briefing, When
    from briefingkit.store.registrations import ListReader, ListWriter, Registrations

__all__ = ["AttendanceImported", "Candidate", "Doubts", "Match", "MatchKind", "import_report", "match_report"]

_DAY = timedelta(days=1)


class MatchKind(StrEnum):
    """How sure it is who an entry of a report is."""

    EXACT = "exact"
    """The address is on the list."""
    SETTLED = "settled"
    """An organiser has said who it is, now or when the same report was read before."""
    LIKELY = "likely"
    """One person on the list has this name."""
    AMBIGUOUS = "ambiguous"
    """Several people on the list have this name."""
    UNKNOWN = "unknown"
    """Nobody on the list has this address or name."""


@frozen
class Candidate:
    """Somebody on the list who an entry may be."""

    number: int
    person: str = field(repr=False)
    name: str = field(repr=False)
    status: RegistrationStatus


@frozen
class Match:
    """An entry of a report and who it may be: one person where the kind is exact, settled or likely."""

    entry: ReportEntry
    kind: MatchKind
    candidates: tuple[Candidate, ...] = ()

    @property
    def taken(self) -> bool:
        """Whether it is certain enough to be written down."""
        return self.kind in {MatchKind.EXACT, MatchKind.SETTLED}


@frozen
class Doubts:
    """What an organiser has said of entries: who each is, by its number (None: the one that was likely).

    `likely` settles every entry whose name one person on the list has: it is that person.
    """

    settled: Mapping[int, int | None] = field(factory=dict)
    likely: bool = False


@frozen
class AttendanceImported:
    """What became of a report: how many people on the list were there by it, and what each entry is taken for.

    `notices` say what could not be read from it.
    """

    source: str
    people: int
    matches: tuple[Match, ...]
    notices: tuple[str, ...]

    @property
    def doubtful(self) -> tuple[Match, ...]:
        """The entries that wait for a word of an organiser."""
        return tuple(one for one in self.matches if one.kind in {MatchKind.LIKELY, MatchKind.AMBIGUOUS})

    @property
    def unknown(self) -> tuple[Match, ...]:
        """The entries of people who are not on the list."""
        return tuple(one for one in self.matches if one.kind is MatchKind.UNKNOWN)


def import_report(
    store: "Registrations",
    briefing: "Briefing",
    report: AttendanceReport,
    doubts: Doubts | None,
    *,
    desk: Desk,
    zone: str | None = None,
    preview: bool = False,
) -> AttendanceImported:
    """Match a report with the list, and write down who is certain; with `preview` nothing is written.

    RegistrationError, with all that is wrong, for words about doubts that do not fit; TextError for an unknown zone.
    """
    clock = zone or briefing.timezone or "UTC"
    get_zone(clock)
    if preview:
        with store.reading(briefing.identifier) as reader:
            matches = match_report(reader, report, doubts or Doubts())
    else:
        with store.writing(briefing.identifier) as writer, telling(writer, desk):
            matches = match_report(writer, report, doubts or Doubts())
            taken = [
                _row(briefing, report.source, match, desk.now, clock) for match in matches if match.taken
            ]
            _write(writer, report.source, taken)
    people = {match.candidates[0].number for match in matches if match.taken}
    return AttendanceImported(report.source, len(people), matches, report.notices)


def match_report(reader: "ListReader", report: AttendanceReport, doubts: Doubts) -> tuple[Match, ...]:
    """Say of each entry who it is; RegistrationError, with all of it, for words about doubts that do not fit."""
    emails = [entry.email for entry in report.entries if entry.email is not None]
    by_email = {person: registration_of(row) for person, row in reader.registrations(emails).items()}
    known = {row.entry: row.person for row in reader.attendance() if row.source == report.source}
    before = {person: registration_of(row) for person, row in reader.registrations(known.values()).items()}
    by_name = _by_name(reader, [entry for entry in report.entries if entry.email not in by_email])
    matches, wrong = list[Match](), list[str]()
    for entry in report.entries:
        match = _match(entry, by_email, before.get(known.get(entry.mark, "")), by_name)
        if entry.number in doubts.settled:
            match = _settle(reader, match, doubts.settled[entry.number], wrong)
        elif doubts.likely and match.kind is MatchKind.LIKELY:
            match = Match(entry, MatchKind.SETTLED, match.candidates)
        matches.append(match)
    wrong += [
        f"the report has no entry {number}: it has 1 to {len(report.entries)}"
        for number in sorted(doubts.settled.keys() - {entry.number for entry in report.entries})
    ]
    if wrong:
        raise RegistrationError("\n".join(wrong))
    return tuple(matches)


def _write(writer: "ListWriter", source: str, rows: Sequence[AttendanceRow]) -> None:
    """Replace what the source said of these entries; when it was said first is kept where it is said again."""
    held = {(row.entry, row.person): row for row in writer.attendance() if row.source == source}
    writer.forget_entries(source, [row.entry for row in rows])
    writer.put_attendance(_unless_the_same(row, held.get((row.entry, row.person))) for row in rows)


def _by_name(reader: "ListReader", entries: Sequence[ReportEntry]) -> Mapping[str, list[Registration]]:
    """Find those on the list who have the names of a report, in one pass and without holding the list."""
    wanted = {key for entry in entries for name in entry.names if (key := name_key(name))}
    found: dict[str, list[Registration]] = {key: [] for key in wanted}
    for row in reader.all() if wanted else ():
        registration = registration_of(row)
        name = registration.answers.get("name")
        if isinstance(name, str) and (key := name_key(name)) in found:
            found[key].append(registration)
    return found


def _match(
    entry: ReportEntry,
    by_email: Mapping[str, Registration],
    before: Registration | None,
    by_name: Mapping[str, list[Registration]],
) -> Match:
    exact = None if entry.email is None else by_email.get(entry.email)
    if exact is not None and (before is None or before.person == exact.person):
        return Match(entry, MatchKind.EXACT, (_candidate(exact),))
    if before is not None:
        return Match(entry, MatchKind.SETTLED, (_candidate(before),))
    named = {one.number: one for name in entry.names for one in by_name.get(name_key(name), ())}
    candidates = tuple(_candidate(named[number]) for number in sorted(named))
    kinds = {0: MatchKind.UNKNOWN, 1: MatchKind.LIKELY}
    return Match(entry, kinds.get(len(candidates), MatchKind.AMBIGUOUS), candidates)


def _settle(reader: "ListReader", match: Match, number: int | None, wrong: list[str]) -> Match:
    """Take an organiser's word for who an entry is."""
    entry = match.entry
    if number is None:
        if len(match.candidates) == 1:
            return Match(entry, MatchKind.SETTLED, match.candidates)
        who = f"may be {len(match.candidates)} people" if match.candidates else "is nobody on the list"
        wrong.append(f"entry {entry.number} {who}: say who it is, as in {entry.number}=#17")
        return match
    row = reader.numbered(number)
    if row is None:
        wrong.append(f"entry {entry.number}: nobody on the list has the number #{number}")
        return match
    return Match(entry, MatchKind.SETTLED, (_candidate(registration_of(row)),))


def _candidate(registration: Registration) -> Candidate:
    name = registration.answers.get("name")
    shown = name if isinstance(name, str) else ""
    return Candidate(registration.number, registration.person, shown, registration.status)


def _row(briefing: "Briefing", source: str, match: Match, at: datetime, zone: str) -> AttendanceRow:
    entry = match.entry
    since = _since(entry.joined, briefing.when, zone)
    return AttendanceRow(
        briefing.identifier,
        match.candidates[0].person,
        source,
        entry.mark,
        None if since is None else iso(since),
        entry.seconds,
        iso(at),
    )


def _unless_the_same(row: AttendanceRow, held: AttendanceRow | None) -> AttendanceRow:
    """Keep when something was said first, where it is said again."""
    same = held is not None and (held.since, held.seconds) == (row.since, row.seconds)
    return held if same and held is not None else row


def _since(joined: tuple[datetime, ...], when: "When | None", zone: str) -> datetime | None:
    """Give the moment of the first join; None where the day of it cannot be told, or is none of the briefing's."""
    moments = dict.fromkeys(_instants(joined, zone))
    near = [
        moment
        for moment in moments
        if when is not None and when.utc_start - _DAY <= moment <= when.utc_end + _DAY
    ]
    return near[0] if len(near) == 1 else None


def _instants(joined: tuple[datetime, ...], zone: str) -> Iterator[datetime]:
    for moment in joined:
        with suppress(TextError, OverflowError):  # at the ends of the calendar there is none
            aware = moment if moment.tzinfo is not None else instant(moment.replace(fold=0), zone)
            yield aware.astimezone(UTC)
