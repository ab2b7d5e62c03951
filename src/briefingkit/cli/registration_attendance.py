"""`briefingkit registrations attend`: who was there, by hand or by a meeting platform's report."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from briefingkit.cli.here import complete_briefing, project_here, project_option
from briefingkit.cli.terminal import emit_json, json_option, say

if TYPE_CHECKING:
    from briefingkit.registrations.attendance.marking import Attended
    from briefingkit.registrations.attendance.matching import AttendanceImported, Doubts, Match
    from briefingkit.registrations.registration_list import RegistrationList

__all__ = ["attend_command"]

_SETTLED = re.compile(r"(\d{1,6})(?:=#?(\d{1,9}))?", re.ASCII)
_LIKELY = "likely"
_SHOWN = 100


@click.command("attend")
@click.argument("briefing", shell_complete=complete_briefing)
@click.argument("who", nargs=-1, metavar="[EMAIL...]")
@click.option(
    "--report",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=None,
    help="What a meeting platform says of who was there: CSV or XLSX, as of Zoom, Teams or Meet.",
)
@click.option("--preview", is_flag=True, help="With --report: show whom it would mark; write nothing.")
@click.option(
    "--accept",
    multiple=True,
    metavar="ENTRY[=#NUMBER]",
    help="With --report: who a doubtful entry is; `likely` for all with one candidate.",
)
@click.option(
    "--source", default=None, help="With --report: its name, where it does not say which meeting it is of."
)
@click.option(
    "--timezone", "zone", default=None, help="With --report: the zone of its clock; default: the briefing's."
)
@click.option("--minutes", type=click.IntRange(1), default=None, help="How long the people named were there.")
@click.option("--absent", is_flag=True, help="The people named were not there: take it back.")
@project_option
@json_option
def attend_command(
    briefing: str,
    who: Sequence[str],
    report: Path | None,
    accept: Sequence[str],
    source: str | None,
    zone: str | None,
    minutes: int | None,
    project_file: Path | None,
    *,
    preview: bool,
    absent: bool,
    as_json: bool,
) -> None:
    """Mark people as present at BRIEFING, by e-mail address or number (#17), or by a report; else show who was.

    A report settles whom it tells by an address on the list; all others are shown with a number for --accept, and
    marked only then. Exit code 1: some of the names are on the list, and who they are is yet to be said.
    """
    _check_usage(who, report, by_report=[*accept, source, zone, preview], by_hand=[minutes, absent])
    with project_here(project_file).registrations(briefing) as roll:
        if report is None:
            _by_hand(roll, who, minutes, absent=absent, as_json=as_json)
            return
        done = roll.import_attendance(
            report, doubts=_doubts(accept), source=source, zone=zone, preview=preview
        )
    _tell(done, preview=preview, as_json=as_json)
    if done.doubtful:
        raise click.exceptions.Exit(1)


def _check_usage(
    who: Sequence[str], report: Path | None, *, by_report: Sequence[object], by_hand: Sequence[object]
) -> None:
    if report is None and any(by_report):
        raise click.UsageError(
            "--preview, --accept, --source and --timezone are about a --report: give that too"
        )
    if report is not None and (who or any(by_hand)):
        raise click.UsageError("either a --report or people, not both")
    if not who and any(by_hand):
        raise click.UsageError("say who, by e-mail address or number")
    if all(by_hand):
        raise click.UsageError("who was absent was there for no minutes")


def _doubts(accept: Sequence[str]) -> "Doubts":
    from briefingkit.registrations.attendance.matching import Doubts

    settled: dict[int, int | None] = {}
    for text in accept:
        if text == _LIKELY:
            continue
        found = _SETTLED.fullmatch(text)
        if found is None:
            raise click.BadParameter("write 3, 3=#17 or likely", param_hint="--accept")
        settled[int(found[1])] = int(found[2]) if found[2] else None
    return Doubts(settled, likely=_LIKELY in accept)


def _by_hand(
    roll: "RegistrationList", who: Sequence[str], minutes: int | None, *, absent: bool, as_json: bool
) -> None:
    if absent:
        number = roll.mark_absent(*who)
        if as_json:
            emit_json({"taken_back": number})
        else:
            say(f"{number} of {len(who)} had been marked as present, and are no more", "good")
        return
    present = roll.mark_present(*who, minutes=minutes) if who else roll.attendance()
    if as_json:
        emit_json({"present": [_person_json(each) for each in present]})
        return
    for each in present:
        say(_person(each))
    say(f"{len(present)} {'marked as present' if who else 'were there'}", bold=True)


def _person(each: "Attended") -> str:
    time = "" if each.minutes is None else f"{each.minutes} minutes"
    return "  ".join(filter(None, (f"#{each.number}", each.name or "", time, ", ".join(each.sources))))


def _person_json(each: "Attended") -> dict[str, Any]:
    from briefingkit.registrations.attendance.marking import attended_json

    return {"number": each.number, "name": each.name, **(attended_json(each) or {})}


def _tell(done: "AttendanceImported", *, preview: bool, as_json: bool) -> None:
    if as_json:
        emit_json(
            {
                "source": done.source,
                "written": not preview,
                "people": done.people,
                "entries": [_match_json(each) for each in done.matches],
                "notices": list(done.notices),
            }
        )
        return
    shown = done.matches if preview else (*done.doubtful, *done.unknown)
    for each in shown[:_SHOWN]:
        say(_match(each), None if each.taken else "warning")
    if len(shown) > _SHOWN:
        say(f"… and {len(shown) - _SHOWN} more; --json tells all")
    for notice in done.notices:
        say(notice, "warning")
    would = "would be" if preview else "are"
    said = [f"{done.people} {would} marked as present"]
    said += [f"{len(done.doubtful)} in doubt: --accept says who they are"] if done.doubtful else []
    said += [f"{len(done.unknown)} not on the list"] if done.unknown else []
    say("; ".join(said), bold=True)


def _match(match: "Match") -> str:
    entry = match.entry
    time = "" if entry.seconds is None else f" ({round(entry.seconds / 60)} minutes)"
    shown = " / ".join(entry.names) or entry.email or "no name"
    may_be = " or ".join(f"#{one.number} {one.name} ({one.status.value})" for one in match.candidates)
    return f"{entry.number}. {shown}{time}: {match.kind.value}{f', {may_be}' if may_be else ''}"


def _match_json(match: "Match") -> dict[str, Any]:
    entry = match.entry
    return {
        "entry": entry.number,
        "names": list(entry.names),
        "email": entry.email,
        "seconds": entry.seconds,
        "joins": entry.joins,
        "match": match.kind.value,
        "candidates": [
            {"number": one.number, "name": one.name, "status": one.status.value} for one in match.candidates
        ],
    }
