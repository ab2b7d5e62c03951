"""`briefingkit registrations`: who has registered, and what becomes of their data."""

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from briefingkit.cli.here import complete_briefing, project_here, project_option
from briefingkit.cli.mirroring import kept_json, mirror_command, say_erased_copies
from briefingkit.cli.registration_attendance import attend_command
from briefingkit.cli.registration_certificates import certificates_command
from briefingkit.cli.registration_stats import stats_command
from briefingkit.cli.terminal import emit_json, json_option, say

if TYPE_CHECKING:
    from briefingkit.registrations.erasure import Erased
    from briefingkit.registrations.importing import Imported, Preview, RowFault
    from briefingkit.registrations.intake import Outcome
    from briefingkit.registrations.pulling import Pulled
    from briefingkit.registrations.registration import Registration

__all__ = ["registrations_command"]

_SHOWN = 20
_STATUSES = ("pending", "confirmed", "waitlisted", "cancelled")

_briefing = click.argument("briefing", shell_complete=complete_briefing)


@click.group("registrations")
def registrations_command() -> None:
    """Keep one true list of who takes part in a briefing, whatever they registered on."""


registrations_command.add_command(attend_command)
registrations_command.add_command(certificates_command)
registrations_command.add_command(stats_command)


registrations_command.add_command(mirror_command)


@registrations_command.command("list")
@_briefing
@click.option("--status", type=click.Choice(_STATUSES), default=None, help="Only these.")
@click.option("--counts", "only_counts", is_flag=True, help="Only how many; nobody's data.")
@project_option
@json_option
def list_command(
    briefing: str, status: str | None, project_file: Path | None, *, only_counts: bool, as_json: bool
) -> None:
    """Show who is on the list of BRIEFING, in the order in which they came."""
    from briefingkit.registrations.attendance import attended_json
    from briefingkit.registrations.codec import registration_json
    from briefingkit.registrations.registration import RegistrationStatus

    with project_here(project_file).registrations(briefing) as roll:
        counts = roll.counts()
        found = () if only_counts else roll.list(RegistrationStatus(status) if status else None)
        present = {} if only_counts else {attended.number: attended for attended in roll.attendance()}
        if as_json:
            said: dict[str, Any] = {
                "briefing": briefing,
                "counts": dict(counts.statuses),
                "capacity": counts.capacity,
                "taken": counts.taken,
                "segments": dict(counts.segments),
                "erased": dict(counts.erased),
            }
            listed = [
                {**registration_json(each), "attendance": attended_json(present.get(each.number))}
                for each in found
            ]
            people = {} if only_counts else {"registrations": listed}
            emit_json({**said, **people})
            return
        for registration in found:
            say(_line(registration, attended=registration.number in present))
    words = [f"{number} {name}" for name, number in counts.statuses.items() if number]
    of = "" if counts.capacity is None else f"; {counts.taken} of {counts.capacity} places taken"
    say(f"{', '.join(words) or 'nobody yet'}{of}", bold=True)


def _line(registration: "Registration", *, attended: bool) -> str:
    name = registration.answers.get("name")
    words = (
        f"#{registration.number}",
        registration.status.value,
        str(name or ""),
        registration.email or "",
        "attended" if attended else "",
    )
    return "  ".join(word for word in words if word)


@registrations_command.command("add")
@_briefing
@click.argument("answers", nargs=-1, required=True, metavar="KEY=ANSWER...")
@click.option("-l", "--language", default=None, help="The language that the person reads, a BCP 47 tag.")
@project_option
@json_option
def add_command(
    briefing: str, answers: Sequence[str], language: str | None, project_file: Path | None, *, as_json: bool
) -> None:
    """Put a person on the list of BRIEFING, or change their answers: email=ada@example.org name="Ada Okafor"."""
    given = _pairs(answers)
    with project_here(project_file).registrations(briefing) as roll:
        outcome = roll.add(roll.typed(given), language=language)
    _tell_outcome(outcome, as_json=as_json)


@registrations_command.command("cancel")
@_briefing
@click.argument("who", metavar="EMAIL")
@project_option
@json_option
def cancel_command(briefing: str, who: str, project_file: Path | None, *, as_json: bool) -> None:
    """Cancel a registration, by e-mail address or number (#17); the place goes to whoever waits."""
    with project_here(project_file).registrations(briefing) as roll:
        outcome = roll.cancel(who)
    _tell_outcome(outcome, as_json=as_json)


@registrations_command.command("promote")
@_briefing
@project_option
@json_option
def promote_command(briefing: str, project_file: Path | None, *, as_json: bool) -> None:
    """Give the places that are free, as by a greater capacity, to those who wait."""
    with project_here(project_file).registrations(briefing) as roll:
        numbers = [each.number for each in roll.promote()]
    if as_json:
        emit_json({"promoted": numbers})
        return
    say(
        f"{len(numbers)} promoted{': ' if numbers else ''}{', '.join(f'#{each}' for each in numbers[:_SHOWN])}"
    )


@registrations_command.command("pull")
@click.argument("briefing", required=False, shell_complete=complete_briefing)
@project_option
@json_option
def pull_command(briefing: str | None, project_file: Path | None, *, as_json: bool) -> None:
    """Fetch what was handed in elsewhere, for BRIEFING or for all: from every target that takes registrations.

    Exit code 1: a target could not be read to its end; what was read is kept.
    """
    project = project_here(project_file)
    programme = project.programme()
    names = [briefing] if briefing else [each.identifier for each in programme if each.registration]
    told: list[tuple[str, Pulled]] = []
    for name in names:
        with project.registrations(name, programme) as roll:
            told += [(name, pulled) for pulled in roll.pull()]
    if as_json:
        emit_json({"pulled": [{"briefing": name, **_pulled_json(pulled)} for name, pulled in told]})
    else:
        for name, pulled in told:
            _say_pulled(name, pulled)
        if not told:
            say("No target takes registrations.")
    if any(pulled.error for _, pulled in told):
        raise click.exceptions.Exit(1)


@registrations_command.command("import")
@_briefing
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-c", "--column", "columns", multiple=True, metavar="HEADER=KEY", help='As in "Courriel=email".'
)
@click.option("--sheet", default=None, help="The sheet of a workbook; default: the first.")
@click.option("--at", type=str, default=None, metavar="TIME", help="As of when the file is; default: now.")
@click.option("--preview", "only_preview", is_flag=True, help="Show what would be read; write nothing.")
@project_option
@json_option
def import_command(
    briefing: str,
    file: Path,
    columns: Sequence[str],
    sheet: str | None,
    at: str | None,
    project_file: Path | None,
    *,
    only_preview: bool,
    as_json: bool,
) -> None:
    """Merge FILE, CSV or XLSX, into the list of BRIEFING. Exit code 1: some rows could not be taken."""
    said, moment = _pairs(columns, at_last=True), _moment(at)
    with project_here(project_file).registrations(briefing) as roll:
        if only_preview:
            _tell_preview(roll.preview(file, columns=said, sheet=sheet), as_json=as_json)
            return
        done = roll.import_(file, columns=said, sheet=sheet, at=moment)
    _tell_imported(done, as_json=as_json)
    if done.faulty:
        raise click.exceptions.Exit(1)


@registrations_command.command("export")
@_briefing
@click.option("-o", "--out", type=click.Path(path_type=Path), default=None, help="Default: standard output.")
@click.option("-f", "--format", "format_", type=click.Choice(("csv", "xlsx", "json")), default=None)
@project_option
@json_option
def export_command(
    briefing: str, out: Path | None, format_: str | None, project_file: Path | None, *, as_json: bool
) -> None:
    """Write the list of BRIEFING as CSV, XLSX or JSON; what a spreadsheet would run as a formula is disarmed."""
    from briefingkit.registrations.exporting import export_to

    with project_here(project_file).registrations(briefing) as roll:
        if out is None:
            export_to(roll, sys.stdout.buffer, format_ or ("json" if as_json else "csv"))
            return
        done = roll.export(out, format_)
    if as_json:
        emit_json({"file": str(out), "rows": done.rows, "cut": done.cut})
        return
    say(f"{done.rows} registrations written to {out}, for you alone to read")
    if done.cut:
        say(f"{done.cut} texts were cut: a cell holds 32767 characters. CSV and JSON hold all", "warning")


@registrations_command.command("person")
@click.argument("email")
@project_option
@json_option
def person_command(email: str, project_file: Path | None, *, as_json: bool) -> None:
    """Print all that the ledger holds of a person, over all lists, for their own request to see it."""
    del as_json  # it is one JSON document in any case: it is handed to the person as it is
    with project_here(project_file).personal_data() as data:
        emit_json(data.person(email))


@registrations_command.command("erase")
@click.argument("who", metavar="EMAIL")
@click.option("-b", "--briefing", default=None, shell_complete=complete_briefing, help="Only from this list.")
@project_option
@json_option
def erase_command(who: str, briefing: str | None, project_file: Path | None, *, as_json: bool) -> None:
    """Erase a person from all lists and the ledger's file, and say where else copies are.

    With --briefing a number (#17) does as well. Exit code 1: a copy is left that a command can take away, as is said.
    """
    project = project_here(project_file)
    if briefing is None:
        with project.personal_data() as data:
            erased = data.erase(who)
    else:
        with project.registrations(briefing) as roll:
            erased = roll.erase(who)
    _tell_erased(erased, as_json=as_json)
    if not erased.complete or any(kept.error for kept in erased.kept):
        raise click.exceptions.Exit(1)


@registrations_command.command("expire")
@project_option
@json_option
def expire_command(project_file: Path | None, *, as_json: bool) -> None:
    """Erase every list whose retention is over; run it every night. Exit code 1: a copy is left, as is said."""
    with project_here(project_file).personal_data() as data:
        gone = data.expire()
    if as_json:
        emit_json({"expired": dict(gone), "kept": list(map(kept_json, gone.kept))})
    else:
        for name, number in gone.items():
            say(f"{name}: {number} registrations erased")
        say_erased_copies(gone.kept)
        if not gone:
            say("Nothing is due.")
    if any(kept.error for kept in gone.kept):
        raise click.exceptions.Exit(1)


def _pairs(texts: Sequence[str], *, at_last: bool = False) -> dict[str, str]:
    pairs = {}
    for text in texts:
        name, equals, value = text.rpartition("=") if at_last else text.partition("=")
        if not equals or not name.strip():
            # Not the text: it may be somebody's data.
            raise click.UsageError("give each as NAME=VALUE, with quotes around it where it has spaces")
        pairs[name.strip()] = value.strip()
    return pairs


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise click.BadParameter(
            "write a time with its zone, such as 2027-03-01T09:00+01:00", param_hint="--at"
        )
    return moment


def _tell_outcome(outcome: "Outcome", *, as_json: bool) -> None:
    registration = outcome.registration
    if as_json:
        emit_json(
            {
                "taken": outcome.taken,
                "effect": outcome.effect.value if outcome.effect else None,
                "refusal": outcome.refusal.value if outcome.refusal else None,
                "number": registration.number if registration else None,
                "status": registration.status.value if registration else None,
            }
        )
    elif outcome.refusal is not None:
        say(f"refused: {outcome.refusal.value}", "error", err=True)
    elif registration is not None and outcome.effect is not None:
        say(f"#{registration.number} {outcome.effect.value}: {registration.status.value}", "good")
    if not outcome.taken:
        raise click.exceptions.Exit(1)


def _pulled_json(pulled: "Pulled") -> dict[str, Any]:
    return {"intake": pulled.intake, "outcomes": dict(pulled.outcomes), "error": pulled.error}


def _say_pulled(briefing: str, pulled: "Pulled") -> None:
    words = ", ".join(f"{number} {word}" for word, number in pulled.outcomes.items())
    say(f"{briefing} from {pulled.intake}: {words or 'nothing new'}")
    if pulled.error is not None:
        say(f"{briefing} from {pulled.intake}: {pulled.error}", "error", err=True)


def _tell_preview(found: "Preview", *, as_json: bool) -> None:
    columns = [{"column": each.index + 1, "header": each.header, "key": each.key} for each in found.columns]
    if as_json:
        emit_json(
            {
                "header_row": found.header_row,
                "columns": columns,
                "rows": list(map(dict, found.rows)),
                "faults": list(map(_fault_json, found.faults)),
            }
        )
        return
    for column in columns[: 5 * _SHOWN]:
        key = column["key"]
        say(
            f"{column['header']} → {key}" if key else f"{column['header']}: left out",
            None if key else "warning",
        )
    for row in found.rows:
        say("  " + ", ".join(f"{key}: {answer}" for key, answer in row.items()))
    _say_faults(found.faults, len(found.faults))


def _tell_imported(done: "Imported", *, as_json: bool) -> None:
    if as_json:
        emit_json(
            {
                "rows": done.rows,
                "outcomes": dict(done.outcomes),
                "faulty": done.faulty,
                "faults": list(map(_fault_json, done.faults)),
            }
        )
        return
    words = ", ".join(f"{number} {word}" for word, number in done.outcomes.items())
    say(f"{done.rows} rows read{': ' if words else ''}{words}")
    _say_faults(done.faults, done.faulty)


def _fault_json(fault: "RowFault") -> dict[str, Any]:
    return {"row": fault.row, "column": fault.column, "message": fault.message}


def _say_faults(faults: "Sequence[RowFault]", number: int) -> None:
    for fault in faults[:_SHOWN]:
        place = f"row {fault.row}" + (f", {fault.column}" if fault.column else "")
        say(f"{place}: {fault.message}", "error", err=True)
    if number > _SHOWN:
        say(f"… and {number - _SHOWN} more; --json tells a thousand", "error", err=True)


def _tell_erased(erased: "Erased", *, as_json: bool) -> None:
    copies = [
        {
            "briefing": each.briefing,
            "intake": each.intake,
            "response": each.id,
            "at": each.at.isoformat(),
            "where": each.where,
        }
        for each in erased.copies
    ]
    if as_json:
        emit_json(
            {
                "registrations": erased.registrations,
                "copies": copies,
                "mentions": [{"briefing": name, "number": number} for name, number in erased.mentions],
                "complete": erased.complete,
                "kept": list(map(kept_json, erased.kept)),
            }
        )
        return
    say(f"{erased.registrations} registrations erased", "good")
    for copy in copies:
        where = copy["where"] or f"{copy['intake']}, {copy['response']}"
        say(f"A copy may be where it was handed in: {where} ({copy['briefing']})")
    say_erased_copies(erased.kept)
    for name, number in erased.mentions:
        say(f"The address also stands in what somebody else wrote: #{number} of {name}", "warning")
    if not erased.complete:
        say("Somebody is reading the ledger: run this again to clean its file", "error", err=True)
