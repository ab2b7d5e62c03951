"""The integration in memory keeps the contract, whatever habits its server has."""

from collections.abc import Callable

import pytest

from briefingkit.publish import Fields, Integration, Remote
from briefingkit.testing.contract import IntegrationContract
from briefingkit.testing.memory import Fault, Memory, MemoryServer


def shout(fields: Fields) -> Fields:
    return {name: value.upper() if isinstance(value, str) else value for name, value in fields.items()} | {
        "by": "it"
    }


class MemoryContract(IntegrationContract):
    secret = "s3cret"

    @pytest.fixture
    def server(self) -> MemoryServer:
        return MemoryServer()

    @pytest.fixture
    def integration(self, server: MemoryServer) -> Integration:
        self._server = server
        return Memory(server, secret="s3cret")

    def edit_by_hand(self, remote: Remote) -> None:
        self._server.edit(remote.id, start="by hand")

    def remove_by_hand(self, remote: Remote) -> None:
        self._server.remove(remote.id)

    def add_stranger(self) -> Callable[[], object]:
        self._server.add("stranger", "event", "contract-2022", title="mine")
        return lambda: self._server.things.get("stranger")

    def lose_answers(self) -> None:
        self._server.fault = lambda: Fault.LOST_ANSWER

    def find_answers(self) -> None:
        self._server.fault = lambda: Fault.NONE


class TestDerivingIds(MemoryContract):
    pass


class TestWithAServerThatNamesThings(MemoryContract):
    @pytest.fixture
    def server(self) -> MemoryServer:
        return MemoryServer(names_things=True)


class TestWithAServerThatNormalises(MemoryContract):
    @pytest.fixture
    def server(self) -> MemoryServer:
        return MemoryServer(normalise=shout)


class TestReadingOn(MemoryContract):
    @pytest.fixture
    def integration(self, server: MemoryServer) -> Integration:
        self._server = server
        return Memory(server, incremental=True, batch=2, secret="s3cret")


def test_reading_on_makes_one_request_where_nothing_has_changed() -> None:
    from briefingkit.testing.contract import Workbench, sample_briefing

    server = MemoryServer()
    bench = Workbench(Memory(server, incremental=True))
    bench.publish(sample_briefing())
    assert bench.plan(sample_briefing()).is_empty
    server.calls.clear()
    assert bench.plan(sample_briefing()).is_empty
    assert len(server.calls) == 1
    server.forget()
    assert bench.plan(sample_briefing()).is_empty
    assert "list" in server.calls
