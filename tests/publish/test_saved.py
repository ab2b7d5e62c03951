import json
from datetime import UTC, datetime

import pytest
from attrs import evolve
from hypothesis import given

from briefingkit.errors import PlanStale, PublishError
from briefingkit.model import Publication
from briefingkit.publish import Target
from briefingkit.publish.apply import apply
from briefingkit.publish.limits import Consent, LimitPolicy
from briefingkit.publish.plan import Plan
from briefingkit.publish.saved import dump_plan, freshen, load_plan
from briefingkit.testing.contract import Workbench, sample_briefing
from briefingkit.testing.memory import Memory, MemoryServer
from briefingkit.testing.strategies import publications

AT = datetime(2022, 3, 21, 9, tzinfo=UTC)


def bench_and_plan() -> tuple[MemoryServer, Workbench, Plan]:
    """Something to create, to update, to delete, to restore and to note."""
    server = MemoryServer()
    bench = Workbench(Memory(server))
    bench.publish(sample_briefing("a"), sample_briefing("b"))
    server.edit(next(thing.id for thing in server.things.values() if thing.key == "a"), title="by hand")
    return server, bench, bench.plan(sample_briefing("a", hour=16), sample_briefing("c"))


def test_a_plan_comes_back_as_it_was() -> None:
    _, _, plan = bench_and_plan()
    assert load_plan(dump_plan(plan)) == plan


@given(publications())
def test_any_publication_comes_back_as_it_was(publication: Publication) -> None:
    plan = Plan("cities.example", AT, (publication,), (), frozenset({"x"}), ("reason",))
    assert load_plan(dump_plan(plan)) == plan


def test_a_plan_that_is_still_true_is_applied() -> None:
    server, bench, plan = bench_and_plan()
    kept = load_plan(dump_plan(plan))
    fresh = freshen(kept, [bench.target], bench.journal)
    bench.apply(fresh)
    assert {thing.key for thing in server.things.values() if thing.kind == "event"} == {"a", "c"}


def test_a_new_etag_alone_does_not_make_a_plan_stale_and_is_taken_over() -> None:
    server, bench, plan = bench_and_plan()
    for thing in list(server.things):
        server.edit(thing)
    report = bench.apply(freshen(plan, [bench.target], bench.journal))
    assert report.counts["failed"] == 0


def test_everything_that_moved_at_the_target_is_named() -> None:
    server, bench, plan = bench_and_plan()
    by_key = {thing.key: thing.id for thing in server.things.values()}
    server.edit(by_key["a"], start="later")
    server.remove(by_key["b"])
    with pytest.raises(PlanStale) as raised:
        freshen(plan, [bench.target], bench.journal)
    assert set(raised.value.reasons) == {
        "under-test: event a has changed at the target since",
        "under-test: event b has changed at the target since",
    }


def test_a_run_in_between_makes_a_plan_stale() -> None:
    _, bench, plan = bench_and_plan()
    bench.apply(bench.plan(sample_briefing("a", hour=17), sample_briefing("c")))
    with pytest.raises(PlanStale, match="has been written by another run"):
        freshen(plan, [bench.target], bench.journal)


def test_other_settings_make_a_plan_stale() -> None:
    server, bench, plan = bench_and_plan()
    other = Target("under-test", Memory(server, shows=(("rooms", "room"),)))
    with pytest.raises(PlanStale, match="event c would now be written otherwise"):
        freshen(plan, [other], bench.journal)


def test_a_target_that_is_no_longer_there_makes_a_plan_stale() -> None:
    _, bench, plan = bench_and_plan()
    with pytest.raises(PlanStale, match="under-test is not among the targets"):
        freshen(plan, [], bench.journal)
    with pytest.raises(PlanStale, match="under-test is not among the targets"):
        apply(plan, [], bench.journal, clock=lambda: AT, consent=Consent(), limits=LimitPolicy())


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '"x"', "not json", '{"briefingkit-plan": 99}'])
def test_what_is_no_plan_is_said_to_be_none(text: str) -> None:
    with pytest.raises(PublishError, match=r"make (one|the plan)"):
        load_plan(text)


@pytest.mark.parametrize("spoil", ["publications", "targets", "at", "namespace"])
def test_a_damaged_plan_is_refused_whole(spoil: str) -> None:
    _, _, plan = bench_and_plan()
    data = json.loads(dump_plan(plan))
    values: list[object] = [None, [{}], 7]
    for value in values:
        with pytest.raises(PublishError, match="damaged"):
            load_plan(json.dumps({**data, spoil: value}))


def test_a_plan_over_some_owners_keeps_them() -> None:
    _, _, plan = bench_and_plan()
    some = evolve(plan, owners=frozenset({"a"}))
    assert load_plan(dump_plan(some)).owners == frozenset({"a"})
    assert [each.briefing.identifier for each in some.planned] == ["a"]
