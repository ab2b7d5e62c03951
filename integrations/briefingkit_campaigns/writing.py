"""Making changes, one campaign after the other. Only drafts are written or deleted, and none is ever sent."""

from collections.abc import Iterator, Sequence
from typing import Final

from attrs import define, field

from briefingkit.errors import IntegrationError
from briefingkit.publish import Change, Outcome, Remote, Resource, Status
from briefingkit.web_api.line import Lost
from briefingkit_campaigns.identity import DRAFT, Mark
from briefingkit_campaigns.line import Busy, Denied, Missing, Wrong
from briefingkit_campaigns.reading import remote_of
from briefingkit_campaigns.service import Held, Service, Terms

__all__ = ["apply_changes"]

_MOVED: Final = "it has changed since it was read: plan again"
_GONE: Final = "it was removed since it was read: plan again"
_SET: Final = ("subject", "address", "audience")
"""What a service may not change: who gets it, from whom, and what it is called."""


def apply_changes(service: Service, terms: Terms, changes: Sequence[Change]) -> Iterator[Outcome]:
    """Bring a target in step: one outcome a change."""
    run, stopped = _Run(service, terms), None
    with service.line:
        for change in changes:
            if stopped is not None:
                yield Outcome(change, Status.REFUSED, error=f"not tried: {stopped}", stop=True)
                continue
            outcome = run.outcome(change)
            stopped = outcome.error if outcome.stop else None
            yield outcome


@define
class _Run:
    """One call of `apply`: a listing is asked for once, and again where an answer was lost."""

    service: Service
    terms: Terms
    touched: bool = False
    _listed: dict[str, list[Held]] | None = field(default=None)

    def outcome(self, change: Change) -> Outcome:
        self.touched = False
        try:
            if change.wanted is None:
                return self._delete(change)
            if change.held is None:
                return self._create(change, change.wanted)
            return self._update(change, change.wanted, change.held)
        except Lost as error:
            return Outcome(change, Status.UNKNOWN, error=str(error))
        except (Busy, Denied, Missing, Wrong) as error:
            status = Status.UNKNOWN if self.touched else Status.FAILED
            words = (
                f"{error}. Look at the target's audiences and letterhead"
                if isinstance(error, Wrong)
                else str(error)
            )
            return Outcome(change, status, error=words, stop=isinstance(error, Denied))

    def _create(self, change: Change, wanted: Resource) -> Outcome:
        mark = self._mark(wanted)
        found = self._find(mark)
        if not found:
            try:
                found = [self.service.get(self.service.create(wanted.fields))]
            except Lost:
                # It may be there. A second would be one too many, so only finding it helps.
                self._listed = None
                found = self._find(mark)
                if not found:
                    raise
            self.touched = True
        if len(found) > 1:
            ids = ", ".join(sorted(each.id for each in found))
            return Outcome(
                change, Status.REFUSED, error=f"it is there more than once ({ids}): remove all but one"
            )
        return self._bring(change, wanted, found[0])

    def _update(self, change: Change, wanted: Resource, held: Remote) -> Outcome:
        try:
            now = self.service.get(held.id)
        except Missing:
            return Outcome(change, Status.FAILED, error=_GONE)
        refused = self._refused(change, now)
        if refused is not None:
            return refused
        if Mark.read(now.title, self.terms.namespace, self.terms.target) != self._mark(wanted):
            return Outcome(change, Status.FAILED, error=_MOVED)
        if self.service.fields(now) != held.resource.fields:
            return Outcome(change, Status.FAILED, error=_MOVED)
        return self._bring(change, wanted, now)

    def _bring(self, change: Change, wanted: Resource, now: Held) -> Outcome:
        """Write a draft where it is not as wanted, and look at what has become of it."""
        refused = self._refused(change, now)
        if refused is not None or wanted.fields.get("state") != DRAFT:
            return refused or Outcome(change, Status.REFUSED, error=_MOVED)
        if self.service.fields(now) != wanted.fields:
            self.service.update(now.id, wanted.fields)
            self.touched = True
            now = self.service.get(now.id)
        remote = remote_of(self.service, now, self._mark(wanted))
        off = [name for name in _SET if remote.resource.fields[name] != wanted.fields[name]]
        if off:
            return Outcome(change, Status.UNKNOWN, error=f"the service has not taken {', '.join(off)}")
        return Outcome(change, Status.DONE, remote)

    def _delete(self, change: Change) -> Outcome:
        if change.held is None:
            return Outcome(change, Status.DONE)
        try:
            now = self.service.get(change.held.id)
            refused = self._refused(change, now)
            if refused is not None:
                return refused
            if self.service.fields(now) != change.held.resource.fields:
                return Outcome(change, Status.FAILED, error=_MOVED)
            self.service.delete(change.held.id)
        except Missing:
            pass  # somebody was faster
        return Outcome(change, Status.DONE)

    def _refused(self, change: Change, now: Held) -> Outcome | None:
        if now.state == DRAFT:
            return None
        words = f"it is {now.state}, by a person's hand, and is not touched any more"
        return Outcome(change, Status.REFUSED, error=words)

    def _find(self, mark: Mark) -> list[Held]:
        if self._listed is None:
            listed: dict[str, list[Held]] = {}
            for held in self.service.campaigns():
                found = Mark.read(held.title, self.terms.namespace, self.terms.target)
                if found is not None:
                    listed.setdefault(found.text, []).append(held)
            self._listed = listed
        return list(self._listed.get(mark.text, ()))

    def _mark(self, wanted: Resource) -> Mark:
        owner, _, language = wanted.key.partition(".")
        if not owner or not language:
            raise IntegrationError(f"{wanted.key} is no campaign of this target")
        return Mark(self.terms.namespace, self.terms.target, owner, language)
