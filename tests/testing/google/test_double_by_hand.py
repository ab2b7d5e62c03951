from typing import Any

import pytest

from briefingkit.testing.google import GoogleDouble, Request


def test_what_is_done_by_hand_is_seen_by_clients(google: GoogleDouble, service: Any) -> None:
    name = google.add("city", summary="Road", location="Here")
    google.edit("city", name, summary="New road", location=None)
    found = service.events().get(calendarId="city", eventId=name).execute()
    assert (found["summary"], "location" in found) == ("New road", False)
    google.remove("city", name)
    assert service.events().list(calendarId="city").execute()["items"] == []


def test_a_time_by_hand_needs_no_zone_that_stands_there_already(google: GoogleDouble) -> None:
    zone = "America/New_York"
    times = {"dateTime": "2026-06-11T15:00:00", "timeZone": zone}
    name = google.add("city", start=times, end=times)
    google.edit("city", name, end={"dateTime": "2026-06-11T17:00:00"})
    assert google.event("city", name)["end"] == {
        "dateTime": "2026-06-11T23:00:00+02:00",
        "timeZone": zone,
    }


def test_many_strangers_come_fast(google: GoogleDouble) -> None:
    google.fill("city", 2000, summary="Stranger")
    assert len({each["etag"] for each in google.events("city").values()}) == 2000


def test_what_is_not_there_cannot_be_changed(google: GoogleDouble) -> None:
    with pytest.raises(KeyError):
        google.edit("city", "absent", summary="x")
    with pytest.raises(KeyError):
        google.calendar("absent")
    name = google.add("city")
    with pytest.raises(KeyError):
        google.answer("city", name, "nobody@x.example", "accepted")


def test_a_calendar_by_hand_is_on_its_owners_list(google: GoogleDouble) -> None:
    google.make_calendar("theirs", owner="else@cities.example")
    lists = {
        user: [each["id"] for each in google.service(user=user).calendarList().list().execute()["items"]]
        for user in (google.person, "else@cities.example")
    }
    assert lists == {
        google.person: ["city", google.person],
        "else@cities.example": ["theirs", "else@cities.example"],
    }
    google.remove_calendar("theirs")
    assert "theirs" not in google.calendars


def test_a_first_calendar_is_there_when_it_is_looked_at(google: GoogleDouble) -> None:
    assert google.events(google.person) == {}
    assert google.calendar(google.person)["summary"] == google.person


def test_every_request_is_recorded_as_it_came(google: GoogleDouble, service: Any, event: Any) -> None:
    service.events().insert(calendarId="city", body=event(id="abcde"), sendUpdates="none").execute()
    request = google.requests[-1]
    assert isinstance(request, Request)
    assert (request.method, request.verb, request.status, request.part) == (
        "calendar.events.insert",
        "POST",
        200,
        None,
    )
    assert request.path == "/calendar/v3/calendars/city/events"
    assert request.email == google.person
    assert request.query["sendUpdates"] == "none"
    assert request.body == event(id="abcde")


def test_the_record_of_a_request_shows_no_token(google: GoogleDouble, service: Any) -> None:
    service.colors().get().execute()
    assert "ya29." not in repr(google.requests)
