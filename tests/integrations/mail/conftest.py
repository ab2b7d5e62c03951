"""A friendly mail server to send to."""

import ssl
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aiosmtpd import smtp
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword


class Mailbox:
    """What a server took: envelopes as they came."""

    def __init__(self) -> None:
        self.envelopes: list[Any] = []
        self.refusals: dict[str, str] = {}
        self.extensions: list[str] = []

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [responses[0], *(f"250-{each}" for each in self.extensions), *responses[1:]]

    async def handle_RCPT(  # noqa: N802 - as above
        self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - as above
        self.envelopes.append(envelope)
        return "250 2.0.0 Ok: queued as 4F3A2"

    @property
    def mails(self) -> list[bytes]:
        return [envelope.original_content for envelope in self.envelopes]


class Server(Controller):
    """aiosmtpd on a port of its own, with what is asked of it."""

    def __init__(self, mailbox: Mailbox, *, tls: ssl.SSLContext | None = None, **options: Any) -> None:
        self.options = {"enable_SMTPUTF8": True, "decode_data": False, **options}
        super().__init__(mailbox, hostname="127.0.0.1", port=0, ssl_context=tls, ready_timeout=60)

    def factory(self) -> smtp.SMTP:
        return smtp.SMTP(self.handler, hostname="sink.example", **self.options)

    def _trigger_server(self) -> None:
        # The port is only known once it is bound.
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def serve(mailbox: Mailbox) -> Iterator[Callable[..., int]]:
    started: list[Server] = []

    def start(**options: Any) -> int:
        server = Server(mailbox, **options)
        server.start()
        started.append(server)
        return int(server.port)

    yield start
    for server in started:
        server.stop()


def signs_in(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"events", b"s3cr3t-w0rd")
    return AuthResult(success=right, handled=False)
