"""Tokens from an endpoint that really checks: assertions, refreshes, delegation, and what they leave behind."""

import json
import logging
import os
import socket
import threading
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httplib2
import pytest
from google.auth.exceptions import GoogleAuthError
from google_auth_httplib2 import AuthorizedHttp, Request

from briefingkit.testing.google import GoogleDouble
from briefingkit_google.auth import APPLICATION_DEFAULT, Auth, calendar_scopes, credentials
from briefingkit_google.auth_words import explain

from .tokens import write_token

SUBJECT = "events@cities.example"
POSIX = pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX's")


@pytest.fixture
def google() -> Iterator[GoogleDouble]:
    with GoogleDouble() as double:
        yield double


@pytest.fixture
def wire() -> Iterator[httplib2.Http]:
    http = httplib2.Http(timeout=5)
    yield http
    http.close()


@pytest.fixture
def request_token(wire: httplib2.Http) -> Request:
    """What google-auth asks for tokens with."""
    return Request(wire)


def _why(held: Any, request_token: Request) -> str:
    with pytest.raises((GoogleAuthError, OSError)) as caught:
        held.refresh(request_token)
    words = explain(caught.value, held)
    assert words is not None
    return words


def test_a_key_is_exchanged_for_a_token_with_those_scopes(
    google: GoogleDouble, tmp_path: Path, request_token: Request
) -> None:
    google.service_account(tmp_path / "key.json")
    held: Any = credentials(Auth(service_account="key.json"), calendar_scopes(), tmp_path)
    held.refresh(request_token)
    assert held.valid


def test_a_key_from_the_environment_is_as_good_as_a_file(
    google: GoogleDouble, tmp_path: Path, request_token: Request
) -> None:
    text = json.dumps(google.service_account())
    held: Any = credentials(Auth(service_account=text), calendar_scopes(), tmp_path)
    held.refresh(request_token)
    assert held.valid


def test_the_default_of_the_machine_may_be_a_key(
    google: GoogleDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request_token: Request
) -> None:
    google.service_account(tmp_path / "key.json")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "key.json"))
    held: Any = credentials(APPLICATION_DEFAULT, calendar_scopes(), tmp_path / "elsewhere")
    held.refresh(request_token)
    assert held.valid


def test_a_service_account_acts_for_whom_it_may(
    google: GoogleDouble, tmp_path: Path, request_token: Request
) -> None:
    google.service_account(tmp_path / "key.json", delegated=calendar_scopes())
    held: Any = credentials(Auth(service_account="key.json", subject=SUBJECT), calendar_scopes(), tmp_path)
    held.refresh(request_token)
    assert (
        str(held.who)
        == "the service account briefingkit@double.iam.gserviceaccount.com for e…@cities.example"
    )


def test_without_delegation_the_administrator_is_told_what_to_enter(
    google: GoogleDouble, tmp_path: Path, request_token: Request
) -> None:
    key = google.service_account(tmp_path / "key.json")
    held: Any = credentials(Auth(service_account="key.json", subject=SUBJECT), calendar_scopes(), tmp_path)
    told = _why(held, request_token)
    assert key["client_id"] in told
    assert calendar_scopes()[0] in told


def test_somebody_who_is_not_there_is_named(
    google: GoogleDouble, tmp_path: Path, request_token: Request
) -> None:
    google.service_account(tmp_path / "key.json", delegated=calendar_scopes())
    held: Any = credentials(
        Auth(service_account="key.json", subject="x@other.example"), calendar_scopes(), tmp_path
    )
    assert "nobody called x…@other.example" in _why(held, request_token)


def test_the_key_of_an_account_that_was_deleted_is_told(
    google: GoogleDouble, tmp_path: Path, request_token: Request
) -> None:
    key = google.service_account()
    key["client_email"] = "gone@double.iam.gserviceaccount.com"
    held: Any = credentials(Auth(service_account=json.dumps(key)), calendar_scopes(), tmp_path)
    assert "is deleted or disabled" in _why(held, request_token)


def test_a_key_that_was_deleted_is_told(google: GoogleDouble, tmp_path: Path, request_token: Request) -> None:
    key = google.service_account()
    key["private_key_id"] = "0" * 40
    held: Any = credentials(Auth(service_account=json.dumps(key)), calendar_scopes(), tmp_path)
    assert "make a new key" in _why(held, request_token)


@pytest.mark.parametrize("wrong", [timedelta(hours=2), timedelta(hours=-2)])
def test_a_clock_that_is_wrong_is_told(tmp_path: Path, wrong: timedelta, request_token: Request) -> None:
    with GoogleDouble(clock=lambda: datetime.now(UTC) + wrong) as google:
        google.service_account(tmp_path / "key.json")
        held: Any = credentials(Auth(service_account="key.json"), calendar_scopes(), tmp_path)
        assert "clock is wrong" in _why(held, request_token)


def test_no_server_at_all_is_told(google: GoogleDouble, tmp_path: Path, request_token: Request) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    key = {**google.service_account(), "token_uri": f"http://127.0.0.1:{port}/token"}
    held: Any = credentials(Auth(service_account=json.dumps(key)), calendar_scopes(), tmp_path)
    assert "cannot be reached" in _why(held, request_token)


def test_a_service_account_speaks_to_nobody_else(
    google: GoogleDouble, tmp_path: Path, wire: httplib2.Http
) -> None:
    # google-auth would look its region up at iamcredentials.googleapis.com, in a thread, with the double's token.
    google.make_calendar("c@group.calendar.google.com")
    google.share("c@group.calendar.google.com", "writer", "user:briefingkit@double.iam.gserviceaccount.com")
    google.service_account(tmp_path / "key.json")
    held: Any = credentials(Auth(service_account="key.json"), calendar_scopes(), tmp_path)
    before = threading.active_count()
    address = google.base_url + "calendar/v3/calendars/c%40group.calendar.google.com/events"
    response, _ = AuthorizedHttp(held, http=wire).request(address)
    assert response.status == 200
    assert threading.active_count() <= before + 1  # the double's own thread for this connection


# People


def test_a_token_file_gives_a_token_and_keeps_it(
    google: GoogleDouble, tmp_path: Path, request_token: Request
) -> None:
    path = write_token(google, tmp_path / "token.json")
    held: Any = credentials(Auth(user="token.json"), calendar_scopes(), tmp_path)
    held.refresh(request_token)
    assert json.loads(path.read_text())["token"] == held.token
    again: Any = credentials(Auth(user="token.json"), calendar_scopes(), tmp_path)
    assert again.valid
    assert again.token == held.token


@POSIX
def test_what_is_kept_stays_private(google: GoogleDouble, tmp_path: Path, request_token: Request) -> None:
    path = write_token(google, tmp_path / "token.json")
    held: Any = credentials(Auth(user="token.json"), calendar_scopes(), tmp_path)
    held.refresh(request_token)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["token.json"]


def test_a_token_that_ends_in_mid_run_is_renewed_with_one_request(
    google: GoogleDouble, tmp_path: Path, request_token: Request, wire: httplib2.Http
) -> None:
    path = write_token(google, tmp_path / "token.json")
    held: Any = credentials(Auth(user="token.json"), calendar_scopes(), tmp_path)
    held.refresh(request_token)
    google.expire_tokens()
    google.requests.clear()
    address = google.base_url + "calendar/v3/calendars/primary/events"
    response, _ = AuthorizedHttp(held, http=wire).request(address)
    assert response.status == 200
    assert [each.method for each in google.requests].count("token") == 1
    assert json.loads(path.read_text())["token"] == held.token


def test_a_token_that_cannot_be_kept_is_used_all_the_same(
    google: GoogleDouble,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    request_token: Request,
) -> None:
    write_token(google, tmp_path / "token.json")
    held: Any = credentials(Auth(user="token.json"), calendar_scopes(), tmp_path)

    def fail(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("briefingkit_google.token_file.write", fail)
    held.refresh(request_token)
    assert held.valid
    assert "was not kept" in caplog.text


def test_consent_that_ended_after_seven_days_in_testing_is_told(
    google: GoogleDouble, tmp_path: Path, request_token: Request
) -> None:
    google.in_testing = True
    write_token(google, tmp_path / "token.json")
    held: Any = credentials(Auth(user="token.json"), calendar_scopes(), tmp_path)
    held.refresh(request_token)
    google.advance(timedelta(days=7, seconds=1))
    assert "7 days" in _why(held, request_token)


def test_consent_that_was_withdrawn_is_told(
    google: GoogleDouble, tmp_path: Path, request_token: Request
) -> None:
    write_token(google, tmp_path / "token.json")
    google.revoke()
    assert "it was withdrawn" in _why(
        credentials(Auth(user="token.json"), calendar_scopes(), tmp_path), request_token
    )


def test_a_client_whose_secret_was_changed_is_told(
    google: GoogleDouble, tmp_path: Path, request_token: Request
) -> None:
    write_token(google, tmp_path / "token.json", client_secret="GOCSPX-old")
    assert "its secret was changed" in _why(
        credentials(Auth(user="token.json"), calendar_scopes(), tmp_path), request_token
    )


# An endpoint in trouble


@pytest.fixture(params=["service account", "person"])
def held(request: pytest.FixtureRequest, google: GoogleDouble, tmp_path: Path) -> Any:
    if request.param == "person":
        write_token(google, tmp_path / "token.json")
        return credentials(Auth(user="token.json"), calendar_scopes(), tmp_path)
    google.service_account(tmp_path / "key.json")
    return credentials(Auth(service_account="key.json"), calendar_scopes(), tmp_path)


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 503}, {"status": 429}, {"html": True}])
def test_trouble_that_passes_is_told_as_such_after_one_request(
    google: GoogleDouble, held: Any, request_token: Request, fault: dict[str, Any]
) -> None:
    # How often to ask, and how long to wait in between, is decided in one place for all requests.
    google.fail("token", times=5, **fault)
    with pytest.raises(GoogleAuthError) as caught:
        held.refresh(request_token)
    assert caught.value.retryable
    assert [each.method for each in google.requests].count("token") == 1


@pytest.mark.parametrize("page", [b"<html>Sign in to the network</html>", b"[]", b'"token"', b"", b"\xff"])
def test_a_page_of_somebody_else_is_not_taken_for_a_token(held: Any, page: bytes) -> None:
    class Answer:
        status, data = 200, page

    with pytest.raises(GoogleAuthError) as caught:
        held.refresh(lambda *_, **__: Answer())
    assert "cannot be reached" in (explain(caught.value) or "")


# Secrets


def _secrets(google: GoogleDouble, path: Path, held: Any) -> set[str]:
    file = json.loads(path.read_text())
    key = str(google.service_account()["private_key"]).splitlines()[1]
    return {key, held.token, file["refresh_token"], file["client_secret"]} - {None}


@pytest.mark.parametrize("fails", [False, True])
def test_no_secret_is_logged_at_any_level(
    google: GoogleDouble,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    request_token: Request,
    *,
    fails: bool,
) -> None:
    path = write_token(google, tmp_path / "token.json")
    google.service_account(tmp_path / "key.json")
    with caplog.at_level(logging.DEBUG):
        for auth in (Auth(user="token.json"), Auth(service_account="key.json")):
            held: Any = credentials(auth, calendar_scopes(), tmp_path)
            if fails:
                google.fail("token", status=400, reason="invalid_grant")
                with pytest.raises(GoogleAuthError) as caught:
                    held.refresh(request_token)
                caplog.handler.emit(
                    logging.LogRecord("x", 10, "", 0, "%s", (explain(caught.value, held),), None)
                )
            else:
                held.refresh(request_token)
    assert not [secret for secret in _secrets(google, path, held) if secret in caplog.text]


def test_no_secret_is_in_a_repr_or_a_traceback(
    google: GoogleDouble, tmp_path: Path, request_token: Request
) -> None:
    path = write_token(google, tmp_path / "token.json")
    google.revoke()
    held: Any = credentials(Auth(user="token.json"), calendar_scopes(), tmp_path)
    with pytest.raises(GoogleAuthError) as caught:
        held.refresh(request_token)
    told = "".join(traceback.format_exception(caught.value)) + repr(held) + repr(held.__dict__["who"])
    assert not [secret for secret in _secrets(google, path, held) if secret in told]
