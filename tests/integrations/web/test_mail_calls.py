"""What mail services tell at their address is heard from them alone, once, and within bounds."""

import base64
import hashlib
import hmac
import http.client
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

import briefingkit as bk
from briefingkit.errors import SourceError, UnknownIntegration
from briefingkit.mailing.people.suppression import Reason, Suppressions
from briefingkit.project import Project
from briefingkit.registrations.registration_list import key_of
from briefingkit.store.registrations import Registrations
from briefingkit_web import mail_calls

from ...night_buses import edit

PASSWORD = "a-long-password"
MAIL = """\
mail:
  sender: {address: events@example.org}
  transport: {use: maildir, path: outbox}
  feedback:
    postmark: {username: postmark, password: "${POSTMARK_PASSWORD}"}
    the-other: {use: mailgun, signing_key: "${MAILGUN_KEY}"}
"""


@pytest.fixture
def project(folder: Path, clock: Any) -> Project:
    file = folder / "briefingkit.yaml"
    file.write_text(file.read_text("utf-8") + MAIL, "utf-8")
    environment = {"POSTMARK_PASSWORD": PASSWORD, "MAILGUN_KEY": "signing"}
    return evolve(bk.open(folder, clock=clock), environment=environment)


def bounce(number: int = 42, email: str = "ana@example.org") -> bytes:
    told = {"RecordType": "Bounce", "Type": "HardBounce", "ID": number, "Email": email, "MessageID": "m1"}
    return json.dumps(told).encode()


def basic(password: str = PASSWORD) -> str:
    return "Basic " + base64.b64encode(f"postmark:{password}".encode()).decode()


def reasons(project: Project, email: str = "ana@example.org") -> list[Reason]:
    with project.ledger() as ledger:
        return [each.reason for each in Suppressions.of(ledger, key_of(Registrations(ledger))).held(email)]


def test_a_bounce_that_the_service_tells_suppresses_and_the_same_again_changes_nothing(
    browser: Any, project: Project
) -> None:
    for _ in range(2):
        answer = browser.post("/_mail/postmark", bounce(), authorization=basic())
        assert (answer.status, answer.body) == (200, b"ok")
    assert reasons(project) == [Reason.BOUNCED]
    with project.ledger() as ledger:
        Suppressions.of(ledger, key_of(Registrations(ledger))).lift("ana@example.org")
    assert browser.post("/_mail/postmark", bounce(), authorization=basic()).status == 200
    assert reasons(project) == []


def test_who_is_not_the_service_is_turned_away_for_good_and_changes_nothing(
    browser: Any, project: Project, caplog: Any
) -> None:
    for headers in ({}, {"authorization": basic("another")}):
        answer = browser.post("/_mail/postmark", bounce(), **headers)
        assert answer.status == 403
        assert "ana" not in answer.text
    assert reasons(project) == []
    assert "ana" not in caplog.text
    assert PASSWORD not in caplog.text


def test_a_signed_call_is_heard_by_the_name_that_the_project_gave(
    browser: Any, project: Project, clock: Any
) -> None:
    at, token = str(int(clock.now.timestamp())), "t" * 50
    signature = hmac.new(b"signing", f"{at}{token}".encode(), hashlib.sha256).hexdigest()
    told = {
        "signature": {"timestamp": at, "token": token, "signature": signature},
        "event-data": {"event": "complained", "recipient": "ana@example.org", "timestamp": float(at)},
    }
    assert browser.post("/_mail/the-other", json.dumps(told).encode()).status == 200
    assert reasons(project) == [Reason.COMPLAINED]
    told["event-data"]["recipient"] = "ben@example.org"
    assert browser.post("/_mail/the-other", json.dumps(told).encode()).status == 200
    assert reasons(project, "ben@example.org") == [], "its signature is over the token alone"


def test_services_look_first_whether_the_address_is_there(browser: Any) -> None:
    assert browser.ask("HEAD", "/_mail/postmark").status == 200
    assert browser.get("/_mail/postmark").status == 200
    assert browser.get("/_mail/mailgun").status == 404
    assert browser.post("/_mail/nobody", b"{}").status == 404


def test_a_call_that_is_too_large_is_refused_before_it_is_read(browser: Any, project: Project) -> None:
    answer = browser.post("/_mail/postmark", b"x" * (mail_calls.LARGEST + 1), authorization=basic())
    assert answer.status == 413
    assert browser.post("/_mail/postmark", bounce(), authorization=basic()).status == 200
    assert reasons(project) == [Reason.BOUNCED]


def test_more_than_is_held_at_once_is_asked_to_come_again(
    browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_calls, "_AT_ONCE", 100_000)
    held = http.client.HTTPConnection("127.0.0.1", browser.port, timeout=30)
    held.putrequest("POST", "/_mail/postmark")
    held.putheader("content-length", "100000")
    held.endheaders(b"x" * 99_000)
    try:
        answers = [browser.post("/_mail/postmark", b"x" * 50_000) for _ in range(20)]
        assert {answer.status for answer in answers} <= {403, 503}
        assert answers[-1].status == 503
        assert answers[-1].headers["retry-after"]
    finally:
        held.close()


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[]", b"[" * 100_000, b'{"RecordType": 1e999}', b"null"])
def test_what_cannot_be_read_is_no_fault_of_ours(browser: Any, project: Project, body: bytes) -> None:
    assert browser.post("/_mail/postmark", body, authorization=basic()).status in {200, 403}
    assert reasons(project) == []


def test_a_receiver_that_fails_tells_no_log_what_it_was_called_with(
    browser: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def receive(*_: object, **__: object) -> None:
        raise RuntimeError("ana@example.org")

    monkeypatch.setattr("briefingkit_mail.feedback.postmark.PostmarkFeedback.receive", receive)
    assert browser.post("/_mail/postmark", bounce(), authorization=basic()).status == 500
    assert "RuntimeError" in caplog.text
    assert "ana" not in caplog.text


@pytest.mark.parametrize(
    ("old", "new", "fault", "says"),
    [
        ("username: postmark", "user: postmark", SourceError, "briefingkit.yaml"),
        ("use: mailgun", "use: mailgum", UnknownIntegration, "did you mean mailgun"),
        ("    postmark: {", "    Post mark: {", SourceError, "feedback"),
        ('"${POSTMARK_PASSWORD}"', "written-down", SourceError, "a secret stands in the file"),
    ],
)
def test_what_is_wrong_with_a_receiver_is_said_before_anything_is_served(
    folder: Path, project: Project, old: str, new: str, fault: type[Exception], says: str
) -> None:
    from briefingkit_web import app

    edit(folder / "briefingkit.yaml", old, new)
    with pytest.raises(fault) as caught:
        app(evolve(bk.open(folder), environment=project.environment))
    assert says in str(caught.value)


def test_a_project_without_mail_has_no_such_address(folder: Path, serve: Callable[..., Any]) -> None:
    assert serve(bk.open(folder)).get("/_mail/postmark").status == 404
