from collections.abc import Callable
from typing import Any

import pytest

from briefingkit.testing.google import GoogleDouble, plain_markup

Refused = Callable[[Any], tuple[int, str]]
Event = Callable[..., dict[str, Any]]


@pytest.fixture
def insert(service: Any) -> Event:
    def execute(body: dict[str, Any], **query: Any) -> dict[str, Any]:
        made: dict[str, Any] = service.events().insert(calendarId="city", body=body, **query).execute()
        return made

    return execute


@pytest.fixture
def refuse(service: Any, refused: Refused) -> Callable[..., tuple[int, str]]:
    def execute(body: dict[str, Any], **query: Any) -> tuple[int, str]:
        return refused(service.events().insert(calendarId="city", body=body, **query))

    return execute


Refuse = Callable[..., tuple[int, str]]


class TestTimes:
    def test_a_time_comes_back_in_the_calendars_zone_with_its_own_beside_it(
        self, insert: Event, event: Event
    ) -> None:
        zone = "America/New_York"
        start = {"dateTime": "2026-06-11T09:00:00", "timeZone": zone}
        end = {"dateTime": "2026-06-11T10:00:00-04:00", "timeZone": zone}
        made = insert(event(start=start, end=end))
        assert made["start"] == {"dateTime": "2026-06-11T15:00:00+02:00", "timeZone": zone}
        assert made["end"] == {"dateTime": "2026-06-11T16:00:00+02:00", "timeZone": zone}

    def test_a_reader_can_ask_for_another_zone(
        self, service: Any, insert: Event, event: Event, refused: Refused
    ) -> None:
        insert(event(id="abcde"))
        found = service.events().get(calendarId="city", eventId="abcde", timeZone="UTC").execute()
        assert found["start"]["dateTime"] == "2026-06-11T13:00:00Z"
        wrong = service.events().get(calendarId="city", eventId="abcde", timeZone="Mars/Base")
        assert refused(wrong) == (400, "invalid")

    def test_a_day_is_a_date(self, insert: Event, event: Event) -> None:
        made = insert(event(start={"date": "2026-06-11"}, end={"date": "2026-06-12"}))
        assert (made["start"], made["end"]) == ({"date": "2026-06-11"}, {"date": "2026-06-12"})

    @pytest.mark.parametrize(
        ("start", "end", "reason"),
        [
            ({"dateTime": "2026-06-11T15:00:00"}, {"dateTime": "2026-06-11T16:00:00"}, "required"),
            ({"date": "2026-06-11"}, {"dateTime": "2026-06-11T16:00:00Z"}, "invalid"),
            ({"date": "2026-06-12"}, {"date": "2026-06-11"}, "timeRangeEmpty"),
            ({"dateTime": "2026-06-11T16:00:00Z"}, {"dateTime": "2026-06-11T15:00:00Z"}, "timeRangeEmpty"),
            ({"date": "2026-02-30"}, {"date": "2026-03-01"}, "invalid"),
            ({"dateTime": "2026-06-11 15:00"}, {"dateTime": "2026-06-11T16:00:00Z"}, "invalid"),
            ({}, {"date": "2026-06-11"}, "required"),
            ({"dateTime": "2026-06-11T15:00:00", "timeZone": "CEST "}, {"date": "2026-06-11"}, "invalid"),
        ],
    )
    def test_a_span_that_is_none_is_refused(
        self, refuse: Refuse, event: Event, start: dict[str, str], end: dict[str, str], reason: str
    ) -> None:
        assert refuse(event(start=start, end=end)) == (400, reason)

    def test_from_all_day_to_timed_needs_explicit_nulls(
        self, service: Any, insert: Event, event: Event, refused: Refused
    ) -> None:
        insert(event(id="abcde"))
        start, end = {"date": "2026-06-11"}, {"date": "2026-06-12"}
        half = service.events().patch(calendarId="city", eventId="abcde", body={"start": start, "end": end})
        assert refused(half) == (400, "invalid")
        gone = {"dateTime": None, "timeZone": None}
        body = {"start": {**start, **gone}, "end": {**end, **gone}}
        whole = service.events().patch(calendarId="city", eventId="abcde", body=body).execute()
        assert whole["start"] == start

    def test_a_recurring_event_needs_a_zone_and_rules(
        self, refuse: Refuse, insert: Event, event: Event
    ) -> None:
        times = {
            "start": {"dateTime": "2026-06-11T15:00:00Z"},
            "end": {"dateTime": "2026-06-11T16:00:00Z"},
        }
        assert refuse(event(recurrence=["RRULE:FREQ=DAILY;COUNT=2"], **times)) == (400, "required")
        assert refuse(event(recurrence=["DTSTART:20260611T150000Z"])) == (400, "invalid")
        assert insert(event(recurrence=["RRULE:FREQ=DAILY;COUNT=2"]))["recurrence"]


class TestFields:
    def test_long_keys_are_dropped_and_long_values_cut_in_silence(self, insert: Event, event: Event) -> None:
        private = {"k" * 44: "v" * 1024, "k" * 45: "gone", "long": "w" * 1025}
        made = insert(event(extendedProperties={"private": private}))
        assert made["extendedProperties"]["private"] == {"k" * 44: "v" * 1024, "long": "w" * 1024}

    def test_300_properties_and_32_kb_are_the_most(self, insert: Event, refuse: Refuse, event: Event) -> None:
        assert insert(event(extendedProperties={"shared": {f"k{n}": "v" for n in range(300)}}))
        many = event(extendedProperties={"shared": {f"k{n}": "v" for n in range(301)}})
        big = event(extendedProperties={"private": {f"k{n}": "v" * 1000 for n in range(33)}})
        assert refuse(many) == refuse(big) == (400, "invalid")

    def test_attachments_need_to_be_said_and_are_25_at_most(
        self, service: Any, insert: Event, refuse: Refuse, event: Event
    ) -> None:
        files = [{"fileUrl": f"https://x.example/{number}"} for number in range(26)]
        assert "attachments" not in insert(event(attachments=files[:1]))
        made = insert(event(id="abcde", attachments=files[:25]), supportsAttachments=True)
        assert len(made["attachments"]) == 25
        assert refuse(event(attachments=files), supportsAttachments=True) == (400, "invalid")
        assert refuse(event(attachments=[{"title": "x"}]), supportsAttachments=True) == (400, "required")
        blind = service.events().update(calendarId="city", eventId="abcde", body=event()).execute()
        assert len(blind["attachments"]) == 25
        seeing = service.events().update(
            calendarId="city", eventId="abcde", body=event(), supportsAttachments=True
        )
        assert "attachments" not in seeing.execute()

    @pytest.mark.parametrize(
        ("field", "value", "reason"),
        [
            ("source", {"url": "ftp://x.example", "title": "x"}, "invalid"),
            ("colorId", "12", "invalid"),
            ("status", "postponed", "invalid"),
            ("transparency", "free", "invalid"),
            ("summary", 5, "invalid"),
            ("guestsCanModify", "no", "invalid"),
            ("speakers", [], "invalid"),
            ("attendees", [{"email": "nobody"}], "invalid"),
            ("attendees", {"email": "a@x.example"}, "invalid"),
            ("reminders", {"useDefault": False, "overrides": [{"method": "sms", "minutes": 5}]}, "invalid"),
            (
                "reminders",
                {"useDefault": False, "overrides": [{"method": "popup", "minutes": 40321}]},
                "invalid",
            ),
            (
                "reminders",
                {"useDefault": False, "overrides": [{"method": "popup", "minutes": 1}] * 6},
                "invalid",
            ),
            (
                "reminders",
                {"useDefault": True, "overrides": [{"method": "popup", "minutes": 5}]},
                "cannotUseDefaultRemindersAndSpecifyOverride",
            ),
            ("eventType", "focusTime", "invalid"),
        ],
    )
    def test_what_a_field_cannot_hold_is_refused(
        self, refuse: Refuse, event: Event, field: str, value: Any, reason: str
    ) -> None:
        assert refuse(event(**{field: value})) == (400, reason)

    def test_a_field_that_is_unknown_is_named_with_its_place(self, service: Any, event: Event) -> None:
        from googleapiclient.errors import HttpError

        body = event(attendees=[{"email": "a@x.example", "mail": "x"}])
        with pytest.raises(HttpError) as caught:
            service.events().insert(calendarId="city", body=body).execute()
        assert caught.value.error_details[0]["location"] == "attendees[0].mail"

    def test_the_source_is_seen_by_its_creator_only(
        self, google: GoogleDouble, insert: Event, event: Event
    ) -> None:
        source = {"url": "https://x.example", "title": "x"}
        made = insert(event(id="abcde", source=source))
        assert made["source"] == source
        google.share("city", "writer", "user:else@cities.example")
        other = google.service(user="else@cities.example").events()
        assert "source" not in other.get(calendarId="city", eventId="abcde").execute()
        other.patch(calendarId="city", eventId="abcde", body={"source": None}).execute()
        assert google.event("city", "abcde")["source"] == source

    def test_a_private_event_shows_a_reader_that_time_is_taken_and_no_more(
        self, google: GoogleDouble, insert: Event, event: Event
    ) -> None:
        insert(event(id="abcde", visibility="private", description="secret"))
        google.share("city", "reader", "domain:cities.example")
        reader = google.service(user="else@cities.example").events()
        found = reader.get(calendarId="city", eventId="abcde").execute()
        assert {"summary", "description"}.isdisjoint(found)
        assert found["start"]["dateTime"] == "2026-06-11T15:00:00+02:00"

    def test_the_server_makes_of_a_description_what_it_is_told_to(
        self, google: GoogleDouble, insert: Event, event: Event
    ) -> None:
        google.normalise = lambda text: text.replace("<script>", "")
        assert insert(event(description="<b>a</b><script>"))["description"] == "<b>a</b>"

    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ("<p class='x'>a <b>b</b><br/>c &lt; d</p>", "<p>a <b>b</b><br>c &lt; d</p>"),
            (
                '<a href="https://x.example/?a=1&amp;b" target=_top>x</a>',
                '<a href="https://x.example/?a=1&amp;b">x</a>',
            ),
            ("<table><tr><td>x</td></tr></table>", "x"),
            ("a<script>if (1 < 2) alert()</script>b<style>p {}</style>", "ab"),
            ("1 < 2 & 3", "1 &lt; 2 &amp; 3"),
        ],
    )
    def test_a_server_may_keep_plain_markup_only(self, given: str, kept: str) -> None:
        assert plain_markup(given) == kept
        assert plain_markup(kept) == kept

    def test_what_only_the_server_writes_is_ignored_and_noted(
        self, google: GoogleDouble, insert: Event, event: Event
    ) -> None:
        made = insert(event(htmlLink="https://x.example", creator={"email": "a@x.example"}))
        assert made["creator"]["email"] == google.person
        assert google.requests[-1].ignored == ("htmlLink", "creator")


class TestGuests:
    def test_guests_begin_without_an_answer_and_lose_it_when_they_are_written_without(
        self, google: GoogleDouble, service: Any, insert: Event, event: Event
    ) -> None:
        insert(event(id="abcde", attendees=[{"email": "a@x.example"}]))
        google.answer("city", "abcde", "a@x.example", "accepted")
        assert google.event("city", "abcde")["attendees"][0]["responseStatus"] == "accepted"
        body = {"attendees": [{"email": "a@x.example"}]}
        changed = service.events().patch(calendarId="city", eventId="abcde", body=body).execute()
        assert changed["attendees"][0]["responseStatus"] == "needsAction"

    def test_more_guests_than_asked_for_are_left_out(self, service: Any, insert: Event, event: Event) -> None:
        insert(event(id="abcde", attendees=[{"email": f"{name}@x.example"} for name in "abc"]))
        few = service.events().get(calendarId="city", eventId="abcde", maxAttendees=2).execute()
        assert (few["attendees"], few["attendeesOmitted"]) == ([], True)
        all_of_them = service.events().get(calendarId="city", eventId="abcde", maxAttendees=3).execute()
        assert "attendeesOmitted" not in all_of_them

    def test_what_is_written_with_guests_omitted_changes_ones_own_answer_only(
        self, google: GoogleDouble, service: Any, insert: Event, event: Event
    ) -> None:
        guests = [{"email": google.person}, {"email": "a@x.example"}]
        insert(event(id="abcde", attendees=guests))
        mine = [{"email": google.person, "responseStatus": "declined"}]
        body = {"attendees": mine, "attendeesOmitted": True}
        service.events().patch(calendarId="city", eventId="abcde", body=body).execute()
        answers = {
            each["email"]: each["responseStatus"] for each in google.event("city", "abcde")["attendees"]
        }
        assert answers == {google.person: "declined", "a@x.example": "needsAction"}

    def test_mail_goes_to_whom_it_is_asked_to_go(
        self, google: GoogleDouble, service: Any, insert: Event, event: Event
    ) -> None:
        guests = [{"email": "in@cities.example"}, {"email": "out@x.example"}]
        insert(event(id="fghij", attendees=guests))
        assert google.invitations == []
        insert(event(id="abcde", attendees=guests), sendUpdates="all")
        body = {"attendees": guests[1:], "summary": "Other"}
        service.events().patch(
            calendarId="city", eventId="abcde", body=body, sendUpdates="externalOnly"
        ).execute()
        service.events().delete(calendarId="city", eventId="abcde", sendUpdates="all").execute()
        assert [(mail.kind, mail.event, mail.to) for mail in google.invitations] == [
            ("invitation", "abcde", ("in@cities.example", "out@x.example")),
            ("update", "abcde", ("out@x.example",)),
            ("cancellation", "abcde", ("out@x.example",)),
        ]

    def test_nothing_is_mailed_when_nothing_changes(
        self, google: GoogleDouble, service: Any, insert: Event, event: Event
    ) -> None:
        insert(event(id="abcde", attendees=[{"email": "a@x.example"}]))
        body = {"summary": "Briefing"}
        request = service.events().patch(calendarId="city", eventId="abcde", body=body, sendUpdates="all")
        request.execute()
        assert google.invitations == []

    def test_the_older_word_for_sending_still_works(
        self, google: GoogleDouble, insert: Event, event: Event
    ) -> None:
        insert(event(attendees=[{"email": "a@x.example"}]), sendNotifications=True)
        assert [mail.kind for mail in google.invitations] == ["invitation"]


class TestConferences:
    @staticmethod
    def _asked(name: str = "one", kind: str = "hangoutsMeet") -> dict[str, Any]:
        return {"createRequest": {"requestId": name, "conferenceSolutionKey": {"type": kind}}}

    def test_a_room_is_made_only_for_who_knows_of_conferences(self, insert: Event, event: Event) -> None:
        assert "conferenceData" not in insert(event(conferenceData=self._asked()))
        made = insert(event(conferenceData=self._asked()), conferenceDataVersion=1)
        room = made["conferenceData"]["entryPoints"][0]["uri"]
        assert made["hangoutLink"] == room
        assert room.startswith("https://meet.google.com/")

    def test_a_room_comes_after_a_while(
        self, google: GoogleDouble, service: Any, insert: Event, event: Event
    ) -> None:
        google.conference_reads = 2
        made = insert(event(id="abcde", conferenceData=self._asked()), conferenceDataVersion=1)
        assert made["conferenceData"]["createRequest"]["status"] == {"statusCode": "pending"}
        states = []
        for _ in range(2):
            found = service.events().get(calendarId="city", eventId="abcde").execute()
            states.append(found["conferenceData"]["createRequest"]["status"]["statusCode"])
        assert states == ["pending", "success"]

    def test_a_room_that_was_asked_for_in_vain_does_not_come_later(
        self, google: GoogleDouble, service: Any, insert: Event, refuse: Refuse, event: Event
    ) -> None:
        google.conference_reads = 1
        wrong = event(id="abcde", colorId="99", conferenceData=self._asked())
        assert refuse(wrong, conferenceDataVersion=1) == (400, "invalid")
        insert(event(id="abcde"))
        found = service.events().get(calendarId="city", eventId="abcde").execute()
        assert "conferenceData" not in found

    def test_a_room_may_fail(self, google: GoogleDouble, insert: Event, event: Event) -> None:
        google.conference_fails = True
        made = insert(event(conferenceData=self._asked()), conferenceDataVersion=1)
        assert made["conferenceData"]["createRequest"]["status"] == {"statusCode": "failure"}
        assert "entryPoints" not in made["conferenceData"]

    def test_the_same_request_again_is_ignored(self, service: Any, insert: Event, event: Event) -> None:
        made = insert(event(id="abcde", conferenceData=self._asked()), conferenceDataVersion=1)

        def ask(name: str) -> Any:
            body = {"conferenceData": self._asked(name)}
            return (
                service.events()
                .patch(calendarId="city", eventId="abcde", body=body, conferenceDataVersion=1)
                .execute()["conferenceData"]["conferenceId"]
            )

        assert ask("one") == made["conferenceData"]["conferenceId"]
        assert ask("two") != made["conferenceData"]["conferenceId"]

    def test_an_update_that_knows_nothing_of_conferences_leaves_the_room(
        self, service: Any, insert: Event, event: Event
    ) -> None:
        insert(event(id="abcde", conferenceData=self._asked()), conferenceDataVersion=1)
        kept = service.events().update(calendarId="city", eventId="abcde", body=event()).execute()
        assert "hangoutLink" in kept
        gone = service.events().patch(
            calendarId="city", eventId="abcde", body={"conferenceData": None}, conferenceDataVersion=1
        )
        assert {"hangoutLink", "conferenceData"}.isdisjoint(gone.execute())

    def test_a_conference_made_elsewhere_is_kept_when_it_is_whole(
        self, insert: Event, refuse: Refuse, event: Event
    ) -> None:
        entry = {"entryPointType": "video", "uri": "https://meet.cities.example/one"}
        solution = {"key": {"type": "addOn"}, "name": "Our own"}
        whole = {"conferenceSolution": solution, "entryPoints": [entry]}
        made = insert(event(conferenceData=whole), conferenceDataVersion=1)
        assert made["conferenceData"] == whole
        assert "hangoutLink" not in made
        half = event(conferenceData={"entryPoints": [entry]})
        assert refuse(half, conferenceDataVersion=1) == (400, "invalid")
        nameless = event(conferenceData={"createRequest": {}})
        assert refuse(nameless, conferenceDataVersion=1) == (400, "required")

    def test_a_kind_that_cannot_be_made_is_refused(self, refuse: Refuse, event: Event) -> None:
        body = event(conferenceData=self._asked(kind="eventHangout"))
        assert refuse(body, conferenceDataVersion=1) == (400, "invalid")
