"""What Resend tells (resend.com/docs/dashboard/webhooks): one event a call, signed as Svix signs.

docs.svix.com/receiving/verifying-payloads/how-manual.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from attrs import field, frozen

from briefingkit.errors import MailingError, ModelError
from briefingkit.mailing.incoming.feedback import Event, Kind, Reason
from briefingkit_mail.feedback.calls import (
    check_time,
    decoded,
    each,
    header,
    instant,
    mapping,
    moment,
    same,
    text,
    told,
    words,
)
from briefingkit_mail.http_fields import TAG

__all__ = ["ResendFeedback"]

_OLDEST = timedelta(minutes=5)  # each time that it tries again it signs anew
_PREFIX = "whsec_"
_KINDS = {
    "email.sent": Kind.SENT,
    "email.scheduled": Kind.QUEUED,
    "email.delivered": Kind.DELIVERED,
    "email.delivery_delayed": Kind.DEFERRED,
    "email.bounced": Kind.BOUNCED,
    "email.suppressed": Kind.REJECTED,
    "email.failed": Kind.FAILED,
    "email.complained": Kind.COMPLAINED,
    "email.opened": Kind.OPENED,
    "email.clicked": Kind.CLICKED,
}


def _check_secret(_instance: object, attribute: Any, value: str) -> None:
    try:
        decoded(value.removeprefix(_PREFIX))
    except MailingError:
        raise ModelError(
            "this is no signing secret, which begins with whsec_", field=attribute.name
        ) from None


@frozen
class ResendFeedback:
    """Receive what Resend tells; `signing_secret` is that of its webhook."""

    signing_secret: str = field(repr=False, validator=_check_secret)

    def receive(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Iterable[Event]:
        """Read a call. The event's id is the call's."""
        named, at = header(headers, "svix-id"), header(headers, "svix-timestamp")
        signed = f"{named}.{at}.".encode("utf-8", "replace") + body
        key = decoded(self.signing_secret.removeprefix(_PREFIX))
        made = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        given = header(headers, "svix-signature").split()
        if not named or not any([same(one, f"v1,{made}") for one in given]):  # noqa: C419 - each takes its time
            raise MailingError("a call about mails is not signed by Resend")
        check_time(instant(at), now, _OLDEST)
        event = _event(mapping(told(body)), named, now)
        return () if event is None else (event,)


def _event(value: Mapping[str, Any], named: str, now: datetime) -> Event | None:
    kind, data = _KINDS.get(str(value.get("type"))), mapping(value.get("data"))
    if kind is None:
        return None
    bounce, to = mapping(data.get("bounce")), data.get("to")
    recipient = text(to[0]) if isinstance(to, list) and len(to) == 1 else None
    permanent = kind is Kind.BOUNCED and str(bounce.get("type", "Permanent")) == "Permanent"
    reason = None
    if kind is Kind.BOUNCED:
        reason = Reason.BOUNCED if permanent else Reason.OTHER
    elif kind is Kind.REJECTED:
        reason = Reason.BLOCKED
    elif kind is Kind.COMPLAINED:
        reason = Reason.SPAM
    failed = mapping(data.get("failed"))
    return Event(
        kind,
        f"resend:{named}",
        moment(value.get("created_at")) or now,
        recipient,
        _key(data.get("tags")),
        text(data.get("email_id")),
        reason,
        permanent=permanent,
        words=words(bounce.get("message"), failed.get("reason"), recipient=recipient),
    )


def _key(tags: Any) -> str | None:
    """Find our key among the tags, which come as an object or as a list of names and values."""
    found = (
        {one.get("name"): one.get("value") for one in each(tags)} if isinstance(tags, list) else mapping(tags)
    )
    return text(found.get(TAG))
