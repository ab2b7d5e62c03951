"""Mail by SendGrid, held against a double built from its documentation."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from attrs import evolve

from briefingkit.mailing.outgoing.transport import Status
from briefingkit.testing.mail.sendgrid import SendGridDouble
from briefingkit.testing.transport import message_for
from briefingkit_mail.sendgrid import SendGrid

from .mails import ICS, invitation
from .services import ServiceContract, send


class TestSendGrid(ServiceContract):
    @pytest.fixture
    def double(self) -> Iterator[SendGridDouble]:
        with SendGridDouble() as double:
            yield double

    @pytest.fixture
    def transport(self, double: SendGridDouble) -> Any:
        return SendGrid(double.secret, base_url=double.url)

    def test_an_event_is_the_last_alternative_and_a_file(
        self, transport: Any, double: SendGridDouble
    ) -> None:
        send(transport, invitation())
        value = double.sends[0].json()
        kinds = [each["type"] for each in value["content"]]
        assert kinds == ["text/plain", "text/html", "text/calendar; method=REQUEST"]
        (file,) = value["attachments"]
        assert (file["type"], file["filename"]) == ("application/ics", "invite.ics")
        assert base64.b64decode(file["content"]).decode() == ICS
        assert value["reply_to"] == {"email": "desk@ghent.example"}

    def test_mails_that_differ_in_nothing_else_share_a_request(
        self, transport: Any, double: SendGridDouble
    ) -> None:
        done = send(transport, *(message_for(number) for number in range(5)), message_for(5, "Other words."))
        assert {each.status for each in done} == {Status.SENT}
        assert sorted(len(asked.json()["personalizations"]) for asked in double.sends) == [1, 5]

    def test_an_address_that_comes_again_goes_into_another_request(
        self, transport: Any, double: SendGridDouble
    ) -> None:
        again = evolve(message_for(2), recipient=message_for(1).recipient.upper())
        done = send(transport, message_for(1), again)
        assert {each.status for each in done} == {Status.SENT}
        assert len(double.sends) == 2

    def test_the_same_subject_to_the_same_recipient_is_not_the_same_mail(self, transport: Any) -> None:
        send(transport, message_for(1))
        assert transport.find(evolve(message_for(1), key="0" * 40)) is None
        found = transport.find(message_for(1))
        assert found is not None
        assert found.remote_id

    def test_a_dropped_mail_was_not_sent(self, transport: Any, double: SendGridDouble) -> None:
        send(transport, message_for(1))
        double.logs[0]["status"] = "dropped"
        assert transport.find(message_for(1)) is None

    def test_an_address_cannot_end_its_query(self, transport: Any) -> None:
        assert transport.find(evolve(message_for(1), recipient='"x\\" OR "@city.example')) is None


def test_a_region_has_its_address() -> None:
    assert SendGrid("SG.x", "eu")._service.url == "https://api.eu.sendgrid.com"
