"""The organisations behind a briefing, and whom to write to."""

import re
from collections.abc import Iterator

from attrs import frozen

from briefingkit.notes.blocks import Block, BlockKind
from briefingkit.notes.inline import Passage
from briefingkit.notes.keys import acronym, slug, unique
from briefingkit.notes.names import NameSpan, looks_like_person, split_names
from briefingkit.notes.related import address
from briefingkit.notes.sections import Note
from briefingkit.notes.sightings import sentence
from briefingkit.notes.value import Confidence, Found, Part, Value
from briefingkit.notes.vocabulary import Topic

__all__ = ["read_contact", "read_organizers", "read_partners"]

_BY = r"\s?(?:jointly\s|conjointement\s|conjuntamente\s)?(?:by|par|por)(?:\sthe|\sla|\sle|\sles|\sl'|\sel|\slos|\slas)?"
_ORGANISED = re.compile(
    rf"\b(?:(?P<co>co-?\s?)?(?P<verb>organi[sz]ed|hosted|convened|steered|led|sponsored|organisee?s?"
    rf"|organizad[oa]s?|convocad[oa]s?|convoquee?s?|animee?s?|accueillie?s?|pilotee?s?)"
    rf"{_BY})\s?(?P<colon>:)?\s?"
)
_PARTNERSHIP = re.compile(
    r"\b(?:in\s(?:partnership|collaboration|cooperation)\swith|with\sthe\ssupport\sof|supported\sby"
    r"|en\spartenariat\savec|en\scollaboration\savec|avec\sle\s(?:soutien|appui)\sd[eu']"
    r"|en\s(?:colaboracion|alianza|asociacion)\scon|con\sel\sapoyo\sde(?:l)?)\s?(?:the\s|la\s|le\s|les\s|l'"
    r"|el\s|los\s|las\s)?:?\s?"
)
_SUBJECT = re.compile(r"^(?:the|le|la|les|l'|el|los|las)\s+|^l'", re.IGNORECASE)
_STOP = re.compile(
    r"\s*(?:[.!?](?:\s|$)|;|\(?\b(?:on|from|in|at|which|that|who|will|with|under|as|to|for|and\swill|le|du"
    r"|qui|dans|pour|el|del|que|en|para|con|avec|sur|sobre)\b\s)",
    re.IGNORECASE,
)
_MEMBERS = re.compile(r"\b(?:steering\scommittee\s)?(?:members?|membres?|miembros?|steered\sby|comite)\b")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}(?<!-)")
_PHONE = re.compile(r"(?<![\w/=])(?:\+\s?\d{1,3}|\(?0\d{1,4}\)?)[\s().-]?(?:\d[\s().-]?){5,12}\d(?!\w)")
_TOPICS = frozenset(
    {Topic.HEAD, Topic.ORGANIZERS, Topic.BACKGROUND, Topic.OBJECTIVES, Topic.OTHER, Topic.TITLE}
)
_PROGRAMME = frozenset({Topic.AGENDA, Topic.SPEAKERS})
_WRITE_TO = re.compile(
    r"\b(?:contact\w*|questions?|queries|enquiries|information|informacion|renseignements|preguntas|dudas"
    r"|write|escrib\w+|ecri\w+)\b"
)
_ASKED = re.compile(
    r"\b(?:contact(?:er|ar)?(?:\s(?:con|a))?|write\sto|[ée]crire\s[àa]|escrib\w+\sa)(?:\s*:\s*|\s+)"
    r"((?:(?:Mr|Ms|Mrs|Dr|Mme|M|Sra?)\.?\s)?[A-ZÀ-Ý][\w’'-]+(?:\s[\w’'-]+){0,3}\s[A-ZÀ-Ý][\w’'-]+)\s*[(,:<–—-]*\s*$",
    re.IGNORECASE,
)
_LONGEST = 120


@frozen(eq=False)
class _Named:
    """A name in a list, on its way to an entry with a key."""

    passage: Passage
    span: NameSpan

    @property
    def words(self) -> str:
        return self.passage.text[self.span.start : self.span.end]


def _is_name(words: str) -> bool:
    return 1 < len(words) <= _LONGEST and any(char.isupper() for char in words) and len(words.split()) <= 14


def _listed(note: Note, *topics: Topic) -> Iterator[_Named]:
    """Give the names under a heading or a label: each item or line is one, or a list in a sentence."""
    for block in note.about(*topics):
        passage = block.passage
        if block.kind is BlockKind.ITEM and len(passage.text) <= _LONGEST:
            yield _Named(
                passage,
                NameSpan(0, len(passage.text.rstrip(" ;,.")), passage.links[0] if passage.links else None),
            )
        elif len(passage.text) <= 4 * _LONGEST and not _EMAIL.search(passage.text):
            partners = _PARTNERSHIP.search(passage.folded) if Topic.ORGANIZERS in topics else None
            for span in split_names(
                passage, 0, partners.start() if partners and partners.start() else len(passage.text)
            ):
                yield _Named(passage, span)


def _sentence_list(passage: Passage, start: int) -> Iterator[_Named]:
    """Give the names that follow "organised by" in a sentence, up to where it goes on with something else."""
    end = sentence(passage.text, start)[1]
    stop = _STOP.search(passage.text, start, end)
    while stop is not None and any(
        link.start < stop.end() and stop.start() < link.end for link in passage.links
    ):
        stop = _STOP.search(passage.text, stop.end(), end)
    for span in split_names(passage, start, stop.start() if stop else end):
        yield _Named(passage, span)


def _entries(
    names: "list[_Named]", used: "set[str]", base: str, *, listed: bool = False, **given: Value
) -> Part:
    """Make keyed entries of names; a name that "and" may have cut in two is a doubt."""
    entries: list[dict[str, Value]] = []
    found: list[Found] = []
    for named in names:
        if not _is_name(named.words) or named.words in [entry["name"] for entry in entries]:
            continue
        key = unique(slug(acronym(named.words) or named.words, f"{base[:-1]}-{len(used) + 1}"), used)
        used.add(key)
        entry: dict[str, Value] = {"key": key, "name": named.words, **given}
        span = named.passage.span(named.span.start, named.span.end)
        unsure = not named.span.sure
        why = "the names are joined by “and”, which may be part of a name" if unsure else ""
        confidence = Confidence.MEDIUM if unsure else Confidence.HIGH
        found.append(Found(f"{base}.{key}", named.words, base, (span,), confidence, unsure, why))
        if url := address(named.span.link):
            entry["url"] = url
        elif named.span.link is not None and listed:
            why = f"the link {named.words!r} has no address in the note"
            found.append(
                Found.doubt(f"{base}.{key}.url", None, "link", (span,), why, confidence=Confidence.LOW)
            )
        entries.append(entry)
    return Part(entries or None, tuple(found))


def read_organizers(note: Note) -> Part:
    """Read who organises: a section or a label of its own, or "(co-)organised by …" in a sentence."""
    used: set[str] = set()
    listed = _entries(list(_listed(note, Topic.ORGANIZERS)), used, "organizers", listed=True)
    if listed.data:
        role = "host" if len(listed.data) == 1 else "co-organizer"
        entries = [{"key": each["key"], "name": each["name"], "role": role, **each} for each in listed.data]
        return Part(entries, listed.found)
    for topic, block in note.blocks():
        match = _ORGANISED.search(block.passage.folded) if topic in _TOPICS else None
        if match is None or (
            topic in {Topic.BACKGROUND, Topic.OBJECTIVES} and len(block.passage.text) > 4 * _LONGEST
        ):
            continue
        if match["verb"] == "steered":
            return _steered(note, block, match, used)
        part = _organised(block, match, used)
        if part.data:
            return part
    why = "the note does not say who organises it"
    return Part(None, (Found.doubt("organizers", None, "organisers", (), why, confidence=Confidence.LOW),))


def _organised(block: Block, match: "re.Match[str]", used: set[str]) -> Part:
    passage = block.passage
    part = _entries(list(_sentence_list(passage, match.end())), used, "organizers")
    if not part.data:
        return part
    role = "host" if len(part.data) == 1 and not match["co"] else "co-organizer"
    entries = [{"key": each["key"], "name": each["name"], "role": role, **each} for each in part.data]
    why = "read from a sentence: an organiser and a partner cannot be told apart surely"
    span = passage.span(match.start(), match.end())
    names = [each["name"] for each in entries]
    return Part(
        entries,
        (
            Found.doubt("organizers", names, "organised by", (span,), why),
            *part.found,
        ),
    )


def _steered(note: Note, block: Block, match: "re.Match[str]", used: set[str]) -> Part:
    """Read "X is co-steered by A and B": X is the host. Where the names are gone, those named later may be meant."""
    passage = block.passage
    subject = re.sub(r"\s(?:is|are|est|es|son|esta|sont)\s?$", "", passage.folded[: match.start()])
    article = _SUBJECT.match(passage.text)
    begin = article.end() if article and article.end() < len(subject) else 0
    host = _Named(passage, NameSpan(begin, len(subject.rstrip())))
    part = _entries([host], used, "organizers", role="host")
    if not part.data:
        return part
    named = _entries(
        list(_sentence_list(passage, match.end())),
        used,
        "organizers",
        role="co-organizer",
        steers=part.data[0]["key"],
    )
    alternatives = () if named.data else tuple(_members(note))
    why = (
        "the note says who steers, and the names are not in its text (logos, it may be)"
        if not named.data
        else "read from a sentence"
    )
    if alternatives:
        why += ": these are named elsewhere as members"
    entries = [*part.data, *(named.data or ())]
    whole = Found.doubt(
        "organizers",
        [each["name"] for each in entries],
        "steered by",
        (passage.span(0, match.end()),),
        why,
        confidence=Confidence.LOW,
        alternatives=alternatives,
    )
    return Part(entries, (whole, *named.found))


def _members(note: Note) -> Iterator[str]:
    """Give the organisations that a sentence names as members: "the committee members A, B and C"."""
    seen: set[str] = set()
    for topic, block in note.blocks():
        passage = block.passage
        match = _MEMBERS.search(passage.folded) if topic in _TOPICS else None
        if match is None or _ORGANISED.search(passage.folded, max(0, match.start() - 30), match.end() + 4):
            continue
        end = sentence(passage.text, match.start())[1]
        stop = _PARTNERSHIP.search(passage.folded, match.end(), end)
        for named in _sentence_list(passage.part(0, stop.start() if stop else end), match.end()):
            words = named.words
            if _is_name(words) and words[0].isupper() and len(words) <= 60 and words not in seen:
                seen.add(words)
                yield words


def read_partners(note: Note) -> Part:
    """Read who is a partner: a section or a label, or "in partnership with …", which is always a doubt."""
    used: set[str] = set()
    listed = _entries(list(_listed(note, Topic.PARTNERS)), used, "partners", listed=True)
    if listed.data:
        return listed
    for topic, block in note.blocks():
        match = _PARTNERSHIP.search(block.passage.folded) if topic in _TOPICS else None
        if match is None:
            continue
        part = _entries(list(_sentence_list(block.passage, match.end())), used, "partners")
        if part.data:
            why = "read from a sentence: it may be a partner of something else than the briefing"
            span = block.passage.span(match.start(), match.end())
            names = [each["name"] for each in part.data]
            return Part(
                part.data,
                (
                    Found.doubt(
                        "partners", names, "in partnership with", (span,), why, confidence=Confidence.LOW
                    ),
                    *part.found,
                ),
            )
    return Part()


def read_contact(note: Note) -> Part:
    """Read whom to write to. The address of a contact is public, so it is confirmed before it goes out."""
    blocks = [*note.about(Topic.CONTACT)]
    labelled = bool(blocks)
    if not labelled:
        blocks = [
            block
            for topic, block in note.blocks()
            if topic not in _PROGRAMME or _WRITE_TO.search(block.passage.folded)
        ]
    data: dict[str, Value] = {}
    found: list[Found] = []
    for block in blocks:
        passage = block.passage
        email = _EMAIL.search(passage.text)
        if email and "email" not in data:
            found.extend(_email(block, email, data, labelled=labelled))
        phone = _PHONE.search(passage.text) if labelled or email else None
        if phone and "phone" not in data:
            data["phone"] = phone[0].strip()
            span = passage.span(phone.start(), phone.end())
            found.append(
                Found.doubt(
                    "contact.phone", data["phone"], "phone number", (span,), "a contact's number is public"
                )
            )
    ordered = {name: data[name] for name in ("name", "email", "phone") if name in data}
    return Part(ordered or None, tuple(found))


def _email(
    block: Block, match: "re.Match[str]", data: dict[str, Value], *, labelled: bool
) -> Iterator[Found]:
    passage = block.passage
    data["email"] = match[0]
    confidence = Confidence.HIGH if labelled else Confidence.LOW
    why = (
        "a contact's address is public"
        if labelled
        else "the only address near: it may not be the contact's, and a contact's address is public"
    )
    yield Found.doubt(
        "contact.email",
        match[0],
        "e-mail address",
        (passage.span(match.start(), match.end()),),
        why,
        confidence=confidence,
    )
    first = re.split(r"[,;(<|–—:]|\s-\s|\s(?:at|on|a|au|en)\s", passage.text[: match.start()], maxsplit=1)[
        0
    ].strip()
    if asked := _ASKED.search(passage.text[: match.start()]):
        first = asked[1]
    if (labelled or asked) and looks_like_person(first) and "name" not in data:
        data["name"] = first
        at = passage.text.index(first)
        why = "the words before the address were taken for a name"
        yield Found.doubt("contact.name", first, "contact", (passage.span(at, at + len(first)),), why)
