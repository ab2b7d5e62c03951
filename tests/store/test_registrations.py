"""What the ledger promises of registrations, on SQLite and on PostgreSQL, with real processes beside each other."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest

from briefingkit.model import Programme, structure
from briefingkit.registrations.registration_list import RegistrationList
from briefingkit.store import open_ledger
from briefingkit.store.registration_rows import EventRow, ListRow, MarkRow, RegistrationRow, ResponseRow
from briefingkit.store.registrations import Registrations

AT = "2027-03-01T09:00:00.000000+00:00"

# Each process hands in people of its own as fast as it can, once both are ready.
RIVAL = """
import sys
from datetime import UTC, datetime
from briefingkit.model import Programme, structure
from briefingkit.registrations.registration_list import RegistrationList
from briefingkit.registrations.response import Response
from briefingkit.store import open_ledger
url, name = sys.argv[1:]
briefing = structure({"briefing": "b", "languages": ["en"], "title": "B", "status": "confirmed",
    "start": "2027-03-10T15:00", "end": "2027-03-10T16:00", "timezone": "UTC",
    "registration": {"capacity": 10, "waitlist": True}})
at = datetime(2027, 3, 1, tzinfo=UTC)
roll = RegistrationList(briefing, Programme([briefing]), open_ledger(url), clock=lambda: at)
print("ready", flush=True)
sys.stdin.readline()
for number in range(25):
    answers = {"email": f"{name}{number}@example.org"}
    assert roll.receive(Response(f"{name}{number}", "b", "page", at, None, answers)).taken
    if number % 5 == 0:
        roll.cancel(f"{name}{number}@example.org")
"""


def registration(person: str, number: int = 1, *, waits: bool = False) -> RegistrationRow:
    return RegistrationRow(
        "b", person, number, number, "confirmed", waits, None, '{"email":"x"}', "{}", '[""]', None, AT, AT
    )


def response(id_: str, at: str = AT, person: str = "p") -> ResponseRow:
    return ResponseRow(
        "b", "form", id_, at, person, cancels=False, language=None, answers="{}", consent=None, before=None
    )


class RegistrationsContract:
    @pytest.fixture
    def store(self, url: str) -> Iterator[Registrations]:
        with open_ledger(url) as ledger:
            yield Registrations(ledger)

    def test_a_list_that_nobody_wrote_to_is_empty(self, store: Registrations) -> None:
        with store.reading("b") as reader:
            assert reader.held() == ListRow("b")
            assert list(reader.all()) == []
        assert store.lists() == []

    def test_rows_come_back_as_they_were_put(self, store: Registrations) -> None:
        rows = [registration("p"), registration("q", 2, waits=True)]
        with store.writing("b") as writer:
            writer.put(ListRow("b", arrivals=2), registrations=rows, responses=[response("1")])
        with store.reading("b") as reader:
            assert list(reader.all()) == rows
            assert reader.registrations(["q", "nobody"]) == {"q": rows[1]}
            assert reader.numbered(1) == rows[0]
            assert list(reader.waiting()) == rows[1:]
            assert reader.statuses() == {"confirmed": 2}
            assert reader.held().arrivals == 2

    def test_the_newest_version_of_a_response_is_given(self, store: Registrations) -> None:
        later = response("1", AT.replace("09:", "10:"))
        with store.writing("b") as writer:
            writer.put(writer.held(), responses=[later, response("1"), response("2")])
        with store.reading("b") as reader:
            assert reader.newest(["form"], ["1"]) == {("form", "1"): later}
            assert reader.newest(["page"], ["1"]) == {}
            assert [row.id for row in reader.responses("p")] == ["1", "2", "1"]

    def test_what_fails_leaves_nothing(self, store: Registrations) -> None:
        def fail_within() -> None:
            with store.writing("b") as writer:
                writer.put(ListRow("b", arrivals=1), registrations=[registration("p")])
                raise RuntimeError

        with pytest.raises(RuntimeError):
            fail_within()
        with store.reading("b") as reader:
            assert list(reader.all()) == []

    def test_forgetting_takes_every_row_of_a_person_and_no_others(self, store: Registrations) -> None:
        events = [EventRow("crm", f"e{person}", "b", 1, person, "{}") for person in "pq"]
        with store.writing("b") as writer:
            writer.put(
                writer.held(),
                registrations=[registration("p"), registration("q", 2)],
                responses=[response("1"), response("2", person="q")],
                events=events,
                marks=[MarkRow("b", "m", AT)],
            )
            writer.forget("p")
        with store.reading("b") as reader:
            assert [row.person for row in reader.all()] == ["q"]
            assert reader.responses("p") == []
            assert reader.marked(["m", "n"]) == {"m": AT}
        assert store.events("crm", 9) == events[1:]
        assert store.compact()

    def test_a_key_is_made_once(self, store: Registrations) -> None:
        assert store.key("k", "aa") == "aa"
        assert store.key("k", "bb") == "aa"

    def test_thousands_of_names_can_be_asked_for(self, store: Registrations) -> None:
        rows = [registration(f"p{number}", number) for number in range(12_000)]
        with store.writing("b") as writer:
            writer.put(writer.held(), registrations=rows)
            writer.put(writer.held(), registrations=[attrs.evolve(rows[7], status="cancelled")])
        with store.reading("b") as reader:
            assert len(reader.registrations(row.person for row in rows)) == 12_000
            assert reader.statuses() == {"confirmed": 11_999, "cancelled": 1}
            assert [row.number for row in reader.all()] == list(range(12_000))

    def test_two_processes_never_give_more_places_than_there_are(self, url: str) -> None:
        with open_ledger(url):
            pass
        rivals = [
            subprocess.Popen(
                [sys.executable, "-c", RIVAL, url, name],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for name in ("ada", "bo")
        ]
        for rival in rivals:
            assert rival.stdout is not None
            assert rival.stdout.readline() == "ready\n"
        errors = []
        for rival in rivals:
            assert rival.stdin is not None
            rival.stdin.write("go\n")
            rival.stdin.flush()
        for rival in rivals:
            errors.append(rival.communicate(timeout=60)[1])
            assert rival.returncode == 0, errors
        briefing = structure({"briefing": "b", "languages": ["en"]})
        roll = RegistrationList(
            briefing, Programme([briefing]), open_ledger(url), clock=lambda: datetime(2027, 3, 1, tzinfo=UTC)
        )
        with roll:
            everybody = list(roll.list())
            assert sorted(each.number for each in everybody) == list(range(1, 51))
            confirmed = [each for each in everybody if each.status == "confirmed"]
            waiting = [each.position for each in everybody if each.status == "waitlisted"]
            assert len(confirmed) == 10
            assert roll.counts().taken == 10
            assert len(waiting) == 30
            assert max(each.position for each in confirmed) < min(waiting)


class TestInAFile(RegistrationsContract):
    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path / 'ledger.db'}"


@pytest.mark.peer
class TestOnPostgreSQL(RegistrationsContract):
    @pytest.fixture
    def url(self, postgresql: str) -> str:
        return postgresql


def test_a_reader_keeps_the_file_from_being_cleaned_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("briefingkit.store.engine.BUSY_TIMEOUT", 0.1)
    url = str(tmp_path / "ledger.db")
    with open_ledger(url) as ledger, open_ledger(url) as other:
        store = Registrations(ledger)
        with store.writing("b") as writer:
            writer.put(ListRow("b", arrivals=1), registrations=[registration("p")])
        with Registrations(other).reading("b") as reader:
            assert reader.held().arrivals == 1
            with store.writing("b") as writer:
                writer.forget("p")
            assert not store.compact()
        assert store.compact()
