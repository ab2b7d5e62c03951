import math
import time
from collections.abc import Callable
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from briefingkit.testing.google import GoogleDouble

Refused = Callable[[Any], tuple[int, str]]
Event = Callable[..., dict[str, Any]]


@pytest.fixture
def request_(service: Any, event: Event) -> Any:
    """Give a request for a new event, not sent yet."""
    return service.events().insert(calendarId="city", body=event(id="abcde"))


class TestAnswers:
    @pytest.mark.parametrize(
        ("status", "reason", "said"),
        [
            (503, "", "backendError"),
            (500, "internalError", "internalError"),
            (403, "", "rateLimitExceeded"),
            (403, "userRateLimitExceeded", "userRateLimitExceeded"),
            (403, "quotaExceeded", "quotaExceeded"),
            (403, "dailyLimitExceeded", "dailyLimitExceeded"),
            (429, "", "rateLimitExceeded"),
            (412, "", "conditionNotMet"),
        ],
    )
    def test_a_request_is_refused_before_anything_is_done(
        self, google: GoogleDouble, request_: Any, refused: Refused, status: int, reason: str, said: str
    ) -> None:
        google.fail("calendar.events.insert", status=status, reason=reason)
        assert refused(request_) == (status, said)
        assert google.events("city") == {}
        request_.execute()

    def test_or_after_it_was_done(self, google: GoogleDouble, request_: Any, refused: Refused) -> None:
        google.fail("calendar.events.insert", status=500, after=True)
        assert refused(request_)[0] == 500
        assert list(google.events("city")) == ["abcde"]
        assert refused(request_) == (409, "duplicate")

    def test_faults_are_counted_skipped_and_healed(
        self, google: GoogleDouble, service: Any, refused: Refused
    ) -> None:
        google.fail("calendar.colors.*", status=500, skip=1, times=2)
        google.fail("calendar.settings.get", times=math.inf)
        service.colors().get().execute()
        assert [refused(service.colors().get())[0] for _ in range(2)] == [500, 500]
        service.colors().get().execute()
        assert refused(service.settings().get(setting="locale")) == (503, "backendError")
        google.heal()
        service.settings().get(setting="locale").execute()

    def test_a_server_says_how_long_to_wait(self, google: GoogleDouble, request_: Any) -> None:
        from googleapiclient.errors import HttpError

        google.fail("calendar.events.insert", status=429, retry_after=30)
        with pytest.raises(HttpError) as caught:
            request_.execute()
        assert caught.value.resp["retry-after"] == "30"

    def test_a_front_end_answers_with_a_page(self, google: GoogleDouble, request_: Any) -> None:
        from googleapiclient.errors import HttpError

        google.fail("calendar.events.insert", html=True)
        with pytest.raises(HttpError) as caught:
            request_.execute()
        assert caught.value.resp.status == 502
        assert caught.value.content.startswith(b"<!DOCTYPE html>")

    def test_the_tokens_endpoint_fails_too(self, google: GoogleDouble, service: Any) -> None:
        from google.auth.exceptions import RefreshError

        google.expire_tokens()
        google.fail("token", status=400, reason="bad", times=math.inf)
        with pytest.raises(RefreshError):
            service.colors().get().execute()


class TestConnections:
    def test_a_reset_before_it_was_done_leaves_nothing(self, google: GoogleDouble, request_: Any) -> None:
        google.fail("calendar.events.insert", reset=True, times=math.inf)
        with pytest.raises(ConnectionError):
            request_.execute()
        assert google.events("city") == {}
        assert google.requests[-1].reason == "reset"

    def test_a_reset_is_one_and_no_orderly_end(self, google: GoogleDouble) -> None:
        import socket

        google.fail("calendar.colors.get", reset=True)
        with socket.create_connection(("127.0.0.1", google._server.port)) as connection:
            connection.sendall(b"GET /calendar/v3/colors HTTP/1.1\r\n\r\n")
            with pytest.raises(ConnectionResetError):
                connection.recv(1)

    def test_a_reset_after_it_was_done_loses_the_answer(self, google: GoogleDouble, request_: Any) -> None:
        google.fail("calendar.events.insert", reset=True, after=True, times=math.inf)
        with pytest.raises(ConnectionError):
            request_.execute()
        assert list(google.events("city")) == ["abcde"]

    def test_an_answer_may_be_cut_off(self, google: GoogleDouble, request_: Any) -> None:
        from http.client import IncompleteRead

        google.fail("calendar.events.insert", truncate=True)
        with pytest.raises(IncompleteRead):
            request_.execute()
        assert list(google.events("city")) == ["abcde"]

    def test_an_answer_may_take_longer_than_a_client_waits(self, google: GoogleDouble) -> None:
        import httplib2

        google.fail("calendar.colors.get", timeout=30)
        client = httplib2.Http(timeout=0.05)
        headers = {"Authorization": f"Bearer {google.token()}"}
        with pytest.raises(TimeoutError):
            client.request(google.base_url + "calendar/v3/colors", headers=headers)
        client.close()

    def test_a_slow_answer_is_still_the_right_one(self, google: GoogleDouble, service: Any) -> None:
        google.fail("calendar.colors.get", timeout=0.05)
        before = time.monotonic()
        assert service.colors().get().execute()["kind"] == "calendar#colors"
        assert time.monotonic() - before > 0.04

    def test_every_request_can_be_delayed(self, google: GoogleDouble, service: Any) -> None:
        google.delay = 0.05
        before = time.monotonic()
        service.colors().get().execute()
        assert time.monotonic() - before > 0.04

    def test_the_servers_clock_can_be_off(self, google: GoogleDouble) -> None:
        import httplib2

        google.skew = timedelta(hours=2)
        client = httplib2.Http()
        answer, _ = client.request(google.base_url)
        client.close()
        ahead = parsedate_to_datetime(answer["date"]) - google.now()
        assert timedelta(hours=1, minutes=59) < ahead <= timedelta(hours=2)


class TestBatches:
    @pytest.fixture
    def together(self, service: Any, event: Event) -> Callable[[], dict[str, int]]:
        """Give what sends three new events as a batch, and says the status of each."""

        def execute() -> dict[str, int]:
            outcomes: dict[str, int] = {}

            def note(name: str, _: Any, error: Any) -> None:
                outcomes[name] = 200 if error is None else int(error.resp.status)

            batch = service.new_batch_http_request(note)
            for name in ("aaaaa", "bbbbb", "ccccc"):
                body = event(id=name)
                batch.add(service.events().insert(calendarId="city", body=body), request_id=name)
            batch.execute()
            return outcomes

        return execute

    def test_one_part_fails_and_the_others_are_done(
        self, google: GoogleDouble, together: Callable[[], dict[str, int]]
    ) -> None:
        google.fail("calendar.events.insert", status=403, part=1)
        assert together() == {"aaaaa": 200, "bbbbb": 403, "ccccc": 200}
        assert list(google.events("city")) == ["aaaaa", "ccccc"]

    def test_a_part_fails_after_it_was_done(
        self, google: GoogleDouble, together: Callable[[], dict[str, int]]
    ) -> None:
        google.fail("calendar.events.insert", status=503, part=2, after=True)
        assert together()["ccccc"] == 503
        assert "ccccc" in google.events("city")

    @pytest.mark.parametrize(("when", "done"), [("before", 0), ("after", 3)])
    def test_the_whole_fails_before_or_after(
        self, google: GoogleDouble, together: Callable[[], dict[str, int]], when: str, done: int
    ) -> None:
        from googleapiclient.errors import HttpError

        google.fail("batch", status=503, after=when == "after")
        with pytest.raises(HttpError):
            together()
        assert len(google.events("city")) == done

    def test_the_connection_breaks_in_the_middle_of_a_batch(
        self, google: GoogleDouble, together: Callable[[], dict[str, int]]
    ) -> None:
        google.fail("calendar.events.insert", reset=True, part=1, times=math.inf)
        with pytest.raises(ConnectionError):
            together()
        assert list(google.events("city")) == ["aaaaa"]


class TestQuotas:
    def test_a_minute_has_room_for_so_many_requests(
        self, google: GoogleDouble, service: Any, refused: Refused
    ) -> None:
        google.limit(per_user=2)
        for _ in range(2):
            service.colors().get().execute()
        assert refused(service.colors().get()) == (403, "userRateLimitExceeded")
        google.service(user="else@cities.example").colors().get().execute()
        google.advance(timedelta(minutes=1))
        service.colors().get().execute()

    def test_a_project_has_a_quota_of_its_own(
        self, google: GoogleDouble, service: Any, refused: Refused
    ) -> None:
        google.limit(per_project=1)
        service.colors().get().execute()
        other = google.service(user="else@cities.example").colors().get()
        assert refused(other) == (429, "rateLimitExceeded")

    def test_a_caller_may_say_for_whom_it_calls(
        self, google: GoogleDouble, service: Any, refused: Refused
    ) -> None:
        google.limit(per_user=1)
        for user in ("a", "b"):
            service.colors().get(quotaUser=user).execute()
        assert refused(service.colors().get(quotaUser="b")) == (403, "userRateLimitExceeded")
