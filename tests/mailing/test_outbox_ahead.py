"""What an outbox does while a server is busy: it claims and writes the next batch, and no more is in doubt for that."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from attrs import define, field

from briefingkit.errors import RenderError
from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.outgoing.deliveries import Addressed, failures, mailing_id, plan_deliveries
from briefingkit.mailing.outgoing.outbox import Outbox
from briefingkit.mailing.outgoing.sending import MessageOf, Progress, Report, Sending
from briefingkit.mailing.outgoing.transport import Capabilities, Delivery, Staged, Status
from briefingkit.store import open_ledger
from briefingkit.store.claims import Claims
from briefingkit.store.deliveries import Deliveries
from briefingkit.store.delivery_rows import DeliveryRow

START = datetime(2027, 3, 1, 9, tzinfo=UTC)
B, M = "imrf", "day-before"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Deliveries]:
    with open_ledger(str(tmp_path / "ledger.sqlite3")) as ledger:
        yield Deliveries(ledger)


def plan(store: Deliveries, number: int) -> None:
    people = (Addressed(f"p{each}@x.example", f"p{each}@x.example") for each in range(number))
    plan_deliveries(store, B, M, people, now=START)


def counts(store: Deliveries) -> dict[str, int]:
    return dict(store.counts(mailing_id(B, M)))


@define
class Diary:
    """A transport that writes down all that happens, in order, and looks around at each step."""

    batch: int = 3
    rate: float | None = None
    look: Callable[[str], object] = field(default=lambda _: None)
    answer: Callable[[Message], Delivery] = field(default=lambda each: Delivery(each.key, Status.SENT))
    said: list[str] = field(factory=list)

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(self.batch, rate=self.rate, account="diary")

    def write(self, row: DeliveryRow) -> Message:
        self.note(f"write {_number(row.address)}")
        return Message(row.id, "events@ghent.example", row.address, f"To: {row.address}\r\n\r\n".encode())

    def note(self, word: str) -> None:
        self.said.append(word)
        self.look(word)

    def stage(self, messages: Sequence[Message]) -> Staged:
        self.note(f"stage {_numbers(messages)}")
        return _Page(self, messages)

    def expect(self, messages: Sequence[Message]) -> None:
        self.note(f"expect {_numbers(messages)}")

    def find(self, message: Message) -> None:
        pass

    def close(self) -> None:
        pass


@define
class _Page:
    diary: Diary
    messages: Sequence[Message]
    settled: Sequence[Delivery] = ()

    @property
    def keys(self) -> Sequence[str]:
        return [each.key for each in self.messages]

    def commit(self) -> Iterable[Delivery]:
        self.diary.note(f"let go {_numbers(self.messages)}")
        return [self.diary.answer(each) for each in self.messages]

    def abandon(self) -> None:
        self.diary.note(f"abandon {_numbers(self.messages)}")


def _number(address: str) -> str:
    return address.partition("@")[0][1:]


def _numbers(messages: Iterable[Message]) -> str:
    return " ".join(_number(each.recipient) for each in messages)


def run(
    store: Deliveries, diary: Diary, message_of: MessageOf | None = None, sending: Sending | None = None
) -> Report:
    now = [START]

    def sleep(seconds: float) -> None:
        now[0] += timedelta(seconds=seconds)

    box = Outbox(store, diary, lambda: now[0], sending or Sending(), sleep=sleep)
    return box.run(B, M, message_of or diary.write)


def test_the_next_batch_is_written_before_the_dots_of_this_one_and_expected(store: Deliveries) -> None:
    plan(store, 5)
    diary = Diary()
    assert run(store, diary).progress == Progress(sent=5)
    assert diary.said == [
        *("write 0", "write 1", "write 2", "stage 0 1 2"),
        *("write 3", "write 4", "expect 3 4", "let go 0 1 2"),
        *("stage 3 4", "expect ", "let go 3 4"),
    ]


def test_what_comes_after_the_rows_that_are_held_is_claimed_and_written_ahead_too(store: Deliveries) -> None:
    plan(store, 5)
    diary = Diary()
    assert run(store, diary, sending=Sending(most_held=3)).progress == Progress(sent=5)
    assert diary.said[4:8] == ["write 3", "write 4", "expect 3 4", "let go 0 1 2"]


def test_at_no_moment_is_more_than_one_batch_in_doubt(store: Deliveries) -> None:
    """A death at any of these steps leaves as uncertain what is noted there and not answered."""
    plan(store, 20)
    noted = list[tuple[str, int]]()
    diary = Diary(look=lambda word: noted.append((word.split()[0], counts(store).get("committing", 0))))
    assert run(store, diary, sending=Sending(most_held=6)).progress == Progress(sent=20)
    assert {number for word, number in noted if word not in {"expect", "let"}} == {0}
    assert [number for word, number in noted if word == "let"] == [3] * 6 + [2]


def test_a_fault_of_the_program_in_the_next_batch_does_not_stop_this_one(store: Deliveries) -> None:
    plan(store, 6)
    diary = Diary()

    def broken(row: DeliveryRow) -> Message:
        if row.address.startswith("p4"):
            raise ZeroDivisionError
        return diary.write(row)

    with pytest.raises(ZeroDivisionError):
        run(store, diary, broken)
    assert "let go 0 1 2" in diary.said
    assert counts(store) == {"sent": 3, "planned": 3}


def test_a_message_of_the_next_batch_that_cannot_be_written_fails_in_its_turn(store: Deliveries) -> None:
    plan(store, 6)
    states = list[dict[str, int]]()
    diary = Diary(look=lambda word: states.append(counts(store)) if word.startswith("let go") else None)

    def broken(row: DeliveryRow) -> Message:
        if row.address.startswith("p4"):
            raise RenderError("no such template")
        return diary.write(row)

    assert run(store, diary, broken).progress == Progress(sent=5, failed=1)
    assert states == [{"committing": 3, "claimed": 3}, {"sent": 3, "committing": 2, "failed": 1}]
    assert [row.address for row in failures(store, B, M)] == ["p4@x.example"]


def test_what_was_written_ahead_is_not_kept_over_a_rest(store: Deliveries) -> None:
    """Its rows were given back meanwhile, and may have been planned anew."""
    plan(store, 6)
    complaints = [True]

    def busy(message: Message) -> Delivery:
        if complaints:
            complaints.pop()
            return Delivery(message.key, Status.DEFERRED, 421, "too fast", throttled=True)
        return Delivery(message.key, Status.SENT)

    diary = Diary(answer=busy)
    assert run(store, diary).progress.sent == 6
    assert diary.said.count("write 3") == 2
    assert diary.said.count("let go 3") == 1


def test_a_limit_of_recipients_a_second_is_not_drawn_from_ahead(store: Deliveries) -> None:
    plan(store, 6)
    diary = Diary(batch=2, rate=2.0)
    assert run(store, diary).progress.sent == 6
    first = diary.said.index("let go 0 1")
    assert diary.said[:first] == ["write 0", "write 1", "stage 0 1", "expect "]


def test_a_batch_is_noted_once_and_answered_once(store: Deliveries, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two durable commits for each batch, however many messages it holds."""
    plan(store, 12)
    calls = list[str]()
    for name in ("commit", "record"):
        usual = getattr(Claims, name)

        def counted(self: Claims, *arguments: object, _usual: object = usual, **more: object) -> object:
            calls.append(_usual.__name__)
            return _usual(self, *arguments, **more)

        monkeypatch.setattr(Claims, name, counted)
    assert run(store, Diary(batch=4)).progress.sent == 12
    assert calls == ["commit", "record"] * 3
