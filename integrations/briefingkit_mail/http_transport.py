"""What the transports by a mail service's web API have in common; a file of one holds what is its service's own."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from attrs import field, frozen

from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.outgoing.transport import Capabilities, Delivery, Staged
from briefingkit.web_api.line import Call
from briefingkit.web_api.settings import check_base_url
from briefingkit_mail.http_lookup import asked
from briefingkit_mail.http_posting import MailLine, Service, stage
from briefingkit_mail.http_settings import check_connections, check_rate, check_timeout

__all__ = ["HTTPTransport", "account"]


def account(service: str, secret: str) -> str:
    """Name an account, without what it is entered with."""
    return f"{service}:{hashlib.sha256(secret.encode()).hexdigest()[:16]}"


@frozen(slots=False, kw_only=True)
class HTTPTransport(ABC):
    """A transport by a web API.

    `base_url` is another address of the API, `connections` how many requests are made at once, `timeout` the seconds
    for one, `rate` the recipients a second that the account is allowed.
    """

    base_url: str | None = field(default=None, validator=check_base_url)
    connections: int = field(default=10, validator=check_connections)
    timeout: float = field(default=30.0, validator=check_timeout)
    rate: float | None = field(default=None, validator=check_rate)

    @property
    @abstractmethod
    def capabilities(self) -> Capabilities:
        """What it can do."""

    @property
    @abstractmethod
    def _root(self) -> str:
        """The usual address of the API."""

    @property
    @abstractmethod
    def _service(self) -> Service:
        """What is particular to the service."""

    @property
    def _url(self) -> str:
        """The address to put paths behind."""
        return (self.base_url or self._root).rstrip("/")

    @cached_property
    def _line(self) -> MailLine:
        return MailLine(connections=self.connections, timeout=self.timeout)

    def stage(self, messages: Sequence[Message]) -> Staged:
        """Make requests ready."""
        return stage(self._service, self._line, messages)

    def find(self, message: Message) -> Delivery | None:  # noqa: ARG002 - the protocol's
        """Find nothing, where a service has nothing to look in."""
        return None

    def _ask(self, call: Call) -> Any:
        """Ask what became of a message, and give the JSON that is answered; None where there is no such thing."""
        return asked(self._service, self._line, call)

    def close(self) -> None:
        """Give connections back."""
        self._line.close()
