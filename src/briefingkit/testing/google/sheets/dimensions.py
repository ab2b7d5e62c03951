"""Rows and columns that come, go and move, and what moves along: cells, developer metadata, protected ranges.

Sources: the descriptions of InsertDimensionRequest, DeleteDimensionRequest, AppendDimensionRequest,
MoveDimensionRequest and DeveloperMetadata in the discovery document. That metadata of what is deleted goes with it, and
that a protected range spans what is left of it, is our reading.
"""

from collections.abc import Callable
from typing import Any

from attrs import evolve

from briefingkit.testing.google.sheets.ranges import bad_range
from briefingkit.testing.google.sheets.world import HeldSheet

__all__ = ["append_lines", "delete_lines", "insert_lines", "move_lines", "span"]

Moved = Callable[[int], int | None]
"""Where a row or column stands afterwards; None where it is gone."""


def span(sheet: HeldSheet, given: dict[str, Any]) -> tuple[str, int, int]:
    """Read a DimensionRange: its dimension, the first and the end. Raises a Refusal, 400, where it is none."""
    dimension = given.get("dimension", "")
    if dimension not in {"ROWS", "COLUMNS"}:
        raise bad_range("No dimension set.")
    size = _size(sheet, dimension)
    first, end = given.get("startIndex", 0), given.get("endIndex", size)
    if not 0 <= first < end:
        raise bad_range(f"range.startIndex[{first}] must be less than range.endIndex[{end}]")
    return dimension, first, end


def _size(sheet: HeldSheet, dimension: str) -> int:
    return sheet.rows if dimension == "ROWS" else sheet.columns


def insert_lines(sheet: HeldSheet, dimension: str, first: int, end: int) -> None:
    """Insert empty rows or columns before what stands at `first`."""
    if first > _size(sheet, dimension):
        raise bad_range(f"range.startIndex[{first}] is beyond the grid")
    number = end - first
    _resize(sheet, dimension, _size(sheet, dimension) + number)
    _move(sheet, dimension, lambda at: at if at < first else at + number)


def append_lines(sheet: HeldSheet, dimension: str, number: int) -> None:
    """Add empty rows or columns at the end."""
    if number < 1:
        raise bad_range("length must be positive")
    _resize(sheet, dimension, _size(sheet, dimension) + number)


def delete_lines(sheet: HeldSheet, dimension: str, first: int, end: int) -> None:
    """Delete rows or columns, and all that stands in them."""
    size = _size(sheet, dimension)
    if end > size:
        raise bad_range(f"Cannot delete a range that is beyond the grid: it has {size}, not {end}")
    if end - first >= size:
        raise bad_range(f"You can't delete all the {dimension.lower()} on the sheet.")
    number = end - first
    _move(sheet, dimension, lambda at: at if at < first else None if at < end else at - number)
    _resize(sheet, dimension, size - number)


def move_lines(sheet: HeldSheet, dimension: str, first: int, end: int, before: int) -> None:
    """Move rows or columns in front of what stands at `before`."""
    size = _size(sheet, dimension)
    if end > size or before > size or first < before < end:
        raise bad_range("destinationIndex is not where these can be moved to")
    order = [at for at in range(size) if not first <= at < end]
    place = before if before <= first else before - (end - first)
    order[place:place] = range(first, end)
    places = {at: new for new, at in enumerate(order)}
    _move(sheet, dimension, places.get)


def _resize(sheet: HeldSheet, dimension: str, size: int) -> None:
    if dimension == "ROWS":
        sheet.rows = size
    else:
        sheet.columns = size


def _move(sheet: HeldSheet, dimension: str, moved: Moved) -> None:
    rows = dimension == "ROWS"
    cells: dict[tuple[int, int], Any] = {}
    for (row, column), value in sheet.cells.items():
        new = moved(row if rows else column)
        if new is not None:
            cells[(new, column) if rows else (row, new)] = value
    sheet.cells = cells
    kept = {}
    for each in sheet.metadata.values():
        new = moved(each.index) if each.dimension == dimension else each.index
        if new is not None:
            kept[each.id] = evolve(each, index=new)
    sheet.metadata = kept
    unseen = {(name, moved(at) if name == dimension else at) for name, at in sheet.unseen}
    sheet.unseen = {(name, at) for name, at in unseen if at is not None}
    ranges = {name: _protected(each, dimension, moved) for name, each in sheet.protected.items()}
    sheet.protected = {name: each for name, each in ranges.items() if each is not None}


def _protected(given: dict[str, Any], dimension: str, moved: Moved) -> dict[str, Any] | None:
    name = "Row" if dimension == "ROWS" else "Column"
    start, end = f"start{name}Index", f"end{name}Index"
    where = given["range"]
    if end not in where:
        return given
    places = [new for at in range(where.get(start, 0), where[end]) if (new := moved(at)) is not None]
    if not places:
        return None
    return {**given, "range": {**where, start: min(places), end: max(places) + 1}}
