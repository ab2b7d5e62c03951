"""Making changes at Google, one form after the other: Forms has no batches, and each form takes several requests."""

from collections.abc import Iterator, Sequence

from attrs import evolve

from briefingkit.publish import Change, Outcome, Status
from briefingkit_google.forms.reading import open_desk
from briefingkit_google.forms.settings import GoogleForms
from briefingkit_google.forms.steps import FormWriter
from briefingkit_google.stepping import outcomes

__all__ = ["apply_changes"]


def apply_changes(settings: GoogleForms, changes: Sequence[Change]) -> Iterator[Outcome]:
    """Bring a target in step: one outcome a change. Raises IntegrationError where there are no credentials."""
    desk = open_desk(settings)
    writer = FormWriter(settings, desk.calls, desk.session.account)
    stopped: Outcome | None = None
    for change in changes:
        if stopped is not None:
            words = f"not tried: {stopped.error}"
            yield evolve(stopped, change=change, status=Status.REFUSED, remote=None, error=words)
            continue
        for outcome in outcomes(desk.session, [change], writer.steps):
            yield outcome
            stopped = outcome if outcome.stop else None
