import os
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from briefingkit.cli import here

from ..commands import Command


def _complete(folder: Path, words: str) -> list[str]:
    """Ask as bash does when somebody presses the key at the end of the words."""
    env = {
        **os.environ,
        "_BRIEFINGKIT_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(f"{words}x".split()) - 1),
    }
    program = "from briefingkit.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return [line.partition(",")[2] for line in done.stdout.splitlines() if "," in line]


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("briefingkit re", ["render", "registrations"]),
        ("briefingkit plan --targ", ["--target"]),
        ("briefingkit plan --target ", ["archive", "site"]),
        ("briefingkit apply -t si", ["site"]),
        ("briefingkit plan --briefing ", ["ferries", "night-buses"]),
        ("briefingkit render n", ["night-buses"]),
        ("briefingkit render brief", ["brief"]),  # a file, which the shell completes by itself
        ("briefingkit render night-buses --format j", ["jsonld", "jscalendar"]),
        ("briefingkit render night-buses --audience r", ["registered"]),
        ("briefingkit --ver", ["--version"]),
        ("briefingkit zzz", []),
    ],
)
def test_a_shell_completes(home: Path, words: str, completed: list[str]) -> None:
    project = home / "briefingkit.yaml"
    project.write_text(f"{project.read_text()}  archive: {{use: files, folder: archive}}\n", encoding="utf-8")
    (home / "ferries.briefing.yaml").write_text("# A comment\nbriefing: 'ferries'\n", encoding="utf-8")
    assert _complete(home, words) == completed


def test_a_project_that_was_named_is_the_one_that_completes(home: Path) -> None:
    (home / "deep").mkdir()
    assert _complete(home / "deep", f"briefingkit plan --project {home} -t ") == ["site"]


@pytest.mark.parametrize("project", [None, "targets: [", "targets: 1", "\x00", "briefings: ../x"])
@pytest.mark.parametrize("words", ["briefingkit plan -t ", "briefingkit apply -b "])
def test_where_nothing_can_be_read_nothing_is_completed_and_nothing_said(
    empty: Path, words: str, project: str | None
) -> None:
    if project is not None:
        (empty / "briefingkit.yaml").write_text(project, encoding="utf-8")
    assert _complete(empty, words) == []


def test_what_was_found_before_an_error_is_offered(home: Path) -> None:
    (home / "z.briefing.yaml").symlink_to(home / "gone")
    assert _complete(home, "briefingkit plan -b ") == ["night-buses"]


def test_a_key_that_is_pressed_waits_for_no_thousand_files(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(50):
        (home / f"{number:02}.briefing.yaml").write_text(f"briefing: talk-{number}\n", encoding="utf-8")
    moments = iter(float(tick) / 100 for tick in range(1000))
    monkeypatch.setattr(time, "monotonic", lambda: next(moments))
    context = click.Context(click.Command("plan"))
    assert 25 <= len(here.complete_briefing(context, click.Option(["-b"]), "")) < 40


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_its_line(cli: Command, shell: str) -> None:
    line = cli("completion", shell).out
    assert f"_BRIEFINGKIT_COMPLETE={shell}_source" in line
    env = {**os.environ, "_BRIEFINGKIT_COMPLETE": f"{shell}_source"}
    program = "from briefingkit.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True
    )
    assert "_briefingkit_completion" in done.stdout
