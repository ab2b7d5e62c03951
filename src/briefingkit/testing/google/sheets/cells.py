"""Values into cells and out of them.

Sources: the descriptions of ValueRange, ValueInputOption, ValueRenderOption, DateTimeRenderOption and `values.append`
in the discovery document; "Read & write cell values" (developers.google.com/workspace/sheets/api/guides/values).
Entered as by a user, a text that is a number, TRUE or FALSE becomes that, one that begins with = or + is a formula, and
an apostrophe before it keeps it a text; dates and currencies stay texts here, and a date that somebody types by hand as
one is a number of days, shown as 2026-06-11. A formula shows as #ERROR!, for the double calculates nothing, unless its
value is said. Where a table ends that one appends to is our reading of the guide: at an empty row.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from briefingkit.testing.google.sheets.ranges import Range, bad_range
from briefingkit.testing.google.sheets.world import Formula, HeldSheet

__all__ = ["read_cells", "serial", "table_at", "write_cells"]

_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's times have no zone
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\Z")


def _entered(value: Any, how: str) -> Any:
    if not isinstance(value, str | int | float | date):
        raise bad_range("Invalid values: a cell holds a text, a number or a truth.")
    if how == "RAW" or not isinstance(value, str):
        return value
    if value.startswith("'"):
        return value[1:]
    if _NUMBER.match(value):
        number = float(value)
        return int(number) if number.is_integer() else number
    if value[:1] in {"=", "+"} and len(value) > 1:
        return Formula(value)
    return {"TRUE": True, "FALSE": False}.get(value.upper(), value)


def serial(day: date) -> float:
    """Give a date or a time of a day as Sheets counts it: in days since 30 December 1899."""
    moment = day if isinstance(day, datetime) else datetime.combine(day, time())
    return (moment - _EPOCH) / timedelta(days=1)


def _rendered(value: Any, how: str, dates: str) -> Any:
    if isinstance(value, Formula):
        return value.text if how == "FORMULA" else _rendered(value.value, how, dates)
    if isinstance(value, date):
        return value.isoformat() if how == "FORMATTED_VALUE" or dates == "FORMATTED_STRING" else serial(value)
    if how != "FORMATTED_VALUE" or isinstance(value, str):
        return value
    return str(value).upper() if isinstance(value, bool) else f"{value:.10g}"


def _turned(values: list[list[Any]], dimension: str) -> Iterator[tuple[int, int, Any]]:
    for outer, line in enumerate(values):
        for inner, value in enumerate(line):
            yield (inner, outer, value) if dimension == "COLUMNS" else (outer, inner, value)


def write_cells(where: Range, values: list[list[Any]], dimension: str, how: str) -> Range:
    """Write values from the first cell of a range on; null skips a cell, an empty text clears it. Gives what it filled.

    Raises a Refusal, 400, where they do not fit: one cell stands for as many as there are, a larger range for itself.
    """
    sheet = where.sheet
    bottom, right = (sheet.rows - 1, sheet.columns - 1) if where.single else (where.bottom, where.right)
    placed = [
        (where.top + row, where.left + column, value) for row, column, value in _turned(values, dimension)
    ]
    for row, column, _ in placed:
        if row > bottom:
            raise bad_range(f"Requested writing within range [{where}], but tried writing to row [{row + 1}]")
        if column > right:
            raise bad_range(
                f"Requested writing within range [{where}], but tried writing to column [{column + 1}]"
            )
    entered = [(row, column, _entered(value, how)) for row, column, value in placed if value is not None]
    for row, column, value in entered:
        if value == "":
            sheet.cells.pop((row, column), None)
        else:
            sheet.cells[row, column] = value
    last_row = max((row for row, _, _ in placed), default=where.top)
    last_column = max((column for _, column, _ in placed), default=where.left)
    return Range(sheet, where.top, where.left, last_row, last_column)


def read_cells(where: Range, dimension: str, how: str, dates: str = "SERIAL_NUMBER") -> dict[str, Any]:
    """Read a range; empty rows and cells at the ends are left out, and all values where there are none.

    `how` is a ValueRenderOption, and `dates` a DateTimeRenderOption.
    """
    lines = [
        [
            _rendered(where.sheet.cells.get((row, column), ""), how, dates)
            for column in range(where.left, where.right + 1)
        ]
        for row in range(where.top, where.bottom + 1)
    ]
    if dimension == "COLUMNS":
        lines = [list(line) for line in zip(*lines, strict=True)]
    values = [_stripped(line) for line in lines]
    while values and not values[-1]:
        values.pop()
    shown = {"range": str(where), "majorDimension": dimension}
    return {**shown, "values": values} if values else shown


def _stripped(line: list[Any]) -> list[Any]:
    while line and line[-1] == "":
        line = line[:-1]
    return line


def table_at(where: Range) -> Range | None:
    """Find the last table that reaches into a range: cells that touch each other, and what is around them."""
    inside = [
        (row, column)
        for row, column in where.sheet.cells
        if where.top <= row <= where.bottom and where.left <= column <= where.right
    ]
    if not inside:
        return None
    row, column = max(inside)
    table = Range(where.sheet, row, column, row, column)
    while (larger := _grown(where.sheet, table)) != table:
        table = larger
    return table


def _grown(sheet: HeldSheet, table: Range) -> Range:
    near = [
        (row, column)
        for row, column in sheet.cells
        if table.top - 1 <= row <= table.bottom + 1 and table.left - 1 <= column <= table.right + 1
    ]
    rows, columns = [row for row, _ in near], [column for _, column in near]
    return Range(
        sheet,
        min(table.top, *rows, table.top),
        min(table.left, *columns, table.left),
        max(table.bottom, *rows, table.bottom),
        max(table.right, *columns, table.right),
    )
