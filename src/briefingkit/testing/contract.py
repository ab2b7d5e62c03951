"""What an integration promises, as tests to inherit.

    class TestWall(IntegrationContract):
        @pytest.fixture
        def integration(self, wall): return Wall(url=wall.url, token="s3cret")
        secret = "s3cret"
        def edit_by_hand(self, remote): ...

A hook that is not given has its tests skipped by name; give all that the target allows.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve

from briefingkit.model import Briefing, Registration, Status
from briefingkit.publish import Action, Change, Drift, Integration, Remote, Resource, Snapshot, Target
from briefingkit.publish import Status as Became
from briefingkit.publish.apply import apply
from briefingkit.publish.codec import decode_fields, encode
from briefingkit.publish.journal import Journal
from briefingkit.publish.limits import Consent, DriftPolicy
from briefingkit.publish.mint import mint
from briefingkit.publish.outcome import Report
from briefingkit.publish.plan import Plan
from briefingkit.publish.planning import build_plan, context_for
from briefingkit.publish.protocol import Watchful
from briefingkit.store import open_ledger
from briefingkit.text import MultilingualText

__all__ = ["IntegrationContract", "Workbench", "sample_briefing"]

_NAMESPACE = "contract.example"
_AT = datetime(2022, 3, 21, 9, 0, tzinfo=UTC)


def sample_briefing(
    identifier: str = "contract-2022", *, title: str = "On the road", hour: int = 15
) -> Briefing:
    """Make a briefing in two languages that people can register for, complete enough to be published anywhere."""
    return Briefing(
        identifier,
        ("en", "fr"),
        MultilingualText({"en": title, "fr": f"{title}, en français"}),
        namespace=_NAMESPACE,
        status=Status.CONFIRMED,
        start=datetime(2022, 4, 13, hour, 0),  # noqa: DTZ001 - local to the zone below
        end=datetime(2022, 4, 13, hour + 1, 30),  # noqa: DTZ001 - as above
        timezone="Europe/Brussels",
        registration=Registration(),
    )


class Workbench:
    """One target under one journal: plan and apply in a word."""

    def __init__(self, integration: Integration, name: str = "under-test") -> None:
        self.target = Target(name, integration)
        self.now = _AT
        self.lose_ledger()

    def lose_ledger(self) -> None:
        """Go on with an empty ledger."""
        self.journal = Journal(open_ledger("sqlite://"))

    def plan(self, *briefings: Briefing, drift: Drift = Drift.STOP) -> Plan:
        """Plan the target."""
        self.now += timedelta(minutes=1)
        return build_plan(
            [self.target],
            briefings,
            self.journal,
            namespace=_NAMESPACE,
            at=self.now,
            drift=DriftPolicy(drift),
        )

    def apply(self, plan: Plan, *, delete: bool = True) -> Report:
        """Apply a plan."""
        return apply(
            plan, [self.target], self.journal, clock=lambda: self.now, consent=Consent(delete=delete)
        )

    def publish(self, *briefings: Briefing, drift: Drift = Drift.STOP) -> Report:
        """Plan and apply; what did not succeed is raised."""
        report = self.apply(self.plan(*briefings, drift=drift))
        report.raise_for_failed()
        return report

    def desired(self, *briefings: Briefing) -> Sequence[Resource]:
        """Project briefings as the integration would."""
        publications = mint(briefings, {}, {}, at=_AT)
        context = context_for(self.target.name, _NAMESPACE, publications, {})
        return tuple(self.target.integration.desired(publications, context))

    def read(self, *briefings: Briefing) -> Snapshot:
        """Read all of the target."""
        return self.target.integration.read(self.desired(*briefings), Snapshot())


class IntegrationContract:
    """Inherit, give the fixture `integration` (of an empty place), and the hooks that the target allows."""

    secret: str = ""
    """A secret in the integration's configuration, which must be in no repr and no error."""

    @pytest.fixture
    def integration(self) -> Integration:
        """Give the integration under test."""
        raise NotImplementedError

    @pytest.fixture
    def bench(self, integration: Integration) -> Workbench:
        """Give the integration with a ledger."""
        return Workbench(integration)

    def edit_by_hand(self, remote: Remote) -> None:  # noqa: ARG002 - for those who inherit
        """Change something at the target that a reader of it sees."""
        pytest.skip("edit_by_hand is not given")

    def remove_by_hand(self, remote: Remote) -> None:  # noqa: ARG002 - for those who inherit
        """Take a thing away at the target."""
        pytest.skip("remove_by_hand is not given")

    def add_stranger(self) -> Callable[[], object]:
        """Put a thing at the target that briefingkit did not make; return what tells its state."""
        pytest.skip("add_stranger is not given")

    def lose_answers(self) -> None:
        """Let the target do the next writes, and lose its answers to them."""
        pytest.skip("lose_answers is not given")

    def find_answers(self) -> None:
        """Let answers arrive again."""

    # What is wanted

    def test_projecting_twice_gives_the_same(self, bench: Workbench) -> None:
        """A projection is pure."""
        assert bench.desired(sample_briefing()) == bench.desired(sample_briefing())

    def test_every_resource_has_an_identity_of_its_own(self, bench: Workbench) -> None:
        """Two resources with one identity would overwrite each other."""
        identities = [each.identity for each in bench.desired(sample_briefing("a"), sample_briefing("b"))]
        assert identities
        assert len(identities) == len(set(identities))

    def test_every_kind_stands_in_the_order(self, bench: Workbench, integration: Integration) -> None:
        """A kind that is not there would come last by chance."""
        assert {each.kind for each in bench.desired(sample_briefing())} <= set(integration.order)
        assert integration.batch >= 1

    def test_fields_go_through_the_ledger_unchanged(self, bench: Workbench) -> None:
        """What comes back otherwise would look like a change for ever."""
        for resource in bench.desired(sample_briefing()):
            assert decode_fields(encode(resource.fields)) == resource.fields
            assert all(isinstance(text, str) for text in resource.notices)

    # What is done

    def test_after_the_first_apply_nothing_is_to_do(self, bench: Workbench) -> None:
        """Whatever the target makes of what it is given."""
        bench.publish(sample_briefing("a"), sample_briefing("b"))
        plan = bench.plan(sample_briefing("a"), sample_briefing("b"))
        assert plan.is_empty, [change.subject for each in plan.targets for change in each.pending]

    def test_everything_wanted_is_there_and_is_ours(self, bench: Workbench) -> None:
        """What was made can be read back, with the target's own word that we made it."""
        bench.publish(sample_briefing())
        remotes = bench.read(sample_briefing()).remotes
        assert {each.identity for each in bench.desired(sample_briefing())} <= remotes.keys()
        assert all(remote.ours for remote in remotes.values())

    def test_a_change_of_the_source_updates_in_place(self, bench: Workbench) -> None:
        """Nothing is made anew, and nothing is left over."""
        bench.publish(sample_briefing(hour=15))
        before = bench.read(sample_briefing())
        report = bench.publish(sample_briefing(hour=16))
        assert {outcome.change.action for outcome in report.outcomes} == {Action.UPDATE}
        after = bench.read(sample_briefing())
        assert {key: remote.id for key, remote in after.remotes.items()} == {
            key: remote.id for key, remote in before.remotes.items()
        }
        assert bench.plan(sample_briefing(hour=16)).is_empty

    def test_each_change_has_one_outcome(self, bench: Workbench, integration: Integration) -> None:
        """The integration answers for each, with what is then there."""
        wanted = bench.desired(sample_briefing())
        changes = [Change(each) for each in wanted][: integration.batch]
        outcomes = list(integration.apply(changes))
        assert sorted(each.change.identity for each in outcomes) == sorted(each.identity for each in changes)
        assert all(each.remote is not None for each in outcomes if each.status is Became.DONE)

    def test_a_briefing_that_is_dropped_is_deleted_alone(self, bench: Workbench) -> None:
        """What belongs to others stays."""
        kept, dropped = sample_briefing("kept"), sample_briefing("dropped")
        bench.publish(kept, dropped)
        bench.publish(kept)
        remotes = bench.read(kept).remotes
        assert {each.identity for each in bench.desired(kept)} == remotes.keys()
        assert bench.plan(kept).is_empty

    def test_without_consent_nothing_is_deleted(self, bench: Workbench) -> None:
        """The rest is done, and the deletion waits."""
        bench.publish(sample_briefing("kept"), sample_briefing("dropped"))
        before = bench.read().remotes.keys()
        report = bench.apply(bench.plan(sample_briefing("kept")), delete=False)
        assert report.counts["refused"]
        assert bench.read().remotes.keys() == before

    # What goes wrong

    def test_making_a_thing_again_makes_no_second(self, bench: Workbench, integration: Integration) -> None:
        """A create whose answer was lost is simply repeated."""
        for _ in range(2):
            for resource in bench.desired(sample_briefing()):
                assert [each.status for each in integration.apply([Change(resource)])] == [Became.DONE]
        snapshot = bench.read(sample_briefing())
        assert not snapshot.duplicates
        assert {each.identity for each in bench.desired(sample_briefing())} == snapshot.remotes.keys()

    def test_a_lost_answer_is_made_good(self, bench: Workbench) -> None:
        """The next plan reads what became of it; nothing is there twice, and nobody is accused of it."""
        self.lose_answers()
        bench.apply(bench.plan(sample_briefing()))
        self.find_answers()
        plan = bench.plan(sample_briefing())
        assert not [change for each in plan.targets for change in each.changes if change.drifted]
        bench.apply(plan).raise_for_failed()
        assert not bench.read(sample_briefing()).duplicates
        assert bench.plan(sample_briefing()).is_empty

    def test_a_lost_ledger_makes_nothing_twice(self, bench: Workbench) -> None:
        """What is there is recognised and goes on with a higher revision."""
        bench.publish(sample_briefing())
        before = {key: remote.id for key, remote in bench.read(sample_briefing()).remotes.items()}
        bench.lose_ledger()
        plan = bench.plan(sample_briefing())
        assert not plan.counts["create"]
        assert not plan.counts["delete"]
        bench.apply(plan).raise_for_failed()
        assert {key: remote.id for key, remote in bench.read(sample_briefing()).remotes.items()} == before
        assert bench.plan(sample_briefing()).is_empty

    def test_a_lost_ledger_does_not_keep_things_for_ever(self, bench: Workbench) -> None:
        """The target's own mark says whose they are."""
        bench.publish(sample_briefing("kept"), sample_briefing("dropped"))
        bench.lose_ledger()
        bench.publish(sample_briefing("kept"))
        assert {
            each.identity for each in bench.desired(sample_briefing("kept"))
        } == bench.read().remotes.keys()

    def test_drift_is_seen_and_waits_for_a_choice(self, bench: Workbench) -> None:
        """Nobody's edit is overwritten unseen; restoring is one word."""
        bench.publish(sample_briefing())
        remote = self._some(bench)
        self.edit_by_hand(remote)
        plan = bench.plan(sample_briefing())
        drifted = [change for each in plan.targets for change in each.changes if change.drifted]
        assert [change.identity for change in drifted] == [remote.identity]
        assert bench.apply(plan).counts["refused"] == 1
        bench.publish(sample_briefing(), drift=Drift.RESTORE)
        assert bench.plan(sample_briefing()).is_empty

    def test_drift_that_is_kept_is_drift_no_more(self, bench: Workbench) -> None:
        """The choice is recorded, and nothing is written for it."""
        bench.publish(sample_briefing())
        self.edit_by_hand(self._some(bench))
        edited = bench.read(sample_briefing()).remotes
        bench.publish(sample_briefing(), drift=Drift.KEEP)
        assert bench.plan(sample_briefing()).is_empty
        assert bench.read(sample_briefing()).remotes == edited

    def test_what_was_removed_by_hand_is_made_again(self, bench: Workbench) -> None:
        """And once only."""
        bench.publish(sample_briefing())
        self.remove_by_hand(self._some(bench))
        report = bench.publish(sample_briefing())
        assert report.counts["done"] == 1
        assert bench.plan(sample_briefing()).is_empty

    @pytest.mark.parametrize("deleting", [False, True])
    def test_what_has_moved_since_it_was_read_is_not_touched(
        self, bench: Workbench, integration: Integration, *, deleting: bool
    ) -> None:
        """A late edit by hand is neither overwritten nor deleted."""
        bench.publish(sample_briefing())
        seen = self._some(bench)
        self.edit_by_hand(seen)
        edited = bench.read(sample_briefing()).remotes[seen.identity]
        wanted = None if deleting else evolve(seen.resource, fields=self._wanted(bench, seen).fields)
        (outcome,) = integration.apply([Change(wanted, seen)])
        assert outcome.status in {Became.FAILED, Became.REFUSED}
        assert bench.read(sample_briefing()).remotes[seen.identity] == edited

    def test_deleting_what_is_gone_is_done(self, bench: Workbench, integration: Integration) -> None:
        """Somebody was faster."""
        bench.publish(sample_briefing())
        remote = self._some(bench)
        self.remove_by_hand(remote)
        (outcome,) = integration.apply([Change(None, remote)])
        assert outcome.status is Became.DONE

    def test_strangers_are_never_touched(self, bench: Workbench) -> None:
        """Neither by publishing nor by taking all of ours away."""
        state = self.add_stranger()
        before = state()
        bench.publish(sample_briefing("a"), sample_briefing("b"))
        bench.publish(sample_briefing("a"))
        bench.lose_ledger()
        bench.publish(sample_briefing("b"))
        assert state() == before

    def test_reading_on_says_the_same_as_reading_all(self, bench: Workbench) -> None:
        """A cursor saves requests, not truth."""
        bench.publish(sample_briefing())
        bench.plan(sample_briefing())
        bench.publish(sample_briefing(hour=16))
        wanted = bench.desired(sample_briefing())
        last = bench.journal.load(bench.target.name).snapshot
        read_on = bench.target.integration.read(wanted, last)
        read_all = bench.target.integration.read(wanted, Snapshot())
        assert read_on.remotes == read_all.remotes
        assert read_on.duplicates == read_all.duplicates

    def test_what_is_new_is_noticed_without_reading(self, bench: Workbench) -> None:
        """Only what is certainly unchanged is said to be."""
        watchful = bench.target.integration
        if not isinstance(watchful, Watchful):
            pytest.skip("unchanged is not given")
        bench.publish(sample_briefing())
        cursor = bench.plan(sample_briefing()).targets[0].cursor
        if cursor is None:
            pytest.skip("there is no cursor")
        assert watchful.unchanged(cursor)
        assert not watchful.unchanged("a cursor of something else")
        self.edit_by_hand(self._some(bench))
        assert not watchful.unchanged(cursor)

    def test_no_secret_is_shown(self, integration: Integration) -> None:
        """A repr ends up in logs and tracebacks."""
        if not self.secret:
            pytest.skip("secret is not given")
        assert self.secret not in repr(integration)
        assert self.secret not in str(integration)

    @staticmethod
    def _some(bench: Workbench) -> Remote:
        """Take something that belongs to the briefing."""
        remotes = bench.read(sample_briefing()).remotes
        first = next(
            each for each in bench.desired(sample_briefing()) if each.owner == sample_briefing().identifier
        )
        return remotes[first.identity]

    @staticmethod
    def _wanted(bench: Workbench, remote: Remote) -> Resource:
        wanted: Iterator[Resource] = iter(bench.desired(sample_briefing(hour=17)))
        return next(each for each in wanted if each.identity == remote.identity)
