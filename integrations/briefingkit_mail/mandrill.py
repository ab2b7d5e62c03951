"""Mailchimp Transactional, which was Mandrill: the mail goes as it was written, one a request.

mailchimp.com/developer/transactional/api/messages, POST /messages/send-raw.
"""

import json
from collections.abc import Sequence
from functools import cached_property

from attrs import field, frozen

from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.outgoing.transport import Capabilities, Delivery, Feature, Status
from briefingkit.web_api.line import Call, Reply
from briefingkit.web_api.settings import check_key
from briefingkit_mail.http_fields import TAG
from briefingkit_mail.http_lookup import named, objects, within
from briefingkit_mail.http_posting import Service
from briefingkit_mail.http_transport import HTTPTransport, account
from briefingkit_mail.http_verdicts import Verdict, judged

__all__ = ["MailchimpTransactional"]

_LARGEST = 25 << 20
_LACKS = {
    Feature.OCTETS: "links are led through the service, unless the account's settings say not to",
    Feature.UTF8_ADDRESSES: "an address has to be ASCII before its @",
}
_TAKEN = frozenset(("sent", "queued", "scheduled"))
_OURS = frozenset(("unsigned", "invalid-sender", "test-mode-limit"))
"""Reasons of a rejection that are about us, and not about the recipient."""
_NAMED = {
    "Invalid_Key": Verdict.DENIED,
    "PaymentRequired": Verdict.DENIED,
    "Unknown_Subaccount": Verdict.DENIED,
    "ValidationError": Verdict.REFUSED,
    "Invalid_Reject": Verdict.REFUSED,
    "ServiceUnavailable": Verdict.BUSY,
}
"""Errors go by name: they come with 500 whatever they are."""
_WENT = frozenset(("sent", "bounced", "soft-bounced", "spam", "unsub", "deferred"))
_QUOTES = frozenset('"\\')


@frozen(slots=False)
class MailchimpTransactional(HTTPTransport):
    """Send through Mailchimp Transactional's API."""

    api_key: str = field(repr=False, validator=check_key)

    _root = "https://mandrillapp.com/api/1.0"

    @property
    def capabilities(self) -> Capabilities:
        """Give what it can do."""
        named = account("mandrill", self.api_key)
        return Capabilities(self.connections, finds=True, rate=self.rate, account=named, lacks=_LACKS)

    def find(self, message: Message) -> Delivery | None:
        """Search what went to this recipient in the last seven days for the key that was given along."""
        if _QUOTES & set(message.recipient):
            return None
        query = {"key": self.api_key, "query": f'full_email:"{message.recipient}"', "limit": 100}
        answer = self._ask(Call.of_json("POST", f"{self._url}/messages/search", {}, query))
        for one in objects(answer):
            state = str(one.get("state"))
            if within(one.get("metadata"), TAG) == message.key and state in _WENT:
                return Delivery(message.key, Status.SENT, words=state, remote_id=named(one.get("_id")))
        return None

    @cached_property
    def _service(self) -> Service:
        return Service(
            name="Mailchimp Transactional",
            url=self._url,
            compose=self._compose,
            read=_read,
            largest=_LARGEST,
            advice="Look at api_key, and whether the sender's domain is verified and the plan paid",
            judge=_judged,
            secrets=(self.api_key,),
        )

    def _compose(self, messages: Sequence[Message]) -> Call:
        """Give the mail with our key before it, in a header that the service takes off."""
        (message,) = messages
        told = f"X-MC-Metadata: {json.dumps({TAG: message.key})}\r\n"
        value = {
            "key": self.api_key,
            "raw_message": told + message.content.decode("utf-8"),
            "to": [message.recipient],
            "async": False,
        }
        return Call.of_json("POST", f"{self._url}/messages/send-raw", {}, value)


def _judged(reply: Reply) -> Verdict:
    usual, answer = judged(reply), reply.fields()
    if answer.get("status") != "error":
        return usual
    return _NAMED.get(str(answer.get("name")), Verdict.UNSURE if usual is Verdict.TAKEN else usual)


def _read(reply: Reply, messages: Sequence[Message]) -> Sequence[Delivery]:
    """Read what became of the one recipient."""
    (answer,) = reply.json()
    (message,) = messages
    status, why = answer["status"], answer.get("reject_reason") or ""
    if status in _TAKEN:
        return [Delivery(message.key, Status.SENT, reply.status, status, remote_id=answer["_id"])]
    if status not in {"rejected", "invalid"}:
        raise ValueError("an unknown status")
    words = f"{status}: {why}" if isinstance(why, str) and why else str(status)
    if why in _OURS:
        return [Delivery(message.key, Status.DEFERRED, reply.status, words, throttled=True)]
    return [Delivery(message.key, Status.FAILED, reply.status, words, remote_id=named(answer.get("_id")))]
