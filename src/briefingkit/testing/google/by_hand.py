"""What people do in the web page: look, add, change, remove and answer, without any client."""

from collections.abc import Mapping
from typing import Any

from briefingkit.testing.google.calendar.access import grant, make_calendar, make_primary
from briefingkit.testing.google.calendar.calendars import remove_calendar
from briefingkit.testing.google.calendar.content import clean, merge
from briefingkit.testing.google.calendar.events import Seen, cancel, found, store, view
from briefingkit.testing.google.calendar.world import HeldCalendar, Invitation, World, stamp
from briefingkit.testing.google.call import Caller
from briefingkit.testing.google.core import Core

__all__ = ["ByHand"]


class ByHand:
    """The part of the double that stands for people. Calendars are named by id, events by id within one."""

    person: str
    _core: Core
    _world: World

    @property
    def calendars(self) -> list[str]:
        """The ids of all calendars."""
        with self._core.lock:
            return list(self._world.calendars)

    @property
    def invitations(self) -> list[Invitation]:
        """The mails that Google would have sent."""
        return self._world.invitations

    def calendar(self, name: str) -> dict[str, Any]:
        """Give a calendar's resource. Raises KeyError where there is none."""
        with self._core.lock:
            return dict(self._calendar(name).body)

    def make_calendar(
        self, name: str, *, owner: str | None = None, summary: str = "Calendar", timezone: str = "UTC"
    ) -> str:
        """Make a calendar with an id of one's choice; gives the id."""
        with self._core.lock:
            body = {"summary": summary, "timeZone": timezone, "dataOwner": owner or self.person}
            return make_calendar(self._world, name, body, owner or self.person).id

    def remove_calendar(self, name: str) -> None:
        """Delete a calendar."""
        with self._core.lock:
            remove_calendar(self._world, self._calendar(name))

    def share(self, name: str, role: str, scope: str = "default") -> None:
        """Share a calendar; the role `none` takes it back.

        `scope` is `default` (everybody), or `user:`, `group:` or `domain:` and whom.
        """
        kind, _, value = scope.partition(":")
        with self._core.lock:
            grant(self._world, self._calendar(name), role, {"type": kind, "value": value})

    def acl(self, name: str) -> dict[str, str]:
        """Give the roles in a calendar, by `user:…`, `group:…`, `domain:…` or `default`."""
        with self._core.lock:
            return {rule["id"]: rule["role"] for rule in self._calendar(name).acl if rule["role"] != "none"}

    def events(self, name: str, *, deleted: bool = False) -> dict[str, dict[str, Any]]:
        """Give the events of a calendar by id, as their creators see them; tombstones only if asked for."""
        with self._core.lock:
            calendar = self._calendar(name)
            return {
                each["id"]: view(each, calendar, Seen(each["creator"]["email"], "owner", calendar.timezone))
                for each in calendar.events
                if deleted or each["status"] != "cancelled"
            }

    def event(self, name: str, event: str) -> dict[str, Any]:
        """Give one event, a tombstone too. Raises KeyError where there is none."""
        return self.events(name, deleted=True)[event]

    def add(self, name: str, **fields: Any) -> str:
        """Add an event; gives its id. What is missing of summary, start and end is made up."""
        with self._core.lock:
            calendar = self._calendar(name)
            given = {**_some(self._world, calendar.timezone), **fields}
            event: str = self._write(calendar, found(self._world, calendar, given, self._me()), None)["id"]
            return event

    def edit(self, name: str, event: str, **fields: Any) -> dict[str, Any]:
        """Change fields of an event, as a patch does: None takes a field away."""
        with self._core.lock:
            calendar = self._calendar(name)
            old = _held(calendar, event)
            return self._write(calendar, merge(old, fields), old)

    def remove(self, name: str, event: str) -> None:
        """Delete an event."""
        with self._core.lock:
            calendar = self._calendar(name)
            cancel(self._world, calendar, _held(calendar, event))

    def purge(self, name: str, event: str) -> None:
        """Take an event away for good, its tombstone too, as Google does some time after a deletion."""
        with self._core.lock:
            del self._calendar(name).events.held[event]

    def answer(self, name: str, event: str, email: str, status: str) -> None:
        """Answer an invitation: accepted, declined, tentative or needsAction."""
        with self._core.lock:
            calendar = self._calendar(name)
            old = _held(calendar, event)
            if email not in [each["email"] for each in old.get("attendees", ())]:
                raise KeyError(email)
            guests = [
                {**each, "responseStatus": status} if each["email"] == email else each
                for each in old["attendees"]
            ]
            store(self._world, calendar, {**old, "attendees": guests}, old)

    def fill(self, name: str, number: int, **fields: Any) -> None:
        """Put so many events of strangers in, fast; nothing is checked but the first."""
        with self._core.lock:
            calendar = self._calendar(name)
            given = {**_some(self._world, calendar.timezone), **fields}
            first = clean(
                self._world, calendar, found(self._world, calendar, given, self._me()), None, self._me()
            )
            for _ in range(number):
                own = found(self._world, calendar, {}, self._me())
                store(self._world, calendar, {**first, **own}, None)

    def _write(
        self, calendar: HeldCalendar, event: Mapping[str, Any], old: dict[str, Any] | None
    ) -> dict[str, Any]:
        kept = store(self._world, calendar, clean(self._world, calendar, dict(event), old, self._me()), old)
        return view(kept, calendar, Seen(self.person, "owner", calendar.timezone))

    def _calendar(self, name: str) -> HeldCalendar:
        if name == self.person and name not in self._world.calendars:
            return make_primary(self._world, name)
        return self._world.calendars[name]

    def _me(self) -> Caller:
        return Caller(self.person, frozenset())


def _held(calendar: HeldCalendar, event: str) -> dict[str, Any]:
    held = calendar.events.get(event)
    if held is None:
        raise KeyError(event)
    return held


def _some(world: World, zone: str) -> dict[str, Any]:
    at = stamp(world.now())
    time = {"dateTime": at, "timeZone": zone}
    return {"summary": "Something else", "start": time, "end": time}
