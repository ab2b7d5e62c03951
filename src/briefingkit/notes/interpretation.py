"""The languages of a briefing: what is spoken on the floor, and what interpreters speak."""

import re
from collections.abc import Iterator

from briefingkit.notes.inline import Passage
from briefingkit.notes.sections import Note
from briefingkit.notes.sightings import sentence
from briefingkit.notes.value import Confidence, Found, Part, Span, Value
from briefingkit.notes.vocabulary import LANGUAGE_NAMES, Topic

__all__ = ["language_names", "read_accessibility", "read_interpretation"]

_INTERPRETATION = re.compile(
    r"\b(?:interpretation|interpreting|interpreted|interpreters?|interpretes?|interpretee?s?|interpretada"
    r"|interpretacion|interpretariat|traduccion|traduction|translation|translated)\b"
)
_NONE = re.compile(
    r"\b(?:no|without|not|sans|pas\sd['e]|aucune?|sin|no\shabra|ne\s\w+\spas)\b[^.;]{0,40}(?:interpret\w*"
    r"|traduc\w+|translation)"
    r"|(?:interpretation|translation|traduction|interpretacion|traduccion)\b[^.;]{0,20}(?:\bnot\b"
    r"|n'est\spas|\bno\s(?:esta|se|sera)\b)"
)
_NAMES = re.compile(rf"\b(?:{'|'.join(sorted(LANGUAGE_NAMES, key=len, reverse=True))})\b")
_CODES = re.compile(r"(?<![A-Za-z-])(?:EN|ENG|FR|FRA|ES|ESP|SPA|AR|RU|ZH|CN|PT|DE|IT|TR)(?![A-Za-z-])")
_CODE_TAGS = {"ENG": "en", "FRA": "fr", "ESP": "es", "SPA": "es", "CN": "zh"}
_SPOKEN = re.compile(
    r"\b(?:(?:held|conducted|take\splace|delivered|presented)\s(?:in|en)|se\s(?:tiendra|deroulera)\sen"
    r"|aura\slieu\sen|se\s(?:celebrara|realizara|llevara\sa\scabo)\sen"
    r"|tendra\slugar\sen|(?:in|en)\s(?=\w+\s(?:with|avec|con)\b)|floor|working\slanguages?"
    r"|langues?\sde\stravail|idiomas?\sde\strabajo)"
)
_WITH = re.compile(r"\b(?:with|avec|con)\b")
_APART = re.compile(r"[(;.–—]|,\s(?=interpret)")
_INTO = re.compile(r"\b(?:into|vers|hacia|to|al)\b")
_FROM = re.compile(r"\b(?:from|depuis|de(?:sde)?\s(?:l'|el\s)?)")
_SIGN = re.compile(
    r"\binternational\ssign\b|\bsignes?\sinternationa\w+|\blengua\sde\ssen\w+\sinternacional"
    r"|\bsistema\sde\ssignos\sinternacional"
)
_CAPTIONS = re.compile(r"\b(?:captions?|captioning|subtitles|sous-titr\w+|subtitul\w+)\b")


def language_names(
    passage: Passage, start: int = 0, end: int | None = None
) -> Iterator[tuple[int, int, str]]:
    """Find the names and codes of languages: where they stand, and their BCP 47 tag."""
    stop = len(passage.text) if end is None else end
    names = [
        (match.start(), match.end(), LANGUAGE_NAMES[match[0]])
        for match in _NAMES.finditer(passage.folded, start, stop)
    ]
    codes = [
        (match.start(), match.end(), _CODE_TAGS.get(match[0], match[0].lower()))
        for match in _CODES.finditer(passage.text, start, stop)
    ]
    yield from sorted(names + (codes if len(codes) > 1 or not names else []))


def _labelled(note: Note) -> Iterator[tuple[Passage, bool]]:
    """Give what stands under a heading or label of languages; the second value: whether it says interpretation."""
    for section in note.sections:
        if section.topic is Topic.LANGUAGES:
            said = section.heading is not None and bool(_INTERPRETATION.search(section.heading.folded))
            for block in section.blocks:
                yield block.passage, said


def _sentences(note: Note) -> Iterator[tuple[Passage, int, int, bool, bool]]:
    """Give the sentences that speak of languages, whether a label says so, and whether it is of interpretation."""
    for passage, said in _labelled(note):
        yield passage, 0, len(passage.text), True, said
    for topic, block in note.blocks():
        if topic in {Topic.LANGUAGES, Topic.AGENDA, Topic.SPEAKERS, Topic.QUESTIONS}:
            continue
        done = 0
        for match in _INTERPRETATION.finditer(block.passage.folded):
            if match.start() >= done:
                start, done = sentence(block.passage.text, match.start())
                yield block.passage, start, done, False, True


def read_interpretation(note: Note) -> Part:
    """Read "interpretation in English, French and Spanish": a plain list is floor and channels alike."""
    for passage, start, end, labelled, said in _sentences(note):
        names = list(language_names(passage, start, end))
        text = passage.folded[start:end]
        if not names or _NONE.search(text):
            continue
        tags = tuple(dict.fromkeys(tag for _, _, tag in names))
        word = _INTERPRETATION.search(text)
        if not (said or word) and len(tags) < 2:
            continue
        span = passage.span(*_claim(passage, start, end, names))
        floor = _floor(passage, start, names)
        return _arrange(tags, floor, span, said=said or word is not None, labelled=labelled)
    return Part()


_LEAD = re.compile(
    r"(?:simultaneous|live|provided|available|simultanee|simultanea|assuree?|disponible|there will be|with"
    r"|avec|con)\W+(?:\w+\W+){0,2}$"
)
_TRAIL = re.compile(
    r"\W{0,3}(?:will be|is|sera|est|estara|se)?\s?"
    r"(?:provided|available|offered|assuree?|disponible|proposee?|ofrecera)\b"
)


def _claim(passage: Passage, start: int, end: int, names: "list[tuple[int, int, str]]") -> tuple[int, int]:
    """Give the words that the field holds: from the word for interpretation to the last language."""
    word = _INTERPRETATION.search(passage.folded, start, end)
    places = [names[0][0], names[-1][1], *(word.span() if word else ())]
    first, last = min(places), max(places)
    lead = _LEAD.search(passage.folded[max(start, first - 60) : first])
    trail = _TRAIL.match(passage.folded[last : last + 40])
    return first - (len(lead[0]) if lead else 0), last + (trail.end() if trail else 0)


def _arrange(
    tags: tuple[str, ...], floor: tuple[str, ...], span: Span, *, said: bool, labelled: bool
) -> Part:
    into = [tag for tag in tags if tag not in floor]
    note = ""
    if floor and into:
        value: Value = {"floor": list(floor), "into": into}
        return Part(value, (Found("interpretation", value, "floor and interpretation", (span,)),))
    if floor:
        note = "the note does not say which language is spoken and which are interpreted"
    elif not said and labelled:
        note = "the note lists languages and does not say whether there is interpretation"
    elif len(tags) == 1:
        note = "one language is named: the language of the floor is not"
    value = list(tags)
    confidence = Confidence.MEDIUM if note else Confidence.HIGH
    return Part(
        value, (Found("interpretation", value, "interpretation", (span,), confidence, bool(note), note),)
    )


def _floor(passage: Passage, start: int, names: "list[tuple[int, int, str]]") -> tuple[str, ...]:
    """Give the languages that are spoken: said to be, or before the word for interpretation, or "from … into …"."""
    text = passage.folded
    word = _INTERPRETATION.search(text, start)
    before = [tag for at, _, tag in names if word and at < word.start()]
    if word and before and _SPOKEN.search(text, start, word.start()):
        beside = _WITH.search(text, names[0][1], word.start())
        return tuple(dict.fromkeys(tag for at, _, tag in names if at < (beside or word).start()))
    if (
        word
        and before
        and (beside := _WITH.search(text, names[0][1], word.start()))
        and beside.start() < names[-1][0]
    ):
        return tuple(dict.fromkeys(tag for at, _, tag in names if at < beside.start()))
    if word and before and names[-1][0] > word.end() and _APART.search(text, names[0][1], word.start()):
        return tuple(dict.fromkeys(before))
    into = _INTO.search(text, names[0][1], names[-1][0]) if len(names) > 1 else None
    source = _FROM.search(text, max(start, names[0][0] - 12), names[0][0])
    if word and into and source and names[0][0] > word.start():
        return tuple(dict.fromkeys(tag for at, _, tag in names if at < into.start()))
    return ()


def read_accessibility(note: Note) -> Part:
    """Read captions and International Sign, where the note names them."""
    found: dict[str, Found] = {}
    for topic, block in note.blocks():
        if topic not in {Topic.AGENDA, Topic.SPEAKERS}:
            for name, read in (("sign", _sign), ("captions", _captions)):
                if name not in found and (each := read(block.passage)):
                    found[name] = each
    return Part({name: each.value for name, each in found.items()} or None, tuple(found.values()))


def _sign(passage: Passage) -> Found | None:
    sign = _SIGN.search(passage.folded)
    if sign is None:
        return None
    span = passage.span(*sign.span())
    return Found("accessibility.sign", ["ils"], "sign language", (span,), Confidence.MEDIUM)


def _captions(passage: Passage) -> Found | None:
    captions = _CAPTIONS.search(passage.folded)
    if captions is None:
        return None
    start, end = sentence(passage.text, captions.start())
    names = [each for each in language_names(passage, start, end) if abs(each[0] - captions.end()) < 60]
    if not names:
        return None
    span = passage.span(min(captions.start(), names[0][0]), max(captions.end(), names[-1][1]))
    tags = list(dict.fromkeys(tag for _, _, tag in names))
    why = "the languages of the captions were taken from beside the word"
    return Found.doubt("accessibility.captions", tags, "captions", (span,), why)
