"""What a project lets a plan do: which briefings go out, how much may change at once, what becomes of hand edits."""

from collections.abc import Collection
from typing import TYPE_CHECKING

import attrs
from attrs import evolve

from briefingkit.errors import PlanRefused
from briefingkit.model import Briefing, Programme, Status, why_unpublishable
from briefingkit.publish import Drift
from briefingkit.publish.limits import DriftPolicy, LimitPolicy, Limits

if TYPE_CHECKING:
    from briefingkit.source.project_file import LimitSettings, ProjectFile

__all__ = ["drift_policy", "limit_policy", "publishable"]


def publishable(programme: Programme, asked: Collection[Briefing]) -> tuple[Briefing, ...]:
    """Leave out the drafts; refuse everything while one of the others is not confirmed, with every reason.

    Raises PlanRefused, also for a draft that was asked for and where there is nothing that may go out.
    """
    going = tuple(briefing for briefing in programme if briefing.status is not Status.DRAFT)
    drafts = tuple(briefing for briefing in asked if briefing.status is Status.DRAFT)
    held_back = (*going, *drafts) or tuple(programme)
    reasons = [f"{each.identifier}: {why}" for each in held_back for why in why_unpublishable(each)]
    if reasons:
        raise PlanRefused(reasons)
    return going


def limit_policy(settings: "ProjectFile") -> LimitPolicy:
    """Take a target's words on limits over the project's, and those over the defaults."""
    general = _limits(settings.limits, Limits())
    own = {each.name: _limits(each.limits, general) for each in settings.targets if each.limits is not None}
    return LimitPolicy(general, own)


def drift_policy(settings: "ProjectFile", default: Drift | None) -> DriftPolicy:
    """Take what was asked for over what the file says of each target; where neither says anything, a plan stops."""
    chosen = {each.name: Drift(each.drift.value) for each in settings.targets if each.drift is not None}
    return DriftPolicy(default or Drift.STOP, {} if default is not None else chosen)


def _limits(said: "LimitSettings", over: Limits) -> Limits:
    return evolve(over, **{name: value for name, value in attrs.asdict(said).items() if value is not None})
