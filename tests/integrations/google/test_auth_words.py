"""Each way that Google says no, and the words that say what to do; the answers are those that Google documents."""

import json
from typing import Any

import pytest
from google.auth import exceptions

from briefingkit_google.auth_words import NO_DEFAULT, Who, explain, explain_answer

EVENTS = "https://www.googleapis.com/auth/calendar.events"
SERVICE = Who(
    "service_account", "bot@city.iam.gserviceaccount.com", "1142000000000", None, (EVENTS,), "key.json"
)
DELEGATE = Who("service_account", SERVICE.name, SERVICE.client, "events@city.example", (EVENTS,), "key.json")
PERSON = Who("authorized_user", "ann@city.example", "1.apps", None, (EVENTS,), "google-token.json")


class Held:
    """Credentials, as far as words go."""

    def __init__(self, who: Who) -> None:
        self.who = who


def _refused(code: str, said: str, who: Who | None, **more: str) -> str:
    data = {"error": code, "error_description": said, **more}
    error: Any = exceptions.RefreshError(f"{code}: {said}", data)
    words = explain(error, Held(who) if who else None)
    assert words is not None
    return words


@pytest.mark.parametrize(
    ("code", "said", "who", "words"),
    [
        ("invalid_grant", "Token has been expired or revoked.", PERSON, "in testing, where consent ends after 7 days"),
        ("invalid_grant", "Token has been expired or revoked.", PERSON, "briefingkit auth google"),
        ("invalid_grant", "Bad Request", PERSON, "it was withdrawn"),
        ("invalid_grant", "Bad Request", None, "the consent has ended"),
        (
            "invalid_grant",
            ("Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
            "Check your iat and exp values in the JWT claim."),
            SERVICE,
            "clock is wrong",
        ),
        ("invalid_grant", "Invalid JWT Signature.", SERVICE, "make a new key"),
        ("invalid_grant", "Invalid grant: account not found", SERVICE, "is deleted or disabled"),
        ("invalid_grant", "Invalid email or User ID", DELEGATE, "nobody called e…@city.example"),
        ("unauthorized_client", "Client is unauthorized", DELEGATE, "client id 1142000000000"),
        ("unauthorized_client", "Client is unauthorized to retrieve access tokens", DELEGATE, f"the scopes {EVENTS}"),
        ("access_denied", "Requested client not authorized.", DELEGATE, "Manage domain-wide delegation"),
        ("unauthorized_client", "Unauthorized", PERSON, "of the type Desktop app"),
        ("invalid_client", "The OAuth client was not found.", PERSON, "does not know the OAuth client"),
        ("deleted_client", "The OAuth client was deleted.", PERSON, "make another"),
        ("disabled_client", "The OAuth client was disabled.", PERSON, "see Clients"),
        ("invalid_scope", "Bad Request", PERSON, "one of the scopes"),
        ("something_new", "Whatever", PERSON, "(something_new)"),
        ("something_new", "Whatever", SERVICE, "make a new key"),
        ("<script>", "ya29.secret", PERSON, "Google gave no token for a…@city.example"),
    ],
)  # fmt: skip
def test_a_refused_token_is_explained_with_what_to_do(
    code: str, said: str, who: Who | None, words: str
) -> None:
    told = _refused(code, said, who)
    assert words in told
    assert "ya29" not in told


def test_an_organisation_that_wants_a_new_sign_in_is_understood() -> None:
    told = _refused(
        "invalid_grant", "reauth related error (invalid_rapt)", PERSON, error_subtype="invalid_rapt"
    )
    assert "sign in anew from time to time" in told


def test_trouble_of_googles_own_asks_for_patience() -> None:
    error: Any = exceptions.RefreshError("x", {"error": "internal_failure"}, retryable=True)
    assert explain(error) == "Google gives out no tokens at the moment: try again later"


def test_an_error_that_carries_no_answer_is_explained_too() -> None:
    assert "Google gave no token" in (explain(exceptions.RefreshError("no data")) or "")


def test_no_network_is_told_from_no_right() -> None:
    told = explain(exceptions.TransportError("HTTPSConnectionPool(host='oauth2.googleapis.com', port=443)"))
    assert told is not None
    assert "cannot be reached" in told


def test_no_credentials_at_all_is_told() -> None:
    assert explain(exceptions.DefaultCredentialsError("none")) == NO_DEFAULT


def test_what_has_nothing_to_do_with_who_we_are_is_left_to_others() -> None:
    assert explain(ValueError("x")) is None
    assert explain_answer(404, _answer(404, "notFound", "Not Found")) is None
    assert explain_answer(403, _answer(403, "rateLimitExceeded", "Rate Limit Exceeded"), PERSON) is None
    assert (
        explain_answer(409, _answer(409, "duplicate", "The requested identifier already exists."), PERSON)
        is None
    )
    assert explain_answer(500, b"<html>", PERSON) is None


def _answer(status: int, reason: str, message: str, **more: object) -> bytes:
    error = {"code": status, "message": message, "errors": [{"reason": reason, "message": message}], **more}
    return json.dumps({"error": error}).encode()


DISABLED = (
    "Google Calendar API has not been used in project 123456789012 before or it is disabled. Enable it by visiting "
    "https://console.developers.google.com/apis/api/calendar-json.googleapis.com/overview?project=123456789012"
)


def test_an_api_that_is_not_enabled_comes_with_the_page_that_enables_it() -> None:
    told = explain_answer(403, _answer(403, "accessNotConfigured", DISABLED), SERVICE)
    assert told is not None
    assert (
        "https://console.cloud.google.com/apis/library/calendar-json.googleapis.com?project=123456789012"
        in told
    )


def test_the_newer_shape_of_an_answer_means_the_same() -> None:
    error = {
        "code": 403,
        "message": DISABLED,
        "status": "PERMISSION_DENIED",
        "details": [{"reason": "SERVICE_DISABLED"}],
    }
    told = explain_answer(403, json.dumps({"error": error}), SERVICE)
    assert told is not None
    assert "?project=123456789012" in told


def test_a_message_without_a_project_gives_the_page_alone() -> None:
    told = explain_answer(403, _answer(403, "accessNotConfigured", "Access Not Configured."), SERVICE)
    assert told is not None
    assert "calendar-json.googleapis.com, press Enable" in told


def test_gclouds_own_client_asks_for_a_quota_project() -> None:
    said = "The calendar-json.googleapis.com API requires a quota project, which is not set by default."
    told = explain_answer(403, _answer(403, "accessNotConfigured", said))
    assert told is not None
    assert "set-quota-project" in told


@pytest.mark.parametrize(
    ("who", "words"),
    [
        (PERSON, "the consent does not cover"),
        (DELEGATE, "domain-wide delegation"),
        (SERVICE, "does not let bot@city"),
        (None, "gcloud auth application-default login --scopes="),
    ],
)
def test_too_few_scopes_are_told_to_whom_it_may_concern(who: Who | None, words: str) -> None:
    said = "Request had insufficient authentication scopes."
    details = [
        {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}
    ]
    told = explain_answer(403, _answer(403, "insufficientPermissions", said, details=details), who)
    assert told is not None
    assert words in told


@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize(("who", "share_with"), [(SERVICE, SERVICE.name), (DELEGATE, "e…@city.example")])
def test_a_calendar_that_is_not_shared_says_with_whom_to_share_it(
    status: int, who: Who, share_with: str
) -> None:
    reason = {403: "requiredAccessLevel", 404: "notFound"}[status]
    told = explain_answer(
        status, _answer(status, reason, "No."), who, calendar="abc@group.calendar.google.com"
    )
    assert told is not None
    assert f"add {share_with} with the permission Make changes to events" in told
    assert "abc@group.calendar.google.com" in told


def test_a_token_that_is_not_taken_asks_for_a_new_sign_in() -> None:
    told = explain_answer(401, _answer(401, "authError", "Invalid Credentials"), PERSON)
    assert told is not None
    assert "a…@city.example" in told
    assert "sign in again" in told


def test_a_service_account_alone_invites_nobody() -> None:
    said = "Service accounts cannot invite attendees without Domain-Wide Delegation of Authority."
    told = explain_answer(403, _answer(403, "forbiddenForServiceAccounts", said), SERVICE)
    assert told is not None
    assert "subject" in told
    assert "guests: none" in told


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"error": "text"}', b'{"error": {"errors": 5}}', b"{" * 100_000]
)
def test_an_answer_of_no_known_shape_is_nobodys_fault_here(content: bytes) -> None:
    assert explain_answer(403, content, PERSON) is None
