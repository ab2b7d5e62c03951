"""A run may die at any request, before or after Google acted: the next one ends where an unhurt one would."""

from pathlib import Path
from typing import Any

import pytest

from briefingkit.testing.contract import Workbench
from briefingkit.testing.google import GoogleDouble
from briefingkit.testing.memory import Crash
from briefingkit_google.forms.choices import Style

from .conftest import SERVICE, TARGET
from .dying import Death
from .forming import briefing, choice, form_ids, forms_target, question, with_questions

BEFORE = [
    briefing({"questions": [question("a"), question("b"), choice("c", "x", "y")]}, "kept"),
    briefing({}, "dropped"),
]
AFTER = [
    briefing({"questions": [choice("c", "x", "z"), question("a", "paragraph"), question("d")]}, "kept"),
    briefing({"questions": [question("e")]}, "new"),
]


def state(google: GoogleDouble) -> list[Any]:
    """All that people see of the forms that there are, whatever Google calls them."""
    seen = []
    for name in form_ids(google):
        form, file = google.form(name), google.files[name]
        told = {key: form.get(key) for key in ("info", "items", "settings", "publishSettings")}
        shared = sorted(
            (each["role"], each.get("view", ""), each["type"]) for each in file.permissions.values()
        )
        seen.append((file.name, told, shared))
    return sorted(seen, key=repr)


@pytest.mark.parametrize("lost", [False, True], ids=["ledger kept", "ledger lost"])
@pytest.mark.parametrize("style", list(Style))
def test_wherever_a_run_dies_the_next_one_ends_as_if_it_had_not(
    tmp_path: Path, death: Death, *, lost: bool, style: Style
) -> None:
    """At each request: at every other one with the ledger, at those between without; before and after by turns."""
    expected, at, died = None, 0, True
    while died:
        after = at % 4 > 1
        with GoogleDouble() as google:
            editors, languages = ("anna@cities.example",), ("en",)
            target = forms_target(
                google, tmp_path, style=style, editors=editors, languages=languages, sleep=lambda _: None
            )
            bench = Workbench(target, TARGET)
            died = death.live(bench, BEFORE, AFTER, at=at, after=after, lost=lost)
            seen = state(google)
        expected = expected or seen
        assert seen == expected, at
        at += 2 if at else 1 + lost
    assert at > 20


def test_a_form_that_was_made_and_not_filled_is_filled_and_has_nothing_left_over(
    google: GoogleDouble, tmp_path: Path, death: Death
) -> None:
    """Google gives a form that is made in Drive a question of its own."""
    bench = Workbench(forms_target(google, tmp_path), TARGET)
    plan = bench.plan(with_questions(question("a")))
    death.set(3, after=True)  # the search, the making
    with pytest.raises(Crash):
        bench.apply(plan)
    death.set(0, after=False)
    [form] = google.forms
    assert [item["title"] for item in google.form(form)["items"]] == ["Untitled Question"]
    assert google.files[form].app_properties["briefingkit-owner"] == "imrf-2022"
    bench.lose_ledger()
    bench.publish(with_questions(question("a")))
    titles = {item["title"] for name in google.forms for item in google.form(name)["items"]}
    assert titles == {"a?", "a ?"}
    assert len(google.forms) == 2


def test_who_we_are_needs_no_room_in_a_drive_of_its_own(google: GoogleDouble, tmp_path: Path) -> None:
    bench = Workbench(forms_target(google, tmp_path), TARGET)
    bench.publish(briefing())
    assert all(file.drive is not None for file in google.files.values())
    assert all(SERVICE not in str(file.permissions) for file in google.files.values())
