"""Compiled messages: what is joined from octets says what the standard library would have written."""

import re
from collections.abc import Callable, Mapping
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest
from attrs import evolve
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from briefingkit.mailing.messages.calendar_file import calendar_file
from briefingkit.mailing.messages.composer import Composer
from briefingkit.mailing.messages.edition import Edition
from briefingkit.mailing.messages.headers import wire_address
from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.messages.reading import read_parts
from briefingkit.mailing.messages.slots import Marks
from briefingkit.mailing.messages.templating import chosen, fill
from briefingkit.mailing.messages.wording import Wording
from briefingkit.mailing.people.recipient import Recipient
from briefingkit.model import Access
from briefingkit.rendering.templates import Templates
from briefingkit.rendering.view import view
from briefingkit.testing.strategies import HOSTILE, LANGUAGES, ZONES
from briefingkit.text.bidi import isolate_against
from briefingkit.text.language import direction
from briefingkit.text.spaces import one_line

NAMES = st.one_of(
    st.text(max_size=60),
    st.sampled_from(HOSTILE),
    st.text(
        alphabet="abé中ليلא🧑🏽‍🚀 \"'\\<>&=?_.,;:@()[]^%\r\n\t\u2028\u200f\u2067\u2069\ue000\ue001",
        max_size=1000,
    ),
    st.text(alphabet="x", min_size=900, max_size=1000),
    st.text(alphabet="ё", min_size=900, max_size=1000),
    st.sampled_from(
        [
            "From me",
            ".",
            "..",
            "=?utf-8?q?x?=",
            "bK0",
            "Ann O'Neil",
            "José García",
            "ليلى حداد",
            "דוד",
            "李雷",
        ]
    ),
)
TOKENS = st.text(alphabet="abcXYZ019-_.~", max_size=300)
ADDRESSES = st.sampled_from(
    [
        "ann@example.org",
        "a.b+c@xn--bcher-kva.example",
        "o'neil@example.org",
        "li@bücher.example",
        "jörg@example.org",
    ]
)
SAFE = "@.+'"
KINDS = ("edit", "cancel", "confirm", "decline", "unsubscribe")
LINKS = {kind: f"https://forms.example.org/{kind}?t=abc_{kind}&x=1" for kind in KINDS}
PEOPLE = st.builds(
    lambda token, **fields: Recipient(links={kind: f"{url}{token}" for kind, url in LINKS.items()}, **fields),
    token=TOKENS,
    address=ADDRESSES,
    name=NAMES,
    organization=NAMES,
    language=st.sampled_from(LANGUAGES),
    timezone=st.sampled_from(ZONES),
    access=st.sampled_from(Access),
)
CHANGES = {"templates": Templates({
    "mail.subject.j2": "{{ subject }} · {{ recipient.name or '' }}",
    "mail.txt.j2": "{{ greeting }} {{ recipient.email }}{{ recipient.name or '' }}{{ recipient.organization or '' }}\n"
    "{{ recipient.organization or '' }}\n"
    "https://example.org/?n={{ recipient.email|urlencode }}&u={{ (recipient.organization or 'x')|urlencode }}\n"
    "{{ recipient.links.edit }}{{ recipient.links.cancel }}",
    "mail.html.j2": "<p title=\"{{ recipient.name or '' }}\">{{ recipient.organization or '' }}{{ recipient.email }}"
    '<a href="{{ recipient.links.edit }}">x</a>'
    "<a href='https://example.org/?n={{ (recipient.name or 'x')|urlencode }}'>{{ recipient.links.edit }}</a></p>",
})}  # fmt: skip


class Reader(HTMLParser):
    """Reads HTML into what a browser would have of it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Any] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, [(name, re.sub(r"\r\n?", "\n", value or "")) for name, value in attrs]))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(tag)

    def handle_data(self, data: str) -> None:
        data = re.sub(r"\r\n?", "\n", data)
        if self.found and isinstance(self.found[-1], list):
            self.found[-1][0] += data
        else:
            self.found.append([data])


def read_html(html: str) -> list[Any]:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader.found


class Isolated(str):
    """A text that is isolated where it is written, and not where it is part of an address."""

    __slots__ = ("shown",)

    def __str__(self) -> str:
        return self.shown


class Told(Marks):
    """Gives a recipient's own values where compiling puts marks."""

    def __init__(self, recipient: Recipient, language: str, *, html: bool) -> None:
        super().__init__("")
        self._told, self._html, self._towards = recipient, html, direction(language)

    def mark(self, name: str) -> Any:
        kind, _, key = name.partition(".")
        if kind == "links":
            return self._told.links[key]
        held = {"name": self._told.name, "organization": self._told.organization, "email": self._told.address}
        if self._html:
            return held[kind]
        value = Isolated(held[kind])
        value.shown = isolate_against(held[kind], self._towards)
        return value


def spans(html: str) -> str:
    return html.replace("<bdi", '<span dir="auto"').replace("</bdi>", "</span>")


def slowly(edition: Edition, recipient: Recipient, key: str) -> tuple[EmailMessage, str]:
    """Write a message for one recipient alone, with Jinja2, css-inline, icalendar and EmailMessage."""
    from css_inline import inline
    from icalendar import vCalAddress

    variant = Composer(edition).variant(recipient)
    shown = view(edition.publication, variant.language, audience=variant.access)
    wording = Wording(edition, shown, None, variant)
    said = {}
    for part in ("subject", "txt", "html"):
        marks = Told(recipient, variant.language, html=part == "html")
        values = wording.values(marks, html=part == "html")
        if part == "subject":  # a header knows no directions
            values["recipient"]["name"] = recipient.name or None
        name = chosen(edition.templates, part, *edition.template_names)
        said[part] = fill(edition.templates, name, values)
    mail = EmailMessage(policy=policy.SMTP.clone(utf8=not wire_address(recipient.address)[0].isascii()))
    mail["From"] = Address(wording.organizers(), addr_spec=edition.letterhead.address)
    subject = one_line(said["subject"])
    mail["Subject"] = subject
    mail["Date"] = format_datetime(edition.at)
    mail["Message-ID"] = f"<{key[:40]}@{edition.namespace}>"
    mail.set_content(said["txt"].strip("\n"), cte="base64")
    mail.add_alternative(inline(spans(said["html"]), keep_at_rules=True), subtype="html", cte="base64")
    if wording.method is not None:
        fold = calendar_file(
            shown, wording.method, edition.letterhead.address, wording.organizers(), attended=False
        )
        calendar = Calendar.from_ical(fold[0])
        if edition.calendar == "request":
            attendee = vCalAddress(f"mailto:{quote(wire_address(recipient.address)[0], safe=SAFE)}")
            attendee.params |= {
                "CUTYPE": "INDIVIDUAL",
                "ROLE": "REQ-PARTICIPANT",
                "LANGUAGE": variant.language,
            }
            if wording.method == "REQUEST":
                attendee.params |= {"PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"}
            if recipient.name:
                attendee.params["CN"] = recipient.name.replace('"', "'")
            calendar.walk("VEVENT")[0].add("attendee", attendee)
        octets = calendar.to_ical()
        mail.add_alternative(octets, "text", "calendar", params={"method": wording.method}, disposition=None)
        mail.add_attachment(octets, "application", "ics", filename="invite.ics")
    return mail, subject


def check_same(message: Message, slow: EmailMessage, subject: str, recipient: Recipient) -> None:
    parsed = message_from_bytes(
        message.content, policy=policy.SMTPUTF8 if message.smtputf8 else policy.default
    )
    again = message_from_bytes(slow.as_bytes(), policy=parsed.policy)
    for name in ("From", "Date", "Message-ID"):
        assert str(parsed[name]) == str(slow[name]), name
    # The standard library loses a space of a long subject now and then, and takes =?utf-8?q?x?= for more than text.
    assert str(parsed["Subject"]) == subject
    parts = message.parts
    assert read_parts(message.content) == parts
    assert parts.recipient.name == recipient.name
    plain, html = (again.get_body((kind,)).get_content().replace("\r\n", "\n") for kind in ("plain", "html"))
    assert parts.text == plain
    assert read_html((parts.html or "").rstrip()) == read_html(html.rstrip())
    calendars = [
        part for part in again.walk() if part.get_content_type() in {"text/calendar", "application/ics"}
    ]
    here = [part for part in parsed.walk() if part.get_content_type() in {"text/calendar", "application/ics"}]
    assert [part.get_content_type() for part in here] == [part.get_content_type() for part in calendars]
    for mine, other in zip(here, calendars, strict=True):
        assert Calendar.from_ical(mine.get_payload(decode=True)) == Calendar.from_ical(
            other.get_payload(decode=True)
        )
        assert all(len(line) <= 75 for line in mine.get_payload(decode=True).split(b"\r\n"))


def check_wire(message: Message) -> None:
    """Hold the octets to what every server takes."""
    head, _, body = message.content.partition(b"\r\n\r\n")
    assert message.content.endswith(b"\r\n")
    assert b"\n" not in message.content.replace(b"\r\n", b"")
    assert b"\r" not in message.content.replace(b"\r\n", b"")
    assert message.content.isascii() is not message.eightbit
    assert all(len(line) <= 998 for line in head.split(b"\r\n"))
    assert all(len(line) <= 78 for line in head.split(b"\r\n") if b"=?" in line)
    assert all(len(line) <= 76 for line in body.split(b"\r\n"))
    assert not any(line.startswith((b".", b"From ")) for line in body.split(b"\r\n"))
    names = [line.partition(b":")[0] for line in head.split(b"\r\n") if line[:1] not in b" \t"]
    assert len(names) == len(set(names))
    assert set(names) <= ALLOWED


ALLOWED = {
    b"From", b"To", b"Reply-To", b"Subject", b"Date", b"Message-ID", b"Content-Language", b"Auto-Submitted",
    b"List-Id", b"List-Unsubscribe", b"List-Unsubscribe-Post", b"MIME-Version", b"Content-Type",
}  # fmt: skip


@pytest.mark.parametrize("letter", ["reminder", "confirmation", "cancellation", "follow-up"])
@pytest.mark.parametrize("calendar", ["publish", "request", "none"])
@pytest.mark.parametrize("templates", [{}, CHANGES], ids=["own", "replaced"])
def test_what_is_joined_is_what_is_written_slowly(
    make_edition: Callable[..., Edition], letter: str, calendar: str, templates: Any
) -> None:
    composer = Composer(make_edition(letter, mailing={"calendar": calendar}, **templates))

    # Shrinking runs templates thousands of times: what is found is small enough.
    @settings(max_examples=settings().max_examples // 4, phases=(Phase.explicit, Phase.reuse, Phase.generate))
    @given(PEOPLE)
    @example(
        Recipient("ann@example.org", "a\r\nBcc: victim@example.org", "ar", organization='" x="', links=LINKS)
    )
    def check(recipient: Recipient) -> None:
        message = composer.message(recipient, "once")
        check_wire(message)
        check_same(message, *slowly(composer.edition, recipient, message.key), recipient)

    check()


def test_one_template_serves_any_number_of_people(
    make_edition: Callable[..., Edition], links: Mapping[str, str]
) -> None:
    composer = Composer(make_edition())
    people = [Recipient(f"p{number}@example.org", f"P {number}", links=links) for number in range(50)]
    made = list(composer.messages(people))
    assert len({message.key for message in made}) == 50
    assert len(composer._skeletons) == 1
    assert [message.parts.recipient.address for message in made] == [person.address for person in people]


def test_the_same_recipient_and_occasion_give_the_same_octets_from_another_composer(
    make_edition: Callable[..., Edition], links: Mapping[str, str]
) -> None:
    person = Recipient("ann@example.org", "Ann", "fr", "Asia/Kolkata", links=links)
    one, two = (Composer(make_edition(mailing={"calendar": "request"})) for _ in range(2))
    assert one.message(person, "o") == two.message(person, "o")
    assert one.message(person, "o").content != one.message(person, "p").content


def test_a_message_shows_nobody_in_its_representation(
    make_edition: Callable[..., Edition], links: Mapping[str, str]
) -> None:
    person = Recipient(
        "ann@example.org", "Ann Zqname", links=links, organization="Zqorg", fields={"table": "Zq9"}
    )
    message = Composer(make_edition()).message(person)
    for shown in (repr(message), repr(message.parts), repr(person), str(evolve(person, language="fr"))):
        assert not any(word in shown for word in ("ann@", "Zq", "abc_"))
