"""Filling a calendar that was just made in one request, at a server that looks through it at each event that comes.

Radicale takes a calendar apart that is written whole, names each event by its UID, and makes the zones up anew, which
takes long and is wrong by an hour. So events are sown with their times in UTC, and each is then written over, as it
should be, by a request of its own: over what stands there already, a server need not look for its UID elsewhere.
docs/decisions/0057 has the measurements.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import evolve, frozen

from briefingkit.errors import BriefingkitError, IntegrationError
from briefingkit.publish import Change, Identity, Remote, Resource, Value
from briefingkit_caldav.body import calendar_head, component_of
from briefingkit_caldav.calendars import set_properties
from briefingkit_caldav.connection import Answer, read_all
from briefingkit_caldav.faults import Halfway, Lost
from briefingkit_caldav.hrefs import child
from briefingkit_caldav.identity import sown_name
from briefingkit_caldav.multistatus import DAV
from briefingkit_caldav.remotes import event_remote
from briefingkit_caldav.server import Server

__all__ = ["FEWEST", "MOST_OCTETS", "sow"]

FEWEST: Final = 200
"""Events for which it is worth while: before there are so many, a server has not much to look through."""
MOST_OCTETS: Final = 8 << 20
"""In one request: what does not fit is made as anywhere. Servers and proxies have limits, and so has a time-out."""

_EVENTS_ONLY: Final = '<C:comp name="VEVENT"/>'


def sow(
    server: Server, path: str, calendar: Resource, changes: Sequence[Change]
) -> Mapping[Identity, Remote]:
    """Put events that are to be made into an empty calendar, and tell which stand there then, each to be written over.

    Under If-Match with what the calendar is while it is empty, so that nothing of anybody's is lost. A server that does
    not take it costs one request: what is not told is to be made as anywhere. Raises Halfway where it is not known how
    far this came, and what `Server.ask` raises where nothing was sent.
    """
    seeds = list(_seeds(path, changes))
    etag = _etag_of_empty(server, path) if len(seeds) >= FEWEST else None
    if etag is None:
        return {}
    try:
        answer = _upload(server, path, etag, _whole(calendar, seeds))
    except Lost as error:
        raise Halfway(str(error)) from None
    refused = not answer.succeeded and answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
    if refused and not answer.in_doubt:
        return {}
    try:
        # A calendar that is written whole loses what it is not told anew, so this comes first.
        server.proppatch(path, {}, raw={"C:supported-calendar-component-set": _EVENTS_ONLY})
        set_properties(server, path, calendar, {})
        return {seed.change.identity: remote for seed, remote in _grown(server, path, seeds)}
    except IntegrationError as error:
        raise Halfway(str(error)) from None


@frozen
class _Seed:
    """An event as it is sown, and where a server puts it."""

    change: Change
    path: str
    content: bytes


def _seeds(collection: str, changes: Sequence[Change]) -> Iterator[_Seed]:
    """Write events out; one that cannot be is met again in its turn."""
    room = MOST_OCTETS
    for change in changes:
        name = sown_name(str(change.subject.fields["uid"]))
        if name is None:
            continue
        try:
            content = component_of(_sown(change.subject), None)
        except (BriefingkitError, ValueError, ZoneInfoNotFoundError):
            continue
        room -= len(content)
        if room < 0:
            return
        yield _Seed(change, child(collection, name), content)


def _sown(wanted: Resource) -> Resource:
    """Give an event the form that needs no zone. Without a revision, by which what was never written over is known."""
    fields = wanted.fields
    told = {"start": _in_utc(fields["start"]), "end": _in_utc(fields["end"]), "revision": None}
    return evolve(wanted, fields={**fields, **told})


def _in_utc(moment: Value) -> Value:
    zone = moment.get("timeZone") if isinstance(moment, Mapping) else None
    if not isinstance(moment, Mapping) or not isinstance(zone, str):
        return moment
    local = datetime.fromisoformat(str(moment["dateTime"])).replace(tzinfo=ZoneInfo(zone))
    return {"dateTime": local.astimezone(UTC).replace(tzinfo=None).isoformat(), "timeZone": "UTC"}


def _etag_of_empty(server: Server, path: str) -> str | None:
    """Return the ETag of a calendar in which nothing is; None for any other."""
    listed = server.properties(path, ("D:getetag",), depth=1)
    etag = listed[0].text(f"{DAV}getetag") if len(listed) == 1 else None
    return etag or None


def _whole(calendar: Resource, seeds: Sequence[_Seed]) -> bytes:
    """Write a calendar with all its events, and with those of its properties that have a place there."""
    from briefingkit.rendering.ics_lines import calendar_bytes
    from briefingkit.rendering.ics_values import text

    head = calendar_head()
    for name, field in (("x-wr-calname", "name"), ("x-wr-caldesc", "description")):
        if isinstance(value := calendar.fields[field], str):
            head.add(name, text(value))
    return calendar_bytes(head, (seed.content for seed in seeds))


def _upload(server: Server, path: str, etag: str, content: bytes) -> Answer:
    """Send it. A server that fails is not asked again: a proxy may have lost patience with one that is at work."""
    headers = {"Content-Type": "text/calendar; charset=utf-8", "If-Match": etag}
    answer, _ = server.ask("PUT", path, headers=headers, body=content, receive=read_all, patient=False)
    return answer


def _grown(server: Server, path: str, seeds: Sequence[_Seed]) -> Iterator[tuple[_Seed, Remote]]:
    by_path = {seed.path: seed for seed in seeds}
    for stored in server.multiget(path, list(by_path)):
        seed, remote = by_path.get(stored.path), event_remote(stored)
        if seed is not None and remote is not None and remote.identity == seed.change.identity:
            yield seed, remote
