"""Reading which spreadsheets are ours: by their marks in Drive, all of a target in one search."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from briefingkit.errors import IntegrationError
from briefingkit.publish import Fields, Remote, Resource, Snapshot
from briefingkit_google.client import Api, Session, session_of
from briefingkit_google.faults import Fault
from briefingkit_google.listing import pages
from briefingkit_google.masking import masked
from briefingkit_google.sheets.calls import Calls
from briefingkit_google.sheets.identity import (
    SPREADSHEET,
    SheetMark,
    address,
    columns_digest,
    digest_of,
    mark_of,
    search_for_all,
)
from briefingkit_google.sheets.settings import GoogleSheets
from briefingkit_google.sheets.sharing import shared

__all__ = ["access_in", "fields_of", "open_session", "permissions_of", "read_target", "remote_of"]


def open_session(settings: GoogleSheets) -> Session:
    """Return this thread's session with Drive for a target."""
    return session_of(settings, Api("drive", "v3", settings.scopes))


def read_target(settings: GoogleSheets, wanted: Sequence[Resource], last: Snapshot) -> Snapshot:
    """Read the spreadsheets of a target. One that a search does not find yet, but that is known, is asked for by id."""
    session = open_session(settings)
    calls = Calls(session.service)
    seen = [*wanted, *(each.resource for each in last.remotes.values())]
    namespaces = {each for each in map(_namespace, seen) if each is not None}
    remotes = []
    for raw in _files(settings, session, calls, last):
        mark = mark_of(raw)
        if mark is not None and (not namespaces or mark.namespace in namespaces):
            looked_for = {
                name: str(role)
                for each in seen
                if each.key == mark.briefing
                for name, role in access_in(each).items()
            }
            looked_for |= {masked(scope): role for scope, role in settings.access.items()}
            permissions = permissions_of(session, calls, str(raw["id"])) if looked_for else []
            access = shared(permissions, looked_for)
            remotes.append(remote_of(raw, mark, access, _alike(seen, mark, raw)))
    return Snapshot.of(remotes)


def _files(
    settings: GoogleSheets, session: Session, calls: Calls, last: Snapshot
) -> Iterator[Mapping[str, Any]]:
    found: set[str] = set()
    for page in pages(session, calls.list_files(search_for_all(settings.target)), calls.next_files):
        if page.get("incompleteSearch"):
            raise IntegrationError("Google could not search all drives: try again in a while")
        for raw in page.get("files", ()):
            found.add(str(raw["id"]))
            yield raw
    for each in (*last.remotes.values(), *last.duplicates):
        if each.id not in found:
            raw = session.ask(calls.get_file(each.id).request)
            if not isinstance(raw, Fault) and not raw.get("trashed"):
                yield raw


def permissions_of(session: Session, calls: Calls, file: str) -> list[Mapping[str, Any]]:
    """Read with whom a file is shared."""
    listed = pages(session, calls.list_permissions(file), calls.next_permissions)
    return [each for page in listed for each in page.get("permissions", ())]


def access_in(resource: Resource) -> Mapping[str, Any]:
    """Give the rules of access of a spreadsheet as it was wanted or held, masked."""
    access = resource.fields.get("access")
    return access if isinstance(access, Mapping) else {}


def fields_of(
    raw: Mapping[str, Any], mark: SheetMark, access: Mapping[str, str], columns: tuple[str, ...] | None
) -> Fields:
    """Give a file's canonical fields; of the columns it holds a digest, None where nothing is known to have it."""
    return {
        "title": raw.get("name"),
        "columns": columns,
        "access": dict(access),
        "mark": {"namespace": mark.namespace, "target": mark.target},
    }


def remote_of(
    raw: Mapping[str, Any], mark: SheetMark, access: Mapping[str, str], columns: tuple[str, ...] | None
) -> Remote:
    """Make the remote of a file."""
    file = str(raw["id"])
    resource = Resource(SPREADSHEET, mark.briefing, mark.briefing, fields_of(raw, mark, access, columns))
    return Remote(resource, file, ours=True, outputs={"sheet": address(file)})


def _alike(seen: Sequence[Resource], mark: SheetMark, raw: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Find the columns whose digest a file has among those that were wanted or held."""
    digest = columns_digest(raw)
    for resource in seen:
        columns = resource.fields.get("columns")
        if resource.key == mark.briefing and isinstance(columns, tuple):
            keys = tuple(map(str, columns))
            if digest_of(keys) == digest:
                return keys
    return None


def _namespace(resource: Resource) -> str | None:
    mark = resource.fields.get("mark")
    return str(mark["namespace"]) if isinstance(mark, Mapping) and "namespace" in mark else None
