"""`briefingkit mail`, as a person and as a program use it."""

import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from briefingkit.cli.mail_words import say_report
from briefingkit.mailing.outgoing.sending import Progress, Report
from briefingkit.project import open_project
from briefingkit.store.tables import deliveries

from ..commands import Command, started
from ..night_buses import MAIL, append, edit

MAILINGS = """\
registration: {capacity: 1, waitlist: true}
mailing:
  - {key: invite, kind: invitation, audience: [{file: guests.csv}]}
  - {key: day-before, kind: reminder, audience: [registered], at: -1d}
"""


@pytest.fixture
def town(home: Path) -> Path:
    for name, more in (("briefingkit.yaml", MAIL), ("briefing.yaml", MAILINGS)):
        append(home / name, more)
    (home / "guests.csv").write_text(
        "email,name,language\nbo@x.example,Bo,fr\nnobody,Cy,\n", encoding="utf-8"
    )
    return home


def sent(home: Path) -> int:
    return len(list((home / "outbox" / "new").glob("*")))


def test_a_plan_says_what_would_go_and_names_nobody(cli: Command, town: Path) -> None:
    told = cli("mail", "plan", "--json")
    invite, reminder, confirmation = told.json["mailings"]
    assert (invite["new"], invite["languages"]) == (1, {"fr": 1})
    assert invite["left_out"] == {"have an address that is none": 1}
    assert (reminder["standing"], confirmation["new"]) == ("later", 0)
    assert "x.example" not in told.out
    shown = cli("mail", "plan", "night-buses", "invite").out
    assert "goes when it is sent by its name" in shown
    assert "1 left out: they have an address that is none" in shown
    assert not (town / "outbox").exists()


def test_rows_that_cannot_be_read_are_counted_and_the_first_told(cli: Command, town: Path) -> None:
    rows = "".join(f",,fr\nguest{number}@x.example,Guest,\n" for number in range(25))
    (town / "guests.csv").write_text(f"email,name,language\n{rows}", encoding="utf-8")
    told = cli("mail", "plan", "night-buses", "invite")
    assert "25 to send" in told.out
    assert "25 left out: they stand in rows that cannot be read" in told.out
    assert told.err.count("neither a name nor an e-mail address") == 20
    assert "… and 5 more; --json tells a thousand" in told.err
    [invite] = cli("mail", "plan", "night-buses", "invite", "--json").json["mailings"]
    assert [fault["row"] for fault in invite["faults"]] == list(range(2, 52, 2))


def test_an_audience_of_nobody_is_told_where_it_would_be_written_to(cli: Command, town: Path) -> None:
    (town / "guests.csv").write_text("email,name\n", encoding="utf-8")
    told = cli("mail", "plan", "night-buses").out.split("\n\n")
    assert ["nobody is in its audience" in each for each in told] == [True, True, False]
    edit(town / "briefing.yaml", "status: confirmed", "status: cancelled")
    assert "nobody" not in cli("mail", "plan", "night-buses").out


def test_of_several_files_the_one_is_named_that_a_row_stands_in(cli: Command, town: Path) -> None:
    (town / "more.csv").write_text("email,name\nnobody,Di\n", encoding="utf-8")
    edit(town / "briefing.yaml", "[{file: guests.csv}]", "[{file: guests.csv}, {file: more.csv}, registered]")
    told = cli("mail", "plan", "night-buses", "invite")
    assert [line.split(":")[0] for line in told.err.splitlines()] == [
        "  guests.csv, row 3, email",
        "  more.csv, row 2, email",
    ]
    [invite] = cli("mail", "plan", "night-buses", "invite", "--json").json["mailings"]
    assert [(fault["source"], fault["row"]) for fault in invite["faults"]] == [
        ("guests.csv", 3),
        ("more.csv", 2),
    ]


def test_a_mailing_that_cannot_be_planned_hides_no_other_and_is_named(cli: Command, town: Path) -> None:
    path = town / "briefing.yaml"
    bad = (
        "  - {key: lost, kind: invitation, audience: [{file: nowhere.csv}]}\n"
        "  - {key: half, kind: custom, audience: [{file: guests.csv}], subject: {en: Hi, fr: Salut},"
        " text: {en: Words}, fallback: refuse}\n"
        "  - {key: off, kind: cancellation, audience: [registered]}\n"
    )
    path.write_text(path.read_text(encoding="utf-8") + bad, encoding="utf-8")
    told = cli("mail", "plan")
    assert told.code == 1
    assert "night-buses lost: nowhere.csv is not there" in told.err
    assert "night-buses invite (invitation)" in told.out
    assert "fr: cannot be written: the mailing half is not complete in fr" in told.out
    assert "night-buses off (cancellation): goes only when the briefing is cancelled" in told.out
    mailings = cli("mail", "plan", "--json").json["mailings"]
    assert mailings[2] == {
        "briefing": "night-buses",
        "mailing": "lost",
        "error": "nowhere.csv is not there, and it is to say who is written to",
    }
    assert list(mailings[3]["unwritten"]) == ["fr"]


def test_what_is_named_goes_once_and_what_happens_on_the_list_is_confirmed(cli: Command, town: Path) -> None:
    assert cli("mail", "send", "night-buses", "invite").out == "night-buses invite: 1 sent\n"
    cli("registrations", "add", "night-buses", "email=ada@x.example", "name=Ada")
    assert cli("mail", "plan", "night-buses", "confirmation", "--json").json["mailings"][0]["new"] == 1
    done = cli("mail", "send", "--json").json["mailings"]
    assert [(each["mailing"], each["sent"]) for each in done] == [("invite", 0), ("confirmation", 1)]
    assert sent(town) == 2
    status = cli("mail", "status", "--json").json["mailings"]
    assert [each["counts"] for each in status] == [{"sent": 1}, {}, {"sent": 1}]
    assert "x.example" not in cli("mail", "status").out


def test_what_was_sent_by_name_adds_nobody_by_itself(cli: Command, town: Path) -> None:
    cli("mail", "send", "night-buses", "invite")
    (town / "guests.csv").write_text("email,name\nbo@x.example,Bo\ncy@x.example,Cy\n", encoding="utf-8")
    cli("mail", "send")
    assert sent(town) == 1
    cli("mail", "send", "night-buses", "invite")
    assert sent(town) == 2


def test_what_is_not_due_is_said_and_goes_early_by_hand(cli: Command, town: Path) -> None:
    cli("registrations", "add", "night-buses", "email=ada@x.example", "name=Ada")
    assert "is due later" in cli("mail", "send", "night-buses", "day-before").out
    (told,) = cli("mail", "send", "night-buses", "day-before", "--json").json["mailings"]
    assert (told["mailing"], told["standing"]) == ("day-before", "later")
    assert told["due"] == "2027-03-09T14:00:00+00:00"
    assert "sent" not in told
    assert (
        cli("mail", "send", "night-buses", "day-before", "--early").out == "night-buses day-before: 1 sent\n"
    )
    assert cli("mail", "send", "--early").code == 2
    assert sent(town) == 1


def test_a_preview_is_shown_or_written_and_nothing_is_sent(cli: Command, town: Path) -> None:
    shown = cli("mail", "preview", "night-buses", "invite")
    assert "To: Bo <bo@x.example>" in shown.out
    written = cli("mail", "preview", "night-buses", "invite", "--out", "mails")
    assert written.code == 0
    (eml,), (page,) = (town / "mails").glob("*.eml"), (town / "mails").glob("*.html")
    assert eml.stem == page.stem
    assert "<html" in page.read_text(encoding="utf-8")
    assert cli("mail", "preview", "night-buses", "invite", "--browse").code == 2
    assert not (town / "outbox").exists()


@pytest.mark.usefixtures("town")
def test_a_preview_of_what_goes_to_nobody_yet_says_so_and_is_shown(cli: Command) -> None:
    told = cli("mail", "preview", "night-buses", "confirmation")
    assert told.code == 0
    assert told.err == "It would go to nobody now: this is what somebody would get.\n"
    assert "en: Your registration: Night buses" in told.out
    told = cli("mail", "preview", "night-buses", "invite", "--to", "zoe@x.example")
    assert told.err == "It would not go to that address now: this is what somebody would get.\n"
    assert "To: <zoe@x.example>" in told.out
    assert cli("mail", "preview", "night-buses", "invite", "--to", "zoe").code == 1


def test_an_address_can_be_suppressed_and_allowed_again(cli: Command, town: Path) -> None:
    assert cli("mail", "suppress", "BO@x.example").out == "1 suppressed\n"
    assert cli("mail", "plan", "night-buses", "invite", "--json").json["mailings"][0]["new"] == 0
    assert "1 by hand" in cli("mail", "status").out
    assert cli("mail", "allow", "bo@x.example").out == "1 lifted\n"
    assert cli("mail", "plan", "night-buses", "invite", "--json").json["mailings"][0]["new"] == 1
    refused = cli("mail", "suppress", "nobody")
    assert (refused.code, "nobody" in refused.err) == (1, False)
    assert (town / "guests.csv").exists()


def test_whom_a_message_was_for_that_did_not_go_is_told_of_a_mailing_that_is_named(
    cli: Command, town: Path, caplog: pytest.LogCaptureFixture
) -> None:
    long = f"{'o' * 65}@x.example"
    rows = f"email,name,language\nbo@x.example,Bo,en\n{long},Oo,en\n"
    (town / "guests.csv").write_text(rows, encoding="utf-8")
    sent_now = cli("mail", "send", "night-buses", "invite")
    assert (sent_now.code, sent(town)) == (1, 1)
    named = cli("mail", "status", "night-buses", "invite")
    words = "the message could not be written: an address is too long to be written to"
    (told,) = cli("mail", "status", "night-buses", "invite", "--json").json["mailings"]
    (failed,) = told["failed"]
    assert (failed["address"], failed["words"]) == (long, words)
    assert f"  failed {failed['id']}, to {long}: {words}\n" in named.out
    assert "bo@x.example" not in named.out
    for unnamed in (["mail", "status"], ["mail", "status", "night-buses"]):
        shown, listed = cli(*unnamed), cli(*unnamed, "--json")
        assert f"  failed {failed['id']}: {words}\n" in shown.out
        assert {**listed.json["mailings"][0]["failed"][0], "address": long} == failed
        assert "x.example" not in shown.out + listed.out
    assert "x.example" not in sent_now.out + sent_now.err + named.err + caplog.text


def test_an_address_does_nothing_to_the_terminal_on_which_it_is_shown(cli: Command, town: Path) -> None:
    cli("mail", "send", "night-buses", "invite")
    hostile = "bo\x1b]0;owned\x07\x9b2J\u202e\r\nfailed@x.example"
    with open_project(town).ledger() as ledger, ledger.writing() as connection:
        connection.execute(update(deliveries).values(address=hostile, state="uncertain", words=None))
    shown = cli("mail", "status", "night-buses", "invite").out
    listed = cli("mail", "status", "night-buses", "invite", "--json")
    (unsure,) = listed.json["mailings"][0]["uncertain"]
    assert f"  uncertain {unsure['id']}, to bo" in shown
    assert "failed@x.example: it may have gone" in shown
    assert len(shown.splitlines()) == 2
    for out in (shown, listed.out):
        assert set("\x1b\x07\x9b\u202e\r").isdisjoint(out)
    assert unsure["address"] == hostile


@pytest.mark.parametrize(
    "words", ["HTTP 502: an answer of text/html", "502: an answer of text/html", "an answer of text/html"]
)
def test_what_a_web_service_answered_is_told_with_its_number_once(
    cli: Command, town: Path, words: str
) -> None:
    cli("mail", "send", "night-buses", "invite")
    with open_project(town).ledger() as ledger, ledger.writing() as connection:
        row = {"state": "uncertain", "code": 502, "words": words}
        connection.execute(update(deliveries).values(row))
    shown = cli("mail", "status", "night-buses", "invite").out
    assert ", to bo@x.example: 502 an answer of text/html\n" in shown


def test_what_was_put_off_is_told_only_while_it_waits_and_what_was_found_to_have_gone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    progress = Progress(sent=2, deferred=5)
    say_report("all gone", Report(progress))
    say_report("more to come", Report(progress, next_due=datetime(2027, 3, 1, tzinfo=UTC)))
    say_report("ended", Report(progress, stopped="nobody answers"))
    say_report("found", Report(Progress(sent=1), found=3))
    assert [line for line in capsys.readouterr().out.splitlines() if "sent" in line] == [
        "all gone: 2 sent",
        "more to come: 2 sent, 5 to be tried again",
        "ended: 2 sent, 5 to be tried again",
        "found: 1 sent, 3 found to have gone before",
    ]


def test_there_is_nothing_to_resolve_or_to_retry_at_first(cli: Command, town: Path) -> None:
    assert cli("mail", "resolve", "night-buses", "invite", "resend").out == "0 settled\n"
    assert cli("mail", "retry", "night-buses", "invite").out == "0 planned again\n"
    assert town.exists()


def test_a_name_that_is_none_and_a_project_without_mail_are_said(cli: Command, town: Path) -> None:
    assert "no briefing is called 'night-bus'" in cli("mail", "plan", "night-bus").err
    assert (
        "no mailing of night-buses is called 'invites'" in cli("mail", "plan", "night-buses", "invites").err
    )
    (town / "briefingkit.yaml").write_text("namespace: talks.example.org\n", encoding="utf-8")
    assert "does not say how mail is sent" in cli("mail", "send").err


def test_a_transport_that_cannot_be_used_is_an_error_and_stops_no_other_mailing(
    cli: Command, town: Path
) -> None:
    (town / "outbox").write_text("in the way", encoding="utf-8")
    cli("registrations", "add", "night-buses", "email=ada@x.example", "name=Ada")
    failed = cli("mail", "send", "night-buses", "invite")
    assert failed.code == 1
    assert "Traceback" not in failed.err
    (town / "outbox").unlink()
    assert cli("mail", "send").code == 0
    assert sent(town) == 2


def test_it_goes_on_until_it_is_told_to_end_and_says_what_it_did(cli: Command, town: Path) -> None:
    cli("registrations", "add", "night-buses", "email=ada@x.example", "name=Ada")
    process, report = started(town, "mail", "send", "--every", "5m")
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert (report["mailing"], report["sent"]) == ("confirmation", 1)
    assert (process.returncode, out, err) == (0, "", "")
    assert sent(town) == 1


def test_going_on_is_asked_for_in_a_way_that_can_be_done(cli: Command, town: Path) -> None:
    assert "such as 25m" in cli("mail", "send", "--every", "now and then").err
    assert cli("mail", "send", "--every", "0m").code == 2
    assert "name no briefing" in cli("mail", "send", "night-buses", "--every", "5m").err
    (town / "briefing.yaml").write_text("title: [", encoding="utf-8")
    assert cli("mail", "send", "--every", "5m").code == 1
