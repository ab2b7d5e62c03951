"""What the tests of rows share: a briefing, people, a spreadsheet, and organisers who look at it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import define, field

from briefingkit.model import Briefing, Programme, structure
from briefingkit.registrations.mirroring import Mirrored
from briefingkit.registrations.registration import Registration, RegistrationStatus
from briefingkit.testing.contract import Workbench
from briefingkit.testing.google import GoogleDouble
from briefingkit_google.sheets import GoogleSheets

from .conftest import TARGET

AT = datetime(2022, 3, 21, 9, 0, tzinfo=UTC)
NUMBER = "Registration number"
OWN = ["#key", NUMBER, "Status", "Registered on", "Changed on"]


def briefing(agenda: Sequence[Mapping[str, Any]] = (), **registration: Any) -> Briefing:
    asked = {"fields": ["name", "email"], **registration}
    return structure(
        {
            "briefing": "night-buses",
            "namespace": "contract.example",
            "languages": ["en", "fr"],
            "title": {"en": "Night buses", "fr": "Bus de nuit"},
            "status": "confirmed",
            "start": "2022-04-13T15:00",
            "end": "2022-04-13T16:00",
            "timezone": "Europe/Brussels",
            "agenda": agenda,
            "registration": asked,
        }
    )


def person(number: int, name: str | None = None, **more: Any) -> Registration:
    """Make a registration: `answers` and other fields may be said."""
    answers = {
        "name": name or f"Person {number}",
        "email": f"p{number}@example.org",
        **more.pop("answers", {}),
    }
    at = AT + timedelta(minutes=number)
    fields: dict[str, Any] = {
        "briefing": "night-buses",
        "person": f"p{number}@example.org",
        "number": number,
        "position": number,
        "status": RegistrationStatus.CONFIRMED,
        "waits": False,
        "language": "en",
        "answers": answers,
        "stamps": {},
        "places": ("",),
        "consent": None,
        "created_at": at,
        "changed_at": at,
        **more,
    }
    return Registration(**fields)


@define
class Desk:
    """A target whose plan was applied, and what people see in its spreadsheet."""

    google: GoogleDouble
    settings: GoogleSheets
    briefing: Briefing = field(factory=briefing)
    held: Mapping[Any, Any] = field(factory=dict)

    def publish(self) -> str:
        """Plan and apply; gives the id of the spreadsheet."""
        bench = Workbench(self.settings, TARGET)
        bench.publish(self.briefing)
        self.held = bench.journal.of(TARGET, self.briefing.identifier)
        return self.book

    @property
    def book(self) -> str:
        [remote] = self.held.values()
        return str(remote.id)

    def mirror(self, *people: Registration) -> Mirrored:
        return self.settings.mirror(self.briefing, Programme([self.briefing]), self.held, people)

    def grid(self) -> list[list[Any]]:
        """All that stands in the first sheet."""
        return self.google.cells(self.book, "A1:ZZ")

    def seen(self, *headers: str) -> list[tuple[Any, ...]]:
        """What stands below some headers, row by row."""
        first, *rows = self.grid()
        places = [first.index(header) for header in headers]
        return [tuple(row[at] if at < len(row) else "" for at in places) for row in rows]

    def write(self, header: str, row: int, value: Any) -> None:
        """Type into a cell: below a header, in a row counted from 0 below it."""
        column = self.grid()[0].index(header)
        self.google.type_cells(self.book, f"{column_name(column)}{row + 2}", [[value]])

    def requests(self) -> list[str]:
        """The methods that were asked of Sheets since this was last asked."""
        asked = [each.method for each in self.google.requests if each.method.startswith("sheets.")]
        self.google.requests.clear()
        return [each.removeprefix("sheets.spreadsheets.") for each in asked]


def column_name(at: int) -> str:
    return chr(ord("A") + at) if at < 26 else column_name(at // 26 - 1) + chr(ord("A") + at % 26)
