"""The identifier of a draft: of the title's acronym, or its weighty words, and the year; never of when it is."""

import re
from pathlib import PurePath

from attrs import frozen

from briefingkit.notes.clock import find_times
from briefingkit.notes.days import MONTH_OR_WEEKDAY, find_days
from briefingkit.notes.inline import Passage
from briefingkit.notes.keys import acronym, slug
from briefingkit.notes.zones import is_zone

__all__ = ["Identifier", "identify"]

_NOTHING = "briefing"
_SAYS_NOTHING = frozenset(("stdin", "note", "notes", "concept-note", "draft", "document", "untitled"))
"""Names of files, and what is piped in, that say no more than that there is a note."""
_WORD = re.compile(r"[^\W_]+")
_GONE = "\x1f"
# Months and days of the week are words of titles too: only beside what says when it is do they belong to that.
_BESIDE = re.compile(
    rf"\b(?:{MONTH_OR_WEEKDAY}|today|tonight|tomorrow|aujourd'hui|demain|hoy|manana)\b\.?,?\s{{0,2}}"
    rf"(?:(?:del?|of|at|from|a|las)\s){{0,2}}(?={_GONE}|20\d\d\b)"
)


@frozen
class Identifier:
    """An identifier that a draft proposes, what it was made of in words, and what it could be instead."""

    key: str
    rule: str
    why: str
    alternatives: tuple[str, ...] = ()


def identify(title: str, file: str, year: int | None) -> Identifier:
    """Make an identifier of a title; of the file's name, or of nothing at all, where the title says only when it is."""
    plain = _without_when(title)
    short = acronym(plain)
    name = _named(short or plain)
    if name:
        why = "made of the title and the year: it never changes once the briefing is published"
        other = _named(plain) if short else ""
        return Identifier(_with_year(name, year), "identifier", why, (other,) if other else ())
    missing = "the title says no more than when it is" if title else "the note has no title to make it of"
    name = _named(_without_when(PurePath(file).stem))
    if name and name not in _SAYS_NOTHING:
        why = f"made of the file's name, for {missing}"
        return Identifier(_with_year(name, year), "identifier of the file", why)
    why = f"neither the note nor its file says what it could be made of: {missing}"
    return Identifier(_with_year(_NOTHING, year), "identifier of nothing", why)


def _named(text: str) -> str:
    """Make a key of words; none where there is no letter in it, for a number names nothing."""
    key = slug(text, "")
    return key if re.search("[a-z]", key) else ""


def _with_year(name: str, year: int | None) -> str:
    return name if year is None or str(year) in name.split("-") else f"{name}-{year}"


def _without_when(text: str) -> str:
    """Take dates, times and zones out of a title, and the month or the day of the week beside one."""
    passage = Passage(text, range(len(text)))
    days = [(day.start, day.end) for day in find_days(passage)]
    times = [(each.start, each.end) for each in find_times(passage, tuple(days))]
    zones = [word.span() for word in _WORD.finditer(text) if is_zone(word[0])]
    letters, folded = list(text), list(passage.folded)
    for start, end in (*days, *times, *zones):
        letters[start:end] = folded[start:end] = _GONE * (end - start)
    for word in _BESIDE.finditer("".join(folded)):
        letters[word.start() : word.end()] = _GONE * (word.end() - word.start())
    return "".join(letters).replace(_GONE, " ")
