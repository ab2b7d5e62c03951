from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.errors import IntegrationError, Transient
from briefingkit.retry import Patience, retrying


class Server:
    """Fails so many times before it answers, and notes how long its caller waits in between."""

    def __init__(self, failures: int, retry_after: float | None = None) -> None:
        self.failures = failures
        self.retry_after = retry_after
        self.calls = 0
        self.waits: list[float] = []

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self.failures:
            raise Transient(f"busy {self.calls}", retry_after=self.retry_after)
        return "answer"

    def ask(self, patience: Patience | None = None) -> str:
        return retrying(self, patience=patience, sleep=self.waits.append)


def test_an_answer_is_not_waited_for() -> None:
    server = Server(0)
    assert server.ask() == "answer"
    assert server.waits == []


def test_a_fault_that_passes_is_not_seen() -> None:
    server = Server(3)
    assert server.ask() == "answer"
    assert (server.calls, len(server.waits)) == (4, 3)


def test_other_faults_are_raised_at_once() -> None:
    calls = []

    def refuse() -> None:
        calls.append(1)
        raise IntegrationError("no")

    with pytest.raises(IntegrationError, match="no"):
        retrying(refuse, sleep=lambda _: pytest.fail("waited"))
    assert calls == [1]


@given(st.integers(0, 300), st.integers(0, 60))
def test_waits_never_pass_the_budget(budget: int, longest: int) -> None:
    server = Server(10_000)
    patience = Patience(timedelta(seconds=budget), timedelta(seconds=longest or 1))
    with pytest.raises(Transient, match="busy"):
        server.ask(patience)
    assert sum(server.waits) <= budget
    assert all(wait <= patience.longest.total_seconds() for wait in server.waits)


def test_the_last_fault_is_the_one_that_is_told() -> None:
    server = Server(10_000)
    with pytest.raises(Transient) as raised:
        server.ask(Patience(timedelta(seconds=5)))
    assert str(raised.value) == f"busy {server.calls}"


@given(st.floats(0, 100))
def test_a_server_that_asks_to_wait_is_waited_for(seconds: float) -> None:
    server = Server(1, retry_after=seconds)
    assert server.ask() == "answer"
    assert server.waits[0] >= seconds


def test_a_server_that_asks_for_more_than_the_budget_is_not_waited_for() -> None:
    server = Server(1, retry_after=3600)
    with pytest.raises(Transient):
        server.ask()
    assert server.waits == []


def test_patience_is_not_negative() -> None:
    with pytest.raises(ValueError, match="not negative"):
        Patience(timedelta(seconds=-1))
