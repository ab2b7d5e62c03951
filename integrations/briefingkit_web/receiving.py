"""What comes in: bodies that are small, timely and in the one form that is read, and only from our own pages."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from attrs import frozen
from starlette.requests import ClientDisconnect

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["LARGEST", "Unreadable", "is_from_elsewhere", "posted"]

LARGEST = 512 * 1024
"""Octets of a body. The longest form of twenty paragraphs is a third of that."""

_HEARD_OUT = 4 << 20
_SECONDS = 20.0
_MOST_FIELDS = 1000
_FORM = "application/x-www-form-urlencoded"


@frozen
class Unreadable(Exception):
    """A request that cannot be read; `status` is what HTTP calls that."""

    status: int


async def posted(request: "Request", *, seconds: float = _SECONDS) -> Mapping[str, Sequence[str]]:
    """Read a form that was posted: the values of each name, in order.

    Raises Unreadable: 415 for another content type, 413 for what is too large, 408 for what does not arrive in time,
    400 for what is no such form, or breaks off.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _FORM:
        raise Unreadable(415)
    body, length = bytearray(), 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                length += len(chunk)
                if length > _HEARD_OUT:
                    break
                # What is too large is heard out for a while: many clients read no answer before they have said all.
                body = body + chunk if length <= LARGEST else bytearray()
    except TimeoutError:
        raise Unreadable(408) from None
    except ClientDisconnect:  # nobody is there any more to read why
        raise Unreadable(400) from None
    if length > LARGEST:
        raise Unreadable(413)
    return _parsed(bytes(body))


def _parsed(body: bytes) -> Mapping[str, Sequence[str]]:
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:  # more fields than that, or octets that are no UTF-8
        raise Unreadable(400) from None
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def is_from_elsewhere(request: "Request") -> bool:
    """Tell whether another site's page has sent this (Fetch Metadata; RFC 6454 section 7 for browsers without it).

    A request without either header is no browser's, and has nobody's authority to abuse.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower()
