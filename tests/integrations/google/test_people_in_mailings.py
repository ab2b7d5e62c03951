"""Google's people in a project: each is written to once, in their language; a plan of the targets wants nothing."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import briefingkit as bk
from briefingkit.errors import IntegrationError
from briefingkit.publish import Context, Snapshot
from briefingkit.testing.google import GoogleDouble
from briefingkit_google.people import GoogleGroup

from .conftest import SERVICE

PRESS = "press@cities.example"
PROJECT = """\
format: 1
namespace: talks.example.org
mail:
  sender: {{address: events@talks.example.org, name: {{en: City Talks, fr: Rencontres de la ville}}}}
  transport: {{use: maildir, path: outbox}}
targets:
  press:
    use: google.group
    group: press@cities.example
    base_url: {url}
    auth: {{service_account: google-key.json}}
  contacts:
    use: google.contact-list
    spreadsheet: {book}
    base_url: {url}
    auth: {{service_account: google-key.json}}
"""
BRIEFING = """\
format: 1
briefing: tram-line
languages: [en, fr]
title: {en: A tram line for the east, fr: Un tram pour l'est}
status: confirmed
start: 2037-10-05T18:30
duration: 1h30m
timezone: Europe/Prague
organizers: [{key: talks, name: {en: City Talks, fr: Rencontres de la ville}, role: host}]
mailing:
  - key: invite
    kind: invitation
    audience:
      - {target: contacts, assumed: {timezone: Europe/Prague}}
      - {target: press, assumed: {language: fr, organization: {en: The press, fr: La presse}}}
"""


@pytest.fixture
def google() -> Iterator[GoogleDouble]:
    """Google, with a group of four and a sheet of three, of whom one is in both."""
    with GoogleDouble() as double:
        double.admins.add(SERVICE)
        double.make_user("sue@cities.example", status="SUSPENDED")
        double.make_group(PRESS, "ann@cities.example", "bo@elsewhere.example", "sue@cities.example")
        double.add_member(PRESS, "news@elsewhere.example", kind="GROUP")
        yield double


@pytest.fixture
def project(google: GoogleDouble, tmp_path: Path) -> bk.Project:
    google.service_account(tmp_path / "google-key.json")
    book = google.make_spreadsheet("Contacts")
    google.share_file(book, "reader", f"user:{SERVICE}")
    rows = [
        ["Name", "E-mail", "Language"],
        ["Ann", "Ann@cities.example", "en"],
        ["", "", "fr"],
        ["Cy", "cy@x.org", "fr"],
    ]
    google.type_cells(book, "A1", rows)
    (tmp_path / "briefing.yaml").write_text(BRIEFING, "utf-8")
    (tmp_path / "briefingkit.yaml").write_text(PROJECT.format(url=google.base_url, book=book), "utf-8")
    return bk.open(tmp_path)


def test_everybody_is_written_to_once_in_their_language(project: bk.Project) -> None:
    with project.mailing("tram-line", "invite") as invite:
        plan = invite.plan()
        assert (plan.new, plan.languages) == (3, {"en": 1, "fr": 2})
        assert plan.left_out == {
            "are there twice": 1,
            "are suspended at Google": 1,
            "are groups whose members Google does not tell this account": 1,
            "stand in rows that cannot be read": 1,
        }
        assert [(fault.row, fault.column) for fault in plan.faults] == [(3, None)]
        assert invite.send().progress.sent == 3
        assert invite.plan().new == 0


def test_where_google_cannot_be_read_nobody_is_written_to(google: GoogleDouble, project: bk.Project) -> None:
    google.disable_api("directory")
    with (
        project.mailing("tram-line", "invite") as invite,
        pytest.raises(IntegrationError, match="Admin SDK API"),
    ):
        invite.send()
    google.enable_api("directory")
    with project.mailing("tram-line", "invite") as invite:
        assert invite.status().counts == {}
        assert invite.send().progress.sent == 3


def test_a_plan_of_the_targets_wants_nothing_and_asks_google_nothing(
    google: GoogleDouble, project: bk.Project
) -> None:
    plan = project.plan()
    assert plan.is_empty
    assert list(project.apply_iter(plan)) == []
    watch = project.watch()
    assert watch is not None
    assert google.requests == []


def test_what_the_verbs_of_such_a_target_say_is_nothing() -> None:
    target = GoogleGroup(PRESS)
    held = target.read((), Snapshot())
    assert (list(target.desired((), Context("press", "talks.example.org"))), dict(held.remotes)) == ([], {})
    assert held.cursor is not None
    assert target.unchanged(held.cursor)
    assert not target.unchanged("of something else")
    assert list(target.apply(())) == []


def test_no_address_is_in_what_a_plan_says_as_json(project: bk.Project) -> None:
    from briefingkit.cli.mail_words import plan_json

    with project.mailing("tram-line", "invite") as invite:
        told = json.dumps(plan_json(invite.plan()))
    assert "@" not in told
