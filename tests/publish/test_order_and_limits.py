from typing import Any

import pytest
from attrs import evolve

from briefingkit.errors import PlanRefused
from briefingkit.publish import Action, Change, Drift, Identity, Remote, Resource, is_pending
from briefingkit.publish.context import Context, OutputKey, pending, pending_outputs
from briefingkit.publish.limits import Consent, DriftPolicy, LimitPolicy, Limits, exceeded
from briefingkit.publish.order import order_changes, order_targets
from briefingkit.publish.plan import TargetPlan


def resource(kind: str, key: str) -> Resource:
    return Resource(kind, key, "o", {"a": "1"})


def deletion(kind: str, key: str) -> Change:
    return Change(None, Remote(resource(kind, key), key, ours=True))


def test_targets_come_after_those_whose_addresses_they_show() -> None:
    uses = {
        "mail": ["forms"],
        "pages": ["calendar", "forms", "pages"],
        "calendar": [],
        "forms": ["elsewhere"],
    }
    assert order_targets(uses) == ("calendar", "forms", "mail", "pages")


def test_targets_that_wait_for_each_other_are_refused_by_name() -> None:
    with pytest.raises(PlanRefused, match="calendar") as raised:
        order_targets({"calendar": ["pages"], "pages": ["forms"], "forms": ["calendar"]})
    assert raised.value.reasons[0].count("→") == 3


def test_deletions_come_last_and_the_other_way_round() -> None:
    changes = [deletion("calendar", "1"), Change(resource("event", "2")), deletion("event", "3")]
    changes += [Change(resource("calendar", "4")), Change(resource("unheard-of", "5"))]
    ordered = order_changes(changes, ("calendar", "event"))
    assert [change.identity.key for change in ordered] == ["4", "2", "5", "3", "1"]


def target(deletions: int, updates: int = 0, **more: Any) -> TargetPlan:
    changes = [deletion("event", str(number)) for number in range(deletions)]
    for number in range(updates):
        held = Remote(Resource("event", f"u{number}", "o", {"a": "0"}), f"u{number}", ours=True)
        changes.append(Change(resource("event", f"u{number}"), held))
    return evolve(TargetPlan("t", tuple(changes), wanted=5, existing=20), **more)


@pytest.mark.parametrize(
    ("planned", "limits", "words"),
    [
        (target(7), Limits(), "7 of 20 resources would be deleted (35%), and the limit is 30%"),
        (target(6), Limits(), None),
        (target(3), Limits(deletions=2), "3 resources would be deleted, and the limit is 2"),
        (target(5, existing=9), Limits(), None),
        (target(1, 10), Limits(changes_fraction=0.5), "11 of 20 resources would be changed (55%)"),
        (target(0, 10), Limits(changes_fraction=0.5), None),
        (target(1, wanted=0), Limits(), "nothing is wanted here any more, and 1 resource would be deleted"),
        (target(1, wanted=0), Limits(empty_source=False), None),
        (target(0, existing=0, emptied=10), Limits(), "it reads as empty, and 10 resources were there"),
        (target(0, existing=0, emptied=9), Limits(), None),
        (target(0, existing=0, emptied=10), Limits(empty_target=False), None),
    ],
)
def test_a_plan_goes_as_far_as_its_limits(planned: TargetPlan, limits: Limits, words: str | None) -> None:
    reasons = exceeded([planned], LimitPolicy(limits))
    assert [words is not None and f"t: {words}" in reason for reason in reasons] == ([True] if words else [])


def test_all_reasons_are_given_at_once() -> None:
    assert len(exceeded([target(20, wanted=0)], LimitPolicy(Limits(deletions=1)))) == 3


@pytest.mark.parametrize("fraction", [-0.1, 1.1])
def test_a_fraction_is_one(fraction: float) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        Limits(deletions_fraction=fraction)


def test_consent_is_for_all_deletions_or_for_those_that_are_named() -> None:
    change = deletion("event", "k")
    assert Consent().withholds("t", change)
    assert Consent(delete=True).withholds("t", change) is None
    named = Consent(delete={("t", Identity("event", "k"))})
    assert named.withholds("t", change) is None
    assert named.withholds("elsewhere", change)
    assert Consent().withholds("t", Change(resource("event", "k"))) is None


def test_the_nearest_choice_about_drift_holds() -> None:
    one, two = Identity("event", "1"), Identity("event", "2")
    policy = DriftPolicy(targets={"t": Drift.KEEP}, resources={("t", one): Drift.RESTORE})
    assert [policy.choose("t", one), policy.choose("t", two), policy.choose("u", one)] == [
        Drift.RESTORE,
        Drift.KEEP,
        Drift.STOP,
    ]


def test_an_address_that_is_not_known_yet_is_found_wherever_it_stands() -> None:
    context = Context("pages", "cities.example", {OutputKey("forms", "o", "form.en"): "https://f.example"})
    assert context.output("forms", "form.en", owner="o") == "https://f.example"
    marker = context.output("forms", "form.fr", owner="o")
    value = {"text": {"fr": (f"Inscription : {marker} !", 1, None)}}
    assert is_pending(value)
    assert list(pending_outputs(value)) == [OutputKey("forms", "o", "form.fr")]
    assert context.uses == {
        OutputKey("forms", "o", "form.en"): "https://f.example",
        OutputKey("forms", "o", "form.fr"): None,
    }
    assert pending(OutputKey("forms", "o", "form.fr")) == marker
    assert not is_pending({"text": "https://f.example", "n": (1, True, None)})


def test_counts_are_of_what_is_wanted() -> None:
    counts = target(2, 3).counts
    assert (counts[Action.DELETE], counts[Action.UPDATE], counts[Action.NOTHING]) == (2, 3, 2)
