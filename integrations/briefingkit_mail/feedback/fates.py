"""What became of a message, for tables from a service's own words."""

from attrs import frozen

from briefingkit.mailing.incoming.feedback import Kind, Reason

__all__ = ["HARD_BOUNCE", "SOFT_BOUNCE", "SPAM", "UNSUBSCRIBED", "Fate"]


@frozen
class Fate:
    """What a word means: see `Event`."""

    kind: Kind
    reason: Reason | None = None
    permanent: bool = False


HARD_BOUNCE = Fate(Kind.BOUNCED, Reason.BOUNCED, permanent=True)
SOFT_BOUNCE = Fate(Kind.BOUNCED, Reason.OTHER)
SPAM = Fate(Kind.COMPLAINED, Reason.SPAM)
UNSUBSCRIBED = Fate(Kind.UNSUBSCRIBED, Reason.UNSUBSCRIBED)
