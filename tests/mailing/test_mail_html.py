"""The HTML of mails: nothing that mail programs drop, readable on a phone, in the dark, to the right and aloud."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from briefingkit.mailing.messages.composer import Composer
from briefingkit.mailing.messages.edition import Edition
from briefingkit.mailing.messages.kinds import Letter
from briefingkit.mailing.people.recipient import Recipient
from briefingkit.model import Access

from ..chromium import DARK, NEEDED, measure

Make = Callable[..., Edition]
ROOT = Path(__file__).parents[2]
PEERS = ROOT / ".cache" / "peers"

# Left out by one large program or more (caniemail.com), and what a mail would look like without its meaning.
NEVER_ELEMENTS = {
    "audio", "base", "bdi", "button", "canvas", "dialog", "embed", "form", "iframe", "img", "input", "link", "object",
    "script", "select", "svg", "textarea", "video",
}  # fmt: skip
NEVER_IN_STYLE = re.compile(
    r"(?:^|[;{\s])(?:position|float|flex|grid|gap|transform|animation|transition|filter|background-image|inset[\w-]*|"
    r"margin-inline[\w-]*|padding-inline[\w-]*|text-align)\s*:|var\(|calc\(|url\(|@import|@font-face|display:\s*(?:flex|grid)",
    re.IGNORECASE,
)
# What may be missing and leaves a mail as it should be, and why.
DEGRADES = {
    "@media": "without it the mail is light, and as wide as the window",
    "<style> element": "it holds nothing but @media",
    "display:none": "the first sentence is seen twice",
    "word-break": "a word of hundreds of letters is wider than a phone",
    "white-space": "a narrow column of times breaks in two",
    "role attribute": "a layout table is announced",
    "<body> element": "its language, direction and colour stand on the table inside it too",
    "height property": "what is meant is line-height, of which a default is left",
    "text-decoration": "links are underlined or not",
}


class Page(HTMLParser):
    """Collects what a mail program has to know of a page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.headings: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)


@pytest.fixture
def pages(make_edition: Make, links: Mapping[str, str], publish: Callable[..., Any]) -> dict[str, str]:
    made = {}
    for letter in Letter:
        edition = make_edition(letter.value, before=publish(start="2022-04-13T14:00", title={"en": "Before"}))
        for language in ("en", "fr", "ar"):
            person = Recipient(
                "ann@example.org",
                "Ann 李雷",
                language,
                "Asia/Kolkata",
                Access.PARTICIPANTS,
                "maulik",
                links=links,
            )
            made[f"{letter}.{language}"] = Composer(edition).message(person).parts.html or ""
    long = publish(
        title={"en": "Donaudampfschifffahrtsgesellschaft " * 8},
        background={"en": "x" * 300},
        links=[],
        materials=[],
    )
    person = Recipient("ann@example.org", "W" * 300, "en")
    made["long"] = Composer(make_edition("invitation", publication=long)).message(person).parts.html or ""
    return made


def test_nothing_is_in_it_that_mail_programs_drop(pages: Mapping[str, str]) -> None:
    for name, html in pages.items():
        page = Page(html)
        assert {tag for tag, _ in page.elements} & NEVER_ELEMENTS == set(), name
        styles = [held.get("style", "") for _, held in page.elements]
        assert [style for style in styles if NEVER_IN_STYLE.search(style)] == [], name
        assert not any(name.startswith("on") for _, held in page.elements for name in held)
        assert len(html.encode()) < 100_000, "Gmail cuts a mail off at 102 kB"


def test_what_stands_in_a_style_sheet_is_in_media_queries_alone(pages: Mapping[str, str]) -> None:
    sheet = re.search(r"<style>(.*?)</style>", pages["reminder.en"], re.DOTALL)
    assert sheet is not None
    assert re.fullmatch(r"\s*(?:@media [^{]*\{(?:[^{}]*\{[^{}]*\}\s*)*\}\s*)+", sheet[1])
    assert "prefers-color-scheme: dark" in sheet[1]
    assert all("!important" in rule for rule in re.findall(r"[a-z-]+: [^;{}]+;", sheet[1]))


def test_it_can_be_read_aloud(pages: Mapping[str, str]) -> None:
    for name, html in pages.items():
        page = Page(html)
        language = name.rpartition(".")[2] if name != "long" else "en"
        root = page.elements[0][1]
        assert (root["lang"], root["dir"]) == (language, "rtl" if language == "ar" else "ltr")
        assert page.headings[0] == "h1"
        assert page.headings.count("h1") == 1
        layout = [
            held for tag, held in page.elements if tag == "table" and "facts" not in held.get("class", "")
        ]
        assert all(held.get("role") == "presentation" for held in layout)
        rows = [held for tag, held in page.elements if tag == "th"]
        assert rows
        assert all(held.get("scope") == "row" for held in rows)
        links = re.findall(r"<a [^>]*>(.*?)</a>", html, re.DOTALL)
        assert all(re.sub("<[^>]*>", "", words).strip() for words in links)


def test_to_the_right_everything_begins_at_the_right(pages: Mapping[str, str]) -> None:
    aligned = {
        held["align"]
        for tag, held in Page(pages["reminder.ar"]).elements
        if tag in {"td", "th"} and "align" in held
    }
    assert aligned == {"right", "center"}


def test_prose_in_another_language_begins_where_that_one_does(
    make_edition: Make, publish: Callable[..., Any]
) -> None:
    told = {"background": {"en": "- One\n- Two"}, "objectives": {"ar": "- واحد"}}
    edition = make_edition("invitation", publication=publish(**told))
    sides = []
    for language in ("ar", "en"):
        html = Composer(edition).message(Recipient("ann@example.org", "Ann", language)).parts.html or ""
        prose = [held for tag, held in Page(html).elements if tag == "div" and held.get("class") == "prose"]
        sides.append([(held.get("lang"), held.get("dir"), held.get("align")) for held in prose])
    assert ("en", "ltr", "left") in sides[0]
    assert ("ar", "rtl", "right") in sides[1]


def test_to_the_right_a_span_of_times_is_read_from_the_right(pages: Mapping[str, str]) -> None:
    """Nothing in it has a direction: `dir="auto"` would turn it to the left, and the end would be read first."""
    cells = re.findall(r'<td class="times"[^>]*>(.*?)</td>', pages["reminder.ar"], re.DOTALL)
    assert next(re.sub("<[^>]*>", "", cell) for cell in cells) == "15:00–15:05"
    assert not any("dir=" in cell for cell in cells)


@pytest.mark.peer
@pytest.mark.skipif(
    shutil.which("node") is None or not (PEERS / "node_modules" / "caniemail").is_dir(),
    reason="caniemail is not here: node and tests/peers/install_caniemail.sh bring it",
)
def test_what_is_not_supported_everywhere_can_be_missing(pages: Mapping[str, str]) -> None:
    script = ROOT / "tests" / "peers" / "check_with_caniemail.mjs"
    for name in ("reminder.en", "request.fr", "logistics.ar"):
        command = ["node", str(script), str(PEERS)]
        done = subprocess.run(
            command, input=pages[name].encode(), capture_output=True, check=True, timeout=120
        )
        found = json.loads(done.stdout)
        assert {title: held for title, held in found.items() if title not in DEGRADES} == {}, name


FACTS = """
  paper: style(".card").backgroundColor, fact: style("th").display,
  taps: [...page.querySelectorAll(".button, .own a")].map((a) => {
    const box = a.getBoundingClientRect();
    return [box.height, box.width, a.textContent];
  }),
  apart: [...page.querySelectorAll(".agenda + *, .facts + *")].map((after) =>
    after.getBoundingClientRect().top - after.previousElementSibling.getBoundingClientRect().bottom),
"""


@pytest.mark.peer
@NEEDED
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_and_has_enough_contrast(
    tmp_path: Path, pages: Mapping[str, str], scheme: str
) -> None:
    flags = (DARK,) if scheme == "dark" else ()
    for name, seen in measure(tmp_path, pages, *flags, unseen=".preheader", more=FACTS).items():
        assert seen["scroll"] == 360, name
        assert seen["contrast"][0] >= 4.5, (name, seen["contrast"])
        assert seen["fact"] == "block", name
        assert [tap for tap in seen["taps"] if tap[0] < 44 or tap[1] < 300] == [], name
        assert min(seen["apart"]) >= 12, name
        assert (seen["paper"] == "rgb(255, 255, 255)") is (scheme == "light"), name
