"""Organisers who sort, insert, move, delete and write while the list changes; and two runs at once."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import pytest
from attrs import evolve
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from briefingkit.registrations.registration import Registration, RegistrationStatus
from briefingkit.testing.google import GoogleDouble
from briefingkit_google.auth import Auth
from briefingkit_google.client import Session
from briefingkit_google.sheets import GoogleSheets
from briefingkit_google.sheets.table import number_of

from .conftest import SERVICE, TARGET
from .sheet_rows import NUMBER, Desk, person

Row = tuple[Any, ...]
PLACES = st.integers(0, 30)
TEXTS = st.sampled_from(["x", "=1+1", "", "17", "#key", "Person 1", "p1@example.org"])


@pytest.fixture
def desk(drive: GoogleDouble, sheets: Callable[..., GoogleSheets]) -> Desk:
    made = Desk(drive, sheets())
    made.publish()
    return made


class Organisers(RuleBasedStateMachine):
    """What people do in the sheet between two runs, and what a run may not take from them."""

    @initialize()
    def begin(self) -> None:
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(TemporaryDirectory()))
        google = self.stack.enter_context(GoogleDouble())
        shared = google.make_drive("Briefings", {SERVICE: "fileOrganizer"})
        google.service_account(folder / "key.json")
        target = GoogleSheets(
            folder=shared,
            auth=Auth(service_account="key.json"),
            base=folder,
            base_url=google.base_url,
            target=TARGET,
        )
        self.desk = Desk(google, target)
        self.desk.publish()
        self.people = {number: person(number) for number in range(1, 4)}
        self.next = 4
        self.desk.mirror(*self.people.values())
        google.type_cells(self.desk.book, "H1", [["Note"], ["note 1"], ["note 2"], ["note 3"]])

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            self.stack.close()

    # The list

    @rule()
    def somebody_registers(self) -> None:
        self.people[self.next] = person(self.next)
        self.next += 1

    @rule(at=PLACES, status=st.sampled_from(RegistrationStatus))
    def somebody_changes(self, at: int, status: RegistrationStatus) -> None:
        if self.people:
            number = sorted(self.people)[at % len(self.people)]
            self.people[number] = evolve(self.people[number], status=status)

    @rule(at=PLACES)
    def somebody_is_erased(self, at: int) -> None:
        if self.people:
            del self.people[sorted(self.people)[at % len(self.people)]]

    # The sheet

    @rule(column=PLACES, backwards=st.booleans())
    def they_sort(self, column: int, *, backwards: bool) -> None:
        width = max(map(len, self.desk.grid()))
        self.desk.google.sort_rows(self.desk.book, column % width, backwards=backwards)

    @rule(at=st.integers(0, 7))
    def they_insert_a_column(self, at: int) -> None:
        self.desk.google.insert_lines(self.desk.book, "COLUMNS", at)

    @rule(at=st.integers(1, 9))
    def they_insert_a_row(self, at: int) -> None:
        self.desk.google.insert_lines(self.desk.book, "ROWS", at)

    @rule(at=st.integers(0, 7), before=st.integers(0, 7))
    def they_move_a_column(self, at: int, before: int) -> None:
        self.desk.google.move_lines(self.desk.book, "COLUMNS", at, before)

    @rule(at=PLACES)
    def they_delete_a_row(self, at: int) -> None:
        rows = len(self.desk.grid())
        if rows > 1:
            self.desk.google.delete_lines(self.desk.book, "ROWS", 1 + at % (rows - 1))

    @rule(at=PLACES, column=st.integers(0, 12), text=TEXTS)
    def they_write_a_cell(self, at: int, column: int, text: str) -> None:
        where = f"{chr(ord('A') + column)}{2 + at % 12}"
        self.desk.google.type_cells(self.desk.book, where, [[text]])

    @rule(at=PLACES)
    def they_copy_a_row(self, at: int) -> None:
        grid = self.desk.grid()
        row = grid[at % len(grid)]
        self.desk.google.type_cells(self.desk.book, f"A{len(grid) + 1}", [row])

    @precondition(lambda self: "#key" in self.desk.grid()[0])
    @rule()
    def they_hide_nothing_and_delete_the_keys(self) -> None:
        column = self.desk.grid()[0].index("#key")
        if self.desk.grid()[0].count("#key") == 1:
            self.desk.google.delete_lines(self.desk.book, "COLUMNS", column)

    # What is promised

    @rule()
    def the_list_is_mirrored(self) -> None:
        before, rows_before = sorted(map(str, self._beside())), self._rows()
        done = self.desk.mirror(*self.people.values())
        after, rows_after = sorted(map(str, self._beside())), self._rows()
        assert rows_after.keys() == set(self.people)
        for number, rows in rows_before.items():
            if number in self.people and len(rows) == 1:
                assert rows_after[number] == rows
        assert done.added + done.changed + done.untouched == len(self.people)
        if not done.removed:
            # Nothing that people wrote beside us is gone, moved to another column, or on another row's account.
            assert after == before
        shown = self._numbers()
        assert set(self.people) <= set(shown)
        again = self.desk.mirror(*self.people.values())
        assert (again.added, again.changed, again.removed) == (0, 0, 0)

    def _numbers(self) -> list[int]:
        """The numbers of the rows whose cells are all as the list says."""
        found = []
        for number, each in self.people.items():
            wanted = {str(number), each.answers["name"], each.answers["email"]}
            rows = [row for row in self.desk.grid() if wanted <= set(map(str, row))]
            found += [number] * len(rows)
        return found

    def _rows(self) -> dict[int, list[list[Any]]]:
        """What people wrote beside the rows of ours, by the number that their keys say."""
        sheet = self.desk.google._sheets.spreadsheets[self.desk.book].sheets[0]
        ours = {each.index for each in sheet.metadata.values() if each.dimension == "COLUMNS"}
        [keys] = [each.index for each in sheet.metadata.values() if each.value == "#key"] or [-1]
        found: dict[int, list[list[Any]]] = {}
        for row in range(60):
            number = number_of("night-buses", sheet.cells.get((row, keys)))
            if number is not None:
                beside = [sheet.cells.get((row, at)) for at in range(sheet.columns) if at not in ours]
                found.setdefault(number, []).append([cell for cell in beside if cell is not None])
        return found

    def _beside(self) -> Iterator[list[Any]]:
        """What stands in columns that are not ours, column by column."""
        sheet = self.desk.google._sheets.spreadsheets[self.desk.book].sheets[0]
        ours = {each.index for each in sheet.metadata.values() if each.dimension == "COLUMNS"}
        for column in range(sheet.columns):
            if column not in ours:
                cells = [sheet.cells.get((row, column)) for row in range(40)]
                if any(cell is not None for cell in cells):
                    yield [cell for cell in cells if cell is not None]


TestOrganisers = Organisers.TestCase
TestOrganisers.settings = hypothesis_settings(max_examples=12, stateful_step_count=18, deadline=None)


# Others at the same moment


def interrupted(monkeypatch: pytest.MonkeyPatch, place: int, by: Callable[[], object]) -> None:
    """Let something happen before a request, the one at a place from 0."""
    real, left = Session.try_once, iter(range(place))
    busy: list[bool] = []

    def once(session: Session, request: Any, **more: Any) -> Any:
        if not busy and next(left, None) is None:
            busy.append(True)
            by()
        return real(session, request, **more)

    monkeypatch.setattr(Session, "try_once", once)


@pytest.mark.parametrize("place", range(8))
def test_a_run_in_the_middle_of_another_doubles_no_row_and_removes_no_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    first = [person(number) for number in range(1, 6)]
    desk.mirror(*first)
    desk.google.type_cells(desk.book, "H2", [[f"note {number}"] for number in range(1, 6)])
    left, new = [first[0], first[2], first[4]], person(6)
    interrupted(monkeypatch, place, lambda: desk.mirror(*left, new))
    desk.mirror(*left, new)
    assert [(row[1], row[7:]) for row in desk.grid()[1:]] == [
        (1, ["note 1"]),
        (3, ["note 3"]),
        (5, ["note 5"]),
        (6, []),
    ]


@pytest.mark.parametrize("place", range(6))
def test_two_first_runs_make_one_table(desk: Desk, monkeypatch: pytest.MonkeyPatch, place: int) -> None:
    people = [person(1), person(2)]
    interrupted(monkeypatch, place, lambda: desk.mirror(*people))
    desk.mirror(*people)
    assert len(desk.grid()) == 3
    assert desk.grid()[0].count("#key") == 1
    assert sorted(desk.seen(NUMBER)) == [(1,), (2,)]


@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("does", ["sort", "move", "insert"])
def test_people_at_work_in_the_middle_of_a_run_lose_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, place: int, does: str
) -> None:
    people = [person(1, "Cy"), person(2, "Ann"), person(3, "Bo")]
    desk.mirror(*people)
    desk.google.type_cells(desk.book, "H1", [["Note"], ["c"], ["a"], ["b"]])
    acts = {
        "sort": lambda: desk.google.sort_rows(desk.book, 5),
        "move": lambda: desk.google.move_lines(desk.book, "COLUMNS", 7, 0),
        "insert": lambda: desk.google.insert_lines(desk.book, "ROWS", 1),
    }
    interrupted(monkeypatch, place, acts[does])
    changed = [evolve(each, status=RegistrationStatus.PENDING) for each in people]
    desk.mirror(*changed, person(4, "Di"))
    rows = [row for row in desk.seen("Name", "Status", "Note") if row[0]]
    assert sorted(rows) == [
        ("Ann", "Pending", "a"),
        ("Bo", "Pending", "b"),
        ("Cy", "Pending", "c"),
        ("Di", "Confirmed", ""),
    ]


def test_two_processes_at_once_end_as_one_would(desk: Desk) -> None:
    people: list[Registration] = [person(number) for number in range(1, 40)]
    desk.mirror(*people[:20])
    faults: list[BaseException] = []

    def run() -> None:
        try:
            desk.mirror(*people[5:])
        except BaseException as error:  # noqa: BLE001 - shown below
            faults.append(error)

    threads = [Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert sorted(desk.seen(NUMBER)) == [(number,) for number in range(6, 40)]
