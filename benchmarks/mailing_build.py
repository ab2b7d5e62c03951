"""Messages built one after the other, beside EmailMessage with Jinja2, and beside octets joined by hand.

The message is the one that people get the day before: some 2 KB of text, 12 KB of HTML and a calendar file of 1.6 KB
twice, some 23 KB on the wire; with a name, four links of one's own and a Message-ID that differ from mail to mail.
"""

import gc
import hashlib
from binascii import b2a_base64, b2a_qp
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from html import escape
from time import process_time

from briefingkit.mailing.messages.composer import Composer
from briefingkit.mailing.messages.edition import Edition
from briefingkit.mailing.messages.message import Parts
from briefingkit.mailing.people.recipient import Recipient
from briefingkit.model import Access, Letterhead, Publication, structure
from briefingkit.rendering.templates import Templates
from lines import Line, best_interleaved

__all__ = ["building_lines", "composer", "everyday", "jinja", "recipients"]

_NUMBER = 4000
_SLOW_NUMBER = 60
_ROUNDS = 7
_LINKS = ("edit", "cancel", "unsubscribe")
_WORDS = "Cities and regions tell what they need from the forum, and how they want to be heard there. "
_DATA = {
    "briefing": "assembly",
    "namespace": "bench.example.org",
    "languages": ["en", "fr"],
    "status": "confirmed",
    "title": {"en": "Assembly of cities", "fr": "Assemblée des villes"},
    "start": "2027-03-10T15:00",
    "end": "2027-03-10T16:00",
    "timezone": "Europe/Brussels",
    "place": {"online": {"url": "https://meet.example.org/j/assembly"}},
    "organizers": [{"key": "host", "name": "Network of Cities", "role": "host"}],
    "interpretation": ["en", "fr", "es"],
    "accessibility": {"captions": ["en"], "sign": ["ils"]},
    "links": [
        {
            "key": "declaration",
            "title": {"en": "Declaration", "fr": "Déclaration"},
            "url": "https://example.org/d.pdf",
        }
    ],
    "contact": {"name": "Secretariat", "email": "secretariat@example.org"},
    "agenda": [
        {"key": "opening", "kind": "opening", "duration": "10m", "title": {"en": "Welcome", "fr": "Accueil"}},
        {"key": "floor", "duration": "40m", "title": {"en": "Open floor", "fr": "Échanges"}},
        {"key": "close", "kind": "closing", "duration": "10m", "title": {"en": "Next steps", "fr": "Suites"}},
    ],
    "mailing": [
        {
            "key": "day-before",
            "kind": "reminder",
            "audience": ["registered"],
            "text": {"en": _WORDS * 13, "fr": _WORDS * 13},
        }
    ],
}


def composer() -> Composer:
    """Give the composer of the message that is measured."""
    briefing = structure(_DATA)
    publication = Publication(briefing, 2, datetime(2027, 3, 1, 9, tzinfo=UTC))
    letterhead = Letterhead("events@bench.example.org", unsubscribe="leave@bench.example.org")
    return Composer(Edition(publication, briefing.mailing[0], letterhead, templates=Templates()))


def recipients(number: int) -> list[Recipient]:
    """Make people who differ in their name, address and links."""
    return [
        Recipient(
            f"person.{n}@city{n % 500}.example.org",
            f"Élodie Ngô {n}",
            access=Access.REGISTERED,
            links={name: f"https://forms.example.org/assembly/{name}?t={n:040x}" for name in _LINKS},
        )
        for n in range(number)
    ]


def jinja(parts: Parts, sample: Recipient) -> tuple[Callable[[Recipient], str], Callable[[Recipient], str]]:
    """Make templates of Jinja2 of a message, for its text and its HTML: as most people write them."""
    from jinja2 import Environment

    def template(text: str, *, html: bool) -> Callable[[Recipient], str]:
        for name, url in sample.links.items():
            text = text.replace(escape(url) if html else url, f"{{{{ links.{name} }}}}")
        environment = Environment(autoescape=html)  # noqa: S701 - of plain text there is nothing to escape
        made = environment.from_string(text.replace(sample.name, "{{ name }}"))
        return lambda recipient: made.render(name=recipient.name, links=recipient.links)

    return template(parts.text, html=False), template(parts.html or "", html=True)


def everyday(parts: Parts, sample: Recipient) -> Callable[[Recipient], bytes]:
    """Build as one does: Jinja2 for the texts, and EmailMessage for the rest."""
    text, html = jinja(parts, sample)

    def build(recipient: Recipient) -> bytes:
        mail = EmailMessage(policy=policy.SMTP)
        mail["From"] = Address(parts.sender.name, addr_spec=parts.sender.address)
        mail["To"] = Address(recipient.name, addr_spec=recipient.address)
        mail["Subject"] = parts.subject
        mail["Message-ID"] = f"<{hashlib.sha256(recipient.address.encode()).hexdigest()}@bench.example.org>"
        for name in ("Date", "Content-Language", "Auto-Submitted", "List-Id", "List-Unsubscribe-Post"):
            mail[name] = parts.headers[name]
        mail["List-Unsubscribe"] = f"<{recipient.links['unsubscribe']}>"
        mail.set_content(text(recipient))
        mail.add_alternative(html(recipient), subtype="html")
        mail.add_alternative(
            parts.calendar, "text", "calendar", params={"method": "PUBLISH"}, disposition=None
        )
        mail.add_attachment(parts.calendar, "application", "ics", filename="invite.ics")
        return mail.as_bytes()

    return build


_Fill = Callable[[Recipient, str], bytes]


def _by_hand(content: bytes, sample: Recipient, key: str, *, escaping: bool) -> Callable[[Recipient], bytes]:
    """Build as one would who knows this one message: its octets are cut where people differ, and joined again.

    Without `escaping` a value is encoded once for text and HTML, which is right for the people here and not for others.
    """
    pieces, fills = _cut(content, _marks(sample, key), escaping=escaping)

    def build(recipient: Recipient) -> bytes:
        digest = hashlib.sha256(recipient.address.encode()).hexdigest()[:40]
        made = pieces.copy()
        for fill, places in fills:
            octets = fill(recipient, digest)
            for place in places:
                made[place] = octets
        return b"".join(made)

    return build


def _marks(sample: Recipient, key: str) -> dict[bytes, tuple[_Fill, _Fill]]:
    """Give what differs, and what stands there in a header or in plain text, and in HTML."""

    def once(fill: _Fill) -> tuple[_Fill, _Fill]:
        return fill, fill

    def link(name: str) -> tuple[_Fill, _Fill]:
        return lambda recipient, _: _qp(recipient.links[name]), lambda recipient, _: _qp(
            escape(recipient.links[name])
        )

    return {
        _to(sample): once(lambda recipient, _: _to(recipient)),
        key.encode(): once(lambda _, digest: digest.encode()),
        f"<{sample.links['unsubscribe']}>".encode(): once(
            lambda recipient, _: b"<%s>" % recipient.links["unsubscribe"].encode()
        ),
        _qp(sample.name): (
            lambda recipient, _: _qp(recipient.name),
            lambda recipient, _: _qp(escape(recipient.name)),
        ),
        **{_qp(url): link(name) for name, url in sample.links.items()},
    }


def _to(recipient: Recipient) -> bytes:
    word = b2a_base64(recipient.name.encode(), newline=False)
    return b"To: =?utf-8?b?%s?= <%s>\r\n" % (word, recipient.address.encode())


def _qp(text: str) -> bytes:
    return b2a_qp(text.encode()).replace(b"\n", b"\r\n")


def _cut(
    content: bytes, marks: dict[bytes, tuple[_Fill, _Fill]], *, escaping: bool
) -> tuple[list[bytes], list[tuple[_Fill, Sequence[int]]]]:
    places: dict[_Fill, list[int]] = {}
    pieces, rest, html = list[bytes](), content, content.index(b"text/html")
    while found := [(rest.find(mark), mark) for mark in marks if mark in rest]:
        at, mark = min(found)
        behind = len(content) - len(rest) + at > html
        places.setdefault(marks[mark][behind and escaping], []).append(len(pieces) + 1)
        pieces += (rest[:at], b"")
        rest = rest[at + len(mark) :]
    assert all({*fills} & {*places} for fills in marks.values()), (
        "the message is another one than it is cut for"
    )
    return [*pieces, rest], [*places.items()]


def building_lines() -> Iterator[Line]:
    """Build the same messages in three ways."""
    people, made = recipients(_NUMBER), composer()
    first = made.message(people[0])
    parts = first.parts
    usual = everyday(parts, people[0])
    by_hand = _by_hand(first.content, people[0], first.key, escaping=True)
    leanest = _by_hand(first.content, people[0], first.key, escaping=False)
    _check(usual(people[1]), parts)
    ours = made.message(people[1])
    for way in (by_hand, leanest):
        digest = hashlib.sha256(people[1].address.encode()).hexdigest()[:40]
        assert way(people[1]).replace(digest.encode(), ours.key.encode()) == ours.content
    slow, fast, floor, least = best_interleaved(
        _ROUNDS,
        lambda: _seconds(usual, people[:_SLOW_NUMBER]),
        lambda: _seconds(made.message, people),
        lambda: _seconds(by_hand, people),
        lambda: _seconds(leanest, people),
    )
    sizes = (len(parts.text), len(parts.html or ""), len(parts.calendar or b""), len(first.content))
    told = ", ".join(f"{size / 1000:.1f}" for size in sizes)
    yield Line("a reminder: text, HTML, calendar, on the wire", f"{told} kB")
    measured = f"{1 / fast:,.0f}/s"
    peer = f"EmailMessage, Jinja2: {1 / slow:,.0f}/s; {slow / fast:.0f} times"
    yield Line("built for each recipient", measured, peer, fast / slow, 1 / 50)
    peer = f"joined by hand: {1 / floor:,.0f}/s; {floor / fast:.2f} of it"
    yield Line("…", measured, peer, fast / floor, 1 / 0.6)
    yield Line("…", measured, f"by hand, not escaped: {1 / least:,.0f}/s; {least / fast:.2f}", fast / least)


def _check(octets: bytes, parts: Parts) -> None:
    """Hold the everyday way to saying the same."""
    mail = message_from_bytes(octets, policy=policy.default)
    body = mail.get_body(("html",))
    assert body is not None
    assert len(body.get_content()) >= len(parts.html or "") - 10


def _seconds(build: Callable[[Recipient], object], people: Sequence[Recipient]) -> float:
    gc.collect()
    start = process_time()  # which others on the machine do not add to
    for person in people:
        build(person)
    return (process_time() - start) / len(people)


if __name__ == "__main__":
    for line in building_lines():
        print(line)
