"""People register with a real browser: refused, corrected, confirmed, changed, cancelled, and waiting for a place."""

import re
from typing import TYPE_CHECKING

import pytest

from .conftest import Town, Visit

if TYPE_CHECKING:
    from playwright.sync_api import Page


def fill(page: "Page", name: str, *, meal: bool = True, language: str = "en") -> None:
    page.fill("[name=name]", name)
    page.fill("[name=email]", f"{name.lower()}@people.example")
    page.select_option("[name=timezone]", "Asia/Kolkata")
    page.check(f"[name=join][value={'yes' if meal else 'no'}]")
    page.check("[name=consent]")
    page.check(f"[name=language][value={language}]")


def hand_in(page: "Page") -> None:
    page.click("main form[method=post] button[type=submit]")
    page.wait_for_load_state()


def register(page: "Page", name: str, **told: str) -> None:
    fill(page, name, meal=False, **told)
    hand_in(page)


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without"])
def test_somebody_is_refused_corrects_and_is_confirmed(town: Town, visit: Visit, *, script: bool) -> None:
    page = visit(town.at("forum"), script=script)
    page.fill("[name=name]", "Ada Okafor")
    page.fill("[name=email]", "nobody")
    page.check("[name=join][value=yes]")
    hand_in(page)
    assert page.locator("#errors").is_visible()
    assert page.input_value("[name=name]") == "Ada Okafor"
    assert page.input_value("[name=email]") == "nobody"
    assert page.locator("[name=email]").get_attribute("aria-invalid") == "true"
    page.click("#errors a >> nth=0")
    if script:  # without it nobody can ask
        assert page.evaluate("document.activeElement.name") == "email"

    fill(page, "Ada")
    hand_in(page)
    # What is asked only of those who join comes when they have said so.
    page.check("[name=meal][value=fish]")
    page.check("[name=consent]")
    hand_in(page)
    assert "/r/" in page.url
    text = page.inner_text("main")
    assert "Fish" in text
    assert f"https://meet.example.org/{town.forum}" in page.content()
    assert "19:30" in page.inner_text("body") or "18:30" in page.inner_text("body")


def test_the_calendar_file_can_be_taken_along(town: Town, visit: Visit) -> None:
    page = visit(town.at("forum"))
    register(page, "Ada")
    with page.expect_download() as loading:
        page.click("a[href$='event.ics']")
    path = loading.value.path()
    assert path is not None
    assert "BEGIN:VEVENT" in path.read_text("utf-8")


def test_on_paper_ones_own_page_says_whom_to_ask(town: Town, visit: Visit) -> None:
    page = visit(town.at("forum"))
    register(page, "Ada")
    page.emulate_media(media="print")
    assert page.locator("footer a").is_visible()
    assert not page.locator("a[href$='/cancel']").is_visible()


def test_answers_are_changed_and_a_registration_is_cancelled_by_its_own_link(
    town: Town, visit: Visit
) -> None:
    page = visit(town.at("forum"))
    register(page, "Ada")
    link = page.url
    page = visit(link)
    page.click("a[href$='/change']")
    page.fill("[name=name]", "Ada Lovelace")
    hand_in(page)
    assert "Ada Lovelace" in page.inner_text("main")
    page.click("a[href$='/cancel']")
    hand_in(page)
    assert page.locator("a[href$='/change']").count() == 0
    assert "https://meet.example.org" not in page.content()
    assert "Lovelace" not in visit(town.at("forum")).content()


def test_who_comes_when_it_is_full_waits_and_moves_up(town: Town, visit: Visit) -> None:
    first = visit(town.at("forum"))
    register(first, "Ada")
    second = visit(town.at("forum"))
    assert "waiting list" in second.inner_text("main")
    register(second, "Bo")
    assert "waiting list" in second.inner_text("main")
    assert "https://meet.example.org" not in second.content()
    first.click("a[href$='/cancel']")
    hand_in(first)
    second.reload()
    assert "https://meet.example.org" in second.content()


def test_a_double_click_registers_once(town: Town, visit: Visit) -> None:
    page = visit(town.at("forum"))
    fill(page, "Ada", meal=False)
    page.dblclick("main form[method=post] button[type=submit]")
    page.wait_for_url(re.compile("/r/"))
    organizer = visit(f"{town.address}_organizer/{town.forum}", organizer=True)
    assert organizer.locator("tbody tr").count() == 1


def test_in_arabic_it_runs_from_right_to_left_to_the_end(town: Town, visit: Visit) -> None:
    page = visit(town.at("forum", "ar"), phone=True)
    assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    page.fill("[name=name]", "آدا أوكافور")
    page.fill("[name=email]", "ada@people.example")
    page.check("[name=join][value=no]")
    page.check("[name=consent]")
    hand_in(page)
    assert page.evaluate("document.documentElement.lang") == "ar"
    assert "آدا أوكافور" in page.inner_text("main")
    assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"


def test_the_language_is_the_browsers_and_can_be_switched(town: Town, visit: Visit) -> None:
    page = visit(town.at("forum"))
    page.click("a[hreflang=fr], a[lang=fr]")
    assert page.evaluate("document.documentElement.lang") == "fr"
    assert "Sur la route du forum" in page.inner_text("h1")


def test_the_page_asks_nobody_else_for_anything_and_sets_no_cookie(town: Town, visit: Visit) -> None:
    page = visit(town.at("forum"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    register(page, "Ada")
    assert asked
    assert all(url.startswith(town.address) for url in asked)
    assert page.context.cookies() == []


def test_the_organisers_see_the_list_and_its_statistics_behind_a_token(town: Town, visit: Visit) -> None:
    register(visit(town.at("forum", "fr")), "Ada", language="fr")
    page = visit(f"{town.address}_organizer/{town.forum}", organizer=True)
    assert "Ada" in page.inner_text("table")
    page.fill("[name=q]", "nobody like that")
    page.click("form[role=search] button")
    assert page.locator("table").count() == 0
    page.goto(f"{town.address}_organizer/{town.forum}/report")
    assert page.locator("svg").count() > 0
    stranger = visit(town.address).request.get(f"{town.address}_organizer/{town.forum}")
    assert stranger.status == 401
    assert "Ada" not in stranger.text()
