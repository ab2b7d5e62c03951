"""What a form asks is refused where nobody could answer it, with the field that is wrong."""

from typing import Any

import pytest

from briefingkit.errors import ModelError
from briefingkit.model import Briefing, structure, unstructure

TWO = [{"key": "a", "text": "A"}, {"key": "b", "text": "B"}]


def briefing(*questions: dict[str, Any], **registration: Any) -> Briefing:
    said = {"questions": [{"text": "Q", **question} for question in questions], **registration}
    return structure({"briefing": "x", "languages": ["en"], "registration": said})


@pytest.mark.parametrize(
    ("question", "field", "message"),
    [
        ({"type": "text", "least": 1}, "least", "least is for a choices or scale"),
        ({"type": "choice", "options": TWO, "longest": 3}, "longest", "longest is for a paragraph or text"),
        ({"type": "paragraph", "pattern": "a"}, "pattern", "pattern is for a text"),
        ({"type": "yes-no", "other": True}, "other", "other is for"),
        ({"pattern": "(a"}, "pattern", "the pattern cannot be used"),
        ({"longest": 0}, "longest", "1 to 10000 characters"),
        ({"longest": 20_000}, "longest", "1 to 10000 characters"),
        ({"type": "choices", "options": TWO, "most": 3}, "most", "there are 2 options"),
        ({"type": "choices", "options": TWO, "least": 3}, "least", "there are 2 options"),
        ({"type": "choices", "options": TWO, "least": 2, "most": 1}, "most", "not less than the least"),
        (
            {"type": "choice", "options": [{"key": "other", "text": "O"}], "other": True},
            "options",
            "adds the option",
        ),
        ({"type": "scale", "least": 2}, "least", "begins at 0 or 1"),
        ({"type": "scale", "most": 11}, "most", "ends at 2 to 10"),
        ({"type": "rating", "most": 2}, "most", "3 to 10 stars"),
        ({"type": "date", "earliest": "2023-04-02", "latest": "2023-04-01"}, "latest", "before the earliest"),
        ({"key": "email"}, "key", "the name of what every form knows"),
        ({"key": "segments"}, "key", "the name of what every form knows"),
        ({"shown_if": {"question": "q", "answers": ["yes"]}}, "shown_if.question", "not asked before"),
        ({"shown_if": {"question": "name", "answers": ["Ann"]}}, "shown_if.question", "answered in words"),
        ({"shown_if": {"question": "country", "answers": []}}, "shown_if.answers", "at least one answer"),
    ],
)
def test_a_question_that_nobody_could_answer_is_refused(
    question: dict[str, Any], field: str, message: str
) -> None:
    with pytest.raises(ModelError) as caught:
        briefing({"key": "q", **question}, fields=["name", "email", "country"])
    ((path, said),) = caught.value.problems
    assert path == f"registration.questions.0.{field}"
    assert message in said


def test_a_condition_names_an_answer_that_can_be_given() -> None:
    scale = {"key": "s", "type": "scale", "most": 3}
    briefing(scale, {"key": "q", "shown_if": {"question": "s", "answers": ["1", "3"]}})
    with pytest.raises(ModelError, match="'4' does not answer s: there are 1, 2, 3"):
        briefing(scale, {"key": "q", "shown_if": {"question": "s", "answers": ["4"]}})


def test_a_condition_may_name_a_field_and_the_parts_that_are_chosen() -> None:
    conditions = [{"question": "country", "answers": ["BE"]}, {"question": "segments", "answers": ["a"]}]
    questions = [{"key": f"q{index}", "shown_if": said} for index, said in enumerate(conditions)]
    briefing(*questions, fields=["country"], choose="segments")
    with pytest.raises(ModelError, match="country is not asked before"):
        briefing(*questions, choose="segments")


def test_a_field_that_is_required_is_asked() -> None:
    with pytest.raises(ModelError, match="country is required and not asked"):
        briefing(fields=["name"], required_fields=["country"])


def test_an_item_has_a_place_for_somebody() -> None:
    agenda = [{"key": "a", "title": "A", "capacity": 0}]
    with pytest.raises(ModelError, match="at least 1"):
        structure({"briefing": "x", "languages": ["en"], "agenda": agenda})


def test_the_form_of_the_file_comes_back_as_it_was_written() -> None:
    question = {"key": "q", "text": {"en": "Q"}, "type": "scale", "least_label": {"en": "Low"}, "most": 7}
    assert unstructure(briefing(question))["registration"] == {"questions": [question]}
