"""`events.list` and `events.instances`: filters, order, pages and sync tokens.

Source: the descriptions of the parameters of these methods in the discovery document.
"""

from collections.abc import Callable, Iterator
from typing import Any

from briefingkit.testing.google.calendar.access import find_calendar
from briefingkit.testing.google.calendar.events import find_event, seen_by, view
from briefingkit.testing.google.calendar.paging import Listing, page, read_sync_token
from briefingkit.testing.google.calendar.recurrence import instances
from briefingkit.testing.google.calendar.times import read_instant, span_of
from briefingkit.testing.google.calendar.world import Collection, Held, World
from briefingkit.testing.google.call import Answer, Call
from briefingkit.testing.google.refusal import Refusal, invalid

__all__ = ["RULES"]

_NOT_WITH_TOKEN = (
    "iCalUID",
    "orderBy",
    "privateExtendedProperty",
    "q",
    "sharedExtendedProperty",
    "timeMin",
    "timeMax",
    "updatedMin",
)
_NO_TOKEN = tuple(name for name in _NOT_WITH_TOKEN if name not in {"timeMin", "timeMax"})
"""Lists that are filtered so give no sync token here: one could not say what has left them."""
_BOUND = ("singleEvents", "eventTypes", "showHiddenInvitations")
_LARGEST = 2500

Test = Callable[[dict[str, Any]], bool]


def _list(world: World, call: Call) -> Answer:
    calendar = find_calendar(world, call, "freeBusyReader")
    place = f"events {calendar.id} {[call.query.get(name) for name in _BOUND]}"
    query = _check(call)
    sync = read_sync_token(world, call, place)
    window = sync["kept"] if sync is not None else _window(query)
    tests = _tests({**query, **window})
    seen = seen_by(world, calendar, call)
    detailed = bool(query.get("showDeleted"))
    deleted = detailed or sync is not None or "updatedMin" in query

    def see(event: dict[str, Any]) -> dict[str, Any] | None:
        cancelled = event["status"] == "cancelled"
        if cancelled and not deleted:
            return None
        if cancelled and sync is not None and not detailed:
            # Source, at `status`: "incremental sync requests with showDeleted set to false will not return these".
            return {name: event[name] for name in ("kind", "etag", "id", "status")}
        return view(event, calendar, seen) if all(test(event) for test in tests) else None

    head = {
        "summary": calendar.body["summary"],
        "updated": calendar.updated,
        "timeZone": seen.timezone,
        "accessRole": seen.role,
        "defaultReminders": [],
    }
    order = _order(query.get("orderBy"))
    tokens = not any(name in query for name in _NO_TOKEN)
    expand = _expand if query.get("singleEvents") else None
    listing = Listing("calendar#events", place, see, _LARGEST, order, expand, tokens, window, head)
    return page(world, call, calendar.events, listing)


def _expand(held: Held) -> Iterator[Held]:
    for instance in instances(held.body):
        yield Held(instance, held.changed, held.made)


def _instances(world: World, call: Call) -> Answer:
    calendar = find_calendar(world, call, "freeBusyReader")
    event = find_event(calendar, call.path["eventId"])
    tests, seen = _tests(dict(call.query)), seen_by(world, calendar, call)
    found = Collection()
    for instance in instances(event):
        if "recurringEventId" in instance:
            found.put(instance["id"], instance, len(found.held))

    def see(each: dict[str, Any]) -> dict[str, Any] | None:
        return view(each, calendar, seen) if all(test(each) for test in tests) else None

    listing = Listing("calendar#events", f"instances {event['id']}", see, _LARGEST, tokens=False)
    return page(world, call, found, listing)


def _window(query: dict[str, Any]) -> dict[str, Any]:
    return {name: query[name] for name in ("timeMin", "timeMax") if name in query}


def _check(call: Call) -> dict[str, Any]:
    """Check what the parameters say together. Raises a Refusal, 400."""
    query = dict(call.query)
    if "syncToken" in query:
        for name in _NOT_WITH_TOKEN:
            if name in query:
                raise invalid(f"Sync token cannot be used with {name}.", name)
        if query.get("showDeleted") is False:
            raise invalid("Sync token cannot be used with showDeleted=false.", "showDeleted")
    if query.get("orderBy") == "startTime" and not query.get("singleEvents"):
        raise Refusal(
            400,
            "badRequest",
            "The requested ordering is not available for the particular query.",
            domain="calendar",
        )
    earliest, latest = query.get("timeMin"), query.get("timeMax")
    if earliest and latest and read_instant(latest) <= read_instant(earliest):
        raise Refusal(
            400,
            "timeRangeEmpty",
            "The specified time range is empty.",
            domain="calendar",
            location="timeMax",
        )
    return query


def _tests(query: dict[str, Any]) -> list[Test]:
    tests: list[Test] = []
    if "timeMin" in query:
        earliest = read_instant(query["timeMin"])
        tests.append(lambda event: span_of(event["end"]) > earliest)
    if "timeMax" in query:
        latest = read_instant(query["timeMax"])
        tests.append(lambda event: span_of(event["start"]) < latest)
    if "updatedMin" in query:
        since = read_instant(query["updatedMin"])
        tests.append(lambda event: read_instant(event["updated"]) >= since)
    if "iCalUID" in query:
        tests.append(lambda event: event["iCalUID"] == query["iCalUID"])
    if "q" in query:
        tests.append(lambda event: _says(event, query["q"].lower().split()))
    for kind in ("private", "shared"):
        for pair in query.get(f"{kind}ExtendedProperty", ()):
            key, found, value = pair.partition("=")
            if not found:
                raise invalid(f"Invalid extended property: {pair}", f"{kind}ExtendedProperty")
            tests.append(_has(kind, key, value))
    return tests


def _has(kind: str, key: str, value: str) -> Test:
    return lambda event: bool(event.get("extendedProperties", {}).get(kind, {}).get(key) == value)


def _says(event: dict[str, Any], words: list[str]) -> bool:
    people = [event.get("organizer", {}), *event.get("attendees", ())]
    texts = [event.get(name, "") for name in ("summary", "description", "location")]
    texts += [each.get(name, "") for each in people for name in ("displayName", "email")]
    text = " ".join(texts).lower()
    return all(word in text for word in words)


def _order(name: str | None) -> Callable[[Held], Any] | None:
    if name == "startTime":
        return lambda held: (span_of(held.body["start"]), held.made)
    return (lambda held: (held.body["updated"], held.changed)) if name == "updated" else None


RULES = {"calendar.events.list": _list, "calendar.events.instances": _instances}
