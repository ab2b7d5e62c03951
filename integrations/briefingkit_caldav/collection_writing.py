"""Making, naming and taking away the calendars that are ours."""

from collections.abc import Mapping
from typing import Final

from briefingkit.errors import IntegrationError
from briefingkit.publish import Change, Outcome, Remote, Resource, Status
from briefingkit_caldav.calendars import (
    PROPERTIES,
    collection_remote,
    find_calendars,
    kind_of,
    look_at,
    property_values,
)
from briefingkit_caldav.discovery import make_collection
from briefingkit_caldav.faults import GONE, Gone, in_words
from briefingkit_caldav.hrefs import name_of
from briefingkit_caldav.identity import collection_name, could_be_ours
from briefingkit_caldav.multistatus import precondition_of
from briefingkit_caldav.remotes import event_remote
from briefingkit_caldav.server import Server

__all__ = ["write_collection"]

_SHOWN: Final = 3


def write_collection(server: Server, change: Change) -> Outcome:
    """Bring one calendar in step. Raises IntegrationError, which the caller makes an outcome of."""
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
    _set(server, path, wanted, before)
    return _done(server, change, path)


def _update(server: Server, change: Change, held: Remote) -> Outcome:
    wanted = change.wanted
    assert wanted is not None  # noqa: S101 - asked by write_collection
    if _now(server, held).resource.fields != held.resource.fields:
        return Outcome(change, Status.FAILED, error="it has changed since it was read: plan again")
    _set(server, held.id, wanted, held.resource.fields)
    return _done(server, change, held.id)


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
    if answer.status in GONE or 200 <= answer.status < 300:  # noqa: PLR2004 - success
        return Outcome(change, Status.DONE)
    status = Status.UNKNOWN if answer.in_doubt else Status.FAILED
    return Outcome(change, status, error=in_words(answer.status, precondition_of(answer.body)))


def _strangers(server: Server, path: str) -> list[str]:
    listed = server.listing(path).etags
    strangers = [each for each in listed if not could_be_ours(name_of(each))]
    asked = [each for each in listed if could_be_ours(name_of(each))]
    ours = {stored.path for stored in server.multiget(path, asked) if event_remote(stored) is not None}
    return strangers + [each for each in asked if each not in ours]


def _now(server: Server, held: Remote) -> Remote:
    return collection_remote(held.resource.key, look_at(server, held.id), held.resource.owner)


def _done(server: Server, change: Change, path: str) -> Outcome:
    wanted = change.subject
    return Outcome(change, Status.DONE, collection_remote(wanted.key, look_at(server, path), wanted.owner))


def _set(server: Server, path: str, wanted: Resource, before: Mapping[str, object]) -> None:
    """Set what is otherwise than wanted, property by property: one that a server does not keep spoils no other.

    What it does not keep is then read as it is, and is no drift. Its name has to stand: IntegrationError if not.
    """
    values = property_values(wanted.fields)
    for name, prefixed in PROPERTIES.items():
        if wanted.fields.get(name) == before.get(name):
            continue
        answer = server.proppatch(path, {prefixed: values[prefixed]})
        if name == "name" and answer.status >= 400:  # noqa: PLR2004 - an error
            raise IntegrationError(
                f"it cannot be named: {in_words(answer.status, precondition_of(answer.body))}"
            )
