"""Whatever goes wrong on the way, the targets end up as the source says, once each, and nothing else is touched."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import settings
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
from briefingkit.publish.limits import Consent, DriftPolicy, LimitPolicy
from briefingkit.publish.plan import Plan
from briefingkit.publish.planning import build_plan, context_for
from briefingkit.publish.resource import Fields, Identity
from briefingkit.publish.saved import dump_plan, freshen, load_plan
from briefingkit.store import open_ledger
from briefingkit.testing.memory import Crash, Fault, Memory, MemoryServer, Stored
from briefingkit.text import MultilingualText

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = ("a", "b", "c")
TITLES = ("One ", "Two", "THREE")
NO_LIMITS = LimitPolicy.unlimited()
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
    def start(self, *, names_things: bool, normalises: bool, incremental: bool, batch: int) -> None:
        normalise: Callable[[Fields], Fields] = shout if normalises else dict
        self.rooms = MemoryServer(names_things=names_things, normalise=normalise, fault=self.next_fault)
        self.pages = MemoryServer(names_things=not names_things, normalise=normalise, fault=self.next_fault)
        self.faults: list[Fault] = []
        shown = (("rooms", "room"),)
        self.integrations = {
            "pages": Memory(self.pages, batch=batch, incremental=not incremental, shows=shown),
            "rooms": Memory(self.rooms, batch=batch, incremental=incremental),
        }
        self.targets = [Target(name, integration) for name, integration in self.integrations.items()]
        self.now = datetime(2022, 3, 21, 9, tzinfo=UTC)
        self.source = {"a": briefing("a", "One", 15)}
        self.strangers: dict[tuple[str, str], Stored] = {}
        self.servers = {"rooms": self.rooms, "pages": self.pages}
        self.may_have_kept = False
        self.lose_ledger()

    def next_fault(self) -> Fault:
        return self.faults.pop(0) if self.faults else Fault.NONE

    def clock(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def plan_now(self, drift: Drift = Drift.STOP, journal: Journal | None = None) -> Plan:
        plan = build_plan(
            self.targets,
            list(self.source.values()),
            journal or self.journal,
            namespace="cities.example",
            at=self.clock(),
            drift=DriftPolicy(drift),
            limits=NO_LIMITS,
        )
        self.nobody_is_accused(plan)
        return plan

    def nobody_is_accused(self, plan: Plan) -> None:
        """Drift is only what people did by hand: no lost answer, crash or server's habit may look like it."""
        for planned in plan.targets:
            for change in planned.changes:
                if change.drifted or change.removed:
                    assert change.identity in self.servers[planned.target].by_hand

    def apply(self, plan: Plan, *, delete: bool, faults: list[Fault], journal: Journal | None = None) -> bool:
        """Apply, with faults; tell whether it came to its end with everything done."""
        self.faults = list(faults)
        before = {name: len(server.calls) for name, server in self.servers.items()}
        outcomes: list[Outcome] = []
        try:
            outcomes.extend(
                apply_iter(
                    plan,
                    self.targets,
                    journal or self.journal,
                    clock=self.clock,
                    consent=Consent(delete=delete),
                    limits=NO_LIMITS,
                )
            )
        except Crash:
            return False
        finally:
            self.faults = []
            if not delete:
                for name, server in self.servers.items():
                    assert not [call for call in server.calls[before[name] :] if call.startswith("delete")]
        return Report.of(outcomes).ok

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
        self.may_have_kept |= drift is Drift.KEEP
        return dump_plan(self.plan_now(drift))

    @rule(saved=consumes(plans), faults=FAULTS, delete=st.booleans())
    def apply_a_saved_plan(self, *, saved: str, faults: list[Fault], delete: bool) -> None:
        try:
            plan = freshen(load_plan(saved), self.targets, self.journal)
        except PlanStale:
            return
        self.apply(plan, delete=delete, faults=faults)

    @rule(faults=FAULTS, drift=st.sampled_from(Drift), delete=st.booleans())
    def plan_and_apply(self, *, faults: list[Fault], drift: Drift, delete: bool) -> None:
        self.may_have_kept |= drift is Drift.KEEP
        self.apply(self.plan_now(drift), delete=delete, faults=faults)

    @rule(data=st.data(), faults=FAULTS)
    def an_edit_between_plan_and_apply_is_not_overwritten(
        self, data: st.DataObject, faults: list[Fault]
    ) -> None:
        plan = self.plan_now(Drift.RESTORE)
        chosen = self.draw_thing(data)
        if chosen is not None:
            server, thing = chosen
            server.edit(thing, start="by hand, and late")
        self.apply(plan, delete=True, faults=faults)
        if chosen is not None:
            assert server.things[thing].fields["start"] == "by hand, and late"

    @rule(faults=FAULTS)
    def a_second_machine_does_the_same(self, faults: list[Fault]) -> None:
        plan = self.plan_now(Drift.RESTORE)
        other = Journal(open_ledger("sqlite://"))
        before = {name: dict(server.things) for name, server in self.servers.items()}
        self.apply(self.plan_now(journal=other), delete=True, faults=faults, journal=other)
        for name, server in self.servers.items():  # to this ledger, the other machine is someone else
            things = (*before[name].values(), *server.things.values())
            moved = [thing for thing in things if before[name].get(thing.id) != server.things.get(thing.id)]
            server.by_hand.update(Identity(thing.kind, thing.key) for thing in moved)
        self.apply(plan, delete=True, faults=[])

    # Other people, and accidents

    def draw_thing(self, data: st.DataObject) -> tuple[MemoryServer, str] | None:
        things = [
            (server, thing.id)
            for server in self.servers.values()
            for thing in server.things.values()
            if thing.mark is not None
        ]
        return data.draw(st.sampled_from(sorted(things, key=lambda each: each[1]))) if things else None

    @rule(
        data=st.data(),
        field=st.sampled_from(("title", "start", "by")),
        value=st.sampled_from((None, "by hand")),
    )
    def someone_edits(self, data: st.DataObject, field: str, value: str | None) -> None:
        chosen = self.draw_thing(data)
        if chosen is not None:
            chosen[0].edit(chosen[1], **{field: value})

    @rule(data=st.data())
    def only_the_etag_changes(self, data: st.DataObject) -> None:
        chosen = self.draw_thing(data)
        if chosen is not None:
            chosen[0].edit(chosen[1])

    @rule(data=st.data())
    def someone_removes(self, data: st.DataObject) -> None:
        chosen = self.draw_thing(data)
        if chosen is not None:
            chosen[0].remove(chosen[1])

    @rule(where=st.sampled_from(("rooms", "pages")), name=st.sampled_from(NAMES), in_the_way=st.booleans())
    def a_stranger_writes(self, *, where: str, name: str, in_the_way: bool) -> None:
        if in_the_way:  # only where ids are derived can anyone stand in the way
            where = next(name for name, server in self.servers.items() if not server.names_things)
        server = self.servers[where]
        place = self.integrations[where].place(Identity("event", name)) if in_the_way else None
        thing_id = place or f"stranger-{name}"
        if thing_id not in server.things:
            server.add(thing_id, "event", name, title="mine")
            self.strangers[where, thing_id] = server.things[thing_id]

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
        for server in self.servers.values():
            ours = [(thing.kind, thing.key) for thing in server.things.values() if thing.mark is not None]
            assert len(ours) == len(set(ours))

    @invariant()
    def strangers_are_left_alone(self) -> None:
        for (where, name), thing in self.strangers.items():
            assert self.servers[where].things.get(name) == thing

    @precondition(lambda self: self.source)
    @rule()
    def without_faults_one_apply_is_enough(self) -> None:
        self.strangers_leave()
        by_hand = any(server.by_hand for server in self.servers.values())
        plan = self.plan_now(Drift.RESTORE if by_hand or self.may_have_kept else Drift.STOP)
        assert self.apply(plan, delete=True, faults=[])
        self.may_have_kept = False
        assert self.plan_now().is_empty
        self.all_is_as_wanted()

    def strangers_leave(self) -> None:
        for where, name in self.strangers:
            del self.servers[where].things[name]
            self.servers[where]._changes.append(name)
        self.strangers.clear()

    def all_is_as_wanted(self) -> None:
        plan = self.plan_now()
        for target, integration in self.integrations.items():
            server = self.servers[target]
            uses = next(planned.uses for planned in plan.targets if planned.target == target)
            known = {key: value for key, value in uses.items() if value is not None}
            context = context_for(target, "cities.example", plan.publications, known)
            desired = integration.desired(plan.publications, context)
            wanted = {}
            for each in desired:  # what the server adds of its own, nobody asked for
                made = server.normalise(each.fields)
                wanted[each.identity] = {name: made[name] for name in each.fields}
            ours = [thing for thing in server.things.values() if thing.mark is not None]
            held = {Identity(thing.kind, thing.key): thing.fields for thing in ours}
            assert held.keys() == wanted.keys()
            for identity, fields in wanted.items():
                assert {name: held[identity].get(name) for name in fields} == fields

    def teardown(self) -> None:
        if self.source:
            self.without_faults_one_apply_is_enough()


TestPublishing = Publishing.TestCase
# Fewer examples do not find every fault that was put in by hand to try the machine.
TestPublishing.settings = settings(max_examples=max(100, settings().max_examples))
