"""Where the briefing is: online, at a venue, or both; and the address of a room, which is not for everyone."""

import re
from collections.abc import Iterator

from attrs import frozen

from briefingkit.notes.blocks import Block
from briefingkit.notes.inline import LinkSpan, Passage
from briefingkit.notes.related import address
from briefingkit.notes.sections import Note
from briefingkit.notes.sightings import Calendar, sentence
from briefingkit.notes.value import Confidence, Found, Part, Span, Value
from briefingkit.notes.vocabulary import Topic
from briefingkit.notes.zones import CITY_PATTERN

__all__ = ["is_room", "leads_to_room", "read_place"]

_ONLINE = re.compile(
    r"\b(?:online|on-line|virtual(?:ly|e|mente)?|virtuel(?:le)?(?:ment)?|webinar|webinaire|webcast"
    r"|livestream(?:ed)?|live\s?stream(?:ing|ed)?|streaming|transmision|retransmision|retransmission"
    r"|en\sligne|en\slinea|a\sdistance|a\sdistancia|remote(?:ly)?|video\s?conference|visioconference|visio"
    r"|videoconferencia|teleconference"
    r"|seminario\sweb|zoom(?:\smeetings?|\swebinar)?|(?:microsoft|ms)\steams|teams|webex|google\smeet"
    r"|gotomeeting|jitsi|whereby|bluejeans|interactio|kudo)\b"
)
_HYBRID = re.compile(r"\b(?:hybrid|hybride|hibrid[oa]|bimodal)\b")
_ON_SITE = re.compile(
    r"\b(?:in[\s-]person|on[\s-]site|face[\s-]to[\s-]face|en\spresentiel|presentiel(?:le)?|en\spersonne"
    r"|presencial(?:es)?|sur\splace|en\spersona)\b"
)
_VENUE = re.compile(
    r"\b(?:room|hall|palais|palace|palacio|salle|sala|salon|hotel|centre|center|centro|building|batiment"
    r"|edificio|auditorium|auditorio|campus"
    r"|ayuntamiento|mairie|alcaldia|universit[eay]\w*|universidad|headquarters|siege|sede|house|maison|casa"
    r"|library|bibliotheque|biblioteca"
    r"|museum|musee|museo|street|avenue|avenida|plaza|placa|place\sd\w+|rue|calle|floor|etage|piso|chamber"
    r"|town\shall|maison\sdes?|espace|espacio"
    r"|\d{1,3}\s(?:rue|avenue|boulevard|street))\b"
)
_ROOM_HOSTS = re.compile(
    r"https?://(?:[\w-]{1,60}\.){0,4}(?:zoom\.us|zoom\.com|teams\.microsoft\.com|teams\.live\.com"
    r"|meet\.google\.com|webex\.com|gotomeeting\.com"
    r"|whereby\.com|jit\.si|bluejeans\.com|meet\.jit\.si|kudoway\.com|interactio\.io|goto\.com"
    r"|bigbluebutton\.\w+)(?:[/:?]|$)", re.IGNORECASE
)  # fmt: skip
_PLATFORM = re.compile(r"\b(?:zoom|teams|webex|google\smeet|jitsi|gotomeeting|whereby|kudo|interactio)\b")
_SIGN_UP = re.compile(r"regist|webinar/register|inscri|signup|sign-up", re.IGNORECASE)
_HELD_ONLINE = re.compile(
    r"\b(?:held|invit\w+|take\splace|takes\splace|hosted|join|meet|gather|convened?|tiendra|aura\slieu"
    r"|deroulera|celebrara|tendra\slugar|realizara|cabo|conectar\w*)\b"
)
_CITY = re.compile(rf"\b(?:{CITY_PATTERN})\b")
_SPLIT = re.compile(r"\s[–—|/-]\s|[|•·;\x1f]|\s{3,}")
_TOPICS = frozenset({Topic.HEAD, Topic.TITLE, Topic.WHEN, Topic.PLACE, Topic.FORMAT, Topic.JOIN})
_PROSE_TOPICS = frozenset({Topic.HEAD, Topic.BACKGROUND, Topic.OBJECTIVES})
_LINE = 220


@frozen(eq=False)
class _Segment:
    """A stretch of a line between separators: where a place may stand."""

    block: Block
    topic: Topic
    start: int
    end: int

    @property
    def folded(self) -> str:
        return self.block.passage.folded[self.start : self.end]

    @property
    def text(self) -> str:
        return self.block.passage.text[self.start : self.end]

    @property
    def span(self) -> Span:
        return self.block.passage.span(self.start, self.end)


def is_room(link: LinkSpan) -> bool:
    """Whether a link leads into a meeting room, rather than to a registration for it."""
    return bool(_ROOM_HOSTS.match(link.url)) and not _SIGN_UP.search(link.url)


def leads_to_room(topic: Topic, passage: Passage, link: LinkSpan) -> bool:
    """Whether a link leads into a room by its address, its section, or a platform that is named before it."""
    if is_room(link):
        return True
    if not link.url.startswith("http") or _SIGN_UP.search(link.url):
        return False
    return topic is Topic.JOIN or (
        topic is Topic.FORMAT and bool(_PLATFORM.search(passage.folded, 0, link.start))
    )


def _is_sentence(text: str) -> bool:
    return len(text) > _LINE or (text.endswith(".") and len(text.split()) > 10)


def _segments(calendar: Calendar) -> Iterator[_Segment]:
    """Give what the lines of the head and the labels hold besides dates and times."""
    for sighting in calendar.sightings:
        passage = sighting.block.passage
        if sighting.topic not in _TOPICS or (sighting.topic is Topic.HEAD and _is_sentence(passage.text)):
            continue
        masked = list(sighting.without("\x1f"))
        for link in passage.links:
            if link.url.startswith("http") and passage.linked(link).startswith(("http", "www.")):
                masked[link.start : link.end] = "\x1f" * (link.end - link.start)
        text, done = "".join(masked), 0
        for start, end in [*((m.start(), m.end()) for m in _SPLIT.finditer(text)), (len(text), len(text))]:
            segment = _trim(_Segment(sighting.block, sighting.topic, done, start))
            if segment.start < segment.end:
                yield segment
            done = end


def _trim(segment: _Segment) -> _Segment:
    text, start, end = segment.block.passage.text, segment.start, segment.end
    while start < end and (text[start].isspace() or text[start] in ",.-–—:(["):
        start += 1
    while end > start and (
        text[end - 1].isspace()
        or text[end - 1] in ",.-–—:(["
        or (text[end - 1] == ")" and "(" not in text[start:end])
    ):
        end -= 1
    return _Segment(segment.block, segment.topic, start, end)


def read_place(note: Note, calendar: Calendar) -> Part:
    """Read where the briefing is held. The address of a room is for those who registered, and a doubt."""
    data: dict[str, Value] = {}
    found: list[Found] = []
    online = _read_online(note, calendar)
    venue = _read_venue(calendar, said_on_site=_said(calendar, _ON_SITE), online=online is not None)
    if venue is None and online is None:
        venue = _venue_in_sentence(calendar)
    if online is not None:
        data["online"] = online.data
        found.extend(online.found)
    if venue is not None:
        data["venue"] = venue.data
        found.extend(venue.found)
    if (hybrid := _said(calendar, _HYBRID)) is not None:
        found.extend(_hybrid(data, hybrid))
    if not data:
        return Part(
            None,
            (
                *found,
                Found.doubt(
                    "place",
                    None,
                    "place",
                    (),
                    "the note does not say where it is held",
                    confidence=Confidence.LOW,
                ),
            ),
        )
    return Part(data, tuple(found))


def _hybrid(data: "dict[str, Value]", span: Span) -> Iterator[Found]:
    data.setdefault("online", {})
    note = "" if "venue" in data else "the note says hybrid, and gives no venue"
    yield Found(
        "place.venue" if note else "place",
        None if note else data,
        "hybrid",
        (span,),
        Confidence.MEDIUM,
        bool(note),
        note,
    )


def _said(calendar: Calendar, pattern: "re.Pattern[str]") -> Span | None:
    for segment in _segments(calendar):
        if match := pattern.search(segment.folded):
            return segment.block.passage.span(segment.start + match.start(), segment.start + match.end())
    return None


def _read_online(note: Note, calendar: Calendar) -> Part | None:
    room = _read_room(note)
    for segment in sorted(_segments(calendar), key=lambda each: each.topic in {Topic.HEAD, Topic.TITLE}):
        in_head = segment.topic in {Topic.HEAD, Topic.TITLE}
        titled = in_head and len(segment.folded.split()) > 6 and not _VENUE.search(segment.folded)
        match = _ONLINE.search(segment.folded)
        if match and not titled:
            passage, at = segment.block.passage, segment.start
            spans = tuple(
                passage.span(at + each.start(), at + each.end()) for each in _ONLINE.finditer(segment.folded)
            )
            spans += tuple(_further_online(calendar, segment))
            return _online(room, Found("place.online", {}, "online", spans))
    for topic, block in note.blocks():
        for match in (
            _ONLINE.finditer(block.passage.folded)
            if topic in {Topic.HEAD, Topic.BACKGROUND, Topic.OBJECTIVES}
            else ()
        ):
            start, end = sentence(block.passage.text, match.start())
            if _HELD_ONLINE.search(block.passage.folded, start, end):
                span = block.passage.span(match.start(), match.end())
                why = "the words stand in a sentence, and may be of something else"
                return _online(
                    room,
                    Found.doubt("place.online", {}, "online", (span,), why),
                )
    return _online(room, None) if room else None


def _further_online(calendar: Calendar, first: _Segment) -> Iterator[Span]:
    """Find the short lines that say it again ("Zoom")."""
    for segment in _segments(calendar):
        if segment.block is not first.block and len(segment.folded.split()) < 4:
            for match in _ONLINE.finditer(segment.folded):
                yield segment.block.passage.span(segment.start + match.start(), segment.start + match.end())


def _online(room: Found | None, said: Found | None) -> Part:
    if room is None:
        return Part({}, (said,) if said else ())
    data = {"url": room.value, "access": "registered"}
    return Part(data, (*((said,) if said else ()), room))


def _read_room(note: Note) -> Found | None:
    """Give the address of a meeting room, wherever the note gives it."""
    for topic, block in note.blocks():
        for link in block.passage.links:
            url = address(link)
            if url and leads_to_room(topic, block.passage, link):
                why = "the address of the room is shown to those who registered: say who may see it"
                span = block.passage.span(link.start, link.end)
                return Found.doubt("place.online.url", url, "meeting room", (span,), why)
    return None


def _read_venue(calendar: Calendar, *, said_on_site: Span | None, online: bool) -> Part | None:
    for segment in _segments(calendar):
        named = (
            segment.topic is Topic.PLACE or _VENUE.search(segment.folded) or _is_city(segment, online=online)
        )
        if (
            not named
            or segment.topic is Topic.JOIN
            or _is_title_like(segment)
            or _ABOUT_LINK.search(segment.folded)
        ):
            continue
        part = _venue(segment)
        if part is not None:
            return part
    if said_on_site is not None and not online:
        why = "the note says that people meet in person, and names no venue"
        return Part(
            {},
            (Found.doubt("place.venue", None, "in person", (said_on_site,), why, confidence=Confidence.LOW),),
        )
    return None


_ABOUT_LINK = re.compile(
    r"\b(?:links?|liens?|enlaces?|log-?in|connection|connexion|conexion|password|passcode)\b"
    r"|\b(?:to follow|to be shared|will be (?:sent|shared)|sera (?:envoye|communique|partage)"
    r"|\bse (?:enviara|compartira))"
)
_AT = re.compile(r"\b(?:at|in|a|au|aux|en|dans)\s(?:the\s|la\s|le\s|l'|el\s|los\s|las\s)?")


def _venue_in_sentence(calendar: Calendar) -> Part | None:
    """Read "… on 2 March at 18:00 at the Town Hall, 1 High Street." where no line of its own says where."""
    for sighting in calendar.sightings:
        passage = sighting.block.passage
        if sighting.topic not in _PROSE_TOPICS or not sighting.days:
            continue
        after = max([sighting.days[0].end, *(time.end for time in sighting.times[:1])])
        end = sentence(passage.text, sighting.days[0].start)[1]
        for match in _AT.finditer(passage.folded, min(after, end), end):
            begin, stop = match.end(), min(end, match.end() + 120)
            named = _VENUE.search(passage.folded, begin, min(stop, begin + 40))
            if named and passage.text[begin : begin + 1].isupper():
                return _venue(_trim(_Segment(sighting.block, sighting.topic, begin, stop)))
    return None


def _is_title_like(segment: _Segment) -> bool:
    """Whether a line of the head is no place: a heading, or one with no date or time that is not an address."""
    if segment.topic in {Topic.PLACE, Topic.FORMAT, Topic.WHEN}:
        return False
    whole = segment.end - segment.start >= len(segment.block.passage.text.strip(" .,:-–"))
    return (
        segment.topic is Topic.TITLE
        or (whole and not re.search(r",.*(?:\d|,)|\d.*,", segment.text))
        or len(segment.text.split()) > 18
    )


def _is_city(segment: _Segment, *, online: bool) -> bool:
    """Whether a segment beside a date is a city and hardly anything else."""
    return not online and bool(_CITY.search(segment.folded)) and len(segment.folded.split()) <= 4


_JOINING = re.compile(r"\s*(?:,|;|\(|\+|&|/|\b(?:and|et|y|on|sur|por|via|or|ou|o)\b)\s*$")
_LEADING = re.compile(
    r"^\s*(?:at|in|a|au|aux|en|the|dans|,|;|\(|\)|\+|&|/|\b(?:and|et|y|on|sur|por|via|or|ou|o|also"
    r"|hybrid\w*|hibrid\w*)\b)[\s:,]+",
    re.IGNORECASE,
)


def _venue(segment: _Segment) -> Part | None:
    """Make a venue of a segment without its words for online: the name up to the first comma, then the address."""
    start, end = segment.start, segment.end
    passage = segment.block.passage
    for pattern in (_ONLINE, _HYBRID, _ON_SITE):
        start, end = _without(passage, pattern, start, end)
    if not re.search(r"[^\W\d_]{2}", passage.text[start:end]):
        return None
    inside = _trim(_Segment(segment.block, segment.topic, start, end))
    if lead := _LEADING.match(passage.folded[inside.start : inside.end]):
        inside = _trim(_Segment(segment.block, segment.topic, inside.start + lead.end(), inside.end))
    comma = passage.text.find(",", inside.start, inside.end)
    stop = comma if comma > 0 else inside.end
    data: dict[str, Value] = {"name": passage.text[inside.start : stop].strip()}
    sure = segment.topic is Topic.PLACE
    why = "" if sure else "the words beside the date or time were taken for the venue"
    found = [
        Found(
            "place.venue.name",
            data["name"],
            "venue",
            (inside.span,),
            Confidence.HIGH if sure else Confidence.LOW,
            not sure,
            why,
        )
    ]
    if comma > 0 and (rest := passage.text[comma + 1 : inside.end].strip()):
        data["address"] = rest
        span = passage.span(comma, inside.end)
        found.append(Found("place.venue.address", rest, "venue", (span,), Confidence.MEDIUM))
    return Part(data, tuple(found))


def _without(passage: Passage, pattern: "re.Pattern[str]", start: int, end: int) -> tuple[int, int]:
    """Leave out words at either end of a stretch, with what joins them to the rest."""
    match = pattern.search(passage.folded, start, end)
    while match is not None:
        before, after = passage.folded[start : match.start()], passage.folded[match.end() : end]
        if len(before.strip(" ,(:-–")) > len(after.strip(" ,):-–")):
            kept = before
            while (shorter := _JOINING.sub("", kept.rstrip(" ,(:-–"))) != kept:
                kept = shorter
            end = start + len(kept)
        else:
            start = match.end()
            while lead := _LEADING.match(passage.folded[start:end]):
                start += lead.end()
        match = pattern.search(passage.folded, start, end)
    return start, end
