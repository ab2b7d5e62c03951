"""Applying a plan: each step is written down before it is taken, and a failure in one thing stops no other."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from attrs import evolve

from briefingkit.errors import IntegrationError, PlanStale
from briefingkit.publish.change import Action, Change, to_send
from briefingkit.publish.context import OutputKey, pending_outputs
from briefingkit.publish.journal import Journal, remote_of
from briefingkit.publish.limits import Consent, LimitPolicy, raise_if_unsafe
from briefingkit.publish.order import order_changes
from briefingkit.publish.outcome import Outcome, Report, Status
from briefingkit.publish.plan import Plan, TargetPlan
from briefingkit.publish.planning import context_for
from briefingkit.publish.protocol import Integration, Target
from briefingkit.publish.resource import Identity, Resource

__all__ = ["apply", "apply_iter"]

_NOTED: Final = 200
"""Outcomes that are written down and given at once, where a call has more."""


def apply(
    plan: Plan,
    targets: Sequence[Target],
    journal: Journal,
    *,
    clock: Callable[[], datetime],
    consent: Consent | None = None,
    limits: LimitPolicy | None = None,
) -> Report:
    """Apply a plan to its end and report; `apply_iter` says what it does and raises."""
    return Report.of(apply_iter(plan, targets, journal, clock=clock, consent=consent, limits=limits))


def apply_iter(
    plan: Plan,
    targets: Sequence[Target],
    journal: Journal,
    *,
    clock: Callable[[], datetime],
    consent: Consent | None = None,
    limits: LimitPolicy | None = None,
) -> Iterator[Outcome]:
    """Apply a plan, and give each outcome as soon as the ledger has it.

    Raises PlanRefused at once where the plan goes beyond the limits. When the first outcome is asked for: Locked
    where another run is at work, PlanStale where one has written since the plan was made. What goes wrong with a
    resource is its outcome, not an exception. Whoever stops asking, or dies, leaves a ledger that the next plan
    goes on from.
    """
    raise_if_unsafe(plan, limits or LimitPolicy())
    integrations = {target.name: target.integration for target in targets}
    missing = [each.target for each in plan.targets if each.target not in integrations]
    if missing:
        raise PlanStale([f"{name} is not among the targets any more" for name in missing])
    return _apply(plan, integrations, journal, clock, consent or Consent())


def _apply(
    plan: Plan,
    integrations: Mapping[str, Integration],
    journal: Journal,
    clock: Callable[[], datetime],
    consent: Consent,
) -> Iterator[Outcome]:
    with journal.lock(at=clock()):
        stale = [each.target for each in plan.targets if journal.generation(each.target) != each.generation]
        if stale:
            raise PlanStale([f"{name}: another run has written since the plan was made" for name in stale])
        journal.publish(plan.namespace, plan.planned)
        outputs = _known_outputs(plan, journal)
        for planned in plan.targets:
            run = _TargetRun(plan, planned, integrations[planned.target], journal, clock, consent, outputs)
            yield from run.outcomes()


def _known_outputs(plan: Plan, journal: Journal) -> dict[OutputKey, str]:
    """Take outputs as the plan saw them: one that it showed as not known yet has to be made again first."""
    known = {key: made.value for key, made in journal.outputs().items()}
    for planned in plan.targets:
        for key, value in planned.uses.items():
            if value is None:
                known.pop(key, None)
            else:
                known[key] = value
    return known


class _TargetRun:
    """One target's part of an apply: the changes that remain, and what has been learned on the way."""

    def __init__(
        self,
        plan: Plan,
        planned: TargetPlan,
        integration: Integration,
        journal: Journal,
        clock: Callable[[], datetime],
        consent: Consent,
        outputs: dict[OutputKey, str],
    ) -> None:
        self._plan = plan
        self._planned = planned
        self._name = planned.target
        self._integration = integration
        self._journal = journal
        self._clock = clock
        self._consent = consent
        self._outputs = outputs
        self._asked = dict(planned.uses)
        self._remaining = list(planned.changes)
        self._tried = {change.identity for change in planned.changes}
        self._repeated: set[Identity] = set()
        self._behind: set[str] = set()
        self._stopped: str | None = None
        self._silence = ""

    def outcomes(self) -> Iterator[Outcome]:
        """Bring the target in step, group by group; after each, addresses that were made reach what shows them."""
        if self._planned.error is not None:
            yield self._unreadable(self._planned.error)
            return
        while True:
            self._complete()
            self._note()
            group = self._next_group()
            if not group:
                return
            ready: list[Change] = []
            for change in group:
                refusal = self._refusal(change)
                if refusal is None:
                    ready.append(change)
                else:
                    yield self._refuse(change, refusal)
            size = self._integration.batch  # asked once: an integration may tell another number after a call
            for start in range(0, len(ready), size):
                batch = ready[start : start + size]
                if self._stopped is None:
                    yield from self._call(batch)
                else:
                    yield from [self._refuse(change, f"not tried: {self._stopped}") for change in batch]

    def _unreadable(self, error: str) -> Outcome:
        itself = Change(Resource("target", self._name, self._name, {}))
        return Outcome(itself, Status.FAILED, error=error, target=self._name)

    def _complete(self) -> None:
        """Make the projection again if addresses that it shows have become known, or have become others."""
        if all(self._outputs.get(key) == value for key, value in self._asked.items()):
            return
        plan = self._plan
        context = context_for(self._name, plan.namespace, plan.publications, self._outputs, plan.registrars)
        desired = {
            resource.identity: resource
            for resource in self._integration.desired(plan.publications, context)
            if plan.owners is None or resource.owner in plan.owners
        }
        self._asked = dict(context.uses)
        self._remaining = [
            evolve(change, wanted=desired.get(change.identity, change.wanted)) if change.wanted else change
            for change in self._remaining
        ]
        self._remaining.extend(self._affected(desired))

    def _affected(self, desired: Mapping[Identity, Resource]) -> Iterator[Change]:
        """Find what was in step and is no longer, because of an address that was made in this run.

        What this run has itself written counts too, once: it may have shown an address that was yet to change.
        """
        applied = self._journal.load(self._name).applied
        for identity, wanted in desired.items():
            last = applied.get(identity)
            if (
                identity in self._tried
                or last is None
                or not last.settled
                or wanted.fields == last.sent.fields
            ):
                continue
            held = remote_of(last)
            if held is not None:
                self._tried.add(identity)
                self._repeated.add(identity)
                yield Change(wanted, held, last)

    def _note(self) -> None:
        """Write down what needs no call."""
        noted = [each for each in self._remaining if each.action is Action.NOTHING and not each.refusal]
        self._remaining = [
            each for each in self._remaining if each.action is not Action.NOTHING or each.refusal
        ]
        self._journal.settle(self._name, noted)

    def _next_group(self) -> list[Change]:
        """Take the changes that come next and may go together: one kind, all written or all deleted.

        What shows an address that this very target makes comes after what makes it, also where both are of one kind.
        """
        changes = order_changes(self._remaining, self._integration.order)

        def group_of(change: Change) -> tuple[bool, str]:
            return change.action is Action.DELETE, change.identity.kind

        group = [change for change in changes if group_of(change) == group_of(changes[0])]
        after = changes[len(group) :]
        ready, waiting = list[Change](), list[Change]()
        for change in group:
            (waiting if self._waits_for_own(change) else ready).append(change)
        if not ready:  # nothing is left that could make it: they are refused, with the reason
            self._remaining = list(after)
            return group
        self._remaining = [*waiting, *after]
        return ready

    def _waits_for_own(self, change: Change) -> bool:
        return change.wanted is not None and any(
            key.target == self._name for key in pending_outputs(change.wanted.fields)
        )

    def _refusal(self, change: Change) -> str | None:
        if self._stopped is not None:
            return f"not tried: {self._stopped}"
        if change.refusal is not None:
            return change.refusal
        if change.action is Action.DELETE and change.owner in self._behind:
            return f"not deleted while what {change.owner} has instead is not there"
        if change.wanted is not None:
            waits = sorted({str(key) for key in pending_outputs(change.wanted.fields)})
            if waits:
                return f"it shows what was not made: {', '.join(waits)}"
        return self._consent.withholds(self._name, change)

    def _refuse(self, change: Change, reason: str) -> Outcome:
        if change.action is not Action.DELETE:
            self._behind.add(change.owner)
        return Outcome(change, Status.REFUSED, error=reason, target=self._name)

    def _call(self, batch: Sequence[Change]) -> Iterator[Outcome]:
        """Apply one batch; whatever happens there, each change has one outcome and the ledger has them all."""
        self._journal.start(self._name, batch, at=self._clock())
        left, answers = list(batch), dict[Identity, Outcome]()
        for identity, outcome in self._answers(batch):
            answers[identity] = outcome
            if len(answers) == _NOTED < len(left):
                yield from self._recorded([change for change in left if change.identity in answers], answers)
                left = [change for change in left if change.identity not in answers]
                answers = {}
        yield from self._recorded(left, answers)

    def _answers(self, batch: Sequence[Change]) -> Iterator[tuple[Identity, Outcome]]:
        """Give what the integration answers. Where it breaks, that is why the rest has no answer."""
        self._silence = "the integration gave no answer"
        try:
            for outcome in self._integration.apply([to_send(change) for change in batch]):
                yield outcome.change.identity, outcome
        except IntegrationError as error:
            self._stopped = self._silence = str(error)
        except Exception as error:  # noqa: BLE001 - a fault in one integration must not cost the other targets
            self._stopped = self._silence = f"the integration broke: {type(error).__name__}: {error}"

    def _recorded(self, changes: Sequence[Change], answers: Mapping[Identity, Outcome]) -> list[Outcome]:
        outcomes = [self._checked(change, answers.get(change.identity)) for change in changes]
        self._journal.record(self._name, outcomes, at=self._clock())
        for outcome in outcomes:
            self._learn(outcome)
        return outcomes

    def _checked(self, change: Change, answer: Outcome | None) -> Outcome:
        """Hold an answer to what the protocol promises; what breaks it is not known to be done."""
        if answer is None:
            return Outcome(change, Status.UNKNOWN, error=self._silence, target=self._name)
        answer = evolve(answer, change=change, target=self._name)
        if answer.status is not Status.DONE or change.action is Action.DELETE:
            return answer
        if answer.remote is None or answer.remote.identity != change.identity:
            return evolve(
                answer,
                status=Status.UNKNOWN,
                remote=None,
                error="the integration did not say what is there now",
            )
        return answer

    def _learn(self, outcome: Outcome) -> None:
        change = outcome.change
        if outcome.stop and self._stopped is None:
            self._stopped = outcome.error or "the target asked to stop"
        if outcome.status is not Status.DONE:
            if change.action is not Action.DELETE:
                self._behind.add(change.owner)
        elif outcome.remote is not None:
            if change.identity not in self._repeated:
                self._tried.discard(change.identity)
            for name, value in {**outcome.remote.outputs, **outcome.outputs}.items():
                self._outputs[OutputKey(self._name, change.owner, name)] = value
