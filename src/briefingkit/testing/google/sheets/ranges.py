"""Ranges in A1 notation.

Source: "Google Sheets API overview: Cell" (developers.google.com/workspace/sheets/api/guides/concepts#cell): a
sheet's title in quotes where it has spaces or signs, whole sheets, whole columns and rows, open ends. The texts of
refusals are seen in public reports. R1C1 notation and named ranges are not kept.
"""

import re
from collections.abc import Callable

from attrs import frozen

from briefingkit.testing.google.refusal import Refusal
from briefingkit.testing.google.sheets.world import HeldSheet, HeldSpreadsheet

__all__ = ["Range", "bad_range", "column_name", "parse_range"]

_CORNERS = re.compile(r"([A-Za-z]*)(\d*)(?::([A-Za-z]*)(\d*))?\Z")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


@frozen
class Range:
    """Cells of a sheet: rows and columns from 0, the last ones included. `single` is one cell that was named alone."""

    sheet: HeldSheet
    top: int
    left: int
    bottom: int
    right: int
    single: bool = False

    def __str__(self) -> str:
        first = f"{column_name(self.left)}{self.top + 1}"
        last = f"{column_name(self.right)}{self.bottom + 1}"
        title = self.sheet.title
        if _PLAIN.match(title) is None or _CORNERS.match(title) is not None:
            title = "'" + title.replace("'", "''") + "'"
        return f"{title}!{first}" + (f":{last}" if last != first else "")


def column_name(column: int) -> str:
    """Name a column, from 0: A to Z, then AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _column(name: str) -> int:
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def bad_range(message: str) -> Refusal:
    """Refuse a range."""
    return Refusal(400, "badRequest", message)


def parse_range(book: HeldSpreadsheet, text: str) -> Range:
    """Read a range. Raises a Refusal, 400, where there is no such sheet, or no such cells in it."""
    title, _, corners = text.rpartition("!")
    if not title:
        whole = _sheet(book, text)
        if whole is not None:
            return Range(whole, 0, 0, whole.rows - 1, whole.columns - 1)
    sheet = _sheet(book, title) if title else book.sheets[0]
    found = _CORNERS.match(corners)
    if sheet is None or found is None or not corners:
        raise bad_range(f"Unable to parse range: {text}")
    single = ":" not in corners
    first = found[1], found[2]
    last = first if single else (found[3], found[4])
    if not any(last) or (single and not all(first)):
        raise bad_range(f"Unable to parse range: {text}")
    left, right = _span(first[0], last[0], sheet.columns, _column)
    top, bottom = _span(first[1], last[1], sheet.rows, lambda row: int(row) - 1)
    if top < 0:
        raise bad_range(f"Unable to parse range: {text}")
    if top >= sheet.rows or left >= sheet.columns:
        raise bad_range(
            f"Range ({text}) exceeds grid limits. Max rows: {sheet.rows}, max columns: {sheet.columns}"
        )
    return Range(sheet, top, left, min(bottom, sheet.rows - 1), min(right, sheet.columns - 1), single)


def _span(first: str, last: str, size: int, read: Callable[[str], int]) -> tuple[int, int]:
    """Give the first and the last of rows or columns; an end that is not named is open."""
    low = read(first) if first else 0
    high = read(last) if last else size - 1
    return (min(low, high), max(low, high)) if first and last else (low, max(low, high))


def _sheet(book: HeldSpreadsheet, title: str) -> HeldSheet | None:
    if title.startswith("'") and title.endswith("'") and len(title) > 1:
        title = title[1:-1].replace("''", "'")
    return next((sheet for sheet in book.sheets if sheet.title.lower() == title.lower()), None)
