"""Servers at their worst: what is said of a message is never more than what is known."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest

from briefingkit.errors import IntegrationError, Transient
from briefingkit.mailing.outgoing.transport import Delivery, Status
from briefingkit.testing.transport import message_for
from briefingkit_mail import SMTP

from ...servers import Line, Script
from .opening import open_smtp

Play = Callable[[Callable[[Line], None]], Script]
BUSY = "421 4.3.2 Too busy, try again in 2 minutes"
smtp = partial(open_smtp, connections=1)


def send(transport: SMTP, *numbers: int) -> Sequence[Delivery]:
    staged = transport.stage([message_for(number) for number in numbers])
    done = [*staged.settled, *staged.commit()]
    transport.close()
    return done


@pytest.fixture(params=["PIPELINING", ""])
def extensions(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return (request.param,) if request.param else ()


@pytest.mark.parametrize("stage", ["greeting", "EHLO"])
def test_a_server_that_is_busy_before_it_knows_us_is_tried_later(script: Play, stage: str) -> None:
    def play(line: Line) -> None:
        if stage == "EHLO":
            line.say("220 rude.example")
            line.hear()
            line.say(BUSY)
            line.hear()
        line.say(BUSY)

    with pytest.raises(Transient) as caught:
        send(smtp(script(play).port), 1)
    if stage == "greeting":
        assert caught.value.retry_after == 120


def test_a_server_that_wants_nothing_of_us_is_not_tried_again(script: Play) -> None:
    def play(line: Line) -> None:
        line.say("554 5.7.1 You are on a list")

    with pytest.raises(IntegrationError, match=r"refuses us: 554 5\.7\.1 You are on a list") as caught:
        send(smtp(script(play).port), 1)
    assert not isinstance(caught.value, Transient)


@pytest.mark.parametrize("word", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(
    ("reply", "status", "throttled"),
    [
        (BUSY, Status.DEFERRED, True),
        ("450 4.2.0 Greylisted, try again in 5 minutes", Status.DEFERRED, False),
        ("452 4.5.3 Too many messages, slow down", Status.DEFERRED, True),
        ("550 5.1.1 No such user", Status.FAILED, False),
        ("what?", Status.DEFERRED, False),
    ],
)
def test_a_reply_before_the_mail_settles_it(
    script: Play, extensions: tuple[str, ...], word: str, reply: str, status: Status, *, throttled: bool
) -> None:
    def play(line: Line) -> None:
        line.greet(*extensions)
        spoilt = False
        while True:
            command = line.hear()
            if command.startswith(word):
                line.say(reply)
                spoilt = True
            elif spoilt and command != "QUIT":
                line.say("503 not now")
            else:
                line.say("354 go" if command == "DATA" else "250 ok")

    (done,) = send(smtp(script(play).port), 1)
    assert (done.status, done.throttled) == (status, throttled)
    if "minutes" in reply:
        assert done.retry_after == timedelta(minutes=int(reply.split()[-2]))


def test_a_mail_for_nobody_is_ended_empty(script: Play) -> None:
    """Pipelined, a server may ask for the mail although it took no recipient."""
    mails: list[bytes] = []

    def play(line: Line) -> None:
        line.greet("PIPELINING")
        while True:
            command = line.hear()
            if command.startswith("RCPT TO:<person.1@"):
                line.say("550 5.1.1 no such user")
            elif command == "DATA":
                line.say("354 go")
                mails.append(line.mail())
                line.say("250 ok" if mails[-1] else "554 5.5.1 no valid recipients")
            else:
                line.say("250 ok")

    transport = smtp(script(play).port)
    (failed,) = transport.stage([message_for(1)]).settled
    assert (failed.status, failed.code) == (Status.FAILED, 550)
    (sent,) = transport.stage([message_for(2)]).commit()
    assert sent.status is Status.SENT
    assert [bool(mail) for mail in mails] == [False, True]
    transport.close()


@pytest.mark.parametrize("moment", ["envelope", "mail"])
def test_a_server_that_dies_before_the_dot_has_taken_nothing(
    script: Play, extensions: tuple[str, ...], moment: str
) -> None:
    def play(line: Line) -> None:
        line.greet(*extensions)
        if moment == "mail":
            line.envelope()
            line.file.readline()
        line.reset()

    transport = smtp(script(play).port)
    staged = transport.stage([message_for(1)])
    done = [*staged.settled, *staged.commit()]
    # Who dies while the mail is on its way may be found out only by the dot, which then has no one to reach.
    assert done[0].status in (
        {Status.DEFERRED} if moment == "envelope" else {Status.DEFERRED, Status.UNKNOWN}
    )
    transport.close()


@pytest.mark.parametrize("way", ["hangs up", "resets", "says nothing", "babbles"])
def test_no_answer_to_the_dot_is_no_answer(script: Play, way: str) -> None:
    def play(line: Line) -> None:
        line.greet()
        line.envelope()
        line.mail()
        if way == "resets":
            line.reset()
        elif way == "says nothing":
            line.hear()
        elif way == "babbles":
            line.say("hello there")
            line.hear()

    # All that it has to say is said at once, or it is never said.
    (done,) = send(smtp(script(play).port, answer_timeout=1 if way == "says nothing" else 60), 1)
    assert done.status is Status.UNKNOWN


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        ("250 2.0.0 Ok: queued as 4F3A2", Status.SENT),
        (BUSY, Status.DEFERRED),
        ("451 4.3.0 Error: queue file write error", Status.DEFERRED),
        ("454 4.7.0 Maximum sending rate exceeded", Status.DEFERRED),
        ("554 5.6.0 Message content rejected", Status.FAILED),
    ],
)
def test_the_answer_to_the_dot_is_what_counts(script: Play, reply: str, status: Status) -> None:
    def play(line: Line) -> None:
        line.greet()
        line.envelope()
        line.mail()
        line.say(reply)
        line.hear()

    (done,) = send(smtp(script(play).port), 1)
    assert (done.status, done.code) == (status, int(reply[:3]))
    assert done.throttled is reply.startswith(("421", "454"))


def test_one_that_has_had_enough_of_a_connection_gets_another_at_once(script: Play) -> None:
    def play(line: Line) -> None:
        line.greet()
        line.envelope()
        line.mail()
        line.say("250 ok")
        line.hear()
        line.say("421 4.7.0 Too many messages in this session")

    server = script(play)
    transport = smtp(server.port)
    (first,) = transport.stage([message_for(1)]).commit()
    (second,) = transport.stage([message_for(2)]).settled
    (again,) = transport.stage([message_for(2)]).commit()
    assert [each.status for each in (first, second, again)] == [Status.SENT, Status.DEFERRED, Status.SENT]
    assert (second.retry_after, second.throttled) == (timedelta(), False)
    assert server.connections == 2
    transport.close()


def test_one_death_of_several_hurts_no_other(script: Play) -> None:
    def play(line: Line) -> None:
        line.greet()
        line.envelope()
        line.mail()
        if line.number == 2:
            line.reset()
        line.say("250 ok")
        line.hear()

    done = send(smtp(script(play).port, connections=3), 1, 2, 3)
    assert sorted(each.status for each in done) == [Status.SENT, Status.SENT, Status.UNKNOWN]


def test_fewer_connections_than_asked_for_carry_what_they_can(script: Play) -> None:
    def play(line: Line) -> None:
        if line.number > 2:
            line.say("421 4.7.0 Too many connections from your host")
            return
        line.greet()
        line.envelope()
        line.mail()
        line.say("250 ok")
        line.hear()

    done = send(smtp(script(play).port, connections=4), 1, 2, 3, 4)
    assert sorted(each.status for each in done) == [Status.DEFERRED] * 2 + [Status.SENT] * 2
    assert all(each.throttled for each in done if each.status is Status.DEFERRED)


@pytest.mark.parametrize(
    "answer", [["250 " + "x" * 100_000], ["250-and more"] * 2000], ids=["a line", "lines"]
)
def test_an_answer_without_end_is_not_waited_for(script: Play, answer: list[str]) -> None:
    def play(line: Line) -> None:
        line.greet()
        line.say(*answer)
        line.hear()

    (done,) = send(smtp(script(play).port), 1)
    assert done.status is Status.DEFERRED


def test_slow_servers_are_waited_for_together(script: Play) -> None:
    """None of them answers before all have been spoken to: who waits for one after the other waits in vain."""
    together = Barrier(8, timeout=60)

    def play(line: Line) -> None:
        line.greet("PIPELINING")
        for _ in range(3):
            command = line.hear()
            together.wait()
            line.say("354 go" if command == "DATA" else "250 ok")
        line.mail()
        together.wait()
        line.say("250 ok")
        line.hear()

    done = send(smtp(script(play).port, connections=8), *range(8))
    assert [each.status for each in done] == [Status.SENT] * 8
