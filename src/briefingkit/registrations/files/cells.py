"""What stands in the cells of a file, as answers: texts, dates that are numbers, options by their text."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from attrs import evolve, frozen

from briefingkit.errors import TextError
from briefingkit.registrations.answers import normalized, problems
from briefingkit.registrations.files.columns import Asked, Column, plain
from briefingkit.registrations.files.formulas import armed
from briefingkit.registrations.form import FieldType, Form
from briefingkit.registrations.response import Answer
from briefingkit.text.language import canonical

__all__ = ["CellFault", "Reader", "language_tag", "readers", "reading"]

_LONGEST = 20_000  # characters of an answer
_WORDS = frozenset((FieldType.TEXT, FieldType.EMAIL, FieldType.PARAGRAPH))
_TO_THE_SECOND = re.compile(r"\d{2}:\d{2}:00", re.ASCII)
_ERRORS = frozenset(
    (
        "#CALC!",
        "#DIV/0!",
        "#ERROR!",
        "#N/A",
        "#NAME?",
        "#NULL!",
        "#NUM!",
        "#REF!",
        "#SPILL!",
        "#VALUE!",
        "Loading...",
    )
)
"""What stands in the place of a value where a formula has none (ECMA-376, 18.17.3, and the values of Google Sheets)."""
_SEVERAL = re.compile(r"[;|,\n]")


class CellFault(Exception):
    """A cell that cannot be the answer to what its column asks; its words quote nothing of it."""


@frozen
class Reader:
    """How the cells of one column are read."""

    index: int
    header: str
    key: str
    read: Callable[[object], Answer]


def readers(columns: Sequence[Column], asked: Mapping[str, Asked]) -> tuple[Reader, ...]:
    """Give a reader for each column that is taken for something."""
    return tuple(
        Reader(column.index, column.header, column.key, reading(asked.get(column.key)))
        for column in columns
        if column.key is not None
    )


def reading(asked: Asked | None) -> Callable[[object], Answer]:
    """Give what reads a cell, or a typed text, as the answer to what is asked; it raises CellFault."""
    if asked is None or asked.asks is None or (asked.asks.type in _WORDS and asked.asks.pattern is None):
        return _language if asked is not None and asked.key == "language" else _text
    # Whether it is shown to this person is not looked at: what somebody has answered is kept.
    form = Form((evolve(asked.asks, shown_if=None, required=False),))
    return lambda value: _read(value, asked, form)


def _read(value: object, asked: Asked, form: Form) -> Answer:
    kind = form.fields[0].type
    given: object = _text(value)
    if kind is FieldType.CHOICES:
        given = _options(str(given), asked)
    elif asked.options:
        given = _option(str(given), asked)
    elif kind is FieldType.DATE and isinstance(value, int | float) and not isinstance(value, bool):
        given = _day(value)
    elif kind is FieldType.TIME and isinstance(value, float) and 0 <= value < 1:
        given = _clock(value)
    elif kind is FieldType.TIME and _TO_THE_SECOND.fullmatch(str(given)):
        given = str(given).removesuffix(":00")
    for problem in problems(form, {asked.key: given}, language="en", complete=False):
        raise CellFault(problem.message)
    return normalized(form, {asked.key: given}).get(asked.key)


def _day(serial: float) -> str:
    """Read a date that is a number: days since 1899-12-30, as spreadsheets count (ECMA-376, 18.17.4.1)."""
    try:
        return (date(1899, 12, 30) + timedelta(days=int(serial))).isoformat()
    except (OverflowError, ValueError):
        raise CellFault("this is no date") from None


def _clock(fraction: float) -> str:
    """Read a time that is a number: a part of a day, as spreadsheets count."""
    hours, minutes = divmod(min(round(fraction * 1440), 1439), 60)
    return f"{hours:02}:{minutes:02}"


def _text(value: object) -> str:
    if type(value) is str:
        text = (armed(value) if value[:1] == "'" else value).strip()
        if text in _ERRORS:
            raise CellFault("its formula has no value")
    elif isinstance(value, datetime):
        text = (
            value.date().isoformat()
            if value.time() == time()
            else value.isoformat(sep="T", timespec="seconds")
        )
    elif isinstance(value, date | time):
        text = value.isoformat()
    elif isinstance(value, bool):
        text = "yes" if value else "no"
    elif isinstance(value, float) and value.is_integer():
        text = str(int(value))
    else:
        text = str(value).strip()
    if len(text) > _LONGEST:
        raise CellFault(f"the text is longer than {_LONGEST} characters")
    return text


def _option(text: str, asked: Asked) -> str:
    key = asked.options.get(plain(text))
    if key is None:
        raise CellFault("this is none of the options")
    return key


def _options(text: str, asked: Asked) -> tuple[str, ...]:
    if whole := asked.options.get(plain(text)):
        return (whole,)
    parts = [part for part in _SEVERAL.split(text) if part.strip()]
    return tuple(dict.fromkeys(_option(part, asked) for part in parts))


def _language(value: object) -> str:
    text = _text(value)
    return language_tag(text) or text


@lru_cache(maxsize=512)
def language_tag(text: str) -> str | None:
    """Give the canonical tag of a language; None for a text that is no tag."""
    try:
        return canonical(text)
    except TextError:
        return None
