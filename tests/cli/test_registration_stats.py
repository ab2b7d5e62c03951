"""`briefingkit registrations stats`, as a person and as a program use it."""

import stat
from pathlib import Path

import pytest

from ..commands import Command
from ..night_buses import append


@pytest.fixture
def guests(home: Path) -> Path:
    append(
        home / "briefing.yaml",
        "registration:\n"
        "  capacity: 50\n"
        "  fields: [name, email, organization, language, interpretation]\n"
        "  questions: [{key: say, text: {en: What else?, fr: Quoi encore ?}, type: paragraph}]\n",
    )
    rows = [f"p{n}@example.org,P{n},北京公交集团,fr,fr,Answer {n}\n" for n in range(12)]
    header = "email,name,organization,language,interpretation,say\n"
    (home / "guests.csv").write_text(header + "".join(rows), encoding="utf-8")
    return home / "guests.csv"


@pytest.fixture
def listed(cli: Command, guests: Path) -> Path:
    assert cli("registrations", "import", "night-buses", guests).code == 0
    return guests.parent


def test_the_numbers_are_read_in_a_terminal(cli: Command, listed: Path) -> None:
    del listed
    out = cli("registrations", "stats", "night-buses", "-l", "en").out
    assert "  12 of 50 places are taken\n" in out
    assert "  French: 12 of 12, book the booth\n" in out
    assert f"  French{' ' * 26} {'█' * 30} 12\n" in out
    assert f"  北京公交集团{' ' * 20} {'█' * 30} 12\n" in out
    assert "Answer 3" not in out
    assert "example.org" not in out


def test_the_language_is_the_briefings_or_one_that_is_said(cli: Command, listed: Path) -> None:
    del listed
    assert "Places prises\u00a0: 12 sur 50" in cli("registrations", "stats", "night-buses", "-l", "fr").out
    assert "places are taken" in cli("registrations", "stats", "night-buses").out
    wrong = cli("registrations", "stats", "night-buses", "-l", "frenchish")
    assert (wrong.code, "is not a language tag" in wrong.err) == (1, True)


def test_a_program_gets_one_document(cli: Command, listed: Path) -> None:
    del listed
    told = cli("registrations", "stats", "night-buses", "--booth-from", "13", "--json").json
    assert (told["total"], told["taken"], told["capacity"]) == (12, 12, 50)
    assert told["interpretation"][0] == {
        "language": "fr", "count": 12, "of": 12, "threshold": 13, "planned": False, "verdict": "few",
    }  # fmt: skip


def test_the_report_is_one_file(cli: Command, listed: Path) -> None:
    ran = cli("registrations", "stats", "night-buses", "--html", listed / "out" / "report.html", "--json")
    assert ran.json["total"] == 12
    page = (listed / "out" / "report.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "<svg" in page


@pytest.mark.parametrize("name", ["brief.md", "brief.html"])
def test_the_brief_is_for_its_owner_to_read_and_has_names_when_asked_for(
    cli: Command, listed: Path, name: str
) -> None:
    assert cli("registrations", "stats", "night-buses", "--brief", listed / name, "--most", "3").code == 0
    plain = (listed / name).read_text(encoding="utf-8")
    assert stat.S_IMODE((listed / name).stat().st_mode) == 0o600
    assert ("Answer 2" in plain, "Answer 3" in plain, "P2" in plain) == (True, False, False)
    cli("registrations", "stats", "night-buses", "--brief", listed / name, "--names")
    assert "P11" in (listed / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "words"),
    [(["--brief", "b.pdf"], ".md or .html"), (["--names"], "--brief"), (["--most", "2"], "--brief")],
)
def test_what_cannot_be_meant_is_wrong_usage(
    cli: Command, listed: Path, options: list[str], words: str
) -> None:
    del listed
    ran = cli("registrations", "stats", "night-buses", *options)
    assert (ran.code, words in ran.err) == (2, True)


def test_a_long_list_of_names_is_cut_and_says_so(cli: Command, listed: Path) -> None:
    rows = [f"q{n}@example.org,Q,Office {n},en,none,\n" for n in range(30)]
    header = "email,name,organization,language,interpretation,say\n"
    (listed / "more.csv").write_text(header + "".join(rows), encoding="utf-8")
    cli("registrations", "import", "night-buses", listed / "more.csv")
    out = cli("registrations", "stats", "night-buses").out
    assert "… and 11 more; --json tells all" in out


def test_a_name_cannot_write_to_the_terminal(cli: Command, guests: Path) -> None:
    cli("registrations", "add", "night-buses", "name=A", "organization=\x1b[31mRed\u202e")
    del guests
    out = cli("registrations", "stats", "night-buses").out
    assert "Red" in out
    assert "\x1b" not in out
    assert "\u202e" not in out
