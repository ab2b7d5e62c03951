"""The report and the moderator's brief: complete in themselves, harmless, and readable in every language."""

import re
import sys
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import html5lib
import pytest
from markdown_it import MarkdownIt

from briefingkit.errors import MissingExtra
from briefingkit.model import Programme, structure
from briefingkit.registrations.registration_list import RegistrationList
from briefingkit.registrations.statistics.answers_brief import brief_html, brief_markdown
from briefingkit.registrations.statistics.charts import BARS_AT_MOST, bars, columns
from briefingkit.registrations.statistics.report import report_html, statistics_html
from briefingkit.registrations.statistics.words import Row
from briefingkit.store import open_ledger
from briefingkit.text.phrases import SHIPPED

HOSTILE = "</style></svg><script>alert(1)</script>\u202e<img src=x onerror=alert(1)> {{ 7 * 7 }} \x07"
XHTML = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"


def elements(page: str) -> list[Any]:
    parser = html5lib.HTMLParser(strict=True)
    return list(parser.parse(page).iter())


@pytest.fixture
def filled(opened: Any) -> RegistrationList:
    roll = opened(
        fields=["name", "email", "organization", "country", "interpretation"],
        questions=[
            {
                "key": "meal",
                "text": {"en": "Your <b>meal</b>", "fr": "Votre repas"},
                "type": "choice",
                "options": [
                    {"key": "veg", "text": {"en": "Veg & more", "fr": "Végé"}},
                    {"key": "no", "text": {"en": "None"}},
                ],
            },
            {"key": "say", "text": {"en": "What else?", "fr": "Quoi encore ?"}, "type": "paragraph"},
        ],
    )
    for number in range(15):
        roll.add(
            {
                "email": f"p{number}@example.org",
                "name": HOSTILE,
                "organization": f"{HOSTILE} {number}",
                "country": "BE",
                "interpretation": "fr",
                "meal": "veg",
                "say": f"# {number} {HOSTILE}\n1. *And* [a](javascript:alert(1))\n- more",
            },
            language="fr" if number % 3 else "ar",
        )
    return roll


def test_the_report_runs_no_script_and_asks_nobody_for_anything(filled: RegistrationList) -> None:
    page = report_html(filled, "en")
    for element in elements(page):
        name = element.tag.rpartition("}")[2]
        assert name not in {
            "script",
            "img",
            "iframe",
            "link",
            "object",
            "embed",
            "image",
            "foreignObject",
            "use",
        }
        for attribute, value in element.attrib.items():
            assert not attribute.startswith("on")
            assert attribute not in {"style", "src", "srcset", "action"}
            assert "href" not in attribute or value.startswith("#")
    assert not re.search(r"url\(|@import", page)
    assert "{{ 7 * 7 }}" in page
    (policy,) = [each.attrib["content"] for each in elements(page) if "http-equiv" in each.attrib]
    assert policy.startswith("default-src 'none'")
    style = page.partition("<style>")[2].partition("</style>")[0]
    assert b64encode(sha256(style.encode()).digest()).decode() in policy


def test_what_people_wrote_stays_text(filled: RegistrationList) -> None:
    page = report_html(filled, "en")
    labels = [each.text for each in elements(page) if each.tag == f"{XHTML}bdi"]
    assert any("<script>alert(1)</script>" in (label or "") for label in labels)
    assert "\u202e" not in page
    assert "\x07" not in page
    assert "Your &lt;b&gt;meal" in page


def test_each_chart_has_a_name_and_a_table_with_the_same_figures(filled: RegistrationList) -> None:
    found = elements(report_html(filled, "fr"))
    charts = [each for each in found if each.tag == f"{SVG}svg"]
    assert len(charts) == 7
    assert all(chart.attrib["role"] == "img" and chart.attrib["aria-label"] for chart in charts)
    for place in (each for each in found if each.attrib.get("class") == "look"):
        drawn = [each.text for each in place.iter(f"{SVG}text") if each.attrib.get("class") == "value"]
        rows = [list(row) for row in place.iter(f"{XHTML}tr")]
        cells = [row[1].text for row in rows if row[0].tag == f"{XHTML}th"]
        assert drawn == cells[: len(drawn)][::-1] or not drawn
        assert [each.attrib["scope"] for each in place.iter(f"{XHTML}th")].count("col") == 2


def test_more_bars_than_fit_are_said_to_be_in_the_table(filled: RegistrationList) -> None:
    page = report_html(filled, "en")
    assert f"The <bdi>{BARS_AT_MOST}</bdi> most frequent; the table has all" in page
    assert page.count("<bdi>&lt;/style&gt;") == 15


@pytest.mark.parametrize("language", SHIPPED)
def test_the_report_is_in_its_language_and_the_same_each_time(
    filled: RegistrationList, language: str
) -> None:
    counted = filled.statistics()
    page = statistics_html(counted, language)
    assert page == statistics_html(counted, language)
    root = elements(page)[0]
    assert (root.attrib["lang"], root.attrib["dir"]) == (language, "rtl" if language == "ar" else "ltr")
    assert ('<p class="masthead-name">Report on the registrations</p>' in page) is (language == "en")


def test_a_title_that_is_not_there_in_the_language_says_which_it_is_in(filled: RegistrationList) -> None:
    assert '<h1><span lang="en" dir="ltr">Night buses</span></h1>' in report_html(filled, "ar")
    assert "<h1>Bus de nuit</h1>" in report_html(filled, "fr")


def test_a_question_that_is_not_there_in_the_language_runs_its_own_way(filled: RegistrationList) -> None:
    report, brief = report_html(filled, "ar"), brief_html(filled.answers(), "ar")
    assert re.search(r"<h2 [^>]*><bdi>Your &lt;b&gt;meal&lt;/b&gt;</bdi></h2>", report)
    assert "<caption><bdi>Your &lt;b&gt;meal&lt;/b&gt;</bdi></caption>" in report
    assert re.search(r"<h2 [^>]*><bdi>What else\?</bdi></h2>", brief)


def test_the_hour_of_the_report_has_its_zone(filled: RegistrationList) -> None:
    assert re.search(
        r'<time datetime="2027-03-01T10:00:\d\d\+01:00">[^<]*CET \(UTC\+1\)', report_html(filled, "en")
    )


def test_an_empty_list_has_a_report(opened: Any) -> None:
    page = report_html(opened(), "en")
    assert "<svg" not in page
    assert "Confirmed registrations" in page


def test_a_chart_is_turned_around_for_a_script_that_runs_the_other_way_and_its_words_are_not() -> None:
    rows = [Row("Brussels", 3), Row("Halle", 1)]
    plain, turned = (str(bars(rows, name="n", values=["3", "1"], rtl=rtl)) for rtl in (False, True))
    assert 'transform="translate(460 0) scale(-1 1)"' in turned
    assert turned.count("scale(-1 1)") == 1 + turned.count("<text")
    anchors = [dict(re.findall(r'text-anchor="(\w+)">([^<]+)<', drawn)[::-1]) for drawn in (plain, turned)]
    assert anchors == [{"end": "Halle", "start": "1"}, {"start": "Halle", "end": "1"}]
    for drawn in (plain, turned):
        assert re.findall(r">([^<>]+)</text>", drawn) == ["Halle", "Brussels", "1", "3"]


def test_a_long_label_is_cut_in_the_chart_and_a_wide_one_earlier() -> None:
    drawn = str(bars([Row("x" * 80, 1), Row("中" * 80, 1)], name="n", values=["1", "1"]))
    wide, narrow = sorted((found for found in re.findall(r">([^<>]+…)</text>", drawn)), key=len)
    assert (wide.strip("中"), narrow.strip("x")) == ("…", "…")
    assert len(wide) < len(narrow) < 40


def test_a_scale_has_whole_numbers_of_people() -> None:
    drawn = str(columns([Row("a", 1, short="1/2"), Row("b", 0, short="2/2")], name="n"))
    assert [each for each in re.findall(r">([^<>]+)</text>", drawn) if "/" not in each] == ["0", "1"]


@pytest.mark.parametrize("days", range(1, 6))
def test_a_few_days_are_no_blocks_as_wide_as_the_page(days: int) -> None:
    chart = str(columns([Row(f"{day} May", 3, short=f"{day}/5") for day in range(1, days + 1)], name="x"))
    found = re.findall(r"<rect[^>]* width=\"([0-9.]+)\"", chart)
    assert len(found) == days
    assert all(float(width) < 460 / 6 for width in found)
    assert all(f">{day}/5<" in chart for day in range(1, days + 1))


def test_drawing_leaves_the_ways_of_importing_as_they_were() -> None:
    bars([Row("a", 1)], name="n", values=["1"])
    assert all(hasattr(finder, "find_spec") for finder in sys.meta_path)


def test_a_missing_package_is_said_with_its_extra(monkeypatch: pytest.MonkeyPatch, opened: Any) -> None:
    roll = opened()
    roll.add({"name": "Ada"})
    monkeypatch.setitem(sys.modules, "pygal", None)
    with pytest.raises(MissingExtra, match=r"briefingkit\[charts\]"):
        report_html(roll, "en")


# The brief


def test_the_brief_groups_by_question_and_language_without_names(filled: RegistrationList) -> None:
    text = brief_markdown(filled.answers(), "en")
    lines = text.splitlines()
    assert lines[0] == "# Brief for the moderator"
    assert [line for line in lines if line.startswith("##")] == [
        "## What else?",
        "### French: 10",
        "### Arabic: 5",
    ]
    assert "example.org" not in text
    assert "—" not in text


def test_names_stand_in_the_brief_where_they_are_asked_for(filled: RegistrationList) -> None:
    text = brief_markdown(filled.answers(names=True), "en")
    assert text.count("> — ") == 15
    assert "p1@example.org" not in text


def test_answers_mark_nothing_up_in_markdown(filled: RegistrationList) -> None:
    text = brief_markdown(filled.answers(names=True), "en")
    tokens = MarkdownIt("commonmark").parse(text)
    kinds = {token.type for token in tokens} | {
        child.type for token in tokens for child in token.children or ()
    }
    assert kinds <= {
        "heading_open", "heading_close", "inline", "text", "paragraph_open", "paragraph_close", "blockquote_open",
        "blockquote_close", "softbreak", "text_special",
    }  # fmt: skip
    assert sum(token.type == "heading_open" for token in tokens) == 4
    assert "\u202e" not in text


def test_an_answer_keeps_its_lines_and_its_language_in_the_page(filled: RegistrationList) -> None:
    page = brief_html(filled.answers(), "fr")
    answers = [each for each in elements(page) if each.tag == f"{XHTML}li"]
    assert [each.attrib["lang"] for each in answers] == ["fr"] * 10 + ["ar"] * 5
    assert answers[0].text.split("\n")[1] == "1. *And* [a](javascript:alert(1))"
    assert [each.attrib["href"] for each in elements(page) if each.tag == f"{XHTML}a"] == ["#content"]


def test_more_answers_than_are_kept_are_counted(filled: RegistrationList) -> None:
    text = brief_markdown(filled.answers(most=2), "en")
    assert "### French: 10" in text
    assert "Further answers that are not shown: 8" in text
    assert sum(line.startswith("> \\#") for line in text.splitlines()) == 4


def test_who_has_cancelled_is_not_asked_any_more(filled: RegistrationList) -> None:
    for number in range(15):
        filled.cancel(f"p{number}@example.org")
    text = brief_markdown(filled.answers(), "fr")
    assert "Personne n’a encore répondu" in text
    assert ">" not in text


def test_guiding_questions_come_first_and_each_says_what_it_belongs_to(tmp_path: Path, clock: Any) -> None:
    briefing = structure(
        {
            "briefing": "b",
            "languages": ["en"],
            "title": {"en": "B"},
            "status": "confirmed",
            "start": "2027-03-10T15:00",
            "duration": "1h",
            "timezone": "UTC",
            "agenda": [
                {
                    "key": "panel",
                    "title": {"en": "The panel"},
                    "questions": [{"key": "q", "text": {"en": "Why?"}, "in_form": True}],
                }
            ],
            "registration": {
                "questions": [
                    {
                        "key": "meal",
                        "text": {"en": "Your meal"},
                        "type": "choice",
                        "options": [{"key": "fish", "text": {"en": "Fish"}}],
                        "other": True,
                    },
                    {"key": "say", "text": {"en": "What else?"}},
                ]
            },
        }
    )
    with RegistrationList(
        briefing, Programme([briefing]), open_ledger(str(tmp_path / "l.db")), clock=clock
    ) as roll:
        roll.add(
            {
                "name": "A",
                "agenda.panel.q": "Because",
                "say": "Nothing",
                "meal": "other",
                "meal.other": "Soup",
            }
        )
        lines = [line for line in brief_markdown(roll.answers(), "en").splitlines() if line]
    assert lines[2:] == [
        "## Why?", "The panel", "### Unknown language: 1", "> Because",
        "## Other, namely", "Your meal", "### Unknown language: 1", "> Soup",
        "## What else?", "### Unknown language: 1", "> Nothing",
    ]  # fmt: skip
