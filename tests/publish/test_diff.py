import time
from typing import Any

import pytest

from briefingkit.publish import Action, Applied, Change, Drift, Identity, Remote, Resource, Snapshot, diff


def wanted(key: str, owner: str = "o", **fields: object) -> Resource:
    return Resource("event", key, owner, fields or {"a": "1"})


def held(
    key: str, owner: str = "o", *, ours: bool = True, name: str | None = None, **fields: object
) -> Remote:
    return Remote(wanted(key, owner, **fields), name or f"id-{key}", ours=ours)


def last(key: str, owner: str = "o", **fields: object) -> dict[Identity, Applied]:
    resource = wanted(key, owner, **fields)
    return {resource.identity: Applied(resource, resource.fields, f"id-{key}")}


def test_what_is_in_step_is_left_out() -> None:
    assert diff([wanted("k")], Snapshot.of([held("k")]), last("k")) == ()


def test_what_is_found_in_step_without_a_ledger_is_only_noted() -> None:
    (change,) = diff([wanted("k")], Snapshot.of([held("k")]), {})
    assert change.action is Action.NOTHING


def test_only_what_the_targets_mark_calls_ours_is_deleted() -> None:
    snapshot = Snapshot.of([held("marked"), held("known", ours=False), held("stranger", ours=False)])
    changes = diff([], snapshot, last("known"))
    assert {(change.identity.key, change.action) for change in changes} == {
        ("marked", Action.DELETE),
        ("known", Action.NOTHING),
    }


def test_what_a_stranger_put_under_the_id_that_ours_had_is_not_written_over() -> None:
    (change,) = diff([wanted("k")], Snapshot.of([held("k", ours=False)]), last("k"))
    assert change.refusal is not None
    assert "did not make it" in change.refusal


def test_a_thing_that_took_the_place_of_ours_is_not_ours() -> None:
    (change,) = diff([], Snapshot.of([held("k", ours=False, name="another")]), last("k"))
    assert change.action is Action.NOTHING


def test_deletion_stays_inside_the_owners_that_were_planned() -> None:
    snapshot = Snapshot.of([held("a", "one"), held("b", "two")])
    (change,) = diff([], snapshot, {**last("a", "one"), **last("b", "two")}, owners={"one"})
    assert change.identity.key == "a"
    assert diff([wanted("c", "two")], Snapshot(), {}, owners={"one"}) == ()


def test_two_remotes_with_one_identity_are_reported_and_never_deleted() -> None:
    snapshot = Snapshot.of([held("k", name="second"), held("k", name="first")])
    for desired in ([wanted("k")], []):
        (change,) = diff(desired, snapshot, last("k"))
        assert (
            change.refusal
            == "the target holds event k more than once (first, second): remove all but one there"
        )


def test_two_resources_that_want_one_place_are_refused() -> None:
    (change,) = diff([wanted("k", "one"), wanted("k", "two")], Snapshot(), {})
    assert change.refusal is not None
    assert "wanted by one, two" in change.refusal


def test_what_a_stranger_has_put_in_the_way_is_left_there() -> None:
    (change,) = diff([wanted("k")], Snapshot.of([held("k", ours=False)]), {})
    assert change.refusal == "id-k stands where event k should go, and briefingkit did not make it"


def test_the_choice_about_drift_is_made_for_each_resource() -> None:
    snapshot = Snapshot.of([held("k", a="by hand"), held("l", a="by hand")])
    known = {**last("k", a="1"), **last("l", a="1")}
    choices = {Identity("event", "k"): Drift.RESTORE, Identity("event", "l"): Drift.KEEP}
    changes = diff([wanted("k", a="1"), wanted("l", a="1")], snapshot, known, drift=choices.__getitem__)
    assert [(each.identity.key, each.action) for each in changes] == [
        ("k", Action.UPDATE),
        ("l", Action.NOTHING),
    ]


def test_a_field_cannot_hold_what_json_cannot() -> None:
    for value in (1.5, b"x", {1: "x"}):
        with pytest.raises(TypeError):
            wanted("k", a=value)
    assert wanted("k", a=["x", ["y"]]).fields == {"a": ("x", ("y",))}


def test_a_change_of_nothing_is_no_change() -> None:
    with pytest.raises(ValueError, match="about something"):
        Change(None).subject  # noqa: B018 - it raises


def test_seven_thousand_resources_are_compared_in_well_under_a_second() -> None:
    def text(number: int) -> dict[str, Any]:
        return {
            "title": {"en": f"Briefing {number}", "fr": f"Séance {number}"},
            "body": "x" * 500,
            "revision": 1,
        }

    desired = [wanted(str(number), **text(number)) for number in range(7_000)]
    snapshot = Snapshot.of(held(str(number), **text(number)) for number in range(7_000))
    known = {
        key: value for number in range(7_000) for key, value in last(str(number), **text(number)).items()
    }
    begun = time.perf_counter()
    assert diff(desired, snapshot, known) == ()
    assert len(diff(desired, snapshot, {})) == 7_000
    assert len(diff([], snapshot, known)) == 7_000
    assert time.perf_counter() - begun < 1.5
