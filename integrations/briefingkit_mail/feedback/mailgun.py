"""What Mailgun tells (documentation.mailgun.com, "Webhooks"): one event a call, with a signature beside it."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from attrs import field, frozen

from briefingkit.errors import MailingError
from briefingkit.mailing.incoming.feedback import Event, Kind, Reason
from briefingkit.web_api.settings import check_key
from briefingkit_mail.feedback.calls import check_time, instant, mapping, same, text, told, words
from briefingkit_mail.http_fields import TAG

__all__ = ["MailgunFeedback"]

_OLDEST = timedelta(days=1)  # it tries again for eight hours
_KINDS = {
    "accepted": Kind.QUEUED,
    "rejected": Kind.REJECTED,
    "delivered": Kind.DELIVERED,
    "failed": Kind.BOUNCED,
    "opened": Kind.OPENED,
    "clicked": Kind.CLICKED,
    "unsubscribed": Kind.UNSUBSCRIBED,
    "complained": Kind.COMPLAINED,
}
_REASONS = {
    "bounce": Reason.BOUNCED,
    "suppress-bounce": Reason.BOUNCED,
    "suppress-complaint": Reason.SPAM,
    "suppress-unsubscribe": Reason.UNSUBSCRIBED,
    "old": Reason.TIMED_OUT,
}


@frozen
class MailgunFeedback:
    """Receive what Mailgun tells; `signing_key` is the HTTP webhook signing key of the account.

    The signature is over a time and a token, and not over the event: give each call's token no second hearing.
    """

    signing_key: str = field(repr=False, validator=check_key)

    def receive(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Iterable[Event]:  # noqa: ARG002 - the protocol's
        """Read a call. The event's id is the token."""
        value = mapping(told(body))
        signature = mapping(value.get("signature"))
        at, token = text(signature.get("timestamp")), text(signature.get("token"))
        if at is None or token is None:
            raise MailingError("a call about mails has no signature")
        made = hmac.new(self.signing_key.encode(), f"{at}{token}".encode(), hashlib.sha256).hexdigest()
        if not same(str(signature.get("signature")), made):
            raise MailingError("a call about mails is not signed by Mailgun")
        check_time(instant(at), now, _OLDEST)
        event = _event(mapping(value.get("event-data")), token, now)
        return () if event is None else (event,)


def _event(data: Mapping[str, object], token: str, now: datetime) -> Event | None:
    kind = _KINDS.get(str(data.get("event")))
    if kind is None:
        return None
    permanent = data.get("severity") != "temporary"
    reason = _REASONS.get(str(data.get("reason")))
    if kind is Kind.BOUNCED:
        kind = Kind.BOUNCED if permanent else Kind.DEFERRED
        reason = reason or Reason.OTHER
    status, recipient = mapping(data.get("delivery-status")), text(data.get("recipient"))
    headers = mapping(mapping(data.get("message")).get("headers"))
    return Event(
        kind,
        f"mailgun:{token}",
        instant(data.get("timestamp")) or now,
        recipient,
        text(mapping(data.get("user-variables")).get(TAG)),
        text(headers.get("message-id")),
        reason,
        permanent=kind in {Kind.BOUNCED, Kind.REJECTED} and permanent,
        words=words(
            status.get("message"),
            status.get("description"),
            mapping(data.get("reject")).get("reason"),
            recipient=recipient,
        ),
    )
