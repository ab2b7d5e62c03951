"""What all transports by a mail service promise beside the contract, held against a double that answers as told."""

import email
import itertools
import json
import logging
from collections.abc import Iterator, Sequence
from datetime import timedelta
from email import policy
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from briefingkit.errors import IntegrationError, Transient
from briefingkit.mailing.messages.message import Mailbox, Message, Parts
from briefingkit.mailing.outgoing.transport import Delivery, Feature, Status
from briefingkit.testing.mail.service import Broken, MailService, Mishap, Reply, json_reply
from briefingkit.testing.transport import TransportContract, message_for
from briefingkit.web_api.line import Unreached

from .mails import ICS, invitation, is_writable, told

_COPIED = frozenset(("from", "to", "subject", "mime-version", "reply-to"))


def send(transport: Any, *messages: Message) -> Sequence[Delivery]:
    staged = transport.stage(messages)
    return [*staged.settled, *staged.commit()]


def html(status: int = 200) -> Reply:
    return Reply(
        status, {"Content-Type": "text/html"}, b"<html><body>person.1@city.example: sign in</body></html>"
    )


def lose(_reply: Reply) -> Reply:
    raise Broken


class ServiceContract(TransportContract):
    """Inherit, and give `double` and `transport`."""

    keyed = False
    """Whether a request carries a key, so that it may be made again."""
    taken = 200

    @pytest.fixture
    def double(self) -> Iterator[MailService]:
        raise NotImplementedError

    @pytest.fixture(autouse=True)
    def _hold(self, double: MailService, transport: Any) -> Iterator[None]:
        self.double = double
        self.secret = double.secret
        transport._line.sleep = lambda _seconds: None
        yield
        transport.close()
        assert double.faults == []

    def arrived(self) -> Sequence[bytes]:
        return self.double.mails

    def ids(self) -> list[str]:
        """Go by recipient: some services write a Message-ID of their own."""
        keys = {message_for(number).recipient: message_for(number).key for number in range(20)}
        mails = [email.message_from_bytes(mail, policy=policy.SMTPUTF8) for mail in self.arrived()]
        return sorted(keys[mail["To"].addresses[0].addr_spec] for mail in mails)

    def texts(self) -> list[str]:
        mails = [email.message_from_bytes(mail, policy=policy.SMTPUTF8) for mail in self.arrived()]
        bodies = [mail.get_body(("plain",)) for mail in mails]
        return [body.get_content().replace("\r\n", "\n").rstrip("\n") for body in bodies if body is not None]

    def test_headers_arrive_as_they_are(self, transport: Any) -> None:
        """One by one, where the service writes the mail: those for unsubscribing above all."""
        self.send(transport, self.message(1))
        (mail,) = self.arrived()
        lines = mail.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode().split("\n")
        own = self.message(1).content.decode().partition("\r\n\r\n")[0].split("\r\n")
        kept = transport.capabilities.carries(Feature.MESSAGE_ID)
        octets = transport.capabilities.carries(Feature.OCTETS)
        skipped = set() if octets else {*_COPIED, "date", "content-type", "content-transfer-encoding"}
        skipped |= set() if kept else {"message-id", "date"}
        wanted = [line for line in own if line.partition(":")[0].lower() not in skipped]
        assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in wanted
        assert [line for line in wanted if line not in lines] == []

    def test_an_invitation_arrives_with_its_event(self, transport: Any) -> None:
        (done,) = send(transport, invitation())
        assert done.status is Status.SENT, done.words
        (mail,) = self.arrived()
        parsed = email.message_from_bytes(mail, policy=policy.SMTPUTF8)
        calendars = [
            part.get_payload(decode=True)
            for part in parsed.walk()
            if part.get_content_type() in {"text/calendar", "application/ics"}
            or part.get_filename() == "invite.ics"
        ]
        assert calendars
        assert all(
            calendar.replace(b"\r\n", b"\n") == ICS.encode().replace(b"\r\n", b"\n") for calendar in calendars
        )

    def test_a_service_that_is_not_there_takes_nothing(self, transport: Any, double: MailService) -> None:
        double.close()
        with pytest.raises(Transient, match="cannot be reached"):
            transport.stage([message_for(1)])

    def test_a_service_that_goes_away_between_leaves_nothing_in_doubt(
        self, transport: Any, double: MailService
    ) -> None:
        staged = transport.stage([message_for(1)])
        double.close()
        (done,) = staged.commit()
        assert (done.status, done.throttled) == (Status.DEFERRED, True)

    @pytest.mark.parametrize("status", [429, 503])
    def test_a_service_that_is_busy_says_when_to_come_back(
        self, transport: Any, double: MailService, status: int
    ) -> None:
        answer = Reply(status, {"Retry-After": "7"}, b"slow down")
        double.script.append(Mishap(instead=lambda _asked: answer))
        (done,) = send(transport, message_for(1))
        assert (done.status, done.throttled, done.retry_after) == (
            Status.DEFERRED,
            True,
            timedelta(seconds=7),
        )
        assert double.mails == []
        assert send(transport, message_for(1))[0].status is Status.SENT

    def test_a_point_in_time_to_come_back_is_held_against_the_services_clock(
        self, transport: Any, double: MailService
    ) -> None:
        told = {"Date": "Sat, 28 Nov 2026 07:00:00 GMT", "Retry-After": "Sat, 28 Nov 2026 07:02:00 GMT"}
        double.script.append(Mishap(instead=lambda _asked: Reply(429, told)))
        (done,) = send(transport, message_for(1))
        assert done.retry_after == timedelta(minutes=2)

    def test_a_lost_answer_is_doubt_unless_a_key_removes_it(
        self, transport: Any, double: MailService
    ) -> None:
        double.script.append(Mishap(after=lose))
        (done,) = send(transport, message_for(1))
        assert done.status is (Status.SENT if self.keyed else Status.UNKNOWN)
        assert len(double.mails) == 1
        if transport.capabilities.finds:
            found = transport.find(message_for(1))
            assert found is not None
            assert found.status is Status.SENT

    @pytest.mark.parametrize(
        "answer",
        [None, [], {}, [None, {}], {"items": [None, {}], "messages": [None, {}], "Messages": {"a": 1}}],
    )
    def test_a_lookup_that_names_nothing_finds_nothing(
        self, transport: Any, double: MailService, answer: Any
    ) -> None:
        send(transport, message_for(2))
        double.handle = lambda _asked: json_reply(200, answer)
        assert transport.find(message_for(1)) is None

    def test_a_service_that_never_answers_leaves_doubt(self, transport: Any, double: MailService) -> None:
        double.script.extend([Mishap(after=lose)] * 20)
        (done,) = send(transport, message_for(1))
        assert done.status is Status.UNKNOWN
        assert len(double.mails) == 1

    @pytest.mark.parametrize("status", [400, 401, 422, 429, 503])
    def test_no_answer_takes_away_the_doubt_that_a_lost_one_left(
        self, transport: Any, double: MailService, status: int
    ) -> None:
        """The first request may have been taken, whatever becomes of the next."""
        later = Mishap(instead=lambda _asked: json_reply(status, {"message": "no"}))
        double.script.extend([Mishap(after=lose), later])
        (done,) = send(transport, message_for(1))
        assert (done.status, len(double.mails)) == (Status.UNKNOWN, 1)

    def test_a_service_that_goes_away_after_a_lost_answer_leaves_doubt(
        self, transport: Any, double: MailService
    ) -> None:
        transport._line.sleep = lambda _seconds: double.close()
        double.script.append(Mishap(after=lose))
        (done,) = send(transport, message_for(1))
        assert (done.status, len(double.mails)) == (Status.UNKNOWN, 1)

    def test_a_service_that_is_reached_the_second_time_leaves_no_doubt(self, transport: Any) -> None:
        staged = transport.stage([message_for(1)])
        ask, faults = transport._line.ask, [Unreached("x")]

        def first_fail(call: Any) -> Any:
            if faults:
                raise faults.pop()
            return ask(call)

        transport._line.ask = first_fail
        (done,) = staged.commit()
        assert done.status is (Status.SENT if self.keyed else Status.DEFERRED)

    @pytest.mark.parametrize("status", [500, 502, 504])
    def test_a_service_in_trouble_leaves_doubt(
        self, transport: Any, double: MailService, status: int
    ) -> None:
        double.script.extend([Mishap(instead=lambda _asked: html(status))] * 20)
        (done,) = send(transport, message_for(1))
        assert (done.status, done.code) == (Status.UNKNOWN, status)
        assert "city.example" not in done.words
        assert "<" not in done.words

    @pytest.mark.parametrize(
        "answer",
        [
            html(),
            Reply(200, {"Content-Type": "application/json"}, b""),
            Reply(200, {"Content-Type": "application/json"}, b'{"id": "half'),
            Reply(200, {"Content-Type": "application/json"}, b"[" * 100_000),
            Reply(200, {"Content-Type": "application/json"}, b"\xff\xfe"),
            json_reply(200, None),
            json_reply(200, []),
            json_reply(200, [{}, {}, {}]),
            json_reply(200, {"id": "", "MessageId": 4, "messageId": None, "messageIds": "abc"}),
            json_reply(200, {"errors": [{"message": "no"}]}),
        ],
        ids=itertools.count(),
    )
    def test_a_yes_that_cannot_be_read_is_no_yes(
        self, transport: Any, double: MailService, answer: Reply
    ) -> None:
        double.script.append(Mishap(instead=lambda _asked: answer))
        (done,) = send(transport, message_for(1))
        assert done.status is Status.UNKNOWN
        assert double.mails == []

    @pytest.mark.parametrize("status", [401, 403])
    def test_a_key_that_is_not_taken_stops_the_run_and_loses_nothing(
        self, transport: Any, double: MailService, status: int
    ) -> None:
        words = json.dumps({"message": f"the key {self.secret} is unknown"}).encode()
        answer = Reply(status, {"Content-Type": "application/json"}, words)
        double.script.append(Mishap(instead=lambda _asked: answer))
        (done,) = send(transport, message_for(1))
        assert (done.status, done.throttled) == (Status.DEFERRED, True)
        with pytest.raises(IntegrationError, match="refuses everything") as caught:
            transport.stage([message_for(1)])
        assert not isinstance(caught.value, Transient)
        assert self.secret not in f"{done} {caught.value}"
        assert send(transport, message_for(1))[0].status is Status.SENT

    def test_a_redirect_is_not_followed(self, transport: Any, double: MailService) -> None:
        where = {"Location": f"{double.url}/elsewhere"}
        double.script.append(Mishap(instead=lambda _asked: Reply(302, where)))
        (done,) = send(transport, message_for(1))
        assert done.status is Status.DEFERRED
        assert len(double.sends) == 1

    @pytest.mark.parametrize("status", [400, 413, 422])
    def test_what_is_refused_has_failed_in_the_services_words(
        self, transport: Any, double: MailService, status: int
    ) -> None:
        value = {"message": "person.1@city.example is no address of anybody", "errors": None}
        double.script.append(Mishap(instead=lambda _asked: json_reply(status, value)))
        (done,) = send(transport, message_for(1))
        assert (done.status, done.code) == (Status.FAILED, status)
        assert "no address of anybody" in done.words
        assert "person.1" not in done.words

    def test_a_page_that_refuses_is_not_the_services_word(self, transport: Any, double: MailService) -> None:
        """A proxy between may say 400 to whatever it is given: the message is tried again, some times."""
        double.script.append(Mishap(instead=lambda _asked: html(400)))
        (done,) = send(transport, message_for(1))
        assert (done.status, done.throttled) == (Status.DEFERRED, False)

    def test_no_log_holds_a_key_or_whom_mail_is_for(
        self, transport: Any, double: MailService, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        double.script.extend([Mishap(), Mishap(instead=lambda _asked: html(500))])
        for _ in range(2):
            send(transport, message_for(1))
        assert "POST" in caplog.text  # the library tells what it does
        assert self.secret not in caplog.text
        assert "person.1" not in caplog.text

    def test_one_that_is_refused_holds_no_other_back(self, transport: Any) -> None:
        most = min(transport.capabilities.batch, 7)
        messages = [message_for(number) for number in range(most)]
        bad = evolve(messages[-1], recipient="somebody@nowhere")
        done = {each.key: each for each in send(transport, *messages[:-1], bad)}
        assert done[bad.key].status is Status.FAILED
        assert all(done[message.key].status is Status.SENT for message in messages[:-1])

    def test_what_it_cannot_address_never_leaves(self, transport: Any, double: MailService) -> None:
        message = message_for(1, to="jörg@city.example")
        (done,) = send(transport, message)
        assert done.status is Status.FAILED
        assert "jörg" not in done.words
        assert double.sends == []

    def test_nothing_too_large_leaves(self, transport: Any, double: MailService) -> None:
        object.__setattr__(transport, "_service", evolve(transport._service, largest=100))
        (done,) = send(transport, message_for(1))
        assert (done.status, "at most" in done.words) == (Status.FAILED, True)
        assert double.sends == []

    @settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
    )
    @given(
        name=st.text(max_size=60),
        subject=st.text(max_size=120),
        text=st.text(max_size=200),
        markup=st.none() | st.text(max_size=200),
        header=st.text(max_size=80),
        calendar=st.booleans(),
    )
    def test_no_text_whatever_becomes_anything_else(  # noqa: PLR0913, PLR0917 - what is drawn
        self,
        transport: Any,
        double: MailService,
        name: str,
        subject: str,
        text: str,
        markup: str | None,
        header: str,
        calendar: bool,
    ) -> None:
        """The double looks at each request, and at each name and value of a header in it."""
        parts = Parts(
            Mailbox(name, "events@ghent.example"),
            Mailbox(name, "person.1@city.example"),
            Mailbox(name, "desk@ghent.example"),
            subject,
            text,
            markup,
            ICS.encode() if calendar else None,
            "REQUEST" if calendar else None,
            {"List-Id": header, "Message-ID": "<x@ghent.example>"},
        )
        message = told(parts)
        double.mails.clear()
        getattr(double, "known", set[str]()).clear()
        (done,) = send(transport, message)
        if done.status is Status.SENT:
            (mail,) = double.mails
            head = mail.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("utf-8", "replace")
            assert not any(line.lower().startswith("bcc:") for line in head.split("\n"))
        else:
            assert done.status is Status.FAILED, done
            assert not is_writable(parts), done.words
