"""What spreadsheets hold: sheets, and the values of their cells."""

from typing import Any

from attrs import define, evolve, field, frozen

from briefingkit.testing.google.drive.world import DriveWorld, HeldFile, Kind

__all__ = ["SPREADSHEET", "Formula", "HeldMetadata", "HeldSheet", "HeldSpreadsheet", "SheetsWorld"]

SPREADSHEET = "application/vnd.google-apps.spreadsheet"


@frozen
class Formula:
    """A cell that is calculated, as it was entered: `=A1+1`. The double calculates nothing: `value` is what is said."""

    text: str
    value: Any = "#ERROR!"


@frozen
class HeldMetadata:
    """Developer metadata of a sheet, or of one of its columns or rows: `dimension` and `index`, from 0."""

    id: int
    key: str
    value: str
    visibility: str
    dimension: str | None = None
    index: int = 0


@define(eq=False)
class HeldSheet:
    """A sheet of a spreadsheet; `cells` are by row and column from 0, and only those that hold something.

    `protected` holds protected ranges by id, as the API shows them; `metadata` developer metadata by id; `unseen` the
    rows and columns that somebody hid, by dimension and index.
    """

    id: int
    title: str
    rows: int = 1000
    columns: int = 26
    hidden: bool = False
    frozen_rows: int = 0
    cells: dict[tuple[int, int], Any] = field(factory=dict)
    protected: dict[int, dict[str, Any]] = field(factory=dict)
    metadata: dict[int, HeldMetadata] = field(factory=dict)
    unseen: set[tuple[str, int]] = field(factory=set)

    def copied(self) -> "HeldSheet":
        """Give a copy that changes apart from this one."""
        return evolve(
            self,
            cells=dict(self.cells),
            protected=dict(self.protected),
            metadata=dict(self.metadata),
            unseen=set(self.unseen),
        )


@define(eq=False)
class HeldSpreadsheet:
    """A spreadsheet; its title is the name of its file in Drive, which has its id."""

    id: str
    sheets: list[HeldSheet] = field(factory=lambda: [HeldSheet(0, "Sheet1")])
    locale: str = "en_US"
    timezone: str = "Etc/GMT"


@define(eq=False)
class SheetsWorld:
    """All spreadsheets. Each is a file in Drive as well, and comes and goes with it."""

    drive: DriveWorld
    spreadsheets: dict[str, HeldSpreadsheet] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.drive.kinds[SPREADSHEET] = Kind(self._make, self._copy, self._remove)

    def _make(self, file: HeldFile) -> None:
        self.spreadsheets[file.id] = HeldSpreadsheet(file.id)

    def _copy(self, source: HeldFile, made: HeldFile) -> None:
        old = self.spreadsheets[source.id]
        sheets = [sheet.copied() for sheet in old.sheets]
        self.spreadsheets[made.id] = HeldSpreadsheet(made.id, sheets, old.locale, old.timezone)

    def _remove(self, name: str) -> None:
        del self.spreadsheets[name]
