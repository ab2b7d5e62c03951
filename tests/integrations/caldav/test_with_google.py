"""One project with both kinds of calendar, by the commands that a person or a job runs."""

import logging
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import define

from briefingkit.cli.app import run
from briefingkit.testing.google import GoogleDouble

CALENDAR = "city@group.calendar.google.com"
PROJECT = """\
format: 1
namespace: cities.example
languages: [en, fr]
limits: {{deletions_fraction: 1.0}}
targets:
  city-calendar:
    use: google.calendar
    calendar: {calendar}
    auth: {{service_account: "${{GOOGLE_KEY_FILE}}"}}
    base_url: {google}
  cloud:
    use: caldav
    url: {caldav}
    username: {user}
    password: "${{CALDAV_PASSWORD}}"
    make: {{name: {{en: "Calendar of {name}", fr: "Agenda de {name}"}}}}
"""
BRIEFING = """\
format: 1
briefing: {name}
languages: [en, fr]
title: {{en: Night buses, fr: Bus de nuit}}
status: confirmed
start: 2027-03-10T15:00
duration: 1h
timezone: Europe/Brussels
place: {{venue: {{name: {{en: Town hall, fr: Mairie}}}}}}
"""


@define
class Walk:
    """A folder with a project in it, its two servers, and the command line."""

    folder: Path
    google: GoogleDouble
    peer: Any
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str) -> tuple[int, str]:
        self.capsys.readouterr()
        code = run(list(arguments))
        said = self.capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return code, said.out + said.err

    def write(self, name: str = "night-buses", **changes: str) -> None:
        text = BRIEFING.format(name=name)
        for field, value in changes.items():
            text = re.sub(rf"^{field}: .*$", f"{field}: {value}", text, flags=re.MULTILINE)
        (self.folder / f"{name}.briefing.yaml").write_text(text, encoding="utf-8")

    def at_google(self) -> list[dict[str, Any]]:
        return sorted(self.google.events(CALENDAR).values(), key=lambda event: str(event["summary"]))

    def in_the_cloud(self) -> dict[str, str]:
        """Give the events of the other server by the name of their file, with long lines put together."""
        found = {}
        for language in ("en", "fr"):
            path = f"{self.peer.home}briefingkit.cities.example.cloud.{language}/"
            status, _, listing = self.peer.by_hand("PROPFIND", path, Depth="1")
            names = re.findall(rf"{re.escape(path)}([^<]+\.ics)<", listing.decode()) if status == 207 else ()
            for name in names:
                _, _, body = self.peer.by_hand("GET", f"{path}{name}")
                found[f"{path}{name}"] = body.decode().replace("\r\n ", "")
        return found


@pytest.fixture
def walk(
    tmp_path: Path,
    radicale: Any,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[Walk]:
    with GoogleDouble() as google:
        account = google.service_account(tmp_path / "key.json")["client_email"]
        google.make_calendar(CALENDAR, owner=account)
        folder = tmp_path / "project"
        folder.mkdir()
        text = PROJECT.format(
            calendar=CALENDAR,
            google=google.base_url,
            caldav=radicale.proxy.url,
            user=radicale.user,
            name=request.node.name,
        )
        (folder / "briefingkit.yaml").write_text(text, encoding="utf-8")
        monkeypatch.setenv("GOOGLE_KEY_FILE", str(tmp_path / "key.json"))
        monkeypatch.setenv("CALDAV_PASSWORD", str(radicale.password))
        monkeypatch.chdir(folder)
        for language in ("en", "fr"):
            radicale.by_hand("DELETE", f"{radicale.home}briefingkit.cities.example.cloud.{language}/")
        walked = Walk(folder, google, radicale, capsys)
        walked.write()
        yield walked


def test_a_briefing_lives_in_both_calendars_from_its_announcement_to_its_removal(walk: Walk) -> None:
    code, said = walk("plan")
    assert code == 3
    assert "Plan: 6 to create." in said
    assert walk("apply", "--yes")[0] == 0
    assert [event["summary"] for event in walk.at_google()] == ["Bus de nuit", "Night buses"]
    assert ["SUMMARY;LANGUAGE=en:Night buses" in text for text in walk.in_the_cloud().values()] == [
        True,
        False,
    ]
    assert walk("plan") == (0, "Nothing to do: 6 resources in step.\n")

    walk.write(start="2027-03-10T16:00")
    code, said = walk("plan")
    assert said.count("start.dateTime: 2027-03-10T15:00:00 → 2027-03-10T16:00:00") == 4
    assert walk("apply", "--yes")[0] == 0
    assert all("DTSTART;TZID=Europe/Brussels:20270310T160000" in one for one in walk.in_the_cloud().values())

    walk.write(status="postponed")
    assert walk("apply", "--yes")[0] == 0
    assert [event["summary"] for event in walk.at_google()] == [
        "Postponed – Night buses",
        "Reporté – Bus de nuit",
    ]
    assert {event["transparency"] for event in walk.at_google()} == {"transparent"}

    walk.write(status="cancelled")
    assert walk("apply", "--yes")[0] == 0
    assert {event["status"] for event in walk.at_google()} == {"tentative"}
    assert all("TRANSP:TRANSPARENT" in text for text in walk.in_the_cloud().values())

    walk.write("other")
    (walk.folder / "night-buses.briefing.yaml").unlink()
    code, said = walk("apply", "--yes")
    assert code == 1
    assert "Deletions wait for `apply --delete`." in said
    assert len(walk.at_google()) == len(walk.in_the_cloud()) == 4
    assert walk("apply", "--yes", "--delete")[0] == 0
    assert len(walk.at_google()) == len(walk.in_the_cloud()) == 2


def test_a_hand_edit_at_either_is_shown_field_by_field_and_waits_for_a_choice(walk: Walk) -> None:
    walk("apply", "--yes")
    event = walk.at_google()[1]["id"]
    walk.google.edit(CALENDAR, event, location="Room 5")
    path = next(path for path, text in walk.in_the_cloud().items() if "Mairie" in text)
    walk.peer.rewrite(path, lambda text: text.replace(":Mairie", ":Salle 5"))
    code, said = walk("plan")
    assert code == 3
    assert "changed at the target: location: Town hall → Room 5" in said
    assert "changed at the target: location: Mairie → Salle 5" in said
    assert walk("apply", "--yes")[0] == 1
    assert walk.google.event(CALENDAR, event)["location"] == "Room 5"

    code, said = walk("apply", "--yes", "--target", "city-calendar", "--drift", "keep")
    assert (code, "1 resource kept as changed at the target" in said) == (0, True)
    assert walk("apply", "--yes", "--drift", "restore", "--target", "cloud")[0] == 0
    assert walk("plan") == (0, "Nothing to do: 6 resources in step.\n")
    assert walk.google.event(CALENDAR, event)["location"] == "Room 5"
    assert ":Mairie" in walk.in_the_cloud()[path]


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_a_run_that_finds_nothing_to_do_asks_each_calendar_once_and_reads_no_briefing(
    walk: Walk, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        walk("apply", "--yes")
    assert walk(command)[1] == "Nothing to do: 6 resources in step.\n"
    walk.google.requests.clear()
    before = len(walk.peer.proxy.requests)
    monkeypatch.setattr(
        "briefingkit.workspace.load_tree", lambda *_, **__: pytest.fail("briefings were read")
    )
    assert walk(command) == (0, "Nothing to do: 6 resources in step.\n")
    assert [each.method for each in walk.google.requests if each.method != "token"] == [
        "calendar.events.list"
    ]
    assert len(walk.peer.proxy.requests) - before == 2


@pytest.mark.parametrize("edit", ["google", "cloud", "source"])
def test_whatever_changes_is_seen_by_the_next_run(walk: Walk, edit: str) -> None:
    for _ in range(3):
        walk("apply", "--yes")
    if edit == "google":
        walk.google.edit(CALENDAR, walk.at_google()[0]["id"], summary="Mine")
    elif edit == "cloud":
        path = next(iter(walk.in_the_cloud()))
        walk.peer.rewrite(path, lambda text: text.replace("Night buses", "Mine"))
    else:
        walk.write(title="{en: Mine, fr: Mien}")
    code, said = walk("plan")
    assert code == 3
    assert "Mine" in said


def test_a_run_that_is_killed_at_any_moment_is_gone_on_with(walk: Walk) -> None:
    for number in range(30):
        walk.write(f"talk-{number}")
    walk.google.delay = 0.2
    sent = walk.peer.proxy.requests
    _kill(lambda: any(each.method == "calendar.events.insert" for each in walk.google.requests))
    for more in (10, 25):
        until = len(sent) + more
        _kill(lambda until=until: len(sent) >= until)
    walk.google.delay = 0.0
    assert walk("apply", "--yes")[0] == 0
    assert len(walk.google.events(CALENDAR, deleted=True)) == len(walk.in_the_cloud()) == 62
    assert walk("plan") == (0, "Nothing to do: 126 resources in step.\n")


def _kill(reached: Callable[[], bool]) -> None:
    """Start a run, and end it in the middle of what it does when something is reached."""
    command = [sys.executable, "-m", "briefingkit", "apply", "--yes"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not reached():
        assert process.poll() is None, "it came to its end before"
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize(
    "fault",
    [lambda _: None, lambda walk: walk.google.fail("batch", status=403, reason="forbidden", times=99)],
)
def test_no_secret_is_in_any_output_at_any_level(
    walk: Walk, fault: Callable[[Walk], object], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("google.auth", "googleapiclient", "httplib2", "urllib3", "caldav", "niquests", "tenacity"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    fault(walk)
    told = [walk("plan", "--json")[1], walk("plan", "--full")[1], walk("apply", "--yes")[1]]
    told += [walk("apply", "--json")[1], caplog.text]
    told += [
        path.read_text(encoding="utf-8", errors="replace")
        for path in (walk.folder / ".briefingkit").iterdir()
        if path.is_file()
    ]
    key = Path(os.environ["GOOGLE_KEY_FILE"]).read_text(encoding="utf-8")
    private = re.search(r"BEGIN PRIVATE KEY-----\\n([^\\]+)", key)
    assert private is not None
    sent = {each.headers.get("authorization", "") for each in walk.google.requests}
    tokens = [header.removeprefix("Bearer ") for header in sent if header]
    assert tokens
    for secret in (str(walk.peer.password), private[1], *tokens):
        assert not [one[:200] for one in told if secret in one]
