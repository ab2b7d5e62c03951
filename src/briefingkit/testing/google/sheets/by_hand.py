"""What people do in a spreadsheet: make one, look at it, write into it."""

from typing import Any

from briefingkit.testing.google.drive.by_hand import DriveByHand
from briefingkit.testing.google.sheets.cells import read_cells, write_cells
from briefingkit.testing.google.sheets.ranges import parse_range
from briefingkit.testing.google.sheets.world import SPREADSHEET, SheetsWorld

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
        """Type values into cells, from the first cell of a range on."""
        with self._core.lock:
            found = parse_range(self._sheets.spreadsheets[name], where)
            write_cells(found, values, "ROWS", "USER_ENTERED")
