"""How an event stands decides what its page offers and what becomes of a form, with the status that HTTP has for it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from briefingkit.project import Project


def test_before_it_opens_it_says_when(browser: Any, clock: Any) -> None:
    clock.now = datetime(2027, 1, 5, tzinfo=UTC)
    page = browser.get("/road-2027/en")
    assert page.status == 200
    assert "Registration opens Sunday, 10 January 2027, 09:00 CET (UTC+1)" in page.words
    assert "<form" not in page.text


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (datetime(2027, 4, 12, 13, 0, tzinfo=UTC), "Registration is closed"),
        (datetime(2027, 4, 13, 14, 30, tzinfo=UTC), "This event is over"),
    ],
)
def test_after_it_has_closed_nobody_is_taken_in_and_is_told_so(
    browser: Any, clock: Any, day: datetime, told: str
) -> None:
    form = browser.form()
    clock.now = day
    page, answer = browser.get("/road-2027/en"), browser.post("/road-2027/en", form)
    assert (page.status, answer.status) == (200, 409)
    assert told in page.words
    assert told in answer.words
    assert "<form" not in page.text


def test_after_the_event_ones_own_page_promises_nothing_more(browser: Any, clock: Any) -> None:
    own = [browser.register(f"person.{number}@example.org") for number in range(5)]
    clock.now = datetime(2027, 4, 13, 14, 45, tzinfo=UTC)
    has, waits = browser.get(own[0]), browser.get(own[4])
    assert "secret-room" in has.text  # it may run on
    for page in (has, waits):
        assert "This event is over" in page.words
        for promise in ("becomes free", "Add to calendar", "/change", "/cancel"):
            assert promise not in page.words + page.text


def test_a_minute_before_it_closes_it_is_open(browser: Any, clock: Any) -> None:
    form = browser.form()
    clock.now = datetime(2027, 2, 1, 12, 59, tzinfo=UTC)
    assert browser.post("/road-2027/en", form).status == 303


@pytest.mark.parametrize(
    ("status", "told", "refused"),
    [
        ("postponed", "This event has been postponed", 409),
        ("cancelled", "This event has been cancelled", 410),
    ],
)
def test_a_postponed_or_cancelled_event_takes_nobody_in(
    browser: Any, edit: Callable[..., None], status: str, told: str, refused: int
) -> None:
    form, own = browser.form("later@example.org"), browser.register()
    edit("status: confirmed", f"status: {status}")
    page, answer = browser.get("/road-2027/en"), browser.post("/road-2027/en", form)
    assert (page.status, answer.status) == (200, refused)
    assert told in page.words
    mine = browser.get(own)
    assert told in mine.words
    assert "Join online" not in mine.words


def test_who_is_registered_for_a_postponed_event_can_still_cancel(
    browser: Any, edit: Callable[..., None]
) -> None:
    own = browser.register()
    edit("status: confirmed", "status: postponed")
    assert browser.post(f"{own}/cancel", {"_do": "cancel"}).status == 303
    assert "You have cancelled" in browser.get(own).words


def test_when_it_is_over_nothing_can_be_changed(browser: Any, clock: Any) -> None:
    own = browser.register()
    clock.now = datetime(2027, 4, 14, tzinfo=UTC)
    assert "Change my answers" not in browser.get(own).words
    assert browser.get(f"{own}/change").status == 303
    assert browser.post(f"{own}/change", {"name": "Late"}).status == 409
    assert browser.post(f"{own}/cancel", {"_do": "cancel"}).status == 303
    assert "You are registered" in browser.get(own).words


def test_a_full_event_without_a_waiting_list_says_so(browser: Any, edit: Callable[..., None]) -> None:
    edit("waitlist: true", "waitlist: false")
    form = browser.form("late@example.org")
    for number in range(4):
        browser.register(f"person.{number}@example.org")
    page, answer = browser.get("/road-2027/en"), browser.post("/road-2027/en", form)
    assert "All places are taken" in page.words
    assert (page.status, answer.status) == (200, 409)
    wrong = browser.post("/road-2027/en", {**form, "email": "x"})
    assert wrong.status == 409
    assert "waiting list" not in wrong.words


def test_who_took_the_last_place_by_a_double_click_is_told_so_twice(
    browser: Any, edit: Callable[..., None]
) -> None:
    edit("waitlist: true", "waitlist: false")
    for number in range(3):
        browser.register(f"person.{number}@example.org")
    form = browser.form("last@example.org")
    answers = [browser.post("/road-2027/en", form) for _ in range(2)]
    assert [answer.status for answer in answers] == [303, 303]
    assert "You are registered" in browser.get(answers[1].location).words


def test_a_form_that_is_right_is_written_without_a_look_that_could_be_out_of_date(
    browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = browser.form()

    def looks(*_: object) -> None:
        raise AssertionError("nobody has to look")

    monkeypatch.setattr("briefingkit_web.visitor.room_now", looks)
    assert browser.post("/road-2027/en", form).status == 303


def test_a_full_event_with_one_offers_it(browser: Any) -> None:
    for number in range(4):
        browser.register(f"person.{number}@example.org")
    assert "Join the waiting list" in browser.get("/road-2027/en").words


def test_a_draft_and_what_takes_no_registrations_are_not_there(
    browser: Any, edit: Callable[..., None]
) -> None:
    edit("status: confirmed", "status: draft")
    assert browser.get("/road-2027/en").status == 404
    edit("status: draft", "status: confirmed")
    assert browser.get("/road-2027/en").status == 200
    assert browser.get("/nobody-2027").status == 404


def test_what_is_registered_for_elsewhere_is_not_offered_here(
    browser: Any, edit: Callable[..., None], folder: Any
) -> None:
    edit("registration:\n", "registration:\n  url: {from: site}\n")
    project = folder / "briefingkit.yaml"
    project.write_text(project.read_text("utf-8") + "  site: {use: files, folder: site}\n", encoding="utf-8")
    assert browser.get("/road-2027/en").status == 404


def test_an_address_that_was_announced_is_answered_for_when_the_briefing_has_gone(
    browser: Any, project: Project, folder: Any, clock: Any
) -> None:
    project.apply(project.plan()).raise_for_failed()
    (folder / "briefing.yaml").unlink()
    clock.seconds += 2
    gone = browser.get("/road-2027/en")
    assert gone.status == 410
    assert "This is no longer here" in gone.words


def test_a_file_that_is_half_written_leaves_the_last_page_standing(
    browser: Any, edit: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    edit("title: {en: On the road", "title: {en: On the road")
    edit("status: confirmed", "status: confirmed: [")
    assert "On the road" in browser.get("/road-2027/en").words
    assert "the last edition stays" in caplog.text
    edit("status: confirmed: [", "status: confirmed")
    edit("en: On the road", "en: A new road")
    assert "A new road" in browser.get("/road-2027/en").words


def test_files_are_looked_at_once_a_second_at_most(
    browser: Any, monkeypatch: pytest.MonkeyPatch, clock: Any
) -> None:
    looked = []
    from briefingkit_web.site import Site

    look = Site._look
    monkeypatch.setattr(Site, "_look", lambda self: looked.append(1) or look(self))
    for _ in range(5):
        browser.get("/road-2027/en")
    assert len(looked) <= 1
    clock.seconds += 1.5
    browser.get("/road-2027/en")
    browser.get("/road-2027/en")
    assert len(looked) <= 2
