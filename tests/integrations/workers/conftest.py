"""A project with workers, and a ledger in PostgreSQL."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from briefingkit.project import Project, open_project

from ...night_buses import BRIEFING, MAIL, ONLINE, PROJECT, write_project

WORKERS = """\
  workers: {use: procrastinate, heartbeat: 0.2, silence: 1.5}
"""
MAILINGS = """\
registration: {capacity: 100, fields: [name, email, language, timezone]}
mailing:
  - {key: invite, kind: invitation, audience: [{file: contacts.csv}]}
  - {key: day-before, kind: reminder, audience: [registered], at: -1d}
"""


@pytest.fixture
def store(postgresql: str) -> str:
    return postgresql


@pytest.fixture
def make_project(tmp_path: Path) -> Callable[..., Project]:
    """Give what makes a project with so many contacts, and a ledger where it is told."""

    def made(store: str, contacts: int = 3, **more: Any) -> Project:
        rows = "".join(f"p{number}@guests.example,P{number},en\n" for number in range(contacts))
        project = f'{PROJECT}store: "{store}"\n{MAIL}{WORKERS}'
        briefing = (
            BRIEFING.replace("2027", "2037") + ONLINE + MAILINGS
        )  # years after the day of the system's clock
        write_project(tmp_path, project, briefing, f"email,name,language\n{rows}")
        return open_project(tmp_path, **more)

    return made
