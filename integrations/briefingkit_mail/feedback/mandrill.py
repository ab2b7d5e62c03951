"""What Mailchimp Transactional tells: events in a form, signed.

mailchimp.com/developer/transactional/docs/webhooks, and its guide "Authenticating webhook requests".
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from attrs import field, frozen

from briefingkit.errors import MailingError
from briefingkit.mailing.incoming.feedback import Event, Kind, Reason
from briefingkit.web_api.settings import check_key
from briefingkit_mail.feedback.calls import each, header, instant, mapping, same, text, told, words
from briefingkit_mail.feedback.fates import HARD_BOUNCE, SOFT_BOUNCE, SPAM, UNSUBSCRIBED, Fate
from briefingkit_mail.http_fields import TAG

__all__ = ["MailchimpTransactionalFeedback"]

_FATES: Mapping[str, Fate] = {
    "send": Fate(Kind.SENT),
    "delivered": Fate(Kind.DELIVERED),
    "deferral": Fate(Kind.DEFERRED),
    "hard_bounce": HARD_BOUNCE,
    "soft_bounce": SOFT_BOUNCE,
    "reject": Fate(Kind.REJECTED, Reason.BLOCKED),
    "spam": SPAM,
    "unsub": UNSUBSCRIBED,
    "open": Fate(Kind.OPENED),
    "click": Fate(Kind.CLICKED),
}
_MOST_FIELDS = 10


@frozen
class MailchimpTransactionalFeedback:
    """Receive what Mailchimp Transactional tells; `key` is that of the webhook, and `url` the address that it calls.

    The signature has no time in it, so an old call can be made again: it says nothing new, by the ids of its events.
    """

    key: str = field(repr=False, validator=check_key)
    url: str = field(repr=False)

    def receive(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Iterable[Event]:
        """Read a call."""
        try:
            form = dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
        except ValueError:
            raise MailingError("a call about mails cannot be read") from None
        signed = self.url + "".join(name + form[name] for name in sorted(form))
        digest = hmac.new(self.key.encode(), signed.encode("utf-8", "replace"), hashlib.sha1).digest()
        if not same(header(headers, "X-Mandrill-Signature"), base64.b64encode(digest).decode()):
            raise MailingError("a call about mails is not signed by Mailchimp Transactional")
        events = each(told(form.get("mandrill_events", "").encode("utf-8", "replace")))
        return [event for value in events if (event := _event(value, now)) is not None]


def _event(value: Mapping[str, Any], now: datetime) -> Event | None:
    fate, message = _FATES.get(str(value.get("event"))), mapping(value.get("msg"))
    named = text(value.get("_id")) or text(message.get("_id"))
    if fate is None or named is None:
        return None
    recipient, at = text(message.get("email")), value.get("ts")
    return Event(
        fate.kind,
        f"mandrill:{named}:{fate.kind}:{at}",
        instant(at) or now,
        recipient,
        text(mapping(message.get("metadata")).get(TAG)),
        named,
        fate.reason,
        permanent=fate.permanent,
        words=words(message.get("diag"), message.get("bounce_description"), recipient=recipient),
    )
