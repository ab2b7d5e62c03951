"""A project whose briefing has a mailing of most kinds, on a clock that a test turns."""

import email.policy
from collections.abc import Mapping
from email import message_from_bytes
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from briefingkit.project import Project, open_project

from ... import night_buses
from ...clock import Clock
from ...night_buses import BRIEFING, MAIL, ONLINE, PROJECT, write_project
from .night_mailings import CONTACTS, MAILINGS, Edit, Inbox


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def project(tmp_path: Path, clock: Clock) -> Project:
    write_project(tmp_path, PROJECT + MAIL, BRIEFING + ONLINE + MAILINGS, CONTACTS)
    return open_project(tmp_path, clock=clock)


@pytest.fixture
def edit(tmp_path: Path) -> Edit:
    """Put other words in the briefing."""
    return partial(night_buses.edit, tmp_path / "briefing.yaml")


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    """Read what was sent, by recipient, in the order of the files' names, and take it away."""

    def read() -> Mapping[str, list[EmailMessage]]:
        found: dict[str, list[EmailMessage]] = {}
        for path in sorted((tmp_path / "outbox" / "new").glob("*")):
            message: Any = message_from_bytes(path.read_bytes(), policy=email.policy.default)
            found.setdefault(message["To"].addresses[0].addr_spec, []).append(message)
            path.rename(tmp_path / "outbox" / "cur" / f"{path.name}:2,S")
        return found

    return read
