"""`briefingkit mail`: what would be written to whom, sending it, and what became of it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from briefingkit.cli.here import complete_briefing, project_here, project_option
from briefingkit.cli.mail_back import answers_command, bounces_command, fates_json, fates_of, say_fates
from briefingkit.cli.mail_every import duration, go_on_sending
from briefingkit.cli.mail_words import (
    plan_json,
    report_json,
    say_mail_plan,
    say_preview,
    say_report,
    say_status,
    standing_in_words,
    standing_json,
    status_json,
)
from briefingkit.cli.mail_work import leave_to_workers, work_command
from briefingkit.cli.terminal import emit_json, json_option, say
from briefingkit.errors import BriefingkitError, ProjectError

if TYPE_CHECKING:
    from briefingkit.mailing.dispatch import Dispatch
    from briefingkit.mailing.mail_plan import MailPlan
    from briefingkit.mailing.office import Office
    from briefingkit.mailing.outgoing.sending import Progress

__all__ = ["mail_command"]

_briefing = click.argument("briefing", required=False, shell_complete=complete_briefing)
_mailing = click.argument("mailing", required=False)
_EXAMPLES = """\b
Examples:
  briefingkit mail plan
  briefingkit mail send                        all that is due; run it every few minutes
  briefingkit mail send imrf-2022 invite --early
  briefingkit mail preview imrf-2022 invite --out mails/"""


@click.group("mail", epilog=_EXAMPLES)
def mail_command() -> None:
    """Write to people: each once, in their language and their time."""


mail_command.add_command(bounces_command)
mail_command.add_command(answers_command)
mail_command.add_command(work_command)


@mail_command.command("plan")
@_briefing
@_mailing
@project_option
@json_option
def plan_command(
    briefing: str | None, mailing: str | None, project_file: Path | None, *, as_json: bool
) -> None:
    """Show what sending would do now: to how many, in which languages, and who is left out. Nothing is sent.

    Exit code 1: a mailing cannot be planned, or not be written in some language.
    """
    with _chosen(project_file, briefing, mailing) as (_, those):
        found = [(each, *_planned(each)) for each in those]
    if as_json:
        told = [plan_json(plan) if plan else _wrong_json(each, error) for each, plan, error in found]
        emit_json({"mailings": told})
    else:
        for each, plan, error in found:
            if plan is not None:
                say_mail_plan(plan)
            else:
                say(f"{each.briefing.identifier} {each.mailing.key}: {error}", "error", err=True)
        if not found:
            say("No briefing has a mailing.")
    if any(plan is None or plan.unwritten for _, plan, _ in found):
        raise click.exceptions.Exit(1)


def _planned(each: "Dispatch") -> "tuple[MailPlan | None, str]":
    try:
        return each.plan(), ""
    except BriefingkitError as error:
        return None, str(error)


def _wrong_json(each: "Dispatch", error: str) -> dict[str, Any]:
    return {"briefing": each.briefing.identifier, "mailing": each.mailing.key, "error": error}


@mail_command.command("send")
@_briefing
@_mailing
@click.option("--early", is_flag=True, help="Send a mailing before it is due. Name the mailing.")
@click.option(
    "--every",
    callback=duration,
    metavar="DURATION",
    help="Go on, and send what is due once in so long, such as 5m, until the process is told to end.",
)
@project_option
@json_option
def send_command(
    briefing: str | None,
    mailing: str | None,
    project_file: Path | None,
    *,
    early: bool,
    every: timedelta | None,
    as_json: bool,
) -> None:
    """Send what is due, and confirm registrations: of all briefings, of BRIEFING, or one MAILING.

    It can be run again at any time: nobody gets the same thing twice. A mailing without `at` is sent when it is named.
    Where the project has workers it is planned, and left to them.
    Exit code 1: something could not be sent, or nobody knows whether it went.
    """
    if early and mailing is None:
        raise click.UsageError("name the briefing and the mailing that is to be sent early")
    if every is not None:
        if briefing is not None:
            raise click.UsageError("with --every all that is due is sent: name no briefing")
        go_on_sending(project_file, every, as_json=as_json)
        return
    from briefingkit.mailing.outgoing.stopping import stopping

    told, wrong = list[dict[str, Any]](), False
    with _chosen(project_file, briefing, mailing) as (_, those), stopping() as stop:
        for each in those:
            if stop():
                wrong = True
                say("Asked to stop: the rest goes with the next run.", "warning", err=True)
                break
            if mailing is None and not each.goes_unnamed:
                continue
            outcome, bad = _send(each, stop, early=early, named=mailing is not None, as_json=as_json)
            wrong |= bad
            told += [outcome] if outcome else []
    if as_json:
        emit_json({"mailings": told})
    elif not told and mailing is None:
        say("Nothing is due.")
    if wrong:
        raise click.exceptions.Exit(1)


def _send(
    each: "Dispatch", stop: Callable[[], bool], *, early: bool, named: bool, as_json: bool
) -> tuple[dict[str, Any] | None, bool]:
    if each.office.engine is not None:
        return leave_to_workers(each, stop, early=early, named=named, as_json=as_json)
    name = f"{each.briefing.identifier} {each.mailing.key}"
    try:
        report = each.send(early=early, anew=named or each.goes_by_itself, stop=stop, tell=_teller(name))
    except ProjectError:
        raise
    except BriefingkitError as error:
        say(f"{name}: {error}", "error", err=True)
        return _wrong_json(each, str(error)), True
    if report is None:
        if named and not as_json:
            say(f"{name}: {standing_in_words(each.schedule, each.mailing.kind)}")
        return standing_json(each) if named else None, False
    if not as_json:
        say_report(name, report)
    done = report.progress
    return report_json(each, report), bool(done.failed or done.uncertain or report.stopped)


def _teller(name: str) -> "Callable[[Progress], None]":
    """Tell on standard error of rests, and of progress each time that it has doubled or grown by ten thousand."""
    next_told = 1000

    def tell(progress: "Progress") -> None:
        nonlocal next_told
        if progress.rest is not None:
            seconds = round(progress.rest.total_seconds())
            say(f"{name}: {progress.complaint}: goes on in {seconds} s", "warning", err=True)
        elif progress.sent >= next_told:
            next_told += min(next_told, 10_000)
            say(f"{name}: {progress.sent} sent", err=True)

    return tell


@mail_command.command("status")
@_briefing
@_mailing
@project_option
@json_option
def status_command(
    briefing: str | None, mailing: str | None, project_file: Path | None, *, as_json: bool
) -> None:
    """Show how mailings stand, and what failed with the server's words; of one MAILING also whom that was for."""
    named = mailing is not None
    with _chosen(project_file, briefing, mailing) as (office, those):
        found = [
            ((each.status(), list(each.failures()), list(each.uncertain())), fates_of(each, named=named))
            for each in those
        ]
        suppressed = dict(office.suppressions.store.counts())
    if as_json:
        mailings = [{**status_json(*each, named=named), **fates_json(*fates)} for each, fates in found]
        emit_json({"mailings": mailings, "suppressed": suppressed})
        return
    for each, fates in found:
        say_status(*each, named=named)
        say_fates(*fates)
    if suppressed:
        counted = ", ".join(f"{number} {reason}" for reason, number in sorted(suppressed.items()))
        say(f"Not written to: {counted}")


@mail_command.command("preview")
@click.argument("briefing", shell_complete=complete_briefing)
@click.argument("mailing")
@click.option("--to", "who", default=None, metavar="EMAIL", help="As this person would get it.")
@click.option(
    "-o",
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Write .eml and .html there.",
)
@click.option("--browse", is_flag=True, help="Open the pages in a browser; needs --out.")
@project_option
def preview_command(
    briefing: str, mailing: str, who: str | None, out: Path | None, project_file: Path | None, *, browse: bool
) -> None:
    """Show the message of MAILING, one in each language or the one of a person. Nothing is sent."""
    if browse and out is None:
        raise click.UsageError("say with --out where the pages that are opened may be written")
    with project_here(project_file).mailing(briefing, mailing) as dispatch:
        messages = list(dispatch.preview(who))
        if not messages:
            nobody = "It would go to nobody now" if who is None else "It would not go to that address now"
            say(f"{nobody}: this is what somebody would get.", "warning", err=True)
            messages = list(dispatch.specimens(who))
    for message in messages:
        page = say_preview(message, out)
        if browse and page is not None:
            click.launch(page.absolute().as_uri())


@mail_command.command("resolve")
@click.argument("briefing", shell_complete=complete_briefing)
@click.argument("mailing")
@click.argument("how", type=click.Choice(("resend", "sent", "drop")))
@click.argument("ids", nargs=-1)
@project_option
@json_option
def resolve_command(
    briefing: str, mailing: str, how: str, ids: Sequence[str], project_file: Path | None, *, as_json: bool
) -> None:
    """Settle messages of which nobody knows whether they went: all of MAILING, or those with some IDS.

    `resend` sends them again with the same octets and Message-ID, `sent` takes them for sent, `drop` sends them never.
    """
    from briefingkit.mailing.outgoing.deliveries import Resolution

    with project_here(project_file).mailing(briefing, mailing) as dispatch:
        number = dispatch.resolve(Resolution(how), ids)
    _tell_number(number, "settled", as_json=as_json)


@mail_command.command("retry")
@click.argument("briefing", shell_complete=complete_briefing)
@click.argument("mailing")
@project_option
@json_option
def retry_command(briefing: str, mailing: str, project_file: Path | None, *, as_json: bool) -> None:
    """Try again what has failed, with the next `mail send`."""
    with project_here(project_file).mailing(briefing, mailing) as dispatch:
        number = dispatch.retry()
    _tell_number(number, "planned again", as_json=as_json)


@mail_command.command("suppress")
@click.argument("addresses", nargs=-1, required=True, metavar="EMAIL...")
@project_option
@json_option
def suppress_command(addresses: Sequence[str], project_file: Path | None, *, as_json: bool) -> None:
    """Write to these addresses no more. The ledger keeps a keyed hash of each, and not the address."""
    from briefingkit.mailing.people.suppression import Reason

    with project_here(project_file).office() as office:
        number = office.suppressions.add(addresses, Reason.BY_HAND, at=office.clock(), source="by hand")
    _tell_number(number, "suppressed", as_json=as_json)
    if number < len(addresses):
        raise ProjectError(f"{len(addresses) - number} of these are no e-mail addresses")


@mail_command.command("allow")
@click.argument("address", metavar="EMAIL")
@project_option
@json_option
def allow_command(address: str, project_file: Path | None, *, as_json: bool) -> None:
    """Write to an address again that bounced, complained or unsubscribed."""
    with project_here(project_file).office() as office:
        number = office.suppressions.lift(address)
    _tell_number(number, "lifted", as_json=as_json)


def _tell_number(number: int, word: str, *, as_json: bool) -> None:
    if as_json:
        emit_json({word.partition(" ")[0]: number})
    else:
        say(f"{number} {word}")


@contextmanager
def _chosen(
    project_file: Path | None, briefing: str | None, mailing: str | None
) -> "Iterator[tuple[Office, list[Dispatch]]]":
    """Open the mailings that are meant: all of all briefings that may go out, those of one, or one alone."""
    from briefingkit.mailing.dispatch import Dispatch, mailings_of

    project = project_here(project_file)
    with project.office() as office:
        if briefing is not None:
            project.briefing(briefing, office.programme)  # names those there are, where it is none
        names = [briefing] if briefing is not None else list(office.publications)
        found = [
            Dispatch(office, name, each)
            for name in names
            for each in mailings_of(office.publication(name).briefing)
            if mailing in {None, each.key}
        ]
        if mailing is not None and not found:
            raise ProjectError(f"no mailing of {briefing} is called {mailing[:80]!r}")
        yield office, found
