"""Plans that are kept and applied later: written as JSON, read back exactly, and held against the world first."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from attrs import evolve

from briefingkit.errors import IntegrationError, PlanStale, PublishError
from briefingkit.publish.change import Change, Drift
from briefingkit.publish.codec import (
    applied_from,
    applied_to,
    remote_from,
    remote_to,
    resource_from,
    resource_to,
)
from briefingkit.publish.context import OutputKey
from briefingkit.publish.journal import Journal
from briefingkit.publish.plan import Notice, Plan, TargetPlan
from briefingkit.publish.planning import context_for
from briefingkit.publish.protocol import Target
from briefingkit.publish.resource import Identity, Remote

__all__ = ["FORMAT", "dump_plan", "freshen", "load_plan"]

FORMAT = 1
"""The version of the form in which plans are kept."""


def dump_plan(plan: Plan) -> str:
    """Write a plan as JSON text. It holds what would be published, and no secret of any target."""
    from briefingkit.model import unstructure

    data = {
        "briefingkit-plan": FORMAT,
        "namespace": plan.namespace,
        "at": plan.at.isoformat(),
        "owners": None if plan.owners is None else sorted(plan.owners),
        "publications": [
            {
                "briefing": unstructure(each.briefing),
                "revision": each.revision,
                "at": each.at.isoformat(),
                "digest": each.digest,
            }
            for each in plan.publications
        ],
        "targets": [_target_to(planned) for planned in plan.targets],
        "refusals": plan.refusals,
        "registrars": dict(plan.registrars),
    }
    return json.dumps(data, indent=1)


def load_plan(text: str) -> Plan:
    """Read a plan that `dump_plan` wrote. PublishError for what is no plan, or one of another release's form."""
    try:
        data = json.loads(text)
        version = data["briefingkit-plan"]
    except (ValueError, TypeError, KeyError) as error:
        raise PublishError("this is no saved plan: make one with `briefingkit plan --out FILE`") from error
    if version != FORMAT:
        raise PublishError(
            f"the saved plan has form {version}, and this release reads {FORMAT}: make the plan again"
        )
    try:
        return _plan_from(data)
    except (ValueError, TypeError, KeyError, AttributeError, ExceptionGroup) as error:
        raise PublishError(f"the saved plan is damaged ({error}): make the plan again") from error


def _plan_from(data: Mapping[str, Any]) -> Plan:
    from briefingkit.model import Publication, structure

    publications = tuple(
        Publication(
            structure(each["briefing"]), each["revision"], datetime.fromisoformat(each["at"]), each["digest"]
        )
        for each in data["publications"]
    )
    if not isinstance(data["namespace"], str):
        raise TypeError("the namespace is no text")
    return Plan(
        namespace=data["namespace"],
        at=datetime.fromisoformat(data["at"]),
        publications=publications,
        targets=tuple(map(_target_from, data["targets"])),
        owners=None if data["owners"] is None else frozenset(data["owners"]),
        refusals=tuple(data["refusals"]),
        registrars=dict(data["registrars"]),
    )


def _target_to(planned: TargetPlan) -> dict[str, Any]:
    return {
        "target": planned.target,
        "changes": [_change_to(change) for change in planned.changes],
        "notices": [[*each.identity, each.owner, each.text] for each in planned.notices],
        "wanted": planned.wanted,
        "existing": planned.existing,
        "emptied": planned.emptied,
        "uses": [[*key, value] for key, value in planned.uses.items()],
        "error": planned.error,
        "generation": planned.generation,
    }


def _target_from(data: Mapping[str, Any]) -> TargetPlan:
    return TargetPlan(
        target=data["target"],
        changes=tuple(map(_change_from, data["changes"])),
        notices=tuple(Notice(Identity(kind, key), owner, text) for kind, key, owner, text in data["notices"]),
        wanted=data["wanted"],
        existing=data["existing"],
        emptied=data["emptied"],
        uses={OutputKey(target, owner, name): value for target, owner, name, value in data["uses"]},
        error=data["error"],
        generation=data["generation"],
    )


def _change_to(change: Change) -> dict[str, Any]:
    return {
        "wanted": change.wanted and resource_to(change.wanted),
        "held": change.held and remote_to(change.held),
        "last": change.last and applied_to(change.last),
        "policy": change.policy.value,
        "conflict": change.conflict,
    }


def _change_from(data: Mapping[str, Any]) -> Change:
    return Change(
        wanted=data["wanted"] and resource_from(data["wanted"]),
        held=data["held"] and remote_from(data["held"]),
        last=data["last"] and applied_from(data["last"]),
        policy=Drift(data["policy"]),
        conflict=data["conflict"],
    )


def freshen(plan: Plan, targets: Sequence[Target], journal: Journal) -> Plan:
    """Hold a saved plan against the world as it is, and return it ready to be applied.

    Nothing of what it would change may have moved: neither what targets hold, nor what the ledger knows, nor how
    the targets project. Raises PlanStale with everything that did; nothing is written.
    """
    by_name = {target.name: target for target in targets}
    reasons: list[str] = []
    fresh: list[TargetPlan] = []
    for planned in plan.targets:
        target = by_name.get(planned.target)
        if target is None:
            reasons.append(f"{planned.target} is not among the targets any more")
            continue
        moved, current = _hold_against(plan, planned, target, journal)
        reasons.extend(f"{planned.target}: {each}" for each in moved)
        fresh.append(current)
    reasons.extend(_published_since(plan, journal))
    if reasons:
        raise PlanStale(reasons)
    return evolve(plan, targets=tuple(fresh))


def _hold_against(
    plan: Plan, planned: TargetPlan, target: Target, journal: Journal
) -> tuple[list[str], TargetPlan]:
    if planned.error is not None:
        return [f"it could not be read when the plan was made ({planned.error})"], planned
    context = context_for(
        planned.target,
        plan.namespace,
        plan.publications,
        {key: value for key, value in planned.uses.items() if value is not None},
        plan.registrars,
    )
    desired = tuple(target.integration.desired(plan.publications, context))
    known = journal.load(planned.target)
    try:
        snapshot = target.integration.read(desired, known.snapshot)
    except IntegrationError as error:
        return [f"it cannot be read: {error}"], planned
    wanted = {resource.identity: resource for resource in desired}
    doubled = {remote.identity for remote in snapshot.duplicates}
    moved: list[str] = []
    changes: list[Change] = []
    for change in planned.changes:
        identity = change.identity
        held = snapshot.remotes.get(identity)
        if change.wanted != (wanted.get(identity) if change.wanted is not None else None):
            moved.append(
                f"{identity} would now be written otherwise (the target's settings or the release differ)"
            )
        elif known.applied.get(identity) != change.last:
            moved.append(f"{identity} has been written by another run since")
        elif _comparable(held, change) != change.held or (identity in doubled and change.conflict is None):
            moved.append(f"{identity} has changed at the target since")
        changes.append(evolve(change, held=held if change.held is not None else None))
    return moved, evolve(planned, changes=tuple(changes), generation=known.generation)


def _comparable(held: Remote | None, change: Change) -> Remote | None:
    """Leave a stranger's thing out of a deletion's story."""
    return (
        None if change.wanted is None and change.held is None and held is not None and not held.ours else held
    )


def _published_since(plan: Plan, journal: Journal) -> Iterator[str]:
    published = journal.published(plan.namespace)
    for each in plan.planned:
        last = published.get(each.briefing.identifier)
        if last is None or last.revision < each.revision:
            continue
        if (last.revision, last.digest) != (each.revision, each.digest):
            yield f"{each.briefing.identifier} has been published as revision {last.revision} since"
