"""How fast to go on, by what servers say: half as wide and a rest where they complain, wider where they do not."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from attrs import evolve, field, frozen

from briefingkit.mailing.outgoing.transport import Delivery, Status

__all__ = ["Backoff", "Pace", "paced"]

_FIRST_REST = timedelta(seconds=5)
_LONGEST_REST = timedelta(minutes=5)
_CALM = 10
"""Batches without a complaint after which one message more goes at once."""


@frozen
class Pace:
    """How many messages may be at the point of no return at once (`width` of `most`), and not before when (`rest`)."""

    most: int
    width: int = field(default=0)
    rest: datetime | None = None
    complaints: int = 0
    calm: int = 0

    def __attrs_post_init__(self) -> None:
        """Begin with all that the transport holds."""
        if self.width < 1:
            object.__setattr__(self, "width", self.most)

    def wait(self, now: datetime) -> timedelta:
        """Tell how long to wait before the next batch."""
        return max(self.rest - now, timedelta()) if self.rest is not None else timedelta()


def paced(pace: Pace, deliveries: Iterable[Delivery], now: datetime) -> Pace:
    """Learn from what became of a batch."""
    those = list(deliveries)
    complaints = [each for each in those if each.throttled]
    if complaints:
        asked = max((each.retry_after or timedelta() for each in complaints), default=timedelta())
        rest = max(min(_FIRST_REST * 2**pace.complaints, _LONGEST_REST), asked)
        return evolve(
            pace, width=max(1, pace.width // 2), rest=now + rest, complaints=pace.complaints + 1, calm=0
        )
    if not any(each.status is Status.SENT for each in those):
        return pace
    if pace.width == pace.most:
        return pace if pace.rest is None else Pace(pace.most)
    if pace.calm + 1 < _CALM:
        return evolve(pace, rest=None, complaints=0, calm=pace.calm + 1)
    return evolve(pace, rest=None, complaints=0, calm=0, width=pace.width + 1)


@frozen
class Backoff:
    """When to try one message again: waits double from `first` to `longest`, and after `attempts` it is given up."""

    first: timedelta = timedelta(minutes=1)
    longest: timedelta = timedelta(hours=4)
    attempts: int = 12

    def after(self, attempts: int, key: str) -> timedelta:
        """Give the wait after so many attempts, moved by the message's own key so that not all come back at once."""
        doubled = min(self.first * 2.0 ** min(attempts - 1, 30), self.longest)
        return doubled * (1 + int(key[:4] or "0", 16) / 0xFFFF / 4)
