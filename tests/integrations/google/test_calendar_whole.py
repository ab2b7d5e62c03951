"""Everything that a briefing can ask of a calendar, against the double: what arrives, and that one apply is enough."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from briefingkit.model import Access, Briefing
from briefingkit.publish import Drift
from briefingkit.publish.guests import Guests
from briefingkit.testing.contract import Workbench
from briefingkit.testing.google import GoogleDouble
from briefingkit.text import LocalizedUrl
from briefingkit_google.auth import Auth, calendar_scopes
from briefingkit_google.calendar import GoogleCalendar
from briefingkit_google.calendar.choices import (
    Agenda,
    Calendars,
    GuestsCan,
    Layout,
    Reminder,
    ReminderMethod,
    Reminders,
    Visibility,
)

from .projecting import briefing

ENGLISH, FRENCH = "english@group.calendar.google.com", "french@group.calendar.google.com"
ROOMS = {
    "place": {"online": {"url": {"from": "under-test"}, "access": "public"}},
    "interpretation": {"floor": ["en"], "into": {"fr": {"from": "under-test"}}},
    "agenda": [
        {
            "key": "road",
            "title": {"en": "The way", "fr": "Le chemin"},
            "duration": "25m",
            "participants": [{"person": "m"}],
        },
        {"key": "drinks", "title": {"en": "Drinks", "fr": "Verre"}},
    ],
    "people": {"m": {"name": "M", "email": "m@private.example", "language": "fr"}},
    "links": [{"key": "gcm", "title": {"en": "Compact"}, "url": "https://example.org/gcm"}],
    "background": {"en": "Why < how & *when*", "fr": "Pourquoi"},
}


@pytest.fixture
def double() -> Iterator[GoogleDouble]:
    with GoogleDouble() as google:
        for each in (ENGLISH, FRENCH):
            google.make_calendar(each)
        yield google


@pytest.fixture
def make(double: GoogleDouble, tmp_path: Path) -> Callable[..., Workbench]:
    double.service_account(tmp_path / "key.json", delegated=calendar_scopes())

    def bench(**settings: Any) -> Workbench:
        given = {
            "calendar": Calendars(by_language={"en": ENGLISH, "fr": FRENCH}),
            "auth": Auth(service_account="key.json", subject="person@cities.example"),
            **settings,
        }
        return Workbench(
            GoogleCalendar(
                base=tmp_path, base_url=double.base_url, target="under-test", sleep=lambda _: None, **given
            )
        )

    return bench


def whole(**fields: object) -> Briefing:
    return evolve(briefing(**{**ROOMS, **fields}), namespace="contract.example")


def events(double: GoogleDouble, calendar: str) -> list[dict[str, Any]]:
    return [each for each in double.events(calendar).values() if each["status"] != "cancelled"]


def test_rooms_items_and_guests_are_there_after_one_apply(
    double: GoogleDouble, make: Callable[..., Workbench]
) -> None:
    bench = make(agenda=Agenda.EVENTS, guests=Guests(participants=True), visibility=Visibility.PRIVATE)
    bench.publish(whole())
    assert bench.plan(whole()).is_empty
    french = {each["summary"]: each for each in events(double, FRENCH)}
    assert set(french) == {"La route", "Le chemin", "La route – Interprétation en français"}
    room = next(each for each in events(double, ENGLISH) if each["summary"] == "The road")["hangoutLink"]
    assert french["La route"]["location"] == french["Le chemin"]["location"] == room
    assert [each["email"] for each in french["La route"]["attendees"]] == ["m@private.example"]
    assert french["La route – Interprétation en français"]["hangoutLink"] != room
    assert "attendees" not in french["Le chemin"]


def test_a_lost_ledger_loses_no_room(double: GoogleDouble, make: Callable[..., Workbench]) -> None:
    bench = make()
    bench.publish(whole())
    before = {each["id"]: each.get("hangoutLink") for each in events(double, ENGLISH)}
    bench.lose_ledger()
    bench.publish(whole(title={"en": "Another road", "fr": "Une autre route"}))
    assert {each["id"]: each.get("hangoutLink") for each in events(double, ENGLISH)} == before
    assert any(before.values())


def test_all_languages_can_be_stacked_in_one_event(
    double: GoogleDouble, make: Callable[..., Workbench]
) -> None:
    bench = make(calendar=Calendars(one=ENGLISH), layout=Layout.STACKED)
    bench.publish(whole())
    assert bench.plan(whole()).is_empty
    event, room = sorted(events(double, ENGLISH), key=lambda each: len(each["summary"]))
    assert "<b>Français" in event["description"]
    assert event["hangoutLink"] != room["hangoutLink"]


def test_a_briefing_goes_through_every_state_and_stays_one_event(
    double: GoogleDouble, make: Callable[..., Workbench]
) -> None:
    bench = make()
    states: list[dict[str, object]] = [
        {},
        {"status": "postponed"},
        {"start": "2022-04-13", "end": "2022-04-14", "agenda": []},
        {"status": "cancelled"},
        {"place": {"venue": {"name": "Town hall"}}, "interpretation": {"floor": ["en"]}},
        {"people": {"m": {"name": "M"}}},
    ]
    ids = None
    for state in states:
        bench.publish(whole(**state))
        assert bench.plan(whole(**state)).is_empty
        there = {each["id"] for each in events(double, ENGLISH)}
        ids = ids or there
        assert there == ids


PLAIN: dict[str, Any] = {}
TWO = {"reminders": Reminders((Reminder(ReminderMethod.POPUP, 30), Reminder(ReminderMethod.EMAIL, 60)))}
SETTINGS = {
    "plain": PLAIN,
    "two reminders": TWO,
    "no reminders": {"reminders": Reminders(())},
    "private": {"visibility": Visibility.PRIVATE, "audience": Access.PARTICIPANTS, "color": "peacock"},
    "guests": {
        "guests": Guests(participants=True, addresses=("all@cities.example",)),
        "guests_can": GuestsCan(see_other_guests=True, modify=True),
        "color": "tomato",
    },
    "a page": {**TWO, "page": LocalizedUrl.of("https://cities.example/{language}/{briefing}")},
    "items": {"agenda": Agenda.EVENTS},
}


@pytest.mark.parametrize("before", SETTINGS.values(), ids=SETTINGS)
def test_settings_may_change_to_any_others(make: Callable[..., Workbench], before: dict[str, Any]) -> None:
    bench = make(**before)
    bench.publish(whole())
    first = bench.target.integration
    for after in SETTINGS.values():
        for integration in (make(**after).target.integration, first):
            bench.target = evolve(bench.target, integration=integration)
            # What was nobody's word for a while, such as a colour, may be people's now: it waits for a choice.
            bench.publish(whole(), drift=Drift.RESTORE)
            assert bench.plan(whole()).is_empty


def test_a_room_that_was_taken_off_by_hand_comes_back_and_reaches_those_that_show_it(
    double: GoogleDouble, make: Callable[..., Workbench]
) -> None:
    bench = make()
    bench.publish(whole())
    event = next(each for each in events(double, ENGLISH) if each["summary"] == "The road")
    double.edit(ENGLISH, event["id"], conferenceData=None, hangoutLink=None)
    bench.publish(whole(), drift=Drift.RESTORE)
    again = next(each for each in events(double, ENGLISH) if each["summary"] == "The road")
    assert again["hangoutLink"] != event["hangoutLink"]
    shown = next(each for each in events(double, FRENCH) if each["summary"] == "La route")
    assert shown["location"] == again["hangoutLink"]
