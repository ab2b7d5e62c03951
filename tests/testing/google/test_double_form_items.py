from collections.abc import Callable
from typing import Any

import pytest

from briefingkit.testing.google import GoogleDouble

Refused = Callable[[Any], tuple[int, str]]
Make = Callable[..., Any]


def question(**kind: Any) -> dict[str, Any]:
    return {"title": "Q", "questionItem": {"question": kind}}


def choice(*values: Any, type: str = "RADIO") -> dict[str, Any]:  # noqa: A002 - Google's name
    options = [value if isinstance(value, dict) else {"value": value} for value in values]
    return question(choiceQuestion={"type": type, "options": options})


def grid(columns: dict[str, Any], *rows: Any) -> dict[str, Any]:
    questions = [row if isinstance(row, dict) else {"rowQuestion": {"title": row}} for row in rows]
    return {"title": "G", "questionGroupItem": {"grid": {"columns": columns}, "questions": questions}}


COLUMNS = {"type": "RADIO", "options": [{"value": "yes"}, {"value": "no"}]}
PAGE = {"title": "More", "pageBreakItem": {}}
IMAGE = {"sourceUri": "https://cities.example/logo.png"}


@pytest.fixture
def form(google: GoogleDouble) -> str:
    """Give an empty form."""
    return google.make_form("Registration")


@pytest.fixture
def create(forms: Any, form: str) -> Make:
    """Give what makes the request that creates items, each before the one that was made earlier."""

    def make(*items: dict[str, Any]) -> Any:
        requests = [{"createItem": {"item": item, "location": {"index": 0}}} for item in items]
        return forms.batchUpdate(formId=form, body={"requests": requests, "includeFormInResponse": True})

    return make


@pytest.fixture
def update(forms: Any, form: str) -> Make:
    """Give what makes the request that updates the first item."""

    def make(item: dict[str, Any], mask: str) -> Any:
        request = {"item": item, "location": {"index": 0}, "updateMask": mask}
        return forms.batchUpdate(formId=form, body={"requests": [{"updateItem": request}]})

    return make


@pytest.mark.parametrize(
    "item",
    [
        choice("a", "b"),
        choice("a", {"isOther": True}),
        choice("a", {"isOther": True}, type="CHECKBOX"),
        choice("a", {"value": "b", "goToAction": "SUBMIT_FORM"}, type="DROP_DOWN"),
        question(textQuestion={"paragraph": True}, required=True),
        question(scaleQuestion={"low": 1, "high": 5, "lowLabel": "bad", "highLabel": "good"}),
        question(ratingQuestion={"iconType": "STAR", "ratingScaleLevel": 5}),
        question(dateQuestion={"includeYear": True}),
        question(timeQuestion={}),
        grid(COLUMNS, "first", "second"),
        PAGE,
        {"title": "T", "description": "D\nE", "textItem": {}},
        {"title": "V", "videoItem": {"video": {"youtubeUri": "https://www.youtube.com/watch?v=x"}}},
    ],
)
def test_an_item_is_kept_as_it_came_and_has_ids(create: Make, item: dict[str, Any]) -> None:
    answer = create(item).execute()
    [kept] = answer["form"]["items"]
    reply = answer["replies"][0]["createItem"]
    assert kept.pop("itemId") == reply["itemId"]
    questions = [kept["questionItem"]["question"]] if "questionItem" in kept else []
    questions += kept.get("questionGroupItem", {}).get("questions", [])
    assert [each.pop("questionId") for each in questions] == reply.get("questionId", [])
    assert kept == item


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ({"title": "X"}, "one kind"),
        ({"title": "X", "textItem": {}, "pageBreakItem": {}}, "one kind"),
        ({"title": "X\nY", "textItem": {}}, "Displayed text cannot contain newlines"),
        ({"title": "X\rY", "textItem": {}}, "Displayed text cannot contain newlines"),
        (choice("a\nb"), "Displayed text cannot contain newlines"),
        ({"questionItem": {}}, "needs a question"),
        (question(required=True), "one kind"),
        (question(textQuestion={}, timeQuestion={}), "one kind"),
        (question(fileUploadQuestion={"folderId": "x"}), "file upload"),
        (question(choiceQuestion={"options": [{"value": "a"}]}), "needs a type"),
        (choice(), "needs options"),
        (choice("a", "a"), "differ"),
        (choice(""), "needs a value"),
        (choice({"value": "a", "isOther": True}), "Cannot set option.value when isOther is true"),
        (choice({"isOther": True}, {"isOther": True}), "one option that is other"),
        (choice("a", {"isOther": True}, type="DROP_DOWN"), "no option that is other"),
        (choice({"value": "a", "goToAction": "SUBMIT_FORM"}, type="CHECKBOX"), "one is chosen"),
        (choice({"value": "a", "goToSectionId": "11111111"}), "no section"),
        (choice({"value": "a", "goToAction": "GO_TO_ACTION_UNSPECIFIED"}), "no section"),
        (
            choice({"value": "a", "goToAction": "SUBMIT_FORM", "goToSectionId": "11111111"}),
            "one place",
        ),
        (question(rowQuestion={"title": "R"}), "belongs into a question group"),
        (question(scaleQuestion={"low": 2, "high": 5}), "scale"),
        (question(scaleQuestion={"low": 1, "high": 11}), "scale"),
        (question(ratingQuestion={"ratingScaleLevel": 5}), "icon"),
        (question(ratingQuestion={"iconType": "STAR", "ratingScaleLevel": 11}), "levels"),
        (grid({**COLUMNS, "type": "DROP_DOWN"}, "R"), "columns"),
        (grid({"type": "RADIO", "options": [{"isOther": True}]}, "R"), "not other"),
        (grid({"type": "RADIO", "options": [{"value": "a", "goToAction": "SUBMIT_FORM"}]}, "R"), "nowhere"),
        (grid(COLUMNS), "needs questions"),
        (grid(COLUMNS, {"textQuestion": {}}), "rows"),
        (grid(COLUMNS, ""), "needs a title"),
        ({"questionGroupItem": {"questions": [{"rowQuestion": {"title": "R"}}]}}, "grid"),
        ({"videoItem": {"video": {"youtubeUri": "https://cities.example/x"}}}, "YouTube"),
        ({"imageItem": {}}, "needs an image"),
        ({"imageItem": {"image": {}}}, "needs a source"),
        ({"imageItem": {"image": {"sourceUri": "file:///etc/passwd"}}}, "publicly accessible"),
        ({"imageItem": {"image": {**IMAGE, "properties": {"width": 741}}}}, "Width"),
    ],
)
def test_an_item_that_cannot_be_is_refused(
    create: Make, told: Refused, item: dict[str, Any], words: str
) -> None:
    status, message = told(create(item))
    assert status == 400
    assert message.startswith("Invalid requests[0].createItem: ")
    assert words in message


def test_an_image_is_fetched_and_its_source_not_told(create: Make) -> None:
    pictured = choice({"value": "a", "image": IMAGE})
    pictured["questionItem"]["image"] = IMAGE
    first, second = create({"imageItem": {"image": IMAGE}}, pictured).execute()["form"]["items"]
    option = first["questionItem"]["question"]["choiceQuestion"]["options"][0]
    for image in (option["image"], first["questionItem"]["image"], second["imageItem"]["image"]):
        assert set(image) == {"contentUri"}


def test_what_is_false_or_empty_is_not_in_the_answer(create: Make) -> None:
    scale = question(scaleQuestion={"low": 0, "high": 5}, required=False)
    plain = {"title": "", "description": "", "textItem": {}}
    kept, asked = create(scale, plain).execute()["form"]["items"]
    assert set(kept) == {"itemId", "textItem"}
    assert asked["questionItem"]["question"]["scaleQuestion"] == {"high": 5}
    assert "required" not in asked["questionItem"]["question"]


class TestIds:
    def test_ids_may_be_given_when_made(self, create: Make) -> None:
        item = {**question(textQuestion={}, questionId="0a000002"), "itemId": "0a000001"}
        reply = create(item).execute()["replies"][0]["createItem"]
        assert reply == {"itemId": "0a000001", "questionId": ["0a000002"]}

    @pytest.mark.parametrize("name", ["0a000001", "0a000002", "ffffffff", "briefing", "1"])
    def test_ids_that_are_used_or_none_are_refused(self, create: Make, told: Refused, name: str) -> None:
        first = {**question(textQuestion={}, questionId="0a000002"), "itemId": "0a000001"}
        create(first).execute()
        assert told(create({**PAGE, "itemId": name}))[0] == 400
        assert told(create(question(textQuestion={}, questionId=name)))[0] == 400

    def test_a_mask_over_an_id_that_is_blank_makes_a_new_one(
        self, google: GoogleDouble, form: str, create: Make, update: Make
    ) -> None:
        create(question(textQuestion={}, questionId="0a000002")).execute()

        def ids() -> tuple[str, str]:
            [item] = google.form(form)["items"]
            return item["itemId"], item["questionItem"]["question"]["questionId"]

        item, _ = ids()
        new = question(textQuestion={"paragraph": True})
        update(new, "title,questionItem.question.textQuestion").execute()
        assert ids() == (item, "0a000002")
        update(new, "questionItem.question").execute()
        assert ids()[0] == item
        assert ids()[1] != "0a000002"
        kept = ids()[1]
        new["questionItem"]["question"]["questionId"] = kept
        update(new, "*").execute()
        assert ids()[0] != item
        assert ids()[1] == kept

    def test_an_update_cannot_take_the_id_of_another(self, create: Make, update: Make, told: Refused) -> None:
        create({**PAGE, "itemId": "0a000001"}, PAGE).execute()
        assert told(update({"itemId": "0a000001"}, "itemId"))[0] == 400


class TestUpdate:
    def test_only_what_the_mask_names_is_written(
        self, google: GoogleDouble, form: str, create: Make, update: Make
    ) -> None:
        create({**choice("a"), "description": "D"}).execute()
        new = {**choice("b"), "title": "New", "description": "E"}
        update(new, "title").execute()
        [item] = google.form(form)["items"]
        assert (item["title"], item["description"]) == ("New", "D")
        update(new, "questionItem.question.required,description").execute()
        [item] = google.form(form)["items"]
        assert item["questionItem"]["question"]["choiceQuestion"]["options"] == [{"value": "a"}]

    def test_an_item_becomes_another_kind(
        self, google: GoogleDouble, form: str, create: Make, update: Make
    ) -> None:
        create(choice("a")).execute()
        update(question(textQuestion={}), "questionItem.question.textQuestion").execute()
        [item] = google.form(form)["items"]
        assert set(item["questionItem"]["question"]) == {"questionId", "textQuestion"}
        update({"textItem": {}}, "textItem").execute()
        [item] = google.form(form)["items"]
        assert "questionItem" not in item

    def test_what_it_would_become_is_checked(self, create: Make, update: Make, told: Refused) -> None:
        create(choice("a")).execute()
        status, message = told(update({"title": "X\nY"}, "title"))
        assert (status, message[:31]) == (400, "Invalid requests[0].updateItem:")
        assert told(update(choice("a", "a"), "questionItem.question.choiceQuestion.options"))[0] == 400

    def test_a_mask_is_needed(self, create: Make, update: Make, told: Refused) -> None:
        create(choice("a")).execute()
        assert "Update mask is required" in told(update({"title": "X"}, ""))[1]


class TestSections:
    def test_an_option_leads_to_a_section_until_that_is_deleted(
        self, google: GoogleDouble, form: str, create: Make
    ) -> None:
        other = {"value": "b", "goToSectionId": "0a000002"}
        leads = choice({"value": "a", "goToSectionId": "0a000001"}, other)
        end = {"title": "End", "pageBreakItem": {}, "itemId": "0a000002"}
        create(end, {**PAGE, "itemId": "0a000001"}, leads).execute()

        def options() -> list[dict[str, str]]:
            question = google.form(form)["items"][0]["questionItem"]["question"]
            found: list[dict[str, str]] = question["choiceQuestion"]["options"]
            return found

        assert options()[0]["goToSectionId"] == "0a000001"
        google.remove_item(form, "More")
        assert options() == [{"value": "a"}, other]

    def test_a_question_is_no_section(self, create: Make, told: Refused) -> None:
        leads = choice({"value": "a", "goToSectionId": "0a000001"})
        assert told(create({**choice("x"), "itemId": "0a000001"}, leads))[0] == 400
