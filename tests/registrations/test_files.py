import csv
import io
import json
import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from briefingkit.errors import RegistrationError, StoreError
from briefingkit.model import Programme, structure
from briefingkit.registrations.files import importing
from briefingkit.registrations.files.formulas import armed, disarmed
from briefingkit.registrations.registration_list import RegistrationList
from briefingkit.registrations.response import Response
from briefingkit.store import open_ledger
from briefingkit.store.registration_rows import ListRow
from briefingkit.store.registrations import ListWriter

from .conftest import briefing_data

Opened = Callable[..., RegistrationList]
TEXT = "Nom;Courriel;Votre repas;Rien\nÉlodie;elodie@example.org;Végétarien;x\nBo;bo@example.org;;\n"


def people(roll: RegistrationList) -> list[dict[str, Any]]:
    return [dict(each.answers) for each in roll.list()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_a_file_is_read_in_any_usual_form(
    opened: Opened, tmp_path: Path, encoding: str, separator: str
) -> None:
    file = tmp_path / "guests.csv"
    file.write_bytes(TEXT.replace(";", separator).encode(encoding))
    roll = opened()
    assert roll.import_(file).outcomes == {"new": 2}
    assert people(roll) == [
        {"name": "Élodie", "email": "elodie@example.org", "meal": "veg"},
        {"name": "Bo", "email": "bo@example.org"},
    ]


def test_the_same_file_again_changes_nothing(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "g.csv").write_text(TEXT, encoding="utf-8")
    roll = opened()
    roll.import_(tmp_path / "g.csv")
    before = list(roll.list())
    assert roll.import_(tmp_path / "g.csv").outcomes == {"unchanged": 2}
    assert list(roll.list()) == before


def test_bad_rows_stop_no_others_and_are_told_without_what_they_hold(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "g.csv").write_text(
        "email,name,meal,days\n"
        "ada@example.org,Ada,fish,Monday; Tuesday\n"
        "secret value,Bo,,\n"
        ",,fish,\n"
        ",,,\n"
        "cy@example.org,Cy,beef,\n"
        "di@example.org,Di,VEGETARIAN,Someday\n"
        "ed@example.org,Ed\n",
        encoding="utf-8",
    )
    roll = opened()
    done = roll.import_(tmp_path / "g.csv")
    assert [(each.row, each.column) for each in done.faults] == [
        (3, "email"),
        (4, None),
        (6, "meal"),
        (7, "days"),
    ]
    assert "secret" not in str(done.faults)
    assert [each["name"] for each in people(roll)] == ["Ada", "Ed"]
    assert people(roll)[0]["days"] == ("mon", "tue")


def test_all_that_is_wrong_with_a_row_is_told(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "g.csv").write_text(
        "email,name,meal,days\nnobody,Ada,stone,never\nbo@example.org,Bo,fish,\n", encoding="utf-8"
    )
    roll = opened()
    done = roll.import_(tmp_path / "g.csv")
    assert [(each.row, each.column) for each in done.faults] == [(2, "meal"), (2, "days"), (2, "email")]
    assert (done.faulty, done.outcomes) == (1, {"new": 1})


def test_an_encoding_that_cannot_be_told_can_be_said(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "g.csv").write_text("email,name\nada@example.org,Анна\n", encoding="cp1251")
    roll = opened()
    assert roll.preview(tmp_path / "g.csv", encoding="cp1251").rows[0]["name"] == "Анна"
    for unknown in ("cp-none", "hex", "undefined", "a\0b", ""):
        with pytest.raises(RegistrationError, match="no encoding of text is called"):
            roll.import_(tmp_path / "g.csv", encoding=unknown)
    roll.import_(tmp_path / "g.csv", encoding="windows-1251")
    assert people(roll) == [{"email": "ada@example.org", "name": "Анна"}]


def test_columns_can_be_named_and_a_wrong_name_is_told(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "g.csv").write_text("A,B\nAda,ada@example.org\n", encoding="utf-8")
    roll = opened()
    with pytest.raises(RegistrationError, match="no row with a header") as caught:
        roll.import_(tmp_path / "g.csv")
    assert "Ada" not in str(caught.value)
    with pytest.raises(RegistrationError, match="asks nothing with the key 'shoe'"):
        roll.import_(tmp_path / "g.csv", columns={"A": "shoe"})
    with pytest.raises(RegistrationError, match=r"no column called 'C'; there are: 'A', 'B'$"):
        roll.import_(tmp_path / "g.csv", columns={"B": "email", "C": "name"})
    roll.import_(tmp_path / "g.csv", columns={"A": "name", "B": "email"})
    assert people(roll) == [{"name": "Ada", "email": "ada@example.org"}]


def test_a_name_may_stand_in_two_columns_and_an_address_in_one(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "g.csv").write_text(
        "First name,Last name,E-mail,Office mail\n"
        "Ada,Okafor,ada@example.org,office@example.org\n"
        "Bo,,,bo@example.org\n",
        encoding="utf-8",
    )
    roll = opened()
    named = {"First name": "name", "Last name": "name", "E-mail": "email", "Office mail": "email"}
    roll.import_(tmp_path / "g.csv", columns=named)
    assert people(roll) == [
        {"name": "Ada Okafor", "email": "ada@example.org"},
        {"name": "Bo", "email": "bo@example.org"},
    ]


def test_empty_rows_are_not_counted(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "g.csv").write_text("email\nada@example.org\n,,\n\nbad\n", encoding="utf-8")
    done = opened().import_(tmp_path / "g.csv")
    assert (done.rows, done.outcomes, done.faulty) == (2, {"new": 1}, 1)


def long_file(folder: Path) -> Path:
    """Write a file of four parts of three rows each: people, faults, nothing at all, and the first people again."""
    names = ["ada", "bo", "cy", "di", "no address", "ed", "", "", "", "ada", "fay", "gil"]
    cells = [f"{name}@example.org,{name}" if " " not in name else f"{name},x" for name in names]
    lines = [line if name else "," for name, line in zip(names, cells, strict=True)]
    file = folder / "long.csv"
    file.write_text("\n".join(["email,name", *lines]), encoding="utf-8")
    return file


def test_a_long_file_is_taken_in_parts_in_its_order(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "_AT_ONCE", 3)
    roll = opened()
    done = roll.import_(long_file(tmp_path))
    assert (done.rows, done.outcomes) == (9, {"new": 7, "unchanged": 1})
    assert [(each.row, each.column) for each in done.faults] == [(6, "email")]
    assert [each["name"] for each in people(roll)] == ["ada", "bo", "cy", "di", "ed", "fay", "gil"]


def test_what_was_taken_of_a_long_file_stays_when_the_ledger_fails_at_a_later_part(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "_AT_ONCE", 3)
    put, roll = ListWriter.put, opened()

    def full(writer: ListWriter, held: ListRow, **rows: Any) -> None:
        if held.arrivals > 3:
            raise StoreError("the disk is full")
        put(writer, held, **rows)

    with monkeypatch.context() as patched:
        patched.setattr(ListWriter, "put", full)
        with pytest.raises(StoreError, match="the disk is full"):
            roll.import_(long_file(tmp_path))
    assert [each["name"] for each in people(roll)] == ["ada", "bo", "cy"]
    assert roll.import_(long_file(tmp_path)).outcomes == {"new": 4, "unchanged": 4}


def test_a_preview_tells_columns_and_rows_and_writes_nothing(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "g.csv").write_text("Guest list 2027;;\n;;\n" + TEXT, encoding="utf-8")
    roll = opened()
    found = roll.preview(tmp_path / "g.csv")
    assert found.header_row == 3
    assert [each.key for each in found.columns] == ["name", "email", "meal", None]
    assert [each["name"] for each in found.rows] == ["Élodie", "Bo"]
    assert people(roll) == []


def test_a_file_of_last_month_overwrites_nothing_newer(opened: Opened, tmp_path: Path) -> None:
    roll = opened()
    roll.add({"email": "ada@example.org", "country": "FR"})
    (tmp_path / "g.csv").write_text("email,country,name\nada@example.org,BE,Ada\n", encoding="utf-8")
    roll.import_(tmp_path / "g.csv", at=datetime(2027, 1, 1, tzinfo=UTC))
    assert people(roll) == [{"email": "ada@example.org", "country": "FR", "name": "Ada"}]


def test_a_workbook_gives_values_and_never_formulas(opened: Opened, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Guests", None, None])
    sheet.merge_cells("A1:C1")
    sheet.append(["E-mail *", "Name", "Organization"])
    sheet.append(["ada@example.org", "=HYPERLINK(1)", datetime(2027, 3, 1)])
    sheet.append(["bo@example.org", 7.0, True])
    sheet.append([None, "Cy", None])
    sheet.merge_cells("A4:A5")
    book.save(tmp_path / "g.xlsx")
    roll = opened()
    assert roll.import_(tmp_path / "g.xlsx").faulty == 0
    assert people(roll) == [
        {"email": "ada@example.org", "organization": "2027-03-01"},
        {"email": "bo@example.org", "name": "7", "organization": "yes"},
        {"name": "Cy"},
    ]


def test_ten_thousand_columns_are_no_trouble(opened: Opened, tmp_path: Path) -> None:
    wide = ["x"] * 10_000
    with (tmp_path / "g.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([[*wide, "email"], [*wide, "ada@example.org"]])
    roll = opened()
    assert roll.import_(tmp_path / "g.csv").outcomes == {"new": 1}
    assert people(roll) == [{"email": "ada@example.org"}]


def test_what_is_no_table_is_told(opened: Opened, tmp_path: Path) -> None:
    roll = opened()
    for name, octets in {
        "empty": b"",
        "noise": bytes(range(256)) * 20,
        "zip": b"PK\x03\x04 not a workbook",
        "old": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old workbook",
    }.items():
        (tmp_path / name).write_bytes(octets)
        with pytest.raises(RegistrationError, match=name):
            roll.import_(tmp_path / name)
    assert people(roll) == []


def test_a_quote_that_never_ends_is_a_row_that_cannot_be_read(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "g.csv").write_bytes(b'email\nada@example.org\n"' + b"x" * 200_000)
    roll = opened()
    done = roll.import_(tmp_path / "g.csv")
    assert done.outcomes == {"new": 1}
    assert done.faults[0].message == "the row cannot be read"


@given(st.text())
def test_disarming_is_taken_back_exactly(text: str) -> None:
    assert armed(disarmed(text)) == text
    assert disarmed(text)[:1] not in set("=+-@\t\r\n＝＋－＠") or text == ""


def test_an_export_holds_no_formula_and_comes_back_as_it_was(opened: Opened, tmp_path: Path) -> None:
    texts = [
        "=cmd|' /C calc'!A0",
        "+32 2 555",
        "-1",
        "@SUM(1)",
        "\tx",
        "'=x",
        "'quoted'",
        'a "b", c;\nd',
        "ok",
    ]
    roll = opened(hooks=None)
    for number, text in enumerate(texts):
        answers = {"email": f"p{number}@example.org", "organization": text, "days": ("mon", "tue")}
        roll.receive(
            Response(str(number), "night-buses", "page", datetime(2027, 3, 1, tzinfo=UTC), None, answers)
        )
    roll.cancel("p8@example.org")
    before = list(roll.list())
    for kind in ("csv", "xlsx", "json"):
        file = tmp_path / f"list.{kind}"
        assert roll.export(file).rows == len(texts)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    rows = list(csv.reader(io.StringIO((tmp_path / "list.csv").read_text(encoding="utf-8-sig"))))
    assert not [cell for row in rows for cell in row if cell[:1] in set("=+-@\t\r")]
    book = load_workbook(tmp_path / "list.xlsx")
    assert book.active is not None
    cells = [cell for row in book.active.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    data = json.loads((tmp_path / "list.json").read_bytes())
    assert [each["answers"]["organization"] for each in data] == texts
    for kind in ("csv", "xlsx"):
        done = roll.import_(tmp_path / f"list.{kind}")
        # White space around a cell's text is nobody's answer, so the one with a tab differs; its time is the same.
        assert done.faulty == 0
        assert [each.status for each in roll.list()] == [each.status for each in before]
    assert [each.answers["organization"] for each in roll.list()] == [text.strip() for text in texts]


def exported(roll: RegistrationList, file: Path) -> list[dict[str, str]]:
    roll.export(file)
    return list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))


def test_columns_stand_in_the_order_of_the_form_and_others_after_them(opened: Opened, tmp_path: Path) -> None:
    roll = opened(fields=["organization", "name", "email"])
    for number, said in enumerate(({"old": "x", "days": ("mon",)}, {"meal": "veg", "organization": "Y"})):
        answers = {"email": f"p{number}@example.org", **said}
        roll.receive(
            Response(str(number), "night-buses", "page", datetime(2027, 3, 1, tzinfo=UTC), None, answers)
        )
    header, *_ = exported(roll, tmp_path / "l.csv")
    assert list(header)[4:] == ["organization", "email", "meal", "days", "old"]


def test_who_says_no_language_has_that_of_the_page_in_an_export_and_keeps_it(
    opened: Opened, tmp_path: Path
) -> None:
    roll = opened()
    roll.add({"email": "ada@example.org"}, language="fr")
    roll.add({"email": "bo@example.org", "language": "en"}, language="fr")
    assert [row["language"] for row in exported(roll, tmp_path / "l.csv")] == ["fr", "en"]
    roll.import_(tmp_path / "l.csv")
    assert [each.language for each in roll.list()] == ["fr", "en"]


def test_who_waits_for_a_part_of_the_programme_is_said(tmp_path: Path) -> None:
    agenda = [{"key": "tour", "title": "Tour", "capacity": 1}, {"key": "talk", "title": "Talk"}]
    briefing = structure({**briefing_data(choose="agenda"), "agenda": agenda})
    at = lambda: datetime(2027, 3, 1, tzinfo=UTC)  # noqa: E731 - a clock that stands still
    ledger = open_ledger(str(tmp_path / "ledger.db"))
    with RegistrationList(briefing, Programme([briefing]), ledger, clock=at) as roll:
        roll.add({"email": "ada@example.org", "segments": ("tour", "talk")})
        assert "waits_for" not in exported(roll, tmp_path / "l.csv")[0]
        roll.add({"email": "bo@example.org", "segments": ("tour", "talk")})
        assert [row["waits_for"] for row in exported(roll, tmp_path / "l.csv")] == ["", "tour"]
        roll.cancel("bo@example.org")
        assert roll.person("bo@example.org").waits_for == ()


def test_an_export_that_fails_leaves_the_old_file(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("old", encoding="utf-8")
    with pytest.raises(RegistrationError, match="csv, xlsx, json"):
        opened().export(tmp_path / "list.csv", "pdf")
    assert (tmp_path / "list.csv").read_text(encoding="utf-8") == "old"
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".list")] == []


def test_an_export_makes_its_folder_and_writes_into_a_pipe_what_stays_one(
    opened: Opened, tmp_path: Path
) -> None:
    roll = opened()
    roll.add({"email": "ada@example.org"})
    assert exported(roll, tmp_path / "new" / "deep" / "l.csv")[0]["email"] == "ada@example.org"
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        roll.export(pipe)
        assert json.loads(os.read(reader, 100_000))[0]["answers"] == {"email": "ada@example.org"}
    finally:
        os.close(reader)
    assert pipe.is_fifo()


def test_a_text_that_no_cell_holds_is_cut_and_that_is_told(opened: Opened, tmp_path: Path) -> None:
    roll = opened()
    answers = {"email": "a@example.org", "organization": "x\x00" + "y" * 40_000}
    roll.receive(Response("1", "night-buses", "page", datetime(2027, 3, 1, tzinfo=UTC), None, answers))
    assert roll.export(tmp_path / "l.xlsx").cut == 1
    assert roll.export(tmp_path / "l.csv").cut == 0
