"""The doubles of mail services refuse what the services refuse: each rule bites."""

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any, ClassVar

import pytest
import requests

from briefingkit.testing.mail.brevo import BrevoDouble
from briefingkit.testing.mail.gmail import GmailDouble
from briefingkit.testing.mail.mailgun import MailgunDouble
from briefingkit.testing.mail.mandrill import MandrillDouble
from briefingkit.testing.mail.postmark import PostmarkDouble
from briefingkit.testing.mail.resend import ResendDouble
from briefingkit.testing.mail.sendgrid import SendGridDouble
from briefingkit.testing.mail.service import MailService

Spoil = Callable[[Any], object]


def send(
    double: MailService, path: str, value: Any, headers: Mapping[str, str], **more: Any
) -> requests.Response:
    answer = requests.post(f"{double.url}{path}", json=value, headers=dict(headers), timeout=10, **more)
    assert double.faults == []
    return answer


def put(**fields: Any) -> Spoil:
    return lambda value: value.update(fields)


def first(name: str, **fields: Any) -> Spoil:
    return lambda value: value[name][0].update(fields)


class TestSendGrid:
    good: ClassVar[Any] = {
        "personalizations": [{"to": [{"email": "a@x.example"}], "subject": "s", "headers": {"X-A": "b"}}],
        "from": {"email": "events@x.example"},
        "subject": "s",
        "content": [{"type": "text/plain", "value": "t"}, {"type": "text/html", "value": "<p>t"}],
    }

    @pytest.fixture
    def double(self) -> Iterator[SendGridDouble]:
        with SendGridDouble() as double:
            yield double

    def send(self, double: SendGridDouble, value: Any) -> requests.Response:
        return send(double, "/v3/mail/send", value, {"Authorization": f"Bearer {double.secret}"})

    def test_what_is_right_is_taken(self, double: SendGridDouble) -> None:
        answer = self.send(double, self.good)
        assert (answer.status_code, answer.content, len(double.mails)) == (202, b"", 1)

    @pytest.mark.parametrize(
        ("spoil", "words"),
        [
            (put(unheard=1), "unheard"),
            (put(personalizations=[]), "at least one personalization"),
            (put(personalizations=[{"to": [{"email": "a@x.example"}]}] * 1001), "at least one"),
            (put(**{"from": {"email": "nobody"}}), "from email"),
            (put(subject=""), "subject is required"),
            (first("personalizations", to=[{"email": "a b@x"}]), "valid address"),
            (first("personalizations", to=[{"email": "a@x.example"}, {"email": "A@x.example"}]), "unique"),
            (first("personalizations", headers={"Reply-To": "x@y.example"}), "reserved"),
            (first("personalizations", headers={"X-A": "b\r\nBcc: c@x.example"}), "what no header can"),
            (first("personalizations", headers={"X A": "b"}), "no name of a header"),
            (first("personalizations", custom_args={"a": "b" * 10_001}), "custom_args"),
            (put(content=[]), "content value"),
            (put(content=[{"type": "text/plain", "value": ""}]), "content value"),
            (lambda value: value["content"].reverse(), "text/plain is first"),
            (first("content", type="text/plain; charset=utf-8"), "cannot contain ';'"),
            (put(attachments=[{"content": "", "filename": "a", "type": "a/b"}]), "attachment content"),
        ],
    )
    def test_what_is_wrong_is_refused(self, double: SendGridDouble, spoil: Spoil, words: str) -> None:
        value = deepcopy(self.good)
        spoil(value)
        answer = self.send(double, value)
        assert (answer.status_code, words in answer.text, double.mails) == (400, True, [])

    def test_a_query_that_is_none_and_a_page_that_is_none(self, double: SendGridDouble) -> None:
        told = {"Authorization": f"Bearer {double.secret}"}
        assert send(double, "/v3/logs", {"query": "subject = 'x'"}, told).status_code == 400
        assert send(double, "/v3/elsewhere", {}, told).status_code == 404
        assert send(double, "/v3/mail/send", self.good, {}).status_code == 401


class TestPostmark:
    good: ClassVar[Any] = {
        "From": "Events <events@x.example>",
        "To": "a@x.example",
        "Subject": "s",
        "TextBody": "t",
    }

    @pytest.fixture
    def double(self) -> Iterator[PostmarkDouble]:
        with PostmarkDouble() as double:
            yield double

    def send(self, double: PostmarkDouble, value: Any) -> requests.Response:
        return send(double, "/email/batch", value, {"X-Postmark-Server-Token": double.secret})

    @pytest.mark.parametrize(
        ("spoil", "words"),
        [
            (put(unheard=1), "unheard"),
            (put(From="Events, City <events@x.example>"), "'From'"),
            (put(To="a"), "'To'"),
            (put(TextBody=""), "TextBody or HtmlBody"),
            (put(MessageStream="none"), "MessageStream"),
            (put(Headers=[{"Name": "Content-Type", "Value": "text/calendar"}]), "not allowed"),
            (put(Headers=[{"Name": "X-A", "Value": "é"}]), "what no header can"),
            (put(Metadata={"a" * 21: "b"}), "metadata"),
        ],
    )
    def test_what_is_wrong_with_one_is_said_of_that_one(
        self, double: PostmarkDouble, spoil: Spoil, words: str
    ) -> None:
        bad = deepcopy(self.good)
        spoil(bad)
        answer = self.send(double, [self.good, bad])
        codes = [one["ErrorCode"] for one in answer.json()]
        assert (answer.status_code, codes, words in answer.text) == (200, [0, 300], True)
        assert len(double.mails) == 1

    def test_a_message_id_is_kept_only_where_that_is_asked(self, double: PostmarkDouble) -> None:
        named = {"Name": "Message-ID", "Value": "<a@x.example>"}
        self.send(double, [{**self.good, "Headers": [named]}])
        self.send(double, [{**self.good, "Headers": [named, {"Name": "X-PM-KeepID", "Value": "true"}]}])
        assert [b"Message-ID: <a@x.example>" in mail for mail in double.mails] == [False, True]

    @pytest.mark.parametrize(("value", "status"), [({}, 422), ([good] * 501, 422)])
    def test_a_batch_that_is_none_is_refused(self, double: PostmarkDouble, value: Any, status: int) -> None:
        assert self.send(double, value).status_code == status
        assert send(double, "/elsewhere", {}, {"X-Postmark-Server-Token": double.secret}).status_code == 404
        assert send(double, "/email/batch", [], {}).status_code == 401


class TestBrevo:
    good: ClassVar[Any] = {
        "sender": {"email": "events@x.example"},
        "to": [{"email": "a@x.example"}],
        "subject": "s",
        "htmlContent": "<p>t",
        "headers": {},
    }

    @pytest.fixture
    def double(self) -> Iterator[BrevoDouble]:
        with BrevoDouble() as double:
            yield double

    @pytest.mark.parametrize(
        ("spoil", "words"),
        [
            (put(unheard=1), "unheard"),
            (put(sender={"email": "nobody"}), "sender"),
            (put(to=[{"email": "nobody"}]), "email is not valid"),
            (put(to=[{"email": "a@x.example", "name": ""}]), "name is missing"),
            (put(htmlContent=""), "htmlContent"),
            (put(subject=""), "subject"),
            (put(subject="{{ contact.EMAIL }}"), "template language"),
            (put(headers={"idempotencyKey": "no uuid"}), "UUID"),
            (put(headers={"X-A": "é"}), "what no header can"),
            (put(attachment=[{"name": "x.exe", "content": ""}]), "Unsupported file format"),
            (put(messageVersions=[{}] * 1001), "too many"),
            (put(messageVersions=[{"to": [{"email": "a@x.example"}]}]), "attachment of its own"),
            (lambda value: value.update(to=None, messageVersions=[{"attachment": []}]), "not known"),
        ],
    )
    def test_what_is_wrong_is_refused(self, double: BrevoDouble, spoil: Spoil, words: str) -> None:
        value = deepcopy(self.good)
        spoil(value)
        answer = send(double, "/v3/smtp/email", value, {"api-key": double.secret})
        assert (answer.status_code, words in answer.text, double.mails) == (400, True, [])

    def test_a_wrong_key_and_a_wrong_page(self, double: BrevoDouble) -> None:
        assert send(double, "/v3/smtp/email", self.good, {"api-key": "x"}).status_code == 401
        assert send(double, "/v3/elsewhere", self.good, {"api-key": double.secret}).status_code == 404
        assert send(double, "/v3/smtp/email", self.good, {"api-key": double.secret}).status_code == 201


class TestResend:
    good: ClassVar[Any] = {"from": "events@x.example", "to": ["a@x.example"], "subject": "s", "text": "t"}

    @pytest.fixture
    def double(self) -> Iterator[ResendDouble]:
        with ResendDouble() as double:
            yield double

    @pytest.mark.parametrize(
        ("spoil", "words"),
        [
            (put(unheard=1), "unheard"),
            (put(**{"from": "nobody"}), "`from`"),
            (put(to=[]), "`to`"),
            (put(subject=""), "Missing"),
            (put(headers={"X-A": ""}), "what no header can"),
            (put(tags=[{"name": "a b", "value": "c"}]), "Tags"),
            (
                put(attachments=[{"filename": "a.txt", "content": "", "content_type": "text/calendar"}]),
                "extension",
            ),
        ],
    )
    def test_what_is_wrong_is_refused_with_all_of_its_batch(
        self, double: ResendDouble, spoil: Spoil, words: str
    ) -> None:
        bad = deepcopy(self.good)
        spoil(bad)
        told = {"Authorization": f"Bearer {double.secret}"}
        for path, value in (("/emails", bad), ("/emails/batch", [self.good, bad])):
            answer = send(double, path, value, told)
            assert answer.status_code == 422
            assert words in answer.text or "not supported in a batch" in answer.text
        assert double.mails == []

    def test_the_rules_of_a_request(self, double: ResendDouble) -> None:
        told = {"Authorization": f"Bearer {double.secret}"}
        assert send(double, "/emails/batch", [self.good] * 101, told).status_code == 422
        assert send(double, "/emails", self.good, {**told, "Idempotency-Key": "x" * 257}).status_code == 400
        assert send(double, "/emails", self.good, {}).status_code == 403
        assert send(double, "/elsewhere", self.good, told).status_code == 404


class TestMandrill:
    @pytest.mark.parametrize(
        ("value", "name"),
        [
            ({"unheard": 1}, "ValidationError"),
            ({"raw_message": "no mail", "to": ["a@x.example"]}, "ValidationError"),
            ({"raw_message": "A: b\r\n\r\n", "to": ["a@x.example", "b@x.example"]}, "ValidationError"),
            ({"raw_message": "A: b\r\n\r\n", "to": ["a"]}, "ValidationError"),
            ({"key": "another"}, "Invalid_Key"),
        ],
    )
    def test_what_is_wrong_is_refused_with_500(self, value: Any, name: str) -> None:
        with MandrillDouble() as double:
            answer = send(double, "/api/1.0/messages/send-raw", {"key": double.secret, **value}, {})
            assert (answer.status_code, answer.json()["name"], double.mails) == (500, name, [])
            assert (
                send(double, "/api/1.0/elsewhere", {"key": double.secret}, {}).json()["name"]
                == "Unknown_Method"
            )


class TestMailgun:
    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"to": "nobody"}, "not a valid address"),
            ({"o:tracking": "perhaps"}, "o:tracking"),
            ({"v:long": "x" * (16 << 10)}, "16KB"),
            ({"message": "no mail"}, "message parameter"),
        ],
    )
    def test_what_is_wrong_is_refused(self, fields: Mapping[str, str], words: str) -> None:
        with MailgunDouble() as double:
            path = f"{double.url}/v3/{double.domain}/messages.mime"
            form = {"to": "a@x.example", "message": "A: b\r\n\r\n", **fields}
            parts = {name: (None, value) for name, value in form.items()}
            answer = requests.post(path, files=parts, auth=("api", double.secret), timeout=10)
            assert (answer.status_code, words in answer.text, double.mails) == (400, True, [])

    def test_the_rules_of_a_request(self) -> None:
        with MailgunDouble() as double:
            path = f"{double.url}/v3/{double.domain}"
            auth = ("api", double.secret)
            assert (
                requests.post(f"{path}/messages.mime", data={"to": "a"}, auth=auth, timeout=10).status_code
                == 400
            )
            assert requests.get(f"{path}/events", auth=auth, timeout=10).status_code == 400
            assert requests.get(f"{path}/events", timeout=10).text == "Forbidden"


class TestGmail:
    @pytest.fixture
    def double(self) -> Iterator[GmailDouble]:
        with GmailDouble() as double:
            double.tokens.append("ya29.known")
            yield double

    @pytest.mark.parametrize(
        ("mail", "kind", "status"),
        [
            (b"To: a@x.example\r\n\r\n", "message/rfc822", 200),
            (b"To: a@x.example\r\n\r\n", "application/json", 400),
            (b"Subject: to nobody\r\n\r\n", "message/rfc822", 400),
            (b"To: a@x.example, b@x.example\r\n\r\n", "message/rfc822", 400),
        ],
    )
    def test_a_mail_is_one_to_one_person(
        self, double: GmailDouble, mail: bytes, kind: str, status: int
    ) -> None:
        url = f"{double.url}/upload/gmail/v1/users/me/messages/send?uploadType=media"
        told = {"Authorization": "Bearer ya29.known", "Content-Type": kind}
        assert requests.post(url, data=mail, headers=told, timeout=10).status_code == status
        assert requests.post(url, data=mail, headers={"Content-Type": kind}, timeout=10).status_code == 401
        elsewhere = f"{double.url}/gmail/v1/users/me/elsewhere"
        assert requests.get(elsewhere, headers=told, timeout=10).status_code == 404


def test_what_is_no_json_is_refused() -> None:
    with PostmarkDouble() as double:
        told = {"X-Postmark-Server-Token": double.secret}
        path = f"{double.url}/email/batch"
        assert (
            requests.post(
                path, data=b"[", headers={**told, "Content-Type": "application/json"}, timeout=10
            ).status_code
            == 400
        )
        assert requests.post(path, data=json.dumps([]), headers=told, timeout=10).status_code == 415
