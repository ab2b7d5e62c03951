"""What the commands share at the terminal: safe text, colours, JSON, progress, and the errors' last stop."""

import json
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import click

from briefingkit.errors import ApplyFailed, BriefingkitError, Finding, PlanRefused, PlanStale, SourceError
from briefingkit.text.bidi import strip_controls

__all__ = [
    "emit_json",
    "finding_json",
    "json_option",
    "progress",
    "project_option",
    "report_errors",
    "say",
    "say_finding",
    "say_line",
]

if TYPE_CHECKING:
    from briefingkit.publish.present import Line

T = TypeVar("T")

_COLOURS = {"error": "red", "warning": "yellow", "good": "green", "heading": "cyan"}

_SPANS: dict[str, dict[str, Any]] = {
    "heading": {"bold": True},
    "add": {"fg": "green"},
    "remove": {"fg": "red"},
    "change": {"fg": "yellow"},
    "drift": {"fg": "magenta"},
    "notice": {"fg": "cyan"},
    "dim": {"dim": True},
}

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document instead of words."
)
project_option = click.option(
    "--project",
    "project_file",
    type=click.Path(dir_okay=True),
    default=None,
    metavar="FILE",
    help="briefingkit.yaml, or its folder. Default: the one in this folder or the nearest above.",
)


def say(text: str = "", style: str | None = None, *, err: bool = False, bold: bool = False) -> None:
    """Print a line. Control characters and direction overrides that came with a text do not reach the terminal."""
    safe = strip_controls(text)
    click.echo(click.style(safe, fg=_COLOURS.get(style or ""), bold=bold or None), err=err)


def say_line(line: "Line") -> None:
    """Print one line of a plan, each span in its colour; its texts are safe for a terminal already."""
    spans = "".join(click.style(span.text, **_SPANS.get(span.style, {})) for span in line.spans)
    click.echo("  " * line.indent + spans)


def say_finding(finding: Finding, *, err: bool = False) -> None:
    """Print a finding with its code in colour: `briefing.yaml:12:3 W104 …`."""
    code = click.style(finding.code, fg=_COLOURS[finding.severity], bold=True)
    click.echo(strip_controls(str(finding)).replace(finding.code, code, 1), err=err)


def emit_json(data: Any) -> None:  # noqa: ANN401 - whatever JSON holds
    """Print one JSON document, readable and in UTF-8."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


def finding_json(finding: Finding) -> dict[str, Any]:
    """Give a finding as JSON; line and column count from 1."""
    position = finding.position
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        "advice": finding.advice,
        "file": position.file,
        "line": position.line,
        "column": position.column,
        "path": finding.path,
    }


def progress(items: Iterable[T], label: str, *, length: int | None = None, show: bool = True) -> Iterator[T]:
    """Go through items with a bar on a terminal; a log gets one line when many are done."""
    if not (show and sys.stderr.isatty()):
        yield from items
        return
    with click.progressbar(items, length=length, label=label, file=sys.stderr) as bar:
        yield from bar


def report_errors(error: Exception, *, as_json: bool, ours: bool = False) -> None:
    """Tell an error: every finding of a SourceError, every reason of a refusal, else the message."""
    if as_json:
        emit_json({"error": _error_json(error)})
        return
    if isinstance(error, SourceError) and error.findings:
        for finding in error.findings:
            say_finding(finding, err=True)
        return
    for line in _reasons(error):
        say(f"error: {line}", "error", err=True)
    if ours:
        say("This is a fault of briefingkit's. BRIEFINGKIT_DEBUG=1 shows where; please report it.", err=True)


def _reasons(error: Exception) -> tuple[str, ...]:
    if isinstance(error, PlanRefused | PlanStale):
        return error.reasons
    if isinstance(error, ApplyFailed):
        return error.failures
    if isinstance(error, BriefingkitError):
        return tuple(str(error).splitlines())
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return (f"{where}{error.strerror or error}",)
    return (f"{type(error).__name__}: {error}",)


def _error_json(error: Exception) -> dict[str, Any]:
    said: dict[str, Any] = {"type": type(error).__name__, "reasons": list(_reasons(error))}
    if isinstance(error, SourceError):
        said["findings"] = [finding_json(finding) for finding in error.findings]
    return said
