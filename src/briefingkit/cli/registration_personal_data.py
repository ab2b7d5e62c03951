"""`briefingkit registrations person`, `erase` and `expire`: what becomes of people's data."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from briefingkit.cli.here import complete_briefing, project_here, project_option
from briefingkit.cli.mirroring import kept_json, say_erased_copies
from briefingkit.cli.terminal import counted, emit_json, json_option, say

if TYPE_CHECKING:
    from briefingkit.registrations.erasure import Erased

__all__ = ["erase_command", "expire_command", "person_command"]


@click.command("person")
@click.argument("email")
@project_option
@json_option
def person_command(email: str, project_file: Path | None, *, as_json: bool) -> None:
    """Print all that the ledger holds of a person, over all lists, for their own request to see it."""
    del as_json  # it is one JSON document in any case: it is handed to the person as it is
    with project_here(project_file).personal_data() as data:
        emit_json(data.person(email))


@click.command("erase")
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


@click.command("expire")
@project_option
@json_option
def expire_command(project_file: Path | None, *, as_json: bool) -> None:
    """Erase every list whose retention is over, and what was written to people; run it every night.

    Exit code 1: a copy is left, as is said.
    """
    with project_here(project_file).personal_data() as data:
        gone = data.expire()
    if as_json:
        messages, kept = dict(gone.messages), list(map(kept_json, gone.kept))
        emit_json({"expired": dict(gone), "messages": messages, "kept": kept})
    else:
        for name, number in gone.items():
            say(f"{name}: {counted(number, 'registration')} erased")
        say_erased_copies(gone.kept)
        for name, number in gone.messages.items():
            say(f"{name}: {counted(number, 'message')} forgotten")
        if not (gone or gone.messages):
            say("Nothing is due.")
    if any(kept.error for kept in gone.kept):
        raise click.exceptions.Exit(1)


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
    say(f"{counted(erased.registrations, 'registration')} erased", "good")
    for copy in copies:
        where = copy["where"] or f"{copy['intake']}, {copy['response']}"
        say(f"A copy may be where it was handed in: {where} ({copy['briefing']})")
    say_erased_copies(erased.kept)
    for name, number in erased.mentions:
        say(f"The address also stands in what somebody else wrote: #{number} of {name}", "warning")
    if not erased.complete:
        say("Somebody is reading the ledger: run this again to clean its file", "error", err=True)
