"""Ending mail by the link in it: a page that asks once, and the one click of mail programs (RFC 8058).

Whether the briefing is still there, or was ever one to register for, makes no difference: such a link always works.
"""

import asyncio
from typing import TYPE_CHECKING

from briefingkit.mailing.addressing import UNSUBSCRIBE
from briefingkit.mailing.suppression import Reason, Suppressions
from briefingkit.registrations.links import BadLink, Fault, read_link
from briefingkit.registrations.registration_list import key_of
from briefingkit.store.registrations import Registrations
from briefingkit.text.phrases import msgid
from briefingkit_web.rendering import error_page, page

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from briefingkit.store.ledger import Ledger
    from briefingkit_web.site import Edition, Site

__all__ = ["unsubscribe"]

_SOURCE = "page"
_NO_LINK = (
    msgid("This link does not end any mail"),
    msgid("It may not have been copied to its end. If it stays so, write to the organisers."),
)
_EXPIRED = (
    msgid("This link has expired"),
    msgid("Use the link in a newer mail, or write to the organisers."),
)


async def unsubscribe(site: "Site", edition: "Edition", request: "Request", language: str) -> "Response":
    """Ask whether it is meant; by a POST, end it. What a POST says is not looked at: RFC 8058 has two forms for it.

    A one-click POST comes from a mail service, which follows no redirect and reads no page.
    """
    try:
        mark = await asyncio.to_thread(_mark, site.ledger, site, request)
    except BadLink as error:
        expired = error.fault is Fault.EXPIRED
        status, reason = (410, _EXPIRED) if expired else (404, _NO_LINK)
        return error_page(edition, request, status, language=language, reason=reason)
    done = request.method == "POST"
    if done:
        await asyncio.to_thread(_end, site.ledger, site, mark)
    return page(edition, "unsubscribe.html.j2", language, {"done": done, "action": request.scope["path"]})


def _mark(ledger: "Ledger", site: "Site", request: "Request") -> str:
    told = request.path_params
    key = key_of(Registrations(ledger))
    return read_link(key, told["token"], purpose=UNSUBSCRIBE, briefing=told["briefing"], now=site.now).subject


def _end(ledger: "Ledger", site: "Site", mark: str) -> None:
    suppressions = Suppressions.of(ledger, key_of(Registrations(ledger)))
    suppressions.add_marks([mark], Reason.UNSUBSCRIBED, at=site.now, source=_SOURCE)
