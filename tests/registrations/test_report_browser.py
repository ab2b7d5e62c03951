"""The report and the brief in a browser: axe-core finds nothing, nothing is wider than a telephone, nobody is asked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from briefingkit.registrations.statistics.answers_brief import brief_html
from briefingkit.registrations.statistics.report import report_html

from ..chromium import CHROMIUM, FLAGS, NEEDED

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is absent")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is absent")
pytestmark = [pytest.mark.peer, NEEDED]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def pages(opened: Any, tmp_path: Path) -> dict[str, Path]:
    roll = opened(fields=["name", "email", "organization", "country", "language", "interpretation"])
    organization = "A department with a name that is as long as those of departments are " * 2
    for number in range(14):
        roll.add(
            {
                "email": f"p{number}@example.org",
                "name": f"Person {number}",
                "organization": f"{organization}{number}",
                "country": "BE" if number % 2 else "CF",
                "interpretation": "fr",
                "meal": "veg",
            },
            language="en",
        )
    roll.mark_present("#1", "#2", minutes=40)
    made = {
        **{f"report-{language}": report_html(roll, language) for language in ("en", "ar")},
        "brief-ar": brief_html(roll.answers(names=True), "ar"),
    }
    for name, text in made.items():
        (tmp_path / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: tmp_path / f"{name}.html" for name in made}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_anybody_out_and_all_of_it_fits_a_telephone(
    chromium: Any, pages: dict[str, Path], scheme: str
) -> None:
    context = chromium.new_context(
        color_scheme=scheme, viewport={"width": 320, "height": 700}, bypass_csp=True
    )
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    for name, path in pages.items():
        page = context.new_page()
        page.goto(path.as_uri())
        found = axe.Axe().run(page).response["violations"]
        assert [(each["id"], len(each["nodes"])) for each in found] == [], name
        assert page.evaluate("document.documentElement.scrollWidth") == 320, name
        page.close()
    context.close()
    assert sorted(asked) == sorted(path.as_uri() for path in pages.values())


def test_the_style_is_allowed_by_the_pages_own_policy_and_colours_the_charts(
    chromium: Any, pages: dict[str, Path]
) -> None:
    colours = {}
    for scheme in ("light", "dark"):
        context = chromium.new_context(color_scheme=scheme)
        page = context.new_page()
        refused: list[str] = []
        page.on("console", lambda message, into=refused: into.append(message.text))
        page.goto(pages["report-ar"].as_uri())
        fill = "getComputedStyle(document.querySelector('.chart rect')).fill"
        colours[scheme] = page.evaluate(fill)
        assert refused == []
        context.close()
    assert colours["light"] != colours["dark"]
    assert "rgb(0, 0, 0)" not in colours.values()
