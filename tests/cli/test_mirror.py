"""`briefingkit registrations mirror`, and what erasing says of the copies that it keeps."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from briefingkit.testing.google import GoogleDouble

from ..commands import Command
from ..night_buses import append, edit

SERVICE = "briefingkit@double.iam.gserviceaccount.com"


@pytest.fixture
def google(home: Path, cli: Command) -> Iterator[GoogleDouble]:
    """Google, where a list of two people is kept."""
    with GoogleDouble() as double:
        folder = double.make_folder("Lists", double.make_drive("City", {SERVICE: "fileOrganizer"}))
        double.service_account(home / "key.json")
        (home / "briefingkit.yaml").write_text(
            "format: 1\nnamespace: talks.example.org\ntargets:\n  lists:\n    use: google.sheets\n"
            f"    folder: {folder}\n    base_url: {double.base_url}\n    auth: {{service_account: key.json}}\n",
            encoding="utf-8",
        )
        consent = "consent: {key: c, text: {en: Yes, fr: Oui}, retention: 1d}"
        append(home / "briefing.yaml", f"registration: {{{consent}}}\n")
        assert cli("apply").code == 0
        for name in ("ada", "bo"):
            assert (
                cli("registrations", "add", "night-buses", f"email={name}@example.org", f"name={name}").code
                == 0
            )
        yield double


def book(google: GoogleDouble) -> str:
    return next(each.id for each in google.files.values() if "spreadsheet" in each.mime_type)


def test_a_list_is_kept_and_told(cli: Command, google: GoogleDouble) -> None:
    done = cli("registrations", "mirror", "night-buses")
    assert done.code == 0
    assert done.out.startswith("night-buses at lists: 2 added\n")
    [kept] = cli("registrations", "mirror", "--json").json["mirrored"]
    assert (kept["untouched"], kept["error"]) == (2, None)
    google.type_cells(book(google), "C8", [["typed by hand"]])
    assert "1 row there is not of the list" in cli("registrations", "mirror", "-t", "lists").out


def test_fetching_brings_it_in_step_where_that_is_asked_for(cli: Command, google: GoogleDouble) -> None:
    assert "lists" not in cli("registrations", "pull").out
    done = cli("registrations", "pull", "--mirror")
    assert (done.code, "night-buses at lists: 2 added" in done.out) == (0, True)
    google.fail("sheets.*", status=403, reason="forbidden", times=9)
    failed = cli("registrations", "pull", "--mirror", "--json")
    assert (failed.code, failed.json["pulled"]) == (1, [])
    assert [each["error"] is not None for each in failed.json["mirrored"]] == [True]


def test_before_a_plan_was_applied_there_is_nowhere_to_keep_it(
    cli: Command, google: GoogleDouble, home: Path
) -> None:
    text = (home / "briefing.yaml").read_text(encoding="utf-8").replace("night-buses", "day-buses")
    (home / "day").mkdir()
    (home / "day" / "briefing.yaml").write_text(text, encoding="utf-8")
    done = cli("registrations", "mirror")
    assert done.code == 1
    assert "day-buses at lists: there is no spreadsheet for day-buses yet: apply a plan first" in done.err
    assert "night-buses at lists: 2 added" in done.out
    assert len(google.cells(book(google), "A1:ZZ")) == 3


def test_erasing_takes_the_row_away_and_says_what_stays(cli: Command, google: GoogleDouble) -> None:
    cli("registrations", "mirror")
    done = cli("registrations", "erase", "ada@example.org")
    assert done.code == 0
    assert "1 row removed at lists" in done.out
    assert "Version history" in done.out
    assert "ada@example.org" not in str(google.cells(book(google), "A1:ZZ"))


@pytest.mark.parametrize("more", [[], ["-b", "night-buses"]])
def test_a_copy_that_cannot_be_reached_is_said_to_be_there(
    cli: Command, google: GoogleDouble, more: list[str]
) -> None:
    cli("registrations", "mirror")
    google.fail("sheets.*", status=403, reason="forbidden", times=9)
    done = cli("registrations", "erase", "ada@example.org", *more)
    assert done.code == 1
    assert "1 registration erased" in done.out
    assert "A copy is still at lists (night-buses)" in done.err
    assert "Take it away with: briefingkit registrations mirror night-buses --target lists" in done.err
    assert "ada@example.org" not in done.err
    google.heal()
    done = cli("registrations", "mirror", "night-buses", "--target", "lists")
    assert (done.code, "1 removed, 1 in step" in done.out, "Version history" in done.out) == (0, True, True)


def test_a_list_that_expires_is_emptied_there(cli: Command, google: GoogleDouble, home: Path) -> None:
    cli("registrations", "mirror")
    edit(home / "briefing.yaml", "2027-03-10", "2020-03-10")
    done = cli("registrations", "expire", "--json").json
    assert done["expired"] == {"night-buses": 2}
    assert [each["removed"] for each in done["kept"]] == [2]
    assert len(google.cells(book(google), "A1:ZZ")) == 1


def test_without_such_a_target_nothing_is_to_do(cli: Command, home: Path) -> None:
    assert home.is_dir()
    assert cli("registrations", "mirror").out == "No target keeps lists.\n"
