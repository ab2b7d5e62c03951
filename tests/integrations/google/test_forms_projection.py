"""What a form is to be: said in the plan where it cannot be all that is asked, and written with as little as can be."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from briefingkit.errors import ModelError, Unpublishable
from briefingkit.model.structure import converter
from briefingkit.publish import Drift, Resource
from briefingkit.testing.contract import Workbench
from briefingkit.testing.google import GoogleDouble
from briefingkit.text.fallback import Fallback
from briefingkit_google.forms import GoogleForms
from briefingkit_google.forms.choices import Responders, Style

from .conftest import TARGET
from .forming import (
    CONSENT,
    EVERYTHING,
    briefing,
    choice,
    form_ids,
    forms_target,
    question,
    text,
    titles,
    with_questions,
)


def settings(**given: Any) -> GoogleForms:
    return converter().structure({"auth": "default", "target": TARGET, **given}, GoogleForms)


def projected(one: Any, **given: Any) -> dict[str, Resource]:
    return {each.key: each for each in Workbench(settings(**given), TARGET).desired(one)}


def said(one: Any, **given: Any) -> str:
    return "\n".join(notice for each in projected(one, **given).values() for notice in each.notices)


# What is said


def test_what_a_form_cannot_hold_is_said_once() -> None:
    hard = briefing(
        {
            "opens": "2022-03-21T09:00",
            "closes": "-1d",
            "capacity": 30,
            "waitlist": True,
            "fields": ["email"],
            "questions": [
                question("code", pattern="[A-Z]+"),
                question("short", longest=10),
                choice("few", "a", "b", type="choices", most=1),
                question("late", shown_if={"question": "few", "answers": ["a"]}, required=True),
                question("day", "date", earliest="2022-04-01"),
            ],
            "consent": CONSENT,
        }
    )
    notices = said(hard, clock=lambda: datetime(2022, 3, 1, tzinfo=UTC))
    for words in (
        "30 people and the waiting list are kept",
        "the form of what is written: code",
        "how long an answer may be: short",
        "how many options are chosen: few",
        "which days can be given: day",
        "asked of everybody, not only of those whom it is meant for: late",
        "not required, for everybody is asked: late",
        "opens with the first apply after 2022-03-21 08:00 UTC",
        "closes with the first apply after 2022-04-12 13:00 UTC",
        "not for 90 days",
        "confirm a registration",
    ):
        assert notices.count(words) == 1, words


@pytest.mark.parametrize(("day", "what"), [(1, ["opens", "closes"]), (25, ["closes"]), (60, [])])
def test_of_times_that_are_over_nothing_is_said(day: int, what: list[str]) -> None:
    now = datetime(2022, 3, 1, tzinfo=UTC) + timedelta(days=day)
    notices = said(briefing({"opens": "2022-03-21T09:00", "closes": "-1d"}), clock=lambda: now)
    assert [each for each in ("opens", "closes") if f"the form {each} with" in notices] == what


def test_a_form_that_asks_little_has_little_to_say() -> None:
    assert len(said(briefing({})).splitlines()) == 1


def test_that_people_are_sent_elsewhere_is_said() -> None:
    assert "the address of `registration.url`" in said(briefing({"url": "https://city.example/register"}))
    assert "register at web" in said(briefing({"url": {"from": "web"}}))
    assert "send people" not in said(briefing({"url": {"from": TARGET}}))


def test_a_question_for_some_that_all_are_asked_says_for_whom_it_is() -> None:
    asked = with_questions(
        choice("many", "a", "b", type="choices"),
        question("why", shown_if={"question": "many", "answers": ["a"]}),
    )
    items = projected(asked)["imrf-2022.fr"].fields["items"]
    assert isinstance(items, Mapping)
    assert items["why"]["description"] == "Seulement si votre réponse à « many ? » est\u00a0: A é".replace(
        "« ", "«\u00a0"
    ).replace(" »", "\u00a0»")


# Texts that are missing


HALF = briefing(
    {
        "fields": ["email"],
        "questions": [
            {
                "key": "q",
                "text": {"en": "Only English"},
                "description": {"en": "More of it"},
                "type": "choice",
                "options": [{"key": "a", "text": {"en": "Aye"}}],
            }
        ],
    }
)


def item(one: Any, key: str, language: str = "fr", **given: Any) -> Mapping[str, Any]:
    items = projected(one, **given)[f"imrf-2022.{language}"].fields["items"]
    assert isinstance(items, Mapping)
    found = items[key]
    assert isinstance(found, Mapping)
    return found


def test_a_text_that_is_missing_is_marked_and_said() -> None:
    shown = item(HALF, "q")
    assert shown["title"] == "Only English"
    assert shown["description"].startswith("More of it\n")
    assert "anglais" in shown["description"]
    assert "in fr these are not translated: q, " in said(HALF)


def test_a_description_that_is_missing_is_left_out_where_that_is_asked() -> None:
    shown = item(HALF, "q", fallback="omit")
    assert (shown["title"], shown["description"]) == ("Only English", "")


def test_an_incomplete_language_is_refused_with_all_that_is_missing() -> None:
    with pytest.raises(Unpublishable) as refused:
        projected(HALF, fallback="refuse")
    for words in ("imrf-2022", "fr", "q, its option a", "q, its description"):
        assert words in str(refused.value)
    assert projected(HALF, fallback="mark", fallbacks={"en": Fallback.REFUSE})


def test_two_options_that_read_the_same_are_told_apart() -> None:
    same = choice("c", "x", "y")
    for option in same["options"]:
        option["text"] = text("Same", "Pareil")
    options = item(with_questions(same), "c")["question"]["choiceQuestion"]["options"]
    assert [(each["key"], each["value"]) for each in options] == [("x", "Pareil"), ("y", "Pareil (2)")]


def test_countries_stand_in_the_order_of_their_names() -> None:
    options = item(briefing({"fields": ["country"]}), "country")["question"]["choiceQuestion"]["options"]
    names = [each["value"] for each in options]
    assert (
        names.index("Afrique du Sud")
        < names.index("Égypte")
        < names.index("Espagne")
        < names.index("Zimbabwe")
    )


def test_the_hour_decides_whether_a_form_is_open() -> None:
    one = briefing({"opens": "2022-03-21T09:00", "closes": "-1d"})

    def accepting(at: datetime) -> bool:
        return all(each.fields["accepting"] is True for each in Workbench(opened(at), TARGET).desired(one))

    def opened(at: datetime) -> GoogleForms:
        return GoogleForms(target=TARGET, clock=lambda: at)

    assert not accepting(datetime(2022, 3, 21, 7, 59, tzinfo=UTC))
    assert accepting(datetime(2022, 3, 21, 8, 0, tzinfo=UTC))
    assert not accepting(datetime(2022, 4, 12, 13, 0, tzinfo=UTC))


def test_a_document_is_called_as_the_settings_say() -> None:
    made = projected(briefing({}), document_title="{briefing} {language} {title} {else}")
    assert made["imrf-2022.fr"].fields["document"] == "imrf-2022 fr La route {else}"
    (branching,) = projected(briefing({}), style="branching").values()
    assert branching.fields["document"] == "The road (en, fr)"


# Settings


@pytest.mark.parametrize(
    "given",
    [
        {"style": "round"},
        {"folder": "https://drive.google.com/drive/folders/1AbC"},
        {"template": "x"},
        {"editors": ["nobody"]},
        {"editors": ["a@b.example", "A@b.example"]},
        {"responders": []},
        {"responders": ["anyone", "domain:b.example"]},
        {"responders": "everybody"},
        {"responders": "user:nobody"},
        {"email_collection": "never"},
        {"document_title": " "},
        {"base_url": "ftp://x"},
        {"clock": "noon"},
    ],
    ids=str,
)
def test_settings_that_cannot_be_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(Exception) as refused:  # noqa: PT011 - whatever a file's reader turns into findings
        settings(**given)
    assert not isinstance(refused.value, AttributeError | KeyError)


def test_short_forms_of_responders_are_read() -> None:
    assert settings(responders="domain:B.example").responders == Responders(("domain:b.example",))
    assert settings().responders == Responders(("anyone",))
    with pytest.raises(ModelError):
        Responders(())


# What is written


@pytest.fixture
def bench(google: GoogleDouble, tmp_path: Path) -> Workbench:
    return Workbench(forms_target(google, tmp_path, languages=("en",), template=None), TARGET)


def asked_for(google: GoogleDouble, do: Callable[[], object]) -> list[dict[str, Any]]:
    """The requests of batches that something takes."""
    google.requests.clear()
    do()
    batches = [each.body for each in google.requests if each.method == "forms.forms.batchUpdate"]
    assert all("requiredRevisionId" in batch["writeControl"] for batch in batches)
    return [request for batch in batches for request in batch["requests"]]


def test_a_change_is_written_where_it_is_and_nowhere_else(google: GoogleDouble, bench: Workbench) -> None:
    before = with_questions(question("a"), choice("b", "x", "y"), question("c"))
    bench.publish(before)
    renamed = choice("b", "x", "y", "z")
    requests = asked_for(google, lambda: bench.publish(with_questions(question("c"), question("a"), renamed)))
    assert [next(iter(each)) for each in requests] == ["moveItem", "updateItem"]
    update = requests[1]["updateItem"]
    assert update["updateMask"] == "title,description,questionItem.question"
    assert update["item"]["itemId"]
    assert update["item"]["questionItem"]["question"]["questionId"]
    assert (
        asked_for(google, lambda: bench.publish(with_questions(question("c"), question("a"), renamed))) == []
    )


def test_a_picture_that_people_put_beside_a_question_stays(google: GoogleDouble, bench: Workbench) -> None:
    bench.publish(with_questions(question("a")))
    (form,) = form_ids(google)
    [held] = google.form(form)["items"]
    image = {"sourceUri": "https://city.example/map.png"}
    google.edit_item(form, "a?", questionItem={**held["questionItem"], "image": image})
    bench.publish(with_questions(question("a", required=True)))
    [now] = google.form(form)["items"]
    assert "contentUri" in now["questionItem"]["image"]
    assert now["questionItem"]["question"] == {**held["questionItem"]["question"], "required": True}


def test_what_people_added_keeps_its_place_among_what_changes(google: GoogleDouble, bench: Workbench) -> None:
    bench.publish(with_questions(question("a"), question("b"), question("c")))
    (form,) = form_ids(google)
    google.add_item(form, {"title": "After b", "textItem": {}}, at=2)
    google.add_item(form, {"title": "At the top", "textItem": {}}, at=0)
    assert bench.plan(with_questions(question("a"), question("b"), question("c"))).is_empty
    bench.publish(with_questions(question("c"), question("b"), question("d")))
    assert titles(google, form) == ["At the top", "c?", "b?", "After b", "d?"]


def test_all_that_can_be_asked_is_there_in_both_styles(google: GoogleDouble, tmp_path: Path) -> None:
    for style in Style:
        bench = Workbench(
            forms_target(google, tmp_path, style=style, languages=("en",), target=style.value), style.value
        )
        bench.publish(briefing(EVERYTHING))
        assert bench.plan(briefing(EVERYTHING)).is_empty
    plain, branching = form_ids(google)
    shown = [each for each in titles(google, branching) if each not in {"Language", "The road"}]
    assert shown == [each for each in titles(google, plain) if each != "The road"]


def test_what_people_took_out_stays_out_where_that_is_kept(google: GoogleDouble, bench: Workbench) -> None:
    bench.publish(with_questions(question("a"), question("b"), question("c")))
    (form,) = form_ids(google)
    google.remove_item(form, "b?")
    bench.publish(with_questions(question("a"), question("b"), question("c")), drift=Drift.KEEP)
    assert titles(google, form) == ["a?", "c?"]
    bench.publish(with_questions(question("a", required=True), question("b"), question("c")))
    assert titles(google, form) == ["a?", "c?"]
    bench.publish(with_questions(question("c"), question("b"), question("a", required=True)))
    assert titles(google, form) == ["c?", "b?", "a?"]
    assert bench.plan(with_questions(question("c"), question("b"), question("a", required=True))).is_empty


def test_an_order_of_people_that_is_kept_holds_while_words_change(
    google: GoogleDouble, bench: Workbench
) -> None:
    bench.publish(with_questions(question("a"), question("b"), question("c")))
    (form,) = form_ids(google)
    google.move_item(form, "c?", 0)
    bench.publish(with_questions(question("a"), question("b"), question("c")), drift=Drift.KEEP)
    bench.publish(with_questions(question("a"), question("b", required=True), question("c")))
    assert titles(google, form) == ["c?", "a?", "b?"]
    assert google.form(form)["items"][2]["questionItem"]["question"]["required"]
