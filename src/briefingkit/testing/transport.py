"""What every transport promises, as tests to inherit, and two transports that lead nowhere, to test others with."""

import hashlib
from collections.abc import Callable, Iterable, Sequence

import pytest
from attrs import define, evolve, field, frozen

from briefingkit.errors import BriefingkitError
from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.outgoing.transport import Capabilities, Delivery, Feature, Staged, Status, Transport

__all__ = ["MemoryTransport", "NullTransport", "TransportContract", "message_for"]

_TEMPLATE = (
    "From: City of Ghent <events@ghent.example>\r\n"
    "To: {to}\r\n"
    "Subject: =?utf-8?q?Briefing_n=C2=BA?= {number}\r\n"
    "Date: Mon, 21 Mar 2022 09:00:00 +0000\r\n"
    "Message-ID: <{key}@ghent.example>\r\n"
    "MIME-Version: 1.0\r\n"
    'Content-Type: text/plain; charset="utf-8"\r\n'
    "Content-Transfer-Encoding: {encoding}\r\n"
    "List-Unsubscribe: <https://ghent.example/u/{key}>, <mailto:leave@ghent.example?subject={key}>\r\n"
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    "\r\n"
    "{text}\r\n"
)


def message_for(number: int, text: str = "Welcome.", *, to: str | None = None) -> Message:
    """Make a message with a key of its own; `text` may hold anything that lines of a mail may hold."""
    key = hashlib.sha256(str(number).encode()).hexdigest()[:40]
    recipient = to if to is not None else f"person.{number}@city.example"
    content = _TEMPLATE.format(
        to=recipient, number=number, key=key, text=text, encoding="7bit" if text.isascii() else "8bit"
    )
    return Message(
        key,
        "events@ghent.example",
        recipient,
        content.encode(),
        smtputf8=not recipient.isascii(),
        eightbit=not content.isascii(),
    )


@define
class MemoryTransport:
    """Holds what was sent, in order; `answer` may give another fate to a message than to be sent.

    `dies` is called before each commit, and may raise.
    """

    batch: int = 10
    finds: bool = False
    repeats: bool = False
    rate: float | None = None
    answer: Callable[[Message], Delivery | None] = field(default=lambda _message: None)
    refuse: Callable[[Message], Delivery | None] = field(default=lambda _message: None)
    sent: list[Message] = field(factory=list, repr=False)
    staged: int = 0
    abandoned: int = 0

    @property
    def capabilities(self) -> Capabilities:
        """Give what it was made to do."""
        return Capabilities(self.batch, self.finds, self.repeats, self.rate, "memory")

    def stage(self, messages: Sequence[Message]) -> Staged:
        """Hold messages."""
        self.staged += 1
        refused = {each.key: answer for each in messages if (answer := self.refuse(each)) is not None}
        return _Held(self, [each for each in messages if each.key not in refused], list(refused.values()))

    def find(self, message: Message) -> Delivery | None:
        """Look among those sent."""
        if self.finds and any(each.key == message.key for each in self.sent):
            return Delivery(message.key, Status.SENT)
        return None

    def close(self) -> None:
        """Do nothing."""


@frozen
class _Held:
    transport: MemoryTransport
    messages: Sequence[Message]
    settled: Sequence[Delivery]

    @property
    def keys(self) -> Sequence[str]:
        return [each.key for each in self.messages]

    def commit(self) -> Iterable[Delivery]:
        for message in self.messages:
            answer = self.transport.answer(message) or Delivery(message.key, Status.SENT, 250, "ok")
            if answer.status is Status.SENT:
                self.transport.sent.append(message)
            yield answer

    def abandon(self) -> None:
        self.transport.abandoned += 1


@frozen
class NullTransport:
    """Sends nothing and says that it did: to measure everything else."""

    batch: int = 50

    @property
    def capabilities(self) -> Capabilities:
        """Give its batch."""
        return Capabilities(self.batch)

    def stage(self, messages: Sequence[Message]) -> Staged:
        """Hold keys."""
        return _Nothing([each.key for each in messages])

    def find(self, message: Message) -> Delivery | None:  # noqa: ARG002 - the protocol's
        """Find nothing."""
        return None

    def close(self) -> None:
        """Do nothing."""


@frozen
class _Nothing:
    keys: Sequence[str]
    settled: Sequence[Delivery] = ()

    def commit(self) -> Iterable[Delivery]:
        return [Delivery(key, Status.SENT) for key in self.keys]

    def abandon(self) -> None:
        pass


class TransportContract:
    """Inherit, give the fixture `transport`, and say what has arrived; `message` may be given where more is needed."""

    secret: str = ""
    """A secret in the transport's configuration, which must be in no repr and no error."""

    @pytest.fixture
    def transport(self) -> Transport:
        """Give the transport under test, of which nothing was sent yet."""
        raise NotImplementedError

    def arrived(self) -> Sequence[bytes]:
        """Give the mails that have arrived, whole; their lines may end in LF or CRLF."""
        raise NotImplementedError

    def message(self, number: int, text: str = "Welcome.") -> Message:
        """Make a message that the transport can send."""
        return message_for(number, text)

    def send(self, transport: Transport, *messages: Message) -> Sequence[Delivery]:
        """Send messages, and give what became of each."""
        staged = transport.stage(messages)
        return [*staged.settled, *staged.commit()]

    def ids(self) -> list[str]:
        """Give the Message-IDs of what has arrived, in no order."""
        lines = [line for mail in self.arrived() for line in mail.splitlines()]
        return sorted(
            line.split(b"<")[1].split(b"@")[0].decode() for line in lines if line.startswith(b"Message-ID:")
        )

    def test_a_batch_arrives_once_each(self, transport: Transport) -> None:
        """What was let go is there."""
        messages = [self.message(number) for number in range(min(3, transport.capabilities.batch))]
        done = self.send(transport, *messages)
        assert {each.key: each.status for each in done} == {each.key: Status.SENT for each in messages}
        assert self.ids() == sorted(each.key for each in messages)

    def test_more_batches_go_the_same_way(self, transport: Transport) -> None:
        """A connection is used again, and nothing of the message before is left in it."""
        for start in range(0, 6, 2):
            for message in (self.message(start), self.message(start + 1)):
                self.send(transport, message)
        assert self.ids() == sorted(self.message(number).key for number in range(6))

    def test_what_is_staged_is_not_sent(self, transport: Transport) -> None:
        """The ledger comes in between."""
        staged = transport.stage([self.message(1)])
        assert list(staged.keys) == [self.message(1).key]
        assert self.ids() == []
        staged.abandon()

    def test_what_is_abandoned_never_arrives(self, transport: Transport) -> None:
        """Nor does it come along with the next."""
        transport.stage([self.message(1)]).abandon()
        self.send(transport, self.message(2))
        assert self.ids() == [self.message(2).key]

    def test_what_was_abandoned_can_be_sent(self, transport: Transport) -> None:
        """It is as if nothing had been."""
        transport.stage([self.message(1)]).abandon()
        self.send(transport, self.message(1))
        assert self.ids() == [self.message(1).key]

    def test_nothing_can_be_staged(self, transport: Transport) -> None:
        """A batch of which nothing is left."""
        staged = transport.stage([])
        assert (list(staged.keys), list(staged.settled), list(staged.commit())) == ([], [], [])

    def test_what_looks_like_the_end_of_a_mail_is_a_line_of_it(self, transport: Transport) -> None:
        """A dot alone ends a mail for SMTP, and From begins one in an mbox; neither may here."""
        text = (
            "Dear all,\r\n.\r\n..\r\n.hidden\r\nFrom here on\r\n\r\n.\r\nMAIL FROM:<x@y.example>\r\n\r\nEnd."
        )
        self.send(transport, self.message(1, text))
        assert self.texts() == [text.replace("\r\n", "\n")]

    def test_every_alphabet_arrives(self, transport: Transport) -> None:
        """In eight bits, where the transport keeps them."""
        if not transport.capabilities.carries(Feature.OCTETS):
            pytest.skip("writes mails itself")
        text = "Ngô Đình, łódź, Ελλάδα, مدينة, 北京, 🏙️"
        self.send(transport, self.message(1, text))
        assert self.texts() == [text]

    def test_headers_arrive_as_they_are(self, transport: Transport) -> None:
        """Those for unsubscribing above all: a button depends on them."""
        if not transport.capabilities.carries(Feature.HEADERS):
            pytest.skip("takes no headers")
        self.send(transport, self.message(1))
        (mail,) = self.arrived()
        header = mail.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
        own = self.message(1).content.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
        assert own in header

    def test_what_was_sent_is_found_where_that_is_promised(self, transport: Transport) -> None:
        """And nothing else is."""
        self.send(transport, self.message(1))
        found = transport.find(self.message(1))
        if transport.capabilities.finds:
            assert found is not None
            assert found.status is Status.SENT
        assert transport.find(self.message(2)) is None

    def test_what_is_given_twice_is_there_once_where_that_is_promised(self, transport: Transport) -> None:
        """Then doubt costs nothing."""
        if not transport.capabilities.repeats:
            pytest.skip("holds what it is given")
        for _ in range(2):
            (done,) = self.send(transport, self.message(1))
            assert done.status is Status.SENT
        assert self.ids() == [self.message(1).key]

    def test_it_can_be_closed_and_used_again(self, transport: Transport) -> None:
        """Between two runs nothing need stay open."""
        self.send(transport, self.message(1))
        transport.close()
        transport.close()
        self.send(transport, self.message(2))
        assert self.ids() == sorted(self.message(number).key for number in (1, 2))

    def test_no_secret_and_no_address_is_shown(self, transport: Transport) -> None:
        """Not in what is printed of it, nor in what it says of a message."""
        done = self.send(transport, self.message(1))
        said = f"{transport!r} {done!r} {transport.capabilities!r}"
        assert self.message(1).recipient not in said
        if self.secret:
            assert self.secret not in said

    def test_a_message_that_cannot_be_sent_leaves_the_others_alone(self, transport: Transport) -> None:
        """An envelope cannot hold everything that a list of contacts holds."""
        bad = evolve(message_for(1), recipient="x>\r\nRCPT TO:<spy@evil.example")
        good = self.message(2)
        if transport.capabilities.batch == 1:
            pytest.skip("has no batches")
        try:
            done = self.send(transport, bad, good)
        except BriefingkitError as error:
            pytest.fail(f"the batch was refused: {error}")
        assert {each.key: each.status for each in done}[good.key] is Status.SENT
        assert good.key in self.ids()

    def texts(self) -> list[str]:
        """Give the text of each mail that has arrived, its lines ended by LF and none at its end."""
        mails = [mail.replace(b"\r\n", b"\n").partition(b"\n\n")[2] for mail in self.arrived()]
        return [mail.decode().rstrip("\n") for mail in mails]
