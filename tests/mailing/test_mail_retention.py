"""What was written to people is forgotten in time, in the file too, and nobody is written to twice for that."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from sqlalchemy import select, update

from briefingkit.cli.app import run
from briefingkit.mailing.outgoing.deliveries import Addressed, mailing_id, plan_deliveries
from briefingkit.mailing.outgoing.keys import message_key
from briefingkit.mailing.people.part_answers import Taking, answered, note_answer
from briefingkit.model import Programme
from briefingkit.project import Project, open_project
from briefingkit.registrations.codec import iso
from briefingkit.registrations.personal_data import PersonalData
from briefingkit.store import open_ledger, tables
from briefingkit.store.deliveries import Deliveries
from briefingkit.store.ledger import Ledger
from briefingkit.store.mail_feedback import FateRow, MailFeedback

from ..clock import NOW, Clock
from ..night_buses import BRIEFING, MAIL, PROJECT, write_project

KEPT = timedelta(days=400)
OVER = NOW + KEPT + timedelta(seconds=1)
INVITE = mailing_id("b", "invite")
STATES = ("planned", "claimed", "committing", "sent", "failed", "uncertain", "suspended", "dropped")
TRACES = (b"zanzibar", b"quetzalcoatl", b"tegucigalpa")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.peer)])
def ledger(request: pytest.FixtureRequest) -> Iterator[Ledger]:
    url = "sqlite://" if request.param == "sqlite" else str(request.getfixturevalue("postgresql"))
    with open_ledger(url) as ledger:
        yield ledger


def planned(ledger: Ledger, *names: str, **more: Any) -> None:
    people = (Addressed(f"{each}@x.example", f"{each}@x.example", **more) for each in names)
    plan_deliveries(Deliveries(ledger), "b", "invite", people, now=NOW)


def put(ledger: Ledger, state: str, name: str, **more: Any) -> None:
    table = tables.deliveries
    with ledger.writing() as connection:
        these = table.c.id == key(name)
        connection.execute(update(table).where(these).values(state=state, changed_at=iso(NOW), **more))


def key(name: str) -> str:
    return message_key("b", "invite", f"{name}@x.example")


def expired(ledger: Ledger, at: datetime = OVER, **more: Any) -> dict[str, int]:
    data = PersonalData(Programme([]), ledger, clock=lambda: at, **more)
    return dict(data.expire().messages)


def marks(ledger: Ledger) -> list[str]:
    with ledger.reading() as connection:
        return list(connection.execute(select(tables.mail_written.c.mark)).scalars())


def test_what_was_settled_is_forgotten_when_its_time_is_over_and_not_a_second_before(ledger: Ledger) -> None:
    planned(ledger, *STATES)
    for state in STATES:
        put(ledger, state, state, imprint="x")
    assert expired(ledger, NOW + KEPT) == {}
    assert expired(ledger) == {"b": 4}
    assert dict(Deliveries(ledger).counts(INVITE)) == dict.fromkeys(
        ("planned", "claimed", "committing", "suspended"), 1
    )
    (mailing,) = Deliveries(ledger).mailings("b")
    assert json.loads(mailing.erased) == dict.fromkeys(("sent", "failed", "uncertain", "dropped"), 1)
    assert expired(ledger) == {}


def test_what_can_go_no_more_is_forgotten_too(ledger: Ledger) -> None:
    planned(ledger, "over", expires=NOW + timedelta(days=1))
    planned(ledger, "held", expires=NOW + timedelta(days=1))
    planned(ledger, "to-come", expires=OVER + timedelta(days=1))
    put(ledger, "suspended", "held")
    assert expired(ledger) == {"b": 2}
    assert marks(ledger) == [], "nothing of it has gone"


def test_of_what_may_have_gone_a_mark_stays_that_is_another_in_another_ledger(ledger: Ledger) -> None:
    planned(ledger, "sent", "dropped")
    put(ledger, "sent", "sent")
    put(ledger, "dropped", "dropped")
    expired(ledger)
    (mark,) = marks(ledger)
    with open_ledger("sqlite://") as other:
        planned(other, "sent")
        put(other, "sent", "sent")
        expired(other)
        assert marks(other) != [mark]
    assert mark != key("sent")


def test_what_became_of_it_and_old_answers_go_with_it(ledger: Ledger) -> None:
    planned(ledger, "ana", "ben", data={"key": "ana"})
    put(ledger, "sent", "ana")
    with MailFeedback(ledger).writing() as writer:
        writer.put(
            [FateRow(key("ana"), "bounced", None, iso(NOW), ""), FateRow("other", "sent", None, "", "")]
        )
    note_answer(ledger, "b", "ana", Taking.YES, at=NOW)
    expired(ledger)
    with MailFeedback(ledger).writing() as writer:
        assert list(writer.fates([key("ana"), "other"])) == ["other"]
    assert answered(ledger, "b", "ana") is None


def test_an_answer_that_is_newer_stays(ledger: Ledger) -> None:
    planned(ledger, "ana", data={"key": "ana"})
    put(ledger, "sent", "ana")
    note_answer(ledger, "b", "ana", Taking.NO, at=OVER - timedelta(days=1))
    expired(ledger)
    assert answered(ledger, "b", "ana") is Taking.NO


def test_many_are_forgotten_some_at_a_time(ledger: Ledger) -> None:
    planned(ledger, *(f"p{number}" for number in range(2500)))
    with ledger.writing() as connection:
        connection.execute(update(tables.deliveries).values(state="sent"))
    assert expired(ledger) == {"b": 2500}
    assert len(set(marks(ledger))) == 2500


def test_what_was_heard_is_forgotten_by_the_same_command(ledger: Ledger) -> None:
    with MailFeedback(ledger).writing() as writer:
        writer.hear({"call": iso(NOW), "kept": ""}, at=iso(NOW))
    expired(ledger, NOW + timedelta(seconds=1))
    with ledger.reading() as connection:
        assert len(connection.execute(select(tables.mail_events)).all()) == 1


def test_a_time_of_one_s_own_holds(ledger: Ledger) -> None:
    planned(ledger, "ana")
    put(ledger, "sent", "ana")
    after = NOW + timedelta(days=31)
    assert expired(ledger, after, mail_retention=timedelta(days=32)) == {}
    assert expired(ledger, after, mail_retention=timedelta(days=30)) == {"b": 1}


def test_no_octet_of_them_is_left_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"

    def found() -> list[bytes]:
        octets = b"".join(each.read_bytes() for each in tmp_path.iterdir())
        return [trace for trace in TRACES if trace in octets.lower()]

    with open_ledger(str(path)) as ledger:
        planned(ledger, *(f"p{number}" for number in range(300)))
        plan_deliveries(
            Deliveries(ledger),
            "b",
            "invite",
            [Addressed("zanzibar@x.example", "Zanzibar@x.example", data={"name": "Quetzalcoatl"})],
            now=NOW,
        )
        put(ledger, "failed", "zanzibar", words="550 tegucigalpa")
        assert found() == list(TRACES)
        assert expired(ledger) == {"b": 1}
        assert found() == []
        assert Deliveries(ledger).counts(INVITE) == {"planned": 300}


# In a project.

MAILINGS = """\
registration: {consent: {key: c, text: {en: "Yes", fr: Oui}, retention: 90d}}
mailing:
  - {key: invite, kind: invitation, audience: [{file: contacts.csv}]}
"""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def project(tmp_path: Path, clock: Clock) -> Project:
    briefing = BRIEFING.replace("2027", "2037") + MAILINGS  # years after the day of the system's clock
    contacts = "email,name\nana@x.example,Ana\nben@x.example,Ben\n"
    write_project(tmp_path, PROJECT + MAIL + "  retention: 2d\n", briefing, contacts)
    return open_project(tmp_path, clock=clock)


def sent(project: Project) -> int:
    with project.mailing("night-buses", "invite") as invite:
        report = invite.send()
    assert report is not None
    return report.progress.sent


def test_who_is_forgotten_is_not_invited_again_and_the_plan_says_why(project: Project, clock: Clock) -> None:
    assert sent(project) == 2
    clock.now += timedelta(days=3)
    with project.personal_data() as data:
        gone = data.expire()
    assert (dict(gone), gone.messages) == ({}, {"night-buses": 2})
    (project.folder / "contacts.csv").write_text(
        "email,name\nANA@x.example,Ana\nben@x.example,Ben\ncy@x.example,Cy\n", "utf-8"
    )
    with project.mailing("night-buses", "invite") as invite:
        plan = invite.plan()
        assert (plan.new, plan.left_out) == (1, {"have had it, longer ago than is kept": 2})
        status = invite.status()
        assert (dict(status.counts), status.erased) == ({}, {"sent": 2})
    assert sent(project) == 1
    with project.personal_data() as data:
        assert data.person("ana@x.example")["messages"] == []


def test_whose_time_is_over_between_planning_and_sending_is_not_written_to_again(
    project: Project, clock: Clock
) -> None:
    assert sent(project) == 2
    clock.now += timedelta(days=3)
    with project.mailing("night-buses", "invite") as invite:
        schedule = invite.schedule
        found = list(invite.people.recipients(schedule, _selection(), []))
        assert len(found) == 2, "they are known, and their rows are there still"
        with project.personal_data() as data:
            data.expire()
        people = [Addressed(person, person, data={"letter": "invitation"}) for person, _ in found]
        plan_deliveries(invite.office.deliveries, "night-buses", "invite", people, now=clock())
        report = invite.run()
    assert (report.progress.sent, report.progress.dropped) == (0, 2)


def _selection() -> Any:
    from briefingkit.mailing.people.audience import Selection

    return Selection()


def test_the_marks_go_with_the_list(project: Project, clock: Clock) -> None:
    sent(project)
    with project.registrations("night-buses") as roll:
        roll.add({"email": "di@x.example", "name": "Di"})
    clock.now += timedelta(days=3)
    with project.personal_data() as data:
        data.expire()
    with project.ledger() as ledger:
        assert len(marks(ledger)) == 2
    clock.now = datetime(2037, 7, 1, tzinfo=UTC)
    with project.personal_data() as data:
        assert dict(data.expire()) == {"night-buses": 1}
    with project.ledger() as ledger:
        assert marks(ledger) == []


def test_without_mail_in_the_file_what_was_written_goes_all_the_same(project: Project, clock: Clock) -> None:
    sent(project)
    bare = evolve(project, settings=evolve(project.settings, mail=None))
    clock.now += timedelta(days=399)
    with bare.personal_data() as data:
        assert data.expire().messages == {}
    clock.now += timedelta(days=1)
    with bare.personal_data() as data:
        assert data.expire().messages == {"night-buses": 2}


def test_the_command_tells_how_many_and_nobody(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sent(project)  # by a clock that is years behind
    monkeypatch.chdir(project.folder)
    with project.ledger() as ledger, ledger.writing() as connection:
        connection.execute(update(tables.deliveries).values(changed_at="2020-01-01T00:00:00.000000+00:00"))
        connection.execute(update(tables.mailings).values(planned_at="2020-01-01T00:00:00.000000+00:00"))
    assert run(["registrations", "expire"]) == 0
    assert capsys.readouterr().out == "night-buses: 2 messages forgotten\n"
    assert run(["registrations", "expire"]) == 0
    assert capsys.readouterr().out == "Nothing is due.\n"
