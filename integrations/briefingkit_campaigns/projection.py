"""What campaigns there should be, as values: a draft for each briefing and language that has an audience."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from briefingkit.errors import Unpublishable
from briefingkit.model import Access, Programme, Status
from briefingkit.publish import Context, Resource
from briefingkit.publish.context import OutputKey, is_pending
from briefingkit.publish.views import made_addresses
from briefingkit_campaigns.identity import CAMPAIGN, DRAFT, FIELDS, Mark, state_output
from briefingkit_campaigns.service import Terms, lines_of
from briefingkit_campaigns.wording import compose

if TYPE_CHECKING:
    from briefingkit.model import Briefing, Publication
    from briefingkit.publish import Value

__all__ = ["handed_fields", "project"]

_NOT_INVITED: Final = {Status.CANCELLED, Status.POSTPONED}
"""Nobody is invited to what does not take place; those who were are told by mail."""

_LATER: Final = "https://known-after-apply.invalid/"


def project(terms: Terms, publications: "Sequence[Publication]", context: Context) -> Iterator[Resource]:
    """Project publications. Raises Unpublishable, with everything that is missing, for a language to be refused.

    A campaign that a person has scheduled or sent is wanted as it is: what it says is theirs.
    """
    programme = Programme(each.briefing for each in publications)
    refused: list[str] = []
    made: list[Resource] = []
    for publication in publications:
        briefing = publication.briefing
        if briefing.status in _NOT_INVITED:
            continue
        spoken = terms.languages or briefing.languages
        languages = [each for each in spoken if each in terms.audiences and each in briefing.languages]
        without = [_without(briefing, each) for each in spoken if each not in languages]
        for language in languages:
            notices = (*terms.lacks, *without) if language == languages[0] else ()
            state = context.outputs.get(
                OutputKey(context.target, briefing.identifier, state_output(language))
            )
            try:
                # Of a draft that is to be made anew nothing is known but a marker.
                made.append(
                    _draft(terms, publication, language, programme, context, notices)
                    if state in {None, DRAFT} or is_pending(str(state))
                    else _handed(terms, briefing, language, str(state), notices)
                )
            except Unpublishable as error:
                refused.append(str(error))
    if refused:
        raise Unpublishable("\n".join(refused))
    yield from made


def handed_fields(state: str) -> "dict[str, Value]":
    """Give the fields of a campaign that is out of our hands: nothing but how far it has come."""
    return {**dict.fromkeys(FIELDS), "state": state}


def _mark(terms: Terms, owner: str, language: str) -> Mark:
    return Mark(terms.namespace, terms.target, owner, language)


def _without(briefing: "Briefing", language: str) -> str:
    if language not in briefing.languages:
        return f"the briefing is not in {language}: no campaign is drafted in it"
    return f"no audience is given for {language}: no campaign is drafted in it"


def _handed(
    terms: Terms, briefing: "Briefing", language: str, state: str, notices: tuple[str, ...]
) -> Resource:
    key = _mark(terms, briefing.identifier, language).identity.key
    told = (
        f"it is {state}, by a person's hand, and is not touched any more: what has changed in the briefing since is "
        "not in it"
    )
    return Resource(CAMPAIGN, key, briefing.identifier, handed_fields(state), (told, *notices))


def _draft(
    terms: Terms,
    publication: "Publication",
    language: str,
    programme: Programme,
    context: Context,
    notices: tuple[str, ...],
) -> Resource:
    briefing = publication.briefing
    addresses = made_addresses(briefing, language, context, Access.PUBLIC)
    # A marker would be changed by what writes addresses into HTML; the whole text is known when they are, and until
    # then is written for what it lacks alone.
    waiting = "".join(value for value in addresses.values() if is_pending(value))
    letter = compose(
        publication,
        language,
        letterhead=terms.letterhead,
        programme=programme,
        addresses={path: _LATER if is_pending(value) else value for path, value in addresses.items()},
        mailing=terms.mailing,
        fallback=terms.fallbacks.get(language, terms.fallback),
        tags=terms.tags,
    )
    mark = _mark(terms, briefing.identifier, language)
    name = briefing.identifier if briefing.title is None else briefing.title.lookup(language).text
    fields: dict[str, Value] = {
        "title": mark.title(f"{name} ({language})"),
        "subject": letter.subject,
        "sender": letter.sender,
        "address": terms.letterhead.address,
        "audience": terms.audiences[language],
        "text": None if not terms.has_text else waiting or lines_of(letter.text),
        "html": waiting or lines_of(letter.html),
        "state": DRAFT,
    }
    told = (*letter.notices, *notices)
    return Resource(CAMPAIGN, mark.identity.key, briefing.identifier, fields, told)
