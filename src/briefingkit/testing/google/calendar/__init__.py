"""The rules of the Calendar API, version 3."""

from functools import partial

from briefingkit.testing.google.calendar import (
    acl,
    calendar_list,
    calendars,
    listing,
    palette,
    reading,
    writing,
)
from briefingkit.testing.google.calendar.world import World
from briefingkit.testing.google.call import Rules

__all__ = ["World", "rules"]


def rules(world: World) -> Rules:
    """Give what answers each method that the double keeps."""
    parts = (acl, calendar_list, calendars, listing, palette, reading, writing)
    return {name: partial(rule, world) for part in parts for name, rule in part.RULES.items()}
