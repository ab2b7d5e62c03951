"""One connection to a mail server, and a message on its way through it as far as the last dot."""

import re
import select
import smtplib
import socket
import ssl
from collections.abc import Generator, Iterator
from contextlib import suppress
from datetime import timedelta

from attrs import define, field

from briefingkit.errors import BriefingkitError, IntegrationError, Transient
from briefingkit.mailing.messages.headers import fits_angles
from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.outgoing.answers import answered, asked_wait, clean
from briefingkit.mailing.outgoing.transport import Delivery, Status
from briefingkit_mail.smtp_settings import Encryption, Server

__all__ = ["Flight", "Session", "open_session", "transparent", "unfit"]

_DONE, _GO_AHEAD, _CLOSING = 2, 354, 421
_LONGEST_LINE, _MOST_LINES = 8192, 1000
_COMMANDS = 3  # of an envelope: MAIL, RCPT and DATA
_FEW = 10  # messages on one connection: servers that have had enough after more only want another one
_QUEUED_AS = re.compile(r"(?i)\bqueued as ([A-Za-z0-9._-]{1,80})")
_UNFIT = re.compile(r"[\x00-\x20\x7f<>]")
# The dot is looked for, and then what is before it: six times as fast as looking for the two of them.
_DOT_BEHIND_END = re.compile(rb"\.(?<=[\r\n]\.)")
_LOST = "the connection was lost before the message was let go"


class _Replies(smtplib.SMTP):
    """smtplib's client, whose replies are read with less ado, and not without end."""

    def getreply(self) -> tuple[int, bytes]:
        """Read a reply (RFC 5321 section 4.2) as smtplib does; -1 is for one that begins with no code."""
        if self.file is None:
            self.file = self.sock.makefile("rb")  # type: ignore[union-attr] # it is connected
        words = []
        for _ in range(_MOST_LINES):
            try:
                line = self.file.readline(_LONGEST_LINE)
            except OSError as error:
                self.close()
                raise smtplib.SMTPServerDisconnected(f"the connection was closed: {error}") from error
            if not line.endswith(b"\n"):
                self.close()
                raise smtplib.SMTPServerDisconnected("the connection was closed, or a line has no end")
            words.append(line[4:].strip())
            code = line[:3]
            if not code.isdigit():
                return -1, b"\n".join(words)
            if line[3:4] != b"-":
                return int(code), b"\n".join(words)
        self.close()
        raise smtplib.SMTPServerDisconnected("the reply has no end")


class _EncryptedReplies(_Replies, smtplib.SMTP_SSL):
    """The same from the first octet."""


class Session:
    """An open connection. `carried` counts the messages that went through it.

    `announced` is the message whose envelope was said behind the dot of the one before. `heeds` tells whether that is
    answered, or hung up on; None where it was not tried.
    """

    def __init__(self, smtp: smtplib.SMTP, server: Server) -> None:
        self.smtp = smtp
        self.server = server
        self.carried = 0
        self.in_transaction = False
        self.announced: Message | None = None
        self.heeds: bool | None = None
        self.pipelining = smtp.has_extn("pipelining")
        self.eightbit = smtp.has_extn("8bitmime")
        self.smtputf8 = smtp.has_extn("smtputf8")
        self.dsn = smtp.has_extn("dsn") and server.dsn
        size = smtp.esmtp_features.get("size", "")
        self.sized = smtp.has_extn("size")
        self.largest = int(size) if size.isascii() and size.isdigit() else 0

    @property
    def is_alive(self) -> bool:
        """Whether nobody has hung up: a server that has something to say unasked says goodbye."""
        if self.smtp.sock is None:
            return False
        waiting = select.poll() if hasattr(select, "poll") else None
        if waiting is None:
            return not select.select([self.smtp.sock], [], [], 0)[0]
        waiting.register(self.smtp.sock, select.POLLIN | select.POLLHUP | select.POLLERR)
        return not waiting.poll(0)

    def close(self) -> None:
        """Hang up without a word. What was not let go does not go (RFC 5321 section 4.1.1.4)."""
        self.announced = None
        self.smtp.close()

    def quit(self) -> None:
        """Say goodbye; where the server waits for a mail, goodbye would be one."""
        if self.announced is not None:
            self.close()
            return
        try:
            if self.smtp.sock is not None:
                self.smtp.sock.settimeout(5)
            self.smtp.quit()
        except OSError:
            self.close()

    def refusal(self, message: Message) -> str | None:
        """Say why this server cannot carry a message; None where it can."""
        if message.smtputf8 and not self.smtputf8:
            return "the server takes no addresses and headers that are not ASCII (SMTPUTF8, RFC 6531)"
        if message.eightbit and not self.eightbit:
            return "the server takes no mail in 8 bits (8BITMIME, RFC 6152)"
        if self.largest and len(message.content) > self.largest:
            return f"the mail has {len(message.content)} octets, and the server takes {self.largest}"
        return None

    def envelope(self, message: Message) -> list[bytes]:
        """Give the commands before the mail itself (RFC 5321 section 3.3)."""
        mail = [f"MAIL FROM:<{self.server.envelope_from or message.sender}>"]
        recipient = [f"RCPT TO:<{message.recipient}>"]
        if self.sized:
            mail.append(f"SIZE={len(message.content)}")
        if message.eightbit or message.smtputf8:
            mail.append("BODY=8BITMIME")
        if message.smtputf8:
            mail.append("SMTPUTF8")
        if self.dsn:
            # RFC 3461: tell us of what did not arrive, with our own name for it.
            mail += ["RET=HDRS", f"ENVID={message.name}"]
            recipient.append("NOTIFY=FAILURE,DELAY")
        encoding = "utf-8" if message.smtputf8 else "ascii"
        commands = [" ".join(mail), " ".join(recipient), "DATA"]
        if self.in_transaction:
            commands.insert(0, "RSET")
        return [f"{command}\r\n".encode(encoding) for command in commands]

    def announce(self, message: Message | None) -> bytes:
        """Give the envelope of the message that comes next, to be said behind a dot (RFC 2920 section 3.1)."""
        if message is None or not self.pipelining or self.refusal(message) is not None:
            return b""
        self.in_transaction, self.announced = False, message
        return b"".join(self.envelope(message))


def unfit(message: Message, sender: str | None) -> str | None:
    """Say why a message has no envelope that could be written; None where it has."""
    sender, recipient = sender or message.sender, message.recipient
    if not recipient or _is_unfit(recipient) or _is_unfit(sender):
        return "the address holds what no envelope can"
    if not (message.smtputf8 or (recipient.isascii() and sender.isascii())):
        return "the address is not ASCII, and the mail was not written for that (SMTPUTF8, RFC 6531)"
    return None


def _is_unfit(address: str) -> bool:
    # Nearly all are of ASCII, and known to be fit without a pattern.
    return not fits_angles(address) and _UNFIT.search(address) is not None


def transparent(content: bytes) -> bytes | None:
    """Give octets as DATA takes them (RFC 5321 section 4.5.2): with one more dot before a line that begins with one.

    Behind LF alone too: some servers take that for a line's end, and what follows for the end of the mail. None where
    a dot comes behind CR alone.
    """
    if _DOT_BEHIND_END.search(content) is not None:
        if b"\r." in content:
            return None
        content = content.replace(b"\n.", b"\n..")
    return b"." + content if content.startswith(b".") else content


@define
class Flight:
    """A message in a session. `verdict` is what became of it where that is known before it is let go."""

    session: Session
    message: Message
    content: bytes = field(repr=False)
    verdict: Delivery | None = None
    hidden: tuple[str, ...] = field(default=(), repr=False)

    def approach(self) -> Iterator[None]:
        """Say everything but the last dot, and pause after each word, so that other flights need not wait for it."""
        told, session = self.session.announced is not None, self.session
        try:
            yield from self._approach()
        except OSError as error:  # smtplib's errors are that as well
            self._lost(error)
        if told and (session.smtp.sock is not None or session.carried < _FEW):
            session.heeds = session.smtp.sock is not None

    def let_go(self, following: Message | None = None) -> None:
        """Say the dot, and behind it the envelope of the message that comes next on this connection."""
        session = self.session
        sock, said = session.smtp.sock, b".\r\n" + session.announce(following)
        try:
            if sock is None:
                raise smtplib.SMTPServerDisconnected("it was closed")
            sock.settimeout(session.server.answer_timeout)
            gone = sock.send(said)
        except OSError as error:
            if session.server.encryption is not Encryption.NONE:
                # Of an encrypted dot nobody can say how much of it has left.
                self.verdict = Delivery(self.message.key, Status.UNKNOWN, words=self._clean(error))
            else:
                self._lost(error)
            session.close()
            return
        if gone < len(said):
            with suppress(OSError):  # the answer to the dot, or that there is none, says more
                sock.sendall(said[gone:])

    def landed(self) -> Delivery:
        """Hear what became of it."""
        if self.verdict is not None:
            return self.verdict
        session = self.session
        try:
            code, words = session.smtp.getreply()
            if session.smtp.sock is not None:
                session.smtp.sock.settimeout(session.server.timeout)
        except OSError as error:
            session.close()
            return Delivery(self.message.key, Status.UNKNOWN, words=self._clean(error))
        if code // 100 not in {2, 4, 5}:
            session.close()
            return Delivery(self.message.key, Status.UNKNOWN, words=self._clean(f"{code} {_text(words)}"))
        session.in_transaction = False
        session.carried += code // 100 == _DONE
        return self._told(code, words)

    def _approach(self) -> Iterator[None]:
        smtp, replies = self.session.smtp, (yield from self._say_envelope())
        bad = [reply for reply in replies[:-1] if reply[0] // 100 != _DONE]
        bad += [reply for reply in replies[-1:] if reply[0] != _GO_AHEAD]
        if bad:
            self.verdict = self._told(*bad[0], on_the_way=True)
            if replies[-1][0] == _GO_AHEAD:
                # Nobody is left to send to, and the server waits for a mail all the same: an empty one (RFC 2920, 3.1).
                smtp.send(b".\r\n")
                yield
                smtp.getreply()
            return
        smtp.send(self.content)
        yield

    def _say_envelope(self) -> Generator[None, None, list[tuple[int, bytes]]]:
        """Say the envelope, if it was not said behind the last dot, and give what is answered up to a refusal."""
        session, smtp = self.session, self.session.smtp
        if session.announced is not None:
            session.announced, session.in_transaction = None, True
            return [smtp.getreply() for _ in range(_COMMANDS)]
        commands, replies = session.envelope(self.message), list[tuple[int, bytes]]()
        if session.pipelining:
            # RFC 2920: DATA ends a group, so that its answers come before the mail does.
            smtp.send(b"".join(commands))
            session.in_transaction = True
            yield
            return [smtp.getreply() for _ in commands]
        for command in commands:
            smtp.send(command)
            session.in_transaction = True
            yield
            replies.append(smtp.getreply())
            if not _is_good(*replies[-1]):
                break
        return replies

    def _told(self, code: int, words: bytes, *, on_the_way: bool = False) -> Delivery:
        delivery = answered(self.message.key, code, words, self.hidden)
        if on_the_way and delivery.status is Status.SENT:
            delivery = Delivery(self.message.key, Status.DEFERRED, code, delivery.words)
        if code == _CLOSING:
            self.session.close()
            if self.session.carried:
                # It has had enough of this connection, which says nothing of another one.
                return Delivery(
                    self.message.key, Status.DEFERRED, code, delivery.words, retry_after=timedelta()
                )
        if delivery.status is Status.SENT and (queued := _QUEUED_AS.search(delivery.words)):
            return Delivery(self.message.key, Status.SENT, code, delivery.words, remote_id=queued[1])
        return delivery

    def _lost(self, error: OSError) -> None:
        session = self.session
        session.close()
        again = timedelta() if session.carried else None
        words = f"{_LOST}: {self._clean(error)}"
        self.verdict = Delivery(self.message.key, Status.DEFERRED, words=words, retry_after=again)

    def _clean(self, error: object) -> str:
        return clean(str(error), self.hidden)


def _is_good(code: int, _words: bytes) -> bool:
    return code // 100 == _DONE or code == _GO_AHEAD


def open_session(server: Server) -> Session:
    """Connect, encrypt, and say who we are.

    Raises Transient where the server is not to be reached or is busy, IntegrationError where it does not know us, or
    is not who it should be.
    """
    where = f"{server.host}:{server.port_number}"
    try:
        return _opened(server)
    except ssl.SSLCertVerificationError as error:
        raise IntegrationError(
            f"{where} shows a certificate that does not hold: {error.verify_message or error.reason}. Give the "
            "server's own name as `host`, or the authority that signed for it as `ca_file`"
        ) from error
    except ssl.SSLError as error:
        raise IntegrationError(
            f"{where} does not speak TLS as asked ({error.reason}): "
            "`encryption` is starttls (port 587) or tls (port 465)"
        ) from error
    except smtplib.SMTPAuthenticationError as error:
        raise _refused(f"{where} does not take the user name and password", error, server) from None
    except smtplib.SMTPResponseException as error:
        raise _refused(f"{where} refuses us", error, server) from None
    except smtplib.SMTPNotSupportedError as error:
        raise IntegrationError(f"{where} cannot do what was asked: {error}") from error
    except socket.gaierror as error:
        raise Transient(f"{server.host} cannot be found now: {error.strerror}") from error
    except OSError as error:
        raise Transient(f"{where} cannot be reached now: {error.strerror or clean(str(error))}") from error


def _opened(server: Server) -> Session:
    host, port, hello, timeout = server.host, server.port_number, server.hello_name, server.timeout
    smtp: smtplib.SMTP
    if server.encryption is Encryption.TLS:
        smtp = _EncryptedReplies(host, port, hello, timeout=timeout, context=server.context)
    else:
        smtp = _Replies(host, port, hello, timeout=timeout)
    try:
        _quick(smtp)
        smtp.ehlo_or_helo_if_needed()
        if server.encryption is Encryption.STARTTLS:
            _encrypt(smtp, server)
        if server.username is not None:
            smtp.login(server.username, server.password or "")
    except BaseException:
        smtp.close()
        raise
    return Session(smtp, server)


def _encrypt(smtp: smtplib.SMTP, server: Server) -> None:
    if not smtp.has_extn("starttls"):
        raise smtplib.SMTPNotSupportedError("it offers no STARTTLS, and nothing is sent in the open")
    smtp.starttls(context=server.context)
    smtp.ehlo()


def _quick(smtp: smtplib.SMTP) -> None:
    """Send small packets at once: else the dot waits for the server's kernel to acknowledge what was before it."""
    if smtp.sock is not None:
        smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _refused(what: str, error: smtplib.SMTPResponseException, server: Server) -> BriefingkitError:
    words = clean(_text(error.smtp_error), (server.username or "", server.password or ""))
    said = f"{what}: {error.smtp_code} {words}"
    if 400 <= error.smtp_code < 500 or error.smtp_code < 200:  # noqa: PLR2004 - for now, or no code
        wait = asked_wait(words)
        return Transient(said, retry_after=None if wait is None else wait.total_seconds())
    return IntegrationError(said)


def _text(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words
