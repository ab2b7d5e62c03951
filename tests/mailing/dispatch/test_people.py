"""Who is written to, who is left out, and who hears of their own registration."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from attrs import frozen

from briefingkit.errors import MailingError
from briefingkit.mailing.people.audience import Member
from briefingkit.mailing.people.suppression import Reason
from briefingkit.model import Briefing
from briefingkit.project import Project
from briefingkit.testing.memory import Memory, MemoryServer

from ...clock import Clock
from ...night_buses import BRIEFING
from .night_mailings import Edit, Inbox, body, register, subjects

ONCE_OVER = (
    "  - {key: news, kind: update",
    "  - {key: after, kind: follow-up, audience: [attended, absent], at: end+1d}\n  - {key: news, kind: update",
)


def test_who_left_between_planning_and_sending_is_not_written_to(
    project: Project, clock: Clock, inbox: Inbox
) -> None:
    register(project, "Bo")
    register(project, "Cy")
    clock.now = datetime(2027, 3, 9, 15, tzinfo=UTC)
    with project.mailing("night-buses", "day-before") as mailing:
        mailing.queue()
        with project.registrations("night-buses") as roll:
            roll.cancel("bo@people.example")
        mailing.run()
        assert mailing.status().counts == {"dropped": 1, "sent": 1}
    assert list(inbox()) == ["cy@people.example"]


def test_who_unsubscribed_is_left_out_of_invitations(project: Project, inbox: Inbox, clock: Clock) -> None:
    with project.mailing("night-buses", "invite") as mailing:
        mailing.office.suppressions.add(["bo@guests.example"], Reason.UNSUBSCRIBED, at=clock(), source="test")
        assert mailing.plan().left_out["have unsubscribed"] == 1
        mailing.send(early=True)
    assert list(inbox()) == ["cy@guests.example"]


def test_who_has_registered_hears_of_a_moved_hour_whatever_they_unsubscribed_from(
    project: Project, inbox: Inbox, edit: Edit, clock: Clock
) -> None:
    register(project, "Eve")
    with project.mailing("night-buses", "invite") as mailing:
        mailing.send(early=True)
        gone = ["eve@people.example", "ada@people.example", "bo@guests.example"]
        mailing.office.suppressions.add(gone, Reason.UNSUBSCRIBED, at=clock(), source="test")
    inbox()
    edit("start: 2027-03-10T15:00", "start: 2027-03-10T17:00")
    with project.mailing("night-buses", "news") as mailing:
        assert mailing.plan().left_out["have unsubscribed"] == 1
        mailing.send()
    assert sorted(inbox()) == ["ada@people.example", "cy@guests.example", "eve@people.example"]


def test_who_cancelled_just_before_an_update_goes_is_not_told(project: Project, inbox: Inbox) -> None:
    register(project, "Eve")
    with project.mailing("night-buses", "news") as mailing:
        mailing.queue()
        with project.registrations("night-buses") as roll:
            roll.cancel("eve@people.example")
        mailing.run()
    assert sorted(inbox()) == ["ada@people.example", "bo@guests.example", "cy@guests.example"]


def test_registrations_are_confirmed_by_themselves_once_each(project: Project, inbox: Inbox) -> None:
    def send() -> dict[str, list[str]]:
        with project.mailing("night-buses", "confirmation") as mailing:
            mailing.send()
        return subjects(inbox)

    register(project, "Bo")
    register(project, "Cy", language="fr")
    register(project, "Di")
    assert send() == {
        "bo@people.example": ["Your registration: Night buses"],
        "cy@people.example": ["Votre inscription\u00a0: Bus de nuit"],
        "di@people.example": ["You are on the waiting list: Night buses"],
    }
    assert send() == {}
    with project.registrations("night-buses") as roll:
        roll.cancel("bo@people.example")
    register(project, "Cy", timezone="Asia/Kolkata")
    assert send() == {
        "bo@people.example": ["Your registration is cancelled: Night buses"],
        "cy@people.example": ["Votre inscription a été modifiée\u00a0: Bus de nuit"],
        "di@people.example": ["You have a place: Night buses"],
    }
    with project.registrations("night-buses") as roll:
        roll.mark_present("cy@people.example")
    assert send() == {}


def test_what_follows_up_has_other_words_for_those_who_were_absent(
    project: Project, inbox: Inbox, edit: Edit, clock: Clock
) -> None:
    edit(*ONCE_OVER)
    register(project, "Eve")
    register(project, "Bo", language="fr")
    clock.now = datetime(2027, 3, 12, 9, tzinfo=UTC)
    with project.registrations("night-buses") as roll:
        roll.mark_present("eve@people.example")
    with project.mailing("night-buses", "after") as mailing:
        subjects_planned = {tag: each.parts.subject for tag, each in mailing.plan().samples.items()}
        mailing.send()
    got = {to: each for to, (each,) in inbox().items()}
    assert {to: str(each["Subject"]) for to, each in got.items()} == {
        "eve@people.example": "Thank you: Night buses",
        "bo@people.example": "Si vous n’avez pas pu y assister\u00a0: Bus de nuit",
    }
    assert subjects_planned["fr"] == str(got["bo@people.example"]["Subject"])
    assert "Merci" not in body(got["bo@people.example"])


def test_nobody_was_absent_while_nobody_is_marked_as_present(
    project: Project, inbox: Inbox, edit: Edit, clock: Clock
) -> None:
    edit(*ONCE_OVER)
    register(project, "Eve")
    clock.now = datetime(2027, 3, 12, 9, tzinfo=UTC)
    with project.mailing("night-buses", "after") as mailing:
        plan = mailing.plan()
        assert (plan.new, plan.left_out) == (
            0,
            {"may have been there: nobody is marked as present yet": 1},
        )
        mailing.send()
    assert inbox() == {}


def test_who_waits_is_told_again_where_a_mailing_says_when_and_not_who_has_just_been_told(
    project: Project, inbox: Inbox, edit: Edit, clock: Clock
) -> None:
    edit(
        "  - {key: news, kind: update",
        "  - {key: full, kind: waitlist, audience: [waitlisted], at: -2d}\n  - {key: news, kind: update",
    )
    for name in ("Bo", "Cy", "Di"):
        register(project, name)
    clock.now = datetime(2027, 3, 9, 9, tzinfo=UTC)
    register(project, "Ed")
    with project.mailing("night-buses", "confirmation") as mailing:
        mailing.send()
    told = "You are on the waiting list: Night buses"
    found = subjects(inbox)
    assert (found["di@people.example"], found["ed@people.example"]) == ([told], [told])
    with project.mailing("night-buses", "full") as mailing:
        assert (
            mailing.plan().left_out["registered after it was due, and know it from their confirmation"] == 1
        )
        mailing.send()
    assert subjects(inbox) == {"di@people.example": [told]}


def test_who_waits_is_not_told_by_hand_within_a_day_of_the_confirmation(
    project: Project, inbox: Inbox, edit: Edit, clock: Clock
) -> None:
    edit(
        "  - {key: news, kind: update",
        "  - {key: full, kind: waitlist, audience: [waitlisted]}\n  - {key: news, kind: update",
    )
    for name in ("Bo", "Cy", "Di"):
        register(project, name)
    clock.now += timedelta(hours=13)
    register(project, "Ed")
    clock.now += timedelta(hours=12)
    with project.mailing("night-buses", "full") as mailing:
        left_out = "registered less than a day before it, and know from their confirmation that they wait"
        assert mailing.plan().left_out == {left_out: 1}
        mailing.send()
    assert list(inbox()) == ["di@people.example"]
    clock.now += timedelta(hours=12)
    with project.mailing("night-buses", "full") as mailing:
        mailing.send()
    assert list(inbox()) == ["ed@people.example"]


def test_what_one_briefing_confirmed_counts_though_another_was_looked_at_first(
    project: Project, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    text = BRIEFING.replace("briefing: night-buses", "briefing: day-buses") + "registration: {}\n"
    (tmp_path / "other" / "briefing.yaml").write_text(text, "utf-8")
    with project.registrations("day-buses") as roll:
        roll.add({"name": "Bo", "email": "bo@people.example"}, language="en")
    for name in ("night-buses", "day-buses"):
        with project.mailing(name, "confirmation") as mailing:
            mailing.send()
    assert mailing.status().counts == {"sent": 1}
    moved = text.replace("start: 2027-03-10T15:00", "start: 2027-03-10T17:00")
    (tmp_path / "other" / "briefing.yaml").write_text(moved, "utf-8")
    with project.mailing("day-buses", "confirmation") as mailing:
        assert mailing.publication.revision == 1


def test_a_confirmation_that_has_not_gone_is_dropped_with_the_briefing(
    project: Project, inbox: Inbox, edit: Edit
) -> None:
    register(project, "Bo")
    with project.mailing("night-buses", "confirmation") as mailing:
        mailing.queue()
    edit("status: confirmed", "status: cancelled")
    with project.mailing("night-buses", "confirmation") as mailing:
        assert mailing.send() is None
        assert mailing.status().counts == {"dropped": 1}
    assert inbox() == {}


@frozen
class Crm(Memory):
    """A target that knows people."""

    def people(self, briefing: Briefing) -> Iterator[Member]:
        yield Member(f"{briefing.identifier}@crm.example", "Someone", "fr")


def test_a_target_may_know_people(project: Project, inbox: Inbox, edit: Edit) -> None:
    edit("audience: [{file: contacts.csv, assumed: {language: fr}}]", "audience: [{target: crm}]")
    for integration, knows in ((Memory(MemoryServer()), False), (Crm(MemoryServer()), True)):
        with project.with_target("crm", integration).mailing("night-buses", "invite") as mailing:
            if knows:
                mailing.send(early=True)
            else:
                with pytest.raises(MailingError, match="'crm' knows no people"):
                    mailing.plan()
    assert subjects(inbox) == {"night-buses@crm.example": ["Invitation\u00a0: Bus de nuit"]}
