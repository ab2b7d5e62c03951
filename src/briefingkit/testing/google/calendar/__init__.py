"""The rules of the Calendar API, version 3."""

from briefingkit.testing.google.calendar import acl, calendars, events, listing, palette
from briefingkit.testing.google.calendar.world import World
from briefingkit.testing.google.call import Rules

__all__ = ["World", "rules"]


def rules(world: World) -> Rules:
    """Give what answers each method that the double keeps."""
    parts = (acl, calendars, events, listing, palette)
    return {name: rule for part in parts for name, rule in part.rules(world).items()}
