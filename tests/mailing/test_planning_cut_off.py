"""Planning that is cut off between two chunks: it is said, nothing is planned twice, and nobody is forgotten."""

import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from briefingkit.mailing.outgoing import deliveries
from briefingkit.mailing.outgoing.sender import Sender
from briefingkit.project import Project, open_project
from briefingkit.store.deliveries import Deliveries, Planned

from .. import night_buses
from ..clock import Clock
from ..commands import Command, called
from ..night_buses import BRIEFING, MAIL, ONLINE, PROJECT, write_project

MAILINGS = """\
mailing:
  - {key: invite, kind: invitation, audience: [{file: contacts.csv}]}
  - {key: news, kind: update, audience: [{file: contacts.csv}]}
  - {key: save, kind: invitation, audience: [{file: contacts.csv}], at: -7d}
"""
CONTACTS = "email\n" + "".join(f"p{number}@guests.example\n" for number in range(5))
PLAN = Deliveries.plan
Edit = Callable[[str, str], None]


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "CHUNK", 2)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    write_project(tmp_path, PROJECT + MAIL, BRIEFING + ONLINE + MAILINGS, CONTACTS)
    return open_project(tmp_path, clock=Clock())


@pytest.fixture
def edit(tmp_path: Path) -> Edit:
    return partial(night_buses.edit, tmp_path / "briefing.yaml")


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    monkeypatch.chdir(tmp_path)
    return called(capsys)


def sent(project: Project) -> int:
    return len(list((project.folder / "outbox" / "new").glob("*")))


def test_it_stops_between_chunks_says_so_and_the_next_run_goes_on_though_the_mailing_is_not_named(
    project: Project,
) -> None:
    with project.mailing("night-buses", "invite") as mailing:
        assert not mailing.unfinished
        report = mailing.send(stop=lambda: True)
        assert report is not None
        assert report.stopped == "asked to stop while planning, which the next run goes on with"
        assert (dict(mailing.status().counts), mailing.status().unfinished) == ({"planned": 2}, True)
    with project.mailing("night-buses", "invite") as mailing:
        assert mailing.goes_unnamed
        mailing.send(anew=False)
        assert (dict(mailing.status().counts), mailing.status().unfinished) == ({"sent": 5}, False)
    assert sent(project) == 5


def test_once_all_are_planned_a_run_that_names_no_mailing_adds_nobody(project: Project) -> None:
    with project.mailing("night-buses", "invite") as mailing:
        mailing.send()
    (project.folder / "contacts.csv").write_text(CONTACTS + "new@guests.example\n", "utf-8")
    with project.mailing("night-buses", "invite") as mailing:
        mailing.send(anew=False)
        assert mailing.status().counts == {"sent": 5}


def test_what_died_while_planning_is_gone_on_with_too(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dying(store: Deliveries, *told: object, **more: object) -> Planned:
        planned: Planned = PLAN(store, *told, **more)
        raise KeyboardInterrupt(planned)

    monkeypatch.setattr(Deliveries, "plan", dying)
    with project.mailing("night-buses", "invite") as mailing, pytest.raises(KeyboardInterrupt):
        mailing.send()
    monkeypatch.setattr(Deliveries, "plan", PLAN)
    with project.mailing("night-buses", "invite") as mailing:
        mailing.send(anew=False)
        assert mailing.status().counts == {"sent": 5}


def test_an_update_that_half_of_them_got_has_not_told_all_and_another_one_begins_by_a_word_alone(
    project: Project, edit: Edit
) -> None:
    with project.mailing("night-buses", "invite") as mailing:
        mailing.send()
    edit("15:00", "16:00")
    with project.mailing("night-buses", "news") as mailing:
        mailing.send(stop=lambda: True)
        mailing.run()
        assert mailing.status().counts == {"sent": 2}
    edit("title: {en: Night buses", "title: {en: Late buses")
    with project.mailing("night-buses", "news") as mailing:
        mailing.send(anew=False)
        assert mailing.status().counts == {"sent": 2}
        assert {"time", "title"} <= {change.value for change in mailing.plan().changes}
        mailing.send()
        assert mailing.status().counts == {"sent": 7}


def test_sigterm_cuts_the_command_off_and_it_says_so(
    project: Project, cli: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ending(store: Deliveries, *told: object, **more: object) -> Planned:
        signal.raise_signal(signal.SIGTERM)
        return PLAN(store, *told, **more)

    briefing = project.folder / "briefing.yaml"  # the command has the system's clock
    briefing.write_text(briefing.read_text("utf-8").replace("2027", "2037"), "utf-8")
    monkeypatch.setattr(Deliveries, "plan", ending)
    ran = cli("mail", "send", "night-buses", "invite")
    assert ran.code == 1
    assert "asked to stop while planning, which the next run goes on with" in ran.out + ran.err
    assert "2 planned" in (told := cli("mail", "status", "night-buses", "invite").out)
    assert "not all are planned yet, which the next `mail send` goes on with" in told
    monkeypatch.setattr(Deliveries, "plan", PLAN)
    assert cli("mail", "send").code == 0
    status = cli("mail", "status", "night-buses", "invite", "--json").json["mailings"][0]
    assert (status["counts"], status["unfinished"]) == ({"sent": 5}, False)


def test_a_command_that_is_told_to_end_begins_no_other_mailing(
    project: Project, cli: Command, monkeypatch: pytest.MonkeyPatch, edit: Edit
) -> None:
    begun: list[object] = []

    def ending(store: Deliveries, *told: object, **more: object) -> Planned:
        begun.append(told[1])
        signal.raise_signal(signal.SIGTERM)
        return PLAN(store, *told, **more)

    edit(", at: -7d", "")
    for name in ("invite", "save"):
        with project.mailing("night-buses", name) as mailing:
            mailing.send(stop=lambda: True)
    edit("2027", "2037")  # the command has the system's clock
    monkeypatch.setattr(Deliveries, "plan", ending)
    ran = cli("mail", "send")
    assert ran.code == 1
    assert "Asked to stop: the rest goes with the next run." in ran.err
    assert begun == ["invite"]


def test_a_sender_that_is_told_to_end_ends_between_chunks_and_goes_on_when_it_is_back(
    project: Project, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    ended: list[bool] = []

    def counting(store: Deliveries, *told: object, **more: object) -> Planned:
        ended.append(True)
        return PLAN(store, *told, **more)

    monkeypatch.setattr(Deliveries, "plan", counting)
    clock = project.clock
    assert isinstance(clock, Clock)
    clock.now = clock.now.replace(day=4)
    Sender(project.office).step(lambda: bool(ended))
    assert (len(ended), sent(project)) == (1, 0)
    assert "night-buses save: not all are planned yet" in caplog.messages
    Sender(project.office).step(lambda: False)
    assert sent(project) == 5
