import base64
import json
import stat
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from briefingkit.testing.google import GoogleDouble

Refused = Callable[[Any], tuple[int, str]]
ALL = "https://www.googleapis.com/auth/calendar"
READ = "https://www.googleapis.com/auth/calendar.events.readonly"
ROBOT = "briefingkit@double.iam.gserviceaccount.com"


@pytest.fixture
def connect(google: GoogleDouble) -> Iterator[Callable[[Any], Any]]:
    """Give what makes Google's client with any credentials."""
    from googleapiclient.discovery import build_from_document

    services = []

    def build(credentials: Any) -> Any:
        services.append(build_from_document(google.document(), credentials=credentials))
        return services[-1]

    yield build
    for service in services:
        service.close()


Connect = Callable[[Any], Any]


def _robot(google: GoogleDouble, path: Path, scope: str = ALL, subject: str | None = None) -> Any:
    from google.oauth2 import service_account

    google.service_account(path / "key.json")
    return service_account.Credentials.from_service_account_file(
        str(path / "key.json"), scopes=[scope], subject=subject
    )


def _person(google: GoogleDouble, **changes: Any) -> Any:
    from google.oauth2.credentials import Credentials

    installed = google.client_secrets()["installed"]
    given = {
        "refresh_token": google.refresh_token(),
        "token_uri": installed["token_uri"],
        "client_id": installed["client_id"],
        "client_secret": installed["client_secret"],
        **changes,
    }
    return Credentials(None, **given)


class TestServiceAccounts:
    def test_a_key_file_is_enough_and_is_its_owners_alone(
        self, google: GoogleDouble, connect: Connect, tmp_path: Path
    ) -> None:
        google.share("city", "writer", f"user:{ROBOT}")
        service = connect(_robot(google, tmp_path))
        assert service.events().list(calendarId="city").execute()["accessRole"] == "writer"
        assert stat.S_IMODE((tmp_path / "key.json").stat().st_mode) == 0o600

    def test_alone_it_may_invite_nobody_and_make_no_room(
        self, google: GoogleDouble, connect: Connect, refused: Refused, event: Any, tmp_path: Path
    ) -> None:
        google.share("city", "writer", f"user:{ROBOT}")
        events = connect(_robot(google, tmp_path)).events()
        guests = event(attendees=[{"email": "a@x.example"}])
        assert refused(events.insert(calendarId="city", body=guests)) == (403, "forbiddenForServiceAccounts")
        room = event(conferenceData={"createRequest": {"requestId": "one"}})
        request = events.insert(calendarId="city", body=room, conferenceDataVersion=1)
        assert refused(request) == (400, "invalid")

    def test_with_delegation_it_is_the_person(
        self, google: GoogleDouble, connect: Connect, event: Any, tmp_path: Path
    ) -> None:
        credentials = _robot(google, tmp_path, subject=google.person)
        google.service_account(delegated=[ALL])
        body = event(attendees=[{"email": "a@x.example"}])
        made = connect(credentials).events().insert(calendarId="city", body=body).execute()
        assert made["creator"]["email"] == google.person

    @pytest.mark.parametrize(
        ("delegated", "subject", "error"),
        [
            ((), "person@cities.example", "unauthorized_client"),
            ((READ,), "person@cities.example", "unauthorized_client"),
            ((ALL,), "person@elsewhere.example", "invalid_grant"),
        ],
    )
    def test_delegation_is_for_scopes_and_for_people_of_the_workspace(
        self, google: GoogleDouble, tmp_path: Path, delegated: tuple[str, ...], subject: str, error: str
    ) -> None:
        credentials = _robot(google, tmp_path, subject=subject)
        google.service_account(delegated=delegated)
        assert _refresh_error(credentials) == error

    def test_a_key_of_another_server_is_refused(self, google: GoogleDouble, tmp_path: Path) -> None:
        credentials = _robot(google, tmp_path)
        google._oauth.accounts.clear()
        assert _refresh_error(credentials) == "invalid_grant"

    def test_a_clock_that_is_far_off_is_refused(self, google: GoogleDouble, tmp_path: Path) -> None:
        credentials = _robot(google, tmp_path)
        google.advance(timedelta(hours=3))
        assert _refresh_error(credentials) == "invalid_grant"

    def test_a_signature_by_another_key_is_refused(self, google: GoogleDouble, tmp_path: Path) -> None:
        credentials = _robot(google, tmp_path)
        signer = credentials.signer
        sign = signer.sign
        signer.sign = lambda message: sign(message + b" ")
        assert _refresh_error(credentials) == "invalid_grant"


class TestAssertions:
    """What a service account signs is looked at: who, for whom, when, for what."""

    @pytest.fixture
    def send(self, google: GoogleDouble, tmp_path: Path) -> Iterator[Callable[..., str]]:
        """Give what signs claims, sends them, and says what was refused."""
        import httplib2
        from google.auth.jwt import encode

        signer = _robot(google, tmp_path).signer
        client = httplib2.Http()
        now = int(google.now().timestamp())
        right = {"iss": ROBOT, "aud": google.token_uri, "iat": now, "exp": now + 3600, "scope": ALL}

        def execute(text: str = "", key: str | None = None, alg: str = "RS256", **claims: Any) -> str:
            signed = text or encode(signer, {**right, **claims}, {"alg": alg}, key).decode()
            grant = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": signed}
            _, content = client.request(google.token_uri, "POST", urlencode(grant))
            return str(json.loads(content).get("error_description", ""))

        yield execute
        client.close()

    def test_claims_that_are_right_are_accepted(self, send: Callable[..., str]) -> None:
        assert send() == ""
        assert send(aud="https://oauth2.googleapis.com/token") == ""

    @pytest.mark.parametrize(
        ("claims", "words"),
        [
            ({"aud": "https://elsewhere.example"}, "audience"),
            ({"scope": ""}, "scope"),
            ({"iss": "nobody@double.example"}, "account not found"),
            ({"exp": 1}, "short-lived"),
            ({"exp": 9999999999}, "short-lived"),
            ({"iat": 9999999999}, "short-lived"),
            ({"alg": "HS256"}, "Signature"),
            ({"key": "other"}, "Signature"),
            ({"text": "a.b"}, "parse"),
            ({"text": "a.b.c"}, "parse"),
        ],
    )
    def test_claims_that_are_not_say_what_is_wrong(
        self, send: Callable[..., str], claims: dict[str, Any], words: str
    ) -> None:
        assert words in send(**claims)


def _refresh_error(credentials: Any) -> str:
    from google.auth.exceptions import RefreshError
    from google.auth.transport.requests import Request

    transport = Request()
    with transport.session, pytest.raises(RefreshError) as caught:
        credentials.refresh(transport)
    return str(caught.value.args[1]["error"])


class TestPeople:
    def test_a_refresh_token_gives_access(self, google: GoogleDouble, connect: Connect) -> None:
        assert connect(_person(google)).events().list(calendarId="city").execute()["accessRole"] == "owner"

    def test_an_expired_token_is_renewed_by_the_client(self, google: GoogleDouble, service: Any) -> None:
        google.expire_tokens()
        service.events().list(calendarId="city").execute()
        assert [each.status for each in google.requests] == [401, 200, 200]

    def test_a_token_lasts_an_hour(self, google: GoogleDouble, service: Any) -> None:
        google.advance(timedelta(minutes=61))
        service.events().list(calendarId="city").execute()
        assert [each.method for each in google.requests] == [
            "calendar.events.list",
            "token",
            "calendar.events.list",
        ]

    def test_in_testing_consent_lasts_seven_days(self, google: GoogleDouble) -> None:
        credentials = _person(google)
        google.in_testing = True
        google.advance(timedelta(days=7))
        assert _refresh_error(credentials) == "invalid_grant"

    def test_consent_that_is_taken_back_is_gone(self, google: GoogleDouble) -> None:
        credentials = _person(google)
        google.revoke()
        assert _refresh_error(credentials) == "invalid_grant"

    @pytest.mark.parametrize("change", [{"client_id": "other"}, {"client_secret": "other"}])
    def test_a_client_that_is_another_is_refused(self, google: GoogleDouble, change: dict[str, str]) -> None:
        assert _refresh_error(_person(google, **change)) == "invalid_client"

    def test_a_call_without_a_token_is_refused(self, google: GoogleDouble) -> None:
        import httplib2

        client = httplib2.Http()
        answer, _ = client.request(google.base_url + "calendar/v3/colors")
        client.close()
        assert answer.status == 401
        assert answer["www-authenticate"].startswith("Bearer ")


class TestConsent:
    @pytest.fixture
    def consent(self, google: GoogleDouble, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
        """Give what runs the flow of a desktop app, with a browser that follows where it is sent."""
        import httplib2
        from google_auth_oauthlib.flow import InstalledAppFlow

        monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")

        class Browser:
            def open(self, url: str, **_: object) -> bool:
                threading.Thread(target=self._visit, args=(url,)).start()
                return True

            def _visit(self, url: str) -> None:
                client = httplib2.Http()
                client.request(url)
                client.close()

        monkeypatch.setattr("webbrowser.get", lambda _=None: Browser())

        def run(scope: str) -> Any:
            flow = InstalledAppFlow.from_client_config(google.client_secrets(), [scope])
            try:
                return flow.run_local_server(port=0, authorization_prompt_message="")
            finally:
                flow.oauth2session.close()

        return run

    def test_the_flow_of_a_desktop_app_goes_through(
        self, connect: Connect, consent: Callable[[str], Any]
    ) -> None:
        credentials = consent(ALL)
        assert credentials.refresh_token
        assert connect(credentials).events().list(calendarId="city").execute()["accessRole"] == "owner"

    def test_a_person_may_refuse(self, google: GoogleDouble, consent: Callable[[str], Any]) -> None:
        from oauthlib.oauth2.rfc6749.errors import AccessDeniedError

        google.denies = True
        with pytest.raises(AccessDeniedError):
            consent(ALL)


class TestCodes:
    """A code of the consent page is for one client, one address and one verifier, and once."""

    @pytest.fixture
    def redeem(self, google: GoogleDouble) -> Iterator[Callable[..., str]]:
        """Give what gets a code and asks for its tokens, and says what was refused, or nothing."""
        import httplib2

        installed = google.client_secrets()["installed"]
        google._oauth.clients["other"] = "secret"
        client = httplib2.Http()
        client.follow_redirects = False
        challenge = base64.urlsafe_b64encode(sha256(b"verifier").digest()).rstrip(b"=").decode()
        asked = {
            "client_id": installed["client_id"],
            "redirect_uri": "http://localhost:1/",
            "scope": ALL,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }

        def execute(*, again: bool = False, **changes: str) -> str:
            answer, _ = client.request(f"{google.base_url}auth?{urlencode(asked)}")
            form = {
                "grant_type": "authorization_code",
                "code": parse_qs(urlsplit(answer["location"]).query)["code"][0],
                "client_id": installed["client_id"],
                "client_secret": installed["client_secret"],
                "redirect_uri": "http://localhost:1/",
                "code_verifier": "verifier",
                **changes,
            }
            for _ in range(1 + again):
                _, content = client.request(google.token_uri, "POST", urlencode(form))
            return str(json.loads(content).get("error", ""))

        yield execute
        client.close()

    def test_a_code_gives_tokens_once(self, redeem: Callable[..., str]) -> None:
        assert redeem() == ""
        assert redeem(again=True) == "invalid_grant"

    def test_a_code_is_good_for_ten_minutes(self, google: GoogleDouble, redeem: Callable[..., str]) -> None:
        now = google.now
        google._oauth.now = lambda: now() + timedelta(minutes=10) * len(google.requests)
        assert redeem() == "invalid_grant"

    @pytest.mark.parametrize(
        ("change", "error"),
        [
            ({"client_id": "other", "client_secret": "secret"}, "invalid_grant"),
            ({"code_verifier": "other"}, "invalid_grant"),
            ({"code": "4/other"}, "invalid_grant"),
            ({"redirect_uri": "http://localhost:2/"}, "redirect_uri_mismatch"),
            ({"grant_type": "password"}, "unsupported_grant_type"),
        ],
    )
    def test_with_anything_else_it_gives_none(
        self, redeem: Callable[..., str], change: dict[str, str], error: str
    ) -> None:
        assert redeem(**change) == error

    @pytest.mark.parametrize(
        ("change", "error"),
        [
            ({"client_id": "unknown"}, "invalid_client"),
            ({"redirect_uri": "https://elsewhere.example/"}, "redirect_uri_mismatch"),
            ({"code_challenge_method": "plain"}, "invalid_request"),
        ],
    )
    def test_the_consent_page_knows_whom_it_is_for(
        self, google: GoogleDouble, change: dict[str, str], error: str
    ) -> None:
        import httplib2

        asked = {
            "client_id": google.client_secrets()["installed"]["client_id"],
            "redirect_uri": "http://localhost:1/",
        }
        client = httplib2.Http()
        answer, content = client.request(f"{google.base_url}auth?{urlencode({**asked, **change})}")
        client.close()
        assert answer.status in {400, 401}
        assert json.loads(content)["error"] == error

    def test_a_person_may_grant_less_than_is_asked(
        self, google: GoogleDouble, redeem: Callable[..., str]
    ) -> None:
        google.withholds = frozenset({ALL})
        assert redeem() == ""
        assert google._oauth._refreshes.popitem()[1].scopes == frozenset()


class TestScopes:
    def test_a_method_needs_one_of_its_scopes(self, google: GoogleDouble, event: Any) -> None:
        from googleapiclient.errors import HttpError

        events = google.service(scopes=[READ]).events()
        events.list(calendarId="city").execute()
        with pytest.raises(HttpError) as caught:
            events.insert(calendarId="city", body=event()).execute()
        error = caught.value
        assert error.resp.status == 403
        assert b'"insufficientPermissions"' in error.content
        assert error.error_details[0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
        assert error.error_details[0]["metadata"]["method"] == "calendar.v3.Events.Insert"

    def test_an_api_that_is_off_says_where_to_switch_it_on(self, google: GoogleDouble, service: Any) -> None:
        from googleapiclient.errors import HttpError

        google.disable_api("calendar")
        with pytest.raises(HttpError, match="has not been used in project") as caught:
            service.colors().get().execute()
        assert b'"accessNotConfigured"' in caught.value.content
        google.enable_api("calendar")
        assert service.colors().get().execute()["kind"] == "calendar#colors"
