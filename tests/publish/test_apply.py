from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

import pytest
from attrs import evolve, frozen

from briefingkit.errors import ApplyFailed, IntegrationError, Locked, PlanRefused, PlanStale
from briefingkit.model import Briefing, Publication
from briefingkit.publish import (
    Action,
    Change,
    Context,
    Drift,
    Outcome,
    Remote,
    Report,
    Resource,
    Snapshot,
    Status,
    Target,
)
from briefingkit.publish.apply import apply, apply_iter
from briefingkit.publish.journal import Journal
from briefingkit.publish.limits import Consent, LimitPolicy, Limits
from briefingkit.publish.plan import Plan
from briefingkit.publish.planning import build_plan
from briefingkit.store import open_ledger
from briefingkit.testing.contract import Workbench, sample_briefing
from briefingkit.testing.memory import Crash, Fault, Memory, MemoryServer, Stored

AT = datetime(2022, 3, 21, 9, tzinfo=UTC)


def clock() -> datetime:
    return AT


@pytest.fixture
def journal() -> Journal:
    return Journal(open_ledger("sqlite://"))


def plan_all(
    targets: Sequence[Target], journal: Journal, *briefings: Briefing, drift: Drift = Drift.STOP
) -> Plan:
    from briefingkit.publish.limits import DriftPolicy

    return build_plan(
        targets, briefings, journal, namespace="contract.example", at=AT, drift=DriftPolicy(drift)
    )


def statuses(outcomes: Iterable[Outcome]) -> list[tuple[str, str]]:
    return [(str(outcome.change.identity), outcome.status.value) for outcome in outcomes]


def test_a_failure_in_one_resource_stops_no_other() -> None:
    faults = iter([Fault.NONE, Fault.REFUSED])
    bench = Workbench(Memory(MemoryServer(fault=lambda: next(faults, Fault.NONE))))
    report = bench.apply(bench.plan(sample_briefing()))
    assert [outcome.status for outcome in report.outcomes] == [
        Status.DONE,
        Status.FAILED,
        Status.DONE,
        Status.DONE,
    ]
    with pytest.raises(ApplyFailed, match=r"create page contract-2022.en failed: the server said no"):
        report.raise_for_failed()


def test_a_failure_to_change_leaves_the_ledger_as_it_was() -> None:
    server = MemoryServer()
    bench = Workbench(Memory(server))
    bench.publish(sample_briefing(hour=15))
    known = bench.journal.load("under-test").applied
    server.fault = lambda: Fault.REFUSED
    bench.apply(bench.plan(sample_briefing(hour=16)))
    assert bench.journal.load("under-test").applied == known


def test_a_used_up_quota_ends_that_target_and_no_other(journal: Journal) -> None:
    full, free = MemoryServer(fault=lambda: Fault.QUOTA), MemoryServer()
    targets = [Target("full", Memory(full, batch=1)), Target("free", Memory(free))]
    report = apply(plan_all(targets, journal, sample_briefing()), targets, journal, clock=clock)
    assert report.counts == {"done": 4, "refused": 3, "failed": 1, "unknown": 0}
    assert {outcome.error for outcome in report.failures} == {
        "the quota is used up",
        "not tried: the quota is used up",
    }
    assert not full.things


@pytest.mark.parametrize("fault", [Fault.OUTAGE, Fault.BUG])
def test_a_target_that_breaks_down_leaves_the_rest_unknown_and_untried(
    fault: Fault, journal: Journal
) -> None:
    faults = iter([Fault.NONE, fault])
    broken, sound = MemoryServer(fault=lambda: next(faults, Fault.NONE)), MemoryServer()
    targets = [Target("broken", Memory(broken, batch=3)), Target("sound", Memory(sound))]
    report = apply(plan_all(targets, journal, sample_briefing()), targets, journal, clock=clock)
    found = [outcome.status for outcome in report.outcomes if outcome.target == "broken"]
    # A batch never mixes kinds: one event, two pages, one index.
    assert found == [Status.DONE, Status.UNKNOWN, Status.UNKNOWN, Status.REFUSED]
    assert [outcome.status for outcome in report.outcomes if outcome.target == "sound"] == [Status.DONE] * 4


def test_every_call_is_written_down_before_it_is_made() -> None:
    server = MemoryServer(fault=lambda: Fault.CRASH_BEFORE)
    bench = Workbench(Memory(server))
    with pytest.raises(Crash):
        bench.apply(bench.plan(sample_briefing()))
    started = bench.journal.load("under-test").applied
    assert [(str(identity), known.progress) for identity, known in started.items()] == [
        ("event contract-2022", "started")
    ]
    assert not server.things


def test_after_a_crash_what_was_done_is_adopted_without_another_write() -> None:
    server = MemoryServer(fault=lambda: Fault.CRASH_AFTER)
    bench = Workbench(Memory(server))
    with pytest.raises(Crash):
        bench.apply(bench.plan(sample_briefing()))
    server.fault = lambda: Fault.NONE
    server.calls.clear()
    bench.publish(sample_briefing())
    assert sum(call.startswith("put") for call in server.calls) == 3
    assert all(known.settled for known in bench.journal.load("under-test").applied.values())


def test_of_a_large_batch_the_ledger_has_what_was_answered_before_the_rest_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("briefingkit.publish.apply._NOTED", 2)
    asked: list[str] = []

    class Slow(Memory):
        def apply(self, changes: Sequence[Change]) -> Iterator[Outcome]:
            for change in changes:
                asked.append(change.identity.key)
                yield from super().apply([change])

    server = MemoryServer()
    bench = Workbench(Slow(server, batch=100))
    briefings = [sample_briefing(each) for each in "abcde"]
    plan = bench.plan(*briefings)
    given = apply_iter(plan, [bench.target], bench.journal, clock=lambda: bench.now)
    first = [next(given), next(given)]
    assert [each.change.identity.key for each in first] == asked
    settled = [known.settled for known in bench.journal.load("under-test").applied.values()]
    assert settled.count(True) == 2
    assert settled.count(False) == 3
    given.close()  # a generator, as whoever stops asking has it closed
    server.calls.clear()
    bench.publish(*briefings)
    assert bench.plan(*briefings).is_empty


def test_a_batch_that_becomes_another_in_the_middle_loses_no_change() -> None:
    calls: list[int] = []

    class Changing(Memory):
        def apply(self, changes: Sequence[Change]) -> Iterator[Outcome]:
            calls.append(len(changes))
            object.__setattr__(self, "batch", 1)
            return super().apply(changes)

    bench = Workbench(Changing(MemoryServer(), batch=2))
    briefings = [sample_briefing(each) for each in ("a", "b", "c", "d")]
    bench.publish(*briefings)
    assert bench.plan(*briefings).is_empty
    assert calls[:3] == [2, 2, 1]


def test_no_call_has_more_changes_than_the_batch() -> None:
    sizes: list[int] = []

    class Counting(Memory):
        def apply(self, changes: Sequence[Change]) -> Iterator[Outcome]:
            sizes.append(len(changes))
            return super().apply(changes)

    bench = Workbench(Counting(MemoryServer(), batch=2))
    bench.publish(*(sample_briefing(f"b{number}") for number in range(3)))
    assert sizes == [2, 1, 2, 2, 2, 1]


def test_an_address_that_is_made_reaches_those_that_show_it_in_one_apply(journal: Journal) -> None:
    rooms, pages = MemoryServer(names_things=True), MemoryServer()
    targets = [Target("pages", Memory(pages, shows=(("rooms", "room"),))), Target("rooms", Memory(rooms))]
    plan = plan_all(targets, journal, sample_briefing())
    assert [planned.target for planned in plan.targets] == ["rooms", "pages"]
    apply(plan, targets, journal, clock=clock).raise_for_failed()
    event = next(thing for thing in pages.things.values() if thing.kind == "event")
    assert event.fields["rooms-room"] == "See https://memory.example/server-1"
    assert plan_all(targets, journal, sample_briefing()).is_empty


def test_an_address_that_becomes_another_reaches_what_was_in_step(journal: Journal) -> None:
    rooms, pages = MemoryServer(names_things=True), MemoryServer()
    targets = [Target("rooms", Memory(rooms)), Target("pages", Memory(pages, shows=(("rooms", "room"),)))]
    apply(plan_all(targets, journal, sample_briefing()), targets, journal, clock=clock).raise_for_failed()
    rooms.remove("server-1")
    apply(plan_all(targets, journal, sample_briefing()), targets, journal, clock=clock).raise_for_failed()
    event = next(thing for thing in pages.things.values() if thing.kind == "event")
    assert event.fields["rooms-room"] == "See https://memory.example/server-5"


def one_shows_the_room_of_another(
    publications: Sequence[Publication], context: Context
) -> Iterator[Resource]:
    """Project the first briefing to an event that shows the room of the second, both at this target."""
    first, second = (publication.briefing.identifier for publication in publications)
    shown = context.output(context.target, "room", owner=second)
    yield Resource("event", first, first, {"start": "15:00", "room": f"See {shown}"})
    yield Resource("event", second, second, {"start": "15:00"})


def test_what_shows_an_address_that_the_target_itself_makes_comes_after_what_makes_it(
    journal: Journal,
) -> None:
    server = MemoryServer(names_things=True)
    targets = [Target("rooms", Memory(server, projection=one_shows_the_room_of_another))]
    briefings = (sample_briefing("a"), sample_briefing("b"))
    apply(plan_all(targets, journal, *briefings), targets, journal, clock=clock).raise_for_failed()
    shown = {thing.key: thing.fields.get("room") for thing in server.things.values()}
    assert shown == {"b": None, "a": "See https://memory.example/server-1"}
    assert plan_all(targets, journal, *briefings).is_empty


@frozen
class MovingRooms(Memory):
    """A target whose rooms move whenever their event is written."""

    def _remote(self, thing: Stored) -> Remote:
        return evolve(
            super()._remote(thing), outputs={"room": f"https://memory.example/{thing.id}/{thing.version}"}
        )


def test_what_was_written_with_an_address_that_then_became_another_is_written_again(
    journal: Journal,
) -> None:
    def project(publications: Sequence[Publication], context: Context) -> Iterator[Resource]:
        start = str(publications[0].briefing.start)
        for resource in one_shows_the_room_of_another(publications, context):
            yield evolve(resource, fields={**resource.fields, "start": start})

    server = MemoryServer()
    targets = [Target("rooms", MovingRooms(server, projection=project))]
    for hour in (15, 16):
        briefings = (sample_briefing("a", hour=hour), sample_briefing("b", hour=hour))
        apply(plan_all(targets, journal, *briefings), targets, journal, clock=clock).raise_for_failed()
        assert plan_all(targets, journal, *briefings).is_empty
    shown = {thing.key: thing for thing in server.things.values()}
    assert shown["a"].fields["room"] == f"See https://memory.example/{shown['b'].id}/{shown['b'].version}"


def test_two_that_show_each_others_address_are_written_twice_and_no_more(journal: Journal) -> None:
    def project(publications: Sequence[Publication], context: Context) -> Iterator[Resource]:
        first, second = (publication.briefing.identifier for publication in publications)
        start = str(publications[0].briefing.start)
        for own, other in ((first, second), (second, first)):
            known = context.output(context.target, "room", owner=other)
            fields = {"start": start, "room": known if start.endswith("16:00:00") else None}
            yield Resource("event", own, own, fields)

    server = MemoryServer()
    targets = [Target("rooms", MovingRooms(server, projection=project))]
    for hour, writes in ((15, 2), (16, 4)):
        server.calls.clear()
        briefings = (sample_briefing("a", hour=hour), sample_briefing("b", hour=hour))
        apply(plan_all(targets, journal, *briefings), targets, journal, clock=clock).raise_for_failed()
        assert len([call for call in server.calls if call.startswith("put")]) == writes


def test_what_waits_for_an_address_that_its_own_target_failed_to_make_is_refused(journal: Journal) -> None:
    server = MemoryServer(fault=lambda: Fault.REFUSED)
    targets = [Target("rooms", Memory(server, projection=one_shows_the_room_of_another))]
    briefings = (sample_briefing("a"), sample_briefing("b"))
    report = apply(plan_all(targets, journal, *briefings), targets, journal, clock=clock)
    assert statuses(report.outcomes) == [("event b", "failed"), ("event a", "refused")]
    assert report.outcomes[1].error == "it shows what was not made: room of b at rooms"


def test_what_shows_an_address_that_was_not_made_is_refused_with_the_reason(journal: Journal) -> None:
    rooms, pages = MemoryServer(fault=lambda: Fault.REFUSED), MemoryServer()
    targets = [Target("rooms", Memory(rooms)), Target("pages", Memory(pages, shows=(("rooms", "room"),)))]
    report = apply(plan_all(targets, journal, sample_briefing()), targets, journal, clock=clock)
    refused = [outcome for outcome in report.outcomes if outcome.status is Status.REFUSED]
    assert [outcome.error for outcome in refused] == [
        "it shows what was not made: room of contract-2022 at rooms"
    ]
    assert {thing.kind for thing in pages.things.values()} == {"page", "index"}


def test_what_is_there_is_not_deleted_while_what_replaces_it_is_not() -> None:
    server = MemoryServer()
    bench = Workbench(Memory(server))
    bench.publish(sample_briefing())
    english = evolve(sample_briefing(title="Moved"), languages=("en",))
    server.fault = lambda: Fault.REFUSED
    report = bench.apply(bench.plan(english))
    assert "not deleted while" in str(report.outcomes[-1].error)
    assert any(thing.key == "contract-2022.fr" for thing in server.things.values())


def test_a_second_run_is_kept_out(journal: Journal) -> None:
    targets = [Target("t", Memory(MemoryServer()))]
    plan = plan_all(targets, journal, sample_briefing())
    first = apply_iter(plan, targets, journal, clock=clock)
    next(first)
    with pytest.raises(Locked):
        next(apply_iter(plan, targets, journal, clock=clock))
    first.close()
    with pytest.raises(PlanStale, match="another run has written"):
        apply(plan, targets, journal, clock=clock)


def test_a_plan_beyond_the_limits_is_refused_before_anything_is_done() -> None:
    server = MemoryServer()
    bench = Workbench(Memory(server))
    bench.publish(*(sample_briefing(f"b{number}") for number in range(4)))
    plan = bench.plan(sample_briefing("b0"))
    assert plan.refusals == ("under-test: 9 of 13 resources would be deleted (69%), and the limit is 30%",)
    server.calls.clear()
    with pytest.raises(PlanRefused, match="69%"):
        bench.apply(plan)
    assert server.calls == []
    lenient = LimitPolicy(Limits(deletions_fraction=None))
    consent = Consent(delete=True)
    report = apply(plan, [bench.target], bench.journal, clock=clock, consent=consent, limits=lenient)
    assert report.ok


def test_part_of_a_tree_can_be_published_and_nothing_else_is_touched(journal: Journal) -> None:
    server = MemoryServer()
    targets = [Target("t", Memory(server))]
    apply(
        plan_all(targets, journal, sample_briefing("a"), sample_briefing("b")), targets, journal, clock=clock
    )
    moved = sample_briefing("a", hour=16)
    plan = build_plan(targets, [moved], journal, namespace="contract.example", at=AT, owners=["a"])
    apply(plan, targets, journal, clock=clock, consent=Consent(delete=True)).raise_for_failed()
    starts = {
        thing.key: str(thing.fields["start"])[11:13]
        for thing in server.things.values()
        if thing.kind == "event"
    }
    assert starts == {"a": "16", "b": "15"}
    index = next(thing for thing in server.things.values() if thing.kind == "index")
    assert index.fields["briefings"] == ("a", "b")


@frozen
class Silent:
    """An integration that does not keep the protocol."""

    answers: tuple[str, ...]
    batch: int = 10
    order: tuple[str, ...] = ("event",)

    def desired(self, publications: Sequence[Publication], context: Context) -> Iterable[Resource]:
        return [Resource("event", each.briefing.identifier, context.target, {}) for each in publications]

    def read(self, wanted: Sequence[Resource], last: Snapshot) -> Snapshot:
        if "unreadable" in self.answers:
            raise IntegrationError("no access to that calendar")
        return Snapshot()

    def apply(self, changes: Sequence[Change]) -> Iterable[Outcome]:
        if "empty" in self.answers:
            yield Outcome(changes[0], Status.DONE)
        if "stranger" in self.answers:
            yield Outcome(Change(Resource("event", "unasked", "x", {})), Status.DONE)


@pytest.mark.parametrize("answers", [(), ("empty",), ("stranger",)])
def test_an_answer_that_says_too_little_is_not_taken_for_success(answers: tuple[str, ...]) -> None:
    bench = Workbench(Silent(answers))
    report = bench.apply(bench.plan(sample_briefing()))
    assert statuses(report.outcomes) == [("event contract-2022", "unknown")]


def test_a_target_that_cannot_be_read_is_said_and_the_others_go_on(journal: Journal) -> None:
    targets = [Target("locked", Silent(("unreadable",))), Target("t", Memory(MemoryServer()))]
    plan = plan_all(targets, journal, sample_briefing())
    assert not plan.is_empty
    report = apply(plan, targets, journal, clock=clock)
    assert report.counts["done"] == 4
    with pytest.raises(ApplyFailed, match="no access to that calendar"):
        report.raise_for_failed()


def test_a_revision_rises_with_what_participants_see_and_only_then(journal: Journal) -> None:
    targets = [Target("t", Memory(MemoryServer()))]

    def publish(briefing: Briefing) -> int:
        plan = plan_all(targets, journal, briefing)
        apply(plan, targets, journal, clock=clock).raise_for_failed()
        return plan.publications[0].revision

    assert [publish(sample_briefing(hour=hour)) for hour in (15, 15, 16, 15)] == [0, 0, 1, 2]
    assert publish(evolve(sample_briefing(hour=15), allow=("W104",))) == 2


def test_a_lost_ledger_goes_on_after_the_highest_revision_that_is_held() -> None:
    bench = Workbench(Memory(MemoryServer()))
    for hour in (15, 16, 17):
        bench.publish(sample_briefing(hour=hour))
    bench.lose_ledger()
    plan = bench.plan(sample_briefing(hour=17))
    assert plan.publications[0].revision == 3
    assert plan.counts[Action.UPDATE] == 3
    bench.apply(plan)
    assert bench.plan(sample_briefing(hour=17)).is_empty


def test_a_report_that_is_all_done_raises_nothing() -> None:
    report = Report(())
    report.raise_for_failed()
    assert report.ok
