"""`briefingkit mail send --every`: sending what is due, again and again, until the process is told to end."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from briefingkit.cli.here import project_here
from briefingkit.cli.mail_words import report_json, say_report
from briefingkit.cli.terminal import emit_json, say
from briefingkit.errors import BriefingkitError, ModelError

if TYPE_CHECKING:
    from briefingkit.mailing.dispatch import Dispatch
    from briefingkit.mailing.outgoing.sending import Report

__all__ = ["duration", "go_on_sending"]


def duration(_context: click.Context, _option: click.Parameter, text: str | None) -> timedelta | None:
    """Read an option that is a duration, such as 5m."""
    from briefingkit.model.schedule import parse_duration

    if text is None:
        return None
    try:
        read = parse_duration(text)
    except ModelError as error:
        raise click.BadParameter(str(error)) from error
    if not read:
        raise click.BadParameter("a minute at least")
    return read


def go_on_sending(project_file: Path | None, every: timedelta, *, as_json: bool) -> None:
    """Send what is due every so often, and say what was done; a fault is told and tried again.

    What is wrong with the project at the beginning is raised.
    """
    from briefingkit.mailing.outgoing.sender import Sender
    from briefingkit.mailing.outgoing.stopping import stopping

    with project_here(project_file).office():
        pass

    def tell(each: "Dispatch", report: "Report") -> None:
        if not (any(_counts(report)) or report.stopped):
            return
        if as_json:
            emit_json(report_json(each, report))
        else:
            say_report(f"{each.briefing.identifier} {each.mailing.key}", report)

    def fail(name: str, error: Exception | None, seconds: float) -> None:
        # The words of our own errors are for whoever reads a terminal; others may quote anything.
        known = isinstance(error, BriefingkitError)
        why = "" if error is None else f": {error if known else type(error).__name__}"
        say(f"{name}: is tried again in {round(seconds)} seconds{why}", "error", err=True)

    sender = Sender(lambda: project_here(project_file).office(), every, tell=tell, fail=fail)
    with stopping() as stop:
        sender.run(stop)


def _counts(report: "Report") -> tuple[int, ...]:
    done = report.progress
    return done.sent, done.failed, done.deferred, done.uncertain, done.dropped
