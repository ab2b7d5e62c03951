"""Steps as the requests of Sheets v4 that take them (spreadsheets.batchUpdate, values.batchUpdateByDataFilter).

Values are written where Google finds the column by its metadata at that moment, never by a place that was read before:
whatever people move meanwhile, nothing is written into a column of theirs. RAW, so that nothing is run as a formula.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from briefingkit_google.sheets.grid import (
    COLUMN_KEY,
    GUARD,
    HEADER_ID,
    SHEET_ID,
    Grid,
    column_id,
    next_guard,
)
from briefingkit_google.sheets.reconcile import Add, Build, Remove, Write
from briefingkit_google.sheets.table import KEY, Cell, Column

__all__ = ["add_requests", "build_requests", "find_sheet", "remove_requests", "values_body"]

Request = dict[str, Any]


def find_sheet() -> Request:
    """Ask for the sheet that carries our mark, whatever it is called."""
    return {"dataFilters": [{"developerMetadataLookup": {"metadataId": SHEET_ID}}]}


def build_requests(grid: Grid, build: Build, title: str) -> list[Request]:
    """Make what is missing. Done twice it is refused: no two metadata have one id."""
    taken = _take(grid, build, title) if build.fresh else ()
    return [*taken, *_build(grid, build)]


def _take(grid: Grid, build: Build, title: str) -> Iterator[Request]:
    """Take an empty sheet as ours."""
    wide = len(build.columns) - grid.size[1]
    if wide > 0:
        yield {"appendDimension": {"sheetId": grid.sheet, "dimension": "COLUMNS", "length": wide}}
    properties = {"sheetId": grid.sheet, "title": title, "gridProperties": {"frozenRowCount": 1}}
    fields = "title,gridProperties.frozenRowCount"
    yield {"updateSheetProperties": {"properties": properties, "fields": fields}}
    yield _marked(SHEET_ID, "briefingkit-sheet", "registrations", {"sheetId": grid.sheet})


def _build(grid: Grid, build: Build) -> Iterator[Request]:
    if build.header and not build.fresh:
        yield {"insertDimension": {"range": _lines(grid, "ROWS", 0), "inheritFromBefore": False}}
    if build.header and grid.header is not None:  # it stays with the row in which somebody's data are by now
        yield _unmarked(HEADER_ID)
    if build.header:
        yield _marked(HEADER_ID, "briefingkit-header", "header", _place(grid, "ROWS", 0))
    for at, column in build.columns:
        yield from _new_column(grid, at, column, insert=not build.fresh)
    if build.guard:
        made = {column.key: at for at, column in build.columns}
        yield _guard(grid, {**grid.columns, **made}[KEY])
    for key in build.drop:
        yield _unmarked(column_id(key))


def _new_column(grid: Grid, at: int, column: Column, *, insert: bool) -> Iterator[Request]:
    if insert:
        new = {"range": _lines(grid, "COLUMNS", at), "inheritFromBefore": False}
        yield {"insertDimension": new}
    yield _marked(column_id(column.key), COLUMN_KEY, column.key, _place(grid, "COLUMNS", at))
    if column.key == KEY:
        hidden = {"range": _lines(grid, "COLUMNS", at), "properties": {"hiddenByUser": True}}
        yield {"updateDimensionProperties": {**hidden, "fields": "hiddenByUser"}}


def remove_requests(grid: Grid, remove: Remove) -> list[Request]:
    """Remove rows, if no other run has added or removed any since the sheet was read."""
    rows = [
        {"deleteDimension": {"range": _lines(grid, "ROWS", first, end)}}
        for first, end in reversed([*_runs(remove.rows)])
    ]
    return [*_guarded(grid), *rows]


def add_requests(grid: Grid, add: Add) -> list[Request]:
    """Put in rows with their keys, if no other run has added or removed any since the sheet was read.

    A key is only ever written into a row that was put in with it, so that no row of anybody's is taken for another.
    """
    at = min(add.row, grid.size[0])
    if at < grid.size[0]:
        # Formats are those of the row above, unless that is the header.
        lines = {"range": _lines(grid, "ROWS", at, at + len(add.keys)), "inheritFromBefore": at > 1}
        room: Request = {"insertDimension": lines}
    else:
        room = {"appendDimension": {"sheetId": grid.sheet, "dimension": "ROWS", "length": len(add.keys)}}
    start = {"sheetId": grid.sheet, "rowIndex": at, "columnIndex": grid.columns[KEY]}
    rows = [{"values": [{"userEnteredValue": {"stringValue": key}}]} for key in add.keys]
    keys = {"updateCells": {"start": start, "rows": rows, "fields": "userEnteredValue"}}
    return [*_guarded(grid), room, keys]


def _guarded(grid: Grid) -> list[Request]:
    """Replace the guard: where another run has done so already, Google refuses all that stands beside this."""
    guards = [{"deleteProtectedRange": {"protectedRangeId": each}} for each in grid.guards]
    return [*guards, _guard(grid, grid.columns[KEY])]


def values_body(write: Write) -> Request:
    """Write cells, column by column; what stands between them is left alone (null skips a cell)."""
    data = [
        {
            "dataFilter": {"developerMetadataLookup": {"metadataId": column_id(key)}},
            "majorDimension": "COLUMNS",
            "values": [_column(rows)],
        }
        for key, rows in write.cells.items()
    ]
    return {"valueInputOption": "RAW", "data": data}


def _column(rows: Mapping[int, Cell]) -> list[Cell | None]:
    return [rows.get(row) for row in range(max(rows) + 1)]


def _guard(grid: Grid, at: int) -> Request:
    """Warn whoever changes the keys, in a column; people who are only warned can still sort."""
    where = {"sheetId": grid.sheet, "startColumnIndex": at, "endColumnIndex": at + 1}
    content = {"protectedRangeId": next_guard(grid), "range": where, "description": GUARD}
    return {"addProtectedRange": {"protectedRange": {**content, "warningOnly": True}}}


def _runs(rows: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """Put rows that follow on each other together, as the first and the end."""
    first = end = -1
    for row in sorted(rows):
        if row != end:
            if end > first:
                yield first, end
            first = row
        end = row + 1
    if end > first:
        yield first, end


def _marked(number: int, key: str, value: str, location: Request) -> Request:
    content = {"metadataId": number, "metadataKey": key, "metadataValue": value, "visibility": "DOCUMENT"}
    return {"createDeveloperMetadata": {"developerMetadata": {**content, "location": location}}}


def _unmarked(number: int) -> Request:
    return {"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": {"metadataId": number}}}}


def _place(grid: Grid, dimension: str, at: int) -> Request:
    return {"dimensionRange": _lines(grid, dimension, at)}


def _lines(grid: Grid, dimension: str, first: int, end: int | None = None) -> Request:
    last = first + 1 if end is None else end
    return {"sheetId": grid.sheet, "dimension": dimension, "startIndex": first, "endIndex": last}
