"""The whole life of a briefing, as one script: it is run once, and then looked at."""

import re
import subprocess
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from importlib.util import find_spec
from pathlib import Path

import pytest
from icalendar import Calendar

ROOM = "https://meet.example.org/imrf-briefing"
PEOPLE = ("Awa Diallo", "Bo Larsen", "Ramos", "Kim Berg", "awa.diallo@", "bo.larsen@", "lucia.ramos@", "kim@")


@pytest.fixture(scope="module")
def lived(
    tmp_path_factory: pytest.TempPathFactory,
    copy_example: Callable[[str, Path], Path],
    run_python: Callable[..., subprocess.CompletedProcess[str]],
) -> Path:
    for package in ("starlette", "uvicorn", "pygal"):
        # Not loaded: pygal would stay in the way of every later import.
        if find_spec(package) is None:
            pytest.skip(f"{package} is not installed")
    folder = copy_example("whole-life", tmp_path_factory.mktemp("example"))
    ran = run_python(folder, "life.py")
    assert (ran.returncode, ran.stderr) == (0, "")
    (folder / "printed.txt").write_text(ran.stdout, encoding="utf-8")
    return folder


def _without_certificates(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not re.match("(no )?certificate", line)]


def _mails(folder: Path, recipient: str = "") -> list[EmailMessage]:
    read = [
        message_from_bytes(path.read_bytes(), policy=policy.default) for path in folder.glob("mails/new/*")
    ]
    return sorted(
        (mail for mail in read if recipient in mail["To"]),
        key=lambda mail: parsedate_to_datetime(mail["Date"]),
    )


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_it_prints_what_it_says_it_does(lived: Path) -> None:
    assert _without_certificates(lived / "printed.txt") == _without_certificates(lived / "expected.txt")


def test_everybody_is_written_to_in_their_language_at_the_time_of_the_projects_clock(lived: Path) -> None:
    mails = _mails(lived)
    said = {(mail["To"].addresses[0].addr_spec.partition(".")[0], mail["Content-Language"]) for mail in mails}
    assert said == {("awa", "fr"), ("bo", "en"), ("kim@example", "en"), ("lucia", "es")}
    assert {parsedate_to_datetime(mail["Date"]).year for mail in mails} == {2022}
    assert len(mails) == len({mail["Message-ID"] for mail in mails}) == 16


def test_the_calendar_files_follow_the_hour_under_one_uid(lived: Path) -> None:
    events = [
        Calendar.from_ical(part.get_content()).events[0]
        for mail in _mails(lived, "awa")
        for part in mail.walk()
        if part.get_content_type() == "text/calendar"
    ]
    sequences = [event["SEQUENCE"] for event in events]
    assert len({str(event["UID"]) for event in events}) == 1
    assert sequences == sorted(sequences)
    assert (events[0].start.hour, events[-1].start.hour) == (15, 16)
    assert sequences[-1] > sequences[0]


def test_the_room_is_for_those_who_registered(lived: Path) -> None:
    published = [path.read_text(encoding="utf-8") for path in lived.glob("site/**/*") if path.is_file()]
    assert published
    assert not [text for text in published if ROOM in text]
    assert not [mail for mail in _mails(lived, "kim@") if ROOM in _text(mail)]
    assert [mail for mail in _mails(lived, "awa") if ROOM in _text(mail)]


def test_who_was_there_gets_the_recording_in_their_language(lived: Path) -> None:
    assert "https://video.example.org/imrf/fr" in _text(_mails(lived, "awa")[-1])
    assert "https://video.example.org/imrf/es" in _text(_mails(lived, "lucia")[-1])
    assert not [mail for mail in _mails(lived, "bo.larsen") if "video.example.org" in _text(mail)]


def test_nobody_is_named_in_what_was_published_nor_in_the_report(lived: Path) -> None:
    shown = [*(path for path in lived.glob("site/**/*") if path.is_file()), lived / "report.html"]
    assert not [path for path in shown if any(name in path.read_text(encoding="utf-8") for name in PEOPLE)]


def test_nobody_is_left_in_the_ledger(lived: Path) -> None:
    files = [path for path in lived.glob(".briefingkit/**/*") if path.is_file()]
    assert lived / ".briefingkit" / "ledger.sqlite3" in files
    assert not [path for path in files if any(name.encode() in path.read_bytes() for name in PEOPLE)]


def test_each_certificate_is_there_or_it_is_said_why_not(lived: Path) -> None:
    printed = (lived / "printed.txt").read_text(encoding="utf-8")
    told = re.findall(r"^certificate: (.+)$", printed, re.MULTILINE)
    assert len(told) == 2 or "no certificates: " in printed
    written = [line for line in told if line.startswith("certificates/")]
    assert sorted(written) == sorted(
        str(path.relative_to(lived)) for path in lived.glob("certificates/*.pdf")
    )
    assert all((lived / each).read_bytes().startswith(b"%PDF-") for each in written)
