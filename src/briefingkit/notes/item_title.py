"""The title of an agenda item told from the people who stand behind it on the same line."""

import re

from briefingkit.notes.inline import Passage
from briefingkit.notes.names import is_honoured
from briefingkit.notes.people import PersonReading, read_people, role_label

__all__ = ["split_title"]

_INLINE = re.compile(r"\s*(?::|\s[–—-])\s+|,?\s(?:by|par|por|a\scargo\sde|with|avec|con)\s(?=[A-ZÀ-Ý])")
_LOOKS_NAMED = re.compile(r"[,(]|(?i:tbc)|^(?:Mr|Ms|Mrs|Dr|Prof|M\.|Mme|Sra?)\b")
_LED = re.compile(
    r"[\s,.;:(–—-]+(?=(?:(?:moderated|chaired|facilitated)\sby|(?:co-)?moderators?|moderation|facilitators?"
    r"|moderateur|moderatrice|(?:animee?|moderee?)\spar|modera(?:d[oa]\spor|dora?|cion)?|facilitad[oa]\spor)\b)"
)
_BEHIND_STOP = re.compile(r"\.\s+(?=[A-ZÀ-Ý])")
_BRACKETED = re.compile(r"\s*\(([^()]{5,160})\)\W*$")
_OPEN_PART = re.compile(r"\s*(?:\(([^()]{1,40})\)|[:–—-]\s([^:–—-]{1,40}))$")
_SHORTEST = 3
_LONGEST = 600


def split_title(title: Passage) -> tuple[Passage, tuple[Passage, ...]]:
    """Take people out of a title ("Opening remarks: Jane Doe, Mayor of X"), where what follows surely is one."""
    if len(title.text) > _LONGEST:
        return title, ()
    for rule in (_led, _open, _bracketed, _behind_stop, _inline):
        bare, people = rule(title)
        if people:
            return bare, people
    return title, ()


def _led(title: Passage) -> tuple[Passage, tuple[Passage, ...]]:
    """Read "Panel discussion, moderated by Jane Doe": the role says that a name comes."""
    for match in _LED.finditer(title.folded):
        rest = _unbracketed(title.part(match.end()))
        if match.start() < _SHORTEST or role_label(rest) is None:
            continue
        readings = list(read_people(rest))
        if readings and all(each.name or each.status == "tbc" for each in readings):
            return title.part(0, match.start()), (rest,)
    return title, ()


def _unbracketed(rest: Passage) -> Passage:
    return (
        rest.part(0, len(rest.text) - 1)
        if rest.text.endswith(")") and rest.text.count(")") > rest.text.count("(")
        else rest
    )


def _open(title: Passage) -> tuple[Passage, tuple[Passage, ...]]:
    """Take "(speaker tbc)" or "– speaker TBC" off the end of a title: a part that nobody fills yet."""
    match = _OPEN_PART.search(title.text)
    if match is None or match.start() == 0:
        return title, ()
    rest = title.part(*match.span(match.lastindex or 0))
    readings = list(read_people(rest))
    if len(readings) == 1 and readings[0].status == "tbc":
        return title.part(0, match.start()), (rest,)
    return title, ()


def _surely_person(reading: PersonReading) -> bool:
    """Whether more than capitals shows that a reading is a person: a title, a position, or a known sort of body."""
    return bool(reading.name) and (
        is_honoured(reading.name) or bool(reading.position) or bool(reading.organization and not reading.note)
    )


def _bracketed(title: Passage) -> tuple[Passage, tuple[Passage, ...]]:
    """Read "Welcome (Ana Roig, Ajuntament de Girona)"; "Panel 2 (Latin America, Caribbean)" stays a title."""
    match = _BRACKETED.search(title.text)
    if match is None or match.start() < _SHORTEST:
        return title, ()
    rest = title.part(*match.span(1))
    readings = list(read_people(rest))
    sure = bool(readings) and all(map(_surely_person, readings))
    return (title.part(0, match.start()), (rest,)) if sure else (title, ())


def _behind_stop(title: Passage) -> tuple[Passage, tuple[Passage, ...]]:
    """Read "Welcome. Jane Doe, Mayor of X", as far as a position or a title of hers shows that she is one."""
    for match in _BEHIND_STOP.finditer(title.text):
        rest = title.part(match.end())
        if match.start() < _SHORTEST or "," not in rest.text:
            continue
        readings = list(read_people(rest))
        if readings and all(each.name and (each.position or is_honoured(each.name)) for each in readings):
            return title.part(0, match.start()), (rest,)
    return title, ()


def _inline(title: Passage) -> tuple[Passage, tuple[Passage, ...]]:
    for match in _INLINE.finditer(title.text):
        rest = title.part(match.end())
        if match.start() < _SHORTEST or not _LOOKS_NAMED.search(rest.text):
            continue
        readings = list(read_people(rest))
        if readings and all(each.name for each in readings):
            return title.part(0, match.start()), (rest,)
    return title, ()
