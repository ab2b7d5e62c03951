"""The address of a server that stands in for Google's, such as a double on this machine."""

import re
from typing import Any

from briefingkit.errors import ModelError

__all__ = ["check_server", "ending_in_slash"]

_BASE_URL = re.compile(r"https?://[^\s/?#@\\]+(/[^\s?#\\]*)?")


def ending_in_slash(url: str | None) -> str | None:
    """End an address with a slash, so that paths can stand behind it."""
    return url if url is None or url.endswith("/") else f"{url}/"


def check_server(_instance: object, attribute: Any, value: str | None) -> None:
    """Raise ModelError for what is no address of a server."""
    if value is not None and not (value.isprintable() and _BASE_URL.fullmatch(value)):
        raise ModelError(
            f"{value[:80]!r} is no address of a server: give one such as http://127.0.0.1:8080/",
            field=attribute.name,
        )
