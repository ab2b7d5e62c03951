"""Reading calendars: all of one the first time, then what changed since, laid over what was read before.

A calendar may hold ten thousand events of other people's. Pages are read one at a time, and of each only what is ours
is kept, and what stands where an event of ours would go.
"""

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from attrs import evolve

from briefingkit.publish import Identity, Remote, Resource, Snapshot
from briefingkit_google.auth import calendar_scopes
from briefingkit_google.calendar.calendars import Managed, managed_calendars
from briefingkit_google.calendar.calls import Calls, calls_of
from briefingkit_google.calendar.cursor import Cursor
from briefingkit_google.calendar.event import Governed, is_deleted, remote_of
from briefingkit_google.calendar.identity import ACCESS, EVENT, calendar_key_of, mark_of
from briefingkit_google.calendar.settings import GoogleCalendar
from briefingkit_google.client import Api, Session, session_of
from briefingkit_google.listing import Unreadable, pages

__all__ = ["is_unchanged", "open_session", "read_calendar"]

_TOO_OLD = {HTTPStatus.GONE, HTTPStatus.BAD_REQUEST}
"""A sync token that has expired, and one that Google cannot read at all."""


def open_session(settings: GoogleCalendar, *, access: bool = False) -> Session:
    """Return this thread's session for a target, with the least that it has to be allowed.

    `access`: there are rules of access to see to, though the settings may speak of none any more.
    """
    scopes = calendar_scopes(make=settings.make is not None, access=access or bool(settings.access))
    return session_of(settings, Api("calendar", "v3", scopes))


def read_calendar(settings: GoogleCalendar, wanted: Sequence[Resource], last: Snapshot) -> Snapshot:
    """Read what is ours in a target's calendars, and what stands in the way of `wanted`.

    With a cursor one request a calendar says what changed, and one more for each list that is managed: of the calendars
    that we make, and of who may see them. Raises IntegrationError where a calendar is not there or not shared with us.
    """
    session = open_session(settings, access=any(identity.kind == ACCESS for identity in last.remotes))
    calls = calls_of(session.service)
    cursor = Cursor.parse(last.cursor, settings)
    managed = managed_calendars(settings, session, calls, wanted, last)
    reading = _Events(settings, session, calls, managed, wanted, last)
    remotes: list[Remote] = list(managed.remotes)
    tokens: dict[tuple[str, str], str] = {}
    for place in managed.ids.items():
        calendar = place[1]
        known = [each for each in (*last.remotes.values(), *last.duplicates) if _stands_in(each, calendar)]
        found, token = reading.read(calendar, cursor.tokens.get(place), known)
        remotes.extend(found)
        if token is not None:
            tokens[place] = token
    return Snapshot.of(remotes, Cursor(tokens, managed.digest).write(settings))


def is_unchanged(settings: GoogleCalendar, text: str) -> bool:
    """Whether nothing at all has changed in the calendars since a cursor; False where that is not certain.

    Raises IntegrationError where a calendar cannot be read.
    """
    cursor = Cursor.parse(text, settings)
    if not cursor.tokens:
        return False
    session = open_session(settings)
    calls = calls_of(session.service)
    managed = managed_calendars(settings, session, calls, (), Snapshot())
    if cursor.tokens.keys() != set(managed.ids.items()) or cursor.lists != managed.digest:
        return False
    try:
        return not any(
            page.get("items")
            for (_, calendar), token in cursor.tokens.items()
            for page in pages(
                session, calls.list_events(calendar, token), calls.next_events, calendar=calendar
            )
        )
    except Unreadable as error:
        if error.fault.status in _TOO_OLD:
            return False
        raise


class _Events:
    """Reads the events of one calendar after the other."""

    def __init__(
        self,
        settings: GoogleCalendar,
        session: Session,
        calls: Calls,
        managed: Managed,
        wanted: Sequence[Resource],
        last: Snapshot,
    ) -> None:
        self._settings = settings
        self._session = session
        self._calls = calls
        self._managed = managed
        self._governed = Governed.by(settings)
        seen = (*wanted, *(each.resource for each in last.remotes.values()))
        self._namespaces = {each for each in map(_namespace, seen) if each is not None}
        events = [resource for resource in wanted if resource.kind == EVENT]
        self._wanted = {
            f"{managed.ids.get(self._key(each.identity))}/{each.fields['id']}": each for each in events
        }

    def read(
        self, calendar: str, token: str | None, known: Sequence[Remote]
    ) -> tuple[list[Remote], str | None]:
        """Read what changed since a token, laid over what is known, or else all; and where to read on."""
        if token is not None:
            try:
                return self._pages(calendar, token, known)
            except Unreadable as error:
                if error.fault.status not in _TOO_OLD:
                    raise
        return self._pages(calendar, None, ())

    def _pages(
        self, calendar: str, token: str | None, known: Sequence[Remote]
    ) -> tuple[list[Remote], str | None]:
        found = {each.id: each for each in known if each.ours or each.id in self._wanted}
        next_token = None
        request = self._calls.list_events(calendar, token)
        for page in pages(self._session, request, self._calls.next_events, calendar=calendar):
            next_token = page.get("nextSyncToken")
            for raw in page.pop("items", ()):  # one page in memory, not two
                found.pop(f"{calendar}/{raw['id']}", None)
                found.update((each.id, each) for each in self._of_concern(calendar, raw))
        return list(found.values()), next_token

    def _of_concern(self, calendar: str, raw: Mapping[str, Any]) -> Iterator[Remote]:
        """Give an event if it is ours, or stands in our way.

        One that another target made is ours only where we want it: a target that was renamed takes its events over.
        """
        if is_deleted(raw):
            return
        mark, resource = mark_of(raw), self._wanted.get(f"{calendar}/{raw['id']}")
        if mark is None and resource is None:
            return
        if mark is not None and resource is None:
            if mark.target != self._settings.target:
                return
            if self._namespaces and mark.namespace not in self._namespaces:
                return
        remote = remote_of(raw, calendar, self._governed, wanted=resource)
        yield remote if self._is_in_place(remote, calendar) else _misplaced(remote, calendar)

    def _is_in_place(self, remote: Remote, calendar: str) -> bool:
        try:
            key = self._key(remote.identity)
        except ValueError:  # of a layout that is used no more: it is wanted nowhere
            return True
        return self._managed.ids.get(key, calendar) == calendar

    def _key(self, identity: Identity) -> str:
        return calendar_key_of(identity, by_language=self._settings.is_by_language)


def _misplaced(remote: Remote, calendar: str) -> Remote:
    """Tell an event that stands in another language's calendar from the one that belongs there.

    It happens when the settings give two languages each other's calendars: the event is made anew where it belongs, and
    this one is left over.
    """
    resource = remote.resource
    return evolve(remote, resource=evolve(resource, key=f"{resource.key} in {calendar}"), outputs={})


def _stands_in(remote: Remote, calendar: str) -> bool:
    return remote.identity.kind == EVENT and remote.id.rpartition("/")[0] == calendar


def _namespace(resource: Resource) -> str | None:
    mark = resource.fields.get("mark")
    return str(mark["namespace"]) if isinstance(mark, Mapping) and "namespace" in mark else None
