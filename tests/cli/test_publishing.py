import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest

from briefingkit.cli import publish
from briefingkit.store.lock import file_lock

from ..commands import Command
from ..night_buses import edit

Snapshot = Callable[[Path], dict[str, bytes]]


def test_plan_says_three_until_apply_has_run_and_nothing_is_left(cli: Command, home: Path) -> None:
    assert cli("plan").code == 3
    assert not (home / "site").exists()
    assert cli("apply").code == 0
    after = cli("plan")
    assert (after.code, after.out) == (0, "Nothing to do: 5 resources in step.\n")
    again = cli("apply")
    assert (again.code, again.out) == (0, "Nothing to do: 5 resources in step.\n")


def test_a_log_has_a_line_for_each_thing_that_was_done(cli: Command, home: Path) -> None:
    lines = cli("apply").out.splitlines()
    assert "site create page night-buses/fr done" in lines
    assert lines[-1] == "Applied: 5 of 5 done."
    assert (home / "site/fr/night-buses.html").is_file()


@pytest.mark.usefixtures("home")
def test_as_json_a_plan_and_its_apply_tell_a_job_what_happened(cli: Command) -> None:
    planned = cli("plan", "--json")
    assert (planned.code, planned.json["counts"]["create"]) == (3, 5)
    applied = cli("apply", "--json").json
    assert {each["status"] for each in applied["applied"]} == {"done"}
    assert applied["publications"][0]["revision"] == 0
    assert cli("apply", "--json").json["applied"] == []


def test_only_what_was_asked_for_is_planned(cli: Command, home: Path) -> None:
    edit(home / "briefingkit.yaml", "targets:", "targets:\n  copy: {use: files, folder: copy}")
    assert [each["target"] for each in cli("plan", "--target", "copy", "--json").json["targets"]] == ["copy"]
    assert cli("apply", "--target", "copy").code == 0
    assert not (home / "site").exists()


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("--target", "sight"), "no target is called 'sight'; did you mean site?"),
        (("--briefing", "night-bus"), "no briefing is called 'night-bus'; did you mean night-buses?"),
    ],
)
def test_a_name_that_is_none_is_answered_with_the_nearest(
    cli: Command, home: Path, asked: tuple[str, str], words: str
) -> None:
    ran = cli("plan", *asked)
    assert (ran.code, ran.out) == (1, "")
    assert words in ran.err
    assert not (home / ".briefingkit").exists()


def test_drafts_that_are_left_out_are_named(cli: Command, home: Path) -> None:
    text = (home / "briefing.yaml").read_text(encoding="utf-8")
    other = text.replace("night-buses", "ferries").replace("confirmed", "draft").replace("Night", "Ferry")
    (home / "ferries.briefing.yaml").write_text(other, encoding="utf-8")
    assert "Left out, for they are drafts: ferries." in cli("plan").out
    assert cli("plan", "--json").json["drafts"] == ["ferries"]
    asked = cli("plan", "--briefing", "ferries")
    assert (asked.code, asked.err.startswith("error: ferries: ")) == (1, True)


def test_a_saved_plan_is_applied_as_it_was_seen(cli: Command, home: Path) -> None:
    assert cli("plan", "--out", "plan.json").code == 3
    ran = cli("apply", "plan.json")
    assert (ran.code, "Applied: 5 of 5 done." in ran.out) == (0, True)
    stale = cli("apply", "plan.json")
    assert (stale.code, "written by another run since" in stale.err) == (1, True)
    assert "Nothing was applied. Make a new plan" in stale.err
    assert cli("apply", "plan.json", "--target", "site").code == 2
    assert cli("plan", "--out", home / "empty.json").code == 0
    assert "Nothing to do" in cli("apply", "empty.json").out


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b'{"briefingkit-plan": 99}', b"[" * 100_000])
def test_what_is_no_plan_is_refused_by_its_name(
    cli: Command, home: Path, snapshot: Snapshot, content: bytes
) -> None:
    (home / "plan.json").write_bytes(content)
    before = snapshot(home)
    ran = cli("apply", "plan.json")
    assert (ran.code, ran.err.startswith("error: plan.json: ")) == (1, True)
    assert snapshot(home) == before


def test_deletions_wait_for_a_word(cli: Command, home: Path) -> None:
    text = (home / "briefing.yaml").read_text(encoding="utf-8")
    other = text.replace("night-buses", "ferries").replace("Night", "Ferry")
    (home / "ferries.briefing.yaml").write_text(other, encoding="utf-8")
    assert cli("apply").code == 0
    (home / "ferries.briefing.yaml").unlink()
    kept = cli("apply")
    assert (kept.code, "deletions wait for consent" in kept.err) == (1, True)
    assert (home / "site/en/ferries.html").is_file()
    assert "`apply --delete`" in cli("plan").out
    done = cli("apply", "--delete")
    assert (done.code, "--delete" in done.out) == (0, False)
    assert not (home / "site/en/ferries.html").exists()


def test_an_empty_source_is_stopped_unless_somebody_means_it(cli: Command, home: Path) -> None:
    assert cli("apply").code == 0
    (home / "briefing.yaml").unlink()
    planned = cli("plan")
    assert (planned.code, "--no-limits" in planned.out) == (1, True)
    stopped = cli("apply", "--delete")
    assert (stopped.code, "is the source complete?" in stopped.err) == (1, True)
    assert cli("apply", "--delete", "--no-limits").code == 0
    assert not (home / "site/en/night-buses.html").exists()


@pytest.mark.parametrize(
    ("choice", "code", "restored"), [(None, 1, False), ("restore", 0, True), ("keep", 0, False)]
)
def test_a_hand_edit_is_stopped_at_written_over_or_kept(
    cli: Command, home: Path, choice: str | None, code: int, *, restored: bool
) -> None:
    assert cli("apply").code == 0
    page = home / "site/en/night-buses.html"
    edited = page.read_text(encoding="utf-8").replace("Night buses", "Day buses")
    page.write_text(edited, encoding="utf-8")
    ran = cli("apply", *(("--drift", choice) if choice else ()))
    assert (ran.code, "--drift restore writes over it, --drift keep leaves it" in ran.out) == (
        code,
        code == 1,
    )
    assert (page.read_text(encoding="utf-8") != edited) is restored


def test_a_target_that_cannot_be_read_is_told_and_the_others_go_on(cli: Command, home: Path) -> None:
    edit(home / "briefingkit.yaml", "targets:", "targets:\n  file: {use: files, folder: notes.txt}")
    (home / "notes.txt").write_text("not a folder", encoding="utf-8")
    assert cli("plan").code == 1
    ran = cli("apply")
    assert ran.code == 1
    assert (home / "site/index.html").is_file()
    assert (home / "notes.txt").read_text(encoding="utf-8") == "not a folder"


def test_a_second_run_is_refused_and_told_who_is_at_work(cli: Command, home: Path) -> None:
    assert cli("plan").code == 3
    lock = home / ".briefingkit/ledger.sqlite3.lock"
    with file_lock(lock, at=datetime(2027, 1, 5, tzinfo=UTC)):
        ran = cli("apply")
    assert (ran.code, "another run is at work: process" in ran.err) == (1, True)
    assert not (home / "site").exists()
    assert cli("apply").code == 0


# At a terminal


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make both ends of the command look like a terminal."""

    class Terminal:
        @staticmethod
        def isatty() -> bool:
            return True

        def __getattr__(self, name: str) -> Any:
            return getattr(sys.stdout, name)

    class FakeSys:
        stdin = stdout = Terminal()
        stderr = sys.stderr

    monkeypatch.setattr(publish, "sys", FakeSys)


@pytest.mark.usefixtures("terminal")
def test_at_a_terminal_nothing_is_applied_before_somebody_agrees(
    cli: Command, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(click, "confirm", lambda _question: False)
    ran = cli("apply")
    assert (ran.code, ran.out.splitlines()[-1]) == (1, "Nothing was applied.")
    assert not (home / "site").exists()
    monkeypatch.setattr(click, "confirm", lambda _question: True)
    assert cli("apply").code == 0
    assert (home / "site").is_dir()


@pytest.mark.usefixtures("terminal", "home")
def test_a_saved_plan_is_shown_before_one_is_asked(cli: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    cli("plan", "--out", "plan.json")
    monkeypatch.setattr(click, "confirm", lambda _question: False)
    assert "+ page night-buses/en" in cli("apply", "plan.json").out


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("option", ["--yes", "--json"])
def test_nothing_is_asked_of_one_who_has_answered(
    cli: Command, home: Path, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    monkeypatch.delattr(click, "confirm")
    assert cli("apply", option).code == 0
    assert (home / "site").is_dir()


def test_without_a_terminal_nothing_is_asked(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "briefingkit", "apply"], cwd=home, input=b"", capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"[y/N]" not in done.stdout


def test_an_apply_that_is_stopped_says_that_it_can_go_on(
    cli: Command, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = publish._told

    def stopped(outcomes: Any) -> Any:
        yield next(told(outcomes))
        raise KeyboardInterrupt

    monkeypatch.setattr(publish, "_told", stopped)
    ran = cli("apply")
    assert (ran.code, ran.err) == (
        130,
        "What was applied is recorded: run the command again to go on.\n\nStopped.\n",
    )
    monkeypatch.setattr(publish, "_told", told)
    assert cli("apply").code == 0
    assert cli("plan").code == 0
    assert json.loads((home / "site/manifest.json").read_text(encoding="utf-8"))
