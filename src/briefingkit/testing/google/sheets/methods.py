"""The methods of `spreadsheets` and `spreadsheets.values`, as far as the double keeps them.

Sources: the descriptions of these methods in the discovery document. A mistake in a batch is told as "Invalid
requests[0].…", as in Forms; that a service account has no Drive to make a spreadsheet in is seen in public reports
(403). Of the requests of `batchUpdate` sheets can be added, changed and deleted, and what `batch` has; any other
answers 501.
"""

from typing import Any

from briefingkit.testing.google.call import Answer, Call
from briefingkit.testing.google.drive.access import only_own_files, rank, role_of
from briefingkit.testing.google.drive.files import owned
from briefingkit.testing.google.drive.world import HeldFile
from briefingkit.testing.google.refusal import Refusal
from briefingkit.testing.google.sheets.batch import INSIDE, by_number
from briefingkit.testing.google.sheets.cells import read_cells, table_at, write_cells
from briefingkit.testing.google.sheets.filters import filtered, shown_metadata
from briefingkit.testing.google.sheets.grid import grids
from briefingkit.testing.google.sheets.ranges import Range, bad_range, parse_range
from briefingkit.testing.google.sheets.world import SPREADSHEET, HeldSheet, HeldSpreadsheet, SheetsWorld

__all__ = ["RULES"]


def _find(world: SheetsWorld, call: Call, least: str = "reader") -> HeldSpreadsheet:
    name = call.path["spreadsheetId"]
    book, file = world.spreadsheets.get(name), world.drive.files.get(name)
    if book is None or file is None or (only_own_files(call) and not file.by_app):
        raise Refusal(404, "notFound", "Requested entity was not found.")
    if rank(role_of(world.drive, file, call.caller.email)) < rank(least):
        raise Refusal(403, "forbidden", "The caller does not have permission")
    return book


def _show(world: SheetsWorld, book: HeldSpreadsheet) -> dict[str, Any]:
    title = world.drive.files[book.id].name
    return {
        "spreadsheetId": book.id,
        "spreadsheetUrl": f"https://docs.google.com/spreadsheets/d/{book.id}/edit",
        "properties": {"title": title, "locale": book.locale, "timeZone": book.timezone},
        "sheets": [_show_sheet(sheet, place) for place, sheet in enumerate(book.sheets)],
    }


def _show_sheet(sheet: HeldSheet, place: int) -> dict[str, Any]:
    shown: dict[str, Any] = {"properties": _properties(sheet, place)}
    if sheet.protected:
        shown["protectedRanges"] = list(sheet.protected.values())
    own = [shown_metadata(sheet, each) for each in sheet.metadata.values() if each.dimension is None]
    return {**shown, "developerMetadata": own} if own else shown


def _properties(sheet: HeldSheet, place: int) -> dict[str, Any]:
    grid = {"rowCount": sheet.rows, "columnCount": sheet.columns}
    if sheet.frozen_rows:
        grid["frozenRowCount"] = sheet.frozen_rows
    shown = {
        "sheetId": sheet.id,
        "title": sheet.title,
        "index": place,
        "sheetType": "GRID",
        "gridProperties": grid,
    }
    return {**shown, "hidden": True} if sheet.hidden else shown


def _create(world: SheetsWorld, call: Call) -> Answer:
    if call.caller.alone:
        raise Refusal(403, "forbidden", "The caller does not have permission")
    properties = call.body.get("properties", {})
    book = HeldSpreadsheet(world.drive.name("file"))
    if call.body.get("sheets"):
        book.sheets = []
        for each in call.body["sheets"]:
            _add_sheet(book, each.get("properties", {}))
    book.locale = properties.get("locale", book.locale)
    book.timezone = properties.get("timeZone", book.timezone)
    email, at = call.caller.email, call.at
    title = properties.get("title") or "Untitled spreadsheet"
    file = HeldFile(book.id, title, SPREADSHEET, world.drive.root(email), at, at, by_app=True)
    world.drive.files[book.id], world.spreadsheets[book.id] = owned(file, email), book
    return Answer(_show(world, book))


def _get(world: SheetsWorld, call: Call) -> Answer:
    book = _find(world, call)
    shown = _show(world, book)
    properties = {each["properties"]["sheetId"]: each for each in shown["sheets"]}
    found = grids(book, call)
    sheets = [{**properties[sheet.id], **({"data": data} if data else {})} for sheet, data in found]
    return Answer({**shown, "sheets": sheets})


# Sheets


def _add_sheet(book: HeldSpreadsheet, properties: dict[str, Any]) -> HeldSheet:
    taken = {sheet.id for sheet in book.sheets}
    number = properties.get("sheetId", next(n for n in range(len(taken) + 1) if n not in taken))
    if number in taken or number < 0:
        raise bad_range(f"A sheet with the id {number} already exists, or cannot.")
    sheet = HeldSheet(number, f"Sheet{len(book.sheets) + 1}")
    index = properties.get("index", len(book.sheets))
    book.sheets.insert(index, sheet)
    _set_properties(book, sheet, properties)
    return sheet


def _set_properties(book: HeldSpreadsheet, sheet: HeldSheet, properties: dict[str, Any]) -> None:
    title = properties.get("title", sheet.title)
    if any(other.title.lower() == title.lower() for other in book.sheets if other is not sheet):
        raise bad_range(f'A sheet with the name "{title}" already exists. Please enter another name.')
    grid = properties.get("gridProperties", {})
    sheet.title, sheet.hidden = title, bool(properties.get("hidden", sheet.hidden))
    sheet.rows, sheet.columns = grid.get("rowCount", sheet.rows), grid.get("columnCount", sheet.columns)
    sheet.frozen_rows = grid.get("frozenRowCount", sheet.frozen_rows)
    inside = {place for place in sheet.cells if place[0] < sheet.rows and place[1] < sheet.columns}
    sheet.cells = {place: value for place, value in sheet.cells.items() if place in inside}


_MASKS = {
    "title",
    "hidden",
    "gridProperties.rowCount",
    "gridProperties.columnCount",
    "gridProperties.frozenRowCount",
}


def _change_sheet(book: HeldSpreadsheet, request: dict[str, Any]) -> dict[str, Any]:
    properties, names = request.get("properties", {}), request.get("fields", "").split(",")
    sheet = by_number(book, properties.get("sheetId", 0))
    if not set(names) <= _MASKS:
        raise Refusal(501, "notImplemented", f"The double keeps of a sheet only {sorted(_MASKS)}.")
    grid = properties.get("gridProperties", {})
    kept = {name: value for name, value in properties.items() if name in names}
    kept["gridProperties"] = {name: grid[name] for name in grid if f"gridProperties.{name}" in names}
    _set_properties(book, sheet, kept)
    return {}


def _delete_sheet(book: HeldSpreadsheet, request: dict[str, Any]) -> dict[str, Any]:
    sheet = by_number(book, request.get("sheetId", 0))
    if len(book.sheets) == 1:
        raise bad_range("You can't remove all the sheets in a document.")
    book.sheets.remove(sheet)
    return {}


def _batch(world: SheetsWorld, call: Call) -> Answer:
    book = _find(world, call, "writer")
    requests = call.body.get("requests", [])
    if not requests:
        raise bad_range("Must specify at least one request.")
    changed = HeldSpreadsheet(book.id, [sheet.copied() for sheet in book.sheets])
    replies = [_do(changed, request, number) for number, request in enumerate(requests)]
    book.sheets = changed.sheets
    world.drive.touch(world.drive.files[book.id])
    answer: dict[str, Any] = {"spreadsheetId": book.id, "replies": replies}
    if call.body.get("includeSpreadsheetInResponse"):
        answer["updatedSpreadsheet"] = _show(world, book)
    return Answer(answer)


def _do(book: HeldSpreadsheet, request: dict[str, Any], number: int) -> dict[str, Any]:
    if len(request) != 1:
        raise bad_range(f"Invalid requests[{number}]: No request set.")
    [(kind, content)] = request.items()
    try:
        if kind == "addSheet":
            sheet = _add_sheet(book, content.get("properties", {}))
            return {"addSheet": {"properties": _properties(sheet, book.sheets.index(sheet))}}
        if kind == "deleteSheet":
            return _delete_sheet(book, content)
        if kind == "updateSheetProperties":
            return _change_sheet(book, content)
        if kind in INSIDE:
            return INSIDE[kind](book, content)
    except Refusal as refusal:
        message = f"Invalid requests[{number}].{kind}: {refusal.message}"
        raise Refusal(refusal.status, refusal.reason, message) from None
    raise Refusal(501, "notImplemented", f"The double does not keep {kind}.")


# Values


def _how(call: Call, body: dict[str, Any] | None = None) -> str:
    how = (call.query if body is None else body).get("valueInputOption", "INPUT_VALUE_OPTION_UNSPECIFIED")
    if how == "INPUT_VALUE_OPTION_UNSPECIFIED":
        raise bad_range("'valueInputOption' is required but not specified")
    return str(how)


def _dimension(given: Any) -> str:
    return "COLUMNS" if given == "COLUMNS" else "ROWS"


def _read(world: SheetsWorld, call: Call) -> Answer:
    book = _find(world, call)
    return Answer(_values(call, parse_range(book, call.path["range"])))


def _values(call: Call, where: Range) -> dict[str, Any]:
    render = call.query.get("valueRenderOption", "FORMATTED_VALUE")
    dates = call.query.get("dateTimeRenderOption", "SERIAL_NUMBER")
    return read_cells(where, _dimension(call.query.get("majorDimension")), render, dates)


def _read_many(world: SheetsWorld, call: Call) -> Answer:
    book = _find(world, call)
    ranges = [parse_range(book, text) for text in call.query.get("ranges", ())]
    found = [_values(call, where) for where in ranges]
    return Answer({"spreadsheetId": book.id, "valueRanges": found})


def _written(book: HeldSpreadsheet, where: Range, values: Any, *, shown: dict[str, Any]) -> dict[str, Any]:
    cells = sum(value is not None for line in values for value in line)
    answer: dict[str, Any] = {"spreadsheetId": book.id, "updatedRange": str(where)}
    if cells:
        rows, columns = where.bottom - where.top + 1, where.right - where.left + 1
        answer |= {"updatedRows": rows, "updatedColumns": columns, "updatedCells": cells}
    if shown.get("includeValuesInResponse"):
        render = shown.get("responseValueRenderOption", "FORMATTED_VALUE")
        answer["updatedData"] = read_cells(where, "ROWS", render)
    return answer


def _write(world: SheetsWorld, call: Call) -> Answer:
    book, how = _find(world, call, "writer"), _how(call)
    if call.body.get("range", call.path["range"]) != call.path["range"]:
        raise bad_range("The range of the body is not that of the address.")
    values = call.body.get("values", [])
    where = write_cells(
        parse_range(book, call.path["range"]), values, _dimension(call.body.get("majorDimension")), how
    )
    world.drive.touch(world.drive.files[book.id])
    return Answer(_written(book, where, values, shown=dict(call.query)))


def _write_many(world: SheetsWorld, call: Call) -> Answer:
    """Write several ranges, or none of them."""
    book, how = _find(world, call, "writer"), _how(call, call.body)
    changed = HeldSpreadsheet(book.id, [sheet.copied() for sheet in book.sheets])
    responses = []
    for each in call.body.get("data", []):
        where = parse_range(changed, each.get("range", ""))
        values = each.get("values", [])
        done = write_cells(where, values, _dimension(each.get("majorDimension")), how)
        responses.append(_written(book, done, values, shown=call.body))
    book.sheets = changed.sheets
    world.drive.touch(world.drive.files[book.id])
    total = sum(each.get("updatedCells", 0) for each in responses)
    return Answer({"spreadsheetId": book.id, "totalUpdatedCells": total, "responses": responses})


def _write_filtered(world: SheetsWorld, call: Call) -> Answer:
    """Write values where data filters find their places, or none of them."""
    book, how = _find(world, call, "writer"), _how(call, call.body)
    changed = HeldSpreadsheet(book.id, [sheet.copied() for sheet in book.sheets])
    responses: list[dict[str, Any]] = []
    for each in call.body.get("data", []):
        values, dimension = each.get("values", []), _dimension(each.get("majorDimension"))
        for where in filtered(changed, each.get("dataFilter", {})):
            done = write_cells(where, values, dimension, how)
            written = _written(book, done, values, shown=call.body)
            del written["spreadsheetId"]
            responses.append({**written, "dataFilter": each["dataFilter"]})
    book.sheets = changed.sheets
    world.drive.touch(world.drive.files[book.id])
    total = sum(each.get("updatedCells", 0) for each in responses)
    return Answer({"spreadsheetId": book.id, "totalUpdatedCells": total, "responses": responses})


def _append(world: SheetsWorld, call: Call) -> Answer:
    """Append rows after a table; the sheet grows where they do not fit."""
    book, how = _find(world, call, "writer"), _how(call)
    where = parse_range(book, call.path["range"])
    table, sheet = table_at(where), where.sheet
    top, left = (table.bottom + 1, table.left) if table is not None else (where.top, where.left)
    values, dimension = call.body.get("values", []), _dimension(call.body.get("majorDimension"))
    height = max((len(line) for line in values), default=0) if dimension == "COLUMNS" else len(values)
    if call.query.get("insertDataOption") == "INSERT_ROWS" and table is not None:
        sheet.rows += height
        sheet.cells = {
            (row + height if row >= top else row, column): value
            for (row, column), value in sheet.cells.items()
        }
    sheet.rows = max(sheet.rows, top + height)
    done = write_cells(Range(sheet, top, left, top, left, single=True), values, dimension, how)
    world.drive.touch(world.drive.files[book.id])
    found = {"tableRange": str(table)} if table is not None else {}
    updates = _written(book, done, values, shown=dict(call.query))
    return Answer({"spreadsheetId": book.id, **found, "updates": updates})


def _clear(world: SheetsWorld, call: Call) -> Answer:
    book = _find(world, call, "writer")
    where = parse_range(book, call.path["range"])
    _wipe(where)
    world.drive.touch(world.drive.files[book.id])
    return Answer({"spreadsheetId": book.id, "clearedRange": str(where)})


def _clear_many(world: SheetsWorld, call: Call) -> Answer:
    book = _find(world, call, "writer")
    ranges = [parse_range(book, text) for text in call.body.get("ranges", [])]
    for where in ranges:
        _wipe(where)
    world.drive.touch(world.drive.files[book.id])
    return Answer({"spreadsheetId": book.id, "clearedRanges": [str(where) for where in ranges]})


def _wipe(where: Range) -> None:
    rows, columns = range(where.top, where.bottom + 1), range(where.left, where.right + 1)
    cells = where.sheet.cells
    where.sheet.cells = {
        place: value for place, value in cells.items() if place[0] not in rows or place[1] not in columns
    }


RULES = {
    "sheets.spreadsheets.create": _create,
    "sheets.spreadsheets.get": _get,
    "sheets.spreadsheets.getByDataFilter": _get,
    "sheets.spreadsheets.batchUpdate": _batch,
    "sheets.spreadsheets.values.get": _read,
    "sheets.spreadsheets.values.batchGet": _read_many,
    "sheets.spreadsheets.values.update": _write,
    "sheets.spreadsheets.values.batchUpdate": _write_many,
    "sheets.spreadsheets.values.batchUpdateByDataFilter": _write_filtered,
    "sheets.spreadsheets.values.append": _append,
    "sheets.spreadsheets.values.clear": _clear,
    "sheets.spreadsheets.values.batchClear": _clear_many,
}
