"""`events.get`.

Source: the description of the method in the discovery document. A conference that was asked for is there after so
many reads as the double was told.
"""

from briefingkit.testing.google.calendar.access import find_calendar
from briefingkit.testing.google.calendar.conferences import settle
from briefingkit.testing.google.calendar.events import find_event, show, store
from briefingkit.testing.google.calendar.world import World
from briefingkit.testing.google.call import Answer, Call

__all__ = ["RULES"]


def _get(world: World, call: Call) -> Answer:
    calendar = find_calendar(world, call, "freeBusyReader")
    event = find_event(calendar, call.path["eventId"])
    settled = settle(world, event, (calendar.id, event["id"]))
    return show(world, calendar, store(world, calendar, settled, event), call)


RULES = {"calendar.events.get": _get}
