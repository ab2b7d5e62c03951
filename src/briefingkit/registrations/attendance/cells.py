"""What stands in the cells of a meeting's report: lengths of time, moments on its clock, and what people are called."""

import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from unicodedata import normalize

from briefingkit.registrations.files.columns import plain

__all__ = ["as_moments", "as_seconds", "names_in", "seconds_of_unit"]

_DAY = 86_400
_PARENTHESES = re.compile(r"\(([^()]*)\)")
_AMOUNTS = re.compile(r"(\d{1,6}(?:[.,]\d{1,6})?)\s*([^\W\d_]+)\.?")
_BARE = re.compile(r"\d{1,6}(?:[.,]\d{1,3})?")
_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d):([0-5]\d)")
# How words for a unit begin, in the languages that ship, longer beginnings first.
_UNITS = (
    ("sec", 1), ("seg", 1), ("сек", 1), ("秒", 1), ("ثاني", 1), ("ثوان", 1), ("min", 60), ("мин", 60), ("分", 60),
    ("دقيق", 60), ("دقائق", 60), ("hour", 3600), ("hr", 3600), ("heure", 3600), ("hora", 3600), ("час", 3600),
    ("小时", 3600), ("ساع", 3600), ("day", _DAY), ("jour", _DAY), ("día", _DAY), ("dia", _DAY),
    ("день", _DAY), ("дн", _DAY), ("天", _DAY), ("يوم", _DAY),
)  # fmt: skip
_LETTERS = {
    "h": 3600, "m": 60, "s": 1, "d": _DAY, "ч": 3600, "м": 60, "с": 1, "س": 3600, "د": 60, "ث": 1, "时": 3600,
}  # fmt: skip
_MOMENT = re.compile(
    r"(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4}),?\s+(?:(上午|下午)\s*)?(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(\S+(?: m\.)?)?"
)
_AFTERNOON = frozenset(("pm", "p m", "م", "下午"))
_MORNING = frozenset(("am", "a m", "ص", "上午"))
_NOON = 12
_LONGEST_NAME = 300  # characters: what is longer is no name
_FULL_YEAR = 4
# What platforms put behind a name and is none.
_NOT_NAMES = frozenset(
    plain(word)
    for word in [
        "guest",
        "host",
        "co-host",
        "cohost",
        "me",
        "you",
        "external",
        "unverified",
        "verified",
        "presenter",
        "organizer",
        "attendee",
        "panelist",
        "invité",
        "invitée",
        "hôte",
        "co-hôte",
        "moi",
        "externe",
        "non vérifié",
        "invitado",
        "anfitrión",
        "coanfitrión",
        "yo",
        "externo",
        "sin verificar",
        "convidado",
        "anfitrião",
        "coanfitrião",
        "eu",
        "não verificado",
        "гость",
        "организатор",
        "соорганизатор",
        "я",
        "внешний",
        "не проверено",
        "访客",
        "来宾",
        "主持人",
        "联席主持人",
        "我",
        "外部",
        "未验证",
        "ضيف",
        "المضيف",
        "مضيف مشارك",
        "أنا",
        "خارجي",
        "لم يتم التحقق منه",
    ]
)


def names_in(shown: str) -> tuple[str, ...]:
    """Give the names in what a platform shows: "iPhone (Ada Okafor)" has two, "Ada Okafor (Guest)" one."""
    text = normalize("NFKC", shown[:_LONGEST_NAME])
    inside = [part for found in _PARENTHESES.findall(text) for part in [found, *found.split(",")]]
    names = [" ".join(_PARENTHESES.sub(" ", text).split()), *(part.strip() for part in inside)]
    return tuple(dict.fromkeys(name for name in names if name and _is_name(name)))


def _is_name(text: str) -> bool:
    parts = [plain(part) for part in text.split(",")]
    return any(part and part not in _NOT_NAMES for part in parts)


def seconds_of_unit(header: str) -> int | None:
    """Give the unit that a header names, in seconds: "Duration (Minutes)"; None where it names none."""
    for word in plain(header).split():
        for beginning, seconds in _UNITS:
            if word.startswith(beginning) or (not beginning.isascii() and beginning in word):
                return seconds
    return None


def as_seconds(value: object, unit: int) -> tuple[int | None, bool]:
    """Read a length of time: "1h 27m 51s", "01:27:51", or a bare number of `unit` seconds each.

    Give None for what is none, and whether it was a bare number.
    """
    if isinstance(value, time):
        value = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
    if isinstance(value, timedelta):
        return round(value.total_seconds()), False
    if isinstance(value, int | float) and not isinstance(value, bool):
        return (round(value * unit) if 0 <= value < _DAY else None), True
    text = normalize("NFKC", str(value)).strip()
    if _BARE.fullmatch(text):
        return round(float(text.replace(",", ".")) * unit), True
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, seconds = map(int, clock.groups())
        return hours * 3600 + minutes * 60 + seconds, False
    return _of_amounts(text.casefold()), False


def _of_amounts(text: str) -> int | None:
    if not _AMOUNTS.search(text) or re.sub(r"[\s,،]+|and|et|y|e|и", "", _AMOUNTS.sub("", text)):
        return None
    total = 0.0
    for amount, word in _AMOUNTS.findall(text):
        unit = _LETTERS.get(word) or next((size for begins, size in _UNITS if word.startswith(begins)), None)
        if unit is None:
            return None
        total += float(amount.replace(",", ".")) * unit
    return round(total)


def as_moments(value: object) -> tuple[datetime, ...]:
    """Read a moment on a report's own clock: every one that it may be, day before month last; none for what is none.

    One that carries its offset from UTC keeps it.
    """
    if isinstance(value, datetime):
        return (value,)
    text = normalize("NFKC", str(value or "")).strip()
    try:
        return (datetime.fromisoformat(text),) if "-" in text else tuple(dict.fromkeys(_readings(text)))
    except ValueError:
        return tuple(dict.fromkeys(_readings(text)))


def _readings(text: str) -> Iterator[datetime]:
    found = _MOMENT.fullmatch(text)
    if found is None:
        return
    first, second, third, before, hour, minute, second_of, after = found.groups()
    half = plain(before or after or "")
    if half and half not in _AFTERNOON | _MORNING:
        return
    clock = int(hour) % _NOON + (_NOON if half in _AFTERNOON else 0) if half else int(hour)
    orders = (
        [(first, second, third)]
        if len(first) == _FULL_YEAR
        else [(third, first, second), (third, second, first)]
    )
    for year, month, day in orders:
        full = int(year) + (2000 if len(year) <= 2 else 0)  # noqa: PLR2004 - a year of two digits
        try:
            yield datetime(full, int(month), int(day), clock, int(minute), int(second_of or 0))  # noqa: DTZ001 - a clock without its zone
        except ValueError:
            continue
