"""One value of the file at a time: a string as it stands there, or the value itself, as JSON and Python hold it."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, cast

from briefingkit.errors import ModelError, TextError
from briefingkit.model.place import FromTarget
from briefingkit.model.schedule import Offset, parse_duration, write_duration
from briefingkit.text import LocalizedUrl, MultilingualText, Name
from briefingkit.text.language import canonical

__all__ = [
    "READERS",
    "WRITERS",
    "kind_of",
    "read_address",
    "read_duration",
    "read_local",
    "read_moment",
    "shown",
    "source_language",
]

_SHOWN = 60
_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
_LOCAL = re.compile(rf"\d{{4}}-\d{{2}}-\d{{2}}(?:[T ]({_TIME}))?", re.ASCII)
_LOCAL_WITH_ZONE = re.compile(rf"{_LOCAL.pattern} ?(?:Z|[+-]\d|\[|[A-Za-z]{{2}})", re.ASCII)
_CLOCK = re.compile(rf"\d:[0-5]\d|{_TIME}", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,15}", re.ASCII)

_source: ContextVar[str] = ContextVar("source language of plain strings", default="en")


@contextmanager
def source_language(tag: str) -> Iterator[None]:
    """Read plain strings as texts in this language, within the block."""
    token = _source.set(tag)
    try:
        yield
    finally:
        _source.reset(token)


def shown(value: object) -> str:
    """Show a value in an error message, cut where it is long."""
    text = repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _read_text(value: object, _: object = None) -> str:
    if not isinstance(value, str):
        raise ModelError(f"text is expected, and {shown(value)} is {kind_of(value)}")
    return value


def kind_of(value: object) -> str:
    """Say what sort of thing stands where another was expected."""
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    return "nothing" if value is None else type(value).__name__


def _read_whole(value: object, _: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    raise ModelError(f"{shown(value)} is no whole number")


def _read_boolean(value: object, _: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in {"true", "false"}:
        return value == "true"
    raise ModelError(f"{shown(value)} is neither true nor false")


def _read_enum(value: object, kind: type[StrEnum]) -> StrEnum:
    words = [member.value for member in kind]
    if isinstance(value, str) and value in words:
        return kind(value)
    close = get_close_matches(value.lower(), words, n=1) if isinstance(value, str) else []
    hint = f"did you mean {close[0]}? " if close else ""
    raise ModelError(
        f"{shown(value)} is not one of the words that stand here: {hint}choose {', '.join(words)}"
    )


def read_local(value: object) -> date | datetime:
    """Read a local date (`2022-04-13`) or a local time (`2022-04-13T15:00`); ModelError for anything else."""
    if isinstance(value, date):
        return value
    text = value if isinstance(value, str) else ""
    match = _LOCAL.fullmatch(text)
    if not match:
        zoned = _LOCAL_WITH_ZONE.match(text)
        hint = "; a zone does not stand here but under timezone" if zoned else ""
        raise ModelError(
            f"{shown(value)} is no local time: write 2022-04-13T15:00, or 2022-04-13 for all day{hint}"
        )
    try:
        return datetime.fromisoformat(text) if match.group(1) else date.fromisoformat(text)
    except ValueError as error:
        raise ModelError(f"{shown(value)} is not in the calendar: {error}") from None


def _read_datetime(value: object, _: object = None) -> datetime:
    read = read_local(value)
    if not isinstance(read, datetime):
        raise ModelError(f"{shown(value)} needs a time of day too: write 2022-04-13T15:00")
    return read


def _read_date(value: object, _: object) -> date:
    read = read_local(value)
    if isinstance(read, datetime):
        raise ModelError(f"{shown(value)} is to be a date alone: write 2022-04-13")
    return read


def _read_clock(value: object, _: object) -> time:
    if isinstance(value, time):
        return value
    if isinstance(value, str) and _CLOCK.fullmatch(value):
        return time.fromisoformat(value.zfill(5))
    raise ModelError(f"{shown(value)} is no time of day: write 15:05")


def read_duration(value: object, _: object = None) -> timedelta:
    """Read `1h30m`; ModelError for anything else."""
    return value if isinstance(value, timedelta) else parse_duration(_read_text(value))


def read_moment(value: object) -> Offset | datetime:
    """Read an offset (`-1d`) or a local time; ModelError for anything else."""
    if isinstance(value, Offset):
        return value
    if isinstance(value, str) and not value[:1].isdigit():
        return Offset.parse(value)
    return _read_datetime(value)


# Texts: one string in the source language, or a mapping of languages.


def _read_multilingual(value: object, _: object = None) -> MultilingualText:
    return MultilingualText({_source.get(): value} if isinstance(value, str) else _languages(value))


def _read_name(value: object, _: object = None) -> Name:
    return Name.of(value) if isinstance(value, str) else Name(_languages(value))


def _read_url(value: object, _: object = None) -> LocalizedUrl:
    return LocalizedUrl.of(value) if isinstance(value, str) else LocalizedUrl(_languages(value))


def _languages(value: object) -> Mapping[str, str]:
    if not isinstance(value, Mapping):
        raise ModelError(
            f"text is expected, in one language or by language ({{en: …, fr: …}}), not {kind_of(value)}"
        )
    wrong = [tag for tag, text in value.items() if text is not None and not isinstance(text, str)]
    if wrong:
        problems = [(str(tag), f"text is expected, not {kind_of(value[tag])}") for tag in wrong]
        raise ModelError(problems[0][1], problems=problems)
    if cut := [str(tag) for tag, text in value.items() if text is None and not _is_tag(str(tag))]:
        # YAML reads {en: One, two} as two keys: without this the end of a text would be lost without a word.
        advice = "a text with a comma in {…} stands in quotes"
        problems = [
            (tag, f"{shown(tag)} is no language, and nothing stands behind it: {advice}") for tag in cut
        ]
        raise ModelError(problems[0][1], problems=problems)
    return {str(tag): text for tag, text in value.items() if text is not None}


def _is_tag(text: str) -> bool:
    try:
        canonical(text)
    except TextError:
        return False
    return True


def _write_texts(value: MultilingualText | Name | LocalizedUrl) -> str | dict[str, str]:
    texts = dict(value.texts)
    return texts["und"] if tuple(texts) == ("und",) else texts


def read_address(value: object) -> LocalizedUrl | FromTarget:
    """Read an address, or `{from: target}`; ModelError and TextError for anything else."""
    if isinstance(value, Mapping) and "from" in value:
        if len(value) > 1:
            raise ModelError("`from` stands alone: the address comes from that target, in every language")
        return FromTarget(_read_text(value["from"]))
    return _read_url(value)


READERS: dict[Any, Callable[[Any, Any], Any]] = {
    str: _read_text,
    int: _read_whole,
    bool: _read_boolean,
    StrEnum: _read_enum,
    date: _read_date,
    datetime: _read_datetime,
    time: _read_clock,
    timedelta: read_duration,
    Offset: lambda value, _: Offset.parse(_read_text(value)),
    MultilingualText: _read_multilingual,
    Name: _read_name,
    LocalizedUrl: _read_url,
    FromTarget: lambda value, _: cast("FromTarget", read_address(value)),
}
WRITERS: dict[Any, Callable[[Any], Any]] = {
    StrEnum: lambda word: word.value,
    date: date.isoformat,
    datetime: lambda moment: moment.isoformat(timespec="seconds" if moment.second else "minutes"),
    time: lambda clock: clock.isoformat(timespec="seconds" if clock.second else "minutes"),
    timedelta: write_duration,
    Offset: str,
    MultilingualText: _write_texts,
    Name: _write_texts,
    LocalizedUrl: _write_texts,
    FromTarget: lambda target: {"from": target.target},
}
