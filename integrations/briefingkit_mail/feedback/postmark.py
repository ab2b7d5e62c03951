"""What Postmark tells (postmarkapp.com/developer/webhooks): one event a call, without a signature."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from attrs import field, frozen

from briefingkit.mailing.incoming.feedback import Event, Kind, Reason
from briefingkit.web_api.settings import check_key
from briefingkit_mail.feedback.calls import check_basic, mapping, moment, text, told, words
from briefingkit_mail.feedback.fates import HARD_BOUNCE, SOFT_BOUNCE, SPAM, UNSUBSCRIBED, Fate
from briefingkit_mail.http_fields import TAG

__all__ = ["PostmarkFeedback"]

_RECORDS: Mapping[str, Fate] = {
    "Delivery": Fate(Kind.DELIVERED),
    "Open": Fate(Kind.OPENED),
    "Click": Fate(Kind.CLICKED),
    "SpamComplaint": SPAM,
}
_BOUNCES: Mapping[str, Fate] = {
    "HardBounce": HARD_BOUNCE,
    "SoftBounce": SOFT_BOUNCE,
    "Transient": Fate(Kind.DEFERRED),
    "DnsError": Fate(Kind.DEFERRED),
    "BadEmailAddress": Fate(Kind.REJECTED, Reason.INVALID, permanent=True),
    "Blocked": Fate(Kind.BOUNCED, Reason.BLOCKED),
    "DMARCPolicy": Fate(Kind.BOUNCED, Reason.BLOCKED),
    "VirusNotification": Fate(Kind.BOUNCED, Reason.OTHER),
    "ManuallyDeactivated": Fate(Kind.REJECTED, Reason.BLOCKED),
    "SpamNotification": SPAM,
    "SpamComplaint": SPAM,
    "Unsubscribe": UNSUBSCRIBED,
    "ManualSuppression": UNSUBSCRIBED,
    "SMTPApiError": Fate(Kind.FAILED, Reason.OTHER),
}
"""Types of bounces ("Bounce types") and reasons of suppressions ("Subscription change webhook")."""
_TIMES = ("DeliveredAt", "BouncedAt", "ReceivedAt", "ChangedAt")


@frozen
class PostmarkFeedback:
    """Receive what Postmark tells: it says a name and a password, which the address that it calls is given."""

    username: str
    password: str = field(repr=False, validator=check_key)

    def receive(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Iterable[Event]:
        """Read a call."""
        check_basic(headers, self.username, self.password)
        value = mapping(told(body))
        fate = _fate(value)
        if fate is None:
            return ()
        recipient = text(value.get("Recipient")) or text(value.get("Email"))
        at = next((found for name in _TIMES if (found := moment(value.get(name))) is not None), None)
        # Only bounces have an id; of the others their content is.
        named = value.get("ID") or hashlib.sha256(body).hexdigest()[:32]
        event = Event(
            fate.kind,
            f"postmark:{named}",
            at or now,
            recipient,
            text(mapping(value.get("Metadata")).get(TAG)),
            text(value.get("MessageID")),
            fate.reason,
            permanent=fate.permanent,
            words=words(value.get("Details"), value.get("Description"), recipient=recipient),
        )
        return (event,)


def _fate(value: Mapping[str, Any]) -> Fate | None:
    record = str(value.get("RecordType"))
    if record == "Bounce":
        return _BOUNCES.get(str(value.get("Type")))
    if record == "SubscriptionChange":
        if value.get("SuppressSending") is not True:
            return None
        why = str(value.get("SuppressionReason"))
        return _BOUNCES.get(why, UNSUBSCRIBED)
    return _RECORDS.get(record)
