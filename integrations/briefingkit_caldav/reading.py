"""Reading calendars: what is ours, and whatever stands where something of ours should go.

Only what has a name such as we give is ever fetched, so that ten thousand events of others cost one line each, and one
that is broken stops nobody. With a cursor, a calendar in which nothing has changed costs one request.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from briefingkit.publish import Remote, Resource, Snapshot
from briefingkit_caldav.calendars import Calendar, collection_remote, find_calendars, look_at
from briefingkit_caldav.cursor import NOTHING, Cursor, Paths, Place, digest_of, digest_of_properties
from briefingkit_caldav.faults import Gone
from briefingkit_caldav.hrefs import child, parent_of
from briefingkit_caldav.identity import COLLECTION, EVENT, ONE_FOR_ALL, could_be_ours, event_name, language_of
from briefingkit_caldav.remotes import event_remote, is_sown
from briefingkit_caldav.server import Changes, Server, Stored
from briefingkit_caldav.watching import is_as_it_was, look_again

if TYPE_CHECKING:
    from briefingkit_caldav.settings import CalDAV

__all__ = ["read_calendars"]


def read_calendars(settings: "CalDAV", wanted: Sequence[Resource], last: Snapshot) -> Snapshot:
    """Read; IntegrationError where a calendar cannot be read."""
    cursor = Cursor.parse(last.cursor, settings)
    with Server(settings) as server:
        if cursor is not None and set(settings.keys) <= cursor.places.keys():
            try:
                return _Reading(server, wanted, cursor.namespaces).read_on(cursor, last)
            except Gone:
                pass  # it was moved or taken away: look for it as at first
        namespaces = cursor.namespaces if cursor is not None else ()
        return _Reading(server, wanted, namespaces).read_all()


@frozen
class _Known:
    """What stands in one calendar: the remotes by path, and where to read on."""

    remotes: Mapping[str, Remote]
    place: Place
    collection: Remote | None = None


class _Reading:
    """One reading of all calendars of a target."""

    def __init__(self, server: Server, wanted: Sequence[Resource], known_namespaces: tuple[str, ...]) -> None:
        self._server = server
        self._settings = server.settings
        self._wanted = {resource.identity: resource for resource in wanted}
        said = {_namespace(resource) for resource in wanted} - {""}
        self._namespaces = frozenset(said or known_namespaces)

    def read_all(self) -> Snapshot:
        _, calendars = find_calendars(self._server, self._namespaces)
        known = {key: self._all_of(key, calendar) for key, calendar in calendars.items()}
        return self._snapshot(known)

    def read_on(self, cursor: Cursor, last: Snapshot) -> Snapshot:
        held = (*last.remotes.values(), *last.duplicates)
        known = {}
        for key, place in cursor.places.items():
            before = {
                remote.id: remote
                for remote in held
                if remote.resource.kind == EVENT and parent_of(remote.id) == place.path
            }
            known[key] = self._since(key, place, before)
        return self._snapshot(known)

    # One calendar

    def _all_of(self, key: str, calendar: Calendar) -> _Known:
        changes = self._server.changes(calendar.path, None) if calendar.token is not None else None
        changes = changes or self._server.listing(calendar.path)
        remotes = self._fetched(key, calendar.path, changes, {})
        return self._known(key, remotes, Place(calendar.path, changes.token, calendar.ctag), calendar)

    def _since(self, key: str, place: Place, before: Mapping[str, Remote]) -> _Known:
        """Read on: one request where nothing has changed, whatever the server offers to tell that by."""
        calendar, changes = None, None
        if self._settings.make is not None or place.token is None:
            calendar = look_again(self._server, place)
            if is_as_it_was(calendar, place):
                changes = Changes({}, place.token, whole=False)
        if changes is None and place.token is not None:
            changes = self._server.changes(place.path, place.token)
        if changes is None:
            if (
                calendar is None or place.token is not None
            ):  # of a history that has a token, not all was asked
                calendar = look_at(self._server, place.path)
            return self._all_of(key, calendar)
        remotes = self._with_wanted(
            key, place.path, self._fetched(key, place.path, changes, before, place.known)
        )
        ctag = calendar.ctag if calendar is not None else place.ctag
        return self._known(key, remotes, Place(place.path, changes.token or place.token, ctag), calendar)

    def _known(
        self, key: str, remotes: Mapping[str, Remote], place: Place, calendar: Calendar | None
    ) -> _Known:
        """Put together what is known. A calendar whose sowing broke off is not made yet: it has lost its properties."""
        place = evolve(place, known=Paths.of(remotes))
        if self._settings.make is None or calendar is None or any(map(is_sown, remotes.values())):
            return _Known(remotes, place)
        place = evolve(place, properties=digest_of_properties(calendar.properties))
        return _Known(remotes, place, collection_remote(key, calendar, self._settings.target))

    def _fetched(
        self,
        key: str,
        collection: str,
        changes: Changes,
        before: Mapping[str, Remote],
        known: Paths = NOTHING,
    ) -> dict[str, Remote]:
        """Lay what has changed over what was known, and fetch what may be ours and is not known in that state.

        What was made since the last reading has to be among the changes; where it is not, it is there no more.
        """
        remotes = {path: remote for path, remote in before.items() if path in known or path in changes.etags}
        missing = []
        for path, etag in changes.etags.items():
            held = remotes.get(path)
            if held is not None and etag and held.etag == etag:
                continue
            remotes.pop(path, None)
            if etag is not None and could_be_ours(path):
                missing.append(path)
        remotes.update(self._read(key, collection, missing))
        return remotes

    def _with_wanted(self, key: str, collection: str, known: Mapping[str, Remote]) -> dict[str, Remote]:
        """Look also where something is wanted that was not when the cursor was made."""
        there = {remote.identity for remote in known.values() if remote.ours}
        missing = [
            path
            for path, wanted in self._places(key, collection).items()
            if path not in known and wanted.identity not in there
        ]
        return {**known, **dict(self._read(key, collection, missing))}

    def _read(self, key: str, collection: str, paths: Sequence[str]) -> Iterator[tuple[str, Remote]]:
        if not paths:
            return
        places = self._places(key, collection)
        for stored in self._server.multiget(collection, paths):
            remote = self._remote(stored, places.get(stored.path))
            if remote is not None:
                yield stored.path, remote

    def _places(self, key: str, collection: str) -> dict[str, Resource]:
        """Tell where in a calendar what is wanted should stand."""
        return {
            child(collection, event_name(_namespace(resource), resource.key)): resource
            for resource in self._wanted.values()
            if resource.kind == EVENT and key in {ONE_FOR_ALL, language_of(resource.key)}
        }

    def _remote(self, stored: Stored, wanted: Resource | None) -> Remote | None:
        """Leave out what other targets and other projects have made here, unless it is what we want ourselves."""
        remote = event_remote(stored, wanted)
        if remote is None or not remote.ours or remote.identity in self._wanted:
            return remote
        namespace, target = _mark(remote.resource)
        theirs = self._settings.target not in {"", target}
        return None if theirs or (self._namespaces and namespace not in self._namespaces) else remote

    # All calendars

    def _snapshot(self, known: Mapping[str, _Known]) -> Snapshot:
        """Put calendars together. In one that is wanted no more, what is wanted elsewhere goes with the calendar."""
        remotes: list[Remote] = []
        for key, one in known.items():
            kept = key in self._settings.keys
            remotes += [each for each in one.remotes.values() if kept or each.identity not in self._wanted]
            if one.collection is not None:
                remotes.append(one.collection)
        places = {key: one.place for key, one in known.items()}
        namespaces = tuple(sorted(self._namespaces or _namespaces_of(remotes)))
        cursor = Cursor(places, namespaces, digest_of(self._settings)).written()
        return Snapshot.of(remotes, cursor)


def _namespace(resource: Resource) -> str:
    if resource.kind == COLLECTION:
        said = resource.fields.get("namespace")
        return said if isinstance(said, str) else ""
    return _mark(resource)[0]


def _mark(resource: Resource) -> tuple[str, str]:
    mark = resource.fields.get("mark")
    if not isinstance(mark, Mapping):
        return "", ""
    return str(mark.get("namespace", "")), str(mark.get("target", ""))


def _namespaces_of(remotes: Sequence[Remote]) -> frozenset[str]:
    return frozenset(_namespace(remote.resource) for remote in remotes if remote.ours) - {""}
