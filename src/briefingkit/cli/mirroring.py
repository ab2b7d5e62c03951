"""`briefingkit registrations mirror`: keeping lists elsewhere as well, and what is left there of the erased."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from briefingkit.cli.here import complete_briefing, project_here, project_option
from briefingkit.cli.terminal import counted, emit_json, json_option, say

if TYPE_CHECKING:
    from briefingkit.registrations.mirroring import Kept, Mirrored

__all__ = ["kept_json", "mirror_command", "say_erased_copies", "say_kept"]


@click.command("mirror")
@click.argument("briefing", required=False, shell_complete=complete_briefing)
@click.option("-t", "--target", "targets", multiple=True, metavar="NAME", help="Only at this target.")
@project_option
@json_option
def mirror_command(
    briefing: str | None, targets: Sequence[str], project_file: Path | None, *, as_json: bool
) -> None:
    """Bring the list of BRIEFING, or all lists, in step wherever they are kept as well, such as in a spreadsheet.

    Exit code 1: a target could not be brought in step.
    """
    project = project_here(project_file)
    programme = project.programme()
    names = [briefing] if briefing else [each.identifier for each in programme if each.registration]
    done: list[Kept] = []
    for name in names:
        with project.registrations(name, programme) as roll:
            done += roll.mirror(targets or None)
    if as_json:
        emit_json({"mirrored": list(map(kept_json, done))})
    else:
        say_kept(done)
    if any(kept.error for kept in done):
        raise click.exceptions.Exit(1)


def say_kept(done: "Sequence[Kept]") -> None:
    """Say what became of lists at targets that keep them."""
    for kept in done:
        _say(kept)
    if not done:
        say("No target keeps lists.")


def kept_json(kept: "Kept") -> dict[str, Any]:
    """Give what became of a list at a target, for programs."""
    done = kept.mirrored
    said: dict[str, Any] = {"briefing": kept.briefing, "target": kept.target or None, "error": kept.error}
    if done is None:
        return {**said, "command": kept.command}
    names = ("where", "added", "changed", "removed", "untouched", "strangers", "remains")
    return {**said, **{name: getattr(done, name) for name in names}}


def _say(kept: "Kept") -> None:
    where = f"{kept.briefing} at {kept.target}"
    if kept.mirrored is None:
        say(f"{where}: {kept.error}", "error", err=True)
        return
    done = kept.mirrored
    counts = {
        "added": done.added,
        "changed": done.changed,
        "removed": done.removed,
        "in step": done.untouched,
    }
    words = ", ".join(f"{number} {name}" for name, number in counts.items() if number)
    say(f"{where}: {words or 'nobody is on the list'}", "good")
    say(f"  {done.where}")
    _say_left(done)


def _say_left(done: "Mirrored") -> None:
    if done.remains:
        say(f"  {done.remains}", "warning")
    if done.strangers:
        say(
            f"  {counted(done.strangers, 'row there is', 'rows there are')} not of the list, and left alone",
            "warning",
        )


def say_erased_copies(kept: "Iterable[Kept]") -> None:
    """Say where lists are kept as well, and what is left there of those who were erased."""
    for each in kept:
        if each.mirrored is None:
            where = f"is still at {each.target}" if each.target else "may still be kept elsewhere"
            say(f"A copy {where} ({each.briefing}): {each.error}", "error", err=True)
            say(f"  Take it away with: {each.command}", "error", err=True)
            continue
        say(f"{counted(each.mirrored.removed, 'row')} removed at {each.target}: {each.mirrored.where}")
        _say_left(each.mirrored)
