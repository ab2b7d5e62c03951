from collections.abc import Callable, Iterator
from typing import Any

import pytest

from briefingkit.testing.google import GoogleDouble

Refused = Callable[[Any], tuple[int, str]]
PRESS, INNER = "press@cities.example", "inner@cities.example"


@pytest.fixture
def members(google: GoogleDouble) -> Any:
    """Give Google's client for members, as an administrator."""
    return google.service("admin").members()


@pytest.fixture
def press(google: GoogleDouble) -> str:
    """Give a group with two people, one of them elsewhere, and a group with two more."""
    google.make_group(INNER, "cy@cities.example", "ann@cities.example")
    return google.make_group(
        PRESS, "ann@cities.example", "bo@elsewhere.example", INNER, aliases=("media@cities.example",)
    )


def listed(members: Any, **asked: Any) -> Iterator[dict[str, Any]]:
    request = members.list(**asked)
    while request is not None:
        page = request.execute()
        yield from page.get("members", ())
        request = members.list_next(request, page)


def addresses(members: Any, **asked: Any) -> list[str | None]:
    return [each.get("email") for each in listed(members, **asked)]


class TestGroups:
    def test_a_group_is_found_by_address_alias_and_id(
        self, google: GoogleDouble, members: Any, press: str
    ) -> None:
        outer = google.make_group("all@cities.example", press)
        [inside] = listed(members, groupKey=outer)
        assert (inside["type"], inside["email"]) == ("GROUP", PRESS)
        for key in (PRESS, "Media@cities.example", inside["id"]):
            assert addresses(members, groupKey=key) == ["ann@cities.example", "bo@elsewhere.example", INNER]

    def test_people_elsewhere_have_no_status(self, google: GoogleDouble, members: Any, press: str) -> None:
        google.make_user("ann@cities.example", status="SUSPENDED")
        found = {each["email"]: each.get("status") for each in listed(members, groupKey=press)}
        assert found["ann@cities.example"] == "SUSPENDED"
        assert found["bo@elsewhere.example"] is None

    def test_everybody_has_no_address_and_is_listed_when_asked_for(
        self, google: GoogleDouble, members: Any, press: str
    ) -> None:
        google.add_everybody(press)
        *_, everybody = listed(members, groupKey=press)
        assert everybody == {
            "kind": "admin#directory#member",
            "role": "MEMBER",
            "type": "CUSTOMER",
            "id": "C03double",
        }
        derived = addresses(members, groupKey=press, includeDerivedMembership=True)
        assert derived == [
            "ann@cities.example",
            "bo@elsewhere.example",
            INNER,
            None,
            "cy@cities.example",
        ]

    def test_groups_in_groups_are_listed_once_even_in_a_ring(
        self, google: GoogleDouble, members: Any, press: str
    ) -> None:
        google.add_member(INNER, press)
        derived = addresses(members, groupKey=press, includeDerivedMembership=True, maxResults=2)
        assert sorted(map(str, derived)) == sorted({*map(str, derived)})
        assert "cy@cities.example" in derived

    def test_lists_come_in_pages_of_at_most_200(
        self, google: GoogleDouble, members: Any, told: Refused
    ) -> None:
        group = google.make_group(
            "big@cities.example", *(f"p{number}@cities.example" for number in range(450))
        )
        page = members.list(groupKey=group, maxResults=500).execute()
        assert len(page["members"]) == 200
        assert len({*addresses(members, groupKey=group)}) == 450
        other = members.list(groupKey=group, roles="OWNER", pageToken=page["nextPageToken"])
        assert told(other) == (400, "Invalid page token value.")

    def test_roles_narrow_a_list(
        self, google: GoogleDouble, members: Any, press: str, refused: Refused
    ) -> None:
        google.add_member(press, "own@cities.example", role="OWNER")
        assert addresses(members, groupKey=press, roles="OWNER,MANAGER") == ["own@cities.example"]
        assert refused(members.list(groupKey=press, roles="KING")) == (400, "invalid")

    def test_an_empty_group_has_no_list(self, google: GoogleDouble, members: Any) -> None:
        group = google.make_group("none@cities.example")
        assert "members" not in members.list(groupKey=group).execute()
        google.add_member(group, "ann@cities.example")
        google.remove_member(group, "ann@cities.example")
        assert addresses(members, groupKey=group) == []


class TestWhoMay:
    def test_only_who_administers_groups_reads_them(
        self, google: GoogleDouble, press: str, told: Refused
    ) -> None:
        other = google.service("admin", user="ann@cities.example").members()
        assert told(other.list(groupKey=press)) == (403, "Not Authorized to access this resource/api")
        google.admins.add("ann@cities.example")
        assert addresses(other, groupKey=press)[0] == "ann@cities.example"

    def test_a_group_that_is_not_there_is_not_found_and_somebody_elses_forbidden(
        self, members: Any, told: Refused
    ) -> None:
        assert told(members.list(groupKey="none@cities.example")) == (404, "Resource Not Found: groupKey")
        assert told(members.list(groupKey="all@elsewhere.example"))[0] == 403

    def test_the_scope_to_read_members_is_enough_and_another_is_not(
        self, google: GoogleDouble, press: str, told: Refused
    ) -> None:
        least = ("https://www.googleapis.com/auth/admin.directory.group.member.readonly",)
        assert addresses(google.service("admin", scopes=least).members(), groupKey=press)
        drive = google.service("admin", scopes=("https://www.googleapis.com/auth/drive",)).members()
        assert told(drive.list(groupKey=press))[0] == 403

    def test_the_api_can_be_switched_off(
        self, google: GoogleDouble, members: Any, press: str, told: Refused
    ) -> None:
        google.disable_api("directory")
        status, message = told(members.list(groupKey=press))
        assert status == 403
        assert message.startswith("Admin SDK API has not been used in project 123456789012 before")
        google.enable_api("directory")
        assert addresses(members, groupKey=press)

    def test_a_group_here_is_one_with_whom_calendars_are_shared(
        self, google: GoogleDouble, press: str
    ) -> None:
        google.share("city", "reader", f"group:{press}")
        calendars = google.service(user="bo@elsewhere.example").events()
        assert calendars.list(calendarId="city").execute()["accessRole"] == "reader"
