"""A project with workers, and a ledger in PostgreSQL."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from briefingkit.project import Project, open_project

PROJECT = """\
format: 1
namespace: talks.example.org
store: "{store}"
mail:
  sender: {{address: events@talks.example.org, name: City Talks}}
  pages: https://register.example.org
  transport: {{use: maildir, path: outbox}}
  workers: {{use: procrastinate, heartbeat: 0.2, silence: 1.5}}
"""
BRIEFING = """\
format: 1
briefing: night-buses
languages: [en, fr]
title: {en: Night buses, fr: Bus de nuit}
status: confirmed
start: 2037-03-10T15:00
duration: 1h
timezone: Europe/Brussels
place: {online: {url: "https://meet.example.org/1", access: registered}}
organizers: [{key: transit, name: City Transit, role: host}]
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
        files = {
            "briefingkit.yaml": PROJECT.format(store=store),
            "briefing.yaml": BRIEFING,
            "contacts.csv": f"email,name,language\n{rows}",
        }
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        return open_project(tmp_path, **more)

    return made
