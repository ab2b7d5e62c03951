"""`briefingkit mail work` and `mail send` with workers, as a person and as a program use them."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from briefingkit.project import Project
from briefingkit.source import project_schema

from ...commands import Command, called
from ...night_buses import edit

MakeProject = Callable[..., Project]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """Run a command in this process, in the project's folder."""
    monkeypatch.chdir(tmp_path)
    return called(capsys)


def edit_settings(project: Project, old: str, new: str) -> None:
    edit(project.folder / "briefingkit.yaml", old, new)


def documents(text: str) -> Iterator[dict[str, Any]]:
    """Read one JSON document after another."""
    while text := text.lstrip():
        document, end = json.JSONDecoder().raw_decode(text)
        yield document
        text = text[end:]


# What is wrong is said


def test_without_workers_there_is_no_work_and_it_is_said_what_one_machine_does(
    cli: Command, make_project: MakeProject
) -> None:
    project = make_project("ledger.sqlite3")
    edit_settings(project, "  workers: {use: procrastinate, heartbeat: 0.2, silence: 1.5}\n", "")
    said = cli("mail", "work")
    assert said.code == 1
    assert "workers: {use: procrastinate}" in said.err
    assert "mail send --every 1m" in said.err


@pytest.mark.parametrize("command", [("work",), ("send", "night-buses", "invite")])
def test_a_ledger_in_a_file_is_refused_and_nothing_is_planned(
    cli: Command, make_project: MakeProject, command: tuple[str, ...]
) -> None:
    make_project("ledger.sqlite3")
    said = cli("mail", *command)
    assert said.code == 1
    assert "give `store` the address of a PostgreSQL database" in said.err
    assert "nothing planned yet" in cli("mail", "status", "night-buses", "invite").out


@pytest.fixture
def without_the_extra(make_project: MakeProject, monkeypatch: pytest.MonkeyPatch) -> None:
    make_project("ledger.sqlite3")
    for name in [
        each for each in sys.modules if each.split(".")[0] in {"procrastinate", "briefingkit_workers"}
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "procrastinate", None)


@pytest.mark.usefixtures("without_the_extra")
@pytest.mark.parametrize("command", ["work", "send", "send night-buses invite"])
def test_an_extra_that_is_not_installed_is_said_with_the_command_that_does_it(
    cli: Command, command: str
) -> None:
    said = cli("mail", *command.split())
    assert said.code == 1
    assert 'pip install "briefingkit[workers]"' in said.err
    assert "nothing planned yet" in cli("mail", "status", "night-buses", "invite").out


@pytest.mark.usefixtures("without_the_extra")
@pytest.mark.parametrize(
    "command",
    ["status", "plan", "preview night-buses invite", "retry night-buses invite", "suppress a@x.example"],
)
def test_whoever_looks_needs_no_workers(cli: Command, command: str) -> None:
    said = cli("mail", *command.split())
    assert (said.code, said.err) == (0, "")


def test_a_database_that_is_away_is_said(
    cli: Command, make_project: MakeProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORE", f"postgresql://me:geheim@/nothing?host={tmp_path}")
    make_project("${STORE}")
    said = cli("mail", "work")
    assert said.code == 1
    assert "cannot be used" in said.err
    assert "geheim" not in said.err


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("{use: procrastinat}", "did you mean procrastinate?"),
        ("{use: procrastinate, at_once: 0}", "a worker sends 1 to 32 chunks at a time"),
        ("{use: procrastinate, heartbeat: 0}", "more than 0"),
        ("{use: procrastinate, heartbeat: 20}", "the living are taken for dead"),
        ("{use: procrastinate, at_onec: 2}", "at_once"),
        ("{at_once: 2}", "use"),
        ("yes", "Say what brings the work to workers"),
    ],
)
def test_a_mistake_in_the_settings_is_said(
    cli: Command, make_project: MakeProject, settings: str, words: str
) -> None:
    project = make_project("ledger.sqlite3")
    edit_settings(project, "{use: procrastinate, heartbeat: 0.2, silence: 1.5}", settings)
    said = cli("mail", "work")
    assert said.code == 1
    assert words in said.err


def test_the_schema_of_the_file_knows_them() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    mail = {"sender": {"address": "a@x.example"}, "transport": {"use": "maildir", "path": "outbox"}}
    validator = jsonschema.Draft202012Validator(project_schema())
    told = {
        "format": "1",
        "namespace": "x.example",
        "mail": {**mail, "workers": {"use": "procrastinate", "at_once": 2}},
    }
    assert not list(validator.iter_errors(told))
    assert list(validator.iter_errors({**told, "mail": {**mail, "workers": "procrastinate"}}))


# What is done


@pytest.mark.peer
def test_what_is_sent_is_left_to_workers_and_one_of_them_does_it(
    cli: Command, make_project: MakeProject, store: str
) -> None:
    project = make_project(store)
    assert (
        cli("mail", "send", "night-buses", "invite").out
        == "night-buses invite: 3 to send, left to the workers\n"
    )
    assert not (project.folder / "outbox").exists()
    left = cli("mail", "send", "--json")
    told = {"briefing": "night-buses", "mailing": "invite", "waiting": 3}
    assert (left.code, json.loads(left.out)) == (0, {"mailings": [told]})
    assert "is due later" in cli("mail", "send", "night-buses", "day-before").out
    assert cli("mail", "work", "--once").out == "night-buses invite: 3 sent\n"
    assert len(list((project.folder / "outbox" / "new").iterdir())) == 3
    assert cli("mail", "work", "--once").out == ""
    assert cli("mail", "send").out == "Nothing is due.\n"
    again = cli("mail", "send", "night-buses", "invite").out
    assert again == "night-buses invite: nothing new to send, left to the workers\n"


@pytest.mark.peer
def test_a_program_reads_what_a_worker_does_a_line_each(
    cli: Command, make_project: MakeProject, store: str
) -> None:
    project = make_project(store)
    cli("registrations", "add", "night-buses", "email=ada@x.example", "name=Ada")
    (project.folder / "briefing.yaml").write_text(
        (project.folder / "briefing.yaml")
        .read_text("utf-8")
        .replace("contacts.csv}]}", "none.csv}], at: 2026-01-01T10:00}"),
        "utf-8",
    )
    said = cli("mail", "work", "--once", "--json")
    ready, *told = documents(said.out)
    assert ready == {"pid": os.getpid()}
    assert {each["mailing"]: (each.get("sent"), "error" in each) for each in told} == {
        "confirmation": (1, False),
        "invite": (None, True),
    }
    assert "x.example" not in said.out
    shown = cli("mail", "work", "--once")
    assert (said.code, shown.code) == (1, 1)
    assert shown.err.startswith("night-buses invite: ")


@pytest.mark.peer
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals like these")
def test_it_works_until_it_is_told_to_end(make_project: MakeProject, store: str) -> None:
    project = make_project(store)
    command = [sys.executable, "-m", "briefingkit", "mail", "work", "--project", str(project.folder)]
    working = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert working.stdout is not None
    assert working.stdout.readline() == "At work  (Ctrl-C ends it)\n"
    working.send_signal(signal.SIGTERM)
    assert working.communicate(timeout=90)[0] == ""
    assert working.returncode == 0
