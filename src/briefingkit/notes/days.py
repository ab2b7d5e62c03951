"""Dates as people write them in English, French and Spanish: one day or a span, with what is odd about each."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from attrs import evolve, field, frozen

from briefingkit.notes.inline import Passage

__all__ = ["MONTH_OR_WEEKDAY", "Day", "DayMention", "find_days", "resolve_days"]

_MONTHS = (
    ("january", "jan", "janvier", "janv", "enero", "ene"),
    ("february", "feb", "febr", "fevrier", "fevr", "fev", "febrero"),
    ("march", "mar", "mars", "marzo"),
    ("april", "apr", "avril", "avr", "abril", "abr"),
    ("may", "mai", "mayo"),
    ("june", "jun", "juin", "junio"),
    ("july", "jul", "juillet", "juil", "julio"),
    ("august", "aug", "aout", "agosto", "ago"),
    ("september", "sep", "sept", "septembre", "septiembre", "setiembre", "set"),
    ("october", "oct", "octobre", "octubre"),
    ("november", "nov", "novembre", "noviembre"),
    ("december", "dec", "decembre", "diciembre", "dic"),
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_WEEKDAYS = (
    ("monday", "mon", "lundi", "lunes"),
    ("tuesday", "tue", "tues", "mardi", "martes"),
    ("wednesday", "wed", "mercredi", "miercoles"),
    ("thursday", "thu", "thur", "thurs", "jeudi", "jueves"),
    ("friday", "fri", "vendredi", "viernes"),
    ("saturday", "sat", "samedi", "sabado"),
    ("sunday", "sun", "dimanche", "domingo"),
)
_WEEKDAY = {name: number for number, names in enumerate(_WEEKDAYS) for name in names}


def _either(names: Iterable[str]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


MONTH_OR_WEEKDAY = _either((*_MONTH, *_WEEKDAY))
"""What months and days of the week are called, folded, as the alternatives of a regular expression."""

_M = rf"(?:{_either(_MONTH)})\b\.?"
_W = rf"(?:(?:{_either(_WEEKDAY)})\b\.?,?\s{{1,2}}(?:the\s|le\s|el\s|dia\s)?)"
_D = r"\d{1,2}(?:\s?(?:st|nd|rd|th|er|ero|º|°|o)(?![a-z]))?(?![\d:]|\s?(?:h|am|pm)\b|[.]\d)"
_Y1, _Y2 = (rf"(?:,?\s{{0,2}}(?:de\s|del\s|of\s)?(?P<{name}>(?:19|20)\d\d)(?!\d))" for name in ("y1", "y2"))
_TO = r"\s{0,2}(?:-|to|until|till|through|thru|and|&|au|a|et|y|al|hasta(?:\sel)?|jusqu'au)\s{0,2}(?:le\s|el\s|the\s)?"
_OF = r"\s{0,2}(?:of\s|de\s|del\s(?:mes\sde\s)?|d')?"

_DAY_FIRST = re.compile(
    rf"(?<![\w/.:-])(?P<w1>{_W})?(?P<d1>{_D})(?:{_OF}(?P<m1>{_M}){_Y1}?)?"
    rf"(?:(?P<more>(?:,\s?{_D}){{0,8}})(?P<to>{_TO})(?P<w2>{_W})?(?P<d2>{_D}))?"
    rf"{_OF}\s?(?P<m2>{_M})?{_Y2}?"
)
_MONTH_FIRST = re.compile(
    rf"(?<![\w/-])(?P<w1>{_W})?(?P<m1>{_M})\s{{0,2}}(?P<d1>{_D}){_Y1}?"
    rf"(?:(?P<more>(?:,\s?{_D}(?!\d)){{0,8}}),?(?P<to>{_TO})(?P<w2>{_W})?(?:(?P<m2>{_M})\s{{0,2}})?(?P<d2>{_D})(?!\s?[:h]))?"
    rf"{_Y2}?"
)
_ISO = re.compile(
    r"(?<![\d-])(?P<y1>(?:19|20)\d\d)-(?P<m1>\d\d)-(?P<d1>\d\d)(?!\d)"
    r"(?:\s{0,2}(?:-|to|/|au|al|a)\s{0,2}(?P<y2>(?:19|20)\d\d)-(?P<m2>\d\d)-(?P<d2>\d\d)(?!\d))?"
)
_NUMERIC = re.compile(
    rf"(?<![\d/.:-])(?P<w1>{_W})?(?P<a>\d{{1,2}})(?P<sep>[/.-])(?P<b>\d{{1,2}})(?P=sep)(?P<y1>(?:19"
    rf"|20)?\d\d)(?![\d/:])(?!\.\d)"
)
_HINT = re.compile(rf"\d|\b(?:{_either(_MONTH)})\b")


@frozen
class Day:
    """A day as written: the year may be missing, and the weekday is only what was said."""

    month: int
    day: int
    year: int | None = None
    weekday: int | None = None

    def dated(self, year: int | None = None) -> date | None:
        """Give the date, in `year` where none was written; None where there is no such day."""
        try:
            return date(self.year or year or 0, self.month, self.day)
        except ValueError:
            return None


@frozen
class DayMention:
    """A day, or a span of days, with its place in a passage. `others` are further readings of an ambiguous number."""

    start: int
    end: int
    first: Day
    last: Day
    others: tuple[Day, ...] = ()
    inferred: bool = False
    problems: tuple[str, ...] = field(default=())

    @property
    def dates(self) -> tuple[date, date] | None:
        """The first and the last date, where both are complete."""
        first, last = self.first.dated(), self.last.dated()
        return (first, last) if first and last and first <= last else None


def _weekday(text: str | None) -> int | None:
    word = re.match(r"[a-z]+", text or "")
    return _WEEKDAY.get(word[0]) if word else None


def _number(text: str) -> int:
    match = re.match(r"\d+", text)
    return int(match[0]) if match else 0


def _month(text: str | None) -> int | None:
    return _MONTH.get(text.rstrip(".")) if text else None


def _year(text: str | None) -> int | None:
    if not text:
        return None
    return int(text) if len(text) == 4 else 2000 + int(text)


def _words(match: "re.Match[str]") -> DayMention | None:
    """Make a mention of a date whose month is a word."""
    first_month, second_month = _month(match["m1"]), _month(match["m2"])
    month = first_month or second_month
    if month is None:
        return None
    year = _year(match["y2"]) or _year(match["y1"])
    first = Day(month, _number(match["d1"]), _year(match["y1"]) or year, _weekday(match["w1"]))
    if match["d2"] and _is_numbered(match):
        return _second_alone(match, month, year)
    if not match["d2"] or _is_two(match, first_month, second_month):
        return DayMention(match.start(), _first_end(match), first, first)
    last = Day(second_month or month, _number(match["d2"]), year, _weekday(match["w2"]))
    if match["y2"] and not match["y1"] and last.month < first.month:
        first = evolve(first, year=(year or 0) - 1)
    return DayMention(match.start(), match.end(), first, last)


_DAY_NUMBER = re.compile(r"\b(?:day|jour|journee|dia|jornada|session|sesion|part)\s$")


def _is_numbered(match: "re.Match[str]") -> bool:
    """Whether the first number counts the days: "Day 1 – Tuesday 16 May"."""
    before = match.string[max(0, match.start("d1") - 9) : match.start("d1")]
    return bool(match["w2"] and not match["w1"]) or bool(_DAY_NUMBER.search(before) and match["d1"].isdigit())


def _second_alone(match: "re.Match[str]", month: int, year: int | None) -> DayMention:
    day = Day(month, _number(match["d2"]), year, _weekday(match["w2"]))
    start = match.start("w2") if match["w2"] else match.start("d2")
    return DayMention(start, match.end(), day, day)


_AND = re.compile(r"\s*(?:and|&|et|y)\b")


def _is_two(match: "re.Match[str]", first_month: int | None, second_month: int | None) -> bool:
    """Whether the second day is one of its own, or no day at all: "3 May and 5 June", "5 May and 20 people"."""
    if match.re is _DAY_FIRST and first_month and not second_month:
        return True
    return bool(_AND.match(match["to"])) and bool(first_month and second_month)


def _first_end(match: "re.Match[str]") -> int:
    """Tell where the first day of a match ends, with its month and year."""
    groups = ("d1", "m1", "y1") if match["d2"] else ("d1", "m1", "y1", "m2", "y2")
    return max(match.end(group) for group in groups)


def _iso(match: "re.Match[str]") -> DayMention | None:
    first = Day(int(match["m1"]), int(match["d1"]), int(match["y1"]))
    last = Day(int(match["m2"]), int(match["d2"]), int(match["y2"])) if match["y2"] else first
    return DayMention(match.start(), match.end(), first, last)


def _numeric(match: "re.Match[str]") -> DayMention | None:
    """Make a mention of 13/04/2022: the day first, unless only the month can be; both where both can be."""
    a, b, year, weekday = int(match["a"]), int(match["b"]), _year(match["y1"]), _weekday(match["w1"])
    readings = [Day(month, day, year, weekday) for day, month in dict.fromkeys(((a, b), (b, a)))]
    valid = [day for day in readings if day.dated() is not None]
    if not valid:
        return None
    agreeing = [day for day in valid if weekday is not None and _weekday_fits(day)]
    chosen = agreeing[0] if len(agreeing) == 1 else valid[0]
    others = () if len(agreeing) == 1 else tuple(day for day in valid if day != chosen)
    return DayMention(match.start(), match.end(), chosen, chosen, others)


def _weekday_fits(day: Day) -> bool:
    dated = day.dated()
    return dated is not None and dated.weekday() == day.weekday


_FORMS = ((_ISO, _iso), (_NUMERIC, _numeric), (_MONTH_FIRST, _words), (_DAY_FIRST, _words))


def _candidates(text: str) -> Iterator[DayMention]:
    for pattern, make in _FORMS:
        match = pattern.search(text)
        while match is not None:
            mention = make(match)
            if mention is not None and mention.first.dated(2024) and mention.last.dated(2024):
                yield mention
            match = pattern.search(text, match.end() if mention is None else mention.end)


def find_days(passage: Passage) -> tuple[DayMention, ...]:
    """Find the dates in a passage, in order; where two readings overlap, the one that starts first, then the longer."""
    if not _HINT.search(passage.folded):
        return ()
    found: list[DayMention] = []
    for mention in sorted(_candidates(passage.folded), key=lambda each: (each.start, -each.end)):
        if _is_word(passage, mention):
            continue
        if not found or mention.start >= found[-1].end:
            end = len(passage.text[: mention.end].rstrip(" ,.-"))
            found.append(evolve(mention, end=end))
    return tuple(found)


def _is_word(passage: Passage, mention: DayMention) -> bool:
    """Whether "may" and "mar" are words here: "you may 2 weeks before …"."""
    words = passage.text[mention.start : mention.end]
    return bool(re.match(r"(?:may|mar|set|sun|sat|dec|ago)\b", words)) and not re.search(
        r"(?:19|20)\d\d", words
    )


def _nearest_year(day: Day, years: "list[int]", today: date | None) -> int | None:
    """Guess a missing year: one of the note's own, by the weekday where one is given; else the next such day."""
    fitting = [
        year for year in years if (dated := day.dated(year)) and day.weekday in {None, dated.weekday()}
    ]
    if fitting or years:
        return (fitting or years)[0]
    if today is None:
        return None
    coming = (day.dated(year) for year in range(today.year, today.year + 8))
    for dated in coming:
        if dated and dated >= today and day.weekday in {None, dated.weekday()}:
            return dated.year
    return today.year


def _oddities(mention: DayMention) -> Iterator[str]:
    names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    for day in dict.fromkeys((mention.first, mention.last)):
        dated = day.dated()
        if dated is None:
            yield "there is no such day" if day.year else ""
        elif day.weekday is not None and dated.weekday() != day.weekday:
            yield f"{dated.isoformat()} is a {names[dated.weekday()]}, and the note says {names[day.weekday]}"
    if mention.inferred:
        yield "the note gives no year here: it was inferred"
    if mention.others:
        yield "day and month may be the other way round"
    first, last = mention.first.dated(), mention.last.dated()
    if first and last and last < first:
        yield "the last day is before the first"


def resolve_days(mention: DayMention, years: "list[int]", today: date | None) -> DayMention:
    """Fill in a missing year and say what is odd: an inferred year, another weekday, an ambiguous order."""
    if mention.first.year is None or mention.last.year is None:
        year = mention.last.year or mention.first.year or _nearest_year(mention.first, years, today)
        first, last = evolve(mention.first, year=year), evolve(mention.last, year=year)
        if (
            (a := first.dated())
            and (b := last.dated())
            and b < a
            and b + timedelta(366) >= a
            and last.month < first.month
        ):
            last = evolve(last, year=(year or 0) + 1)
        mention = evolve(mention, first=first, last=last, inferred=year is not None)
    return evolve(mention, problems=tuple(filter(None, _oddities(mention))))
