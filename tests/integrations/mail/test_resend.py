"""Mail by Resend, held against a double built from its documentation."""

from collections.abc import Iterator
from typing import Any

import pytest

from briefingkit.errors import IntegrationError
from briefingkit.mailing.outgoing.transport import Status
from briefingkit.testing.mail.resend import ResendDouble
from briefingkit.testing.mail.service import Mishap, json_reply
from briefingkit.testing.transport import message_for
from briefingkit_mail.resend import Resend

from .mails import invitation
from .services import ServiceContract, send


class TestResend(ServiceContract):
    keyed = True

    @pytest.fixture
    def double(self) -> Iterator[ResendDouble]:
        with ResendDouble() as double:
            yield double

    @pytest.fixture
    def transport(self, double: ResendDouble) -> Any:
        return Resend(double.secret, base_url=double.url, rate=None)

    def test_mails_without_an_event_share_a_request(self, transport: Any, double: ResendDouble) -> None:
        done = send(transport, *(message_for(number) for number in range(2, 9)), invitation(1))
        assert {each.status for each in done} == {Status.SENT}
        assert sorted(asked.path for asked in double.sends) == ["/emails", "/emails/batch"]
        assert len({each.remote_id for each in done}) == 8

    def test_what_it_has_had_already_is_not_held_twice(self, transport: Any, double: ResendDouble) -> None:
        first, second = (send(transport, message_for(1))[0] for _ in range(2))
        assert first.remote_id == second.remote_id
        assert len(double.mails) == 1

    def test_a_key_that_is_at_work_elsewhere_is_waited_for(
        self, transport: Any, double: ResendDouble
    ) -> None:
        busy = json_reply(409, {"name": "concurrent_idempotent_requests", "message": "in progress"})
        double.script.extend([Mishap(instead=lambda _asked: busy)] * 2)
        assert send(transport, message_for(1))[0].status is Status.SENT

    def test_a_key_that_was_another_mails_leaves_doubt(self, transport: Any) -> None:
        send(transport, message_for(1))
        (done,) = send(transport, message_for(1, "Other words."))
        assert (done.status, "invalid_idempotent_request" in done.words) == (Status.UNKNOWN, True)

    @pytest.mark.parametrize(
        ("status", "name", "fate"),
        [
            (429, "rate_limit_exceeded", Status.DEFERRED),
            (429, "daily_quota_exceeded", Status.DEFERRED),
            (422, "validation_error", Status.FAILED),
        ],
    )
    def test_an_error_goes_by_its_name(
        self, transport: Any, double: ResendDouble, status: int, name: str, fate: Status
    ) -> None:
        double.script.append(
            Mishap(instead=lambda _asked: json_reply(status, {"name": name, "message": "w"}))
        )
        assert send(transport, message_for(1))[0].status is fate
        transport.stage([message_for(1)]).abandon()

    @pytest.mark.parametrize(("status", "name"), [(429, "monthly_quota_exceeded"), (403, "validation_error")])
    def test_what_only_a_person_can_mend_stops_the_run(
        self, transport: Any, double: ResendDouble, status: int, name: str
    ) -> None:
        double.script.append(
            Mishap(instead=lambda _asked: json_reply(status, {"name": name, "message": "w"}))
        )
        assert send(transport, message_for(1))[0].status is Status.DEFERRED
        with pytest.raises(IntegrationError, match=name):
            transport.stage([message_for(1)])

    def test_an_answer_about_another_number_of_mails_says_nothing(
        self, transport: Any, double: ResendDouble
    ) -> None:
        double.script.append(Mishap(instead=lambda _asked: json_reply(200, {"data": [{"id": "x"}]})))
        done = send(transport, *(message_for(number) for number in range(3)))
        assert [each.status for each in done] == [Status.UNKNOWN] * 3
