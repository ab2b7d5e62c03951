"""What a briefing asks, in order, under stable keys and in the registrant's words."""

from typing import Any

from hypothesis import given

from briefingkit.model import Briefing, Programme, structure
from briefingkit.registrations.form import FieldType, form_of
from briefingkit.registrations.labels import Named, countries, words
from briefingkit.testing.strategies import LANGUAGES, briefings
from briefingkit.text.phrases import SHIPPED


def briefing(identifier: str = "harbour", **more: Any) -> Briefing:
    return structure({"briefing": identifier, "languages": ["en", "fr"], **more})


def test_a_briefing_without_a_registration_asks_nothing() -> None:
    assert form_of(briefing()).fields == ()


def test_fields_come_first_then_parts_then_questions_then_those_of_the_agenda() -> None:
    asked = briefing(
        registration={
            "fields": ["name", "email"],
            "choose": "agenda",
            "questions": [{"key": "dish", "text": "Dish?"}],
        },
        agenda=[{"key": "a", "title": "A", "questions": [{"key": "q", "text": "Q?", "in_form": True}]}],
    )
    assert [each.key for each in form_of(asked).fields] == ["name", "email", "segments", "dish", "agenda.a.q"]


def test_an_agenda_question_that_is_not_meant_for_the_form_is_not_asked() -> None:
    questions = [{"key": "q", "text": "Q?"}]
    asked = briefing(registration={}, agenda=[{"key": "a", "title": "A", "questions": questions}])
    assert [each.key for each in form_of(asked).fields] == ["name", "email"]


def test_name_and_address_are_required_and_so_is_what_the_organiser_says() -> None:
    asked = briefing(
        registration={"fields": ["name", "email", "country", "position"], "required_fields": ["country"]}
    )
    required = {each.key: each.required for each in form_of(asked).fields}
    assert required == {"name": True, "email": True, "country": True, "position": False}


def test_items_that_frame_the_agenda_cannot_be_chosen() -> None:
    agenda = [
        {"key": "hello", "title": "Hello", "kind": "opening"},
        {"key": "work", "title": "Work", "capacity": 12},
        {"key": "tea", "title": "Tea", "kind": "break"},
    ]
    (segments,) = form_of(briefing(registration={"fields": [], "choose": "agenda"}, agenda=agenda)).fields
    assert [(each.key, each.capacity) for each in segments.options] == [("work", 12)]


def test_parts_of_a_programme_are_those_that_may_go_out_each_with_its_own_capacity() -> None:
    parent = briefing(registration={"fields": [], "choose": "segments"})
    told = {
        "title": "Part",
        "start": "2023-04-12T15:00",
        "end": "2023-04-12T16:00",
        "timezone": "UTC",
        "part_of": {"briefing": "harbour"},
    }
    children = (
        briefing("one", status="confirmed", registration={"capacity": 5}, **told),
        briefing("two", status="cancelled", **told),
        briefing("three", status="draft", **told),
        briefing("four", status="tentative", **told),
    )
    (segments,) = form_of(parent, Programme((parent, *children))).fields
    assert [(each.key, each.capacity) for each in segments.options] == [("four", None), ("one", 5)]
    assert form_of(parent).fields == ()


def test_another_answer_is_a_line_of_its_own_for_those_who_choose_it() -> None:
    question = {
        "key": "dish",
        "text": "Dish?",
        "type": "choice",
        "other": True,
        "options": [{"key": "fish", "text": "Fish"}],
    }
    dish, other = form_of(briefing(registration={"fields": [], "questions": [question]})).fields
    assert dish.option_keys == ("fish", "other")
    assert (other.key, other.required) == ("dish.other", True)
    assert other.shown_if is not None
    assert (other.shown_if.question, other.shown_if.answers) == ("dish", ("other",))


def test_interpretation_is_offered_where_there_is_a_channel_or_may_be_one() -> None:
    asked = {"fields": ["interpretation"]}
    (planned,) = form_of(
        briefing(registration=asked, interpretation={"floor": ["en"], "into": ["es"]})
    ).fields
    (open_,) = form_of(briefing(registration=asked)).fields
    assert planned.option_keys == ("none", "es")
    assert open_.option_keys == ("none", "en", "fr")


def test_options_are_named_in_the_language_of_the_registrant() -> None:
    form = form_of(briefing(registration={"fields": ["country", "language", "timezone"]}))
    named = {
        each.key: {option.key: words(option.label, "fr") for option in each.options} for each in form.fields
    }
    assert named["country"]["BE"] == "Belgique"
    assert named["language"] == {"en": "anglais", "fr": "français"}
    assert named["timezone"]["Europe/Brussels"] == "Bruxelles (Europe/Brussels)"
    assert {"EU", "UN", "ZZ"}.isdisjoint(countries())


@given(briefings())
def test_every_form_has_one_field_a_key_and_words_in_every_language(drawn: Briefing) -> None:
    form = form_of(drawn)
    keys = [each.key for each in form.fields]
    assert len(keys) == len(set(keys))
    for index, each in enumerate(form.fields):
        assert all(words(each.label, language) for language in LANGUAGES)
        assert (each.type in {FieldType.CHOICE, FieldType.CHOICES}) is bool(each.options)
        assert each.shown_if is None or each.shown_if.question in keys[:index]


def test_every_country_has_a_name_in_every_language() -> None:
    for language in SHIPPED:
        assert [code for code in countries() if words(Named.territory(code), language) == code] == []
