"""Ending mail by the link in it: a page that asks what is meant, and the one click of mail programs (RFC 8058).

Whether the briefing is still there, or was ever one to register for, makes no difference: such a link always works.
"""

import asyncio
from typing import TYPE_CHECKING

from briefingkit.mailing.people.addressing import UNSUBSCRIBE
from briefingkit.mailing.people.suppression import Suppressions
from briefingkit.mailing.people.wishes import Wish, note_wish, wish_of
from briefingkit.registrations.registration_list import key_of
from briefingkit.store.registrations import Registrations
from briefingkit.text.phrases import msgid
from briefingkit_web.mail_links import subject_under
from briefingkit_web.receiving import Unreadable, posted
from briefingkit_web.rendering import error_page, page
from briefingkit_web.words import Words

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from briefingkit_web.site import Edition, Site

__all__ = ["unsubscribe"]

_SOURCE = "page"
_WISH = "wish"
_FORGED = (
    msgid("This link does not end any mail"),
    msgid("It may not have been copied to its end. If it stays so, write to the organisers."),
)


async def unsubscribe(site: "Site", edition: "Edition", request: "Request", language: str) -> "Response":
    """Show what somebody wants, and what they may want instead; by a POST, write it down.

    A POST that names no wish ends all of it, whatever else it says: one click of a mail program is such a one, in
    either of the two forms that RFC 8058 section 3.2 has for it. Mail services follow no redirect and read no page.
    """
    mark = await subject_under(site, edition, request, language, UNSUBSCRIBE, _FORGED)
    if not isinstance(mark, str):
        return mark
    identifier = request.path_params["briefing"]
    chosen = await _chosen(request) if request.method == "POST" else None
    if chosen is False:
        return error_page(edition, request, 400, language=language)
    wish = await asyncio.to_thread(_wish, site, mark, identifier, chosen)
    briefing = edition.programme.briefings.get(identifier)
    title = briefing.title.lookup(language) if briefing is not None and briefing.title is not None else None
    values = {
        "wish": wish.value,
        "saved": chosen is not None,
        "title": title and Words(title.text, title.language if title.fallback else None),
        "action": request.scope["path"],
    }
    return page(edition, "unsubscribe.html.j2", language, values)


async def _chosen(request: "Request") -> "Wish | bool":
    """Read what was chosen; False for a wish that there is not."""
    try:
        said = (await posted(request)).get(_WISH, ())
    except Unreadable:
        return Wish.NOTHING
    if not said:
        return Wish.NOTHING
    return Wish(said[0]) if said[0] in set(Wish) else False


def _wish(site: "Site", mark: str, briefing: str, chosen: "Wish | bool | None") -> Wish:
    suppressions = Suppressions.of(site.ledger, key_of(Registrations(site.ledger)))
    if isinstance(chosen, Wish):
        note_wish(suppressions, mark, briefing, chosen, at=site.now, source=_SOURCE)
        return chosen
    return wish_of(suppressions, mark, briefing)
