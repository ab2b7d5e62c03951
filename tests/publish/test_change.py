from collections.abc import Mapping
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.publish import Action, Applied, Change, Drift, Progress, Remote, Resource
from briefingkit.publish.change import settled_as, to_send
from briefingkit.publish.plan import TargetPlan


def resource(**fields: object) -> Resource:
    return Resource("event", "k", "o", fields)


def remote(**fields: object) -> Remote:
    return Remote(resource(**fields), "id", ours=True)


def applied(sent: Resource, held: Mapping[str, object] | None = None, **more: Any) -> Applied:
    return Applied(sent, resource(**held).fields if held is not None else sent.fields, "id", **more)


def test_what_is_nowhere_is_created() -> None:
    assert Change(resource(a="1")).action is Action.CREATE


def test_what_is_wanted_no_more_is_deleted() -> None:
    assert Change(None, remote(a="1"), applied(resource(a="1"))).action is Action.DELETE


def test_what_is_gone_and_wanted_no_more_is_forgotten() -> None:
    change = Change(None, None, applied(resource(a="1")))
    assert change.action is Action.NOTHING
    assert settled_as(change) is None


def test_without_a_ledger_only_the_fields_that_are_wanted_are_compared() -> None:
    assert Change(resource(a="1"), remote(a="1", size=3)).action is Action.NOTHING
    assert Change(resource(a="2"), remote(a="1", size=3)).edits == ("a",)


def test_none_is_the_same_as_not_there() -> None:
    assert Change(resource(a="1", b=None), remote(a="1")).action is Action.NOTHING


def test_what_a_server_makes_of_a_text_is_neither_a_change_nor_drift() -> None:
    sent, held = resource(a="one "), {"a": "ONE", "size": 3}
    change = Change(sent, remote(**held), applied(sent, held))
    assert change.action is Action.NOTHING
    assert change.drifted == ()


def test_a_change_of_the_source_is_held_against_what_was_sent() -> None:
    change = Change(resource(a="two "), remote(a="ONE"), applied(resource(a="one "), {"a": "ONE"}))
    assert change.edits == ("a",)
    assert change.refusal is None


def test_drift_stops_until_someone_chooses() -> None:
    sent = resource(a="1", b="1")
    change = Change(sent, remote(a="by hand", b="1"), applied(sent))
    assert change.drifted == ("a",)
    assert change.action is Action.UPDATE
    assert change.refusal is not None
    assert "a changed at the target" in change.refusal
    assert evolve(change, policy=Drift.RESTORE).refusal is None
    assert evolve(change, policy=Drift.KEEP).action is Action.NOTHING


def test_drift_that_agrees_with_the_source_needs_no_choice() -> None:
    change = Change(resource(a="2"), remote(a="2"), applied(resource(a="1")))
    assert change.drifted == ("a",)
    assert change.action is Action.NOTHING
    assert change.refusal is None


def test_drift_in_a_field_that_nobody_governs_is_drift_too() -> None:
    sent = resource(a="1")
    change = Change(sent, remote(a="1", digest="y"), applied(sent, {"a": "1", "digest": "x"}))
    assert change.drifted == ("digest",)
    assert change.refusal is not None
    assert evolve(change, policy=Drift.RESTORE).edits == ("digest",)


def test_a_kept_field_is_sent_as_it_is_held_and_stays_wanted_as_it_was() -> None:
    sent, held = resource(a="1", b="1"), {"a": "by hand", "b": "1"}
    last = applied(sent, held, kept=("a",))
    change = Change(resource(a="1", b="2"), remote(**held), last)
    assert change.edits == ("b",)
    assert change.refusal is None
    told = to_send(change).wanted
    assert told is not None
    assert told.fields == {"a": "by hand", "b": "2"}
    assert change.kept == ("a",)


def test_the_source_takes_a_kept_field_back_by_changing_it() -> None:
    held = {"a": "by hand"}
    change = Change(resource(a="2"), remote(**held), applied(resource(a="1"), held, kept=("a",)))
    assert change.edits == ("a",)
    assert change.kept == ()


def test_restoring_takes_a_kept_field_back() -> None:
    held = {"a": "by hand"}
    change = Change(
        resource(a="1"), remote(**held), applied(resource(a="1"), held, kept=("a",)), Drift.RESTORE
    )
    assert change.edits == ("a",)
    assert change.kept == ()


def test_keeping_does_not_swallow_a_change_of_the_same_field() -> None:
    change = Change(resource(a="2"), remote(a="by hand"), applied(resource(a="1")), Drift.KEEP)
    assert change.refusal is not None
    assert "both in the source and at the target" in change.refusal


def test_what_can_only_be_kept_whole_is_not_overwritten_by_a_later_change() -> None:
    held = {"a": "1", "digest": "by hand"}
    last = applied(resource(a="1"), held, kept=("digest",))
    change = Change(resource(a="2"), remote(**held), last)
    assert change.refusal is not None
    assert "digest was kept" in change.refusal
    assert evolve(change, policy=Drift.RESTORE).refusal is None


def test_what_was_removed_by_hand_is_made_again_or_kept_away() -> None:
    sent = resource(a="1")
    change = Change(sent, None, applied(sent))
    assert change.removed
    assert change.action is Action.CREATE
    kept = evolve(change, policy=Drift.KEEP)
    assert kept.action is Action.NOTHING
    later = Change(sent, None, settled_as(kept))
    assert later.action is Action.NOTHING
    assert evolve(later, wanted=resource(a="2")).action is Action.CREATE
    assert evolve(later, policy=Drift.RESTORE).action is Action.CREATE


def test_an_unanswered_write_is_compared_with_what_is_there_and_accuses_nobody() -> None:
    last = applied(resource(a="2"), {"a": "1"}, progress=Progress.STARTED)
    done, undone = Change(resource(a="2"), remote(a="2"), last), Change(resource(a="2"), remote(a="1"), last)
    assert done.action is Action.NOTHING
    assert undone.action is Action.UPDATE
    assert done.drifted == undone.drifted == ()
    settled = settled_as(done)
    assert settled is not None
    assert settled.settled


FIELDS = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["1", "2", None]))


@given(
    wanted=FIELDS,
    now=FIELDS,
    sent=FIELDS,
    then=FIELDS,
    policy=st.sampled_from(Drift),
    answered=st.booleans(),
    kept=st.sets(st.sampled_from("abc")),
)
def test_once_applied_nothing_is_left_to_do(
    *,
    wanted: dict[str, object],
    now: dict[str, object],
    sent: dict[str, object],
    then: dict[str, object],
    policy: Drift,
    answered: bool,
    kept: set[str],
) -> None:
    progress = Progress.DONE if answered else Progress.UNKNOWN
    last = applied(resource(**sent), then, progress=progress, kept=tuple(sorted(kept)))
    change = Change(resource(**wanted), remote(**now), last, policy)
    if change.refusal is not None:
        return
    held = change.held
    if change.action is Action.UPDATE:
        told = to_send(change).wanted
        assert told is not None
        held = remote(**{**now, **told.fields})
    after = settled_as(evolve(change, held=held))
    assert after is not None
    after = evolve(after, kept=change.kept)
    again = Change(change.wanted, held, after)
    assert again.action is Action.NOTHING
    assert again.drifted == ()
    assert settled_as(again) == after


def test_what_is_kept_is_found_without_holding_each_change_against_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = Change(resource(a="1"), remote(a="by hand"), applied(resource(a="1")), Drift.KEEP)
    planned = TargetPlan("t", (Change(resource(a="2")), kept))
    monkeypatch.setattr(Change, "__eq__", lambda *_: pytest.fail("changes were compared"))
    assert [change.policy for change in planned.kept] == [Drift.KEEP]
