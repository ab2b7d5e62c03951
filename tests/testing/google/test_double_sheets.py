from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from briefingkit.testing.google import GoogleDouble

Refused = Callable[[Any], tuple[int, str]]
RAW = {"valueInputOption": "RAW"}
USER = {"valueInputOption": "USER_ENTERED"}


@pytest.fixture
def book(google: GoogleDouble) -> str:
    """Give a spreadsheet with a table of three rows, from B2 on."""
    name = google.make_spreadsheet("Registrations")
    google.type_cells(name, "B2", [["name", "age"], ["Ann", 40], ["Bo", 7]])
    return name


@pytest.fixture
def sheets(google: GoogleDouble) -> Any:
    """Give Google's client for spreadsheets."""
    return google.service("sheets").spreadsheets()


@pytest.fixture
def values(sheets: Any) -> Any:
    """Give what reads and writes values."""
    return sheets.values()


class TestSpreadsheets:
    def test_a_spreadsheet_is_a_file(self, google: GoogleDouble, sheets: Any, told: Refused) -> None:
        made = sheets.create(body={"properties": {"title": "T", "timeZone": "Europe/Oslo"}}).execute()
        assert made["properties"] == {"title": "T", "locale": "en_US", "timeZone": "Europe/Oslo"}
        name = made["spreadsheetId"]
        assert google.files[name].mime_type == "application/vnd.google-apps.spreadsheet"
        [first] = made["sheets"]
        assert first["properties"]["title"] == "Sheet1"
        assert first["properties"]["gridProperties"] == {"rowCount": 1000, "columnCount": 26}
        copy = google.copy_file(name)
        google.type_cells(copy, "A1", [["x"]])
        assert google.cells(name, "A1") == []
        google.remove_file(name)
        assert told(sheets.get(spreadsheetId=name)) == (404, "Requested entity was not found.")

    def test_sheets_can_be_given_when_made(self, sheets: Any) -> None:
        wanted = [{"properties": {"title": "A"}}, {"properties": {"title": "B", "hidden": True}}]
        made = sheets.create(body={"sheets": wanted}).execute()["sheets"]
        assert [each["properties"]["title"] for each in made] == ["A", "B"]
        assert made[1]["properties"]["hidden"] is True

    def test_roles_count(self, google: GoogleDouble, book: str, told: Refused) -> None:
        other = google.service("sheets", user="else@cities.example").spreadsheets()
        assert told(other.get(spreadsheetId=book))[0] == 403
        google.share_file(book, "reader", "user:else@cities.example")
        assert other.get(spreadsheetId=book).execute()["spreadsheetId"] == book
        write = other.values().update(spreadsheetId=book, range="A1", body={"values": [["x"]]}, **RAW)
        assert told(write) == (403, "The caller does not have permission")
        narrow = google.service("sheets", scopes=["https://www.googleapis.com/auth/drive.file"])
        assert told(narrow.spreadsheets().get(spreadsheetId=book))[0] == 404
        made = narrow.spreadsheets().create(body={}, fields="spreadsheetId").execute()
        assert narrow.spreadsheets().get(**made).execute()["properties"]["title"] == "Untitled spreadsheet"

    def test_a_service_account_makes_none(self, google: GoogleDouble, told: Refused) -> None:
        from google.oauth2.service_account import Credentials
        from googleapiclient.discovery import build_from_document

        scopes = ["https://www.googleapis.com/auth/spreadsheets"]
        key: Any = Credentials.from_service_account_info(google.service_account(), scopes=scopes)
        with build_from_document(google.document("sheets", "v4"), credentials=key) as service:
            assert told(service.spreadsheets().create(body={}))[0] == 403


class TestSheets:
    def change(self, sheets: Any, book: str, *requests: dict[str, Any]) -> Any:
        return sheets.batchUpdate(spreadsheetId=book, body={"requests": list(requests)})

    def test_sheets_are_added_changed_and_deleted(self, google: GoogleDouble, sheets: Any, book: str) -> None:
        add = {"addSheet": {"properties": {"title": "New", "index": 0}}}
        answer = self.change(sheets, book, add).execute()
        number = answer["replies"][0]["addSheet"]["properties"]["sheetId"]
        grid = {"rowCount": 5, "frozenRowCount": 1, "columnCount": 1}
        properties = {"sheetId": number, "title": "Newer", "gridProperties": grid}
        mask = "title,gridProperties.rowCount,gridProperties.frozenRowCount"
        change = {"updateSheetProperties": {"properties": properties, "fields": mask}}
        self.change(sheets, book, change).execute()
        first = sheets.get(spreadsheetId=book).execute()["sheets"][0]["properties"]
        assert first["title"] == "Newer"
        assert first["gridProperties"] == {"rowCount": 5, "columnCount": 26, "frozenRowCount": 1}
        gone = {"requests": [{"deleteSheet": {"sheetId": number}}], "includeSpreadsheetInResponse": True}
        assert "updatedSpreadsheet" not in answer
        answer = sheets.batchUpdate(spreadsheetId=book, body=gone).execute()
        assert len(answer["updatedSpreadsheet"]["sheets"]) == 1
        assert google.cells(book, "Sheet1!B2") == [["name"]]

    @pytest.mark.parametrize(
        ("request_", "status"),
        [
            ({}, 400),
            ({"addSheet": {"properties": {"title": "sheet1"}}}, 400),
            ({"addSheet": {"properties": {"sheetId": 0}}}, 400),
            ({"deleteSheet": {"sheetId": 9}}, 400),
            ({"updateSheetProperties": {"properties": {"title": "x", "index": 2}, "fields": "index"}}, 501),
            ({"repeatCell": {"fields": "*"}}, 501),
        ],
    )
    def test_all_is_done_or_nothing(
        self, sheets: Any, book: str, told: Refused, request_: dict[str, Any], status: int
    ) -> None:
        before = sheets.get(spreadsheetId=book).execute()
        assert told(self.change(sheets, book, {"addSheet": {}}, request_))[0] == status
        assert sheets.get(spreadsheetId=book).execute() == before

    def test_one_sheet_stays_and_one_request_is_needed(self, sheets: Any, book: str, told: Refused) -> None:
        status, message = told(self.change(sheets, book, {"deleteSheet": {"sheetId": 0}}))
        assert (status, message[:33]) == (400, "Invalid requests[0].deleteSheet: ")
        assert told(self.change(sheets, book)) == (400, "Must specify at least one request.")

    def test_what_is_cut_off_is_gone(self, google: GoogleDouble, sheets: Any, book: str) -> None:
        properties = {"sheetId": 0, "gridProperties": {"rowCount": 2}}
        change = {"updateSheetProperties": {"properties": properties, "fields": "gridProperties.rowCount"}}
        self.change(sheets, book, change).execute()
        assert google.cells(book, "Sheet1") == [[], ["", "name", "age"]]


class TestRead:
    @pytest.mark.parametrize(
        ("range_", "told_", "found"),
        [
            ("Sheet1!B2:C3", "Sheet1!B2:C3", [["name", "age"], ["Ann", "40"]]),
            ("b2", "Sheet1!B2", [["name"]]),
            ("'sheet1'!C3:B2", "Sheet1!B2:C3", [["name", "age"], ["Ann", "40"]]),
            ("Sheet1!C:C", "Sheet1!C1:C1000", [[], ["age"], ["40"], ["7"]]),
            ("3:3", "Sheet1!A3:Z3", [["", "Ann", "40"]]),
            ("B3:B", "Sheet1!B3:B1000", [["Ann"], ["Bo"]]),
            ("Sheet1", "Sheet1!A1:Z1000", [[], ["", "name", "age"], ["", "Ann", "40"], ["", "Bo", "7"]]),
            ("A1:A5", "Sheet1!A1:A5", None),
        ],
    )
    def test_a_range_is_read_without_what_is_empty_at_its_ends(
        self, values: Any, book: str, range_: str, told_: str, found: Any
    ) -> None:
        answer = values.get(spreadsheetId=book, range=range_).execute()
        assert (answer["range"].replace("'", ""), answer.get("values")) == (told_, found)

    @pytest.mark.parametrize(
        ("range_", "message"),
        [
            ("Absent!A1", "Unable to parse range: Absent!A1"),
            ("Sheet1!A0", "Unable to parse range: Sheet1!A0"),
            ("Sheet1!A", "Unable to parse range: Sheet1!A"),
            ("A1:B2:C3", "Unable to parse range: A1:B2:C3"),
            ("AA1", "Range (AA1) exceeds grid limits. Max rows: 1000, max columns: 26"),
            ("A1001", "Range (A1001) exceeds grid limits. Max rows: 1000, max columns: 26"),
        ],
    )
    def test_what_is_no_range_is_refused(
        self, values: Any, book: str, told: Refused, range_: str, message: str
    ) -> None:
        assert told(values.get(spreadsheetId=book, range=range_)) == (400, message)

    def test_a_title_with_signs_is_quoted(self, google: GoogleDouble, sheets: Any, book: str) -> None:
        add = {"addSheet": {"properties": {"title": "Ann's list"}}}
        sheets.batchUpdate(spreadsheetId=book, body={"requests": [add]}).execute()
        google.type_cells(book, "'Ann''s list'!A1", [["x"]])
        answer = sheets.values().get(spreadsheetId=book, range="'Ann''s list'!A1").execute()
        assert (answer["range"], answer["values"]) == ("'Ann''s list'!A1", [["x"]])

    def test_values_are_rendered_as_asked(self, values: Any, book: str) -> None:
        body = {"values": [[1.5, True, "=1+1", "x"]]}
        values.update(spreadsheetId=book, range="A9", body=body, **USER).execute()

        def read(how: str | None = None) -> list[Any]:
            got = values.get(spreadsheetId=book, range="A9:D9", valueRenderOption=how).execute()
            row: list[Any] = got["values"][0]
            return row

        assert read() == ["1.5", "TRUE", "#ERROR!", "x"]
        assert read("UNFORMATTED_VALUE") == [1.5, True, "#ERROR!", "x"]
        assert read("FORMULA") == [1.5, True, "=1+1", "x"]

    def test_columns_and_several_ranges(self, values: Any, book: str) -> None:
        answer = values.batchGet(
            spreadsheetId=book, ranges=["B2:C4", "A1"], majorDimension="COLUMNS"
        ).execute()
        first, second = answer["valueRanges"]
        assert first["values"] == [["name", "Ann", "Bo"], ["age", "40", "7"]]
        assert "values" not in second


class TestWrite:
    def test_null_skips_and_an_empty_text_clears(self, google: GoogleDouble, values: Any, book: str) -> None:
        body = {"values": [[None, ""], ["x", "y"]]}
        answer = values.update(spreadsheetId=book, range="B2:C3", body=body, **RAW).execute()
        assert google.cells(book, "B2:C3") == [["name"], ["x", "y"]]
        assert "updatedData" not in answer
        assert (answer["updatedRange"].replace("'", ""), answer["updatedCells"]) == ("Sheet1!B2:C3", 3)

    @pytest.mark.parametrize(
        ("text", "raw", "entered"),
        [
            ("12", "12", 12),
            ("1.5", "1.5", 1.5),
            ("true", "true", True),
            ("'12", "'12", "12"),
            ("=A1", "=A1", "=A1"),
            ("2026-06-11", "2026-06-11", "2026-06-11"),
        ],
    )
    def test_raw_is_kept_and_what_a_user_enters_is_read(
        self, values: Any, book: str, text: str, raw: Any, entered: Any
    ) -> None:
        for option, kept in ((RAW, raw), (USER, entered)):
            values.update(spreadsheetId=book, range="A1", body={"values": [[text]]}, **option).execute()
            read = values.get(spreadsheetId=book, range="A1", valueRenderOption="FORMULA").execute()
            assert read["values"] == [[kept]]
            assert type(read["values"][0][0]) is type(kept)
        formatted = values.get(spreadsheetId=book, range="A1").execute()["values"]
        assert (formatted == [["#ERROR!"]]) == text.startswith("=")

    def test_how_it_is_entered_must_be_said(self, values: Any, book: str, told: Refused) -> None:
        message = "'valueInputOption' is required but not specified"
        assert told(values.update(spreadsheetId=book, range="A1", body={})) == (400, message)
        assert told(values.append(spreadsheetId=book, range="A1", body={})) == (400, message)
        assert told(values.batchUpdate(spreadsheetId=book, body={"data": []})) == (400, message)

    @pytest.mark.parametrize(
        ("range_", "written"),
        [("A1:B1", [["x"], ["y"]]), ("A1:B1", [["x", "y", "z"]]), ("Z1000", [["x", "y"]]), ("A1", [[{}]])],
    )
    def test_what_does_not_fit_is_refused_and_nothing_written(
        self, google: GoogleDouble, values: Any, book: str, told: Refused, range_: str, written: Any
    ) -> None:
        before = google.cells(book, "Sheet1")
        write = values.update(spreadsheetId=book, range=range_, body={"values": written}, **RAW)
        assert told(write)[0] == 400
        assert google.cells(book, "Sheet1") == before

    def test_the_range_of_the_body_is_that_of_the_address(
        self, values: Any, book: str, told: Refused
    ) -> None:
        body = {"range": "A2", "values": [["x"]]}
        assert told(values.update(spreadsheetId=book, range="A1", body=body, **RAW))[0] == 400

    def test_several_ranges_are_written_or_none(
        self, google: GoogleDouble, values: Any, book: str, told: Refused
    ) -> None:
        good = {"range": "A1", "values": [["x"]]}
        wrong = {"range": "Absent!A1", "values": [["x"]]}
        assert told(values.batchUpdate(spreadsheetId=book, body={**RAW, "data": [good, wrong]}))[0] == 400
        assert google.cells(book, "A1") == []
        columns = {"range": "A5", "values": [["x", "y"]], "majorDimension": "COLUMNS"}
        body = {**RAW, "data": [good, columns], "includeValuesInResponse": True}
        answer = values.batchUpdate(spreadsheetId=book, body=body).execute()
        assert answer["totalUpdatedCells"] == 3
        assert answer["responses"][1]["updatedData"]["values"] == [["x"], ["y"]]
        assert google.cells(book, "A5:A6") == [["x"], ["y"]]

    def test_ranges_are_cleared(self, google: GoogleDouble, values: Any, book: str) -> None:
        values.clear(spreadsheetId=book, range="B3:B4", body={}).execute()
        assert google.cells(book, "B2:C4") == [["name", "age"], ["", 40], ["", 7]]
        values.batchClear(spreadsheetId=book, body={"ranges": ["C3", "B2"]}).execute()
        assert google.cells(book, "B2:C4") == [["", "age"], [], ["", 7]]


class TestAppend:
    @pytest.mark.parametrize("range_", ["Sheet1", "B2", "A1:C3", "C4"])
    def test_rows_go_after_the_table(self, google: GoogleDouble, values: Any, book: str, range_: str) -> None:
        body = {"values": [["Cy", 3]]}
        answer = values.append(spreadsheetId=book, range=range_, body=body, **RAW).execute()
        assert answer["tableRange"].replace("'", "") == "Sheet1!B2:C4"
        assert answer["updates"]["updatedRange"].replace("'", "") == "Sheet1!B5:C5"
        assert google.cells(book, "B5:C5") == [["Cy", 3]]

    def test_where_there_is_none_rows_go_to_the_range(
        self, google: GoogleDouble, values: Any, book: str
    ) -> None:
        for range_, option in (("E9", "OVERWRITE"), ("F2:G4", "INSERT_ROWS")):
            body = {"values": [["x"]]}
            append = values.append(
                spreadsheetId=book, range=range_, body=body, insertDataOption=option, **RAW
            )
            assert "tableRange" not in append.execute()
        assert google.cells(book, "E9") == [["x"]]
        assert google.cells(book, "B2:F4") == [["name", "age", "", "", "x"], ["Ann", 40], ["Bo", 7]]

    def test_the_last_of_several_tables_counts(self, google: GoogleDouble, values: Any, book: str) -> None:
        google.type_cells(book, "E8", [["other"], ["table"]])
        answer = values.append(spreadsheetId=book, range="Sheet1", body={"values": [["x"]]}, **RAW).execute()
        assert answer["tableRange"].replace("'", "") == "Sheet1!E8:E9"

    def test_rows_are_written_over_or_put_in(self, google: GoogleDouble, values: Any, book: str) -> None:
        google.type_cells(book, "B7", [["below"]])
        body = {"values": [["1"], ["2"], ["3"]]}
        append = values.append(spreadsheetId=book, range="B2:C4", body=body, **RAW)
        append.execute()
        assert google.cells(book, "B5:B8") == [["1"], ["2"], ["3"]]
        google.type_cells(book, "B5", [[""], [""], ["below"]])
        more = values.append(
            spreadsheetId=book, range="B2:C4", body=body, insertDataOption="INSERT_ROWS", **RAW
        )
        more.execute()
        assert google.cells(book, "B5:B10") == [["1"], ["2"], ["3"], [], [], ["below"]]

    def test_the_sheet_grows(self, google: GoogleDouble, sheets: Any, book: str) -> None:
        google.type_cells(book, "A999", [["x"], ["y"]])
        sheets.values().append(
            spreadsheetId=book, range="A999", body={"values": [["z"], ["z"]]}, **RAW
        ).execute()
        grid = sheets.get(spreadsheetId=book).execute()["sheets"][0]["properties"]["gridProperties"]
        assert grid["rowCount"] == 1002
        assert google.cells(book, "A999:A1002") == [["x"], ["y"], ["z"], ["z"]]


class TestDatesAndFormulas:
    def test_a_date_is_a_number_of_days_unless_it_is_asked_for_as_a_text(
        self, google: GoogleDouble, book: str, values: Any
    ) -> None:
        google.type_cells(book, "A9", [[date(1900, 1, 1), datetime(1900, 2, 1, 15)]])
        read = {"spreadsheetId": book, "range": "A9:B9"}
        plain = values.get(**read, valueRenderOption="UNFORMATTED_VALUE").execute()
        assert plain["values"] == [[2, 33.625]]
        worded = values.get(
            **read, valueRenderOption="UNFORMATTED_VALUE", dateTimeRenderOption="FORMATTED_STRING"
        ).execute()
        assert worded["values"] == [["1900-01-01", "1900-02-01T15:00:00"]]
        assert values.get(**read).execute()["values"] == worded["values"]

    def test_a_formula_comes_to_what_somebody_says(
        self, google: GoogleDouble, book: str, values: Any
    ) -> None:
        google.type_formula(book, "D3", "=UPPER(B3)", "ANN")
        google.type_formula(book, "D4", "=VLOOKUP(B4;X:X;1)", "#N/A")
        read = values.get(spreadsheetId=book, range="D3:D4", valueRenderOption="UNFORMATTED_VALUE").execute()
        assert read["values"] == [["ANN"], ["#N/A"]]
        assert google.cells(book, "D3") == [["=UPPER(B3)"]]
