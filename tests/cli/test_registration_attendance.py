"""`briefingkit registrations attend`, as a person and as a program use it."""

from pathlib import Path

import pytest

from ..commands import Command
from ..night_buses import append

REPORT = """Name,User Email,Duration (Minutes)
Ada Okafor,ada@example.org,60
Bo Larsen,,30
\x1b[31mSomebody\u202e Else,,20
"""


@pytest.fixture
def report(cli: Command, home: Path) -> Path:
    append(home / "briefing.yaml", "registration: {capacity: 9}\n")
    guests = "email,name\nada@example.org,Ada Okafor\nbo@example.org,Bo Larsen\n"
    (home / "guests.csv").write_text(guests, encoding="utf-8")
    assert cli("registrations", "import", "night-buses", home / "guests.csv").code == 0
    (home / "report.csv").write_text(REPORT, encoding="utf-8")
    return home / "report.csv"


def test_people_are_marked_and_shown(cli: Command, report: Path) -> None:
    del report
    marked = cli(
        "registrations", "attend", "night-buses", "ada@example.org", "#2", "--minutes", "40", "--json"
    )
    assert [(each["number"], each["minutes"]) for each in marked.json["present"]] == [(1, 40), (2, 40)]
    assert cli("registrations", "attend", "night-buses").out == (
        "#1  Ada Okafor  40 minutes  hand\n#2  Bo Larsen  40 minutes  hand\n2 were there\n"
    )
    assert "attended" in cli("registrations", "list", "night-buses").out
    assert (
        cli("registrations", "list", "night-buses", "--json").json["registrations"][0]["attendance"][
            "minutes"
        ]
        == 40
    )
    back = cli("registrations", "attend", "night-buses", "#2", "--absent")
    assert back.out == "1 of 1 had been marked as present, and are no more\n"


def test_a_report_shows_its_doubts_and_waits_for_a_word(cli: Command, report: Path) -> None:
    looked = cli("registrations", "attend", "night-buses", "--report", report, "--preview")
    assert looked.code == 1
    assert looked.out.splitlines() == [
        "1. Ada Okafor (60 minutes): exact, #1 Ada Okafor (confirmed)",
        "2. Bo Larsen (30 minutes): likely, #2 Bo Larsen (confirmed)",
        "3. [31mSomebody Else (20 minutes): unknown",
        "1 would be marked as present; 1 in doubt: --accept says who they are; 1 not on the list",
    ]
    assert cli("registrations", "attend", "night-buses").out == "0 were there\n"
    done = cli(
        "registrations", "attend", "night-buses", "--report", report, "--accept", "2", "--accept", "3=#1"
    )
    assert (done.code, done.out) == (0, "2 are marked as present\n")
    assert cli("registrations", "attend", "night-buses", "--json").json["present"][0]["minutes"] == 80


def test_a_program_gets_every_entry(cli: Command, report: Path) -> None:
    done = cli("registrations", "attend", "night-buses", "--report", report, "--accept", "likely", "--json")
    assert (done.code, done.json["written"], done.json["people"]) == (0, True, 2)
    assert [(each["entry"], each["match"], each["seconds"]) for each in done.json["entries"]] == [
        (1, "exact", 3600), (2, "settled", 1800), (3, "unknown", 1200),
    ]  # fmt: skip


def test_words_that_do_not_fit_are_an_error_and_nothing_is_written(cli: Command, report: Path) -> None:
    ran = cli("registrations", "attend", "night-buses", "--report", report, "--accept", "3", "--accept", "7")
    assert ran.code == 1
    assert "entry 3 is nobody on the list" in ran.err
    assert "no entry 7" in ran.err
    assert cli("registrations", "attend", "night-buses").out == "0 were there\n"


def test_somebody_who_is_not_there_is_named_by_place(cli: Command, report: Path) -> None:
    del report
    ran = cli("registrations", "attend", "night-buses", "#1", "secret@example.org")
    assert (ran.code, "number 2 of the 2" in ran.err, "secret" in ran.err) == (1, True, False)


@pytest.mark.parametrize(
    "options",
    [
        ["--preview"],
        ["--accept", "1"],
        ["--source", "x"],
        ["--absent"],
        ["--minutes", "5"],
        ["#1", "--report", "report.csv"],
        ["--report", "report.csv", "--minutes", "5"],
        ["--report", "report.csv", "--accept", "one"],
        ["#1", "--absent", "--minutes", "5"],
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(cli: Command, report: Path, options: list[str]) -> None:
    del report
    assert cli("registrations", "attend", "night-buses", *options).code == 2


def test_what_is_no_report_is_an_error(cli: Command, report: Path) -> None:
    report.write_text("Colour\nred\n", encoding="utf-8")
    ran = cli("registrations", "attend", "night-buses", "--report", report)
    assert (ran.code, "no table of people" in ran.err) == (1, True)
