"""`colors` and `settings`: what is the same for everybody.

Source: the answer of `colors.get` as it is known from the API, and the list of settings at
developers.google.com/workspace/calendar/api/v3/reference/settings.
"""

from briefingkit.testing.google.calendar.world import World
from briefingkit.testing.google.call import Answer, Call, Rules
from briefingkit.testing.google.refusal import not_found

__all__ = ["rules"]

_EVENT = "a4bdfc 7ae7bf dbadff ff887c fbd75b ffb878 46d6db e1e1e1 5484ed 51b749 dc2127".split()
_CALENDAR = (
    "ac725e d06b64 f83a22 fa573c ff7537 ffad46 42d692 16a765 7bd148 b3dc6c fbe983 fad165 92e1c0 9fe1e7 9fc6e7 4986e7 "
    "9a9cff b99aff c2c2c2 cabdbf cca6ac f691b2 cd74e6 a47ae2"
).split()


def rules(world: World) -> Rules:
    """Give the rules of these methods."""

    def colours(_call: Call) -> Answer:
        def named(values: list[str]) -> dict[str, dict[str, str]]:
            return {
                str(number): {"background": f"#{value}", "foreground": "#1d1d1d"}
                for number, value in enumerate(values, start=1)
            }

        return Answer(
            {
                "kind": "calendar#colors",
                "updated": "2012-02-14T00:00:00.000Z",
                "calendar": named(_CALENDAR),
                "event": named(_EVENT),
            }
        )

    def setting(call: Call) -> Answer:
        found = _settings(world).get(call.path["setting"])
        if found is None:
            raise not_found()
        return Answer(found)

    def settings(_call: Call) -> Answer:
        items = list(_settings(world).values())
        return Answer({"kind": "calendar#settings", "etag": '"p1"', "items": items})

    return {
        "calendar.colors.get": colours,
        "calendar.settings.get": setting,
        "calendar.settings.list": settings,
    }


def _settings(world: World) -> dict[str, dict[str, str]]:
    values = {"format24HourTime": "true", "locale": "en", "timezone": world.timezone, "weekStart": "1"}
    return {
        name: {"kind": "calendar#setting", "etag": '"p1"', "id": name, "value": value}
        for name, value in values.items()
    }
