from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from briefingkit.testing.google import GoogleDouble

Refused = Callable[[Any], tuple[int, str]]
ANN = "ann@x.example"


def question(title: str, **kind: Any) -> dict[str, Any]:
    return {"title": title, "questionItem": {"question": kind}}


def choice(title: str, *options: dict[str, Any] | str, kind: str = "RADIO", **more: Any) -> dict[str, Any]:
    listed = [{"value": each} if isinstance(each, str) else each for each in options]
    return question(title, choiceQuestion={"type": kind, "options": listed}, **more)


GRID = {
    "title": "Each",
    "questionGroupItem": {
        "grid": {"columns": {"type": "CHECKBOX", "options": [{"value": "x"}, {"value": "y"}]}},
        "questions": [{"rowQuestion": {"title": "one"}}, {"rowQuestion": {"title": "two"}}],
    },
}


@pytest.fixture
def form(google: GoogleDouble) -> str:
    """Give a form that asks for a name and, if one likes, a word."""
    return google.make_form(
        "Registration",
        question("Name", textQuestion={}, required=True),
        question("Word", textQuestion={"paragraph": True}),
    )


def said(google: GoogleDouble, form: str, response: str) -> dict[str, list[str]]:
    """Read what the API says was answered, by title."""
    service = google.service("forms").forms()
    titles = {}
    for item in google.form(form)["items"]:
        for each in item.get("questionGroupItem", {}).get("questions", ()):
            titles[each["questionId"]] = each["rowQuestion"]["title"]
        if "questionItem" in item:
            titles[item["questionItem"]["question"]["questionId"]] = item["title"]
    answers = service.responses().get(formId=form, responseId=response).execute().get("answers", {})
    assert all(name == answer["questionId"] for name, answer in answers.items())
    return {
        titles[name]: [each["value"] for each in answer["textAnswers"]["answers"]]
        for name, answer in answers.items()
    }


class TestAnswers:
    @pytest.mark.parametrize(
        ("item", "given", "texts"),
        [
            (choice("Q", "a", "b"), "b", ["b"]),
            (choice("Q", "a", "b", "c", kind="CHECKBOX"), ["c", "a"], ["a", "c"]),
            (choice("Q", "a", {"isOther": True}), "mine", ["mine"]),
            (question("Q", scaleQuestion={"low": 1, "high": 5}), 4, ["4"]),
            (question("Q", ratingQuestion={"iconType": "STAR", "ratingScaleLevel": 5}), 5, ["5"]),
            (question("Q", dateQuestion={}), date(1986, 5, 19), ["05-19"]),
            (question("Q", dateQuestion={"includeYear": True}), "1986-05-19", ["1986-05-19"]),
            (
                question("Q", dateQuestion={"includeYear": True, "includeTime": True}),
                datetime(1986, 5, 19, 14, 51, tzinfo=UTC),
                ["1986-05-19 14:51"],
            ),
            (question("Q", timeQuestion={}), time(14, 51), ["14:51"]),
            (question("Q", timeQuestion={"duration": True}), timedelta(hours=30, minutes=5), ["30:05"]),
        ],
    )
    def test_an_answer_comes_back_as_text(
        self, google: GoogleDouble, item: Mapping[str, Any], given: Any, texts: list[str]
    ) -> None:
        form = google.make_form("F", item)
        assert said(google, form, google.respond(form, {"Q": given}, email=ANN)) == {"Q": texts}

    @pytest.mark.parametrize(
        ("item", "given"),
        [
            (choice("Q", "a"), "b"),
            (choice("Q", "a", "b"), ["a", "b"]),
            (question("Q", scaleQuestion={"low": 1, "high": 5}), 6),
            (question("Q", scaleQuestion={"high": 5}), -1),
            (question("Q", ratingQuestion={"iconType": "STAR", "ratingScaleLevel": 5}), 0),
            (question("Q", dateQuestion={"includeTime": True}), date(1986, 5, 19)),
            (question("Q", timeQuestion={}), timedelta(hours=1)),
            (question("Q", textQuestion={}), 3),
            (GRID, {"three": "x"}),
        ],
    )
    def test_what_the_form_does_not_take_is_not_sent(
        self, google: GoogleDouble, item: Mapping[str, Any], given: Any
    ) -> None:
        form = google.make_form("F", item)
        title = str(item["title"])
        with pytest.raises(ValueError, match=r".+"):
            google.respond(form, {title: given}, email=ANN)
        assert google.service("forms").forms().responses().list(formId=form).execute() == {}

    def test_each_row_of_a_grid_has_an_answer_of_its_own(self, google: GoogleDouble) -> None:
        form = google.make_form("F", GRID)
        response = google.respond(form, {"Each": {"one": ["x", "y"], "two": "y"}}, email=ANN)
        assert said(google, form, response) == {"one": ["x", "y"], "two": ["y"]}

    def test_a_question_left_out_has_no_answer_unless_it_wants_one(
        self, google: GoogleDouble, form: str
    ) -> None:
        assert said(google, form, google.respond(form, {"Name": "Ann", "Word": ""}, email=ANN)) == {
            "Name": ["Ann"]
        }
        for answers in ({"Word": "x"}, {"Name": ""}):
            with pytest.raises(ValueError, match="wants an answer to 'Name'"):
                google.respond(form, answers, email=ANN)

    def test_a_question_can_be_named_by_its_id_and_an_unknown_one_is_told(
        self, google: GoogleDouble, form: str
    ) -> None:
        name = google.form(form)["items"][0]["questionItem"]["question"]["questionId"]
        assert said(google, form, google.respond(form, {name: "Ann"}, email=ANN)) == {"Name": ["Ann"]}
        with pytest.raises(ValueError, match="Shoes"):
            google.respond(form, {"Name": "Ann", "Shoes": "red"}, email=ANN)

    def test_an_answer_keeps_the_words_that_the_option_had(self, google: GoogleDouble) -> None:
        form = google.make_form("F", choice("Q", "old", "other"))
        response = google.respond(form, {"Q": "old"}, email=ANN)
        new = choice("Q", "new", "other")["questionItem"]
        google.edit_item(form, "Q", questionItem=new)
        assert said(google, form, response) == {"Q": ["old"]}


class TestSections:
    @pytest.fixture
    def branching(self, google: GoogleDouble) -> str:
        """Give a form whose first question leads to one of two sections."""
        form = google.make_form("F")
        google.add_item(form, {"title": "North", "itemId": "0a000001", "pageBreakItem": {}})
        google.add_item(
            form,
            choice(
                "Up",
                {"value": "yes", "goToAction": "NEXT_SECTION"},
                {"value": "done", "goToAction": "SUBMIT_FORM"},
                required=True,
            ),
        )
        google.add_item(form, {"title": "South", "itemId": "0a000002", "pageBreakItem": {}})
        google.add_item(
            form, choice("Down", {"value": "again", "goToAction": "RESTART_FORM"}, "yes", required=True)
        )
        south = {"value": "south", "goToSectionId": "0a000002"}
        first = choice("Where", {"value": "north", "goToSectionId": "0a000001"}, south)
        google.add_item(form, first, at=0)
        return form

    def test_what_is_not_reached_is_not_wanted(self, google: GoogleDouble, branching: str) -> None:
        response = google.respond(branching, {"Where": "south", "Down": "yes"}, email=ANN)
        assert said(google, branching, response) == {"Where": ["south"], "Down": ["yes"]}
        response = google.respond(branching, {"Where": "north", "Up": "done"}, email=ANN)
        assert said(google, branching, response) == {"Where": ["north"], "Up": ["done"]}

    @pytest.mark.parametrize(
        "answers",
        [
            {"Where": "south", "Up": "yes", "Down": "yes"},
            {"Where": "north", "Up": "yes"},
            {"Where": "south", "Down": "again"},
        ],
    )
    def test_a_way_that_does_not_end_there_is_told(
        self, google: GoogleDouble, branching: str, answers: dict[str, str]
    ) -> None:
        with pytest.raises(ValueError, match=r".+"):
            google.respond(branching, answers, email=ANN)


class TestResponses:
    def test_a_response_has_ids_and_times(self, google: GoogleDouble, forms: Any, form: str) -> None:
        at = datetime(2026, 6, 1, 12, 30, tzinfo=UTC)
        name = google.respond(form, {"Name": "Ann"}, email=ANN, at=at)
        got = forms.responses().get(formId=form, responseId=name).execute()
        assert (got["formId"], got["responseId"], got["respondentEmail"]) == (form, name, ANN)
        assert got["createTime"] == got["lastSubmittedTime"] == "2026-06-01T12:30:00.000Z"
        [listed] = forms.responses().list(formId=form).execute()["responses"]
        assert listed == {key: value for key, value in got.items() if key != "formId"}

    def test_an_address_is_there_if_it_is_collected(
        self, google: GoogleDouble, forms: Any, form: str
    ) -> None:
        with pytest.raises(ValueError, match="e-mail"):
            google.respond(form, {"Name": "Ann"})
        settings = {"emailCollectionType": "DO_NOT_COLLECT"}
        request = {"updateSettings": {"settings": settings, "updateMask": "*"}}
        forms.batchUpdate(formId=form, body={"requests": [request]}).execute()
        google.respond(form, {"Name": "Ann"}, email=ANN)
        [listed] = forms.responses().list(formId=form).execute()["responses"]
        assert "respondentEmail" not in listed

    def test_a_form_that_is_closed_takes_nothing(self, google: GoogleDouble, form: str) -> None:
        google.close_form(form)
        with pytest.raises(ValueError, match="takes no answers"):
            google.respond(form, {"Name": "Ann"}, email=ANN)
        google.publish_form(form)
        google.respond(form, {"Name": "Ann"}, email=ANN)

    def test_an_edit_keeps_the_id_and_moves_the_time(
        self, google: GoogleDouble, forms: Any, form: str
    ) -> None:
        at = datetime(2026, 6, 1, 12, 30, tzinfo=UTC)
        name = google.respond(form, {"Name": "Ann", "Word": "Hi"}, email=ANN, at=at)
        google.edit_response(form, name, {"Name": "Anne"}, at=at + timedelta(hours=1))
        [got] = forms.responses().list(formId=form).execute()["responses"]
        assert got["responseId"] == name
        assert got["createTime"] == "2026-06-01T12:30:00.000Z"
        assert got["lastSubmittedTime"] == "2026-06-01T13:30:00.000Z"
        assert said(google, form, name) == {"Name": ["Anne"]}

    def test_a_response_can_be_deleted_by_hand(
        self, google: GoogleDouble, forms: Any, form: str, told: Refused
    ) -> None:
        name = google.respond(form, {"Name": "Ann"}, email=ANN)
        google.remove_response(form, name)
        assert told(forms.responses().get(formId=form, responseId=name))[0] == 404

    def test_an_answer_stays_when_its_question_is_deleted(self, google: GoogleDouble, form: str) -> None:
        name = google.respond(form, {"Name": "Ann"}, email=ANN)
        google.remove_item(form, "Name")
        service = google.service("forms").forms()
        assert len(service.responses().get(formId=form, responseId=name).execute()["answers"]) == 1


class TestList:
    @pytest.fixture
    def names(self, google: GoogleDouble, form: str) -> list[str]:
        """Give five responses, a minute apart."""
        first = datetime(2026, 6, 1, tzinfo=UTC)
        return [
            google.respond(form, {"Name": str(n)}, email=ANN, at=first + timedelta(minutes=n))
            for n in range(5)
        ]

    @pytest.mark.parametrize(
        ("filter_", "places"),
        [
            ("timestamp > 2026-06-01T00:02:00Z", [3, 4]),
            ("timestamp >= 2026-06-01T00:02:00Z", [2, 3, 4]),
            ("timestamp >= 2026-06-01T00:02:00.000000001Z", [3, 4]),
            ("timestamp > 2026-06-01T00:01:59.999Z", [2, 3, 4]),
        ],
    )
    def test_a_filter_is_by_time(
        self, forms: Any, form: str, names: list[str], filter_: str, places: list[int]
    ) -> None:
        found = forms.responses().list(formId=form, filter=filter_).execute()["responses"]
        assert [each["responseId"] for each in found] == [names[place] for place in places]

    def test_an_edited_response_is_new_to_a_filter(
        self, google: GoogleDouble, forms: Any, form: str, names: list[str]
    ) -> None:
        at = datetime(2026, 6, 2, tzinfo=UTC)
        google.edit_response(form, names[0], {"Name": "new"}, at=at)
        found = forms.responses().list(formId=form, filter="timestamp > 2026-06-01T12:00:00Z").execute()
        assert [each["responseId"] for each in found["responses"]] == [names[0]]

    @pytest.mark.parametrize(
        "filter_",
        [
            "timestamp < 2026-06-01T00:00:00Z",
            "timestamp = 2026-06-01T00:00:00Z",
            "timestamp > 2026-06-01T00:00:00+02:00",
            "timestamp > 2026-06-01",
            "timestamp > 2026-13-01T00:00:00Z",
            "createTime > 2026-06-01T00:00:00Z",
        ],
    )
    def test_another_filter_is_refused(self, forms: Any, form: str, told: Refused, filter_: str) -> None:
        assert told(forms.responses().list(formId=form, filter=filter_))[0] == 400

    def test_pages_follow_one_another(self, forms: Any, form: str, names: list[str]) -> None:
        found, request = [], forms.responses().list(formId=form, pageSize=2)
        while request is not None:
            page = request.execute()
            assert len(page["responses"]) <= 2
            found += [each["responseId"] for each in page["responses"]]
            request = forms.responses().list_next(request, page)
        assert found == names

    @pytest.mark.parametrize("size", [None, 0, 6000])
    def test_a_page_is_of_5000_at_most(self, google: GoogleDouble, form: str, size: int | None) -> None:
        for number in range(5001):
            held = google._forms.forms[form].responses
            held[str(number)] = {"responseId": str(number), "lastSubmittedTime": "2026-06-01T00:00:00.000Z"}
        page = google.service("forms").forms().responses().list(formId=form, pageSize=size).execute()
        assert len(page["responses"]) == 5000
        assert page["nextPageToken"]

    def test_a_token_holds_for_its_own_list(
        self, forms: Any, form: str, names: list[str], told: Refused
    ) -> None:
        token = forms.responses().list(formId=form, pageSize=1).execute()["nextPageToken"]
        other = forms.responses().list(
            formId=form, pageToken=token, filter="timestamp > 2020-01-01T00:00:00Z"
        )
        assert told(other)[0] == 400
        assert told(forms.responses().list(formId=form, pageToken="none"))[0] == 400
        assert told(forms.responses().list(formId=form, pageSize=-1))[0] == 400
        page = forms.responses().list(formId=form, pageToken=token, pageSize=2).execute()
        assert [each["responseId"] for each in page["responses"]] == names[1:3]


class TestByHand:
    def test_an_item_added_has_ids_and_moves_as_told(self, google: GoogleDouble, form: str) -> None:
        name = google.add_item(form, question("First", textQuestion={}), at=0)
        assert google.form(form)["items"][0]["itemId"] == name
        google.move_item(form, "First", 2)
        assert [item["title"] for item in google.form(form)["items"]] == ["Name", "Word", "First"]
        with pytest.raises(KeyError):
            google.move_item(form, "Absent", 0)

    def test_an_edit_keeps_the_ids(self, google: GoogleDouble, form: str) -> None:
        before = google.form(form)["items"][0]
        google.edit_item(form, "Name", title="Your name", questionItem={"question": {"textQuestion": {}}})
        after = google.form(form)["items"][0]
        assert after["itemId"] == before["itemId"]
        assert after["title"] == "Your name"
        assert (
            after["questionItem"]["question"]["questionId"]
            == before["questionItem"]["question"]["questionId"]
        )

    def test_a_form_deleted_is_gone(self, google: GoogleDouble, forms: Any, form: str, told: Refused) -> None:
        google.remove_file(form)
        assert form not in google.forms
        assert told(forms.get(formId=form))[0] == 404
