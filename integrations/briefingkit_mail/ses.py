"""Amazon SES: the mail goes as it was written, one a request (SES API v2, SendEmail with Raw content).

Requests are signed by botocore (Signature Version 4), which also finds credentials where this machine has some. The
request itself goes the way of all others, so that nothing is repeated that may have been sent.
"""

import base64
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from attrs import evolve, field, frozen, validators

from briefingkit.errors import IntegrationError, MissingExtra, ModelError
from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.outgoing.transport import Capabilities, Delivery, Feature
from briefingkit.web_api.line import Call, Reply
from briefingkit.web_api.settings import check_key
from briefingkit_mail.http_fields import TAG
from briefingkit_mail.http_posting import Service
from briefingkit_mail.http_transport import HTTPTransport, account
from briefingkit_mail.http_verdicts import Verdict, judged, taken

if TYPE_CHECKING:
    from botocore.credentials import Credentials

__all__ = ["SES"]

_LARGEST = 30 << 20  # of 40 MB after base64, "Service quotas in Amazon SES"
_LACKS = {
    Feature.OCTETS: "Amazon SES writes Message-ID and Date anew",
    Feature.MESSAGE_ID: "Amazon SES gives one of its own",
    Feature.UTF8_ADDRESSES: "an address has to be ASCII before its @",
}
_NAMED = {
    "TooManyRequestsException": Verdict.BUSY,
    "ThrottlingException": Verdict.BUSY,
    "Throttling": Verdict.BUSY,
    "LimitExceededException": Verdict.BUSY,
    "AccountSuspendedException": Verdict.DENIED,
    "SendingPausedException": Verdict.DENIED,
    "MailFromDomainNotVerifiedException": Verdict.DENIED,
    "NotFoundException": Verdict.DENIED,
    "IncompleteSignature": Verdict.DENIED,
    "BadRequestException": Verdict.REFUSED,
    "MessageRejected": Verdict.REFUSED,
}
"""Errors by type ("Errors" of SendEmail, API v2); others by status."""


@frozen(slots=False)
class SES(HTTPTransport):
    """Send through Amazon SES in a `region`.

    `access_key_id` and `secret_access_key`, with `session_token` where they are temporary, say who we are; without them
    the machine's own credentials are used: its role, `profile`, its environment. `configuration_set` is SES's own.
    Nothing can be looked up: SES tells what became of a message by its own name for it only, which was in the answer.
    """

    region: str = field(validator=validators.matches_re(r"[a-z0-9-]{2,40}"))
    access_key_id: str | None = field(default=None, repr=False, validator=check_key)
    secret_access_key: str | None = field(default=None, repr=False, validator=check_key)
    session_token: str | None = field(default=None, repr=False, validator=check_key)
    profile: str | None = None
    configuration_set: str | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse half a key."""
        if (self.access_key_id is None) is not (self.secret_access_key is None):
            raise ModelError("`access_key_id` and `secret_access_key` go together", field="secret_access_key")

    @property
    def capabilities(self) -> Capabilities:
        """Give what it can do."""
        named = account(f"ses:{self.region}", f"{self.access_key_id} {self.profile}")
        return Capabilities(self.connections, rate=self.rate, account=named, lacks=_LACKS)

    @property
    def _root(self) -> str:
        return f"https://email.{self.region}.amazonaws.com"

    @cached_property
    def _service(self) -> Service:
        return Service(
            name="Amazon SES",
            url=self._url,
            compose=self._compose,
            read=_read,
            largest=_LARGEST,
            advice="Look at the credentials and their policy (ses:SendEmail, ses:SendRawEmail), the region, the "
            "sender's verified identity, and whether the account is still in the sandbox",
            judge=_judged,
            sign=self._signed,
            secrets=tuple(filter(None, (self.access_key_id, self.secret_access_key, self.session_token))),
        )

    def _compose(self, messages: Sequence[Message]) -> Call:
        (message,) = messages
        value: dict[str, Any] = {
            "Destination": {"ToAddresses": [message.recipient]},
            "Content": {"Raw": {"Data": base64.b64encode(message.content).decode("ascii")}},
            "EmailTags": [{"Name": TAG, "Value": message.key}],
        }
        if self.configuration_set is not None:
            value["ConfigurationSetName"] = self.configuration_set
        return Call.of_json("POST", f"{self._url}/v2/email/outbound-emails", {}, value)

    def _signed(self, call: Call) -> Call:
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest

        request = AWSRequest(call.method, call.url, dict(call.headers), call.body)
        SigV4Auth(self._credentials.get_frozen_credentials(), "ses", self.region).add_auth(request)
        return evolve(call, headers=dict(request.headers.items()))

    @cached_property
    def _credentials(self) -> "Credentials":
        try:
            from botocore.credentials import Credentials
            from botocore.exceptions import BotoCoreError
            from botocore.session import Session
        except ModuleNotFoundError as error:
            raise MissingExtra(
                'Amazon SES needs the package botocore, which is not installed: pip install "briefingkit[ses]"'
            ) from error
        if self.access_key_id is not None and self.secret_access_key is not None:
            return Credentials(self.access_key_id, self.secret_access_key, self.session_token)
        try:
            found: Credentials | None = Session(profile=self.profile).get_credentials()
        except BotoCoreError as error:
            raise IntegrationError(f"credentials for Amazon SES cannot be read: {error}") from None
        if found is None:
            raise IntegrationError(
                "there are no credentials for Amazon SES: give access_key_id and secret_access_key, or this machine "
                "a role"
            )
        return found


def _judged(reply: Reply) -> Verdict:
    usual = judged(reply)
    if usual is Verdict.TAKEN:
        return usual
    told = reply.fields()
    named = reply.headers.get("x-amzn-errortype") or str(told.get("__type") or told.get("code") or "")
    kind = named.partition(":")[0].rpartition("#")[2]
    words = str(told.get("message") or told.get("Message") or "")
    if kind == "MessageRejected" and "not verified" in words:
        return Verdict.DENIED
    return _NAMED.get(kind, usual)


def _read(reply: Reply, messages: Sequence[Message]) -> Sequence[Delivery]:
    """Take an answer that names the message for a yes."""
    return taken(reply, messages, [reply.json()["MessageId"]], "accepted")
