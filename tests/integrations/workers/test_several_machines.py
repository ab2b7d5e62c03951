"""Several workers at one mailing: they die, sleep and are told to end, and everybody is written to once."""

import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from attrs import evolve

from briefingkit.errors import StoreError
from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.outgoing.deliveries import Addressed, mailing_id, plan_deliveries
from briefingkit.mailing.outgoing.engine import Job
from briefingkit.mailing.outgoing.jobs import send_job
from briefingkit.mailing.outgoing.transport import Staged
from briefingkit.mailing.outgoing.work import JobDone, Work, hand_over
from briefingkit.project import Project
from briefingkit.store.deliveries import Deliveries
from briefingkit.testing.transport import MemoryTransport
from briefingkit_workers import Procrastinate
from briefingkit_workers.schema import pending, prepare

from .worker import BATCH

pytestmark = [
    pytest.mark.peer,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals like these"),
]

WORKER = Path(__file__).with_name("worker.py")
MAILING = mailing_id("night-buses", "invite")
PATIENCE = 90  # seconds, for a machine with much else to do
MakeProject = Callable[..., Project]
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Give what starts a worker; whatever still runs is ended."""
    running: list[subprocess.Popen[str]] = []

    def started(what: str = "-", batch: int = 0) -> "subprocess.Popen[str]":
        command = [sys.executable, "-W", "ignore", str(WORKER), str(tmp_path), what, str(batch)]
        worker = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        running.append(worker)
        hear(worker, "at work")
        return worker

    yield started
    for worker in running:
        worker.kill()
        worker.communicate()


def hear(worker: "subprocess.Popen[str]", words: str) -> None:
    """Wait until a worker says something."""
    assert worker.stdout is not None
    for line in worker.stdout:
        if line.strip() == words:
            return
    raise AssertionError(f"the worker ended without saying {words!r}")


def end(worker: "subprocess.Popen[str]") -> str:
    """Tell a worker to end, and give the rest of what it said."""
    worker.send_signal(signal.SIGTERM)
    said, _ = worker.communicate(timeout=PATIENCE)
    assert worker.returncode == 0
    return said


def wait_for(counts: dict[str, int], project: Project, *, mailing: int = MAILING) -> None:
    """Wait until the ledger holds so many of each state, and nothing else."""
    deadline = time.monotonic() + PATIENCE
    with project.ledger() as ledger:
        store = Deliveries(ledger)
        while (held := dict(store.counts(mailing))) != counts:
            assert time.monotonic() < deadline, held
            time.sleep(0.1)


def invite(project: Project) -> int | None:
    with project.mailing("night-buses", "invite") as mailing:
        return hand_over(mailing)


def lines(project: Project) -> list[tuple[str, float, int]]:
    rows = (line.split() for line in Path(project.folder, "sent").read_text("utf-8").splitlines())
    return [(key, float(at), int(pid)) for key, at, pid in rows]


def sent(project: Project) -> Counter[str]:
    return Counter(key for key, _, _ in lines(project))


def keys(project: Project, state: str) -> set[str]:
    with project.ledger() as ledger:
        return {row.id for row in Deliveries(ledger).rows(MAILING, (state,))}


def jobs(store: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(store.replace("postgresql+psycopg", "postgresql")) as connection:
        query = "SELECT task_name, args, status, scheduled_at, priority FROM procrastinate_jobs ORDER BY id"
        return connection.execute(query).fetchall()


# Workers that die, sleep and end


def test_what_a_killed_worker_had_is_sent_by_another_but_for_one_batch_that_may_have_gone(
    make_project: MakeProject, store: str, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("briefingkit.mailing.outgoing.deliveries.CHUNK", 50)
    project = make_project(store, 300)
    assert invite(project) == 300
    assert len(jobs(store)) == 6
    victim, other = start("SIGKILL", 6), start()
    hear(victim, "struck")
    assert victim.wait(PATIENCE) == -signal.SIGKILL
    wait_for({"sent": 300 - BATCH, "uncertain": BATCH}, project)
    end(other)
    # What is written down as sent went once; of the batch in doubt two had gone, and none was sent again unasked.
    doubtful, went = keys(project, "uncertain"), sent(project)
    assert set(went.values()) == {1}
    assert went.keys() >= keys(project, "sent")
    assert len(went.keys() & doubtful) == 2
    assert [job for job in jobs(store) if job[2] == "doing"] == []


def test_a_worker_that_slept_past_its_lease_sends_nothing_that_others_took_and_works_on(
    make_project: MakeProject, store: str, start: Start
) -> None:
    project = make_project(store, 60)
    invite(project)
    sleeper = start("SIGSTOP", 2)
    hear(sleeper, "stopped")
    # The other finds it gone, takes its job when it has been silent for long enough, and does all that is left.
    other = start()
    wait_for({"sent": 60}, project)
    assert set(sent(project).values()) == {1}
    end(other)
    sleeper.send_signal(signal.SIGCONT)
    # It is a worker like the others again, whether or not it was taken for dead meanwhile.
    rows = "".join(f"q{number}@guests.example,Q{number}\n" for number in range(10))
    (project.folder / "contacts.csv").write_text(f"email,name\n{rows}", "utf-8")
    invite(project)
    wait_for({"sent": 70}, project)
    end(sleeper)
    assert set(sent(project).values()) == {1}


def test_a_worker_that_is_told_to_end_finishes_its_batch_and_the_rest_waits_in_line(
    make_project: MakeProject, store: str, start: Start
) -> None:
    project = make_project(store, 40)
    invite(project)
    worker = start("SIGTERM", 2)
    said, _ = worker.communicate(timeout=PATIENCE)
    assert (worker.returncode, said.splitlines()) == (0, ["struck", f"sent {2 * BATCH}", "ended"])
    wait_for({"sent": 2 * BATCH, "planned": 40 - 2 * BATCH}, project)
    waiting = [job for job in jobs(store) if job[0] == "briefingkit.send"]
    assert [(job[2], job[3]) for job in waiting] == [("todo", None)]
    other = start()
    wait_for({"sent": 40}, project)
    end(other)
    assert set(sent(project).values()) == {1}


def test_a_limit_of_recipients_a_second_holds_for_all_workers_together(
    make_project: MakeProject, store: str, start: Start
) -> None:
    project = make_project(store, 100)
    (project.folder / "rate").write_text("40", "utf-8")
    invite(project)
    began = time.time()
    workers = [start(), start()]
    wait_for({"sent": 100}, project)
    # Forty may go at once, and then forty a second: the machine may be slower, and never faster.
    assert max(at for _, at, _ in lines(project)) - began >= (100 - 40) / 40
    for worker in workers:
        end(worker)
    assert set(sent(project).values()) == {1}


def test_who_registers_is_written_to_by_a_worker_with_no_more_ado(
    make_project: MakeProject, store: str, start: Start
) -> None:
    project = make_project(store)
    worker = start()
    with project.registrations("night-buses") as roll:
        roll.add({"name": "Ada", "email": "ada@people.example"})
    wait_for({"sent": 1}, project, mailing=mailing_id("night-buses", "confirmation"))
    end(worker)


def test_one_worker_sends_several_chunks_at_a_time(
    make_project: MakeProject, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("briefingkit.mailing.outgoing.deliveries.CHUNK", 4)
    project = make_project(store, 12)
    invite(project)
    together, told = threading.Barrier(3), list[JobDone]()

    class Together(MemoryTransport):
        """Takes nothing before three are at it."""

        def stage(self, messages: Sequence[Message]) -> Staged:
            together.wait(PATIENCE)
            return super().stage(messages)

    transport, engine = Together(), Procrastinate(at_once=3, heartbeat=0.1, store=store)
    deadline = time.monotonic() + PATIENCE
    Work(lambda: evolve(project.office(engine), transport=lambda: transport), engine, tell=told.append).run(
        lambda: len(transport.sent) == 12 or time.monotonic() > deadline
    )
    assert [each.error for each in told if each.error is not None] == []
    assert len({message.key for message in transport.sent}) == len(transport.sent) == 12


# Jobs and the ledger


def test_a_chunk_and_its_job_are_there_together_or_not_at_all(make_project: MakeProject, store: str) -> None:
    project = make_project(store)
    people = [Addressed(f"p{each}@x.example", f"p{each}@x.example") for each in range(3)]

    class Away(Exception):
        """The process dies before the commit."""

    with project.office() as office:
        enlist = office.enlist("night-buses", "invite")
        assert enlist is not None

        def dies(transaction: Any, chunk: int, at: datetime | None) -> None:
            enlist(transaction, chunk, at)
            raise Away

        now = project.clock()
        with pytest.raises(Away):
            plan_deliveries(office.deliveries, "night-buses", "invite", people, now=now, enlist=dies)
        assert (dict(office.deliveries.counts(MAILING)), jobs(store)) == ({}, [])
        plan_deliveries(office.deliveries, "night-buses", "invite", people, now=now, enlist=enlist)
        assert dict(office.deliveries.counts(MAILING)) == {"planned": 3}
        about = {"briefing": "night-buses", "mailing": "invite", "chunk": 0}
        assert jobs(store) == [("briefingkit.send", about, "todo", None, 0)]


def test_a_reminder_is_a_job_for_its_moment_one_however_often_somebody_looks(
    make_project: MakeProject, store: str
) -> None:
    due = datetime(2037, 3, 9, 14, tzinfo=UTC)
    project = make_project(store, clock=lambda: due - timedelta(hours=2))
    engine = project.engine()
    assert engine is not None
    work = Work(lambda: project.office(engine), engine, tell=lambda told: pytest.fail(str(told.error)))
    for _ in range(2):
        work.run(lambda: False, once=True)
    about = {"briefing": "night-buses", "mailing": "day-before"}
    ((task, said, state, at, _),) = jobs(store)
    assert (task, state, at) == ("briefingkit.gather", "todo", due)
    assert about.items() <= said.items()


def test_a_name_that_is_taken_does_not_undo_the_transaction_it_is_given_in(
    make_project: MakeProject, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, job, at = (
        make_project(store),
        send_job("night-buses", "invite", 0),
        datetime(2037, 1, 1, tzinfo=UTC),
    )
    other = send_job("night-buses", "confirmation", 1, at=at, urgent=True)
    engine = project.engine()
    assert engine is not None
    assert engine.enqueue([job]) == 1
    # Somebody else puts it in line just after it was looked for.
    monkeypatch.setattr("briefingkit_workers.line._WAITING", "SELECT 'another' WHERE %s::text[] IS NOT NULL")
    with project.ledger() as ledger, ledger.writing() as connection:
        assert engine.enqueue([job, other], within=connection) == 1
    assert [(each[1]["chunk"], each[3], each[4]) for each in jobs(store)] == [(0, None, 0), (1, at, 10)]


def test_a_job_of_the_dead_whose_name_waits_already_is_taken_away(store: str) -> None:
    engine = Procrastinate(store=store, heartbeat=0.1, silence=2)
    job, seen = Job("send", {"chunk": 1}), list[Any]()
    engine.enqueue([job])
    with psycopg.connect(store) as connection:
        connection.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour')"
        )
        connection.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = 1")
    at = datetime.now(UTC) + timedelta(hours=1)
    engine.enqueue([Job("send", {"chunk": 2}, at)])
    with psycopg.connect(store) as connection:
        connection.execute(
            "UPDATE procrastinate_jobs SET queueing_lock = %s WHERE status = 'todo'", (job.name,)
        )
    engine.register("send", lambda about, _stop: seen.append(about))
    deadline = time.monotonic() + PATIENCE
    engine.run(lambda: time.monotonic() > deadline or len(jobs(store)) == 1, seen.append)
    assert seen == []
    assert [(each[1], each[2]) for each in jobs(store) if each[0] == "briefingkit.send"] == [
        ({"chunk": 2}, "todo")
    ]


def test_a_job_is_not_done_before_its_moment(store: str) -> None:
    engine, done = Procrastinate(store=store, heartbeat=0.1), list[datetime]()
    at = datetime.now(UTC) + timedelta(seconds=1.5)
    engine.register("send", lambda _about, _stop: done.append(datetime.now(UTC)))
    engine.enqueue([Job("send", at=at)])
    engine.run(lambda: bool(done), lambda error: pytest.fail(str(error)))
    # The database has the same clock.
    assert done[0] >= at


# The tables


def test_tables_of_an_earlier_release_are_brought_up_to_date_and_others_are_left_alone(store: str) -> None:
    with psycopg.connect(store) as connection:
        prepare(connection)
        prepare(connection)
        look = "SELECT obj_description('procrastinate_jobs'::regclass)"
        (newest,) = connection.execute(look).fetchone() or ("",)
        assert newest.startswith("briefingkit: procrastinate 03.")
        earlier = [file.name for file in pending("03.00.00_50_post_cancel_notification.sql")]
        assert earlier == sorted(earlier)
        assert len(earlier) > 2
        # As if the last migration had not been run yet: it makes a function, which it may make again.
        last = pending("")[-2].name
        connection.execute(f"COMMENT ON TABLE procrastinate_jobs IS 'briefingkit: procrastinate {last}'")
        connection.execute("DROP FUNCTION procrastinate_retry_job_v2")
        prepare(connection)
        assert (connection.execute(look).fetchone() or ("",))[0] == newest
        connection.execute("COMMENT ON TABLE procrastinate_jobs IS NULL")
        prepare(connection)
        assert connection.execute(look).fetchone() == (None,)


def test_a_database_that_is_started_anew_is_told_and_waited_for(
    store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, told, done = Procrastinate(store=store, heartbeat=0.1), list[Any](), list[Any]()
    monkeypatch.setattr("briefingkit_workers.serving._PAUSE", 0.1)
    engine.register("send", lambda about, _stop: done.append(about))

    def begin_anew() -> Iterator[None]:
        with psycopg.connect(store, autocommit=True) as connection:
            while connection.execute("SELECT count(*) FROM procrastinate_workers").fetchone() != (2,):
                yield
            # What it lives by is gone under its hands.
            connection.execute("DELETE FROM procrastinate_workers")
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        engine.enqueue([Job("send", {"chunk": 1})])

    steps, deadline = begin_anew(), time.monotonic() + PATIENCE

    def stop() -> bool:
        next(steps, None)
        return bool(told and done) or time.monotonic() > deadline

    engine.run(stop, told.append)
    assert told
    assert done == [{"chunk": 1}]


def test_a_database_that_cannot_be_reached_is_an_error_that_names_no_password(tmp_path: Path) -> None:
    engine = Procrastinate(store=f"postgresql://me:geheim@/nothing?host={tmp_path}")
    with pytest.raises(StoreError, match="cannot be used") as caught:
        engine.run(lambda: False, lambda _error: None)
    assert "geheim" not in str(caught.value) + repr(engine)


def test_a_ledger_in_a_file_is_not_for_several_machines(make_project: MakeProject) -> None:
    project = make_project("ledger.sqlite3")
    with pytest.raises(StoreError, match="give `store` the address of a PostgreSQL database"):
        invite(project)
    with project.ledger() as ledger:
        assert dict(Deliveries(ledger).counts(MAILING)) == {}
