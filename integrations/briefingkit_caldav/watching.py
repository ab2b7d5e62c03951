"""Whether anything has changed since a cursor: one request a calendar, and nothing loaded that this does not need."""

from typing import TYPE_CHECKING

from briefingkit_caldav.calendars import CTAG, TOKEN, Calendar, look_at
from briefingkit_caldav.cursor import Cursor, Place, digest_of_properties
from briefingkit_caldav.faults import Gone
from briefingkit_caldav.server import Server

if TYPE_CHECKING:
    from briefingkit_caldav.settings import CalDAV

__all__ = ["is_all_unchanged", "is_as_it_was", "look_again", "nothing_has_changed"]


def nothing_has_changed(settings: "CalDAV", written: str) -> bool:
    """Ask; False wherever that is not certain. IntegrationError where the server is out of reach."""
    cursor = Cursor.parse(written, settings)
    if cursor is None or not set(settings.keys) <= cursor.places.keys():
        return False
    return is_all_unchanged(settings, cursor)


def is_all_unchanged(settings: "CalDAV", cursor: Cursor | None) -> bool:
    """Ask for each calendar of a cursor of these settings, one request each."""
    if cursor is None:
        return False
    try:
        with Server(settings) as server:
            return all(_is_unchanged(server, place) for place in cursor.places.values())
    except Gone:
        return False


def look_again(server: Server, place: Place) -> Calendar:
    """Ask for what has to be known of a calendar: of its history one word, where the server has two."""
    both = place.token is not None and place.ctag is not None
    return look_at(server, place.path, history=CTAG if both else TOKEN if place.token is not None else None)


def is_as_it_was(calendar: Calendar, place: Place) -> bool:
    """Whether nothing in a calendar has changed, by its ctag or else its token; without either that is not known."""
    if place.ctag is not None:
        return calendar.ctag == place.ctag
    return place.token is not None and calendar.token == place.token


def _is_unchanged(server: Server, place: Place) -> bool:
    if server.settings.make is None and place.token is not None:
        changes = server.changes(place.path, place.token)
        return changes is not None and not changes.etags
    calendar = look_again(server, place)
    same = server.settings.make is None or digest_of_properties(calendar.properties) == place.properties
    return same and is_as_it_was(calendar, place)
