"""Where somebody of the programme comes who follows "I will take part" in a mail: they say so, and may say otherwise.

Who takes part stands in the briefing, which organisers write. The answer is kept beside it, for them to see.
"""

import asyncio
from typing import TYPE_CHECKING

from briefingkit.mailing.people.addressing import PART
from briefingkit.mailing.people.part_answers import Taking, answered, note_answer
from briefingkit.text.phrases import msgid, phrase
from briefingkit_web.mail_links import excuse, organizers_address, subject_under
from briefingkit_web.rendering import error_page, page, see_other
from briefingkit_web.words import Words, said

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from briefingkit_web.site import Edition, Site

__all__ = ["take_part"]

_ANSWERS = {Taking.YES: msgid("I will take part"), Taking.NO: msgid("I cannot take part")}
_FORGED = (
    msgid("There is no such page"),
    msgid("It may not have been copied to its end. If it stays so, write to the organisers."),
)
_GONE = (
    msgid("This is no longer here"),
    msgid("The programme has changed. Write to the organisers if you want to tell them something."),
)


async def take_part(site: "Site", edition: "Edition", request: "Request", language: str) -> "Response":
    """Show an answer, to be given or given already; by a POST, write it down. The last one counts."""
    told = request.path_params
    if told["answer"] not in set(Taking):
        return error_page(edition, request, 404, language=language)
    person = await subject_under(site, edition, request, language, PART, _FORGED)
    if not isinstance(person, str):
        return person
    briefing, taking = edition.programme.briefings.get(told["briefing"]), Taking(told["answer"])
    if briefing is None or person not in {each.key for each in briefing.people}:
        return excuse(edition, request, language, PART, 410, _GONE)
    if request.method == "POST":
        await asyncio.to_thread(note_answer, site.ledger, briefing.identifier, person, taking, at=site.now)
        return see_other(request.scope["path"])
    held = await asyncio.to_thread(answered, site.ledger, briefing.identifier, person)
    other = Taking.NO if taking is Taking.YES else Taking.YES
    path: str = request.scope["path"]
    title = None if briefing.title is None else briefing.title.lookup(language)
    values = {
        "answer": said(_ANSWERS[taking], language),
        "title": title and Words(title.text, title.language if title.fallback else None),
        "noted": held is taking,
        "before": said(_ANSWERS[held], language) if held is other else None,
        "other": said(_ANSWERS[other], language),
        "path": path,
        "other_path": f"{path.removesuffix('/').rpartition('/')[0]}/{other.value}",
        "mail": organizers_address(briefing, phrase(_ANSWERS[taking], language), language),
    }
    return page(edition, "part.html.j2", language, values)
