"""What `briefingkit mail` says, as words and as JSON."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import asdict

from briefingkit.cli.terminal import say
from briefingkit.cli.writing import write_whole

if TYPE_CHECKING:
    from briefingkit.mailing.dispatch import Dispatch, MailPlan, MailStatus
    from briefingkit.mailing.messages.message import Message
    from briefingkit.mailing.outgoing.sending import Report
    from briefingkit.mailing.scheduling import Schedule
    from briefingkit.model import MailingKind
    from briefingkit.store.delivery_rows import DeliveryRow

__all__ = [
    "plan_json",
    "report_json",
    "say_mail_plan",
    "say_preview",
    "say_report",
    "say_status",
    "standing_in_words",
    "standing_json",
    "status_json",
]

_SHOWN = 20
_STANDING = {
    "ready": "is due",
    "later": "is due later",
    "over": "is over: it is not sent any more",
    "suspended": "waits: the briefing is postponed",
    "dropped": "is dropped: the briefing is cancelled",
    "unfit": "goes only when the briefing is",
    "undated": "waits for a date",
}
_FITS = {"cancellation": "cancelled", "postponement": "postponed"}
_BY_ITSELF, _BY_NAME = "goes by itself, as people register", "goes when it is sent by its name"


def say_mail_plan(plan: "MailPlan") -> None:
    """Show a plan: when, how many by language, who is left out and why, and a subject in each language."""
    say()
    say(
        f"{plan.briefing} {plan.mailing} ({plan.kind.value}): {standing_in_words(plan.schedule, plan.kind)}",
        "heading",
        bold=True,
    )
    _say_audience(plan)
    if plan.changes:
        say(f"  tells of: {', '.join(change.value for change in plan.changes)}")
    for notice in plan.notices:
        say(f"  {notice}", "warning")
    for fault in plan.faults[:_SHOWN]:
        where = (fault.source, f"row {fault.row}", fault.column)
        say(f"  {', '.join(filter(None, where))}: {fault.message}", "error", err=True)
    if (more := len(plan.faults) - _SHOWN) > 0:
        say(f"  … and {more} more; --json tells a thousand", "error", err=True)
    for language, message in sorted(plan.samples.items()):
        say(f"  {language}: {message.parts.subject}")
    for language, why in sorted(plan.unwritten.items()):
        say(f"  {language}: cannot be written: {why}", "error")


def _say_audience(plan: "MailPlan") -> None:
    if plan.recipients or plan.new or plan.known:
        say(f"  {plan.new} to send{_listed(plan.known, '; ')}", "good" if plan.new else None)
    elif _is_for_nobody(plan):
        say("  nobody is in its audience", "warning")
    if plan.languages:
        say(f"  by language: {_listed(plan.languages)}")
    for reason, number in sorted(plan.left_out.items()):
        say(
            f"  {number} left out: they {reason}" if not reason.startswith("no ") else f"  {number}: {reason}"
        )


def _is_for_nobody(plan: "MailPlan") -> bool:
    waits = plan.schedule.standing.value in {"ready", "later"} and plan.kind.value != "confirmation"
    return waits and not plan.left_out


def standing_in_words(schedule: "Schedule", kind: "MailingKind") -> str:
    """Say how a mailing stands, and when it is due."""
    words = _STANDING[schedule.standing.value]
    if schedule.standing.value == "unfit":
        return f"{words} {_FITS[kind.value]}"
    if schedule.standing.value == "ready" and schedule.due is None:
        return _BY_ITSELF if kind.value == "confirmation" else _BY_NAME
    if schedule.due is None or schedule.standing.value not in {"later", "ready"}:
        return words
    return f"{words}, {_moment(schedule.due)}"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _listed(counts: Mapping[str, int], before: str = "") -> str:
    words = ", ".join(f"{number} {name}" for name, number in sorted(counts.items()))
    return f"{before}{words}" if words else ""


def plan_json(plan: "MailPlan") -> dict[str, Any]:
    """Give a plan as JSON; nobody's address is in it."""
    return {
        "briefing": plan.briefing,
        "mailing": plan.mailing,
        "kind": plan.kind.value,
        **_schedule_json(plan.schedule),
        "revision": plan.revision,
        "new": plan.new,
        "known": dict(plan.known),
        "languages": dict(plan.languages),
        "left_out": dict(plan.left_out),
        "changes": [change.value for change in plan.changes],
        "notices": list(plan.notices),
        "unwritten": dict(plan.unwritten),
        "faults": [asdict(fault) for fault in plan.faults],
        "subjects": {language: message.parts.subject for language, message in plan.samples.items()},
    }


def _schedule_json(schedule: "Schedule") -> dict[str, Any]:
    return {
        "standing": schedule.standing.value,
        "due": schedule.due and schedule.due.isoformat(),
        "expires": schedule.expires and schedule.expires.isoformat(),
    }


def say_report(name: str, report: "Report") -> None:
    """Say what a run has done."""
    done = report.progress
    left = (
        report.stopped or report.next_due is not None
    )  # else what was put off has gone, or failed, in the end
    counts = {
        "sent": done.sent,
        "found to have gone before": report.found,
        "to be tried again": done.deferred if left else 0,
        "failed": done.failed,
        "uncertain": done.uncertain,
        "dropped": done.dropped,
    }
    nothing = "nothing sent" if report.stopped else "nothing new to send"
    words = ", ".join(f"{number} {word}" for word, number in counts.items() if number) or nothing
    bad = done.failed or done.uncertain or report.stopped
    say(f"{name}: {words}", "warning" if bad else "good")
    if report.stopped:
        say(f"{name}: ended early: {report.stopped}", "error", err=True)
    if report.next_due is not None:
        say(f"{name}: more is due {_moment(report.next_due)}")


def standing_json(each: "Dispatch") -> dict[str, Any]:
    """Give as JSON how a mailing stands that may not go now."""
    return {
        "briefing": each.briefing.identifier,
        "mailing": each.mailing.key,
        **_schedule_json(each.schedule),
    }


def report_json(each: "Dispatch", report: "Report") -> dict[str, Any]:
    """Give a report as JSON."""
    done = report.progress
    return {
        "briefing": each.briefing.identifier,
        "mailing": each.mailing.key,
        "sent": done.sent,
        "found": report.found,
        "deferred": done.deferred,
        "failed": done.failed,
        "uncertain": done.uncertain,
        "dropped": done.dropped,
        "stopped": report.stopped,
        "next_due": report.next_due and report.next_due.isoformat(),
    }


def say_status(
    status: "MailStatus", failed: "Sequence[DeliveryRow]", unsure: "Sequence[DeliveryRow]", *, named: bool
) -> None:
    """Show how a mailing stands; messages are told by their ids, and by whom they are for if the mailing was named."""
    counted = _listed(status.counts) or "nothing planned yet"
    erased = f"; {sum(status.erased.values())} erased" if status.erased else ""
    stands = standing_in_words(status.schedule, status.kind)
    cut = "; not all are planned yet, which the next `mail send` goes on with" if status.unfinished else ""
    say(f"{status.briefing} {status.mailing} ({status.kind.value}): {counted}{erased}; {stands}{cut}")
    for row in failed[:_SHOWN]:
        say(f"  failed {_told(row, named=named)}: {_answer(row)}", "error")
    for row in unsure[:_SHOWN]:
        say(f"  uncertain {_told(row, named=named)}: {_answer(row) or 'it may have gone'}", "warning")
    more = max(0, len(failed) - _SHOWN) + max(0, len(unsure) - _SHOWN)
    if more:
        say(f"  … and {more} more; --json tells all")


def _told(row: "DeliveryRow", *, named: bool) -> str:
    return f"{row.id}, to {row.address}" if named else row.id


def status_json(
    status: "MailStatus", failed: "Sequence[DeliveryRow]", unsure: "Sequence[DeliveryRow]", *, named: bool
) -> dict[str, Any]:
    """Give how a mailing stands as JSON, with the addresses of what did not go if the mailing was named."""
    return {
        "briefing": status.briefing,
        "mailing": status.mailing,
        "kind": status.kind.value,
        **_schedule_json(status.schedule),
        "counts": dict(status.counts),
        "erased": dict(status.erased),
        "unfinished": status.unfinished,
        "failed": [_row_json(row, named=named) for row in failed],
        "uncertain": [_row_json(row, named=named) for row in unsure],
    }


def _row_json(row: "DeliveryRow", *, named: bool) -> dict[str, Any]:
    return {
        "id": row.id,
        **({"address": row.address} if named else {}),
        "attempts": row.attempts,
        "code": row.code,
        "words": row.words,
        "at": row.changed_at,
    }


def _answer(row: "DeliveryRow") -> str:
    told = (row.words or "").removeprefix("HTTP ").removeprefix(f"{row.code}: ")
    return " ".join(str(part) for part in (row.code, told) if part)


def say_preview(message: "Message", out: Path | None) -> Path | None:
    """Show a message, or write it into a folder as .eml and .html; the page's path is given."""
    parts = message.parts
    language = parts.headers.get("Content-Language", "und")
    if out is None:
        say()
        say(f"{language}: {parts.subject}", "heading", bold=True)
        say(f"From: {parts.sender.name} <{parts.sender.address}>")
        say(f"To: {parts.recipient.name} <{parts.recipient.address}>".replace("  ", " "))
        say()
        for line in parts.text.splitlines():
            say(line)
        return None
    out.mkdir(parents=True, exist_ok=True)
    stem = f"{re.sub(r'[^A-Za-z0-9-]', '', language)}-{message.key[:8]}"
    write_whole(out / f"{stem}.eml", message.content)
    say(f"Written: {out / stem}.eml")
    if parts.html is None:
        return None
    write_whole(out / f"{stem}.html", parts.html)
    say(f"Written: {out / stem}.html")
    return out / f"{stem}.html"
