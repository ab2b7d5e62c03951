"""A Google spreadsheet of contacts as an audience: its header, its rows, and what is wrong with them or goes wrong."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.errors import BriefingkitError, IntegrationError
from briefingkit.mailing.people.audience import KnowsPeople, Member, Selection
from briefingkit.mailing.people.contacts import people_in
from briefingkit.mailing.people.known_people import UNREADABLE, Omitted, heard
from briefingkit.model.structure import converter
from briefingkit.registrations.files.columns import built_in
from briefingkit.registrations.files.importing import RowFault, table_in
from briefingkit.testing.contract import sample_briefing
from briefingkit.testing.google import GoogleDouble
from briefingkit_google.account import GoogleAccount
from briefingkit_google.auth import Auth
from briefingkit_google.people import GoogleContactList, rows

from .conftest import SERVICE

Target = Callable[..., GoogleContactList]
HEADER = ["Nom", "Courriel", "Langue", "timezone", "Organisme"]


@pytest.fixture
def google() -> Any:
    with GoogleDouble() as double:
        yield double


@pytest.fixture
def book(google: GoogleDouble) -> str:
    """Give a spreadsheet that the service account may read."""
    name = google.make_spreadsheet("Press contacts")
    google.share_file(name, "reader", f"user:{SERVICE}")
    return name


@pytest.fixture
def contacts(google: GoogleDouble, book: str, tmp_path: Path, slept: list[float]) -> Target:
    """Make a target at the double: that spreadsheet."""

    def make(**settings: Any) -> GoogleContactList:
        google.service_account(tmp_path / "key.json")
        return GoogleContactList(
            spreadsheet=settings.pop("spreadsheet", book),
            auth=Auth(service_account="key.json"),
            base=tmp_path,
            base_url=google.base_url,
            sleep=slept.append,
            **settings,
        )

    return make


def people(target: GoogleContactList) -> list[Member]:
    return [each for each in target.people(sample_briefing()) if isinstance(each, Member)]


def faults(target: GoogleContactList) -> list[tuple[int, str | None, str]]:
    found = (each for each in target.people(sample_briefing()) if isinstance(each, RowFault))
    return [(each.row, each.column, each.message) for each in found]


def ranges(google: GoogleDouble) -> list[str]:
    asked = (each for each in google.requests if each.method == "sheets.spreadsheets.values.get")
    return [
        each.path.rpartition("/")[2].replace("%27", "'").replace("%21", "!").replace("%3A", ":")
        for each in asked
    ]


class TestRows:
    def test_columns_are_known_by_what_they_are_called(
        self, google: GoogleDouble, book: str, contacts: Target
    ) -> None:
        google.type_cells(
            book, "A1", [HEADER, ["Ada", "ada@x.org", "FR", "Africa/Dakar", "Ville"], ["Bo", "bo@x.org"]]
        )
        target = contacts()
        assert isinstance(target, KnowsPeople)
        assert people(target) == [
            Member("ada@x.org", "Ada", "fr", "Africa/Dakar", "Ville"),
            Member("bo@x.org", "Bo"),
        ]

    def test_a_column_is_what_the_settings_say(
        self, google: GoogleDouble, book: str, contacts: Target
    ) -> None:
        google.type_cells(
            book, "A1", [["Who", "Mail privé", "email"], ["Ada", "ada@home.example", "ada@work.example"]]
        )
        assert people(contacts(columns={"Mail privé": "email", "Who": "name"})) == [
            Member("ada@home.example", "Ada")
        ]

    def test_a_title_above_the_header_and_empty_rows_are_passed_by(
        self, google: GoogleDouble, book: str, contacts: Target
    ) -> None:
        google.type_cells(book, "B2", [["Our press contacts"], [], HEADER, [], ["Ada", "ada@x.org"]])
        google.type_cells(book, "B40", [["Bo", "bo@x.org"]])
        assert [each.name for each in people(contacts())] == ["Ada", "Bo"]

    def test_a_bad_row_stops_no_other_and_is_told_by_its_number(
        self, google: GoogleDouble, book: str, contacts: Target
    ) -> None:
        google.type_cells(
            book,
            "A3",
            [
                HEADER,
                ["Ada", "ada@x.org", "français!", "Mars/Base"],
                ["", "", "fr"],
                ["Bo", "bo@x.org"],
                ["x" * 20_001],
            ],
        )
        assert [each.name for each in people(contacts())] == ["Ada", "Bo"]
        told = faults(contacts())
        assert [(row, column) for row, column, _ in told] == [
            (4, "language"),
            (4, "timezone"),
            (5, None),
            (7, "Nom"),
        ]
        assert "Mars" not in str(told)
        selection = Selection()
        list(heard(contacts().people(sample_briefing()), selection, []))
        assert selection.left_out == {UNREADABLE: 2}

    def test_what_a_formula_comes_to_is_read_and_an_error_is_nobodys_name(
        self, google: GoogleDouble, book: str, contacts: Target
    ) -> None:
        google.type_cells(book, "A1", [["Nom", "Courriel"], ["Ada", ""], ["", "bo@x.org"]])
        google.type_formula(book, "B2", '=LOWER("ADA@X.ORG")', "ada@x.org")
        google.type_formula(book, "A3", "=VLOOKUP(B3;Z:Z;1)", "#N/A")
        assert people(contacts()) == [Member("ada@x.org", "Ada")]
        assert faults(contacts()) == [(3, "Nom", "its formula has no value")]

    def test_a_date_is_read_as_it_is_shown_and_a_number_as_it_is(
        self, google: GoogleDouble, book: str, contacts: Target
    ) -> None:
        google.type_cells(
            book,
            "A1",
            [["name", "email", "organization"], [7, "a@x.org", date(2026, 4, 3)], [True, "b@x.org", 1789.0]],
        )
        assert [(each.name, each.organization) for each in people(contacts())] == [
            ("7", "2026-04-03"),
            ("yes", "1789"),
        ]

    def test_an_empty_sheet_has_no_header(self, book: str, contacts: Target) -> None:
        with pytest.raises(
            IntegrationError,
            match=rf"the sheet Sheet1 of https://docs\.google\.com/spreadsheets/d/{book}.*has no row ",
        ) as caught:
            people(contacts())
        assert "as in columns: {Courriel: email}" in str(caught.value)

    def test_a_column_that_is_named_and_not_there_is_told(
        self, google: GoogleDouble, book: str, contacts: Target
    ) -> None:
        google.type_cells(book, "A1", [HEADER, ["Ada", "ada@x.org"]])
        with pytest.raises(IntegrationError, match="has no column called 'Mail'"):
            people(contacts(columns={"Mail": "email"}))

    def test_without_a_header_nobody_is_quoted(
        self, google: GoogleDouble, book: str, contacts: Target
    ) -> None:
        google.type_cells(book, "A1", [["Ada", "ada@x.org"]])
        with pytest.raises(IntegrationError) as caught:
            people(contacts())
        assert "ada" not in str(caught.value).lower()


_CELL = st.one_of(
    st.none(), st.text(), st.integers(), st.floats(), st.booleans(), st.lists(st.integers(), max_size=2)
)
_ROW = st.one_of(st.lists(_CELL, max_size=6), st.just("no row"), st.none())


@given(st.lists(_ROW, max_size=12))
def test_whatever_stands_in_cells_good_rows_are_read_and_bad_ones_told(drawn: list[Any]) -> None:
    session = Mock()
    session.ask.return_value = {
        "values": [["email", "name", "language", "timezone"], *drawn, ["z@x.org", "Zoe"]]
    }
    settings = GoogleContactList("x" * 20)
    numbered = rows.rows_of(session, settings, rows.Found("It's here", 1000, 26))
    found = list(people_in(table_in(numbered, tuple(built_in()), {}, "the sheet")))
    assert found[-1] == Member("z@x.org", "Zoe")
    told = {each.row for each in found if isinstance(each, RowFault)}
    assert told <= set(range(2, len(drawn) + 2))
    unread = [each for each in found if isinstance(each, Omitted)]
    assert sum(not isinstance(row, list) for row in drawn) <= len(unread) <= len(told)


class TestSheets:
    def test_the_first_sheet_that_is_not_hidden_is_read_unless_one_is_named(
        self, google: GoogleDouble, book: str, contacts: Target
    ) -> None:
        sheets = google.service("sheets").spreadsheets()
        made = {"title": "L'été: 2026!", "hidden": False}
        hide = {"properties": {"sheetId": 0, "hidden": True}, "fields": "hidden"}
        requests = [{"addSheet": {"properties": made}}, {"updateSheetProperties": hide}]
        sheets.batchUpdate(spreadsheetId=book, body={"requests": requests}).execute()
        google.type_cells(book, "Sheet1!A1", [["name", "email"], ["Hidden", "h@x.org"]])
        google.type_cells(book, "'L''été: 2026!'!A1", [["name", "email"], ["Ada", "ada@x.org"]])
        assert [each.name for each in people(contacts())] == ["Ada"]
        assert [each.name for each in people(contacts(sheet="sheet1"))] == ["Hidden"]
        with pytest.raises(IntegrationError, match="has no sheet called 'Press'"):
            people(contacts(sheet="Press"))

    def test_a_hundred_thousand_rows_come_page_by_page_as_they_are_wanted(
        self, google: GoogleDouble, book: str, contacts: Target
    ) -> None:
        size = {"sheetId": 0, "gridProperties": {"rowCount": 100_000, "columnCount": 2}}
        fields = "gridProperties.rowCount,gridProperties.columnCount"
        request = {"updateSheetProperties": {"properties": size, "fields": fields}}
        sheets = google.service("sheets").spreadsheets()
        sheets.batchUpdate(spreadsheetId=book, body={"requests": [request]}).execute()
        google.type_cells(book, "A1", [["name", "email"], *([f"P{n}", f"p{n}@x.org"] for n in range(99_999))])
        found = iter(contacts().people(sample_briefing()))
        assert next(found) == Member("p0@x.org", "P0")
        assert ranges(google) == ["'Sheet1'!1:10000"]
        assert sum(isinstance(each, Member) for each in found) == 99_998
        assert ranges(google)[1:] == [
            f"'Sheet1'!{first}:{first + 9999}" for first in range(10_001, 100_001, 10_000)
        ]

    def test_no_more_is_asked_of_google_than_values(
        self, google: GoogleDouble, book: str, contacts: Target
    ) -> None:
        google.type_cells(book, "A1", [HEADER, ["Ada", "ada@x.org"]])
        people(contacts())
        look, values = (each for each in google.requests if each.method.startswith("sheets."))
        assert look.query["fields"] == "sheets(properties(title,hidden,gridProperties(rowCount,columnCount)))"
        assert values.query["fields"] == "values"
        assert contacts().scopes == ("https://www.googleapis.com/auth/spreadsheets.readonly",)


class TestWhatGoesWrong:
    def test_a_spreadsheet_that_is_not_there_is_named(self, contacts: Target) -> None:
        with pytest.raises(
            IntegrationError, match=rf"no spreadsheet .*/d/{'x' * 20}.*{SERVICE} may not see it"
        ):
            people(contacts(spreadsheet="x" * 20))

    def test_one_that_is_not_shared_asks_to_be(
        self, google: GoogleDouble, book: str, contacts: Target
    ) -> None:
        google.share_file(book, "none", f"user:{SERVICE}")
        with pytest.raises(
            IntegrationError, match=rf"{SERVICE} may not read .*under Share, add the account as a viewer"
        ):
            people(contacts())

    def test_an_api_that_is_switched_off_is_named(self, google: GoogleDouble, contacts: Target) -> None:
        google.disable_api("sheets")
        with pytest.raises(IntegrationError, match="the Google Sheets API is not enabled"):
            people(contacts())

    def test_an_office_file_is_to_be_saved_as_a_spreadsheet(
        self, google: GoogleDouble, contacts: Target
    ) -> None:
        google.fail(
            "sheets.spreadsheets.get",
            status=400,
            reason="failedPrecondition",
            message="This operation is not supported for this document",
        )
        with pytest.raises(IntegrationError, match="File > Save as Google Sheets"):
            people(contacts())

    def test_rows_that_go_while_they_are_read_ask_for_another_run(
        self, google: GoogleDouble, book: str, contacts: Target, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(rows, "_CELLS", 2600)
        google.type_cells(book, "A1", [["name", "email"], *([f"P{n}", f"p{n}@x.org"] for n in range(300))])
        found = iter(contacts().people(sample_briefing()))
        next(found)
        google.delete_lines(book, "ROWS", 50, 900)
        with pytest.raises(IntegrationError, match="was changed while it was read: run it again"):
            list(found)

    @pytest.mark.parametrize(
        ("settings", "words"),
        [
            ({"spreadsheet": "https://docs.google.com/spreadsheets/d/1abc/edit"}, "is no Google spreadsheet"),
            ({"spreadsheet": "x" * 20, "sheet": " "}, "as on its tab"),
            ({"spreadsheet": "x" * 20, "columns": {"Mail": "mail"}}, "not 'mail'"),
            ({"spreadsheet": "x" * 20, "base_url": "ftp://x"}, "is no address of a server"),
        ],
    )
    def test_what_cannot_be_meant_is_refused(self, settings: dict[str, Any], words: str) -> None:
        with pytest.raises((BriefingkitError, ExceptionGroup)) as caught:
            converter().structure(settings, GoogleContactList)
        inner = getattr(caught.value, "exceptions", (caught.value,))
        assert words in " ".join(map(str, inner))


class TestStanding:
    def test_a_check_sees_the_sheet_and_reads_no_row(
        self, google: GoogleDouble, book: str, contacts: Target
    ) -> None:
        google.type_cells(book, "A1", [HEADER, ["Ada", "ada@x.org"]])
        standing = GoogleAccount().check(contacts())
        assert standing.sees == ("the sheet Sheet1 (1000 rows)",)
        assert ranges(google) == []

    def test_a_check_says_what_is_wrong(self, contacts: Target) -> None:
        standing = GoogleAccount().check(contacts(spreadsheet="x" * 20))
        assert not standing.works
        assert "there is no spreadsheet" in standing.problems[0]
