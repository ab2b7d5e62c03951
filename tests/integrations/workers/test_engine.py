"""Every engine keeps the same promises: in memory, Procrastinate in memory, and Procrastinate in PostgreSQL."""

from datetime import UTC, datetime

import pytest
from procrastinate.testing import InMemoryConnector

from briefingkit.testing.engine import EngineContract, MemoryEngine
from briefingkit_workers import Procrastinate


class TestInMemory(EngineContract):
    @pytest.fixture
    def engine(self) -> MemoryEngine:
        return MemoryEngine(lambda: datetime.now(UTC))


class Memory(InMemoryConnector):
    """Procrastinate's own, which tells a worker that has ended of no new jobs."""

    async def close_async(self) -> None:
        await super().close_async()
        self.on_notification = None


class TestProcrastinateInMemory(EngineContract):
    @pytest.fixture
    def engine(self) -> Procrastinate:
        return Procrastinate.over(Memory(), heartbeat=0.1)


@pytest.mark.peer
class TestProcrastinateInPostgreSQL(EngineContract):
    @pytest.fixture
    def engine(self, store: str) -> Procrastinate:
        return Procrastinate(store=store, heartbeat=0.1)
