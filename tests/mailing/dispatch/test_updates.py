"""An update tells each of the changes that they do not know yet, whatever went before."""

from pathlib import Path

from briefingkit.mailing.changes import Changed
from briefingkit.project import Project

from .night_mailings import CONTACTS, Edit, Inbox, body, register, send


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
