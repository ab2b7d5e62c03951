"""What became of a change, and of all of them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum

from attrs import field, frozen

from briefingkit.errors import ApplyFailed
from briefingkit.publish.change import Change
from briefingkit.publish.resource import Remote

__all__ = ["Outcome", "Report", "Status"]


class Status(StrEnum):
    """What is known of a change once it was tried."""

    DONE = "done"
    """The target answered that it is so."""
    REFUSED = "refused"
    """It was not tried: a consent is missing, the target cannot take it, or the run had to stop before it."""
    FAILED = "failed"
    """It was tried, and it is known that nothing changed at the target."""
    UNKNOWN = "unknown"
    """It was tried, and nobody knows what came of it: the next plan reads it again."""


@frozen
class Outcome:
    """What became of one change.

    `remote` is what the server then holds, needed with DONE unless the change was a deletion. `stop` says
    that there is no use in trying the rest of this target (an exhausted quota, a refused key). `outputs`
    are addresses that were made and that the remote does not carry by itself. `target` is filled in by
    `apply`.
    """

    change: Change
    status: Status
    remote: Remote | None = None
    error: str | None = None
    stop: bool = False
    outputs: Mapping[str, str] = field(factory=dict)
    target: str = ""

    def __str__(self) -> str:
        """Say it on one line."""
        words = [self.target, self.change.action, str(self.change.identity), self.status]
        line = " ".join(word for word in words if word)
        return f"{line}: {self.error}" if self.error else line


@frozen
class Report:
    """All outcomes of an apply, in the order in which they came."""

    outcomes: tuple[Outcome, ...]

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> "Report":
        """Gather a stream of outcomes."""
        return cls(tuple(outcomes))

    @property
    def counts(self) -> Mapping[str, int]:
        """Count them by status; a status that did not occur is there as 0."""
        counted = Counter(outcome.status for outcome in self.outcomes)
        return {status.value: counted[status] for status in Status}

    @property
    def failures(self) -> tuple[Outcome, ...]:
        """Return those that left something out of step."""
        return tuple(outcome for outcome in self.outcomes if outcome.status is not Status.DONE)

    @property
    def ok(self) -> bool:
        """Whether everything that was planned is now so."""
        return not self.failures

    def raise_for_failed(self) -> None:
        """Raise ApplyFailed with a line for each resource that was not brought in step; else return."""
        if self.failures:
            raise ApplyFailed([str(outcome) for outcome in self.failures])
