import json
import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefingkit.errors import RenderError
from briefingkit.model import Access, Briefing, Programme, Publication, structure
from briefingkit.rendering.html import html
from briefingkit.rendering.view import View, view
from briefingkit.testing.strategies import HOSTILE, programmes, publications

ALTERNATES = {"en": "imrf-2022.en.html", "fr": "imrf-2022.fr.html", "ar": "imrf-2022.ar.html"}
PROSE = "p em strong a ul ol li h3 h4 h5 h6 blockquote code pre hr br table thead tbody tr th td"
OURS = (
    "html head meta title link style script body a header div p nav ul ol li span bdi main article h1 h2 h3 h4 "
    "section dl dt dd time footer strong"
)
ATTRIBUTES = (
    "lang dir charset name content http-equiv rel href hreflang type class id tabindex aria-label "
    "aria-labelledby aria-current datetime start"
)


def page(
    seen: View,
    alternates: Mapping[str, str] | None = None,
    calendar_href: str | None = None,
    pages: Mapping[str, str] | None = None,
    logos: Mapping[str, str] | None = None,
) -> Element:
    written = html(seen, alternates=alternates, calendar_href=calendar_href, pages=pages, logos=logos)
    return parse(written)


def parse(written: bytes) -> Element:
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    found: Element = parser.parse(written.decode())
    return found


def words(element: Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


def by_class(root: Element, name: str) -> list[Element]:
    return [one for one in root.iter() if name in one.get("class", "").split()]


def test_a_page_is_valid_and_says_its_language_and_direction(imrf: Publication) -> None:
    for language, direction in (("en", "ltr"), ("fr", "ltr"), ("ar", "rtl")):
        root = page(view(imrf, language), alternates=ALTERNATES, calendar_href="imrf-2022.ics")
        assert (root.get("lang"), root.get("dir")) == (language, direction)
        assert len(list(root.iter("h1"))) == len(list(root.iter("main"))) == 1


def test_no_line_of_a_french_title_begins_with_its_colon(make: Callable[..., Publication]) -> None:
    seen = view(make(title={"en": "Briefing : a", "fr": "Réunion : où ?"}), "fr")
    (heading,) = page(seen).iter("h1")
    assert "".join(heading.itertext()) == "Réunion\u00a0: où\u00a0?"
    (heading,) = page(view(make(title={"en": "Briefing : a"}), "fr")).iter("h1")
    assert "".join(heading.itertext()) == "Briefing : a"


def test_headings_descend_one_step_at_a_time(imrf: Publication) -> None:
    levels = [
        int(one.tag[1]) for one in page(view(imrf, "en")).iter() if re.fullmatch(r"h[1-6]", str(one.tag))
    ]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_identifier_is_there_once_and_every_label_refers_to_one(imrf: Publication) -> None:
    root = page(view(imrf, "en"))
    identifiers = [one.get("id") for one in root.iter() if one.get("id")]
    assert len(identifiers) == len(set(identifiers))
    assert {one.get("aria-labelledby") for one in root.iter() if one.get("aria-labelledby")} <= set(
        identifiers
    )
    assert by_class(root, "skip")[0].get("href") == "#content"


def test_times_are_in_the_organisers_zone_in_words_and_with_the_offset_for_machines(
    imrf: Publication,
) -> None:
    root = page(view(imrf, "en"))
    when = by_class(root, "when")[0]
    assert words(when) == "Wednesday, 13 April 2022 15:00–16:00 CEST (UTC+2), Brussels Online"
    assert [one.get("datetime") for one in when.iter("time")] == ["2022-04-13", "2022-04-13T15:00:00+02:00"]
    assert words(by_class(root, "item-time")[1]) == "15:05–15:30"
    assert [one.get("datetime") for one in by_class(root, "item-time")[1].iter("time")] == [
        "2022-04-13T15:05:00+02:00",
        "2022-04-13T15:30:00+02:00",
    ]


def test_an_arabic_page_has_arabic_words_and_latin_names_isolated(imrf: Publication) -> None:
    root = page(view(imrf, "ar"))
    assert words(by_class(root, "when")[0]).startswith("الأربعاء، 13 أبريل 2022")
    person = by_class(root, "person")[0]
    assert words(next(person.iter("bdi"))) == "Monami Maulik"


def test_speakers_stand_in_their_agenda_item_with_position_and_organisation(imrf: Publication) -> None:
    people = by_class(page(view(imrf, "fr")), "people")[0]
    assert [words(one) for one in people] == [
        "Monami Maulik Chargée de liaison avec la société civile, Réseau des Nations Unies sur les migrations",
        "Sophie van Haasen Coordinatrice, Mécanisme des maires du FMMD",
        "Modération (à confirmer)",
    ]


def test_a_text_that_fell_back_says_its_language_and_the_page_says_so_once(
    make: Callable[..., Publication],
) -> None:
    imrf = make(title={"en": "Only English"}, background={"en": "Only *English*", "ar": "عربي"})
    root = page(view(imrf, "fr"))
    heading = next(root.iter("h1"))
    assert [(one.get("lang"), one.get("dir"), words(one)) for one in heading] == [
        ("en", "ltr", "Only English")
    ]
    prose = next(one for one in by_class(root, "prose") if "Only English" in words(one))
    assert (prose.get("lang"), prose.get("dir")) == ("en", "ltr")
    notice = (
        "Certaines parties de cette page ne sont pas disponibles dans cette langue (français) et sont affichées "
        "dans une autre : anglais"
    )
    assert [words(one) for one in by_class(root, "notice-language")] == [notice]


def test_a_page_in_a_language_without_phrases_marks_the_english_ones(
    make: Callable[..., Publication],
) -> None:
    imrf = make(languages=["de", "en"], title={"de": "Auf dem Weg zum Forum"})
    root = page(view(imrf, "de"))
    assert root.get("lang") == "de"
    heading = next(one for one in root.iter("h2") if one.get("id") == "agenda")
    assert [(one.get("lang"), words(one)) for one in heading] == [("en", "Agenda")]


def test_a_page_that_is_complete_in_its_language_says_nothing_of_fallbacks(imrf: Publication) -> None:
    assert by_class(page(view(imrf, "fr")), "notice") == []


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("cancelled", "Cancelled This event has been cancelled"),
        ("postponed", "Postponed This event has been postponed; a new date will be announced"),
        ("tentative", "Tentative This event is not confirmed yet"),
    ],
)
def test_a_status_that_matters_is_said_first(
    make: Callable[..., Publication], status: str, said: str
) -> None:
    root = page(view(make(status=status), "en"), calendar_href="x.ics")
    assert words(by_class(root, f"notice-{status}")[0]) == said
    assert bool(by_class(root, "button")) is (status != "cancelled")


def test_registration_is_a_button_and_its_end_is_said(imrf: Publication) -> None:
    root = page(view(imrf, "en"))
    assert [(one.get("href"), words(one)) for one in by_class(root, "button")] == [
        ("https://forms.example.org/imrf-2022", "Register")
    ]
    assert "Registration closes Tuesday, 12 April 2022, 15:00 CEST (UTC+2)" in words(
        by_class(root, "facts")[0]
    )


def test_a_room_is_sent_to_those_who_register_and_shown_to_them(imrf: Publication) -> None:
    assert "The address is sent to those who register" in words(page(view(imrf, "en")))
    shown = page(view(imrf, "en", audience=Access.REGISTERED))
    assert "https://meet.example.org/j/zqroom" in {one.get("href") for one in shown.iter("a")}
    assert {"name": "robots", "content": "noindex"} in [dict(one.attrib) for one in shown.iter("meta")]


def test_the_other_languages_are_linked_each_in_its_own(imrf: Publication) -> None:
    root = page(view(imrf, "fr"), alternates=ALTERNATES)
    nav = next(root.iter("nav"))
    assert [(one.get("lang"), one.get("href"), words(one)) for one in nav.iter() if one.get("lang")] == [
        ("en", "imrf-2022.en.html", "English"),
        ("fr", None, "Français"),
        ("ar", "imrf-2022.ar.html", "العربية"),
    ]
    linked = {one.get("hreflang"): one.get("href") for one in root.iter("link") if one.get("hreflang")}
    assert linked == {"en": "imrf-2022.en.html", "ar": "imrf-2022.ar.html"}


def test_a_page_alone_has_no_language_switch(imrf: Publication) -> None:
    assert list(page(view(imrf, "fr"), alternates={"fr": "x.html"}).iter("nav")) == []


def test_a_parent_and_its_segments_link_to_each_other(make: Callable[..., Publication]) -> None:
    parent = make(briefing="crisis-2022", part_of=None, start="2022-04-11", end="2022-04-13", agenda=[])
    child = make(part_of={"briefing": "crisis-2022", "joinable": True}, track={"en": "Room A"})
    programme = Programme((parent.briefing, child.briefing))
    pages = {"crisis-2022": "crisis-2022.en.html", "imrf-2022": "imrf-2022.en.html"}
    up = page(view(child, "en", programme=programme), pages=pages)
    assert "crisis-2022.en.html" in {one.get("href") for one in by_class(up, "kicker")[0].iter("a")}
    down = page(view(parent, "en", programme=programme), pages=pages)
    listed = by_class(down, "programme")[0]
    assert [one.get("href") for one in listed.iter("a")] == ["imrf-2022.en.html"]
    assert "15:00–16:00 CEST (UTC+2)" in words(listed)
    assert "Room A" in words(listed)


def test_an_agenda_of_several_days_is_grouped_by_day(make: Callable[..., Publication]) -> None:
    agenda = [
        {"key": "a", "title": "A", "start": "10:00", "day": "2022-04-11"},
        {"key": "b", "title": "B"},
        {"key": "c", "title": "C", "start": "09:00", "day": "2022-04-12"},
    ]
    root = page(view(make(start="2022-04-11", end="2022-04-13", agenda=agenda), "en"))
    assert [words(one) for one in by_class(root, "agenda-day")] == [
        "Monday, 11 April 2022",
        "Tuesday, 12 April 2022",
    ]
    assert [len(one) for one in by_class(root, "agenda")] == [2, 1]


def test_the_page_allows_itself_nothing_but_its_own_style(imrf: Publication) -> None:
    root = page(view(imrf, "en"))
    policy = next(str(one.get("content")) for one in root.iter("meta") if one.get("http-equiv"))
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy
    assert "unsafe" not in policy


def test_structured_data_stands_in_the_page_and_cannot_end_its_element(
    make: Callable[..., Publication],
) -> None:
    hostile = "</script><script>alert(1)</script><!--"
    root = page(view(make(title={"en": hostile}), "en"))
    scripts = list(root.iter("script"))
    assert [one.get("type") for one in scripts] == ["application/ld+json"]
    assert json.loads(scripts[0].text or "")["name"] == hostile


def test_a_title_of_100_kb_is_escaped_and_the_page_stays_whole(make: Callable[..., Publication]) -> None:
    root = page(view(make(title={"en": "<b>&" * 25_000}), "en"))
    assert words(next(root.iter("h1"))) == "<b>&" * 25_000


def test_an_address_from_a_target_that_is_none_is_refused(make: Callable[..., Publication]) -> None:
    imrf = make(registration={"closes": "-1d"})
    seen = view(imrf, "en", addresses={"registration.url": "javascript:alert(1)"})
    with pytest.raises(RenderError, match="no address for a link"):
        html(seen)


def test_logos_are_shown_from_where_they_are_placed(make: Callable[..., Publication]) -> None:
    organizers = [{"key": "mm", "name": "MM", "logo": "logos/mm.svg"}]
    seen = view(make(organizers=organizers), "en")
    assert [one.get("src") for one in page(seen, logos={"logos/mm.svg": "mm.svg"}).iter("img")] == ["mm.svg"]
    assert list(page(seen).iter("img")) == []


@given(publications(), st.sampled_from(("en", "fr", "ar", "de")), st.sampled_from(Access))
def test_no_element_attribute_or_address_of_a_page_comes_from_its_data(
    publication: Publication, language: str, audience: Access
) -> None:
    root = page(view(publication, language, audience=audience), alternates=ALTERNATES)
    for element in root.iter():
        assert element.tag in f"{OURS} {PROSE}".split()
        assert set(element.attrib) <= set(ATTRIBUTES.split())
        address = element.get("href", "#")
        assert address in ALTERNATES.values() or re.match(r"(https?:|mailto:|tel:|#)", address)
    assert len(list(root.iter("script"))) == 1
    assert words(next(root.iter("h1"))) == " ".join(publication.title.lookup(language).text.split())


@given(st.sampled_from(HOSTILE), st.sampled_from(("title", "background", "objectives")))
def test_hostile_text_in_any_place_stays_text(text: str, name: str) -> None:
    publication = Publication(_briefing_with(name, text))
    root = page(view(publication, "en"))
    assert len(list(root.iter("script"))) == 1
    assert not [one for one in root.iter() if any(attribute.startswith("on") for attribute in one.attrib)]


@settings(max_examples=15)
@given(programmes())
def test_a_page_of_any_programme_is_valid(programme: Programme) -> None:
    for briefing in programme:
        if briefing.title is not None and briefing.when is not None:
            page(view(Publication(briefing), "fr", programme=programme))


def _briefing_with(name: str, text: str) -> Briefing:
    data = {
        "briefing": "x",
        "languages": ["en"],
        "title": "T",
        "status": "confirmed",
        "start": "2022-04-13T15:00",
        "end": "2022-04-13T16:00",
        "timezone": "UTC",
        name: text,
    }
    return structure(data)
