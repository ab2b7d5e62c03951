"""Mail by SMTP to a friendly server: the contract, with and without pipelining, in the open and encrypted."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from briefingkit import registry
from briefingkit.errors import IntegrationError, ModelError, Transient, UnknownIntegration
from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.outgoing.transport import Delivery, Status, Transport
from briefingkit.testing.transport import TransportContract, message_for
from briefingkit_mail import SMTP
from briefingkit_mail.smtp_settings import Encryption

from ...servers import Authority, Line, Script
from .conftest import Mailbox, signs_in
from .opening import open_smtp

Serve = Callable[..., int]
Play = Callable[[Callable[[Line], None]], Script]


def send(transport: Transport, *messages: Message) -> Sequence[Delivery]:
    staged = transport.stage(messages)
    return [*staged.settled, *staged.commit()]


class _Contract(TransportContract):
    @pytest.fixture(autouse=True)
    def _keep(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox

    def arrived(self) -> Sequence[bytes]:
        return self.mailbox.mails


class TestWordByWord(_Contract):
    @pytest.fixture
    def transport(self, serve: Serve) -> Any:
        transport = open_smtp(serve())
        yield transport
        transport.close()


class TestPipelined(_Contract):
    """The same server, which then says that it takes several commands at once, as it does."""

    @pytest.fixture
    def transport(self, serve: Serve) -> Any:
        self.mailbox.extensions.append("PIPELINING")
        transport = open_smtp(serve())
        yield transport
        assert all(session.pipelining for session in transport._pool._idle)
        transport.close()


class TestEncryptedAfterTheGreeting(_Contract):
    secret = "s3cr3t-w0rd"

    @pytest.fixture
    def transport(self, serve: Serve, authority: Authority) -> Any:
        port = serve(
            tls_context=authority.context, require_starttls=True, authenticator=signs_in, auth_required=True
        )
        transport = open_smtp(
            port,
            host="localhost",
            encryption=Encryption.STARTTLS,
            ca_file=str(authority.file),
            username="events",
            password=self.secret,
        )
        yield transport
        transport.close()

    def test_the_server_took_it_encrypted_and_knew_who_we_are(self, transport: Transport) -> None:
        self.send(transport, self.message(1))
        (session,) = {id(envelope): envelope for envelope in self.mailbox.envelopes}.values()
        assert session.mail_from == "events@ghent.example"
        assert all(each.smtp.sock.version().startswith("TLS") for each in transport._pool._idle)


class TestEncryptedFromTheFirstOctet(_Contract):
    @pytest.fixture
    def transport(self, serve: Serve, authority: Authority) -> Any:
        port = serve(tls=authority.context)
        transport = open_smtp(port, host="localhost", encryption=Encryption.TLS, ca_file=str(authority.file))
        yield transport
        transport.close()


class TestWhatIsRefusedBeforeAnythingIsSent:
    def test_a_certificate_that_nobody_signed(self, serve: Serve, authority: Authority) -> None:
        for encryption, options in (
            (Encryption.TLS, {"tls": authority.context}),
            (Encryption.STARTTLS, {"tls_context": authority.context}),
        ):
            transport = open_smtp(serve(**options), host="localhost", encryption=encryption)
            with pytest.raises(IntegrationError, match=r"certificate that does not hold.*ca_file") as caught:
                transport.stage([message_for(1)])
            assert not isinstance(caught.value, Transient)

    def test_a_server_without_starttls(self, serve: Serve, mailbox: Mailbox) -> None:
        transport = open_smtp(serve(), encryption=Encryption.STARTTLS)
        with pytest.raises(IntegrationError, match="offers no STARTTLS"):
            transport.stage([message_for(1)])
        assert mailbox.mails == []

    def test_what_a_stranger_says_in_front_of_the_encryption_is_not_heard(
        self, script: Play, authority: Authority
    ) -> None:
        def play(line: Line) -> None:
            line.greet("STARTTLS")
            line.hear()
            line.say("220 go ahead", "250-rude.example", "250 SIZE 1")
            with authority.context.wrap_socket(line.connection, server_side=True) as safe:
                file = safe.makefile("rb")
                file.readline()
                safe.sendall(b"250 rude.example\r\n")
                file.readline()

        transport = open_smtp(
            script(play).port,
            host="localhost",
            encryption=Encryption.STARTTLS,
            ca_file=str(authority.file),
        )
        session = transport._pool.take([message_for(1)])[0][0]
        assert (session.sized, session.largest) == (False, 0)
        session.close()

    def test_tls_where_none_is_spoken(self, serve: Serve) -> None:
        with pytest.raises(IntegrationError, match="does not speak TLS as asked"):
            open_smtp(serve(), encryption=Encryption.TLS).stage([message_for(1)])

    def test_a_wrong_password_is_not_shown(self, serve: Serve, authority: Authority) -> None:
        port = serve(tls_context=authority.context, authenticator=signs_in)
        transport = open_smtp(
            port,
            host="localhost",
            encryption=Encryption.STARTTLS,
            ca_file=str(authority.file),
            username="events",
            password="wr0ng",
        )
        with pytest.raises(IntegrationError, match="does not take the user name and password: 535") as caught:
            transport.stage([message_for(1)])
        assert "wr0ng" not in repr(caught.value)
        assert "wr0ng" not in repr(transport)

    def test_nobody_at_the_other_end_may_pass(self) -> None:
        import socket

        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        with pytest.raises(Transient, match=f"127.0.0.1:{port} cannot be reached now"):
            open_smtp(port).stage([message_for(1)])

    def test_a_name_that_cannot_be_found_may_be_found_later(self, monkeypatch: pytest.MonkeyPatch) -> None:
        import socket

        def fails(*_arguments: object, **_more: object) -> None:
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

        monkeypatch.setattr(socket, "getaddrinfo", fails)
        with pytest.raises(Transient, match=r"mail\.example cannot be found now: Temporary failure"):
            open_smtp(25, host="mail.example").stage([message_for(1)])

    @pytest.mark.parametrize(
        ("settings", "field"),
        [
            ({"username": "a"}, "password"),
            ({"username": "a", "password": "b", "host": "mail.example"}, "encryption"),
            ({"connections": 0}, "connections"),
            ({"rate": 0}, "rate"),
            ({"timeout": 0}, "timeout"),
            ({"host": "mail.example\r\nX"}, "host"),
            ({"username": "a\0", "password": "b"}, "username"),
            ({"port": 70000}, "port"),
        ],
    )
    def test_settings_that_cannot_be(self, settings: dict[str, Any], field: str) -> None:
        with pytest.raises(ModelError) as caught:
            open_smtp(settings.pop("port", 25), **settings)
        assert caught.value.field == field


class TestWhatIsSaidToTheServer:
    @pytest.fixture
    def heard(self) -> list[str]:
        return []

    @pytest.fixture
    def play(self, heard: list[str]) -> Callable[..., Callable[[Line], None]]:
        def with_extensions(*extensions: str) -> Callable[[Line], None]:
            def play(line: Line) -> None:
                line.greet(*extensions)
                while True:
                    command = line.hear()
                    heard.append(command)
                    line.say("354 go" if command == "DATA" else "250 ok")
                    if command == "DATA":
                        line.mail()
                        line.say("250 ok")

            return play

        return with_extensions

    def test_what_was_offered_is_used(
        self, script: Play, play: Callable[..., Callable[[Line], None]], heard: list[str]
    ) -> None:
        offered = ("PIPELINING", "SIZE 100000", "8BITMIME", "SMTPUTF8", "DSN")
        transport = open_smtp(script(play(*offered)).port, dsn=True, envelope_from="bounces@ghent.example")
        message = message_for(1, "Grüße", to="jörg@bücher.example")
        assert [each.status for each in send(transport, message)] == [Status.SENT]
        size = len(message.content)
        assert heard == [
            f"MAIL FROM:<bounces@ghent.example> SIZE={size} BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID={message.key}",
            "RCPT TO:<jörg@bücher.example> NOTIFY=FAILURE,DELAY",
            "DATA",
        ]
        transport.close()

    def test_what_was_not_offered_is_not(
        self, script: Play, play: Callable[..., Callable[[Line], None]], heard: list[str]
    ) -> None:
        transport = open_smtp(script(play()).port, dsn=True)
        send(transport, message_for(1))
        assert heard == [
            "MAIL FROM:<events@ghent.example>",
            "RCPT TO:<person.1@city.example>",
            "DATA",
        ]
        transport.close()

    @pytest.mark.parametrize(
        ("offered", "message", "words"),
        [
            ((), message_for(1, to="jörg@b.example"), "SMTPUTF8, RFC 6531"),
            ((), message_for(1, "Grüße"), "8BITMIME, RFC 6152"),
            (("SIZE 100",), message_for(1), "and the server takes 100"),
            ((), evolve(message_for(1), recipient="jörg@b.example"), "not written for that"),
            ((), evolve(message_for(1), recipient="a b@c.example"), "what no envelope can"),
            ((), evolve(message_for(1), recipient=""), "what no envelope can"),
            ((), evolve(message_for(1), content=b"Subject: x\r\n\r\nx\r.\r\n"), "CR alone"),
        ],
    )
    def test_what_cannot_be_carried_is_said_and_the_rest_goes(
        self,
        script: Play,
        play: Callable[..., Callable[[Line], None]],
        offered: tuple[str, ...],
        message: Message,
        words: str,
    ) -> None:
        transport = open_smtp(script(play(*offered)).port)
        good = evolve(message_for(2), content=b"Subject: x\r\n\r\n")
        done = {each.key: each for each in send(transport, message, good)}
        assert done[message.key].status is Status.FAILED
        assert words in done[message.key].words
        assert done[good.key].status is Status.SENT
        transport.close()

    def test_a_batch_is_no_larger_than_the_connections(self) -> None:
        with pytest.raises(ValueError, match="at most 2"):
            open_smtp(25, connections=2).stage([message_for(number) for number in range(3)])

    def test_a_dot_behind_lf_alone_cannot_end_the_mail(self, serve: Serve, mailbox: Mailbox) -> None:
        transport = open_smtp(serve())
        content = b"Subject: x\r\n\r\nhello\n.\r\nMAIL FROM:<spy@evil.example>\r\n"
        (done,) = send(transport, evolve(message_for(1), content=content))
        assert done.status is Status.SENT
        assert len(mailbox.mails) == 1
        assert b"MAIL FROM:<spy" in mailbox.mails[0]
        transport.close()


def test_a_refused_recipient_does_not_hurt_the_next_one(serve: Serve, mailbox: Mailbox) -> None:
    refused, good = message_for(1), message_for(2)
    mailbox.refusals[refused.recipient] = f"550 5.1.1 <{refused.recipient}>: person.1 is unknown here"
    transport = open_smtp(serve(), connections=1)
    (failed,) = send(transport, refused)
    assert (failed.status, failed.code) == (Status.FAILED, 550)
    assert re.fullmatch(r"5\.1\.1 …: … is unknown here", failed.words)
    (sent,) = send(transport, good)
    assert (sent.status, sent.remote_id) == (Status.SENT, "4F3A2")
    assert [envelope.rcpt_tos for envelope in mailbox.envelopes] == [[good.recipient]]
    transport.close()


def test_a_connection_that_the_server_closed_meanwhile_is_replaced(script: Play) -> None:
    def play(line: Line) -> None:
        line.greet()
        line.envelope()
        line.mail()
        line.say("250 ok", "421 idle for too long")

    server = script(play)
    transport = open_smtp(server.port, connections=1)
    for number in range(3):
        (done,) = send(transport, message_for(number))
        assert done.status is Status.SENT
        server.threads[-1].join(5)
    assert server.connections == 3
    transport.close()


def test_authorities_that_are_not_there_are_said(tmp_path: Path) -> None:
    transport = open_smtp(465, encryption=Encryption.TLS, ca_file="none.pem", base=tmp_path)
    with pytest.raises(IntegrationError, match=r"none\.pem cannot be read"):
        transport.stage([message_for(1)])


def test_transports_are_found_by_name() -> None:
    assert registry.get("smtp", registry.TRANSPORTS) is SMTP
    assert {"eml", "maildir", "smtp"} <= set(registry.available(registry.TRANSPORTS))
    with pytest.raises(UnknownIntegration, match="no transport for mail is called smpt; did you mean smtp"):
        registry.get("smpt", registry.TRANSPORTS)
