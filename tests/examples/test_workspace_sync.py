"""The nightly sync against doubles of Google: three nights in a row, as a workflow and as cron run it."""

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import yaml
from attrs import frozen

pytest.importorskip("googleapiclient", reason="Google's client is not installed")
from briefingkit.testing.google import GoogleDouble
from briefingkit.testing.mail.gmail import GmailDouble
from briefingkit.testing.mail.service import Asked, Reply

ROOT = Path(__file__).parents[2]
SERVICE = "city-briefings@city-briefings.iam.gserviceaccount.com"
CALENDAR, FOLDER = "c_city@group.calendar.google.com", "1AbCdEfGhIjKlMnOpQrStUvWxYz012345"


class _Gmail(GmailDouble):
    """Believes the tokens that the double of Google has given out."""

    def handle(self, asked: Asked) -> Reply:
        self.tokens.append(asked.headers.get("authorization", "").removeprefix("Bearer "))
        return super().handle(asked)


@frozen
class City:
    folder: Path
    google: GoogleDouble
    gmail: GmailDouble
    secrets: Mapping[str, str]

    def run(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        env = {**os.environ, "PATH": path, "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1", **more}
        return subprocess.run(
            command, cwd=self.folder, env=env, capture_output=True, text=True, encoding="utf-8", check=False
        )

    def answer(self, language: str, name: str) -> None:
        """Fill the form in, as somebody who has the link."""
        form = next(
            each for each in self.google.forms if self.google.files[each].name.endswith(f"({language})")
        )
        answers: dict[str, Any] = {}
        for item in self.google.form(form)["items"]:
            question = item.get("questionItem", {}).get("question", {})
            options = question.get("choiceQuestion", {}).get("options")
            answers[item["title"]] = options[0]["value"] if options else name
        self.google.respond(form, answers, email=f"{name.lower()}@elsewhere.example")


@frozen
class Nights:
    """Three nights: by the workflow; by cron, after somebody has registered; and after the event was moved by hand."""

    city: City
    first: subprocess.CompletedProcess[str]
    summary: str
    second: subprocess.CompletedProcess[str]
    third: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def nights(
    tmp_path_factory: pytest.TempPathFactory, copy_example: Callable[[str, Path], Path]
) -> Iterator[Nights]:
    folder = copy_example("workspace-sync", tmp_path_factory.mktemp("example"))
    with GoogleDouble(workspace=("city.example.org",)) as google, _Gmail() as gmail:
        city = _in_workspace(folder, google, gmail)
        summary = folder / "summary.md"
        [sync] = _steps(folder, "Sync")
        given = {name: _filled_in(value, city.secrets) for name, value in sync["env"].items()}
        first = city.run("bash", "-e", "-c", sync["run"], GITHUB_STEP_SUMMARY=str(summary), **given)
        assert first.returncode == 0, (first, summary.read_text(encoding="utf-8"))

        city.answer("fr", "Ann")
        [line] = [
            line
            for line in (folder / "crontab").read_text(encoding="utf-8").splitlines()
            if " * * * " in line
        ]
        second = city.run(f"./{Path(line.split()[-1]).name}", **city.secrets)

        [event] = [name for name, each in google.events(CALENDAR).items() if "Night" in each["summary"]]
        google.edit(CALENDAR, event, summary="Night buses, moved")
        city.answer("en", "Bo")
        third = city.run("./nightly.sh", "--tell", **city.secrets)
        yield Nights(city, first, summary.read_text(encoding="utf-8"), second, third)


def _in_workspace(folder: Path, google: GoogleDouble, gmail: GmailDouble) -> City:
    google.make_calendar(CALENDAR, summary="City briefings", timezone="Europe/Brussels")
    google.share(CALENDAR, "writer", f"user:{SERVICE}")
    made = google.files.pop(
        google.make_folder("Lists", google.make_drive("City", {SERVICE: "fileOrganizer"}))
    )
    made.id = FOLDER
    google.files[FOLDER] = made
    key = google.service_account(email=SERVICE, delegated=["https://www.googleapis.com/auth/gmail.send"])
    file = folder / "briefingkit.yaml"
    text = file.read_text(encoding="utf-8")
    text = re.sub(
        r"^( +)use: google\.\S+$", rf"\g<0>\n\1base_url: {google.base_url}", text, flags=re.MULTILINE
    )
    text = text.replace("use: gmail,", f"use: gmail, base_url: {gmail.url}, token_url: {key['token_uri']},")
    file.write_text(text, encoding="utf-8")
    return City(folder, google, gmail, {"GOOGLE_KEY": json.dumps(key), "BRIEFINGKIT_STORE": "ledger.sqlite3"})


def _steps(folder: Path, name: str) -> list[Any]:
    workflow = yaml.safe_load((folder / ".github" / "workflows" / "nightly.yml").read_text(encoding="utf-8"))
    return [step for step in workflow["jobs"]["sync"]["steps"] if step.get("name") == name]


def _filled_in(value: str, secrets: Mapping[str, str]) -> str:
    """Put secrets in the place of their names, as the runner does."""
    return re.sub(r"\$\{\{ secrets\.(\w+) \}\}", lambda found: secrets[found[1]], value)


def _said(text: str) -> list[str]:
    """Take out what is another each time: the ids of spreadsheets."""
    return re.sub(r"(docs\.google\.com/spreadsheets/d/)[^/]+", r"\1…", text).splitlines()


def test_it_says_what_it_says_it_does(nights: Nights) -> None:
    told = ["# The first night", *_said(nights.summary), "", "# The third night", *_said(nights.third.stdout)]
    assert told == (nights.city.folder / "expected.txt").read_text(encoding="utf-8").splitlines()


def test_the_first_night_makes_all_that_is_wanted(nights: Nights) -> None:
    google = nights.city.google
    assert (nights.first.returncode, nights.first.stdout, nights.first.stderr) == (0, "", "")
    assert len(google.events(CALENDAR)) == len(google.forms) == 2
    assert all("docs.google.com/forms" in each["description"] for each in google.events(CALENDAR).values())


def test_a_night_in_which_all_is_well_is_silent(nights: Nights) -> None:
    assert (nights.second.returncode, nights.second.stdout, nights.second.stderr) == (0, "", "")


def test_who_registers_is_shown_and_written_to_once_in_their_language(nights: Nights) -> None:
    mails = [message_from_bytes(each, policy=policy.default) for each in nights.city.gmail.mails]
    assert [(mail["To"].addresses[0].addr_spec, mail["Content-Language"]) for mail in mails] == [
        ("ann@elsewhere.example", "fr"),
        ("bo@elsewhere.example", "en"),
    ]
    google = nights.city.google
    [book] = [name for name, file in google.files.items() if file.name.startswith("Registrations: ")]
    shown = " ".join(str(cell) for row in google.cells(book, "A1:K9") for cell in row)
    assert "ann@elsewhere.example" in shown
    assert "bo@elsewhere.example" in shown


def test_what_somebody_changed_by_hand_stays_and_is_told(nights: Nights) -> None:
    assert nights.third.returncode == 1
    titles = {each["summary"] for each in nights.city.google.events(CALENDAR).values()}
    assert titles == {"Night buses, moved", "Bus de nuit, la première année"}


def test_the_workflow_installs_what_the_project_needs(nights: Nights) -> None:
    [install] = _steps(nights.city.folder, "Install")
    asked = set(re.findall(r"\[([a-z,]+)\]", install["run"])[0].split(","))
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert asked == {"gmail", "google", "postgresql"}
    assert asked <= set(declared["project"]["optional-dependencies"])


def test_no_secret_and_nobodys_address_is_printed(nights: Nights) -> None:
    printed = nights.summary + nights.third.stdout + nights.third.stderr
    assert "PRIVATE KEY" not in printed
    assert "@elsewhere.example" not in printed
