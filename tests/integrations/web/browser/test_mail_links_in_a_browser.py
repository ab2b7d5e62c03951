"""The pages that links in mails lead to, in a browser: who uses them wants out, or says whether they will speak."""

from collections.abc import Callable
from itertools import product
from typing import TYPE_CHECKING

import pytest

from .conftest import Town, Visit
from .test_accessible_in_a_browser import too_wide, violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

State = Callable[..., "Page"]


def press(page: "Page", wish: str) -> None:
    page.click(f"main button[value={wish}]")
    page.wait_for_load_state()


def wishes(town: Town, visit: Visit, language: str, **how: bool) -> "Page":
    return visit(town.wishes(language), **how)


def ended(town: Town, visit: Visit, language: str, **how: bool) -> "Page":
    page = wishes(town, visit, language, **how)
    press(page, "nothing")
    return page


def ended_for_this_event(town: Town, visit: Visit, language: str, **how: bool) -> "Page":
    page = wishes(town, visit, language, **how)
    press(page, "others")
    return page


def begun_again(town: Town, visit: Visit, language: str, **how: bool) -> "Page":
    page = ended(town, visit, language, **how)
    press(page, "all")
    return page


def wishes_of_a_briefing_that_is_gone(town: Town, visit: Visit, language: str, **how: bool) -> "Page":
    return visit(town.wishes(language, briefing="gone"), **how)


def wishes_expired(town: Town, visit: Visit, language: str, **how: bool) -> "Page":
    return visit(town.wishes(language, holds=False), **how)


def wishes_forged(town: Town, visit: Visit, language: str, **how: bool) -> "Page":
    return visit(f"{town.wishes(language)[:-2]}AA", **how)


def asked(town: Town, visit: Visit, language: str, **how: bool) -> "Page":
    return visit(f"{town.part(language)}/yes", **how)


def answered(town: Town, visit: Visit, language: str, **how: bool) -> "Page":
    page = asked(town, visit, language, **how)
    page.click("main button[type=submit]")
    page.wait_for_load_state()
    return page


def thinking_again(town: Town, visit: Visit, language: str, **how: bool) -> "Page":
    page = answered(town, visit, language, **how)
    page.click("main a[href$='/no']")
    return page


def part_expired(town: Town, visit: Visit, language: str, **how: bool) -> "Page":
    return visit(f"{town.part(language, holds=False)}/yes", **how)


def part_forged(town: Town, visit: Visit, language: str, **how: bool) -> "Page":
    return visit(f"{town.part(language)[:-2]}AA/no", **how)


def part_taken_out_of_the_programme(town: Town, visit: Visit, language: str, **how: bool) -> "Page":
    return visit(f"{town.part(language, 'nobody')}/yes", **how)


STATES: tuple[State, ...] = (
    wishes,
    ended,
    ended_for_this_event,
    begun_again,
    wishes_of_a_briefing_that_is_gone,
    wishes_expired,
    wishes_forged,
    asked,
    answered,
    thinking_again,
    part_expired,
    part_forged,
    part_taken_out_of_the_programme,
)
SIZES = {"wide": {"width": 1100, "height": 900}, "phone": {"width": 375, "height": 812}}


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_nothing_keeps_people_out(town: Town, visit: Visit, state: State, language: str) -> None:
    page = state(town, visit, language)
    for (size, view), scheme in product(SIZES.items(), ("light", "dark")):
        page.set_viewport_size(view)
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == [], (size, scheme)
        assert not too_wide(page), (size, scheme)
    direction = page.evaluate("getComputedStyle(document.body).direction")
    assert direction == ("rtl" if language == "ar" else "ltr")
    assert page.evaluate("document.documentElement.lang") == language


def tab_to(page: "Page", words: str) -> None:
    """Go on with the tabulator until something of these words has the focus, and can be seen to have it."""
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == words:
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none"
            return
    pytest.fail(f"{words} cannot be reached")


def enter(page: "Page") -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without"])
def test_mails_are_ended_and_begun_again_with_the_keyboard_alone(
    town: Town, visit: Visit, *, script: bool
) -> None:
    page = visit(town.wishes(), script=script)
    for button, then in (
        ("End only those about this event", "You get no more mails about this event"),
        ("End all mails of the organisers", "You get no more of these mails"),
        ("Get these mails again", "You get these mails again"),
    ):
        tab_to(page, button)
        enter(page)
        assert page.inner_text("h1") == then
    assert visit(town.wishes()).inner_text("h1") == "Do you want no more of these mails?"


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without"])
def test_an_answer_is_given_and_taken_back_with_the_keyboard_alone(
    town: Town, visit: Visit, *, script: bool
) -> None:
    page = visit(f"{town.part()}/yes", script=script)
    assert "Nothing is sent yet." in page.inner_text("main")
    tab_to(page, "Send this answer")
    enter(page)
    assert "Your answer is noted." in page.inner_text("[role=status]")
    tab_to(page, "I cannot take part")
    enter(page)
    assert "So far you have answered: I will take part" in page.inner_text("main")
    tab_to(page, "Send this answer")
    enter(page)
    page = visit(f"{town.part()}/no")
    assert (page.inner_text("h1"), "Your answer is noted." in page.inner_text("main")) == (
        "I cannot take part",
        True,
    )


def test_whom_to_write_to_is_one_step_away_from_a_link_that_leads_nowhere(town: Town, visit: Visit) -> None:
    for state in (wishes_expired, wishes_forged, part_expired, part_forged, part_taken_out_of_the_programme):
        page = state(town, visit, "en")
        mail = page.get_attribute("main a", "href") or ""
        assert mail.startswith("mailto:desk%2Bforum@town.example?subject=")
        assert page.request.get(page.url).status in {404, 410}
