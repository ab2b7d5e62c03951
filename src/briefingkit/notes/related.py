"""What the briefing is a part of, and the events that it leads to."""

import re
from collections.abc import Iterator
from datetime import date

from attrs import frozen

from briefingkit.errors import TextError
from briefingkit.notes.days import DayMention
from briefingkit.notes.inline import LinkSpan, Passage
from briefingkit.notes.sightings import Calendar, Sighting, sentence
from briefingkit.notes.value import Confidence, Found, Part, Span, Value
from briefingkit.notes.vocabulary import Topic

__all__ = ["Parent", "address", "read_leads_to", "read_part_of"]

_PART_OF = re.compile(
    r"(?:\b|(?<='))(?:(?:forms?|is|are|being|as|s|constitutes?)\s(?:a\s|an\s)?(?:integral\s)?part\sof"
    r"|(?:held|organi[sz]ed|takes?\splace|taking\splace)\s(?:as\spart\sof|within(?:\sthe\sframework\sof)?"
    r"|in\sthe\sframework\sof|under)"
    r"|(?P<weak>within\sthe\sframework\sof|in\sthe\sframework\sof|in\sthe\scontext\sof|as\spart\sof"
    r"|dans\sle\scadre\sd[eu']|en\sel\smarco\sde)"
    r"|s'inscrit\sdans(?:\sle\scadre\sd[eu'])?|fait\spartie\sd[eu']|est\sun\ssegment\sd[eu']"
    r"|(?P<beside>side[\s-]event\s(?:of|to|at|during)|(?:on|in)\sthe\s(?:sidelines|margins?)\sof"
    r"|evenement\s(?:parallele|en\smarge)\s(?:a|aux?|d[eu'])|en\smarge\sd[eu']"
    r"|evento\sparalelo\s(?:al?|del?|en)|al\smargen\sdel?)"
    r"|forma\sparte\sde|se\senmarca\s(?:en|dentro\sde)|se\sinscribe\sen)"
)
_JOINABLE = re.compile(
    r"(?:just|only|solely)\s(?:for\s)?(?:this|the)\s(?:\w+\s)?(?:segment|session|briefing|part|webinar)"
    r"|(?:this|the)\s(?:segment|session|briefing|part|webinar)\s(?:only|alone)"
    r"|(?:join|attend|follow)\s(?:only|just)\sthis|(?:uniquement|seulement)\s(?:a\s|pour\s)?(?:ce"
    r"|cette)\s(?:\w+\s)?(?:segment|session|seance|partie|webinaire)"
    r"|(?:a\s|pour\s)?(?:ce|cette)\s(?:segment|session|seance|partie)\s(?:uniquement|seulement|seule?)"
    r"|(?:solo|solamente|unicamente)\s(?:a\s|en\s|para\s)?(?:este|esta)\s(?:segmento|sesion|parte|seminario)"
    r"|(?:este|esta)\s(?:segmento|sesion|parte)\s(?:solo|solamente|unicamente)"
)
_QUOTED = re.compile(r"(?<!\w)[\"“«„‘']\s?(?=\S)([^\"“”«»„\n]{4,200}?)\s?[\"”»’'](?!\w)")
_SMALL = r"of|the|on|for|and|in|to|de|du|des|d'|la|le|les|et|sur|pour|del|los|las|el|y|en|para|sobre"
_CAPITALISED = re.compile(
    rf"[A-ZÀ-Ý0-9][\w’'-]{{0,40}}(?:\s(?:(?:{_SMALL})\b|&|[A-ZÀ-Ý0-9][\w’'&-]{{0,40}})){{1,14}}"
)
_TRAILING_SMALL = re.compile(rf"(?:\s(?:{_SMALL}|&))+$")
_EVENT = re.compile(
    r"\b(?:forum|summit|conference|assembly|congress|convention|week|meeting|cop\s?\d*|session|symposium"
    r"|festival|event|workshop"
    r"|review|day|days|dialogue|roundtable|council|sommet|conference|assemblee|congres|semaine|reunion"
    r"|rencontres?|colloque|journees?"
    r"|foro|cumbre|conferencia|asamblea|congreso|semana|encuentro|jornadas?|dialogo|evento|summit)\b"
)
_TOWARDS = re.compile(
    r"\b(?:ahead\sof|in\sthe\slead-?\s?up\sto|leading\s(?:up\s)?to|lead\sup\sto|in\spreparation\s(?:for|of)"
    r"|in\sadvance\sof|prior\sto|towards?"
    r"|at\sthe|during\sthe|en\svue\sd[eu'](?:\sla|\sl')?|en\samont\sd[eu']|en\spreparation\sd[eu']"
    r"|lors\sd[eu']|avant\sl[ea']"
    r"|de\scara\sal?|con\smiras\sal?|en\spreparacion\sde|previo\sal?|antes\sdel?|rumbo\sal?|en\sel|en\sla"
    r"|durante\sel|durante\sla)\b"
)


@frozen
class Parent:
    """The part_of of a briefing, with the places of its own dates, which are not the briefing's."""

    part: Part
    taken: tuple[Span, ...] = ()


def address(link: LinkSpan | None) -> str | None:
    """Give a link's address where it has one that a briefing can hold; `#` and the like are none."""
    from briefingkit.text import LocalizedUrl

    if link is None:
        return None
    try:
        LocalizedUrl.of(link.url)
    except TextError:
        return None
    return link.url


def _title(passage: Passage, start: int, end: int) -> tuple[int, int, LinkSpan | None, Confidence] | None:
    """Find an event's title between two offsets: a link, a quotation, or a run of capitalised words."""
    text = passage.text
    link = next(
        (each for each in passage.links if start <= each.start and each.end <= end and each.end > each.start),
        None,
    )
    quoted = _QUOTED.search(text, start, end)
    if link is not None and not (quoted and quoted.end() < link.start):
        return link.start, link.end, link, Confidence.HIGH
    if quoted:
        return quoted.start(1), quoted.end(1), None, Confidence.HIGH
    run = _CAPITALISED.search(text, start, end)
    if run is None:
        return None
    stop = run.start() + len(_TRAILING_SMALL.sub("", run[0]))
    return (run.start(), stop, None, Confidence.LOW) if " " in text[run.start() : stop] else None


_ARTICLE = re.compile(r"\s*(?:(?:the|la|le|les|el|los|las)\s|l')?")
_BREAK = re.compile(r"\s*(?:[(,;:.]|\s[–—-]\s)|$")
_MOST_WORDS = 14


def _up_to_bracket(passage: Passage, start: int, end: int) -> tuple[int, int, None, Confidence] | None:
    """Take what stands up to the bracket or comma for the event: "side event of the 8th session of X (Geneva)"."""
    article = _ARTICLE.match(passage.folded, start, end)
    begin = article.end() if article else start
    stop = _BREAK.search(passage.text, begin, end)
    words = passage.text[begin : stop.start() if stop else end].strip()
    if not any(char.isupper() for char in words) or len(words.split()) > _MOST_WORDS:
        return None
    return begin, begin + len(words), None, Confidence.MEDIUM


def read_part_of(calendar: Calendar) -> Parent | None:
    """Read "This briefing forms part of X, 11–13 April": the event, its dates, whether one may join this alone."""
    for sighting in calendar.sightings:
        if sighting.topic in {Topic.AGENDA, Topic.SPEAKERS, Topic.QUESTIONS, Topic.LINKS}:
            continue
        match = _PART_OF.search(sighting.block.passage.folded)
        parent = _parent(calendar, sighting, match) if match else None
        if parent is not None:
            return parent
    return None


def _parent(calendar: Calendar, sighting: Sighting, match: "re.Match[str]") -> Parent | None:
    passage = sighting.block.passage
    _, end = _sentence_with_links(passage, match.start())
    title = _title(passage, match.end(), min(end, match.end() + 300))
    if match["beside"] and (title is None or title[3] is Confidence.LOW):
        title = _up_to_bracket(passage, match.end(), end) or title
    if title is None or (
        match["weak"] and title[3] is Confidence.LOW and not _EVENT.search(passage.folded, title[0], title[1])
    ):
        return None
    start, stop, link, confidence = title
    words = passage.text[start:stop].strip()
    data: dict[str, Value] = {"title": words}
    doubtful = confidence is not Confidence.HIGH or bool(match["weak"])
    note = "the words may name something that is no event" if doubtful else ""
    found = [
        Found(
            "part_of.title",
            words,
            "part of",
            (passage.span(match.start(), stop),),
            confidence,
            doubtful,
            note,
        )
    ]
    taken = []
    for day in (each for each in sighting.days if match.end() <= each.start < end):
        found.extend(_dates(calendar.resolve(day), passage, "part_of", data))
        taken.append(passage.span(day.start, day.end))
        break
    if link is not None:
        found.append(_address(link, passage, "part_of.url", data))
    if joinable := _JOINABLE.search(passage.folded):
        data["joinable"] = True
        span = passage.span(joinable.start(), joinable.end())
        found.append(Found("part_of.joinable", value=True, rule="this segment alone", spans=(span,)))
    return Parent(Part(data, tuple(found)), tuple(taken))


def _sentence_with_links(passage: Passage, at: int) -> tuple[int, int]:
    """Give the sentence around an offset; a title that asks a question does not end it."""
    start, end = sentence(passage.text, at)
    for link in passage.links:
        if link.start < end <= link.end + 2:
            _, end = sentence(passage.text, min(len(passage.text), link.end + 3))
    return start, end


def _dates(mention: DayMention, passage: Passage, path: str, data: dict[str, Value]) -> Iterator[Found]:
    """Read an event's own dates; one that the note does not complete is a doubt with no value."""
    span = (passage.span(mention.start, mention.end),)
    if mention.dates is None:
        note = "; ".join(mention.problems) or "the date is not complete"
        yield Found.doubt(f"{path}.start", None, "date of the event", span, note, confidence=Confidence.LOW)
        return
    confidence = Confidence.LOW if mention.problems else Confidence.HIGH
    others = tuple(str(day.dated()) for day in mention.others if day.dated())
    for name, day in zip(("start", "end"), mention.dates, strict=True):
        data[name] = str(day)
        note = "; ".join(mention.problems)
        yield Found(
            f"{path}.{name}", str(day), "date of the event", span, confidence, bool(note), note, others
        )


def _address(link: LinkSpan, passage: Passage, path: str, data: dict[str, Value]) -> Found:
    url = address(link)
    if url is not None:
        data["url"] = url
        return Found(path, url, "link", (passage.span(link.start, link.end),))
    note = f"the note's link {passage.linked(link)!r} has no address"
    return Found.doubt(
        path, None, "link", (passage.span(link.start, link.end),), note, confidence=Confidence.LOW
    )


def read_leads_to(calendar: Calendar, after: date | None, taken: tuple[Span, ...], own_title: str) -> Part:
    """Read the events to come that the note names with their dates, in the order of the note."""
    events: list[Value] = []
    titles = {own_title}
    found: list[Found] = []
    for sighting in calendar.sightings:
        if sighting.topic in {Topic.AGENDA, Topic.REGISTRATION, Topic.WHEN, Topic.CONTACT, Topic.SPEAKERS}:
            continue
        for day in sighting.days:
            event = _event(calendar, sighting, day, after, taken, f"leads_to.{len(events)}")
            if event is None or event.data["title"] in titles:
                continue
            titles.add(event.data["title"])
            events.append(event.data)
            found.extend(event.found)
    return Part(events or None, tuple(found))


def _event(
    calendar: Calendar,
    sighting: Sighting,
    day: DayMention,
    after: date | None,
    taken: tuple[Span, ...],
    path: str,
) -> Part | None:
    passage = sighting.block.passage
    span = passage.span(day.start, day.end)
    mention = calendar.resolve(day)
    if after is None or mention.dates is None or mention.dates[0] <= after:
        return None
    if any(other.start < span.end and span.start < other.end for other in taken):
        return None
    title = _event_title(passage, *sentence(passage.text, day.start), day)
    if title is None:
        return None
    start, stop, link, confidence = title
    words = passage.text[start:stop].strip()
    data: dict[str, Value] = {"title": words}
    doubtful = confidence is not Confidence.HIGH
    note = "the words that name the event were guessed" if doubtful else ""
    found = [
        Found(
            f"{path}.title", words, "event to come", (passage.span(start, stop),), confidence, doubtful, note
        )
    ]
    found.extend(_dates(mention, passage, path, data))
    if link is not None:
        found.append(_address(link, passage, f"{path}.url", data))
    return Part(data, tuple(found))


_LEAD = re.compile(r"\b(?:the|le|la|les|el|los|las|at|from)\s|\bl'")


def _lead(folded: str, start: int, end: int) -> int:
    """Tell how much of a run stands before the event's name: up to the last article before its word for an event."""
    event = _EVENT.search(folded, start, end)
    leads = [match.end() for match in _LEAD.finditer(folded, start, event.start() if event else start)]
    return (leads[-1] if leads else start) - start


def _event_title(
    passage: Passage, start: int, end: int, day: DayMention
) -> tuple[int, int, LinkSpan | None, Confidence] | None:
    """Give the event that a sentence with a date names: a link or a run of capitals with a word for an event."""
    linked = [link for link in passage.links if start <= link.start and link.end <= end]
    for link in linked:
        if _EVENT.search(passage.folded, link.start, link.end):
            return link.start, link.end, link, Confidence.HIGH
    if quoted := _QUOTED.search(passage.text, start, end):
        return quoted.start(1), quoted.end(1), None, Confidence.MEDIUM
    runs = [
        run
        for run in _CAPITALISED.finditer(passage.text, start, end)
        if not (run.start() < day.end and day.start < run.end())
    ]
    named = [run for run in runs if _EVENT.search(passage.folded, run.start(), run.end())]
    if not named:
        return None
    run = named[0]
    stop = run.start() + len(_TRAILING_SMALL.sub("", run[0]))
    begin = run.start() + _lead(passage.folded, run.start(), run.end())
    towards = bool(_TOWARDS.search(passage.folded, max(start, begin - 40), begin))
    return (begin, stop, None, Confidence.MEDIUM if towards else Confidence.LOW) if begin < stop else None
