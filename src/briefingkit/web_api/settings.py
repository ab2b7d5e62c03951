"""Checking the settings of whoever asks a web API: a key, and another address of the API."""

from typing import Any
from urllib.parse import urlsplit

from briefingkit.errors import ModelError

__all__ = ["check_base_url", "check_key"]

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


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
