"""`briefingkit registrations certificates`: a PDF for each person who was there, and whether a number is genuine."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from briefingkit.cli.here import complete_briefing, project_here, project_option
from briefingkit.cli.terminal import counted, emit_json, json_option, progress, say

if TYPE_CHECKING:
    from briefingkit.registrations.certificates.certificate import Certificate
    from briefingkit.registrations.registration_list import RegistrationList

__all__ = ["certificates_command"]

_SHOWN = 20


@click.command("certificates")
@click.argument("briefing", shell_complete=complete_briefing)
@click.option(
    "-o", "--out", type=click.Path(file_okay=False, path_type=Path), default=None, help="The folder for them."
)
@click.option(
    "--at-least", type=click.IntRange(1), default=None, help="Only who was there for so many minutes."
)
@click.option("-l", "--language", default=None, help="Default: for each person their own.")
@click.option(
    "--fonts",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="A font or a folder of fonts that come before the system's.",
)
@click.option(
    "--verify", default=None, metavar="NUMBER", help="Only say whether a certificate's number is genuine."
)
@project_option
@json_option
def certificates_command(
    briefing: str,
    out: Path | None,
    at_least: int | None,
    language: str | None,
    fonts: Sequence[Path],
    verify: str | None,
    project_file: Path | None,
    *,
    as_json: bool,
) -> None:
    """Write a certificate of attendance, PDF, for each person who was marked as present at BRIEFING.

    Exit code 1: some could not be made, or the number is not genuine.
    """
    from briefingkit.text.language import canonical

    if (out is None) is (verify is None):
        raise click.UsageError("give either --out FOLDER or --verify NUMBER")
    with project_here(project_file).registrations(briefing) as roll:
        if verify is not None:
            _verify(roll, verify, as_json=as_json)
        elif out is not None:
            spoken = canonical(language) if language else None
            _issue(roll, out, at_least, spoken, fonts, as_json=as_json)


def _verify(roll: "RegistrationList", number: str, *, as_json: bool) -> None:
    from briefingkit.registrations.certificates.certificate import verify_certificate

    found = verify_certificate(roll, number)
    if as_json:
        told = {} if found is None else {"number": found.number, "name": found.name, "minutes": found.minutes}
        emit_json({"genuine": found is not None, **told})
    elif found is None:
        say(
            "Not genuine: nobody on the list who was there has a certificate with that number",
            "error",
            err=True,
        )
    else:
        time = "" if found.minutes is None else f", {found.minutes} minutes"
        say(f"Genuine: #{found.number} {found.name or ''}{time}", "good")
    if found is None:
        raise click.exceptions.Exit(1)


def _issue(
    roll: "RegistrationList",
    out: Path,
    at_least: int | None,
    language: str | None,
    fonts: Sequence[Path],
    *,
    as_json: bool,
) -> None:
    from briefingkit.registrations.certificates.certificate import issue_certificates

    issued = issue_certificates(roll, out, at_least=at_least, language=language, fonts=fonts)
    done = list(progress(issued, "certificates", length=len(roll.attendance())))
    written = [each for each in done if each.path is not None]
    failed = [each for each in done if each.problem is not None]
    short = [each for each in done if each.short]
    if as_json:
        emit_json(
            {
                "written": [{"number": each.number, "file": str(each.path)} for each in written],
                "short": [each.number for each in short],
                "failed": [{"number": each.number, "problem": each.problem} for each in failed],
            }
        )
    else:
        _tell(out, len(written), len(short), failed)
    if failed:
        raise click.exceptions.Exit(1)


def _tell(out: Path, written: int, short: int, failed: "Sequence[Certificate]") -> None:
    """Say each problem once, with all who have it."""
    problems: dict[str, list[int]] = {}
    for each in failed:
        problems.setdefault(each.problem or "", []).append(each.number)
    for problem, numbers in problems.items():
        more = f" and {len(numbers) - _SHOWN} more" if len(numbers) > _SHOWN else ""
        say(f"{', '.join(f'#{number}' for number in numbers[:_SHOWN])}{more}: {problem}", "error", err=True)
    made = counted(written, "certificate")
    say(f"{made} written to {out}, for you alone to read", "good" if written else None)
    if short:
        people = counted(short, "person was", "people were")
        say(f"{people} not there for so long, or it is not known for how long", "warning")
