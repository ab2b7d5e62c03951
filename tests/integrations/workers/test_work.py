"""The work of mail, as jobs bring it: what is due is planned and sent, whatever becomes of the queue."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import define, evolve, field

from briefingkit.errors import IntegrationError, MailingError
from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.office import Office
from briefingkit.mailing.outgoing import deliveries as deliveries_module
from briefingkit.mailing.outgoing.deliveries import Addressed, mailing_id, plan_deliveries
from briefingkit.mailing.outgoing.engine import Job
from briefingkit.mailing.outgoing.jobs import CONFIRM, GATHER, LOOK, SEND, rounded_up, send_job
from briefingkit.mailing.outgoing.sender import Sender
from briefingkit.mailing.outgoing.sending import Sending
from briefingkit.mailing.outgoing.transport import Delivery, Status
from briefingkit.mailing.outgoing.work import JobDone, Work, hand_over, left_over
from briefingkit.project import Project, open_project
from briefingkit.store.claims import Claims
from briefingkit.store.deliveries import Deliveries
from briefingkit.testing.engine import MemoryEngine
from briefingkit.testing.transport import MemoryTransport

from ...clock import NOW, Clock
from ...night_buses import BRIEFING, MAIL, ONLINE, PROJECT, edit, write_project

MAILINGS = """\
registration: {capacity: 100, fields: [name, email, language, timezone]}
mailing:
  - {key: invite, kind: invitation, audience: [{file: contacts.csv}]}
  - {key: save-the-date, kind: invitation, audience: [{file: contacts.csv}], at: -7d}
  - {key: day-before, kind: reminder, audience: [registered], at: -1d}
"""
OTHER = "key: save-the-date, kind: invitation, audience: [{file: contacts.csv}]"
SAVE = datetime(2027, 3, 3, 14, tzinfo=UTC)
DAY_BEFORE = datetime(2027, 3, 9, 14, tzinfo=UTC)


@define
class Town:
    """A project with one worker, whose transport remembers what it took."""

    project: Project
    clock: Clock
    engine: MemoryEngine
    transport: MemoryTransport = field(factory=lambda: MemoryTransport(batch=2))
    told: list[JobDone] = field(factory=list)

    def office(self) -> Office:
        # A project as another process would open it: its files as they are now.
        opened = open_project(self.project.folder, clock=self.clock)
        return evolve(opened.office(self.engine), transport=lambda: self.transport)

    def work(self, until: datetime | None = None) -> int:
        """Work until a moment, or do what is to be done now; how many messages went is given."""
        before = len(self.transport.sent)
        self.work_until(lambda: until is not None and self.clock.now >= until, once=until is None)
        return len(self.transport.sent) - before

    def work_until(self, done: Callable[[], bool], *, once: bool = False) -> None:
        """Work until something is so; a day of the clock is too long for anything here."""
        end = self.clock.now + timedelta(days=1)
        work = Work(self.office, self.engine, tell=self.told.append)
        work.run(lambda: done() or self.clock.now > end, once=once)
        assert self.clock.now <= end

    def plan(self, mailing: str, **more: Any) -> int | None:
        with self.office() as office:
            return hand_over(self.dispatch(office, mailing), **more)

    def dispatch(self, office: Office, mailing: str) -> Any:
        from briefingkit.mailing.dispatch import Dispatch, mailings_of

        found = {each.key: each for each in mailings_of(office.publication("night-buses").briefing)}
        return Dispatch(office, "night-buses", found[mailing])

    def counts(self, mailing: str) -> dict[str, int]:
        with self.project.ledger() as ledger:
            return dict(Deliveries(ledger).counts(mailing_id("night-buses", mailing)))

    def forget(self) -> None:
        """Lose the queue."""
        self.engine._waiting.clear()

    def waiting(self, task: str) -> list[Job]:
        return [job for job in self.engine._waiting.values() if job.task == task]

    def register(self, *names: str) -> None:
        with self.project.registrations("night-buses") as roll:
            for name in names:
                roll.add({"name": name, "email": f"{name.lower()}@people.example"})

    def edit(self, old: str, new: str) -> None:
        edit(self.project.folder / "briefing.yaml", old, new)

    def invite(self, number: int) -> None:
        rows = "".join(f"p{each}@guests.example,P{each}\n" for each in range(number))
        (self.project.folder / "contacts.csv").write_text(f"email,name\n{rows}", "utf-8")


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    write_project(tmp_path, PROJECT + MAIL, BRIEFING + ONLINE + MAILINGS)
    clock = Clock(tick=timedelta(milliseconds=1))
    made = Town(open_project(tmp_path, clock=clock), clock, MemoryEngine(clock, clock.sleep))
    made.invite(3)
    yield made
    assert [told.error for told in made.told if told.error is not None] == []


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries_module, "CHUNK", 4)


def test_nothing_is_due_and_nothing_is_done(town: Town) -> None:
    assert town.work() == 0
    assert town.told == []


def test_who_registers_is_written_to_by_itself_and_once(town: Town) -> None:
    town.register("Ada", "Bo")
    assert town.work() == 2
    assert town.work() == 0


def test_a_reminder_waits_for_its_moment_as_a_job_and_goes_then(town: Town) -> None:
    town.register("Ada", "Bo")
    town.work()
    town.edit("key: save-the-date, kind: invitation, audience: [{file: contacts.csv}], at: -7d", OTHER)
    town.clock.now = DAY_BEFORE - timedelta(hours=25)
    town.work()
    assert town.waiting(GATHER) == []
    # Within a day of it there is a job, one however often somebody looks.
    town.clock.now = DAY_BEFORE - timedelta(minutes=2)
    town.work(DAY_BEFORE - timedelta(seconds=1))
    assert [job.at for job in town.waiting(GATHER)] == [DAY_BEFORE]
    assert town.counts("day-before") == {}
    assert town.work(DAY_BEFORE + timedelta(seconds=2)) == 2
    assert town.counts("day-before") == {"sent": 2}


def test_a_reminder_whose_job_was_lost_goes_all_the_same_and_late(town: Town) -> None:
    town.register("Ada")
    town.work()
    town.clock.now = DAY_BEFORE + timedelta(hours=3)
    town.forget()
    town.work()
    assert town.counts("day-before") == {"sent": 1}


def test_a_start_that_moved_leaves_the_old_job_with_nothing_to_do(town: Town) -> None:
    town.register("Ada")
    town.work()
    town.clock.now = DAY_BEFORE - timedelta(minutes=2)
    town.work()
    town.edit("2027-03-10T15:00", "2027-03-11T15:00")
    town.work(DAY_BEFORE + timedelta(minutes=1))
    assert town.counts("day-before") == {}
    town.clock.now = DAY_BEFORE + timedelta(days=1) - timedelta(minutes=1)
    town.work(DAY_BEFORE + timedelta(days=1, seconds=2))
    assert town.counts("day-before") == {"sent": 1}


def test_nobody_is_reminded_of_a_start_that_has_moved_while_the_reminder_was_in_line(town: Town) -> None:
    town.edit("key: save-the-date, kind: invitation, audience: [{file: contacts.csv}], at: -7d", OTHER)
    town.register("Ada")
    town.work()
    town.clock.now = DAY_BEFORE
    assert town.plan("day-before") == 1
    town.edit("2027-03-10T15:00", "2027-03-10T17:00")
    assert town.work() == 0
    assert town.counts("day-before") == {"dropped": 1}
    town.clock.now = DAY_BEFORE + timedelta(hours=2)
    assert town.work() == 1
    assert town.work() == 0


def test_who_comes_onto_a_mailing_that_is_due_is_written_to_with_the_next_time_it_is_gone_through(
    town: Town,
) -> None:
    town.clock.now = SAVE
    assert town.work() == 3
    town.invite(5)
    assert town.work(SAVE + timedelta(minutes=2)) == 0
    town.clock.now = SAVE + timedelta(minutes=9)
    assert town.work(SAVE + timedelta(minutes=11)) == 2


def test_a_mailing_without_a_time_waits_for_a_word_and_is_left_to_workers_then(town: Town) -> None:
    assert town.work() == 0
    assert town.plan("invite") == 3
    assert town.transport.sent == []
    assert town.work() == 3
    assert town.plan("invite") == 0


def test_what_is_not_due_is_left_to_workers_by_a_word_alone(town: Town) -> None:
    assert town.plan("save-the-date") is None
    assert town.plan("save-the-date", early=True) == 3
    assert town.work() == 3


@pytest.mark.usefixtures("small_chunks")
def test_each_chunk_is_a_job_that_sends_no_other(town: Town) -> None:
    town.invite(10)
    town.plan("invite")
    assert [job.about["chunk"] for job in town.waiting(SEND)] == [0, 1, 2]
    town.forget()
    town.engine.enqueue([send_job("night-buses", "invite", 1)])
    town.work_until(lambda: bool(town.told))
    sent = [each.report.progress.sent for each in town.told if each.report is not None]
    assert sent == [4]
    assert town.counts("invite") == {"sent": 4, "planned": 6}


@pytest.mark.usefixtures("small_chunks")
def test_a_queue_that_was_lost_is_made_anew_of_the_ledger(town: Town) -> None:
    town.invite(10)
    town.plan("invite")
    town.forget()
    assert town.work() == 10


def test_a_job_that_comes_twice_sends_nothing_twice(town: Town) -> None:
    town.plan("invite")
    town.work()
    town.engine.enqueue([send_job("night-buses", "invite", 0)])
    town.work()
    assert len(town.transport.sent) == 3
    assert len({message.key for message in town.transport.sent}) == 3


def test_what_a_server_puts_off_is_one_job_for_when_it_is_due(town: Town) -> None:
    puts_off = {"p0@guests.example", "p1@guests.example"}

    def answer(message: Message) -> Delivery | None:
        if message.recipient not in puts_off:
            return None
        return Delivery(
            message.key, Status.DEFERRED, 451, "later", retry_after=timedelta(minutes=7, seconds=3)
        )

    town.transport.answer = answer
    town.plan("invite")
    assert town.work() == 1
    (job,) = town.waiting(SEND)
    assert job.at is not None
    assert job.at == rounded_up(job.at, timedelta(minutes=1))
    assert timedelta(minutes=7) < job.at - town.clock.now < timedelta(minutes=8, seconds=4)
    town.transport.answer = lambda _message: None
    assert town.work(job.at - timedelta(seconds=1)) == 0
    assert town.work(job.at + timedelta(seconds=1)) == 2


def test_a_server_that_takes_nothing_is_tried_again_later_and_holds_up_nobody_for_ever(town: Town) -> None:
    asks = timedelta(minutes=5)  # which is longer than anybody waits
    throttled = Delivery("", Status.DEFERRED, 421, "too much", retry_after=asks, throttled=True)
    town.transport.answer = lambda message: evolve(throttled, key=message.key)
    town.plan("invite")
    town.work(NOW + timedelta(minutes=3))
    reports = [told.report for told in town.told if told.report is not None]
    assert reports[0].stopped == "too much"
    town.transport.answer = lambda _message: None
    town.work(town.clock.now + timedelta(minutes=7))
    assert town.counts("invite") == {"sent": 3}


def test_a_worker_that_is_told_to_end_finishes_its_batch_and_leaves_a_job(town: Town) -> None:
    town.plan("invite")
    town.work_until(lambda: len(town.transport.sent) >= 2)
    assert town.counts("invite") == {"sent": 2, "planned": 1}
    assert [job.at for job in town.waiting(SEND)] == [None]


def test_what_a_dead_worker_had_in_hand_is_sent_when_its_time_is_over(town: Town) -> None:
    town.plan("invite")
    with town.project.ledger() as ledger:
        claims = Claims(ledger, "gone")
        now = town.clock.now
        # As on another machine: its lease has to end.
        with ledger.present("gone", at=now):
            lease = (now + timedelta(minutes=2)).isoformat(timespec="microseconds")
            claims.claim(mailing_id("night-buses", "invite"), now=now.isoformat(), lease=lease, limit=3)
            town.forget()
            assert town.work() == 0
            assert town.counts("invite") == {"claimed": 3}
            assert town.work(NOW + timedelta(minutes=4)) == 3


def test_what_is_in_doubt_is_asked_about_now_and_then_where_a_transport_can_tell(town: Town) -> None:
    town.transport.answer = lambda message: Delivery(message.key, Status.UNKNOWN)
    town.plan("invite")
    town.work()
    assert town.counts("invite") == {"uncertain": 3}
    town.transport.answer = lambda _message: None
    town.transport.repeats = True
    assert town.work(NOW + timedelta(minutes=11)) == 3
    assert town.counts("invite") == {"sent": 3}


@pytest.mark.parametrize(("status", "state"), [("postponed", "suspended"), ("cancelled", "dropped")])
def test_what_is_off_is_held_back_or_dropped_before_a_chunk_goes(town: Town, status: str, state: str) -> None:
    town.plan("invite")
    town.edit("status: confirmed", f"status: {status}")
    assert town.work() == 0
    assert town.counts("invite") == {state: 3}


def test_what_was_held_back_goes_as_soon_as_there_is_a_new_date(town: Town) -> None:
    town.plan("invite")
    town.edit("status: confirmed", "status: postponed")
    town.work()
    town.edit("status: postponed", "status: confirmed")
    town.clock.now += timedelta(minutes=1)
    assert town.work() == 3


def test_a_chunk_whose_mailing_is_gone_is_passed_over(town: Town) -> None:
    town.plan("invite")
    town.edit("key: invite,", "key: other,")
    assert town.work() == 0
    town.edit("briefing: night-buses", "briefing: day-buses")
    assert town.work() == 0
    assert town.counts("invite") == {"planned": 3}


def test_a_mailing_that_cannot_be_planned_is_told_and_holds_up_no_other(town: Town) -> None:
    town.edit("at: -7d", "at: -10d")
    town.register("Ada")
    (town.project.folder / "contacts.csv").unlink()
    assert town.work() == 1
    (told,) = [told for told in town.told if told.error is not None]
    assert (told.task, told.briefing, told.mailing) == (GATHER, "night-buses", "save-the-date")
    assert isinstance(told.error, MailingError)
    town.told.clear()


def test_a_transport_that_cannot_be_used_is_told_and_what_waits_is_sent_later(town: Town) -> None:
    def broken(_messages: object) -> Any:
        raise IntegrationError("the key is no longer valid")

    usual = MemoryTransport.stage
    town.plan("invite")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(MemoryTransport, "stage", lambda _self, messages: broken(messages))
        town.work()
    assert {str(told.error) for told in town.told} == {"the key is no longer valid"}
    assert MemoryTransport.stage is usual
    town.told.clear()
    assert town.work() == 3


def test_a_project_that_cannot_be_read_just_now_is_told_and_read_again(town: Town) -> None:
    file = town.project.folder / "briefing.yaml"
    text, calls = file.read_text("utf-8"), 0
    town.register("Ada")

    def office() -> Office:
        nonlocal calls
        calls += 1
        # The first is when it begins, the second when it looks.
        file.write_text("briefing: [" if calls == 2 else text, "utf-8")
        return town.office()

    end = town.clock.now + timedelta(hours=1)
    Work(office, town.engine, tell=town.told.append).run(
        lambda: town.clock.now > end or bool(town.transport.sent)
    )
    assert [(told.task, type(told.error).__name__) for told in town.told[:1]] == [(LOOK, "SourceError")]
    town.told.clear()
    assert len(town.transport.sent) == 1


def test_a_project_is_not_read_anew_for_each_chunk(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries_module, "CHUNK", 1)
    town.invite(20)
    town.plan("invite")
    opened: list[datetime] = []

    def office() -> Office:
        opened.append(town.clock.now)
        return town.office()

    Work(office, town.engine, tell=town.told.append).run(lambda: False, once=True)
    assert len(town.transport.sent) == 20
    assert len(opened) == 2  # when it begins, and when it looks


def test_rows_with_a_time_of_their_own_are_a_job_for_the_first_of_them(town: Town) -> None:
    later = NOW + timedelta(hours=5)
    people = [Addressed(f"p{each}@x.example", f"p{each}@x.example", due=later) for each in range(2)]
    with town.office() as office:
        enlist = office.enlist("night-buses", "invite")
        plan_deliveries(office.deliveries, "night-buses", "invite", people, now=NOW, enlist=enlist)
        assert [job.at for job in town.waiting(SEND)] == [later]
        people.append(Addressed("p9@x.example", "p9@x.example"))
        plan_deliveries(office.deliveries, "night-buses", "invite", people, now=NOW, enlist=enlist)
        assert [job.at for job in town.waiting(SEND)] == [later, None]
        jobs = left_over(office, [town.dispatch(office, "invite")], Sending())
        assert {job.name for job in jobs} == {job.name for job in town.waiting(SEND)}


def test_the_sender_beside_the_page_plans_and_leaves_the_sending_to_workers(town: Town) -> None:
    town.register("Ada")
    Sender(town.office).step()
    assert town.transport.sent == []
    (job,) = town.waiting(CONFIRM)
    assert job.urgent
    assert town.work() == 1


@pytest.mark.usefixtures("small_chunks")
def test_what_was_cut_off_while_it_was_handed_over_a_worker_goes_on_with(town: Town) -> None:
    town.invite(9)
    assert town.plan("invite", stop=lambda: True) == 4
    town.work(NOW + timedelta(hours=1, minutes=5))
    assert town.counts("invite") == {"sent": 9}
    town.invite(12)
    town.work(town.clock.now + timedelta(hours=3))
    assert town.counts("invite") == {"sent": 9}


@pytest.mark.usefixtures("small_chunks")
def test_a_worker_that_is_told_to_end_while_it_plans_leaves_a_job(town: Town) -> None:
    town.invite(9)
    town.clock.now = SAVE
    town.work_until(lambda: town.counts("save-the-date").get("planned", 0) > 0)
    assert town.counts("save-the-date") == {"planned": 4}
    assert [job.at for job in town.waiting(GATHER)] == [None]
    assert town.work() == 9


def test_nothing_is_handed_over_where_nobody_works(town: Town) -> None:
    with town.office() as office, pytest.raises(ValueError, match="no engine"):
        hand_over(town.dispatch(evolve(office, workers=lambda: None), "invite"))


@pytest.mark.parametrize(
    ("moment", "rounded"),
    [
        (datetime(2027, 3, 1, 9, 0, tzinfo=UTC), datetime(2027, 3, 1, 9, 0, tzinfo=UTC)),
        (datetime(2027, 3, 1, 9, 0, 0, 1, tzinfo=UTC), datetime(2027, 3, 1, 9, 1, tzinfo=UTC)),
        (datetime(2027, 3, 1, 9, 0, 59, tzinfo=UTC), datetime(2027, 3, 1, 9, 1, tzinfo=UTC)),
    ],
)
def test_what_is_due_within_a_minute_is_one_job(moment: datetime, rounded: datetime) -> None:
    assert rounded_up(moment, timedelta(minutes=1)) == rounded
