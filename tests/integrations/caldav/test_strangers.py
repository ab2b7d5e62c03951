"""Whose things are whose: what others put into a calendar is read past, left alone, and never mistaken for ours."""

import tracemalloc
from typing import Any

import pytest
from attrs import evolve

from briefingkit.publish import Change, Snapshot, Status
from briefingkit.testing.contract import Workbench, sample_briefing
from briefingkit.testing.proxy import Instead, Mishap
from briefingkit_caldav.server import Server

pytestmark = pytest.mark.peer

_MANY = 10_000


def _copied(peer: Any, path: str, name: str, **changes: str) -> str:
    """Put a copy of an event beside it, as an import would."""
    text = peer.by_hand("GET", path)[2].decode().replace("\r\n ", "")
    for old, new in changes.items():
        text = text.replace(old, new)
    beside = f"{path.rpartition('/')[0]}/{name}"
    assert peer.by_hand("PUT", beside, text.encode())[0] in {201, 204}
    return beside


def test_ten_thousand_events_of_others_cost_two_requests_and_little_memory(radicale: Any) -> None:
    settings = radicale.settings()
    path = radicale.calendar("contract")
    listed = "".join(
        f"<response><href>{path}{number:08}-4c1f-a-long-name-as-others-give.ics</href><propstat><prop>"
        f'<getetag>"{number:064}"</getetag></prop><status>HTTP/1.1 200 OK</status></propstat></response>'
        for number in range(_MANY)
    )
    body = f'<multistatus xmlns="DAV:">{listed}<sync-token>http://x/1</sync-token></multistatus>'.encode()
    radicale.proxy.fail(Mishap.REPLACED, method="REPORT", instead=Instead(207, body=body))
    settings.read([], Snapshot())  # what is loaded once is loaded
    tracemalloc.start()
    with radicale.proxy.counted() as requests:
        assert settings.read([], Snapshot()).remotes == {}
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [each.method for each in requests] == ["PROPFIND", "REPORT"]
    assert peak < 3 * len(body), peak


def test_only_what_may_be_ours_is_fetched(peer: Any) -> None:
    bench = Workbench(peer.settings(languages=("en",)))
    bench.publish(sample_briefing())
    (remote,) = bench.read(sample_briefing()).remotes.values()
    own = str(remote.resource.fields["uid"])
    for number in range(5):
        _copied(peer, remote.id, f"copy-{number}.ics", **{own: f"copy-{number}", "X-BRIEFINGKIT": "X-OTHER"})
    with peer.proxy.counted() as requests:
        assert len(bench.read(sample_briefing()).remotes) == 1
    fetched = [each for each in requests if b"calendar-multiget" in each.body]
    assert len(fetched) == 1
    assert b"copy-" not in fetched[0].body


def test_a_copy_made_by_hand_is_a_strangers_mark_and_all(peer: Any) -> None:
    bench = Workbench(peer.settings(languages=("en",)))
    bench.publish(sample_briefing())
    (remote,) = bench.read(sample_briefing()).remotes.values()
    own = str(remote.resource.fields["uid"])
    copy = _copied(peer, remote.id, "x.en.0123456789.ics", **{own: "copied@example.net"})
    assert bench.plan(sample_briefing()).is_empty
    bench.lose_ledger()
    bench.publish(sample_briefing("another"))
    assert peer.by_hand("GET", copy)[0] == 200


def test_an_event_that_was_moved_to_another_name_is_told_of_and_not_made_twice(peer: Any) -> None:
    bench = Workbench(peer.settings(languages=("en",)))
    bench.publish(sample_briefing())
    (remote,) = bench.read(sample_briefing()).remotes.values()
    text = peer.by_hand("GET", remote.id)[2]
    peer.by_hand("DELETE", remote.id)
    moved = f"{remote.id.rpartition('/')[0]}/moved.ics"
    assert peer.by_hand("PUT", moved, text)[0] in {201, 204}
    report = bench.apply(bench.plan(sample_briefing()))
    (refused,) = report.failures
    assert refused.status is Status.REFUSED
    assert "moved.ics" in str(refused)


def test_what_stands_in_our_place_and_is_not_ours_is_a_conflict_in_the_plan(peer: Any) -> None:
    bench = Workbench(peer.settings(languages=("en",)))
    bench.publish(sample_briefing())
    (remote,) = bench.read(sample_briefing()).remotes.values()
    text = peer.by_hand("GET", remote.id)[2].decode().replace("\r\n ", "")
    without = "\r\n".join(line for line in text.split("\r\n") if not line.startswith("X-BRIEFINGKIT:"))
    peer.by_hand("PUT", remote.id, without.encode())
    (change,) = bench.plan(sample_briefing()).targets[0].changes
    assert change.conflict is not None
    (outcome,) = bench.target.integration.apply([Change(change.wanted)])
    assert outcome.status is Status.REFUSED


def test_a_renamed_target_takes_its_events_over_and_leaves_those_of_others(peer: Any) -> None:
    bench = Workbench(peer.settings(languages=("en",)))
    bench.publish(sample_briefing(), sample_briefing("another"))
    renamed = Workbench(evolve(bench.target.integration, target="renamed"), "renamed")
    report = renamed.publish(sample_briefing())
    assert [str(each) for each in report.outcomes] == ["renamed update event contract-2022.en done"]
    assert len(bench.read(sample_briefing("another")).remotes) == 1
    assert renamed.plan(sample_briefing()).is_empty


def test_one_event_that_xml_cannot_hold_spoils_no_other(radicale: Any) -> None:
    settings = radicale.settings()
    bench = Workbench(settings)
    bench.publish(sample_briefing())
    paths = [remote.id for remote in bench.read(sample_briefing()).remotes.values()]
    broken = b'<multistatus xmlns="DAV:"><response><href>/x</href>\x00</response></multistatus>'
    radicale.proxy.fail(Mishap.REPLACED, method="REPORT", times=1, instead=Instead(207, body=broken))
    with Server(settings) as server:
        fetched = list(server.multiget(paths[0].rpartition("/")[0], paths))
    assert [each.path for each in fetched] == paths


def test_an_event_that_nobody_could_read_is_not_ours(radicale: Any) -> None:
    bench = Workbench(radicale.settings(languages=("en",)))
    bench.publish(sample_briefing())
    (remote,) = bench.read(sample_briefing()).remotes.values()
    data = "BEGIN:VCALENDAR\nthis is\nno calendar"
    body = (
        '<multistatus xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><response>'
        f'<href>{remote.id}</href><propstat><prop><getetag>"x"</getetag><C:calendar-data>{data}</C:calendar-data>'
        "</prop><status>HTTP/1.1 200 OK</status></propstat></response><sync-token>t</sync-token></multistatus>"
    )
    radicale.proxy.fail(Mishap.REPLACED, method="REPORT", instead=Instead(207, body=body.encode()))
    (found,) = bench.read(sample_briefing()).remotes.values()
    assert not found.ours
