import json
import math
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import pytest

from briefingkit.publish import Remote
from briefingkit.testing.contract import IntegrationContract
from briefingkit.testing.google import GoogleDouble
from briefingkit.text import Name
from briefingkit_google.calendar import GoogleCalendar
from briefingkit_google.calendar.choices import (
    AccessRole,
    AccessRule,
    Agenda,
    Calendars,
    Layout,
    MakeCalendars,
)

from .conftest import CITY, SERVICE, event_of


class TestGoogleCalendar(IntegrationContract):
    """One calendar that is there, with the events of all languages."""

    settings: ClassVar[Mapping[str, Any]] = {}

    @pytest.fixture
    def integration(self, google: GoogleDouble, calendar: Callable[..., GoogleCalendar]) -> GoogleCalendar:
        self.google = google
        made = calendar(**self.settings)
        self.secret = json.loads((made.base / "key.json").read_text())["private_key"]
        return made

    def edit_by_hand(self, remote: Remote) -> None:
        self.google.edit(*event_of(remote), summary="Edited by hand")

    def remove_by_hand(self, remote: Remote) -> None:
        self.google.remove(*event_of(remote))

    def add_stranger(self) -> Callable[[], object]:
        stranger = self.google.add(CITY, summary="Somebody's own")
        # A copy in the web page takes the private properties along, and has an id of its own.
        marks = {"briefingkit-namespace": "contract.example", "briefingkit-target": "under-test"}
        more = {"briefingkit-owner": "a", "briefingkit-key": "a.en"}
        copy = self.google.add(CITY, summary="A copy", extendedProperties={"private": {**marks, **more}})
        return lambda: [self.google.event(CITY, each) for each in (stranger, copy)]

    def lose_answers(self) -> None:
        self.google.fail("batch", after=True, reset=True, times=math.inf)
        for method in ("insert", "patch", "update", "delete"):
            self.google.fail(f"calendar.*.{method}", after=True, reset=True, times=math.inf)

    def find_answers(self) -> None:
        self.google.heal()


class TestStacked(TestGoogleCalendar):
    """One event for all languages, its agenda in events of their own."""

    settings: ClassVar[Mapping[str, Any]] = {
        "layout": Layout.STACKED,
        "languages": ("en", "fr"),
        "agenda": Agenda.EVENTS,
    }


class TestByLanguage(TestGoogleCalendar):
    """A calendar for each language."""

    settings: ClassVar[Mapping[str, Any]] = {
        "calendar": Calendars(by_language={"en": CITY, "fr": "ville@group.calendar.google.com"})
    }

    @pytest.fixture
    def integration(self, google: GoogleDouble, calendar: Callable[..., GoogleCalendar]) -> GoogleCalendar:
        google.make_calendar("ville@group.calendar.google.com")
        google.share("ville@group.calendar.google.com", "writer", f"user:{SERVICE}")
        return super().integration.__wrapped__(self, google, calendar)


class TestMade(TestGoogleCalendar):
    """Calendars that the target makes, and shares."""

    settings: ClassVar[Mapping[str, Any]] = {
        "make": MakeCalendars(summary=Name({"en": "City briefings", "fr": "Rencontres des villes"})),
        "access": (AccessRule(AccessRole.READER, "domain:cities.example"),),
    }
