from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from briefingkit.testing.google import GoogleDouble

Refused = Callable[[Any], tuple[int, str]]
Event = Callable[..., dict[str, Any]]


def _insert(service: Any, body: dict[str, Any], **query: Any) -> dict[str, Any]:
    done: dict[str, Any] = service.events().insert(calendarId="city", body=body, **query).execute()
    return done


def _patch(service: Any, name: str, body: dict[str, Any], **query: Any) -> dict[str, Any]:
    done: dict[str, Any] = (
        service.events().patch(calendarId="city", eventId=name, body=body, **query).execute()
    )
    return done


def _get(service: Any, name: str, **query: Any) -> dict[str, Any]:
    found: dict[str, Any] = service.events().get(calendarId="city", eventId=name, **query).execute()
    return found


class TestIdentity:
    def test_an_event_keeps_the_id_that_the_client_gives(self, service: Any, event: Event) -> None:
        assert _insert(service, event(id="abc0123"))["id"] == "abc0123"
        assert _get(service, "abc0123")["iCalUID"] == "abc0123@google.com"

    @pytest.mark.parametrize("name", ["abcd", "ABCDE", "abcwxyz", "abc-de", "a" * 1025])
    def test_an_id_is_base32hex_of_5_to_1024(
        self, service: Any, event: Event, refused: Refused, name: str
    ) -> None:
        assert refused(service.events().insert(calendarId="city", body=event(id=name))) == (400, "invalid")

    def test_without_an_id_the_server_makes_one_that_it_would_accept(
        self, service: Any, event: Event
    ) -> None:
        first, second = _insert(service, event()), _insert(service, event())
        assert first["id"] != second["id"]
        assert set(first["id"]) <= set("0123456789abcdefghijklmnopqrstuv")

    def test_an_id_that_is_there_is_a_conflict(self, service: Any, event: Event, refused: Refused) -> None:
        _insert(service, event(id="abcde"))
        request = service.events().insert(calendarId="city", body=event(id="abcde"))
        assert refused(request) == (409, "duplicate")

    def test_the_same_id_may_stand_in_another_calendar(
        self, google: GoogleDouble, service: Any, event: Event
    ) -> None:
        google.make_calendar("other")
        _insert(service, event(id="abcde"))
        service.events().insert(calendarId="other", body=event(id="abcde")).execute()
        assert list(google.events("other")) == ["abcde"]

    def test_an_icaluid_is_taken_once_and_not_beside_an_id(
        self, service: Any, event: Event, refused: Refused
    ) -> None:
        _insert(service, event(iCalUID="one@cities.example"))
        again = service.events().insert(calendarId="city", body=event(iCalUID="one@cities.example"))
        assert refused(again) == (409, "duplicate")
        both = service.events().insert(calendarId="city", body=event(id="abcde", iCalUID="two@x.example"))
        assert refused(both) == (400, "invalid")

    def test_an_id_cannot_be_changed(self, service: Any, event: Event, refused: Refused) -> None:
        _insert(service, event(id="abcde"))
        request = service.events().patch(calendarId="city", eventId="abcde", body={"id": "fghij"})
        assert refused(request) == (400, "invalid")


class TestTombstones:
    @pytest.fixture
    def gone(self, service: Any, event: Event) -> str:
        _insert(service, event(id="abcde"))
        service.events().delete(calendarId="city", eventId="abcde").execute()
        return "abcde"

    def test_a_deleted_event_is_still_read_as_cancelled(self, service: Any, gone: str) -> None:
        found = _get(service, gone)
        assert (found["status"], found["summary"]) == ("cancelled", "Briefing")

    def test_its_id_stays_taken(self, service: Any, event: Event, refused: Refused, gone: str) -> None:
        assert refused(service.events().insert(calendarId="city", body=event(id=gone))) == (409, "duplicate")

    def test_it_cannot_be_deleted_again(self, service: Any, refused: Refused, gone: str) -> None:
        assert refused(service.events().delete(calendarId="city", eventId=gone)) == (410, "deleted")

    @pytest.mark.parametrize("method", ["patch", "update"])
    def test_it_lives_again_when_it_is_confirmed(
        self, google: GoogleDouble, service: Any, event: Event, gone: str, method: str
    ) -> None:
        body = event(status="confirmed", summary="Again")
        getattr(service.events(), method)(calendarId="city", eventId=gone, body=body).execute()
        assert google.events("city")[gone]["summary"] == "Again"

    def test_cancelling_is_deleting(self, google: GoogleDouble, service: Any, event: Event) -> None:
        _insert(service, event(id="fghij"))
        _patch(service, "fghij", {"status": "cancelled"})
        assert "fghij" not in google.events("city")
        assert google.event("city", "fghij")["status"] == "cancelled"

    def test_what_never_was_is_not_found(self, service: Any, refused: Refused) -> None:
        assert refused(service.events().get(calendarId="city", eventId="abcde")) == (404, "notFound")
        assert refused(service.events().delete(calendarId="city", eventId="abcde")) == (404, "notFound")

    def test_a_tombstone_goes_for_good_in_the_end(
        self, google: GoogleDouble, service: Any, event: Event, gone: str
    ) -> None:
        google.purge("city", gone)
        assert _insert(service, event(id=gone))["status"] == "confirmed"


class TestVersions:
    @pytest.fixture
    def etag(self, service: Any, event: Event) -> str:
        return str(_insert(service, event(id="abcde"))["etag"])

    @pytest.mark.parametrize("method", ["patch", "update", "delete"])
    def test_an_etag_of_before_is_refused(
        self, google: GoogleDouble, service: Any, event: Event, refused: Refused, etag: str, method: str
    ) -> None:
        google.edit("city", "abcde", summary="By hand")
        body = {} if method == "delete" else {"body": event(summary="Ours")}
        request = getattr(service.events(), method)(calendarId="city", eventId="abcde", **body)
        request.headers["If-Match"] = etag
        assert refused(request) == (412, "conditionNotMet")
        assert google.event("city", "abcde")["summary"] == "By hand"

    def test_an_etag_of_now_is_taken(self, service: Any, etag: str) -> None:
        request = service.events().patch(calendarId="city", eventId="abcde", body={"summary": "Ours"})
        request.headers["If-Match"] = etag
        changed = request.execute()
        assert changed["etag"] != etag
        assert changed["etag"].startswith('"')

    def test_what_is_known_is_not_sent_again(self, service: Any, etag: str) -> None:
        from googleapiclient.errors import HttpError

        request = service.events().get(calendarId="city", eventId="abcde")
        request.headers["If-None-Match"] = etag
        with pytest.raises(HttpError) as caught:
            request.execute()
        assert caught.value.resp.status == 304

    def test_writing_what_is_there_makes_no_new_version(self, service: Any, etag: str) -> None:
        assert _patch(service, "abcde", {"summary": "Briefing"})["etag"] == etag

    def test_updated_moves_with_changes_but_not_with_reminders(
        self, google: GoogleDouble, service: Any, etag: str
    ) -> None:
        before = _get(service, "abcde")["updated"]
        google.advance(timedelta(minutes=1))
        reminded = _patch(
            service,
            "abcde",
            {"reminders": {"useDefault": False, "overrides": [{"method": "popup", "minutes": 5}]}},
        )
        assert (reminded["updated"], reminded["etag"] != etag) == (before, True)
        assert _patch(service, "abcde", {"summary": "Other"})["updated"] > before

    @pytest.mark.usefixtures("etag")
    def test_the_sequence_rises_when_the_time_moves(self, service: Any) -> None:
        assert _patch(service, "abcde", {"summary": "Other"})["sequence"] == 0
        assert _patch(service, "abcde", {"end": {"dateTime": "2026-06-11T17:00:00"}})["sequence"] == 1

    @pytest.mark.usefixtures("etag")
    def test_an_older_sequence_is_refused(self, service: Any, refused: Refused) -> None:
        _patch(service, "abcde", {"sequence": 4})
        request = service.events().patch(
            calendarId="city", eventId="abcde", body={"sequence": 3, "summary": "x"}
        )
        assert refused(request) == (400, "invalid")


class TestPatchAndUpdate:
    def test_a_patch_merges_objects_replaces_lists_and_takes_away_nulls(
        self, service: Any, event: Event
    ) -> None:
        private = {"private": {"a": "1", "b": "2"}}
        guests = [{"email": "a@x.example"}, {"email": "b@x.example"}]
        _insert(service, event(id="abcde", location="Here", extendedProperties=private, attendees=guests))
        body = {
            "location": None,
            "extendedProperties": {"private": {"a": None, "c": "3"}},
            "attendees": [{"email": "b@x.example"}],
        }
        changed = _patch(service, "abcde", body)
        assert "location" not in changed
        assert changed["extendedProperties"] == {"private": {"b": "2", "c": "3"}}
        assert [each["email"] for each in changed["attendees"]] == ["b@x.example"]
        assert changed["summary"] == "Briefing"

    def test_an_update_wipes_what_it_does_not_name(self, service: Any, event: Event) -> None:
        made = _insert(service, event(id="abcde", location="Here", colorId="4"))
        changed = (
            service.events().update(calendarId="city", eventId="abcde", body=event(summary="Other")).execute()
        )
        assert {"location", "colorId"}.isdisjoint(changed)
        assert changed["created"] == made["created"]

    def test_null_stands_for_absent_where_nothing_is_merged(self, service: Any, event: Event) -> None:
        body = {**event(id="abcde"), "location": None, "extendedProperties": {"private": {"a": None}}}
        assert {"location", "extendedProperties"}.isdisjoint(_insert(service, body))

    def test_an_update_needs_start_and_end(self, service: Any, event: Event, refused: Refused) -> None:
        _insert(service, event(id="abcde"))
        request = service.events().update(calendarId="city", eventId="abcde", body={"summary": "x"})
        assert refused(request) == (400, "required")

    def test_the_answer_of_a_get_can_be_sent_back_whole(
        self, google: GoogleDouble, service: Any, event: Event
    ) -> None:
        made = _insert(service, event(id="abcde", description="<b>x</b>", visibility="private"))
        again = service.events().update(calendarId="city", eventId="abcde", body=made).execute()
        assert again == made
        assert "created" in google.requests[-1].ignored

    def test_the_organizer_changes_only_when_an_event_moves(self, service: Any, event: Event) -> None:
        organizer = {"email": "host@x.example"}
        assert _insert(service, event(id="abcde", organizer=organizer))["organizer"]["email"] == "city"
        assert _patch(service, "abcde", {"organizer": organizer})["organizer"]["email"] == "city"

    def test_an_imported_event_keeps_its_uid_and_refuses_what_is_older(
        self, service: Any, event: Event, refused: Refused
    ) -> None:
        organizer = {"email": "host@x.example"}
        body = event(iCalUID="one@x.example", sequence=2, organizer=organizer)
        made = service.events().import_(calendarId="city", body=body).execute()
        assert (made["iCalUID"], made["privateCopy"], made["organizer"]["email"]) == (
            "one@x.example",
            True,
            "host@x.example",
        )
        newer = service.events().import_(calendarId="city", body={**body, "sequence": 3}).execute()
        assert newer["id"] == made["id"]
        older = service.events().import_(calendarId="city", body={**body, "sequence": 1})
        assert refused(older) == (400, "invalid")

    def test_an_event_moves_to_another_calendar(
        self, google: GoogleDouble, service: Any, event: Event
    ) -> None:
        google.make_calendar("other")
        _insert(service, event(id="abcde"))
        moved = service.events().move(calendarId="city", eventId="abcde", destination="other").execute()
        assert moved["organizer"]["email"] == "other"
        assert (list(google.events("city")), list(google.events("other"))) == ([], ["abcde"])
