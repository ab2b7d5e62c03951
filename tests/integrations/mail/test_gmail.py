"""Mail out of a mailbox at Google, held against a double of the Gmail API and of what gives tokens."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from attrs import evolve

from briefingkit.errors import IntegrationError, ModelError, Transient
from briefingkit.mailing.outgoing.transport import Status
from briefingkit.testing.mail.gmail import GmailDouble
from briefingkit.testing.mail.service import Asked, Mishap, Reply, json_reply
from briefingkit.testing.transport import message_for
from briefingkit_mail.gmail import Gmail

from .services import ServiceContract, send

pytest.importorskip("google.auth")


@pytest.fixture
def double() -> Iterator[GmailDouble]:
    with GmailDouble() as double:
        yield double


@pytest.fixture
def token(tmp_path: Path, double: GmailDouble) -> Path:
    path = tmp_path / "google-token.json"
    path.write_text(json.dumps(double.key))
    path.chmod(0o600)
    return path


@pytest.fixture
def transport(double: GmailDouble, token: Path) -> Iterator[Gmail]:
    given = Gmail(
        user=token.name,
        base=token.parent,
        look_up=True,
        base_url=double.url,
        token_url=f"{double.url}/token",
        rate=None,
    )
    yield given
    given.close()


class TestGmail(ServiceContract):
    @pytest.fixture
    def double(self, double: GmailDouble) -> GmailDouble:
        return double

    @pytest.fixture
    def transport(self, transport: Gmail) -> Gmail:
        return transport

    def test_one_that_is_refused_holds_no_other_back(self, transport: Any) -> None:
        """Whom it goes to stands in the header alone, and an envelope that differs is never sent."""
        bad = evolve(message_for(2), recipient="somebody@nowhere.example")
        done = {each.key: each.status for each in send(transport, message_for(1), bad)}
        assert done == {message_for(1).key: Status.SENT, bad.key: Status.FAILED}


@pytest.mark.parametrize(
    ("status", "reason", "fate"),
    [
        (403, "rateLimitExceeded", Status.DEFERRED),
        (403, "userRateLimitExceeded", Status.DEFERRED),
        (429, "userRateLimitExceeded", Status.DEFERRED),
        (400, "invalidArgument", Status.FAILED),
        (500, "backendError", Status.UNKNOWN),
    ],
)
def test_an_error_goes_by_its_reason(
    transport: Gmail, double: GmailDouble, status: int, reason: str, fate: Status
) -> None:
    error = {"code": status, "message": "words", "errors": [{"reason": reason, "message": "words"}]}
    double.script.append(Mishap(instead=lambda _asked: json_reply(status, {"error": error})))
    assert send(transport, message_for(1))[0].status is fate
    transport.stage([message_for(1)]).abandon()


def test_a_mailbox_without_gmail_stops_the_run(transport: Gmail, double: GmailDouble) -> None:
    errors = [{"reason": "failedPrecondition", "message": "Mail service not enabled"}]
    answer = json_reply(
        400, {"error": {"code": 400, "message": "Mail service not enabled", "errors": errors}}
    )
    double.script.append(Mishap(instead=lambda _asked: answer))
    send(transport, message_for(1))
    with pytest.raises(IntegrationError, match=r"not enabled.*gmail\.send"):
        transport.stage([message_for(1)])


def test_a_withdrawn_consent_is_found_before_anything_goes(transport: Gmail, double: GmailDouble) -> None:
    double.secret = "another"
    with pytest.raises(IntegrationError, match="gives no token") as caught:
        transport.stage([message_for(1)])
    assert not isinstance(caught.value, Transient)
    assert double.key["client_secret"] not in str(caught.value)


def test_what_gives_tokens_may_be_away(double: GmailDouble, token: Path) -> None:
    transport = Gmail(user=str(token), base_url=double.url, token_url="http://127.0.0.1:9/token")
    with pytest.raises(Transient, match="cannot be reached"):
        transport.stage([message_for(1)])
    transport.close()


@pytest.mark.parametrize("name", ["Cc", "BCC", "Resent-To"])
def test_nobody_else_gets_a_copy(transport: Gmail, double: GmailDouble, name: str) -> None:
    message = message_for(1)
    copied = evolve(message, content=f"{name}: spy@evil.example\r\n".encode() + message.content)
    assert send(transport, copied)[0].status is Status.FAILED
    assert double.sends == []


def test_one_token_serves_a_whole_run(transport: Gmail, double: GmailDouble) -> None:
    for number in range(4):
        send(transport, message_for(number))
    assert len(double.tokens) == 1


def test_a_token_that_others_may_read_is_not_used(transport: Gmail, token: Path) -> None:
    token.chmod(0o644)
    with pytest.raises(IntegrationError, match="chmod 600"):
        transport.stage([message_for(1)])


@pytest.mark.parametrize(
    "text", ["", "nothing", "[]", "{}", '{"type": "service_account", "private_key": "x"}']
)
def test_credentials_that_are_none_are_said_to_be(transport: Gmail, token: Path, text: str) -> None:
    token.write_text(text)
    with pytest.raises(IntegrationError, match="credentials for Gmail"):
        transport.stage([message_for(1)])


def test_a_service_account_acts_for_a_person_with_no_more_rights_than_to_send(double: GmailDouble) -> None:
    rsa = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.rsa")
    from cryptography.hazmat.primitives import serialization

    private = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    key = {"type": "service_account", "client_email": "mailer@x.iam.example", "private_key": private.decode()}
    assertions = list[dict[str, Any]]()

    def give(asked: Asked) -> Reply:
        told = parse_qs(asked.body.decode())["assertion"][0].split(".")[1]
        assertions.append(json.loads(base64.urlsafe_b64decode(told + "=" * (-len(told) % 4))))
        double.tokens.append("ya29.service")
        return json_reply(200, {"access_token": "ya29.service", "expires_in": 3599})

    double._give_token = give
    transport = Gmail(
        json.dumps({**key, "token_uri": "https://elsewhere.example"}),
        "events@ghent.example",
        base_url=double.url,
        token_url=f"{double.url}/token",
    )
    assert send(transport, message_for(1))[0].status is Status.SENT
    (claims,) = assertions
    assert claims["sub"] == "events@ghent.example"
    assert claims["scope"] == "https://www.googleapis.com/auth/gmail.send"
    assert "PRIVATE KEY" not in repr(transport)
    assert transport.find(message_for(1)) is None  # it may not read
    transport.close()


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"user": "a", "service_account": "b", "subject": "c"},
        {"service_account": "b"},
        {"user": "a", "subject": "c"},
    ],
)
def test_one_way_to_be_somebody_is_given(given: dict[str, str]) -> None:
    with pytest.raises(ModelError):
        Gmail(**given)
