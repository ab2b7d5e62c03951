"""What the links in mails have in common: they hold whether people can register or not, and say why one does not.

Whoever has such a link may do what it says, wherever they come from: it is its own proof, and no cookie goes along that
another site could use.
"""

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import quote

from briefingkit.mailing.people.addressing import PART, UNSUBSCRIBE
from briefingkit.registrations.links import BadLink, Fault, read_link
from briefingkit.registrations.registration_list import key_of
from briefingkit.store.registrations import Registrations
from briefingkit.text.phrases import msgid, phrase
from briefingkit_web.rendering import error_page
from briefingkit_web.words import said

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from briefingkit.model import Briefing
    from briefingkit_web.site import Edition, Site

__all__ = ["excuse", "organizers_address", "subject_under"]

_MASTHEADS = {UNSUBSCRIBE: msgid("Your mails"), PART: msgid("Your part in the programme")}

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
        return excuse(edition, request, language, purpose, status, reason)


def excuse(
    edition: "Edition", request: "Request", language: str, purpose: str, status: int, reason: tuple[str, str]
) -> "Response":
    """Say why a link leads nowhere, and whom to write to."""
    briefing = edition.programme.briefings.get(request.path_params["briefing"])
    more = {
        "about": said(_MASTHEADS[purpose], language),
        "mail": briefing and organizers_address(briefing, phrase(reason[0], language), language),
    }
    return error_page(edition, request, status, language=language, reason=reason, more=more)


def organizers_address(briefing: "Briefing", words: str, language: str) -> str | None:
    """Address a mail to the organisers, with what it is about (RFC 6068); None where they give no address."""
    if briefing.contact is None or briefing.contact.email is None or briefing.title is None:
        return None
    subject = f"{words}: {briefing.title.lookup(language).text}"
    return f"mailto:{quote(briefing.contact.email, safe='@')}?subject={quote(subject, safe='')}"
