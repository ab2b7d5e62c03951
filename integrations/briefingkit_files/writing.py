"""Bringing one resource in step, in an order that a crash cannot spoil.

Everything is prepared beside its place, then put there. The record goes first, with the digests of what is to come and
of what stands there still: so at any moment each file is the new one, the old one or missing, and the next run knows
which. Deletions take the record last.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from briefingkit.errors import BriefingkitError
from briefingkit.publish import Action, Change, Drift, Outcome, Remote, Status
from briefingkit.publish.resource import Resource
from briefingkit_files.composing import Composed, compose
from briefingkit_files.folder import Folder, Staging, digest_of
from briefingkit_files.layout import Place, place_of
from briefingkit_files.record import Record, dump
from briefingkit_files.standing import File, Standing, State, examine, remote_of

if TYPE_CHECKING:
    from briefingkit.rendering.templates import Templates

__all__ = ["Writer"]


class _Refused(Exception):
    """Something stands in the way, and only a person can decide what becomes of it."""


class _Stale(Exception):
    """What is there is not what the plan saw."""


@frozen
class Writer:
    """Applies changes to a folder, each one for itself. `renderings` says by format what files are rendered by."""

    folder: Folder
    templates: "Templates" = field(repr=False)
    renderings: Mapping[str, str]
    base_url: str | None = None
    _swept: set[str] = field(factory=set, init=False, eq=False, repr=False)

    def apply(self, change: Change) -> Outcome:
        """Bring one resource in step. What goes wrong is the outcome."""
        touched = _Touched()
        try:
            place = place_of(change.identity)
            self._sweep(place.folder)
            if change.wanted is None:
                return self._delete(change, place, touched)
            return self._write(change, change.wanted, place, touched)
        except _Refused as refusal:
            return Outcome(change, Status.REFUSED, error=str(refusal))
        except _Stale as stale:
            return Outcome(change, Status.FAILED, error=str(stale))
        except OSError as error:
            words = f"{error.filename or self.folder.root}: {error.strerror or error}"
            return Outcome(change, Status.UNKNOWN if touched.anything else Status.FAILED, error=words)
        except (BriefingkitError, ValueError) as error:
            return Outcome(change, Status.FAILED, error=str(error))

    def _sweep(self, folder: str) -> None:
        if folder not in self._swept and self.folder.problem_with(folder) is None:
            self.folder.sweep(folder)
            self._swept.add(folder)

    # Deleting

    def _delete(self, change: Change, place: Place, touched: "_Touched") -> Outcome:
        now = examine(self.folder, place, (), _known(change))
        if now.is_empty:
            return Outcome(change, Status.DONE)
        self._raise_if_moved(change, now)
        _raise_if_no_file(now)
        for name, file in now.files.items():
            if file.digest is not None and file.state is not State.FOREIGN:
                touched.anything = True
                self.folder.remove(place.folder, place.files[name])
        if now.record_file.digest is not None:
            touched.anything = True
            self.folder.remove(place.folder, place.record)
        self.folder.prune(place.folder)
        return Outcome(change, Status.DONE)

    # Writing

    def _write(self, change: Change, wanted: Resource, place: Place, touched: "_Touched") -> Outcome:
        now = examine(self.folder, place, _formats(wanted), _known(change))
        if change.action is not Action.CREATE:
            self._raise_if_moved(change, now)
        if change.policy is Drift.KEEP and change.held is not None and change.edits == ("files",):
            return Outcome(change, Status.DONE, remote_of(now, self.base_url))
        _raise_if_in_the_way(change, now)
        composed = compose(wanted, self.folder, self.templates)
        stands = self._put(now, wanted, composed, touched)
        if composed.behind:
            error = f"it lists what is not written yet: {', '.join(composed.behind)}"
            return Outcome(change, Status.UNKNOWN, error=error)
        return Outcome(change, Status.DONE, remote_of(stands, self.base_url))

    def _put(self, now: Standing, wanted: Resource, composed: Composed, touched: "_Touched") -> Standing:
        place = now.place
        fields = {**composed.fields, "files": {name: self.renderings[name] for name in composed.files}}
        digests = {name: digest_of(content) for name, content in composed.files.items()}
        record = Record(place.identity, wanted.owner, fields, digests, contents=composed.contents)
        standing = {name: file.digest for name, file in now.files.items() if file.digest is not None}
        replaces = {name: digest for name, digest in standing.items() if digests.get(name) != digest}
        changed = [name for name, digest in digests.items() if standing.get(name) != digest]
        final = dump(record)
        if changed or replaces or now.record_file.digest != digest_of(final):
            self.folder.make(place.folder)
            with self.folder.staging(place.folder) as staging:
                begun = dump(evolve(record, replaces=replaces))
                moves = _staged(staging, place, composed.files, changed, begun, final if replaces else None)
                touched.anything = True
                self._commit(staging, place, moves, [name for name in replaces if name not in digests])
        return Standing(
            place,
            record,
            File(State.WRITTEN, digest_of(final)),
            {name: File(State.WRITTEN, digests[name]) for name in place.files if name in digests},
            fields,
            wanted.owner,
        )

    def _commit(self, staging: Staging, place: Place, moves: "_Moves", dropped: list[str]) -> None:
        staging.commit(*moves.begun)
        for waiting, name in moves.files:
            staging.commit(waiting, name)
        for name in dropped:
            self.folder.remove(place.folder, place.files[name])
        if moves.final is not None:
            staging.commit(*moves.final)
        self.folder.settle(place.folder)

    def _raise_if_moved(self, change: Change, now: Standing) -> None:
        if change.held is None or now.etag != change.held.etag:
            raise _Stale("it has changed since it was read: plan again")


@frozen
class _Moves:
    """What waits beside its place, as (name while it waits, its own name)."""

    begun: tuple[str, str]
    files: tuple[tuple[str, str], ...]
    final: tuple[str, str] | None


class _Touched:
    """Whether anything in the folder may be other than it was."""

    anything = False


def _staged(
    staging: Staging,
    place: Place,
    files: Mapping[str, bytes],
    changed: list[str],
    begun: bytes,
    final: bytes | None,
) -> _Moves:
    names = [place.files[name] for name in changed]
    contents = [files[name] for name in changed]
    return _Moves(
        begun=(staging.write(place.record, begun), place.record),
        files=tuple(
            (staging.write(name, content), name) for name, content in zip(names, contents, strict=True)
        ),
        final=None if final is None else (staging.write(place.record, final, variant="final"), place.record),
    )


def _formats(wanted: Resource) -> tuple[str, ...]:
    files = wanted.fields["files"]
    return tuple(files) if isinstance(files, Mapping) else ()


def _known(change: Change) -> Remote | None:
    """Return what is believed to be there: as it was read, or as the ledger remembers it."""
    if change.held is not None:
        return change.held
    if change.last is None or change.last.id is None:
        return None
    return Remote(change.last.sent, change.last.id, server=change.last.server)


def _raise_if_in_the_way(change: Change, now: Standing) -> None:
    """Overwrite what is ours and as it was left, and a hand edit where that was chosen; nothing else, ever."""
    _raise_if_no_file(now)
    may_restore = change.policy is Drift.RESTORE and change.action is Action.UPDATE
    for path, file in _parts(now):
        if file.state is State.FOREIGN:
            raise _Refused(
                f"{path} stands in the way, and briefingkit did not make it: move it away, then plan again"
            )
        if file.state is State.EDITED and not may_restore:
            raise _Refused(f"{path} was edited by hand: restore it, or take the edit into the source")


def _raise_if_no_file(now: Standing) -> None:
    for path, file in _parts(now):
        if file.problem is not None:
            raise _Refused(f"{path} {file.problem}: move it away, then plan again")


def _parts(now: Standing) -> Iterator[tuple[str, File]]:
    place = now.place
    yield place.path_of(place.record), now.record_file
    for name, file in now.files.items():
        yield place.path_of(place.files[name]), file
