"""The list as a table: which columns there are, what they are called, and what stands in them for a registration."""

import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import field, frozen

from briefingkit.model import RegistrationField
from briefingkit.registrations.files.formulas import disarmed
from briefingkit.registrations.form import SEGMENTS, FieldType, FormField, form_of, other_of
from briefingkit.registrations.labels import Label, words
from briefingkit.registrations.registration import Registration, RegistrationStatus
from briefingkit.text.phrases import msgid, phrase
from briefingkit.text.spaces import one_line
from briefingkit.text.zones import in_zone

if TYPE_CHECKING:
    from briefingkit.model import Briefing, Programme
    from briefingkit_google.sheets.settings import GoogleSheets

__all__ = [
    "CREATED",
    "KEY",
    "NUMBER",
    "Cell",
    "Column",
    "Row",
    "Table",
    "columns_of",
    "number_of",
    "row_key",
    "table_of",
]

KEY: Final = "#key"
"""The column, hidden, in which each of our rows says which registration it is; its header is its key."""
NUMBER: Final = 1
CREATED: Final = 3
"""Where the number and the time of registration stand among the columns."""

Cell: TypeAlias = str | int
"""What stands in a cell of ours: a text or a number; an empty text is an empty cell."""

_LONGEST: Final = 50_000
"""Characters of a cell, by Google's own limit."""
_ROW_KEY: Final = re.compile(r"([1-9]\d{0,9})-([0-9a-f]{8})", re.ASCII)
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_STATUSES: Final = {
    RegistrationStatus.PENDING: msgid("Pending"),
    RegistrationStatus.CONFIRMED: msgid("Confirmed"),
    RegistrationStatus.WAITLISTED: msgid("On the waiting list"),
    RegistrationStatus.CANCELLED: msgid("Cancelled"),
}


@frozen
class Column:
    """A column of ours: its key, its header, and what it holds of a registration.

    The key is that of the answer; what the list itself says has one with # before it, which no answer has.
    """

    key: str
    header: str
    cell: Callable[[Registration], Cell] = field(repr=False, eq=False)


@frozen
class Row:
    """A registration as cells, in the order of the columns; `key` says in the sheet which one it is."""

    key: str
    cells: tuple[Cell, ...] = field(repr=False)


@frozen
class Table:
    """What should stand in a sheet: columns, rows in the order in which people came, and whose list it is."""

    briefing: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...] = field(repr=False)


def row_key(briefing: str, number: int) -> str:
    """Write the key of a row: the registration's number, and a check that nobody types by chance."""
    return f"{number}-{sha256(f'{briefing} {number}'.encode()).hexdigest()[:8]}"


def number_of(briefing: str, key: object) -> int | None:
    """Read the number out of a key; None for what is no key of this list."""
    found = _ROW_KEY.fullmatch(key) if isinstance(key, str) else None
    if found is None or row_key(briefing, int(found[1])) != key:
        return None
    return int(found[1])


def table_of(
    settings: "GoogleSheets", briefing: "Briefing", programme: "Programme", people: Iterator[Registration]
) -> Table:
    """Write a list as a table."""
    columns, identifier = columns_of(settings, briefing, programme), briefing.identifier
    rows = [
        Row(row_key(identifier, each.number), tuple(_fitting(column.cell(each)) for column in columns))
        for each in people
    ]
    return Table(identifier, columns, tuple(rows))


def columns_of(settings: "GoogleSheets", briefing: "Briefing", programme: "Programme") -> tuple[Column, ...]:
    """Give the columns of a briefing: what the list itself says, then what the form asks, in its order."""
    language = settings.language_of(briefing)
    zone = briefing.timezone or "UTC"
    form = form_of(briefing, programme)
    chosen = [each for each in form.fields if not settings.columns or each.key in settings.columns]
    return (
        Column(KEY, KEY, lambda held: row_key(briefing.identifier, held.number)),
        Column("#number", phrase("Registration number", language), lambda held: held.number),
        Column("#status", phrase("Status", language), lambda held: phrase(_STATUSES[held.status], language)),
        Column(
            "#created_at",
            phrase("Registered on", language),
            lambda held: in_zone(held.created_at, zone).isoformat(" ", "minutes"),
        ),
        Column(
            "#changed_at",
            phrase("Changed on", language),
            lambda held: in_zone(held.changed_at, zone).isoformat(" ", "minutes"),
        ),
        *(_answered(each, other_of(form, each.key), language) for each in chosen),
    )


def _answered(asked: FormField, about: Label | None, language: str) -> Column:
    options = {each.key: words(each.label, language) for each in asked.options}
    truths = {True: phrase("Yes", language), False: phrase("No", language)}
    if asked.type is FieldType.YES_NO:
        options = {"yes": truths[True], "no": truths[False]}
    waits = phrase("On the waiting list", language)

    def say(held: Registration) -> Cell:
        answer = held.answers.get(asked.key)
        if answer is None and asked.key == RegistrationField.LANGUAGE:
            answer = held.language  # that of the page or form that they used
        if answer is None:
            return ""
        if isinstance(answer, bool):
            return truths[answer]
        if isinstance(answer, int):
            return answer
        if isinstance(answer, tuple):
            full = held.waits_for if asked.key == SEGMENTS else ()
            named = (f"{options.get(each, each)}{f' ({waits})' if each in full else ''}" for each in answer)
            return disarmed("; ".join(named))
        return disarmed(options.get(str(answer), str(answer)))

    labels = (words(each, language) for each in (about, asked.label) if each is not None)
    return Column(asked.key, disarmed(_fitting_text(one_line(" – ".join(labels)))), say)


def _fitting(cell: Cell) -> Cell:
    return _fitting_text(cell) if isinstance(cell, str) else cell


def _fitting_text(text: str) -> str:
    """Write a text as it comes back: line ends of one kind, nothing that no spreadsheet holds."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNWRITABLE.sub("\ufffd", plain)[:_LONGEST]
