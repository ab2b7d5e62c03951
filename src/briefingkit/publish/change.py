"""The decision about one resource: what is wanted, held and was last sent, and so what is to be done.

A change is wanted ≠ sent; drift is read ≠ held, where held is what the server answered last: so a server
that rewrites what it is given makes neither. Where nothing is known of the last write, wanted is compared
with what was read, on the fields that wanted names. None of this does anything: `apply` does.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property

from attrs import evolve, field, frozen

from briefingkit.publish.resource import Fields, Identity, Remote, Resource, shown_fields

__all__ = ["Action", "Applied", "Change", "Drift", "Progress", "settled_as", "to_send"]


class Action(StrEnum):
    """What a change does at the target."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    NOTHING = "nothing"


class Progress(StrEnum):
    """How far the last write of a resource is known to have come."""

    STARTED = "started"
    """The call was about to be made; no answer was recorded, so the run ended there."""
    UNKNOWN = "unknown"
    """The call was made and no answer came."""
    DONE = "done"


class Drift(StrEnum):
    """What to do where someone else changed what briefingkit had written."""

    STOP = "stop"
    """Leave that resource alone and say so, until someone chooses."""
    RESTORE = "restore"
    """Write again what the source says, also where drift was kept before."""
    KEEP = "keep"
    """Record the other's value and leave it there until the source changes that field."""


@frozen
class Applied:
    """What the ledger knows of a resource: what was sent, and what the server then held.

    `held` is None when nothing stood there: before the first answer, or after a removal by hand that was
    kept. `kept` names the fields whose drift someone chose to keep.
    """

    sent: Resource
    held: Fields | None = field(default=None, repr=shown_fields)
    id: str | None = None
    etag: str | None = field(default=None, eq=False)
    server: Mapping[str, str] = field(factory=dict, eq=False)
    progress: Progress = Progress.DONE
    kept: tuple[str, ...] = ()

    @property
    def settled(self) -> bool:
        """Whether the last write was answered, so that what was read can be held against it."""
        return self.progress is Progress.DONE


@frozen
class Change:
    """One resource between what is wanted and what is held; everything else follows from these.

    `policy` is what to do about drift, `conflict` why the resource cannot be touched whatever is chosen.
    """

    wanted: Resource | None
    held: Remote | None = None
    last: Applied | None = None
    policy: Drift = Drift.STOP
    conflict: str | None = None

    @property
    def subject(self) -> Resource:
        """Return the resource that the change is about, in the best form there is. ValueError where there is none."""
        if self.wanted is not None:
            return self.wanted
        if self.last is not None:
            return self.last.sent
        if self.held is not None:
            return self.held.resource
        raise ValueError("a change is about something that is wanted, held or remembered")

    @property
    def identity(self) -> Identity:
        """Return the identity of that resource."""
        return self.subject.identity

    @property
    def owner(self) -> str:
        """Return the briefing, or the target, that it belongs to."""
        return self.subject.owner

    @property
    def uncertain(self) -> bool:
        """Whether the last write was never answered."""
        return self.last is not None and not self.last.settled

    @property
    def removed(self) -> bool:
        """Whether someone else took away what briefingkit had written."""
        return self._settled_fields is not None and self.held is None

    @cached_property
    def drifted(self) -> tuple[str, ...]:
        """Name the fields that someone else changed since the last answer."""
        if self.last is None or not self.last.settled or self.held is None:
            return ()
        then, now = self.last.held or {}, self.held.resource.fields
        return tuple(name for name in {**now, **then} if now.get(name) != then.get(name))

    @cached_property
    def edits(self) -> tuple[str, ...]:
        """Name the fields of a held resource that have to be written, for the source or against drift."""
        if self.wanted is None or self.held is None:
            return ()
        names = dict.fromkeys(name for name in self._source_edits if self._differs(name))
        if self.policy is not Drift.KEEP:
            names.update(dict.fromkeys(self._unwanted_drift))
        if self.policy is Drift.RESTORE:
            names.update(dict.fromkeys(filter(self._is_off, self._kept_before)))
        return tuple(names)

    @cached_property
    def action(self) -> Action:
        """Say what there is to do at the target."""
        if self.wanted is None:
            return Action.DELETE if self.held is not None else Action.NOTHING
        if self.held is not None:
            return Action.UPDATE if self.edits else Action.NOTHING
        kept_before = self.last is not None and self.last.settled and self.last.held is None
        keep = (self.removed and self.policy is Drift.KEEP) or (
            kept_before and self.policy is not Drift.RESTORE
        )
        return Action.NOTHING if keep and not self._source_edits else Action.CREATE

    @cached_property
    def refusal(self) -> str | None:
        """Say why it may not be applied as things are; None where it may."""
        if self.conflict is not None:
            return self.conflict
        if self.action is not Action.UPDATE:
            return None
        if self.policy is Drift.STOP and self._unwanted_drift:
            return f"{_names(self._unwanted_drift)} changed at the target: choose to restore or to keep it"
        if self.policy is Drift.RESTORE:
            return None
        both = [name for name in self.drifted if name in self.edits]
        if both:
            return f"{_names(both)} changed both in the source and at the target: choose to restore"
        whole = [name for name in self.kept if name not in self._wanted_fields]
        if whole:
            return (
                f"{_names(whole)} was kept as someone left it, and the source has changed: choose to restore"
            )
        return None

    @cached_property
    def kept(self) -> tuple[str, ...]:
        """Name the fields that stay as someone else left them once this change is through."""
        if self.wanted is None or self.held is None or self.policy is Drift.RESTORE:
            return ()
        names = dict.fromkeys(self._kept_before)
        if self.policy is Drift.KEEP:
            names.update(dict.fromkeys(self._unwanted_drift))
        return tuple(name for name in names if name not in self._source_edits)

    @property
    def _settled_fields(self) -> Fields | None:
        return self.last.held if self.last is not None and self.last.settled else None

    @property
    def _wanted_fields(self) -> Fields:
        return self.wanted.fields if self.wanted is not None else {}

    @property
    def _kept_before(self) -> tuple[str, ...]:
        return self.last.kept if self.last is not None else ()

    def _is_off(self, name: str) -> bool:
        """Whether a field is not known to be as wanted; of one that nobody governs that is never known."""
        return name not in self._wanted_fields or self._differs(name)

    def _differs(self, name: str) -> bool:
        now = self.held.resource.fields if self.held is not None else {}
        return self._wanted_fields.get(name) != now.get(name)

    @cached_property
    def _unwanted_drift(self) -> tuple[str, ...]:
        """Drift that brought a field to what is wanted needs nobody's choice."""
        return tuple(filter(self._is_off, self.drifted))

    @cached_property
    def _source_edits(self) -> tuple[str, ...]:
        """Name the fields that the source has changed, as far as anyone can know."""
        wanted = self._wanted_fields
        if self.last is None:
            return tuple(filter(self._differs, wanted))
        sent = self.last.sent.fields
        kept = () if self.policy is Drift.RESTORE else self.last.kept
        believed = sent.keys() if self.last.settled else sent.keys() & set(kept)
        return tuple(
            name
            for name, value in wanted.items()
            if (value != sent[name] if name in believed else self._differs(name))
        )


def to_send(change: Change) -> Change:
    """Give the change as the integration gets it: fields that are kept are wanted as they are held."""
    if change.wanted is None or change.held is None or not change.kept:
        return change
    now = change.held.resource.fields
    fields = {
        **change.wanted.fields,
        **{name: now.get(name) for name in change.kept if name in change.wanted.fields},
    }
    return evolve(change, wanted=evolve(change.wanted, fields=fields))


def settled_as(change: Change) -> Applied | None:
    """Say what the ledger should know of a resource once nothing is left to do; None: forget it."""
    if change.wanted is None:
        return None
    if change.held is None:
        return Applied(change.wanted)
    return Applied(
        sent=change.wanted,
        held=change.held.resource.fields,
        id=change.held.id,
        etag=change.held.etag,
        server=change.held.server,
        kept=change.kept,
    )


def _names(names: "tuple[str, ...] | list[str]") -> str:
    return ", ".join(names)
