"""What a plan and a preview say of a mailing, and that neither writes anything."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from briefingkit.errors import MailingError, ProjectError, RenderError, SourceError
from briefingkit.mailing.people.audience import LeftOut
from briefingkit.mailing.people.suppression import Reason
from briefingkit.mailing.scheduling import Standing
from briefingkit.project import Project, open_project

from ... import night_buses
from ...clock import Clock
from ...night_buses import PROJECT
from .night_mailings import CONTACTS, Edit, Inbox, register


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


def test_an_invitation_that_does_not_say_where_to_register_is_doubted_in_the_plan(
    project: Project, tmp_path: Path
) -> None:
    night_buses.edit(tmp_path / "briefingkit.yaml", "  pages: https://register.example.org\n", "")
    with open_project(tmp_path, clock=project.clock).mailing("night-buses", "invite") as mailing:
        (where, _) = mailing.plan().notices
    assert where == "it does not say where to register: give `registration.url`, or the project `mail.pages`"


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
