"""`briefingkit plan` and `briefingkit apply`: what would change, and then the change."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from briefingkit.cli.terminal import emit_json, json_option, progress, project_option, say, say_line
from briefingkit.errors import ProjectError
from briefingkit.project import FILE_NAME, Project, find_project, open_project

if TYPE_CHECKING:
    from briefingkit.publish import Outcome
    from briefingkit.publish.plan import Plan

__all__ = ["apply_command", "plan_command"]

PENDING = 3
_DRIFT = click.Choice(("stop", "restore", "keep"))


@click.command("plan")
@click.option("-t", "--target", "targets", multiple=True, help="Only this target; may be repeated.")
@click.option("-b", "--briefing", "briefings", multiple=True, help="Only this briefing; may be repeated.")
@click.option(
    "--drift",
    type=_DRIFT,
    help="What to do with hand edits at a target. Default: the file's word, else stop.",
)
@click.option(
    "-o", "--out", type=click.Path(dir_okay=False, path_type=Path), help="Keep the plan, to apply it later."
)
@click.option(
    "--full", is_flag=True, help="Show every field, of what is new and of what follows from others too."
)
@project_option
@json_option
@click.pass_context
def plan_command(
    context: click.Context,
    targets: tuple[str, ...],
    briefings: tuple[str, ...],
    drift: str | None,
    out: Path | None,
    project_file: str | None,
    *,
    full: bool,
    as_json: bool,
) -> None:
    """Show what applying would change, field by field and language by language. Nothing changes anywhere.

    Exit code 0: every target is in step. 3: changes are pending. 1: something stands in the way.
    """
    project = project_here(project_file)
    plan = _plan(project, targets, briefings, drift, quiet=as_json)
    if out is not None:
        from briefingkit.publish.saved import dump_plan

        out.write_text(dump_plan(plan), encoding="utf-8")
    _show(plan, as_json=as_json, full=full)
    unread = any(planned.error for planned in plan.targets)
    context.exit(1 if unread or plan.refusals else 0 if plan.is_empty else PENDING)


@click.command("apply")
@click.argument("saved", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-t", "--target", "targets", multiple=True, help="Only this target; may be repeated.")
@click.option("-b", "--briefing", "briefings", multiple=True, help="Only this briefing; may be repeated.")
@click.option(
    "--drift",
    type=_DRIFT,
    help="What to do with hand edits at a target. Default: the file's word, else stop.",
)
@click.option("--delete", is_flag=True, help="Consent to the deletions that the plan shows.")
@click.option("--no-limits", is_flag=True, help="Go beyond the limits on deletions and changes, this once.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask. Without a terminal nothing is ever asked.")
@project_option
@json_option
@click.pass_context
def apply_command(
    context: click.Context,
    saved: Path | None,
    targets: tuple[str, ...],
    briefings: tuple[str, ...],
    drift: str | None,
    project_file: str | None,
    *,
    delete: bool,
    no_limits: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Bring every target in step with the briefings: plan, show, then do. It can be run again at any time.

    SAVED is a plan that `briefingkit plan --out` kept: it is applied only if nothing has moved since. Exit code 1
    when a resource could not be brought in step; the others are, and the next run goes on.
    """
    if saved is not None and (targets or briefings or drift):
        raise click.UsageError(
            "a saved plan is applied as it is: --target, --briefing and --drift belong to `plan`"
        )
    project = project_here(project_file)
    plan = (
        _saved(project, saved)
        if saved is not None
        else _plan(project, targets, briefings, drift, quiet=as_json)
    )
    if not as_json and saved is None:
        _show(plan, as_json=False)
    if plan.is_empty:
        # What needs no call is still noted in the ledger.
        list(project.apply_iter(plan, delete=delete))
        if as_json:
            emit_json(_report([], plan))
        return
    if not (yes or as_json) and sys.stdin.isatty() and sys.stdout.isatty():
        click.confirm("Apply this?", abort=True)
    outcomes = _apply(project, plan, delete=delete, no_limits=no_limits, quiet=as_json)
    if as_json:
        emit_json(_report(outcomes, plan))
    context.exit(0 if all(outcome.status == "done" for outcome in outcomes) else 1)


def project_here(given: str | None) -> Project:
    """Open the project that was named, or the one of this folder or the nearest above; ProjectError for none."""
    file = Path(given) if given is not None else find_project(Path.cwd())
    if file is None:
        raise ProjectError(
            f"there is no {FILE_NAME} here or above: run `briefingkit init`, or give --project"
        )
    return open_project(file)


def _plan(
    project: Project, targets: Sequence[str], briefings: Sequence[str], drift: str | None, *, quiet: bool
) -> "Plan":
    from briefingkit.publish import Drift

    paths = project.paths
    loaded = progress(project.load(), "Reading", length=len(paths), show=len(paths) > 1 and not quiet)
    return project.plan(
        briefings=briefings or None,
        targets=targets or None,
        drift=Drift(drift) if drift else None,
        loaded=loaded,
    )


def _saved(project: Project, path: Path) -> "Plan":
    from briefingkit.publish.saved import load_plan

    return project.freshen(load_plan(path.read_text(encoding="utf-8")))


def _show(plan: "Plan", *, as_json: bool, full: bool = False) -> None:
    from briefingkit.publish.present import plan_to_json, present

    if as_json:
        emit_json(plan_to_json(plan))
        return
    for line in present(plan, full=full):
        say_line(line)
    for hint in _hints(plan):
        say(hint, "heading")


def _hints(plan: "Plan") -> Iterator[str]:
    """Say which option lets through what waits for a person's word."""
    changes = [change for planned in plan.targets for change in planned.pending]
    if any(change.refusal is not None and change.conflict is None for change in changes):
        yield "Hand edits: `apply --drift restore` writes them over, `apply --drift keep` leaves them."
    if any(change.action == "delete" for change in changes):
        yield "Deletions: only `apply --delete` makes them."
    if plan.refusals:
        yield "Limits: `apply --no-limits` goes beyond them, this once."


def _apply(project: Project, plan: "Plan", *, delete: bool, no_limits: bool, quiet: bool) -> "list[Outcome]":
    from briefingkit.publish.limits import LimitPolicy

    limits = LimitPolicy.unlimited() if no_limits else None
    total = sum(len(planned.pending) for planned in plan.targets)
    running = project.apply_iter(plan, delete=delete, limits=limits)
    if quiet:
        return list(running)
    outcomes = list(_told(progress(running, "Applying", length=total, show=total > 1)))
    done = sum(1 for outcome in outcomes if outcome.status == "done")
    style = "good" if done == len(outcomes) else "error"
    say(f"Applied: {done} of {len(outcomes)} done.", style, bold=True)
    return outcomes


def _told(outcomes: "Iterator[Outcome]") -> "Iterator[Outcome]":
    """Tell each outcome in a log; on a terminal, where a bar moves, only those that went wrong, at the end."""
    failures = []
    for outcome in outcomes:
        if outcome.status != "done":
            failures.append(outcome)
        elif not sys.stderr.isatty():
            say(str(outcome))
        yield outcome
    for outcome in failures:
        say(str(outcome), "error", err=True)


def _report(outcomes: "Sequence[Outcome]", plan: "Plan") -> dict[str, Any]:
    return {
        "applied": [
            {
                "target": outcome.target,
                "kind": outcome.change.identity.kind,
                "key": outcome.change.identity.key,
                "owner": outcome.change.owner,
                "action": outcome.change.action.value,
                "status": outcome.status.value,
                "error": outcome.error,
                "outputs": dict(outcome.outputs),
            }
            for outcome in outcomes
        ],
        "publications": [
            {"briefing": each.briefing.identifier, "revision": each.revision, "at": each.at.isoformat()}
            for each in plan.planned
        ],
        "errors": {planned.target: planned.error for planned in plan.targets if planned.error},
    }
