"""A line about a person taken apart: role, name, position, organisation. What cannot be told surely is a doubt."""

import re
from collections.abc import Iterator

from attrs import evolve, frozen

from briefingkit.notes.document import fold
from briefingkit.notes.inline import Passage
from briefingkit.notes.names import is_honoured, looks_like_person
from briefingkit.notes.value import Confidence, Span, Value

__all__ = ["PersonReading", "read_people", "role_label", "stands_open"]

_ROLES = {
    "speaker": (
        r"speakers?|keynotes?(?:\sspeakers?)?|presenters?|presented\sby|presentation\sby|remarks\sby"
        r"|intervenante?s?|intervenant\(e\)s?|orateurs?|oratrices?"
        r"|ponentes?|oradore?s?|oradoras?|presenta|with|avec|con|presente\spar|resource\spersons?"
        r"|contributors?|discussants?|respondents?|conferencista"
    ),
    "moderator": (
        r"(?:co-)?moderators?|moderation|moderated\sby|chair(?:ed\sby|person)?|facilitators?"
        r"|facilitated\sby|facilitation|moderateur|moderatrice|moderateur\.?rice|(?:animee?|moderee?)\spar"
        r"|moderador|moderadora|modera|moderacion|moderado\spor|moderada\spor|facilita|facilitador"
        r"|facilitadora|preside|maitre(?:sse)?\sde\sceremonie|mc"
    ),
    "panellist": r"panell?ists?|panelistes?|panelistas?|participants?\sto\sthe\spanel",
    "interpreter": r"interpreters?|interpretes?",
    "host": r"hosts?|hosted\sby|anfitrion|anfitriona|hote",
}  # fmt: skip
_ROLE = re.compile(
    r"^\W{0,3}(?:"
    + "|".join(rf"(?P<{role}>{words})" for role, words in _ROLES.items())
    + r")\s?(?:\((?:s|e|es|a|as)\))?\s?(?::\s?|[–—-]\s|\s(?=[A-ZÀ-Ý]))"
)
_STATUS = re.compile(
    r"[,;–—-]?\s*[(\[]?\s?(?:(?P<tbc>\b(?:tbc|t\.b\.c|tba|tbd|to\sbe\sconfirmed|to\sbe\sannounced"
    r"|to\sbe\sdetermined|a\sconfirmer|por\sconfirmar|a\sconfirmar|sous\sreserve)\b)"
    r"|(?P<invited>\b(?:invited|invitee?|invitad[oa])\b(?=\s?[)\]])))\.?\s?[)\]]?"
)
_POSITION = re.compile(
    r"\b(?:mayor|deputy|vice|director|directora|general|head|chief|officer|coordinator|manager|minister"
    r"|secretary|president|chair|chairperson|professor|advis[eo]r|adviser"
    r"|ambassador|expert|specialist|lead|leader|researcher|senior|fellow|founder|co-founder|ceo"
    r"|representative|rapporteur|commissioner|council?lor|governor|envoy|analyst|assistant"
    r"|consultant|lecturer|economist|engineer|journalist|editor|executive|member|delegate|focal"
    r"|administrator|programme|program|project|partner|associate|policy"
    r"|maire|adjointe?|directeur|directrice|cheffe?|coordinateur|coordinatrice|coordonnateur|coordonnatrice"
    r"|responsable|ministre|secretaire|presidente?|professeure?|conseillere?|conseiller"
    r"|ambassadeur|ambassadrice|experte?|chargee?|chercheuse|chercheur|rapporteure?|commissaire|deleguee?"
    r"|fondateur|fondatrice|gouverneure?|membre"
    r"|alcalde|alcaldesa|alcaldia|jefe|jefa|coordinador|coordinadora|ministra|ministro|secretari[oa]"
    r"|profesora?|asesora?|embajadora?|especialista|investigadora?|intendent[ea]|intendenta|teniente"
    r"|portavoz|concejala?|regidora?|gobernadora?"
    r"|subdirectora?|encargad[oa]|tecnic[oa]|gerente)\b"
)
_ORGANIZATION = re.compile(
    r"(?:the\s|la\s|le\s|el\s)?(?:\w+\s)?(?:city|town|universit\w+|universidad|ministry|ministere"
    r"|ministerio|network|reseau|red|association|asociacion|agency|agence|agencia"
    r"|institut\w*|council|conseil|consejo|ville|ciudad|region|government|gouvernement|gobierno"
    r"|ayuntamiento|alcaldia|foundation|fondation|fundacion|bank|banque|banco|centre|center|centro)\b"
)
_CUT = re.compile(r"\s*(?:,|\s[–—|-]\s|;|\n)\s*|\s*(?=\()")
_MOST = 260


@frozen(eq=False)
class _Piece:
    """Some words of the line with their place."""

    words: str
    start: int
    end: int


@frozen(eq=False)
class PersonReading:
    """What a line says of one person. `name` is empty where it names nobody ("Speaker: tbc")."""

    passage: Passage
    role: str = "speaker"
    role_said: bool = False
    status: str = "confirmed"
    name: str = ""
    position: str = ""
    organization: str = ""
    spans: tuple[Span, ...] = ()
    confidence: Confidence = Confidence.HIGH
    note: str = ""
    alternatives: tuple[Value, ...] = ()


_ROLE_WITHIN = re.compile(r"(?<=[.)])\s+(?=(?:moder\w+|facilita\w+|chair\w*|animation)\s*:)")
"""Where a line that has named speakers goes on to say who moderates."""


def role_label(passage: Passage) -> tuple[str, int] | None:
    """Read "Moderator:" at the start of a line: the role, and where the names begin."""
    match = _ROLE.match(passage.folded[:80]) or _ROLE.match(_with_capitals(passage.text[:80]))
    if match is None:
        return None
    role = next(name for name in _ROLES if match[name])
    colon = ":" in match[0] or not match[0][-1:].isspace()
    return (role, match.end()) if colon or role == "moderator" or " by" in match[0] else None


def stands_open(passage: Passage) -> bool:
    """Whether a heading says "(tbc)" of all who stand below it."""
    status = _STATUS.search(passage.folded)
    return status is not None and bool(status["tbc"])


def _with_capitals(text: str) -> str:
    """Fold the first word alone, so that the capital of a name behind it can be seen."""
    words = text.split(" ", 2)
    return " ".join([*(fold(word) for word in words[:1]), *words[1:]])


def read_people(passage: Passage, role: str = "speaker") -> Iterator[PersonReading]:
    """Read the people of a line: "Moderator: X (Org)", "X, position, organisation", "A (Org); B (Org)", "tbc"."""
    if inner := _ROLE_WITHIN.search(passage.folded[: 4 * _MOST]):
        yield from read_people(passage.part(0, inner.start()), role)
        yield from read_people(passage.part(inner.end()), role)
        return
    label = role_label(passage)
    spans: tuple[Span, ...] = ()
    start = 0
    if label is not None:
        role, start = label
        spans = (passage.span(0, start),)
    for a, b in _people(passage.text, start):
        reading = _read_one(passage, a, b)
        if reading is not None:
            said = reading.role_said and label is None
            yield evolve(
                reading,
                role=reading.role if said else role,
                role_said=said or label is not None,
                spans=spans + reading.spans,
            )
            spans = ()


def _people(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Cut a line at what surely stands between two people."""
    rest = text[start:]
    if len(rest) > 4 * _MOST:
        return
    if ";" in rest or "\n" in rest:
        cuts = [match.span() for match in re.finditer(r"[;\n]", rest)]
    else:
        cuts = [
            match.span(1)
            for match in re.finditer(r"\)(\s*(?:,\s*(?:and|et|y)?|and\b|et\b|y\b|&)\s*)(?=[A-ZÀ-Ý])", rest)
        ]
        pieces = _between(rest, cuts)
        if not all(re.match(r"[^,()]{3,60}\([^()]*\)\s*\W*$", rest[a:b]) for a, b in pieces):
            cuts = []
        cuts = cuts or _plain_names(rest)
    for a, b in _between(rest, cuts):
        yield start + a, start + b


def _plain_names(rest: str) -> list[tuple[int, int]]:
    """Cut "Ana Pérez and John Smith" or "Ana Pérez, John Smith": every part is a name of two words or more."""
    cuts = [match.span() for match in re.finditer(r"\s*,\s*(?:and\s|et\s|y\s)?|\s(?:and|et|y|&)\s", rest)]
    parts = [rest[a:b].strip(" .") for a, b in _between(rest, cuts)]
    names = all(
        looks_like_person(part) and not _POSITION.search(fold(part)) and len(part.split()) <= 3
        for part in parts
    )
    joined = any(rest[a:b].strip() in {"and", "et", "y", "&"} for a, b in cuts)
    return cuts if cuts and names and (joined or len(parts) > 3) else []


def _between(text: str, cuts: "list[tuple[int, int]]") -> list[tuple[int, int]]:
    edges = [0, *(edge for cut in cuts for edge in cut), len(text)]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _read_one(passage: Passage, start: int, end: int) -> PersonReading | None:
    if end - start > _MOST or not passage.text[start:end].strip(" .,;"):
        return None
    status = _STATUS.search(passage.folded, start, end)
    named = "tbc" if status and status["tbc"] else "invited" if status else "confirmed"
    said = (passage.span(status.start(), status.end()),) if status else ()
    stop, begin = end, start
    if status and status.start() - start > end - status.end():
        stop = status.start()
    elif status:
        begin = status.end()
    pieces = _pieces(passage.text, begin, stop)
    if not pieces or (status and not _is_named(pieces)):
        return _nobody(passage, pieces, named, said) if status else None
    if status is None and not _is_named(pieces):
        return None
    return evolve(_assign(passage, pieces), status=named, spans=(*_assign(passage, pieces).spans, *said))


def _nobody(passage: Passage, pieces: list[_Piece], status: str, said: tuple[Span, ...]) -> PersonReading:
    """Give a part that nobody fills yet: "Speaker tbc". Words that name an organisation instead stay unplaced."""
    role = _ROLE.fullmatch(f"{fold(pieces[0].words)}: ") if len(pieces) == 1 else None
    reading = PersonReading(passage, status="tbc" if status == "invited" else status, spans=said)
    if role is None:
        return reading
    name = next(each for each in _ROLES if role[each])
    return evolve(
        reading, role=name, role_said=True, spans=(*said, passage.span(pieces[0].start, pieces[0].end))
    )


_BODY = re.compile(
    r"(?:the\s|la\s|le\s|el\s|l')?(?:city|town|municipality|university|ministry|government|region|embassy"
    r"|representatives?|ville|mairie|universite|ministere|gouvernement|ambassade|representante?s?|ciudad|municipio"
    r"|ayuntamiento|alcaldia|universidad|ministerio|gobierno|embajada)\s(?:of|de|du|des|del)\b|ville d'|mairie d'"
)


def _is_named(pieces: list[_Piece]) -> bool:
    first = pieces[0].words
    if _BODY.match(fold(first)):
        return False
    if is_honoured(first):
        return True
    single = (
        len(pieces) > 1
        and pieces[1].words.startswith("(")
        and re.fullmatch(r"[A-ZÀ-Ý][\w’'-]+", first) is not None
    )
    return (looks_like_person(first) or single) and not _POSITION.search(fold(first))


def _pieces(text: str, start: int, end: int) -> list[_Piece]:
    pieces, depth, at = [], 0, start
    for match in [*_CUT.finditer(text, start, end), None]:
        stop = match.start() if match else end
        depth = text[at:stop].count("(") - text[at:stop].count(")")
        if match and depth > 0:
            continue
        begin, last = at, stop
        while begin < last and text[begin] in " ,.;:–—-|\n":
            begin += 1
        while last > begin and text[last - 1] in " ,;:–—-|.\n":
            last -= 1
        if begin < last:
            pieces.append(_Piece(text[begin:last], begin, last))
        at = match.end() if match else end
    return pieces


def _assign(passage: Passage, pieces: list[_Piece]) -> PersonReading:
    """Say what each piece is: the name comes first; words such as "Mayor" make a position; brackets an organisation."""
    name, *tail = pieces
    span = passage.span(name.start, pieces[-1].end)
    reading = PersonReading(passage, name=_bare(name.words), spans=(span,))
    if _is_inverted(name, tail):
        words = [piece.words for piece in pieces]
        note = "surname and given name seem to be apart: say name, position and organisation"
        joined = f"{words[0]}, {words[1]}"
        rest = ", ".join(words[2:])
        low = Confidence.LOW
        return evolve(
            reading,
            name=joined,
            organization=_bare(rest),
            confidence=low,
            note=note,
            alternatives=(f"{words[1]} {_surname(words[0])}",),
        )
    if len(name.words.split()) < 2 + is_honoured(name.words):
        reading = evolve(reading, confidence=Confidence.LOW, note="the name is a single word")
    if not tail:
        return reading
    return _tail(reading, passage, tail)


def _bare(words: str) -> str:
    inner = words[1:-1] if words.startswith("(") and words.endswith(")") else words
    return " ".join(inner.split()).strip(" ,;")


def _surname(words: str) -> str:
    return words.rsplit(maxsplit=1)[-1]


def _is_inverted(name: _Piece, tail: list[_Piece]) -> bool:
    """Whether "Prof. Smith, John, University of X" has its given name behind the comma."""
    if not tail or len(name.words.split()) > 1 + is_honoured(name.words):
        return False
    given = tail[0].words
    return (
        len(given.split()) == 1
        and given[0].isupper()
        and not given.isupper()
        and not _POSITION.search(fold(given))
    )


def _tail(reading: PersonReading, passage: Passage, tail: list[_Piece]) -> PersonReading:
    words = [_bare(piece.words) for piece in tail]
    places = [bool(_POSITION.search(fold(each))) or each[:1].islower() for each in words]
    if len(words) == 1:
        return _one_tail(reading, words[0], position=places[0], brackets=tail[0].words.startswith("("))
    text = passage.text
    if all(_goes_on(each) for each in words[1:]) and places[0]:
        return _only_position(reading, _bare(text[tail[0].start : tail[-1].end]))
    if places[0] and len(words) == 2:
        return evolve(reading, position=words[0], organization=words[1])
    rest = _bare(text[tail[1].start : tail[-1].end])
    medium = Confidence.MEDIUM if reading.confidence is Confidence.HIGH else reading.confidence
    if places[0]:
        return evolve(
            reading,
            position=words[0],
            organization=rest,
            confidence=medium,
            note="where the position ends was guessed",
        )
    if places[-1]:
        head = _bare(text[tail[0].start : tail[-2].end])
        return evolve(
            reading,
            position=words[-1],
            organization=head,
            confidence=medium,
            note="the organisation stands before the position",
        )
    whole = _bare(text[tail[0].start : tail[-1].end])
    low, note = Confidence.LOW, "what is position and what is organisation cannot be told"
    return evolve(
        reading,
        organization=whole,
        confidence=low,
        note=note,
        alternatives=({"position": words[0], "organization": rest},),
    )


_GOES_ON = re.compile(
    r"(?:in\scharge\sof|responsible\sfor|en\scharge|charge(?:e|es|s)?\s(?:de|du|des|d')|responsable\sd"
    r"|delegue?e?s?\sa|encargad[oa]\sde|a\scargo\sde)"
)


def _goes_on(words: str) -> bool:
    """Whether words behind a position go on with it: "deputy mayor, in charge of housing"."""
    return _GOES_ON.match(fold(words)) is not None


def _one_tail(reading: PersonReading, words: str, *, position: bool, brackets: bool) -> PersonReading:
    if not position:
        sure = brackets or words.isupper() or _ORGANIZATION.match(fold(words)) is not None
        confidence = reading.confidence if sure else Confidence.MEDIUM
        note = reading.note or ("" if sure else "the words behind the name were taken for the organisation")
        return evolve(reading, organization=words, confidence=confidence, note=note)
    cut = re.search(r",\s|\s(?:at|chez|@)\s(?=[A-ZÀ-Ý])", words)
    if cut:
        return evolve(reading, position=words[: cut.start()], organization=words[cut.end() :])
    return _only_position(reading, words)


def _only_position(reading: PersonReading, words: str) -> PersonReading:
    if reading.confidence is Confidence.LOW:
        return evolve(reading, position=words)
    return evolve(
        reading,
        position=words,
        confidence=Confidence.MEDIUM,
        note="no organisation stands apart from the position",
    )
