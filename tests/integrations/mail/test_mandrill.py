"""Mail by MailchimpTransactional, held against a double built from its documentation."""

from collections.abc import Iterator
from typing import Any

import pytest
from attrs import evolve

from briefingkit.errors import IntegrationError
from briefingkit.mailing.outgoing.transport import Status
from briefingkit.testing.mail.mandrill import MandrillDouble
from briefingkit.testing.mail.service import Mishap, json_reply
from briefingkit.testing.transport import message_for
from briefingkit_mail.mandrill import MailchimpTransactional

from .mails import invitation
from .services import ServiceContract, send


class TestMailchimpTransactional(ServiceContract):
    @pytest.fixture
    def double(self) -> Iterator[MandrillDouble]:
        with MandrillDouble() as double:
            yield double

    @pytest.fixture
    def transport(self, double: MandrillDouble) -> Any:
        return MailchimpTransactional(double.secret, base_url=f"{double.url}/api/1.0")

    def test_our_key_goes_along_and_no_further(self, transport: Any, double: MandrillDouble) -> None:
        send(transport, invitation())
        assert double.messages[0]["metadata"] == {"briefingkit": invitation().key}
        assert double.mails == [invitation().content]

    def test_a_recipient_that_is_rejected_has_failed(self, transport: Any, double: MandrillDouble) -> None:
        double.rejects[message_for(1).recipient] = "hard-bounce"
        (done,) = send(transport, message_for(1))
        assert (done.status, done.words) == (Status.FAILED, "rejected: hard-bounce")

    @pytest.mark.parametrize("why", ["unsigned", "invalid-sender", "test-mode-limit"])
    def test_a_rejection_that_is_our_fault_is_not_the_recipients(
        self, transport: Any, double: MandrillDouble, why: str
    ) -> None:
        double.rejects[message_for(1).recipient] = why
        (done,) = send(transport, message_for(1))
        assert (done.status, done.throttled) == (Status.DEFERRED, True)

    @pytest.mark.parametrize(
        ("name", "fate"),
        [
            ("ValidationError", Status.FAILED),
            ("ServiceUnavailable", Status.DEFERRED),
            ("GeneralError", Status.UNKNOWN),
        ],
    )
    @pytest.mark.parametrize("status", [200, 500])
    def test_an_error_goes_by_its_name_whatever_its_status(
        self, transport: Any, double: MandrillDouble, name: str, fate: Status, status: int
    ) -> None:
        value = {"status": "error", "code": -2, "name": name, "message": "words"}
        double.script.append(Mishap(instead=lambda _asked: json_reply(status, value)))
        assert send(transport, message_for(1))[0].status is fate

    def test_a_wrong_key_stops_the_run(self, double: MandrillDouble) -> None:
        transport = MailchimpTransactional("another", base_url=f"{double.url}/api/1.0")
        assert send(transport, message_for(1))[0].status is Status.DEFERRED
        with pytest.raises(IntegrationError, match="Invalid_Key"):
            transport.stage([message_for(1)])
        transport.close()

    def test_another_mail_to_the_same_recipient_is_not_the_one(self, transport: Any) -> None:
        send(transport, message_for(1))
        assert transport.find(evolve(message_for(1), key="0" * 40)) is None
