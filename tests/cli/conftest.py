"""A folder with a project, and the command line as a call."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from briefingkit.cli.app import run

PROJECT = """\
format: 1
namespace: talks.example.org
targets:
  site: {use: files, folder: site}
"""
BRIEFING = """\
format: 1
briefing: night-buses
languages: [en, fr]
title: {en: Night buses, fr: Bus de nuit}
status: confirmed
start: 2027-03-10T15:00
duration: 1h
timezone: Europe/Brussels
place: {online: {url: "https://meet.example.org/secret-room", access: registered}}
organizers: [{key: transit, name: City Transit, role: host}]
people:
  okafor:
    name: Ada Okafor
    position: {en: Planner, fr: Urbaniste}
    organization: City Transit
    email: ada@private.example
background: {en: The first figures., fr: Les premiers chiffres.}
agenda:
  - {key: welcome, title: {en: Welcome, fr: Accueil}, kind: opening, duration: 5m}
  - key: figures
    title: {en: Figures, fr: Chiffres}
    duration: 25m
    participants: [{person: okafor}]
"""


@frozen
class Ran:
    """What a command said and how it left."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output."""
        return json.loads(self.out)


Command = Callable[..., Ran]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command in this process."""

    def call(*arguments: str | Path) -> Ran:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return Ran(code, said.out, said.err)

    return call


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in, with nothing of the tester's own around."""
    for name in ("NO_COLOR", "BRIEFINGKIT_DEBUG", "SOURCE_DATE_EPOCH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def home(empty: Path) -> Path:
    """The folder of a project with one briefing and a folder target; the user stands in it."""
    (empty / "briefingkit.yaml").write_text(PROJECT, encoding="utf-8")
    (empty / "briefing.yaml").write_text(BRIEFING, encoding="utf-8")
    return empty


def contents(folder: Path) -> dict[str, bytes]:
    """Read every file below a folder but the ledger, to compare before and after."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".briefingkit" not in path.parts
    }


@pytest.fixture
def snapshot() -> Callable[[Path], dict[str, bytes]]:
    """`contents`, for tests, which cannot import a conftest."""
    return contents
