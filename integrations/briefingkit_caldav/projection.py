"""What the calendars should hold, as values: collections that we make, and an event a briefing and language."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from attrs import frozen

from briefingkit.publish import Context, Resource, Value
from briefingkit.publish.views import Views
from briefingkit_caldav.choices import Scheduling
from briefingkit_caldav.content_lines import components_of
from briefingkit_caldav.event import (
    CATEGORIES_PROPERTY,
    GUESTS_PROPERTY,
    MARK_PROPERTY,
    REVISION_PROPERTY,
    category_words,
    event_in,
    guest_digest,
)
from briefingkit_caldav.identity import COLLECTION, EVENT, ONE_FOR_ALL, Mark, event_key, event_uid

if TYPE_CHECKING:
    from icalendar import Event

    from briefingkit.model import Briefing, Publication
    from briefingkit.rendering.values import View
    from briefingkit_caldav.settings import CalDAV

__all__ = ["project"]

_MANY_GUESTS: Final = 200


def project(
    settings: "CalDAV", publications: "Sequence[Publication]", context: Context
) -> Iterator[Resource]:
    """Project. No publication: nothing at all, so that a source that went missing is told from an empty calendar."""
    if not publications:
        return
    told = Views(settings.published_languages, settings.fallback, settings.fallbacks, settings.audience)
    views = told.of(publications, context)
    if settings.make is not None:
        yield from _collections(settings, context)
    for publication in publications:
        briefing = publication.briefing
        invited = _invited(settings, briefing)
        for language, view in views.get(briefing.identifier, {}).items():
            first = (settings.published_languages or briefing.languages)[0]
            alone = settings.is_by_language or language == first
            yield _event(settings, context, view, invited, alone=alone)


def _collections(settings: "CalDAV", context: Context) -> Iterator[Resource]:
    make = settings.make
    assert make is not None  # noqa: S101 - asked by project
    for key in settings.keys:
        preferred = settings.published_languages if key == ONE_FOR_ALL else (key,)
        fields: dict[str, Value] = {
            "name": make.name.lookup(*preferred).text,
            "description": make.description.lookup(*preferred).text if make.description else None,
            "color": make.color.lower() if make.color else None,
            "timezone": make.timezone,
            "namespace": context.namespace.lower(),
        }
        yield Resource(COLLECTION, key, context.target, fields)


@frozen
class _Invited:
    """The guests of a briefing, and what has to be said about them."""

    guests: tuple[tuple[str, str | None], ...] = ()
    notices: tuple[str, ...] = ()


def _invited(settings: "CalDAV", briefing: "Briefing") -> _Invited:
    """Gather addresses and names. They are the one thing of people's that a view does not hold."""
    if not settings.guests.any:
        return _Invited()
    guests: dict[str, str | None] = dict.fromkeys(settings.guests.addresses)
    without = []
    for person in settings.guests.people(briefing):
        if person.email is None:
            without.append(person.key)
        else:
            guests[person.email.lower()] = person.name.lookup(briefing.languages[0]).text
    notices = ["everybody who may read the calendar sees the addresses of the guests"]
    if without:
        notices.append(f"not invited, for they have no e-mail address: {', '.join(without)}")
    if len(guests) > _MANY_GUESTS:
        notices.append(f"{len(guests)} guests: many servers take no more than {_MANY_GUESTS}")
    return _Invited(tuple(guests.items()), tuple(notices))


def _event(settings: "CalDAV", context: Context, view: "View", invited: _Invited, *, alone: bool) -> Resource:
    """Write the event as every calendar of ours has it, and read it back: so both directions share one reader."""
    from briefingkit.rendering.ics import event_component
    from briefingkit.rendering.ics_lines import component_lines

    key = event_key(view.identifier, view.language)
    mark = Mark(context.namespace, context.target, key, view.identifier)
    event = event_component(view)
    _complete(event, view, mark, invited, silent=settings.scheduling is Scheduling.SILENT)
    held = event_in(components_of(line.decode() for line in component_lines(event)))
    assert held is not None  # noqa: S101 - an event was written
    fields = {**held.fields, "uid": event_uid(view.uid, view.language, alone=alone)}
    return Resource(EVENT, key, view.identifier, fields, invited.notices)


def _complete(event: "Event", view: "View", mark: Mark, invited: _Invited, *, silent: bool) -> None:
    """Add to the event what a file to read or to send has no use for."""
    from icalendar import vCalAddress, vCategory

    from briefingkit.rendering.ics_values import parameter, text, uri

    event.add(MARK_PROPERTY, text(str(mark)))
    event.add(REVISION_PROPERTY, text(f"{view.revision} {view.at}"))
    categories = event["categories"]
    assert isinstance(categories, vCategory)  # noqa: S101 - every event has some
    event.add(CATEGORIES_PROPERTY, text(category_words(map(str, categories.cats))))
    agent: Mapping[str, str] = {"SCHEDULE-AGENT": "CLIENT"} if silent else {}
    if "organizer" in event:
        event["organizer"].params.update(agent)
    for address, name in invited.guests:
        attendee = vCalAddress(uri(f"mailto:{address}"))
        attendee.params.update(agent)
        if name is not None:
            attendee.params["CN"] = parameter(name)
        event.add("attendee", attendee)
    if invited.guests:
        event.add(GUESTS_PROPERTY, text(" ".join(guest_digest(address) for address, _ in invited.guests)))
