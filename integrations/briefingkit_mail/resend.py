"""Resend: fields, of which it writes the mail (resend.com/docs/api-reference/emails).

A request may hold a hundred mails, but no attachment among them. So mails with an event go alone, and others together.
"""

import hashlib
from collections.abc import Hashable, Mapping, Sequence
from functools import cached_property
from http import HTTPStatus
from typing import Any

from attrs import field, frozen, validators

from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.outgoing.transport import Capabilities, Delivery, Feature
from briefingkit.web_api.line import Call, Reply
from briefingkit.web_api.settings import check_key
from briefingkit_mail.http_fields import FILE_NAME, TAG, as_text, attached, one_line, own_headers, shown, wire
from briefingkit_mail.http_posting import Service
from briefingkit_mail.http_settings import check_connections, check_rate
from briefingkit_mail.http_transport import HTTPTransport, account
from briefingkit_mail.http_verdicts import Verdict, judged, taken

__all__ = ["Resend"]

_LARGEST = 40 << 20  # "attachments", API reference
_MOST = 100
_RATE = 2.0
"""Requests a second that an account has at first (resend.com/docs/api-reference/rate-limit)."""
_LACKS = {
    Feature.OCTETS: "Resend writes the mail from its fields",
    Feature.CALENDAR: "the event comes as an attachment, which fewer programs offer to accept",
    Feature.MESSAGE_ID: "Resend gives one of its own",
    Feature.UTF8_ADDRESSES: "an address has to be ASCII before its @",
}
_ITS_OWN = frozenset(("message-id", "date", "cc", "bcc", "sender"))
_NAMED = {
    "concurrent_idempotent_requests": Verdict.UNSURE,
    "invalid_idempotent_request": Verdict.UNSURE,
    "daily_quota_exceeded": Verdict.BUSY,
    "rate_limit_exceeded": Verdict.BUSY,
    "monthly_quota_exceeded": Verdict.DENIED,
    "validation_error": Verdict.REFUSED,
    "not_found": Verdict.DENIED,
}
"""Errors by name (resend.com/docs/api-reference/errors); others by status."""


@frozen(slots=False)
class Resend(HTTPTransport):
    """Send through Resend's API.

    `rate` is the recipients a second that the account is allowed: two at first, where each mail has an event and so a
    request of its own. `batch` is how many messages are held at once, and may share a request. Nothing can be looked
    up: Resend's list of mails cannot be searched.
    """

    api_key: str = field(repr=False, validator=check_key)
    batch: int = field(default=20, validator=[validators.ge(1), validators.le(_MOST)])
    connections: int = field(default=2, validator=check_connections)
    rate: float | None = field(default=_RATE, validator=check_rate)

    _root = "https://api.resend.com"

    @property
    def capabilities(self) -> Capabilities:
        """Give what it can do. A key that lives for a day helps within a run, and promises nothing after it."""
        return Capabilities(self.batch, rate=self.rate, account=account("resend", self.api_key), lacks=_LACKS)

    @cached_property
    def _service(self) -> Service:
        return Service(
            name="Resend",
            url=self._url,
            compose=self._compose,
            read=_read,
            largest=_LARGEST,
            advice="Look at api_key, and whether the sender's domain is verified",
            judge=_judged,
            group=_group,
            most=_MOST,
            keyed=True,
            secrets=(self.api_key,),
        )

    def _compose(self, messages: Sequence[Message]) -> Call:
        mails = [_mail(message) for message in messages]
        if len(messages) == 1:
            return self._call("/emails", messages[0].key, mails[0])
        keys = " ".join(message.key for message in messages)
        return self._call("/emails/batch", hashlib.sha256(keys.encode()).hexdigest(), mails)

    def _call(self, path: str, key: str, value: Any) -> Call:
        headers = {"Authorization": f"Bearer {self.api_key}", "Idempotency-Key": f"{TAG}/{key}"}
        return Call.of_json("POST", f"{self._url}{path}", headers, value)


def _group(message: Message) -> Hashable | None:
    return "together" if message.parts.calendar is None else None


def _mail(message: Message) -> dict[str, Any]:
    parts = message.parts
    mail: dict[str, Any] = {
        "from": shown(parts.sender, wire(parts.sender)),
        "to": [shown(parts.recipient, message.recipient)],
        "subject": one_line(parts.subject) or " ",
        "text": as_text(parts.text),
        "headers": own_headers(message, without=_ITS_OWN),
        "tags": [{"name": TAG, "value": message.key}],
    }
    if parts.html is not None:
        mail["html"] = as_text(parts.html)
    if parts.reply_to is not None:
        mail["reply_to"] = [shown(parts.reply_to, wire(parts.reply_to))]
    if parts.calendar is not None:
        method = "" if parts.method is None else f"; method={parts.method}"
        mail["attachments"] = [
            {
                "filename": FILE_NAME,
                "content": attached(parts.calendar),
                "content_type": f"text/calendar; charset=utf-8{method}",
            }
        ]
    return mail


def _judged(reply: Reply) -> Verdict:
    usual = judged(reply)
    if usual is Verdict.TAKEN:
        return usual
    named = str(reply.fields().get("name"))
    if named == "validation_error" and reply.status == HTTPStatus.FORBIDDEN:  # the domain is not verified
        return Verdict.DENIED
    return _NAMED.get(named, usual)


def _read(reply: Reply, messages: Sequence[Message]) -> Sequence[Delivery]:
    """Read the names that it gave, one for each, in the order of the request."""
    answer: Mapping[str, Any] = reply.json()
    given = [one["id"] for one in answer["data"]] if len(messages) > 1 else [answer["id"]]
    return taken(reply, messages, given, "queued")
