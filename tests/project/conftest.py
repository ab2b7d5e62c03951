"""A project with one briefing and one target: a folder, or one in memory."""

from pathlib import Path

import pytest

from briefingkit.project import Project, open_project
from briefingkit.testing.memory import Memory, MemoryServer

from .briefings import NOW, SITE_PROJECT, put


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "briefingkit.yaml").write_text(SITE_PROJECT, encoding="utf-8")
    put(tmp_path, "night-buses")
    return tmp_path


@pytest.fixture
def project(folder: Path) -> Project:
    return open_project(folder, clock=lambda: NOW)


@pytest.fixture
def server() -> MemoryServer:
    return MemoryServer()


@pytest.fixture
def alone(folder: Path, server: MemoryServer) -> Project:
    """A project whose only target is in memory."""
    (folder / "briefingkit.yaml").write_text("namespace: talks.example.org\n", encoding="utf-8")
    return open_project(folder, clock=lambda: NOW).with_target("intranet", Memory(server))
