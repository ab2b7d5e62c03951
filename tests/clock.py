"""A clock that a test turns."""

from datetime import UTC, datetime, timedelta

from attrs import define

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


@define
class Clock:
    """Says what time it is, and moves on by `tick` at each look, so that no two moments are the same."""

    now: datetime = NOW
    tick: timedelta = timedelta(seconds=1)
    seconds: float = 0.0
    """What `count` says: the seconds of a monotonic clock, which moves only by hand."""

    def __call__(self) -> datetime:
        self.now += self.tick
        return self.now

    def count(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
