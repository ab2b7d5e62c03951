"""Rooms that a target makes: people are held to know the one that they were told of, and are told of another."""

import email.policy
from collections.abc import Callable
from email import message_from_bytes
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from briefingkit.mailing.changes import Changed
from briefingkit.project import Project, open_project
from briefingkit.publish import Drift
from briefingkit.testing.memory import Memory, MemoryServer

from .. import night_buses
from ..clock import Clock
from ..night_buses import BRIEFING, MAIL, PROJECT, write_project

ROOM = "place: {online: {url: {from: calendar}, access: registered}}\n"
MAILINGS = """\
registration: {fields: [name, email]}
mailing:
  - {key: invite, kind: invitation, audience: [{file: contacts.csv}]}
  - {key: news, kind: update, audience: [{file: contacts.csv}, registered]}
  - {key: off, kind: cancellation, audience: [registered]}
"""
Edit = Callable[[str, str], None]


@pytest.fixture
def server() -> MemoryServer:
    return MemoryServer(names_things=True)


@pytest.fixture
def project(tmp_path: Path, server: MemoryServer) -> Project:
    write_project(tmp_path, PROJECT + MAIL, BRIEFING + ROOM + MAILINGS, "email\nbo@guests.example\n")
    return open_project(tmp_path, clock=Clock()).with_target("calendar", Memory(server))


@pytest.fixture
def edit(tmp_path: Path) -> Edit:
    return partial(night_buses.edit, tmp_path / "briefing.yaml")


def apply(project: Project) -> None:
    report = project.apply(project.plan(drift=Drift.RESTORE))
    report.raise_for_failed()


def event_of(server: MemoryServer) -> str:
    (event,) = (thing for thing in server.things.values() if thing.kind == "event")
    return event.id


def make_anew(project: Project, server: MemoryServer) -> tuple[str, str]:
    """Have the room made again, as where somebody deleted the event that it belongs to; both addresses are given."""
    before = event_of(server)
    server.remove(before)
    apply(project)
    return f"https://memory.example/{before}", f"https://memory.example/{event_of(server)}"


def register(project: Project, name: str) -> None:
    with project.registrations("night-buses") as roll:
        roll.add({"name": name, "email": f"{name}@people.example"})
    send(project, "confirmation")


def send(project: Project, mailing: str) -> dict[str, Any]:
    """Send a mailing, and give what lies in the outbox by recipient, which is emptied."""
    with project.mailing("night-buses", mailing) as dispatch:
        dispatch.send()
    found = {}
    for path in (project.folder / "outbox" / "new").glob("*"):
        message: Any = message_from_bytes(path.read_bytes(), policy=email.policy.default)
        found[message["To"].addresses[0].addr_spec] = message
        path.unlink()
    return found


def revision(project: Project) -> int:
    with project.office() as office:
        return office.publication("night-buses").revision


def changes(project: Project) -> list[str]:
    with project.mailing("night-buses", "news") as mailing:
        return [change.value for change in mailing.plan().changes]


def test_a_room_that_was_made_anew_is_told_to_those_who_registered_and_calendars_take_it(
    project: Project, server: MemoryServer
) -> None:
    apply(project)
    register(project, "ann")
    told = revision(project)
    assert changes(project) == []
    old, new = make_anew(project, server)
    assert changes(project) == [Changed.ROOM]
    got = send(project, "news")
    assert list(got) == ["ann@people.example"]
    text = got["ann@people.example"].get_body(("plain",)).get_content()
    assert "The address of the online room has changed." in text
    assert (old in text, new in text) == (False, True)
    (part,) = (part for part in got["ann@people.example"].walk() if part.get_content_subtype() == "calendar")
    assert Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")[0]["SEQUENCE"] == told + 1
    apply(project)
    assert revision(project) == told + 1
    assert send(project, "news") == {}


def test_whoever_registers_once_others_were_told_of_the_new_room_knows_it(
    project: Project, server: MemoryServer
) -> None:
    apply(project)
    register(project, "ann")
    make_anew(project, server)
    register(project, "bea")
    register(project, "cem")
    assert "cem@people.example" not in send(project, "news")


def test_a_room_that_is_there_at_last_is_told_to_those_who_were_told_of_none(project: Project) -> None:
    register(project, "ann")
    assert changes(project) == []
    apply(project)
    assert changes(project) == [Changed.ROOM]
    assert list(send(project, "news")) == ["ann@people.example"]
    assert send(project, "news") == {}


def test_where_nobody_was_told_of_a_room_another_one_is_no_revision(
    project: Project, server: MemoryServer
) -> None:
    apply(project)
    before = revision(project)
    make_anew(project, server)
    assert revision(project) == before


def test_what_is_off_has_no_room_and_is_not_called_off_again_for_that(
    project: Project, server: MemoryServer, edit: Edit
) -> None:
    apply(project)
    register(project, "ann")
    edit("status: confirmed", "status: cancelled")
    assert list(send(project, "off")) == ["ann@people.example"]
    make_anew(project, server)
    assert send(project, "off") == {}


def test_of_what_was_announced_before_rooms_were_kept_none_is_held_to_be_known(
    project: Project, server: MemoryServer
) -> None:
    apply(project)
    register(project, "ann")
    with project.ledger() as ledger, ledger.writing() as connection:
        connection.exec_driver_sql("UPDATE announcements SET rooms = NULL")
    before = revision(project)
    make_anew(project, server)
    assert (revision(project), changes(project)) == (before, [])
