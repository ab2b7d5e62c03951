"""A sheet as Google gives it (spreadsheets.getByDataFilter of sheets v4), read into what we look at.

The columns of ours are known by developer metadata, which stay with them wherever people move them; our rows by the key
that stands in one of those columns, which stays with a row when people sort.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, Final, TypeAlias

from attrs import field, frozen

from briefingkit_google.unchecked import list_in, mapping_in, text_in

__all__ = [
    "COLUMN_KEY",
    "FIELDS",
    "GUARD",
    "HEADER_ID",
    "SHEET_ID",
    "Grid",
    "Held",
    "column_id",
    "first_sheet",
    "next_guard",
    "read_grid",
    "titles",
]

FIELDS: Final = (
    "sheets(properties(sheetId,title,gridProperties(rowCount,columnCount)),"
    "protectedRanges(protectedRangeId,description),developerMetadata(metadataId),"
    "data(columnMetadata(developerMetadata(metadataId,metadataKey,metadataValue)),"
    "rowMetadata(developerMetadata(metadataId)),rowData(values(userEnteredValue))))"
)
COLUMN_KEY: Final = "briefingkit-column"
GUARD: Final = "Kept by briefingkit: what is changed in these columns is put back"
"""The description of the protected range that is ours."""

Held: TypeAlias = str | float | bool | None
"""What stands in a cell: None for nothing; a formula is a text with a zero byte before it, as no text of ours is."""


def _number(*parts: str) -> int:
    """Derive an id as Google takes it: positive, 31 bits."""
    return int(sha256("\n".join(("briefingkit", *parts)).encode()).hexdigest()[:8], 16) % (2**31 - 1) + 1


SHEET_ID: Final = _number("sheet")
HEADER_ID: Final = _number("header")


def column_id(key: str) -> int:
    """Derive the id of the metadata of a column: a second one under it is refused, so no column is made twice."""
    return _number("column", key)


def next_guard(grid: "Grid") -> int:
    """Derive the id of the protected range that follows on the one that is there: a chain, so that none comes again."""
    number = _number("guard", str(grid.guards[0] if grid.guards else None))
    while number in grid.protected:  # somebody gave one of ours another description
        number = _number("guard", str(number))
    return number


@frozen
class Grid:
    """One sheet. `columns` are ours by key, `size` its rows and columns; rows and columns are counted from 0.

    `header` is the row that was marked as that of the headers, None where it is gone; `protected` are the ids of the
    protected ranges, `guards` of those that are ours. `rows` are all up to the last that holds something, cell by cell.
    """

    sheet: int
    size: tuple[int, int]
    header: int | None
    columns: Mapping[str, int]
    guards: tuple[int, ...]
    rows: tuple[tuple[Held, ...], ...] = field(repr=False)
    protected: frozenset[int] = frozenset()

    def cell(self, row: int, column: int) -> Held:
        """Give what stands in a cell."""
        line = self.rows[row] if row < len(self.rows) else ()
        return line[column] if column < len(line) else None

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all stands in it."""
        return all(cell is None for line in self.rows for cell in line)


def read_grid(answer: Mapping[str, Any]) -> Grid | None:
    """Read the sheet that carries our mark; None where there is none."""
    for raw in list_in(answer.get("sheets")):
        marks = list_in(mapping_in(raw).get("developerMetadata"))
        if any(mapping_in(mark).get("metadataId") == SHEET_ID for mark in marks):
            return _grid(mapping_in(raw))
    return None


def first_sheet(answer: Mapping[str, Any]) -> Grid | None:
    """Read the first sheet of a spreadsheet in which ours is not there yet."""
    found = list_in(answer.get("sheets"))
    return _grid(mapping_in(found[0])) if found else None


def titles(answer: Mapping[str, Any]) -> set[str]:
    """Give what the sheets after the first are called, in one case: Google tells titles apart without it."""
    found = [mapping_in(mapping_in(raw).get("properties")) for raw in list_in(answer.get("sheets"))[1:]]
    return {str(each.get("title", "")).casefold() for each in found}


def _grid(raw: Mapping[str, Any]) -> Grid:
    properties = mapping_in(raw.get("properties"))
    size = mapping_in(properties.get("gridProperties"))
    data = mapping_in(next(iter(list_in(raw.get("data"))), None))
    columns = {
        key: at for at, mark in _marks(data.get("columnMetadata")) if (key := _column_of(mark)) is not None
    }
    headers = [at for at, mark in _marks(data.get("rowMetadata")) if mark.get("metadataId") == HEADER_ID]
    protected = [
        each for each in map(mapping_in, list_in(raw.get("protectedRanges"))) if "protectedRangeId" in each
    ]
    guards = sorted(int(each["protectedRangeId"]) for each in protected if each.get("description") == GUARD)
    return Grid(
        int(properties.get("sheetId", 0)),
        (int(size.get("rowCount", 0)), int(size.get("columnCount", 0))),
        headers[0] if headers else None,
        columns,
        tuple(guards),
        tuple(map(_line, list_in(data.get("rowData")))),
        frozenset(int(each["protectedRangeId"]) for each in protected),
    )


def _marks(lines: Any) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for at, line in enumerate(list_in(lines)):
        for mark in list_in(mapping_in(line).get("developerMetadata")):
            yield at, mapping_in(mark)


def _column_of(mark: Mapping[str, Any]) -> str | None:
    """Tell a column of ours: one that somebody copied with its mark has another id."""
    key = text_in(mark.get("metadataValue"))
    ours = mark.get("metadataKey") == COLUMN_KEY and key is not None
    return key if ours and mark.get("metadataId") == column_id(str(key)) else None


def _line(raw: Any) -> tuple[Held, ...]:
    return tuple(_cell(each) for each in list_in(mapping_in(raw).get("values")))


def _cell(raw: Any) -> Held:
    entered = mapping_in(mapping_in(raw).get("userEnteredValue"))
    for kind, value in entered.items():
        if kind == "formulaValue":
            return f"\0{value}"
        if isinstance(value, str | int | float):
            return value
        return f"\0{kind}"
    return None
