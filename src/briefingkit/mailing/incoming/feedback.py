"""What comes back after a mail was taken: delivered, bounced, complained about, in one vocabulary for all services.

Words and meanings are django-anymail's (its "Normalized tracking events"), so that who knows those knows these.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from attrs import field, frozen

from briefingkit.mailing.people import suppression

__all__ = ["GROUP", "Event", "Feedback", "Kind", "Reason", "suppresses"]

GROUP = "briefingkit.feedback"
"""The entry-point group of what receives: each names an attrs class whose fields are its configuration."""


class Kind(StrEnum):
    """What became of a message."""

    QUEUED = "queued"
    """The service has it."""
    SENT = "sent"
    """The service has sent it."""
    DEFERRED = "deferred"
    """It was not taken yet, and will be tried again."""
    DELIVERED = "delivered"
    """The recipient's server has it."""
    BOUNCED = "bounced"
    """The recipient's server refused it, or sent it back."""
    REJECTED = "rejected"
    """The service did not send it, because of the recipient."""
    FAILED = "failed"
    """The service could not send it."""
    COMPLAINED = "complained"
    """The recipient called it spam."""
    UNSUBSCRIBED = "unsubscribed"
    """The recipient wants no more of it."""
    OPENED = "opened"
    CLICKED = "clicked"


class Reason(StrEnum):
    """Why a message was not delivered."""

    INVALID = "invalid"
    """The address is none."""
    BOUNCED = "bounced"
    """Nothing can be delivered there, by this time or by an earlier one."""
    TIMED_OUT = "timed_out"
    BLOCKED = "blocked"
    """The recipient's side takes nothing from us, or ours sends nothing there."""
    SPAM = "spam"
    UNSUBSCRIBED = "unsubscribed"
    OTHER = "other"


@frozen
class Event:
    """One thing that became of one message.

    `id` is the same whenever this event comes again, and no other's. `key` is the message's, where it came along, and
    `remote_id` the service's own name for it. `proven` says that whoever tells has seen the message, or is the service
    that sent it. `permanent` says of a bounce that trying again is no use. `words` are
    the other side's, without addresses.
    """

    kind: Kind
    id: str
    at: datetime
    recipient: str | None = field(default=None, repr=False)
    key: str | None = None
    remote_id: str | None = None
    reason: Reason | None = None
    permanent: bool = False
    words: str = field(default="", repr=False)
    proven: bool = True


class Feedback(Protocol):
    """All that a receiver of a service's calls implements; it changes nothing, so a call may come again."""

    def receive(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Iterable[Event]:
        """Read a call, whatever the case of its headers' names; kinds that nobody here knows are left out.

        Raises MailingError, without a word of what came, where it is not from the service or cannot be read.
        """


def suppresses(event: Event) -> suppression.Reason | None:
    """Tell for what reason the recipient is not to be written to after an event, if for any."""
    if event.kind is Kind.COMPLAINED or event.reason is Reason.SPAM:
        return suppression.Reason.COMPLAINED
    if event.kind is Kind.UNSUBSCRIBED or event.reason is Reason.UNSUBSCRIBED:
        return suppression.Reason.UNSUBSCRIBED
    gone = event.kind in {Kind.BOUNCED, Kind.REJECTED}
    if gone and event.permanent and event.reason in {Reason.BOUNCED, Reason.INVALID}:
        return suppression.Reason.BOUNCED
    return None
