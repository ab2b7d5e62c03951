"""`briefingkit registrations`, as a person and as a program use it."""

import csv
import io
from pathlib import Path

import pytest

from ..commands import Command
from ..night_buses import append, edit


@pytest.fixture
def guests(home: Path) -> Path:
    consent = "{key: c, text: {en: Yes, fr: Oui}, retention: 1d}"
    append(home / "briefing.yaml", f"registration: {{capacity: 1, waitlist: true, consent: {consent}}}\n")
    (home / "guests.csv").write_text("Courriel,Nom\nbo@example.org,Bo\nnobody,Cy\n", encoding="utf-8")
    return home / "guests.csv"


def test_the_life_of_a_list(cli: Command, guests: Path) -> None:
    added = cli("registrations", "add", "night-buses", "email=ada@example.org", "name=Ada = Okafor", "--json")
    assert added.json == {"taken": True, "effect": "new", "refusal": None, "number": 1, "status": "confirmed"}
    done = cli("registrations", "import", "night-buses", guests, "--json")
    assert done.code == 1
    assert done.json["outcomes"] == {"new": 1}
    assert done.json["faults"] == [{"row": 3, "column": "email", "message": "this is no e-mail address"}]
    listed = cli("registrations", "list", "night-buses", "--json").json
    assert [(each["status"], each["answers"]["name"]) for each in listed["registrations"]] == [
        ("confirmed", "Ada = Okafor"),
        ("waitlisted", "Bo"),
    ]
    assert cli("registrations", "cancel", "night-buses", "#1").code == 0
    assert cli("registrations", "promote", "night-buses").out == "0 promoted\n"
    out = cli("registrations", "list", "night-buses", "--status", "confirmed").out
    assert "bo@example.org" in out
    assert "ada@example.org" not in out


def test_a_part_of_the_programme_that_is_full_is_told(cli: Command, guests: Path) -> None:
    file = guests.parent / "briefing.yaml"
    edit(file, "capacity: 1,", "capacity: 9, choose: agenda,")
    edit(file, "duration: 25m", "duration: 25m\n    capacity: 1")
    for name in ("ada", "bo"):
        cli("registrations", "add", "night-buses", f"email={name}@example.org", "segments=Chiffres")
    assert cli("registrations", "list", "night-buses").out.splitlines() == [
        "#1  confirmed  ada@example.org",
        "#2  confirmed  bo@example.org  waits for figures",
        "2 confirmed; 2 of 9 places taken; figures: 1 of 1",
    ]


def test_counts_name_nobody(cli: Command, guests: Path) -> None:
    cli("registrations", "import", "night-buses", guests)
    counted = cli("registrations", "list", "night-buses", "--counts", "--json")
    assert counted.json["counts"]["confirmed"] == 1
    assert "example.org" not in counted.out
    assert "registrations" not in counted.json


def test_a_preview_writes_nothing(cli: Command, guests: Path) -> None:
    shown = cli("registrations", "import", "night-buses", guests, "--preview", "--json")
    assert [each["key"] for each in shown.json["columns"]] == ["email", "name"]
    assert shown.json["faults"][0]["row"] == 3
    assert cli("registrations", "list", "night-buses").out == "nobody yet; 0 of 1 places taken\n"


def test_a_preview_of_many_columns_shows_all_that_is_read(cli: Command, guests: Path) -> None:
    guests.write_text(
        f"{','.join(f'c{n}' for n in range(1000))},email\n{'x,' * 1000}bo@example.org\n", encoding="utf-8"
    )
    shown = cli("registrations", "import", "night-buses", guests, "--preview").out.splitlines()
    assert shown[-3:] == ["email → email", "… and 980 more left out", "  email: bo@example.org"]
    assert len(shown) == 20 + 3


def test_a_column_can_be_named(cli: Command, guests: Path) -> None:
    guests.write_text("a=b,who\nbo@example.org,Bo\n", encoding="utf-8")
    done = cli("registrations", "import", "night-buses", guests, "-c", "a=b=email", "-c", "who=name")
    assert done.out == "1 row read: 1 new\n"


@pytest.mark.parametrize("at", ["yesterday", "2027-03-01T09:00"])
def test_a_time_without_a_zone_is_wrong_usage(cli: Command, guests: Path, at: str) -> None:
    ran = cli("registrations", "import", "night-buses", guests, "--at", at)
    assert (ran.code, "with its zone" in ran.err) == (2, True)


def test_an_export_goes_to_a_file(cli: Command, guests: Path) -> None:
    cli("registrations", "add", "night-buses", "email=bo@example.org", "name==1+1")
    done = cli("registrations", "export", "night-buses", "-o", guests.parent / "out.csv", "--json")
    assert done.json["rows"] == 1
    rows = list(csv.DictReader(io.StringIO((guests.parent / "out.csv").read_text(encoding="utf-8-sig"))))
    assert rows[0]["name"] == "'=1+1"
    assert cli("registrations", "export", "night-buses", "-o", guests.parent / "out.pdf").code == 1


def test_a_person_is_shown_and_erased(cli: Command, guests: Path) -> None:
    cli("registrations", "import", "night-buses", guests)
    assert cli("registrations", "person", "bo@example.org").json["lists"][0]["registration"]["number"] == 1
    erased = cli("registrations", "erase", "bo@example.org", "--json").json
    assert (erased["registrations"], erased["complete"]) == (1, True)
    assert erased["copies"][0]["intake"] == "import"
    assert cli("registrations", "person", "bo@example.org").json["lists"] == []
    assert "1 erased" in cli("registrations", "import", "night-buses", guests).out


def test_one_of_a_list_is_erased_by_number(cli: Command, guests: Path) -> None:
    cli("registrations", "import", "night-buses", guests)
    assert "1 registration erased" in cli("registrations", "erase", "#1", "-b", "night-buses").out


def test_what_is_over_expires(cli: Command, guests: Path) -> None:
    assert cli("registrations", "expire").out == "Nothing is due.\n"
    cli("registrations", "import", "night-buses", guests)
    edit(guests.parent / "briefing.yaml", "2027-03-10", "2020-03-10")
    assert cli("registrations", "expire", "--json").json == {
        "expired": {"night-buses": 1},
        "messages": {},
        "kept": [],
    }


def test_nobodys_data_are_in_an_error(cli: Command, guests: Path) -> None:
    del guests
    for arguments in (
        ("cancel", "night-buses", "secret@example.org"),
        ("add", "night-buses", "email=secret"),
        ("add", "night-buses", "secret"),
        ("erase", "secret"),
        ("person", "secret"),
    ):
        ran = cli("registrations", *arguments)
        assert ran.code in {1, 2}
        assert "secret" not in ran.out + ran.err


def test_who_is_refused_is_told_why(cli: Command, guests: Path) -> None:
    edit(guests.parent / "briefing.yaml", "waitlist: true", "waitlist: false")
    cli("registrations", "add", "night-buses", "email=a@example.org", "name=A")
    ran = cli("registrations", "add", "night-buses", "email=b@example.org", "name=B")
    assert (ran.code, ran.err) == (1, "refused: full\n")
