"""Beginning a run of `plan` or `apply`, unless nothing can have changed: then what the last plan said is said again."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen

from briefingkit.cli.here import project_here, project_near
from briefingkit.cli.terminal import emit_json, say, say_spans

if TYPE_CHECKING:
    from briefingkit.in_step import Glance, Said, Watch
    from briefingkit.project import Project
    from briefingkit.publish.plan import Plan

__all__ = ["Run", "begin", "say_drafts"]


@frozen
class Run:
    """A run that has something to find out; `watch` remembers what it says, where it looks at everything."""

    project: "Project"
    watch: "Watch | None" = None

    def remember(self, plan: "Plan", drafts: Sequence[str]) -> None:
        """Keep what a plan says that has nothing to do, for as long as it stays true."""
        if self.watch is None or not plan.is_empty:
            return
        from briefingkit.in_step import Said
        from briefingkit.publish.present import plan_to_json, present

        lines = [(line.indent, [(span.style, span.text) for span in line.spans]) for line in present(plan)]
        self.watch.remember(plan, Said({**plan_to_json(plan), "drafts": list(drafts)}, lines))


def begin(
    project_file: Path | None,
    drift: str | None,
    report: "Callable[[Said], Mapping[str, Any]] | None",
    *,
    whole: bool,
) -> Run | None:
    """Open the project, or say again what the last plan said and give None.

    `report` makes data of what was said, for a run that is to say it as JSON; None says it in words. A run that is not
    over the `whole` project is always begun.
    """
    if not whole:
        return Run(project_here(project_file))
    seen = _glance(project_file, drift)
    if seen is not None and seen.said is not None:
        _say_again(seen.said, report)
        return None
    from briefingkit.publish.change import Drift

    project = project_here(project_file)
    watch = project.watch(drift=Drift(drift) if drift else None, glance=seen)
    if watch is not None and (said := watch.still()):
        _say_again(said, report)
        return None
    return Run(project, watch)


def _glance(project_file: Path | None, drift: str | None) -> "Glance | None":
    """Look whether nothing can have changed, before anything else is loaded."""
    from briefingkit.in_step import glance
    from briefingkit.source.tree import DEFAULT_LEDGER

    file = project_near(project_file)
    return None if file is None else glance(file, file.parent / DEFAULT_LEDGER, drift or "", os.environ)


def _say_again(said: "Said", report: "Callable[[Said], Mapping[str, Any]] | None") -> None:
    if report is not None:
        emit_json(report(said))
        return
    for indent, spans in said.lines:
        say_spans(indent, spans)
    say_drafts(said.report["drafts"])


def say_drafts(drafts: Sequence[str]) -> None:
    """Say which briefings are left out of a plan."""
    if drafts:
        say(f"Left out, for they are drafts: {', '.join(drafts)}.", "warning")
