"""Sending by SMTP (RFC 5321): several connections in step, each of which holds one message back by its last dot."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from attrs import evolve, field, frozen

from briefingkit.errors import ModelError, Transient
from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.outgoing.transport import Capabilities, Delivery, Feature, Staged, Status
from briefingkit_mail.dkim import DKIM
from briefingkit_mail.smtp_pool import Pool
from briefingkit_mail.smtp_session import Flight, transparent, unfit
from briefingkit_mail.smtp_settings import Encryption, Server

__all__ = ["SMTP"]

_MOST_CONNECTIONS = 100
_CR_ALONE = "a line of the mail ends with CR alone"


@frozen(slots=False)
class SMTP:
    """Send by a mail server: `host` with a `port`, or the usual one of its `encryption`. docs/how-to/send-by-smtp.md.

    TLS is required unless `encryption` says none, and certificates are checked, by the authorities of `ca_file` (from
    `base`) where that is given. `username` and `password` sign in. `connections` is how many are held at once, and so
    how many messages can be in doubt after a crash. `rate` is how many recipients a second the server allows. `dkim`
    signs. `hello` is what we call ourselves, `envelope_from` who hears of what did not arrive, if not the sender.
    `dsn` asks for that in a form of its own (RFC 3461). `timeout` is in seconds for one answer, `answer_timeout` for
    the one to the last dot (ten minutes: RFC 5321 section 4.5.3.2.6).
    """

    host: str
    port: int | None = None
    encryption: Encryption = Encryption.STARTTLS
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    connections: int = 5
    rate: float | None = None
    dkim: DKIM | None = None
    hello: str | None = None
    envelope_from: str | None = None
    dsn: bool = False
    timeout: float = 60
    answer_timeout: float = 600
    base: Path = Path()

    def __attrs_post_init__(self) -> None:
        """Refuse settings that cannot be."""
        if not 1 <= self.connections <= _MOST_CONNECTIONS:
            raise ModelError(f"connections are 1 to {_MOST_CONNECTIONS}", field="connections")
        if self.rate is not None and self.rate <= 0:
            raise ModelError("a rate is more than nothing", field="rate")
        _ = self.server

    @cached_property
    def server(self) -> Server:
        """The server, with what was said of it."""
        return Server(
            host=self.host,
            port=self.port,
            encryption=self.encryption,
            username=self.username,
            password=self.password,
            ca_file=self.ca_file,
            hello=self.hello,
            envelope_from=self.envelope_from,
            dsn=self.dsn,
            timeout=self.timeout,
            answer_timeout=self.answer_timeout,
            base=self.base,
        )

    @cached_property
    def _pool(self) -> Pool:
        return Pool(self.server)

    @cached_property
    def _signer(self) -> DKIM | None:
        """The signer, whose key file stands where the project does if it does not say where it stands."""
        if self.dkim is None or self.dkim.base != Path():
            return self.dkim
        return evolve(self.dkim, base=self.base)

    @property
    def capabilities(self) -> Capabilities:
        """Give what it can do. What a server has taken cannot be asked for again."""
        account = f"smtp {self.username or ''}@{self.host}:{self.server.port_number}"
        some = "only where the server offers SMTPUTF8"
        lacks = {Feature.UTF8_ADDRESSES: some}
        return Capabilities(batch=self.connections, rate=self.rate, account=account, lacks=lacks)

    def stage(self, messages: Sequence[Message]) -> Staged:
        """Say everything but the last dot, on as many connections as there are messages."""
        if len(messages) > self.connections:
            raise ValueError(f"stage at most {self.connections} at once")
        settled, fit = list[Delivery](), list[tuple[Message, bytes]]()
        for message in messages:
            reason = unfit(message, self.envelope_from)
            content = self._content(message) if reason is None else None
            if content is None:
                settled.append(Delivery(message.key, Status.FAILED, words=reason or _CR_ALONE))
            else:
                fit.append((message, content))
        sessions, busy = self._pool.take([message for message, _ in fit])
        flights = list[Flight]()
        for (message, content), session in zip(fit, sessions, strict=True):
            if session is None:
                settled.append(_away(message, busy))
            elif (reason := session.refusal(message)) is not None:
                settled.append(Delivery(message.key, Status.FAILED, words=reason))
                self._pool.give(session)
            else:
                flights.append(Flight(session, message, content, hidden=self._hidden(message)))
        _in_step(flights)
        for flight in flights:
            if flight.verdict is not None:
                settled.append(flight.verdict)
                self._pool.give(flight.session)
        return _Flights([each for each in flights if each.verdict is None], settled, self._pool)

    def expect(self, messages: Sequence[Message]) -> None:
        """Hear what is likely to be staged next: each connection says its envelope behind the dot that it says now."""
        self._pool.expected = messages

    def find(self, message: Message) -> Delivery | None:  # noqa: ARG002 - the protocol's
        """Find nothing: SMTP has no way to ask."""
        return None

    def close(self) -> None:
        """Say goodbye on all connections."""
        self._pool.close()

    def _content(self, message: Message) -> bytes | None:
        """Give the octets as DATA takes them, signed; None where they cannot be sent."""
        return transparent(message.content if self._signer is None else self._signer.sign(message.content))

    def _hidden(self, message: Message) -> tuple[str, ...]:
        return (
            message.recipient,
            message.recipient.rpartition("@")[0],
            self.username or "",
            self.password or "",
        )


@frozen
class _Flights:
    """Messages of which all but the last dot is said."""

    flights: Sequence[Flight]
    settled: Sequence[Delivery]
    pool: Pool

    @property
    def keys(self) -> Sequence[str]:
        """Those that wait for their dot."""
        return [each.message.key for each in self.flights]

    def commit(self) -> Iterator[Delivery]:
        """Say all the dots, and hear the answers."""
        waiting, following = list(self.flights), self.pool.following()
        try:
            for flight in self.flights:
                flight.let_go(next(following, None))
            while waiting:
                yield waiting[0].landed()
                self.pool.give(waiting.pop(0).session)
        finally:
            for flight in waiting:  # which nobody waits for any more
                flight.session.close()

    def abandon(self) -> None:
        """Hang up: a mail without its dot is none."""
        for flight in self.flights:
            flight.session.close()


def _in_step(flights: Sequence[Flight]) -> None:
    """Bring all flights on, a word of each in turn, so that the server's answers are waited for together."""
    under_way = [flight.approach() for flight in flights]
    try:
        while under_way:
            under_way = [each for each in under_way if next(each, _LANDED) is not _LANDED]
    except BaseException:
        for flight in flights:
            flight.session.close()
        raise


_LANDED = object()


def _away(message: Message, fault: Transient | None) -> Delivery:
    wait = None if fault is None or fault.retry_after is None else timedelta(seconds=fault.retry_after)
    return Delivery(message.key, Status.DEFERRED, words=str(fault or ""), retry_after=wait, throttled=True)
