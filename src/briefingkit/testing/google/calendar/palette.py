"""`colors` and `settings`: what is the same for everybody.

Source: the answer of `colors.get` as the API gives it, and the list of settings at
developers.google.com/workspace/calendar/api/v3/reference/settings.
"""

from typing import Any

from briefingkit.testing.google.calendar.world import World
from briefingkit.testing.google.call import Answer, Call
from briefingkit.testing.google.refusal import not_found

__all__ = ["RULES"]

# fmt: off
_EVENT = (
    "a4bdfc", "7ae7bf", "dbadff", "ff887c", "fbd75b", "ffb878", "46d6db", "e1e1e1", "5484ed", "51b749", "dc2127",
)
_CALENDAR = (
    "ac725e", "d06b64", "f83a22", "fa573c", "ff7537", "ffad46", "42d692", "16a765", "7bd148", "b3dc6c", "fbe983",
    "fad165", "92e1c0", "9fe1e7", "9fc6e7", "4986e7", "9a9cff", "b99aff", "c2c2c2", "cabdbf", "cca6ac", "f691b2",
    "cd74e6", "a47ae2",
)
# fmt: on


def _colours(_world: World, _call: Call) -> Answer:
    palettes = {"calendar": _numbered(_CALENDAR), "event": _numbered(_EVENT)}
    return Answer({"kind": "calendar#colors", "updated": "2012-02-14T00:00:00.000Z", **palettes})


def _numbered(values: tuple[str, ...]) -> dict[str, dict[str, str]]:
    return {
        str(number): {"background": f"#{value}", "foreground": "#1d1d1d"}
        for number, value in enumerate(values, start=1)
    }


def _setting(world: World, call: Call) -> Answer:
    for setting in _all_settings(world):
        if setting["id"] == call.path["setting"]:
            return Answer(setting)
    raise not_found()


def _settings(world: World, _call: Call) -> Answer:
    return Answer({"kind": "calendar#settings", "etag": '"p1"', "items": _all_settings(world)})


def _all_settings(world: World) -> list[dict[str, Any]]:
    values = {"format24HourTime": "true", "locale": "en", "timezone": world.timezone, "weekStart": "1"}
    return [
        {"kind": "calendar#setting", "etag": '"p1"', "id": name, "value": value}
        for name, value in values.items()
    ]


RULES = {
    "calendar.colors.get": _colours,
    "calendar.settings.get": _setting,
    "calendar.settings.list": _settings,
}
