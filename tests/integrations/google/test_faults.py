"""What an exception of a request means: whether it may pass, whether Google may have acted, and what a person reads."""

import json
import socket
import ssl
from http.client import IncompleteRead

import httplib2
import pytest
from google.auth.exceptions import RefreshError, TransportError
from googleapiclient.errors import BatchError, HttpError
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.errors import IntegrationError, Transient
from briefingkit_google.faults import Fault, Reach, classify, garbled, raise_for_target, scrubbed
from briefingkit_google.transport import skew_in


def answer(
    status: int, reason: str = "", message: str = "", *, domain: str = "global", **headers: str
) -> HttpError:
    """An answer in the shape that Google's guide shows."""
    listed = [{"domain": domain, "reason": reason, "message": message}] if reason else []
    body = {"error": {"code": status, "message": message, "errors": listed}}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpError(httplib2.Response({"status": str(status), **named}), json.dumps(body).encode())


def fault_of(error: BaseException, **more: float) -> Fault:
    fault = classify(error, **more)
    assert fault is not None
    return fault


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
def test_trouble_of_googles_own_may_pass_and_nobody_knows_what_was_done(status: int) -> None:
    fault = fault_of(answer(status, "backendError"))
    assert (fault.reach, fault.certain) == (Reach.PASSING, False)


@pytest.mark.parametrize(
    ("status", "reason"),
    [(429, "rateLimitExceeded"), (403, "rateLimitExceeded"), (403, "userRateLimitExceeded"), (429, "")],
)
def test_a_rate_limit_passes_and_nothing_was_done(status: int, reason: str) -> None:
    fault = fault_of(answer(status, reason, domain="usageLimits"))
    assert (fault.reach, fault.certain) == (Reach.PASSING, True)


@pytest.mark.parametrize("reason", ["quotaExceeded", "dailyLimitExceeded", "somethingNewExceeded"])
def test_an_exhausted_quota_stops_the_target_and_says_when_it_ends(reason: str) -> None:
    fault = fault_of(answer(403, reason, domain="usageLimits"))
    assert (fault.reach, fault.certain) == (Reach.TARGET, True)
    assert "hours" in fault.words or "tomorrow" in fault.words


def test_an_api_that_is_not_enabled_stops_the_target_though_google_counts_it_under_limits() -> None:
    fault = fault_of(answer(403, "accessNotConfigured", domain="usageLimits"))
    assert fault.reach is Reach.TARGET
    assert "not enabled" in fault.words


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (answer(403, "forbiddenForServiceAccounts"), "subject"),
        (answer(403, "forbiddenForNonOrganizer"), "moved or copied"),
        (answer(400, "invalid", "Invalid conference type value."), "Google Meet"),
        (answer(412, "conditionNotMet"), "plan again"),
        (answer(400, "timeRangeEmpty"), "ends before it starts"),
        (answer(404, "notFound", "Not Found"), "not there"),
        (answer(410, "deleted", "Resource has been deleted"), "not there"),
        (answer(400, "invalid", "Invalid color."), "Invalid color."),
        (answer(418), "418"),
    ],
)
def test_what_is_about_one_thing_costs_no_other(error: HttpError, word: str) -> None:
    fault = fault_of(error)
    assert (fault.reach, fault.certain) == (Reach.RESOURCE, True)
    assert word in fault.words


def test_who_we_are_is_about_everything() -> None:
    assert fault_of(answer(401, "authError")).reach is Reach.TARGET
    refused = RefreshError("no", {"error": "invalid_grant", "error_description": "Invalid JWT Signature."})
    assert fault_of(refused).reach is Reach.TARGET


def test_a_calendar_that_is_not_shared_costs_no_other_calendar() -> None:
    fault = fault_of_calendar(answer(403, "requiredAccessLevel"))
    assert fault.reach is Reach.RESOURCE
    assert "city@example.org" in fault.words
    assert "Shared with" in fault.words


def fault_of_calendar(error: HttpError) -> Fault:
    fault = classify(error, calendar="city@example.org")
    assert fault is not None
    return fault


@pytest.mark.parametrize(
    ("error", "certain"),
    [
        (ConnectionRefusedError(), True),
        (httplib2.ServerNotFoundError("Unable to find the server"), True),
        (ConnectionResetError(), False),
        (BrokenPipeError(), False),
        (TimeoutError(), False),
        (socket.timeout(), False),  # noqa: UP041 - as httplib2 raises it
        (ssl.SSLError("EOF"), False),
        (IncompleteRead(b""), False),
        (BatchError("Response not in multipart/mixed format."), False),
        (httplib2.FailedToDecompressContent("x", {}, b""), False),
        (TransportError("no network"), True),
    ],
)
def test_what_goes_wrong_on_the_way_may_pass(error: Exception, *, certain: bool) -> None:
    fault = fault_of(error)
    assert (fault.reach, fault.certain) == (Reach.PASSING, certain)


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (ssl.SSLCertVerificationError(), "HTTPLIB2_CA_CERTS"),
        (httplib2.error.ProxiesUnavailableError(), "pysocks"),
    ],
)
def test_what_waiting_does_not_mend_is_said_with_what_does(error: Exception, word: str) -> None:
    fault = fault_of(error)
    assert (fault.reach, fault.certain) == (Reach.TARGET, True)
    assert word in fault.words


@pytest.mark.parametrize("error", [KeyError("x"), AssertionError(), ZeroDivisionError()])
def test_a_mistake_of_the_programs_is_no_fault_of_the_networks(error: Exception) -> None:
    assert classify(error) is None


@pytest.mark.parametrize(
    ("given_after", "date", "seconds"),
    [
        ("7", None, 7.0),
        ("1.5", None, 1.5),
        ("Tue, 24 Nov 2026 03:00:30 GMT", "Tue, 24 Nov 2026 03:00:00 GMT", 30.0),
        ("Tue, 24 Nov 2026 03:00:00 GMT", "Tue, 24 Nov 2026 03:00:30 GMT", 0.0),
        ("Tue, 24 Nov 2026 03:00:30 GMT", None, None),
        ("soon", None, None),
        ("-3", None, None),
    ],
)
def test_how_long_to_wait_is_what_the_server_says(
    given_after: str, date: str | None, seconds: float | None
) -> None:
    headers = {"retry_after": given_after, **({"date": date} if date else {})}
    assert fault_of(answer(503, "backendError", **headers)).retry_after == seconds


def test_a_wrong_clock_is_said_with_how_wrong_it_is() -> None:
    said = "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat"
    error = RefreshError("invalid_grant", {"error": "invalid_grant", "error_description": said})
    assert "12 minutes ahead" in fault_of(error, skew=720.0).words
    assert "40 seconds behind" in fault_of(error, skew=-40.0).words
    assert "clock" in fault_of(error).words


def test_the_skew_is_held_against_the_date_of_an_answer() -> None:
    assert skew_in("Tue, 24 Nov 2026 03:00:00 GMT", 1795489260.0) == 60.0
    assert skew_in(None, 0.0) is None
    assert skew_in("yesterday", 0.0) is None


SECRETS = [
    "ya29.a0AfH6SMBx-_y",
    "1//0gabcdefghijkl",
    "GOCSPX-abc_def",
    "Bearer abcdef",
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.sig",
    "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----",
    "maria@cities.example",
]


@given(st.sampled_from(SECRETS), st.text(max_size=40), st.text(max_size=40))
def test_neither_secrets_nor_addresses_are_quoted(secret: str, before: str, after: str) -> None:
    shown = scrubbed(f"{before} {secret} {after}")
    assert secret not in shown
    assert shown.isprintable()


def test_what_google_says_is_kept_short_and_on_a_line() -> None:
    fault = fault_of(answer(400, "invalid", "Bad\nvalue " + "x" * 4000))
    assert "\n" not in fault.words
    assert len(fault.words) < 300


@pytest.mark.parametrize(
    "content", [b"", b"<html>", b"[]", b'{"error": "x"}', b'{"error": {"errors": [1]}}', b"\xff"]
)
def test_an_answer_in_no_known_shape_is_classified_by_its_status(content: bytes) -> None:
    for status, reach in ((503, Reach.PASSING), (400, Reach.RESOURCE), (429, Reach.PASSING)):
        error = HttpError(httplib2.Response({"status": str(status)}), content)
        assert fault_of(error).reach is reach


@pytest.mark.parametrize("status", [404, 410])
def test_a_server_that_does_not_know_the_address_knows_nothing_of_what_is_there(status: int) -> None:
    fault = fault_of(HttpError(httplib2.Response({"status": str(status)}), b"<h1>Not found</h1>"))
    assert not fault.gone
    assert "base_url" in fault.words
    assert fault_of(answer(status, "notFound", "Not Found")).gone


@pytest.mark.parametrize(
    ("fault", "raised"),
    [(garbled(), Transient), (Fault(Reach.TARGET, "no", certain=True), IntegrationError)],
)
def test_only_what_all_have_in_common_is_raised(fault: Fault, raised: type[Exception]) -> None:
    with pytest.raises(raised, match=fault.words[:2]):
        raise_for_target(fault)
    raise_for_target(Fault(Reach.RESOURCE, "no", certain=True))
