"""A folder with a project, and the command line as a call."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ..commands import Command, called
from ..night_buses import BRIEFING, ONLINE, PROJECT, SITE, write_project

PROGRAMME = """\
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


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command in this process."""
    return called(capsys)


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
    return write_project(empty, PROJECT + SITE, BRIEFING + ONLINE + PROGRAMME)


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
