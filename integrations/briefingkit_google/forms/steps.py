"""Making, changing and taking away a form, request by request.

Google names a form, and half a dozen requests make one. So the mark is there from the first of them on, each is such
that it may be said again, and whoever comes after a run that died goes on from what is there.
"""

from collections.abc import Generator, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from attrs import define

from briefingkit.publish import Change, Outcome, Remote, Resource, Status
from briefingkit_google.batch import Ask, Reply
from briefingkit_google.faults import Fault, Reach
from briefingkit_google.forms.body import Names, batch_requests
from briefingkit_google.forms.calls import Calls
from briefingkit_google.forms.history import past_of
from briefingkit_google.forms.identity import (
    FormName,
    Mark,
    filled_properties,
    is_filled,
    mark_of,
    mark_properties,
    outputs_of,
    outputs_property,
)
from briefingkit_google.forms.remotes import Held, form_fields, form_remote
from briefingkit_google.forms.sharing import Wanted, differences, known_editors
from briefingkit_google.stepping import Steps, steps_for, unsuccessful
from briefingkit_google.unchecked import list_in, mapping_in

if TYPE_CHECKING:
    from briefingkit_google.forms.settings import GoogleForms

__all__ = ["FormWriter"]

_MOVED: Final = "it has changed at Google since it was read: plan again"
_REMOVED: Final = "it was removed at Google since it was read: plan again"
_LOST: Final = "no answer came, and Google Drive does not find it yet: plan again in a while"
_PARTIAL: Final = "Google Drive did not search all that there is, so nothing was made: try again later"
_NOT_TAKEN: Final = "Google did not keep what was set"
_NOT_FOR_US: Final = {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN}
_LOOKED_AGAIN: Final = (5.0, 10.0, 20.0, 30.0)
"""Seconds between searches for a form that may have been made: Drive's index takes its time."""
_SET: Final = ("emails", "quiz", "published", "accepting", "responders")
"""What is set apart from the content: that it is so is looked at, for no revision is about it."""

_IN_THE_TRASH: Final = Fault(Reach.RESOURCE, _REMOVED, certain=True, status=HTTPStatus.GONE)

_Asking: TypeAlias = Generator[Ask, Reply, Any]
"""A part of the steps; what it returns is said where it is."""


@define
class _Work:
    """One form while it is brought in step; `touched` once something may have changed at Google."""

    change: Change
    wanted: Resource
    names: Names
    editors: frozenset[str]
    touched: bool = False

    def failed(self, fault: Fault, *, unsure: bool = False, words: str | None = None) -> Outcome:
        """Make the outcome of a request that did not succeed: FAILED only while nothing has changed."""
        return unsuccessful(self.change, fault, unsure=unsure or self.touched, words=words)

    def stale(self) -> Outcome:
        """Make the outcome of what was overtaken."""
        return Outcome(self.change, Status.UNKNOWN if self.touched else Status.FAILED, error=_MOVED)


class FormWriter:
    """Writes the forms of a target; `account` is who we are, for whoever has to share something with us."""

    def __init__(self, settings: "GoogleForms", calls: Calls, account: str) -> None:
        self._settings = settings
        self._calls = calls
        self._account = account

    def steps(self, change: Change) -> Steps:
        """Give what a change takes."""
        return steps_for(change, create=self._create, update=self._update, delete=self._delete)

    # Making one

    def _create(self, change: Change, wanted: Resource) -> Steps:
        mark = _mark(wanted)
        work = _Work(change, wanted, Names.of(wanted), known_editors(wanted.fields))
        found = yield from self._find(work, mark, patient=change.uncertain)
        if not isinstance(found, Outcome) and not found:
            found = yield from self._make(work, mark)
        if isinstance(found, Outcome):
            return found
        if len(found) > 1:
            ids = ", ".join(sorted(str(file["id"]) for file in found))
            words = f"it is there more than once ({ids}): put all but one into the trash"
            return Outcome(change, Status.REFUSED, error=words)
        held = yield from self._look(str(found[0]["id"]))
        if isinstance(held, Fault):
            return work.failed(held)
        return (yield from self._bring(work, held))

    def _find(self, work: _Work, mark: Mark, *, patient: bool) -> _Asking:
        """Search for the forms that have a mark; where one may just have been made, several times."""
        for wait in (0.0, *(_LOOKED_AGAIN if patient else ())):
            found: list[Mapping[str, Any]] = []
            request = self._calls.find_files(mark)
            while request is not None:
                reply = yield Ask(request, wait=wait)
                wait = 0.0  # noqa: PLW2901 - the next page comes at once
                if reply.fault is not None:
                    return work.failed(reply.fault)
                if reply.answer.get("incompleteSearch"):
                    status = Status.UNKNOWN if work.touched else Status.FAILED
                    return Outcome(work.change, status, error=_PARTIAL)
                files = map(mapping_in, list_in(reply.answer.get("files")))
                found += [file for file in files if mark_of(file) == mark and not file.get("trashed")]
                request = self._calls.next_files(request, reply.answer)
            if found:
                return found
        return []

    def _make(self, work: _Work, mark: Mark) -> _Asking:
        settings, properties = self._settings, mark_properties(mark)
        name = str(work.wanted.fields["document"])
        if settings.template is not None:
            reply = yield self._calls.copy_file(settings.template, name, settings.folder, properties)
        else:
            reply = yield self._calls.create_file(name, settings.folder, properties)
        if reply.fault is None:
            work.touched = True
            return [reply.answer]
        if not reply.unsure:
            return work.failed(reply.fault, words=self._where(reply.fault))
        # It may be there. A second would be one too many, so only finding it helps.
        work.touched = True
        found = yield from self._find(work, mark, patient=True)
        if isinstance(found, Outcome) or found:
            return found
        return Outcome(work.change, Status.UNKNOWN, error=_LOST)

    def _where(self, fault: Fault) -> str | None:
        """Say what is not there, or not for us."""
        places = {"folder": self._settings.folder, "template": self._settings.template}
        named = " or ".join(f"the {what} {place}" for what, place in places.items() if place is not None)
        if not named or fault.reach is not Reach.RESOURCE or fault.status not in _NOT_FOR_US:
            return None
        return (
            f"{self._account} cannot use {named}: share it with that account, the folder as Content manager"
        )

    # Changing one

    def _update(self, change: Change, wanted: Resource, held: Remote) -> Steps:
        names = Names.of(held.resource, wanted)
        editors = known_editors(wanted.fields, held.resource.fields)
        work = _Work(change, wanted, names, editors)
        now = yield from self._look(held.id)
        if isinstance(now, Fault):
            return work.failed(now, words=_REMOVED if now.gone else None)
        if form_fields(now, names, editors) != held.resource.fields:
            return work.stale()
        return (yield from self._bring(work, now))

    def _bring(self, work: _Work, held: Held) -> Steps:
        """Bring a form to what is wanted: its content, its file, who may see it, and at last whether it is open."""
        # Where an option's text has become another option's, what is wanted has the last word from here on.
        work.names = Names.of(work.wanted)
        for part in (self._fill, self._name, self._share, self._publish):
            failed: Outcome | None = yield from part(work, held)
            if failed is not None:
                return failed
        now = (yield from self._look(held.id)) if work.touched else held
        if isinstance(now, Fault):
            return work.failed(now)
        past = past_of(work.change, work.names).write()
        remote = form_remote(now, _mark(work.wanted), work.names, work.editors, past)
        off = [name for name in _SET if remote.resource.fields[name] != work.wanted.fields[name]]
        if off:
            return Outcome(work.change, Status.UNKNOWN, error=f"{_NOT_TAKEN}: {', '.join(off)}")
        return Outcome(work.change, Status.DONE, remote)

    def _fill(self, work: _Work, held: Held) -> _Asking:
        requests = self._requests(work, held)
        if not requests:
            return None
        reply = yield self._calls.update_form(held.id, requests, held.revision)
        if reply.fault is None:
            work.touched = True
            return None
        now = yield from self._look(held.id)
        if isinstance(now, Fault):
            return work.failed(reply.fault, unsure=reply.unsure)
        if reply.unsure and not self._requests(work, now):
            work.touched = True  # the answer was lost, and all of it is done
            return None
        if not reply.unsure and now.revision != held.revision:
            return work.stale()
        return work.failed(reply.fault, unsure=reply.unsure)

    def _requests(self, work: _Work, held: Held) -> list[dict[str, Any]]:
        bare = self._settings.template is None and not is_filled(held.file)
        return batch_requests(held.form, work.wanted.fields, work.names, bare=bare)

    def _name(self, work: _Work, held: Held) -> _Asking:
        """Name the file, and note that the form is filled."""
        fields = work.wanted.fields
        body: dict[str, Any] = {}
        if held.file.get("name") != fields["document"]:
            body["name"] = fields["document"]
        outputs = tuple(map(str, list_in(fields["outputs"])))
        if not is_filled(held.file) or outputs_of(held.file) != outputs:
            body["appProperties"] = {**filled_properties(held.id), **outputs_property(outputs)}
        return (yield from self._said(work, self._calls.update_file(held.id, body) if body else None))

    def _share(self, work: _Work, held: Held) -> _Asking:
        fields, settings = work.wanted.fields, self._settings
        wanted = Wanted(
            tuple(map(str, list_in(fields["responders"]))),
            tuple(map(str, list_in(fields["editors"]))),
            settings.responders.scopes,
            settings.editors,
        )
        todo = differences(held.permissions, wanted, ours=work.editors)
        for grant in todo.grants:
            failed = yield from self._said(work, self._calls.grant(held.id, grant))
            if failed is not None:
                return failed
        for permission in todo.revoked:
            failed = yield from self._said(work, self._calls.revoke(held.id, permission), gone_is_done=True)
            if failed is not None:
                return failed
        return None

    def _publish(self, work: _Work, held: Held) -> _Asking:
        state = mapping_in(mapping_in(held.form.get("publishSettings")).get("publishState"))
        published, accepting = bool(work.wanted.fields["published"]), bool(work.wanted.fields["accepting"])
        now = bool(state.get("isPublished")), bool(state.get("isAcceptingResponses"))
        ask = self._calls.publish(held.id, published=published, accepting=accepting)
        return (yield from self._said(work, None if now == (published, accepting) else ask))

    def _said(self, work: _Work, ask: Ask | None, *, gone_is_done: bool = False) -> _Asking:
        """Send what may be said twice; None where it is done, else the outcome."""
        if ask is None:
            return None
        reply = yield ask
        if reply.fault is None or (gone_is_done and reply.fault.gone):
            work.touched = True
            return None
        return work.failed(reply.fault, unsure=reply.unsure)

    # Taking one away

    def _delete(self, change: Change, held: Remote | None) -> Steps:
        """Put a form into the trash, from which people can take it back: answers are in it."""
        if held is None:
            return Outcome(change, Status.DONE)
        names, editors = Names.of(held.resource), known_editors(held.resource.fields)
        now = yield from self._look(held.id)
        if isinstance(now, Fault):
            return Outcome(change, Status.DONE) if now.gone else unsuccessful(change, now)
        if form_fields(now, names, editors) != held.resource.fields:
            return Outcome(change, Status.FAILED, error=_MOVED)
        reply = yield self._calls.update_file(held.id, {"trashed": True})
        if reply.fault is None or reply.fault.gone:
            return Outcome(change, Status.DONE)
        words = None
        if reply.fault.status == HTTPStatus.FORBIDDEN:
            words = f"{self._account} may not put it into the trash: in a shared drive that takes a Content manager"
        return unsuccessful(change, reply.fault, unsure=reply.unsure, words=words)

    # Looking

    def _look(self, form: str) -> _Asking:
        """Ask for all of a form; the Fault where one of the answers does not come. One in the trash is gone."""
        file = yield self._calls.get_file(form)
        if file.fault is not None:
            return file.fault
        if file.answer.get("trashed"):
            return _IN_THE_TRASH
        content = yield self._calls.get_form(form)
        if content.fault is not None:
            return content.fault
        permissions: list[Mapping[str, Any]] = []
        request = self._calls.list_permissions(form)
        while request is not None:
            reply = yield Ask(request)
            if reply.fault is not None:
                return reply.fault
            permissions += map(mapping_in, list_in(reply.answer.get("permissions")))
            request = self._calls.next_permissions(request, reply.answer)
        return Held(file.answer, content.answer, permissions)


def _mark(wanted: Resource) -> Mark:
    name, mark = FormName.parse(wanted.key), mapping_in(wanted.fields["mark"])
    if name is None:
        raise ValueError(f"{wanted.key} is no form of this target")
    return Mark(str(mark["namespace"]), str(mark["target"]), name)
