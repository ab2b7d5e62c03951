"""Reading the rows of a spreadsheet of contacts, some thousand at a time (Sheets v4, spreadsheets.get and values.get).

Values are asked for unformatted, so that a number is one whatever it looks like, and what a formula comes to stands in
its place; dates alone are asked for as they are shown, for otherwise they would be numbers of days.
"""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from briefingkit.errors import IntegrationError, RegistrationError
from briefingkit.mailing.people.contacts import people_in
from briefingkit.mailing.people.known_people import Heard
from briefingkit.registrations.files.columns import built_in
from briefingkit.registrations.files.importing import table_in
from briefingkit.registrations.files.tables import Row
from briefingkit_google.client import Session
from briefingkit_google.faults import Fault
from briefingkit_google.sheets.identity import address
from briefingkit_google.unchecked import list_in, mapping_in

if TYPE_CHECKING:
    from briefingkit_google.people.contact_list import GoogleContactList

__all__ = ["Found", "find_sheet", "people_of", "rows_of"]

_CELLS: Final = 100_000
_ROWS: Final = 10_000
"""Cells and rows of one answer, at most."""
_PROPERTIES: Final = "sheets(properties(title,hidden,gridProperties(rowCount,columnCount)))"
_OFFICE: Final = {"failedPrecondition", "FAILED_PRECONDITION"}
_NAMED: Final = "name the columns, as in columns: {Courriel: email}"


@frozen
class Found:
    """A sheet as it is: what its tab says, and how large it is."""

    title: str
    rows: int
    columns: int

    def lines(self, first: int, last: int) -> str:
        """Name some of its rows, counted from 1, in A1 notation."""
        title = self.title.replace("'", "''")
        return f"'{title}'!{first}:{last}"


def people_of(settings: "GoogleContactList") -> Iterator[Heard]:
    """Give the people of a spreadsheet, and what is wrong with its rows.

    Raises IntegrationError where it cannot be read, or has no header.
    """
    session = settings.open_session()
    sheet = find_sheet(session, settings)
    where = f"the sheet {sheet.title} of {address(settings.spreadsheet)}"
    rows = rows_of(session, settings, sheet)
    try:
        table = table_in(rows, tuple(built_in()), settings.columns, where, hint=_NAMED)
    except RegistrationError as error:
        raise IntegrationError(str(error)) from None
    yield from people_in(table)


def find_sheet(session: Session, settings: "GoogleContactList") -> Found:
    """Find the sheet that the settings name, or the first that is not hidden. Raises IntegrationError."""
    spreadsheets = session.service.spreadsheets()
    answer = session.ask(spreadsheets.get(spreadsheetId=settings.spreadsheet, fields=_PROPERTIES))
    if isinstance(answer, Fault):
        raise IntegrationError(_problem(session, settings, answer))
    sheets = [mapping_in(mapping_in(each).get("properties")) for each in list_in(answer.get("sheets"))]
    wanted = None if settings.sheet is None else settings.sheet.casefold()
    for properties in sheets:
        title, size = str(properties.get("title", "")), mapping_in(properties.get("gridProperties"))
        # A sheet of a chart alone, or of a connected database, has no grid.
        if size and (not properties.get("hidden") if wanted is None else title.casefold() == wanted):
            return Found(title, _count(size, "rowCount"), _count(size, "columnCount"))
    which = "that is not hidden" if wanted is None else f"called {str(settings.sheet)[:80]!r}"
    raise IntegrationError(f"{address(settings.spreadsheet)} has no sheet {which}")


def _count(size: Mapping[str, Any], name: str) -> int:
    value = size.get(name)
    return value if isinstance(value, int) else 0


def rows_of(session: Session, settings: "GoogleContactList", sheet: Found) -> Iterator[Row]:
    """Read the rows of a sheet as they are wanted, numbered as people see them. Raises IntegrationError."""
    values = session.service.spreadsheets().values()
    step = max(1, min(_ROWS, _CELLS // max(1, sheet.columns)))
    for first in range(1, sheet.rows + 1, step):
        asked = values.get(
            spreadsheetId=settings.spreadsheet,
            range=sheet.lines(first, min(first + step - 1, sheet.rows)),
            valueRenderOption="UNFORMATTED_VALUE",
            dateTimeRenderOption="FORMATTED_STRING",
            fields="values",
        )
        answer = session.ask(asked)
        if isinstance(answer, Fault):
            raise IntegrationError(_problem(session, settings, answer))
        for number, cells in enumerate(list_in(answer.get("values")), first):
            yield Row(number, cells if isinstance(cells, list) else None)


def _problem(session: Session, settings: "GoogleContactList", fault: Fault) -> str:
    """Say why a spreadsheet cannot be read, and what to do; not in Google's words, which may quote a cell."""
    where, who = address(settings.spreadsheet), session.account
    if fault.gone:
        return f"there is no spreadsheet {where}, or {who} may not see it: check its id, and share it with the account"
    if fault.status == HTTPStatus.FORBIDDEN:
        return f"{who} may not read {where}: in Google Sheets, under Share, add the account as a viewer"
    if fault.status == HTTPStatus.BAD_REQUEST and fault.reason in _OFFICE:
        return f"{where} is an Office file: in Google Sheets, choose File > Save as Google Sheets, and name the copy"
    if fault.status == HTTPStatus.BAD_REQUEST:
        return f"{where} was changed while it was read: run it again"
    return f"{where}: Google refused it ({fault.status} {fault.reason})"
