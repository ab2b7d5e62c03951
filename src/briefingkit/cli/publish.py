"""`briefingkit plan` and `briefingkit apply`: what would change, and then the change."""

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from briefingkit.cli.beginning import begin, say_drafts
from briefingkit.cli.here import complete_briefing, complete_target, project_option
from briefingkit.cli.terminal import emit_json, json_option, progress, say, say_line
from briefingkit.cli.writing import write_whole
from briefingkit.errors import PublishError

if TYPE_CHECKING:
    from briefingkit.in_step import Said
    from briefingkit.project import Project
    from briefingkit.publish import Outcome
    from briefingkit.publish.plan import Plan

__all__ = ["apply_command", "plan_command"]

PENDING = 3
FAILED = 1

_targets_option = click.option(
    "-t",
    "--target",
    "targets",
    multiple=True,
    metavar="NAME",
    shell_complete=complete_target,
    help="Only this target; may be repeated.",
)
_briefings_option = click.option(
    "-b",
    "--briefing",
    "briefings",
    multiple=True,
    metavar="IDENTIFIER",
    shell_complete=complete_briefing,
    help="Only this briefing; may be repeated.",
)
_drift_option = click.option(
    "--drift",
    type=click.Choice(("stop", "restore", "keep")),
    help="What to do with hand edits at a target. Default: the file's word, else stop.",
)

_PLAN_EXAMPLES = """\b
Examples:
  briefingkit plan
  briefingkit plan --target site --briefing night-buses --full
  briefingkit plan --out plan.json   # then: briefingkit apply plan.json"""
_APPLY_EXAMPLES = """\b
Examples:
  briefingkit apply
  briefingkit apply --yes --drift restore
  briefingkit apply plan.json"""


@click.command("plan", epilog=_PLAN_EXAMPLES)
@_targets_option
@_briefings_option
@_drift_option
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
    project_file: Path | None,
    *,
    full: bool,
    as_json: bool,
) -> None:
    """Show what applying would change, field by field and language by language. Nothing changes anywhere.

    Exit code 0: every target is in step. 3: changes are pending. 1: something stands in the way.
    """
    whole = not (targets or briefings or out or full)
    run = begin(project_file, drift, _plan_report if as_json else None, whole=whole)
    if run is None:
        return
    plan, drafts = _plan(run.project, targets, briefings, drift)
    run.remember(plan, drafts)
    if out is not None:
        from briefingkit.publish.saved import dump_plan

        write_whole(out, dump_plan(plan))
        if not as_json:
            say(f"Kept in {out}: `briefingkit apply {out}` applies just this.", "good", err=True)
    if as_json:
        from briefingkit.publish.present import plan_to_json

        emit_json({**plan_to_json(plan), "drafts": drafts})
    else:
        _show(plan, drafts, full=full)
    unread = any(planned.error for planned in plan.targets)
    context.exit(FAILED if unread or plan.refusals else 0 if plan.is_empty else PENDING)


@click.command("apply", epilog=_APPLY_EXAMPLES)
@click.argument("saved", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_targets_option
@_briefings_option
@_drift_option
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
    project_file: Path | None,
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
    whole = not (saved or targets or briefings)
    run = begin(project_file, drift, _apply_report if as_json else None, whole=whole)
    if run is None:
        return
    project = run.project
    plan, drafts = _saved(project, saved) if saved is not None else _plan(project, targets, briefings, drift)
    run.remember(plan, drafts)
    asks = not (yes or as_json) and sys.stdin.isatty() and sys.stdout.isatty()
    if not as_json and (saved is None or asks or plan.is_empty):
        _show(plan, drafts, delete=delete, no_limits=no_limits)
    if plan.is_empty:
        # What needs no call is still noted in the ledger.
        list(project.apply_iter(plan, delete=delete))
        if as_json:
            emit_json(_report([], plan, drafts))
        return
    if asks and not click.confirm("Apply this?"):
        say("Nothing was applied.")
        context.exit(FAILED)
    outcomes = _apply(project, plan, delete=delete, no_limits=no_limits, quiet=as_json)
    if as_json:
        emit_json(_report(outcomes, plan, drafts))
    context.exit(0 if all(outcome.status == "done" for outcome in outcomes) else FAILED)


def _plan_report(said: "Said") -> dict[str, Any]:
    return {**said.report, "at": datetime.now(UTC).isoformat()}


def _apply_report(said: "Said") -> dict[str, Any]:
    """Make of what a plan said what an apply of it says."""
    told = said.report
    return {"applied": [], "publications": told["publications"], "drafts": told["drafts"], "errors": {}}


def _plan(
    project: "Project", targets: Sequence[str], briefings: Sequence[str], drift: str | None
) -> tuple["Plan", list[str]]:
    """Make a plan, and name the drafts that it leaves out."""
    from briefingkit.model import Status
    from briefingkit.publish import Drift

    paths = project.paths
    loaded = list(progress(project.load(paths), "Reading", length=len(paths)))
    plan = project.plan(
        briefings=briefings or None,
        targets=targets or None,
        drift=Drift(drift) if drift else None,
        loaded=loaded,
    )
    read = [one.briefing for one in loaded if one.briefing is not None]
    return plan, [briefing.identifier for briefing in read if briefing.status is Status.DRAFT]


def _saved(project: "Project", path: Path) -> tuple["Plan", list[str]]:
    from briefingkit.publish.saved import load_plan

    try:
        plan = load_plan(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, RecursionError):
        raise PublishError(f"{path}: this is no saved plan") from None
    except PublishError as error:
        raise PublishError(f"{path}: {error}") from None
    return project.freshen(plan), []


def _show(
    plan: "Plan", drafts: Sequence[str], *, full: bool = False, delete: bool = False, no_limits: bool = False
) -> None:
    from briefingkit.publish.present import present

    for line in present(plan, full=full):
        say_line(line)
    say_drafts(drafts)
    for hint in _hints(plan, delete=delete, no_limits=no_limits):
        say(hint, "warning")


def _hints(plan: "Plan", *, delete: bool, no_limits: bool) -> "Iterator[str]":
    """Name the options that let through what the plan stops at, but for those that were given."""
    from briefingkit.publish import Action

    pending = [change for planned in plan.targets for change in planned.pending]
    if any(change.refusal and change.drifted for change in pending):
        yield "What was changed by hand: --drift restore writes over it, --drift keep leaves it."
    if not delete and any(change.action is Action.DELETE for change in pending):
        yield "Deletions wait for `apply --delete`."
    if plan.refusals and not no_limits:
        yield "If that is meant, `apply --no-limits` goes beyond the limits, this once."


def _apply(
    project: "Project", plan: "Plan", *, delete: bool, no_limits: bool, quiet: bool
) -> "list[Outcome]":
    from briefingkit.publish.limits import LimitPolicy

    limits = LimitPolicy.unlimited() if no_limits else None
    total = sum(len(planned.pending) for planned in plan.targets)
    running = progress(project.apply_iter(plan, delete=delete, limits=limits), "Applying", length=total)
    if quiet:
        return list(running)
    try:
        outcomes = list(_told(running))
    except KeyboardInterrupt:
        say("What was applied is recorded: run the command again to go on.", err=True)
        raise
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


def _report(outcomes: "Sequence[Outcome]", plan: "Plan", drafts: Sequence[str]) -> dict[str, Any]:
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
        "drafts": list(drafts),
        "errors": {planned.target: planned.error for planned in plan.targets if planned.error},
    }
