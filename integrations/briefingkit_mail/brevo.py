"""Brevo: fields, of which it writes the mail (developers.brevo.com, POST /v3/smtp/email).

A request may hold a thousand versions of a mail, each with its own text, but one attachment for all of them. So mails
with an event go alone, and others together.
"""

import re
import uuid
from collections.abc import Hashable, Mapping, Sequence
from functools import cached_property
from typing import Any

from attrs import field, frozen, validators

from briefingkit.mailing.messages.message import Mailbox, Message
from briefingkit.mailing.outgoing.transport import Capabilities, Delivery, Feature, Status
from briefingkit.web_api.line import Call, Reply
from briefingkit.web_api.settings import check_key
from briefingkit_mail.http_fields import (
    FILE_NAME,
    TAG,
    as_html,
    as_text,
    attached,
    one_line,
    own_headers,
    wire,
)
from briefingkit_mail.http_posting import Service
from briefingkit_mail.http_transport import HTTPTransport, account
from briefingkit_mail.http_verdicts import Verdict, judged, same_for, taken

__all__ = ["Brevo"]

_LARGEST = 20 << 20  # "Size", help.brevo.com on attachments; an attachment has at most 4 MB
_MOST = 1000
_LACKS = {
    Feature.OCTETS: "Brevo writes the mail from its fields, with HTML in any case",
    Feature.CALENDAR: "the event comes as an attachment, whose METHOD only the file itself says",
    Feature.MESSAGE_ID: "Brevo gives one of its own",
    Feature.UTF8_ADDRESSES: "an address has to be ASCII before its @",
}
_ITS_OWN = frozenset(("message-id", "date", "cc", "bcc", "sender"))
_NAMESPACE = uuid.UUID("5f0c4a52-4d0a-5b0e-9c57-0d8f3a4b6c21")
_TEMPLATE = re.compile(r"\{(?=[{%#])")
"""What begins something to be filled in, in Brevo's template language (help.brevo.com, 360000946299)."""


@frozen(slots=False)
class Brevo(HTTPTransport):
    """Send through Brevo's API for transactional mail.

    `batch` is how many messages are held at once, and may share a request. Nothing can be looked up: Brevo's events go
    by a Message-ID that is only known from its answer.
    """

    api_key: str = field(repr=False, validator=check_key)
    batch: int = field(default=50, validator=[validators.ge(1), validators.le(_MOST)])

    _root = "https://api.brevo.com/v3"

    @property
    def capabilities(self) -> Capabilities:
        """Give what it can do. A key that lives for minutes helps within a run, and promises nothing after it."""
        return Capabilities(self.batch, rate=self.rate, account=account("brevo", self.api_key), lacks=_LACKS)

    @cached_property
    def _service(self) -> Service:
        return Service(
            name="Brevo",
            url=self._url,
            compose=self._compose,
            read=_read,
            largest=_LARGEST,
            advice="Look at api_key, which is one of version 3, at the sender, and at the credits that are left",
            judge=_judged,
            group=_group,
            most=_MOST,
            keyed=True,
            secrets=(self.api_key,),
        )

    def _compose(self, messages: Sequence[Message]) -> Call:
        first = messages[0].parts
        keys = " ".join(message.key for message in messages)
        value: dict[str, Any] = {
            "sender": _mailbox(first.sender, wire(first.sender)),
            "tags": [TAG],
            "headers": {"idempotencyKey": str(uuid.uuid5(_NAMESPACE, keys))},
        }
        if len(messages) == 1:
            version = _version(messages[0])
            value["headers"] |= version.pop("headers")
            value |= version
            if first.calendar is not None:
                value["attachment"] = [{"name": FILE_NAME, "content": attached(first.calendar)}]
        else:
            versions = [_version(message) for message in messages]
            # Each version overrides these, which have to be there.
            value |= {name: versions[0][name] for name in ("subject", "htmlContent", "textContent")}
            value["messageVersions"] = versions
        return Call.of_json("POST", f"{self._url}/smtp/email", {"api-key": self.api_key}, value)


def _group(message: Message) -> Hashable | None:
    return message.parts.sender if message.parts.calendar is None else None


def _version(message: Message) -> dict[str, Any]:
    parts = message.parts
    version: dict[str, Any] = {
        "to": [_mailbox(parts.recipient, message.recipient)],
        "subject": _plain(one_line(parts.subject)) or " ",
        "htmlContent": _markup(parts.html or as_html(parts.text)),
        "textContent": as_text(_plain(parts.text)),
        "headers": {**own_headers(message, without=_ITS_OWN), "X-Mailin-custom": message.key},
    }
    if parts.reply_to is not None:
        version["replyTo"] = _mailbox(parts.reply_to, wire(parts.reply_to))
    return version


def _plain(text: str) -> str:
    """Keep the template language out of a text: a word joiner, which nobody sees, after its first brace."""
    return _TEMPLATE.sub("{\u2060", text)


def _markup(text: str) -> str:
    return _TEMPLATE.sub("&#123;", text)


def _mailbox(mailbox: Mailbox, address: str) -> dict[str, str]:
    name = _plain(one_line(mailbox.name))[:70]
    return {"email": address, "name": name} if name else {"email": address}


def _is_repeated(reply: Reply) -> bool:
    """Tell whether Brevo says that it has had this request already."""
    answer = reply.fields()
    words = f"{answer.get('code')} {answer.get('message')}".lower()
    return "duplicate" in words and "idempotency" in words


def _judged(reply: Reply) -> Verdict:
    verdict = judged(reply)
    return Verdict.TAKEN if verdict is Verdict.REFUSED and _is_repeated(reply) else verdict


def _read(reply: Reply, messages: Sequence[Message]) -> Sequence[Delivery]:
    """Read the Message-IDs that it gave, one for each, in the order of the request."""
    if _is_repeated(reply):
        return same_for(messages, Status.SENT, code=reply.status, words="taken before")
    answer: Mapping[str, Any] = reply.json()
    given = answer["messageIds"] if len(messages) > 1 else [answer["messageId"]]
    return taken(reply, messages, given, "queued")
