"""One event as a VEVENT (RFC 5545 section 3.6.1), in the language of its view."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

from icalendar import Event, vCalAddress, vCategory, vDDDTypes

from briefingkit.model import Access, Status
from briefingkit.rendering.calendar_text import blocks, html_text, is_free, location, plain_text, summary
from briefingkit.rendering.ics_parts import add_conferences, add_links, add_participants, add_relations
from briefingkit.rendering.ics_values import parameter, text, uri
from briefingkit.rendering.values import View
from briefingkit.text.phrases import phrase
from briefingkit.text.zones import in_zone

__all__ = ["build_event", "local_days", "needs_zone"]

_UTC_ZONES: Final = frozenset({"UTC", "Etc/UTC"})

# RFC 5545 has no word for postponed. CANCELLED would make Google and Apple hide the event, and nobody would learn
# that it is still to come; tentative, free, and marked in its title it stays where people look for it.
_STATUSES: Final = {
    Status.DRAFT: "TENTATIVE",
    Status.TENTATIVE: "TENTATIVE",
    Status.CONFIRMED: "CONFIRMED",
    Status.POSTPONED: "TENTATIVE",
    Status.CANCELLED: "CANCELLED",
}


def build_event(view: View) -> Event:
    """Build the VEVENT of a view."""
    event = Event()
    _add_identity(event, view)
    _add_times(event, view)
    _add_words(event, view)
    _add_place_and_people(event, view)
    add_relations(event, view)
    add_conferences(event, view)
    add_links(event, view)
    add_participants(event, view)
    return event


def needs_zone(view: View) -> bool:
    """Whether the event's times refer to a VTIMEZONE: whole days and times in UTC do not."""
    return not view.all_day and view.timezone not in _UTC_ZONES


def local_days(view: View) -> tuple[date, date]:
    """Tell the first and the last local day that the event touches."""
    return date.fromisoformat(view.start[:10]), date.fromisoformat(view.end[:10])


def _add_identity(event: Event, view: View) -> None:
    """Say which event it is and which state of it: the same UID for ever, SEQUENCE up by one a published change."""
    at = vDDDTypes(_utc(view.at))
    event.add("uid", text(view.uid))
    event.add("sequence", view.revision)
    event.add("dtstamp", at)
    event.add("last-modified", at)
    event.add("status", text(_STATUSES[view.status]))
    # What only registrants may see is not for those who look into their shared calendars.
    event.add("class", text("PUBLIC" if view.audience is Access.PUBLIC else "PRIVATE"))


def _add_times(event: Event, view: View) -> None:
    """Add start, end, and whether they take up the time: a day, or a parent of many events, leaves it free."""
    for name, moment in _moments(view).items():
        event.add(name, moment)
    free = is_free(view)
    event.add("transp", text("TRANSPARENT" if free else "OPAQUE"))
    busy = "FREE" if free else "BUSY" if _STATUSES[view.status] == "CONFIRMED" else "TENTATIVE"
    event.add("x-microsoft-cdo-busystatus", text(busy))


def _moments(view: View) -> dict[str, vDDDTypes]:
    if view.all_day:
        first, last = local_days(view)
        moments: tuple[date, ...] = (first, last + timedelta(days=1))
        parameters = {"VALUE": "DATE"}
    elif needs_zone(view):
        # By way of UTC: a time that a clock change leaves out is written as the one that clocks show then.
        zoned = (in_zone(_utc(moment), view.timezone) for moment in (view.utc_start, view.utc_end))
        moments = tuple(moment.replace(tzinfo=None) for moment in zoned)
        parameters = {"TZID": view.timezone}
    else:
        moments, parameters = (_utc(view.utc_start), _utc(view.utc_end)), {}
    made = []
    for moment in moments:
        value = vDDDTypes(moment)
        value.params.update(parameters)
        made.append(value)
    return dict(zip(("dtstart", "dtend"), made, strict=True))


def _utc(moment: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone(UTC)


def _add_words(event: Event, view: View) -> None:
    """Add title and description. Outlook shows the HTML that stands beside the description, others the plain text."""
    event.add("summary", text(summary(view), LANGUAGE=view.language_of("title")))
    if told := blocks(view):
        event.add("description", text(plain_text(told), LANGUAGE=view.language))
        event.add("x-alt-desc", text(html_text(told, view.language), FMTTYPE="text/html"))
    categories = vCategory([], params={"LANGUAGE": view.language})
    categories.cats = [text(phrase("Briefing", view.language)), *((text(view.track),) if view.track else ())]
    event.add("categories", categories)
    if view.url is not None:
        event.add("url", uri(view.url))


def _add_place_and_people(event: Event, view: View) -> None:
    if where := location(view):
        place, language = where
        event.add("location", text(place, LANGUAGE=language))
    if view.contact is not None and view.contact.email is not None:
        name = next((host.name for host in view.hosts), view.contact.name)
        organizer = vCalAddress(uri(f"mailto:{view.contact.email}"))
        if name is not None:
            organizer.params["CN"] = parameter(name)
        event.add("organizer", organizer)
