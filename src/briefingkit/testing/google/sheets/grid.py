"""Grid data of `spreadsheets.get`: cells with what was entered into them, and what is known of columns and rows.

Sources: the descriptions of GridData, DimensionProperties, CellData and `spreadsheets.get` in the discovery document:
grid data are given where a field mask names them, or else where `includeGridData` says so; with `ranges` or data
filters, of what they meet. That rows and cells after the last that hold something are left out is seen; formats and
notes are not kept, and the double calculates nothing.
"""

from datetime import date
from typing import Any

from briefingkit.testing.google.call import Call
from briefingkit.testing.google.partial import Selection, parse_fields
from briefingkit.testing.google.sheets.cells import serial
from briefingkit.testing.google.sheets.filters import filtered, shown_metadata
from briefingkit.testing.google.sheets.ranges import Range, parse_range
from briefingkit.testing.google.sheets.world import Formula, HeldSheet, HeldSpreadsheet

__all__ = ["grids"]

_PARTS = ("columnMetadata", "rowMetadata", "rowData")


def grids(book: HeldSpreadsheet, call: Call) -> list[tuple[HeldSheet, list[dict[str, Any]]]]:
    """Give the sheets that a call is about, each with the grid data that it asks for. Raises a Refusal, 400."""
    if "dataFilters" in call.body:
        ranges = [where for given in call.body["dataFilters"] for where in filtered(book, given)]
    else:
        named = [parse_range(book, text) for text in call.query.get("ranges", ())]
        ranges = named or [Range(each, 0, 0, each.rows - 1, each.columns - 1) for each in book.sheets]
    asked = _asked(call)
    found = []
    for sheet in book.sheets:
        here = [each for each in ranges if each.sheet is sheet]
        if here:
            found.append((sheet, [_grid(each, asked) for each in here] if asked else []))
    return found


def _asked(call: Call) -> set[str]:
    """Tell which parts of the grid data are wanted: an answer of a thousand rows that nobody reads is not made."""
    if "fields" not in call.query:
        wanted = call.query.get("includeGridData") or call.body.get("includeGridData")
        return set(_PARTS) if wanted else set()
    selection: Selection = parse_fields(call.query["fields"])
    if "*" in selection:
        return set(_PARTS)
    sheets = selection.get("sheets")
    if sheets is None:
        return set()
    data = {} if not sheets or "*" in sheets else sheets.get("data")
    if data is None:
        return set()
    return {part for part in _PARTS if not data or "*" in data or part in data}


def _grid(where: Range, asked: set[str]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    if where.top:
        shown["startRow"] = where.top
    if where.left:
        shown["startColumn"] = where.left
    if "columnMetadata" in asked:
        shown["columnMetadata"] = _lines(where.sheet, "COLUMNS", where.left, where.right)
    if "rowMetadata" in asked:
        shown["rowMetadata"] = _lines(where.sheet, "ROWS", where.top, where.bottom)
    if "rowData" in asked:
        shown["rowData"] = _rows(where)
    return shown


def _lines(sheet: HeldSheet, dimension: str, first: int, last: int) -> list[dict[str, Any]]:
    held = [each for each in sheet.metadata.values() if each.dimension == dimension]
    shown = []
    for at in range(first, last + 1):
        here = [shown_metadata(sheet, each) for each in held if each.index == at]
        hidden = {"hiddenByUser": True} if (dimension, at) in sheet.unseen else {}
        shown.append({"pixelSize": 100, **hidden, **({"developerMetadata": here} if here else {})})
    return shown


def _rows(where: Range) -> list[dict[str, Any]]:
    by_row: dict[int, dict[int, Any]] = {}
    for (row, column), value in where.sheet.cells.items():
        if where.top <= row <= where.bottom and where.left <= column <= where.right:
            by_row.setdefault(row, {})[column] = value
    rows = []
    for row in range(where.top, max(by_row, default=where.top - 1) + 1):
        cells = by_row.get(row, {})
        last = max(cells, default=where.left - 1)
        values = [_cell(cells[at]) if at in cells else {} for at in range(where.left, last + 1)]
        rows.append({"values": values} if values else {})
    return rows


def _cell(value: Any) -> dict[str, Any]:
    if isinstance(value, Formula):
        entered: dict[str, Any] = {"formulaValue": value.text}
    elif isinstance(value, bool):
        entered = {"boolValue": value}
    elif isinstance(value, date):
        entered = {"numberValue": serial(value)}
    else:
        entered = {"stringValue" if isinstance(value, str) else "numberValue": value}
    return {"userEnteredValue": entered}
