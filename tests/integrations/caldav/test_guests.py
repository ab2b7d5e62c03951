"""Guests on a real server: what they answer is theirs, and is no conflict with what we write."""

from typing import Any

import pytest
from attrs import evolve

from briefingkit.model import Access
from briefingkit.publish.guests import Guests
from briefingkit.testing.contract import Workbench, sample_briefing

pytestmark = pytest.mark.peer


@pytest.fixture
def bench(peer: Any) -> Workbench:
    settings = peer.settings(
        languages=("en",),
        audience=Access.PARTICIPANTS,
        guests=Guests(addresses=("ann@example.net", "bo@example.net")),
    )
    return Workbench(settings)


def _path(bench: Workbench) -> str:
    (remote,) = bench.read(sample_briefing()).remotes.values()
    return remote.id


def _accept(peer: Any, path: str) -> None:
    def accepted(text: str) -> str:
        lines = [
            line.replace("PARTSTAT=NEEDS-ACTION", "PARTSTAT=ACCEPTED") if "ann@" in line else line
            for line in text.split("\r\n")
        ]
        return "\r\n".join(lines)

    peer.rewrite(path, accepted)


def test_an_answer_is_no_drift_and_outlives_an_update(peer: Any, bench: Workbench) -> None:
    bench.publish(sample_briefing())
    path = _path(bench)
    _accept(peer, path)
    assert bench.plan(sample_briefing()).is_empty
    bench.publish(sample_briefing(hour=16))
    text = peer.by_hand("GET", path)[2].replace(b"\r\n ", b"")
    assert b"PARTSTAT=ACCEPTED" in text
    assert b"20220413T160000" in text


def test_an_answer_between_plan_and_apply_is_no_conflict(peer: Any, bench: Workbench) -> None:
    bench.publish(sample_briefing())
    path = _path(bench)
    bench.plan(sample_briefing())
    plan = bench.plan(sample_briefing(hour=16))
    _accept(peer, path)
    bench.apply(plan).raise_for_failed()
    text = peer.by_hand("GET", path)[2].replace(b"\r\n ", b"")
    assert b"PARTSTAT=ACCEPTED" in text
    assert bench.plan(sample_briefing(hour=16)).is_empty


def test_a_server_that_merges_answers_is_asked_by_its_schedule_tag(xandikos: Any) -> None:
    settings = xandikos.settings(
        quirks="rfc6638",
        languages=("en",),
        audience=Access.PARTICIPANTS,
        guests=Guests(addresses=("ann@example.net",)),
    )
    bench = Workbench(settings)
    bench.publish(sample_briefing())
    with xandikos.proxy.counted() as requests:
        bench.publish(sample_briefing(hour=16))
    (put,) = [each for each in requests if each.method == "PUT"]
    assert "if-schedule-tag-match" in put.headers
    assert "if-match" not in put.headers


def test_a_guest_who_is_invited_no_more_goes(peer: Any, bench: Workbench) -> None:
    bench.publish(sample_briefing())
    path = _path(bench)
    fewer = evolve(bench.target.integration, guests=Guests(addresses=("bo@example.net",)))
    bench.target = evolve(bench.target, integration=fewer)
    bench.publish(sample_briefing())
    text = peer.by_hand("GET", path)[2]
    assert b"ann@" not in text
    assert b"bo@" in text
