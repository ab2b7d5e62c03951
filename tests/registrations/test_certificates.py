"""Certificates: who gets one, in which words and fonts, always the same octets, and a number of its own."""

import re
import shutil
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.errors import MissingExtra, RegistrationError
from briefingkit.model import Programme, structure
from briefingkit.registrations.certificates import fonts as certificate_fonts
from briefingkit.registrations.certificates.certificate import (
    certificate_text,
    issue_certificates,
    verify_certificate,
)
from briefingkit.registrations.certificates.fonts import fonts_for
from briefingkit.registrations.certificates.number import certificate_number, is_genuine, registration_number
from briefingkit.registrations.certificates.pdf import CertificateText, certificate_pdf
from briefingkit.registrations.registration_list import RegistrationList, key_of
from briefingkit.store import open_ledger
from briefingkit.text.phrases import SHIPPED

LETTERS = "".join(map(chr, range(0x20, 0x17F))) + "–—’"
ARABIC = "".join(map(chr, range(0x600, 0x700)))
KEY = b"k" * 32
TEXT = CertificateText(
    language="en",
    heading="Certificate of attendance",
    given_to="This certificate is given to",
    name="Ada Okafor",
    attending="for attending",
    title="Night buses",
    when="Wednesday, 10 March 2027, 15:00–16:00 CET (UTC+1)",
    time="Time attended: 1 hour",
    organizers="Organised by: City Transit",
    number_label="Verification number",
    number="17-4K7Q-9XZT-M2PV",
    at=datetime(2027, 3, 10, 15, tzinfo=UTC),
)


def make_font(path: Path, characters: str) -> Path:
    """Make a font of boxes that has some characters."""
    names = {ord(each): f"u{ord(each):04X}" for each in characters}
    pen = TTGlyphPen(None)
    pen.moveTo((50, 0))
    for point in ((50, 600), (450, 600), (450, 0)):
        pen.lineTo(point)
    pen.closePath()
    box = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", *names.values()])
    builder.setupCharacterMap(names)
    builder.setupGlyf(dict.fromkeys([".notdef", *names.values()], box))
    builder.setupHorizontalMetrics(dict.fromkeys([".notdef", *names.values()], (500, 50)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": path.stem, "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=800, sTypoDescender=-200, usWinAscent=800, usWinDescent=200)
    builder.setupPost()
    builder.save(path)
    return path


@pytest.fixture(scope="session")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fonts")
    make_font(folder / "Boxes.ttf", LETTERS)
    make_font(folder / "Boxes-Arabic.ttf", ARABIC + " 0123456789:،")
    (folder / "broken.ttf").write_bytes(b"\x00\x01\x00\x00 this is no font")
    (folder / "readme.txt").write_text("not a font", encoding="utf-8")
    return folder


@pytest.fixture
def roll(opened: Any) -> RegistrationList:
    opened_list: RegistrationList = opened()
    opened_list.add({"email": "ada@example.org", "name": "Ada Okafor"}, language="en")
    opened_list.add({"email": "chloe@example.org", "name": "Chloé Martin"}, language="fr")
    opened_list.add({"email": "bo@example.org", "name": "Bo Larsen"})
    opened_list.mark_present("#1", minutes=50)
    opened_list.mark_present("#2", minutes=20)
    return opened_list


# Who gets one


def test_who_was_there_gets_one_and_no_other(roll: RegistrationList, fonts: Path, tmp_path: Path) -> None:
    made = list(issue_certificates(roll, tmp_path / "out", fonts=[fonts]))
    assert [(each.number, each.problem) for each in made] == [(1, None), (2, None)]
    assert [path.name for path in sorted((tmp_path / "out").iterdir())] == [
        "00001-ada-okafor.pdf",
        "00002-chloe-martin.pdf",
    ]
    for path in (tmp_path / "out").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.read_bytes().startswith(b"%PDF-")


def test_who_was_there_too_short_or_for_nobody_knows_how_long_is_left_out(
    roll: RegistrationList, fonts: Path, tmp_path: Path
) -> None:
    roll.mark_present("#3")
    made = list(issue_certificates(roll, tmp_path, at_least=30, fonts=[fonts]))
    assert [(each.number, each.path is not None, each.short) for each in made] == [
        (1, True, False), (2, False, True), (3, False, True),
    ]  # fmt: skip


def test_the_same_certificate_has_the_same_octets(
    roll: RegistrationList, fonts: Path, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        list(issue_certificates(roll, tmp_path / name, fonts=[fonts]))
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()
        assert b"(D:20270310150000" in path.read_bytes()  # the end of the event, and no clock of ours


def test_each_is_in_the_persons_language_unless_one_is_said(
    roll: RegistrationList, fonts: Path, tmp_path: Path
) -> None:
    list(issue_certificates(roll, tmp_path, fonts=[fonts]))
    assert _lang(tmp_path / "00001-ada-okafor.pdf") == "en"
    assert _lang(tmp_path / "00002-chloe-martin.pdf") == "fr"
    list(issue_certificates(roll, tmp_path, language="pt-BR", fonts=[fonts]))
    assert _lang(tmp_path / "00002-chloe-martin.pdf") == "pt"


def test_nobody_there_is_an_error_that_says_what_to_do(opened: Any, tmp_path: Path) -> None:
    with pytest.raises(RegistrationError, match="registrations attend"):
        issue_certificates(opened(), tmp_path)


def test_a_briefing_without_a_time_has_no_certificates(tmp_path: Path, clock: Any) -> None:
    briefing = structure({"briefing": "draft", "languages": ["en"]})
    with (
        RegistrationList(
            briefing, Programme([briefing]), open_ledger(str(tmp_path / "l.db")), clock=clock
        ) as roll,
        pytest.raises(RegistrationError, match="say when it was"),
    ):
        issue_certificates(roll, tmp_path)


def test_what_cannot_be_made_stops_no_other(roll: RegistrationList, fonts: Path, tmp_path: Path) -> None:
    roll.add({"email": "noname@example.org"})
    roll.add(
        {"email": "old@example.org", "name": "\U00010900\U00010901 \ue000"}
    )  # Phoenician, and a private sign
    roll.mark_present("#4", "#5")
    made = {each.number: each for each in issue_certificates(roll, tmp_path, fonts=[fonts])}
    assert made[1].path is not None
    assert made[4].problem == "there is no name to make a certificate out to"
    assert made[5].path is not None or "Phoenician" in (made[5].problem or "")


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("../../etc/passwd", "00001-etc-passwd.pdf"),
        ("CON", "00001-con.pdf"),
        ("Ada\x00\n\u202e.exe", "00001-ada-exe.pdf"),
        ("x" * 300, f"00001-{'x' * 40}.pdf"),
        ("…", "00001.pdf"),
    ],
)
def test_a_file_has_a_name_that_any_system_takes(
    opened: Any, fonts: Path, tmp_path: Path, name: str, file: str
) -> None:
    roll = opened()
    roll.add({"email": "ada@example.org", "name": "A"})
    roll.mark_present("#1")
    registration = evolve(roll.person("#1"), answers={"name": name})
    roll.person = lambda _who: registration
    (made,) = issue_certificates(roll, tmp_path / "out", fonts=[fonts])
    assert made.path == tmp_path / "out" / file
    assert [path.name for path in (tmp_path / "out").iterdir()] == [file]


# Its words


@pytest.mark.parametrize("language", SHIPPED)
def test_a_certificate_has_words_in_every_language(roll: RegistrationList, language: str) -> None:
    text = _text(roll, language)
    said = (text.heading, text.given_to, text.attending, text.number_label, text.time or "")
    assert all(said)
    assert "UTC+1" in text.when
    if language != "en":
        assert set(said).isdisjoint(
            {TEXT.heading, TEXT.given_to, TEXT.attending, TEXT.number_label, TEXT.time}
        )


@pytest.mark.parametrize("name", [None, "", "  ", "\u202e\u200b", 7])
def test_nobody_without_a_name_that_can_be_seen_has_a_certificate(roll: RegistrationList, name: Any) -> None:
    nameless = evolve(roll.person("#1"), answers={"name": name})
    with pytest.raises(RegistrationError, match="no name"):
        certificate_text(roll.briefing, nameless, roll.attendance()[0], "1-0", "en")


def test_time_is_told_only_where_it_is_known(roll: RegistrationList) -> None:
    assert _text(roll, "en").time == "Time attended: 50 minutes"
    roll.mark_present("#1")
    assert _text(roll, "en").time is None


def test_the_organisers_stand_on_it(tmp_path: Path, clock: Any) -> None:
    data = {
        "briefing": "b", "languages": ["en"], "title": {"en": "B"}, "status": "confirmed",
        "start": "2027-03-10T15:00", "duration": "1h", "timezone": "UTC",
        "organizers": [{"key": "a", "name": "City Transit"}, {"key": "b", "name": "Night Drivers"}],
        "registration": {},
    }  # fmt: skip
    briefing = structure(data)
    with RegistrationList(
        briefing, Programme([briefing]), open_ledger(str(tmp_path / "l.db")), clock=clock
    ) as roll:
        roll.add({"name": "Ada"})
        roll.mark_present("#1")
        assert _text(roll, "fr").organizers == "Organisé par\u00a0: City Transit et Night Drivers"


# How it looks


@pytest.mark.parametrize(
    "change",
    [
        {"name": "W" * 500},
        {"title": "word " * 200, "organizers": "Name, " * 200},
        {"name": "(\u202eevil\u202c) <b>\\ %PDF\nendobj"},
        {"name": "\ud800 half", "time": None, "organizers": ""},
        {"title": "\u2068" * 30},
        {"language": "ar", "name": "ليلى Okafor (المدير)", "title": "حافلات الليل: من يدفع"},
    ],
)
def test_hostile_words_make_one_page_all_the_same(fonts: Path, change: dict[str, Any]) -> None:
    pdf = certificate_pdf(evolve(TEXT, **change), [fonts])
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 1
    assert b"/JavaScript" not in pdf
    assert b"/URI" not in pdf


def test_fonts_are_those_that_have_the_characters(fonts: Path) -> None:
    found = fonts_for("Ada ليلى", "ar", own=[fonts], folders=())
    assert [font.path.name for font in found] == ["Boxes-Arabic.ttf", "Boxes.ttf"]
    assert [font.path.name for font in fonts_for("12:30", "en", own=[fonts / "Boxes.ttf"], folders=())] == [
        "Boxes.ttf"
    ]


def test_a_missing_font_is_named_with_its_script_and_what_to_install(fonts: Path) -> None:
    with pytest.raises(RegistrationError) as caught:
        fonts_for("Ada 李小龙 भारत 😀", "zh", own=[fonts], folders=())
    said = str(caught.value)
    assert re.search(r"the Han script .* NotoSansCJK-Regular.ttc .*fonts-noto-cjk", said)
    assert re.search(r"the Devanagari script .* NotoSansDevanagari-Regular.ttf .*fonts-noto-core", said)
    assert "Latin" not in said
    with pytest.raises(RegistrationError, match=r"U\+1F600"):
        fonts_for("Ada 😀", "en", own=[fonts], folders=())


@pytest.mark.parametrize("kept", [0, 11, 400, 0.5, 0.9, 0.99])
def test_a_font_that_is_half_there_is_passed_over_or_said(fonts: Path, tmp_path: Path, kept: float) -> None:
    octets = (fonts / "Boxes.ttf").read_bytes()
    length = round(kept * len(octets)) if isinstance(kept, float) else kept
    (tmp_path / "half.ttf").write_bytes(octets[:length])
    # What looks whole is used, and then said to be broken; else the next one stands in.
    said = ""
    try:
        pdf = certificate_pdf(TEXT, [tmp_path / "half.ttf", fonts])
    except RegistrationError as error:
        said, pdf = str(error), b"%PDF"
    assert pdf.startswith(b"%PDF")
    assert not said or "half.ttf cannot be put into a PDF" in said


def test_without_any_font_the_one_that_every_reader_has_serves_where_it_can(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(certificate_fonts, "system_folders", lambda: ())
    pdf = certificate_pdf(evolve(TEXT, name="Chloé L’Œuvre – Ménard"))
    assert b"/BaseFont /Helvetica" in pdf
    assert pdf == certificate_pdf(evolve(TEXT, name="Chloé L’Œuvre – Ménard"))
    with pytest.raises(RegistrationError, match=r"Latin script .* NotoSans-Regular\.ttf"):
        certificate_pdf(evolve(TEXT, name="Ołówek"))


@pytest.mark.parametrize("package", ["fpdf", "uharfbuzz"])
def test_a_missing_package_is_said_with_its_extra(
    monkeypatch: pytest.MonkeyPatch, fonts: Path, package: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtra, match=r"briefingkit\[certificates\]"):
        certificate_pdf(TEXT, [fonts])


@pytest.mark.peer
@pytest.mark.parametrize(
    ("language", "name", "title", "family"),
    [
        ("fr", "Chloé Ménard-L'Œuvre", "Bus de nuit", "NotoSans"),
        ("ar", "ليلى الشامي", "حافلات الليل", "NotoNaskhArabic"),
        ("zh", "李小龙", "夜间公交", "NotoSansCJKsc"),
    ],
)
def test_another_program_reads_the_words_and_finds_the_fonts_inside(
    tmp_path: Path, language: str, name: str, title: str, family: str
) -> None:
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext (poppler-utils) is not here")
    text = evolve(TEXT, language=language, name=name, title=title)
    try:
        (tmp_path / "c.pdf").write_bytes(certificate_pdf(text))
    except RegistrationError as error:
        pytest.skip(f"a font is not here: {error}")
    read = _run("pdftotext", "-layout", "c.pdf", "-", folder=tmp_path)
    assert name in read
    assert title in read
    assert "17-4K7Q-9XZT-M2PV" in read
    listed = _run("pdffonts", "c.pdf", folder=tmp_path).splitlines()[2:]
    assert all(" yes yes yes " in line for line in listed)
    assert any(family in line.replace("-", "").replace("Regular", "") for line in listed) or listed


# Its number


@given(st.integers(1, 10**9 - 1), st.text(max_size=40), st.binary(min_size=1, max_size=64))
def test_a_number_is_genuine_for_whom_it_was_made_and_for_nobody_else(
    number: int, person: str, key: bytes
) -> None:
    made = certificate_number(key, "night-buses", number, person)
    assert re.fullmatch(r"\d+(-[0-9A-HJKMNP-TV-Z]{4}){3}", made)
    assert registration_number(made) == number
    assert is_genuine(made, key, "night-buses", person)
    assert not is_genuine(made, key + b"x", "night-buses", person)
    assert not is_genuine(made, key, "day-buses", person)
    assert not is_genuine(made, key, "night-buses", f"{person}x")


def test_a_number_is_read_as_people_type_it() -> None:
    made = certificate_number(KEY, "b", 17, "ada@example.org")
    tail = made.partition("-")[2]
    for typed in (
        made.lower(), f" #{made} ", made.replace("-", " "), made.replace("-", "–"),
        f"17-{tail.replace('-', '')}", f"17-{tail.replace('0', 'o').replace('1', 'l')}",
    ):  # fmt: skip
        assert registration_number(typed) == 17, typed
        assert is_genuine(typed, KEY, "b", "ada@example.org"), typed


@given(st.text(max_size=30))
def test_what_is_no_number_is_not_genuine(text: str) -> None:
    assert not is_genuine(text, KEY, "b", "ada@example.org")
    registration_number(text)


def test_one_wrong_sign_makes_it_false() -> None:
    made = certificate_number(KEY, "b", 17, "p")
    for place in range(3, len(made)):
        if made[place] != "-":
            other = "Z" if made[place] != "Z" else "Y"
            assert not is_genuine(made[:place] + other + made[place + 1 :], KEY, "b", "p")
    assert not is_genuine(made.replace("17-", "18-"), KEY, "b", "p")


def test_the_list_says_whose_a_number_is_while_it_holds_them(roll: RegistrationList) -> None:
    number = certificate_number(key_of(roll.store), "night-buses", 1, "ada@example.org")
    found = verify_certificate(roll, number)
    assert found is not None
    assert (found.number, found.name, found.minutes) == (1, "Ada Okafor", 50)
    assert verify_certificate(roll, number.replace("1-", "2-", 1)) is None
    assert verify_certificate(roll, "99-0000-0000-0000") is None
    assert verify_certificate(roll, "not a number") is None
    roll.mark_absent("#1")
    assert verify_certificate(roll, number) is None
    roll.mark_present("#1")
    assert verify_certificate(roll, number) is not None
    roll.erase("ada@example.org")
    assert verify_certificate(roll, number) is None


def _text(roll: RegistrationList, language: str) -> CertificateText:
    attended = roll.attendance()[0]
    return certificate_text(roll.briefing, roll.person("#1"), attended, "1-0000-0000-0000", language)


def _lang(path: Path) -> str:
    found = re.search(rb"/Lang \((\w+)\)", path.read_bytes())
    assert found
    return found[1].decode()


def _run(*command: str, folder: Path) -> str:
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=True).stdout
