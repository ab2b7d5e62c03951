"""`briefingkit registrations certificates`, as a person and as a program use it."""

import re
from pathlib import Path

import pytest

from briefingkit.registrations.certificates import certificate as certificates
from briefingkit.registrations.certificates.pdf import CertificateText

from ..commands import Command
from ..night_buses import append


@pytest.fixture
def present(cli: Command, home: Path) -> Path:
    append(home / "briefing.yaml", "registration: {capacity: 9}\n")
    guests = "email,name\nada@example.org,Ada Okafor\nbo@example.org,Bo Larsen\ncy@example.org,\n"
    (home / "guests.csv").write_text(guests, encoding="utf-8")
    assert cli("registrations", "import", "night-buses", home / "guests.csv").code == 0
    cli("registrations", "attend", "night-buses", "#1", "--minutes", "50")
    cli("registrations", "attend", "night-buses", "#2", "--minutes", "10")
    return home


@pytest.fixture
def numbers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Gather the numbers of what is made, with no need of a font."""
    made: list[str] = []

    def draw(text: CertificateText, _fonts: object) -> bytes:
        made.append(text.number)
        return b"%PDF-"

    monkeypatch.setattr(certificates, "certificate_pdf", draw)
    return made


def test_certificates_are_made_and_their_numbers_are_genuine(
    cli: Command, present: Path, numbers: list[str]
) -> None:
    made = cli("registrations", "certificates", "night-buses", "-o", present / "out")
    assert made.out == f"2 certificates written to {present / 'out'}, for you alone to read\n"
    assert sorted(path.name for path in (present / "out").iterdir()) == [
        "00001-ada-okafor.pdf",
        "00002-bo-larsen.pdf",
    ]
    genuine = cli("registrations", "certificates", "night-buses", "--verify", numbers[0])
    assert (genuine.code, genuine.out) == (0, "Genuine: #1 Ada Okafor, 50 minutes\n")
    told = cli("registrations", "certificates", "night-buses", "--verify", numbers[0], "--json").json
    assert told == {"genuine": True, "number": 1, "name": "Ada Okafor", "minutes": 50}
    false = re.sub("^1", "2", numbers[0])
    refused = cli("registrations", "certificates", "night-buses", "--verify", false)
    assert (refused.code, "Not genuine" in refused.err, "Ada" in refused.err) == (1, True, False)
    assert cli("registrations", "certificates", "night-buses", "--verify", false, "--json").json == {
        "genuine": False
    }


def test_who_was_there_too_short_is_counted(cli: Command, present: Path, numbers: list[str]) -> None:
    ran = cli(
        "registrations", "certificates", "night-buses", "-o", present / "out", "--at-least", "30", "--json"
    )
    assert (ran.code, ran.json["short"], len(numbers)) == (0, [2], 1)
    assert ran.json["written"] == [{"number": 1, "file": str(present / "out" / "00001-ada-okafor.pdf")}]


def test_what_could_not_be_made_is_said_once_with_all_whom_it_is_about(
    cli: Command, present: Path, numbers: list[str]
) -> None:
    cli("registrations", "attend", "night-buses", "#3")
    ran = cli("registrations", "certificates", "night-buses", "-o", present / "out")
    assert (ran.code, len(numbers)) == (1, 2)
    assert ran.err == "#3: there is no name to make a certificate out to\n"
    failed = cli("registrations", "certificates", "night-buses", "-o", present / "out", "--json").json[
        "failed"
    ]
    assert failed == [{"number": 3, "problem": "there is no name to make a certificate out to"}]


@pytest.mark.parametrize(
    "options", [[], ["-o", "out", "--verify", "1-0"], ["-o", "out", "--fonts", "nowhere"]]
)
def test_what_cannot_be_meant_is_wrong_usage(cli: Command, present: Path, options: list[str]) -> None:
    del present
    assert cli("registrations", "certificates", "night-buses", *options).code == 2


def test_nobody_there_is_an_error(cli: Command, present: Path) -> None:
    cli("registrations", "attend", "night-buses", "#1", "#2", "--absent")
    ran = cli("registrations", "certificates", "night-buses", "-o", present / "out")
    assert (ran.code, "nobody is marked as present" in ran.err) == (1, True)
    assert not (present / "out").exists()
