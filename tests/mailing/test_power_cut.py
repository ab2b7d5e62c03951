"""The plug is pulled at each step of a mailing: a disk holds what was synced, and of the rest anything or nothing."""

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field

from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.outgoing.deliveries import Addressed, mailing_id, plan_deliveries
from briefingkit.mailing.outgoing.outbox import Outbox
from briefingkit.mailing.outgoing.sending import Sending
from briefingkit.mailing.outgoing.transport import Capabilities, Delivery, Staged, Status
from briefingkit.store import open_ledger
from briefingkit.store.claims import Claims
from briefingkit.store.deliveries import Deliveries
from briefingkit.store.delivery_rows import DeliveryRow
from briefingkit.store.ledger import Ledger

AT = datetime(2027, 3, 1, 9, tzinfo=UTC)
MAILING = mailing_id("b", "m")
BATCH, PEOPLE = 4, 19


class Disk:
    """What a disk holds for certain: the ledger as it was after the last transaction that was synced.

    SQLite syncs its log at the end of a durable transaction that has written to it, with all that stands before in it.
    """

    def __init__(self, ledger: Path, certain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ledger, self.certain = ledger, certain
        self.syncs = 0
        certain.mkdir()
        usual = Ledger.writing

        @contextmanager
        def writing(ledger: Ledger, *, durable: bool = True) -> Iterator[Any]:
            before = self.log()
            with usual(ledger, durable=durable) as connection:
                yield connection
            if durable and self.log() != before:
                self.sync()

        monkeypatch.setattr(Ledger, "writing", writing)

    def log(self) -> bytes:
        log = self.ledger.with_name(f"{self.ledger.name}-wal")
        return log.read_bytes() if log.exists() else b""

    def sync(self) -> None:
        self.syncs += 1
        for file in (self.ledger, self.ledger.with_name(f"{self.ledger.name}-wal")):
            shutil.copy(file, self.certain / file.name)

    def after_a_power_cut(self, folder: Path) -> dict[str, str]:
        """Start again with what it holds: the state of each message by its key, once its sender is known to be gone."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.certain, folder)
        with open_ledger(str(folder / self.ledger.name)) as ledger:
            Claims(ledger, "me").reclaim(MAILING, now="9", grace="9", is_gone=lambda _: True)
            states = ("planned", "sent", "uncertain", "claimed", "committing")
            return {row.id: row.state for row in Deliveries(ledger).rows(MAILING, states)}


@define
class Wire:
    """A transport whose every step is looked at; `taken` are those whose dot was said."""

    look: Any = field(default=lambda _: None)
    taken: list[str] = field(factory=list)

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(BATCH)

    def stage(self, messages: Sequence[Message]) -> Staged:
        self.look("staged")
        return _Waiting(self, [each.key for each in messages])

    def find(self, message: Message) -> None:
        pass

    def close(self) -> None:
        pass


@define
class _Waiting:
    wire: Wire
    keys: Sequence[str]
    settled: Sequence[Delivery] = ()

    def commit(self) -> Iterable[Delivery]:
        for key in self.keys:
            self.wire.taken.append(key)
            self.wire.look("a dot")
            yield Delivery(key, Status.SENT)

    def abandon(self) -> None:
        pass


def message_of(row: DeliveryRow) -> Message:
    return Message(row.id, "events@ghent.example", row.address, f"To: {row.address}\r\n\r\n".encode())


def test_nothing_goes_twice_and_one_batch_at_most_is_in_doubt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.sqlite3"
    with open_ledger(str(path)) as ledger:
        store = Deliveries(ledger)
        disk = Disk(path, tmp_path / "certain", monkeypatch)
        people = (Addressed(f"p{each}@x.example", f"p{each}@x.example") for each in range(PEOPLE))
        plan_deliveries(store, "b", "m", people, now=AT)
        planned = disk.syncs
        seen = Counter[str]()

        def look(step: str) -> None:
            states = disk.after_a_power_cut(tmp_path / "again")
            counts = Counter(states.values())
            assert set(counts) <= {"planned", "sent", "uncertain"}
            assert counts.total() == PEOPLE
            assert counts["uncertain"] <= BATCH
            assert all(states[key] in {"sent", "uncertain"} for key in wire.taken)
            assert all(key in wire.taken for key, state in states.items() if state == "sent")
            seen[step] += 1

        wire = Wire(look)
        report = Outbox(store, wire, lambda: AT, Sending(most_held=8), tell=lambda _: look("told")).run(
            "b", "m", message_of
        )
        assert report.progress.sent == PEOPLE
        assert seen == {"staged": 5, "a dot": PEOPLE, "told": 5}
        # Five batches: a sync for the note of each, and one for the last answers.
        assert disk.syncs - planned == 5 + 1
        assert set(disk.after_a_power_cut(tmp_path / "again").values()) == {"sent"}


def test_sqlite_is_told_which_transaction_is_durable(tmp_path: Path) -> None:
    with open_ledger(str(tmp_path / "ledger.sqlite3")) as ledger:
        for durable, level in ((True, 2), (False, 1), (True, 2)):
            with ledger.writing(durable=durable) as connection:
                assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == level
        with ledger.writing() as connection:
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
