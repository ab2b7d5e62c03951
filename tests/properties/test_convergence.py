"""Whatever goes wrong on the way, the targets end up as the source says, once each, and nothing else is touched."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    precondition,
    rule,
)

from briefingkit.errors import PlanStale
from briefingkit.model import Briefing, Status
from briefingkit.publish import Drift, Outcome, Report, Target
from briefingkit.publish.apply import apply_iter
from briefingkit.publish.journal import Journal
from briefingkit.publish.limits import Consent, DriftPolicy, Limits
from briefingkit.publish.plan import Plan
from briefingkit.publish.planning import build_plan
from briefingkit.publish.resource import Fields
from briefingkit.publish.saved import dump_plan, freshen, load_plan
from briefingkit.store import open_ledger
from briefingkit.testing.memory import Crash, Fault, Memory, MemoryServer
from briefingkit.text import MultilingualText

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = ("a", "b", "c")
TITLES = ("One ", "Two", "THREE")
NO_LIMITS = Limits(deletions_fraction=None, empty_source=False, empty_target=False)
FAULTS = st.lists(st.sampled_from(Fault), max_size=8)


def shout(fields: Fields) -> Fields:
    """Normalise as servers do: cut and rewrite texts, and add a field of one's own."""
    title = fields.get("title")
    done = title.strip().upper() if isinstance(title, str) else title
    return {**fields, "title": done, "by": "server"} if "title" in fields else fields


def briefing(name: str, title: str, hour: int) -> Briefing:
    return Briefing(
        name,
        ("en", "fr"),
        MultilingualText({"en": title, "fr": f"{title} fr"}),
        namespace="cities.example",
        status=Status.CONFIRMED,
        start=datetime(2022, 4, 13, hour),
        end=datetime(2022, 4, 13, 23),
        timezone="Europe/Brussels",
    )


class Publishing(RuleBasedStateMachine):
    """Two targets, the second showing addresses that the first makes; each a kind of server of its own."""

    plans = Bundle("plans")

    @initialize(
        names_things=st.booleans(),
        normalises=st.booleans(),
        incremental=st.booleans(),
        batch=st.integers(1, 4),
    )
    def start(self, names_things: bool, normalises: bool, incremental: bool, batch: int) -> None:
        normalise: Callable[[Fields], Fields] = shout if normalises else dict
        self.rooms = MemoryServer(names_things=names_things, normalise=normalise, fault=self.next_fault)
        self.pages = MemoryServer(names_things=not names_things, normalise=normalise, fault=self.next_fault)
        self.faults: list[Fault] = []
        self.targets = [
            Target(
                "pages",
                Memory(self.pages, batch=batch, incremental=not incremental, shows=(("rooms", "room"),)),
            ),
            Target("rooms", Memory(self.rooms, batch=batch, incremental=incremental)),
        ]
        self.now = datetime(2022, 3, 21, 9, tzinfo=UTC)
        self.source = {"a": briefing("a", "One", 15)}
        self.strangers: dict[tuple[str, str], object] = {}
        self.made: dict[str, int] = {}
        self.lose_ledger()

    def next_fault(self) -> Fault:
        return self.faults.pop(0) if self.faults else Fault.NONE

    def clock(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def plan_now(self, drift: Drift = Drift.STOP) -> Plan:
        return build_plan(
            self.targets,
            list(self.source.values()),
            self.journal,
            namespace="cities.example",
            at=self.clock(),
            drift=DriftPolicy(drift),
            limits=NO_LIMITS,
        )

    def run(self, plan: Plan, *, delete: bool) -> Report | None:
        outcomes: list[Outcome] = []
        applying = apply_iter(
            plan,
            self.targets,
            self.journal,
            clock=self.clock,
            consent=Consent(delete=delete),
            limits=NO_LIMITS,
        )
        try:
            outcomes.extend(applying)
        except Crash:
            return None
        return Report.of(outcomes)

    # The source

    @rule(name=st.sampled_from(NAMES), title=st.sampled_from(TITLES), hour=st.integers(9, 22))
    def write(self, name: str, title: str, hour: int) -> None:
        self.source[name] = briefing(name, title, hour)

    @rule(name=st.sampled_from(NAMES))
    def drop(self, name: str) -> None:
        self.source.pop(name, None)

    # Runs

    @rule(target=plans, drift=st.sampled_from(Drift))
    def save_a_plan(self, drift: Drift) -> str:
        return dump_plan(self.plan_now(drift))

    @rule(saved=consumes(plans), faults=FAULTS, delete=st.booleans())
    def apply_a_saved_plan(self, saved: str, faults: list[Fault], delete: bool) -> None:
        try:
            plan = freshen(load_plan(saved), self.targets, self.journal)
        except PlanStale:
            return
        self.faults = faults
        self.run(plan, delete=delete)
        self.faults = []

    @rule(faults=FAULTS, drift=st.sampled_from(Drift), delete=st.booleans())
    def plan_and_apply(self, faults: list[Fault], drift: Drift, delete: bool) -> None:
        plan = self.plan_now(drift)
        self.faults = faults
        self.run(plan, delete=delete)
        self.faults = []

    @rule(data=st.data(), faults=FAULTS)
    def apply_while_someone_edits(self, data: st.DataObject, faults: list[Fault]) -> None:
        plan = self.plan_now(Drift.RESTORE)
        self.edit_by_hand(data)
        self.faults = faults
        self.run(plan, delete=True)
        self.faults = []

    # Other people, and accidents

    def any_thing(self, data: st.DataObject) -> "tuple[MemoryServer, str] | None":
        things = [(server, thing) for server in (self.rooms, self.pages) for thing in sorted(server.things)]
        things = [each for each in things if each[1] not in self.strangers_at(each[0])]
        return data.draw(st.sampled_from(things)) if things else None

    def strangers_at(self, server: MemoryServer) -> set[str]:
        where = "rooms" if server is self.rooms else "pages"
        return {thing for place, thing in self.strangers if place == where}

    @rule(data=st.data())
    def edit_by_hand(self, data: st.DataObject) -> None:
        chosen = self.any_thing(data)
        if chosen is not None:
            server, thing = chosen
            field = data.draw(st.sampled_from(("title", "start", "by")))
            server.edit(thing, **{field: data.draw(st.sampled_from((None, "by hand")))})

    @rule(data=st.data())
    def only_the_etag_changes(self, data: st.DataObject) -> None:
        chosen = self.any_thing(data)
        if chosen is not None:
            chosen[0].edit(chosen[1])

    @rule(data=st.data())
    def remove_by_hand(self, data: st.DataObject) -> None:
        chosen = self.any_thing(data)
        if chosen is not None:
            chosen[0].remove(chosen[1])

    @rule(number=st.integers(1, 3), rooms=st.booleans())
    def a_stranger_writes(self, number: int, rooms: bool) -> None:
        server, where = (self.rooms, "rooms") if rooms else (self.pages, "pages")
        name = f"stranger-{number}"
        if name not in server.things:
            server.add(name, "event", f"a{number}", title="mine")
            self.strangers[where, name] = server.things[name]

    @rule()
    def tokens_expire(self) -> None:
        self.rooms.forget()
        self.pages.forget()

    @rule()
    def lose_ledger(self) -> None:
        self.journal = Journal(open_ledger("sqlite://"))

    # What always holds

    @invariant()
    def nothing_is_there_twice(self) -> None:
        for server in (self.rooms, self.pages):
            ours = [(thing.kind, thing.key) for thing in server.things.values() if thing.mark is not None]
            assert len(ours) == len(set(ours))

    @invariant()
    def strangers_are_left_alone(self) -> None:
        for (where, name), thing in self.strangers.items():
            server = self.rooms if where == "rooms" else self.pages
            assert server.things.get(name) == thing

    @precondition(lambda self: self.source)
    @rule()
    def without_faults_it_converges(self) -> None:
        for _ in range(3):
            plan = self.plan_now(Drift.RESTORE)
            if plan.is_empty:
                break
            report = self.run(plan, delete=True)
            assert report is not None
        plan = self.plan_now()
        assert plan.is_empty, [str(change) for planned in plan.targets for change in planned.changes]
        self.all_is_there()

    def all_is_there(self) -> None:
        for server in (self.rooms, self.pages):
            ours = {(thing.kind, thing.key) for thing in server.things.values() if thing.mark is not None}
            expected = {("index", "all")}
            for name in self.source:
                expected |= {("event", name), ("page", f"{name}.en"), ("page", f"{name}.fr")}
            assert ours == expected
        for name, wanted in self.source.items():
            shown = self.thing(self.pages, name)
            room = self.thing(self.rooms, name)
            assert shown.fields["rooms-room"] == f"See memory://{room.id}"
            assert room.fields["start"] == shown.fields["start"] == str(wanted.start)

    def thing(self, server: MemoryServer, name: str) -> "object":
        return next(
            t for t in server.things.values() if (t.kind, t.key) == ("event", name) and t.mark is not None
        )

    def teardown(self) -> None:
        if self.source:
            self.without_faults_it_converges()


TestPublishing = Publishing.TestCase
