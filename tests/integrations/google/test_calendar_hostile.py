"""Whatever goes wrong, in whatever order: in the end there is one event of each as wanted, and strangers are well."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from briefingkit.model import Briefing
from briefingkit.publish import Drift, Status
from briefingkit.testing.contract import Workbench, sample_briefing
from briefingkit.testing.google import GoogleDouble
from briefingkit_google.auth import Auth
from briefingkit_google.calendar import GoogleCalendar
from briefingkit_google.calendar.choices import Calendars

from .conftest import CITY, SERVICE, TARGET

if TYPE_CHECKING:
    from collections.abc import Mapping

METHODS = (
    "batch",
    "calendar.events.insert",
    "calendar.events.patch",
    "calendar.events.*",
    "calendar.*",
    "token",
)
FAULTS = (
    {"status": 503},
    {"status": 500, "after": True},
    {"status": 429, "retry_after": 3},
    {"status": 403, "reason": "rateLimitExceeded"},
    {"status": 403, "reason": "quotaExceeded"},
    {"status": 400},
    {"status": 401},
    {"reset": True},
    {"reset": True, "after": True},
    {"truncate": True},
    {"html": True},
)


class Hostile(RuleBasedStateMachine):
    """A target that is published to while everything that can happen happens."""

    @initialize()
    def start(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.google = GoogleDouble()
        self.google.make_calendar(CITY)
        self.google.share(CITY, "writer", f"user:{SERVICE}")
        self.google.service_account(Path(self.folder.name) / "key.json")
        self.wanted: dict[str, int] = {"first": 9}
        self.strangers: dict[str, Mapping[str, Any]] = {}
        integration = GoogleCalendar(
            calendar=Calendars(one=CITY),
            languages=("en",),
            auth=Auth(service_account="key.json"),
            base=Path(self.folder.name),
            base_url=self.google.base_url,
            target=TARGET,
            sleep=lambda _: None,
        )
        self.bench = Workbench(integration, TARGET)

    def teardown(self) -> None:
        if hasattr(self, "google"):
            try:
                self.converge()
            finally:
                self.google.close()
                self.folder.cleanup()

    @property
    def briefings(self) -> list[Briefing]:
        return [sample_briefing(name, hour=hour) for name, hour in self.wanted.items()]

    # What the source says

    @rule(name=st.sampled_from(["first", "second", "third"]), hour=st.integers(8, 20))
    def write(self, name: str, hour: int) -> None:
        self.wanted[name] = hour

    @rule(name=st.sampled_from(["second", "third"]))
    def drop(self, name: str) -> None:
        self.wanted.pop(name, None)

    # What people do

    @rule(title=st.sampled_from(["By hand", "Another hand"]), which=st.integers(0, 5))
    def edit(self, title: str, which: int) -> None:
        ours = [name for name in self.google.events(CITY) if name not in self.strangers]
        if ours:
            self.google.edit(CITY, ours[which % len(ours)], summary=title)

    @rule(which=st.integers(0, 5))
    def remove(self, which: int) -> None:
        ours = [name for name in self.google.events(CITY) if name not in self.strangers]
        if ours:
            self.google.remove(CITY, ours[which % len(ours)])

    @rule()
    def add_a_stranger(self) -> None:
        name = self.google.add(CITY, summary="Somebody's own")
        self.strangers[name] = self.google.event(CITY, name)

    @rule(which=st.integers(0, 5))
    def copy(self, which: int) -> None:
        ours = [each for name, each in self.google.events(CITY).items() if name not in self.strangers]
        if ours:
            copied = ours[which % len(ours)]
            kept = {key: copied[key] for key in ("summary", "start", "end", "extendedProperties")}
            name = self.google.add(CITY, **kept)
            self.strangers[name] = self.google.event(CITY, name)

    # What happens to us

    @rule(
        method=st.sampled_from(METHODS),
        fault=st.sampled_from(FAULTS),
        times=st.sampled_from([1, 2, 100]),
        skip=st.integers(0, 3),
    )
    def let_fail(self, method: str, fault: dict[str, Any], times: int, skip: int) -> None:
        self.google.fail(method, times=times, skip=skip, **fault)

    @rule()
    def heal(self) -> None:
        self.google.heal()

    @rule()
    def lose_the_ledger(self) -> None:
        self.bench.lose_ledger()

    @rule()
    def tokens_expire(self) -> None:
        self.google.expire_tokens()

    @rule()
    def sync_tokens_expire(self) -> None:
        self.google.expire_sync_tokens()

    @rule(drift=st.sampled_from([Drift.STOP, Drift.RESTORE]), edit=st.booleans())
    def publish(self, drift: Drift, *, edit: bool) -> None:
        plan = self.bench.plan(*self.briefings, drift=drift)
        if edit:
            self.edit("Meanwhile", 0)
        report = self.bench.apply(plan)
        for outcome in report.outcomes:
            assert outcome.status is Status.DONE or outcome.error

    @invariant()
    def strangers_are_untouched(self) -> None:
        if hasattr(self, "google"):
            events = self.google.events(CITY)
            assert {name: events.get(name) for name in self.strangers} == self.strangers

    @invariant()
    def nothing_is_there_twice(self) -> None:
        if hasattr(self, "google"):
            keys = self._keys()
            assert len(keys) == len(set(keys))

    def converge(self) -> None:
        self.google.heal()
        self.bench.publish(*self.briefings, drift=Drift.RESTORE)
        assert self.bench.plan(*self.briefings).is_empty
        assert sorted(self._keys()) == sorted(f"{name}.en" for name in self.wanted)
        for each in self.bench.desired(*self.briefings):
            held = self.google.event(CITY, str(each.fields["id"]))
            assert held["summary"] == each.fields["summary"]
            assert held["status"] == "confirmed"
        self.strangers_are_untouched()

    def _keys(self) -> list[str]:
        ours = {name: each for name, each in self.google.events(CITY).items() if name not in self.strangers}
        return [each["extendedProperties"]["private"]["briefingkit-key"] for each in ours.values()]


Hostile.TestCase.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)
TestHostile = Hostile.TestCase
