"""What Brevo tells (developers.brevo.com/docs/transactional-webhooks): one event a call, or several, with a token."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from attrs import field, frozen

from briefingkit.mailing.incoming.feedback import Event, Kind, Reason
from briefingkit.web_api.settings import check_key
from briefingkit_mail.feedback.calls import check_bearer, each, instant, number, text, told, words
from briefingkit_mail.feedback.fates import HARD_BOUNCE, SOFT_BOUNCE, SPAM, UNSUBSCRIBED, Fate

__all__ = ["BrevoFeedback"]

_FATES: Mapping[str, Fate] = {
    "request": Fate(Kind.QUEUED),
    "sent": Fate(Kind.SENT),
    "delivered": Fate(Kind.DELIVERED),
    "deferred": Fate(Kind.DEFERRED),
    "hard_bounce": HARD_BOUNCE,
    "soft_bounce": SOFT_BOUNCE,
    "invalid_email": Fate(Kind.REJECTED, Reason.INVALID, permanent=True),
    "blocked": Fate(Kind.REJECTED, Reason.BLOCKED),
    "error": Fate(Kind.FAILED, Reason.OTHER),
    "spam": SPAM,
    "unsubscribed": UNSUBSCRIBED,
    "unsubscribe": UNSUBSCRIBED,
    "opened": Fate(Kind.OPENED),
    "unique_opened": Fate(Kind.OPENED),
    "proxy_open": Fate(Kind.OPENED),
    "unique_proxy_open": Fate(Kind.OPENED),
    "click": Fate(Kind.CLICKED),
}
_THOUSAND = 1000


@frozen
class BrevoFeedback:
    """Receive what Brevo tells; `token` is what it is told to say (docs/username-and-password-authentication)."""

    token: str = field(repr=False, validator=check_key)

    def receive(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Iterable[Event]:
        """Read a call."""
        check_bearer(headers, self.token)
        value = told(body)
        values = each(value if isinstance(value, list) else [value])
        return [event for one in values if (event := _event(one, now)) is not None]


def _event(value: Mapping[str, Any], now: datetime) -> Event | None:
    fate = _FATES.get(str(value.get("event")))
    if fate is None:
        return None
    recipient, epoch = text(value.get("email")), number(value.get("ts_epoch"))
    # Brevo numbers no events: what an event says is what it is.
    named = hashlib.sha256(json.dumps(value, sort_keys=True).encode("utf-8", "replace")).hexdigest()[:32]
    return Event(
        fate.kind,
        f"brevo:{named}",
        (None if epoch is None else instant(epoch / _THOUSAND)) or now,
        recipient,
        text(value.get("X-Mailin-custom")),
        text(value.get("message-id")),
        fate.reason,
        permanent=fate.permanent,
        words=words(value.get("reason"), recipient=recipient),
    )
