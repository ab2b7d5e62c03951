"""axe-core finds nothing that keeps people out, in each state of the page, on a phone, light and dark."""

from typing import TYPE_CHECKING, Any

import pytest

from .conftest import Town, Visit
from .test_registering_in_a_browser import fill, hand_in, register

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: "Page") -> list[tuple[str, Any]]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": _RULES}}).response
    return [(each["id"], [node["target"] for node in each["nodes"]]) for each in found["violations"]]


def too_wide(page: "Page") -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def form(town: Town, visit: Visit, language: str, **how: bool) -> "Page":
    return visit(town.at("forum", language), **how)


def refused(town: Town, visit: Visit, language: str, **how: bool) -> "Page":
    page = form(town, visit, language, **how)
    page.fill("[name=email]", "nobody")
    hand_in(page)
    return page


def confirmed(town: Town, visit: Visit, language: str, **how: bool) -> "Page":
    page = form(town, visit, language, **how)
    register(page, "Ada", language=language)
    return page


def waiting(town: Town, visit: Visit, language: str, **how: bool) -> "Page":
    register(visit(town.at("forum")), "Bo")
    return confirmed(town, visit, language, **how)


def changing(town: Town, visit: Visit, language: str, **how: bool) -> "Page":
    page = confirmed(town, visit, language, **how)
    page.click("a[href$='/change']")
    return page


def cancelling(town: Town, visit: Visit, language: str, **how: bool) -> "Page":
    page = confirmed(town, visit, language, **how)
    page.click("a[href$='/cancel']")
    return page


def withdrawn(town: Town, visit: Visit, language: str, **how: bool) -> "Page":
    page = cancelling(town, visit, language, **how)
    hand_in(page)
    return page


def standing(name: str) -> "Callable[..., Page]":
    def opened(town: Town, visit: Visit, language: str, **how: bool) -> "Page":
        return visit(town.at(name, language), **how)

    opened.__name__ = name
    return opened


STATES = (
    form,
    refused,
    confirmed,
    waiting,
    changing,
    cancelling,
    withdrawn,
    standing("postponed"),
    standing("cancelled"),
    standing("over"),
    standing("early"),
    standing("nothing-of-that-name"),
)


@pytest.mark.parametrize("how", ["wide", "phone"])
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_nothing_keeps_people_out(town: Town, visit: Visit, state: "Callable[..., Page]", how: str) -> None:
    seen: dict[str, Any] = {"wide": ("en", {}), "phone": ("ar", {"phone": True, "dark": True})}
    language, more = seen[how]
    page = state(town, visit, language, **more)
    assert violations(page) == []
    assert not too_wide(page)


def test_a_word_without_an_end_widens_no_page_on_a_phone(town: Town, visit: Visit) -> None:
    page = form(town, visit, "en", phone=True)
    fill(page, "Ada", meal=False)
    page.fill("[name=name]", "Donaudampfschifffahrt" * 9)
    hand_in(page)
    assert "Donaudampfschifffahrt" in page.inner_text(".answers")
    assert not too_wide(page)


def test_what_stands_in_a_notice_keeps_apart(town: Town, visit: Visit) -> None:
    page = confirmed(town, visit, "en")
    gaps = page.evaluate(
        """[...document.querySelectorAll(".notice > * + *, section > p + p")].map((e) =>
        e.getBoundingClientRect().top - e.previousElementSibling.getBoundingClientRect().bottom)"""
    )
    assert len(gaps) > 1
    assert min(gaps) >= 8


def test_who_goes_to_what_is_wrong_sees_what_it_is(town: Town, visit: Visit) -> None:
    page = refused(town, visit, "en", phone=True)
    for link in page.locator("#errors a").all():
        page.keyboard.press("Control+Home")
        link.click()
        place = page.evaluate("document.querySelector(location.hash).getAttribute('aria-describedby')") or ""
        for hint in (each for each in place.split() if each.endswith("-error")):
            top, bottom = page.evaluate(
                f"(({{top, bottom}}) => [top, bottom])(document.getElementById('{hint}').getBoundingClientRect())"
            )
            assert 0 <= top < bottom <= page.evaluate("innerHeight"), link.inner_text()


def test_a_scale_stands_in_one_line_on_a_small_phone(town: Town, visit: Visit) -> None:
    page = form(town, visit, "fr", phone=True)
    page.set_viewport_size({"width": 320, "height": 640})
    lines = page.evaluate(
        "[...document.querySelectorAll('[name=news]')].filter((e) => e.value).map((e) => e.offsetTop)"
    )
    assert len(lines) == 5
    assert len(set(lines)) == 1


def test_nothing_keeps_organisers_out(town: Town, visit: Visit) -> None:
    register(visit(town.at("forum")), "Ada")
    for path in ("", town.forum, f"{town.forum}/1", f"{town.forum}/report"):
        page = visit(f"{town.address}_organizer/{path}", organizer=True)
        assert violations(page) == [], path
        assert not too_wide(page), path


def test_the_form_can_be_filled_in_with_the_keyboard_alone(town: Town, visit: Visit) -> None:
    page = visit(town.at("forum"))
    reached: list[str] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.name || document.activeElement.type || ''")
        reached.append(str(name))
        if name == "submit":
            break
    assert reached[-1] == "submit"
    assert {"name", "email", "country", "join", "consent"} <= set(reached)
    assert "_website" not in reached
