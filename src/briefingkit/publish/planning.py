"""Making a plan: projections are computed and targets read; what is then to be done is `plan.decide`'s word."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from attrs import evolve

from briefingkit.errors import IntegrationError
from briefingkit.publish.context import Context, OutputKey, pending
from briefingkit.publish.journal import Journal, MadeOutput
from briefingkit.publish.limits import DriftPolicy, LimitPolicy
from briefingkit.publish.mint import highest_revisions, mint
from briefingkit.publish.plan import Plan, Reading, decide
from briefingkit.publish.protocol import Target
from briefingkit.publish.registrar import registrars as find_registrars
from briefingkit.publish.resource import Snapshot

if TYPE_CHECKING:
    from briefingkit.model import Briefing, Publication

__all__ = ["build_plan", "context_for"]


def build_plan(  # noqa: PLR0913 - a plan is made of these; each is named at the call
    targets: Sequence[Target],
    briefings: "Sequence[Briefing]",
    journal: Journal,
    *,
    namespace: str,
    at: datetime,
    owners: Collection[str] | None = None,
    drift: DriftPolicy | None = None,
    limits: LimitPolicy | None = None,
    registrars: Mapping[str, str] | None = None,
) -> Plan:
    """Read every target once and decide what is to be done; nothing changes at a target.

    `briefings` are all those of the tree, for an index shows all; `owners` limits what may be changed to some
    briefings (and targets' own names). `at` is the moment that new publications carry. `registrars` names the targets
    at which people register, where there are more targets than these (see `registrars`). A target that cannot be
    read has its error in the plan, and the others are planned. Raises PlanRefused for targets that wait for each
    other's outputs, Unpublishable for a briefing without title or time, StoreError for the ledger.
    """
    published, made = journal.published(namespace), journal.outputs()
    where = find_registrars(targets, briefings) if registrars is None else registrars
    publications = mint(briefings, published, {}, at=at)
    outputs: Mapping[OutputKey, str] = {key: output.value for key, output in made.items()}
    readings = [
        _read(
            target,
            publications,
            context_for(target.name, namespace, publications, outputs, where),
            journal,
            made,
        )
        for target in targets
    ]
    highest = highest_revisions(reading.snapshot for reading in readings)
    digests = {each.briefing.identifier: each.digest for each in publications}
    corrected = mint(briefings, published, highest, at=at, digests=digests)
    known = _known_outputs(made, readings)
    if corrected != publications or known != outputs:
        publications = corrected
        readings = [
            _project_again(
                reading,
                target,
                publications,
                context_for(target.name, namespace, publications, known, where),
            )
            for reading, target in zip(readings, targets, strict=True)
        ]
    plan = decide(
        readings, publications, namespace=namespace, at=at, owners=owners, drift=drift, limits=limits
    )
    return evolve(plan, registrars=where)


def context_for(
    name: str,
    namespace: str,
    publications: "Sequence[Publication]",
    outputs: Mapping[OutputKey, str],
    registrars: Mapping[str, str] | None = None,
) -> Context:
    """Make the context that a projection of publications takes."""
    briefings = {each.briefing.identifier: each.briefing for each in publications}
    return Context(name, namespace, outputs, briefings, registrars or {})


def _read(
    target: Target,
    publications: "Sequence[Publication]",
    context: Context,
    journal: Journal,
    made: Mapping[OutputKey, MadeOutput],
) -> Reading:
    known = journal.load(target.name)
    desired = tuple(target.integration.desired(publications, context))
    reading = Reading(target.name, target.integration.order, context, desired, Snapshot(), known)
    try:
        snapshot = target.integration.read(desired, known.snapshot)
    except IntegrationError as error:
        return evolve(reading, error=str(error))
    journal.remember(target.name, snapshot, known, made)
    return evolve(reading, snapshot=snapshot)


def _project_again(
    reading: Reading, target: Target, publications: "Sequence[Publication]", context: Context
) -> Reading:
    desired = tuple(target.integration.desired(publications, context))
    return evolve(reading, context=context, desired=desired)


def _known_outputs(
    made: Mapping[OutputKey, MadeOutput], readings: Sequence[Reading]
) -> Mapping[OutputKey, str]:
    """Believe the ledger's outputs but where what made them is no longer there; then what was read itself says.

    Where it is wanted again, its marker stands for an output: nothing else is shown instead.
    """
    read = {reading.target: reading.snapshot.remotes for reading in readings if reading.error is None}
    wanted = {reading.target: {each.identity for each in reading.desired} for reading in readings}
    known: dict[OutputKey, str] = {}
    for key, was in made.items():
        if key.target not in read or was.identity in read[key.target]:
            known[key] = was.value
        elif was.identity in wanted[key.target]:
            known[key] = pending(key)
    for name, remotes in read.items():
        for remote in remotes.values():
            if remote.ours:
                for output, value in remote.outputs.items():
                    known[OutputKey(name, remote.resource.owner, output)] = value
    return known
