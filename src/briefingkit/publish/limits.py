"""What a plan may not do without a person's word: the limits on a whole plan, and the consent to single deletions."""

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from attrs import field, frozen

from briefingkit.errors import PlanRefused
from briefingkit.publish.change import Action, Change, Drift
from briefingkit.publish.resource import Identity

if TYPE_CHECKING:
    from briefingkit.publish.plan import Plan, TargetPlan

__all__ = ["Consent", "DriftPolicy", "LimitPolicy", "Limits", "exceeded", "raise_if_unsafe"]


@frozen
class Limits:
    """How much of a target one apply may change. None: no limit.

    `deletions` is a number of resources, the fractions are of what stands at the target now, and count from
    `minimum` resources on, so that a small target is not stopped by its first deletion. `empty_source` refuses to take
    away everything because nothing is wanted any more, `empty_target` to make everything again because a target of at
    least `minimum` resources reads as empty: either is more often a wrong path than a wish.
    """

    deletions: int | None = None
    deletions_fraction: float | None = 0.3
    changes_fraction: float | None = None
    minimum: int = 10
    empty_source: bool = True
    empty_target: bool = True

    def __attrs_post_init__(self) -> None:
        for name in ("deletions_fraction", "changes_fraction"):
            fraction = getattr(self, name)
            if fraction is not None and not 0 <= fraction <= 1:
                raise ValueError(f"{name} is a fraction from 0 to 1, not {fraction}")


@frozen
class LimitPolicy:
    """How much one apply may change: of one target, else of any."""

    default: Limits = Limits()
    targets: Mapping[str, Limits] = field(factory=dict)

    def choose(self, target: str) -> Limits:
        """Return the limits that hold for a target."""
        return self.targets.get(target, self.default)

    @classmethod
    def unlimited(cls) -> "LimitPolicy":
        """Give a policy that stops nothing, for the one run that a person means."""
        return cls(Limits(deletions_fraction=None, empty_source=False, empty_target=False))


@frozen
class Consent:
    """What a person has agreed to: deletions, all of them or those of these (target, identity)."""

    delete: bool | Collection[tuple[str, Identity]] = False

    def withholds(self, target: str, change: Change) -> str | None:
        """Say why a change has to wait for a person's word; None where it may go."""
        if change.action is not Action.DELETE:
            return None
        if self.delete if isinstance(self.delete, bool) else (target, change.identity) in self.delete:
            return None
        return "deletions wait for consent: allow them, or put it back into the source"


@frozen
class DriftPolicy:
    """What to do about drift: for one resource, else for its target, else for all."""

    default: Drift = Drift.STOP
    targets: Mapping[str, Drift] = field(factory=dict)
    resources: Mapping[tuple[str, Identity], Drift] = field(factory=dict)

    def choose(self, target: str, identity: Identity) -> Drift:
        """Return the choice that holds for a resource."""
        return self.resources.get((target, identity), self.targets.get(target, self.default))


def raise_if_unsafe(plan: "Plan", limits: LimitPolicy) -> None:
    """Raise PlanRefused with every reason at once where a plan goes beyond the limits."""
    reasons = exceeded(plan.targets, limits)
    if reasons:
        raise PlanRefused(reasons)


def exceeded(targets: "Collection[TargetPlan]", limits: LimitPolicy) -> tuple[str, ...]:
    """Say where a plan goes beyond the limits, target by target."""
    return tuple(
        f"{planned.target}: {reason}"
        for planned in targets
        for reason in _reasons(planned, limits.choose(planned.target))
    )


def _reasons(planned: "TargetPlan", limits: Limits) -> "Iterator[str]":
    deletions, existing = planned.counts[Action.DELETE], planned.existing
    if limits.empty_source and deletions and not planned.wanted:
        yield f"nothing is wanted here any more, and {_count(deletions)} would be deleted: is the source complete?"
    if limits.empty_target and planned.emptied and planned.emptied >= limits.minimum:
        yield f"it reads as empty, and {_count(planned.emptied)} were there: is it the right place?"
    if limits.deletions is not None and deletions > limits.deletions:
        yield f"{_count(deletions)} would be deleted, and the limit is {limits.deletions}"
    if existing < limits.minimum:
        return
    if limits.deletions_fraction is not None and deletions > limits.deletions_fraction * existing:
        yield _beyond(deletions, existing, "deleted", limits.deletions_fraction)
    touched = deletions + planned.counts[Action.UPDATE]
    if limits.changes_fraction is not None and touched > limits.changes_fraction * existing:
        yield _beyond(touched, existing, "changed", limits.changes_fraction)


def _beyond(number: int, existing: int, verb: str, limit: float) -> str:
    return f"{number} of {_count(existing)} would be {verb} ({number / existing:.0%}), and the limit is {limit:.0%}"


def _count(number: int) -> str:
    return "1 resource" if number == 1 else f"{number} resources"
