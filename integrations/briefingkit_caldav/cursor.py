"""Where a reading stands, so that the next one asks one question a calendar: its address, and its sync token."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen

if TYPE_CHECKING:
    from briefingkit_caldav.settings import CalDAV

__all__ = ["NOTHING", "Cursor", "Paths", "Place", "digest_of", "digest_of_properties"]

_FORM: Final = 1
_OCTETS: Final = 4


@frozen
class Paths:
    """Which events stood in a calendar, by the first octets of a digest of their paths.

    What was made after a token and removed again before the next is in no server's answer (RFC 6578 section 3.5): that
    an event which was made since is not named there means that it is gone.
    """

    digests: frozenset[bytes] = frozenset()

    @classmethod
    def of(cls, paths: Iterable[str]) -> "Paths":
        """Take paths."""
        return cls(frozenset(map(_digest, paths)))

    def __contains__(self, path: str) -> bool:
        return _digest(path) in self.digests

    def written(self) -> str:
        """Write them as one word."""
        return b64encode(b"".join(sorted(self.digests))).decode()

    @classmethod
    def parse(cls, word: str) -> "Paths":
        """Read that word."""
        octets = b64decode(word)
        return cls(frozenset(octets[at : at + _OCTETS] for at in range(0, len(octets), _OCTETS)))


NOTHING: Final = Paths()
"""An empty calendar."""


def _digest(path: str) -> bytes:
    return sha256(path.encode()).digest()[:_OCTETS]


@frozen
class Place:
    """A calendar as it was read: its path, its sync token or ctag, a digest of its properties, and what was there."""

    path: str
    token: str | None = None
    ctag: str | None = None
    properties: str | None = None
    known: Paths = NOTHING


@frozen
class Cursor:
    """The calendars by key, and the namespaces whose events were read. It holds no secret."""

    places: Mapping[str, Place]
    namespaces: tuple[str, ...] = ()
    settings: str = field(default="", repr=False)

    def written(self) -> str:
        """Write it down."""
        places = {
            key: [place.path, place.token, place.ctag, place.properties, place.known.written()]
            for key, place in self.places.items()
        }
        data = {"form": _FORM, "for": self.settings, "namespaces": self.namespaces, "places": places}
        return json.dumps(data, separators=(",", ":"))

    @classmethod
    def parse(cls, text: str | None, settings: "CalDAV") -> "Cursor | None":
        """Read it; None for one of other settings, of another release, or of nobody's."""
        cursor = None if text is None else cls.read(text)
        return cursor if cursor is not None and cursor.settings == digest_of(settings) else None

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        """Read one that is known to be of the same settings; None for one of another release, or of nobody's."""
        try:
            data: Any = json.loads(text)
            if data["form"] != _FORM:
                return None
            places = {
                str(key): Place(path, token, ctag, properties, Paths.parse(known))
                for key, (path, token, ctag, properties, known) in data["places"].items()
            }
            return cls(places, tuple(data["namespaces"]), data["for"])
        except (ValueError, TypeError, KeyError, AttributeError):
            return None


def digest_of(settings: "CalDAV") -> str:
    """Digest what decides which calendars are read."""
    told = (
        settings.url,
        settings.username,
        settings.target,
        sorted(settings.addresses.items()),
        settings.keys,
    )
    return _short(repr((told, settings.make is None)))


def digest_of_properties(properties: Mapping[str, object]) -> str:
    """Digest the properties of a calendar, to be compared without being kept."""
    return _short(json.dumps(dict(properties), sort_keys=True))


def _short(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]
