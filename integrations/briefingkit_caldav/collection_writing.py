"""Making, naming and taking away the calendars that are ours."""

from typing import TYPE_CHECKING, Final

from briefingkit.publish import Change, Outcome, Remote, Resource, Status
from briefingkit_caldav.calendars import (
    Calendar,
    collection_remote,
    find_calendars,
    kind_of,
    look_at,
    recognise,
    set_properties,
)
from briefingkit_caldav.discovery import make_collection
from briefingkit_caldav.faults import GONE, Gone, in_words
from briefingkit_caldav.hrefs import name_of
from briefingkit_caldav.identity import collection_name, could_be_ours
from briefingkit_caldav.multistatus import precondition_of
from briefingkit_caldav.quirks import quirks_of
from briefingkit_caldav.remotes import event_remote
from briefingkit_caldav.server import Server

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["write_collection"]

_SHOWN: Final = 3


def write_collection(server: Server, change: Change) -> Outcome:
    """Bring one calendar in step. Raises IntegrationError, which the caller makes an outcome of."""
    if change.held is not None:
        server.settings.whereabouts.made.pop(change.held.id, None)
    if change.wanted is None:
        return _delete(server, change)
    return (
        _create(server, change, change.wanted)
        if change.held is None
        else _update(server, change, change.held)
    )


def _create(server: Server, change: Change, wanted: Resource) -> Outcome:
    """Make it, or go on with the one that was made before under the same name."""
    namespace = str(wanted.fields["namespace"])
    home, calendars = find_calendars(server, {namespace})
    found = calendars.get(wanted.key)
    if found is not None:
        path = found.path
    elif home is None:
        return Outcome(change, Status.FAILED, error="there is no calendar home to make it in")
    else:
        name = collection_name(namespace, wanted.owner, wanted.key)
        path = make_collection(server, kind_of(server), home, name, str(wanted.fields["name"]))
    before: Mapping[str, object] = found.properties if found is not None else {"name": wanted.fields["name"]}
    set_properties(server, path, wanted, before)
    made = look_at(server, path)
    if found is None:
        _note_empty(server, made, wanted)
    return _held(change, made)


def _note_empty(server: Server, made: Calendar, wanted: Resource) -> None:
    """Have a calendar filled by whom it is worth while to ask for that. Where none was before, its token tells who."""
    recognise(server, (made,))
    if quirks_of(kind_of(server)).sows:
        server.settings.whereabouts.made[made.path] = wanted


def _update(server: Server, change: Change, held: Remote) -> Outcome:
    wanted = change.wanted
    assert wanted is not None  # noqa: S101 - asked by write_collection
    if _now(server, held).resource.fields != held.resource.fields:
        return Outcome(change, Status.FAILED, error="it has changed since it was read: plan again")
    set_properties(server, held.id, wanted, held.resource.fields)
    return _held(change, look_at(server, held.id))


def _delete(server: Server, change: Change) -> Outcome:
    """Take a calendar away that holds nothing but our own: what others have put there is theirs."""
    held = change.held
    assert held is not None  # noqa: S101 - a deletion has something to take away
    try:
        if _now(server, held).resource.fields != held.resource.fields:
            return Outcome(change, Status.FAILED, error="it has changed since it was read: plan again")
        strangers = _strangers(server, held.id)
    except Gone:
        return Outcome(change, Status.DONE)
    if strangers:
        shown = ", ".join(name_of(path) for path in strangers[:_SHOWN])
        error = (
            f"{len(strangers)} events in it are not briefingkit's ({shown}): move them, or keep the calendar"
        )
        return Outcome(change, Status.REFUSED, error=error)
    answer = server.delete(held.id, {})
    if answer.status in GONE or answer.succeeded:
        return Outcome(change, Status.DONE)
    status = Status.UNKNOWN if answer.in_doubt else Status.FAILED
    return Outcome(change, status, error=in_words(answer.status, precondition_of(answer.body)))


def _strangers(server: Server, path: str) -> list[str]:
    listed = server.listing(path).etags
    strangers = [each for each in listed if not could_be_ours(each)]
    asked = [each for each in listed if could_be_ours(each)]
    ours = {stored.path for stored in server.multiget(path, asked) if event_remote(stored) is not None}
    return strangers + [each for each in asked if each not in ours]


def _now(server: Server, held: Remote) -> Remote:
    return collection_remote(held.resource.key, look_at(server, held.id), held.resource.owner)


def _held(change: Change, calendar: Calendar) -> Outcome:
    wanted = change.subject
    return Outcome(change, Status.DONE, collection_remote(wanted.key, calendar, wanted.owner))
