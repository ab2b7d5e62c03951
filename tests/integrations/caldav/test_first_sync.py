"""Many events at once: the server is never waited for in vain, and its calendars are looked for once."""

from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from typing import Any

import pytest
from attrs import evolve

from briefingkit.publish import Change, Remote, Resource, Status
from briefingkit.testing.contract import Workbench, sample_briefing
from briefingkit.testing.proxy import Instead, Mishap
from briefingkit.text import Name
from briefingkit_caldav import body, connection, remotes, writing
from briefingkit_caldav.choices import MakeCollections
from briefingkit_caldav.server import Stored

pytestmark = pytest.mark.peer

_MADE = MakeCollections(name=Name({"en": "Made", "fr": "Faits"}))
_NAMES = ("first", "second", "third")


def _events(bench: Workbench, *names: str) -> list[Change]:
    wanted = bench.desired(*map(sample_briefing, names))
    return [Change(each) for each in wanted if each.kind == "event" and each.key.endswith(".en")]


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note when an event is written out and settled, and when a request is sent and its answer awaited."""
    noted: list[str] = []

    class Noting(HTTPConnection):
        def request(self, method: str, *told: Any, **more: Any) -> None:
            noted.append(method)
            super().request(method, *told, **more)

        def getresponse(self) -> HTTPResponse:
            noted.append("wait")
            return super().getresponse()

    def write(resource: Resource, held: Any) -> bytes:
        noted.append(resource.key)
        return body.event_bytes(resource, held)

    def settle(stored: Stored, wanted: Resource | None = None) -> Remote | None:
        noted.append("settle")
        return remotes.event_remote(stored, wanted)

    monkeypatch.setattr(writing, "event_bytes", write)
    monkeypatch.setattr(writing, "event_remote", settle)
    monkeypatch.setattr(connection, "HTTPConnection", Noting)
    return noted


def test_while_the_server_is_at_work_the_event_before_is_settled_and_the_next_written_out(
    radicale: Any, steps: list[str]
) -> None:
    bench = Workbench(radicale.settings())
    changes = _events(bench, *_NAMES)
    first, second, third = (change.identity.key for change in changes)
    outcomes = list(bench.target.integration.apply(changes))
    assert [each.status for each in outcomes] == [Status.DONE] * 3
    at = steps.index(third)
    assert steps[at - 2 : at + 2] == ["PUT", "settle", third, "wait"]
    at = steps.index(second)
    assert (steps[at - 1], steps[at + 1]) == (
        "PROPFIND",
        "wait",
    )  # the calendar was looked for with the first
    assert [steps.count(key) for key in (first, second, third)] == [1, 1, 1]


def test_an_event_that_cannot_be_written_out_fails_in_its_turn_and_alone(
    peer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Workbench(peer.settings())
    changes = _events(bench, *_NAMES)

    def write(resource: Resource, held: Any) -> bytes:
        if resource.owner == "second":
            raise ValueError("no such day")
        return body.event_bytes(resource, held)

    monkeypatch.setattr(writing, "event_bytes", write)
    outcomes = {each.change.owner: each for each in bench.target.integration.apply(changes)}
    assert outcomes["second"].error == "no such day"
    assert {name: each.status for name, each in outcomes.items()} == {
        "first": Status.DONE,
        "second": Status.FAILED,
        "third": Status.DONE,
    }


def test_what_was_written_out_for_another_state_is_not_sent(peer: Any) -> None:
    bench = Workbench(peer.settings())
    bench.publish(*map(sample_briefing, _NAMES))
    plan = bench.plan(*(sample_briefing(name, hour=16) for name in _NAMES))
    pending = plan.targets[0].pending
    for change in pending:
        assert change.held is not None
        peer.rewrite(change.held.id, lambda text: text.replace("END:VEVENT", "X-THEIRS:1\r\nEND:VEVENT"))
    assert bench.apply(plan).counts["done"] == len(pending)
    for change in pending:
        assert change.held is not None
        _, _, said = peer.by_hand("GET", change.held.id)
        assert b"X-THEIRS:1" in said


@pytest.fixture
def making(peer: Any) -> Iterator[Workbench]:
    """Give a target that makes its calendars, and take them away in the end."""
    yield Workbench(peer.settings(make=_MADE))
    for language in ("en", "fr"):
        peer.by_hand("DELETE", f"{peer.home}briefingkit.contract.example.under-test.{language}/")


def test_calendars_are_looked_for_once_in_a_run(peer: Any, making: Workbench) -> None:
    making.publish(sample_briefing())
    target = evolve(making.target.integration)
    asked = []
    for name in _NAMES:
        peer.proxy.requests.clear()
        assert [each.status for each in target.apply(_events(making, name))] == [Status.DONE]
        asked.append([each.method for each in peer.proxy.requests].count("PROPFIND"))
    assert asked[0] > 0
    assert asked[1:] == [0, 0]


def test_calendars_are_looked_for_once_in_a_call_however_much_goes_wrong(peer: Any) -> None:
    bench = Workbench(peer.settings())
    peer.proxy.fail(Mishap.ANSWER, method="PUT", instead=Instead(415))
    for _ in range(2):
        peer.proxy.requests.clear()
        outcomes = bench.target.integration.apply(_events(bench, *_NAMES))
        assert {each.status for each in outcomes} == {Status.FAILED}
        assert [each.method for each in peer.proxy.requests].count("PROPFIND") == 1


def test_a_calendar_that_went_away_in_a_run_is_said_to_and_looked_for_again(
    peer: Any, making: Workbench
) -> None:
    making.publish(sample_briefing())
    target = making.target.integration
    (done,) = target.apply(_events(making, "first"))
    assert done.remote is not None
    gone = done.remote.id.rpartition("/")[0]
    peer.by_hand("DELETE", f"{gone}/")
    (failed,) = target.apply(_events(making, "second"))
    assert failed.status is Status.FAILED
    making.publish(sample_briefing("second"))
    (done,) = target.apply(_events(making, "third"))
    assert done.status is Status.DONE
