"""`briefingkit mail work`: sending as one of several workers, and leaving to them what is due."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from briefingkit.cli.here import project_here, project_option
from briefingkit.cli.mail_words import report_json, say_report, standing_in_words
from briefingkit.cli.terminal import emit_json, json_option, say
from briefingkit.errors import BriefingkitError, ProjectError

if TYPE_CHECKING:
    from briefingkit.mailing.dispatch import Dispatch
    from briefingkit.mailing.outgoing.engine import Stop
    from briefingkit.mailing.outgoing.sending import Report
    from briefingkit.mailing.outgoing.work import JobDone

__all__ = ["leave_to_workers", "work_command"]


@click.command("work")
@click.option("--once", is_flag=True, help="Do what is to be done now, and end.")
@project_option
@json_option
def work_command(project_file: Path | None, *, once: bool, as_json: bool) -> None:
    """Send as one of several workers, on as many machines as you like, until the process is told to end.

    Needs `workers` under `mail` in briefingkit.yaml, and a ledger in PostgreSQL. What is due is planned and sent by
    itself, and registrations are confirmed. Told to end, it finishes the batch in hand.
    Exit code 1 of --once: something could not be sent, or nobody knows whether it went.
    """
    from briefingkit.mailing.outgoing.stopping import stopping
    from briefingkit.mailing.outgoing.work import Work

    project = project_here(project_file)
    engine = project.engine()
    if engine is None or project.settings.mail is None:
        raise ProjectError(
            "the project has no workers: give `mail` in briefingkit.yaml `workers: {use: procrastinate}`, or let this "
            "machine send alone, by `briefingkit mail send --every 1m`"
        )

    wrong = False

    def ready() -> None:
        if as_json:
            emit_json({"pid": os.getpid()})
        elif not once:
            say("At work  (Ctrl-C ends it)")

    def tell(told: "JobDone") -> None:
        nonlocal wrong
        wrong |= _is_wrong(told)
        (_json if as_json else _say)(told)

    work = Work(
        lambda: project_here(project_file).office(engine),
        engine,
        tell=tell,
        every=project.settings.mail.every,
    )
    with stopping() as stop:
        work.run(stop, once=once, ready=ready)
    if once and wrong:
        raise click.exceptions.Exit(1)


def leave_to_workers(
    each: "Dispatch", stop: "Stop", *, early: bool, named: bool, as_json: bool
) -> tuple[dict[str, Any] | None, bool]:
    """Plan a mailing and leave it to workers; what came of it as JSON, and whether it went wrong."""
    from briefingkit.mailing.outgoing.work import hand_over

    name = f"{each.briefing.identifier} {each.mailing.key}"
    told: dict[str, Any] = {"briefing": each.briefing.identifier, "mailing": each.mailing.key}
    try:
        waiting = hand_over(each, early=early, anew=named or each.goes_by_itself, stop=stop)
    except ProjectError:
        raise
    except BriefingkitError as error:
        say(f"{name}: {error}", "error", err=True)
        return {**told, "error": str(error)}, True
    if waiting is None or (not waiting and not named):
        if named and not as_json:
            say(f"{name}: {standing_in_words(each.schedule, each.mailing.kind)}")
        return None, False
    unfinished = each.unfinished
    if not as_json:
        say(f"{name}: {waiting or 'nothing new'} to send, left to the workers", "good")
        if unfinished:
            say(f"{name}: not all are planned yet: run it again, and it goes on", "warning", err=True)
    return {**told, "waiting": waiting, **({"unfinished": True} if unfinished else {})}, unfinished


def _say(told: "JobDone") -> None:
    if told.error is not None:
        say(f"{_name(told)}: {_reason(told.error)}", "error", err=True)
    elif told.report is not None and _is_worth_telling(told.report):
        say_report(_name(told), told.report)


def _json(told: "JobDone") -> None:
    if told.error is not None:
        emit_json(
            {
                "task": told.task,
                "briefing": told.briefing,
                "mailing": told.mailing,
                "error": _reason(told.error),
            }
        )
    elif told.each is not None and told.report is not None and _is_worth_telling(told.report):
        emit_json(report_json(told.each, told.report))


def _name(told: "JobDone") -> str:
    return f"{told.briefing} {told.mailing}".strip() or told.task


def _reason(error: Exception) -> str:
    # The words of our own errors are for whoever reads them; others may quote anything.
    known = isinstance(error, BriefingkitError | OSError)
    return str(error) if known else f"{type(error).__name__}, which is a fault of briefingkit's"


def _is_wrong(told: "JobDone") -> bool:
    report = told.report
    stuck = report is not None and bool(report.progress.failed or report.progress.uncertain or report.stopped)
    return told.error is not None or stuck


def _is_worth_telling(report: "Report") -> bool:
    done = report.progress
    return bool(done.sent or done.failed or done.deferred or done.uncertain or done.dropped or report.stopped)
