from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from briefingkit.model import Access, Publication, structure
from briefingkit.rendering.calendar_text import Block, blocks, html_text, item_blocks, plain_text
from briefingkit.rendering.view import view
from briefingkit.testing.strategies import publications

AT = datetime(2022, 3, 1, 9, 30, tzinfo=UTC)


def told(language: str = "en", **fields: object) -> str:
    data = {
        "briefing": "imrf-2022",
        "languages": ["en", "fr"],
        "title": {"en": "The road"},
        "status": "confirmed",
        "start": "2022-04-13T15:00",
        "end": "2022-04-13T16:00",
        "timezone": "Europe/Brussels",
    }
    return plain_text(blocks(view(Publication(structure({**data, **fields}), at=AT), language)))


def test_an_event_that_says_nothing_has_no_description() -> None:
    assert told() == ""


def test_the_agenda_tells_times_with_their_zone_and_people_with_their_doubts() -> None:
    people = {"m": {"name": "Monami Maulik", "organization": "UN Network"}, "x": {"name": "Someone"}}
    agenda = [
        {
            "key": "a",
            "title": {"en": "The road"},
            "duration": "25m",
            "participants": [{"person": "m"}, {"person": "x", "role": "moderator", "status": "tbc"}],
        },
        {"key": "b", "title": {"en": "Open floor"}, "duration": "35m"},
        {"key": "c", "title": {"en": "And then"}},
    ]
    assert told(agenda=agenda, people=people).split("\n") == [
        "Agenda, CEST (UTC+2)",
        "15:00–15:25 The road",
        "    Monami Maulik, UN Network",
        "    Someone – Moderator (to be confirmed)",
        "15:25–16:00 Open floor",
        "– And then",
    ]


def test_an_agenda_without_times_has_no_zone() -> None:
    assert told(agenda=[{"key": "a", "title": {"en": "A"}}]) == "Agenda\n– A"


def test_days_are_named_where_there_are_several() -> None:
    agenda = [
        {"key": "a", "title": {"en": "A"}, "start": "09:00", "day": "2022-04-13"},
        {"key": "b", "title": {"en": "B"}, "start": "10:00", "day": "2022-04-14"},
    ]
    text = told(agenda=agenda, end="2022-04-14T18:00")
    assert "Wednesday, 13 April 2022\n09:00 A\nThursday, 14 April 2022\n10:00 B" in text


def test_it_tells_how_to_get_in() -> None:
    text = told(
        place={"online": {"url": "https://example.org/r", "access": "registered"}},
        registration={"url": "https://example.org/form", "closes": "-1d"},
    )
    assert "Online\nThe address is sent to those who register" in text
    closing = "Registration closes Tuesday, 12 April 2022, 15:00 CEST (UTC+2)"
    assert f"Registration\nhttps://example.org/form\n{closing}" in text
    assert "https://example.org/r\n" not in text


def test_it_invites_nobody_to_what_is_cancelled() -> None:
    text = told(status="cancelled", registration={"url": "https://example.org/form"})
    assert text == "This event has been cancelled"


def test_markdown_becomes_words() -> None:
    text = told(objectives={"en": "# To *inform*\n\n1. **cities**\n2. [towns](https://example.org)\n"})
    assert text == "Objectives\nTo inform\n\n1. cities\n2. towns (https://example.org)"


def test_languages_are_named_in_the_readers_own() -> None:
    text = told("fr", interpretation={"floor": ["en"], "into": ["fr", "es"]})
    assert text == "Langues de l’événement\nanglais (Salle)\nInterprétation en français et espagnol"


def test_the_segment_can_be_joined_alone() -> None:
    text = told(part_of={"title": {"en": "Mayors in crisis"}, "joinable": True})
    assert text == "Part of\nMayors in crisis\nYou can join this segment alone"


@given(publications(), st.sampled_from(("en", "ar", "fr")), st.sampled_from(Access))
def test_the_html_says_what_the_text_says_on_one_line(
    drawn: Publication, language: str, audience: Access
) -> None:
    from html import unescape
    from re import sub

    shown = blocks(view(drawn, language, audience=audience))
    html = html_text(shown, language)
    assert "\n" not in html
    assert (' dir="rtl"' in html) is (language == "ar")
    words = unescape(sub("<[^>]*>", "", html))
    assert "".join(words.split()) == "".join(plain_text(shown).split())


def test_nothing_in_the_html_is_a_tag_of_somebody_else() -> None:
    html = html_text((Block("<b>", ('https://x.example/"onclick=alert(1)', "<script>")),), "en")
    assert "<script>" not in html
    assert 'href="https://x.example/&quot;onclick=alert(1"' in html


def test_an_item_with_an_entry_of_its_own_tells_who_is_in_it_and_what_it_is_part_of() -> None:
    data = {
        "briefing": "imrf-2022",
        "languages": ["en"],
        "title": {"en": "The IMRF"},
        "status": "confirmed",
        "start": "2022-04-13T15:00",
        "end": "2022-04-13T16:00",
        "timezone": "Europe/Brussels",
        "place": {"online": {"url": "https://room.example", "access": "public"}},
        "people": {"m": {"name": "Monami Maulik", "email": "m@private.example"}},
        "agenda": [
            {
                "key": "road",
                "title": {"en": "The road"},
                "duration": "25m",
                "description": {"en": "Where it **leads**."},
                "participants": [{"person": "m", "role": "moderator"}, {"role": "speaker", "status": "tbc"}],
                "questions": [{"key": "q", "text": {"en": "What now?"}}],
            }
        ],
    }
    shown = view(Publication(structure(data), at=AT), "en")
    assert plain_text(item_blocks(shown, shown.agenda[0])) == (
        "Where it leads.\n\nMonami Maulik – Moderator\n\nGuiding questions\n– What now?\n\n"
        "Part of\nThe IMRF\n\nOnline\nhttps://room.example"
    )
