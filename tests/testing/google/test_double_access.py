from collections.abc import Callable
from typing import Any

import pytest

from briefingkit.testing.google import GoogleDouble

Refused = Callable[[Any], tuple[int, str]]
Event = Callable[..., dict[str, Any]]
ELSE = "else@cities.example"


@pytest.fixture
def other(google: GoogleDouble) -> Any:
    """Give the client of somebody who has been told of nothing."""
    return google.service(user=ELSE)


class TestRoles:
    def test_what_is_not_shared_is_not_there(self, other: Any, refused: Refused) -> None:
        assert refused(other.calendars().get(calendarId="city")) == (404, "notFound")
        assert refused(other.events().list(calendarId="city")) == (404, "notFound")

    def test_who_may_read_may_not_write(
        self, google: GoogleDouble, other: Any, event: Event, refused: Refused
    ) -> None:
        google.share("city", "reader", f"user:{ELSE}")
        assert other.events().list(calendarId="city").execute()["accessRole"] == "reader"
        request = other.events().insert(calendarId="city", body=event())
        assert refused(request) == (403, "requiredAccessLevel")

    def test_who_may_write_may_not_share(
        self, google: GoogleDouble, other: Any, event: Event, refused: Refused
    ) -> None:
        google.share("city", "writer", f"user:{ELSE}")
        other.events().insert(calendarId="city", body=event()).execute()
        body = {"role": "reader", "scope": {"type": "default"}}
        assert other.acl().list(calendarId="city").execute()["items"]
        assert refused(other.acl().insert(calendarId="city", body=body)) == (403, "requiredAccessLevel")

    @pytest.mark.parametrize("scope", ["default", "domain:cities.example", "group:all@cities.example"])
    def test_the_highest_of_all_roles_that_one_has_counts(
        self, google: GoogleDouble, other: Any, event: Event, scope: str
    ) -> None:
        google.groups["all@cities.example"] = {ELSE}
        google.share("city", "freeBusyReader", f"user:{ELSE}")
        google.share("city", "writer", scope)
        assert other.events().insert(calendarId="city", body=event()).execute()["creator"]["email"] == ELSE

    def test_free_and_busy_shows_times_alone(self, google: GoogleDouble, other: Any) -> None:
        google.add("city", summary="Secret")
        google.share("city", "freeBusyReader")
        assert "summary" not in other.events().list(calendarId="city").execute()["items"][0]


class TestRules:
    def test_rules_are_made_changed_and_taken_back(
        self, google: GoogleDouble, service: Any, refused: Refused
    ) -> None:
        body = {"role": "reader", "scope": {"type": "domain", "value": "uclg.example"}}
        rule = service.acl().insert(calendarId="city", body=body).execute()
        assert rule["id"] == "domain:uclg.example"
        service.acl().patch(calendarId="city", ruleId=rule["id"], body={"role": "writer"}).execute()
        assert google.acl("city")[rule["id"]] == "writer"
        service.acl().delete(calendarId="city", ruleId=rule["id"]).execute()
        assert rule["id"] not in google.acl("city")
        assert refused(service.acl().delete(calendarId="city", ruleId=rule["id"])) == (404, "notFound")

    def test_one_rule_can_be_read_and_its_scope_stays(
        self, google: GoogleDouble, service: Any, refused: Refused
    ) -> None:
        google.share("city", "reader")
        assert service.acl().get(calendarId="city", ruleId="default").execute()["role"] == "reader"
        assert refused(service.acl().get(calendarId="city", ruleId="domain:x")) == (404, "notFound")
        body = {"role": "reader", "scope": {"type": "domain", "value": "x.example"}}
        request = service.acl().update(calendarId="city", ruleId="default", body=body)
        assert refused(request) == (400, "invalid")

    def test_a_rule_for_the_same_scope_is_written_over(self, google: GoogleDouble, service: Any) -> None:
        for role in ("reader", "freeBusyReader"):
            body = {"role": role, "scope": {"type": "default"}}
            service.acl().insert(calendarId="city", body=body).execute()
        assert google.acl("city")["default"] == "freeBusyReader"

    def test_a_rule_taken_back_is_in_the_next_sync_as_none(self, google: GoogleDouble, service: Any) -> None:
        google.share("city", "reader")
        token = service.acl().list(calendarId="city").execute()["nextSyncToken"]
        google.share("city", "none")
        changed = service.acl().list(calendarId="city", syncToken=token).execute()["items"]
        assert [(rule["id"], rule["role"]) for rule in changed] == [("default", "none")]
        assert len(service.acl().list(calendarId="city").execute()["items"]) == 1
        assert len(service.acl().list(calendarId="city", showDeleted=True).execute()["items"]) == 2

    @pytest.mark.parametrize(
        ("body", "status", "reason"),
        [
            ({"scope": {"type": "default"}}, 400, "required"),
            ({"role": "reader"}, 400, "required"),
            ({"role": "reader", "scope": {"value": "x.example"}}, 400, "required"),
            ({"role": "reader", "scope": {"type": "user"}}, 400, "required"),
            ({"role": "boss", "scope": {"type": "default"}}, 400, "invalid"),
            (
                {"role": "reader", "scope": {"type": "user", "value": "person@cities.example"}},
                403,
                "cannotChangeOwnAcl",
            ),
        ],
    )
    def test_a_rule_that_cannot_be_is_refused(
        self, service: Any, refused: Refused, body: dict[str, Any], status: int, reason: str
    ) -> None:
        assert refused(service.acl().insert(calendarId="city", body=body)) == (status, reason)

    def test_a_person_who_is_given_access_is_told_unless_that_is_not_wanted(
        self, google: GoogleDouble, service: Any
    ) -> None:
        for name, told in (("a", True), ("b", False)):
            body = {"role": "reader", "scope": {"type": "user", "value": f"{name}@x.example"}}
            service.acl().insert(calendarId="city", body=body, sendNotifications=told).execute()
        assert [(mail.kind, mail.to) for mail in google.invitations] == [("sharing", ("a@x.example",))]


class TestCalendars:
    def test_a_calendar_belongs_to_who_made_it(self, google: GoogleDouble, service: Any) -> None:
        made = service.calendars().insert(body={"summary": "New", "timeZone": "Europe/Paris"}).execute()
        assert made["id"].endswith("@group.calendar.google.com")
        assert made["dataOwner"] == google.person
        assert google.acl(made["id"]) == {f"user:{google.person}": "owner"}
        entry = service.calendarList().get(calendarId=made["id"]).execute()
        assert (entry["accessRole"], entry["timeZone"]) == ("owner", "Europe/Paris")

    @pytest.mark.parametrize(
        ("body", "reason"),
        [({}, "required"), ({"summary": "x", "timeZone": "Nowhere"}, "invalid"), ({"name": "x"}, "invalid")],
    )
    def test_a_calendar_has_a_title_and_a_zone_that_is_one(
        self, service: Any, refused: Refused, body: dict[str, str], reason: str
    ) -> None:
        assert refused(service.calendars().insert(body=body)) == (400, reason)

    def test_a_patch_merges_and_an_update_wipes(self, service: Any) -> None:
        calendars = service.calendars()
        calendars.patch(calendarId="city", body={"description": "All of them"}).execute()
        patched = calendars.patch(calendarId="city", body={"summary": "Other"}).execute()
        assert patched["description"] == "All of them"
        updated = calendars.update(calendarId="city", body={"summary": "Other"}).execute()
        assert "description" not in updated
        assert updated["etag"] != patched["etag"]

    def test_an_old_etag_is_refused(self, service: Any, refused: Refused) -> None:
        request = service.calendars().patch(calendarId="city", body={"summary": "Other"})
        request.headers["If-Match"] = '"old"'
        assert refused(request) == (412, "conditionNotMet")

    def test_a_deleted_calendar_is_gone_from_every_list(
        self, google: GoogleDouble, service: Any, refused: Refused
    ) -> None:
        token = service.calendarList().list().execute()["nextSyncToken"]
        service.calendars().delete(calendarId="city").execute()
        assert "city" not in google.calendars
        assert refused(service.events().list(calendarId="city")) == (404, "notFound")
        gone = service.calendarList().list(syncToken=token).execute()["items"]
        assert [(entry["id"], entry["deleted"]) for entry in gone] == [("city", True)]

    def test_a_first_calendar_cannot_be_deleted(
        self, google: GoogleDouble, service: Any, refused: Refused
    ) -> None:
        assert service.calendars().get(calendarId="primary").execute()["id"] == google.person
        assert refused(service.calendars().delete(calendarId="primary")) == (403, "forbidden")


class TestLists:
    def test_what_is_shared_is_on_ones_list_once_one_puts_it_there(
        self, google: GoogleDouble, other: Any, refused: Refused
    ) -> None:
        google.share("city", "reader", f"user:{ELSE}")
        assert refused(other.calendarList().get(calendarId="city")) == (404, "notFound")
        other.calendarList().insert(body={"id": "city", "summaryOverride": "Mine"}).execute()
        entry = other.calendarList().get(calendarId="city").execute()
        assert (entry["summary"], entry["summaryOverride"], entry["accessRole"]) == (
            "City briefings",
            "Mine",
            "reader",
        )
        other.calendarList().delete(calendarId="city").execute()
        assert [each["id"] for each in other.calendarList().list().execute()["items"]] == [ELSE]

    def test_what_one_cannot_see_is_put_on_no_list(self, other: Any, refused: Refused) -> None:
        for name in ("city", "absent"):
            assert refused(other.calendarList().insert(body={"id": name})) == (404, "notFound")

    def test_a_filter_beside_the_token_of_a_list_is_refused(self, service: Any, refused: Refused) -> None:
        token = service.calendarList().list().execute()["nextSyncToken"]
        request = service.calendarList().list(syncToken=token, minAccessRole="owner")
        assert refused(request) == (400, "invalid")

    def test_a_list_can_be_of_what_one_may_write_in(self, google: GoogleDouble, other: Any) -> None:
        google.share("city", "reader")
        other.calendarList().insert(body={"id": "city"}).execute()
        mine = other.calendarList().list(minAccessRole="writer").execute()["items"]
        assert [each["id"] for each in mine] == [ELSE]

    def test_hidden_entries_are_shown_when_asked_for(self, service: Any) -> None:
        service.calendarList().patch(calendarId="city", body={"hidden": True}).execute()
        assert "city" not in [each["id"] for each in service.calendarList().list().execute()["items"]]
        shown = service.calendarList().list(showHidden=True).execute()["items"]
        assert "city" in [each["id"] for each in shown]

    def test_a_colour_of_ones_own_needs_to_be_said(self, service: Any, refused: Refused) -> None:
        change, body = (
            service.calendarList().patch,
            {"backgroundColor": "#0088aa", "foregroundColor": "#ffffff"},
        )
        assert refused(change(calendarId="city", body=body)) == (400, "invalid")
        done = change(calendarId="city", body=body, colorRgbFormat=True).execute()
        assert done["backgroundColor"] == "#0088aa"

    def test_a_change_of_the_calendar_is_in_the_next_sync_of_the_list(self, service: Any) -> None:
        token = service.calendarList().list().execute()["nextSyncToken"]
        service.calendars().patch(calendarId="city", body={"summary": "Other"}).execute()
        changed = service.calendarList().list(syncToken=token).execute()["items"]
        assert [each["summary"] for each in changed] == ["Other"]


def test_colours_and_settings_are_there(service: Any, refused: Refused) -> None:
    colours = service.colors().get().execute()
    assert (len(colours["event"]), len(colours["calendar"])) == (11, 24)
    assert service.settings().get(setting="timezone").execute()["value"] == "UTC"
    assert len(service.settings().list().execute()["items"]) == 4
    assert refused(service.settings().get(setting="mood")) == (404, "notFound")
