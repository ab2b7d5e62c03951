"""Mailgun: the mail goes as it was written, one a request (documentation.mailgun.com, POST /v3/{domain}/messages.mime).

Mailgun can fill in a thousand recipients' variables in one mail. Each of ours is its recipient's own, to the octet, so
nothing is left to fill in.
"""

import base64
import hashlib
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Literal
from urllib.parse import quote

from attrs import field, frozen, validators

from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.outgoing.transport import Capabilities, Delivery, Feature, Status
from briefingkit.web_api.line import Call, Reply
from briefingkit.web_api.settings import check_key
from briefingkit_mail.http_fields import TAG
from briefingkit_mail.http_lookup import objects, within
from briefingkit_mail.http_posting import Service
from briefingkit_mail.http_transport import HTTPTransport
from briefingkit_mail.http_verdicts import taken

__all__ = ["Mailgun"]

_ROOTS = {"us": "https://api.mailgun.net", "eu": "https://api.eu.mailgun.net"}
_LARGEST = 25 << 20  # "Maximum message size", user manual
_LACKS = {Feature.UTF8_ADDRESSES: "an address has to be ASCII before its @"}
_TOOK_IT = ("accepted", "delivered", "opened", "clicked", "complained", "unsubscribed")


@frozen(slots=False)
class Mailgun(HTTPTransport):
    """Send through Mailgun's API for a domain of the account.

    `region` is where the domain was made.
    """

    domain: str = field(validator=validators.matches_re(r"[A-Za-z0-9._-]{1,253}"))
    api_key: str = field(repr=False, validator=check_key)
    region: Literal["us", "eu"] = "us"

    @property
    def capabilities(self) -> Capabilities:
        """Give what it can do."""
        named = f"mailgun:{self.domain}"
        return Capabilities(self.connections, finds=True, rate=self.rate, account=named, lacks=_LACKS)

    def find(self, message: Message) -> Delivery | None:
        """Look among the domain's events, which are kept for at least three days."""
        url = f"{self._url}/v3/{self.domain}/events"
        query = {"recipient": message.recipient, "limit": "300", "ascending": "no"}
        answer = self._ask(Call("GET", url, self._headers, query=query))
        for event in objects(within(answer, "items")):
            key = within(event.get("user-variables"), TAG)
            if key == message.key and event.get("event") in _TOOK_IT:
                return Delivery(message.key, Status.SENT, words=str(event["event"]))
        return None

    @property
    def _root(self) -> str:
        return _ROOTS[self.region]

    @property
    def _headers(self) -> dict[str, str]:
        told = base64.b64encode(f"api:{self.api_key}".encode()).decode()
        return {"Authorization": f"Basic {told}", "Accept": "application/json"}

    @cached_property
    def _service(self) -> Service:
        return Service(
            name="Mailgun",
            url=self._url,
            compose=self._compose,
            read=_read,
            largest=_LARGEST,
            advice="Look at api_key, and at domain and region, which belong together",
            secrets=(self.api_key,),
        )

    def _compose(self, messages: Sequence[Message]) -> Call:
        """Write a form with the mail as a file; links and pictures stay as they are."""
        from urllib3.fields import RequestField
        from urllib3.filepost import encode_multipart_formdata

        (message,) = messages
        fields = {"to": message.recipient, "o:tracking": "no", "o:tag": TAG, f"v:{TAG}": message.key}
        parts = [_form_field(name, value) for name, value in fields.items()]
        mail = RequestField("message", message.content, filename="message.mime")
        mail.make_multipart(content_type="message/rfc822")
        boundary = f"briefingkit-{hashlib.sha256(message.content).hexdigest()[:40]}"
        body, kind = encode_multipart_formdata([*parts, mail], boundary)
        url = f"{self._url}/v3/{quote(self.domain)}/messages.mime"
        return Call("POST", url, {**self._headers, "Content-Type": kind}, body)


def _form_field(name: str, value: str) -> Any:
    from urllib3.fields import RequestField

    made = RequestField(name, value.encode())
    made.make_multipart()
    return made


def _read(reply: Reply, messages: Sequence[Message]) -> Sequence[Delivery]:
    """Take an answer that names the message for a yes."""
    return taken(reply, messages, [reply.json()["id"]], "queued")
