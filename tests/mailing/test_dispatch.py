"""A mailing as a project sends it: planned, sent once, told apart by occasion, and never about what is not so."""

import email.policy
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from briefingkit.errors import MailingError, ProjectError, RenderError, SourceError
from briefingkit.mailing.changes import Changed
from briefingkit.mailing.people.audience import LeftOut, Member
from briefingkit.mailing.people.suppression import Reason
from briefingkit.mailing.scheduling import Standing
from briefingkit.model import Briefing
from briefingkit.project import Project, open_project
from briefingkit.testing.memory import Memory, MemoryServer

from .. import night_buses
from ..clock import Clock
from ..night_buses import BRIEFING, MAIL, ONLINE, PROJECT, write_project

MAILINGS = """\
people:
  ada: {name: Ada Okafor, email: ada@people.example, language: fr, timezone: Africa/Lagos}
agenda:
  - {key: talk, title: {en: The night, fr: La nuit}, kind: presentation, participants: [{person: ada}]}
registration: {capacity: 2, waitlist: true, fields: [name, email, language, timezone]}
mailing:
  - {key: invite, kind: invitation, audience: [{file: contacts.csv, assumed: {language: fr}}], at: -7d}
  - {key: day-before, kind: reminder, audience: [registered], at: -1d}
  - {key: news, kind: update, audience: [{file: contacts.csv}, registered, participants]}
  - {key: off, kind: cancellation, audience: [registered, participants]}
  - {key: speakers, kind: logistics, audience: [participants], at: -3d}
"""
CONTACTS = (
    "email,name,language\nbo@guests.example,Bo,en\ncy@guests.example,Cy,\nnobody,Di,\nBO@guests.example,B,\n"
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def project(tmp_path: Path, clock: Clock) -> Project:
    write_project(tmp_path, PROJECT + MAIL, BRIEFING + ONLINE + MAILINGS, CONTACTS)
    return open_project(tmp_path, clock=clock)


@pytest.fixture
def edit(tmp_path: Path) -> Callable[[str, str], None]:
    """Put other words in the briefing."""
    return partial(night_buses.edit, tmp_path / "briefing.yaml")


@pytest.fixture
def inbox(tmp_path: Path) -> Callable[[], Mapping[str, list[EmailMessage]]]:
    """Read what was sent, by recipient, in the order of the files' names, and take it away."""

    def read() -> Mapping[str, list[EmailMessage]]:
        found: dict[str, list[EmailMessage]] = {}
        for path in sorted((tmp_path / "outbox" / "new").glob("*")):
            message: Any = message_from_bytes(path.read_bytes(), policy=email.policy.default)
            found.setdefault(message["To"].addresses[0].addr_spec, []).append(message)
            path.rename(tmp_path / "outbox" / "cur" / f"{path.name}:2,S")
        return found

    return read


Inbox = Callable[[], Mapping[str, list[EmailMessage]]]
Edit = Callable[[str, str], None]


def subjects(inbox: Inbox) -> dict[str, list[str]]:
    return {to: sorted(str(each["Subject"]) for each in those) for to, those in inbox().items()}


def register(project: Project, name: str, **more: str) -> None:
    with project.registrations("night-buses") as roll:
        roll.add(
            {"name": name, "email": f"{name.lower()}@people.example", **more}, language=more.get("language")
        )


def body(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_a_plan_says_who_and_in_which_language_and_why_others_are_left_out(
    project: Project,
) -> None:
    with project.mailing("night-buses", "invite") as mailing:
        plan = mailing.plan()
    assert (plan.new, dict(plan.languages)) == (2, {"en": 1, "fr": 1})
    assert plan.left_out == {LeftOut.BAD_ADDRESS: 1, LeftOut.TWICE: 1}
    assert plan.schedule.standing is Standing.LATER
    assert plan.schedule.due == datetime(2027, 3, 3, 14, tzinfo=UTC)
    assert plan.samples["fr"].parts.subject == "Invitation\u00a0: Bus de nuit"
    assert not plan.known
    assert not (project.folder / "outbox").exists()


def test_who_cannot_be_written_to_keeps_nobody_from_seeing_the_plan(project: Project) -> None:
    too_long = f"{'d' * 65}@guests.example"
    (project.folder / "contacts.csv").write_text(CONTACTS.replace("\n", f"\n{too_long},Di,en\n", 1))
    with project.mailing("night-buses", "invite") as mailing:
        plan, shown = mailing.plan(), [message.recipient for message in mailing.preview()]
        with pytest.raises(MailingError, match="too long"):
            list(mailing.preview(too_long))
    assert plan.new == 3
    assert plan.notices[0] == "somebody cannot be written to: an address is too long to be written to"
    assert sorted(plan.samples) == ["en", "fr"]
    assert not plan.unwritten
    assert shown == ["bo@guests.example", "cy@guests.example"]


def test_a_language_in_which_nobody_can_be_written_to_is_told_in_the_plan(project: Project) -> None:
    (project.folder / "contacts.csv").write_text(f"email,language\n{'d' * 65}@guests.example,fr\n")
    with project.mailing("night-buses", "invite") as mailing:
        plan = mailing.plan()
    assert plan.unwritten == {"fr": "an address is too long to be written to"}


def test_nothing_goes_before_it_is_due_and_then_once(project: Project, clock: Clock, inbox: Inbox) -> None:
    with project.mailing("night-buses", "invite") as mailing:
        assert mailing.send() is None
        clock.now = datetime(2027, 3, 3, 14, tzinfo=UTC)
        report = mailing.send()
        assert report is not None
        assert report.progress.sent == 2
        again = mailing.send()
        assert again is not None
        assert again.progress.sent == 0
        assert mailing.plan().known == {"sent": 2}
        assert mailing.status().counts == {"sent": 2}
    assert subjects(inbox) == {
        "bo@guests.example": ["Invitation: Night buses"],
        "cy@guests.example": ["Invitation\u00a0: Bus de nuit"],
    }


def test_it_can_be_sent_early_by_hand(project: Project, inbox: Inbox) -> None:
    with project.mailing("night-buses", "invite") as mailing:
        mailing.send(early=True)
    assert len(inbox()) == 2


def test_each_is_written_to_in_their_own_time_with_links_of_their_own(
    project: Project, clock: Clock, inbox: Inbox
) -> None:
    register(project, "Bo", language="fr", timezone="Asia/Kolkata")
    clock.now = datetime(2027, 3, 9, 15, tzinfo=UTC)
    with project.mailing("night-buses", "day-before") as mailing:
        mailing.send()
    ((message,),) = inbox().values()
    text = body(message)
    assert "15:00" in text
    assert "19:30" in text
    assert "https://register.example.org/night-buses/fr/r/" in text
    assert "https://meet.example.org/1" in text
    assert "/u/" in str(message["List-Unsubscribe"])
    assert message["Content-Language"] == "fr"
    assert str(message["Date"]).startswith("Tue, 09 Mar 2027 15:00")


def test_an_invitation_leads_to_the_page_on_which_one_registers(project: Project, inbox: Inbox) -> None:
    send(project, "invite", early=True)
    told = inbox()
    assert "https://register.example.org/night-buses/en\n" in body(told["bo@guests.example"][0])
    assert 'href="https://register.example.org/night-buses/fr"' in body(told["cy@guests.example"][0], "html")


def test_an_invitation_that_does_not_say_where_to_register_is_doubted_in_the_plan(
    project: Project, tmp_path: Path
) -> None:
    night_buses.edit(tmp_path / "briefingkit.yaml", "  pages: https://register.example.org\n", "")
    with open_project(tmp_path, clock=project.clock).mailing("night-buses", "invite") as mailing:
        (where, _) = mailing.plan().notices
    assert where == "it does not say where to register: give `registration.url`, or the project `mail.pages`"


def test_who_registers_after_a_reminder_was_due_is_not_reminded(
    project: Project, clock: Clock, inbox: Inbox
) -> None:
    register(project, "Bo")
    clock.now = datetime(2027, 3, 9, 15, tzinfo=UTC)
    register(project, "Cy")
    register(project, "Di")  # who waits for a place is of no audience here, and so not left out
    with project.mailing("night-buses", "day-before") as mailing:
        plan = mailing.plan()
        mailing.send()
    assert plan.left_out == {"registered after it was due, and know it from their confirmation": 1}
    assert list(inbox()) == ["bo@people.example"]


def test_who_registered_for_another_day_is_reminded_of_a_start_that_moved_nearer(
    project: Project, clock: Clock, inbox: Inbox, edit: Edit
) -> None:
    clock.now = datetime(2027, 3, 7, 10, tzinfo=UTC)
    register(project, "Bo")
    send(project, "confirmation")
    edit("start: 2027-03-10T15:00", "start: 2027-03-08T09:00")
    register(project, "Cy")
    send(project, "confirmation")
    inbox()
    clock.now = datetime(2027, 3, 7, 11, tzinfo=UTC)
    register(project, "Di")
    send(project, "day-before")
    assert sorted(inbox()) == ["bo@people.example", "cy@people.example"]


def test_a_start_that_moved_reminds_again_and_a_corrected_title_does_not(
    project: Project, clock: Clock, edit: Edit
) -> None:
    register(project, "Bo")
    clock.now = datetime(2027, 3, 9, 15, tzinfo=UTC)

    def send() -> int:
        with project.mailing("night-buses", "day-before") as mailing:
            report = mailing.send()
        return report.progress.sent if report is not None else -1

    assert send() == 1
    edit("en: Night buses", "en: Night busses")
    assert send() == 0
    edit("start: 2027-03-10T15:00", "start: 2027-03-12T15:00")
    assert send() == -1
    clock.now = datetime(2027, 3, 11, 15, tzinfo=UTC)
    assert send() == 1


def test_what_is_postponed_waits_and_what_is_cancelled_never_goes(
    project: Project, clock: Clock, inbox: Inbox, edit: Edit
) -> None:
    register(project, "Bo")
    clock.now = datetime(2027, 3, 9, 15, tzinfo=UTC)
    with project.mailing("night-buses", "day-before") as mailing:
        mailing.queue()
    edit("status: confirmed", "status: postponed")
    with project.mailing("night-buses", "day-before") as mailing:
        assert mailing.send() is None
        assert mailing.status().counts == {"suspended": 1}
    edit("status: postponed", "status: cancelled")
    with project.mailing("night-buses", "day-before") as mailing:
        assert mailing.send() is None
        assert mailing.status().counts == {"dropped": 1}
    with project.mailing("night-buses", "off") as mailing:
        mailing.send()
    assert subjects(inbox) == {
        "bo@people.example": ["Cancelled: Night buses"],
        "ada@people.example": ["Annulé\u00a0: Bus de nuit"],
    }


def test_an_update_goes_to_those_whom_the_change_concerns(project: Project, inbox: Inbox, edit: Edit) -> None:
    register(project, "Eve")
    with project.mailing("night-buses", "invite") as mailing:
        mailing.send(early=True)
    project.apply(project.plan())
    inbox()

    edit("https://meet.example.org/1", "https://meet.example.org/2")
    with project.mailing("night-buses", "news") as mailing:
        plan = mailing.plan()
        mailing.send()
    assert plan.changes == (Changed.ROOM,)
    assert plan.left_out["are not concerned by the change"] == 4
    assert sorted(inbox()) == ["ada@people.example", "eve@people.example"]

    project.apply(project.plan())
    edit("start: 2027-03-10T15:00", "start: 2027-03-10T17:00")
    with project.mailing("night-buses", "news") as mailing:
        assert mailing.plan().changes == (Changed.TIME,)
        mailing.send()
    told = inbox()
    assert sorted(told) == [
        "ada@people.example",
        "bo@guests.example",
        "cy@guests.example",
        "eve@people.example",
    ]
    assert "17:00" in body(told["bo@guests.example"][0])


def send(project: Project, key: str, **how: Any) -> None:
    with project.mailing("night-buses", key) as mailing:
        mailing.send(**how)


def test_an_update_of_which_nothing_is_new_goes_to_nobody_and_the_plan_says_so(
    project: Project, inbox: Inbox
) -> None:
    register(project, "Eve")
    send(project, "confirmation")
    send(project, "invite", early=True)
    inbox()
    with project.mailing("night-buses", "news") as mailing:
        plan = mailing.plan()
        mailing.send()
    assert (plan.new, plan.changes) == (0, ())
    assert plan.notices == ("nothing has changed since people were told",)
    assert not inbox()


def test_an_update_says_what_is_not_as_somebodys_confirmation_had_it(
    project: Project, inbox: Inbox, edit: Edit
) -> None:
    register(project, "Eve")
    send(project, "confirmation")
    inbox()
    edit("start: 2027-03-10T15:00", "start: 2027-03-10T17:00")
    send(project, "news")
    assert "The date or the time has changed." in body(inbox()["eve@people.example"][0])


def test_a_change_is_told_though_somebody_new_was_invited_before_the_next_one(
    project: Project, tmp_path: Path, inbox: Inbox, edit: Edit
) -> None:
    send(project, "invite", early=True)
    edit("start: 2027-03-10T15:00", "start: 2027-03-10T17:00")
    (tmp_path / "contacts.csv").write_text(f"{CONTACTS}ed@guests.example,Ed,en\n", "utf-8")
    send(project, "invite", early=True)
    inbox()
    edit("https://meet.example.org/1", "https://meet.example.org/2")
    send(project, "news")
    assert "The date or the time has changed." in body(inbox()["bo@guests.example"][0])


def test_a_change_is_told_though_the_update_about_it_was_overtaken_before_it_went(
    project: Project, inbox: Inbox, edit: Edit
) -> None:
    send(project, "invite", early=True)
    inbox()
    edit("start: 2027-03-10T15:00", "start: 2027-03-10T17:00")
    with project.mailing("night-buses", "news") as mailing:
        mailing.queue()
    edit("https://meet.example.org/1", "https://meet.example.org/2")
    send(project, "news")
    told = inbox()
    assert sorted(told) == ["ada@people.example", "bo@guests.example", "cy@guests.example"]
    assert "The date or the time has changed." in body(told["bo@guests.example"][0])
    assert len(told["bo@guests.example"]) == 1


def test_what_an_update_has_told_the_next_one_does_not_tell_again(
    project: Project, inbox: Inbox, edit: Edit
) -> None:
    register(project, "Eve")
    send(project, "invite", early=True)
    edit("start: 2027-03-10T15:00", "start: 2027-03-10T17:00")
    send(project, "news")
    edit("https://meet.example.org/1", "https://meet.example.org/2")
    inbox()
    send(project, "news")
    told = inbox()
    assert sorted(told) == ["ada@people.example", "eve@people.example"]
    assert "The date or the time has changed." not in body(told["eve@people.example"][0])


def test_who_registered_after_a_change_was_told_knows_it_already(
    project: Project, inbox: Inbox, edit: Edit
) -> None:
    register(project, "Eve")
    send(project, "invite", early=True)
    edit("start: 2027-03-10T15:00", "start: 2027-03-10T17:00")
    send(project, "news")
    register(project, "Fay")
    inbox()
    with project.mailing("night-buses", "news") as mailing:
        plan = mailing.plan()
        mailing.send()
    assert plan.left_out["registered after the change, and know it from their confirmation"] == 1
    assert not inbox()


def test_who_registered_after_a_change_and_was_told_first_of_all_knows_it_too(
    project: Project, inbox: Inbox, edit: Edit
) -> None:
    edit("capacity: 2", "capacity: 9")
    register(project, "Eve")
    send(project, "confirmation")
    register(project, "Gus")
    edit("start: 2027-03-10T15:00", "start: 2027-03-10T17:00")
    register(project, "Fay")
    send(project, "confirmation")
    register(project, "Hal")
    inbox()
    with project.mailing("night-buses", "news") as mailing:
        plan = mailing.plan()
        mailing.send()
    # Gus registered before the change; the confirmation was written after it. Hal's is still to come.
    assert plan.left_out["registered after the change, and know it from their confirmation"] == 3
    assert "eve@people.example" in (told := inbox())
    assert not {"fay@people.example", "gus@people.example", "hal@people.example"} & told.keys()


def test_a_confirmation_that_was_written_before_a_change_has_not_told_it(
    project: Project, inbox: Inbox, edit: Edit
) -> None:
    register(project, "Eve")
    send(project, "confirmation")
    edit("start: 2027-03-10T15:00", "start: 2027-03-10T17:00")
    send(project, "invite", early=True)
    inbox()
    send(project, "news")
    assert "eve@people.example" in inbox()


def test_an_address_that_changed_in_one_language_concerns_its_readers(
    project: Project, inbox: Inbox, edit: Edit
) -> None:
    edit(
        '"https://meet.example.org/1"',
        '{en: "https://meet.example.org/en", fr: "https://meet.example.org/fr"}',
    )
    register(project, "Eve", language="fr")
    register(project, "Fay", language="en")
    send(project, "invite", early=True)
    edit("https://meet.example.org/fr", "https://meet.example.org/fr-2")
    inbox()
    with project.mailing("night-buses", "news") as mailing:
        assert mailing.plan().changes == (Changed.ROOM,)
        mailing.send()
    assert sorted(inbox()) == ["ada@people.example", "eve@people.example"]


def test_what_was_dropped_is_planned_again_when_the_briefing_is_back(
    project: Project, clock: Clock, edit: Edit
) -> None:
    register(project, "Bo")
    clock.now = datetime(2027, 3, 9, 15, tzinfo=UTC)
    with project.mailing("night-buses", "day-before") as mailing:
        mailing.queue()
    edit("status: confirmed", "status: cancelled")
    send(project, "day-before")
    edit("status: cancelled", "status: confirmed")
    with project.mailing("night-buses", "day-before") as mailing:
        plan = mailing.plan()
        assert (plan.new, plan.known) == (1, {})
        mailing.send()
        assert mailing.status().counts == {"sent": 1}


def test_a_template_that_is_a_link_out_of_its_folder_is_refused_and_nothing_goes(
    project: Project, edit: Edit, inbox: Inbox
) -> None:
    edit("at: -7d}", "at: -7d, templates: letters}")
    (project.folder / "letters").mkdir()
    (project.folder / "letters" / "mail.txt.j2").symlink_to(project.folder / "briefingkit.yaml")
    with project.mailing("night-buses", "invite") as mailing:
        with pytest.raises(RenderError, match=r"mail\.txt\.j2 is a link that leads out of its folder"):
            mailing.plan()
        with pytest.raises(RenderError, match=r"mail\.txt\.j2 is a link that leads out of its folder"):
            mailing.send(early=True)
    assert inbox() == {}


def test_words_of_a_mailing_that_are_left_out_are_told_in_the_plan(project: Project, edit: Edit) -> None:
    whom = "{file: contacts.csv, assumed: {language: fr}}"
    own = f"{{key: note, kind: custom, audience: [{whom}], text: {{en: Words}}, fallback: omit}}"
    edit("mailing:\n", f"mailing:\n  - {own}\n")
    with project.mailing("night-buses", "note") as mailing:
        assert "in French, what is not translated is left out: text" in mailing.plan().notices


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


ONCE_OVER = (
    "  - {key: news, kind: update",
    "  - {key: after, kind: follow-up, audience: [attended, absent], at: end+1d}\n  - {key: news, kind: update",
)


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


def test_a_plan_tells_of_confirmations_as_of_any_mailing_and_leaves_them_waiting(
    project: Project, inbox: Inbox, clock: Clock
) -> None:
    register(project, "Bo")
    register(project, "Cy", language="fr")
    register(project, "Di")
    register(project, "Ed")
    with project.mailing("night-buses", "confirmation") as mailing:
        mailing.office.suppressions.add(["ed@people.example"], Reason.BOUNCED, at=clock(), source="test")
        for _ in range(2):
            plan = mailing.plan()
            assert (plan.new, plan.languages) == (3, {"en": 2, "fr": 1})
            assert plan.left_out == {"have an address that bounced": 1}
            assert plan.samples["fr"].parts.subject == "Votre inscription\u00a0: Bus de nuit"
        mailing.send()
        assert (mailing.plan().new, mailing.plan().known) == (0, {"sent": 3})
    assert len(inbox()) == 3


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


def test_an_update_goes_on_by_itself_and_begins_by_a_word_alone(
    project: Project, inbox: Inbox, edit: Edit
) -> None:
    with project.mailing("night-buses", "news") as mailing:
        assert not mailing.goes_by_itself
        mailing.queue()
        mailing.send(anew=False)
    assert len(inbox()) == 3
    edit("start: 2027-03-10T15:00", "start: 2027-03-10T17:00")
    with project.mailing("night-buses", "news") as mailing:
        mailing.send(anew=False)
    assert inbox() == {}


def test_the_speakers_are_told_the_room_and_no_page_is(project: Project, inbox: Inbox) -> None:
    with project.mailing("night-buses", "speakers") as mailing:
        mailing.send(early=True)
    ((message,),) = inbox().values()
    assert "https://meet.example.org/1" in body(message)


def test_what_was_announced_is_kept_without_what_is_private(project: Project) -> None:
    with project.mailing("night-buses", "invite") as mailing:
        mailing.send(early=True)
        (row,) = mailing.office.announcements.of("night-buses")
    assert "Ada Okafor" in row.content
    assert "ada@people.example" not in row.content


def test_what_went_out_by_mail_has_a_revision_of_its_own(project: Project, edit: Edit) -> None:
    with project.mailing("night-buses", "invite") as mailing:
        mailing.send(early=True)
    edit("en: Night buses", "en: Night busses")
    assert project.plan().publications[0].revision == 1
    with project.mailing("night-buses", "invite") as mailing:
        assert mailing.publication.revision == 1


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


def test_a_mailing_can_be_seen_before_anybody_is_in_its_audience(project: Project) -> None:
    with project.mailing("night-buses", "confirmation") as mailing:
        assert not list(mailing.preview())
        english, french = mailing.specimens()
        (to_ann, _) = mailing.specimens("ann@people.example")
        assert mailing.status().counts == {}
        with pytest.raises(MailingError, match="no e-mail address"):
            next(mailing.specimens("nobody"))
        with pytest.raises(MailingError, match="no e-mail address"):
            next(mailing.preview("nobody"))
    assert french.parts.subject == "Votre inscription\u00a0: Bus de nuit"
    assert "https://meet.example.org/1" in english.parts.text
    assert "https://register.example.org/night-buses/en/r/" in english.parts.text
    assert to_ann.recipient == "ann@people.example"


def test_a_preview_writes_nothing(project: Project) -> None:
    with project.mailing("night-buses", "invite") as mailing:
        first, second = mailing.preview()
        assert {first.recipient, second.recipient} == {"bo@guests.example", "cy@guests.example"}
        (only,) = mailing.preview("CY@guests.example")
        assert only.recipient == "cy@guests.example"
        assert mailing.status().counts == {}
    assert not (project.folder / "outbox").exists()


def test_a_mailing_or_a_way_to_send_that_is_not_there_is_said(project: Project, tmp_path: Path) -> None:
    with pytest.raises(
        ProjectError, match=r"no mailing of night-buses is called 'invites'.*did you mean invite"
    ):
        project.mailing("night-buses", "invites")
    night_buses.edit(tmp_path / "briefingkit.yaml", "path: outbox", "paht: outbox")
    with (
        open_project(tmp_path).mailing("night-buses", "invite") as mailing,
        pytest.raises(SourceError, match="paht"),
    ):
        mailing.send(early=True)
    (tmp_path / "briefingkit.yaml").write_text(PROJECT, "utf-8")
    with pytest.raises(ProjectError, match="does not say how mail is sent"):
        open_project(tmp_path).mailing("night-buses", "invite")
