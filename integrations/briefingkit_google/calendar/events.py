"""The events of one briefing: itself, agenda items that have events of their own, and interpreters' rooms."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from briefingkit.model import Status
from briefingkit.publish import Context, Resource, Value, is_pending
from briefingkit.publish.views import ROOM, room_of
from briefingkit.rendering.calendar_text import NOT_THEN, is_free, location, summary
from briefingkit.rendering.words import languages_in_words
from briefingkit.text.phrases import phrase
from briefingkit.text.spaces import one_line
from briefingkit_google.calendar.attachments import attachments_of
from briefingkit_google.calendar.choices import Agenda, Layout
from briefingkit_google.calendar.conference import MEET
from briefingkit_google.calendar.description import describe
from briefingkit_google.calendar.event import in_order
from briefingkit_google.calendar.guests import GuestList, guest_list
from briefingkit_google.calendar.identity import EVENT, EventName, event_id
from briefingkit_google.calendar.items import TimedItem, timed_items, without_items
from briefingkit_google.calendar.moments import all_day, timed
from briefingkit_google.calendar.notices import (
    attachment_notices,
    description_notices,
    guest_notices,
    room_notices,
    unreachable_notices,
)
from briefingkit_google.calendar.rooms import Rooms, with_room, without_room
from briefingkit_google.calendar.telling import tell, tell_item, tell_room

if TYPE_CHECKING:
    from briefingkit.model import Briefing
    from briefingkit.rendering.values import View
    from briefingkit_google.calendar.settings import GoogleCalendar

__all__ = ["Events"]

_DAY: Final = timedelta(days=1)
_NO_REMINDERS: Final[Mapping[str, Value]] = {"useDefault": False, "overrides": ()}


@frozen
class Events:
    """One briefing's part of a projection; `views` are its languages in order."""

    settings: "GoogleCalendar"
    context: Context
    briefing: "Briefing"
    views: "tuple[View, ...]"
    rooms: Rooms

    def resources(self) -> Iterator[Resource]:
        """Project the briefing, event by event; each is made of the views that are read in it."""
        for views in (self.views,) if self._is_stacked else tuple((view,) for view in self.views):
            items = tuple(self._items(views[0]))
            yield self._event(views, items)
            yield from (self._item(views, item) for item in items)
        yield from (self._interpreters_room(channel) for channel in self.rooms.into)

    @property
    def _is_stacked(self) -> bool:
        return self.settings.layout is Layout.STACKED

    def _items(self, view: "View") -> Iterator[TimedItem]:
        if self.settings.agenda is Agenda.EVENTS:
            yield from timed_items(view)

    def _event(self, views: "Sequence[View]", items: Sequence[TimedItem]) -> Resource:
        """Project the briefing itself."""
        first = views[0]
        carries = self.rooms.carried_by(first.language)
        own = frozenset(item.item.key for item in items)
        shown = [without_items(without_room(view) if carries else view, own) for view in views]
        described = describe(tell(shown))
        attached = attachments_of(views)
        guests = self._guests.by_language.get(first.language, ())
        fields = {
            **self._common(first, self._name(first)),
            **_span(first),
            "summary": summary(first),
            "description": described.html,
            "location": _where(first),
            "transparency": "transparent" if is_free(first) else "opaque",
            "attachments": attached.attached,
            "attendees": guests or None,
            "conference": _room(ROOM) if carries else None,
        }
        notices = (
            *(self._notices() if first is self.views[0] else ()),
            *guest_notices(self.settings, guests),
            *attachment_notices(attached),
            *description_notices(described),
        )
        return self._resource(self._name(first), fields, notices)

    def _item(self, views: "Sequence[View]", item: TimedItem) -> Resource:
        """Project an agenda item that has an event of its own, which takes up its time."""
        beside = [self._beside_the_room(view) for view in views]
        first, key = beside[0], item.item.key
        name = evolve(self._name(first), item=key)
        described = describe(tell_item(beside, key))
        fields = {
            **self._common(first, name),
            "start": timed(item.start, first.timezone),
            "end": timed(item.end, first.timezone),
            "summary": summary(evolve(first, title=item.item.title)),
            "description": described.html,
            "location": _where(first),
            "transparency": "transparent" if first.status in NOT_THEN else "opaque",
        }
        return self._resource(name, fields, description_notices(described))

    def _interpreters_room(self, channel: str) -> Resource:
        """Project the event that carries an interpreters' room; the briefing's own takes up the time."""
        language = self.rooms.language_for(channel)
        views = self.views if self._is_stacked else tuple(v for v in self.views if v.language == language)
        first = views[0]
        name = evolve(self._name(first), room=channel)
        spoken = languages_in_words((channel,), first.language)
        into = phrase("Interpretation into {languages}", first.language, languages=spoken)
        fields = {
            **self._common(first, name),
            **_span(first),
            "summary": summary(evolve(first, title=f"{first.title} – {into}")),
            "description": describe(tell_room(views)).html,
            "location": phrase("Online", first.language),
            "transparency": "transparent",
            "reminders": _NO_REMINDERS,
            "conference": _room(room_of(channel)),
        }
        return self._resource(name, fields, ())

    def _beside_the_room(self, view: "View") -> "View":
        """Tell the room's address in what stands beside the event that carries it, to those who may see it."""
        if not self.rooms.carried_by(view.language) or not self.rooms.access.visible_to(view.audience):
            return view
        return with_room(view, self.context.output(self.context.target, ROOM, owner=view.identifier))

    # What events have in common

    @cached_property
    def _guests(self) -> GuestList:
        languages = tuple(view.language for view in self.views)
        return guest_list(
            self.briefing, self.settings.guests, languages[:1] if self._is_stacked else languages
        )

    def _notices(self) -> Iterator[str]:
        """Say what holds for the briefing, once and not in each language."""
        yield from room_notices(self.settings, self.rooms)
        yield from unreachable_notices(self._guests)

    def _name(self, view: "View") -> EventName:
        return EventName(view.identifier, None if self._is_stacked else view.language)

    def _common(self, view: "View", name: EventName) -> Mapping[str, Value]:
        """Give the fields that follow from the settings, and nothing for those that not every event has."""
        settings, context = self.settings, self.context
        can = settings.guests_can
        return {
            "id": event_id(context.namespace, view.identifier, name.key),
            "mark": {"namespace": context.namespace, "target": context.target},
            "revision": view.revision,
            "status": "confirmed" if view.status is Status.CONFIRMED else "tentative",
            "visibility": settings.visibility.value,
            "colorId": settings.color,
            "reminders": settings.reminders.as_field,
            "source": _source(view),
            "attachments": (),
            "attendees": None,
            "guestsCanInviteOthers": can.invite_others,
            "guestsCanModify": can.modify,
            "guestsCanSeeOtherGuests": can.see_other_guests,
            "conference": None,
        }

    def _resource(self, name: EventName, fields: Mapping[str, Value], notices: Iterable[str]) -> Resource:
        return Resource(EVENT, name.key, self.briefing.identifier, in_order(fields), notices)


def _span(view: "View") -> dict[str, Value]:
    """Say from when to when: days, the end being the day after; or times in the briefing's own zone."""
    if view.all_day:
        last = date.fromisoformat(view.end[:10])
        return {"start": all_day(date.fromisoformat(view.start[:10])), "end": all_day(last + _DAY)}
    start, end = (datetime.fromisoformat(moment) for moment in (view.utc_start, view.utc_end))
    return {"start": timed(start, view.timezone), "end": timed(end, view.timezone)}


def _where(view: "View") -> str | None:
    where = location(view)
    return None if where is None else where[0]


def _room(output: str) -> Mapping[str, Value]:
    return {"type": MEET, "output": output}


def _source(view: "View") -> Value:
    """Link to the page; Google takes web addresses alone."""
    url = view.url
    if url is None or not (is_pending(url) or url.startswith(("https://", "http://"))):
        return None
    return {"title": one_line(view.title), "url": url}
