"""What a campaign says: the letter that briefingkit would send, with the service's own tags where people differ.

A letter is composed twice, with a name and without; what differs stands in a condition of the service's language. No
text of a briefing is read as such a language: what would begin a tag is broken by a word joiner, which nobody sees.
"""

import re
from hashlib import sha256
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from attrs import evolve, field, frozen

from briefingkit.errors import Unpublishable
from briefingkit.mailing.messages.composer import Composer
from briefingkit.mailing.messages.edition import Edition
from briefingkit.mailing.messages.kinds import KINDS
from briefingkit.mailing.messages.kinds import Letter as MailLetter
from briefingkit.mailing.messages.message import Parts
from briefingkit.mailing.people.recipient import Recipient
from briefingkit.model import Audience, AudienceGroup, CalendarFile, Mailing, MailingKind
from briefingkit.text.fallback import Fallback

if TYPE_CHECKING:
    from collections.abc import Mapping

    from briefingkit.model import Letterhead, Programme, Publication

__all__ = ["Letter", "Tags", "compose"]

_NOBODY: Final = (Audience(group=AudienceGroup.REGISTERED),)
"""A mailing has an audience; whom a campaign goes to is the service's matter."""


@frozen
class Tags:
    """A service's language: what is filled in, a condition on the name, and what begins anything of it."""

    name: str
    unsubscribe: str
    named: str
    otherwise: str
    end: str
    opening: re.Pattern[str]

    def plain(self, text: str) -> str:
        """Keep the language out of a text."""
        return self.opening.sub(lambda found: f"{found[0]}\u2060", text)

    def markup(self, text: str) -> str:
        """Keep the language out of HTML."""
        return self.opening.sub(lambda found: f"{found[0]}&#8288;", text)


@frozen
class Letter:
    """What a campaign says in one language; `notices` tell what it lacks."""

    subject: str
    sender: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    notices: tuple[str, ...] = ()


def compose(  # noqa: PLR0913 - a letter is made of these; each is named at the call
    publication: "Publication",
    language: str,
    *,
    letterhead: "Letterhead",
    programme: "Programme",
    addresses: "Mapping[str, str]",
    mailing: str | None,
    fallback: Fallback,
    tags: Tags,
) -> Letter:
    """Write the letter. Raises Unpublishable where a text is missing and the fallback refuses that."""
    edition = Edition(
        publication,
        _mailing(publication, mailing, fallback),
        letterhead,
        programme=programme,
        addresses=addresses,
    )
    token = sha256(f"{publication.digest}\n{language}".encode()).hexdigest()[:16]
    link = f"https://unsubscribe.invalid/{token}"
    nobody = Recipient(letterhead.address, language=language, links={"unsubscribe": link})
    composer, filled = Composer(edition), {f"name{token}": tags.name, link: tags.unsubscribe}
    bare, named = (composer.message(each).parts for each in (nobody, evolve(nobody, name=f"name{token}")))
    return Letter(
        subject=tags.plain(bare.subject),
        sender=tags.plain(bare.sender.name),
        text=_told(tags, tags.plain(named.text), tags.plain(bare.text), filled, ("\n", "\n")),
        html=_told(tags, tags.markup(_html(named)), tags.markup(_html(bare)), filled, (">", "<")),
        notices=composer.notices(nobody),
    )


def _mailing(publication: "Publication", key: str | None, fallback: Fallback) -> Mailing:
    """Take the words of the briefing's own mailing of that key, or else those of an invitation."""
    own = next((each for each in publication.briefing.mailing if each.key == key), None)
    if own is not None and not KINDS[MailLetter(own.kind.value)].bulk:
        raise Unpublishable(
            f"the mailing {own.key} of {publication.briefing.identifier} is a {own.kind}, which is for single people: "
            "name one that a list of contacts may get"
        )
    found = own or Mailing("campaign", MailingKind.INVITATION, _NOBODY)
    return evolve(found, calendar=CalendarFile.NONE, fallback=fallback)


def _html(parts: Parts) -> str:
    return parts.html or ""


def _told(tags: Tags, named: str, bare: str, filled: "Mapping[str, str]", edges: tuple[str, str]) -> str:
    said = _either(tags, named, bare, *edges)
    for token, tag in filled.items():
        said = said.replace(token, tag)
    return said


def _either(tags: Tags, named: str, bare: str, before: str, behind: str) -> str:
    """Put what differs into a condition; it begins right after `before` and ends right before `behind`."""
    if named == bare:
        return named
    start = named.rfind(before, 0, _alike(named, bare)) + 1
    rest, other = named[start:], bare[start:]
    same = _alike(rest[::-1], other[::-1])
    edge = rest.find(behind, len(rest) - same)
    same = len(rest) - edge if edge >= 0 else 0
    one, two = rest[: len(rest) - same], other[: len(other) - same]
    return f"{named[:start]}{tags.named}{one}{tags.otherwise}{two}{tags.end}{rest[len(rest) - same :]}"


def _alike(one: str, other: str) -> int:
    """Count the characters with which both begin."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
