"""What should stand in the calendars, as values: the calendars, who may see them, and the events of each briefing."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from briefingkit.model import FromTarget
from briefingkit.publish import Context, OutputKey, Resource, Value
from briefingkit.publish.views import Views
from briefingkit.text.spaces import one_line
from briefingkit_google.calendar.events import Events
from briefingkit_google.calendar.identity import (
    ACCESS,
    CALENDAR,
    ONE_FOR_ALL,
    access_identity,
    calendar_identity,
)
from briefingkit_google.calendar.rooms import Rooms, rooms_of

if TYPE_CHECKING:
    from briefingkit.model import Briefing, Publication
    from briefingkit.text import LocalizedUrl
    from briefingkit_google.calendar.settings import GoogleCalendar

__all__ = ["project"]

_UTC = "UTC"
"""The zone of a calendar that names none: what Google itself gives to one that is made by a program."""


def project(
    settings: "GoogleCalendar", publications: "Sequence[Publication]", context: Context
) -> Iterator[Resource]:
    """Project. No publication: nothing at all, so that a source that went missing is told from an empty calendar.

    Raises Unpublishable, with everything that is missing, for an incomplete language that is to be refused.
    """
    if not publications:
        return
    rooms = {each.briefing.identifier: _rooms(settings, each.briefing, context) for each in publications}

    def own(briefing: "Briefing", language: str) -> Mapping[str, str]:
        made = rooms[briefing.identifier].addresses(briefing.identifier, language, settings.audience, context)
        return {**made, **_page(settings.page, briefing, language, context)}

    told = Views(settings.published_languages, settings.fallback, settings.fallbacks, settings.audience)
    views = told.of(publications, context, own=own)
    yield from _calendars(settings, context)
    for publication in publications:
        identifier = publication.briefing.identifier
        shown = tuple(views[identifier].values())
        yield from Events(settings, context, publication.briefing, shown, rooms[identifier]).resources()


def _rooms(settings: "GoogleCalendar", briefing: "Briefing", context: Context) -> Rooms:
    languages = settings.published_languages or briefing.languages
    return rooms_of(briefing, context.target, languages)


def _page(
    page: "LocalizedUrl | FromTarget | None", briefing: "Briefing", language: str, context: Context
) -> Mapping[str, str]:
    """Give the address of the briefing's page, by its path in a view."""
    if page is None:
        return {}
    identifier = briefing.identifier
    if isinstance(page, FromTarget):
        # The page in this language, where that target makes one; which it does is known once it has run.
        of_language = OutputKey(page.target, identifier, f"page.{language}")
        name = of_language.name if of_language in context.outputs else "page"
        return {"url": context.output(page.target, name, owner=identifier)}
    address = page.lookup(language).text
    return {"url": address.replace("{briefing}", identifier).replace("{language}", language)}


def _calendars(settings: "GoogleCalendar", context: Context) -> Iterator[Resource]:
    mark: Mapping[str, Value] = {"namespace": context.namespace, "target": context.target}
    for key in settings.calendar_keys if settings.make is not None else ():
        yield Resource(
            CALENDAR, calendar_identity(key).key, context.target, {**_made(settings, key), "mark": mark}
        )
    for key in settings.calendar_keys:
        for rule in settings.access:
            identity = access_identity(key, rule.scope)
            yield Resource(ACCESS, identity.key, context.target, {"role": rule.role.value})


def _made(settings: "GoogleCalendar", key: str) -> Mapping[str, Value]:
    """Describe a calendar that is to be made, in its language; one for all is described in the first."""
    make = settings.make
    assert make is not None  # noqa: S101 - asked by _calendars
    preferred = settings.languages[:1] if key == ONE_FOR_ALL else (key,)
    about = make.description
    return {
        "summary": one_line(make.summary.lookup(*preferred).text),
        "description": None if about is None else about.lookup(*preferred).text.strip(),
        "timeZone": make.timezone or _UTC,
    }
