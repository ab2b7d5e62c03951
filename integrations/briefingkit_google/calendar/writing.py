"""Making changes at Google: each kind of thing by its own rules, and all of them fifty to a request."""

from collections.abc import Callable, Iterator, Sequence

from briefingkit.publish import Change, Identity, Outcome
from briefingkit_google.calendar.calendar_steps import AccessWriter, CalendarWriter
from briefingkit_google.calendar.calendars import places
from briefingkit_google.calendar.calls import calls_of
from briefingkit_google.calendar.event_steps import EventWriter
from briefingkit_google.calendar.identity import ACCESS, CALENDAR, EVENT, calendar_key_of
from briefingkit_google.calendar.reading import open_session
from briefingkit_google.calendar.settings import GoogleCalendar
from briefingkit_google.stepping import Steps, outcomes

__all__ = ["apply_changes"]


def apply_changes(settings: GoogleCalendar, changes: Sequence[Change]) -> Iterator[Outcome]:
    """Bring a target in step: one outcome a change, in the order in which they become known.

    Raises IntegrationError where there are no credentials, or where the calendars that we made cannot be looked for.
    """
    session = open_session(settings, access=any(change.identity.kind == ACCESS for change in changes))
    calls = calls_of(session.service)
    ids = places(settings, session, calls) if any(map(_needs_a_place, changes)) else {}

    def place(identity: Identity) -> str | None:
        return ids.get(calendar_key_of(identity, by_language=settings.is_by_language))

    writers: dict[str, Callable[[Change], Steps]] = {
        CALENDAR: CalendarWriter(calls, session.known).steps,
        ACCESS: AccessWriter(calls, ids.get, ours=settings.make is not None).steps,
        EVENT: EventWriter(settings, calls, place).steps,
    }
    return outcomes(session, changes, lambda change: writers[change.identity.kind](change))


def _needs_a_place(change: Change) -> bool:
    """Whether it has to be found out in which calendar a thing goes: what is there says so itself."""
    return change.identity.kind != CALENDAR and change.wanted is not None and change.held is None
