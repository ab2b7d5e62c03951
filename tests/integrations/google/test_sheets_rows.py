"""The rows of a list in a spreadsheet: kept by their keys, whatever people do beside them."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from attrs import evolve

from briefingkit.errors import IntegrationError
from briefingkit.model import Programme
from briefingkit.registrations.registration import RegistrationStatus
from briefingkit.testing.google import GoogleDouble
from briefingkit_google.client import Session
from briefingkit_google.faults import Fault, Reach
from briefingkit_google.sheets import GoogleSheets

from .forming import choice
from .sheet_rows import NUMBER, OWN, Desk, briefing, person

Target = Callable[..., GoogleSheets]


@pytest.fixture
def desk(drive: GoogleDouble, sheets: Target) -> Desk:
    """A spreadsheet that was made and holds nothing yet."""
    made = Desk(drive, sheets())
    made.publish()
    return made


class TestTheTable:
    def test_who_is_on_the_list_stands_there_in_the_order_in_which_they_came(self, desk: Desk) -> None:
        done = desk.mirror(person(1, "Ann"), person(2, "Bo"))
        assert (done.added, done.changed, done.removed, done.untouched) == (2, 0, 0, 0)
        assert desk.grid()[0] == [*OWN, "Name", "E-mail address"]
        assert desk.seen(NUMBER, "Name", "Status") == [(1, "Ann", "Confirmed"), (2, "Bo", "Confirmed")]
        assert desk.seen("Registered on")[0] == ("2022-03-21 10:01+01:00",)
        assert done.where.endswith(f"/{desk.book}/edit")

    def test_again_it_changes_nothing_and_asks_once(self, desk: Desk) -> None:
        desk.mirror(person(1), person(2))
        desk.requests()
        done = desk.mirror(person(1), person(2))
        assert (done.added, done.changed, done.removed, done.untouched) == (0, 0, 0, 2)
        assert desk.requests() == ["getByDataFilter"]

    def test_what_changed_is_written_and_nothing_else(self, desk: Desk) -> None:
        desk.mirror(person(1), person(2, "Bo"))
        desk.requests()
        cancelled = person(2, "Bo", status=RegistrationStatus.CANCELLED)
        assert desk.mirror(person(1), cancelled).changed == 1
        assert desk.seen("Name", "Status")[1] == ("Bo", "Cancelled")
        assert desk.requests() == [
            "getByDataFilter",
            "values.batchUpdateByDataFilter",
            "getByDataFilter",
        ]

    def test_headers_options_and_titles_are_in_the_language_that_is_asked_for(
        self, drive: GoogleDouble, sheets: Target
    ) -> None:
        question = {
            "key": "lunch",
            "text": {"en": "Lunch?", "fr": "Déjeuner ?"},
            "type": "choices",
            "options": [
                {"key": "hot", "text": {"en": "Hot", "fr": "Chaud"}},
                {"key": "cold", "text": {"en": "Cold", "fr": "Froid"}},
            ],
        }
        asked = briefing(fields=["name", "email", "country"], questions=[question])
        desk = Desk(drive, sheets(language="fr"), asked)
        desk.publish()
        desk.mirror(person(1, answers={"lunch": ("hot", "cold"), "country": "CI"}))
        assert drive.files[desk.book].name == "Inscriptions\u00a0: Bus de nuit"
        assert desk.seen("Nom", "Statut", "Déjeuner ?") == [("Person 1", "Confirmé", "Chaud; Froid")]
        assert desk.grid()[1][-2] == "Côte d’Ivoire"

    def test_an_option_that_is_there_no_more_is_shown_by_its_key(
        self, drive: GoogleDouble, sheets: Target
    ) -> None:
        asked = briefing(
            questions=[
                {
                    "key": "q",
                    "text": {"en": "Q"},
                    "type": "choice",
                    "options": [{"key": "new", "text": {"en": "New"}}],
                }
            ]
        )
        desk = Desk(drive, sheets(), asked)
        desk.publish()
        desk.mirror(person(1, answers={"q": "old"}), person(2, answers={"q": True}), person(3))
        assert desk.seen("Q") == [("old",), ("Yes",), ("",)]

    def test_of_several_other_answers_each_says_to_which_question_it_belongs(
        self, drive: GoogleDouble, sheets: Target
    ) -> None:
        asked = briefing(questions=[choice("dish", "fish", other=True), choice("drink", "tea", other=True)])
        desk = Desk(drive, sheets(), asked)
        desk.publish()
        desk.mirror(person(1, answers={"dish": "other", "dish.other": "soup", "drink": "tea"}))
        assert desk.seen("dish? – Other, namely", "drink? – Other, namely") == [("soup", "")]

    def test_who_says_no_language_has_that_of_the_form_that_they_used(
        self, drive: GoogleDouble, sheets: Target
    ) -> None:
        desk = Desk(drive, sheets(), briefing(fields=["name", "email", "language"]))
        desk.publish()
        desk.mirror(person(1, language="fr"), person(2, answers={"language": "fr"}), person(3, language=None))
        assert desk.seen("Language in which we write to you") == [("French",), ("French",), ("",)]

    def test_a_part_of_the_programme_that_somebody_waits_for_is_marked(
        self, drive: GoogleDouble, sheets: Target
    ) -> None:
        agenda = [{"key": "tour", "title": "Tour", "capacity": 1}, {"key": "talk", "title": "Talk"}]
        desk = Desk(drive, sheets(), briefing(agenda=agenda, choose="agenda"))
        desk.publish()
        chosen = {"segments": ("tour", "talk")}
        desk.mirror(
            person(1, answers=chosen, places=("", "tour", "talk")),
            person(2, answers=chosen, places=("", "talk"), waits=True),
        )
        assert desk.seen("Parts of the programme that you come to") == [
            ("Tour; Talk",),
            ("Tour (On the waiting list); Talk",),
        ]

    def test_only_the_columns_that_are_asked_for_go_to_google(
        self, drive: GoogleDouble, sheets: Target
    ) -> None:
        desk = Desk(drive, sheets(columns=("name",)))
        desk.publish()
        desk.mirror(person(1))
        assert desk.grid()[0] == [*OWN, "Name"]
        assert "p1@example.org" not in str(desk.grid())

    @pytest.mark.parametrize(
        ("text", "cell"),
        [
            ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
            ("+32 2 555 01 23", "'+32 2 555 01 23"),
            ("@ann", "'@ann"),
            ("'=1", "''=1"),
            ("007", "007"),
            ("TRUE", "TRUE"),
            ("2022-01-01", "2022-01-01"),
            ("a\r\nb\x00c\ud800", "a\nb\ufffdc\ufffd"),
            ("x" * 60_000, "x" * 50_000),
        ],
    )
    def test_nothing_is_run_and_every_text_is_a_text(self, desk: Desk, text: str, cell: str) -> None:
        desk.mirror(person(1, text))
        assert desk.seen("Name") == [(cell,)]
        assert desk.mirror(person(1, text)).untouched == 1

    def test_a_list_of_nobody_is_headers_alone(self, desk: Desk) -> None:
        assert desk.mirror().untouched == 0
        assert desk.grid() == [[*OWN, "Name", "E-mail address"]]

    def test_the_key_is_hidden_and_whoever_changes_it_is_warned(self, desk: Desk) -> None:
        desk.mirror(person(1))
        sheets = desk.google.service("sheets").spreadsheets()
        [sheet] = sheets.get(spreadsheetId=desk.book, includeGridData=True).execute()["sheets"]
        [protected] = sheet["protectedRanges"]
        assert protected["warningOnly"] is True
        assert protected["range"]["startColumnIndex"] == 0
        assert sheet["data"][0]["columnMetadata"][0]["hiddenByUser"] is True
        assert sheet["properties"]["gridProperties"]["frozenRowCount"] == 1
        assert sheet["properties"]["title"] == "Registrations"


class TestPeopleBeside:
    def test_columns_of_theirs_stay_with_their_rows(self, desk: Desk) -> None:
        desk.mirror(person(1, "Cy"), person(2, "Ann"), person(3, "Bo"))
        desk.google.type_cells(desk.book, "H1", [["Badge"], ["c"], ["a"], ["b"]])
        desk.google.insert_lines(desk.book, "COLUMNS", 2)
        desk.google.type_cells(desk.book, "C1", [["Table"], [7], [5], [6]])
        desk.google.sort_rows(desk.book, desk.grid()[0].index("Name"))
        done = desk.mirror(
            person(1, "Cy"), person(2, "Ann"), person(3, "Bo", status=RegistrationStatus.PENDING)
        )
        assert (done.added, done.changed, done.removed) == (0, 1, 0)
        assert desk.seen("Name", "Status", "Badge", "Table") == [
            ("Ann", "Confirmed", "a", 5),
            ("Bo", "Pending", "b", 6),
            ("Cy", "Confirmed", "c", 7),
        ]

    def test_columns_that_people_move_are_found_and_headers_that_they_rewrite_put_back(
        self, desk: Desk
    ) -> None:
        desk.mirror(person(1, "Ann"))
        desk.google.move_lines(desk.book, "COLUMNS", 5, 1)
        desk.write("Name", -1, "Who")
        desk.google.type_cells(desk.book, "B1", [["Who"]])
        done = desk.mirror(person(1, "Anne"))
        assert done.changed == 1
        assert desk.grid() == [
            ["#key", "Name", *OWN[1:], "E-mail address"],
            [desk.grid()[1][0], "Anne", 1, "Confirmed", *desk.grid()[1][4:6], "p1@example.org"],
        ]

    def test_cells_of_ours_that_people_change_are_put_back_and_counted(self, desk: Desk) -> None:
        desk.mirror(person(1), person(2), person(3))
        desk.write("Name", 0, "Somebody else")
        desk.write(NUMBER, 1, "")
        desk.write("Name", 2, "=1+1")
        done = desk.mirror(person(1), person(2), person(3))
        assert (done.changed, done.untouched) == (3, 0)
        assert desk.seen(NUMBER, "Name") == [(1, "Person 1"), (2, "Person 2"), (3, "Person 3")]

    def test_a_row_that_people_delete_comes_back(self, desk: Desk) -> None:
        desk.mirror(person(1), person(2))
        desk.google.delete_lines(desk.book, "ROWS", 1)
        assert desk.mirror(person(1), person(2)).added == 1
        assert sorted(desk.seen(NUMBER)) == [(1,), (2,)]

    def test_a_row_of_theirs_is_left_alone_and_told(self, desk: Desk) -> None:
        desk.mirror(person(1))
        desk.write("Name", 1, "Walk-in")
        desk.write(NUMBER, 1, 2)
        done = desk.mirror(person(1), person(2))
        assert done.strangers == 1
        assert desk.seen(NUMBER, "Name") == [(1, "Person 1"), (2, "Walk-in"), (2, "Person 2")]

    def test_new_rows_go_below_check_boxes_that_nobody_ticked_and_not_after_them(self, desk: Desk) -> None:
        desk.mirror(person(1))
        desk.google.type_cells(desk.book, "H1", [["Came"], *([False] for _ in range(50))])
        desk.mirror(person(1), person(2))
        assert desk.seen(NUMBER)[:3] == [(1,), (2,), ("",)]

    def test_a_key_that_somebody_wrote_over_is_known_by_the_rest_of_the_row(self, desk: Desk) -> None:
        desk.mirror(person(1), person(2))
        desk.google.type_cells(desk.book, "H2", [["note of 1"]])
        keys = [row[0] for row in desk.grid()]
        desk.google.type_cells(desk.book, "A2", [["oops"]])
        assert desk.mirror(person(1), person(2)).changed == 1
        assert [row[0] for row in desk.grid()] == keys
        assert desk.grid()[1][-1] == "note of 1"

    def test_a_column_of_ours_that_people_delete_comes_back(self, desk: Desk) -> None:
        desk.mirror(person(1), person(2))
        desk.google.type_cells(desk.book, "H1", [["Note"], ["n1"], ["n2"]])
        for column in (0, 3):
            desk.google.delete_lines(desk.book, "COLUMNS", column)
            done = desk.mirror(person(1), person(2))
            assert (done.added, done.removed) == (0, 0)
            assert desk.grid()[0] == [*OWN, "Name", "E-mail address", "Note"]
            assert desk.seen(NUMBER, "Note") == [(1, "n1"), (2, "n2")]

    def test_headers_that_are_deleted_or_sorted_away_are_there_again(self, desk: Desk) -> None:
        desk.mirror(person(1), person(2))
        desk.google.delete_lines(desk.book, "ROWS", 0)
        assert desk.mirror(person(1), person(2)).added == 0
        assert desk.seen(NUMBER) == [(1,), (2,)]
        desk.google.sort_rows(desk.book, 1, header=0)
        done = desk.mirror(person(1), person(2))
        assert (done.added, done.removed, done.strangers) == (0, 0, 0)
        assert sorted(str(row[1]) for row in desk.grid()) == ["1", "2", NUMBER]

    def test_headers_that_are_sorted_away_and_then_deleted_are_there_again(self, desk: Desk) -> None:
        desk.mirror(person(1), person(2))
        desk.google.type_cells(desk.book, "H2", [["n1"], ["n2"]])
        desk.google.sort_rows(desk.book, 1, header=0)
        row = next(at for at, line in enumerate(desk.grid()) if line[0] == "#key")
        desk.google.delete_lines(desk.book, "ROWS", row)
        done = desk.mirror(person(1), person(2))
        assert (done.added, done.removed, done.strangers) == (0, 0, 0)
        assert [(line[1], *line[7:]) for line in desk.grid()] == [(NUMBER,), (1, "n1"), (2, "n2")]

    def test_a_copy_of_a_row_goes_unless_people_wrote_beside_it(self, desk: Desk) -> None:
        desk.mirror(person(1), person(2))
        row = desk.grid()[1]
        desk.google.type_cells(desk.book, "A4", [row, [*row, "a note"]])
        done = desk.mirror(person(1, "Anne"), person(2))
        assert done.removed == 1
        assert [line[5:] for line in desk.grid()[1:]] == [
            ["Anne", "p1@example.org"],
            ["Person 2", "p2@example.org"],
            ["Anne", "p1@example.org", "a note"],
        ]
        assert desk.mirror(person(2)).removed == 2

    def test_another_sheet_and_a_renamed_one_do_not_matter(self, desk: Desk) -> None:
        desk.mirror(person(1))
        batch = desk.google.service("sheets").spreadsheets().batchUpdate
        properties = {"sheetId": 0, "title": "Noms"}
        requests = [
            {"updateSheetProperties": {"properties": properties, "fields": "title"}},
            {"addSheet": {"properties": {"title": "Rooms", "index": 0}}},
        ]
        batch(spreadsheetId=desk.book, body={"requests": requests}).execute()
        assert desk.mirror(person(1), person(2)).added == 1
        assert len(desk.google.cells(desk.book, "Noms")) == 3

    def test_what_somebody_typed_into_the_new_spreadsheet_stays(self, desk: Desk) -> None:
        desk.google.type_cells(desk.book, "A1", [["Shopping"]])
        desk.mirror(person(1))
        assert desk.google.cells(desk.book, "Sheet1") == [["Shopping"]]
        assert desk.seen("Name") == [("Person 1",)]


class TestErasing:
    def test_who_is_on_the_list_no_more_goes_with_what_stands_beside(self, desk: Desk) -> None:
        desk.mirror(person(1), person(2), person(3), person(4))
        desk.google.type_cells(desk.book, "H2", [["n1"], ["n2"], ["n3"], ["n4"]])
        desk.google.sort_rows(desk.book, 1, backwards=True)
        done = desk.mirror(person(2), person(4))
        assert (done.removed, done.untouched) == (2, 2)
        assert [(row[1], row[-1]) for row in desk.grid()[1:]] == [(4, "n4"), (2, "n2")]
        assert done.remains is not None
        assert "Version history" in done.remains
        assert desk.mirror(person(2), person(4)).remains is None

    def test_an_expired_list_leaves_headers(self, desk: Desk) -> None:
        desk.mirror(*map(person, range(1, 30)))
        assert desk.mirror().removed == 29
        assert len(desk.grid()) == 1

    def test_a_question_that_is_asked_no_more_takes_its_answers_along(
        self, drive: GoogleDouble, sheets: Target
    ) -> None:
        question = {"key": "diet", "text": {"en": "Diet"}, "type": "text"}
        desk = Desk(drive, sheets(), briefing(questions=[question]))
        desk.publish()
        desk.mirror(person(1, answers={"diet": "no nuts"}))
        drive.type_cells(desk.book, "I1", [["Note"], ["n1"]])
        desk.briefing = briefing()
        desk.mirror(person(1, answers={"diet": "no nuts"}))
        assert "no nuts" not in str(desk.grid())
        assert desk.seen("Name", "Note") == [("Person 1", "n1")]
        desk.briefing = briefing(questions=[question])
        desk.mirror(person(1, answers={"diet": "no nuts"}))
        assert desk.seen("Diet", "Note") == [("no nuts", "n1")]


class TestMany:
    def test_ten_thousand_rows_go_in_few_requests(self, desk: Desk) -> None:
        people = [person(number) for number in range(1, 10_001)]
        assert desk.mirror(*people).added == 10_000
        asked = desk.requests()
        assert asked.count("values.batchUpdateByDataFilter") == 4
        assert len(asked) <= 11
        changed = [evolve(each, status=RegistrationStatus.WAITLISTED) for each in people[9_990:]]
        assert desk.mirror(*people[:9_990], *changed).changed == 10
        assert len(desk.requests()) == 3


class TestWhatGoesWrong:
    def test_without_a_spreadsheet_it_is_said_what_to_do(self, sheets: Target) -> None:
        with pytest.raises(IntegrationError, match="apply a plan first"):
            sheets().mirror(briefing(), Programme([briefing()]), {}, [person(1)])

    def test_a_spreadsheet_that_is_gone_is_told(self, desk: Desk) -> None:
        desk.google.remove_file(desk.book)
        with pytest.raises(IntegrationError, match=r"is not there, or .* may not see it"):
            desk.mirror(person(1))

    def test_one_that_may_only_be_read_is_told(self, drive: GoogleDouble, sheets: Target) -> None:
        desk = Desk(drive, sheets())
        desk.publish()
        for held in drive._drive.drives.values():
            held.members = dict.fromkeys(held.members, "reader")
        with pytest.raises(IntegrationError, match="may not write to"):
            desk.mirror(person(1))

    @pytest.mark.parametrize(
        "fault", [{"status": 503}, {"status": 429}, {"reset": True}, {"after": True, "reset": True}]
    )
    def test_a_fault_that_passes_is_sat_out(
        self, desk: Desk, slept: list[float], fault: dict[str, Any]
    ) -> None:
        for method in ("getByDataFilter", "batchUpdate", "values.batchUpdateByDataFilter"):
            desk.google.fail(f"sheets.spreadsheets.{method}", **fault)
        desk.mirror(person(1), person(2))
        desk.google.fail("sheets.spreadsheets.batchUpdate", **fault)
        assert desk.seen(NUMBER) == [(1,), (2,)]
        desk.mirror(person(2))
        assert desk.seen(NUMBER) == [(2,)]
        assert slept

    def test_what_was_done_and_whose_answer_was_lost_is_counted(self, desk: Desk) -> None:
        desk.mirror(person(1), person(2))
        desk.google.fail("sheets.spreadsheets.batchUpdate", after=True, reset=True)
        done = desk.mirror(person(2))
        assert (done.removed, done.remains is None) == (1, False)
        desk.google.fail("sheets.spreadsheets.batchUpdate", after=True, reset=True)
        done = desk.mirror(person(2), person(3))
        assert (done.added, done.changed, done.untouched) == (1, 0, 1)

    def test_a_warning_that_people_put_in_other_words_stands_in_nobodys_way(self, desk: Desk) -> None:
        desk.mirror(person(1), person(2))
        held = desk.google._sheets.spreadsheets[desk.book].sheets[0].protected
        for name in held:
            held[name] = {**held[name], "description": "Do not touch"}
        assert desk.mirror(person(2)).removed == 1
        assert len(held) >= 1

    def test_nobody_is_named_in_what_is_raised(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        real = Session.try_once

        def quoting(session: Session, request: Any, **more: Any) -> Any:
            if "values:batch" in request.uri:
                words = "Invalid data[5]: Zanzibar Quetzal"
                return Fault(Reach.RESOURCE, words, certain=True, status=400, reason="INVALID_ARGUMENT")
            return real(session, request, **more)

        monkeypatch.setattr(Session, "try_once", quoting)
        with pytest.raises(IntegrationError, match="does not stay as it is written") as caught:
            desk.mirror(person(1, "Zanzibar Quetzal"))
        assert "Zanzibar" not in str(caught.value)
        assert "INVALID_ARGUMENT" in str(caught.value)

    def test_killed_after_any_request_the_next_run_ends_right(
        self, drive: GoogleDouble, sheets: Target, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lives = 0
        while True:
            lives += 1
            desk = Desk(drive, sheets(), evolve(briefing(), identifier=f"night-{lives}"))
            desk.publish()
            desk.mirror(person(1), person(2))
            drive.type_cells(desk.book, "H2", [["n1"], ["n2"]])
            drive.delete_lines(desk.book, "COLUMNS", 3)
            finished = False
            with monkeypatch.context() as patched, suppress(Killed):
                patched.setattr(Session, "try_once", dying(lives))
                desk.mirror(person(2), person(3))
                finished = True
            desk.mirror(person(2), person(3))
            assert [(row[1], *row[7:]) for row in desk.grid()[1:]] == [(2, "n2"), (3,)]
            if finished:
                break
        assert lives > 5


class Killed(BaseException):
    """The process dies here."""


def dying(lives: int) -> Callable[..., Any]:
    """Send so many requests, and die after the last of them was done."""
    real, left = Session.try_once, iter(range(lives - 1))

    def once(session: Session, request: Any, **more: Any) -> Any:
        answer = real(session, request, **more)
        if next(left, None) is None:
            raise Killed
        return answer

    return once
