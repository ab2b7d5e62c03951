"""What has to be done to a sheet: decided from what stands there and what should, and from nothing else.

In order: what is missing of the sheet itself is made; rows of those who are no more on the list are removed; rows for
those who are new are put in, with nothing in them but their keys; then cells are written. A sheet is read anew between
these, so that each is decided on what is really there.
"""

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from attrs import field, frozen

from briefingkit_google.sheets.grid import Grid, Held
from briefingkit_google.sheets.table import CREATED, KEY, NUMBER, Cell, Column, Row, Table, number_of

__all__ = ["Add", "Build", "Remove", "Step", "Write", "next_step", "portions", "strangers"]

_CELLS: Final = 20_000
"""Cells that are written in one request; Google advises two megabytes at most."""


@frozen
class Build:
    """Make what is missing of the sheet: columns, by where they go in; the row of headers.

    `fresh` says that the sheet is an empty one that is taken as it is; `guard`, that the keys are to be protected;
    `drop` are columns of ours that are no more wanted and are empty by now.
    """

    columns: tuple[tuple[int, Column], ...] = ()
    header: bool = False
    fresh: bool = False
    guard: bool = False
    drop: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != Build()


@frozen
class Remove:
    """Remove rows, from 0: of people who are no more on the list, and copies of rows with nothing else in them."""

    rows: tuple[int, ...]


@frozen
class Add:
    """Put in a row for each key, from a row on, whatever stands there by then moving down."""

    keys: tuple[str, ...]
    row: int


@frozen
class Write:
    """Write cells, by the key of the column and the row. `changed` are the keys of the rows, by row."""

    cells: Mapping[str, Mapping[int, Cell]] = field(repr=False)
    changed: Mapping[int, str] = field(factory=dict)


Step: TypeAlias = Build | Remove | Add | Write


def next_step(grid: Grid, table: Table, *, fresh: bool) -> Step | None:
    """Say what to do next; None where all is as it should be. `fresh`: the sheet does not carry our mark yet."""
    if build := _fresh(table) if fresh else _build(grid, table):
        return build
    if rows := tuple(_removed(grid, table)):
        return Remove(rows)
    keyed = _keyed(grid, table)
    if new := tuple(row.key for row in table.rows if row.key not in keyed):
        return Add(new, _first_free(grid, _header(grid, table) or 0))
    if write := _write(grid, table):
        return write
    stale = tuple(key for key in grid.columns if key not in {each.key for each in table.columns})
    return Build(drop=stale) if stale else None


def strangers(grid: Grid, table: Table) -> int:
    """Count the rows below the headers that hold something in our columns and have no key of ours: people's own."""
    header = _header(grid, table) or 0
    keyed = {row for rows in _keyed(grid, table).values() for row in rows}
    ours = [at for key, at in grid.columns.items() if key != KEY]
    others = (row for row in range(header + 1, len(grid.rows)) if row not in keyed)
    return sum(any(_holds(grid.cell(row, at)) for at in ours) for row in others)


# What is there


def _header(grid: Grid, table: Table) -> int | None:
    """Find the row of the headers: it has a key as well, should people have sorted it among the others."""
    for row in range(len(grid.rows)):
        if _key(grid, row) == KEY:
            return row
    if grid.header is None or number_of(table.briefing, _key(grid, grid.header)) is not None:
        return None
    return grid.header


def _keyed(grid: Grid, table: Table) -> dict[str, list[int]]:
    """Find the rows of ours, by key.

    One whose key was taken away or written over is known by its number together with the time of registration.
    """
    known: dict[tuple[Held, Held], str] = {
        (row.cells[NUMBER], row.cells[CREATED]): row.key for row in table.rows
    }
    places = [grid.columns.get(table.columns[at].key, -1) for at in (NUMBER, CREATED)]
    found: dict[str, list[int]] = {}
    for row in range(len(grid.rows)):
        key = _key(grid, row)
        if not isinstance(key, str) or number_of(table.briefing, key) is None:
            key = known.get((_plain(grid.cell(row, places[0])), _plain(grid.cell(row, places[1]))))
        if key is not None:
            found.setdefault(key, []).append(row)
    return found


def _plain(cell: Held) -> Held:
    return None if isinstance(cell, bool) else cell


def _key(grid: Grid, row: int) -> Held:
    return grid.cell(row, grid.columns[KEY]) if KEY in grid.columns else None


def _holds(cell: Held) -> bool:
    """Whether something stands in a cell; a check box that nobody ticked is nothing."""
    return cell is not None and cell is not False


# Building


def _fresh(table: Table) -> Build:
    return Build(tuple(enumerate(table.columns)), header=True, fresh=True, guard=True)


def _build(grid: Grid, table: Table) -> Build:
    places: list[tuple[int, Column]] = []
    at, after = dict(grid.columns), -1
    for column in table.columns:
        if column.key not in at:
            place = after + 1
            places.append((place, column))
            at = {key: held + (held >= place) for key, held in at.items()} | {column.key: place}
        after = at[column.key]
    if places:
        return Build(tuple(places))
    return Build(header=_header(grid, table) is None, guard=not grid.guards)


# Removing


def _removed(grid: Grid, table: Table) -> Iterator[int]:
    """Find rows of ours that are wanted no more, and copies that hold nothing else than what the first one holds."""
    wanted = {row.key for row in table.rows}
    ours = set(grid.columns.values())
    for key, rows in _keyed(grid, table).items():
        if key not in wanted:
            yield from rows
            continue
        first = _others(grid, rows[0], ours)
        yield from (row for row in rows[1:] if _others(grid, row, ours) in ({}, first))


def _others(grid: Grid, row: int, ours: set[int]) -> dict[int, Held]:
    """Give what people have written beside a row of ours."""
    return {at: cell for at, cell in enumerate(grid.rows[row]) if at not in ours and _holds(cell)}


# Writing


def _write(grid: Grid, table: Table) -> Write | None:
    keyed, header = _keyed(grid, table), _header(grid, table) or 0
    cells: dict[str, dict[int, Cell]] = {column.key: {} for column in table.columns}
    _put(grid, table, Row(KEY, tuple(each.header for each in table.columns)), header, cells)
    changed = dict[int, str]()
    for row in table.rows:
        changed |= {
            place: row.key for place in keyed.get(row.key, ()) if _put(grid, table, row, place, cells)
        }
    cells |= _blanks(grid, cells)
    full = {key: rows for key, rows in cells.items() if rows}
    return Write(full, changed) if full else None


def _put(grid: Grid, table: Table, row: Row, place: int, cells: dict[str, dict[int, Cell]]) -> bool:
    """Note the cells of a row that are not as they should be; False where all are."""
    wrong = False
    for column, cell in zip(table.columns, row.cells, strict=True):
        if not _same(grid.cell(place, grid.columns[column.key]), cell):
            cells[column.key][place] = cell
            wrong = True
    return wrong


def _same(held: Held, wanted: Cell) -> bool:
    if held is None or isinstance(held, bool):
        return held is None and wanted == ""
    return held == wanted and isinstance(held, str) == isinstance(wanted, str)


def _blanks(grid: Grid, wanted: Mapping[str, object]) -> dict[str, dict[int, Cell]]:
    """Note what still stands in columns of ours that are no more wanted: it goes, and the column is people's then."""
    stale = {key: at for key, at in grid.columns.items() if key not in wanted}
    return {
        key: {row: "" for row in range(len(grid.rows)) if grid.cell(row, at) is not None}
        for key, at in stale.items()
    }


def _first_free(grid: Grid, header: int) -> int:
    """Find the row after the last one that holds anything."""
    return max((row for row, line in enumerate(grid.rows) if any(map(_holds, line))), default=header) + 1


def portions(write: Write) -> Iterator[Write]:
    """Cut what is to be written into requests, row by row: a row is never in two of them."""
    by_row: dict[int, dict[str, Cell]] = {}
    for key, rows in write.cells.items():
        for row, cell in rows.items():
            by_row.setdefault(row, {})[key] = cell
    taken, number = dict[int, dict[str, Cell]](), 0
    for row in sorted(by_row):
        if taken and number + len(by_row[row]) > _CELLS:
            yield _portion(write, taken)
            taken, number = {}, 0
        taken[row] = by_row[row]
        number += len(by_row[row])
    yield _portion(write, taken)


def _portion(write: Write, taken: Mapping[int, Mapping[str, Cell]]) -> Write:
    cells = {key: {row: line[key] for row, line in taken.items() if key in line} for key in write.cells}
    return Write(
        {key: rows for key, rows in cells.items() if rows},
        {row: key for row, key in write.changed.items() if row in taken},
    )
