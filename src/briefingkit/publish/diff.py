"""What has to be done at a target: one pure pass over what is wanted, what is held and what was sent."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from briefingkit.publish.change import Action, Applied, Change, Drift, settled_as
from briefingkit.publish.resource import Identity, Remote, Resource, Snapshot

__all__ = ["diff"]


def diff(
    desired: Iterable[Resource],
    snapshot: Snapshot,
    applied: Mapping[Identity, Applied],
    *,
    owners: Collection[str] | None = None,
    drift: Callable[[Identity], Drift] = lambda _: Drift.STOP,
) -> tuple[Change, ...]:
    """Compare; what is in step is left out, what only the ledger has to note is there as NOTHING.

    `owners` are those that were planned, None for all. Nothing of another owner is in the answer, and
    nothing is touched that the target's own mark does not call ours. Two remotes with one
    identity, two resources that want the same place, and something of a stranger's in the way come out as
    conflicts, which apply refuses.
    """
    planned = _Scope(owners)
    duplicates: dict[Identity, list[Remote]] = {}
    for remote in snapshot.duplicates:
        duplicates.setdefault(remote.identity, []).append(remote)

    wanted: dict[Identity, Resource] = {}
    claims: dict[Identity, list[str]] = {}
    for resource in filter(planned, desired):
        first = wanted.setdefault(resource.identity, resource)
        if first is not resource:
            claims.setdefault(resource.identity, [first.owner]).append(resource.owner)

    changes: list[Change] = []
    for identity, resource in wanted.items():
        held, last = snapshot.remotes.get(identity), applied.get(identity)
        if identity not in duplicates and identity not in claims and _in_step(resource, held, last):
            continue
        conflict = _conflict(identity, held, duplicates.get(identity, ()), claims.get(identity, ()))
        changes.append(Change(resource, held, last, drift(identity), conflict))
    changes.extend(_leavings(wanted, snapshot, applied, duplicates, planned))
    return tuple(
        change
        for change in changes
        if change.action is not Action.NOTHING or change.conflict or settled_as(change) != change.last
    )


class _Scope:
    """Whether a resource belongs to an owner that was planned."""

    def __init__(self, owners: Collection[str] | None) -> None:
        self._owners = None if owners is None else frozenset(owners)

    def __call__(self, resource: Resource) -> bool:
        return self._owners is None or resource.owner in self._owners


def _in_step(wanted: Resource, held: Remote | None, last: Applied | None) -> bool:
    """Recognise the common case without making a Change of it."""
    return (
        last is not None
        and held is not None
        and held.ours
        and last.settled
        and not last.kept
        and wanted == last.sent
        and held.resource.fields == last.held
        and held.id == last.id
    )


def _conflict(
    identity: Identity,
    held: Remote | None,
    duplicates: Collection[Remote],
    claims: Collection[str],
) -> str | None:
    if claims:
        return f"{identity} is wanted by {', '.join(claims)}: only one thing can stand there"
    if held is not None and duplicates:
        ids = ", ".join([held.id, *(remote.id for remote in duplicates)])
        return f"the target holds {identity} more than once ({ids}): remove all but one there"
    if held is not None and not held.ours:
        # Also where the ledger knows this very id: what we had made was removed, and someone took its place.
        return f"{held.id} stands where {identity} should go, and briefingkit did not make it"
    return None


def _leavings(
    wanted: Mapping[Identity, Resource],
    snapshot: Snapshot,
    applied: Mapping[Identity, Applied],
    duplicates: Mapping[Identity, list[Remote]],
    planned: Callable[[Resource], bool],
) -> Iterator[Change]:
    """Find what is there, or was, and is wanted no more."""
    for identity in {**snapshot.remotes, **applied}:
        if identity in wanted:
            continue
        held, last = snapshot.remotes.get(identity), applied.get(identity)
        if held is not None and not held.ours:
            held = None
        if held is None and last is None:
            continue
        change = Change(None, held, last)
        if planned(change.subject):
            conflict = _conflict(identity, held, duplicates.get(identity, ()), ())
            yield Change(None, held, last, conflict=conflict)
