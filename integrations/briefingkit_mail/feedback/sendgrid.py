"""What SendGrid tells (www.twilio.com/docs/sendgrid/for-developers/tracking-events): events by the hundred, signed."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from attrs import field, frozen

from briefingkit.errors import IntegrationError, MailingError, MissingExtra
from briefingkit.mailing.incoming.feedback import Event, Kind, Reason
from briefingkit_mail.feedback.calls import check_time, decoded, each, header, instant, text, told, words
from briefingkit_mail.http_fields import TAG

__all__ = ["SendGridFeedback"]

_OLDEST = timedelta(days=1)  # it tries again for a day
_SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
_TIME = "X-Twilio-Email-Event-Webhook-Timestamp"
_KINDS = {
    "processed": Kind.QUEUED,
    "dropped": Kind.REJECTED,
    "delivered": Kind.DELIVERED,
    "deferred": Kind.DEFERRED,
    "bounce": Kind.BOUNCED,
    "open": Kind.OPENED,
    "click": Kind.CLICKED,
    "spamreport": Kind.COMPLAINED,
    "unsubscribe": Kind.UNSUBSCRIBED,
    "group_unsubscribe": Kind.UNSUBSCRIBED,
}
_DROPPED = {
    "bounced address": Reason.BOUNCED,
    "invalid": Reason.INVALID,
    "spam reporting address": Reason.SPAM,
    "unsubscribed address": Reason.UNSUBSCRIBED,
}
"""Reasons for a mail that was not sent, in small letters."""
_BOUNCED = {"bounce": Reason.BOUNCED, "blocked": Reason.BLOCKED, "expired": Reason.TIMED_OUT}


@frozen
class SendGridFeedback:
    """Receive what SendGrid tells; `public_key` is that of its signed event webhook, as it shows it."""

    public_key: str = field(repr=False)

    def receive(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Iterable[Event]:
        """Read a call."""
        at = header(headers, _TIME)
        self._check(decoded(header(headers, _SIGNATURE)), at.encode("utf-8", "replace") + body)
        check_time(instant(at), now, _OLDEST)
        return [event for value in each(told(body)) if (event := _event(value, now)) is not None]

    def _check(self, signature: bytes, signed: bytes) -> None:
        try:
            from cryptography.exceptions import InvalidSignature
            from cryptography.hazmat.primitives.asymmetric import ec
            from cryptography.hazmat.primitives.hashes import SHA256
            from cryptography.hazmat.primitives.serialization import load_der_public_key
        except ModuleNotFoundError as error:
            raise MissingExtra(
                "SendGrid's signatures need the package cryptography, which is not installed: "
                'pip install "briefingkit[sendgrid]"'
            ) from error
        try:
            key = load_der_public_key(decoded(self.public_key))
        except (ValueError, MailingError):
            key = None
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise IntegrationError("public_key is not the verification key that SendGrid shows")
        try:
            key.verify(signature, signed, ec.ECDSA(SHA256()))
        except InvalidSignature:
            raise MailingError("a call about mails is not signed by SendGrid") from None


def _event(value: Mapping[str, Any], now: datetime) -> Event | None:
    kind, named = _KINDS.get(str(value.get("event"))), text(value.get("sg_event_id"))
    if kind is None or named is None:
        return None
    why, sort = str(value.get("reason") or "").lower(), str(value.get("type") or "")
    reason = None
    if kind is Kind.REJECTED:
        reason = _DROPPED.get(why, Reason.OTHER)
    elif kind is Kind.BOUNCED:
        reason = _BOUNCED.get(sort, Reason.OTHER)
    recipient = text(value.get("email"))
    return Event(
        kind,
        f"sendgrid:{named}",
        instant(value.get("timestamp")) or now,
        recipient,
        text(value.get(TAG)),
        text(value.get("sg_message_id")),
        reason,
        permanent=reason in {Reason.BOUNCED, Reason.INVALID},
        words=words(value.get("reason"), value.get("response"), recipient=recipient),
    )
