"""`briefingkit registrations import` and `export`: the list from files and to files."""

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from briefingkit.cli.here import complete_briefing, project_here, project_option
from briefingkit.cli.pairs import pairs
from briefingkit.cli.terminal import counted, emit_json, json_option, say

if TYPE_CHECKING:
    from briefingkit.registrations.files.importing import Imported, Preview, RowFault

__all__ = ["export_command", "import_command"]

_SHOWN = 20

_briefing = click.argument("briefing", shell_complete=complete_briefing)


@click.command("import")
@_briefing
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-c", "--column", "columns", multiple=True, metavar="HEADER=KEY", help='As in "Courriel=email".'
)
@click.option("--sheet", default=None, help="The sheet of a workbook; default: the first.")
@click.option(
    "--encoding", default=None, metavar="NAME", help="Of a CSV, such as cp1251; default: found out."
)
@click.option("--at", type=str, default=None, metavar="TIME", help="As of when the file is; default: now.")
@click.option("--preview", "only_preview", is_flag=True, help="Show what would be read; write nothing.")
@project_option
@json_option
def import_command(
    briefing: str,
    file: Path,
    columns: Sequence[str],
    sheet: str | None,
    encoding: str | None,
    at: str | None,
    project_file: Path | None,
    *,
    only_preview: bool,
    as_json: bool,
) -> None:
    """Merge FILE, CSV or XLSX, into the list of BRIEFING. Exit code 1: some rows could not be taken."""
    said, moment = pairs(columns, at_last=True), _moment(at)
    with project_here(project_file).registrations(briefing) as roll:
        if only_preview:
            found = roll.preview(file, columns=said, sheet=sheet, encoding=encoding)
            _tell_preview(found, as_json=as_json)
            return
        done = roll.import_(file, columns=said, sheet=sheet, encoding=encoding, at=moment)
    _tell_imported(done, as_json=as_json)
    if done.faulty:
        raise click.exceptions.Exit(1)


@click.command("export")
@_briefing
@click.option("-o", "--out", type=click.Path(path_type=Path), default=None, help="Default: standard output.")
@click.option("-f", "--format", "format_", type=click.Choice(("csv", "xlsx", "json")), default=None)
@project_option
@json_option
def export_command(
    briefing: str, out: Path | None, format_: str | None, project_file: Path | None, *, as_json: bool
) -> None:
    """Write the list of BRIEFING as CSV, XLSX or JSON; what a spreadsheet would run as a formula is disarmed."""
    from briefingkit.registrations.files.exporting import export_to

    with project_here(project_file).registrations(briefing) as roll:
        if out is None:
            export_to(roll, sys.stdout.buffer, format_ or ("json" if as_json else "csv"))
            return
        done = roll.export(out, format_)
    if as_json:
        emit_json({"file": str(out), "rows": done.rows, "cut": done.cut})
        return
    say(f"{counted(done.rows, 'registration')} written to {out}, for you alone to read")
    if done.cut:
        say(
            f"{counted(done.cut, 'text was', 'texts were')} cut: a cell holds 32767 characters. CSV and JSON hold all",
            "warning",
        )


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
    left = 0
    for column in found.columns:
        left += column.key is None
        if column.key is not None:
            say(f"{column.header} → {column.key}")
        elif left <= _SHOWN:
            say(f"{column.header}: left out", "warning")
    if left > _SHOWN:
        say(f"… and {left - _SHOWN} more left out", "warning")
    for row in found.rows:
        say("  " + ", ".join(f"{key}: {answer}" for key, answer in row.items()))
    _say_faults(found.faults)


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
    left = f"{', ' if words else ''}{done.faulty} not taken" if done.faulty else ""
    say(f"{counted(done.rows, 'row')} read{': ' if words or left else ''}{words}{left}")
    _say_faults(done.faults)


def _fault_json(fault: "RowFault") -> dict[str, Any]:
    return {"row": fault.row, "column": fault.column, "message": fault.message}


def _say_faults(faults: "Sequence[RowFault]") -> None:
    for fault in faults[:_SHOWN]:
        place = f"row {fault.row}" + (f", {fault.column}" if fault.column else "")
        say(f"{place}: {fault.message}", "error", err=True)
    if len(faults) > _SHOWN:
        say("… and more; --json tells up to a thousand", "error", err=True)
