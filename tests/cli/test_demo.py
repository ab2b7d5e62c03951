"""The demo does in one folder what its summary says, and nothing anywhere else."""

import os
import re
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path

import pytest

from briefingkit.source import load

from ..commands import Command

Snapshot = Callable[[Path], dict[str, bytes]]


def test_what_the_summary_says_is_true(cli: Command, empty: Path) -> None:
    ran = cli("demo")
    assert ran.code == 0, ran.err
    site = empty / "demo-out" / "site"
    files = [path for path in site.rglob("*") if path.is_file()]
    assert f"  {len(files)} files in " in ran.out
    sequences = {
        int(found)
        for path in site.rglob("imrf-2022.ics")
        for found in re.findall(r"^SEQUENCE:(\d+)\r$", path.read_bytes().decode(), re.MULTILINE)
    }
    assert f"SEQUENCE rose from 0 to {max(sequences)}" in ran.out
    assert sequences == {1}
    opened = re.search(r"^Open (.*)$", ran.out, re.MULTILINE)
    assert opened is not None
    assert "16:00" in (empty / opened[1]).read_text(encoding="utf-8")
    mails = [
        message_from_bytes(path.read_bytes()) for path in (empty / "demo-out" / "mails" / "new").iterdir()
    ]
    assert f"3 people registered, and {len(mails)} mails are in " in ran.out
    assert sorted(str(mail["Content-Language"]) for mail in mails) == ["en", "en", "es", "es", "fr", "fr"]
    assert "<svg" in (empty / "demo-out" / "report.html").read_text(encoding="utf-8")


def test_what_is_private_in_the_briefing_is_in_none_of_the_files(cli: Command, empty: Path) -> None:
    cli("demo")
    briefing = load(empty / "demo-out" / "briefing.yaml").require()
    assert briefing.place is not None
    assert briefing.place.online is not None
    for path in (empty / "demo-out" / "site").rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert "https://meet.example.org" not in text, path
            assert "maulik@" not in text, path


@pytest.mark.usefixtures("empty")
def test_without_the_packages_for_it_nobody_registers_and_it_says_what_to_install(
    cli: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("briefingkit.cli.demo_people.find_spec", lambda _: None)
    ran = cli("demo")
    assert ran.code == 0
    assert 'pip install "briefingkit[charts,web]"' in ran.out
    assert "people registered" not in ran.out


@pytest.mark.usefixtures("empty")
def test_a_leak_would_be_told(cli: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    from briefingkit.cli import demo

    sequence = demo._sequence

    def leaking(out: Path) -> int:
        (out / "site" / "leak.html").write_text("call maulik@example.org")
        return sequence(out)

    monkeypatch.setattr(demo, "_sequence", leaking)
    ran = cli("demo")
    assert ran.code == 1
    assert "private data stands in demo-out/site/leak.html" in ran.err.replace(os.sep, "/")


def test_the_second_apply_has_nothing_to_do(cli: Command, empty: Path) -> None:
    ran = cli("demo")
    assert ran.out.count("Nothing to do: ") == 1
    assert cli("plan", "--project", empty / "demo-out").code == 0


def test_it_can_be_run_again_in_its_folder_by_whatever_name(
    cli: Command, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli("demo", "--out", "here").code == 0
    (empty / "here" / "site" / "left-over.html").write_text("")
    (empty / "there").symlink_to("here")
    assert cli("demo", "--out", "there").code == 0
    assert not (empty / "here" / "site" / "left-over.html").exists()
    monkeypatch.chdir(empty / "here")
    assert cli("demo", "--out", ".").code == 0


def test_a_link_in_its_folder_is_taken_away_and_not_followed(cli: Command, empty: Path) -> None:
    cli("demo")
    (empty / "mine").mkdir()
    (empty / "mine" / "kept.txt").write_text("kept")
    (empty / "demo-out" / "mine").symlink_to(empty / "mine")
    assert cli("demo").code == 0
    assert (empty / "mine" / "kept.txt").read_text() == "kept"


def test_a_folder_of_somebody_elses_is_refused_and_left_as_it_is(
    cli: Command, empty: Path, snapshot: Snapshot
) -> None:
    (empty / "mine").mkdir()
    (empty / "mine" / "thesis.txt").write_text("years of work")
    before = snapshot(empty)
    ran = cli("demo", "--out", "mine")
    assert ran.code == 1
    assert "mine holds something that is not from a demo: give another folder" in ran.err
    assert snapshot(empty) == before


def test_a_note_of_ones_own_is_drafted_too_even_from_the_folder_that_is_emptied(
    cli: Command, empty: Path
) -> None:
    note = "# Night buses\n\nWednesday 10 March 2027, 15:00 to 16:00 (CET), online\n"
    (empty / "note.md").write_text(note, encoding="utf-8")
    assert cli("demo", "--note", "note.md").code == 0
    drafted = empty / "demo-out" / "your-draft.yaml"
    assert "2027-03-10T15:00" in drafted.read_text(encoding="utf-8")
    first = drafted.read_text(encoding="utf-8")
    assert cli("demo", "--note", "demo-out/your-note.md").code == 0
    assert drafted.read_text(encoding="utf-8") == first


def test_as_json_it_names_what_it_made(cli: Command, empty: Path) -> None:
    made = cli("demo", "--json").json
    assert made["sequence"] == {"before": 0, "after": 1}
    assert len(made["pages"]) == len({Path(page).parent for page in made["pages"]}) > 1
    assert all((empty / file).is_file() for file in made["files"])
