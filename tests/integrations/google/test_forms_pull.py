"""Fetching what was answered: words become keys in every language, nothing is lost and nothing comes twice."""

import json
import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from briefingkit.errors import IntegrationError
from briefingkit.model import Briefing, Programme
from briefingkit.publish import Identity, Remote
from briefingkit.registrations.pulling import Page
from briefingkit.registrations.response import ConsentGiven, Response
from briefingkit.testing.contract import Workbench
from briefingkit.testing.google import GoogleDouble
from briefingkit_google.forms.choices import EmailCollection, Style

from .conftest import TARGET
from .forming import CONSENT, briefing, choice, forms_target, question, with_questions

AT = datetime(2026, 11, 1, 9, 0, 0, 123000, tzinfo=UTC)


class Desk:
    """A target that has published, and pulls with what its ledger knows."""

    def __init__(self, google: GoogleDouble, base: Path, **settings: Any) -> None:
        self.google = google
        given = {"namespace": "contract.example", "sleep": lambda _: None, **settings}
        self.target = forms_target(google, base, **given)
        self.bench = Workbench(self.target, TARGET)
        self.briefing: Briefing = briefing()

    def publish(self, one: Briefing) -> None:
        self.briefing = one
        self.bench.publish(one)

    def form(self, language: str) -> str:
        return self.held[Identity("form", f"imrf-2022.{language}")].id

    @property
    def held(self) -> Mapping[Identity, Remote]:
        return self.bench.journal.load(TARGET).snapshot.remotes

    def pages(self, since: str | None = None, **more: Any) -> list[Page]:
        programme = Programme((self.briefing,))
        return list(self.target.pull(self.briefing, programme, more.get("held", self.held), since))

    def pull(self, since: str | None = None, **more: Any) -> list[Response]:
        return [response for page in self.pages(since, **more) for response in page.responses]

    def respond(self, language: str, answers: Mapping[str, Any], **more: Any) -> str:
        given = {"email": "ann@elsewhere.example", "at": AT, **more}
        if self.google.form(self.form(language))["settings"]["emailCollectionType"] == "DO_NOT_COLLECT":
            del given["email"]
        return self.google.respond(self.form(language), answers, **given)


@pytest.fixture
def desk(google: GoogleDouble, tmp_path: Path) -> Desk:
    return Desk(google, tmp_path)


def everything(accent: str, yes: str, *, diet: str) -> dict[str, Any]:
    """Answers to all that the briefing asks, in the words of a language."""
    mark = " ?" if accent else "?"
    return {
        f"dinner{mark}": yes,
        f"diet{mark}": diet,
        f"topics{mark}": [f"Air{accent}", f"Water{accent}"],
        f"rank{mark}": 0,
        f"stars{mark}": 4,
        f"arrival{mark}": date(2026, 4, 12),
        f"hour{mark}": time(9, 30),
        f"essay{mark}": "One\nTwo",
    }


BUILT_IN = {
    "en": {
        "Name": "Ann",
        "Organisation": "City",
        "Country or territory": "Belgium",
        "Language in which we write to you": "French",
        "I agree to this": "I agree",
    },
    "fr": {
        "Nom": "Ann",
        "Organisation": "City",
        "Pays ou territoire": "Belgique",
        "Langue dans laquelle nous vous écrivons": "français",
        "J'accepte cela": "J’accepte",
    },
}
SAID = {
    "name": "Ann",
    "organization": "City",
    "country": "BE",
    "language": "fr",
    "email": "ann@elsewhere.example",
    "dinner": True,
    "diet": "fish",
    "topics": ("water", "air"),
    "rank": 0,
    "stars": 4,
    "arrival": "2026-04-12",
    "hour": "09:30",
    "essay": "One\nTwo",
}


@pytest.mark.parametrize(("language", "accent", "yes"), [("en", "", "Yes"), ("fr", " é", "Oui")])
def test_words_become_keys_in_each_language(desk: Desk, language: str, accent: str, yes: str) -> None:
    desk.publish(briefing())
    name = desk.respond(language, {**everything(accent, yes, diet=f"Fish{accent}"), **BUILT_IN[language]})
    (response,) = desk.pull()
    topics = response.answers["topics"]
    assert isinstance(topics, tuple)
    assert {**response.answers, "topics": tuple(sorted(topics, reverse=True))} == SAID
    assert response.id == f"{desk.form(language)}/{name}"
    assert (response.briefing, response.intake) == ("imrf-2022", TARGET)
    assert response.language == language
    assert response.at == AT
    assert response.consent == ConsentGiven("gdpr-2022", AT, language)


def test_one_form_for_all_tells_the_language_by_its_branch(google: GoogleDouble, tmp_path: Path) -> None:
    desk = Desk(google, tmp_path, style=Style.BRANCHING)
    desk.publish(with_questions(choice("c", "x", "y"), consent=CONSENT))
    desk.respond("all", {"Language / Langue": "Français", "c ?": "Y é", "J'accepte cela": "J’accepte"})
    (response,) = desk.pull()
    assert response.language == "fr"
    assert response.answers == {"c": "y", "email": "ann@elsewhere.example"}
    assert response.consent is not None
    assert response.consent.language == "fr"


def test_a_branch_without_a_consent_ends_there(google: GoogleDouble, tmp_path: Path) -> None:
    desk = Desk(google, tmp_path, style=Style.BRANCHING)
    desk.publish(with_questions(question("a", required=True)))
    desk.respond("all", {"Language / Langue": "English", "a?": "Yes!", "Register": "Yes"})
    (response,) = desk.pull()
    assert (response.language, response.answers["a"]) == ("en", "Yes!")


def test_what_is_written_beside_other_stands_under_a_key_of_its_own(desk: Desk) -> None:
    desk.publish(
        with_questions(choice("one", "x", other=True), choice("many", "x", "y", type="choices", other=True))
    )
    desk.respond("en", {"one?": "Something  else", "many?": ["Y", "More"]})
    desk.respond("fr", {"one ?": "X é"})
    first, second = desk.pull()
    assert first.answers["one"] == "other"
    assert first.answers["one.other"] == "Something else"
    assert first.answers["many"] == ("y", "other")
    assert first.answers["many.other"] == "More"
    assert second.answers == {"one": "x", "email": "ann@elsewhere.example"}


def test_an_option_whose_words_have_changed_is_still_itself(desk: Desk) -> None:
    renamed = choice("c", "x", "y")
    renamed["options"][0]["text"] = {"en": "Exit", "fr": "Sortie"}
    desk.publish(with_questions(choice("c", "x", "y")))
    desk.respond("en", {"c?": "X"})
    desk.publish(with_questions(renamed))
    desk.respond("en", {"c?": "Exit"})
    assert [each.answers["c"] for each in desk.pull()] == ["x", "x"]


def test_options_that_swap_their_words_are_told_apart_from_then_on(desk: Desk) -> None:
    swapped = choice("c", "x", "y")
    one, other = swapped["options"]
    one["text"], other["text"] = other["text"], one["text"]
    desk.publish(with_questions(choice("c", "x", "y")))
    desk.publish(with_questions(swapped))
    desk.respond("en", {"c?": "X"})
    assert [each.answers["c"] for each in desk.pull()] == ["y"]


def test_words_that_stand_for_nothing_any_more_are_kept_as_they_are(desk: Desk, google: GoogleDouble) -> None:
    desk.publish(with_questions(choice("c", "x", "y"), choice("m", "x", "y", type="choices")))
    form = desk.form("en")
    for title, kind in (("c?", "RADIO"), ("m?", "CHECKBOX")):
        options = [{"value": "By hand"}, {"value": "X"}]
        google.edit_item(
            form, title, questionItem={"question": {"choiceQuestion": {"type": kind, "options": options}}}
        )
    desk.respond("en", {"c?": "By hand", "m?": ["By hand", "X"]})
    (response,) = desk.pull()
    assert response.answers["c"] == "By hand"
    assert response.answers["m"] == ("By hand", "x")


def test_a_question_that_is_asked_no_more_keeps_its_answers(desk: Desk) -> None:
    desk.publish(with_questions(choice("gone", "x", "y"), question("stays")))
    desk.respond("fr", {"gone ?": "Y é", "stays ?": "a"})
    desk.publish(with_questions(question("stays")))
    (response,) = desk.pull()
    assert response.answers == {"gone": "y", "stays": "a", "email": "ann@elsewhere.example"}


def test_a_question_that_a_person_has_added_is_kept_under_its_own_name(
    desk: Desk, google: GoogleDouble
) -> None:
    desk.publish(with_questions(question("a")))
    added = {
        "title": "Shoe size",
        "questionItem": {"question": {"questionId": "0badcafe", "textQuestion": {}}},
    }
    google.add_item(desk.form("en"), added, at=0)
    desk.respond("en", {"a?": "1", "Shoe size": "43"})
    (response,) = desk.pull()
    assert response.answers == {"a": "1", "form.0badcafe": "43", "email": "ann@elsewhere.example"}
    desk.publish(with_questions(question("b")))
    assert [item["title"] for item in google.form(desk.form("en"))["items"]] == ["Shoe size", "b?"]


def test_a_response_that_is_edited_keeps_its_id_and_takes_answers_back(
    desk: Desk, google: GoogleDouble
) -> None:
    desk.publish(with_questions(question("a"), choice("c", "x", other=True)))
    name = desk.respond("en", {"a?": "first", "c?": "Mine"})
    later = AT + timedelta(hours=1)
    before = desk.pages()
    google.edit_response(desk.form("en"), name, {"c?": "X"}, at=later)
    (old,) = before[0].responses
    (new,) = desk.pull(before[-1].cursor)
    assert new.id == old.id
    assert (old.at, new.at) == (AT, later)
    assert new.answers == {"a": None, "c": "x", "c.other": None, "email": "ann@elsewhere.example"}


def test_the_address_may_be_a_question_like_others(google: GoogleDouble, tmp_path: Path) -> None:
    desk = Desk(google, tmp_path, email_collection=EmailCollection.QUESTION)
    desk.publish(with_questions())
    google.respond(desk.form("en"), {"E-mail address": " Ann@Elsewhere.example "}, at=AT)
    google.respond(desk.form("fr"), {"Adresse e-mail": "no address"}, at=AT)
    assert [each.answers["email"] for each in desk.pull()] == ["Ann@Elsewhere.example", "no address"]


def test_a_pull_goes_on_where_the_last_one_ended(desk: Desk, google: GoogleDouble) -> None:
    desk.publish(with_questions(question("a")))
    for minutes in (0, 5, 60):
        desk.respond("en", {"a?": str(minutes)}, at=AT + timedelta(minutes=minutes))
    cursor = desk.pages()[-1].cursor
    desk.respond("en", {"a?": "new"}, at=AT + timedelta(minutes=61))
    desk.respond("fr", {"a ?": "nouveau"}, at=AT)
    # A little before the end is read again, for what was told late; what is older is not.
    assert [each.answers["a"] for each in desk.pull(cursor)] == ["nouveau", "60", "new"]
    asked = [each for each in google.requests if each.method == "forms.forms.responses.list"]
    assert all("2026-11-01T09:50:00.123000Z" in str(each.query) for each in asked[2:3])


def test_who_came_first_is_told_first_whatever_the_language_of_the_form(desk: Desk) -> None:
    desk.publish(with_questions(question("a")))
    for minutes, language in enumerate(("fr", "en", "fr", "en")):
        answer = {"a?" if language == "en" else "a ?": str(minutes)}
        desk.respond(language, answer, at=AT + timedelta(minutes=minutes))
    assert [each.answers["a"] for each in desk.pull()] == ["0", "1", "2", "3"]


def test_pages_that_were_read_before_a_fault_are_kept_and_their_cursor_loses_nothing(
    desk: Desk, google: GoogleDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("briefingkit_google.forms.calls._RESPONSES", 2)
    monkeypatch.setattr("briefingkit_google.forms.pull._PAGE", 2)
    desk.publish(with_questions(question("a")))
    for number in range(5):
        desk.respond("en", {"a?": str(number)}, at=AT - timedelta(hours=number))
    google.fail("forms.forms.responses.list", status=403, reason="dailyLimitExceeded", skip=2)
    pages, seen = desk.target.pull(desk.briefing, Programme((desk.briefing,)), desk.held, None), []
    with pytest.raises(IntegrationError):
        seen.extend(pages)
    google.heal()
    for page in desk.target.pull(desk.briefing, Programme((desk.briefing,)), desk.held, None):
        seen.append(page)
        if len(seen) == 2:
            break
    kept = [response for page in seen for response in page.responses]
    # Killed after any page, the next pull starts from the cursor that was kept with it.
    rest = desk.pull(seen[-1].cursor)
    assert {each.answers["a"] for each in (*kept, *rest)} == {"0", "1", "2", "3", "4"}
    whole = desk.pages()
    assert [len(page.responses) for page in whole] == [2, 2, 1]
    assert [page.cursor for page in whole[:2]] == [None, None]
    assert json.loads(str(whole[-1].cursor)) == {desk.form("en"): ["2026-11-01T09:00:00.123000Z", "en"]}


@pytest.mark.parametrize("damaged", ["", "{", "[]", '{"x": 1}', '{"x": ["never", "en"]}', "null"])
def test_a_cursor_that_cannot_be_read_reads_all(desk: Desk, damaged: str) -> None:
    desk.publish(with_questions(question("a")))
    desk.respond("en", {"a?": "1"})
    assert len(desk.pull(damaged)) == 1


def test_a_lost_ledger_finds_the_forms_by_their_marks(desk: Desk) -> None:
    desk.publish(briefing())
    desk.respond("fr", {**everything(" é", "Oui", diet="Fish é"), **BUILT_IN["fr"]})
    (response,) = desk.pull(held={})
    assert response.answers["diet"] == "fish"
    assert response.answers["country"] == "BE"


def test_a_form_that_was_taken_away_is_read_to_its_end(google: GoogleDouble, tmp_path: Path) -> None:
    """What was answered in the last minute before one form took the place of two is not lost."""
    desk = Desk(google, tmp_path)
    desk.publish(with_questions(choice("c", "x", "y")))
    desk.respond("fr", {"c ?": "X é"})
    cursor = desk.pages()[-1].cursor
    desk.respond("fr", {"c ?": "Y é"}, at=AT + timedelta(minutes=1))
    old = desk.form("fr")
    branching = forms_target(
        google, tmp_path, namespace="contract.example", style=Style.BRANCHING, folder=desk.target.folder
    )
    desk.target, desk.bench.target = branching, Workbench(branching, TARGET).target
    desk.publish(with_questions(choice("c", "x", "y")))
    assert google.files[old].trashed
    pages = desk.pages(cursor)
    late = [response for page in pages for response in page.responses]
    assert [(each.answers["c"], each.language) for each in late] == [("x", "fr"), ("y", "fr")]
    # Once Google has emptied the trash there is nothing to read, and nothing to remember.
    google.remove_file(old)
    desk.respond("all", {"Language / Langue": "English", "c?": "X", "Register": "Yes"})
    again = desk.pages(pages[-1].cursor)
    assert [len(page.responses) for page in again] == [1]
    assert old not in str(again[-1].cursor)


def test_a_form_that_is_gone_is_told_once_the_others_are_read(desk: Desk, google: GoogleDouble) -> None:
    desk.publish(with_questions(question("a")))
    desk.respond("fr", {"a ?": "1"})
    held = desk.held
    google.remove_file(desk.form("en"))
    pages = desk.target.pull(desk.briefing, Programme((desk.briefing,)), held, None)
    assert [each.answers["a"] for each in next(pages).responses] == ["1"]
    with pytest.raises(IntegrationError, match=r"imrf-2022\.en"):
        next(pages)


def test_where_google_has_trouble_what_was_read_is_kept(desk: Desk, google: GoogleDouble) -> None:
    google.fail("forms.forms.responses.list", status=500, times=math.inf, skip=1)
    desk.publish(with_questions(question("a")))
    desk.respond("en", {"a?": "1"})
    pages = desk.target.pull(desk.briefing, Programme((desk.briefing,)), desk.held, None)
    assert len(next(pages).responses) == 1
    with pytest.raises(IntegrationError, match="trouble"):
        next(pages)


HOSTILE = [
    "</script><img src=x onerror=alert(1)>",
    '=HYPERLINK("http://evil.example")',
    "a\u202eb\x00c",
    "x" * 30_000,
    "{{ 7*7 }}",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_answers_may_be_anything(desk: Desk, text: str) -> None:
    desk.publish(
        with_questions(question("a"), question("p", "paragraph", longest=10), question("x", pattern="[a-z]"))
    )
    desk.respond("en", {"a?": text, "p?": text, "x?": text})
    (response,) = desk.pull()
    for key in ("a", "p", "x"):
        answer = response.answers[key]
        assert isinstance(answer, str)
        assert 0 < len(answer) <= 20_000
        assert "\u202e" not in answer
        assert "\x00" not in answer


def test_where_a_response_stands_is_said(desk: Desk) -> None:
    said = desk.target.locate("1abc/ACYDBN123")
    assert "https://docs.google.com/forms/d/1abc/edit#response=ACYDBN123" in said


def test_a_briefing_without_a_registration_is_not_registered_for(desk: Desk) -> None:
    assert desk.target.registers(briefing())
    assert not desk.target.registers(briefing(None))
