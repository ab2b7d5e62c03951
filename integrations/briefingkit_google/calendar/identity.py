"""Which event is which: names and ids that follow from a briefing and nothing else, and the mark that makes it ours.

An id that is derived needs no memory: a lost ledger, a lost answer or a second machine asks for the same id again, and
Google refuses a second event under it.
"""

import re
from base64 import b32hexencode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from attrs import frozen

from briefingkit.model import uid
from briefingkit.publish import Identity

__all__ = [
    "ACCESS",
    "CALENDAR",
    "EVENT",
    "ONE_FOR_ALL",
    "ORDER",
    "EventName",
    "Mark",
    "access_identity",
    "calendar_identity",
    "calendar_key_of",
    "conference_request_id",
    "event_id",
    "mark_of",
    "mark_properties",
    "private_properties",
]

CALENDAR: Final = "calendar"
ACCESS: Final = "access"
EVENT: Final = "event"
ORDER: Final = (CALENDAR, ACCESS, EVENT)
"""A calendar is made before it is shared, and shared before anything stands in it."""

ONE_FOR_ALL: Final = "all"
"""The key of a calendar that holds the events of all languages."""

_ITEM: Final = "item"
_ROOM: Final = "room"
_PART: Final = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")

# Keys have 44 characters at most (https://developers.google.com/workspace/calendar/api/guides/extended-properties);
# a longer one would be dropped in silence.
_NAMESPACE_PROPERTY: Final = "briefingkit-namespace"
_TARGET_PROPERTY: Final = "briefingkit-target"
_OWNER_PROPERTY: Final = "briefingkit-owner"
_KEY_PROPERTY: Final = "briefingkit-key"


@frozen
class EventName:
    """What an event is of: a briefing, in a language where each has an event, or a part of it.

    `item` is an agenda item that has an event of its own, `room` the language of an interpreters' room.
    """

    briefing: str
    language: str | None = None
    item: str | None = None
    room: str | None = None

    @property
    def key(self) -> str:
        """Write the resource's key: `imrf-2022.en`, `imrf-2022.en.item.the-road`, `imrf-2022.room.fr`.

        No part holds a dot, so that no two names share a key.
        """
        of_language = (self.language,) if self.language is not None else ()
        of_item = (_ITEM, self.item) if self.item is not None else ()
        of_room = (_ROOM, self.room) if self.room is not None else ()
        return ".".join((self.briefing, *of_language, *of_item, *of_room))

    @property
    def identity(self) -> Identity:
        """Return the identity of the event as a resource."""
        return Identity(EVENT, self.key)

    @classmethod
    def parse(cls, key: str) -> "EventName | None":
        """Read a key back; None for one that this target never makes."""
        first, *rest = key.split(".")
        if not all(_PART.fullmatch(part) for part in (first, *rest)):
            return None
        kind, of = (rest[-2], rest[-1]) if len(rest) >= 2 else (None, None)  # noqa: PLR2004 - a kind and a name
        item = of if kind == _ITEM else None
        room = of if kind == _ROOM else None
        before = rest[:-2] if item or room else rest
        if len(before) > 1:
            return None
        return cls(first, before[0] if before else None, item, room)


def calendar_identity(key: str) -> Identity:
    """Return the identity of a calendar that we make: its key is a language, or `all`."""
    return Identity(CALENDAR, key)


def access_identity(calendar_key: str, scope: str) -> Identity:
    """Return the identity of a rule of access; the scope is as Google names its rules, `domain:example.org`."""
    return Identity(ACCESS, f"{calendar_key} {scope}")


def calendar_key_of(identity: Identity, *, by_language: bool) -> str:
    """Tell in which calendar a resource stands, by that calendar's key: a language, or `all`.

    `by_language` says whether the target has a calendar for each language. ValueError for what stands in none.
    """
    if identity.kind == CALENDAR:
        return identity.key
    if identity.kind == ACCESS:
        return identity.key.partition(" ")[0]
    name = EventName.parse(identity.key) if identity.kind == EVENT else None
    if name is None or (by_language and name.language is None):
        raise ValueError(f"{identity} stands in no calendar of this target")
    return name.language if by_language and name.language is not None else ONE_FOR_ALL


def event_id(namespace: str, owner: str, key: str) -> str:
    """Derive the id of an event: base32hex in lower case, 5 to 1024 characters (Event.id of calendar v3).

    It is a hash of the briefing's uid and the resource's key, 52 characters long.
    """
    return _hashed(uid(namespace, owner), key)


def conference_request_id(event: str, state: str = "") -> str:
    """Derive the id of a request for a room. Google ignores one that it has seen (CreateConferenceRequest.requestId).

    `state` is the etag of an event whose room failed or was taken off: asking again needs another id, and asking twice
    about one state needs the same.
    """
    return _hashed("room", event, state)


def _hashed(*parts: str) -> str:
    digest = sha256("\n".join(("briefingkit", *parts)).encode()).digest()
    return b32hexencode(digest).decode().rstrip("=").lower()


@frozen
class Mark:
    """What an event of ours says of itself, in private extended properties that only this calendar's copy has."""

    namespace: str
    target: str
    owner: str
    key: str

    @property
    def id(self) -> str:
        """The id that an event with this mark has, unless somebody copied it."""
        return event_id(self.namespace, self.owner, self.key)


def mark_properties(mark: Mark) -> dict[str, str]:
    """Write the mark as private extended properties."""
    return {
        _NAMESPACE_PROPERTY: mark.namespace,
        _TARGET_PROPERTY: mark.target,
        _OWNER_PROPERTY: mark.owner,
        _KEY_PROPERTY: mark.key,
    }


def mark_of(raw: Mapping[str, Any]) -> Mark | None:
    """Read the mark of an event as the API gives it; None for an event that is not ours.

    A copy that somebody made has the properties and another id: it is theirs.
    """
    properties = private_properties(raw)
    found = [
        properties.get(name)
        for name in (_NAMESPACE_PROPERTY, _TARGET_PROPERTY, _OWNER_PROPERTY, _KEY_PROPERTY)
    ]
    if not all(isinstance(each, str) and each for each in found):
        return None
    mark = Mark(*map(str, found))
    return mark if EventName.parse(mark.key) is not None and raw.get("id") == mark.id else None


def private_properties(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the private extended properties of an event as the API gives it."""
    extended = raw.get("extendedProperties")
    private = extended.get("private") if isinstance(extended, Mapping) else None
    return private if isinstance(private, Mapping) else {}
