"""A mailing goes when it is due, once for each occasion, and never about what is not so."""

from datetime import UTC, datetime

from briefingkit.project import Project

from ...clock import Clock
from .night_mailings import Edit, Inbox, body, register, send, subjects


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


def test_the_speakers_are_told_the_room_and_no_page_is(project: Project, inbox: Inbox) -> None:
    with project.mailing("night-buses", "speakers") as mailing:
        mailing.send(early=True)
    ((message,),) = inbox().values()
    assert "https://meet.example.org/1" in body(message)
