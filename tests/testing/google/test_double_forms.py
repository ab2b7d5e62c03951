import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from briefingkit.testing.google import GoogleDouble

Refused = Callable[[Any], tuple[int, str]]
BODY = "https://www.googleapis.com/auth/forms.body"
FILE = "https://www.googleapis.com/auth/drive.file"


def text(title: str, **question: Any) -> dict[str, Any]:
    return {"title": title, "questionItem": {"question": {"textQuestion": {}, **question}}}


def create(item: dict[str, Any], index: int = 0) -> dict[str, Any]:
    return {"createItem": {"item": item, "location": {"index": index}}}


def titles(form: dict[str, Any]) -> list[str]:
    return [item["title"] for item in form.get("items", [])]


@pytest.fixture
def form(google: GoogleDouble) -> str:
    """Give a form with the questions A, B and C."""
    return google.make_form("Registration", text("A"), text("B"), text("C"))


@pytest.fixture
def batch(forms: Any, form: str) -> Callable[..., Any]:
    """Give what makes the request that changes the form."""

    def make(*requests: dict[str, Any], **more: Any) -> Any:
        return forms.batchUpdate(formId=form, body={"requests": list(requests), **more})

    return make


class TestCreate:
    def test_the_server_gives_what_is_its_own(self, google: GoogleDouble, forms: Any) -> None:
        made = forms.create(body={"info": {"title": "Registration", "documentTitle": "File"}}).execute()
        assert made["info"] == {"title": "Registration", "documentTitle": "File"}
        assert made["formId"] in google.forms
        plain = forms.create(body={"info": {"title": "Plain"}}).execute()
        assert plain["info"] == {"title": "Plain", "documentTitle": "Plain"}
        assert made["formId"] not in made["responderUri"]
        assert made["revisionId"]
        assert "items" not in made

    @pytest.mark.parametrize(
        "body",
        [
            {"info": {"title": "X", "description": "Y"}},
            {"info": {"title": "X"}, "items": [{"title": "A", "textItem": {}}]},
            {"info": {"title": "X"}, "settings": {"quizSettings": {"isQuiz": True}}},
        ],
    )
    def test_only_titles_are_taken(self, forms: Any, told: Refused, body: dict[str, Any]) -> None:
        status, message = told(forms.create(body=body))
        assert (status, message[:40]) == (400, "Only info.title can be set when creating")

    def test_a_title_is_needed(self, forms: Any, told: Refused) -> None:
        assert told(forms.create(body={"info": {"documentTitle": "X"}}))[0] == 400

    def test_a_form_starts_unpublished(self, forms: Any) -> None:
        for unpublished in (None, True, False):
            made = forms.create(body={"info": {"title": "X"}}, unpublished=unpublished).execute()
            assert made["publishSettings"] == {"publishState": {}}

    def test_before_july_2026_a_form_started_published_unless_asked(self) -> None:
        with GoogleDouble(clock=lambda: datetime(2026, 6, 29, tzinfo=UTC)) as google:
            forms = google.service("forms").forms()
            made = forms.create(body={"info": {"title": "X"}}).execute()
            assert made["publishSettings"]["publishState"]["isAcceptingResponses"] is True
            made = forms.create(body={"info": {"title": "X"}}, unpublished=True).execute()
            assert made["publishSettings"] == {"publishState": {}}

    @pytest.mark.parametrize(
        ("email", "collects"),
        [("person@cities.example", "VERIFIED"), ("person@gmail.com", "DO_NOT_COLLECT")],
    )
    def test_whether_addresses_are_collected_goes_by_the_account(
        self, google: GoogleDouble, email: str, collects: str
    ) -> None:
        forms = google.service("forms", user=email).forms()
        made = forms.create(body={"info": {"title": "X"}}).execute()
        assert made["settings"]["emailCollectionType"] == collects

    def test_a_service_account_has_no_drive_to_make_one_in(self, google: GoogleDouble, told: Refused) -> None:
        from google.oauth2.service_account import Credentials
        from googleapiclient.discovery import build_from_document

        key = google.service_account()
        mine: Any = Credentials.from_service_account_info(key, scopes=[BODY])
        with build_from_document(google.document("forms", "v1"), credentials=mine) as service:
            made = service.forms().create(body={"info": {"title": "X"}})
            assert told(made) == (500, "Internal error encountered.")


class TestAccess:
    def test_scopes_are_checked(self, google: GoogleDouble, form: str, told: Refused) -> None:
        readonly = google.service("forms", scopes=[BODY + ".readonly"]).forms()
        assert titles(readonly.get(formId=form).execute()) == ["A", "B", "C"]
        assert told(readonly.batchUpdate(formId=form, body={}))[0] == 403
        assert told(readonly.responses().list(formId=form))[0] == 403

    def test_what_is_not_shared_is_not_there_and_readers_may_not_read_it(
        self, google: GoogleDouble, form: str, told: Refused
    ) -> None:
        other = google.service("forms", user="else@cities.example").forms()
        assert told(other.get(formId=form)) == (404, "Requested entity was not found.")
        google.share_file(form, "reader", "user:else@cities.example")
        assert told(other.get(formId=form)) == (403, "The caller does not have permission")
        google.share_file(form, "writer", "user:else@cities.example")
        assert other.get(formId=form).execute()["formId"] == form

    def test_the_scope_of_files_reaches_only_what_the_app_made(
        self, google: GoogleDouble, form: str, told: Refused
    ) -> None:
        narrow = google.service("forms", scopes=[FILE]).forms()
        assert told(narrow.get(formId=form))[0] == 404
        made = narrow.create(body={"info": {"title": "X"}}).execute()
        assert narrow.get(formId=made["formId"]).execute()["info"]["title"] == "X"

    def test_errors_have_a_status_and_no_list(self, forms: Any, form: str) -> None:
        from googleapiclient.errors import HttpError

        for request, status in (
            (forms.get(formId="absent"), "NOT_FOUND"),
            (forms.batchUpdate(formId=form, body={"requests": []}), "INVALID_ARGUMENT"),
        ):
            with pytest.raises(HttpError) as caught:
                request.execute()
            error = json.loads(caught.value.content)["error"]
            assert (error["status"], "errors" in error) == (status, False)
        with pytest.raises(HttpError) as caught:
            forms.batchUpdate(formId=form, body={"requests": [{"moveItem": {"to": 1}}]}).execute()
        [detail] = json.loads(caught.value.content)["error"]["details"]
        assert detail["fieldViolations"][0]["field"] == "requests[0].moveItem.to"

    def test_watches_are_not_kept(self, forms: Any, form: str, told: Refused) -> None:
        assert told(forms.watches().list(formId=form))[0] == 501

    def test_faults_happen_to_forms_too(
        self, google: GoogleDouble, forms: Any, form: str, told: Refused
    ) -> None:
        google.fail("forms.forms.get", status=503)
        assert told(forms.get(formId=form))[0] == 503
        assert forms.get(formId=form).execute()["formId"] == form

    def test_kinds_of_requests_are_counted_apart(
        self, google: GoogleDouble, forms: Any, form: str, told: Refused
    ) -> None:
        google.limit("forms.read", per_user=1)
        google.limit("forms.write", per_project=0)
        forms.get(formId=form).execute()
        status, message = told(forms.get(formId=form))
        assert status == 429
        assert "Read requests per minute per user" in message
        assert told(forms.create(body={"info": {"title": "X"}}))[0] == 429
        forms.responses().list(formId=form).execute()
        with pytest.raises(KeyError):
            google.limit("forms.sleep", per_user=1)


class TestBatch:
    def test_all_is_done_or_nothing(self, google: GoogleDouble, batch: Any, form: str, told: Refused) -> None:
        before = google.form(form)
        wrong = {"deleteItem": {"location": {"index": 9}}}
        status, message = told(batch(create(text("New")), wrong))
        assert (status, message[:32]) == (400, "Invalid requests[1].deleteItem: ")
        assert google.form(form) == before

    def test_replies_stand_where_requests_stood(self, google: GoogleDouble, batch: Any, form: str) -> None:
        info = {"updateFormInfo": {"info": {"description": "Come"}, "updateMask": "description"}}
        answer = batch(info, create(text("New"), 3), includeFormInResponse=True).execute()
        made = answer["form"]["items"][3]
        question = made["questionItem"]["question"]["questionId"]
        assert answer["replies"] == [{}, {"createItem": {"itemId": made["itemId"], "questionId": [question]}}]
        assert google.form(form)["info"]["description"] == "Come"
        assert "form" not in batch(info).execute()

    @pytest.mark.parametrize("requests", [[], [{}], [{"createItem": {}, "deleteItem": {}}]])
    def test_each_request_is_one(self, batch: Any, told: Refused, requests: list[dict[str, Any]]) -> None:
        assert told(batch(*requests))[0] == 400

    @pytest.mark.parametrize(
        "request_",
        [
            create(text("X"), 4),
            create(text("X"), -1),
            {"createItem": {"item": text("X"), "location": {}}},
            {"deleteItem": {"location": {"index": 3}}},
            {"updateItem": {"item": {"title": "X"}, "location": {"index": 3}, "updateMask": "title"}},
            {"moveItem": {"originalLocation": {"index": 0}, "newLocation": {"index": 3}}},
            {"moveItem": {"originalLocation": {"index": 3}, "newLocation": {"index": 0}}},
        ],
    )
    def test_a_place_is_among_the_items(self, batch: Any, told: Refused, request_: dict[str, Any]) -> None:
        status, message = told(batch(request_))
        assert status == 400
        assert "ndex" in message

    @pytest.mark.parametrize(
        ("start", "to", "order"), [(0, 2, ["B", "C", "A"]), (2, 0, ["C", "A", "B"]), (0, 1, ["B", "A", "C"])]
    )
    def test_an_item_is_moved_to_where_it_then_is(
        self, google: GoogleDouble, batch: Any, form: str, start: int, to: int, order: list[str]
    ) -> None:
        batch({"moveItem": {"originalLocation": {"index": start}, "newLocation": {"index": to}}}).execute()
        assert titles(google.form(form)) == order

    def test_an_item_is_deleted(self, google: GoogleDouble, batch: Any, form: str) -> None:
        batch(
            {"deleteItem": {"location": {"index": 1}}}, {"deleteItem": {"location": {"index": 1}}}
        ).execute()
        assert titles(google.form(form)) == ["A"]

    def test_the_title_of_the_file_is_not_changed_here(self, batch: Any, told: Refused) -> None:
        info = {"info": {"title": "X"}, "updateMask": "title,documentTitle"}
        assert told(batch({"updateFormInfo": info}))[0] == 400

    @pytest.mark.parametrize("mask", [None, "", "titel", "title.deep"])
    def test_a_mask_names_fields_that_there_are(self, batch: Any, told: Refused, mask: str | None) -> None:
        request = {"info": {"title": "X"}, **({"updateMask": mask} if mask is not None else {})}
        assert told(batch({"updateFormInfo": request}))[0] == 400

    def test_what_the_mask_does_not_name_stays_and_what_it_clears_goes(
        self, google: GoogleDouble, batch: Any, form: str
    ) -> None:
        google.edit_form(form, description="Come")
        new = {"title": "New", "description": "Not this"}
        batch({"updateFormInfo": {"info": new, "updateMask": "title"}}).execute()
        assert google.form(form)["info"]["description"] == "Come"
        batch({"updateFormInfo": {"info": {"title": "Newer"}, "updateMask": "*"}}).execute()
        assert google.form(form)["info"] == {"title": "Newer", "documentTitle": "Registration"}


class TestSettings:
    def test_settings_are_changed_by_their_mask(self, google: GoogleDouble, batch: Any, form: str) -> None:
        settings = {"emailCollectionType": "RESPONDER_INPUT", "quizSettings": {"isQuiz": True}}
        request = {"settings": settings, "updateMask": "emailCollectionType"}
        batch({"updateSettings": request}).execute()
        assert google.form(form)["settings"] == {"emailCollectionType": "RESPONDER_INPUT"}
        batch({"updateSettings": {**request, "updateMask": "quizSettings.isQuiz"}}).execute()
        assert google.form(form)["settings"]["quizSettings"] == {"isQuiz": True}

    def test_an_unknown_kind_of_collecting_is_refused(self, batch: Any, told: Refused) -> None:
        for kind in ("responderInput", "EMAIL_COLLECTION_TYPE_UNSPECIFIED"):
            request = {"settings": {"emailCollectionType": kind}, "updateMask": "emailCollectionType"}
            assert told(batch({"updateSettings": request}))[0] == 400

    def test_points_are_for_a_quiz_and_go_with_it(
        self, google: GoogleDouble, batch: Any, form: str, told: Refused
    ) -> None:
        def quiz(*, yes: bool) -> dict[str, Any]:
            settings = {"quizSettings": {"isQuiz": yes}}
            return {"updateSettings": {"settings": settings, "updateMask": "quizSettings.isQuiz"}}

        graded = create(text("P", grading={"pointValue": 1}))
        assert told(batch(graded))[0] == 400
        batch(quiz(yes=True), graded).execute()
        assert told(batch(create(text("P", grading={"pointValue": -1}))))[0] == 400
        collects = {"settings": {"emailCollectionType": "VERIFIED"}, "updateMask": "emailCollectionType"}
        batch({"updateSettings": collects}).execute()
        assert google.form(form)["items"][0]["questionItem"]["question"]["grading"] == {"pointValue": 1}
        batch(quiz(yes=False)).execute()
        assert "grading" not in google.form(form)["items"][0]["questionItem"]["question"]


class TestRevisions:
    def test_a_stale_revision_is_refused_and_a_new_one_told(
        self, google: GoogleDouble, batch: Any, form: str, told: Refused
    ) -> None:
        control = {"requiredRevisionId": google.form(form)["revisionId"]}
        answer = batch(create(text("X")), writeControl=control).execute()
        assert told(batch(create(text("Y")), writeControl=control))[0] == 400
        batch(create(text("Y")), writeControl=answer["writeControl"]).execute()
        assert titles(google.form(form)) == ["Y", "X", "A", "B", "C"]

    def test_the_revision_tells_of_content_alone(self, google: GoogleDouble, forms: Any, form: str) -> None:
        before = forms.get(formId=form).execute()["revisionId"]
        google.close_form(form)
        google.share_file(form, "reader", view="published")
        assert forms.get(formId=form).execute()["revisionId"] == before
        google.edit_item(form, "A", title="Changed")
        assert forms.get(formId=form).execute()["revisionId"] != before

    def test_each_person_has_revisions_of_her_own(
        self, google: GoogleDouble, batch: Any, form: str, told: Refused
    ) -> None:
        google.share_file(form, "writer", "user:else@cities.example")
        other = google.service("forms", user="else@cities.example").forms()
        control = {"requiredRevisionId": other.get(formId=form).execute()["revisionId"]}
        assert told(batch(create(text("X")), writeControl=control))[0] == 400

    def test_a_target_revision_goes_by_the_order_of_then(
        self, google: GoogleDouble, batch: Any, form: str
    ) -> None:
        control = {"targetRevisionId": google.form(form)["revisionId"]}
        google.add_item(form, text("First"), at=0)
        change = {"item": {"title": "b"}, "location": {"index": 1}, "updateMask": "title"}
        batch({"updateItem": change}, create(text("New"), 1), writeControl=control).execute()
        assert titles(google.form(form)) == ["First", "A", "New", "b", "C"]

    def test_a_target_whose_item_is_gone_or_that_is_long_past_is_refused(
        self, google: GoogleDouble, batch: Any, form: str, told: Refused
    ) -> None:
        control = {"targetRevisionId": google.form(form)["revisionId"]}
        google.remove_item(form, "B")
        gone = {"deleteItem": {"location": {"index": 1}}}
        assert told(batch(gone, writeControl=control))[0] == 400
        there = {"deleteItem": {"location": {"index": 2}}}
        google.advance(timedelta(minutes=11))
        assert told(batch(there, writeControl=control))[0] == 400
        assert told(batch(there, writeControl={"targetRevisionId": "x", "requiredRevisionId": "x"}))[0] == 400


class TestPublishing:
    def test_both_are_said_and_none_is_accepted_unpublished(
        self, google: GoogleDouble, forms: Any, form: str, told: Refused
    ) -> None:
        def publish(**state: bool) -> Any:
            body = {"publishSettings": {"publishState": state}}
            return forms.setPublishSettings(formId=form, body=body)

        assert told(publish(isPublished=True))[0] == 400
        assert told(publish(isAcceptingResponses=False))[0] == 400
        assert told(publish(isPublished=False, isAcceptingResponses=True))[0] == 400
        assert publish(isPublished=True, isAcceptingResponses=True).execute()["formId"] == form
        answer = publish(isPublished=True, isAcceptingResponses=False).execute()
        assert answer["formId"] == form
        assert google.form(form)["publishSettings"] == {"publishState": {"isPublished": True}}

    def test_a_legacy_form_is_not_published(self, google: GoogleDouble, forms: Any, told: Refused) -> None:
        form = google.make_form("Old", legacy=True)
        assert "publishSettings" not in forms.get(formId=form).execute()
        state = {"publishState": {"isPublished": False, "isAcceptingResponses": False}}
        request = forms.setPublishSettings(formId=form, body={"publishSettings": state})
        assert told(request)[0] == 400

    def test_the_mask_is_one_of_its_own(self, forms: Any, form: str, told: Refused) -> None:
        state = {"publishState": {"isPublished": False, "isAcceptingResponses": False}}
        for mask in ("publish_state", "*"):
            body = {"publishSettings": state, "updateMask": mask}
            assert forms.setPublishSettings(formId=form, body=body).execute()["publishSettings"]
        body = {"publishSettings": state, "updateMask": "other"}
        assert told(forms.setPublishSettings(formId=form, body=body))[0] == 400
