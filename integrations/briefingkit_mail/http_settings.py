"""Checking what the settings of mail services have in common: a key, an address of an API, how many at once."""

from typing import Any
from urllib.parse import urlsplit

from briefingkit.errors import ModelError

__all__ = ["check_base_url", "check_connections", "check_key", "check_rate", "check_timeout"]

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_MOST_CONNECTIONS = 100


def check_key(_instance: object, attribute: Any, value: Any) -> None:
    """Refuse what no key can be, without a word about what it is."""
    if value is not None and (not value or not value.isascii() or not value.isprintable() or " " in value):
        raise ModelError(
            "this is empty, or holds characters that no key has: is the variable set?", field=attribute.name
        )


def check_base_url(_instance: object, attribute: Any, value: str | None) -> None:
    """Refuse an address that a key must not be told to: it is https, or this machine."""
    if value is None:
        return
    try:
        parts = urlsplit(value)
        host, _port = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    safe = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    if not host or not safe or parts.username is not None or parts.query or parts.fragment:
        raise ModelError("give the API's address, https://… and nothing after its path", field=attribute.name)


def check_connections(_instance: object, attribute: Any, value: int) -> None:
    """Bound how many requests are made at once."""
    if not 1 <= value <= _MOST_CONNECTIONS:
        raise ModelError(f"{attribute.name} is 1 to {_MOST_CONNECTIONS}", field=attribute.name)


def check_rate(_instance: object, attribute: Any, value: float | None) -> None:
    """Refuse a rate at which nothing would ever go."""
    if value is not None and not value > 0:
        raise ModelError(f"{attribute.name} is recipients a second, more than none", field=attribute.name)


def check_timeout(_instance: object, attribute: Any, value: float) -> None:
    """Keep a request well inside the time for which a sender holds its messages."""
    if not 1 <= value <= 60:  # noqa: PLR2004
        raise ModelError(f"{attribute.name} is 1 to 60 seconds", field=attribute.name)
