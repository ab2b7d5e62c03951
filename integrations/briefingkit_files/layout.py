"""Which names stand where in the folder. A name follows from a resource's identity and from nothing else.

No name is ever taken from a file: a record at `fr/imrf-2022.json` speaks for the files beside it that are called
`imrf-2022`, and whatever stands in it, it can speak for no others. That is what keeps everything below the folder.
"""

import re
from collections.abc import Mapping
from typing import Final

from attrs import frozen

from briefingkit.publish import Identity

__all__ = [
    "FORMATS",
    "INDEX",
    "ORDER",
    "PAGE",
    "SITE",
    "SITE_IDENTITY",
    "Place",
    "href",
    "identity_at",
    "index_identity",
    "is_language_folder",
    "page_identity",
    "place_of",
]

PAGE: Final = "page"
INDEX: Final = "index"
SITE: Final = "site"
ORDER: Final = (PAGE, INDEX, SITE)
"""An index lists pages and its feed is made of their calendar files; the manifest lists everything."""

SITE_IDENTITY: Final = Identity(SITE, "manifest")

FORMATS: Final[Mapping[str, str]] = {
    "html": ".html",
    "ics": ".ics",
    "jsonld": ".jsonld",
    "txt": ".txt",
    "md": ".md",
}
"""What a page can be written as, with the ending of its file."""

_INDEX_FILES: Final = {"html": "index.html", "ics": "feed.ics"}
_RECORD: Final = ".json"
_INDEX_RECORD: Final = "index.json"
_MANIFEST: Final = "manifest.json"

_IDENTIFIER: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LANGUAGE: Final = re.compile(r"[A-Za-z0-9]{1,8}(-[A-Za-z0-9]{1,8})*")
_LONGEST: Final = 64
# An identifier never holds an underscore, so that a name which is taken can have one added and is nobody else's.
# Windows knows devices by these names, whatever their ending, and some of them are languages too (con: Cofán).
_DEVICES: Final = ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)))
_TAKEN: Final = frozenset(("index", "feed", *_DEVICES))


@frozen
class Place:
    """Where a resource stands: a folder ("" is the target's own), its record there, and its files by format."""

    identity: Identity
    folder: str
    record: str
    files: Mapping[str, str]

    @property
    def path(self) -> str:
        """Name the resource by its main file, as people would."""
        return self.path_of(self.files["html"])

    def path_of(self, name: str) -> str:
        """Give the path of one of its files, from the target's folder, with slashes."""
        return f"{self.folder}/{name}" if self.folder else name


def page_identity(identifier: str, language: str) -> Identity:
    """Return the identity of a briefing's page in a language."""
    return Identity(PAGE, f"{identifier}/{language}")


def index_identity(language: str) -> Identity:
    """Return the identity of the index and feed of a language."""
    return Identity(INDEX, language)


def place_of(identity: Identity) -> Place:
    """Say where a resource stands. ValueError for one that this target cannot have made."""
    if identity == SITE_IDENTITY:
        return Place(identity, "", _MANIFEST, {"html": "index.html"})
    identifier, _, language = identity.key.rpartition("/")
    if identity.kind == INDEX and not identifier and _is(_LANGUAGE, language):
        return Place(identity, _stem(language), _INDEX_RECORD, _INDEX_FILES)
    if identity.kind == PAGE and _is(_IDENTIFIER, identifier) and _is(_LANGUAGE, language):
        stem = _stem(identifier)
        files = {name: stem + ending for name, ending in FORMATS.items()}
        return Place(identity, _stem(language), stem + _RECORD, files)
    raise ValueError(f"{identity} is nothing that stands in a folder")


def identity_at(folder: str, name: str) -> Identity | None:
    """Say whose record a file would be; None for a name that is no record's."""
    if not folder:
        return SITE_IDENTITY if name == _MANIFEST else None
    if not is_language_folder(folder) or not name.endswith(_RECORD):
        return None
    language = folder.removesuffix("_")
    if name == _INDEX_RECORD:
        return index_identity(language)
    stem = name.removesuffix(_RECORD)
    identifier = stem.removesuffix("_")
    known = _is(_IDENTIFIER, identifier) and _stem(identifier) == stem
    return page_identity(identifier, language) if known else None


def is_language_folder(name: str) -> bool:
    """Whether a folder of this name could hold the pages of a language."""
    language = name.removesuffix("_")
    return _is(_LANGUAGE, language) and _stem(language) == name


def href(here: Place, there: Place, name: str) -> str:
    """Give the address of a file of `there`, relative to the files of `here`."""
    if here.folder == there.folder:
        return name
    return f"../{there.path_of(name)}" if here.folder else there.path_of(name)


def _stem(name: str) -> str:
    return f"{name}_" if name.lower() in _TAKEN else name


def _is(pattern: re.Pattern[str], text: str) -> bool:
    return len(text) <= _LONGEST and pattern.fullmatch(text) is not None
