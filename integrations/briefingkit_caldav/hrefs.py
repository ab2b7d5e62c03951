"""Addresses on one server, in one spelling: servers write the same one with `@` or `%40`, in full or as a path."""

from typing import Final
from urllib.parse import quote, unquote, urlsplit

__all__ = ["child", "name_of", "origin_of", "parent_of", "path_of"]

_AS_THEY_ARE: Final = "-._~!$&'()*+,;=:@"
"""What a segment of a path may hold unquoted (RFC 3986 section 3.3)."""
_PORTS: Final = {"http": 80, "https": 443}


def path_of(href: str) -> str:
    """Return the path in an address; a slash inside a segment stays quoted."""
    path = urlsplit(href).path if "://" in href else href.partition("?")[0].partition("#")[0]
    return "/".join(quote(unquote(segment), safe=_AS_THEY_ARE) for segment in path.split("/")) or "/"


def name_of(path: str) -> str:
    """Return the last segment, unquoted."""
    return unquote(path.rstrip("/").rpartition("/")[2])


def parent_of(path: str) -> str:
    """Return the collection in which something stands."""
    return f"{path.rstrip('/').rpartition('/')[0]}/"


def child(collection: str, name: str) -> str:
    """Return the path of something in a collection."""
    return f"{collection.rstrip('/')}/{quote(name, safe=_AS_THEY_ARE)}"


def origin_of(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port of an address. ValueError for a port that is none."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, parts.hostname or "", parts.port or _PORTS.get(scheme, 443)
