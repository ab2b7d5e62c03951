"""`briefingkit registrations`: who has registered, and how people come onto the list and leave it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from briefingkit.cli.here import complete_briefing, project_here, project_option
from briefingkit.cli.mirroring import kept_json, mirror_command, say_kept
from briefingkit.cli.pairs import pairs
from briefingkit.cli.registration_attendance import attend_command
from briefingkit.cli.registration_certificates import certificates_command
from briefingkit.cli.registration_files import export_command, import_command
from briefingkit.cli.registration_personal_data import erase_command, expire_command, person_command
from briefingkit.cli.registration_stats import stats_command
from briefingkit.cli.terminal import emit_json, json_option, say

if TYPE_CHECKING:
    from briefingkit.registrations.counts import Counts
    from briefingkit.registrations.intake import Outcome
    from briefingkit.registrations.mirroring import Kept
    from briefingkit.registrations.pulling import Pulled
    from briefingkit.registrations.registration import Registration

__all__ = ["registrations_command"]

_SHOWN = 20
_STATUSES = ("pending", "confirmed", "waitlisted", "cancelled")

_briefing = click.argument("briefing", shell_complete=complete_briefing)


@click.group("registrations")
def registrations_command() -> None:
    """Keep one true list of who takes part in a briefing, whatever they registered on."""


for _command in (
    attend_command,
    certificates_command,
    erase_command,
    expire_command,
    export_command,
    import_command,
    mirror_command,
    person_command,
    stats_command,
):
    registrations_command.add_command(_command)


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
    from briefingkit.registrations.attendance.marking import attended_json
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
    say(_summary(counts, roll.terms.capacity.segments), bold=True)


def _summary(counts: "Counts", limits: "Mapping[str, int]") -> str:
    words = ", ".join(f"{number} {name}" for name, number in counts.statuses.items() if number)
    of = "" if counts.capacity is None else f"; {counts.taken} of {counts.capacity} places taken"
    parts = (f"; {key}: {counts.segments.get(key, 0)} of {limit}" for key, limit in limits.items())
    return f"{words or 'nobody yet'}{of}{''.join(parts)}"


def _line(registration: "Registration", *, attended: bool) -> str:
    name = registration.answers.get("name")
    words = (
        f"#{registration.number}",
        registration.status.value,
        str(name or ""),
        registration.email or "",
        f"waits for {', '.join(registration.waits_for)}" if registration.waits_for else "",
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
    given = pairs(answers)
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
@click.option("--mirror", is_flag=True, help="Then bring the lists in step wherever they are kept as well.")
@project_option
@json_option
def pull_command(briefing: str | None, project_file: Path | None, *, mirror: bool, as_json: bool) -> None:
    """Fetch what was handed in elsewhere, for BRIEFING or for all: from every target that takes registrations.

    Exit code 1: a target could not be read to its end, or not be brought in step; what was read is kept.
    """
    project = project_here(project_file)
    programme = project.programme()
    names = [briefing] if briefing else [each.identifier for each in programme if each.registration]
    told: list[tuple[str, Pulled]] = []
    kept: list[Kept] = []
    for name in names:
        with project.registrations(name, programme) as roll:
            told += [(name, pulled) for pulled in roll.pull()]
            kept += roll.mirror() if mirror else ()
    if as_json:
        pulled = [{"briefing": name, **_pulled_json(pulled)} for name, pulled in told]
        emit_json({"pulled": pulled, **({"mirrored": list(map(kept_json, kept))} if mirror else {})})
    else:
        for name, each in told:
            _say_pulled(name, each)
        if not told:
            say("No target takes registrations.")
        if mirror:
            say_kept(kept)
    if any(each.error for _, each in told) or any(each.error for each in kept):
        raise click.exceptions.Exit(1)


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
