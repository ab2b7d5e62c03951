"""Whatever a briefing holds, a mail about it is made, stays one mail, and keeps private what is private."""

import re
from email import message_from_bytes, policy

from attrs import evolve
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from briefingkit.mailing.messages.composer import Composer
from briefingkit.mailing.messages.edition import Edition
from briefingkit.mailing.messages.kinds import KINDS, Letter
from briefingkit.mailing.people.recipient import Recipient
from briefingkit.model import Access, Audience, AudienceGroup, Letterhead, Mailing, MailingKind, Publication
from briefingkit.testing.strategies import LANGUAGES, ZONES, publications
from briefingkit.text.fallback import Fallback

LETTERS = st.sampled_from(Letter)
AUDIENCE = (Audience(AudienceGroup.REGISTERED),)


@settings(max_examples=settings().max_examples, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(publications(), LETTERS, st.sampled_from(LANGUAGES), st.sampled_from(ZONES), st.sampled_from(Access))
def test_a_mail_about_any_briefing_is_one_mail(
    publication: Publication, letter: Letter, language: str, zone: str, access: Access
) -> None:
    briefing = evolve(publication.briefing, namespace="example.org")
    shown = Publication(briefing, publication.revision, publication.at)
    kind = MailingKind(letter.value) if letter.value in set(MailingKind) else MailingKind.CONFIRMATION
    mailing = Mailing("m", kind, AUDIENCE, fallback=Fallback.MARK)
    edition = Edition(shown, mailing, Letterhead("events@example.org"), letter, before=publication)
    person = Recipient("ann@example.org", "Ann", language, zone, access, links={"edit": "https://x.org/e"})
    message = Composer(edition).message(person)
    mail = message_from_bytes(message.content, policy=policy.default)
    assert not mail.defects
    assert mail["Bcc"] is None
    assert mail["To"] == "Ann <ann@example.org>"
    html = message.parts.html or ""
    assert re.search(r"<script|<img|onerror=|onmouseover=", _tags(html)) is None
    assert all(re.match(r"https?:|mailto:", address) for address in re.findall(r'href="([^"]*)"', html))
    for person_ in briefing.people:
        for private in filter(None, (person_.email, person_.phone)):
            assert private.encode() not in message.content
    if message.parts.calendar is not None:
        calendar = Calendar.from_ical(message.parts.calendar)
        assert len(calendar.walk("VEVENT")) == 1
        assert calendar["METHOD"] == message.parts.method
    assert KINDS[letter].bulk is (mail["List-Id"] is not None)


def _tags(html: str) -> str:
    """Give what stands between < and >, where anything that runs would have to stand, without quoted values."""
    return " ".join(re.sub(r'"[^"]*"', '""', tag) for tag in re.findall(r"<[^>]*>", html))
