import time
from collections.abc import Callable
from typing import Any

import pytest

from briefingkit.testing.google import GoogleDouble

Event = Callable[..., dict[str, Any]]
Outcomes = dict[str, tuple[int, str]]


@pytest.fixture
def together(service: Any) -> Callable[..., Outcomes]:
    """Give what sends requests as one batch, and says what became of each."""

    def execute(*requests: Any) -> Outcomes:
        outcomes: Outcomes = {}

        def note(name: str, answer: Any, error: Any) -> None:
            if error is None:
                outcomes[name] = (200, answer["id"] if answer else "")
            else:
                outcomes[name] = (int(error.resp.status), error.error_details[0]["reason"])

        batch = service.new_batch_http_request(note)
        for number, request in enumerate(requests):
            batch.add(request, request_id=f"r{number}")
        batch.execute()
        return outcomes

    return execute


Together = Callable[..., Outcomes]


def _insert(service: Any, body: dict[str, Any]) -> Any:
    return service.events().insert(calendarId="city", body=body)


def test_each_part_has_an_outcome_of_its_own(service: Any, event: Event, together: Together) -> None:
    events = service.events()
    _insert(service, event(id="taken")).execute()
    outcomes = together(
        _insert(service, event(id="first")),
        _insert(service, event(id="taken")),
        events.get(calendarId="city", eventId="absent"),
        events.delete(calendarId="city", eventId="taken"),
    )
    assert outcomes == {
        "r0": (200, "first"),
        "r1": (409, "duplicate"),
        "r2": (404, "notFound"),
        "r3": (200, ""),
    }


def test_the_parts_are_recorded_with_their_place_in_one_request(
    google: GoogleDouble, service: Any, event: Event, together: Together
) -> None:
    google.requests.clear()
    together(_insert(service, event()), _insert(service, event()))
    whole, *parts = google.requests
    assert (whole.method, whole.part) == ("batch", None)
    assert [(part.method, part.part, part.http) for part in parts] == [
        ("calendar.events.insert", 0, whole.http),
        ("calendar.events.insert", 1, whole.http),
    ]


def test_the_preconditions_of_a_part_hold_for_it_alone(
    service: Any, event: Event, together: Together
) -> None:
    for name in ("aaaaa", "bbbbb"):
        _insert(service, event(id=name)).execute()
    requests = [
        service.events().patch(calendarId="city", eventId=name, body={"summary": "x"})
        for name in ("aaaaa", "bbbbb")
    ]
    requests[0].headers["If-Match"] = '"old"'
    assert together(*requests) == {"r0": (412, "conditionNotMet"), "r1": (200, "bbbbb")}


def test_the_order_of_the_parts_is_not_promised(
    google: GoogleDouble, service: Any, event: Event, together: Together
) -> None:
    google.batch_backwards = True
    requests = [_insert(service, event(id="aaaaa", summary=title)) for title in ("first", "last")]
    assert together(*requests) == {"r0": (409, "duplicate"), "r1": (200, "aaaaa")}
    assert google.event("city", "aaaaa")["summary"] == "last"


def test_a_part_may_be_somebody_elses(
    google: GoogleDouble, service: Any, event: Event, together: Together
) -> None:
    google.share("city", "writer", "domain:cities.example")
    requests = [_insert(service, event(id=name)) for name in ("aaaaa", "bbbbb")]
    requests[1].http = google.service(user="else@cities.example")._http
    assert {status for status, _ in together(*requests).values()} == {200}
    creators = {name: each["creator"]["email"] for name, each in google.events("city").items()}
    assert creators == {"aaaaa": google.person, "bbbbb": "else@cities.example"}


def test_51_parts_are_too_many(service: Any, event: Event, together: Together) -> None:
    from googleapiclient.errors import HttpError

    assert len(together(*(_insert(service, event()) for _ in range(50)))) == 50
    with pytest.raises(HttpError) as caught:
        together(*(_insert(service, event()) for _ in range(51)))
    assert caught.value.resp.status == 400


def test_each_part_counts_against_the_quota(
    google: GoogleDouble, service: Any, event: Event, together: Together
) -> None:
    google.limit(per_user=2)
    outcomes = together(*(_insert(service, event()) for _ in range(3)))
    assert outcomes["r2"] == (403, "userRateLimitExceeded")


def test_text_of_any_script_goes_through_a_batch(
    google: GoogleDouble, service: Any, event: Event, together: Together
) -> None:
    text = "Größe — مرحبا 你好 🌍\r\n--===\n\nHTTP/1.1 404"
    together(_insert(service, event(id="abcde", summary=text, description=text)))
    assert google.event("city", "abcde")["description"] == text


def test_an_answer_names_the_part_that_it_is_for(google: GoogleDouble) -> None:
    import httplib2

    client = httplib2.Http()
    body = "--x\nContent-Type: application/http\nContent-ID: <one + 1>\n\nGET /calendar/v3/colors\n\n--x--"
    headers = {"content-type": "multipart/mixed; boundary=x", "authorization": f"Bearer {google.token()}"}
    _, content = client.request(google.base_url + "batch/calendar/v3", "POST", body=body, headers=headers)
    client.close()
    assert b"Content-ID: <response-one + 1>\r\n" in content
    assert b"HTTP/1.1 200 OK\r\n" in content


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", "{}"),
        ("multipart/mixed; boundary=x", "nothing"),
        ("multipart/mixed; boundary=x", "--x\r\nContent-Type: text/plain\r\n\r\nGET /\r\n--x--"),
    ],
)
def test_what_is_no_batch_is_refused(google: GoogleDouble, content_type: str, body: str) -> None:
    import httplib2

    client = httplib2.Http()
    answer, _ = client.request(
        google.base_url + "batch/calendar/v3", "POST", body=body, headers={"content-type": content_type}
    )
    client.close()
    assert answer.status == 400


def test_a_thousand_events_cost_the_double_less_than_a_second(google: GoogleDouble, event: Event) -> None:
    import json

    token = google.token()
    part = (
        "--x\nContent-Type: application/http\nContent-ID: <{0}>\n\nPOST /calendar/v3/calendars/city/events HTTP/1.1\n"
        "Content-Type: application/json\nAuthorization: Bearer {1}\n\n{2}\n"
    )
    body = json.dumps(event(description="words " * 200, extendedProperties={"private": {"a": "b" * 64}}))
    batch = ("".join(part.format(number, token, body) for number in range(50)) + "--x--").encode()
    headers = {"content-type": "multipart/mixed; boundary=x"}
    before = time.process_time()
    for _ in range(20):
        google._core.answer("POST", "/batch/calendar/v3", headers, batch)
    assert time.process_time() - before < 1
    assert len(google.events("city")) == 1000
