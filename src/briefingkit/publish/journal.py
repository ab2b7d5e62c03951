"""The publishing half of the ledger: what was sent and what came of it, as values of this room."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from briefingkit.publish.change import Action, Applied, Change, Progress, settled_as
from briefingkit.publish.codec import decode, decode_fields, encode
from briefingkit.publish.context import OutputKey
from briefingkit.publish.outcome import Outcome, Status
from briefingkit.publish.resource import Identity, Remote, Resource, Snapshot
from briefingkit.store import OutputRow, PublicationRow, ResourceRow, SeenRow

if TYPE_CHECKING:
    from briefingkit.model import Publication
    from briefingkit.store.ledger import Ledger

__all__ = ["Journal", "Known", "MadeOutput", "Published", "remote_of"]


@frozen
class Published:
    """What the journal holds of a briefing's last publication."""

    revision: int
    at: datetime
    digest: str


@frozen
class MadeOutput:
    """The value of an output, and the resource that has it."""

    value: str
    identity: Identity


@frozen
class Known:
    """What the ledger knows of a target: what was applied, what was last read, as of which generation of writes."""

    applied: Mapping[Identity, Applied]
    snapshot: Snapshot
    generation: int


class Journal:
    """Reads and writes a ledger; each method is one transaction."""

    def __init__(self, ledger: "Ledger") -> None:
        self._ledger = ledger

    def lock(self, *, at: datetime) -> AbstractContextManager[None]:
        """Keep a second run out; Locked says who is at work."""
        return self._ledger.lock(at=at)

    def published(self, namespace: str) -> dict[str, Published]:
        """Return the last publication of each briefing, by identifier."""
        rows = self._ledger.publications(namespace)
        return {
            row.briefing: Published(row.revision, datetime.fromisoformat(row.at), row.digest) for row in rows
        }

    def publish(self, namespace: str, publications: "Iterable[Publication]") -> None:
        """Write down that publications go out from now on."""
        self._ledger.add_publications(
            PublicationRow(namespace, each.briefing.identifier, each.revision, _iso(each.at), each.digest)
            for each in publications
        )

    def load(self, target: str) -> Known:
        """Return what is known of a target."""
        rows = self._ledger.load(target)
        applied = {Identity(row.kind, row.key): _applied(row) for row in rows.resources}
        remotes = {found.id: found for found in map(remote_of, applied.values()) if found is not None}
        for row in rows.seen:
            if row.fields is None:
                held = applied.get(Identity(row.kind, row.key))
                remotes.pop(held.id if held and held.id else "", None)
            else:
                remotes[row.remote_id] = _seen_remote(row)
        return Known(applied, Snapshot.of(remotes.values(), rows.cursor), rows.generation)

    def of(self, target: str, owner: str) -> dict[Identity, Remote]:
        """Return what is known to be ours at a target, of one owner."""
        remotes = self.load(target).snapshot.remotes
        return {name: each for name, each in remotes.items() if each.ours and each.resource.owner == owner}

    def generation(self, target: str) -> int:
        """Return the number of writes of the target's resources so far."""
        return self._ledger.generation(target)

    def outputs(self) -> dict[OutputKey, MadeOutput]:
        """Return the outputs of all targets."""
        return {
            OutputKey(row.target, row.owner, row.name): MadeOutput(row.value, Identity(row.kind, row.key))
            for row in self._ledger.outputs()
        }

    def remember(
        self, target: str, snapshot: Snapshot, known: Known, outputs: Mapping[OutputKey, MadeOutput]
    ) -> bool:
        """Keep what was read, so that the next read can start from its cursor; False if a run has written since.

        `outputs` are those that the ledger has: others that things at the target carry are added, so that a ledger
        that was lost finds them again.
        """
        found = [
            row
            for remote in snapshot.remotes.values()
            if remote.ours
            for row in _outputs(target, remote, remote.outputs)
            if OutputKey(target, row.owner, row.name) not in outputs
            or outputs[OutputKey(target, row.owner, row.name)].value != row.value
        ]
        if snapshot.cursor == known.snapshot.cursor and not found:
            return True
        seen: list[SeenRow] = []
        if snapshot.cursor is not None:
            for identity in {**snapshot.remotes, **known.applied}:
                remote, applied = snapshot.remotes.get(identity), known.applied.get(identity)
                seen.extend(_seen(target, identity, remote, applied))
            seen.extend(_seen_row(target, remote) for remote in snapshot.duplicates)
        return self._ledger.remember(
            target, seen, snapshot.cursor, outputs=found, generation=known.generation
        )

    def start(self, target: str, changes: Iterable[Change], *, at: datetime) -> None:
        """Write down that a call to the integration is about to be made with these changes."""
        rows = [_row(target, _begun(change, Progress.STARTED), started_at=_iso(at)) for change in changes]
        self._ledger.write(target, put=rows)

    def settle(self, target: str, changes: Sequence[Change]) -> None:
        """Write down what needs no call: things found in step, drift that is kept, things that are gone."""
        put: list[ResourceRow] = []
        drop: list[Identity] = []
        for change in changes:
            applied = settled_as(change)
            if applied is None:
                drop.append(change.identity)
            else:
                put.append(_row(target, applied))
        if put or drop:
            self._ledger.write(target, put=put, drop=drop)

    def record(self, target: str, outcomes: Iterable[Outcome], *, at: datetime) -> None:
        """Write down what came of changes that were started."""
        put: list[ResourceRow] = []
        drop: list[Identity] = []
        seen: list[SeenRow] = []
        outputs: list[OutputRow] = []
        for outcome in outcomes:
            change, applied, started_at = outcome.change, _after(outcome), None
            if outcome.status is Status.UNKNOWN:
                started_at = _iso(at)
            elif outcome.status is not Status.DONE:
                # Nothing changed there: what was read is still so, though no row of the resource says it.
                seen.extend(_seen(target, change.identity, change.held, applied))
            elif outcome.remote is not None:
                made = {**outcome.remote.outputs, **outcome.outputs}
                outputs.extend(_outputs(target, evolve(outcome.remote, resource=change.subject), made))
            if applied is None:
                drop.append(change.identity)
            else:
                put.append(_row(target, applied, started_at=started_at))
        self._ledger.write(target, put=put, drop=drop, outputs=outputs, seen=seen)


def remote_of(applied: Applied) -> Remote | None:
    """Return a resource as the target is believed to hold it; None where nothing is believed to be there."""
    if applied.held is None or applied.id is None:
        return None
    resource = (
        evolve(applied.sent, fields=applied.held) if applied.held != applied.sent.fields else applied.sent
    )
    return Remote(resource, applied.id, applied.etag, applied.server, ours=True)


def _begun(change: Change, progress: Progress) -> Applied:
    held = change.held
    return Applied(
        sent=change.subject,
        held=held.resource.fields if held else None,
        id=held.id if held else None,
        etag=held.etag if held else None,
        server=held.server if held else {},
        progress=progress,
        kept=change.kept,
    )


def _after(outcome: Outcome) -> Applied | None:
    """Say what the ledger knows of a resource after an outcome; None: nothing."""
    change = outcome.change
    match outcome.status:
        case Status.DONE if change.action is Action.DELETE:
            return None
        case Status.DONE:
            return evolve(_begun(evolve(change, held=outcome.remote), Progress.DONE), kept=change.kept)
        case Status.UNKNOWN:
            return _begun(change, Progress.UNKNOWN)
        case _:
            return change.last


def _row(target: str, applied: Applied, *, started_at: str | None = None) -> ResourceRow:
    resource = applied.sent
    sent = encode(resource.fields)
    held = None if applied.held is None else sent if applied.held == resource.fields else encode(applied.held)
    return ResourceRow(
        target=target,
        kind=resource.kind,
        key=resource.key,
        owner=resource.owner,
        sent=sent,
        held=held,
        remote_id=applied.id,
        etag=applied.etag,
        server=encode(dict(applied.server)),
        progress=applied.progress.value,
        kept=encode(applied.kept),
        started_at=started_at,
    )


def _applied(row: ResourceRow) -> Applied:
    sent = Resource(row.kind, row.key, row.owner, decode(row.sent))
    # Most servers hold what they were sent: one text, read once and held in memory once.
    held = sent.fields if row.held == row.sent else None if row.held is None else decode_fields(row.held)
    server = decode(row.server) if row.server != "{}" else {}
    kept = tuple(decode(row.kept)) if row.kept != "[]" else ()
    return Applied(sent, held, row.remote_id, row.etag, server, Progress(row.progress), kept)


def _seen(
    target: str, identity: Identity, remote: Remote | None, applied: Applied | None
) -> Iterator[SeenRow]:
    """Say where what was read differs from what the resource's row says."""
    believed = remote_of(applied) if applied is not None else None
    if remote is None:
        if believed is not None:
            yield SeenRow(
                target,
                identity.kind,
                identity.key,
                "",
                believed.resource.owner,
                None,
                None,
                "{}",
                ours=True,
                outputs="{}",
            )
    elif (
        believed is None
        or remote != believed
        or (remote.etag, remote.server) != (believed.etag, believed.server)
    ):
        yield _seen_row(target, remote)


def _seen_row(target: str, remote: Remote) -> SeenRow:
    resource = remote.resource
    return SeenRow(
        target=target,
        kind=resource.kind,
        key=resource.key,
        remote_id=remote.id,
        owner=resource.owner,
        fields=encode(resource.fields),
        etag=remote.etag,
        server=encode(dict(remote.server)),
        ours=remote.ours,
        outputs=encode(dict(remote.outputs)),
    )


def _seen_remote(row: SeenRow) -> Remote:
    resource = Resource(row.kind, row.key, row.owner, decode(row.fields or "{}"))
    return Remote(resource, row.remote_id, row.etag, decode(row.server), row.ours, decode(row.outputs))


def _outputs(target: str, remote: Remote, outputs: Mapping[str, str]) -> Iterator[OutputRow]:
    kind, key = remote.identity
    for name, value in outputs.items():
        yield OutputRow(target, remote.resource.owner, name, value, kind, key)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
