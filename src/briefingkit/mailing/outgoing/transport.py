"""What carries mail: a transport takes messages up to the point of no return, waits there, and then lets them go.

Between the two the ledger writes down that they are about to go. Whatever dies before that has sent nothing; whatever
dies after it leaves at most one batch of which nobody can say whether it went (RFC 1047).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable

from attrs import field, frozen

from briefingkit.mailing.messages.message import Message

__all__ = ["Capabilities", "Delivery", "Expecting", "Feature", "Settled", "Staged", "Status", "Transport"]


class Status(StrEnum):
    """What became of a message that was handed over."""

    SENT = "sent"
    """Whoever took it answers for it from now on."""
    DEFERRED = "deferred"
    """It was not taken now, and may be later."""
    FAILED = "failed"
    """It will not be taken."""
    UNKNOWN = "unknown"
    """It was let go, and no answer came."""


@frozen
class Delivery:
    """What became of the message with this `key`: `code` and `words` are the server's, in words without addresses.

    `retry_after` is how long the server asks to wait; zero is the transport's, which can try again at once and counts
    no attempt. `throttled` says that it is not about this
    message: we send too much, too fast, or the service is away. `remote_id` is the server's name for the message.
    """

    key: str
    status: Status
    code: int | None = None
    words: str = ""
    remote_id: str | None = None
    retry_after: timedelta | None = None
    throttled: bool = False


class Feature(StrEnum):
    """What a transport may be able to carry."""

    OCTETS = "the mail as it was written, to the octet"
    CALENDAR = "an event that mail programs offer to accept, by its METHOD"
    HEADERS = "headers of one's own, for unsubscribing too"
    MESSAGE_ID = "the Message-ID that the mail was given"
    UTF8_ADDRESSES = "addresses that are not ASCII"


@frozen
class Capabilities:
    """What a transport can do.

    `batch` is how many messages it holds at the point of no return. `finds` says that it can tell afterwards whether a
    message went, `repeats` that one which is given twice is held once. `rate` is how many recipients a second it is
    allowed, all senders with this `account` together, None for no limit. `lacks` says in words what it does not carry,
    by feature.
    """

    batch: int
    finds: bool = False
    repeats: bool = False
    rate: float | None = None
    account: str = ""
    lacks: Mapping[Feature, str] = field(factory=dict, hash=False)

    def carries(self, feature: Feature) -> bool:
        """Tell whether it carries something."""
        return feature not in self.lacks


class Staged(Protocol):
    """Messages at the point of no return."""

    @property
    def keys(self) -> Sequence[str]:
        """Those that `commit` would let go."""

    @property
    def settled(self) -> Sequence[Delivery]:
        """Those that will not go whatever is done: the server has refused them."""

    def commit(self) -> Iterable[Delivery]:
        """Let them go, and give what became of each; one that is not given is of unknown fate."""

    def abandon(self) -> None:
        """Let none of them go."""


class Transport(Protocol):
    """All that a way to send implements. It is used by one thread at a time."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""

    def stage(self, messages: Sequence[Message]) -> Staged:
        """Bring messages, at most a batch, to the point of no return; nothing is sent by that.

        Raises `errors.Transient` where nobody can be reached and none was taken, and IntegrationError where trying
        again is no use: a password that is wrong, a certificate that nobody signed.
        """

    def find(self, message: Message) -> Delivery | None:
        """Tell what became of a message that may have gone; None where nothing is found of it."""

    def close(self) -> None:
        """Give connections back; it may be used again."""


@runtime_checkable
class Expecting(Protocol):
    """What a transport has beside that, if it can begin with a message while the one before is let go."""

    def expect(self, messages: Sequence[Message]) -> None:
        """Hear, just before a batch is let go, what is likely to be staged after it; it may be something else."""


@frozen
class Settled:
    """Staged messages of which none can go: all was said already."""

    settled: Sequence[Delivery] = ()
    keys: Sequence[str] = ()

    def commit(self) -> Iterable[Delivery]:
        """Let nothing go."""
        return ()

    def abandon(self) -> None:
        """Do nothing."""
