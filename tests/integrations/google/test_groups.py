"""The members of a Google Group as an audience: who is given, who is passed over and told, and what goes wrong."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from briefingkit.errors import BriefingkitError, IntegrationError, Transient
from briefingkit.mailing.people.audience import KnowsPeople, Member, Selection
from briefingkit.mailing.people.known_people import Omitted, heard
from briefingkit.model.structure import converter
from briefingkit.testing.contract import sample_briefing
from briefingkit.testing.google import GoogleDouble
from briefingkit_google.account import GoogleAccount
from briefingkit_google.auth import Auth
from briefingkit_google.client import Session
from briefingkit_google.people import GoogleGroup, membership
from briefingkit_google.people.membership import OMITTED

from .conftest import SERVICE

PRESS, LOCAL, RADIO = "press@cities.example", "local@cities.example", "radio@cities.example"
Target = Callable[..., GoogleGroup]


@pytest.fixture
def directory() -> Any:
    """Google, where the service account has the role of an administrator of groups."""
    with GoogleDouble() as google:
        google.admins.add(SERVICE)
        yield google


@pytest.fixture
def group(directory: GoogleDouble, tmp_path: Path, slept: list[float]) -> Target:
    """Make a target at the double: the group of the press."""

    def make(**settings: Any) -> GoogleGroup:
        directory.service_account(tmp_path / "key.json", delegated=settings.pop("delegated", ()))
        return GoogleGroup(
            group=settings.pop("group", PRESS),
            auth=settings.pop("auth", Auth(service_account="key.json")),
            base=tmp_path,
            base_url=directory.base_url,
            sleep=slept.append,
            **settings,
        )

    return make


def people(target: GoogleGroup) -> list[str | None]:
    return [each.address for each in target.people(sample_briefing()) if isinstance(each, Member)]


def omitted(target: GoogleGroup) -> Counter[str]:
    return Counter(each.reason for each in target.people(sample_briefing()) if isinstance(each, Omitted))


def requests(google: GoogleDouble) -> list[str]:
    """The groups that were asked for, one for each request."""
    return [each.path.split("/")[-2] for each in google.requests if each.method == "directory.members.list"]


class TestMembers:
    def test_a_group_gives_its_members_wherever_they_are(
        self, directory: GoogleDouble, group: Target
    ) -> None:
        directory.make_group(PRESS, "ann@cities.example", "Bo@elsewhere.example")
        target = group()
        assert isinstance(target, KnowsPeople)
        assert people(target) == ["ann@cities.example", "Bo@elsewhere.example"]
        assert omitted(target) == {}

    def test_groups_in_groups_are_read_once_and_their_people_are_given_once(
        self, directory: GoogleDouble, group: Target
    ) -> None:
        directory.make_group(RADIO, "ann@cities.example", "di@cities.example")
        directory.make_group(LOCAL, "cy@cities.example", RADIO)
        directory.make_group(PRESS, "ann@cities.example", LOCAL, RADIO)
        assert people(group()) == ["ann@cities.example", "cy@cities.example", "di@cities.example"]
        assert len(requests(directory)) == 3

    def test_a_ring_of_groups_comes_to_an_end(self, directory: GoogleDouble, group: Target) -> None:
        directory.make_group(PRESS, "ann@cities.example")
        directory.make_group(LOCAL, "cy@cities.example", PRESS, LOCAL)
        directory.add_member(PRESS, LOCAL)
        assert people(group()) == ["ann@cities.example", "cy@cities.example"]
        assert len(requests(directory)) == 2

    def test_named_by_an_alias_a_ring_ends_too(self, directory: GoogleDouble, group: Target) -> None:
        directory.make_group(PRESS, "ann@cities.example", aliases=("media@cities.example",))
        directory.add_member(PRESS, PRESS)
        assert people(group(group="media@cities.example")) == ["ann@cities.example"]
        assert len(requests(directory)) == 2

    def test_people_who_cannot_read_mail_are_passed_over_and_told(
        self, directory: GoogleDouble, group: Target
    ) -> None:
        directory.make_user("sue@cities.example", status="SUSPENDED")
        directory.make_user("ari@cities.example", status="ARCHIVED")
        directory.make_group(LOCAL, "sue@cities.example")
        directory.make_group(
            PRESS, "sue@cities.example", "ari@cities.example", SERVICE, "bo@elsewhere.example", LOCAL
        )
        assert people(group()) == ["bo@elsewhere.example"]
        assert omitted(group()) == {OMITTED["SUSPENDED"]: 1, OMITTED["ARCHIVED"]: 1, OMITTED["SERVICE"]: 1}

    def test_another_organisations_group_is_nobody_and_told(
        self, directory: GoogleDouble, group: Target
    ) -> None:
        directory.make_group(PRESS, "ann@cities.example")
        directory.add_member(PRESS, "news@elsewhere.example", kind="GROUP")
        directory.add_member(PRESS, "gone@cities.example", kind="GROUP")
        assert people(group()) == ["ann@cities.example"]
        assert omitted(group()) == {OMITTED["GROUP"]: 2}

    def test_a_group_of_everybody_gives_everybody_once(self, directory: GoogleDouble, group: Target) -> None:
        directory.make_user("sue@cities.example", status="SUSPENDED")
        for name in ("ann", "bo", "cy"):
            directory.make_user(f"{name}@cities.example")
        directory.make_group(PRESS, "bo@cities.example", "di@elsewhere.example")
        directory.add_everybody(PRESS)
        assert sorted(map(str, people(group()))) == [
            "ann@cities.example",
            "bo@cities.example",
            "cy@cities.example",
            "di@elsewhere.example",
        ]
        assert omitted(group()) == {OMITTED["SUSPENDED"]: 1}

    def test_everybody_in_two_groups_is_asked_for_once(self, directory: GoogleDouble, group: Target) -> None:
        directory.make_user("ann@cities.example")
        directory.make_group(LOCAL)
        directory.make_group(PRESS, LOCAL)
        for each in (PRESS, LOCAL):
            directory.add_everybody(each)
        assert people(group()) == ["ann@cities.example"]
        assert omitted(group()) == {}

    def test_everybody_whom_google_does_not_list_is_told(
        self, directory: GoogleDouble, group: Target
    ) -> None:
        directory.make_group(PRESS)
        directory.add_everybody(PRESS)
        assert people(group()) == []
        assert omitted(group()) == {OMITTED["CUSTOMER"]: 1}

    def test_a_member_without_an_address_is_one_who_has_none(
        self, directory: GoogleDouble, group: Target
    ) -> None:
        directory.make_group(PRESS, "ann@cities.example")
        target = group()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("briefingkit_google.people.membership._FIELDS", "members(id,type)")
            assert people(target) == [None]

    def test_pages_are_read_as_they_are_wanted(self, directory: GoogleDouble, group: Target) -> None:
        directory.make_group(PRESS, *(f"p{number}@cities.example" for number in range(450)))
        found = iter(group().people(sample_briefing()))
        next(found)
        assert len(requests(directory)) == 1
        rest = list(found)
        assert len(rest) == 449
        assert len(requests(directory)) == 3

    def test_no_more_is_asked_of_google_than_what_is_needed(
        self, directory: GoogleDouble, group: Target
    ) -> None:
        directory.make_group(PRESS, "ann@cities.example")
        people(group())
        [asked] = [each for each in directory.requests if each.method == "directory.members.list"]
        assert asked.query["fields"] == "nextPageToken,members(id,email,type,status)"
        assert group().scopes == ("https://www.googleapis.com/auth/admin.directory.group.member.readonly",)


class TestWhatGoesWrong:
    def test_a_group_that_is_not_there_is_named(self, directory: GoogleDouble, group: Target) -> None:
        assert directory.admins
        with pytest.raises(
            IntegrationError, match=rf"{SERVICE} sees no group press@cities\.example: check its address"
        ):
            people(group())

    def test_whoever_is_no_administrator_is_told_to_become_one(
        self, directory: GoogleDouble, group: Target
    ) -> None:
        directory.make_group(PRESS, "ann@cities.example")
        directory.admins.clear()
        with pytest.raises(
            IntegrationError, match=r"may not read who is in press@cities\.example.*Groups > Read"
        ):
            people(group())

    def test_a_service_account_acts_for_an_administrator(
        self, directory: GoogleDouble, group: Target
    ) -> None:
        directory.make_group(PRESS, "ann@cities.example")
        directory.admins.discard(SERVICE)
        target = group(
            auth=Auth(service_account="key.json", subject="person@cities.example"), delegated=group().scopes
        )
        assert people(target) == ["ann@cities.example"]

    def test_without_delegation_the_scope_to_delegate_is_named(
        self, directory: GoogleDouble, group: Target
    ) -> None:
        directory.make_group(PRESS, "ann@cities.example")
        with pytest.raises(IntegrationError, match=r"admin\.directory\.group\.member\.readonly"):
            people(group(auth=Auth(service_account="key.json", subject="person@cities.example")))

    def test_an_api_that_is_switched_off_is_named_with_where_to_switch_it_on(
        self, directory: GoogleDouble, group: Target
    ) -> None:
        directory.disable_api("directory")
        with pytest.raises(
            IntegrationError,
            match=r"the Admin SDK API is not enabled.*library/admin\.googleapis\.com\?project=",
        ):
            people(group())

    def test_an_organisation_that_lets_no_program_in_says_so(
        self, directory: GoogleDouble, group: Target
    ) -> None:
        directory.fail("directory.members.list", status=403, reason="domainCannotUseApis")
        with pytest.raises(IntegrationError, match="lets no program read it"):
            people(group())

    def test_too_many_requests_at_once_pass(
        self, directory: GoogleDouble, group: Target, slept: list[float]
    ) -> None:
        directory.make_group(PRESS, "ann@cities.example")
        for status, reason in (
            (403, "quotaExceeded"),
            (403, "userRateLimitExceeded"),
            (429, "rateLimitExceeded"),
        ):
            directory.fail("directory.members.list", status=status, reason=reason)
        assert people(group()) == ["ann@cities.example"]
        assert len(slept) == 3

    def test_a_page_that_does_not_come_ends_it_all(self, directory: GoogleDouble, group: Target) -> None:
        directory.make_group(PRESS, *(f"p{number}@cities.example" for number in range(450)))
        directory.fail("directory.members.list", status=503, times=1000, skip=1)
        with pytest.raises(Transient):
            people(group())

    def test_trouble_with_a_group_inside_is_not_taken_for_a_group_of_somebody_elses(
        self, directory: GoogleDouble, group: Target
    ) -> None:
        directory.make_group(LOCAL, "cy@cities.example")
        directory.make_group(PRESS, "ann@cities.example", LOCAL)
        directory.fail("directory.members.list", status=400, reason="invalid", skip=1)
        with pytest.raises(IntegrationError, match=r"the group local@cities\.example"):
            people(group())

    def test_an_answer_that_is_none_of_googles_is_nobody(
        self, directory: GoogleDouble, group: Target, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        directory.make_group(LOCAL, "cy@cities.example")
        strange = [
            None,
            3,
            {"email": 5},
            {"type": "GROUP"},
            {"type": ["USER"], "email": " ", "id": 7},
            {"email": LOCAL},
        ]
        monkeypatch.setattr(
            membership, "pages", lambda *_: iter([{"members": strange}, {"members": "none"}, {}])
        )
        found = list(group().people(sample_briefing()))
        assert {each.address for each in found if isinstance(each, Member)} == {None, LOCAL}

    def test_a_list_that_begins_again_and_again_comes_to_an_end(
        self, directory: GoogleDouble, group: Target, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        directory.make_group(PRESS, *(f"p{number}@cities.example" for number in range(450)))
        target = group()
        page = {"members": [{"email": "ann@cities.example"}], "nextPageToken": "again"}
        monkeypatch.setattr(Session, "ask", lambda *_, **__: page)
        with pytest.raises(IntegrationError, match="again and again"):
            people(target)

    def test_nobodys_address_is_in_what_is_raised(self, directory: GoogleDouble, group: Target) -> None:
        directory.make_group(PRESS, "ann@cities.example")
        directory.fail(
            "directory.members.list",
            status=400,
            reason="invalid",
            message="no such member ann@cities.example",
        )
        with pytest.raises(IntegrationError) as caught:
            people(group())
        assert "ann@" not in str(caught.value)

    @pytest.mark.parametrize(
        ("settings", "words"),
        [
            ({}, "group"),
            ({"group": "press"}, "is no e-mail address"),
            ({"group": "walkers@googlegroups.com"}, "belongs to no organisation"),
            ({"group": PRESS, "base_url": "ftp://x"}, "is no address of a server"),
        ],
    )
    def test_what_cannot_be_meant_is_refused(self, settings: dict[str, Any], words: str) -> None:
        with pytest.raises((BriefingkitError, ExceptionGroup)) as caught:
            converter().structure(settings, GoogleGroup)
        inner = getattr(caught.value, "exceptions", (caught.value,))
        assert words in " ".join(map(str, inner))


class TestStanding:
    def test_a_check_sees_the_group_and_reads_nobody(self, directory: GoogleDouble, group: Target) -> None:
        directory.make_group(PRESS, "ann@cities.example")
        standing = GoogleAccount().check(group())
        assert standing.works
        assert standing.sees == ("the group press@cities.example",)
        assert standing.who == f"the service account {SERVICE}"
        [asked] = [each for each in directory.requests if each.method == "directory.members.list"]
        assert (asked.query["maxResults"], asked.query["fields"]) == (1, "members(type)")

    def test_a_check_says_what_is_wrong(self, directory: GoogleDouble, group: Target) -> None:
        directory.admins.clear()
        standing = GoogleAccount().check(group())
        assert not standing.works
        assert "administrator of groups" in standing.problems[0]

    def test_a_person_is_asked_for_no_more_than_to_read_members(self) -> None:
        target = GoogleGroup(PRESS, auth=Auth(user="token.json"))
        assert GoogleAccount().needs([target]).scopes == target.scopes


def test_in_a_plan_each_reason_is_counted(directory: GoogleDouble, group: Target) -> None:
    directory.make_user("sue@cities.example", status="SUSPENDED")
    directory.make_group(PRESS, "sue@cities.example", "ann@cities.example")
    selection = Selection()
    [ann] = heard(group().people(sample_briefing()), selection, [])
    assert ann == Member("ann@cities.example")
    assert selection.left_out == {"are suspended at Google": 1}
