"""Runs that die at a request, and whether the next one makes up for it."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from briefingkit.model import Briefing
from briefingkit.testing.contract import Workbench
from briefingkit.testing.memory import Crash
from briefingkit_google.transport import Transport


class Death:
    """Counts requests, and kills the run at one of them: before it is sent, or once it is answered."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at, self.after, self.count = 0, False, 0
        request = Transport.request

        def die_at_last(transport: Transport, uri: str, *args: Any, **more: Any) -> Any:
            self.count += 1
            if self.count == self.at and not self.after:
                raise Crash
            answer = request(transport, uri, *args, **more)
            if self.count == self.at:
                raise Crash
            return answer

        monkeypatch.setattr(Transport, "request", die_at_last)

    def set(self, at: int, *, after: bool) -> None:
        self.at, self.after, self.count = at, after, 0

    def live(
        self,
        bench: Workbench,
        before: Sequence[Briefing],
        then: Sequence[Briefing],
        *,
        at: int,
        after: bool,
        lost: bool,
        found_dead: Callable[[], None] | None = None,
    ) -> bool:
        """Publish twice, dying at the second; the first time of all, nobody dies. Gives whether to go on."""
        self.set(0, after=False)
        bench.publish(*before)
        self.set(at, after=after)
        try:
            bench.publish(*then)
            died = False
        except Crash:
            died = True
            if found_dead is not None:
                found_dead()
        self.set(0, after=False)
        if died and lost:
            bench.lose_ledger()
        if died:
            bench.publish(*then)
        assert bench.plan(*then).is_empty
        return died or at == 0
