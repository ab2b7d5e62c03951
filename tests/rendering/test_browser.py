"""Pages as a browser shows them: they fit a phone, can be read in light and dark, and ask nobody for anything."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from briefingkit.model import Publication
from briefingkit.rendering.html import html
from briefingkit.rendering.index import Index, entry, index_html
from briefingkit.rendering.view import view

from ..chromium import DARK, NEEDED, browse, measure

pytestmark = [pytest.mark.peer, NEEDED]

ALTERNATES = {tag: f"imrf-2022.{tag}.html" for tag in ("en", "fr", "es", "ar")}

FACTS = """
  styled: style("h1").fontWeight, paper: style("body").backgroundColor,
"""


def asked_for(folder: Path, page: str) -> list[str]:
    log = folder / "net.json"
    browse(folder, page, f"--log-net-log={log}", "--net-log-capture-mode=Everything")
    return sorted(set(re.findall(r'"url":"(https?://[^"]*example[^"]*)"', log.read_text(encoding="utf-8"))))


@pytest.fixture
def pages(imrf: Publication, make: Callable[..., Publication]) -> dict[str, str]:
    long = make(
        title={"en": "Donaudampfschifffahrtsgesellschaft" * 8, "ar": "قصير"},
        background={"en": "| a | b |\n|---|---|\n| " + "x" * 200 + " | y |\n\n    code " + "y" * 200},
        links=[{"key": "l", "title": "https://example.org/" + "z" * 300, "url": "https://example.org/"}],
    )
    states = [make(status=status) for status in ("cancelled", "postponed", "tentative")]
    shown = {tag: view(imrf, tag) for tag in ALTERNATES}
    shown |= {f"long-{tag}": view(long, tag) for tag in ("en", "ar")}
    shown |= {seen.status: seen for seen in (view(one, "zh") for one in states)}
    made = {
        name: html(seen, alternates=ALTERNATES, calendar_href="x.ics", index_href="index.html").decode()
        for name, seen in shown.items()
    }
    line = entry(view(states[0], "fr"), "x.html")
    made["index"] = index_html(Index("Programme", "fr", (line,), "feed.ics"), alternates=ALTERNATES).decode()
    return made


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_a_phone_and_have_enough_contrast(
    tmp_path: Path, pages: dict[str, str], scheme: str
) -> None:
    flags = (DARK,) if scheme == "dark" else ()
    for name, found in measure(tmp_path, pages, *flags, unseen=".skip", more=FACTS).items():
        assert (name, found["inner"], found["scroll"], found["wide"]) == (name, 360, 360, [])
        assert found["styled"] == "600", "the page's own policy keeps its style out"
        assert found["contrast"][0] >= 4.5, (name, found["contrast"])
        assert (found["paper"] == "rgb(255, 255, 255)") is (scheme == "light")


def test_a_page_asks_nobody_for_anything(tmp_path: Path, pages: dict[str, str]) -> None:
    assert asked_for(tmp_path, pages["en"]) == []


def test_a_request_of_a_page_would_be_seen(tmp_path: Path) -> None:
    assert asked_for(tmp_path, '<img src="http://control.example/a.png">') != []
