"""`briefingkit auth`: signing in at a double of Google, and looking at what targets have."""

import json
import subprocess
import sys
import threading
import urllib.request
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from briefingkit.cli import auth
from briefingkit.testing.google import GoogleDouble

from ..commands import Command

SERVICE = "briefingkit@double.iam.gserviceaccount.com"
CALENDAR = "city@group.calendar.google.com"
EVENTS = "https://www.googleapis.com/auth/calendar.events"


class Browser:
    """Stands for webbrowser's: goes to the page in a thread, as a browser that was opened does."""

    name = "firefox"

    def __init__(self) -> None:
        self.threads: list[threading.Thread] = []

    def open(self, address: str) -> bool:
        thread = threading.Thread(target=lambda: urllib.request.urlopen(address, timeout=10).close())
        thread.start()
        self.threads.append(thread)
        return True


@pytest.fixture
def google(briefingkit_google: GoogleDouble, empty: Path) -> GoogleDouble:
    """Google, with a calendar, a client and a service account whose files are here."""
    briefingkit_google.make_calendar(CALENDAR, summary="City briefings")
    briefingkit_google.client_secrets(empty / "client.json")
    briefingkit_google.service_account(empty / "key.json")
    return briefingkit_google


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A person at a terminal, with a browser."""
    used = Browser()
    monkeypatch.setattr("webbrowser.get", lambda: used)
    monkeypatch.setattr(auth, "_is_attended", lambda: True)
    yield used
    for thread in used.threads:
        thread.join()


def _project(folder: Path, google: GoogleDouble, **targets: str) -> None:
    lines = ["format: 1", "namespace: talks.example.org", "targets:"]
    for name, told in targets.items():
        lines.append(f"  {name}: {{use: google.calendar, base_url: '{google.base_url}', {told}}}")
    lines.append("  site: {use: files, folder: site}")
    (folder / "briefingkit.yaml").write_text("\n".join(lines), encoding="utf-8")


# Signing in


def test_a_person_signs_in_and_the_targets_work(
    google: GoogleDouble, browser: Browser, empty: Path, cli: Command
) -> None:
    _project(empty, google, city=f"calendar: {CALENDAR}, auth: {{user: secrets/token.json}}")
    (empty / "secrets").mkdir()
    ran = cli("auth", "google", "--client", "client.json")
    assert ran.code == 0
    assert "Signed in as person@cities.example; the token is in secrets/token.json" in ran.out
    assert "auth: {user: secrets/token.json}" in ran.out
    assert browser.threads
    checked = cli("auth", "google", "--check")
    assert checked.code == 0
    assert checked.out.splitlines() == [
        "city: works",
        "  as person@cities.example",
        f"  asks for {EVENTS}",
        "  sees City briefings (owner)",
    ]


@pytest.mark.usefixtures("browser")
def test_with_json_there_is_one_document_and_the_address_is_beside_it(
    google: GoogleDouble, empty: Path, cli: Command
) -> None:
    _project(empty, google, city=f"calendar: {CALENDAR}, auth: {{user: token.json}}")
    ran = cli("auth", "google", "--client", "client.json", "--json")
    assert ran.json == {
        "token": "token.json",
        "who": "person@cities.example",
        "scopes": [EVENTS],
        "setting": "auth: {user: token.json}",
        "ignored": [],
        "notices": [],
    }
    assert google.base_url in ran.err


@pytest.mark.usefixtures("browser")
def test_what_is_asked_for_follows_from_the_targets(google: GoogleDouble, empty: Path, cli: Command) -> None:
    make = "make: {summary: {en: City}}, access: [{role: reader, scope: default}], auth: {user: token.json}"
    _project(empty, google, city=make)
    ran = cli("auth", "google", "--client", "client.json", "--json")
    assert {scope.rpartition("/")[2] for scope in ran.json["scopes"]} == {
        "calendar.app.created",
        "calendar.calendarlist.readonly",
        "calendar.acls",
    }


@pytest.mark.usefixtures("browser")
def test_one_target_alone_can_be_signed_in_for(google: GoogleDouble, empty: Path, cli: Command) -> None:
    _project(
        empty,
        google,
        city=f"calendar: {CALENDAR}, auth: {{user: city.json}}",
        own="make: {summary: {en: City}}, auth: {user: own.json}",
    )
    several = cli("auth", "google", "--client", "client.json")
    assert several.code == 2
    assert "city.json, own.json" in several.err
    ran = cli("auth", "google", "--client", "client.json", "--target", "city", "--json")
    assert ran.json["scopes"] == [EVENTS]
    assert not (empty / "own.json").exists()


@pytest.mark.usefixtures("browser")
def test_a_target_that_only_a_job_can_load_stands_in_nobodys_way(
    google: GoogleDouble, empty: Path, cli: Command
) -> None:
    _project(
        empty,
        google,
        mine=f"calendar: {CALENDAR}, auth: {{user: token.json}}",
        jobs=f"calendar: {CALENDAR}, auth: {{service_account: '${{ONLY_IN_THE_JOB}}'}}",
    )
    ran = cli("auth", "google", "--client", "client.json", "--json")
    assert ran.code == 0
    assert ran.json["token"] == "token.json"
    assert "jobs is left out: the environment variable ONLY_IN_THE_JOB is not set" in ran.err
    assert cli("auth", "google", "--client", "client.json", "--target", "jobs").code == 1


@pytest.mark.usefixtures("browser", "google")
def test_scopes_can_be_named(cli: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "briefingkit_google.account._met", lambda _: ("", ())
    )  # there is no project to lead us
    scope = "https://www.googleapis.com/auth/calendar.events.owned"
    assert cli("auth", "google", "--client", "client.json", "--scope", scope, "--json").json["scopes"] == [
        scope
    ]


def test_without_a_terminal_nobody_is_waited_for(google: GoogleDouble, cli: Command, empty: Path) -> None:
    ran = cli("auth", "google", "--client", "client.json")
    assert ran.code == 2
    assert "there is no terminal" in ran.err
    assert google.requests == []
    assert not (empty / "google-token.json").exists()


def test_without_a_browser_the_address_is_printed_for_another(google: GoogleDouble, empty: Path) -> None:
    _project(empty, google, city=f"calendar: {CALENDAR}, auth: {{user: token.json}}")
    running = subprocess.Popen(
        [sys.executable, "-m", "briefingkit", "auth", "google", "--client", "client.json", "--no-browser"],
        cwd=empty, stderr=subprocess.PIPE, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert running.stderr is not None
    address = next(line.strip() for line in running.stderr if line.strip().startswith("http"))
    urllib.request.urlopen(address, timeout=10).close()
    out, _ = running.communicate(timeout=20)
    assert running.returncode == 0
    assert "Signed in as person@cities.example" in out


@pytest.mark.parametrize("kind", ["none", "in the terminal"])
def test_where_no_browser_opens_the_address_is_enough(
    google: GoogleDouble, empty: Path, cli: Command, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    del google, empty

    class Lynx:
        name = "lynx"

    def get() -> Lynx:
        if kind == "none":
            raise webbrowser.Error
        return Lynx()

    monkeypatch.setattr("webbrowser.get", get)
    monkeypatch.setattr(auth, "_is_attended", lambda: True)
    ran = cli("auth", "google", "--client", "client.json", "--timeout", "1")
    assert ran.err.startswith("Open this address:\n")
    assert "nobody answered" in ran.err


@pytest.mark.usefixtures("browser")
def test_in_words_it_says_what_was_done_and_what_is_yet_to_do(
    google: GoogleDouble, empty: Path, cli: Command
) -> None:
    google.disable_api("calendar")
    (empty / ".git").mkdir()
    _project(empty, google, city=f"calendar: {CALENDAR}, auth: {{user: token.json}}")
    ran = cli("auth", "google", "--client", "client.json")
    assert ran.code == 0
    assert ran.out.startswith("Signed in; the token is in token.json, for you alone to read.\n")
    assert "press Enable" in ran.out
    assert "token.json was added to .gitignore: it is a secret." in ran.out


def test_a_person_who_does_not_come_is_not_waited_for_longer_than_said(
    google: GoogleDouble, cli: Command, empty: Path
) -> None:
    del google
    ran = cli("auth", "google", "--client", "client.json", "--no-browser", "--timeout", "1")
    assert ran.code == 1
    assert "nobody answered within 1 seconds" in ran.err
    assert not (empty / "google-token.json").exists()


@pytest.mark.usefixtures("browser")
def test_denied_consent_is_an_error_and_writes_nothing(
    google: GoogleDouble, cli: Command, empty: Path
) -> None:
    google.denies = True
    ran = cli("auth", "google", "--client", "client.json", "--json")
    assert ran.code == 1
    assert "consent was denied" in ran.json["error"]["reasons"][0]
    assert not (empty / "google-token.json").exists()


@pytest.mark.usefixtures("google")
def test_a_service_that_nobody_knows_is_answered_with_those_there_are(cli: Command) -> None:
    ran = cli("auth", "gogle", "--client", "client.json")
    assert ran.code == 1
    assert "did you mean google?" in ran.err


def test_there_is_nothing_to_do_without_a_client_or_a_check(empty: Path, cli: Command) -> None:
    del empty
    ran = cli("auth", "google")
    assert ran.code == 2
    assert "--client" in ran.err
    assert "--check" in ran.err


# Git


def _signed_in(google: GoogleDouble, folder: Path, cli: Command) -> list[str]:
    _project(folder, google, city=f"calendar: {CALENDAR}, auth: {{user: token.json}}")
    ignored: list[str] = cli("auth", "google", "--client", "client.json", "--json").json["ignored"]
    return ignored


@pytest.mark.usefixtures("browser")
def test_in_a_repository_secrets_are_ignored_once(google: GoogleDouble, empty: Path, cli: Command) -> None:
    (empty / ".git").mkdir()
    (empty / ".gitignore").write_text("*.pyc")
    assert _signed_in(google, empty, cli) == ["token.json", "client.json"]
    assert (empty / ".gitignore").read_text() == "*.pyc\n/token.json\n/client.json\n"
    assert _signed_in(google, empty, cli) == []


@pytest.mark.usefixtures("browser")
@pytest.mark.parametrize(
    "rule", ["*.json", "/*.json", "token.json\nclient.json", "!*.json\n*.json", "# all\n*"]
)
def test_what_is_ignored_already_is_left_alone(
    google: GoogleDouble, empty: Path, cli: Command, rule: str
) -> None:
    (empty / ".git").write_text("gitdir: elsewhere")  # a worktree
    (empty / ".gitignore").write_text(rule)
    assert _signed_in(google, empty, cli) == []
    assert (empty / ".gitignore").read_text() == rule


@pytest.mark.usefixtures("browser")
@pytest.mark.parametrize("rule", ["#token.json", "*.json\n!token.json", "token", "caf\u00e9"])
def test_a_rule_that_does_not_ignore_is_not_taken_for_one_that_does(
    google: GoogleDouble, empty: Path, cli: Command, rule: str
) -> None:
    (empty / ".git").mkdir()
    (empty / ".gitignore").write_bytes(rule.encode("latin-1"))
    assert "token.json" in _signed_in(google, empty, cli)
    assert (empty / ".gitignore").read_bytes().startswith(rule.encode("latin-1") + b"\n/token.json\n")


@pytest.mark.usefixtures("browser")
@pytest.mark.parametrize(("rule", "added"), [("/token.json", ["below/token.json"]), ("token.json", [])])
def test_rules_of_folders_above_count_as_git_counts_them(
    google: GoogleDouble, empty: Path, cli: Command, rule: str, added: list[str]
) -> None:
    (empty / ".git").mkdir()
    (empty / "below").mkdir()
    (empty / ".gitignore").write_text(f"{rule}\nclient.json\n")
    _project(empty, google, city=f"calendar: {CALENDAR}, auth: {{user: below/token.json}}")
    assert cli("auth", "google", "--client", "client.json", "--json").json["ignored"] == added


@pytest.mark.usefixtures("browser")
def test_a_gitignore_that_cannot_be_written_is_told(google: GoogleDouble, empty: Path, cli: Command) -> None:
    (empty / ".git").mkdir()
    (empty / ".gitignore").mkdir()
    _project(empty, google, city=f"calendar: {CALENDAR}, auth: {{user: token.json}}")
    ran = cli("auth", "google", "--client", "client.json")
    assert ran.code == 0
    assert "token.json is a secret, and .gitignore cannot be written" in ran.out


@pytest.mark.usefixtures("browser")
def test_outside_a_repository_nothing_is_written_beside_the_token(
    google: GoogleDouble, empty: Path, cli: Command
) -> None:
    assert _signed_in(google, empty, cli) == []
    assert not (empty / ".gitignore").exists()


# Looking at what there is


def _check(cli: Command, *arguments: str) -> dict[str, Any]:
    return {each["target"]: each for each in cli("auth", "google", "--check", "--json", *arguments).json}


def test_a_calendar_that_is_not_shared_says_with_whom_to_share_it(
    google: GoogleDouble, empty: Path, cli: Command
) -> None:
    _project(empty, google, city=f"calendar: {CALENDAR}, auth: {{service_account: key.json}}")
    ran = cli("auth", "google", "--check")
    assert ran.code == 1
    assert f"add {SERVICE} with the permission Make changes to events" in ran.out
    google.share(CALENDAR, "reader", f"user:{SERVICE}")
    assert "may not write to" in cli("auth", "google", "--check").out
    google.share(CALENDAR, "writer", f"user:{SERVICE}")
    assert _check(cli)["city"] == {
        "target": "city",
        "works": True,
        "who": f"the service account {SERVICE}",
        "scopes": [EVENTS],
        "sees": ["City briefings (writer)"],
        "problems": [],
    }


def test_each_target_is_judged_by_itself(google: GoogleDouble, empty: Path, cli: Command) -> None:
    google.share(CALENDAR, "writer", f"user:{SERVICE}")
    _project(
        empty,
        google,
        good=f"calendar: {CALENDAR}, auth: {{service_account: key.json}}",
        lost=f"calendar: {CALENDAR}, auth: {{service_account: gone.json}}",
        wrong="auth: {service_account: key.json}",
        unset=f"calendar: {CALENDAR}, auth: {{service_account: '${{NOBODY_HAS_THIS}}'}}",
    )
    found = _check(cli)
    assert list(found) == ["good", "lost", "wrong", "unset"]
    assert {name: each["works"] for name, each in found.items()} == {
        "good": True, "lost": False, "wrong": False, "unset": False,
    }  # fmt: skip
    assert "there is no key at" in found["lost"]["problems"][0]
    assert "say which calendar" in found["wrong"]["problems"][0]
    assert "NOBODY_HAS_THIS is not set" in found["unset"]["problems"][0]


def test_calendars_of_our_own_are_listed(google: GoogleDouble, empty: Path, cli: Command) -> None:
    google.make_calendar("own@group.calendar.google.com", owner=SERVICE, summary="Made by us")
    _project(empty, google, city="make: {summary: {en: City}}, auth: {service_account: key.json}")
    assert "Made by us (owner)" in _check(cli)["city"]["sees"]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda google: google.disable_api("calendar"), "press Enable"),
        (lambda google: google.revoke(), "the consent has ended"),
        (lambda google: google.fail("*", status=401, reason="authError", times=99), "sign in again"),
    ],
)
@pytest.mark.usefixtures("browser")
def test_what_has_gone_wrong_since_is_told(
    google: GoogleDouble, empty: Path, cli: Command, spoil: Callable[[GoogleDouble], None], words: str
) -> None:
    _signed_in(google, empty, cli)
    spoil(google)
    told = _check(cli)["city"]
    assert not told["works"]
    assert words in " ".join(told["problems"])


def test_a_check_changes_nothing(
    google: GoogleDouble, empty: Path, cli: Command, snapshot: Callable[[Path], Any]
) -> None:
    google.share(CALENDAR, "writer", f"user:{SERVICE}")
    _project(empty, google, city=f"calendar: {CALENDAR}, auth: {{service_account: key.json}}")
    before = snapshot(empty)
    _check(cli)
    assert snapshot(empty) == before
    assert {each.verb for each in google.requests if each.method != "token"} == {"GET"}


def test_a_target_of_another_service_is_not_ours(google: GoogleDouble, empty: Path, cli: Command) -> None:
    _project(empty, google, city=f"calendar: {CALENDAR}, auth: {{service_account: key.json}}")
    ran = cli("auth", "google", "--check", "--target", "site")
    assert ran.code == 1
    assert "no target of google is called 'site'; there are: city" in ran.err


def test_no_target_at_all_is_said(home: Path, cli: Command) -> None:
    del home
    ran = cli("auth", "google", "--check")
    assert ran.code == 0
    assert "No target here uses it." in ran.out


def test_a_key_from_the_environment_is_printed_nowhere(
    google: GoogleDouble, empty: Path, cli: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = google.service_account()
    secret = key["private_key"].splitlines()[3]
    _project(empty, google, city=f"calendar: {CALENDAR}, auth: {{service_account: '${{GOOGLE_KEY}}'}}")
    broken = json.dumps(key)[:-40]
    for value in (json.dumps(key), broken, broken[1:], f"[{broken}", key["private_key"]):
        monkeypatch.setenv("GOOGLE_KEY", value)
        for arguments in (("auth", "google", "--check"), ("auth", "google", "--check", "--json"), ("plan",)):
            ran = cli(*arguments)
            assert secret not in ran.out + ran.err
            assert "PRIVATE KEY" not in ran.out + ran.err
