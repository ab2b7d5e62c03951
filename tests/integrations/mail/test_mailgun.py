"""Mail by Mailgun, held against a double built from its documentation."""

from collections.abc import Iterator
from typing import Any

import pytest
from attrs import evolve

from briefingkit.errors import IntegrationError, ModelError
from briefingkit.mailing.outgoing.transport import Status
from briefingkit.testing.mail.mailgun import MailgunDouble
from briefingkit.testing.mail.service import Mishap, json_reply
from briefingkit.testing.transport import message_for
from briefingkit_mail.mailgun import Mailgun

from .mails import invitation
from .services import ServiceContract, send


class TestMailgun(ServiceContract):
    @pytest.fixture
    def double(self) -> Iterator[MailgunDouble]:
        with MailgunDouble() as double:
            yield double

    @pytest.fixture
    def transport(self, double: MailgunDouble) -> Any:
        return Mailgun(double.domain, double.secret, base_url=double.url)

    def test_links_and_pictures_stay_as_they_are(self, transport: Any, double: MailgunDouble) -> None:
        send(transport, invitation())
        (asked,) = double.sends
        assert b'name="o:tracking"\r\n\r\nno\r\n' in asked.body
        assert double.mails == [invitation().content]

    def test_another_mail_to_the_same_recipient_is_not_the_one(self, transport: Any) -> None:
        send(transport, message_for(1))
        assert transport.find(evolve(message_for(1), key="0" * 40)) is None

    def test_what_mailgun_dropped_was_not_sent(self, transport: Any, double: MailgunDouble) -> None:
        send(transport, message_for(1))
        double.events[0]["event"] = "rejected"
        assert transport.find(message_for(1)) is None

    def test_a_domain_of_another_region_stops_the_run(self, double: MailgunDouble) -> None:
        transport = Mailgun("mg.elsewhere.example", double.secret, base_url=double.url)
        assert send(transport, message_for(1))[0].status is Status.DEFERRED
        with pytest.raises(IntegrationError, match=r"Domain not found.*region"):
            transport.stage([message_for(1)])
        transport.close()

    def test_a_wait_in_words_is_kept(self, transport: Any, double: MailgunDouble) -> None:
        words = "Domain x is not allowed to send: account-requests-per-sec limit exceeded, try again after 120 seconds"
        double.script.append(Mishap(instead=lambda _asked: json_reply(429, {"message": words})))
        (done,) = send(transport, message_for(1))
        assert done.retry_after is not None
        assert done.retry_after.total_seconds() == 120


def test_a_region_has_its_address() -> None:
    assert Mailgun("mg.city.example", "key-x", "eu")._service.url == "https://api.eu.mailgun.net"


@pytest.mark.parametrize(
    "url", ["http://api.mailgun.net", "ftp://x", "https://key@api.mailgun.net", "https://", "no"]
)
def test_a_key_is_told_to_nobody_in_the_open(url: str) -> None:
    with pytest.raises(ModelError, match="https"):
        Mailgun("mg.city.example", "key-x", base_url=url)


@pytest.mark.parametrize("key", ["", "with space", "schlüssel", "line\nend"])
def test_a_key_that_cannot_be_one_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(ModelError) as caught:
        Mailgun("mg.city.example", key)
    assert not key or key not in str(caught.value)
