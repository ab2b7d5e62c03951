"""The envelope of the message that comes next, said behind the dot of the one before: faster, and no more than that."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

import pytest
from attrs import evolve

from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.outgoing.transport import Delivery, Expecting, Status
from briefingkit.testing.transport import message_for
from briefingkit_mail import SMTP

from ...servers import Line, Script
from .opening import open_smtp

Play = Callable[[Callable[[Line], None]], Script]
FIRST, SECOND, THIRD = (message_for(number) for number in (1, 2, 3))
smtp = partial(open_smtp, connections=1, timeout=5, answer_timeout=5)


def send(transport: SMTP, *messages: Message, then: Sequence[Message] = ()) -> list[Delivery]:
    """Send a batch, and say before its dots what is likely to come after it."""
    staged = transport.stage(messages)
    transport.expect(then)
    return [*staged.settled, *staged.commit()]


class Server:
    """Takes mails, and keeps what it heard; the first `waits` dots it answers once it has heard what is behind them."""

    def __init__(self, *extensions: str, waits: int = 0) -> None:
        self.extensions, self.waits = extensions, waits
        self.heard: list[str] = []
        self.mails: list[bytes] = []

    def __call__(self, line: Line) -> None:
        line.greet(*self.extensions)
        kept = list[str]()
        while (command := line.hear()) != "quit":
            self.heard.append(command)
            kept.append("354 go ahead" if command == "DATA" else "250 ok")
            if command == "DATA":
                line.say(*kept)
                self.mails.append(line.mail())
                kept = ["250 taken"]
            if len(self.mails) > self.waits or "PIPELINING" not in self.extensions:
                line.say(*kept)
                kept = []


def envelope(message: Message) -> list[str]:
    return ["MAIL FROM:<events@ghent.example>", f"RCPT TO:<{message.recipient}>", "DATA"]


def test_it_goes_before_the_dot_is_answered(script: Play) -> None:
    server = Server("PIPELINING", waits=2)
    transport = smtp(script(server).port)
    done = [
        *send(transport, FIRST, then=[SECOND]),
        *send(transport, SECOND, then=[THIRD]),
        *send(transport, THIRD),
    ]
    transport.close()
    assert [(each.key, each.status) for each in done] == [
        (each.key, Status.SENT) for each in (FIRST, SECOND, THIRD)
    ]
    assert server.mails == [FIRST.content, SECOND.content, THIRD.content]
    assert server.heard == [*envelope(FIRST), *envelope(SECOND), *envelope(THIRD)]


def test_it_is_said_to_no_server_that_has_not_offered_pipelining(script: Play) -> None:
    server = Server()
    transport = smtp(script(server).port)
    (first,) = send(transport, FIRST, then=[SECOND])
    assert server.heard == envelope(FIRST)
    (second,) = send(transport, SECOND)
    transport.close()
    assert (first.status, second.status) == (Status.SENT, Status.SENT)
    assert server.mails == [FIRST.content, SECOND.content]


def test_one_connection_is_told_of_one_and_each_once_that_was_heeded(script: Play) -> None:
    servers = [Server("PIPELINING"), Server("PIPELINING")]
    mails = [message_for(number) for number in range(8)]
    transport = smtp(script(lambda line: servers[line.number - 1](line)).port, connections=2)
    done, told = list[Delivery](), list[list[Message | None]]()
    for start in range(0, 8, 2):
        done += send(transport, *mails[start : start + 2], then=mails[start + 2 : start + 4])
        told.append([session.announced for session in transport._pool._idle])
    transport.close()
    assert told == [[mails[2], None], [mails[4], None], [mails[6], mails[7]], [None, None]]
    assert [each.status for each in done] == [Status.SENT] * 8
    assert [server.mails for server in servers] == [
        [each.content for each in mails[::2]],
        [each.content for each in mails[1::2]],
    ]


def test_nothing_is_said_of_what_no_envelope_or_this_server_can_hold(script: Play) -> None:
    server = Server("PIPELINING")
    bad = evolve(SECOND, recipient="x>\r\nRCPT TO:<spy@evil.example")
    foreign = evolve(THIRD, recipient="jörg@city.example", smtputf8=True)
    transport = smtp(script(server).port, connections=2)
    (done,) = send(transport, FIRST, then=[bad, foreign])
    refused = transport.stage([bad, foreign]).settled
    transport.close()
    assert [done.status, *(each.status for each in refused)] == [Status.SENT, Status.FAILED, Status.FAILED]
    assert server.heard == envelope(FIRST)


def test_what_does_not_come_after_all_is_hung_up_on_and_nothing_of_it_goes(script: Play) -> None:
    ends, mails = list[str](), list[bytes]()

    def play(line: Line) -> None:
        line.greet("PIPELINING")
        line.envelope()
        mails.append(line.mail())
        line.say("250 taken")
        if line.number == 1:
            line.envelope()
            try:
                mails.append(line.mail())
            except EOFError:
                ends.append("hung up")
            return
        line.hear()

    server = script(play)
    transport = smtp(server.port)
    done = [*send(transport, FIRST, then=[SECOND]), *send(transport, THIRD)]
    transport.close()
    server.close()
    assert [each.status for each in done] == [Status.SENT] * 2
    assert (mails, ends) == ([FIRST.content, THIRD.content], ["hung up"])


def test_one_that_goes_to_another_address_meanwhile_goes_there_alone(script: Play) -> None:
    server = Server("PIPELINING")
    transport = smtp(script(server).port)
    moved = evolve(SECOND, recipient="moved@city.example")
    done = [*send(transport, FIRST, then=[SECOND]), *send(transport, moved)]
    transport.close()
    assert [each.status for each in done] == [Status.SENT] * 2
    assert server.heard[-3:] == envelope(moved)
    assert server.mails == [FIRST.content, SECOND.content]


def test_a_connection_that_waits_for_a_mail_is_not_said_goodbye_to(script: Play) -> None:
    rest = list[bytes]()

    def play(line: Line) -> None:
        line.greet("PIPELINING")
        line.envelope()
        line.mail()
        line.say("250 taken")
        # It waits for a mail from here on, and says nothing that could cross with the end of the connection.
        rest.append(line.file.read())

    server = script(play)
    transport = smtp(server.port)
    send(transport, FIRST, then=[SECOND])
    transport.close()
    server.close()
    (envelope,) = rest
    assert envelope.startswith(b"MAIL FROM:")
    assert envelope.endswith(b"\r\nDATA\r\n")


def test_an_abandoned_mail_that_was_announced_never_arrives(script: Play) -> None:
    mails = list[bytes]()

    def play(line: Line) -> None:
        line.greet("PIPELINING")
        while True:
            line.envelope()
            mails.append(line.mail())
            line.say("250 taken")

    server = script(play)
    transport = smtp(server.port)
    send(transport, FIRST, then=[SECOND])
    transport.stage([SECOND]).abandon()
    send(transport, THIRD)
    transport.close()
    server.close()
    assert mails == [FIRST.content, THIRD.content]


def test_a_refusal_of_it_is_its_own(script: Play) -> None:
    mails = list[bytes]()

    def play(line: Line) -> None:
        line.greet("PIPELINING")
        line.envelope()
        mails.append(line.mail())
        line.say("250 taken")
        assert [line.hear()[:4] for _ in range(3)] == ["MAIL", "RCPT", "DATA"]
        line.say("250 ok", "550 no such person", "503 nobody to send to")
        line.envelope()
        mails.append(line.mail())
        line.say("250 taken")
        line.hear()

    transport = smtp(script(play).port)
    done = [*send(transport, FIRST, then=[SECOND]), *send(transport, SECOND), *send(transport, THIRD)]
    transport.close()
    assert [(each.status, each.code) for each in done] == [
        (Status.SENT, 250),
        (Status.FAILED, 550),
        (Status.SENT, 250),
    ]
    assert mails == [FIRST.content, THIRD.content]


@pytest.mark.parametrize(("reply", "status"), [("451 later", Status.DEFERRED), ("554 never", Status.FAILED)])
def test_a_refusal_of_the_one_before_is_not_its_own(script: Play, reply: str, status: Status) -> None:
    def play(line: Line) -> None:
        line.greet("PIPELINING")
        line.envelope()
        line.mail()
        line.say(reply)
        line.envelope()
        line.mail()
        line.say("250 taken")
        line.hear()

    transport = smtp(script(play).port)
    done = [*send(transport, FIRST, then=[SECOND]), *send(transport, SECOND)]
    transport.close()
    assert [each.status for each in done] == [status, Status.SENT]


def test_a_server_that_hangs_up_over_it_has_taken_nothing_more_and_is_told_of_none_again(
    script: Play,
) -> None:
    said = list[str]()

    def play(line: Line) -> None:
        line.greet("PIPELINING")
        line.envelope()
        line.mail()
        line.say("250 taken")
        behind = [line.hear() for _ in range(3 if line.number == 1 else 1)]
        said.append(behind[-1])

    server = script(play)
    transport = smtp(server.port)
    (first,) = send(transport, FIRST, then=[SECOND])
    (second,) = send(transport, SECOND)
    (again,) = send(transport, SECOND, then=[THIRD])
    transport.close()
    server.close()
    assert [each.status for each in (first, second, again)] == [Status.SENT, Status.DEFERRED, Status.SENT]
    assert (second.retry_after, second.throttled) == (timedelta(), False)
    assert said == ["DATA", "quit"]


def test_the_outbox_finds_out_by_itself_that_it_can_be_told() -> None:
    assert isinstance(smtp(25), Expecting)
