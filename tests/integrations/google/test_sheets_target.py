"""Spreadsheets as files: their settings, whom they are shared with, and what goes wrong while they are made."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from briefingkit.errors import BriefingkitError, IntegrationError
from briefingkit.model import Briefing, Publication
from briefingkit.model.structure import converter
from briefingkit.publish import Context
from briefingkit.registrations.mirroring import Mirror
from briefingkit.testing.contract import Workbench, sample_briefing
from briefingkit.testing.google import GoogleDouble
from briefingkit_google.account import GoogleAccount
from briefingkit_google.auth import Auth
from briefingkit_google.masking import masked
from briefingkit_google.sheets import GoogleSheets
from briefingkit_google.sheets.sharing import Give, Take, shared, sharing_steps

from .conftest import SERVICE, TARGET
from .sheet_rows import AT, briefing
from .tokens import write_token

Target = Callable[..., GoogleSheets]
FOLDER = "1FolderForTheListsOfTheCity"


def structured(**settings: Any) -> GoogleSheets:
    return converter().structure({"folder": FOLDER, **settings}, GoogleSheets)


def files(google: GoogleDouble) -> list[str]:
    """The spreadsheets that are not in the trash."""
    return [each.id for each in google.files.values() if "spreadsheet" in each.mime_type and not each.trashed]


def roles(google: GoogleDouble, file: str) -> dict[str, str]:
    found = google.files[file].permissions.values()
    return {each.get("emailAddress") or each["domain"]: each["role"] for each in found}


class TestSettings:
    def test_addresses_are_those_of_users_unless_it_is_said(self) -> None:
        made = structured(editors=["Ann@Cities.example"], readers=["group:team@cities.example"])
        assert made.access == {"group:team@cities.example": "reader", "user:ann@cities.example": "writer"}

    @pytest.mark.parametrize(
        ("settings", "words"),
        [
            ({"folder": "https://drive.google.com/x"}, "is no folder of Google Drive"),
            ({"editors": ["anyone"]}, "is nobody"),
            ({"readers": ["user:nobody"]}, "is no e-mail address"),
            ({"readers": ["domain:-/x"]}, "is nobody"),
            ({"editors": ["domain:cities.example"]}, "a whole domain reads at most"),
            ({"editors": ["a@b.example"], "readers": ["A@b.example"]}, "stands twice"),
            ({"columns": ["name", "name"]}, "stands twice"),
            ({"language": "not a tag"}, "not a tag"),
            ({"base_url": "ftp://x"}, "is no address of a server"),
            ({"folder": None, "auth": {"service_account": "key.json"}}, "no room of its own in Drive"),
        ],
    )
    def test_what_cannot_be_meant_is_refused(self, settings: Mapping[str, Any], words: str) -> None:
        with pytest.raises((BriefingkitError, ExceptionGroup)) as caught:
            structured(**settings)
        assert words in str(_all_words(caught.value))

    def test_without_a_folder_the_scope_reaches_its_own_files_alone(self) -> None:
        user = Auth(user="token.json")
        assert GoogleSheets(auth=user).scopes == ("https://www.googleapis.com/auth/drive.file",)
        assert structured().scopes == ("https://www.googleapis.com/auth/drive",)

    def test_nobody_who_may_look_is_in_its_representation(self) -> None:
        assert "ann" not in repr(structured(editors=["ann@cities.example"]))

    def test_it_keeps_lists(self) -> None:
        assert issubclass(GoogleSheets, Mirror)


def _all_words(error: BaseException) -> list[str]:
    if isinstance(error, BaseExceptionGroup):
        return [words for each in error.exceptions for words in _all_words(each)]
    return [str(error)]


class TestTheProjection:
    def projected(self, *briefings: Briefing, **settings: Any) -> list[Any]:
        publications = [Publication(each, revision=1, at=AT) for each in briefings]
        context = Context(TARGET, "contract.example")
        return list(structured(**settings).desired(publications, context))

    def test_only_briefings_that_take_registrations_have_one(self) -> None:
        none = evolve(briefing(), identifier="silent", registration=None)
        assert [each.key for each in self.projected(briefing(), none)] == ["night-buses"]

    def test_columns_and_access_are_told_and_nobody_is_named(self) -> None:
        [resource] = self.projected(briefing(), editors=["ann@cities.example"])
        assert resource.fields["columns"] == (
            "#number",
            "#status",
            "#created_at",
            "#changed_at",
            "name",
            "email",
        )
        assert list(resource.fields["access"].values()) == ["writer"]
        assert "ann" not in str(resource.fields)

    def test_a_column_that_is_not_asked_and_a_whole_domain_are_noticed(self) -> None:
        [resource] = self.projected(
            briefing(), columns=["name", "shoe-size"], readers=["domain:cities.example"]
        )
        assert resource.notices == (
            "the form does not ask, so there is no column for: shoe-size",
            "everybody of cities.example may read who has registered",
        )

    def test_titles_are_filled_in_and_fit_on_a_line(self) -> None:
        hostile = evolve(briefing(), title=type(briefing().title)({"en": "a\nb " + "c" * 300}))
        [resource] = self.projected(hostile, title={"en": "{briefing}: {title}"})
        assert str(resource.fields["title"]).startswith("night-buses: a b ccc")
        assert len(str(resource.fields["title"])) == 200


class TestSharing:
    def test_roles_are_given_changed_and_taken_back_and_nobody_gets_a_mail(
        self, drive: GoogleDouble, sheets: Target
    ) -> None:
        bench = Workbench(sheets(editors=("ann@cities.example",), readers=("bo@cities.example",)), TARGET)
        bench.publish(sample_briefing())
        [book] = files(drive)
        drive.share_file(book, "writer", "user:own@cities.example")
        assert bench.plan(sample_briefing()).is_empty
        bench.target = evolve(
            bench.target, integration=sheets(editors=("bo@cities.example", "cy@cities.example"))
        )
        bench.publish(sample_briefing())
        people = {f"{who}@cities.example": "writer" for who in ("bo", "cy", "own")}
        assert roles(drive, book) == people
        assert bench.plan(sample_briefing()).is_empty
        assert drive.notices == []

    def test_a_role_that_people_changed_is_drift(self, drive: GoogleDouble, sheets: Target) -> None:
        bench = Workbench(sheets(readers=("ann@cities.example",)), TARGET)
        bench.publish(sample_briefing())
        [book] = files(drive)
        drive.share_file(book, "writer", "user:ann@cities.example")
        [change] = bench.plan(sample_briefing()).targets[0].pending
        assert change.drifted

    def test_a_file_that_was_made_and_not_shared_yet_is_finished(
        self, drive: GoogleDouble, sheets: Target
    ) -> None:
        bench = Workbench(sheets(editors=("ann@cities.example",)), TARGET)
        drive.fail("drive.permissions.create", status=400, reason="invalidSharingRequest", times=1)
        report = bench.apply(bench.plan(sample_briefing()))
        assert report.counts["unknown"] == 1
        bench.publish(sample_briefing())
        [book] = files(drive)
        assert roles(drive, book) == {"ann@cities.example": "writer"}

    def test_a_member_of_the_shared_drive_has_as_much_already(self) -> None:
        listed = [
            permission("ann", "fileOrganizer", inherited=True),
            permission("bo", "reader", inherited=True),
            permission("cy", "reader"),
            permission("di", "writer", inherited=True),
            permission("ed", "writer"),
        ]
        wanted = {f"user:{who}@cities.example": "writer" for who in ("ann", "bo", "cy")}
        before = [masked(f"user:{who}@cities.example") for who in ("di", "ed")]
        assert list(sharing_steps(listed, wanted, before)) == [
            Give("user:bo@cities.example", "writer", None),
            Give("user:cy@cities.example", "writer", "id-cy"),
            Take("user:ed@cities.example", "id-ed"),
        ]
        found = shared(listed, {masked(scope): role for scope, role in wanted.items()})
        assert sorted(found.values()) == ["reader", "reader", "writer"]

    def test_whom_google_refuses_is_told_without_the_address(
        self, drive: GoogleDouble, sheets: Target
    ) -> None:
        bench = Workbench(sheets(editors=("ann@cities.example",)), TARGET)
        drive.fail("drive.permissions.create", status=400, reason="invalidSharingRequest")
        [outcome] = bench.apply(bench.plan(sample_briefing())).outcomes
        assert outcome.error is not None
        assert outcome.error.startswith("user:a…@cities.example (")
        assert "ann@" not in outcome.error


def permission(who: str, role: str, *, inherited: bool | None = None) -> dict[str, Any]:
    details = {} if inherited is None else {"permissionDetails": [{"inherited": inherited}]}
    scope = {"type": "user", "emailAddress": f"{who}@cities.example"}
    return {"id": f"id-{who}", "role": role, **scope, **details}


class TestMaking:
    def test_a_copy_that_somebody_makes_is_theirs(self, drive: GoogleDouble, sheets: Target) -> None:
        bench = Workbench(sheets(), TARGET)
        bench.publish(sample_briefing())
        [book] = files(drive)
        copy = drive.copy_file(book)
        bench.lose_ledger()
        bench.publish(sample_briefing())
        assert bench.plan(sample_briefing()).is_empty
        bench.publish(evolve(sample_briefing(), registration=None), sample_briefing("other"))
        assert copy in files(drive)
        assert book not in files(drive)

    def test_one_that_no_search_finds_yet_is_not_made_twice(
        self, drive: GoogleDouble, sheets: Target
    ) -> None:
        drive.search_lag = timedelta(minutes=5)
        bench = Workbench(sheets(), TARGET)
        drive.fail("drive.files.create", after=True, reset=True)
        report = bench.apply(bench.plan(sample_briefing()))
        assert report.counts["unknown"] == 1
        drive.advance(timedelta(minutes=10))
        bench.publish(sample_briefing())
        assert len(files(drive)) == 1
        bench.publish(sample_briefing(title="Renamed at once"))
        assert len(files(drive)) == 1

    def test_two_with_one_mark_are_reported_and_neither_is_touched(
        self, drive: GoogleDouble, sheets: Target
    ) -> None:
        bench = Workbench(sheets(), TARGET)
        bench.publish(sample_briefing())
        [book] = files(drive)
        copy = drive.copy_file(book)
        drive.files[copy].app_properties["briefingkit-file"] = copy
        snapshot = bench.read(sample_briefing())
        assert len(snapshot.duplicates) == 1

    def test_a_folder_that_is_not_shared_is_told(self, sheets: Target) -> None:
        bench = Workbench(sheets(folder=FOLDER), TARGET)
        [outcome] = bench.apply(bench.plan(sample_briefing())).outcomes
        assert outcome.error is not None
        assert f"{SERVICE} may not put files into folder {FOLDER}" in outcome.error

    def test_who_may_not_trash_is_told(self, drive: GoogleDouble, sheets: Target) -> None:
        bench = Workbench(sheets(), TARGET)
        bench.publish(sample_briefing(), sample_briefing("other"))
        for held in drive._drive.drives.values():
            held.members[SERVICE] = "writer"
        [outcome] = bench.apply(bench.plan(sample_briefing("other")), delete=True).outcomes
        assert outcome.error is not None
        assert "content manager" in outcome.error

    def test_an_incomplete_search_is_no_answer(self, sheets: Target, monkeypatch: pytest.MonkeyPatch) -> None:
        from briefingkit_google.client import Session

        real = Session.try_once

        def partly(session: Session, request: Any, **more: Any) -> Any:
            answer = real(session, request, **more)
            return {**answer, "incompleteSearch": True} if "files" in answer else answer

        monkeypatch.setattr(Session, "try_once", partly)
        with pytest.raises(IntegrationError, match="could not search all drives"):
            Workbench(sheets(), TARGET).read()

    def test_a_target_and_a_namespace_with_quotes_and_of_any_length_find_their_files(
        self, drive: GoogleDouble, sheets: Target
    ) -> None:
        name = "it's a \\ target " + "x" * 120
        bench = Workbench(evolve(sheets(), target=name), name)
        bench.publish(sample_briefing())
        bench.lose_ledger()
        bench.publish(sample_briefing())
        assert len(files(drive)) == 1


class TestSigningIn:
    def test_it_is_said_which_folder_is_seen(self, sheets: Target) -> None:
        standing = GoogleAccount().check(sheets())
        assert (standing.sees, standing.problems) == (("Registrations (may add files)",), ())
        assert standing.scopes == ("https://www.googleapis.com/auth/drive",)

    def test_it_is_said_that_none_is(self, sheets: Target) -> None:
        [problem] = GoogleAccount().check(sheets(folder=FOLDER)).problems
        assert problem.startswith(f"the service account {SERVICE} sees no folder {FOLDER}")

    def test_a_persons_own_drive_is_named(self, drive: GoogleDouble, sheets: Target) -> None:
        made = sheets()
        write_token(drive, made.base / "token.json", ["https://www.googleapis.com/auth/drive.file"])
        own = sheets(folder=None, auth=Auth(user="token.json"))
        standing = GoogleAccount().check(own)
        assert (standing.sees, standing.problems) == ((f"the Drive of {drive.person}",), ())
        bench = Workbench(own, TARGET)
        bench.publish(sample_briefing())
        [book] = files(drive)
        assert drive.files[book].owner == drive.person
