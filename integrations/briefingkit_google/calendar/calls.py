"""The requests of Calendar v3 that this target makes, each with what it must always say.

Every method and parameter is in the discovery document that Google's client ships. Answers are asked for in part
(`fields`): what is not compared need not travel.
"""

from collections.abc import Mapping
from typing import Any, Final
from weakref import WeakKeyDictionary

from briefingkit_google.batch import Ask

__all__ = ["Calls", "calls_of"]

_PAGE: Final = 2500
"""Events of one page: the most that Google gives."""
_CALENDARS_PAGE: Final = 250
"""Entries of one page of calendars, or rules: the most that Google gives."""

_CONFERENCE: Final = (
    "conferenceData(conferenceId,conferenceSolution/key,createRequest,entryPoints(entryPointType,uri))"
)
_COMPARED: Final = (
    "id,status,etag,summary,description,location,start,end,transparency,visibility,colorId,reminders,source,"
    "attachments(fileUrl,title),guestsCanInviteOthers,guestsCanModify,guestsCanSeeOtherGuests,"
    f"extendedProperties/private,{_CONFERENCE},attendeesOmitted,"
)
_LISTED: Final = f"nextPageToken,nextSyncToken,items({_COMPARED}attendees(email,organizer,resource))"
_EVENT: Final = f"{_COMPARED}attendees"
_CALENDAR: Final = "id,etag,summary,description,timeZone"
_ENTRIES: Final = "nextPageToken,items(id,summary,description,timeZone,accessRole,deleted,primary)"
_RULES: Final = "nextPageToken,items(id,etag,role,scope)"


class Calls:
    """Makes requests; nothing is sent here."""

    def __init__(self, service: Any) -> None:
        self._events = service.events()
        self._list = service.calendarList()
        self._calendars = service.calendars()
        self._acl = service.acl()

    # Events

    def list_events(self, calendar: str, token: str | None) -> Any:
        """Ask for all events, or for what changed since a token (deleted ones too); all else must not differ."""
        more = {"syncToken": token} if token is not None else {}
        return self._events.list(calendarId=calendar, maxResults=_PAGE, fields=_LISTED, **more)

    def next_events(self, request: Any, page: Mapping[str, Any]) -> Any:
        """Ask for the page after one; None after the last."""
        return self._events.list_next(request, page)

    def any_event(self, calendar: str) -> Ask:
        """Ask whether anything stands in a calendar."""
        return Ask(self._events.list(calendarId=calendar, maxResults=1, fields="items/id"), calendar)

    def get_event(self, calendar: str, event: str, *, wait: float = 0.0) -> Ask:
        """Ask for one event, or what remains of it."""
        return Ask(self._events.get(calendarId=calendar, eventId=event, fields=_EVENT), calendar, wait=wait)

    def insert_event(self, calendar: str, body: Mapping[str, Any], *, tell: str) -> Ask:
        """Make an event under the id that stands in its body; `tell` is whom Google writes to (sendUpdates)."""
        request = self._events.insert(
            calendarId=calendar,
            body=body,
            sendUpdates=tell,
            conferenceDataVersion=1,
            supportsAttachments=True,
            fields=_EVENT,
        )
        return Ask(request, calendar)

    def patch_event(
        self, calendar: str, event: str, etag: str | None, body: Mapping[str, Any], *, tell: str
    ) -> Ask:
        """Change an event that is as its etag says."""
        request = self._events.patch(
            calendarId=calendar,
            eventId=event,
            body=body,
            sendUpdates=tell,
            conferenceDataVersion=1,
            supportsAttachments=True,
            fields=_EVENT,
        )
        return Ask(_if_match(request, etag), calendar)

    def delete_event(self, calendar: str, event: str, etag: str | None, *, tell: str) -> Ask:
        """Delete an event that is as its etag says."""
        request = self._events.delete(calendarId=calendar, eventId=event, sendUpdates=tell)
        return Ask(_if_match(request, etag), calendar)

    # Calendars, and who may see them

    def list_calendars(self) -> Any:
        """Ask for the calendars in this account's list, hidden ones too."""
        return self._list.list(maxResults=_CALENDARS_PAGE, showHidden=True, fields=_ENTRIES)

    def next_calendars(self, request: Any, page: Mapping[str, Any]) -> Any:
        """Ask for the page after one; None after the last."""
        return self._list.list_next(request, page)

    def get_calendar(self, calendar: str) -> Ask:
        """Ask for a calendar's own properties."""
        return Ask(self._calendars.get(calendarId=calendar, fields=_CALENDAR))

    def insert_calendar(self, body: Mapping[str, Any]) -> Ask:
        """Make a calendar. Google names it, so a second request would make a second one."""
        return Ask(self._calendars.insert(body=body, fields=_CALENDAR), once=True)

    def patch_calendar(self, calendar: str, etag: str | None, body: Mapping[str, Any]) -> Ask:
        """Change a calendar's properties."""
        request = self._calendars.patch(calendarId=calendar, body=body, fields=_CALENDAR)
        return Ask(_if_match(request, etag), calendar)

    def delete_calendar(self, calendar: str) -> Ask:
        """Delete a calendar with all that is in it."""
        return Ask(self._calendars.delete(calendarId=calendar), calendar)

    def list_rules(self, calendar: str) -> Any:
        """Ask for the rules that say who may see a calendar."""
        return self._acl.list(calendarId=calendar, maxResults=_CALENDARS_PAGE, fields=_RULES)

    def next_rules(self, request: Any, page: Mapping[str, Any]) -> Any:
        """Ask for the page after one; None after the last."""
        return self._acl.list_next(request, page)

    def get_rule(self, calendar: str, rule: str) -> Ask:
        """Ask for one rule."""
        return Ask(self._acl.get(calendarId=calendar, ruleId=rule))

    def insert_rule(self, calendar: str, body: Mapping[str, Any]) -> Ask:
        """Let somebody see a calendar; Google writes to nobody about it. The id follows from the scope."""
        return Ask(self._acl.insert(calendarId=calendar, body=body, sendNotifications=False), calendar)

    def patch_rule(self, calendar: str, rule: str, etag: str | None, body: Mapping[str, Any]) -> Ask:
        """Change what a rule allows."""
        request = self._acl.patch(calendarId=calendar, ruleId=rule, body=body, sendNotifications=False)
        return Ask(_if_match(request, etag), calendar)

    def delete_rule(self, calendar: str, rule: str, etag: str | None) -> Ask:
        """Let somebody see a calendar no longer."""
        return Ask(_if_match(self._acl.delete(calendarId=calendar, ruleId=rule), etag), calendar)


_MADE: WeakKeyDictionary[Any, Calls] = WeakKeyDictionary()


def calls_of(service: Any) -> Calls:
    """Give the calls of a service, made once: Google's client takes as long over them as a batch is on its way."""
    calls = _MADE.get(service)
    if calls is None:
        calls = _MADE[service] = Calls(service)
    return calls


def _if_match(request: Any, etag: str | None) -> Any:
    """Let the server act only on what is as it was seen (RFC 9110, section 13.1.1)."""
    if etag is not None:
        request.headers["If-Match"] = etag
    return request
