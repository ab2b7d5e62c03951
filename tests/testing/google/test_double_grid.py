"""Grid data, lines that move, protection and developer metadata in the double of spreadsheets."""

from collections.abc import Callable
from typing import Any

import pytest

from briefingkit.testing.google import GoogleDouble

from .conftest import Refused

Batch = Callable[..., Any]


@pytest.fixture
def sheets(google: GoogleDouble) -> Any:
    return google.service("sheets").spreadsheets()


@pytest.fixture
def book(google: GoogleDouble) -> str:
    made = google.make_spreadsheet("Registrations")
    google.type_cells(made, "A1", [["Name", "Seats"], ["Bo", 2], ["Ann", "=1+1"]])
    return made


@pytest.fixture
def batch(sheets: Any, book: str) -> Batch:
    return lambda *requests: sheets.batchUpdate(spreadsheetId=book, body={"requests": list(requests)})


def column(at: int) -> dict[str, Any]:
    return {"sheetId": 0, "dimension": "COLUMNS", "startIndex": at, "endIndex": at + 1}


def marked(at: int, number: int = 7, key: str = "ours") -> dict[str, Any]:
    content = {"metadataId": number, "metadataKey": key, "metadataValue": "x", "visibility": "DOCUMENT"}
    return {
        "createDeveloperMetadata": {
            "developerMetadata": {**content, "location": {"dimensionRange": column(at)}}
        }
    }


def lookup(**by: Any) -> dict[str, Any]:
    return {"developerMetadataLookup": by}


class TestGridData:
    def test_they_are_given_when_they_are_asked_for(self, sheets: Any, book: str) -> None:
        assert "data" not in sheets.get(spreadsheetId=book).execute()["sheets"][0]
        [sheet] = sheets.get(spreadsheetId=book, includeGridData=True).execute()["sheets"]
        [data] = sheet["data"]
        assert [row["values"] for row in data["rowData"]] == [
            [{"userEnteredValue": {"stringValue": "Name"}}, {"userEnteredValue": {"stringValue": "Seats"}}],
            [{"userEnteredValue": {"stringValue": "Bo"}}, {"userEnteredValue": {"numberValue": 2}}],
            [{"userEnteredValue": {"stringValue": "Ann"}}, {"userEnteredValue": {"formulaValue": "=1+1"}}],
        ]

    def test_a_mask_asks_for_parts_of_them(self, sheets: Any, book: str) -> None:
        found = sheets.get(spreadsheetId=book, ranges=["B2:B3"], fields="sheets(data(rowData))").execute()
        assert found == {
            "sheets": [
                {
                    "data": [
                        {
                            "rowData": [
                                {"values": [{"userEnteredValue": {"numberValue": 2}}]},
                                {"values": [{"userEnteredValue": {"formulaValue": "=1+1"}}]},
                            ]
                        }
                    ]
                }
            ]
        }

    def test_a_filter_finds_the_sheet_whatever_it_is_called(
        self, sheets: Any, book: str, batch: Batch
    ) -> None:
        batch({"addSheet": {"properties": {"title": "Other"}}}, marked(1)).execute()
        body = {"dataFilters": [lookup(metadataId=7)]}
        found = sheets.getByDataFilter(spreadsheetId=book, body=body, fields="sheets(properties(title))")
        assert found.execute() == {"sheets": [{"properties": {"title": "Sheet1"}}]}


class TestMetadata:
    def test_they_stay_with_their_column(
        self, google: GoogleDouble, sheets: Any, book: str, batch: Batch
    ) -> None:
        batch(marked(1)).execute()
        google.move_lines(book, "COLUMNS", 1, 0)
        google.insert_lines(book, "COLUMNS", 0, 2)
        [sheet] = sheets.get(spreadsheetId=book, includeGridData=True).execute()["sheets"]
        columns = sheet["data"][0]["columnMetadata"]
        assert [at for at, each in enumerate(columns) if "developerMetadata" in each] == [2]
        google.delete_lines(book, "COLUMNS", 2)
        [sheet] = sheets.get(spreadsheetId=book, includeGridData=True).execute()["sheets"]
        assert not any("developerMetadata" in each for each in sheet["data"][0]["columnMetadata"])

    def test_no_two_have_one_id(self, batch: Batch, told: Refused) -> None:
        batch(marked(0)).execute()
        status, message = told(batch(marked(1)))
        assert status == 400
        assert "already exists" in message

    def test_values_are_written_where_they_lead(
        self, google: GoogleDouble, sheets: Any, book: str, batch: Batch
    ) -> None:
        batch(marked(1)).execute()
        google.move_lines(book, "COLUMNS", 1, 0)
        data = [{"dataFilter": lookup(metadataId=7), "majorDimension": "COLUMNS", "values": [[None, "=x"]]}]
        body = {"valueInputOption": "RAW", "data": data}
        done = sheets.values().batchUpdateByDataFilter(spreadsheetId=book, body=body).execute()
        assert done["totalUpdatedCells"] == 1
        assert google.cells(book, "A1:A3") == [["Seats"], ["=x"], ["=1+1"]]

    def test_they_are_deleted_by_a_filter(self, batch: Batch) -> None:
        batch(marked(0), marked(1, 8)).execute()
        gone = batch({"deleteDeveloperMetadata": {"dataFilter": lookup(metadataId=7)}}).execute()
        [each] = gone["replies"][0]["deleteDeveloperMetadata"]["deletedDeveloperMetadata"]
        assert each["metadataId"] == 7
        batch(marked(1)).execute()

    def test_other_filters_are_not_passed_by(self, sheets: Any, book: str, told: Refused) -> None:
        body = {"dataFilters": [{"a1Range": "A1"}]}
        assert told(sheets.getByDataFilter(spreadsheetId=book, body=body))[0] == 501


class TestProtection:
    def test_what_is_protected_has_one_id_and_goes_once(
        self, sheets: Any, book: str, batch: Batch, told: Refused
    ) -> None:
        given = {"protectedRangeId": 5, "range": {"sheetId": 0, "startColumnIndex": 0, "endColumnIndex": 1}}
        add = {"addProtectedRange": {"protectedRange": {**given, "warningOnly": True}}}
        batch(add).execute()
        assert told(batch(add))[0] == 400
        [sheet] = sheets.get(spreadsheetId=book).execute()["sheets"]
        assert [each["protectedRangeId"] for each in sheet["protectedRanges"]] == [5]
        remove = {"deleteProtectedRange": {"protectedRangeId": 5}}
        batch(remove).execute()
        assert told(batch(remove)) == (
            400,
            "Invalid requests[0].deleteProtectedRange: No protected range with ID: 5",
        )

    def test_a_batch_is_done_or_not_done(
        self, google: GoogleDouble, book: str, batch: Batch, told: Refused
    ) -> None:
        rows = {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}
        delete = {"deleteDimension": {"range": rows}}
        assert told(batch(delete, {"deleteProtectedRange": {"protectedRangeId": 5}}))[0] == 400
        assert google.cells(book, "A2") == [["Bo"]]
        batch(delete).execute()
        assert google.cells(book, "A2") == [["Ann"]]


class TestCells:
    def test_texts_are_texts_and_numbers_numbers(self, google: GoogleDouble, book: str, batch: Batch) -> None:
        values = [
            {"userEnteredValue": {"stringValue": "=1+1"}},
            {"userEnteredValue": {"numberValue": 3}},
            {},
        ]
        start = {"sheetId": 0, "rowIndex": 1, "columnIndex": 0}
        request = {"start": start, "fields": "userEnteredValue", "rows": [{"values": values}]}
        batch({"updateCells": request}).execute()
        assert google.cells(book, "A2:C2") == [["=1+1", 3]]

    def test_nothing_is_written_outside_of_the_grid(self, batch: Batch, told: Refused) -> None:
        start = {"sheetId": 0, "rowIndex": 1000, "columnIndex": 0}
        rows = [{"values": [{"userEnteredValue": {"numberValue": 3}}]}]
        request = {"updateCells": {"start": start, "fields": "userEnteredValue", "rows": rows}}
        assert told(batch(request))[0] == 400
        more = {"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 1}}
        batch(more, request).execute()


def test_sorting_moves_values_and_leaves_the_empty_at_the_end(google: GoogleDouble, book: str) -> None:
    google.type_cells(book, "A4", [["", "note"], ["Cy", 1]])
    google.sort_rows(book, 0)
    assert google.cells(book, "A1:B5") == [
        ["Name", "Seats"],
        ["Ann", "=1+1"],
        ["Bo", 2],
        ["Cy", 1],
        ["", "note"],
    ]
