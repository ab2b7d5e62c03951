"""Mail by Amazon SES, held against moto's server; what moto does not do stands in a double before it."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.request import Request, urlopen

import pytest

from briefingkit.errors import IntegrationError, ModelError
from briefingkit.mailing.outgoing.transport import Status
from briefingkit.testing.mail.service import Asked, MailService, Mishap, Refused, Reply, json_reply
from briefingkit.testing.transport import message_for
from briefingkit_mail.ses import SES

from .services import ServiceContract, send

pytest.importorskip("botocore")
ID, SECRET = "AKIAMADEUPMADEUPMADE", "made/up+secret0123456789abcdefghijklmnop"


class _Moto(MailService):
    """A double before moto's server: it plays the mishaps, and hands everything else on."""

    def __init__(self, moto: str) -> None:
        self.moto = moto
        super().__init__(SECRET)

    def is_send(self, asked: Asked) -> bool:
        return asked.path == "/v2/email/outbound-emails"

    def handle(self, asked: Asked) -> Reply:
        if not self.is_send(asked):
            return json_reply(404, {})
        _check_signature(asked)
        if "." not in asked.json()["Destination"]["ToAddresses"][0].rpartition("@")[2]:
            # moto takes it; SES says "Missing final '@domain'".
            raise Refused(
                400, {"message": "Missing final '@domain'"}, {"x-amzn-errortype": "BadRequestException:x"}
            )
        told = {"Content-Type": "application/json", "Authorization": asked.headers["authorization"]}
        answer = _ask(f"{self.moto}{asked.path}", asked.body, told)
        if answer.status == 200:
            self.mails.append(_kept(self.moto)[-1])
        return answer


def _check_signature(asked: Asked) -> None:
    """Sign what has come once more, with the secret that the double knows, and compare."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    given = asked.headers["authorization"]
    signed = given.partition("SignedHeaders=")[2].partition(",")[0].split(";")
    held = {name: asked.headers[name] for name in signed}
    request = AWSRequest(asked.verb, f"http://{asked.headers['host']}{asked.path}", held, asked.body)
    request.context["timestamp"] = asked.headers["x-amz-date"]
    signer = SigV4Auth(Credentials(ID, SECRET), "ses", "eu-west-1")
    made = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    if not given.endswith(f"Signature={made}"):
        raise Refused(403, {"message": "The request signature we calculated does not match"})


def _ask(url: str, body: bytes | None, headers: dict[str, str]) -> Reply:
    from urllib.error import HTTPError

    try:
        with urlopen(Request(url, body, headers)) as answer:
            return Reply(answer.status, {"Content-Type": "application/json"}, answer.read())
    except HTTPError as error:
        kept = {
            name: error.headers[name]
            for name in ("Content-Type", "x-amzn-errortype")
            if name in error.headers
        }
        with error:
            return Reply(error.code, kept, error.read())


def _kept(moto: str) -> list[bytes]:
    data = json.loads(_ask(f"{moto}/moto-api/data.json", None, {}).body)
    return [each["raw_data"].encode() for each in data["ses"]["RawMessage"]]


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    pytest.importorskip("moto")
    pytest.importorskip("flask_cors")
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield _address(process)
        finally:
            process.terminate()


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    started = time.monotonic()
    while time.monotonic() - started < 60:
        line = process.stderr.readline()
        if "Running on " in line:
            return line.partition("Running on ")[2].strip()
    raise AssertionError("moto's server does not start")


def _prepare(moto: str) -> None:
    """Forget everything, and verify a sender."""
    told = {
        "Content-Type": "application/json",
        "Authorization": f"AWS4-HMAC-SHA256 Credential={ID}/x/eu-west-1/ses/y",
    }
    _ask(f"{moto}/moto-api/reset", b"", {})
    _ask(f"{moto}/v2/email/identities", b'{"EmailIdentity": "events@ghent.example"}', told)


class TestSES(ServiceContract):
    @pytest.fixture
    def double(self, moto: str) -> Iterator[_Moto]:
        _prepare(moto)
        with _Moto(moto) as double:
            yield double

    @pytest.fixture
    def transport(self, double: _Moto) -> Any:
        return SES("eu-west-1", ID, SECRET, base_url=double.url)

    @pytest.mark.parametrize(
        ("status", "kind", "words", "fate"),
        [
            (429, "TooManyRequestsException", "Too many requests", Status.DEFERRED),
            (400, "LimitExceededException", "Daily message quota exceeded", Status.DEFERRED),
            (400, "Throttling", "Maximum sending rate exceeded", Status.DEFERRED),
            (400, "MessageRejected", "Your email contains a virus", Status.FAILED),
            (400, "BadRequestException", "Invalid MIME", Status.FAILED),
            (500, "InternalFailure", "x", Status.UNKNOWN),
        ],
    )
    def test_an_error_goes_by_its_type(
        self, transport: Any, double: _Moto, status: int, kind: str, words: str, fate: Status
    ) -> None:
        answer = json_reply(status, {"message": words}, {"x-amzn-ErrorType": f"{kind}:http://x/"})
        double.script.append(Mishap(instead=lambda _asked: answer))
        (done,) = send(transport, message_for(1))
        assert (done.status, words in done.words) == (fate, True)

    def test_an_account_that_may_not_send_stops_the_run(self, transport: Any, double: _Moto) -> None:
        told = {"x-amzn-ErrorType": "AccountSuspendedException"}
        double.script.append(Mishap(instead=lambda _asked: json_reply(400, {"message": "no"}, told)))
        assert send(transport, message_for(1))[0].status is Status.DEFERRED
        with pytest.raises(IntegrationError, match="sandbox"):
            transport.stage([message_for(1)])

    def test_an_identity_that_is_not_verified_stops_the_run(self, transport: Any, double: _Moto) -> None:
        words = "Email address is not verified. The following identities failed the check in region EU-WEST-1"
        told = {"x-amzn-ErrorType": "MessageRejected"}
        double.script.append(Mishap(instead=lambda _asked: json_reply(400, {"message": words}, told)))
        assert send(transport, message_for(1))[0].status is Status.DEFERRED
        with pytest.raises(IntegrationError, match="not verified"):
            transport.stage([message_for(1)])

    def test_a_wrong_secret_stops_the_run(self, double: _Moto) -> None:
        transport = SES("eu-west-1", ID, "another", base_url=double.url)
        assert send(transport, message_for(1))[0].status is Status.DEFERRED
        with pytest.raises(IntegrationError, match="signature"):
            transport.stage([message_for(1)])
        transport.close()

    def test_the_message_tag_is_its_key(self, transport: Any, double: _Moto) -> None:
        send(transport, message_for(1))
        value = double.sends[0].json()
        assert value["EmailTags"] == [{"Name": "briefingkit", "Value": message_for(1).key}]
        assert "ConfigurationSetName" not in value


def test_credentials_come_from_the_machine_where_none_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    with MailServiceThatTakesAll() as double:
        transport = SES("eu-west-1", base_url=double.url)
        assert send(transport, message_for(1))[0].status is Status.SENT
        assert f"Credential={ID}/" in double.sends[0].headers["authorization"]
        transport.close()


class MailServiceThatTakesAll(MailService):
    def is_send(self, asked: Asked) -> bool:
        return asked.verb == "POST"

    def handle(self, asked: Asked) -> Reply:
        return json_reply(200, {"MessageId": f"0100-{asked.verb}"})


def test_without_credentials_nothing_is_staged(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with MailServiceThatTakesAll() as double:
        transport = SES("eu-west-1", base_url=double.url)
        with pytest.raises(IntegrationError, match="no credentials"):
            transport.stage([message_for(1)])
        transport.close()


def test_half_a_key_is_refused() -> None:
    with pytest.raises(ModelError, match="go together"):
        SES("eu-west-1", ID)
