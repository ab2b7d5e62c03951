"""What stands at the server as a remote: whether it is ours, its fields, and what a later write has to keep."""

from typing import TYPE_CHECKING, Final

from briefingkit.publish import Remote, Resource
from briefingkit_caldav.event import Held, read_event
from briefingkit_caldav.hrefs import name_of
from briefingkit_caldav.identity import EVENT, sown_name
from briefingkit_caldav.server import Stored

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["event_remote", "held_of", "is_sown", "schedule_tag_of"]

_SEQUENCE: Final = "sequence"
_SCHEDULE_TAG: Final = "schedule-tag"
_LINES: Final = ("rest", "beside", "attendees")


def event_remote(stored: Stored, wanted: Resource | None = None) -> Remote | None:
    """Give an event of ours, or whatever stands where `wanted` should; None for what is nobody's business here.

    Ours is what carries our mark, at an address and with the UID that follow from it: a copy made by hand, or an event
    that was moved to another address, is a stranger.
    """
    held = read_event(stored.text)
    if held is not None and held.mark is not None and held.mark.stands_in(stored.path, held.uid):
        resource = Resource(EVENT, held.mark.key, held.mark.owner, held.fields)
        return _remote(resource, stored, held, ours=True)
    if wanted is None:
        return None
    found = held or Held("", None, {})
    return _remote(Resource(EVENT, wanted.key, "", found.fields), stored, found, ours=False)


def held_of(remote: Remote) -> Held:
    """Give back what a write has to keep."""
    lines = {name: tuple(remote.server.get(name, "").split("\n")) for name in _LINES if name in remote.server}
    sequence = remote.server.get(_SEQUENCE, "")
    return Held("", None, remote.resource.fields, int(sequence) if sequence.isdecimal() else 0, **lines)


def is_sown(remote: Remote) -> bool:
    """Whether an event of ours came with its whole calendar, and was not written over yet, as it should be."""
    fields = remote.resource.fields
    name = sown_name(str(fields.get("uid")))
    return remote.ours and fields.get("revision") is None and name == name_of(remote.id)


def schedule_tag_of(remote: Remote) -> str | None:
    """Return the tag that guests' answers leave as it is (RFC 6638 section 3.2.10); None where there is none."""
    return remote.server.get(_SCHEDULE_TAG)


def _remote(resource: Resource, stored: Stored, held: Held, *, ours: bool) -> Remote:
    kept: Mapping[str, str] = {
        _SEQUENCE: str(held.sequence) if held.sequence else "",
        _SCHEDULE_TAG: stored.schedule_tag or "",
        "rest": "\n".join(held.rest),
        "beside": "\n".join(held.beside),
        "attendees": "\n".join(held.attendees),
    }
    server = {name: value for name, value in kept.items() if value}
    return Remote(resource, stored.path, stored.etag or None, server, ours)
