"""Making, changing and deleting events, each as the requests that it takes and the answers that it may get.

Every request can be sent again: an insert names its id, a patch and a deletion name the etag that they are about. Where
one was sent again because no answer came, the answer to the second tells what became of the first.
"""

from collections.abc import Callable, Generator, Mapping
from http import HTTPStatus
from typing import Any, Final, TypeAlias

from briefingkit.publish import Change, Identity, Outcome, Remote, Resource, Status
from briefingkit_google.batch import Ask, Reply
from briefingkit_google.calendar.calls import Calls
from briefingkit_google.calendar.event import (
    ConferenceState,
    Governed,
    conference_state,
    event_fields,
    guests_known,
    insert_body,
    is_deleted,
    patch_body,
    remote_of,
    worth_telling,
)
from briefingkit_google.calendar.identity import mark_of
from briefingkit_google.calendar.settings import GoogleCalendar
from briefingkit_google.stepping import Steps, steps_for, unsuccessful

__all__ = ["EventWriter"]

_MOVED: Final = "it has changed at Google since it was read: plan again"
_REMOVED: Final = "it was removed at Google since it was read: plan again"
_NEEDS_THE_EVENT: Final = frozenset({"attendees", "conference"})
"""Fields that are written over what stands there: answers of guests, and a room that is being made."""

_WAITS_FOR_A_ROOM: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds between looks at a room that is being made; Google takes one or two as a rule."""

_Look: TypeAlias = Generator[Ask, Reply, "Mapping[str, Any] | Outcome"]


class EventWriter:
    """Writes the events of a target. `place` tells in which calendar a wanted event goes; None where there is none."""

    def __init__(
        self, settings: GoogleCalendar, calls: Calls, place: Callable[[Identity], str | None]
    ) -> None:
        self._settings = settings
        self._calls = calls
        self._place = place
        self._governed = Governed.by(settings)

    def steps(self, change: Change) -> Steps:
        """Give what a change takes."""
        return steps_for(
            change,
            create=self._create,
            update=lambda change, _wanted, held: self._update(change, held),
            delete=self._delete,
        )

    # Making

    def _create(self, change: Change, wanted: Resource) -> Steps:
        calendar = self._place(wanted.identity)
        if calendar is None:
            return Outcome(
                change,
                Status.REFUSED,
                error="the calendar that it belongs in is not there, or is there twice",
            )
        reply = yield self._calls.insert_event(calendar, insert_body(wanted), tell=self._tell(change))
        if reply.fault is None:
            return (yield from self._finish(change, calendar, reply.answer))
        if reply.fault.status != HTTPStatus.CONFLICT:
            return unsuccessful(change, reply.fault, unsure=reply.unsure)
        # The id is taken: by what an unanswered request made, what a lost ledger knew of, or what was deleted.
        return (yield from self._take_over(change, wanted, calendar, unsure=reply.unsure))

    def _take_over(self, change: Change, wanted: Resource, calendar: str, *, unsure: bool) -> Steps:
        """Bring what stands under the id in step, once more if somebody changes it meanwhile."""
        event = str(wanted.fields["id"])
        outcome = Outcome(change, Status.UNKNOWN if unsure else Status.FAILED, error=_MOVED)
        for _ in range(2):
            found = yield self._calls.get_event(calendar, event)
            if found.fault is not None:
                return unsuccessful(change, found.fault, unsure=unsure)
            raw = found.answer
            if mark_of(raw) is None and not is_deleted(raw):
                return _stands_in_the_way(change, calendar, event)
            if not is_deleted(raw) and event_fields(raw, self._governed) == wanted.fields:
                return (yield from self._finish(change, calendar, raw))
            if self._governed.guests and not guests_known(raw):
                return _guests_unknown(change)
            body = patch_body(change, raw)
            reply = yield self._calls.patch_event(
                calendar, event, raw.get("etag"), body, tell=self._tell(change)
            )
            if reply.fault is None:
                return (yield from self._finish(change, calendar, reply.answer))
            unsure = unsure or reply.unsure
            if reply.fault.status != HTTPStatus.PRECONDITION_FAILED:
                return unsuccessful(change, reply.fault, unsure=unsure)
            outcome = unsuccessful(change, reply.fault, unsure=unsure, words=_MOVED)
        return outcome

    # Changing

    def _update(self, change: Change, held: Remote) -> Steps:
        if _NEEDS_THE_EVENT.isdisjoint(change.edits):
            reply = yield self._patch(change, held, None)
            if reply.fault is None or reply.fault.status != HTTPStatus.PRECONDITION_FAILED:
                return (yield from self._after_patch(change, held, reply))
        else:
            reply = Reply()
        raw = yield from self._look_again(change, held, unsure=reply.unsure)
        if isinstance(raw, Outcome):
            return raw
        if "attendees" in change.edits and not guests_known(raw):
            return _guests_unknown(change)
        reply = yield self._patch(change, held, raw)
        if reply.unsure and reply.fault is not None and reply.fault.status == HTTPStatus.PRECONDITION_FAILED:
            raw = yield from self._look_again(change, held, unsure=True)
            return raw if isinstance(raw, Outcome) else Outcome(change, Status.FAILED, error=_MOVED)
        return (yield from self._after_patch(change, held, reply))

    def _patch(self, change: Change, held: Remote, raw: Mapping[str, Any] | None) -> Ask:
        calendar, _, event = held.id.rpartition("/")
        etag = held.etag if raw is None else raw.get("etag")
        return self._calls.patch_event(
            calendar, event, etag, patch_body(change, raw), tell=self._tell(change)
        )

    def _after_patch(self, change: Change, held: Remote, reply: Reply) -> Steps:
        if reply.fault is None:
            calendar, _, _ = held.id.rpartition("/")
            return (yield from self._finish(change, calendar, reply.answer))
        words = _REMOVED if reply.fault.gone else None
        return unsuccessful(change, reply.fault, unsure=reply.unsure, words=words)

    def _look_again(self, change: Change, held: Remote, *, unsure: bool) -> _Look:
        """Read an event again that is to be written: all is well if nothing of ours moved, as when a guest answered.

        `unsure`: an earlier attempt may have been done without an answer, and then it is as we wanted it.
        """
        calendar, _, event = held.id.rpartition("/")
        reply = yield self._calls.get_event(calendar, event)
        if reply.fault is not None:
            words = _REMOVED if reply.fault.gone else None
            return unsuccessful(change, reply.fault, unsure=unsure, words=words)
        raw: Mapping[str, Any] = reply.answer
        if is_deleted(raw):
            return Outcome(change, Status.FAILED, error=_REMOVED)
        fields = event_fields(raw, self._governed)
        if fields == held.resource.fields:
            return raw
        if unsure and self._is_as_sent(change, held, fields):
            return (yield from self._finish(change, calendar, raw))
        return Outcome(change, Status.UNKNOWN if unsure else Status.FAILED, error=_MOVED)

    @staticmethod
    def _is_as_sent(change: Change, held: Remote, fields: Mapping[str, Any]) -> bool:
        """Whether what stands there is what the change would have made of what it saw."""
        wanted = change.wanted.fields if change.wanted is not None else {}
        made = {**held.resource.fields, **{name: wanted.get(name) for name in change.edits}}
        return made == fields

    # Deleting

    def _delete(self, change: Change, held: Remote | None) -> Steps:
        if held is None:
            return Outcome(change, Status.DONE)
        calendar, _, event = held.id.rpartition("/")
        tell = self._tell(change)
        reply = yield self._calls.delete_event(calendar, event, held.etag, tell=tell)
        if reply.fault is not None and reply.fault.status == HTTPStatus.PRECONDITION_FAILED:
            found = yield self._calls.get_event(calendar, event)
            if found.fault is not None and not found.fault.gone:
                return unsuccessful(change, found.fault)
            if found.fault is not None or is_deleted(found.answer):
                return Outcome(change, Status.DONE)
            if event_fields(found.answer, self._governed) != held.resource.fields:
                return Outcome(change, Status.FAILED, error=_MOVED)
            # Only what is not ours to mind has moved, such as a guest's answer.
            reply = yield self._calls.delete_event(calendar, event, found.answer.get("etag"), tell=tell)
        if reply.fault is None or reply.fault.gone:
            return Outcome(change, Status.DONE)
        return unsuccessful(change, reply.fault, unsure=reply.unsure)

    # What is there then

    def _finish(self, change: Change, calendar: str, raw: Mapping[str, Any]) -> Steps:
        """Say what is there; a room that was asked for is followed until it is made or refused.

        Without its room an event is not what was wanted, yet it is not as it was: only UNKNOWN lets the next plan look
        at it and ask again.
        """
        wanted = change.wanted
        if wanted is not None and wanted.fields.get("conference") is not None:
            for wait in _WAITS_FOR_A_ROOM:
                if conference_state(raw) is not ConferenceState.PENDING:
                    break
                reply = yield self._calls.get_event(calendar, str(raw["id"]), wait=wait)
                raw = reply.answer if reply.fault is None else raw
            if conference_state(raw) is not ConferenceState.SUCCESS:
                return Outcome(change, Status.UNKNOWN, error=_ROOMLESS[conference_state(raw)])
        return Outcome(change, Status.DONE, remote_of(raw, calendar, self._governed, wanted=wanted))

    def _tell(self, change: Change) -> str:
        return self._settings.send_updates.value if worth_telling(change) else "none"


_ROOMLESS: Final = {
    ConferenceState.PENDING: "the event is in step, and Google is still making its room: plan again in a while",
    ConferenceState.FAILURE: "the event is in step, and Google could not make its room: plan again to ask again",
    ConferenceState.NONE: "the event is in step, and Google made no room: does this account have Google Meet, and does "
    "the calendar allow it?",
}


def _stands_in_the_way(change: Change, calendar: str, event: str) -> Outcome:
    words = f"{calendar}/{event} stands where {change.identity} should go, and briefingkit did not make it"
    return Outcome(change, Status.REFUSED, error=words)


def _guests_unknown(change: Change) -> Outcome:
    words = "Google does not tell all of its guests, and writing their list would remove the others: change it by hand"
    return Outcome(change, Status.REFUSED, error=words)
