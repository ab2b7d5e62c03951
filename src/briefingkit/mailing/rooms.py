"""Rooms that targets made: no part of a briefing, and so of no revision, and yet what people are told of."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from briefingkit.model import Access, Publication, Status
from briefingkit.publish import is_pending
from briefingkit.publish.views import made_addresses

if TYPE_CHECKING:
    from briefingkit.model import Briefing
    from briefingkit.publish import Context
    from briefingkit.store.announcements import AnnouncedRooms

__all__ = ["Rooms", "raised_for_rooms", "rooms_of", "with_rooms"]

Rooms = Mapping[str, str]
"""Addresses of rooms, by their path in a view: the one of the event, and those of the languages of interpretation."""

_REGISTRATION = "registration.url"
_TAKES_PLACE = frozenset((Status.TENTATIVE, Status.CONFIRMED))


def rooms_of(briefing: "Briefing", context: "Context") -> Rooms:
    """Give the rooms that targets made for a briefing, as far as they are known; they are the same in each language."""
    made = made_addresses(briefing, briefing.source_language, context, Access.PARTICIPANTS)
    return {path: url for path, url in made.items() if path != _REGISTRATION and not is_pending(url)}


def with_rooms(addresses: Mapping[str, str], rooms: Rooms) -> Mapping[str, str]:
    """Give addresses that targets made, with other rooms than those that are there now."""
    others = {path: url for path, url in addresses.items() if path == _REGISTRATION}
    return {**others, **rooms}


def raised_for_rooms(
    publications: "Iterable[Publication]",
    announced: "Mapping[str, AnnouncedRooms]",
    context: "Context",
    at: datetime,
) -> "Iterator[Publication]":
    """Give each publication, with the next revision where its rooms are not those that people were told of with it.

    So that calendars take the new one, and nobody is held to know it. What does not take place needs no room.
    """
    for each in publications:
        told = announced.get(each.briefing.identifier)
        moved = (
            told is not None
            and told.revision == each.revision
            and each.briefing.status in _TAKES_PLACE
            and told.rooms != rooms_of(each.briefing, context)
        )
        yield Publication(each.briefing, each.revision + 1, at, each.digest) if moved else each
