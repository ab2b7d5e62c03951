"""Where somebody of the programme comes who follows "I will take part" in a mail: to a mail that is written for them.

Who takes part stands in the briefing, which organisers write. So nothing is kept here that looked like an answer and
was none: the page hands over to the organisers' own mailbox.
"""

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import quote

from briefingkit.mailing.addressing import PART
from briefingkit.registrations.links import BadLink, Fault, read_link
from briefingkit.registrations.registration_list import key_of
from briefingkit.store.registrations import Registrations
from briefingkit.text.phrases import msgid, phrase
from briefingkit_web.rendering import error_page, page
from briefingkit_web.words import said

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from briefingkit.model import Briefing
    from briefingkit_web.site import Edition, Site

__all__ = ["take_part"]

_ANSWERS = {"yes": msgid("I will take part"), "no": msgid("I cannot take part")}
_EXPIRED = (
    msgid("This link has expired"),
    msgid("Use the link in a newer mail, or write to the organisers."),
)


async def take_part(site: "Site", edition: "Edition", request: "Request", language: str) -> "Response":
    """Show the answer, and how to give it. Nothing is kept."""
    told = request.path_params
    briefing, answer = edition.programme.briefings.get(told["briefing"]), _ANSWERS.get(told["answer"])
    if briefing is None or answer is None:
        return error_page(edition, request, 404, language=language)
    try:
        key = await asyncio.to_thread(lambda: key_of(Registrations(site.ledger)))
        read_link(key, told["token"], purpose=PART, briefing=briefing.identifier, now=site.now)
    except BadLink as error:
        expired = error.fault is Fault.EXPIRED
        reason = _EXPIRED if expired else None
        return error_page(edition, request, 410 if expired else 404, language=language, reason=reason)
    values = {"answer": said(answer, language), "mail": _mail(briefing, phrase(answer, language), language)}
    return page(edition, "part.html.j2", language, values)


def _mail(briefing: "Briefing", answer: str, language: str) -> str | None:
    """Address a mail to the organisers, with what it is about (RFC 6068); None where they give no address."""
    if briefing.contact is None or briefing.contact.email is None or briefing.title is None:
        return None
    subject = f"{answer}: {briefing.title.lookup(language).text}"
    return f"mailto:{quote(briefing.contact.email, safe='@')}?subject={quote(subject, safe='')}"
