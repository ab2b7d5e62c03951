"""SendGrid: fields, of which it writes the mail (www.twilio.com/docs/sendgrid/api-reference, POST /v3/mail/send).

A request holds one text for up to a thousand recipients, each with a subject and headers of their own. So mails that
differ in nothing else share a request; most of ours greet their recipient, and go alone.
"""

from collections.abc import Hashable, Mapping, Sequence
from functools import cached_property
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import quote

from attrs import field, frozen, validators

from briefingkit.mailing.messages.message import Mailbox, Message
from briefingkit.mailing.outgoing.transport import Capabilities, Delivery, Feature, Status
from briefingkit.web_api.line import Call, Garbled, Reply
from briefingkit.web_api.settings import check_key
from briefingkit_mail.http_fields import FILE_NAME, TAG, as_text, attached, one_line, own_headers, wire
from briefingkit_mail.http_lookup import objects, within
from briefingkit_mail.http_posting import Service
from briefingkit_mail.http_transport import HTTPTransport, account

__all__ = ["SendGrid"]

_ROOTS = {"global": "https://api.sendgrid.com", "eu": "https://api.eu.sendgrid.com"}
_LARGEST = 30 << 20  # "Limitations" of the API page: of a mail with its attachments
_MOST = 1000
_LACKS = {
    Feature.OCTETS: "SendGrid writes the mail from its fields",
    Feature.UTF8_ADDRESSES: "an address has to be ASCII before its @",
}
_ITS_OWN = frozenset(("received", "dkim-signature", "cc", "bcc", "x-sg-id", "x-sg-eid"))
"""Headers beside those of fields that a request may not hold ("headers" of the API page)."""
_QUOTES = frozenset("\"'\\")
_WENT = frozenset(("processed", "delivered", "deferred", "bounced", "blocked"))


@frozen(slots=False)
class SendGrid(HTTPTransport):
    """Send through SendGrid's API; `region` is `eu` for a subuser of that region.

    `batch` is how many messages are held at once, and so may share a request.
    """

    api_key: str = field(repr=False, validator=check_key)
    region: Literal["global", "eu"] = "global"
    batch: int = field(default=10, validator=[validators.ge(1), validators.le(_MOST)])

    @property
    def capabilities(self) -> Capabilities:
        """Give what it can do."""
        named = account("sendgrid", self.api_key)
        return Capabilities(self.batch, finds=True, rate=self.rate, account=named, lacks=_LACKS)

    def find(self, message: Message) -> Delivery | None:
        """Look in the Email Logs, which are kept for thirty days, for a mail to this recipient with this key."""
        if _QUOTES & set(message.recipient):
            return None
        query = {"query": f'to_email = "{message.recipient}"', "limit": 100}
        url = f"{self._url}/v3/logs"
        answer = self._ask(Call.of_json("POST", url, self._headers, query))
        for one in objects(within(answer, "messages")):
            named, status = str(one.get("sg_message_id", "")), str(one.get("status", ""))
            if status in _WENT and named and self._is_it(named, message.key):
                return Delivery(message.key, Status.SENT, words=status, remote_id=named)
        return None

    def _is_it(self, named: str, key: str) -> bool:
        url = f"{self._url}/v3/logs/{quote(named, safe='')}"
        told = self._ask(Call("GET", url, self._headers))
        return bool(within(within(told, "unique_args"), TAG) == key)

    @property
    def _root(self) -> str:
        return _ROOTS[self.region]

    @property
    def _headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.api_key}"}

    @cached_property
    def _service(self) -> Service:
        return Service(
            name="SendGrid",
            url=self._url,
            compose=self._compose,
            read=_read,
            largest=_LARGEST,
            advice="Look at api_key, which needs Mail Send, and at region; the sender has to be verified",
            group=_group,
            most=_MOST,
            distinct=True,  # SendGrid refuses an address that is there twice
            secrets=(self.api_key,),
        )

    def _compose(self, messages: Sequence[Message]) -> Call:
        parts = messages[0].parts
        value: dict[str, Any] = {
            "personalizations": [_person(message) for message in messages],
            "from": _mailbox(parts.sender, wire(parts.sender)),
            "subject": one_line(parts.subject) or " ",  # for all that have none of their own
            "content": _content(messages[0]),
            # Links stay as they are, also where the account would have them watched.
            "tracking_settings": {
                "click_tracking": {"enable": False, "enable_text": False},
                "open_tracking": {"enable": False},
                "subscription_tracking": {"enable": False},
            },
        }
        if parts.reply_to is not None:
            value["reply_to"] = _mailbox(parts.reply_to, wire(parts.reply_to))
        if parts.calendar is not None:
            value["attachments"] = [
                {"content": attached(parts.calendar), "filename": FILE_NAME, "type": "application/ics"}
            ]
        return Call.of_json("POST", f"{self._url}/v3/mail/send", self._headers, value)


def _group(message: Message) -> Hashable:
    """Tell mails apart that cannot share a request: by all that a request says but once."""
    parts = message.parts
    return (parts.sender, parts.reply_to, parts.text, parts.html, parts.calendar, parts.method)


def _person(message: Message) -> dict[str, Any]:
    return {
        "to": [_mailbox(message.parts.recipient, message.recipient)],
        "subject": one_line(message.parts.subject) or " ",
        "headers": own_headers(message, without=_ITS_OWN),
        "custom_args": {TAG: message.key},
    }


def _mailbox(mailbox: Mailbox, address: str) -> dict[str, str]:
    name = one_line(mailbox.name)
    return {"email": address, "name": name} if name else {"email": address}


def _content(message: Message) -> list[dict[str, str]]:
    """Give the alternatives; a calendar with its method is one of them, and its type takes no charset."""
    parts = message.parts
    content = [{"type": "text/plain", "value": as_text(parts.text)}]
    if parts.html is not None:
        content.append({"type": "text/html", "value": as_text(parts.html)})
    if parts.calendar is not None:
        kind = "text/calendar" if parts.method is None else f"text/calendar; method={parts.method}"
        content.append({"type": kind, "value": parts.calendar.decode()})
    return content


def _read(reply: Reply, messages: Sequence[Message]) -> Sequence[Delivery]:
    """Take 202 for a yes: nothing comes with it but a name, in a header."""
    if reply.status != HTTPStatus.ACCEPTED:
        raise Garbled("not accepted")
    named = reply.headers.get("x-message-id")
    return [
        Delivery(message.key, Status.SENT, reply.status, "accepted", remote_id=named) for message in messages
    ]
