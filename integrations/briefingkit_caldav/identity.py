"""Which event is which: names that follow from a briefing and nothing else, and the mark that makes an event ours.

A name that is derived needs no memory: a lost ledger, a lost answer or a second machine comes to the same name, and
`If-None-Match: *` keeps a second event from standing there.
"""

import re
from hashlib import sha256
from typing import Final
from urllib.parse import quote, unquote

from attrs import frozen

from briefingkit_caldav.hrefs import name_of, parent_of

__all__ = [
    "COLLECTION",
    "EVENT",
    "ONE_FOR_ALL",
    "ORDER",
    "Mark",
    "collection_name",
    "could_be_ours",
    "event_key",
    "event_name",
    "event_uid",
    "language_of",
    "mark_of",
    "parse_collection_name",
    "sown_name",
]

COLLECTION: Final = "collection"
EVENT: Final = "event"
ORDER: Final = (COLLECTION, EVENT)
"""A collection is made before anything stands in it, and goes when nothing does any more."""

ONE_FOR_ALL: Final = "all"
"""The key of a collection that holds the events of all languages."""

_HASH_DIGITS: Final = 10
_LONGEST_NAME: Final = 200
_SOWN_NAME: Final = re.compile(r"([a-z0-9]+(-[a-z0-9]+)*\.)?[0-9a-f]{40}@[a-z0-9.-]+\.ics")
_EVENT_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\.[A-Za-z0-9]+(-[A-Za-z0-9]+)*\.[0-9a-f]{10}\.ics")
_COLLECTION_PREFIX: Final = "briefingkit."
_MARK_PARTS: Final = 4


def event_key(briefing: str, language: str) -> str:
    """Return the key of a briefing's event in a language: `imrf-2022.en`. Neither part holds a dot."""
    return f"{briefing}.{language}"


def language_of(key: str) -> str:
    """Return the language in an event's key."""
    return key.rpartition(".")[2]


def event_name(namespace: str, key: str) -> str:
    """Return the last part of an event's address: letters, digits, dots and hyphens, which no server changes.

    Two namespaces that share a collection come to two names.
    """
    digest = sha256(f"briefingkit\n{namespace.lower()}\n{key}".encode()).hexdigest()
    return f"{key}.{digest[:_HASH_DIGITS]}.ics"


def sown_name(of_uid: str) -> str | None:
    """Return the last part of the address of an event that came with its whole calendar; None if that is not certain.

    Radicale gives it, by the UID (radicale/storage/multifilesystem/upload.py), if that can be the name of a file.
    """
    name = f"{of_uid}.ics"
    return name if len(name) <= _LONGEST_NAME and _SOWN_NAME.fullmatch(name) else None


def could_be_ours(path: str) -> bool:
    """Whether an address has the form of those that our events have: all others need not be looked into."""
    name = name_of(path)
    if _EVENT_NAME.fullmatch(name):
        return True
    made = parse_collection_name(name_of(parent_of(path))) is not None
    return made and _SOWN_NAME.fullmatch(name) is not None


def event_uid(of_briefing: str, language: str, *, alone: bool) -> str:
    """Return the UID of an event: the briefing's own, or one beside it where that is taken by another language.

    No two events of a collection share a UID (RFC 4791 section 5.3.2.1).
    """
    return of_briefing if alone else f"{language.lower()}.{of_briefing}"


@frozen
class Mark:
    """What an event of ours says of itself in the property X-BRIEFINGKIT."""

    namespace: str
    target: str
    key: str
    owner: str

    def __str__(self) -> str:
        """Write it as the property's value: four words."""
        return " ".join(quote(part, safe="") for part in (self.namespace, self.target, self.key, self.owner))

    def stands_in(self, path: str, of_uid: str) -> bool:
        """Whether an event with this mark, at this address and with this UID, is the one that we made, and no copy."""
        from briefingkit.model import uid

        briefing, _, language = self.key.rpartition(".")
        # A briefing may be of another namespace than its project.
        own = uid(of_uid.partition("@")[2], briefing)
        uids = {event_uid(own, language, alone=alone) for alone in (True, False)}
        return briefing == self.owner and of_uid in uids and self._is_placed(path, of_uid)

    def _is_placed(self, path: str, of_uid: str) -> bool:
        name = name_of(path)
        if name == event_name(self.namespace, self.key):
            return True
        ours = {
            collection_name(self.namespace, self.target, key) for key in (ONE_FOR_ALL, language_of(self.key))
        }
        return name == sown_name(of_uid) and name_of(parent_of(path)) in ours


def mark_of(value: str) -> Mark | None:
    """Read a mark; None for what is none."""
    parts = value.split(" ")
    return Mark(*map(unquote, parts)) if len(parts) == _MARK_PARTS and all(parts) else None


def collection_name(namespace: str, target: str, key: str) -> str:
    """Return the last part of the address of a collection that we make, by which it is found again.

    That name is its mark: properties of one's own are kept by few servers, the name that a client gives by most.
    """
    return f"{_COLLECTION_PREFIX}{namespace.lower()}.{target}.{key}"


def parse_collection_name(name: str) -> tuple[str, str, str] | None:
    """Read namespace, target and key back; None for a collection that we did not make."""
    if not name.startswith(_COLLECTION_PREFIX):
        return None
    parts = name.removeprefix(_COLLECTION_PREFIX).rsplit(".", 2)
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 and all(parts) else None  # noqa: PLR2004 - as they are named
