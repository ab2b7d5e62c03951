"""What the links in mails have in common: they hold whether people can register or not, and say why one does not.

Whoever has such a link may do what it says, wherever they come from: it is its own proof, and no cookie goes along that
another site could use.
"""

import asyncio
from typing import TYPE_CHECKING

from briefingkit.registrations.links import BadLink, Fault, read_link
from briefingkit.registrations.registration_list import key_of
from briefingkit.store.registrations import Registrations
from briefingkit.text.phrases import msgid
from briefingkit_web.rendering import error_page

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from briefingkit_web.site import Edition, Site

__all__ = ["subject_under"]

_EXPIRED = (
    msgid("This link has expired"),
    msgid("Use the link in a newer mail, or write to the organisers."),
)


async def subject_under(
    site: "Site", edition: "Edition", request: "Request", language: str, purpose: str, forged: tuple[str, str]
) -> "str | Response":
    """Give what a link is about, or the page that says why it leads nowhere. Reads the ledger."""
    told = request.path_params

    def subject() -> str:
        key = key_of(Registrations(site.ledger))
        return read_link(key, told["token"], purpose=purpose, briefing=told["briefing"], now=site.now).subject

    try:
        return await asyncio.to_thread(subject)
    except BadLink as error:
        expired = error.fault is Fault.EXPIRED
        status, reason = (410, _EXPIRED) if expired else (404, forged)
        return error_page(edition, request, status, language=language, reason=reason)
