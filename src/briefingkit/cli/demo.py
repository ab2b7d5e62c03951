"""`briefingkit demo`: the whole life of a briefing in one folder, from a concept note to the hour that moves."""

import shutil
import time
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import click

from briefingkit.cli.terminal import say
from briefingkit.errors import BriefingkitError, ProjectError
from briefingkit.text import LocalizedUrl

__all__ = ["demo_command"]

_MARK = ".briefingkit-demo"


@click.command("demo")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path("demo-out"), show_default=True
)
@click.option(
    "--note", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Draft this note too."
)
def demo_command(out: Path, note: Path | None) -> None:
    """Draft a note, complete it in three languages, check, plan and apply; then move the hour and do it again."""
    began = time.perf_counter()
    _make_room(out)
    _say_step("A concept note becomes a draft, with its doubts")
    _run("draft", str(_put(out, "note.md")), "--out", str(out / "draft.yaml"))
    if note is not None:
        _say_step("So does the note that you gave")
        _run("draft", str(note), "--out", str(out / "your-draft.yaml"))
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
    after = _sequence(out)
    _run("apply", "--yes", "--project", str(project))
    _summary(out, before, after, time.perf_counter() - began)


def _make_room(out: Path) -> None:
    if out.exists() and any(out.iterdir()):
        if not (out / _MARK).exists():
            raise ProjectError(
                f"{out} holds something that is not from a demo: give another folder with --out"
            )
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / _MARK).write_text("Made by `briefingkit demo`, which may delete this folder.\n", encoding="utf-8")


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


def _summary(out: Path, before: int, after: int, seconds: float) -> None:
    written = sorted(path for path in (out / "site").rglob("*") if path.is_file())
    pages = [path for path in written if path.name == "imrf-2022.html"]
    _say_step("What happened")
    say(
        f"  {len(written)} files in {out / 'site'}: pages, calendars, feeds and data, in {len(pages)} languages"
    )
    say(f"  SEQUENCE rose from {before} to {after}: every calendar takes the new hour")
    _say_private(out, written)
    say(f"  {seconds:.1f} seconds")
    say(f"Open {pages[0] if pages else written[0]}", "good", bold=True)


def _say_private(out: Path, written: Sequence[Path]) -> None:
    """Look for what is private in everything that was published, and say what was found."""
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
    say("  the room's address and the speaker's e-mail are in none of the files")
