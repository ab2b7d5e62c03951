"""`briefingkit demo`: the whole life of a briefing in one folder, from a concept note to the hour that moves."""

import shutil
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from importlib.resources import files
from io import StringIO
from pathlib import Path
from typing import Any

import click

from briefingkit.cli.terminal import emit_json, json_option, say
from briefingkit.errors import BriefingkitError, ProjectError
from briefingkit.text import LocalizedUrl

__all__ = ["demo_command"]

_MARK = ".briefingkit-demo"
_OWN_NOTE = "your-note.md"


_EXAMPLES = """\b
Examples:
  briefingkit demo
  briefingkit demo --out try-it --note our-concept-note.md"""


@click.command("demo", epilog=_EXAMPLES)
@click.option(
    "-o",
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo-out"),
    show_default=True,
    help="The folder to do it in: a new one, or an earlier demo's, which is emptied.",
)
@click.option(
    "--note", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Draft this note too."
)
@json_option
def demo_command(out: Path, note: Path | None, *, as_json: bool) -> None:
    """Draft a note, complete it in three languages, check, plan and apply; move the hour; and let people register."""
    began = time.perf_counter()
    own = note.read_bytes() if note is not None else None  # it may stand in the folder that is emptied
    _make_room(out)
    if own is not None:
        (out / _OWN_NOTE).write_bytes(own)
    with ExitStack() as quiet:
        if as_json:
            quiet.enter_context(redirect_stdout(StringIO()))
            quiet.enter_context(redirect_stderr(StringIO()))
        before, after = _live(out, own=own is not None)
        met = _meet(out)
    done = {**_done(out, before, after), **met}
    if as_json:
        emit_json(done)
    else:
        _summary(out, done, time.perf_counter() - began)


def _live(out: Path, *, own: bool) -> tuple[int, int]:
    """Go through the life of a briefing, and give its SEQUENCE before and after the hour moved."""
    _say_step("A concept note becomes a draft, with its doubts")
    _run("draft", str(_put(out, "note.md")), "--out", str(out / "draft.yaml"))
    if own:
        _say_step("So does the note that you gave")
        _run("draft", str(out / _OWN_NOTE), "--out", str(out / "your-draft.yaml"))
    _say_step("A person settles the doubts and two colleagues translate: the completed briefing")
    project = _put(out, "briefingkit.yaml")
    briefing = _put(out, "briefing.yaml")
    _run("check", str(briefing))
    _say_step("What would be published?")
    plan = str(out / "plan.json")
    _run("plan", "--out", plan, "--project", str(project), expect=3)
    _say_step("Publish it")
    _run("apply", plan, "--yes", "--project", str(project))
    _say_step("The hour moves: 15:00 becomes 16:00 in briefing.yaml")
    before = _sequence(out)
    _move_the_hour(briefing)
    _run("plan", "--out", plan, "--project", str(project), expect=3)
    _say_step("Publish the change; then once more, and nothing is left to do")
    _run("apply", plan, "--yes", "--project", str(project))
    written = _written(out)
    _run("apply", "--yes", "--project", str(project))
    if _written(out) != written:
        raise BriefingkitError("the second apply wrote something, and there was nothing to do")
    return before, _sequence(out)


def _meet(out: Path) -> dict[str, Any]:
    """Let people register, where the packages for that are there."""
    from briefingkit.cli.demo_people import meet, missing_packages

    if (command := missing_packages()) is not None:
        _say_step(f"People would register on the page now, and be written to: {command}")
        return {}
    _say_step(
        "People register on the page, each in their language; they are confirmed, and reminded the day before"
    )
    met = meet(out)
    _say_step("Who comes?")
    _run("registrations", "stats", "imrf-2022", "--project", str(out / "briefingkit.yaml"))
    return met


def _make_room(out: Path) -> None:
    """Make the folder, or empty one that an earlier demo made: it may be a link, or where the user stands."""
    if out.exists() and any(out.iterdir()):
        if not (out / _MARK).exists():
            raise ProjectError(
                f"{out} holds something that is not from a demo: give another folder with --out"
            )
        for path in out.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
    out.mkdir(parents=True, exist_ok=True)
    (out / _MARK).write_text("Made by `briefingkit demo`, which may empty this folder.\n", encoding="utf-8")


def _put(out: Path, name: str) -> Path:
    path = out / name
    path.write_text(
        (files("briefingkit.cli") / "demo_files" / name).read_text(encoding="utf-8"), encoding="utf-8"
    )
    return path


def _say_step(words: str) -> None:
    say()
    say(words, "heading", bold=True)


def _run(*arguments: str, expect: int = 0) -> None:
    """Run a command as a user would, and show it; anything but the expected exit code ends the demo."""
    from briefingkit.cli.app import run

    say(f"$ briefingkit {' '.join(arguments)}", bold=True)
    code = run(arguments)
    if code != expect:
        raise BriefingkitError(f"`briefingkit {arguments[0]}` left with {code}, and {expect} was expected")


def _move_the_hour(briefing: Path) -> None:
    from briefingkit.source import rewrite

    text = briefing.read_text(encoding="utf-8")
    moved = rewrite(text, {("start",): "2022-04-13T16:00", ("end",): "2022-04-13T17:00"})
    briefing.write_text(moved, encoding="utf-8")


def _sequence(out: Path) -> int:
    """Read SEQUENCE from the calendar file, as a calendar would."""
    calendars = sorted((out / "site").rglob("*.ics"))
    lines = calendars[0].read_text(encoding="utf-8").splitlines()
    return next(int(line.partition(":")[2]) for line in lines if line.startswith("SEQUENCE:"))


def _written(out: Path) -> dict[Path, int]:
    """Give every file that was published and when it was last written, in nanoseconds."""
    return {path: path.stat().st_mtime_ns for path in sorted((out / "site").rglob("*")) if path.is_file()}


def _done(out: Path, before: int, after: int) -> dict[str, Any]:
    """Gather what can be seen of it in the folder; BriefingkitError where it is not as it should be."""
    if after <= before:
        raise BriefingkitError(f"SEQUENCE is {after} and was {before}: no calendar would take the new hour")
    written = list(_written(out))
    _refuse_private(out, written)
    pages = [path for path in written if path.name == "imrf-2022.html"]
    return {
        "folder": str(out / "site"),
        "files": [str(path) for path in written],
        "pages": [str(path) for path in pages],
        "sequence": {"before": before, "after": after},
    }


def _summary(out: Path, done: Mapping[str, Any], seconds: float) -> None:
    pages, sequence = done["pages"], done["sequence"]
    _say_step("What happened")
    say(
        f"  {len(done['files'])} files in {out / 'site'}: pages, calendars, feeds and data, in {len(pages)} languages"
    )
    say(
        f"  SEQUENCE rose from {sequence['before']} to {sequence['after']}: every calendar takes the new hour"
    )
    say("  the room's address and the speaker's e-mail are in none of the files")
    if "report" in done:
        say(
            f"  {done['registered']} people registered, and {len(done['mails'])} mails are in {out / 'mails'}:"
        )
        for subject in done["mails"]:
            say(f"    {subject}")
    say(f"  {seconds:.1f} seconds")
    say(f"Open {pages[0]}", "good", bold=True)
    if "report" in done:
        say(
            f"and {done['report']}: who comes, in which language, and whether to book the booth",
            "good",
            bold=True,
        )


def _refuse_private(out: Path, written: Sequence[Path]) -> None:
    """Look for what is private in everything that was published; BriefingkitError where some of it is found."""
    from briefingkit.source import load

    briefing = load(out / "briefing.yaml").require()
    online = briefing.place.online if briefing.place is not None else None
    room = online.url if online is not None else None
    addresses = room.texts.values() if isinstance(room, LocalizedUrl) else ()
    secrets = [*addresses, *(person.email for person in briefing.people if person.email is not None)]
    leaks = [
        path for path in written if any(secret in path.read_text(encoding="utf-8") for secret in secrets)
    ]
    if leaks:
        raise BriefingkitError(f"private data stands in {leaks[0]}")
