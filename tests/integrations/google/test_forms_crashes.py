"""A run may die at any request, before or after Google acted: the next one ends where an unhurt one would."""

from pathlib import Path
from typing import Any

import pytest

from briefingkit.testing.contract import Workbench
from briefingkit.testing.google import GoogleDouble
from briefingkit.testing.memory import Crash
from briefingkit_google.forms import GoogleForms
from briefingkit_google.forms.choices import Style
from briefingkit_google.transport import Transport

from .conftest import SERVICE, TARGET
from .forming import briefing, choice, form_ids, forms_target, question, with_questions

BEFORE = [
    briefing({"questions": [question("a"), question("b"), choice("c", "x", "y")]}, "kept"),
    briefing({}, "dropped"),
]
AFTER = [
    briefing({"questions": [choice("c", "x", "z"), question("a", "paragraph"), question("d")]}, "kept"),
    briefing({"questions": [question("e")]}, "new"),
]


class Death:
    """Counts requests, and kills the run at one of them: before it is sent, or once it is answered."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at, self.after, self.count = 0, False, 0
        request = Transport.request

        def die_at_last(transport: Transport, uri: str, *args: Any, **more: Any) -> Any:
            self.count += 1
            if self.count == self.at and not self.after:
                raise Crash
            answer = request(transport, uri, *args, **more)
            if self.count == self.at:
                raise Crash
            return answer

        monkeypatch.setattr(Transport, "request", die_at_last)

    def set(self, at: int, *, after: bool) -> None:
        self.at, self.after, self.count = at, after, 0


@pytest.fixture
def death(monkeypatch: pytest.MonkeyPatch) -> Death:
    return Death(monkeypatch)


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
            died = _live(target, death, at=at, after=after, lost=lost)
            seen = state(google)
        expected = expected or seen
        assert seen == expected, at
        at += 2 if at else 1 + lost
    assert at > 20


def _live(target: GoogleForms, death: Death, *, at: int, after: bool, lost: bool) -> bool:
    """Publish twice, dying at the second; the first time of all, nobody dies. Gives whether to go on."""
    bench = Workbench(target, TARGET)
    death.set(0, after=False)
    bench.publish(*BEFORE)
    death.set(at, after=after)
    try:
        bench.publish(*AFTER)
        died = False
    except Crash:
        died = True
    death.set(0, after=False)
    if died and lost:
        bench.lose_ledger()
    if died:
        bench.publish(*AFTER)
    assert bench.plan(*AFTER).is_empty
    return died or at == 0


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
