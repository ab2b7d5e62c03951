"""The title: a label's, the first heading's, or the first line of the head that is nothing else."""

import re
from collections.abc import Iterator

from attrs import frozen

from briefingkit.notes.blocks import Block, BlockKind
from briefingkit.notes.inline import Passage
from briefingkit.notes.sections import Note
from briefingkit.notes.sightings import Calendar
from briefingkit.notes.value import Confidence, Found, Part, Span
from briefingkit.notes.vocabulary import FUNCTION_WORDS, Topic

__all__ = ["read_title"]

_DOCUMENT = re.compile(
    r"^\W*(?:(?:draft|final|revised|projet\sde|borrador\sde|provisional)\s)?(?:concept\snotes?"
    r"|save\sthe\sdate|invitation|announcement|media\sadvisory|press\srelease|flyer|agenda|programme"
    r"|note\s(?:conceptuelle|de\scadrage|d'information|de\sconcept)|communique|programme\sprovisoire"
    r"|nota\s(?:conceptual|de\sconcepto|informativa)|invitacion|convocatoria|anuncio|draft|version\s[\d.]+)"
    r"(?:\s(?:and|et|y)\s(?:draft\s)?(?:agenda|programme|programa))?\s*(?::|[–—-]|\||$)\s*"
)
_NO_TITLE = re.compile(
    r"^(?:dear|hello|hi|chers?|cheres?|estimad[oa]s?|bonjour|buenos|queridos?|subject|from|to|cc|sent|objet"
    r"|asunto|de|page\s\d)\b.{0,40}[,:]|"
    r"(?:organi[sz]ed|hosted|convened|steered|organise|organizado)\s(?:by|par|por)|^(?:please|join us"
    r"|register|inscri|click|we are|nous avons|tenemos|regist)"
    r"|^(?:side[\s-]event|evenement (?:parallele|en marge)|evento paralelo) (?:of|to|at|d[eu]|a|aux?|al|del?)\b"
    r"|@|https?:|\b(?:can|could) register"
)
_GREETING = re.compile(
    r"^(?:dear|hello|hi|chers?|cheres?|estimad[oa]s?|bonjour|queridos?|madame|monsieur)\b.{0,60}[,:]$"
)
_QUOTED = re.compile(r"[\"“«]\s?([^\"“”«»\n]{6,200}?)\s?[\"”»]")
_WHOLE_QUOTED = re.compile(r"^[\"“«„‘']\s?([^\"“”«»„]{8,200}?)\s?[\"”»’']$")
_LONGEST = 200
_PROSE = 160


@frozen(eq=False)
class _Candidate:
    """A line that may be the title."""

    passage: Passage
    block: Block
    served: int
    score: int


def _words_left(calendar: Calendar, block: Block) -> bool:
    """Whether a line says more than a date, a time and where."""
    sighting = calendar.of(block)
    text = block.passage.folded if sighting is None else sighting.without(" ")
    words = [word for word in re.findall(r"[^\W\d_]{2,}", text) if word not in FUNCTION_WORDS]
    beside = sighting is not None and bool(sighting.days or sighting.times)
    return len(words) > (3 if beside else 0)


def _candidates(note: Note, calendar: Calendar) -> Iterator[_Candidate]:
    for block in note.about(Topic.TITLE):
        quoted = _QUOTED.search(block.passage.text)
        yield _Candidate(block.passage.part(*quoted.span(1)) if quoted else block.passage, block, 0, 20)
    prose = False
    for position, block in enumerate(note.about(Topic.HEAD)):
        text = block.passage.text
        prose = (
            prose
            or bool(_GREETING.match(block.passage.folded))
            or (len(text) > _PROSE and block.kind is BlockKind.TEXT)
        )
        prefix = _DOCUMENT.match(block.passage.folded)
        served = prefix.end() if prefix else 0
        rest = _unmarked(block.passage.part(served))
        heading = block.kind is BlockKind.HEADING
        strong = heading and block.strong
        if _is_no_title(rest, block) or not _words_left(calendar, block) or (prose and not strong):
            continue
        score = 6 * strong + 3 * (heading and block.level == 1)
        quoted = _WHOLE_QUOTED.match(rest.text)
        if quoted:
            rest = rest.part(*quoted.span(1))
        score += 12 * bool(quoted) + 4 * bool(served) - position - 4 * (block.kind is BlockKind.ITEM)
        yield _Candidate(rest, block, served, score)


def _is_no_title(words: Passage, block: Block) -> bool:
    """Whether words are too long, go on, are sentences, or are of a table."""
    return bool(
        not words.text
        or len(words.text) > _LONGEST
        or words.text.endswith((":", ".", ";", ","))
        or block.kind is BlockKind.ROW
        or _NO_TITLE.search(words.folded)
        or re.search(r"[.!]\s+[A-Z].*[.!]\s+[A-Z]", block.passage.text)
    )


def _unmarked(passage: Passage) -> Passage:
    """Take stray asterisks and the like off both ends."""
    inner = passage.text.strip(" *_~#-–—|")
    start = passage.text.find(inner)
    return passage.part(start, start + len(inner))


def _served(note: Note) -> tuple[Span, ...]:
    """Give the lines of the head that only say what the document is: "Concept note"."""
    blocks = (
        block
        for block in note.about(Topic.HEAD)
        if (kind := _DOCUMENT.match(block.passage.folded)) and kind.end() == len(block.passage.text)
    )
    return tuple(block.passage.span() for block in blocks)


def _dated_below(calendar: Calendar, block: Block) -> bool:
    """Whether a date or a time stands right below: what is above it is a title."""
    sighting = calendar.of(block)
    below = calendar.sightings[sighting.index + 1 : sighting.index + 3] if sighting else ()
    return any(bool(each.days or each.times) for each in below)


def read_title(note: Note, calendar: Calendar) -> Part:
    """Read the title; where several lines may be it, the others are the alternatives."""
    ranked = sorted(_candidates(note, calendar), key=lambda each: -each.score)
    if not ranked:
        return _before_date(note, calendar) or _quoted(note)
    best, *others = ranked
    words = " ".join(best.passage.text.split())
    alternatives = tuple(" ".join(each.passage.text.split()) for each in others[:3])
    sure = best.score >= 6 or _dated_below(calendar, best.block)
    close = bool(others) and others[0].score >= best.score - 1
    why = "" if sure and not close else "it is the first line that is nothing else"
    spans = (best.block.passage.span(), *_served(note))
    confidence = Confidence.HIGH if not why else Confidence.MEDIUM
    return Part(
        words,
        (Found("title", words, "title", spans, confidence, bool(why), why, alternatives if why else ()),),
    )


_BEFORE_DATE = re.compile(r"[,:;|(–—-]\s*$")
_FEW = 2


def _before_date(note: Note, calendar: Calendar) -> Part | None:
    """Read "Street lights: 5 October, 18:30", where few words stand before the date and a sign sets them apart."""
    for block in note.about(Topic.HEAD):
        sighting = calendar.of(block)
        if sighting is None or block.kind is not BlockKind.TEXT or _DOCUMENT.match(block.passage.folded):
            continue
        starts = [day.start for day in sighting.days] + [time.start for time in sighting.times]
        before = block.passage.part(0, min(starts, default=0))
        rest = _unmarked(before.part(0, len(before.text.rstrip(" ,:;|(–—-"))))
        words = [word for word in re.findall(r"[^\W\d_]{2,}", rest.folded) if word not in FUNCTION_WORDS]
        if (
            len(rest.text) <= _LONGEST
            and len(words) >= _FEW
            and _BEFORE_DATE.search(before.text)
            and not _NO_TITLE.search(rest.folded)
        ):
            title, span = " ".join(rest.text.split()), rest.span()
            why = "it stands before the date: no line of the note is surely its title"
            return Part(
                title, (Found("title", title, "words before the date", (span,), Confidence.LOW, True, why),)
            )
    return None


_INVITED = re.compile(
    r"(?:webinar|briefing|event|session|meeting|workshop|dialogue|webinaire|seance|reunion|atelier"
    r"|rencontre|seminario|sesion|taller|encuentro|evento)[^.“”\"«»]{0,60}"
)


def _quoted(note: Note) -> Part:
    """Give the quoted words behind "the webinar": an invitation in sentences has no line for its title."""
    for topic, block in note.blocks():
        passage = block.passage
        if topic not in {Topic.HEAD, Topic.BACKGROUND, Topic.OBJECTIVES}:
            continue
        for match in _QUOTED.finditer(passage.text):
            if _INVITED.search(passage.folded[max(0, match.start() - 90) : match.start()]):
                words = match[1]
                why = "it is quoted in a sentence: no line of the note is its title"
                span = passage.span(match.start(1), match.end(1))
                return Part(
                    words,
                    (Found.doubt("title", words, "quoted title", (span,), why),),
                )
    return Part(
        None,
        (
            Found.doubt(
                "title",
                None,
                "title",
                (),
                "no line of the note is surely its title",
                confidence=Confidence.LOW,
            ),
        ),
    )
