import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from briefingkit.cli import terminal

pty: Any = pytest.importorskip("pty", reason="no pseudo-terminals here")
ESCAPE = "\x1b"


def _at_a_terminal(*arguments: str, cwd: Path, **env: str) -> str:
    """Run a command whose output and errors are a terminal, and give what it printed there."""
    ours, theirs = pty.openpty()
    try:
        plain = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "TERM"}}
        done = subprocess.Popen(
            [sys.executable, "-m", "briefingkit", *arguments],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
            env={**plain, "TERM": "xterm-256color", **env},
        )
        os.close(theirs)
        said = b"".join(_read(ours))
        assert done.wait(30) in {0, 1, 3}
    finally:
        os.close(ours)
    return said.decode()


def _read(end: int) -> Iterator[bytes]:
    while select.select([end], [], [], 30)[0]:
        try:
            octets = os.read(end, 65536)
        except OSError:  # the other end has been closed
            return
        if not octets:
            return
        yield octets


def test_colour_is_for_terminals(home: Path) -> None:
    assert f"{ESCAPE}[32m+ page night-buses/en" in _at_a_terminal("plan", cwd=home)
    piped = subprocess.run(
        [sys.executable, "-m", "briefingkit", "plan"], cwd=home, capture_output=True, text=True, check=False
    )
    assert ESCAPE not in piped.stdout + piped.stderr


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
@pytest.mark.parametrize("arguments", [("plan",), ("check",), ("plan", "--target", "none")])
def test_who_wants_no_colour_gets_none(home: Path, arguments: tuple[str, ...], env: dict[str, str]) -> None:
    assert ESCAPE not in _at_a_terminal(*arguments, cwd=home, **env)


def test_a_terminal_shows_a_bar_for_long_work_and_a_pipe_none(home: Path) -> None:
    text = (home / "briefing.yaml").read_text(encoding="utf-8")
    for number in range(25):
        named = text.replace("night-buses", f"night-{number}").replace("15:00", f"{number % 24:02}:00")
        (home / f"night-{number}.briefing.yaml").write_text(named, encoding="utf-8")
    assert "Reading  [" in _at_a_terminal("check", cwd=home)
    piped = subprocess.run(
        [sys.executable, "-m", "briefingkit", "check"], cwd=home, capture_output=True, check=False
    )
    assert piped.stderr == b""


def test_a_log_gets_a_line_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter([0.0, *(4.0 * tick for tick in range(1, 100))])
    monkeypatch.setattr(time, "monotonic", lambda: next(moments))
    assert list(terminal.progress(range(6), "Reading", length=6)) == list(range(6))
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "Reading: 3 of 6\nReading: 5 of 6\n" or said.err.startswith("Reading: 3 of 6\n")


def test_controls_and_overrides_of_a_text_do_not_reach_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    terminal.say("a\x1b[2Jb\u202ec\r\nd\x07")
    assert capsys.readouterr().out == "a[2Jbc d\n"


def test_a_text_that_never_ends_is_told_by_its_beginning(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.say("x" * 100_000)
    assert len(capsys.readouterr().out) < 3000


def test_json_shows_what_cannot_be_seen_and_means_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    text = "a\x1b[2J\x9bb\u202ec\u2066d\u2028é\udcff"
    terminal.emit_json({"text": text})
    said = capsys.readouterr().out
    assert json.loads(said) == {"text": text}
    assert said.splitlines()[1] == '  "text": "a\\u001b[2J\\u009bb\\u202ec\\u2066d\\u2028é\\udcff"'
