"""Making, changing and deleting calendars, and the rules of who may see them."""

from collections.abc import Callable, Generator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, TypeAlias

from attrs import evolve

from briefingkit.publish import Change, Outcome, Remote, Resource, Status
from briefingkit_google.batch import Ask, Reply
from briefingkit_google.calendar.calendars import (
    CalendarMark,
    calendar_body,
    calendar_fields,
    calendar_mark_of,
    calendar_remote,
    rule_remote,
)
from briefingkit_google.calendar.calls import Calls
from briefingkit_google.stepping import Steps, steps_for, unsuccessful

__all__ = ["AccessWriter", "CalendarWriter"]

_MOVED: Final = "it has changed at Google since it was read: plan again"
_REMOVED: Final = "it was removed at Google since it was read: plan again"
_IN_USE: Final = "events stand in it, and would be deleted with it: move or delete them first"
_LOST: Final = "no answer came, and the list of calendars does not have it yet: plan again in a while"

_Found: TypeAlias = Generator[Ask, Reply, "list[str] | Outcome"]
_Look: TypeAlias = Generator[Ask, Reply, "Mapping[str, Any] | Outcome"]


class CalendarWriter:
    """Writes the calendars that the target makes; `known` is told the id of each."""

    def __init__(self, calls: Calls, known: dict[str, str]) -> None:
        self._calls = calls
        self._known = known

    def steps(self, change: Change) -> Steps:
        """Give what a change takes."""
        return steps_for(change, create=self._create, update=self._update, delete=self._delete)

    def _create(self, change: Change, wanted: Resource) -> Steps:
        found = yield from self._find(change, wanted)
        if isinstance(found, Outcome):
            return found
        if found:
            return (yield from self._take_over(change, wanted, found))
        reply = yield self._calls.insert_calendar(calendar_body(wanted))
        if reply.fault is None:
            return self._done(change, wanted, reply.answer)
        if not reply.unsure:
            return unsuccessful(change, reply.fault)
        # It may be there. A second would be one too many, so only finding it helps.
        found = yield from self._find(change, wanted)
        if isinstance(found, Outcome) or not found:
            return Outcome(change, Status.UNKNOWN, error=_LOST)
        outcome = yield from self._take_over(change, wanted, found)
        return evolve(outcome, status=Status.UNKNOWN) if outcome.status is Status.FAILED else outcome

    def _take_over(self, change: Change, wanted: Resource, found: Sequence[str]) -> Steps:
        """Bring the calendar that has the mark in step."""
        if len(found) > 1:
            words = f"it is there more than once ({', '.join(sorted(found))}): delete all but one"
            return Outcome(change, Status.REFUSED, error=words)
        raw = yield from self._get(change, found[0])
        if isinstance(raw, Outcome):
            return raw
        if calendar_fields(raw) == wanted.fields:
            return self._done(change, wanted, raw)
        return (yield from self._patch(change, wanted, raw, calendar_body(wanted)))

    def _find(self, change: Change, wanted: Resource) -> _Found:
        """Look through the list of calendars for the mark that this one would have."""
        mark = calendar_mark_of(calendar_body(wanted))
        found: list[str] = []
        request = self._calls.list_calendars()
        while request is not None:
            reply = yield Ask(request)
            if reply.fault is not None:
                return unsuccessful(change, reply.fault)
            entries = reply.answer.get("items", ())
            found += [
                each["id"] for each in entries if calendar_mark_of(each) == mark and not each.get("deleted")
            ]
            request = self._calls.next_calendars(request, reply.answer)
        return found

    def _update(self, change: Change, wanted: Resource, held: Remote) -> Steps:
        raw = yield from self._get(change, held.id)
        if isinstance(raw, Outcome):
            return raw
        if calendar_fields(raw) != held.resource.fields:
            return Outcome(change, Status.FAILED, error=_MOVED)
        names = {"description" if name == "mark" else name for name in change.edits}
        body = {name: value for name, value in calendar_body(wanted).items() if name in names}
        return (yield from self._patch(change, wanted, raw, body))

    def _patch(
        self, change: Change, wanted: Resource, raw: Mapping[str, Any], body: Mapping[str, Any]
    ) -> Steps:
        calendar = str(raw["id"])
        reply = yield self._calls.patch_calendar(calendar, raw.get("etag"), body)
        if reply.fault is None:
            return self._done(change, wanted, reply.answer)
        if not reply.unsure:
            words = _MOVED if reply.fault.status == HTTPStatus.PRECONDITION_FAILED else None
            return unsuccessful(change, reply.fault, words=words)
        now = yield from self._get(change, calendar)
        if isinstance(now, Outcome) or any(now.get(name) != value for name, value in body.items()):
            return Outcome(change, Status.UNKNOWN, error=reply.fault.words)
        return self._done(change, wanted, now)

    def _delete(self, change: Change, held: Remote | None) -> Steps:
        if held is None:
            return Outcome(change, Status.DONE)
        reply = yield self._calls.get_calendar(held.id)
        if reply.fault is None:
            if calendar_fields(reply.answer) != held.resource.fields:
                return Outcome(change, Status.FAILED, error=_MOVED)
            inside = yield self._calls.any_event(held.id)
            if inside.fault is None and inside.answer.get("items"):
                return Outcome(change, Status.REFUSED, error=_IN_USE)
            if inside.fault is not None and not inside.fault.gone:
                return unsuccessful(change, inside.fault)
            reply = yield self._calls.delete_calendar(held.id)
        if reply.fault is not None and not reply.fault.gone:
            return unsuccessful(change, reply.fault, unsure=reply.unsure)
        self._known.pop(change.identity.key, None)
        return Outcome(change, Status.DONE)

    def _get(self, change: Change, calendar: str) -> _Look:
        reply = yield self._calls.get_calendar(calendar)
        if reply.fault is not None:
            return unsuccessful(change, reply.fault, words=_REMOVED if reply.fault.gone else None)
        raw: Mapping[str, Any] = reply.answer
        return raw

    def _done(self, change: Change, wanted: Resource, raw: Mapping[str, Any]) -> Outcome:
        self._known[wanted.key] = str(raw["id"])
        mark = calendar_mark_of(raw) or CalendarMark("", wanted.owner, wanted.key)
        return Outcome(change, Status.DONE, calendar_remote(raw, mark))


class AccessWriter:
    """Writes rules of access. `place` gives a calendar by its key; `ours` says whether we made that calendar."""

    def __init__(self, calls: Calls, place: Callable[[str], str | None], *, ours: bool) -> None:
        self._calls = calls
        self._place = place
        self._ours = ours

    def steps(self, change: Change) -> Steps:
        """Give what a change takes."""
        return steps_for(change, create=self._create, update=self._write, delete=self._delete)

    def _create(self, change: Change, wanted: Resource) -> Steps:
        key, _, scope = change.identity.key.partition(" ")
        calendar = self._place(key)
        if calendar is None:
            return Outcome(change, Status.REFUSED, error="the calendar that it is about is not there")
        # An insert would write over a rule that stands there already.
        found = yield self._calls.get_rule(calendar, scope)
        if found.fault is not None and not found.fault.gone:
            return unsuccessful(change, found.fault)
        standing = None if found.fault is not None or found.answer.get("role") == "none" else found.answer
        if standing is not None and standing.get("role") == wanted.fields["role"]:
            return self._done(change, standing, calendar)
        if standing is not None and not self._ours:
            words = f"{scope} may see it already, as {standing.get('role')}, and briefingkit did not say so"
            return Outcome(change, Status.REFUSED, error=words)
        kind, _, value = scope.partition(":")
        body = {
            "role": wanted.fields["role"],
            "scope": {"type": kind, **({"value": value} if value else {})},
        }
        # Sent twice it says the same: the rule's id follows from its scope.
        reply = yield self._calls.insert_rule(calendar, body)
        if reply.fault is not None:
            return unsuccessful(change, reply.fault, unsure=reply.unsure)
        return self._done(change, reply.answer, calendar)

    def _write(self, change: Change, wanted: Resource, held: Remote) -> Steps:
        calendar, rule = held.server["calendar"], held.server["rule"]
        body = {"role": wanted.fields["role"]}
        reply = yield self._calls.patch_rule(calendar, rule, held.etag, body)
        if reply.fault is None:
            return self._done(change, reply.answer, calendar)
        if reply.fault.gone:
            return unsuccessful(change, reply.fault, words=_REMOVED)
        if reply.fault.status != HTTPStatus.PRECONDITION_FAILED:
            return unsuccessful(change, reply.fault, unsure=reply.unsure)
        found = yield self._calls.get_rule(calendar, rule)
        if found.fault is None and reply.unsure and found.answer.get("role") == body["role"]:
            return self._done(change, found.answer, calendar)
        return unsuccessful(change, reply.fault, unsure=reply.unsure, words=_MOVED)

    def _delete(self, change: Change, held: Remote | None) -> Steps:
        if held is None:
            return Outcome(change, Status.DONE)
        reply = yield self._calls.delete_rule(held.server["calendar"], held.server["rule"], held.etag)
        if reply.fault is None or reply.fault.gone:
            return Outcome(change, Status.DONE)
        words = _MOVED if reply.fault.status == HTTPStatus.PRECONDITION_FAILED else None
        return unsuccessful(change, reply.fault, unsure=reply.unsure, words=words)

    def _done(self, change: Change, raw: Mapping[str, Any], calendar: str) -> Outcome:
        key, _, _ = change.identity.key.partition(" ")
        return Outcome(change, Status.DONE, rule_remote(raw, key, calendar, change.owner))
