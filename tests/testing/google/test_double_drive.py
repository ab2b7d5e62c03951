from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from briefingkit.testing.google import GoogleDouble

Refused = Callable[[Any], tuple[int, str]]
FORM = "application/vnd.google-apps.form"
FOLDER = "application/vnd.google-apps.folder"
ALL = {"supportsAllDrives": True}
BOTH = {**ALL, "includeItemsFromAllDrives": True}
FILE = "https://www.googleapis.com/auth/drive.file"


@pytest.fixture
def form(google: GoogleDouble) -> str:
    """Give a form in the person's own Drive."""
    return google.make_form("Registration", {"title": "Hello", "textItem": {}})


def alone(google: GoogleDouble) -> Any:
    """Give the client of a service account that acts for itself."""
    from google.oauth2.service_account import Credentials
    from googleapiclient.discovery import build_from_document

    scopes = ["https://www.googleapis.com/auth/drive"]
    mine: Any = Credentials.from_service_account_info(google.service_account(), scopes=scopes)
    return build_from_document(google.document("drive", "v3"), credentials=mine)


ROBOT = "briefingkit@double.iam.gserviceaccount.com"


class TestFiles:
    def test_a_form_is_a_file_of_the_same_id(self, google: GoogleDouble, drive: Any, form: str) -> None:
        file = drive.files().get(fileId=form).execute()
        assert file == {"kind": "drive#file", "id": form, "name": "Registration", "mimeType": FORM}
        drive.files().update(fileId=form, body={"name": "Renamed"}).execute()
        assert google.form(form)["info"] == {"title": "Registration", "documentTitle": "Renamed"}
        drive.files().delete(fileId=form).execute()
        assert google.forms == []

    def test_a_form_made_here_has_a_question_already(self, google: GoogleDouble, drive: Any) -> None:
        made = drive.files().create(body={"name": "New", "mimeType": FORM}, fields="id").execute()
        assert [item["title"] for item in google.form(made["id"])["items"]] == ["Untitled Question"]

    def test_fields_are_told_if_they_are_asked_for(self, drive: Any, form: str) -> None:
        file = drive.files().get(fileId=form, fields="owners(emailAddress,me),trashed").execute()
        assert file == {"owners": [{"emailAddress": "person@cities.example", "me": True}], "trashed": False}
        assert drive.files().get(fileId=form, fields="*").execute()["modifiedTime"]
        assert drive.files().get(fileId=form, fields="description").execute() == {}

    def test_what_is_absent_or_not_shared_is_not_found(
        self, google: GoogleDouble, drive: Any, form: str, told: Refused, refused: Refused
    ) -> None:
        assert told(drive.files().get(fileId="absent")) == (404, "File not found: absent.")
        other = google.service("drive", user="else@cities.example")
        assert refused(other.files().get(fileId=form)) == (404, "notFound")
        google.share_file(form, "reader", "user:else@cities.example")
        seen = other.files().get(fileId=form, fields="permissions,capabilities(canEdit)").execute()
        assert seen == {"capabilities": {"canEdit": False}}
        change = other.files().update(fileId=form, body={"name": "Mine"})
        assert refused(change) == (403, "insufficientFilePermissions")
        google.share_file(form, "writer", "domain:cities.example")
        change.execute()
        assert refused(other.files().delete(fileId=form)) == (403, "insufficientFilePermissions")
        trash = other.files().update(fileId=form, body={"trashed": True})
        assert refused(trash) == (403, "insufficientFilePermissions")

    @pytest.mark.parametrize(
        "body",
        [{"id": "x"}, {"mimeType": FOLDER}, {"parents": ["x"]}, {"driveId": "x"}, {"version": "3"}],
    )
    def test_what_is_not_written_is_refused(
        self, drive: Any, form: str, refused: Refused, body: dict[str, Any]
    ) -> None:
        assert refused(drive.files().update(fileId=form, body=body)) == (403, "fieldNotWritable")

    def test_a_folder_has_what_is_in_it(self, google: GoogleDouble, drive: Any, form: str) -> None:
        body = {"name": "Forms", "mimeType": FOLDER}
        folder = drive.files().create(body=body).execute()["id"]
        old = drive.files().get(fileId=form, fields="parents").execute()["parents"][0]
        drive.files().update(fileId=form, addParents=folder, removeParents=old).execute()
        [found] = drive.files().list(q=f"'{folder}' in parents").execute()["files"]
        assert found["id"] == form
        drive.files().update(fileId=folder, body={"trashed": True}).execute()
        assert drive.files().get(fileId=form, fields="trashed").execute() == {"trashed": True}
        drive.files().delete(fileId=folder).execute()
        assert google.forms == []

    def test_a_parent_is_one_and_a_folder(self, drive: Any, form: str, refused: Refused) -> None:
        create = drive.files().create
        assert refused(create(body={"name": "X", "parents": [form]})) == (403, "parentNotAFolder")
        assert refused(create(body={"name": "X", "parents": ["a", "b"]})) == (400, "invalid")
        assert refused(create(body={"name": "X", "parents": ["absent"]})) == (404, "notFound")
        for removed in ("absent", "root"):
            change = drive.files().update(fileId=form, removeParents=removed)
            assert refused(change) == (400, "invalid")

    def test_the_scope_of_files_reaches_only_what_the_app_made(
        self, google: GoogleDouble, form: str, refused: Refused
    ) -> None:
        narrow = google.service("drive", scopes=[FILE])
        assert refused(narrow.files().get(fileId=form)) == (404, "notFound")
        made = narrow.files().create(body={"name": "New", "mimeType": FORM}).execute()
        listed = narrow.files().list().execute()["files"]
        assert [each["id"] for each in listed] == [made["id"]]

    def test_scopes_are_checked(self, google: GoogleDouble, form: str, told: Refused) -> None:
        reading = google.service("drive", scopes=["https://www.googleapis.com/auth/drive.readonly"])
        assert reading.files().get(fileId=form).execute()["id"] == form
        change = reading.files().update(fileId=form, body={"name": "X"})
        assert told(change)[0] == 403

    def test_who_one_is_is_told_with_fields_alone(self, drive: Any, refused: Refused) -> None:
        assert refused(drive.about().get()) == (400, "required")
        user = drive.about().get(fields="user(emailAddress)").execute()["user"]
        assert user == {"emailAddress": "person@cities.example"}


class TestProperties:
    def test_properties_are_merged_and_null_takes_one_away(self, drive: Any, form: str) -> None:
        def write(**properties: str | None) -> dict[str, str]:
            body = {"appProperties": properties}
            change = drive.files().update(fileId=form, body=body, fields="appProperties")
            kept: dict[str, str] = change.execute().get("appProperties", {})
            return kept

        assert write(a="1", b="2") == {"a": "1", "b": "2"}
        assert write(b="3") == {"a": "1", "b": "3"}
        assert write(a=None, b=None) == {}

    def test_a_property_is_124_bytes_with_its_key(self, drive: Any, form: str, refused: Refused) -> None:
        def write(value: str) -> Any:
            return drive.files().update(fileId=form, body={"appProperties": {"key0": value}})

        write("é" * 60).execute()
        assert refused(write("é" * 60 + "x")) == (400, "invalid")

    @pytest.mark.parametrize("kind", ["appProperties", "properties"])
    def test_there_are_30_at_most(self, drive: Any, form: str, refused: Refused, kind: str) -> None:
        many = {str(n): "x" for n in range(30)}
        drive.files().update(fileId=form, body={kind: many}).execute()
        assert refused(drive.files().update(fileId=form, body={kind: {"more": "x"}})) == (400, "invalid")


class TestCopies:
    def test_a_copy_of_a_form_has_its_items_and_nothing_of_its_answers(
        self, google: GoogleDouble, drive: Any, form: str
    ) -> None:
        google.edit_form(form, description="Come")
        google.share_file(form, "reader", view="published")
        google.respond(form, {}, email="a@x.example")
        copy = drive.files().copy(fileId=form, body={"name": "Second"}).execute()
        made = google.form(copy["id"])
        assert copy["name"] == "Second"
        assert made["info"] == {
            "title": "Registration",
            "documentTitle": "Second",
            "description": "Come",
        }
        assert made["items"] == google.form(form)["items"]
        assert made["publishSettings"] == {"publishState": {}}
        assert made["responderUri"] != google.form(form)["responderUri"]
        service = google.service("forms").forms()
        assert service.responses().list(formId=copy["id"]).execute() == {}
        assert len(google.files[copy["id"]].permissions) == 1
        google.edit_item(copy["id"], "Hello", title="Bye")
        assert google.form(form)["items"][0]["title"] == "Hello"

    def test_a_copy_keeps_properties_that_are_not_cleared(
        self, google: GoogleDouble, drive: Any, form: str
    ) -> None:
        marks = {"mark": "ours", "other": "x"}
        drive.files().update(fileId=form, body={"appProperties": marks}).execute()
        body = {"appProperties": {"other": None}}
        copy = drive.files().copy(fileId=form, body=body).execute()["id"]
        assert google.files[copy].app_properties == {"mark": "ours"}
        assert google.files[google.copy_file(form)].app_properties == marks

    def test_a_file_of_no_api_is_copied_too(self, google: GoogleDouble, drive: Any) -> None:
        plain = drive.files().create(body={"name": "Plain"}).execute()["id"]
        assert drive.files().copy(fileId=plain, body={}).execute()["name"] == "Copy of Plain"
        assert google.files[google.copy_file(plain)].name == "Copy of Plain"

    def test_a_file_that_another_moves_keeps_its_owner(self, google: GoogleDouble, form: str) -> None:
        folder = google.make_folder("F")
        for name in (form, folder):
            google.share_file(name, "writer", "user:else@cities.example")
        other = google.service("drive", user="else@cities.example")
        other.files().update(fileId=form, addParents=folder).execute()
        assert (google.files[form].owner, google.files[form].parent) == (google.person, folder)

    def test_a_folder_is_not_copied(self, google: GoogleDouble, drive: Any, refused: Refused) -> None:
        folder = google.make_folder("F")
        assert refused(drive.files().copy(fileId=folder, body={})) == (403, "cannotCopyFile")

    def test_a_copy_is_beside_its_source_or_where_it_is_wanted(
        self, google: GoogleDouble, drive: Any
    ) -> None:
        first, second = google.make_folder("1"), google.make_folder("2")
        form = google.make_form("F", parent=first)
        beside = drive.files().copy(fileId=form, body={}, fields="parents,name").execute()
        assert beside == {"parents": [first], "name": "Copy of F"}
        there = drive.files().copy(fileId=form, body={"parents": [second]}, fields="parents").execute()
        assert there == {"parents": [second]}


class TestSharedDrives:
    @pytest.fixture
    def shared(self, google: GoogleDouble) -> str:
        """Give a shared drive whose content a service account manages."""
        return google.make_drive("Cities", {ROBOT: "fileOrganizer", "reader@cities.example": "reader"})

    def test_a_service_account_owns_nothing_that_takes_storage(
        self, google: GoogleDouble, shared: str, told: Refused, refused: Refused
    ) -> None:
        with alone(google) as robot:
            create = robot.files().create
            assert refused(create(body={"name": "X", "mimeType": FORM})) == (403, "storageQuotaExceeded")
            folder = create(body={"name": "Mine", "mimeType": FOLDER}).execute()["id"]
            inside = create(body={"name": "X", "mimeType": FORM, "parents": [folder]})
            assert told(inside)[1].startswith("Service Accounts do not have storage quota.")
            body = {"name": "X", "mimeType": FORM, "parents": [shared]}
            made = create(body=body, fields="id,driveId", **ALL).execute()
            assert made["driveId"] == shared
            copy = robot.files().copy(fileId=made["id"], body={"parents": [folder]}, **ALL)
            assert refused(copy) == (403, "storageQuotaExceeded")
            assert robot.files().copy(fileId=made["id"], body={}, fields="driveId", **ALL).execute() == {
                "driveId": shared
            }
            out = robot.files().update(fileId=made["id"], addParents=folder, **ALL)
            assert refused(out) == (403, "storageQuotaExceeded")

    def test_who_does_not_say_shared_drives_does_not_see_them(
        self, google: GoogleDouble, drive: Any, shared: str, refused: Refused
    ) -> None:
        form = google.make_form("F", parent=shared)
        assert refused(drive.files().get(fileId=form)) == (404, "notFound")
        assert refused(drive.permissions().list(fileId=form)) == (404, "notFound")
        assert refused(drive.files().create(body={"name": "X", "parents": [shared]})) == (404, "notFound")
        assert drive.files().get(fileId=form, **ALL).execute()["id"] == form
        assert drive.files().get(fileId=form, supportsTeamDrives=True).execute()["id"] == form
        assert drive.files().list(**ALL).execute()["files"] == []
        assert len(drive.files().list(**BOTH).execute()["files"]) == 1

    def test_what_is_in_one_has_no_owner(self, google: GoogleDouble, drive: Any, shared: str) -> None:
        form = google.make_form("F", parent=google.make_folder("In", shared))
        file = drive.files().get(fileId=form, fields="*", **ALL).execute()
        assert file["driveId"] == shared
        body = {"type": "user", "role": "fileOrganizer", "emailAddress": "a@x.example"}
        assert drive.permissions().create(fileId=form, body=body, **ALL).execute()["role"] == "fileOrganizer"
        assert not {"owners", "ownedByMe", "permissions", "shared"} & set(file)

    def test_a_file_moved_into_one_is_owned_by_it_and_out_again_by_who_moved_it(
        self, google: GoogleDouble, drive: Any, form: str, shared: str
    ) -> None:
        drive.files().update(fileId=form, addParents=shared, **ALL).execute()
        assert (google.files[form].owner, google.files[form].drive) == (None, shared)
        assert google.files[form].permissions == {}
        drive.files().update(fileId=form, addParents="root", removeParents=shared, **ALL).execute()
        assert (google.files[form].owner, google.files[form].drive) == (google.person, None)

    def test_a_search_of_one_says_so_in_every_way(
        self, google: GoogleDouble, drive: Any, form: str, shared: str, refused: Refused
    ) -> None:
        inside = google.make_form("F", parent=shared)
        found = drive.files().list(corpora="drive", driveId=shared, **BOTH).execute()["files"]
        assert [each["id"] for each in found] == [inside]
        everywhere = drive.files().list(corpora="allDrives", **BOTH).execute()["files"]
        assert {each["id"] for each in everywhere} == {form, inside}
        assert refused(drive.files().list(driveId=shared, **BOTH)) == (400, "invalid")
        assert refused(drive.files().list(corpora="drive", **BOTH)) == (400, "invalid")
        assert refused(drive.files().list(corpora="everything", **BOTH)) == (400, "invalid")
        assert refused(drive.files().list(corpora="drive", driveId=shared, **ALL)) == (403, "forbidden")

    def test_members_see_drives_and_do_what_their_role_lets_them(
        self, google: GoogleDouble, drive: Any, shared: str, refused: Refused
    ) -> None:
        usual = {"kind": "drive#drive", "id": shared, "name": "Cities"}
        assert drive.drives().get(driveId=shared).execute() == usual
        can = drive.drives().get(driveId=shared, fields="capabilities").execute()["capabilities"]
        assert can["canAddChildren"] is True
        assert [each["id"] for each in drive.drives().list().execute()["drives"]] == [shared]
        google.make_drive("Mine alone")
        assert len(drive.drives().list(pageSize=1).execute()["nextPageToken"]) > 1
        other = google.service("drive", user="else@cities.example")
        assert other.drives().list().execute()["drives"] == []
        assert refused(other.drives().get(driveId=shared)) == (404, "notFound")
        reader = google.service("drive", user="reader@cities.example")
        create = reader.files().create(body={"name": "X", "parents": [shared]}, **ALL)
        assert refused(create) == (403, "insufficientFilePermissions")
        form = google.make_form("F", parent=shared)
        with alone(google) as robot:
            robot.files().update(fileId=form, body={"trashed": True}, **ALL).execute()
            assert refused(robot.files().delete(fileId=form, **ALL)) == (403, "insufficientFilePermissions")
        drive.files().delete(fileId=form, **ALL).execute()
        assert google.forms == []


class TestSearch:
    @pytest.fixture
    def files(self, google: GoogleDouble, drive: Any) -> dict[str, str]:
        """Give the ids of files by name: two marked forms, one of them in the trash, and a folder."""
        ids = {name: google.make_form(name) for name in ("Ville d'Oran", "Quito forum")}
        for name in ids.values():
            body = {"appProperties": {"mark": "ours", "it's": "x"}}
            drive.files().update(fileId=name, body=body).execute()
        google.trash_file(ids["Quito forum"])
        ids["Forms"] = google.make_folder("Forms")
        return ids

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            (r"name = 'Ville d\'Oran'", {"Ville d'Oran"}),
            ("name != 'Forms'", {"Ville d'Oran", "Quito forum"}),
            ("name contains 'for'", {"Forms", "Quito forum"}),
            ("name contains 'uito'", set()),
            (f"mimeType = '{FOLDER}'", {"Forms"}),
            ("mimeType contains 'form'", {"Ville d'Oran", "Quito forum"}),
            ("trashed = false", {"Ville d'Oran", "Forms"}),
            ("trashed=true", {"Quito forum"}),
            ("not trashed = true and name contains 'Ville'", {"Ville d'Oran"}),
            ("appProperties has { key='mark' and value='ours' }", {"Ville d'Oran", "Quito forum"}),
            ("appProperties has {key='mark' and value='theirs'}", set()),
            (r"appProperties has {key='it\'s' and value='x'} and trashed=false", {"Ville d'Oran"}),
            ("properties has {key='mark' and value='ours'}", set()),
            ("'root' in parents", {"Ville d'Oran", "Quito forum", "Forms"}),
            ("'me' in owners", {"Ville d'Oran", "Quito forum", "Forms"}),
            ("'person@cities.example' in writers", {"Ville d'Oran", "Quito forum", "Forms"}),
            ("'absent' in parents", set()),
            ("name = 'Forms' or trashed = true and name = 'x'", {"Forms"}),
            ("(name = 'Forms' or trashed = true) and starred = false", {"Forms", "Quito forum"}),
            ("createdTime > '2020-01-01T00:00:00Z'", {"Ville d'Oran", "Quito forum", "Forms"}),
            ("modifiedTime < '2020-01-01T00:00:00Z'", set()),
        ],
    )
    def test_a_query_finds_what_it_says(
        self, drive: Any, files: dict[str, str], query: str, names: set[str]
    ) -> None:
        found = drive.files().list(q=query).execute()["files"]
        assert {each["name"] for each in found} == names
        assert all(files[each["name"]] == each["id"] for each in found)

    @pytest.mark.parametrize(
        "query",
        [
            "name = 'Ville d'Oran'",
            "name = Forms",
            "name > 'Forms'",
            "title = 'Forms'",
            "trashed = 'false'",
            "trashed",
            "name = 'x' and",
            "(name = 'x'",
            "name = 'x')",
            "'x' in names",
            "appProperties has {key='a'}",
            "appProperties = 'x'",
            "createdTime > 'yesterday'",
            "createdTime contains '2020'",
            "createdTime > '2020-01-01T00:00:00'",
            '"x" in parents',
        ],
    )
    def test_what_is_no_query_is_refused(self, drive: Any, refused: Refused, query: str) -> None:
        assert refused(drive.files().list(q=query)) == (400, "invalid")

    def test_what_is_not_kept_says_so(self, drive: Any, refused: Refused) -> None:
        assert refused(drive.files().create(body={"name": "X", "id": "given"})) == (501, "notImplemented")
        assert refused(drive.files().create(body={"folderColorRgb": "red"})) == (501, "notImplemented")
        assert refused(drive.files().list(corpora="domain")) == (501, "notImplemented")
        assert refused(drive.files().list(spaces="appDataFolder")) == (501, "notImplemented")
        assert refused(drive.drives().list(q="name = 'x'")) == (501, "notImplemented")
        assert refused(drive.files().list(q="fullText contains 'x'")) == (501, "notImplemented")

    def test_pages_follow_one_another(self, google: GoogleDouble, drive: Any, refused: Refused) -> None:
        ids = {google.make_folder(str(n)) for n in range(5)}
        found, request = (
            [],
            drive.files().list(pageSize=2, q="trashed = false", fields="nextPageToken,files(id)"),
        )
        first = request.execute()["nextPageToken"]
        while request is not None:
            page = request.execute()
            found += [each["id"] for each in page["files"]]
            request = drive.files().list_next(request, page)
        assert len(found) == 5
        assert set(found) == ids
        assert refused(drive.files().list(pageSize=2, q="trashed = true", pageToken=first)) == (
            400,
            "invalid",
        )

    def test_a_page_is_of_a_hundred_and_a_thousand_at_most(self, google: GoogleDouble, drive: Any) -> None:
        for n in range(1001):
            google.make_folder(str(n))
        assert len(drive.files().list().execute()["files"]) == 100
        assert len(drive.files().list(pageSize=2000).execute()["files"]) == 1000

    def test_an_order_can_be_asked_for(self, google: GoogleDouble, drive: Any, refused: Refused) -> None:
        for name in ("b", "c", "a"):
            google.make_folder(name)
        found = drive.files().list(orderBy="name desc").execute()["files"]
        assert [each["name"] for each in found] == ["c", "b", "a"]
        assert refused(drive.files().list(orderBy="size")) == (400, "invalid")

    def test_what_is_new_may_be_found_later(self, google: GoogleDouble, drive: Any, form: str) -> None:
        google.search_lag = timedelta(seconds=30)
        assert drive.files().list(q="trashed = false").execute()["files"] == []
        assert drive.files().get(fileId=form).execute()["id"] == form
        google.advance(timedelta(seconds=31))
        assert len(drive.files().list(q="trashed = false").execute()["files"]) == 1


class TestPermissions:
    def test_responders_have_a_view_and_are_told_if_asked_for(
        self, google: GoogleDouble, drive: Any, form: str
    ) -> None:
        body = {"type": "anyone", "role": "reader", "view": "published"}
        made = drive.permissions().create(fileId=form, body=body).execute()
        fields = "permissions(id,type,role,view)"
        plain = drive.permissions().list(fileId=form, fields=fields).execute()["permissions"]
        assert [each["type"] for each in plain] == ["user"]
        listed = drive.permissions().list(fileId=form, fields=fields, includePermissionsForView="published")
        assert {**body, "id": made["id"]} in listed.execute()["permissions"]
        other = google.service("drive", user="else@elsewhere.example")
        assert other.files().list().execute()["files"] == []
        drive.permissions().delete(fileId=form, permissionId=made["id"]).execute()
        assert len(listed.execute()["permissions"]) == 1

    def test_a_view_gives_no_access_to_the_file(
        self, google: GoogleDouble, form: str, refused: Refused
    ) -> None:
        google.share_file(form, "reader", view="published")
        other = google.service("drive", user="else@elsewhere.example")
        assert refused(other.files().get(fileId=form)) == (404, "notFound")
        google.share_file(form, "reader")
        listed = google.service("drive").permissions().list(fileId=form).execute()["permissions"]
        assert [each["id"] for each in listed] == ["owner", "anyoneWithLink"]
        assert other.files().get(fileId=form).execute()["id"] == form
        assert other.files().list().execute()["files"] == []

    @pytest.mark.parametrize(
        ("body", "status", "reason"),
        [
            ({"role": "reader"}, 400, "required"),
            ({"type": "anyone"}, 400, "required"),
            ({"type": "user", "role": "reader"}, 400, "required"),
            ({"type": "domain", "role": "reader"}, 400, "required"),
            ({"type": "city", "role": "reader"}, 400, "invalid"),
            ({"type": "anyone", "role": "reader", "emailAddress": "a@x.example"}, 400, "invalid"),
            ({"type": "anyone", "role": "reader", "domain": "x.example"}, 400, "invalid"),
            ({"type": "anyone", "role": "boss"}, 400, "invalid"),
            ({"type": "anyone", "role": "writer", "view": "published"}, 400, "invalid"),
            ({"type": "anyone", "role": "reader", "view": "other"}, 400, "invalid"),
            (
                {"type": "user", "role": "reader", "emailAddress": "a@x.example", "allowFileDiscovery": True},
                400,
                "invalid",
            ),
            ({"type": "anyone", "role": "organizer"}, 403, "invalidSharingRequest"),
            ({"type": "user", "role": "owner", "emailAddress": "a@x.example"}, 501, "notImplemented"),
        ],
    )
    def test_a_permission_that_cannot_be_is_refused(
        self, drive: Any, form: str, refused: Refused, body: dict[str, Any], status: int, reason: str
    ) -> None:
        assert refused(drive.permissions().create(fileId=form, body=body)) == (status, reason)

    def test_people_are_told_unless_that_is_not_wanted(
        self, google: GoogleDouble, drive: Any, form: str, refused: Refused
    ) -> None:
        create = drive.permissions().create
        for name, told in (("a", None), ("b", False), ("c", True)):
            body = {"type": "user", "role": "writer", "emailAddress": f"{name}@x.example"}
            create(fileId=form, body=body, sendNotificationEmail=told).execute()
        assert [notice.to for notice in google.notices] == ["a@x.example", "c@x.example"]
        anyone = {"type": "anyone", "role": "reader"}
        assert refused(create(fileId=form, body=anyone, sendNotificationEmail=False)) == (400, "invalid")

    def test_a_role_is_changed_and_nothing_else(
        self, google: GoogleDouble, drive: Any, form: str, refused: Refused
    ) -> None:
        body = {"type": "user", "role": "reader", "emailAddress": "a@x.example"}
        made = drive.permissions().create(fileId=form, body=body).execute()
        assert set(made) == {"kind", "id", "type", "role"}
        again = drive.permissions().create(fileId=form, body={**body, "role": "commenter"}).execute()
        assert again["id"] == made["id"]
        change = drive.permissions().update
        change(fileId=form, permissionId=made["id"], body={"role": "writer"}).execute()
        got = drive.permissions().get(fileId=form, permissionId=made["id"], fields="*").execute()
        assert (got["role"], got["emailAddress"]) == ("writer", "a@x.example")
        assert change(fileId=form, permissionId=made["id"], body={}).execute()["role"] == "writer"
        wrong = change(fileId=form, permissionId=made["id"], body={"type": "anyone"})
        assert refused(wrong) == (403, "fieldNotWritable")
        assert refused(change(fileId=form, permissionId="absent", body={})) == (404, "notFound")
        google.share_file(form, "reader", view="published")
        view = "anyoneWithLinkPublished"
        change(fileId=form, permissionId=view, body={"role": "reader"}).execute()
        more = change(fileId=form, permissionId=view, body={"role": "writer"})
        assert refused(more) == (403, "insufficientFilePermissions")
        owner = change(fileId=form, permissionId="owner", body={"role": "reader"})
        assert refused(owner) == (403, "insufficientFilePermissions")
        gone = drive.permissions().delete(fileId=form, permissionId="owner")
        assert refused(gone) == (403, "insufficientFilePermissions")

    def test_what_is_shared_with_a_folder_or_a_group_is_shared(
        self, google: GoogleDouble, refused: Refused
    ) -> None:
        folder = google.make_folder("F")
        form = google.make_form("In", parent=folder)
        google.groups["all@x.example"] = {"a@x.example"}
        google.share_file(folder, "writer", "group:all@x.example")
        member = google.service("drive", user="a@x.example")
        member.files().update(fileId=form, body={"name": "Out"}).execute()
        google.share_file(folder, "none", "group:all@x.example")
        assert len(google.files[folder].permissions) == 1
        assert refused(member.files().get(fileId=form)) == (404, "notFound")

    def test_who_may_read_may_not_share_but_may_leave(
        self, google: GoogleDouble, form: str, refused: Refused
    ) -> None:
        google.share_file(form, "reader", "user:a@x.example")
        google.share_file(form, "reader", "user:b@x.example")
        reader = google.service("drive", user="a@x.example").permissions()
        ids = {
            each["emailAddress"]: each["id"]
            for each in reader.list(fileId=form, fields="*").execute()["permissions"]
        }
        body = {"type": "anyone", "role": "reader"}
        assert refused(reader.create(fileId=form, body=body)) == (403, "insufficientFilePermissions")
        other = reader.delete(fileId=form, permissionId=ids["b@x.example"])
        assert refused(other) == (403, "insufficientFilePermissions")
        reader.delete(fileId=form, permissionId=ids["a@x.example"]).execute()
        assert refused(reader.list(fileId=form)) == (404, "notFound")
