from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from briefingkit.publish import Remote
from briefingkit.testing.contract import Workbench
from briefingkit.testing.google import GoogleDouble, Request
from briefingkit_google.auth import Auth
from briefingkit_google.calendar import GoogleCalendar
from briefingkit_google.calendar.choices import Calendars
from briefingkit_google.sheets import GoogleSheets

from .dying import Death

SERVICE = "briefingkit@double.iam.gserviceaccount.com"
CITY = "city@group.calendar.google.com"
TARGET = "under-test"
FOLDER_NAME = "Registrations"


@pytest.fixture
def google() -> Iterator[GoogleDouble]:
    """Google, with one calendar that is shared with the service account."""
    with GoogleDouble() as double:
        double.make_calendar(CITY)
        double.share(CITY, "writer", f"user:{SERVICE}")
        yield double


@pytest.fixture
def death(monkeypatch: pytest.MonkeyPatch) -> Death:
    return Death(monkeypatch)


@pytest.fixture
def slept() -> list[float]:
    """The seconds that were waited, which take no time here."""
    return []


@pytest.fixture
def calendar(google: GoogleDouble, tmp_path: Path, slept: list[float]) -> Callable[..., GoogleCalendar]:
    """Make a target at the double: with no settings, one calendar that holds all languages."""

    def make(google: GoogleDouble = google, **settings: Any) -> GoogleCalendar:
        google.service_account(tmp_path / "key.json")
        given = {"calendar": Calendars(one=CITY), **settings}
        if "make" in settings:
            del given["calendar"]
        return GoogleCalendar(
            auth=given.pop("auth", Auth(service_account="key.json")),
            base=tmp_path,
            base_url=google.base_url,
            target=TARGET,
            sleep=slept.append,
            **given,
        )

    return make


@pytest.fixture
def bench(calendar: Callable[..., GoogleCalendar]) -> Workbench:
    return Workbench(calendar(), TARGET)


@pytest.fixture
def drive() -> Iterator[GoogleDouble]:
    """Google, with a shared drive that the service account may write to, and a folder in it."""
    with GoogleDouble() as double:
        shared = double.make_drive("Briefings", {SERVICE: "fileOrganizer"})
        double.make_folder(FOLDER_NAME, shared)
        yield double


@pytest.fixture
def sheets(drive: GoogleDouble, tmp_path: Path, slept: list[float]) -> Callable[..., GoogleSheets]:
    """Make a target of spreadsheets at the double, in the folder."""

    def make(**settings: Any) -> GoogleSheets:
        drive.service_account(tmp_path / "key.json")
        folder = next(each.id for each in drive.files.values() if each.name == FOLDER_NAME)
        return GoogleSheets(
            folder=settings.pop("folder", folder),
            auth=settings.pop("auth", Auth(service_account="key.json")),
            base=tmp_path,
            base_url=drive.base_url,
            target=TARGET,
            sleep=slept.append,
            **settings,
        )

    return make


def asked(google: GoogleDouble) -> list[Request]:
    """The requests that the API was sent, the parts of batches one by one, but for those for tokens."""
    return [each for each in google.requests if each.method.startswith("calendar.")]


def http_requests(google: GoogleDouble) -> int:
    """How many HTTP requests there were, but for those for tokens."""
    return len({each.http for each in google.requests if each.method != "token"})


def event_of(remote: Remote) -> tuple[str, str]:
    """The calendar and the id of an event."""
    calendar, _, event = remote.id.rpartition("/")
    return calendar, event
