"""Making, changing and trashing spreadsheets, and sharing them."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from attrs import evolve

from briefingkit.publish import Change, Outcome, Remote, Resource, Status
from briefingkit_google.batch import Ask, Reply
from briefingkit_google.masking import masked
from briefingkit_google.sheets.calls import Calls
from briefingkit_google.sheets.identity import SheetMark, mark_of, mark_properties, own_id, search_for
from briefingkit_google.sheets.reading import access_in, fields_of, open_session, remote_of
from briefingkit_google.sheets.settings import GoogleSheets
from briefingkit_google.sheets.sharing import Give, Take, shared, sharing_steps
from briefingkit_google.stepping import Steps, outcomes, steps_for, unsuccessful

__all__ = ["apply_changes"]

_MOVED: Final = "it has changed at Google since it was read: plan again"
_REMOVED: Final = "it was removed at Google since it was read: plan again"
_LOST: Final = "no answer came, and Drive does not find it yet: plan again in a while"
_NOT_SEARCHED: Final = "Google could not search all drives, so it may be there: try again in a while"
_TRASH: Final = (
    "this account may not move it to the trash: in a shared drive that takes a content manager. Make the account one, "
    "or move it there by hand"
)
_FORBIDDEN: Final = 403

_Look: TypeAlias = Generator[Ask, Reply, "Mapping[str, Any] | Outcome"]
_Found: TypeAlias = Generator[Ask, Reply, "list[Mapping[str, Any]] | Outcome"]
_Shared: TypeAlias = Generator[Ask, Reply, "dict[str, str] | Outcome"]


def apply_changes(settings: GoogleSheets, changes: Sequence[Change]) -> Iterator[Outcome]:
    """Bring a target in step: one outcome a change, in the order in which they become known."""
    session = open_session(settings)
    return outcomes(session, changes, _Writer(settings, Calls(session.service), session.account).steps)


class _Writer:
    """Gives what each change takes."""

    def __init__(self, settings: GoogleSheets, calls: Calls, account: str) -> None:
        self._settings = settings
        self._calls = calls
        self._account = account

    def steps(self, change: Change) -> Steps:
        """Give what a change takes, request by request."""
        return steps_for(change, create=self._create, update=self._update, delete=self._trash)

    # Making

    def _create(self, change: Change, wanted: Resource) -> Steps:
        mark = _mark(wanted)
        found = yield from self._find(change, mark)
        if isinstance(found, Outcome):
            return found
        if found:
            return (yield from self._take_over(change, wanted, found))
        properties = mark_properties(mark, _columns(wanted))
        reply = yield self._calls.create_file(str(wanted.fields["title"]), self._settings.folder, properties)
        if reply.fault is None:
            return (yield from self._bring(change, wanted, reply.answer))
        if not reply.unsure:
            return unsuccessful(change, reply.fault, words=self._no_folder(reply))
        # It may be there. A second would be one too many, so only finding it helps.
        found = yield from self._find(change, mark)
        if isinstance(found, Outcome) or not found:
            return Outcome(change, Status.UNKNOWN, error=_LOST)
        outcome = yield from self._take_over(change, wanted, found)
        return evolve(outcome, status=Status.UNKNOWN) if outcome.status is Status.FAILED else outcome

    def _no_folder(self, reply: Reply) -> str | None:
        folder, fault = self._settings.folder, reply.fault
        if (
            folder is None
            or fault is None
            or not (fault.gone or fault.reason == "insufficientFilePermissions")
        ):
            return None
        return (
            f"{self._account} may not put files into folder {folder}: check its id, and make the account a content "
            "manager of the shared drive, or an editor of the folder"
        )

    def _find(self, change: Change, mark: SheetMark) -> _Found:
        """Search for the mark that this one would have; copies that people made are theirs."""
        found: list[Mapping[str, Any]] = []
        request = self._calls.list_files(search_for(mark))
        while request is not None:
            reply = yield Ask(request)
            if reply.fault is not None:
                return unsuccessful(change, reply.fault)
            if reply.answer.get("incompleteSearch"):
                return Outcome(change, Status.FAILED, error=_NOT_SEARCHED)
            found += [each for each in reply.answer.get("files", ()) if mark_of(each) == mark]
            request = self._calls.next_files(request, reply.answer)
        return found

    def _take_over(self, change: Change, wanted: Resource, found: Sequence[Mapping[str, Any]]) -> Steps:
        """Bring the one that has the mark in step."""
        finished = [each for each in found if own_id(each) is not None]
        those = finished or found
        if len(those) > 1:
            names = ", ".join(sorted(str(each["id"]) for each in those))
            return Outcome(
                change, Status.REFUSED, error=f"it is there more than once ({names}): trash all but one"
            )
        return (yield from self._bring(change, wanted, those[0]))

    # Changing

    def _update(self, change: Change, wanted: Resource, held: Remote) -> Steps:
        raw = yield from self._get(change, held.id)
        if isinstance(raw, Outcome):
            return raw
        mark = mark_of(raw)
        if mark is None:
            return Outcome(change, Status.FAILED, error=_MOVED)
        access = yield from self._access(change, held.id, _roles(held.resource))
        if isinstance(access, Outcome):
            return access
        if not _is_as_held(raw, mark, access, held):
            return Outcome(change, Status.FAILED, error=_MOVED)
        return (yield from self._bring(change, wanted, raw, access_in(held.resource)))

    def _bring(
        self,
        change: Change,
        wanted: Resource,
        raw: Mapping[str, Any],
        before: Mapping[str, Any] | None = None,
    ) -> Steps:
        """Bring a file in step with what is wanted, whatever is missing of it; each request can be sent twice."""
        file, mark = str(raw["id"]), _mark(wanted)
        body: dict[str, Any] = {}
        if raw.get("name") != wanted.fields["title"]:
            body["name"] = wanted.fields["title"]
        properties = mark_properties(mark, _columns(wanted), file)
        if any(raw.get("appProperties", {}).get(key) != value for key, value in properties.items()):
            body["appProperties"] = properties
        if body:
            reply = yield self._calls.update_file(file, body)
            if reply.fault is not None:
                return unsuccessful(change, reply.fault, unsure=change.held is None or reply.unsure)
            raw = reply.answer
        access = yield from self._share(change, file, before or {})
        if isinstance(access, Outcome):
            return evolve(access, status=Status.UNKNOWN)
        return Outcome(change, Status.DONE, remote_of(raw, mark, access, _columns(wanted)))

    # Sharing

    def _share(self, change: Change, file: str, before: Mapping[str, Any]) -> _Shared:
        """Give the roles that are wanted, and take back those that were ours and are wanted no more."""
        wanted = self._settings.access
        if not wanted and not before:
            return {}
        listed = yield from self._permissions(change, file)
        if isinstance(listed, Outcome):
            return listed
        for step in sharing_steps(listed, wanted, before):
            reply = yield self._sharing(file, step)
            gone = isinstance(step, Take) and reply.fault is not None and reply.fault.gone
            if reply.fault is not None and not gone:
                words = f"{masked(step.scope)}: {reply.fault.words}"
                return unsuccessful(change, reply.fault, unsure=reply.unsure, words=words)
        return {masked(scope): wanted[scope] for scope in sorted(wanted, key=masked)}

    def _sharing(self, file: str, step: Give | Take) -> Ask:
        if isinstance(step, Take):
            return self._calls.unshare(file, step.permission)
        if step.permission is None:
            return self._calls.share(file, step.scope, step.role)
        return self._calls.change_role(file, step.permission, step.role)

    def _access(self, change: Change, file: str, looked_for: Mapping[str, str]) -> _Shared:
        if not looked_for:
            return {}
        listed = yield from self._permissions(change, file)
        return listed if isinstance(listed, Outcome) else shared(listed, looked_for)

    def _permissions(self, change: Change, file: str) -> _Found:
        found: list[Mapping[str, Any]] = []
        request = self._calls.list_permissions(file)
        while request is not None:
            reply = yield Ask(request)
            if reply.fault is not None:
                return unsuccessful(change, reply.fault)
            found += reply.answer.get("permissions", ())
            request = self._calls.next_permissions(request, reply.answer)
        return found

    # Taking away

    def _trash(self, change: Change, held: Remote | None) -> Steps:
        if held is None:
            return Outcome(change, Status.DONE)
        reply = yield self._calls.get_file(held.id)
        if reply.fault is None and not reply.answer.get("trashed"):
            raw, mark = reply.answer, mark_of(reply.answer)
            access = yield from self._access(change, held.id, _roles(held.resource))
            if isinstance(access, Outcome):
                return access
            if mark is None or not _is_as_held(raw, mark, access, held):
                return Outcome(change, Status.FAILED, error=_MOVED)
            reply = yield self._calls.update_file(held.id, {"trashed": True})
        if reply.fault is not None and not reply.fault.gone:
            words = _TRASH if reply.fault.status == _FORBIDDEN else None
            return unsuccessful(change, reply.fault, unsure=reply.unsure, words=words)
        return Outcome(change, Status.DONE)

    def _get(self, change: Change, file: str) -> _Look:
        reply = yield self._calls.get_file(file)
        if reply.fault is not None:
            return unsuccessful(change, reply.fault, words=_REMOVED if reply.fault.gone else None)
        raw: Mapping[str, Any] = reply.answer
        return Outcome(change, Status.FAILED, error=_REMOVED) if raw.get("trashed") else raw


def _is_as_held(raw: Mapping[str, Any], mark: SheetMark, access: Mapping[str, str], held: Remote) -> bool:
    """Whether a file is as it was read; its columns are for nobody to change."""
    fields = held.resource.fields
    now = fields_of(
        raw, mark, {each: access[each] for each in access if each in access_in(held.resource)}, None
    )
    return {**now, "columns": fields.get("columns")} == fields


def _roles(resource: Resource) -> dict[str, str]:
    return {scope: str(role) for scope, role in access_in(resource).items()}


def _mark(resource: Resource) -> SheetMark:
    mark = resource.fields["mark"]
    if not isinstance(mark, Mapping):
        raise TypeError("a spreadsheet that we make has a mark")
    return SheetMark(str(mark["namespace"]), str(mark["target"]), resource.key)


def _columns(resource: Resource) -> tuple[str, ...]:
    columns = resource.fields["columns"]
    return tuple(map(str, columns)) if isinstance(columns, tuple) else ()
