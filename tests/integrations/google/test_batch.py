"""Many requests in few: each has its own answer, whatever becomes of the others or of the whole."""

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest

from briefingkit.errors import IntegrationError
from briefingkit.testing.contract import Workbench, sample_briefing
from briefingkit.testing.google import GoogleDouble
from briefingkit_google.batch import Ask, send
from briefingkit_google.calendar import GoogleCalendar
from briefingkit_google.calendar.calls import Calls
from briefingkit_google.calendar.reading import open_session
from briefingkit_google.client import Api, Session, session_of
from briefingkit_google.transport import Transport

from .conftest import CITY, TARGET, asked, http_requests

Make = Callable[..., GoogleCalendar]


@pytest.fixture
def target(calendar: Make) -> GoogleCalendar:
    return calendar()


@pytest.fixture
def session(target: GoogleCalendar) -> Session:
    return open_session(target)


def gets(google: GoogleDouble, session: Session, number: int) -> list[Ask]:
    """As many requests for events that are there."""
    calls = Calls(session.service)
    return [calls.get_event(CITY, google.add(CITY, summary=f"Event {each}")) for each in range(number)]


def test_answers_stand_in_the_order_of_the_requests(google: GoogleDouble, session: Session) -> None:
    replies = send(session, gets(google, session, 120))
    assert [reply.answer["summary"] for reply in replies] == [f"Event {each}" for each in range(120)]
    assert http_requests(google) == 3


def test_one_request_needs_no_batch(google: GoogleDouble, session: Session) -> None:
    send(session, gets(google, session, 1))
    assert [each.part for each in asked(google)] == [None]


def test_nothing_asked_is_nothing_sent(google: GoogleDouble, session: Session) -> None:
    assert send(session, []) == []
    assert google.requests == []


def _without_the_third(content: bytes) -> bytes:
    parts = re.split(rb"(?=--batch)", content)
    return b"".join(part for at, part in enumerate(parts) if at != 3)


SPOILED: dict[str, Callable[[bytes], bytes]] = {
    "a part is missing": _without_the_third,
    "a page of a proxy": lambda _: b"<html>Sign in to the network</html>",
    "half of it": lambda content: content[: len(content) // 2],
    "no names": lambda content: content.replace(b"Content-ID", b"X-Content-ID"),
    "no statuses": lambda content: content.replace(b"HTTP/1.1 200 OK", b"HTTP/1.1"),
    "not text": lambda content: b"\xff\xfe" + content,
    "a part that is no JSON": lambda content: content.replace(b'{"id"', b'"id"', 1),
    "nothing": lambda _: b"",
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED.keys())
def test_an_answer_that_is_no_answer_is_asked_for_again(
    google: GoogleDouble,
    session: Session,
    slept: list[float],
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[bytes], bytes],
) -> None:
    asks = gets(google, session, 5)
    request, spoiled = Transport.request, [True]

    def spoiling(transport: Transport, uri: str, *args: Any, **more: Any) -> Any:
        response, content = request(transport, uri, *args, **more)
        return (
            (response, spoil(content))
            if "batch" in uri and spoiled and spoiled.pop()
            else (response, content)
        )

    monkeypatch.setattr(Transport, "request", spoiling)
    replies = send(session, asks)
    assert [reply.answer["summary"] for reply in replies] == [f"Event {each}" for each in range(5)]
    assert len(slept) == 1


def test_a_page_to_sign_in_to_a_network_is_no_answer(
    google: GoogleDouble, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    import httplib2

    (ask,) = gets(google, session, 1)
    page = httplib2.Response({"status": "200", "content-type": "text/html"}), b"<html>Welcome</html>"
    monkeypatch.setattr(Transport, "request", lambda *_, **__: page)
    (reply,) = send(session, [ask])
    assert reply.fault is not None
    assert "proxy" in reply.fault.words
    assert reply.unsure


def test_what_is_not_to_be_sent_twice_is_sent_by_itself_and_once(
    google: GoogleDouble, session: Session, slept: list[float]
) -> None:
    first, second, third = gets(google, session, 3)
    google.fail("calendar.events.get", status=500)
    replies = send(session, [Ask(first.request, once=True), second, third])
    assert [reply.fault is None for reply in replies] in ([False, True, True], [True, True, True])
    assert len(slept) <= 1
    google.fail("calendar.events.get", status=503)
    google.requests.clear()
    (reply,) = send(session, [Ask(first.request, once=True)])
    assert reply.unsure
    assert len(asked(google)) == 1


def test_no_part_carries_the_token(
    google: GoogleDouble, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies: list[str] = []
    request = Transport.request

    def noting(transport: Transport, uri: str, *args: Any, **more: Any) -> Any:
        bodies.append(str(more.get("body")))
        return request(transport, uri, *args, **more)

    monkeypatch.setattr(Transport, "request", noting)
    send(session, gets(google, session, 3))
    assert "authorization" not in "".join(bodies).lower()


# Sessions


def test_a_thread_has_one_session_with_a_target_and_another_thread_another(target: GoogleCalendar) -> None:
    found = [open_session(target), open_session(target)]
    thread = threading.Thread(target=lambda: found.append(open_session(target)))
    thread.start()
    thread.join()
    assert found[0] is found[1]
    assert found[2] is not found[0]
    found[2].transport.close()


def test_two_threads_publish_at_once(google: GoogleDouble, calendar: Make) -> None:
    integration = calendar(languages=("en",))
    failures: list[BaseException] = []

    def publish(name: str) -> None:
        try:
            bench = Workbench(integration, TARGET)
            changes = bench.desired(*(sample_briefing(f"{name}-{each}") for each in range(20)))
            from briefingkit.publish import Change, Status

            outcomes = list(integration.apply([Change(each) for each in changes]))
            assert {each.status for each in outcomes} == {Status.DONE}
        except BaseException as error:  # noqa: BLE001 - a thread's failure is the test's
            failures.append(error)
        finally:
            open_session(integration).transport.close()

    threads = [threading.Thread(target=publish, args=(name,)) for name in ("a", "b", "c")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not failures
    assert len(google.events(CITY)) == 60


def test_an_api_that_the_installed_client_does_not_know_is_said(target: GoogleCalendar) -> None:
    with pytest.raises(IntegrationError, match="upgrade"):
        session_of(target, Api("calendar", "v99", ()))
