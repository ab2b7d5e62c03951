"""Conditions as sections: who comes to which question, tried out for every way through a form."""

from collections.abc import Mapping
from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from briefingkit.registrations.form import Form, form_of
from briefingkit_google.forms.routing import SUBMIT, Asked, Route, Section, options_of, route

from .forming import choice, question, with_questions


def laid(*questions: Mapping[str, Any], goes_on: bool = True) -> Route:
    form = form_of(with_questions(*questions))
    # What one writes beside "other" has a place of its own in Google's choices.
    asked = [each for each in form.fields if each.key != "email" and not each.key.endswith(".other")]
    return route(asked, goes_on=goes_on)


def walked(way: Route, answers: Mapping[str, str]) -> list[str]:
    """Go through a form with these answers, as people do; give the questions that one comes to."""
    seen: list[str] = []
    places = {each.key: place for place, each in enumerate(way) if isinstance(each, Section)}
    at, jump = 0, None
    while at < len(way):
        each = way[at]
        if isinstance(each, Section):
            if jump == SUBMIT:
                return seen
            if jump is not None and places[jump] != at:
                at, jump = places[jump], None
                continue
            jump = None
        else:
            seen.append(each.field.key)
            if each.leads and each.field.key in answers:
                jump = each.leads[answers[each.field.key]]
        at += 1
    return seen


def unheld(way: Route) -> list[str]:
    return [each.field.key for each in way if isinstance(each, Asked) and each.hint is not None]


def shown_if(key: str, *answers: str) -> dict[str, Any]:
    return {"shown_if": {"question": key, "answers": list(answers)}}


def test_a_question_for_some_is_asked_of_them_alone() -> None:
    way = laid(
        question("dinner", "yes-no", required=True),
        question("diet", **shown_if("dinner", "yes")),
        question("wine", **shown_if("dinner", "yes")),
        question("bus"),
    )
    assert unheld(way) == []
    assert walked(way, {"dinner": "yes"}) == ["dinner", "diet", "wine", "bus"]
    assert walked(way, {"dinner": "no"}) == ["dinner", "bus"]


def test_a_condition_within_a_condition_leads_past_both() -> None:
    way = laid(
        choice("meal", "lunch", "none", required=True),
        choice("diet", "fish", "meat", required=True, **shown_if("meal", "lunch")),
        question("which", required=True, **shown_if("diet", "fish")),
        question("bus"),
    )
    assert unheld(way) == []
    assert walked(way, {"meal": "none"}) == ["meal", "bus"]
    assert walked(way, {"meal": "lunch", "diet": "meat"}) == ["meal", "diet", "bus"]
    assert walked(way, {"meal": "lunch", "diet": "fish"}) == ["meal", "diet", "which", "bus"]


def test_where_nothing_comes_after_the_form_is_sent() -> None:
    way = laid(question("dinner", "yes-no"), question("diet", **shown_if("dinner", "yes")), goes_on=False)
    assert walked(way, {"dinner": "no"}) == ["dinner"]
    assert [each.leads for each in way if isinstance(each, Asked) and each.leads] == [
        {"yes": "#if.dinner", "no": SUBMIT}
    ]


def test_who_leaves_an_optional_choice_out_is_not_held_up_in_its_section() -> None:
    way = laid(question("dinner", "yes-no"), question("diet", required=True, **shown_if("dinner", "yes")))
    assert [(each.field.key, each.required) for each in way if isinstance(each, Asked)] == [
        ("dinner", False),
        ("diet", False),
    ]


def test_what_sections_cannot_say_is_asked_of_all_and_required_of_nobody() -> None:
    way = laid(
        choice("topics", "water", "air", type="choices"),
        question("why", required=True, **shown_if("topics", "water")),
        choice("meal", "lunch", "none", other=True),
        question("where", **shown_if("meal", "lunch")),
        question("dinner", "yes-no", required=True),
        question("diet", **shown_if("dinner", "yes")),
        question("bus"),
        question("late", required=True, **shown_if("dinner", "no")),
    )
    assert unheld(way) == ["why", "where", "late"]
    assert not any(each.required for each in way if isinstance(each, Asked) and each.hint is not None)


def form_strategy() -> st.SearchStrategy[Form]:
    """Draw forms of single choices, each of which may be asked only after an answer to one before it."""

    @st.composite
    def drawn(draw: st.DrawFn) -> Form:
        questions: list[dict[str, Any]] = []
        for number in range(draw(st.integers(1, 6))):
            more: dict[str, Any] = {"required": draw(st.booleans())}
            if number and draw(st.booleans()):
                before = questions[draw(st.integers(0, number - 1))]
                keys = [option["key"] for option in before["options"]]
                more |= shown_if(
                    before["key"], *draw(st.lists(st.sampled_from(keys), min_size=1, unique=True))
                )
            questions.append(choice(f"q{number}", "a", "b", **more))
        return form_of(with_questions(*questions))

    return drawn()


@given(form_strategy(), st.booleans())
def test_on_every_way_one_comes_to_what_is_meant_for_one_and_nothing_else(form: Form, goes_on: bool) -> None:
    fields = [each for each in form.fields if each.key != "email"]
    way = route(fields, goes_on=goes_on)
    assert [each.field.key for each in way if isinstance(each, Asked)] == [each.key for each in fields]
    hinted = set(unheld(way))
    for chosen in product("ab", repeat=len(fields)):
        answers = dict(zip([each.key for each in fields], chosen, strict=True))
        # What somebody does not come to is not answered, so what hangs on it is not asked either.
        meant: list[str] = []
        for each in fields:
            shown = each.shown_if
            if (
                shown is None
                or each.key in hinted
                or (shown.question in meant and answers[shown.question] in shown.answers)
            ):
                meant.append(each.key)
        assert walked(way, answers) == meant


@given(form_strategy())
def test_nobody_has_to_answer_what_is_not_meant_for_them(form: Form) -> None:
    """Whoever leaves out all that may be left out comes through sections too, and can leave them again."""
    fields = [each for each in form.fields if each.key != "email"]
    way = route(fields, goes_on=True)
    required = {each.field.key for each in way if isinstance(each, Asked) and each.required}
    by_key = {each.key: each for each in fields}
    # The first option of what has to be answered, nothing of what has not.
    for pick in (0, 1):
        answers = {key: options_of(by_key[key])[pick] for key in required}
        for key in walked(way, answers):
            shown = by_key[key].shown_if
            if key in required and shown is not None:
                assert answers.get(shown.question) in shown.answers


def test_a_form_that_asks_nothing_has_no_sections() -> None:
    assert laid() == ()
