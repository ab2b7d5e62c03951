"""Mail by Brevo, held against a double built from its documentation."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from briefingkit.mailing.outgoing.transport import Status
from briefingkit.testing.mail.brevo import BrevoDouble
from briefingkit.testing.mail.service import Mishap, json_reply
from briefingkit.testing.transport import message_for
from briefingkit_mail.brevo import Brevo

from .mails import invitation
from .services import ServiceContract, send


class TestBrevo(ServiceContract):
    keyed = True

    @pytest.fixture
    def double(self) -> Iterator[BrevoDouble]:
        with BrevoDouble() as double:
            yield double

    @pytest.fixture
    def transport(self, double: BrevoDouble) -> Any:
        return Brevo(double.secret, base_url=f"{double.url}/v3")

    def test_mails_without_an_event_share_a_request(self, transport: Any, double: BrevoDouble) -> None:
        done = send(transport, *(message_for(number) for number in range(2, 9)), invitation(1))
        assert {each.status for each in done} == {Status.SENT}
        assert sorted(len(asked.json().get("messageVersions", ())) for asked in double.sends) == [0, 7]
        assert len({each.remote_id for each in done}) == 8

    def test_the_same_messages_have_the_same_key_and_others_another(self, transport: Any) -> None:
        def key(*numbers: int) -> str:
            call = transport._compose([message_for(number) for number in numbers])
            return str(json.loads(call.body)["headers"]["idempotencyKey"])

        assert key(1) == key(1)
        assert len({key(1), key(2), key(1, 2), key(2, 1)}) == 4

    def test_what_it_has_had_already_was_sent(self, transport: Any, double: BrevoDouble) -> None:
        assert [send(transport, message_for(1))[0].status for _ in range(2)] == [Status.SENT] * 2
        assert len(double.mails) == 1

    def test_its_template_language_is_not_ours(self, transport: Any, double: BrevoDouble) -> None:
        send(transport, invitation(), message_for(2, "{{ contact.EMAIL }} {% if x %}"))
        said = json.dumps([asked.json() for asked in double.sends])
        assert "{{" not in said
        assert "{%" not in said
        assert "&#123;{ x }}" in said

    @pytest.mark.parametrize("count", [0, 1, 4])
    def test_an_answer_about_another_number_of_mails_says_nothing(
        self, transport: Any, double: BrevoDouble, count: int
    ) -> None:
        answer = json_reply(201, {"messageIds": ["<x@y>"] * count})
        double.script.append(Mishap(instead=lambda _asked: answer))
        done = send(transport, *(message_for(number) for number in range(3)))
        assert [each.status for each in done] == [Status.UNKNOWN] * 3
