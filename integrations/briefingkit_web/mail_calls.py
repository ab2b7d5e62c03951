"""The calls by which mail services tell what became of mails: read by their receivers, and heard."""

import asyncio
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING

from attrs import define
from starlette.responses import PlainTextResponse, Response

from briefingkit.errors import MailingError, StoreError
from briefingkit.mailing.incoming.hearing import MEMORY, hear

if TYPE_CHECKING:
    from starlette.requests import Request

    from briefingkit_web.site import Edition, Site

__all__ = ["LARGEST", "Calls"]

_log = logging.getLogger(__name__)
LARGEST = 5 << 20
"""Octets of a call: services gather up to a thousand events in one."""

_AT_ONCE = 8 * LARGEST
_SECONDS = 20.0


@define
class Calls:
    """Answers calls; what is being received at the same time stays within bounds, for anybody can make one.

    A service tries again what is not answered with 2xx, and gives up for good at 403. So that is the answer to whoever
    is not the service, and 503 where the ledger cannot be written just now.
    """

    _octets: int = 0

    async def answer(self, site: "Site", edition: "Edition", request: "Request") -> Response:
        """Answer one call. That the address is there, a service may ask beforehand by GET or HEAD."""
        name = request.path_params["name"]
        receiver = edition.receivers.get(name)
        if receiver is None:
            return _plain(404)
        if request.method != "POST":
            return _plain(200)
        body = await self._body(request)
        if isinstance(body, Response):
            return body
        headers, now = dict(request.headers), site.now

        def take() -> None:
            events = receiver.receive(headers, body, now=now)
            hear(events, site.ledger, now=now, source=name, memory=MEMORY)

        try:
            await asyncio.to_thread(take)
        except MailingError:
            return _plain(403)
        except StoreError:
            return _plain(503)
        except Exception as error:  # noqa: BLE001 - a receiver may be anybody's; what it was called with is in no log
            _log.error("the call to %s could not be taken: %s", name, type(error).__name__)
            return _plain(500)
        return _plain(200)

    async def _body(self, request: "Request") -> bytes | Response:
        body, counted = bytearray(), 0
        try:
            async with asyncio.timeout(_SECONDS):
                async for chunk in request.stream():
                    self._octets, counted = self._octets + len(chunk), counted + len(chunk)
                    if counted > LARGEST:
                        return _plain(413)
                    if self._octets > _AT_ONCE:
                        return _plain(503)
                    body += chunk
        except TimeoutError:
            return _plain(408)
        finally:
            self._octets -= counted
        return bytes(body)


def _plain(status: int) -> Response:
    """Answer a program: nobody reads it."""
    headers = {"retry-after": "60"} if status == HTTPStatus.SERVICE_UNAVAILABLE else None
    return PlainTextResponse("ok" if status == HTTPStatus.OK else str(status), status, headers)
