"""kill -9 at any instant: the ledger and what a server took are compared message by message."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest

from briefingkit.mailing.outgoing.deliveries import (
    Addressed,
    Resolution,
    mailing_id,
    plan_deliveries,
    resolve,
    uncertain,
)
from briefingkit.mailing.outgoing.stopping import stopping
from briefingkit.store import open_ledger
from briefingkit.store.deliveries import Deliveries

from .killed_sender import POINTS, message_of, outbox, smtp
from .sink import Sink

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals like these")

AT = datetime(2027, 3, 1, 9, tzinfo=UTC)
CONNECTIONS = 5
MAILING = mailing_id("b", "m")
SENDER = Path(__file__).with_name("killed_sender.py")


@pytest.fixture
def sink() -> Iterator[Sink]:
    sink = Sink()
    yield sink
    sink.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Deliveries]:
    with open_ledger(str(tmp_path / "ledger.sqlite3")) as ledger:
        yield Deliveries(ledger)


def plan(store: Deliveries, number: int) -> list[str]:
    people = (Addressed(f"p{each}@x.example", f"p{each}@x.example") for each in range(number))
    plan_deliveries(store, "b", "m", people, now=AT)
    return [row.id for row in store.rows(MAILING, ("planned",))]


def start(
    tmp_path: Path, sink: Sink, *, lease: float = 120, at: Sequence[object] = ("-", "-", 0)
) -> subprocess.Popen[str]:
    arguments = [tmp_path / "ledger.sqlite3", sink.port, CONNECTIONS, lease, *at]
    started = subprocess.Popen(
        [sys.executable, str(SENDER), *map(str, arguments)], stdout=subprocess.PIPE, text=True
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "sending\n"
    return started


def finish(store: Deliveries, sink: Sink, silence: float = 120) -> None:
    """Send the rest, in this process."""
    transport = smtp(sink.port, CONNECTIONS)
    outbox(store.ledger, transport, silence).run("b", "m", message_of)
    transport.close()


def check(store: Deliveries, sink: Sink, planned: Sequence[str], kills: int) -> int:
    """Compare the ledger with the server, resolve what is in doubt, and compare again; how many were, is given."""
    sent = {row.id for row in store.rows(MAILING, ("sent",))}
    doubtful = {row.id for row in uncertain(store, "b", "m")}
    assert sent | doubtful == set(planned), "every message is accounted for"
    assert all(sink.accepted[key] == 1 for key in sent), "what is written down as sent was taken once"
    assert all(sink.accepted[key] <= 1 for key in doubtful), "nothing in doubt was sent again unasked"
    assert len(doubtful) <= kills * CONNECTIONS, "a death leaves one batch in doubt at most"
    resolve(uncertain(store, "b", "m"), Resolution.RESEND, store, now=AT)
    finish(store, sink)
    assert store.counts(MAILING) == {"sent": len(planned)}
    assert set(sink.accepted) == set(planned), "none was lost"
    assert {key for key, number in sink.accepted.items() if number > 1} <= doubtful
    return len(doubtful)


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_a_known_moment(tmp_path: Path, store: Deliveries, sink: Sink, point: str) -> None:
    planned = plan(store, 40)
    sender = start(tmp_path, sink, at=("SIGKILL", point, 1 if point == "claimed" else 3))
    sender.communicate()
    assert sender.returncode == -signal.SIGKILL
    sink.settle()
    went = sum(sink.accepted.values())
    finish(store, sink)
    doubtful = check(store, sink, planned, 1)
    # Known to the message: nothing is in doubt until the note, and after it only that one batch.
    expected = {"claimed": (0, 0), "staged": (10, 0), "noted": (10, 5), "between two dots": (3, 5)}
    expected |= {"before an answer": (5, 5), "answered": (15, 5), "recorded": (15, 0)}
    assert (went, doubtful) == expected[point]


def killed_at_random(tmp_path: Path, store: Deliveries, sink: Sink, kills: int, chance: random.Random) -> int:
    planned = plan(store, 60 * kills)
    for _ in range(kills):
        sender = start(tmp_path, sink)
        time.sleep(chance.uniform(0.0, 0.15))
        sender.kill()
        sender.communicate()
        sink.settle()
        counts = store.counts(MAILING)
        assert counts.get("committing", 0) <= CONNECTIONS
    finish(store, sink)
    return check(store, sink, planned, kills)


def test_killed_at_any_moment(tmp_path: Path, store: Deliveries, sink: Sink) -> None:
    sink.slow = 0.001
    killed_at_random(tmp_path, store, sink, 4, random.Random(1))


@pytest.mark.soak
def test_killed_a_hundred_times(
    tmp_path: Path, store: Deliveries, sink: Sink, capsys: pytest.CaptureFixture[str]
) -> None:
    sink.slow = 0.001
    seed = random.SystemRandom().randrange(1_000_000)
    doubtful = killed_at_random(tmp_path, store, sink, 100, random.Random(seed))
    with capsys.disabled():
        sys.stdout.write(
            f"\n100 kills (seed {seed}): {len(sink.accepted)} messages, none lost; {doubtful} in doubt, "
            f"{sum(number > 1 for number in sink.accepted.values())} of them taken twice after they were resent\n"
        )


def test_a_sender_that_is_told_to_end_leaves_nothing_in_doubt(store: Deliveries, sink: Sink) -> None:
    planned = plan(store, 100)
    transport = smtp(sink.port, CONNECTIONS)
    with stopping() as asked:
        box = outbox(store.ledger, transport)

        def tell(_progress: object) -> None:
            if not asked():
                os.kill(os.getpid(), signal.SIGTERM)

        report = attrs.evolve(box, stop=asked, tell=tell).run("b", "m", message_of)
    transport.close()
    assert (report.stopped, report.progress.sent) == ("asked to stop", CONNECTIONS)
    assert store.counts(MAILING) == {"sent": CONNECTIONS, "planned": 95}
    finish(store, sink)
    assert check(store, sink, planned, 0) == 0


@pytest.mark.parametrize("point", ["staged", "noted"])
def test_one_that_slept_past_its_lease_sends_nothing_that_others_took(
    tmp_path: Path, store: Deliveries, sink: Sink, point: str
) -> None:
    planned = plan(store, 40)
    sender = start(tmp_path, sink, lease=0.3, at=("SIGSTOP", point, 2))
    try:
        deadline = time.monotonic() + 20
        while sum(sink.accepted.values()) < CONNECTIONS and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(1.0)  # its lease is over, and it has been silent for longer than that
        finish(store, sink, silence=0.3)
        left = {"staged": 0, "noted": CONNECTIONS}[point]
        assert len(list(uncertain(store, "b", "m"))) == left
    finally:
        sender.send_signal(signal.SIGCONT)
    said, _ = sender.communicate()
    # Of its second batch it knows that it did not go, as nobody else does: what was noted it sends now, once.
    assert int(said) == CONNECTIONS + left
    assert check(store, sink, planned, 0) == 0
    assert set(sink.accepted.values()) == {1}
