"""What comes back, at a terminal and for programs: `briefingkit mail bounces` and `answers`, and what `status` says."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

import pytest

import briefingkit as bk
from briefingkit.mailing.people.part_answers import Taking, note_answer
from briefingkit.testing.mail.returned import complaint, report, status

from ..commands import Command
from ..night_buses import MAIL, append

MAILINGS = """\
mailing:
  - {key: invite, kind: invitation, audience: [{file: guests.csv}]}
"""


@pytest.fixture
def town(home: Path, cli: Command) -> Path:
    for name, more in (("briefingkit.yaml", MAIL), ("briefing.yaml", MAILINGS)):
        append(home / name, more)
    (home / "guests.csv").write_text("email,name\nana@example.org,Ana\nben@example.org,Ben\n", "utf-8")
    assert cli("mail", "send", "night-buses", "invite").code == 0
    return home


def header(town: Path, to: str) -> str:
    """Give the header of a mail as it was sent."""
    for path in (town / "outbox" / "new").iterdir():
        content = path.read_bytes()
        if to in str(message_from_bytes(content)["To"]):
            return content.partition(b"\r\n\r\n")[0].decode().replace("\r\n", "\n") + "\n"
    raise AssertionError(to)


@pytest.fixture
def inbox(town: Path) -> Path:
    """Fill a Maildir with what comes back."""
    ana, ben = header(town, "ana@example.org"), header(town, "ben@example.org")
    returned = town / "returned"
    for name in ("new", "cur", "tmp"):
        (returned / name).mkdir(parents=True)
    mails = {
        "1": report(status(), original=ana),
        "2": complaint(),
        "3": report(status("delayed", "4.4.1", "ben@example.org"), original=ben, message_id="<3@mx>"),
        "4": b"From: somebody@example.net\r\nSubject: out of office\r\n\r\nI am away.\r\n",
        "5": report(status(recipient="ben@example.org"), original=ana, message_id="<5@mx>"),
    }
    for name, content in mails.items():
        (returned / "new" / f"{name}.host").write_bytes(content)
    return returned


def test_what_came_back_is_read_once_and_nobody_is_named(cli: Command, inbox: Path) -> None:
    first = cli("mail", "bounces", inbox)
    assert first.out == (
        "5 read: 1 deferred, 1 bounced\n"
        "  1 not written to from now on\n"
        "  1 about no message that went out from here\n"
        "  2 of another sort\n"
    )
    again = cli("mail", "bounces", inbox, "--json").json
    assert (again["events"], again["repeated"], again["suppressed"]) == ({}, 2, 0)
    shown = cli("mail", "status")
    assert "told since: 1 bounced, 1 deferred" in shown.out
    assert "Not written to: 1 bounced" in shown.out
    (mailing,) = cli("mail", "status", "night-buses", "invite", "--json").json["mailings"]
    assert mailing["came_back"] == {"bounced": 1, "deferred": 1}
    assert mailing["counts"] == {"sent": 2}
    (row,) = mailing["returned"]
    assert (row["kind"], row["reason"]) == ("bounced", "bounced")
    assert "User unknown" in row["words"]
    assert "example.org" not in first.out + shown.out + row["words"]
    assert row["address"] == "ana@example.org"
    named = cli("mail", "status", "night-buses", "invite").out
    assert f"  bounced {row['id']}, to ana@example.org: bounced " in named
    assert "ben@example.org" not in named
    (unnamed,) = cli("mail", "status", "--json").json["mailings"]
    assert "address" not in unnamed["returned"][0]


def test_new_mail_is_taken_and_left_seen(cli: Command, inbox: Path) -> None:
    assert cli("mail", "bounces", "--take", inbox, "--json").json["mails"] == 5
    assert sorted(path.name for path in (inbox / "cur").iterdir()) == [f"{n}.host:2,S" for n in range(1, 6)]
    assert cli("mail", "bounces", "--take", inbox, "--json").json["mails"] == 0


def test_one_mail_may_be_a_file_and_what_is_no_maildir_is_refused(
    cli: Command, town: Path, inbox: Path
) -> None:
    assert cli("mail", "bounces", inbox / "new" / "1.host", "--json").json["suppressed"] == 1
    refused = cli("mail", "bounces", town)
    assert (refused.code, "is no Maildir" in refused.err) == (1, True)
    missing = cli("mail", "bounces", town / "nothing-here")
    assert (missing.code, "Traceback" in missing.err) == (1, False)


def test_answers_are_told_with_what_the_file_says(cli: Command, town: Path) -> None:
    assert cli("mail", "answers", "night-buses").out == "night-buses: nobody has answered\n"
    at = datetime(2027, 3, 1, 9, tzinfo=UTC)
    with bk.open(town).ledger() as ledger:
        note_answer(ledger, "night-buses", "okafor", Taking.YES, at=at)
        note_answer(ledger, "night-buses", "gone", Taking.NO, at=at)
    assert cli("mail", "answers", "night-buses").out == (
        "gone, who is not in the briefing any more: no, 2027-03-01 09:00 UTC\n"
        "okafor: yes, 2027-03-01 09:00 UTC\n"
    )
    with bk.open(town).ledger() as ledger:
        note_answer(ledger, "night-buses", "okafor", Taking.NO, at=at)
    shown = cli("mail", "answers", "night-buses").out
    assert "  figures: the file says confirmed; write `status: declined`" in shown
    told = cli("mail", "answers", "night-buses", "--json").json["answers"][1]
    assert told["differs"] == [{"item": "figures", "status": "confirmed"}]
    assert "private.example" not in shown


def test_one_mail_may_come_on_standard_input(town: Path) -> None:
    content = report(status(), original=header(town, "ana@example.org"))
    command = [sys.executable, "-m", "briefingkit", "mail", "bounces", "-", "--json"]
    ran = subprocess.run(command, cwd=town, input=content, capture_output=True, check=True)
    assert json.loads(ran.stdout)["suppressed"] == 1
