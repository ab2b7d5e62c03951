"""Calendars: found from any address, and made, named and taken away where that is asked for."""

from typing import Any

import pytest
from attrs import evolve

from briefingkit.errors import IntegrationError
from briefingkit.publish import Change, Drift, Snapshot, Status
from briefingkit.publish.mint import mint
from briefingkit.publish.planning import context_for
from briefingkit.testing.contract import Workbench, sample_briefing
from briefingkit.text import Name
from briefingkit_caldav.choices import Collections, MakeCollections

pytestmark = pytest.mark.peer

_ONE = MakeCollections(Name({"und": "City briefings"}))
_EACH = MakeCollections(
    Name({"en": "City briefings", "fr": "Réunions des villes / 2022"}),
    description=Name({"en": "What cities do", "fr": "Ce que font les villes"}),
    color="#0A7ABF",
    timezone="Europe/Brussels",
)


@pytest.fixture(autouse=True)
def _empty(peer: Any) -> None:
    for name in ("all", "en", "fr", "de"):
        peer.by_hand("DELETE", f"{peer.home}briefingkit.contract.example.under-test.{name}/")


def test_a_calendar_is_found_by_its_name_from_the_bare_address_of_the_server(peer: Any) -> None:
    path = peer.calendar("by-name")
    bench = Workbench(peer.settings(calendar=Collections("by-name")))
    bench.publish(sample_briefing())
    ids = {remote.id for remote in bench.read(sample_briefing()).remotes.values()}
    assert len(ids) == 2
    assert all(each.startswith(path) for each in ids)


@pytest.mark.parametrize("where", ["", "/", "/.well-known/caldav", "home", "principal"])
def test_any_address_leads_to_the_calendars(peer: Any, where: str) -> None:
    peer.calendar("anywhere")
    paths = {"home": peer.home, "principal": "/anna/" if peer.user else "/user/"}
    settings = peer.settings(url=peer.proxy.url + paths.get(where, where), calendar=Collections("anywhere"))
    assert settings.read([], Snapshot()).remotes == {}


@pytest.mark.parametrize("segment", ["a%20b", "n%C3%A4me", "anna%40home", "1+1=2"])
def test_addresses_may_hold_any_character(peer: Any, segment: str) -> None:
    path = peer.calendar(segment)
    bench = Workbench(peer.settings(url=f"{peer.proxy.url}{path}"))
    bench.publish(sample_briefing())
    bench.publish(sample_briefing(hour=16))
    assert bench.plan(sample_briefing(hour=16)).is_empty
    assert len(bench.read(sample_briefing()).remotes) == 2


def test_a_name_that_nobody_has_is_told_with_those_that_there_are(peer: Any) -> None:
    peer.calendar("here")
    with pytest.raises(IntegrationError, match=r"called 'elsewhere'; there are: .*here"):
        peer.settings(calendar=Collections("elsewhere")).read([], Snapshot())


def test_calendars_are_made_one_for_each_language_with_what_they_are_called(peer: Any) -> None:
    settings = peer.settings(make=_EACH)
    bench = Workbench(settings)
    report = bench.publish(sample_briefing())
    assert [str(each.change.identity) for each in report.outcomes][:2] == ["collection en", "collection fr"]
    assert bench.plan(sample_briefing()).is_empty
    remotes = bench.read(sample_briefing()).remotes
    held = {key: remote.resource.fields for (kind, key), remote in remotes.items() if kind == "collection"}
    assert held["fr"]["name"] == "Réunions des villes / 2022"
    assert held["en"]["description"] == "What cities do"
    assert held["en"]["color"] == "#0a7abf"
    events = {key: remote.id for (kind, key), remote in remotes.items() if kind == "event"}
    assert events["contract-2022.fr"].startswith(f"{peer.home}briefingkit.contract.example.under-test.fr/")


def test_making_a_calendar_again_finds_the_one_that_was_made(peer: Any) -> None:
    bench = Workbench(peer.settings(make=_ONE))
    wanted = next(each for each in bench.desired(sample_briefing()) if each.kind == "collection")
    for _ in range(2):
        (outcome,) = bench.target.integration.apply([Change(wanted)])
        assert outcome.status is Status.DONE, outcome.error
    held = [key for key in bench.read(sample_briefing()).remotes if key.kind == "collection"]
    assert len(held) == 1


def test_a_new_name_in_the_source_renames_the_calendar_in_place(peer: Any) -> None:
    bench = Workbench(peer.settings(make=_ONE))
    bench.publish(sample_briefing())
    renamed = peer.settings(make=evolve(_ONE, name=Name({"und": "Town briefings"})))
    bench.target = evolve(bench.target, integration=renamed)
    report = bench.publish(sample_briefing())
    assert [str(each) for each in report.outcomes] == ["under-test update collection all done"]
    assert bench.plan(sample_briefing()).is_empty


def test_a_calendar_that_a_person_renamed_is_drift(peer: Any) -> None:
    bench = Workbench(peer.settings(make=_ONE))
    bench.publish(sample_briefing())
    path = f"{peer.home}briefingkit.contract.example.under-test.all/"
    status, _, said = peer.by_hand(
        "PROPPATCH",
        path,
        b'<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><D:displayname>Mine</D:displayname></D:prop></D:set>'
        b"</D:propertyupdate>",
        "application/xml",
    )
    assert status == 207, said
    (change,) = bench.plan(sample_briefing()).targets[0].changes
    assert change.drifted == ("name",)
    bench.publish(sample_briefing(), drift=Drift.RESTORE)
    assert bench.plan(sample_briefing()).is_empty


def test_a_calendar_that_is_wanted_no_more_goes_with_our_events_alone(peer: Any) -> None:
    bench = Workbench(peer.settings(make=_EACH))
    bench.publish(sample_briefing())
    path = f"{peer.home}briefingkit.contract.example.under-test.fr/"
    lunch = (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:lunch@example.net\r\n"
        b"DTSTAMP:20220101T000000Z\r\nDTSTART:20220413T110000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    assert peer.by_hand("PUT", f"{path}lunch.ics", lunch)[0] in {201, 204}
    bench.target = evolve(bench.target, integration=peer.settings(make=_EACH, languages=("en",)))
    report = bench.apply(bench.plan(sample_briefing()))
    (kept,) = report.failures
    assert "lunch.ics" in str(kept)
    peer.by_hand("DELETE", f"{path}lunch.ics")
    bench.publish(sample_briefing())
    assert bench.plan(sample_briefing()).is_empty
    status, _, said = peer.by_hand("PROPFIND", path, Depth="0")
    assert status == 404 or b"404" in said


def test_a_plan_where_nothing_has_changed_is_one_request_a_calendar(peer: Any) -> None:
    for settings, calendars in (
        (peer.settings(), 1),
        (peer.settings(make=_ONE), 1),
        (peer.settings(make=_EACH), 2),
    ):
        bench = Workbench(settings)
        bench.publish(sample_briefing())
        bench.plan(sample_briefing())
        with peer.proxy.counted() as requests:
            plan = bench.plan(sample_briefing())
        assert plan.is_empty
        assert len(requests) == calendars, [(each.method, each.path) for each in requests]
        with peer.proxy.counted() as requests:
            assert settings.unchanged(plan.targets[0].cursor)
        assert len(requests) == calendars


def test_two_projects_with_a_target_of_one_name_keep_their_calendars_apart(peer: Any) -> None:
    settings = peer.settings(make=_ONE)
    bench = Workbench(settings)
    bench.publish(sample_briefing())
    theirs = f"{peer.home}briefingkit.other.example.under-test.all/"
    publications = mint([evolve(sample_briefing(), namespace="other.example")], {}, {}, at=bench.now)
    context = context_for("under-test", "other.example", publications, {})
    wanted = list(settings.desired(publications, context))
    outcomes = list(settings.apply([Change(each) for each in wanted]))
    assert {each.status for each in outcomes} == {Status.DONE}
    assert {each.remote.id.rpartition("/")[0] + "/" for each in outcomes if each.remote} == {theirs}
    assert len(settings.read(wanted, Snapshot()).remotes) == 3
    assert bench.plan(sample_briefing()).is_empty
    bench.lose_ledger()
    assert bench.plan(sample_briefing()).counts["delete"] == 0
    assert settings.read([], Snapshot()).remotes == {}
    peer.by_hand("DELETE", theirs)


def test_two_calendars_in_one_home_may_not_share_a_name(peer: Any) -> None:
    peer.calendar("twin")
    path = peer.calendar("twin-too")
    renamed = (
        b'<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><D:displayname>twin</D:displayname></D:prop></D:set>'
        b"</D:propertyupdate>"
    )
    peer.by_hand("PROPPATCH", path, renamed, "application/xml")
    with pytest.raises(IntegrationError, match="2 calendars are called 'twin'"):
        peer.settings(calendar=Collections("twin")).read([], Snapshot())
    peer.by_hand("DELETE", path)


def test_an_address_of_a_calendar_needs_no_looking_for(peer: Any) -> None:
    path = peer.calendar("direct")
    bench = Workbench(peer.settings(url=peer.proxy.url, calendar=Collections(path)))
    with peer.proxy.counted() as requests:
        bench.publish(sample_briefing())
    assert {each.path for each in requests if each.method == "PROPFIND"} == {path}
