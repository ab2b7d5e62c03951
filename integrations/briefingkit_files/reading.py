"""Reading a folder: whatever has a record of ours there, whatever the ledger remembers, whatever stands in the way."""

from collections.abc import Iterator, Mapping, Sequence

from briefingkit.errors import IntegrationError
from briefingkit.publish import Identity, Resource, Snapshot
from briefingkit_files.folder import Folder
from briefingkit_files.layout import SITE_IDENTITY, Place, identity_at, is_language_folder, place_of
from briefingkit_files.standing import Standing, examine, remote_of

__all__ = ["read_folder"]


def read_folder(folder: Folder, wanted: Sequence[Resource], last: Snapshot, base_url: str | None) -> Snapshot:
    """Read a folder, each of its files once.

    Raises IntegrationError where it cannot be read, and where it is another target's.
    """
    problem = folder.problem_with("")
    if problem is not None:
        raise IntegrationError(f"the folder {folder.root} {problem}")
    by_identity = {resource.identity: resource for resource in wanted}
    places = {place.identity: place for place in (*_known(last), *_wanted(by_identity))}
    try:
        places.update((place.identity, place) for place in _recorded(folder))
    except OSError as error:
        raise IntegrationError(f"{error.filename or folder.root} cannot be read: {error.strerror}") from error
    remotes = []
    for identity, place in places.items():
        resource, known = by_identity.get(identity), last.remotes.get(identity)
        standing = examine(folder, place, _formats(resource), known)
        if identity == SITE_IDENTITY:
            _raise_if_of_another(folder, standing, resource)
        if standing.ours or (not standing.is_empty and (resource is not None or known is not None)):
            remotes.append(remote_of(standing, base_url))
    return Snapshot.of(remotes)


def _recorded(folder: Folder) -> Iterator[Place]:
    for name in ("", *filter(is_language_folder, folder.folders())):
        for file in folder.files(name):
            identity = identity_at(name, file)
            if identity is not None:
                yield place_of(identity)


def _known(last: Snapshot) -> Iterator[Place]:
    for identity in last.remotes:
        try:
            yield place_of(identity)
        except ValueError:  # of an earlier release, or another integration under the same name
            continue


def _wanted(resources: Mapping[Identity, Resource]) -> Iterator[Place]:
    return map(place_of, resources)


def _formats(resource: Resource | None) -> tuple[str, ...]:
    files = resource.fields.get("files") if resource is not None else None
    return tuple(files) if isinstance(files, Mapping) else ()


def _raise_if_of_another(folder: Folder, standing: Standing, wanted: Resource | None) -> None:
    """Keep two projects, or two targets, from taking each other's pages away."""
    if standing.record is None or wanted is None:
        return
    held = standing.record.fields
    for name in ("namespace", "target"):
        if held.get(name) != wanted.fields.get(name):
            raise IntegrationError(
                f"{folder.root} is where the {name} {held.get(name)} publishes: give each target a folder of its own. "
                f"If that is the old name of this one, move manifest.json and index.html away and plan again"
            )
