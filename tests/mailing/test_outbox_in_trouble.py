"""Several senders at once, a ledger that is locked and a disk that is full, each of them real."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from briefingkit.mailing.outgoing.deliveries import Addressed, mailing_id, plan_deliveries, uncertain
from briefingkit.store import engine, open_ledger
from briefingkit.store.claims import Claims
from briefingkit.store.deliveries import Deliveries

from .killed_sender import message_of, outbox, smtp
from .sink import Sink

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limits like these")

AT = datetime(2027, 3, 1, 9, tzinfo=UTC)
MAILING = mailing_id("b", "m")
SENDER = Path(__file__).with_name("killed_sender.py")
CONNECTIONS = 5


@pytest.fixture
def sink() -> Iterator[Sink]:
    sink = Sink()
    yield sink
    sink.close()


def plan(store: Deliveries, number: int) -> set[str]:
    people = (Addressed(f"p{each}@x.example", f"p{each}@x.example") for each in range(number))
    plan_deliveries(store, "b", "m", people, now=AT)
    return {row.id for row in store.rows(MAILING, ("planned",))}


def start(ledger: object, sink: Sink, point: str = "-", number: int = 0) -> subprocess.Popen[str]:
    arguments = [ledger, sink.port, CONNECTIONS, 120, "-", point, number]
    return subprocess.Popen(
        [sys.executable, str(SENDER), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(store: Deliveries, sink: Sink) -> None:
    transport = smtp(sink.port, CONNECTIONS)
    outbox(store.ledger, transport).run("b", "m", message_of)
    transport.close()


class BesideEachOther:
    def test_three_senders_send_each_message_once(self, url: str, sink: Sink) -> None:
        sink.slow = 0.002
        with open_ledger(url) as ledger:
            store = Deliveries(ledger)
            planned = plan(store, 300)
            senders = [start(url, sink) for _ in range(3)]
            said = [sender.communicate() for sender in senders]
            assert [error for _, error in said] == ["", "", ""]
            assert sum(int(out.split()[-1]) for out, _ in said) == 300
            assert store.counts(MAILING) == {"sent": 300}
        assert sink.accepted == dict.fromkeys(planned, 1)


class TestOnSQLite(BesideEachOther):
    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path / 'ledger.sqlite3'}"


@pytest.mark.peer
class TestOnPostgreSQL(BesideEachOther):
    @pytest.fixture
    def url(self, postgresql: str) -> str:
        return postgresql


def test_a_ledger_that_somebody_else_holds_for_a_while_is_waited_for(
    tmp_path: Path, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_TIMEOUT", 0.05)
    usual, held = Claims.record, threading.Event()

    def hold() -> None:
        connection = sqlite3.connect(tmp_path / "ledger.sqlite3", isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        held.set()
        threading.Event().wait(0.6)
        connection.execute("ROLLBACK")
        connection.close()

    holder = threading.Thread(target=hold)

    def held_up(self: Claims, *arguments: object, **more: object) -> int:
        if not held.is_set():
            holder.start()
            held.wait(5)
        return usual(self, *arguments, **more)

    monkeypatch.setattr(Claims, "record", held_up)
    with open_ledger(str(tmp_path / "ledger.sqlite3")) as ledger:
        store = Deliveries(ledger)
        planned = plan(store, 20)
        finish(store, sink)
        holder.join(5)
        assert store.counts(MAILING) == {"sent": 20}
    assert sink.accepted == dict.fromkeys(planned, 1)


@pytest.mark.parametrize("room", [50_000, 120_000])
def test_a_full_disk_ends_the_run_and_leaves_one_batch_in_doubt_at_most(
    tmp_path: Path, sink: Sink, room: int
) -> None:
    path = tmp_path / "ledger.sqlite3"
    with open_ledger(str(path)) as ledger:
        planned = plan(Deliveries(ledger), 400)
    # Nothing of the log is left over, so that the sender's own begins at nothing.
    sender = start(path, sink, "full", room)
    _, error = sender.communicate()
    assert sender.returncode == 1
    assert "StoreError" in error.splitlines()[-1]
    sink.settle()
    with open_ledger(str(path)) as ledger:
        store = Deliveries(ledger)
        went = sum(sink.accepted.values())
        assert went < 400
        finish(store, sink)
        doubtful = {row.id for row in uncertain(store, "b", "m")}
        assert len(doubtful) <= CONNECTIONS
        sent = {row.id for row in store.rows(MAILING, ("sent",))}
        assert sent | doubtful == planned
        assert all(sink.accepted[key] == 1 for key in sent)
        assert all(sink.accepted[key] <= 1 for key in doubtful)
