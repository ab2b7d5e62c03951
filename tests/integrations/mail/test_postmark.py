"""Mail by Postmark, held against a double built from its documentation."""

from collections.abc import Iterator
from typing import Any

import pytest
from attrs import evolve

from briefingkit.mailing.outgoing.transport import Status
from briefingkit.testing.mail.postmark import PostmarkDouble
from briefingkit.testing.mail.service import Mishap, Reply, json_reply
from briefingkit.testing.transport import message_for
from briefingkit_mail.postmark import Postmark

from .mails import invitation
from .services import ServiceContract, send


class TestPostmark(ServiceContract):
    @pytest.fixture
    def double(self) -> Iterator[PostmarkDouble]:
        with PostmarkDouble() as double:
            yield double

    @pytest.fixture
    def transport(self, double: PostmarkDouble) -> Any:
        return Postmark(double.secret, base_url=double.url)

    def test_a_batch_is_one_request(self, transport: Any, double: PostmarkDouble) -> None:
        done = send(transport, *(message_for(number) for number in range(20)))
        assert [each.status for each in done] == [Status.SENT] * 20
        assert len(double.sends) == 1

    def test_an_error_inside_of_a_success_is_the_error_of_one(
        self, transport: Any, double: PostmarkDouble
    ) -> None:
        double.inactive.add(message_for(1).recipient)
        done = send(transport, *(message_for(number) for number in range(3)))
        assert [each.status for each in done] == [Status.SENT, Status.FAILED, Status.SENT]
        assert (done[1].code, "inactive" in done[1].words) == (406, True)
        assert "person.1" not in done[1].words

    @pytest.mark.parametrize("count", [0, 1, 4])
    def test_an_answer_about_another_number_of_mails_says_nothing(
        self, transport: Any, double: PostmarkDouble, count: int
    ) -> None:
        answer = json_reply(200, [{"ErrorCode": 0, "MessageID": "x", "Message": "OK"}] * count)
        double.script.append(Mishap(instead=lambda _asked: answer))
        done = send(transport, *(message_for(number) for number in range(3)))
        assert [each.status for each in done] == [Status.UNKNOWN] * 3
        assert all("3" in each.words for each in done)

    @pytest.mark.parametrize("code", [405, 412, 401, 100])
    def test_what_is_wrong_with_the_account_is_no_messages_fault(
        self, transport: Any, double: PostmarkDouble, code: int
    ) -> None:
        answer = json_reply(200, [{"ErrorCode": code, "Message": "Not allowed to send"}])
        double.script.append(Mishap(instead=lambda _asked: answer))
        (done,) = send(transport, message_for(1))
        assert (done.status, done.throttled, done.code) == (Status.DEFERRED, True, code)

    def test_a_batch_that_is_refused_is_taken_apart_until_the_one_is_found(
        self, transport: Any, double: PostmarkDouble
    ) -> None:
        def refuse(_reply: Reply) -> Reply:
            double.mails.clear()
            return json_reply(422, {"ErrorCode": 403, "Message": "Incompatible JSON"})

        double.script.append(Mishap(after=refuse))
        done = send(transport, *(message_for(number) for number in range(5)))
        assert {each.status for each in done} == {Status.SENT}
        assert [len(asked.json()) for asked in double.sends] == [5, 2, 3]

    def test_another_mail_to_the_same_recipient_is_not_the_one(self, transport: Any) -> None:
        send(transport, message_for(1))
        assert transport.find(evolve(message_for(1), key="0" * 40)) is None

    def test_nothing_is_watched_and_the_message_id_is_kept(
        self, transport: Any, double: PostmarkDouble
    ) -> None:
        send(transport, invitation())
        (mail,) = double.sends[0].json()
        assert (mail["TrackOpens"], mail["TrackLinks"]) == (False, "None")
        assert f"Message-ID: <{invitation().key}@ghent.example>".encode() in double.mails[0]
        assert mail["Attachments"][0]["ContentType"] == "text/calendar; charset=utf-8; method=REQUEST"

    def test_one_answer_that_cannot_be_read_leaves_the_others_what_they_are(
        self, transport: Any, double: PostmarkDouble
    ) -> None:
        good = {"ErrorCode": 0, "MessageID": "x", "Message": "OK"}
        answer = json_reply(200, [good, None, {"ErrorCode": "none"}, {**good, "MessageID": ""}])
        double.script.append(Mishap(instead=lambda _asked: answer))
        done = send(transport, *(message_for(number) for number in range(4)))
        assert [each.status for each in done] == [Status.SENT, *[Status.UNKNOWN] * 3]
