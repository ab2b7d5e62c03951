"""Which spreadsheet is which: a mark in its private properties in Drive, written when it is made.

Google names a file that is made, so nothing can be derived; the mark is searched for before another is made. Once a
file is there it also carries its own id: a copy that somebody makes carries that of another, and is theirs.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from attrs import frozen

from briefingkit.publish import Identity
from briefingkit_google.unchecked import mapping_in, text_in

__all__ = [
    "ORDER",
    "SPREADSHEET",
    "SheetMark",
    "address",
    "columns_digest",
    "digest_of",
    "fitting",
    "identity_of",
    "mark_of",
    "mark_properties",
    "own_id",
    "search_for",
    "search_for_all",
]

SPREADSHEET: Final = "spreadsheet"
ORDER: Final = (SPREADSHEET,)

_NAMESPACE: Final = "briefingkit-namespace"
_TARGET: Final = (
    "briefingkit-sheets"  # and not as forms are: a target of the same name may once have made those
)
_BRIEFING: Final = "briefingkit-briefing"
_COLUMNS: Final = "briefingkit-columns"
_FILE: Final = "briefingkit-file"
_LONGEST: Final = 124
"""Bytes of a property with its key (https://developers.google.com/workspace/drive/api/guides/properties)."""


@frozen
class SheetMark:
    """What a spreadsheet of ours says of itself. `namespace` and `target` are as they fit into a property."""

    namespace: str
    target: str
    briefing: str


def identity_of(briefing: str) -> Identity:
    """Return the identity of a briefing's spreadsheet."""
    return Identity(SPREADSHEET, briefing)


def address(file: str) -> str:
    """Give the address under which people open a spreadsheet."""
    return f"https://docs.google.com/spreadsheets/d/{file}/edit"


def fitting(name: str) -> str:
    """Give a namespace or a target's name as a property holds it: itself, or a digest where it would not fit."""
    plain = name.isprintable() and len(f"{_NAMESPACE}{name}".encode()) <= _LONGEST
    return name if plain else f"sha256-{sha256(name.encode()).hexdigest()[:40]}"


def digest_of(columns: tuple[str, ...]) -> str:
    """Digest the keys of the columns: they themselves may be longer than a property."""
    return sha256("\n".join(columns).encode()).hexdigest()[:32]


def mark_properties(mark: SheetMark, columns: tuple[str, ...], file: str | None = None) -> dict[str, str]:
    """Write the mark as private properties (appProperties of drive v3); with `file`, the file's own id too."""
    own = {} if file is None else {_FILE: file}
    return {
        _NAMESPACE: mark.namespace,
        _TARGET: mark.target,
        _BRIEFING: mark.briefing,
        _COLUMNS: digest_of(columns),
        **own,
    }


def mark_of(raw: Mapping[str, Any]) -> SheetMark | None:
    """Read the mark of a file as the API gives it; None for one that is not ours, or that somebody copied."""
    properties = mapping_in(raw.get("appProperties"))
    found = [text_in(properties.get(name)) for name in (_NAMESPACE, _TARGET, _BRIEFING)]
    if not all(found) or own_id(raw) not in {None, raw.get("id")}:
        return None
    return SheetMark(*map(str, found))


def own_id(raw: Mapping[str, Any]) -> str | None:
    """Read the id that a file says it has; None for one that was not finished."""
    return text_in(mapping_in(raw.get("appProperties")).get(_FILE))


def columns_digest(raw: Mapping[str, Any]) -> str | None:
    """Read the digest of the columns that a file was last meant to have."""
    return text_in(mapping_in(raw.get("appProperties")).get(_COLUMNS))


def search_for_all(target: str) -> str:
    """Write the query for all spreadsheets of a target (Drive's guide "Search for files and folders")."""
    return f"{_has(_TARGET, fitting(target))} and trashed = false"


def search_for(mark: SheetMark) -> str:
    """Write the query for one spreadsheet."""
    terms = (
        _has(_BRIEFING, mark.briefing),
        _has(_TARGET, mark.target),
        _has(_NAMESPACE, mark.namespace),
    )
    return f"{' and '.join(terms)} and trashed = false"


def _has(key: str, value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"appProperties has {{ key='{key}' and value='{escaped}' }}"
