"""Every page is there in every language of the briefing, and says which it is in."""

from typing import Any

import html5lib
import pytest

from briefingkit_web.reading_language import preferred, reader_language


@pytest.mark.parametrize(
    ("accept", "language", "told"),
    [
        ("fr-CA,fr;q=0.8,en;q=0.5", "fr", "S’inscrire"),
        ("ar-EG", "ar", "التسجيل للمشاركة"),
        ("de,it;q=0.4", "en", "Register"),
        ("", "en", "Register"),
        ("*", "en", "Register"),
        ("fr;q=0,ar;q=0.1", "ar", "التسجيل للمشاركة"),
        (";;;q=,\x7f,x-" + "a" * 5000, "en", "Register"),
    ],
)
def test_the_browser_chooses_where_the_address_does_not(
    browser: Any, accept: str, language: str, told: str
) -> None:
    page = browser.get("/road-2027", accept_language=accept)
    assert page.headers["content-language"] == language
    assert "accept-language" in page.headers["vary"].lower()
    assert f'<html lang="{language}"' in page.text
    assert told in page.words


def test_the_address_goes_before_the_browser(browser: Any) -> None:
    assert browser.get("/road-2027/ar", accept_language="fr").headers["content-language"] == "ar"
    assert browser.get("/road-2027/AR").headers["content-language"] == "ar"


def test_arabic_is_written_from_right_to_left_on_every_page(browser: Any) -> None:
    own = browser.register(path="/road-2027/ar")
    assert own.startswith("/road-2027/ar/r/")
    for path in ("/road-2027/ar", own, f"{own}/change", f"{own}/cancel"):
        assert '<html lang="ar" dir="rtl">' in browser.get(path).text


def test_a_switch_leads_to_the_same_page_in_the_other_languages(browser: Any) -> None:
    own = browser.register()
    for path in ("/road-2027/en", own, f"{own}/change", f"{own}/cancel"):
        for language in ("fr", "ar"):
            other = path.replace("/road-2027/en", f"/road-2027/{language}")
            assert f'href="{other}"' in browser.get(path).text
            assert browser.get(other).headers["content-language"] == language


def test_a_language_that_is_not_there_leads_to_the_nearest(browser: Any) -> None:
    answer = browser.get("/road-2027/fr-BE", accept_language="fr")
    assert (answer.status, answer.location) == (303, "/road-2027/fr")
    assert browser.get("/road-2027/tlh", accept_language="ar").location == "/road-2027/ar"
    assert browser.get("/road-2027/fr-CA", accept_language="ar").location == "/road-2027/fr"
    assert browser.get("/road-2027/%ff", accept_language="ar").location == "/road-2027/ar"


def test_what_goes_wrong_is_told_in_the_readers_language(browser: Any) -> None:
    assert "هذه الصفحة غير موجودة" in browser.get("/nothing", accept_language="ar").words
    refused = browser.post("/road-2027/fr", browser.form(path="/road-2027/fr", email="x"))
    assert "Ce n’est pas une adresse e-mail" in refused.words
    assert browser.get("/road-2027/fr/r/x").headers["content-language"] == "fr"


def test_a_text_that_is_missing_in_a_language_says_which_it_is_in(browser: Any, edit: Any) -> None:
    edit(
        "text: {en: When do you arrive?, fr: Quand arrivez-vous ?, ar: متى تصلون؟}",
        "text: {en: When do you arrive?}",
    )
    assert '<span lang="en" dir="ltr">When do you arrive?</span>' in browser.get("/road-2027/ar").text


def test_no_line_of_french_begins_with_a_question_mark(browser: Any) -> None:
    text = browser.get("/road-2027/fr").text
    assert "Comment participez-vous\u00a0?</legend>" in text.replace("\n", "")
    assert "Quand arrivez-vous\u00a0?" in text


def test_a_condition_is_said_in_words_and_kept_by_style_alone(browser: Any) -> None:
    page = browser.get("/road-2027/en")
    assert "Only for those who answer “How do you attend?” with: In the room" in page.words
    tree = html5lib.parse(page.text, namespaceHTMLElements=False)
    rooms = [each.get("id") for each in tree.iter("input") if each.get("value") == "room"]
    assert f"form:has(#{rooms[0]}:checked)" in page.text


def test_the_index_lists_what_is_to_come(browser: Any, clock: Any) -> None:
    assert "En chemin" in browser.get("/", accept_language="fr").words
    clock.now = clock.now.replace(year=2028)
    assert "On the road" not in browser.get("/").words


def test_the_index_has_a_switch_and_leads_on_in_the_language_that_was_chosen(browser: Any) -> None:
    first = browser.get("/", accept_language="fr")
    assert 'href="/?language=ar" hreflang="ar"' in first.text
    assert 'href="/road-2027"' in first.text
    chosen = browser.get("/?language=ar", accept_language="fr")
    assert chosen.headers["content-language"] == "ar"
    assert 'dir="rtl"' in chosen.text
    assert 'href="/road-2027/ar"' in chosen.text
    assert browser.get("/?language=<b>", accept_language="fr").headers["content-language"] == "fr"


def test_no_page_is_made_of_an_icon_that_is_not_there(browser: Any) -> None:
    answer = browser.get("/favicon.ico")
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["cache-control"] == "public, max-age=86400"


def test_the_index_says_what_is_cancelled(browser: Any, edit: Any) -> None:
    assert "Cancelled" not in browser.get("/").words
    edit("status: confirmed", "status: cancelled")
    assert "On the road Tuesday, 13 April 2027, 15:00–16:30 CEST (UTC+2) Cancelled" in browser.get("/").words


def test_the_header_is_read_as_http_says() -> None:
    assert preferred("fr;q=0.2, en;q=0.9, ar") == ("ar", "en", "fr")
    assert preferred("en;q=high, fr;q=nan, ar;q=2") == ("ar",)
    assert reader_language("pt-BR", ("fr", "pt")) == "pt"
