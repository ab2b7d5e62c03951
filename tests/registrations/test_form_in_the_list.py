"""The list holds what it is told to what the form asks."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from briefingkit.errors import RegistrationError
from briefingkit.model import Briefing, Programme, structure
from briefingkit.registrations.capacity import terms_of
from briefingkit.registrations.files.cells import CellFault, reading
from briefingkit.registrations.files.columns import asked_by, plain
from briefingkit.registrations.form_answers import checked, typed
from briefingkit.registrations.registration_list import RegistrationList
from briefingkit.store import open_ledger


def briefing(**registration: Any) -> Briefing:
    questions = [
        {"key": "useful", "text": "Useful?", "type": "scale"},
        {"key": "again", "text": {"en": "Again?", "fr": "Encore ?"}, "type": "yes-no"},
        {"key": "at", "text": "At?", "type": "time"},
        {"key": "pass", "text": "Pass", "pattern": "[A-Z]{2}"},
        {
            "key": "dish",
            "text": "Dish?",
            "type": "choice",
            "other": True,
            "options": [{"key": "fish", "text": "Fish"}],
        },
    ]
    agenda = [
        {"key": "work", "title": "Work", "capacity": 12},
        {"key": "tea", "title": "Tea", "kind": "break"},
    ]
    data = {"briefing": "x", "languages": ["en", "fr"], "agenda": agenda}
    return structure({**data, "registration": {"questions": questions, **registration}})


def test_typed_answers_become_what_the_form_keeps() -> None:
    asked, none = briefing(), Programme(())
    told = {
        "name": "Ann",
        "useful": "4",
        "again": "Oui",
        "at": "15:00:00",
        "dish": "other",
        "dish.other": "Soup",
    }
    read = typed(asked, none, told)
    assert checked(asked, none, read) == {
        "name": "Ann",
        "useful": 4,
        "again": True,
        "at": "15:00",
        "dish": "other",
        "dish.other": "Soup",
    }


@pytest.mark.parametrize(
    ("cell", "clock"), [(0.0, "00:00"), (0.5, "12:00"), (0.38, "09:07"), (0.99999, "23:59")]
)
def test_a_time_of_day_may_be_a_part_of_a_day(cell: float, clock: str) -> None:
    asked = {one.key: one for one in asked_by(briefing(), Programme(()))}
    assert reading(asked["at"])(cell) == clock


@pytest.mark.parametrize("cell", [1.0, -0.5, 46000.25, True, "0.5"])
def test_a_number_that_is_no_part_of_a_day_is_no_time(cell: object) -> None:
    asked = {one.key: one for one in asked_by(briefing(), Programme(()))}
    with pytest.raises(CellFault):
        reading(asked["at"])(cell)


def test_another_answer_is_known_in_a_file_by_its_question() -> None:
    named = {header: one.key for one in asked_by(briefing(), Programme(())) for header in one.names}
    assert named[plain("Dish? – Other, namely")] == "dish.other"
    assert named[plain("Other, namely")] == "dish.other"


def test_what_cannot_be_read_is_told_for_each_key() -> None:
    with pytest.raises(RegistrationError) as caught:
        typed(briefing(), Programme(()), {"useful": "very", "again": "perhaps"})
    assert str(caught.value).splitlines() == [
        "useful: Choose a number from 1 to 5",
        "again: this is none of the options",
    ]


def test_all_that_is_wrong_with_typed_answers_is_told_at_once() -> None:
    with pytest.raises(RegistrationError) as caught:
        typed(
            briefing(), Programme(()), {"useful": "very", "name": "x" * 201, "email": "nowhere", "shoe": "44"}
        )
    useful, name, email, shoe = str(caught.value).splitlines()
    assert useful == "useful: Choose a number from 1 to 5"
    assert name.startswith("name: This is too long")
    assert email.startswith("email: This is no e-mail address")
    assert shoe.startswith("the form asks nothing with the key 'shoe'")


def test_an_answer_told_by_hand_is_held_to_the_form_and_nothing_is_missed() -> None:
    with pytest.raises(RegistrationError) as caught:
        checked(briefing(), Programme(()), {"name": "Ann", "useful": 9, "pass": "b"})
    assert str(caught.value).splitlines() == [
        "useful: Choose a number from 1 to 5",
        "pass: This is not in the form that is asked for",
    ]


def test_a_field_that_this_form_does_not_ask_may_be_told_too() -> None:
    assert checked(briefing(), Programme(()), {"name": "Ann", "country": " BE "})["country"] == "BE"


def test_an_item_that_people_choose_has_a_limit_of_its_own() -> None:
    assert terms_of(briefing(choose="agenda", capacity=30)).capacity.segments == {"work": 12}
    assert terms_of(briefing(capacity=30)).capacity.segments == {}


def test_a_briefing_that_is_a_part_has_a_limit_among_those_who_choose_it(tmp_path: Path) -> None:
    parts = [
        structure(
            {
                "briefing": name,
                "languages": ["en"],
                "title": name,
                "status": "confirmed",
                "start": "2027-03-10",
                "end": "2027-03-10",
                "timezone": "UTC",
                "part_of": {"briefing": "x"},
                "registration": {"capacity": capacity} if capacity else {},
            }
        )
        for name, capacity in (("walk", 1), ("talk", None))
    ]
    whole = briefing(choose="segments", waitlist=True, capacity=30)
    programme = Programme([whole, *parts])
    assert terms_of(whole, programme).capacity.segments == {"walk": 1}
    at = iter(datetime(2027, 3, 1, tzinfo=UTC) + timedelta(minutes=n) for n in range(20))
    ledger = open_ledger(str(tmp_path / "ledger.db"))
    with RegistrationList(whole, programme, ledger, clock=lambda: next(at)) as roll:
        for name in ("ada", "bo"):
            roll.add({"name": name, "email": f"{name}@x.org", "segments": ("walk", "talk")})
        ada, bo = roll.list()
        assert (set(ada.places), ada.waits) == ({"", "walk", "talk"}, False)
        assert (set(bo.places), bo.waits) == ({"", "talk"}, True)
        roll.cancel("ada@x.org")
        assert set(roll.person("bo@x.org").places) == {"", "walk", "talk"}
