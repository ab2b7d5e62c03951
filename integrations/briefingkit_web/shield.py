"""The outermost layer: headers on every answer, and a page instead of a traceback for whatever goes wrong inside."""

import logging
import traceback
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Shield"]

_log = logging.getLogger(__name__)
_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    # Not `no-referrer`, with which browsers say of a form only that it comes from nowhere (Origin: null).
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (
        b"permissions-policy",
        b"camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()",
    ),
)
_SECURE = (b"strict-transport-security", b"max-age=31536000")
_POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_CACHE = (b"cache-control", b"no-store")


class Shield:
    """Wraps an ASGI application. `broken` makes the page for what nobody foresaw."""

    def __init__(self, app: "ASGIApp", broken: "Callable[[Scope], Awaitable[ASGIApp]]") -> None:
        self._app, self._broken = app, broken

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def guarded(message: "Message") -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message = {
                    **message,
                    "headers": _shielded(message["headers"], secure=scope["scheme"] == "https"),
                }
            await send(message)

        if _has_two_lengths(scope):
            await PlainTextResponse("400", 400, {"connection": "close"})(scope, receive, guarded)
            return
        try:
            await self._app(scope, receive, guarded)
        except Exception as error:  # noqa: BLE001 - nobody is shown a traceback, and no log quotes what was handed in
            where = traceback.extract_tb(error.__traceback__)[-1]
            _log.error("%s at %s:%s", type(error).__name__, where.filename, where.lineno)
            if not begun:
                answer = await self._broken(scope)
                await answer(scope, receive, guarded)


def _has_two_lengths(scope: "Scope") -> bool:
    """Tell whether two servers could disagree on where a request ends and the next begins (RFC 9112 section 6.1)."""
    return {b"content-length", b"transfer-encoding"} <= {name for name, _ in scope["headers"]}


def _shielded(headers: "list[tuple[bytes, bytes]]", *, secure: bool) -> "list[tuple[bytes, bytes]]":
    given = {name for name, _ in headers}
    added = [*_HEADERS, _POLICY, _CACHE, *((_SECURE,) if secure else ())]
    return [*headers, *(pair for pair in added if pair[0] not in given)]
