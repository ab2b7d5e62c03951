"""Whatever a programme asks, with hostile words in every field: once it is published there is nothing more to do."""

import tempfile
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from briefingkit.model import Briefing, Option, Programme, Registration, RegistrationQuestion
from briefingkit.testing.contract import Workbench
from briefingkit.testing.google import GoogleDouble
from briefingkit.testing.strategies import HOSTILE, programmes, registration_questions
from briefingkit.text import MultilingualText
from briefingkit_google.forms.choices import EmailCollection, Style

from .conftest import TARGET
from .forming import briefing, form_ids, forms_target


def with_registration(programme: Programme) -> list[Briefing]:
    return [each for each in programme if each.registration is not None]


@pytest.mark.parametrize("style", list(Style))
@given(programmes(max_size=3), st.sampled_from(EmailCollection))
@settings(max_examples=15, deadline=None)
def test_once_any_programme_is_published_nothing_is_to_do(
    style: Style, programme: Programme, emails: EmailCollection
) -> None:
    with GoogleDouble() as google, tempfile.TemporaryDirectory() as name:
        bench = Workbench(forms_target(google, Path(name), style=style, email_collection=emails), TARGET)
        briefings = with_registration(programme)
        bench.publish(*briefings)
        assert bench.plan(*briefings).is_empty
        bench.lose_ledger()
        bench.publish(*briefings)
        assert bench.plan(*briefings).is_empty
        assert len(form_ids(google)) == len(bench.desired(*briefings))


@st.composite
def question_lists(draw: st.DrawFn) -> list[RegistrationQuestion]:
    keys = draw(st.lists(st.sampled_from("abcdef"), unique=True, max_size=5))
    return [draw(registration_questions(key)) for key in keys]


@given(st.lists(question_lists(), min_size=2, max_size=3), st.sampled_from(Style))
@settings(max_examples=15, deadline=None)
def test_whatever_a_form_becomes_a_question_that_stays_keeps_its_id(
    versions: list[list[RegistrationQuestion]], style: Style
) -> None:
    with GoogleDouble() as google, tempfile.TemporaryDirectory() as name:
        bench = Workbench(forms_target(google, Path(name), style=style, languages=("en",)), TARGET)
        ids: dict[str, str] = {}
        for questions in versions:
            one = evolve(briefing({}), registration=Registration(questions=tuple(questions)))
            bench.publish(one)
            assert bench.plan(one).is_empty
            (form,) = google.forms
            (remote,) = bench.read(one).remotes.values()
            there = {
                item["itemId"]: item["questionItem"]["question"]["questionId"]
                for item in google.form(form)["items"]
                if "questionItem" in item
            }
            for key, item in remote.resource.fields["items"].items():
                if item["id"] in there:
                    assert ids.setdefault(key, there[item["id"]]) == there[item["id"]]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_are_words(google: GoogleDouble, tmp_path: Path, text: str) -> None:
    """In titles, descriptions and options, of which no two may be the same in a form."""
    said = MultilingualText({"en": text, "fr": text})
    options = (Option("a", said), Option("b", said))
    asked = RegistrationQuestion("q", said, type="choice", options=options, description=said)
    one = evolve(briefing({}), title=said, registration=Registration(questions=(asked,)))
    bench = Workbench(forms_target(google, tmp_path), TARGET)
    bench.publish(one)
    assert bench.plan(one).is_empty
    for form in google.forms:
        for item in google.form(form)["items"]:
            assert "\n" not in item["title"]
