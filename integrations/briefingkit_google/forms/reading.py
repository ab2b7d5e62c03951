"""Reading forms: those with our mark are searched for in Drive, and each is then asked for itself.

A search may not know yet what was just made. So a form that the ledger knows is asked for by its id as well.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from briefingkit.errors import IntegrationError
from briefingkit.publish import Fields, Identity, Remote, Resource, Snapshot
from briefingkit_google.client import Api, Session, session_of
from briefingkit_google.faults import Fault
from briefingkit_google.forms.body import Names
from briefingkit_google.forms.calls import Calls
from briefingkit_google.forms.history import past_of_remote
from briefingkit_google.forms.identity import FORM, FormName, Mark, mark_for, mark_of
from briefingkit_google.forms.remotes import Held, form_remote
from briefingkit_google.forms.settings import GoogleForms
from briefingkit_google.forms.sharing import known_editors
from briefingkit_google.listing import Unreadable, pages
from briefingkit_google.unchecked import mapping_in

__all__ = ["Desk", "held_of", "open_desk", "read_forms"]


@frozen(eq=False)
class Desk:
    """A session, and the requests that are made in it: of both APIs, over one connection to each host."""

    session: Session
    calls: Calls


def open_desk(settings: GoogleForms) -> Desk:
    """Return this thread's session for a target. IntegrationError, MissingExtra as `session_of`."""
    forms = session_of(settings, Api("forms", "v1", settings.scopes))
    drive = session_of(settings, Api("drive", "v3", settings.scopes))
    return Desk(forms, Calls(forms.service, drive.service))


def read_forms(settings: GoogleForms, wanted: Sequence[Resource], last: Snapshot) -> Snapshot:
    """Read the forms of a target. Raises IntegrationError where one of them, or the search, cannot be read."""
    desk = open_desk(settings)
    known = {resource.identity: resource for resource in wanted}
    namespaces = _namespaces(settings, (*wanted, *(each.resource for each in last.remotes.values())))
    remotes: list[Remote] = []
    for file in _files(desk, settings, last):
        mark = mark_of(file)
        if mark is None or not _is_of(settings, mark, namespaces):
            continue
        held = held_of(desk, file)
        if held is not None:
            remotes.append(_remote(held, mark, known, last.remotes))
    return Snapshot.of(remotes)


def _remote(
    held: Held, mark: Mark, wanted: Mapping[Identity, Resource], last: Mapping[Identity, Remote]
) -> Remote:
    identity = mark.name.identity
    remote, resource = last.get(identity), wanted.get(identity)
    then = remote.resource if remote is not None else None
    fields: list[Fields] = [each.fields for each in (then, resource) if each is not None]
    past = past_of_remote(remote).write()
    return form_remote(held, mark, Names.of(then, resource), known_editors(*fields), past)


def _files(desk: Desk, settings: GoogleForms, last: Snapshot) -> Iterator[Mapping[str, Any]]:
    """Find the files of a target, and those that are known and were not found."""
    seen: set[str] = set()
    for page in pages(desk.session, desk.calls.list_files(settings.target), desk.calls.next_files):
        if page.get("incompleteSearch"):
            raise IntegrationError("Google Drive did not search all that there is: try again later")
        for file in page.get("files", ()):
            seen.add(str(file.get("id")))
            yield file
    for remote in (*last.remotes.values(), *last.duplicates):
        if remote.identity.kind == FORM and remote.id not in seen:
            seen.add(remote.id)
            file = desk.session.ask(desk.calls.get_file(remote.id).request)
            if not isinstance(file, Fault):
                yield file
            elif not file.gone:
                raise Unreadable(file)


def held_of(desk: Desk, file: Mapping[str, Any]) -> Held | None:
    """Ask for all of a form; None where it is gone, or in the trash. Unreadable where Google does not say."""
    name = str(file["id"])
    if file.get("trashed"):
        return None
    form = desk.session.ask(desk.calls.get_form(name).request)
    if isinstance(form, Fault):
        if form.gone:
            return None
        raise Unreadable(form)
    permissions: list[Mapping[str, Any]] = []
    for page in pages(desk.session, desk.calls.list_permissions(name), desk.calls.next_permissions):
        permissions += page.get("permissions", ())
    return Held(file, form, permissions)


def _is_of(settings: GoogleForms, mark: Mark, namespaces: frozenset[str]) -> bool:
    own = mark_for("", settings.target, FormName("", "")).target
    return mark.target == own and (not namespaces or mark.namespace in namespaces)


def _namespaces(settings: GoogleForms, seen: Sequence[Resource]) -> frozenset[str]:
    """Gather the namespaces that are ours, as marks have them: other projects may have a target of the same name."""
    if settings.namespace:
        return frozenset({mark_for(settings.namespace, "", FormName("", "")).namespace})
    found = (mapping_in(resource.fields.get("mark")).get("namespace") for resource in seen)
    return frozenset(str(each) for each in found if each)
