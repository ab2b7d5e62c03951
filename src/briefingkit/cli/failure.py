"""What becomes of an error: a line for each thing that is wrong, or one JSON document; never a traceback."""

import os
import traceback
from typing import Any

import click

from briefingkit.cli.terminal import emit_json, finding_json, say, say_finding
from briefingkit.errors import ApplyFailed, BriefingkitError, PlanRefused, PlanStale, SourceError

__all__ = ["ERROR", "STOPPED", "tell"]

ERROR, STOPPED = 1, 130


def tell(error: BaseException, *, as_json: bool) -> int:
    """Tell an error on standard error, or as JSON on standard output, and return the exit code that goes with it."""
    if isinstance(error, KeyboardInterrupt | click.Abort):
        said, code = "Stopped.", STOPPED
        if as_json:
            emit_json({"error": {"type": "Stopped", "reasons": [said]}})
        else:
            say(said, err=True)
        return code
    if isinstance(error, click.ClickException):
        if as_json:
            emit_json({"error": {"type": type(error).__name__, "reasons": [error.format_message()]}})
        else:
            error.show()
        return error.exit_code
    ours = not isinstance(error, BriefingkitError | OSError)
    if ours and os.environ.get("BRIEFINGKIT_DEBUG"):
        traceback.print_exception(error)
    if as_json:
        emit_json({"error": _error_json(error)})
    else:
        _say_error(error, ours=ours)
    return ERROR


def _say_error(error: BaseException, *, ours: bool) -> None:
    if isinstance(error, SourceError) and error.findings:
        for finding in error.findings:
            say_finding(finding, err=True)
        return
    for line in _reasons(error):
        say(f"error: {line}", "error", err=True)
    if isinstance(error, PlanStale):
        say("Nothing was applied. Make a new plan, and look at it: `briefingkit plan`.", err=True)
    if ours:
        say("This is a fault of briefingkit's. BRIEFINGKIT_DEBUG=1 shows where; please report it.", err=True)


def _reasons(error: BaseException) -> tuple[str, ...]:
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


def _error_json(error: BaseException) -> dict[str, Any]:
    said: dict[str, Any] = {"type": type(error).__name__, "reasons": list(_reasons(error))}
    if isinstance(error, SourceError):
        said["findings"] = [finding_json(finding) for finding in error.findings]
    return said
