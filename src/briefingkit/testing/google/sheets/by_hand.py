"""What people do in a spreadsheet: make one, look at it, write into it, sort it, move its columns about."""

from typing import Any

from briefingkit.testing.google.drive.by_hand import DriveByHand
from briefingkit.testing.google.sheets.cells import read_cells, write_cells
from briefingkit.testing.google.sheets.dimensions import delete_lines, insert_lines, move_lines
from briefingkit.testing.google.sheets.ranges import parse_range
from briefingkit.testing.google.sheets.world import SPREADSHEET, Formula, HeldSheet, SheetsWorld

__all__ = ["SheetsByHand"]


class SheetsByHand(DriveByHand):
    """The part of the double that stands for people with spreadsheets, which are named by id."""

    _sheets: SheetsWorld

    def make_spreadsheet(self, title: str, *, parent: str | None = None, owner: str | None = None) -> str:
        """Make a spreadsheet with one empty sheet, `Sheet1`; gives its id."""
        return self._made(title, SPREADSHEET, parent, owner)

    def cells(self, name: str, where: str) -> list[list[Any]]:
        """Give the values in a range, formulas as they were entered."""
        with self._core.lock:
            found = parse_range(self._sheets.spreadsheets[name], where)
            values: list[list[Any]] = read_cells(found, "ROWS", "FORMULA").get("values", [])
            return values

    def type_cells(self, name: str, where: str, values: list[list[Any]]) -> None:
        """Type values into cells, from the first cell of a range on; a `date` or `datetime` becomes a date."""
        with self._core.lock:
            found = parse_range(self._sheets.spreadsheets[name], where)
            write_cells(found, values, "ROWS", "USER_ENTERED")

    def type_formula(self, name: str, where: str, formula: str, value: Any) -> None:
        """Type a formula into a cell, and say what it comes to, for the double calculates nothing."""
        with self._core.lock:
            place = parse_range(self._sheets.spreadsheets[name], where)
            place.sheet.cells[place.top, place.left] = Formula(formula, value)

    # Lines of the first sheet; rows and columns are counted from 0

    def insert_lines(self, name: str, dimension: str, at: int, number: int = 1) -> None:
        """Insert empty `ROWS` or `COLUMNS` before what stands at a place."""
        with self._core.lock:
            insert_lines(self._first(name), dimension, at, at + number)

    def delete_lines(self, name: str, dimension: str, at: int, number: int = 1) -> None:
        """Delete `ROWS` or `COLUMNS`, and all that stands in them."""
        with self._core.lock:
            delete_lines(self._first(name), dimension, at, at + number)

    def move_lines(self, name: str, dimension: str, at: int, before: int) -> None:
        """Move a row or column in front of another."""
        with self._core.lock:
            move_lines(self._first(name), dimension, at, at + 1, before)

    def sort_rows(self, name: str, column: int, *, backwards: bool = False, header: int = 1) -> None:
        """Sort the rows below the header by what stands in a column; rows with nothing there come last.

        Values move, and what is known of a row as such does not: its metadata stay where they are.
        """
        with self._core.lock:
            sheet = self._first(name)
            rows = sorted({row for row, _ in sheet.cells if row >= header})
            full = [row for row in rows if (row, column) in sheet.cells]
            full.sort(key=lambda row: _order(sheet.cells[row, column]), reverse=backwards)
            order = [*full, *(row for row in rows if row not in set(full))]
            places = {old: header + new for new, old in enumerate(order)}
            sheet.cells = {(places.get(row, row), each): value for (row, each), value in sheet.cells.items()}

    def _first(self, name: str) -> HeldSheet:
        return self._sheets.spreadsheets[name].sheets[0]


def _order(value: Any) -> tuple[bool, float, str]:
    """Order numbers before all else, which goes by its text."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return not number, float(value) if number else 0.0, "" if number else str(value)
