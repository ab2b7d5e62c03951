"""Times of day as people write them in English, French and Spanish, with the zone that stands beside them."""

import re
from datetime import datetime, time, timedelta

from attrs import evolve, frozen

from briefingkit.notes.document import fold
from briefingkit.notes.inline import Passage
from briefingkit.notes.zones import ZONE_PATTERN

__all__ = ["TimeMention", "find_duration", "find_times"]

_NAMED = {
    "noon": time(12), "midday": time(12), "midi": time(12), "mediodia": time(12),
    "midnight": time(0), "minuit": time(0), "medianoche": time(0),
}  # fmt: skip

_HALF = r"(?:\s?(?:[ap]\.\s?m\b\.?|[ap]m\b))"
_T = (
    r"(?:(?P<{0}h>\d{{1,2}})(?:"
    r"\s?(?P<{0}u>h(?:rs?|oras?|eures?)?)\s?(?P<{0}hm>[0-5]\d)?(?![a-z\d])"
    r"|(?P<{0}sep>[:.])(?P<{0}m>[0-5]\d)(?![\d])(?:[:.][0-5]\d(?!\d))?(?:\s?h(?:rs?|oras?|eures?"
    r"|ours?)?\b)?(?P<{0}p>" + _HALF + r")?"
    r"|(?P<{0}q>" + _HALF + r")"
    r"|\s?o'?clock\b"
    r"|(?P<{0}bare>(?!\d|[:.]\d)))"
    r"|(?P<{0}mil>(?:[01]\d|2[0-3])[0-5]\d)\s?(?:hrs?|h|hours)\b"
    r"|(?P<{0}name>\b(?:noon|midday|midi|mediodia|midnight|minuit|medianoche)\b))"
)
_TO = r"\s{0,3}(?:-|–|to|till|until|a(?:\slas?|l)?|and|et|y(?:\slas)?|hasta(?:\slas?)?|jusqu'a|>|→)\s{0,3}"
_SPAN = re.compile(
    rf"(?<![\w.:,/$€£+-])(?P<from>(?:from|between|de|des|entre(?:\slas)?|desde(?:\slas?)?|a\slas?|at"
    rf"|a)\s{{1,2}})?{_T.format('a')}"
    rf"(?:(?P<azone>\s{{0,2}}{ZONE_PATTERN})?{_TO}{_T.format('b')})?"
    rf"(?:\s{{0,2}}{ZONE_PATTERN.replace('zone', 'bzone').replace('offset', 'boffset')})?"
)
_DOT_BEFORE = re.compile(
    r"(?:^|\x1f,?|\b(?:at|a|a\slas?|from|de|time|heure|hora|hours|horaire|horario|les|las|:|\||-|\())\s*$"
)
_DURATION = re.compile(
    r"[(\[,-]?\s?\b(?:duree|duration|duracion)?\s?:?\s?(?:(?P<h>\d{1,2})\s?(?:h|hr|hrs|hours?|heures?"
    r"|horas?)\s?(?:and|et|y)?\s?)?"
    r"(?:(?P<m>\d{1,3})\s?(?:min|mins|minutes?|minutos?|mn|')(?![a-z]))\.?\s?[)\]]?"
    r"|[(\[]\s?(?P<h2>\d{1,2})\s?(?:h|hr|hrs|hours?|heures?|horas?)\s?[)\]]"
)
_HINT = re.compile(
    r"\d\s?[:.h]|\d\s?[ap]\.?\s?m|\d{4}\s?h|o'?clock|noon|mi(?:d|nuit)|medi[oa]|\d\s{0,3}(?:-|to|a)\s{0,3}\d"
)


@frozen
class TimeMention:
    """A time, or a span of times, in a passage. `zone` is what was written of a zone, at `zone_start` to `end`.

    `sure`: it has the shape of a time and nothing else; "09.00" and "9.30" alone may be a number.
    """

    start: int
    end: int
    first: time
    last: time | None = None
    zone: str = ""
    zone_start: int = 0
    zone_end: int = 0
    sure: bool = True

    @property
    def length(self) -> timedelta | None:
        """How long it is on the clock."""
        if self.last is None:
            return None
        day = datetime(2000, 1, 1)  # noqa: DTZ001 - only the clock's difference
        length = datetime.combine(day, self.last) - datetime.combine(day, self.first)
        return length if length > timedelta() else length + timedelta(days=1)


def _half(match: "re.Match[str]", side: str) -> str:
    return re.sub(r"[^apm]", "", match[f"{side}p"] or match[f"{side}q"] or "")[:1]


def _is_bare(match: "re.Match[str]", side: str) -> bool:
    return match[f"{side}bare"] is not None and not match[f"{side}u"]


def _read(match: "re.Match[str]", side: str, half: str) -> time | None:
    """Make a time of one side of a match; `half` is a or p, where it was said."""
    if match[f"{side}name"]:
        return _NAMED[match[f"{side}name"]]
    if match[f"{side}mil"]:
        return time(int(match[f"{side}mil"][:2]), int(match[f"{side}mil"][2:]))
    hour = int(match[f"{side}h"])
    minute = int(match[f"{side}hm"] or match[f"{side}m"] or 0)
    if half and not 1 <= hour <= 12:
        half = ""
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour == 24 and minute == 0:
        return time(0)
    return time(hour, minute) if hour < 24 else None


def _first_half(match: "re.Match[str]", last: time | None, half: str) -> str:
    """Give the half of the day that "3 – 4:30 pm" and "11 – 1 pm" mean for the first of the two."""
    own = _half(match, "a")
    if own or not half or last is None or not match["ah"]:
        return own
    first = _read(match, "a", half)
    return half if first is not None and first < last else "a"


def _mention(match: "re.Match[str]", text: str) -> TimeMention | None:
    two = any(match[f"b{part}"] for part in ("h", "mil", "name"))
    if two and _is_bare(match, "b") and (_is_bare(match, "a") or not match["au"]):
        two = False
    if _is_bare(match, "a") and (not two or match["bname"]):
        return None
    last = _read(match, "b", _half(match, "b")) if two else None
    first = _read(match, "a", _first_half(match, last, _half(match, "b")) if two else _half(match, "a"))
    if first is None or (two and last is None):
        return None
    return _with_zone(
        match, TimeMention(match.start(), 0, first, last, sure=_is_sure(match, text, two=two)), two=two
    )


def _is_sure(match: "re.Match[str]", text: str, *, two: bool) -> bool:
    dotted = match["asep"] == "." and not match["ap"]
    return not dotted or two or bool(_DOT_BEFORE.search(text[max(0, match.start() - 12) : match.start()]))


def _with_zone(match: "re.Match[str]", mention: TimeMention, *, two: bool) -> TimeMention:
    """Add the end, and the zone that stands behind the last time, or else behind the first."""
    sides = ("b", "a") if two else ("a",)
    ends = [match.end(f"{sides[0]}{part}") for part in ("h", "u", "hm", "m", "p", "q", "mil", "name")]
    end = max(ends)
    if match["bzone"] and (two or match["bh"] is None):
        zone = ("bzone", match["bzone"])
    else:
        zone = ("zone", match["zone"]) if match["zone"] else ("", "")
    if zone[0]:
        start, zone_end = match.span(zone[0])
        return evolve(mention, end=max(end, zone_end), zone=zone[1], zone_start=start, zone_end=zone_end)
    return evolve(mention, end=end)


def find_times(passage: Passage, taken: "tuple[tuple[int, int], ...]" = ()) -> tuple[TimeMention, ...]:
    """Find the times in a passage, in order; `taken` are the places of its dates, whose numbers are no times."""
    text = passage.folded
    if not _HINT.search(text):
        return ()
    if taken:
        chars = list(text)
        for start, end in taken:
            chars[start:end] = "\x1f" * (end - start)
        text = "".join(chars)
    found: list[TimeMention] = []
    match = _SPAN.search(text)
    while match is not None:
        mention = _mention(match, text)
        if mention is not None:
            mention = _named_zone(mention, passage)
            end = _closing(text, mention.end)
            found.append(evolve(mention, end=end))
            match = _SPAN.search(text, max(end, match.start() + 1))
        else:
            match = _SPAN.search(text, match.start() + 1)
    return tuple(found)


def _named_zone(mention: TimeMention, passage: Passage) -> TimeMention:
    """Keep a zone only where it is written as one: "et" is French, and a city alone may begin a title."""
    words = passage.text[mention.zone_start : mention.zone_end]
    letters = re.match(r"[A-Za-z]+", words)
    abbreviation = letters is not None and letters[0].isupper() and len(letters[0]) <= 5
    place = " " in words.strip() and re.search(r"time|heure|hora", fold(words))
    bracket = passage.text[max(0, mention.zone_start - 2) : mention.zone_start].strip() == "("
    city = bracket or _closes(passage.text, mention.start, mention.zone_end)
    if words and (abbreviation or place or "/" in words or city or words[0] in "+-"):
        return evolve(mention, zone=words)
    return mention if not words else _without_zone(mention, passage)


def _closes(text: str, start: int, end: int) -> bool:
    """Tell whether a city behind a time closes what is said: "(08:00 New York, 16:00 Nairobi)", "9:00 Madrid | …"."""
    inside = text.rfind("(", 0, start) > text.rfind(")", 0, start)
    after = text[end : end + 3].lstrip()[:1]
    return after in {")", "|", "/"} or (inside and after in {",", ";"})


def _without_zone(mention: TimeMention, passage: Passage) -> TimeMention:
    end = len(passage.folded[: mention.zone_start].rstrip(" (,["))
    return evolve(mention, zone="", end=min(mention.end, end), zone_start=0, zone_end=0)


def _closing(text: str, end: int) -> int:
    """Go on over the unit or the bracket that closes the mention."""
    rest = re.match(r"\s?(?:h(?:rs?|oras?|eures?|ours?)?\b|o'?clock\b)?\s?\)?", text[end : end + 12])
    gone = rest[0] if rest else ""
    return end + len(gone.rstrip())


def find_duration(passage: Passage) -> tuple[int, int, timedelta] | None:
    """Find a duration such as "(10 min)" or "1 h 30 min" in a passage: its start, its end and itself."""
    for match in _DURATION.finditer(passage.folded):
        hours = int(match["h"] or match["h2"] or 0)
        minutes = int(match["m"] or 0)
        if 0 < hours * 60 + minutes <= 24 * 60:
            return match.start(), match.end(), timedelta(hours=hours, minutes=minutes)
    return None
