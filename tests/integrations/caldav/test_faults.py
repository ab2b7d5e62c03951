"""What a bad network and a bad day at the server do to a plan, an apply, and the words about them."""

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from briefingkit.errors import IntegrationError
from briefingkit.publish import Change, Snapshot, Status
from briefingkit.testing.contract import Workbench, sample_briefing
from briefingkit.testing.proxy import Instead, Mishap
from briefingkit_caldav import CalDAV

pytestmark = pytest.mark.peer

_HANG_UP = (Mishap.LOST_REQUEST, Mishap.LOST_ANSWER, Mishap.CUT_ANSWER)


def _created(bench: Workbench) -> list[Change]:
    return [Change(each) for each in bench.desired(sample_briefing())]


@pytest.mark.parametrize("mishap", _HANG_UP)
@pytest.mark.parametrize("method", ["PUT", "REPORT", "PROPFIND"])
def test_what_breaks_off_once_is_done_all_the_same_and_once(peer: Any, mishap: Mishap, method: str) -> None:
    bench = Workbench(peer.settings())
    peer.proxy.fail(mishap, method=method, times=1)
    report = bench.publish(sample_briefing())
    assert report.counts["done"] == 2
    peer.proxy.fail(mishap, method=method, times=1)
    bench.publish(sample_briefing(hour=16))
    assert bench.plan(sample_briefing(hour=16)).is_empty
    snapshot = bench.read(sample_briefing(hour=16))
    assert len(snapshot.remotes) == 2
    assert not snapshot.duplicates


@pytest.mark.parametrize("mishap", _HANG_UP)
def test_a_deletion_that_breaks_off_is_done_once(peer: Any, mishap: Mishap) -> None:
    bench = Workbench(peer.settings())
    bench.publish(sample_briefing("kept"), sample_briefing("dropped"))
    peer.proxy.fail(mishap, method="DELETE", times=2)
    report = bench.publish(sample_briefing("kept"))
    assert report.counts["done"] == 2
    assert len(bench.read().remotes) == 2


def test_an_answer_that_never_comes_leaves_a_write_unknown_and_the_next_plan_finds_it(radicale: Any) -> None:
    bench = Workbench(radicale.settings(patience=5))
    radicale.proxy.fail(Mishap.LOST_ANSWER)
    outcomes = list(bench.target.integration.apply(_created(bench)))
    assert {each.status for each in outcomes} == {Status.UNKNOWN}
    radicale.proxy.heal()
    bench.publish(sample_briefing())
    assert len(bench.read(sample_briefing()).remotes) == 2


def test_a_server_that_cannot_be_reached_has_changed_nothing(radicale: Any) -> None:
    bench = Workbench(radicale.settings(url="http://127.0.0.1:9/calendar/", patience=1))
    outcomes = list(bench.target.integration.apply(_created(bench)))
    assert [each.status for each in outcomes] == [Status.FAILED, Status.REFUSED]
    assert outcomes[0].stop
    with pytest.raises(IntegrationError, match="cannot be reached"):
        bench.target.integration.read([], Snapshot())


def test_a_busy_server_is_given_the_time_that_it_asks_for(radicale: Any) -> None:
    bench = Workbench(radicale.settings())
    busy = Instead(503, {"Retry-After": "7"})
    radicale.proxy.fail(Mishap.ANSWER, method="PUT", times=2, instead=busy)
    bench.publish(sample_briefing())
    assert [7 <= seconds < 15 for seconds in radicale.waits] == [True, True]


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_stays_busy_stops_the_target_inside_the_budget(radicale: Any, status: int) -> None:
    bench = Workbench(radicale.settings(patience=60))
    radicale.proxy.fail(Mishap.ANSWER, method="PUT", instead=Instead(status))
    report = bench.apply(bench.plan(sample_briefing()))
    assert sum(radicale.waits) <= 60
    assert report.counts["failed"] == 1
    assert report.counts["refused"] == 1


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_server_error_on_one_event_stops_no_other(radicale: Any, status: int) -> None:
    bench = Workbench(radicale.settings(patience=20))
    radicale.proxy.fail(Mishap.ANSWER, method="PUT", path="contract-2022.en", instead=Instead(status))
    report = bench.apply(bench.plan(sample_briefing()))
    assert {str(each.change.identity): each.status for each in report.outcomes} == {
        "event contract-2022.en": Status.UNKNOWN,
        "event contract-2022.fr": Status.DONE,
    }
    radicale.proxy.heal()
    bench.publish(sample_briefing())


def test_a_full_account_stops_and_says_so(radicale: Any) -> None:
    bench = Workbench(radicale.settings())
    radicale.proxy.fail(Mishap.ANSWER, method="PUT", instead=Instead(507))
    report = bench.apply(bench.plan(sample_briefing()))
    assert report.counts["failed"] == 1
    assert report.counts["refused"] == 1
    assert "the account is full" in str(report.failures[0])


def test_what_is_forbidden_for_one_event_is_tried_for_the_next(radicale: Any) -> None:
    bench = Workbench(radicale.settings())
    said = b'<D:error xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><C:max-resource-size/></D:error>'
    radicale.proxy.fail(Mishap.ANSWER, method="PUT", times=1, instead=Instead(403, body=said))
    report = bench.apply(bench.plan(sample_briefing()))
    assert report.counts == {"done": 1, "refused": 0, "failed": 1, "unknown": 0}
    assert "max-resource-size" in str(report.failures[0])


def test_a_password_that_is_not_taken_is_said_with_what_to_do(radicale: Any) -> None:
    settings = radicale.settings(password="wrong")
    with pytest.raises(IntegrationError, match="app password"):
        settings.read([], Snapshot())
    outcomes = list(settings.apply(_created(Workbench(settings))))
    assert [each.status for each in outcomes] == [Status.FAILED, Status.REFUSED]
    assert outcomes[0].stop


def test_who_gives_no_password_is_told_to_give_one(radicale: Any) -> None:
    path = radicale.calendar("contract")
    with pytest.raises(IntegrationError, match="asks who we are"):
        CalDAV(url=f"{radicale.proxy.url}{path}").read([], Snapshot())


def test_a_calendar_that_was_taken_away_is_said_to_be_gone(peer: Any) -> None:
    settings = peer.settings()
    bench = Workbench(settings)
    bench.publish(sample_briefing())
    bench.plan(sample_briefing())
    peer.by_hand("DELETE", f"{peer.home}contract/")
    assert "not there" in str(bench.plan(sample_briefing()).targets[0].error)


def test_a_token_that_the_server_has_forgotten_is_a_full_read(peer: Any) -> None:
    bench = Workbench(peer.settings())
    bench.publish(sample_briefing())
    bench.plan(sample_briefing())
    known = bench.journal.load(bench.target.name).snapshot
    old_token = "http://radicale.org/ns/sync/" if peer.kind == "radicale" else ""
    assert known.cursor is not None
    import json

    cursor = json.loads(known.cursor)
    for forgotten in (f"{old_token}{'0' * 64 if old_token else '0' * 40}", "http://example.org/never-issued"):
        cursor["places"]["all"][1] = forgotten
        peer.proxy.heal()
        read = bench.target.integration.read(
            bench.desired(sample_briefing()), evolve(known, cursor=json.dumps(cursor))
        )
        assert read.remotes == bench.read(sample_briefing()).remotes


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_on_the_same_server_is_followed_with_method_and_body(radicale: Any, status: int) -> None:
    path = radicale.calendar("moved")
    settings = radicale.settings(url=f"{radicale.proxy.url}/old/")
    radicale.proxy.fail(Mishap.ANSWER, path="/old/", times=1, instead=Instead(status, {"Location": path}))
    assert settings.read([], Snapshot()).remotes == {}


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/x", "http://127.0.0.1:1/"])
def test_a_redirect_to_another_server_is_not_followed(radicale: Any, elsewhere: str) -> None:
    radicale.proxy.fail(Mishap.ANSWER, instead=Instead(302, {"Location": elsewhere}))
    with pytest.raises(IntegrationError, match="give that address as `url`") as caught:
        radicale.settings().read([], Snapshot())
    assert "s3cr3t" not in str(caught.value)


def test_a_redirect_in_a_circle_comes_to_an_end(radicale: Any) -> None:
    radicale.proxy.fail(Mishap.ANSWER, instead=Instead(301, {"Location": "/round/"}))
    with pytest.raises(IntegrationError, match="in a circle"):
        radicale.settings().read([], Snapshot())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Welcome!</body></html>",
        b"\xff\xfe not xml at all",
        b'<D:multistatus xmlns:D="DAV:"><D:response>',
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]><D:multistatus xmlns:D="DAV:"><D:x>&a;</D:x></D:multistatus>',
    ],
)
def test_an_answer_that_is_no_multistatus_is_an_error_in_words(radicale: Any, body: bytes) -> None:
    radicale.proxy.fail(Mishap.REPLACED, method="PROPFIND", instead=Instead(207, body=body))
    with pytest.raises(IntegrationError, match="the server's answer"):
        radicale.settings().read([], Snapshot())


def test_a_time_out_is_an_answer_that_did_not_come(radicale: Any) -> None:
    bench = Workbench(radicale.settings(timeout=1))
    radicale.proxy.fail(Mishap.DELAY, method="PUT", times=1, seconds=1.4)
    report = bench.publish(sample_briefing())
    assert report.counts["done"] == 2
    assert len(bench.read(sample_briefing()).remotes) == 2


def test_writes_go_over_one_connection(radicale: Any) -> None:
    bench = Workbench(radicale.settings())
    plan = bench.plan(*(sample_briefing(f"b{number}") for number in range(10)))
    before = radicale.proxy.connections
    bench.apply(plan).raise_for_failed()
    assert radicale.proxy.connections == before + 1


def test_an_outage_in_the_middle_is_gone_on_from(radicale: Any) -> None:
    briefings = [sample_briefing(f"b{number}") for number in range(8)]
    bench = Workbench(radicale.settings(patience=5))
    radicale.proxy.fail(Mishap.LOST_REQUEST, method="PUT", path="b3")
    report = bench.apply(bench.plan(*briefings))
    assert not report.ok
    radicale.proxy.heal()
    bench.now += timedelta(hours=1)
    bench.publish(*briefings)
    assert bench.plan(*briefings).is_empty
    assert len(bench.read(*briefings).remotes) == 16
