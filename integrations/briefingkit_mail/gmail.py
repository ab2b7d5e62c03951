"""Gmail: the mail goes as it was written, out of a mailbox of Google Workspace or of a person.

developers.google.com/workspace/gmail/api, users.messages.send as an upload of message/rfc822.
"""

import json
import os
import stat
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from briefingkit.errors import IntegrationError, MailingError, MissingExtra, ModelError, Transient
from briefingkit.mailing.messages.headers import wire_address
from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.outgoing.transport import Capabilities, Delivery, Feature, Status
from briefingkit.web_api.line import Call, Reply
from briefingkit.web_api.settings import check_base_url
from briefingkit_mail.http_fields import message_id
from briefingkit_mail.http_lookup import named, objects, within
from briefingkit_mail.http_posting import Service
from briefingkit_mail.http_settings import check_connections, check_rate, check_timeout
from briefingkit_mail.http_transport import HTTPTransport, account
from briefingkit_mail.http_verdicts import Verdict, judged, taken

__all__ = ["Gmail"]

_LARGEST = 36_700_160  # "maximum file size" of users.messages.send
_RATE = 2.5
"""Messages a second: 15,000 units a minute for a user, of which each takes 100 (reference/quota)."""
_LACKS = {Feature.UTF8_ADDRESSES: "an address has to be ASCII before its @"}
_SEND = "https://www.googleapis.com/auth/gmail.send"
_READ = "https://www.googleapis.com/auth/gmail.readonly"
_RATES = frozenset(("rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded"))
_OURS = frozenset(("failedPrecondition",))
"""A mailbox that has no Gmail."""
_QUOTES = frozenset("\"'(){} ")
_ALSO = frozenset(("cc", "bcc", "resent-to", "resent-cc", "resent-bcc"))
_SECRET = frozenset(("refresh_token", "client_secret", "private_key"))


@frozen(slots=False)
class Gmail(HTTPTransport):
    """Send out of a mailbox at Google.

    `service_account` is the path of a key file from `base`, the project's folder, or the key itself, which only an
    environment variable may hold; `subject` is whose mailbox it is, by domain-wide delegation. Or `user` is the path of
    a person's token file. With `look_up` the mailbox may be searched for what is in doubt, for which the right to read
    it is needed beside that to send. `token_url` is another address of what gives tokens.
    """

    service_account: str | None = field(default=None, repr=False)
    subject: str | None = field(default=None, repr=False)
    user: str | None = None
    base: Path = Path()
    look_up: bool = False
    token_url: str | None = field(default=None, validator=check_base_url)
    connections: int = field(default=2, validator=check_connections)
    timeout: float = field(default=60.0, validator=check_timeout)
    rate: float | None = field(default=_RATE, validator=check_rate)

    def __attrs_post_init__(self) -> None:
        """Refuse nobody, and two."""
        if (self.service_account is None) is (self.user is None):
            raise ModelError("give `service_account` or `user`: one of the two", field="service_account")
        if (self.service_account is None) is not (self.subject is None):
            raise ModelError("`subject` is whose mailbox a service account sends from", field="subject")

    _root = "https://gmail.googleapis.com"

    @property
    def capabilities(self) -> Capabilities:
        """Give what it can do."""
        named = account("gmail", str(self.subject or self.user))
        return Capabilities(self.connections, finds=self.look_up, rate=self.rate, account=named, lacks=_LACKS)

    def find(self, message: Message) -> Delivery | None:
        """Search the mailbox for the Message-ID."""
        wanted = message_id(message).strip("<>")
        if not self.look_up or not wanted or _QUOTES & set(wanted):
            return None
        url = f"{self._url}/gmail/v1/users/me/messages"
        query = {"q": f"in:sent rfc822msgid:{wanted}", "maxResults": "1"}
        answer = self._ask(Call("GET", url, {}, query=query))
        found = [told for one in objects(within(answer, "messages")) if (told := named(one.get("id")))]
        return (
            Delivery(message.key, Status.SENT, words="in the mailbox", remote_id=found[0]) if found else None
        )

    @cached_property
    def _service(self) -> Service:
        return Service(
            name="Gmail",
            url=self._url,
            compose=self._compose,
            read=_read,
            largest=_LARGEST,
            advice="Enable the Gmail API in the project, and grant the scope gmail.send "
            "(and gmail.readonly with look_up): by domain-wide delegation, or by signing in again",
            judge=_judged,
            sign=self._signed,
            secrets=tuple(str(value) for name, value in self._told().items() if name in _SECRET),
        )

    def _compose(self, messages: Sequence[Message]) -> Call:
        """Give the mail as it is: Gmail sends it to whom its header names, which has to be the recipient alone."""
        (message,) = messages
        also = _ALSO & {name.lower() for name in message.parts.headers}
        if also or wire_address(message.parts.recipient.address)[0] != message.recipient:
            raise MailingError("Gmail sends to whom the header names, and that is somebody else too")
        url = f"{self._url}/upload/gmail/v1/users/me/messages/send"
        headers = {"Content-Type": "message/rfc822", "Accept": "application/json"}
        return Call("POST", url, headers, message.content, {"uploadType": "media"})

    def _signed(self, call: Call) -> Call:
        return evolve(call, headers={**call.headers, "Authorization": f"Bearer {self._token()}"})

    @cached_property
    def _token(self) -> Callable[[], str]:
        """Give what gives a token, a fresh one where it has to be."""
        from threading import Lock

        held, lock = self._credentials(), Lock()

        def token() -> str:
            from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError

            with lock:
                try:
                    if not held.valid:
                        held.refresh(self._request)
                except TransportError:
                    raise Transient("Google cannot be reached for a token") from None
                except RefreshError as error:
                    if error.retryable:
                        raise Transient("Google gives no token now") from None
                    raise IntegrationError(
                        "Google gives no token: it knows us no more, or not for this"
                    ) from None
                except GoogleAuthError:
                    raise IntegrationError("Google gives no token") from None
                return str(held.token)

        return token

    def _credentials(self) -> Any:
        try:
            from google.auth.exceptions import GoogleAuthError
            from google.oauth2 import credentials, service_account
        except ModuleNotFoundError as error:
            raise MissingExtra(
                'Gmail needs the package google-auth, which is not installed: pip install "briefingkit[gmail]"'
            ) from error
        scopes = [_SEND, *([_READ] if self.look_up else [])]
        told = self._told()
        try:
            if self.user is not None:
                made = credentials.Credentials.from_authorized_user_info(told, scopes)
            else:
                made = service_account.Credentials.from_service_account_info(
                    told, scopes=scopes, subject=self.subject
                )
            return made if self.token_url is None else made.with_token_uri(self.token_url)
        except (GoogleAuthError, ValueError, KeyError):
            # Not `from` the cause, which may hold a part of the key.
            raise IntegrationError(
                "the credentials for Gmail cannot be read: make and download them anew"
            ) from None

    def _request(
        self,
        url: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        **_more: Any,
    ) -> "_Response":
        """Ask for a token on our own line, as google-auth's transports do (`google.auth.transport.Request`)."""
        from google.auth.exceptions import TransportError

        try:
            reply = self._line.ask(Call(method, url, headers or {}, body or b""))
        except Transient as fault:
            raise TransportError(str(fault)) from None
        return _Response(reply.status, reply.headers, reply.body)

    def _told(self) -> dict[str, Any]:
        """Read the key or the token; a token only where nobody else could have."""
        given = self.service_account if self.service_account is not None else self.user
        text = given or ""
        if not text.lstrip().startswith("{"):
            path = self.base / text
            try:
                with path.open("rb") as file:
                    if self.user is not None and os.name == "posix" and _is_open(os.fstat(file.fileno())):
                        raise IntegrationError(f"others may read {path}, and so act as you: chmod 600 {path}")
                    text = file.read(1 << 20).decode("utf-8", "replace")
            except OSError as error:
                raise IntegrationError(f"{path} cannot be read: {error.strerror}") from None
        try:
            told = json.loads(text)
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise IntegrationError("the credentials for Gmail are no JSON: download them anew")
        return told


@frozen
class _Response:
    """An answer as google-auth reads it."""

    status: int
    headers: Mapping[str, str]
    data: bytes


def _is_open(found: os.stat_result) -> bool:
    return bool(stat.S_IMODE(found.st_mode) & (stat.S_IRWXG | stat.S_IRWXO))


def _judged(reply: Reply) -> Verdict:
    """Judge by reason where there is one: a limit comes with 403 as well (guides/handle-errors)."""
    usual = judged(reply)
    if usual is Verdict.TAKEN:
        return usual
    listed = objects(within(reply.fields().get("error"), "errors"))
    reasons = {str(one.get("reason")) for one in listed}
    if reasons & _RATES:
        return Verdict.BUSY
    return Verdict.DENIED if reasons & _OURS else usual


def _read(reply: Reply, messages: Sequence[Message]) -> Sequence[Delivery]:
    """Take an answer that names the message for a yes."""
    return taken(reply, messages, [reply.json()["id"]], "sent")
