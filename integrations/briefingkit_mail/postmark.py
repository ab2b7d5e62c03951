"""Postmark: fields, of which it writes the mail, 500 a request (postmarkapp.com/developer/api/email-api)."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from attrs import field, frozen, validators

from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.outgoing.answers import clean
from briefingkit.mailing.outgoing.transport import Capabilities, Delivery, Feature, Status
from briefingkit.web_api.line import Call, Reply
from briefingkit.web_api.settings import check_key
from briefingkit_mail.http_fields import FILE_NAME, TAG, as_text, attached, one_line, own_headers, shown, wire
from briefingkit_mail.http_lookup import named, objects, within
from briefingkit_mail.http_posting import Service
from briefingkit_mail.http_settings import check_connections
from briefingkit_mail.http_transport import HTTPTransport, account
from briefingkit_mail.http_verdicts import hidden_in

__all__ = ["Postmark"]

_LARGEST = 10 << 20  # "413 — Payload Too Large", API overview
_MOST = 500
_ROOM = 35 << 20  # of 50 MB a request, less what base64 and JSON add
_LACKS = {
    Feature.OCTETS: "Postmark writes the mail from its fields",
    Feature.CALENDAR: "the event comes as an attachment, which fewer programs offer to accept",
    Feature.UTF8_ADDRESSES: "an address has to be ASCII before its @",
}
_ITS_OWN = frozenset(("date", "cc", "bcc", "return-path", "sender"))
_ACCOUNT = frozenset((10, 100, 400, 401, 405, 412, 413, 429, 1235))
"""Error codes that are not about the message: token, maintenance, sender, credits, approval, stream (API overview)."""
_WENT = frozenset(("queued", "sent", "processed"))


@frozen(slots=False)
class Postmark(HTTPTransport):
    """Send through one of an account's servers; `stream` is the message stream, `broadcast` for mails to many.

    `batch` is how many messages are held at once, and share a request.
    """

    server_token: str = field(repr=False, validator=check_key)
    stream: str = field(default="outbound", validator=validators.matches_re(r"[A-Za-z0-9_-]{1,60}"))
    batch: int = field(default=50, validator=[validators.ge(1), validators.le(_MOST)])
    connections: int = field(default=4, validator=check_connections)

    _root = "https://api.postmarkapp.com"

    @property
    def capabilities(self) -> Capabilities:
        """Give what it can do."""
        named = account("postmark", self.server_token)
        return Capabilities(self.batch, finds=True, rate=self.rate, account=named, lacks=_LACKS)

    def find(self, message: Message) -> Delivery | None:
        """Search among outbound messages, which are kept for 45 days, by the key that was given along."""
        url = f"{self._url}/messages/outbound"
        query = {"count": "50", "offset": "0", f"metadata_{TAG}": message.key}
        answer = self._ask(Call("GET", url, self._headers, query=query))
        for one in objects(within(answer, "Messages")):
            status = str(one.get("Status", "")).lower()
            if within(one.get("Metadata"), TAG) == message.key and status in _WENT:
                return Delivery(message.key, Status.SENT, words=status, remote_id=named(one.get("MessageID")))
        return None

    @property
    def _headers(self) -> Mapping[str, str]:
        return {"X-Postmark-Server-Token": self.server_token, "Accept": "application/json"}

    @cached_property
    def _service(self) -> Service:
        return Service(
            name="Postmark",
            url=self._url,
            compose=self._compose,
            read=_read,
            largest=_LARGEST,
            advice="Look at server_token, which is that of a server and not of the account, and at stream",
            group=lambda _message: self.stream,
            most=_MOST,
            room=_ROOM,
            secrets=(self.server_token,),
        )

    def _compose(self, messages: Sequence[Message]) -> Call:
        mails = [_mail(message, self.stream) for message in messages]
        return Call.of_json("POST", f"{self._url}/email/batch", self._headers, mails)


def _mail(message: Message, stream: str) -> dict[str, Any]:
    parts = message.parts
    headers = own_headers(message, without=_ITS_OWN)
    mail: dict[str, Any] = {
        "From": shown(parts.sender, wire(parts.sender)),
        "To": shown(parts.recipient, message.recipient),
        "Subject": one_line(parts.subject),
        "TextBody": as_text(parts.text),
        # It gives a Message-ID of its own where it is not asked to keep ours.
        "Headers": [{"Name": name, "Value": value} for name, value in headers.items()]
        + [{"Name": "X-PM-KeepID", "Value": "true"}],
        "MessageStream": stream,
        "Metadata": {TAG: message.key},
        "TrackOpens": False,
        "TrackLinks": "None",
    }
    if parts.html is not None:
        mail["HtmlBody"] = as_text(parts.html)
    if parts.reply_to is not None:
        mail["ReplyTo"] = shown(parts.reply_to, wire(parts.reply_to))
    if parts.calendar is not None:
        method = "" if parts.method is None else f"; method={parts.method}"
        kind = f"text/calendar; charset=utf-8{method}"
        content = attached(parts.calendar)
        mail["Attachments"] = [{"Name": FILE_NAME, "Content": content, "ContentType": kind}]
    return mail


def _read(reply: Reply, messages: Sequence[Message]) -> Sequence[Delivery]:
    """Read what became of each, in the order of the request: 200 says only that all of it was looked at."""
    answers = reply.json()
    if not isinstance(answers, list):
        raise TypeError("no list")
    if len(answers) != len(messages):
        return [Delivery("", Status.UNKNOWN) for _ in answers]
    return [_each(answer, message) for answer, message in zip(answers, messages, strict=True)]


def _each(answer: Any, message: Message) -> Delivery:
    try:
        code, named = int(answer["ErrorCode"]), answer.get("MessageID")
    except (AttributeError, LookupError, TypeError, ValueError):
        return Delivery(message.key, Status.UNKNOWN, words="an answer that cannot be read")
    words = clean(f"{code}: {answer.get('Message', '')}", hidden_in([message]))
    if code == 0 and isinstance(named, str) and named:
        return Delivery(message.key, Status.SENT, 0, words, remote_id=named)
    if code == 0:
        return Delivery(message.key, Status.UNKNOWN, 0, "taken, without a name")
    if code in _ACCOUNT:
        return Delivery(message.key, Status.DEFERRED, code, words, throttled=True)
    return Delivery(message.key, Status.FAILED, code, words)
