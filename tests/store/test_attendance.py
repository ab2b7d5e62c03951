"""What the ledger promises of attendance, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import evolve

from briefingkit.store import open_ledger
from briefingkit.store.registration_rows import AttendanceRow
from briefingkit.store.registrations import Registrations

AT = "2027-03-10T17:00:00.000000+00:00"
ADA = AttendanceRow("b", "ada@example.org", "report 1", "x", AT, 3600, AT)
BO = AttendanceRow("b", "bo@example.org", "report 1", "y", None, None, AT)


class AttendanceContract:
    @pytest.fixture
    def store(self, url: str) -> Iterator[Registrations]:
        with open_ledger(url) as ledger:
            yield Registrations(ledger)

    def put(self, store: Registrations, *rows: AttendanceRow) -> None:
        with store.writing("b") as writer:
            writer.put_attendance(rows)

    def held(self, store: Registrations, person: str | None = None) -> list[AttendanceRow]:
        with store.reading("b") as reader:
            return list(reader.attendance(person))

    def test_what_was_written_is_read_for_everybody_and_for_one(self, store: Registrations) -> None:
        self.put(store, BO, ADA, evolve(ADA, briefing="other"))
        assert self.held(store) == [ADA, BO]
        assert self.held(store, BO.person) == [BO]

    def test_the_same_entry_of_a_source_is_replaced_and_others_stay(self, store: Registrations) -> None:
        self.put(store, ADA, evolve(ADA, source="hand", entry="", seconds=60))
        self.put(store, evolve(ADA, seconds=120))
        assert [(row.source, row.seconds) for row in self.held(store)] == [("hand", 60), ("report 1", 120)]

    def test_entries_of_a_source_are_forgotten_whoever_they_were(self, store: Registrations) -> None:
        other = evolve(ADA, source="report 2")
        self.put(store, ADA, BO, other)
        with store.writing("b") as writer:
            writer.forget_entries("report 1", ["x", "nothing"])
        assert self.held(store) == [other, BO]

    def test_a_person_is_forgotten_with_their_attendance_and_so_is_everybody(
        self, store: Registrations
    ) -> None:
        elsewhere = evolve(ADA, briefing="other")
        self.put(store, ADA, BO, elsewhere)
        with store.writing("b") as writer:
            writer.forget(ADA.person)
        assert self.held(store) == [BO]
        with store.writing("b") as writer:
            writer.forget_all()
        assert self.held(store) == []
        with store.reading("other") as reader:
            assert list(reader.attendance()) == [elsewhere]

    def test_only_attendance_goes_where_only_that_was_meant(self, store: Registrations) -> None:
        self.put(store, ADA, evolve(ADA, source="hand"), BO)
        with store.writing("b") as writer:
            assert writer.forget_attendance(ADA.person) == 2
            assert writer.forget_attendance("nobody@example.org") == 0
        assert self.held(store) == [BO]


class TestOnSQLite(AttendanceContract):
    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return str(tmp_path / "ledger.db")


@pytest.mark.peer
class TestOnPostgreSQL(AttendanceContract):
    @pytest.fixture
    def url(self, postgresql: str) -> str:
        return postgresql
