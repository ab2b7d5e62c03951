"""What the commands share at the terminal: safe text, colours, JSON and progress."""

import json
import os
import re
import sys
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import click

from briefingkit.errors import Finding
from briefingkit.text.bidi import strip_controls

__all__ = [
    "counted",
    "emit_json",
    "finding_json",
    "json_option",
    "progress",
    "say",
    "say_finding",
    "say_line",
    "say_spans",
]

if TYPE_CHECKING:
    from briefingkit.publish.present import Line, Style

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

_UNSEEN = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_EVERY = 10.0  # seconds between two lines of a log
_MANY = 20  # below that a bar is gone before anybody has read it
_LONGEST = 2000  # a text that somebody pasted into the wrong field is told by its beginning

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document instead of words."
)


def counted(number: int, what: str, several: str | None = None) -> str:
    """Say how many there are of something; `several` is what they are called where that is not `what` with an s."""
    return f"{number} {what if number == 1 else several or f'{what}s'}"


def _echo(line: str, *, err: bool = False) -> None:
    """Print a line, without colour where nobody sees it (a pipe) or wants it (no-color.org)."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    click.echo(line, err=err, color=False if plain else None)


def _safe(text: str) -> str:
    """Make a line of a text: no control character or direction override of it reaches the terminal."""
    line = (
        " ".join(strip_controls(text).splitlines()) if "\n" in text or "\r" in text else strip_controls(text)
    )
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def say(text: str = "", style: str | None = None, *, err: bool = False, bold: bool = False) -> None:
    """Print a line. Control characters and direction overrides that came with a text do not reach the terminal."""
    _echo(click.style(_safe(text), fg=_COLOURS.get(style or ""), bold=bold or None), err=err)


def say_line(line: "Line") -> None:
    """Print one line of a plan, each span in its colour; its texts are safe for a terminal already."""
    say_spans(line.indent, [(span.style, span.text) for span in line.spans])


def say_spans(indent: int, spans: "Iterable[tuple[Style, str]]") -> None:
    """Print such a line by its parts."""
    _echo("  " * indent + "".join(click.style(text, **_SPANS.get(style, {})) for style, text in spans))


def say_finding(finding: Finding, *, err: bool = False) -> None:
    """Print a finding with its code in colour: `briefing.yaml:12:3 W104 …`."""
    code = click.style(finding.code, fg=_COLOURS[finding.severity], bold=True)
    place, _, rest = _safe(str(finding)).partition(f"{finding.code} ")
    _echo(f"{place}{code} {rest}", err=err)


def emit_json(data: Any) -> None:
    """Print one JSON document, readable and in UTF-8; escaped where the output has another encoding.

    What would turn a line around, or move the cursor of whoever looks at it, is escaped in any case.
    """
    plain = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "") != "utf8"
    text = json.dumps(data, ensure_ascii=plain, indent=2)
    click.echo(_UNSEEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text))


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


def progress(items: Iterable[T], label: str, *, length: int) -> Iterator[T]:
    """Go through items with a bar on a terminal; a log gets a line now and then, of work that takes long.

    Both stand on standard error, so that they mix with no output.
    """
    if length < _MANY or not sys.stderr.isatty():
        yield from _logged(items, label, length)
        return
    with click.progressbar(items, length=length, label=label, file=sys.stderr) as bar:
        yield from bar


def _logged(items: Iterable[T], label: str, length: int) -> Iterator[T]:
    last = time.monotonic()
    for number, item in enumerate(items, 1):
        yield item
        if time.monotonic() - last >= _EVERY:
            last = time.monotonic()
            say(f"{label}: {number} of {length}", err=True)
