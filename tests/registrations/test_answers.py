"""Answers are looked at all at once, in the registrant's language, and have one spelling."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.model import Briefing, structure
from briefingkit.registrations.answers import normalized, problems, review
from briefingkit.registrations.form import Form, form_of
from briefingkit.testing.strategies import HOSTILE, briefings

QUESTIONS: list[dict[str, Any]] = [
    {"key": "line", "text": "Line", "longest": 5},
    {"key": "long", "text": "Long", "type": "paragraph"},
    {"key": "pass", "text": "Pass", "pattern": "[A-Z]{2}[0-9]{3}"},
    {
        "key": "dish",
        "text": "Dish",
        "type": "choice",
        "options": [{"key": "fish", "text": "Fish"}, {"key": "rice", "text": "Rice"}],
        "other": True,
    },
    {
        "key": "days",
        "text": "Days",
        "type": "choices",
        "options": [{"key": k, "text": k} for k in ("mon", "tue", "wed")],
        "least": 2,
        "most": 2,
    },
    {"key": "scale", "text": "Scale", "type": "scale", "least": 0, "most": 3},
    {"key": "stars", "text": "Stars", "type": "rating"},
    {"key": "day", "text": "Day", "type": "date", "earliest": "2023-04-01", "latest": "2023-04-30"},
    {"key": "at", "text": "At", "type": "time"},
    {"key": "again", "text": "Again", "type": "yes-no"},
    {
        "key": "why",
        "text": "Why",
        "required": True,
        "shown_if": {"question": "again", "answers": ["no"]},
    },
]


def form(**registration: Any) -> Form:
    registration.setdefault("fields", [])
    registration.setdefault("questions", QUESTIONS)
    return form_of(structure({"briefing": "x", "languages": ["en"], "registration": registration}))


def said(answers: Mapping[str, object], *, of: Form | None = None) -> dict[str, str]:
    return {p.key: p.message for p in problems(of or form(), answers, language="en")}


@pytest.mark.parametrize(
    ("key", "given", "kept"),
    [
        ("line", "  a\tb\n", "a b"),
        ("line", "e\u0301", "é"),
        ("line", "a\x00\u202eb\ud800\u200b", "ab"),
        ("line", "\u200b\u2066", None),
        ("line", "می\u200cخ", "می\u200cخ"),
        ("line", None, None),
        ("long", "one \r\n\r\ntwo\x07", "one\n\ntwo"),
        ("pass", "BE123", "BE123"),
        ("dish", "rice", "rice"),
        ("days", ["wed", "mon", "wed"], ("mon", "wed")),
        ("days", (), None),
        ("scale", "0", 0),
        ("scale", 3, 3),
        ("stars", "5", 5),
        ("day", "2023-04-12", "2023-04-12"),
        ("at", "07:30", "07:30"),
        ("again", "yes", True),
        ("again", False, False),
    ],
)
def test_an_answer_has_one_spelling(key: str, given: object, kept: object) -> None:
    assert normalized(form(), {key: given}) == {key: kept}


@pytest.mark.parametrize(
    ("key", "given", "message"),
    [
        ("line", "123456", "the limit in characters is 5"),
        ("line", "x" * 1_000_000, "the limit in characters is 5"),
        ("long", "x" * 1_000_000, "the limit in characters is 5000"),
        ("line", ["a"], "has to be text"),
        ("line", {"a": 1}, "has to be text"),
        ("line", 7, "has to be text"),
        ("pass", "be123", "not in the form that is asked for"),
        ("dish", "soup", "that are offered"),
        ("dish", ["fish"], "one answer only"),
        ("days", "mon", "the least is 2"),
        ("days", ["mon", "tue", "wed"], "the most is 2"),
        ("days", ["mon", "sun"], "that are offered"),
        ("days", [["mon"], None], "that are offered"),
        ("days", ["mon"] * 2000, "that are offered"),
        ("scale", "4", "from 0 to 3"),
        ("scale", "٣", "from 0 to 3"),
        ("scale", True, "from 0 to 3"),
        ("stars", 0, "from 1 to 5"),
        ("day", "2023-02-30", "year, month and day"),
        ("day", "20230412", "year, month and day"),
        ("day", "2023-03-31", "earliest day possible here is 1 April 2023"),
        ("day", "2023-05-01", "latest day possible here is 30 April 2023"),
        ("at", "24:00", "hours and minutes"),
        ("again", "perhaps", "yes or no"),
        ("again", 1, "yes or no"),
        ("none", "x", "not asked here"),
    ],
)
def test_a_wrong_answer_is_refused_in_words_and_not_kept(key: str, given: object, message: str) -> None:
    assert message in said({key: given})[key]
    assert normalized(form(), {key: given}) == {}


@pytest.mark.parametrize(
    "address", ["ann@example.org", "jörg@müller.example", "用户@例子.广告", " ann@example.org\u200b"]
)
def test_addresses_of_the_whole_world_are_taken(address: str) -> None:
    assert said({"email": address}, of=form(fields=["email"], questions=[])) == {}


@pytest.mark.parametrize(
    "address",
    ["ann", "ann@localhost", "a@b@c.org", "ann@example.org, bob@example.org", "a b@example.org", "@x.org"],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    wrong = said({"email": address}, of=form(fields=["email"], questions=[]))
    assert "no e-mail address" in wrong["email"]


def test_everything_is_said_at_once_in_the_forms_order_and_language() -> None:
    asked = form(fields=["name", "email"], questions=QUESTIONS[:1])
    found = problems(asked, {"line": "123456", "email": "ann", "x\n": 1}, language="fr")
    assert [each.key for each in found] == ["name", "email", "line", "x\n"]
    assert found[0].message == "Une réponse est nécessaire ici"


def test_nothing_is_missed_where_one_answer_is_changed() -> None:
    asked = form(fields=["name", "email"], questions=[])
    assert problems(asked, {"name": "Ann"}, language="en", complete=False) == ()
    assert [p.key for p in problems(asked, {"name": " "}, language="en", complete=False)] == ["name"]


def test_what_is_shown_to_some_is_asked_of_them_alone() -> None:
    assert said({"again": "yes"}) == {}
    assert list(said({"again": "no"})) == ["why"]
    assert list(said({})) == []
    assert normalized(form(), {"again": "yes", "why": "left over"}) == {"again": True}
    assert normalized(form(), {"again": "no", "why": "far"}) == {"again": False, "why": "far"}


def test_what_hangs_on_a_question_that_is_not_shown_is_not_shown() -> None:
    chain = [
        {"key": "a", "text": "A", "type": "yes-no"},
        {"key": "b", "text": "B", "type": "yes-no", "shown_if": {"question": "a", "answers": ["yes"]}},
        {"key": "c", "text": "C", "shown_if": {"question": "b", "answers": ["yes"]}},
    ]
    asked = form(questions=chain)
    assert normalized(asked, {"a": "no", "b": "yes", "c": "x"}) == {"a": False}
    assert normalized(asked, {"a": "yes", "b": "yes", "c": "x"}) == {"a": True, "b": True, "c": "x"}


def test_another_answer_has_to_be_written_by_who_says_so() -> None:
    assert list(said({"dish": "other"})) == ["dish.other"]
    assert normalized(form(), {"dish": "fish", "dish.other": "soup"}) == {"dish": "fish"}


def test_a_zone_may_be_named_as_a_browser_names_it() -> None:
    asked = form(fields=["timezone"], questions=[])
    assert said({"timezone": "Asia/Calcutta"}, of=asked) == {}
    assert "offered" in said({"timezone": "Mars/Olympus"}, of=asked)["timezone"]


_VALUES = st.one_of(
    st.text(max_size=30),
    st.text(st.characters(codec=None), max_size=10),
    st.sampled_from(HOSTILE),
    st.none(),
    st.booleans(),
    st.integers(-2, 12),
    st.lists(st.one_of(st.text(max_size=5), st.none(), st.integers()), max_size=4),
    st.sampled_from(("yes", "no", "other", "none", "BE", "fr", "2010-01-01", "12:30", "ann@example.org")),
)


@given(briefings(), st.data())
def test_any_answers_give_problems_or_a_spelling_that_stays(briefing: Briefing, data: st.DataObject) -> None:
    asked = form_of(briefing)
    drawn = {each.key: data.draw(_VALUES) for each in asked.fields}
    kept = normalized(asked, drawn)
    wrong = {each.key for each in problems(asked, drawn, language="ar", complete=False)}
    assert wrong.isdisjoint(kept)
    assert normalized(asked, kept) == kept
    assert problems(asked, kept, language="en", complete=False) == ()
    read, missed = review(asked, drawn, language="ar")
    assert missed == problems(asked, drawn, language="ar")
    assert missed or read == kept
    for answer in kept.values():
        if isinstance(answer, str):
            answer.encode()
            assert "\x00" not in answer
            assert "\u202e" not in answer
