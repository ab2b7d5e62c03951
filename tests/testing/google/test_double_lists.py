from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from briefingkit.testing.google import GoogleDouble

Refused = Callable[[Any], tuple[int, str]]


@pytest.fixture
def listed(service: Any) -> Callable[..., dict[str, Any]]:
    def execute(**query: Any) -> dict[str, Any]:
        page: dict[str, Any] = service.events().list(calendarId="city", **query).execute()
        return page

    return execute


Listed = Callable[..., dict[str, Any]]


def _ids(page: dict[str, Any]) -> list[str]:
    return [each["id"] for each in page["items"]]


def _span(day: int) -> dict[str, Any]:
    return {
        "start": {"dateTime": f"2026-06-{day:02}T15:00:00Z"},
        "end": {"dateTime": f"2026-06-{day:02}T16:00:00Z"},
    }


class TestPages:
    def test_the_pages_hold_every_event_once_and_only_the_last_has_the_token(
        self, google: GoogleDouble, service: Any
    ) -> None:
        google.fill("city", 25)
        request, seen, tokens = service.events().list(calendarId="city", maxResults=10), [], []
        while request is not None:
            page = request.execute()
            seen.append(_ids(page))
            tokens.append("nextSyncToken" in page)
            request = service.events().list_next(request, page)
        assert [len(ids) for ids in seen] == [10, 10, 5]
        assert {each for ids in seen for each in ids} == set(google.events("city"))
        assert tokens == [False, False, True]

    def test_a_page_has_250_unless_more_are_asked_for_and_2500_at_most(
        self, google: GoogleDouble, listed: Listed
    ) -> None:
        google.fill("city", 2600)
        assert [
            len(listed(**query)["items"]) for query in ({}, {"maxResults": 300}, {"maxResults": 9999})
        ] == [
            250,
            300,
            2500,
        ]

    def test_a_full_last_page_has_no_empty_one_after_it(self, google: GoogleDouble, listed: Listed) -> None:
        google.fill("city", 10)
        assert "nextPageToken" not in listed(maxResults=10)

    def test_a_page_token_is_bound_to_its_query(
        self, google: GoogleDouble, service: Any, listed: Listed, refused: Refused
    ) -> None:
        google.fill("city", 3)
        token = listed(maxResults=1)["nextPageToken"]
        other = service.events().list(calendarId="city", pageToken=token, q="x")
        assert refused(other) == (400, "invalid")
        assert refused(service.events().list(calendarId="city", pageToken="x")) == (400, "invalid")

    def test_what_changes_between_two_pages_is_in_the_next_sync(
        self, google: GoogleDouble, listed: Listed
    ) -> None:
        google.fill("city", 4)
        first = listed(maxResults=2)
        google.edit("city", first["items"][0]["id"], summary="Changed")
        last = listed(maxResults=2, pageToken=first["nextPageToken"])
        changed = listed(syncToken=last["nextSyncToken"])
        assert [each["summary"] for each in changed["items"]] == ["Changed"]


class TestSyncTokens:
    def test_only_what_has_changed_is_given_and_the_deleted_too(
        self, google: GoogleDouble, listed: Listed
    ) -> None:
        kept, edited, removed = (google.add("city") for _ in range(3))
        token = listed()["nextSyncToken"]
        assert listed(syncToken=token)["items"] == []
        google.remove("city", removed)
        google.edit("city", edited, summary="Edited")
        page = listed(syncToken=token)
        assert {each["id"]: each["status"] for each in page["items"]} == {
            removed: "cancelled",
            edited: "confirmed",
        }
        assert kept not in _ids(page)
        assert listed(syncToken=page["nextSyncToken"])["items"] == []

    def test_a_deleted_event_is_an_id_and_no_more_unless_deleted_ones_are_asked_for(
        self, google: GoogleDouble, listed: Listed
    ) -> None:
        name = google.add("city")
        token = listed()["nextSyncToken"]
        google.remove("city", name)
        assert listed(syncToken=token)["items"][0].keys() == {"kind", "etag", "id", "status"}
        assert "summary" in listed(syncToken=token, showDeleted=True)["items"][0]

    @pytest.mark.parametrize(
        "query",
        [
            {"q": "x"},
            {"iCalUID": "x"},
            {"orderBy": "updated"},
            {"timeMin": "2026-06-01T00:00:00Z"},
            {"timeMax": "2026-06-01T00:00:00Z"},
            {"updatedMin": "2026-06-01T00:00:00Z"},
            {"privateExtendedProperty": "a=b"},
            {"sharedExtendedProperty": "a=b"},
            {"showDeleted": False},
            {"singleEvents": True},
        ],
    )
    def test_a_filter_beside_a_token_is_refused(
        self, service: Any, listed: Listed, refused: Refused, query: dict[str, Any]
    ) -> None:
        token = listed()["nextSyncToken"]
        request = service.events().list(calendarId="city", syncToken=token, **query)
        assert refused(request) == (400, "invalid")

    def test_a_token_is_bound_to_its_calendar(
        self, google: GoogleDouble, service: Any, listed: Listed, refused: Refused
    ) -> None:
        google.make_calendar("other")
        token = listed()["nextSyncToken"]
        assert refused(service.events().list(calendarId="other", syncToken=token)) == (400, "invalid")
        assert refused(service.events().list(calendarId="city", syncToken="x")) == (400, "invalid")

    def test_an_expired_token_asks_for_a_full_read(
        self, google: GoogleDouble, service: Any, listed: Listed, refused: Refused
    ) -> None:
        token = listed()["nextSyncToken"]
        google.expire_sync_tokens()
        request = service.events().list(calendarId="city", syncToken=token)
        assert refused(request) == (410, "fullSyncRequired")
        assert listed(syncToken=listed()["nextSyncToken"])["items"] == []

    @pytest.mark.parametrize(
        "query", [{"q": "x"}, {"privateExtendedProperty": "a=b"}, {"orderBy": "updated"}]
    )
    def test_a_filtered_list_gives_no_token(self, listed: Listed, query: dict[str, Any]) -> None:
        assert "nextSyncToken" not in listed(**query)

    def test_a_window_is_remembered_by_the_token(self, google: GoogleDouble, listed: Listed) -> None:
        token = listed(timeMin="2026-06-10T00:00:00Z")["nextSyncToken"]
        google.add("city", **_span(1))
        inside = google.add("city", **_span(20))
        assert _ids(listed(syncToken=token)) == [inside]


class TestRecurrence:
    @pytest.fixture
    def weekly(self, google: GoogleDouble) -> str:
        """An event of every Thursday at 15:00 by the clock, over the change to winter time."""
        zone = "Europe/Brussels"
        return google.add(
            "city",
            start={"dateTime": "2026-10-22T15:00:00", "timeZone": zone},
            end={"dateTime": "2026-10-22T16:00:00", "timeZone": zone},
            recurrence=["RRULE:FREQ=WEEKLY;COUNT=3"],
        )

    def test_an_event_is_listed_once_or_by_its_instances(
        self, listed: Listed, service: Any, weekly: str
    ) -> None:
        assert _ids(listed()) == [weekly]
        expected = [f"{weekly}_{at}" for at in ("20261022T130000Z", "20261029T140000Z", "20261105T140000Z")]
        assert _ids(listed(singleEvents=True, orderBy="startTime")) == expected
        page = service.events().instances(calendarId="city", eventId=weekly).execute()
        assert _ids(page) == expected

    def test_instances_keep_the_clock_time_of_their_zone(self, service: Any, weekly: str) -> None:
        items = service.events().instances(calendarId="city", eventId=weekly).execute()["items"]
        assert [each["start"]["dateTime"] for each in items] == [
            "2026-10-22T15:00:00+02:00",
            "2026-10-29T15:00:00+01:00",
            "2026-11-05T15:00:00+01:00",
        ]
        assert {each["recurringEventId"] for each in items} == {weekly}

    def test_days_recur_too_and_one_may_be_left_out(self, google: GoogleDouble, listed: Listed) -> None:
        google.add(
            "city",
            start={"date": "2026-06-11"},
            end={"date": "2026-06-13"},
            recurrence=["RRULE:FREQ=DAILY;COUNT=3;INTERVAL=7", "EXDATE:20260618T000000"],
        )
        spans = [(each["start"], each["end"]) for each in listed(singleEvents=True)["items"]]
        assert spans == [
            ({"date": "2026-06-11"}, {"date": "2026-06-13"}),
            ({"date": "2026-06-25"}, {"date": "2026-06-27"}),
        ]

    def test_a_rule_that_is_none_is_refused(self, service: Any, refused: Refused, event: Any) -> None:
        body = event(recurrence=["RRULE:FREQ=SOMETIMES"])
        assert refused(service.events().insert(calendarId="city", body=body)) == (400, "invalid")


class TestFilters:
    def test_deleted_events_are_shown_when_asked_for(self, google: GoogleDouble, listed: Listed) -> None:
        name = google.add("city")
        google.remove("city", name)
        assert (_ids(listed()), _ids(listed(showDeleted=True))) == ([], [name])

    def test_a_window_takes_what_overlaps_it(self, google: GoogleDouble, listed: Listed) -> None:
        names = [google.add("city", **_span(day)) for day in (1, 10, 20)]
        window = {"timeMin": "2026-06-10T15:30:00Z", "timeMax": "2026-06-20T15:00:00Z"}
        assert _ids(listed(**window)) == [names[1]]

    def test_an_empty_window_is_refused(self, service: Any, refused: Refused) -> None:
        at = "2026-06-10T15:30:00Z"
        request = service.events().list(calendarId="city", timeMin=at, timeMax=at)
        assert refused(request) == (400, "timeRangeEmpty")

    def test_a_property_is_asked_for_with_its_value(self, service: Any, refused: Refused) -> None:
        request = service.events().list(calendarId="city", privateExtendedProperty="mark")
        assert refused(request) == (400, "invalid")

    def test_a_time_needs_an_offset(self, service: Any, refused: Refused) -> None:
        request = service.events().list(calendarId="city", timeMin="2026-06-10T15:30:00")
        assert refused(request) == (400, "invalid")

    def test_properties_words_and_uids_are_found(self, google: GoogleDouble, listed: Listed) -> None:
        private = {"private": {"a": "1", "b": "2"}}
        name = google.add("city", summary="Road to the IMRF", extendedProperties=private)
        google.fill("city", 3)
        uid = google.event("city", name)["iCalUID"]
        for query in (
            {"privateExtendedProperty": ["a=1", "b=2"]},
            {"q": "imrf ROAD"},
            {"iCalUID": uid},
        ):
            assert _ids(listed(**query)) == [name]
        assert _ids(listed(privateExtendedProperty=["a=1", "b=3"])) == []
        assert _ids(listed(sharedExtendedProperty="a=1")) == []

    def test_what_was_changed_since_includes_the_deleted(self, google: GoogleDouble, listed: Listed) -> None:
        google.fill("city", 2)
        name = google.add("city")
        google.advance(timedelta(minutes=1))
        since = google.now().isoformat(timespec="seconds")
        google.remove("city", name)
        assert _ids(listed(updatedMin=since)) == [name]

    def test_events_are_ordered_by_start_or_by_change(
        self, google: GoogleDouble, service: Any, listed: Listed, refused: Refused
    ) -> None:
        late, early = (google.add("city", **_span(day)) for day in (20, 1))
        google.advance(timedelta(minutes=1))
        google.edit("city", late, summary="Changed")
        assert _ids(listed(orderBy="startTime", singleEvents=True)) == [early, late]
        assert _ids(listed(orderBy="updated")) == [early, late]
        request = service.events().list(calendarId="city", orderBy="startTime")
        assert refused(request)[0] == 400
