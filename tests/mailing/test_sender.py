"""A sender that goes on by itself: at once, in time, beside others, and whatever goes wrong."""

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from attrs import define, evolve, field

from briefingkit.errors import IntegrationError, Transient
from briefingkit.mailing.dispatch import Dispatch
from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.office import Office
from briefingkit.mailing.outgoing.sender import Sender
from briefingkit.mailing.outgoing.sending import Report
from briefingkit.mailing.outgoing.transport import Delivery, Status
from briefingkit.project import Project, open_project
from briefingkit.store import engine
from briefingkit.testing.transport import MemoryTransport

from ..clock import Clock
from ..night_buses import BRIEFING, MAIL, ONLINE, PROJECT, write_project

MAILINGS = """\
registration: {fields: [name, email]}
mailing:
  - {key: invite, kind: invitation, audience: [{file: contacts.csv}], at: -7d}
  - {key: news, kind: custom, subject: News, text: News, audience: [{file: contacts.csv}]}
"""
DUE = datetime(2027, 3, 4, 9, tzinfo=UTC)


@define
class Told:
    """What a sender said."""

    done: list[tuple[str, int]] = field(factory=list)
    wrong: list[tuple[str, str, float]] = field(factory=list)

    def tell(self, each: Dispatch, report: Report) -> None:
        if report.progress.sent:
            self.done.append((each.mailing.key, report.progress.sent))

    def fail(self, name: str, error: Exception | None, seconds: float) -> None:
        self.wrong.append((name, type(error).__name__, seconds))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def project(tmp_path: Path, clock: Clock) -> Project:
    guests = "".join(f"guest.{number}@x.example,Guest\n" for number in range(6))
    write_project(tmp_path, PROJECT + MAIL, BRIEFING + ONLINE + MAILINGS, f"email,name\n{guests}")
    return open_project(tmp_path, clock=clock)


@pytest.fixture
def transport() -> MemoryTransport:
    return MemoryTransport(batch=2)


@pytest.fixture
def office(project: Project, transport: MemoryTransport) -> Callable[[], Office]:
    return lambda: evolve(project.office(), transport=lambda: transport)


@pytest.fixture
def sender(office: Callable[[], Office], clock: Clock, told: Told) -> Sender:
    return Sender(office, timedelta(minutes=1), tell=told.tell, fail=told.fail, clock=clock.count)


def register(project: Project, name: str) -> None:
    with project.registrations("night-buses") as roll:
        roll.add({"name": name, "email": f"{name}@people.example"})


def recipients(transport: MemoryTransport) -> list[str]:
    return [message.recipient.partition("@")[0] for message in transport.sent]


def test_it_begins_with_what_waits_and_then_looks_once_in_so_long(
    project: Project, sender: Sender, clock: Clock, transport: MemoryTransport
) -> None:
    register(project, "ana")
    assert sender.step() == 60
    assert recipients(transport) == ["ana"]
    register(project, "ben")
    clock.seconds = 59
    assert sender.step() == 1
    assert recipients(transport) == ["ana"]
    clock.seconds = 60
    assert sender.step() == 60
    assert recipients(transport) == ["ana", "ben"]


def test_who_registers_here_is_confirmed_at_once_and_others_wait_for_the_round(
    project: Project, sender: Sender, clock: Clock, told: Told
) -> None:
    sender.step()
    clock.now, clock.seconds = DUE, 10
    register(project, "ana")
    sender.wake()
    assert sender.step() == 50
    assert told.done == [("confirmation", 1)]
    clock.seconds = 60
    sender.step()
    assert told.done == [("confirmation", 1), ("invite", 6)]
    assert told.wrong == []


def test_those_who_register_in_the_same_second_are_gathered(
    project: Project, sender: Sender, clock: Clock, told: Told
) -> None:
    sender.step()
    clock.seconds = 10
    for number, name in enumerate(("ana", "ben", "cy")):
        register(project, name)
        sender.wake()
        sender.step()
        clock.seconds = 10.1 + number / 10
    assert told.done == [("confirmation", 1)]
    assert sender.step() == pytest.approx(0.7)
    clock.seconds = 11
    sender.step()
    assert told.done == [("confirmation", 1), ("confirmation", 2)]


def test_what_takes_long_is_done_less_often_so_that_the_page_has_the_machine(
    project: Project, office: Callable[[], Office], clock: Clock, told: Told
) -> None:
    def slowly() -> Office:
        clock.seconds += 20
        return office()

    sender = Sender(slowly, timedelta(minutes=1), tell=told.tell, fail=told.fail, clock=clock.count)
    assert sender.step() == 180
    register(project, "ana")
    sender.wake()
    assert sender.step() == 160
    register(project, "ben")
    sender.wake()
    assert sender.step() == 60
    clock.seconds += 60
    sender.step()
    assert told.done == [("confirmation", 1), ("confirmation", 1)]


def test_what_needs_a_name_waits_for_it_and_what_a_run_by_name_left_goes_on(
    project: Project, sender: Sender, clock: Clock, told: Told, transport: MemoryTransport
) -> None:
    sender.step()
    assert told.done == []
    with project.mailing("night-buses", "news") as news:
        news.queue()
    (project.folder / "contacts.csv").write_text("email,name\nlater@x.example,Later\n", "utf-8")
    clock.seconds = 60
    sender.step()
    assert told.done == [("news", 6)]
    assert "later" not in recipients(transport)


def test_who_registers_while_many_are_written_to_is_confirmed_between_them(
    project: Project, sender: Sender, clock: Clock, transport: MemoryTransport, told: Told
) -> None:
    clock.now = DUE

    def answer(_message: Message) -> Delivery | None:
        if len(transport.sent) == 1:
            register(project, "ana")
            sender.wake()
            clock.seconds += 5
        return None

    transport.answer = answer
    sender.step()
    assert recipients(transport)[2] == "ana"
    assert sorted(recipients(transport)) == ["ana", *(f"guest.{number}" for number in range(6))]
    assert told.done == [("invite", 2), ("confirmation", 1), ("invite", 4)]


def test_told_to_end_it_finishes_the_batch_in_hand_and_the_next_one_goes_on(
    office: Callable[[], Office], sender: Sender, clock: Clock, transport: MemoryTransport, told: Told
) -> None:
    clock.now = DUE
    sender.step(lambda: len(transport.sent) >= 1)
    assert len(transport.sent) == 2
    with office() as opened:
        counts = opened.deliveries.counts(opened.deliveries.mailings()[0].id)
    assert counts == {"sent": 2, "planned": 4}
    other = Sender(office, tell=told.tell, fail=told.fail, clock=clock.count)
    other.step()
    assert len(set(recipients(transport))) == len(transport.sent) == 6
    assert told.wrong == []


def test_several_at_work_and_a_cron_job_beside_them_write_to_nobody_twice(
    project: Project, office: Callable[[], Office], clock: Clock, transport: MemoryTransport, told: Told
) -> None:
    clock.now, clock.tick = DUE, timedelta(milliseconds=1)
    for name in ("ana", "ben", "cy", "di"):
        register(project, name)
    transport.batch = 1
    begun = threading.Barrier(3)

    def work() -> None:
        begun.wait()
        Sender(office, tell=told.tell, fail=told.fail, clock=clock.count).step()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with (
        office() as opened,
        Dispatch(opened, "night-buses", opened.programme.briefings["night-buses"].mailing[0]) as last,
    ):
        last.send()
    assert sorted(recipients(transport)) == sorted(
        {"ana", "ben", "cy", "di", *(f"guest.{n}" for n in range(6))}
    )
    assert told.wrong == []


def test_a_project_that_cannot_be_read_is_tried_again_later_and_later(
    project: Project, sender: Sender, clock: Clock, told: Told
) -> None:
    register(project, "ana")
    whole = (project.folder / "briefing.yaml").read_text("utf-8")
    (project.folder / "briefing.yaml").write_text("title: [", "utf-8")
    waits = []
    for _ in range(4):
        waits.append(sender.step())
        clock.seconds += waits[-1]
    assert waits == [5, 10, 20, 40]
    assert [each[:2] for each in told.wrong] == [("the project", "SourceError")] * 4
    sender.wake()
    (project.folder / "briefing.yaml").write_text(whole, "utf-8")
    assert sender.step() == 60
    assert told.done == [("confirmation", 1)]
    (project.folder / "briefing.yaml").write_text("title: [", "utf-8")
    clock.seconds += 60
    assert sender.step() == 5, "it begins from the beginning"


def test_one_mailing_that_cannot_go_stops_no_other(
    project: Project, sender: Sender, clock: Clock, told: Told
) -> None:
    clock.now = DUE
    register(project, "ana")
    (project.folder / "contacts.csv").unlink()
    assert sender.step() == 5
    assert told.done == [("confirmation", 1)]
    ((name, _, _),) = told.wrong
    assert name == "night-buses invite"
    (project.folder / "contacts.csv").write_text("email,name\nbo@x.example,Bo\n", "utf-8")
    register(project, "ben")
    clock.seconds = 2
    sender.wake()
    sender.step()
    assert told.done == [("confirmation", 1)] * 2
    clock.seconds = 5
    sender.step()
    assert told.done[2:] == [("invite", 1)]


def test_a_server_that_is_away_loses_nothing(
    project: Project, office: Callable[[], Office], clock: Clock, told: Told, transport: MemoryTransport
) -> None:
    away = True

    def opened() -> MemoryTransport:
        if away:
            raise IntegrationError("mail.example.org cannot be reached")
        return transport

    sender = Sender(
        lambda: evolve(office(), transport=opened), tell=told.tell, fail=told.fail, clock=clock.count
    )
    register(project, "ana")
    assert sender.step() == 5
    assert told.wrong == [("night-buses confirmation", "IntegrationError", 5)]
    clock.seconds = 4
    sender.wake()
    sender.step()
    assert len(told.wrong) == 1, "it is left alone until it is time"
    away, clock.seconds = False, 5
    sender.step()
    assert recipients(transport) == ["ana"]


def test_a_server_that_asks_to_wait_is_left_alone_and_told_of(
    project: Project, sender: Sender, clock: Clock, told: Told, transport: MemoryTransport
) -> None:
    def busy(message: Message) -> Delivery:
        clock.now += timedelta(minutes=2)
        return Delivery(message.key, Status.DEFERRED, 421, "busy", throttled=True)

    transport.answer = busy
    register(project, "ana")
    assert sender.step() == 5
    assert told.wrong == [("night-buses confirmation", "NoneType", 5)]
    clock.now += timedelta(hours=1)
    clock.seconds, transport.answer = 5, lambda _: None
    sender.step()
    assert recipients(transport) == ["ana"]


def test_a_locked_ledger_ends_nobody(
    project: Project,
    sender: Sender,
    clock: Clock,
    told: Told,
    transport: MemoryTransport,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    register(project, "ana")
    monkeypatch.setattr(engine, "BUSY_TIMEOUT", 0.01)
    other = sqlite3.connect(next((project.folder / ".briefingkit").glob("*.sqlite3")), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert sender.step() == 5
    assert {error for _, error, _ in told.wrong} == {"StoreError"}
    other.execute("ROLLBACK")
    other.close()
    clock.seconds = 5
    sender.step()
    assert recipients(transport) == ["ana"]


def test_a_log_names_mailings_and_errors_and_nobody(
    project: Project,
    office: Callable[[], Office],
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    transport: MemoryTransport,
) -> None:
    def opened() -> MemoryTransport:
        raise Transient("550 ana@people.example of Secret Street is not welcome")

    register(project, "ana")
    with caplog.at_level(logging.DEBUG, "briefingkit"):
        Sender(lambda: evolve(office(), transport=opened), clock=clock.count).step()
        transport.refuse = lambda message: Delivery(
            message.key, Status.FAILED, 550, f"no {message.recipient}"
        )
        Sender(office, clock=clock.count).step()
    assert "mail of night-buses confirmation waits, and is tried again in 5 seconds: Transient" in caplog.text
    assert "night-buses confirmation: 1 failed" in caplog.text
    assert "ana" not in caplog.text
    assert "Secret" not in caplog.text


@pytest.fixture
def running(office: Callable[[], Office], clock: Clock) -> Iterator[tuple[Sender, threading.Event]]:
    """Give a sender in a thread, and what is set when it has sent something."""
    done = threading.Event()

    def tell(_each: Dispatch, report: Report) -> None:
        if report.progress.sent:
            done.set()

    sender = Sender(office, timedelta(days=1), tell=tell, clock=clock.count)
    yield sender, done
    sender.stop()


def test_in_a_thread_it_wakes_by_itself_and_ends_when_it_is_told(
    project: Project, running: tuple[Sender, threading.Event], clock: Clock, transport: MemoryTransport
) -> None:
    sender, done = running
    register(project, "ana")
    before = threading.active_count()
    sender.start()
    sender.start()
    assert threading.active_count() == before + 1
    assert done.wait(60)
    done.clear()
    clock.seconds = 100
    register(project, "ben")
    sender.wake()
    assert done.wait(60)
    assert recipients(transport) == ["ana", "ben"]
    assert sender.stop(60)
    assert threading.active_count() == before
    assert sender.stop()


def test_one_that_is_stuck_is_not_waited_for(
    project: Project,
    office: Callable[[], Office],
    transport: MemoryTransport,
    caplog: pytest.LogCaptureFixture,
) -> None:
    stuck, release = threading.Event(), threading.Event()

    def answer(_message: Message) -> None:
        stuck.set()
        release.wait(60)

    transport.answer = answer
    register(project, "ana")
    sender = Sender(office)
    sender.start()
    thread = sender._thread
    assert thread is not None
    assert stuck.wait(60)
    assert not sender.stop(0.01)
    assert "nobody waits for it" in caplog.text
    release.set()
    thread.join(60)
    assert recipients(transport) == ["ana"]
