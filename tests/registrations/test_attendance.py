"""Who was there: marked, taken back, read from a report with its doubts, and gone when the person is."""

import csv
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from briefingkit.errors import RegistrationError, TextError
from briefingkit.model import Programme, When
from briefingkit.registrations.attendance.cells import as_moments
from briefingkit.registrations.attendance.matching import AttendanceImported, Doubts, _since
from briefingkit.registrations.personal_data import PersonalData
from briefingkit.registrations.registration_list import RegistrationList
from briefingkit.store import open_ledger

REPORT = """Meeting ID,Topic,Start Time
"812",Night buses,03/10/2027 02:55:00 PM

Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes)
Ada Okafor,ADA@example.org,03/10/2027 03:05:00 PM,03/10/2027 04:05:00 PM,60
"larsen, bo",,03/10/2027 03:10:00 PM,03/10/2027 03:40:00 PM,30
John Smith,john@private.example,03/10/2027 03:00:00 PM,03/10/2027 03:20:00 PM,20
Somebody Else,,03/10/2027 03:00:00 PM,03/10/2027 03:20:00 PM,20
"""


@pytest.fixture
def roll(opened: Any) -> RegistrationList:
    opened_list: RegistrationList = opened()
    people = {
        "ada": "Ada Okafor",
        "bo": "Bo Larsen",
        "js1": "John Smith",
        "js2": "John SMITH",
        "di": "Di Marco",
    }
    for address, name in people.items():
        opened_list.add({"email": f"{address}@example.org", "name": name})
    return opened_list


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.csv"
    path.write_text(REPORT, encoding="utf-8")
    return path


def kinds(done: AttendanceImported) -> list[str]:
    return [match.kind.value for match in done.matches]


def present(roll: RegistrationList) -> dict[int, int | None]:
    return {each.number: each.minutes for each in roll.attendance()}


def test_people_are_marked_by_hand_and_it_is_taken_back(roll: RegistrationList) -> None:
    since = datetime(2027, 3, 10, 14, 5, tzinfo=UTC)
    (ada, bo) = roll.mark_present("ADA@example.org", "#2", since=since, minutes=40)
    assert (ada.number, ada.name, ada.minutes, ada.since, ada.sources) == (
        1,
        "Ada Okafor",
        40,
        since,
        ("hand",),
    )
    assert bo.number == 2
    roll.mark_present("#2")
    assert present(roll) == {1: 40, 2: None}
    assert roll.mark_absent("ada@example.org", "#3") == 1
    assert present(roll) == {2: None}


def test_all_are_marked_or_none_and_the_error_names_no_address(roll: RegistrationList) -> None:
    with pytest.raises(RegistrationError, match="number 2, 4 of the 4") as caught:
        roll.mark_present("ada@example.org", "secret@example.org", "bo@example.org", "#99")
    assert "secret" not in str(caught.value)
    assert roll.attendance() == ()
    with pytest.raises(RegistrationError, match="nothing was changed"):
        roll.mark_absent("#99")


@pytest.mark.parametrize("who", ["#", "#-1", "#1e3", "#99999999999999999999", "##1", ""])
def test_what_is_no_number_is_nobody(roll: RegistrationList, who: str) -> None:
    with pytest.raises(RegistrationError, match="not on the list"):
        roll.mark_present(who)


@pytest.mark.parametrize("minutes", [0, -3, 10**9])
def test_nobody_is_there_for_no_time_or_for_years(roll: RegistrationList, minutes: int) -> None:
    with pytest.raises(RegistrationError, match="whole minutes"):
        roll.mark_present("#1", minutes=minutes)


def test_a_moment_without_its_zone_is_refused(roll: RegistrationList) -> None:
    with pytest.raises(RegistrationError, match="needs its zone"):
        roll.mark_present("#1", since=datetime(2027, 3, 10, 15))


def test_only_an_address_on_the_list_settles_who_somebody_is(roll: RegistrationList, report: Path) -> None:
    done = roll.import_attendance(report)
    assert kinds(done) == ["exact", "likely", "ambiguous", "unknown"]
    assert [[one.number for one in match.candidates] for match in done.matches] == [[1], [2], [3, 4], []]
    assert (done.people, len(done.doubtful), len(done.unknown)) == (1, 2, 1)
    assert present(roll) == {1: 60}


def test_a_preview_writes_nothing(roll: RegistrationList, report: Path) -> None:
    done = roll.import_attendance(report, doubts=Doubts(likely=True), preview=True)
    assert (done.people, kinds(done)[:2]) == (2, ["exact", "settled"])
    assert roll.attendance() == ()


def test_doubts_are_settled_by_the_number_of_the_entry(roll: RegistrationList, report: Path) -> None:
    done = roll.import_attendance(report, doubts=Doubts({2: None, 3: 4, 4: 5}))
    assert kinds(done) == ["exact", "settled", "settled", "settled"]
    assert present(roll) == {1: 60, 2: 30, 4: 20, 5: 20}


def test_all_that_are_likely_can_be_accepted_at_once_and_no_others(
    roll: RegistrationList, report: Path
) -> None:
    assert kinds(roll.import_attendance(report, doubts=Doubts(likely=True))) == [
        "exact", "settled", "ambiguous", "unknown",
    ]  # fmt: skip
    assert present(roll) == {1: 60, 2: 30}


def test_words_about_doubts_that_do_not_fit_are_told_all_at_once(
    roll: RegistrationList, report: Path
) -> None:
    with pytest.raises(RegistrationError) as caught:
        roll.import_attendance(report, doubts=Doubts({2: 99, 3: None, 4: None, 9: 1}))
    assert str(caught.value).splitlines() == [
        "entry 2: nobody on the list has the number #99",
        "entry 3 may be 2 people: say who it is, as in 3=#17",
        "entry 4 is nobody on the list: say who it is, as in 4=#17",
        "the report has no entry 9: it has 1 to 4",
    ]
    assert roll.attendance() == ()


def test_the_same_report_again_changes_nothing_and_remembers_what_was_settled(
    roll: RegistrationList, report: Path
) -> None:
    roll.import_attendance(report, doubts=Doubts({2: None, 4: 5}))
    before = roll.attendance()
    again = roll.import_attendance(report)
    assert kinds(again) == ["exact", "settled", "ambiguous", "settled"]
    assert roll.attendance() == before


def test_a_later_download_of_the_report_replaces_what_it_said(roll: RegistrationList, report: Path) -> None:
    roll.import_attendance(report)
    report.write_text(REPORT.replace("04:05:00 PM,60", "04:15:00 PM,70"), encoding="utf-8")
    roll.import_attendance(report)
    assert present(roll) == {1: 70}


def test_another_meeting_adds_to_the_time(roll: RegistrationList, report: Path, tmp_path: Path) -> None:
    roll.import_attendance(report)
    (tmp_path / "second.csv").write_text(REPORT.replace('"812"', '"813"'), encoding="utf-8")
    roll.import_attendance(tmp_path / "second.csv")
    assert present(roll) == {1: 120}
    assert len(roll.attendance()[0].sources) == 2


def test_a_hand_knows_better_than_a_report(roll: RegistrationList, report: Path) -> None:
    roll.import_attendance(report)
    roll.mark_present("#1", minutes=15)
    assert present(roll) == {1: 15}


def test_a_word_can_be_taken_back_by_another_word(roll: RegistrationList, report: Path) -> None:
    roll.import_attendance(report, doubts=Doubts({3: 3}))
    roll.import_attendance(report, doubts=Doubts({3: 4}))
    assert present(roll) == {1: 60, 4: 20}


def test_an_address_that_somebody_lent_can_be_somebody_else_by_a_word_and_stays_so(
    roll: RegistrationList, report: Path
) -> None:
    roll.import_attendance(report, doubts=Doubts({1: 5}))
    assert kinds(roll.import_attendance(report))[0] == "settled"
    assert present(roll) == {5: 60}


def test_when_somebody_came_is_read_on_the_reports_clock(roll: RegistrationList, report: Path) -> None:
    roll.import_attendance(report)
    assert roll.attendance()[0].since == datetime(2027, 3, 10, 14, 5, tzinfo=UTC)  # 15:05 in Brussels
    roll.import_attendance(report, zone="UTC")
    assert roll.attendance()[0].since == datetime(2027, 3, 10, 15, 5, tzinfo=UTC)
    with pytest.raises(TextError, match="is not a time zone"):
        roll.import_attendance(report, zone="Mars/Base")


def test_a_day_that_is_none_of_the_briefings_is_not_believed(roll: RegistrationList, report: Path) -> None:
    report.write_text(REPORT.replace("03/10/2027", "06/10/2027"), encoding="utf-8")
    roll.import_attendance(report)
    assert (roll.attendance()[0].since, present(roll)) == (None, {1: 60})


def test_a_day_that_may_be_either_of_two_of_a_long_event_is_neither() -> None:
    spring = When(date(2027, 3, 1), date(2027, 4, 30), "Europe/Brussels")
    either = as_moments("03/04/2027 15:00")
    assert len(either) == 2
    assert _since(either, spring, "UTC") is None
    assert _since(as_moments("03/14/2027 15:00"), spring, "UTC") == datetime(2027, 3, 14, 15, tzinfo=UTC)
    assert _since(either, None, "UTC") is None


@pytest.mark.parametrize("when", ["01/01/0001 00:00", "12/31/9999 23:59"])
def test_the_ends_of_the_calendar_are_no_moment(roll: RegistrationList, report: Path, when: str) -> None:
    report.write_text(REPORT.replace("03/10/2027 03:05:00 PM", when), encoding="utf-8")
    roll.import_attendance(report)
    assert roll.attendance()[0].since is None


def test_attendance_is_no_status(roll: RegistrationList) -> None:
    roll.cancel("#1")
    roll.mark_present("#1", "#2")
    assert [roll.person(who).status for who in ("#1", "#2")] == ["cancelled", "confirmed"]
    counted = roll.statistics().attendance
    assert counted is not None
    assert (counted.expected, counted.attended, counted.unexpected) == (4, 1, 1)


def test_who_was_there_is_in_every_export_once_anybody_was(roll: RegistrationList, tmp_path: Path) -> None:
    roll.export(tmp_path / "before.csv")
    assert "attended" not in (tmp_path / "before.csv").read_text(encoding="utf-8-sig")
    roll.mark_present("#2", minutes=30)
    roll.export(tmp_path / "after.csv")
    with (tmp_path / "after.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["attended"], row["minutes_attended"]) for row in rows[:2]] == [("no", ""), ("yes", "30")]
    roll.export(tmp_path / "after.json")
    told = json.loads((tmp_path / "after.json").read_text(encoding="utf-8"))
    assert told[0]["attendance"] is None
    assert told[1]["attendance"] == {"minutes": 30, "since": None, "sources": ["hand"]}


def test_an_export_with_attendance_can_be_imported_again(roll: RegistrationList, tmp_path: Path) -> None:
    roll.mark_present("#2", minutes=30)
    roll.export(tmp_path / "after.csv")
    assert roll.import_(tmp_path / "after.csv").faulty == 0


def test_a_person_is_shown_what_is_held_of_it(roll: RegistrationList, report: Path, tmp_path: Path) -> None:
    roll.import_attendance(report)
    with PersonalData(
        Programme([roll.briefing]), open_ledger(str(tmp_path / "ledger.db")), clock=roll._clock
    ) as data:
        (held,) = data.person("ada@example.org")["lists"]
    assert [(each["seconds"], each["source"][:7]) for each in held["attendance"]] == [(3600, "report ")]


def test_it_goes_with_the_person(
    roll: RegistrationList, report: Path, ledger_octets: Callable[[], bytes], tmp_path: Path
) -> None:
    roll.import_attendance(report, doubts=Doubts({2: None}))
    roll.erase("ada@example.org")
    assert present(roll) == {2: 30}
    assert b"ada@example.org" not in ledger_octets()
    assert kinds(roll.import_attendance(report))[0] == "unknown"
    assert "bo@example.org" in {row.person for row in _rows(roll)}
    roll.erase("bo@example.org")
    assert _rows(roll) == []
    del tmp_path


def test_it_goes_when_the_retention_is_over(opened: Any, tmp_path: Path, clock: Any) -> None:
    consent = {"key": "c", "text": {"en": "Yes"}, "retention": "1d"}
    roll = opened(consent=consent)
    roll.add({"email": "ada@example.org", "name": "Ada"})
    roll.mark_present("#1")
    clock.now += timedelta(days=30)
    with PersonalData(
        Programme([roll.briefing]), open_ledger(str(tmp_path / "ledger.db")), clock=clock
    ) as data:
        assert data.expire() == {"night-buses": 1}
    assert _rows(roll) == []


def test_no_name_or_address_is_in_what_is_printed_by_accident(roll: RegistrationList, report: Path) -> None:
    done = roll.import_attendance(report)
    said = repr(done) + repr(roll.attendance())
    assert not [
        word for word in ("Ada", "Okafor", "larsen", "private.example", "example.org") if word in said
    ]


def _rows(roll: RegistrationList) -> list[Any]:
    with roll.store.reading(roll.briefing.identifier) as reader:
        return list(reader.attendance())


def test_hooks_are_told_once_who_was_there_and_that_it_was_taken_back(
    opened: Any, roll: RegistrationList, report: Path
) -> None:
    told: list[tuple[str, str]] = []
    assert roll.list()
    listened = opened(hooks={"crm": lambda event: told.append((event.kind, event.registration.email))})
    listened.import_attendance(report, preview=True)
    assert told == []
    listened.import_attendance(report)
    listened.import_attendance(report)
    listened.mark_present("ada@example.org", "di@example.org")
    assert told == [("attended", "ada@example.org"), ("attended", "di@example.org")]
    listened.mark_absent("ada@example.org")
    listened.mark_absent("ada@example.org")
    assert told[2:] == [("absent", "ada@example.org")]
    with pytest.raises(RegistrationError):
        listened.mark_present("bo@example.org", "nobody@example.org")
    assert len(told) == 3
