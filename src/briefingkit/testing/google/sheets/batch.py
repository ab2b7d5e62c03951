"""The requests of `batchUpdate` that are about what is inside a sheet: lines, cells, protection, developer metadata.

Sources: the descriptions of these requests in the discovery document: ids of protected ranges and of metadata may be
given, and "it is an error to specify the ID of a range that already exists". That an id of metadata that is taken is
refused too, and the texts of refusals, is seen in public reports or our reading. Of cells the double keeps
`userEnteredValue`; errors are written by the server alone.
"""

from collections.abc import Callable
from itertools import count
from typing import Any

from briefingkit.testing.google.refusal import Refusal
from briefingkit.testing.google.sheets.dimensions import (
    append_lines,
    delete_lines,
    insert_lines,
    move_lines,
    span,
)
from briefingkit.testing.google.sheets.filters import matches, shown_metadata
from briefingkit.testing.google.sheets.ranges import bad_range
from briefingkit.testing.google.sheets.world import Formula, HeldMetadata, HeldSheet, HeldSpreadsheet

__all__ = ["INSIDE", "by_number"]

_LONGEST = 50_000
"""Characters of a cell, by the limits that Google names for Sheets."""


def by_number(book: HeldSpreadsheet, number: int) -> HeldSheet:
    """Find a sheet by its id; a Refusal, 400, where there is none."""
    for sheet in book.sheets:
        if sheet.id == number:
            return sheet
    raise bad_range(f"No grid with id: {number}")


def _lines(book: HeldSpreadsheet, given: dict[str, Any]) -> tuple[HeldSheet, str, int, int]:
    sheet = by_number(book, given.get("sheetId", 0))
    return sheet, *span(sheet, given)


def _insert(book: HeldSpreadsheet, request: dict[str, Any]) -> dict[str, Any]:
    insert_lines(*_lines(book, request.get("range", {})))
    return {}


def _append(book: HeldSpreadsheet, request: dict[str, Any]) -> dict[str, Any]:
    sheet = by_number(book, request.get("sheetId", 0))
    append_lines(sheet, request.get("dimension", ""), request.get("length", 0))
    return {}


def _delete(book: HeldSpreadsheet, request: dict[str, Any]) -> dict[str, Any]:
    delete_lines(*_lines(book, request.get("range", {})))
    return {}


def _move(book: HeldSpreadsheet, request: dict[str, Any]) -> dict[str, Any]:
    move_lines(*_lines(book, request.get("source", {})), request.get("destinationIndex", 0))
    return {}


def _change_lines(book: HeldSpreadsheet, request: dict[str, Any]) -> dict[str, Any]:
    if request.get("fields") != "hiddenByUser":
        raise Refusal(
            501, "notImplemented", "The double keeps of rows and columns only whether they are hidden."
        )
    sheet, dimension, first, end = _lines(book, request.get("range", {}))
    lines = {(dimension, at) for at in range(first, end)}
    hidden = request.get("properties", {}).get("hiddenByUser")
    sheet.unseen = sheet.unseen | lines if hidden else sheet.unseen - lines
    return {}


# Cells


def _update_cells(book: HeldSpreadsheet, request: dict[str, Any]) -> dict[str, Any]:
    if request.get("fields") != "userEnteredValue":
        raise Refusal(501, "notImplemented", "The double keeps of a cell only userEnteredValue.")
    if ("range" in request) == ("start" in request):
        raise bad_range("Exactly one of range and start must be set.")
    area = request.get("range") or request["start"]
    sheet = by_number(book, area.get("sheetId", 0))
    top = area.get("startRowIndex", area.get("rowIndex", 0))
    left = area.get("startColumnIndex", area.get("columnIndex", 0))
    rows = request.get("rows", [])
    bottom = area.get("endRowIndex", sheet.rows) if "range" in request else top + len(rows)
    for number, row in enumerate(rows):
        values = row.get("values", [])
        right = area.get("endColumnIndex", sheet.columns) if "range" in request else left + len(values)
        if top + number >= min(bottom, sheet.rows) or left + len(values) > min(right, sheet.columns):
            raise bad_range("Attempting to write cells outside of the grid, or of the range.")
    if "range" in request:
        _clear(sheet, top, left, bottom, area.get("endColumnIndex", sheet.columns))
    for number, row in enumerate(rows):
        for offset, cell in enumerate(row.get("values", [])):
            _put(sheet, (top + number, left + offset), cell.get("userEnteredValue", {}))
    return {}


def _clear(sheet: HeldSheet, top: int, left: int, bottom: int, right: int) -> None:
    inside = [(row, at) for row, at in sheet.cells if top <= row < bottom and left <= at < right]
    for place in inside:
        del sheet.cells[place]


def _put(sheet: HeldSheet, place: tuple[int, int], given: dict[str, Any]) -> None:
    if len(given) > 1 or "errorValue" in given:
        raise bad_range("A cell has one value, and no error.")
    for kind, value in given.items():
        if isinstance(value, str) and len(value) > _LONGEST:
            raise bad_range(
                f"Your input contains more than the maximum of {_LONGEST} characters in a single cell."
            )
        if kind == "formulaValue" and not value.startswith("="):
            raise bad_range("A formula begins with =.")
        if value != "":
            sheet.cells[place] = Formula(value) if kind == "formulaValue" else value
            return
    sheet.cells.pop(place, None)


# Protection and developer metadata


def _protect(book: HeldSpreadsheet, request: dict[str, Any]) -> dict[str, Any]:
    given = dict(request.get("protectedRange", {}))
    if "range" not in given:
        raise Refusal(501, "notImplemented", "The double protects only ranges.")
    sheet = by_number(book, given["range"].get("sheetId", 0))
    taken = {name for each in book.sheets for name in each.protected}
    number = given.get("protectedRangeId", next(n for n in count(1) if n not in taken))
    if number in taken:
        raise bad_range(f"A protected range with ID {number} already exists.")
    sheet.protected[number] = {**given, "protectedRangeId": number}
    return {"addProtectedRange": {"protectedRange": sheet.protected[number]}}


def _unprotect(book: HeldSpreadsheet, request: dict[str, Any]) -> dict[str, Any]:
    number = request.get("protectedRangeId", 0)
    for sheet in book.sheets:
        if number in sheet.protected:
            del sheet.protected[number]
            return {}
    raise bad_range(f"No protected range with ID: {number}")


def _mark(book: HeldSpreadsheet, request: dict[str, Any]) -> dict[str, Any]:
    given = request.get("developerMetadata", {})
    if not given.get("metadataKey") or given.get("visibility") not in {"DOCUMENT", "PROJECT"}:
        raise bad_range("Developer metadata must have a key and a visibility.")
    location = given.get("location", {})
    if location.get("spreadsheet"):
        raise Refusal(501, "notImplemented", "The double keeps no metadata of whole spreadsheets.")
    taken = {name for each in book.sheets for name in each.metadata}
    number = given.get("metadataId", next(n for n in count(1) if n not in taken))
    if number in taken or number < 1:
        raise bad_range(f"Developer metadata with ID {number} already exists, or cannot.")
    sheet, dimension, index = _location(book, location)
    sheet.metadata[number] = HeldMetadata(
        number, given["metadataKey"], given.get("metadataValue", ""), given["visibility"], dimension, index
    )
    return {"createDeveloperMetadata": {"developerMetadata": shown_metadata(sheet, sheet.metadata[number])}}


def _location(book: HeldSpreadsheet, location: dict[str, Any]) -> tuple[HeldSheet, str | None, int]:
    lines = location.get("dimensionRange")
    if lines is None:
        return by_number(book, location.get("sheetId", 0)), None, 0
    sheet, dimension, first, end = _lines(book, lines)
    size = sheet.rows if dimension == "ROWS" else sheet.columns
    if end - first != 1 or end > size:
        raise bad_range("The dimension range must be a single row or column.")
    return sheet, dimension, first


def _unmark(book: HeldSpreadsheet, request: dict[str, Any]) -> dict[str, Any]:
    found = list(matches(book, request.get("dataFilter", {})))
    for sheet, each in found:
        del sheet.metadata[each.id]
    gone = [shown_metadata(sheet, each) for sheet, each in found]
    return {"deleteDeveloperMetadata": {"deletedDeveloperMetadata": gone}}


INSIDE: dict[str, Callable[[HeldSpreadsheet, dict[str, Any]], dict[str, Any]]] = {
    "insertDimension": _insert,
    "appendDimension": _append,
    "deleteDimension": _delete,
    "moveDimension": _move,
    "updateCells": _update_cells,
    "addProtectedRange": _protect,
    "deleteProtectedRange": _unprotect,
    "createDeveloperMetadata": _mark,
    "deleteDeveloperMetadata": _unmark,
    "updateDimensionProperties": _change_lines,
}
