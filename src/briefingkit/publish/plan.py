"""A plan: what would be done at every target, decided before anything is, and a value that can be kept."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import field, frozen

from briefingkit.publish.change import Action, Change, Drift
from briefingkit.publish.context import Context, OutputKey
from briefingkit.publish.diff import diff
from briefingkit.publish.limits import DriftPolicy, LimitPolicy, exceeded
from briefingkit.publish.order import order_changes, order_targets
from briefingkit.publish.resource import Identity, Resource, Snapshot

if TYPE_CHECKING:
    from briefingkit.model import Publication
    from briefingkit.publish.journal import Known

__all__ = ["Notice", "Plan", "Reading", "TargetPlan", "decide"]


@frozen
class Notice:
    """What a target cannot hold of a resource, in words."""

    identity: Identity
    owner: str
    text: str


@frozen
class TargetPlan:
    """What would be done at one target.

    `changes` come in the order in which they are applied; those whose action is NOTHING are only noted in the
    ledger. `existing` counts what is ours at the target, `wanted` what is wanted there, `emptied` what the ledger
    knows to have been there while the target reads as empty. `uses` are the outputs that the projection asked for
    and their values (None: not known yet). `error` says why the target could not be read. `generation` is the
    ledger's count of writes to the target that the plan has seen, `cursor` where it was read to.
    """

    target: str
    changes: tuple[Change, ...] = ()
    notices: tuple[Notice, ...] = ()
    wanted: int = 0
    existing: int = 0
    emptied: int = 0
    uses: Mapping[OutputKey, str | None] = field(factory=dict)
    error: str | None = None
    generation: int = 0
    cursor: str | None = None

    @cached_property
    def pending(self) -> tuple[Change, ...]:
        """Return the changes that do something at the target, or that something stands in the way of."""
        return tuple(each for each in self.changes if _is_pending(each))

    @property
    def kept(self) -> "tuple[Change, ...]":
        """Return what someone else changed, or took away, and what is left as it is: to be written down alone."""
        return tuple(
            each
            for each in self.changes
            if not _is_pending(each) and each.policy is Drift.KEEP and (each.drifted or each.removed)
        )

    @cached_property
    def counts(self) -> Mapping[Action, int]:
        """Count what would be done; NOTHING counts what is wanted and in step."""
        done = [change.action for change in self.changes]
        counts: dict[Action, int] = {action: done.count(action) for action in Action}
        return {**counts, Action.NOTHING: self.wanted - counts[Action.CREATE] - counts[Action.UPDATE]}


def _is_pending(change: Change) -> bool:
    return change.action is not Action.NOTHING or change.refusal is not None


@frozen
class Plan:
    """What would be done at all targets, in the order in which they are applied.

    `publications` are those of the whole tree, as the projections took them; `owners` the briefings (and targets'
    own names) that were planned, None for all. `refusals` are the limits that the plan goes beyond. `registrars` names
    the target at which people register, for briefings that do not say where.
    """

    namespace: str
    at: datetime
    publications: "tuple[Publication, ...]"
    targets: tuple[TargetPlan, ...]
    owners: frozenset[str] | None = None
    refusals: tuple[str, ...] = ()
    registrars: Mapping[str, str] = field(factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be done anywhere, and every target could be read."""
        return not any(planned.pending or planned.error for planned in self.targets)

    @property
    def counts(self) -> Mapping[str, int]:
        """Count what would be done, over all targets."""
        return {action.value: sum(each.counts[action] for each in self.targets) for action in Action}

    @property
    def planned(self) -> "tuple[Publication, ...]":
        """Return the publications of the briefings that were planned."""
        return tuple(
            each
            for each in self.publications
            if self.owners is None or each.briefing.identifier in self.owners
        )


@frozen
class Reading:
    """All that is known of a target when a plan is decided: what is wanted, read and remembered."""

    target: str
    kinds: Sequence[str]
    context: Context
    desired: Sequence[Resource]
    snapshot: Snapshot
    known: "Known"
    error: str | None = None


def decide(
    readings: Sequence[Reading],
    publications: "Sequence[Publication]",
    *,
    namespace: str,
    at: datetime,
    owners: Collection[str] | None = None,
    drift: DriftPolicy | None = None,
    limits: LimitPolicy | None = None,
) -> Plan:
    """Decide what is to be done, from what was read. Pure; PlanRefused for targets that wait for each other."""
    policy, scope = drift or DriftPolicy(), None if owners is None else frozenset(owners)
    by_name = {reading.target: reading for reading in readings}
    order = order_targets(
        {reading.target: [key.target for key in reading.context.uses] for reading in readings}
    )
    targets = tuple(_decide_target(by_name[name], scope, _choice(policy, name)) for name in order)
    refusals = exceeded(targets, limits or LimitPolicy())
    return Plan(namespace, at, tuple(publications), targets, scope, refusals)


def _choice(policy: DriftPolicy, target: str) -> Callable[[Identity], Drift]:
    return lambda identity: policy.choose(target, identity)


def _decide_target(
    reading: Reading, owners: frozenset[str] | None, drift: Callable[[Identity], Drift]
) -> TargetPlan:
    if reading.error is not None:
        return TargetPlan(reading.target, error=reading.error, generation=reading.known.generation)
    applied, remotes = reading.known.applied, reading.snapshot.remotes
    changes = diff(reading.desired, reading.snapshot, applied, owners=owners, drift=drift)
    scoped = [each for each in reading.desired if owners is None or each.owner in owners]
    ours = [identity for identity, remote in remotes.items() if remote.ours]
    return TargetPlan(
        target=reading.target,
        changes=order_changes(changes, reading.kinds),
        notices=tuple(Notice(each.identity, each.owner, text) for each in scoped for text in each.notices),
        wanted=len(scoped),
        existing=len(ours),
        emptied=0 if ours else sum(1 for each in applied.values() if each.held is not None),
        uses=dict(reading.context.uses),
        generation=reading.known.generation,
        cursor=reading.snapshot.cursor,
    )
