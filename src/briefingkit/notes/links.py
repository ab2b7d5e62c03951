"""Links, kept by their words even where the note has lost their addresses; and the link to register."""

import re
from collections.abc import Iterator
from datetime import date

from attrs import frozen

from briefingkit.notes.blocks import Block, BlockKind
from briefingkit.notes.days import find_days
from briefingkit.notes.inline import LinkSpan, Passage
from briefingkit.notes.keys import acronym, slug, unique
from briefingkit.notes.place import is_room, leads_to_room
from briefingkit.notes.related import address
from briefingkit.notes.sections import Note
from briefingkit.notes.sightings import Calendar
from briefingkit.notes.value import Confidence, Found, Part, Value
from briefingkit.notes.vocabulary import Topic

__all__ = ["RegistrationLink", "read_links", "read_registration"]

_REGISTER = re.compile(
    r"\b(?:regist(?:er|ration|rations|ering)|sign[\s-]?up|rsvp|enrol\w*|inscri\w+|s'inscrire|enregistre\w*"
    r"|registr(?:o|arse|ese|ate|acion))\b"
)
_REGISTER_URL = re.compile(
    r"regist|inscri|signup|sign-up|eventbrite|forms\.gle|/forms?/|docs\.google\.com/forms|typeform|rsvp",
    re.IGNORECASE,
)
_DEADLINE = re.compile(
    r"\b(?:by|before|until|deadline|closes?|no\slater\sthan|avant|jusqu'au|au\splus\stard|limite"
    r"|antes\sdel?|hasta|plazo|a\smas\stardar)\b"
)
_NEAR = 60
_LINE = 160
_A_FEW_WORDS = 12
_ADDRESS = ("http://", "https://", "www.")


@frozen(eq=False)
class RegistrationLink:
    """What the note says of registration, and the link that is its own."""

    part: Part
    link: LinkSpan | None = None
    passage: Passage | None = None


def _registration_links(note: Note) -> Iterator[tuple[int, Passage, LinkSpan]]:
    """Find links that may be for registering, and how surely: by words, section and address."""
    for topic, block in note.blocks():
        passage = block.passage
        for link in passage.links:
            if link.image or is_room(link) or link.url.startswith("mailto:"):
                continue
            before = passage.folded[max(0, link.start - _NEAR) : link.start]
            score = 3 * bool(_REGISTER.search(passage.folded, link.start, link.end)) + 2 * bool(
                _REGISTER.search(before)
            )
            score += 3 * (topic is Topic.REGISTRATION) + 2 * bool(_REGISTER_URL.search(link.url))
            score += bool(len(passage.text) < _LINE and _REGISTER.search(passage.folded))
            if score > 1:
                yield score, passage, link


def read_registration(note: Note, calendar: Calendar, before: date | None) -> RegistrationLink:
    """Read where to register and until when. A link without an address is a doubt."""
    ranked = sorted(_registration_links(note), key=lambda each: -each[0])
    data: dict[str, Value] = {}
    found: list[Found] = []
    passage = link = None
    if ranked:
        _, passage, link = ranked[0]
        found.append(_url(passage, link, data))
    closing = _closing(calendar, data, before)
    if not found and closing is None and not any(note.about(Topic.REGISTRATION)):
        return RegistrationLink(Part())
    if not found:
        why = "the note speaks of registration and gives no link"
        found.append(
            Found.doubt("registration.url", None, "registration", (), why, confidence=Confidence.LOW)
        )
    return RegistrationLink(Part(data, (*found, *((closing,) if closing else ()))), link, passage)


def _url(passage: Passage, link: LinkSpan, data: dict[str, Value]) -> Found:
    days = [(day.start, day.end) for day in find_days(passage)]
    line = (passage.span(),) if len(passage.text) < _LINE and _is_only_link(passage, link, days) else ()
    spans = (passage.span(link.start, link.end), *line)
    url = address(link)
    if url is not None:
        data["url"] = url
        return Found("registration.url", url, "registration link", spans)
    why = f"the registration link {passage.linked(link)!r} has no address"
    return Found.doubt("registration.url", None, "registration link", spans, why, confidence=Confidence.LOW)


_SAYS_NOTHING = re.compile(
    r"\b(?:regist\w*|link|lien|enlace|inscri\w*|sign|up|here|ici|aqui|click|cliquez|haga|clic|at|the|please"
    r"|veuillez|vous|por|favor|via|rsvp|this|ce|este|d'|de|para"
    r"|form|formulaire|formulario|you|can|to|is|required|requise?|requerida|obligatoire|obligatoria|on|sur"
    r"|en|le|el|la|and|et|y|free|is|est|es|by|closes?|close|will|ferme|cierra|before|until|no|later|than|deadline|avant|au|plus|tard"
    r"|jusqu'au|antes|del|hasta|mas|tardar)\b"
)


def _is_only_link(passage: Passage, link: LinkSpan, days: "list[tuple[int, int]]") -> bool:
    """Whether a line says nothing but where to register, and until what day."""
    chars = list(passage.folded)
    for start, end in ((link.start, link.end), *days):
        chars[start:end] = " " * (end - start)
    rest = "".join(chars)
    return not re.search(r"[^\W_]{2}", _SAYS_NOTHING.sub(" ", rest))


def _closing(calendar: Calendar, data: dict[str, Value], before: "date | None") -> Found | None:
    """Read "register by 10 April": the end of that day, which is a doubt for the note gives no hour."""
    for sighting in calendar.sightings:
        passage = sighting.block.passage
        for day in sighting.days:
            words = passage.folded[max(0, day.start - 90) : day.start]
            if not (
                _DEADLINE.search(words[-40:])
                and (_REGISTER.search(words) or sighting.topic is Topic.REGISTRATION)
            ):
                continue
            mention = calendar.resolve(day)
            if mention.dates is None or (before is not None and mention.dates[0] > before):
                continue
            data["closes"] = f"{mention.dates[0]}T23:59"
            why = "; ".join([*mention.problems, "the note gives a day: the end of that day was taken"])
            span = passage.span(day.start, day.end)
            return Found.doubt("registration.closes", data["closes"], "registration closes", (span,), why)
    return None


def read_links(note: Note, registration: RegistrationLink) -> Part:
    """Read every link by its words. One whose address the note does not have keeps its words and is a doubt."""
    entries: list[dict[str, Value]] = []
    found: list[Found] = []
    used: set[str] = set()
    seen: set[tuple[str, str | None]] = set()
    for block, link, label in _links(note):
        if link is registration.link:
            continue
        passage = block.passage
        title, span = _title(block, link)
        title = label if label and title == passage.linked(link) and title.startswith(_ADDRESS) else title
        url = address(link)
        if not title or (title, url) in seen:
            continue
        seen.add((title, url))
        key = unique(slug(_acronym_after(passage, link) or title, f"link-{len(entries) + 1}"), used)
        used.add(key)
        entry: dict[str, Value] = {"key": key, "title": title}
        found.append(Found(f"links.{key}.title", title, "link", (passage.span(*span),)))
        if url is not None:
            entry["url"] = url
            found.append(Found(f"links.{key}.url", url, "link", (passage.span(link.start, link.end),)))
        else:
            why = f"the link {title!r} has no address in the note"
            where = (passage.span(link.start, link.end),)
            found.append(Found.doubt(f"links.{key}.url", None, "link", where, why, confidence=Confidence.LOW))
        entries.append(entry)
    return Part(entries or None, tuple(found))


def _links(note: Note) -> Iterator[tuple[Block, LinkSpan, str]]:
    """Give links with their block and the label of their line ("More information: https://…"), if it has one."""
    for section in note.sections:
        label = section.heading.text.strip(" :*") if section.heading and len(section.blocks) == 1 else ""
        for block in section.blocks:
            for link in block.passage.links:
                if _is_link(section.topic, block, link):
                    yield block, link, label


def _is_link(topic: Topic, block: Block, link: LinkSpan) -> bool:
    """Whether a link is one of the briefing's links, and not its room, its form or an organisation's page."""
    words = block.passage.linked(link)
    if topic in {Topic.ORGANIZERS, Topic.PARTNERS} or link.image or not words:
        return False
    if link.url.startswith("mailto:") or leads_to_room(topic, block.passage, link):
        return False
    return topic is not Topic.REGISTRATION or len(words) >= _A_FEW_WORDS


def _title(block: Block, link: LinkSpan) -> tuple[str, tuple[int, int]]:
    """Give the words of a link; of a bare address, the short words that stand before it on its line."""
    passage = block.passage
    words = passage.linked(link)
    if not words.startswith(_ADDRESS):
        return " ".join(words.split()), (link.start, link.end)
    before = passage.text[: link.start].rstrip(" :–—-(|")
    alone = len(passage.links) == 1 or block.kind is BlockKind.ITEM
    if (
        alone
        and re.search(r"[^\W\d_]{3}", before)
        and len(before) < _LINE
        and not re.search(r"[.!?]\s", before)
    ):
        return " ".join(before.split()), (0, link.start)
    return words, (link.start, link.end)


def _acronym_after(passage: Passage, link: LinkSpan) -> str | None:
    """Give the acronym in brackets behind a link, which is how the note goes on to call it."""
    match = re.match(r"\s?(\([A-Z][A-Za-z0-9&-]{1,11}\))", passage.text[link.end : link.end + 20])
    return acronym(match[1]) if match else None
