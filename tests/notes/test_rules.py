"""Rules on notes of a few lines: each test is one thing that a note says, and what is made of it."""

from datetime import date

import pytest

from briefingkit.errors import NoteError
from briefingkit.notes import Confidence, Draft, DraftField, draft
from briefingkit.notes.document import LARGEST

TODAY = date(2023, 3, 1)


def read(text: str) -> Draft:
    return draft(text, today=TODAY)


def head(*lines: str) -> Draft:
    return read("\n\n".join(("# The night of the open roofs", *lines)))


def doubt(made: Draft, path: str) -> DraftField:
    return next(each for each in made.doubts if each.path == path)


@pytest.mark.parametrize(
    "text", ["", " \n\t\n", "a\x00b", "\x01\x02\x03\x04\x05\x06", "x" * (LARGEST + 1), "\ufeff"]
)
def test_what_is_no_note_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(NoteError, match=r"note\.md"):
        draft(text)


def test_a_byte_order_mark_is_no_part_of_the_title() -> None:
    assert read("\ufeffThe night\n\n13 April 2022").data["title"] == "The night"


def test_cest_in_january_is_a_doubt_that_says_so() -> None:
    zone = doubt(head("12 January 2023, 15:00–16:00 CEST"), "timezone")
    assert "not in force on 2023-01-12" in zone.note


def test_a_city_names_one_zone() -> None:
    made = head("12 January 2023, 15:00–16:00 (Nairobi time)")
    assert made.data["timezone"] == "Africa/Nairobi"
    assert doubt(made, "timezone").confidence is Confidence.HIGH


def test_an_offset_alone_is_a_doubt() -> None:
    made = head("12 January 2023, 15:00–16:00 UTC+3")
    assert made.data["timezone"] == "Etc/GMT-3"
    assert "offset" in doubt(made, "timezone").note


def test_local_time_gives_no_zone() -> None:
    made = head("12 January 2023, 15:00–16:00 (local time)")
    assert "timezone" not in made.data
    assert "name the zone" in doubt(made, "timezone").note


def test_two_zones_that_agree_are_one_time() -> None:
    made = head("12 January 2023, 16:00 CET / 10:00 EST")
    assert "not the same moment" not in doubt(made, "timezone").note
    assert made.unplaced == ""


def test_two_zones_that_disagree_are_a_doubt() -> None:
    made = head("12 January 2023, 16:00 CET / 11:00 EST")
    assert "'11:00 EST' is not the same moment" in doubt(made, "timezone").note


def test_the_zone_of_the_venue_is_offered_where_none_is_said() -> None:
    made = head("12 January 2023, 15:00–16:00", "Venue: City Library, Main Room, Lima")
    assert made.data["timezone"] == "America/Lima"
    assert made.data["place"] == {"venue": {"name": "City Library", "address": "Main Room, Lima"}}
    assert doubt(made, "timezone").confidence is Confidence.MEDIUM


def test_a_zone_further_on_in_the_line_is_read_and_an_ambiguous_one_offers_them_all() -> None:
    zone = doubt(head("Date: 3-5 June 2024", "Time: 09:00-17:00 daily, CST"), "timezone")
    assert {"Asia/Shanghai", "America/Mexico_City"} <= {zone.value, *zone.alternatives}


def test_the_city_of_the_venue_comes_first_among_the_zones_of_an_abbreviation() -> None:
    made = head("12 January 2023, 15:00–16:00 CET", "Venue: Town Hall, Rome")
    assert made.data["timezone"] == "Europe/Rome"
    assert "Europe/Paris" in doubt(made, "timezone").alternatives


def test_a_weekday_that_does_not_match_offers_the_dates_that_do() -> None:
    start = doubt(head("Thursday 13 April 2022, 15:00 CEST"), "start")
    assert start.confidence is Confidence.LOW
    assert start.alternatives == ("2022-04-14", "2023-04-13")


def test_the_same_time_on_a_line_for_each_city_is_no_agenda() -> None:
    made = head("12 January 2023", "15:00 CET (Paris)\n\n09:00 EST (New York)\n\n23:00 JST (Tokyo)")
    assert "agenda" not in made.data
    assert made.data["timezone"] == "Europe/Paris" or "Europe/Paris" in doubt(made, "timezone").alternatives


def test_an_end_before_the_start_is_the_next_day_and_a_doubt() -> None:
    made = head("12 January 2023, 22:00–01:00 CET")
    assert made.data["end"] == "2023-01-13T01:00"
    assert doubt(made, "end").note


def test_a_date_alone_is_a_whole_day_and_a_doubt() -> None:
    made = head("12–14 January 2023")
    assert (made.data["start"], made.data["end"]) == ("2023-01-12", "2023-01-14")
    assert "no time" in doubt(made, "start").note


def test_a_time_without_a_date_is_not_made_into_one() -> None:
    made = head("15:00–16:00 CET")
    assert "start" not in made.data
    assert "15:00–16:00 CET" in doubt(made, "start").note
    assert "15:00–16:00 CET" in made.unplaced


def test_a_deadline_is_not_the_date() -> None:
    made = head(
        "Register by 2 January 2023 at https://example.org/register", "Date: 12 January 2023, 15:00 CET"
    )
    assert made.data["start"] == "2023-01-12T15:00"
    assert made.data["registration"] == {"url": "https://example.org/register", "closes": "2023-01-02T23:59"}


def test_a_duration_stands_for_the_end() -> None:
    assert head("12 January 2023, 15:00 CET", "Duration: 90 minutes").data["duration"] == "1h30m"


def test_the_address_of_a_room_is_for_those_registered_and_a_doubt() -> None:
    made = head("12 January 2023, 15:00 CET", "Join: https://us02web.zoom.us/j/123")
    assert made.data["place"]["online"] == {"url": "https://us02web.zoom.us/j/123", "access": "registered"}
    assert doubt(made, "place.online.url").note
    assert "links" not in made.data


def test_a_zoom_registration_is_no_room() -> None:
    made = head("Register: https://us02web.zoom.us/webinar/register/WN_1")
    assert made.data["registration"]["url"].endswith("WN_1")
    assert "place" not in made.data


def test_hybrid_is_a_room_and_online() -> None:
    made = head("Date: 12 January 2023", "Venue: Town Hall, 1 High Street, Dublin, and online via Zoom")
    assert made.data["place"] == {
        "venue": {"name": "Town Hall", "address": "1 High Street, Dublin"},
        "online": {},
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("There will be interpretation in English, French and Spanish.", ["en", "fr", "es"]),
        ("Interprétation simultanée en français et en arabe.", ["fr", "ar"]),
        ("Interpretación simultánea en inglés y portugués.", ["en", "pt"]),
        ("Interpretation: EN/FR/ES", ["en", "fr", "es"]),
        (
            "Held in English with interpretation into French and Spanish.",
            {"floor": ["en"], "into": ["fr", "es"]},
        ),
        ("Simultaneous interpretation from Spanish into English.", {"floor": ["es"], "into": ["en"]}),
        ("EN with FR + ES interpretation", {"floor": ["en"], "into": ["fr", "es"]}),
    ],
)
def test_interpretation_is_read(text: str, expected: object) -> None:
    assert head(text).data["interpretation"] == expected


def test_no_interpretation_is_none() -> None:
    made = head("There will be no interpretation into French or Spanish this time.")
    assert "interpretation" not in made.data


def test_a_list_of_languages_does_not_say_that_there_is_interpretation() -> None:
    assert doubt(head("Languages: English, French"), "interpretation").note


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("This session is part of the “World Roof Week”, 9–14 January 2023.", "World Roof Week"),
        (
            "Cette séance s'inscrit dans le cadre de la « Semaine des toits », du 9 au 14 janvier 2023.",
            "Semaine des toits",
        ),
        (
            "La sesión forma parte de la “Semana de los Tejados”, del 9 al 14 de enero de 2023.",
            "Semana de los Tejados",
        ),
    ],
)
def test_the_parent_is_read_with_its_dates(text: str, title: str) -> None:
    made = head("12 January 2023, 15:00 CET", text)
    assert made.data["part_of"] == {"title": title, "start": "2023-01-09", "end": "2023-01-14"}
    assert made.data["start"] == "2023-01-12T15:00"


def test_a_past_event_is_none_that_it_leads_to() -> None:
    made = head(
        "12 January 2023, 15:00 CET", "## Background", "It follows the World Roof Forum of 3–5 May 2022."
    )
    assert "leads_to" not in made.data


def test_a_list_of_organisers_keeps_names_and_addresses() -> None:
    made = head("## Organisers", "- [Roof Lab](https://roof.example)\n- City of Lima")
    assert made.data["organizers"] == [
        {"key": "roof-lab", "name": "Roof Lab", "role": "co-organizer", "url": "https://roof.example"},
        {"key": "city-lima", "name": "City of Lima", "role": "co-organizer"},
    ]


def test_names_joined_by_and_are_doubts() -> None:
    made = head("Organised by: Roof Lab, Centre for Arts and Crafts")
    assert any(each.path.startswith("organizers.") and "and" in each.note for each in made.doubts)


def test_a_contact_is_public_and_so_a_doubt() -> None:
    made = head("Contact: Ana Ruiz, ana@example.org")
    assert made.data["contact"] == {"email": "ana@example.org", "name": "Ana Ruiz"}
    assert doubt(made, "contact.email").note


def test_links_keep_their_addresses() -> None:
    made = head(
        "## Background",
        "See the [Roof Report](https://example.org/r).",
        "[Old plan][1]\n\n[1]: https://example.org/p",
    )
    assert made.data["links"] == [
        {"key": "roof-report", "title": "Roof Report", "url": "https://example.org/r"},
        {"key": "old-plan", "title": "Old plan", "url": "https://example.org/p"},
    ]


@pytest.mark.parametrize(
    "agenda",
    [
        "1. Welcome\n2. Panel: roofs that pay\n3. Q&A",
        "- Welcome\n- Panel: roofs that pay\n- Q&A",
        "15:00 – 15:05 Welcome\n15:05 – 15:40 Panel: roofs that pay\n15:40 – 16:00 Q&A",
        "15:00\tWelcome\n15:05\tPanel: roofs that pay\n15:40\tQ&A",
        "| Time | Item |\n|---|---|\n| 15:00 | Welcome |\n| 15:05 | Panel: roofs that pay |\n| 15:40 | Q&A |",
        "### Welcome\n\n### Panel: roofs that pay\n\n### Q&A",
        "**15:00** Welcome\n\n**15:05** Panel: roofs that pay\n\n**15:40** Q&A",
        "Welcome (15:00–15:05)\nPanel: roofs that pay (15:05–15:40)\nQ&A (15:40–16:00)",
        "15:00\nWelcome\n\n15:05\nPanel: roofs that pay\n\n15:40\nQ&A",
        "Welcome\n\nPanel: roofs that pay\n\nQ&A",
    ],
    ids=[
        "numbers",
        "bullets",
        "times",
        "tabs",
        "table",
        "headings",
        "bold times",
        "times behind",
        "times above",
        "lines",
    ],
)
def test_an_agenda_is_read_in_every_layout(agenda: str) -> None:
    items = head("12 January 2023, 15:00–16:00 CET", "## Agenda", agenda).data["agenda"]
    assert [(item["title"], item["kind"]) for item in items] == [
        ("Welcome", "opening"),
        ("Panel: roofs that pay", "panel"),
        ("Q&A", "discussion"),
    ]


def test_a_row_without_a_time_belongs_to_the_row_above() -> None:
    table = "| | |\n|--|--|\n| 10:00 | Opening |\n| | *Jane Roe, Mayor* |\n| 10:15 | Panel |\n| | Moderator: Tom Bell |"
    made = head("## Agenda", table)
    assert [item["title"] for item in made.data["agenda"]] == ["Opening", "Panel"]
    assert made.data["agenda"][1]["participants"] == [{"person": "bell", "role": "moderator"}]


def test_an_invitation_in_sentences_gives_its_venue_as_a_doubt() -> None:
    made = read(
        "Madame, Monsieur,\n\nLa Ville vous invite le jeudi 2 mars 2023 de 18 h 30 à 20 h 30, à la Maison de quartier "
        "de Doulon, 1 place du Vieux-Doulon."
    )
    assert made.data["place"] == {
        "venue": {"name": "Maison de quartier de Doulon", "address": "1 place du Vieux-Doulon"}
    }
    assert doubt(made, "place.venue.name").confidence is Confidence.LOW


def test_times_make_an_agenda_even_with_no_heading() -> None:
    made = head("12 January 2023", "15:00 – 15:05 Welcome\n\n15:05 – 15:40 Panel\n\n15:40 – 16:00 Q&A")
    assert [item["start"] for item in made.data["agenda"]] == ["15:00", "15:05", "15:40"]
    assert made.data["start"] == "2023-01-12T15:00"


def test_items_of_several_days_have_their_day() -> None:
    made = head(
        "12–13 January 2023",
        "## Agenda",
        "Day 1 – Thursday 12 January\n\n09:00 Visit\n\nDay 2 – Friday 13 January\n\n09:00 Debate",
    )
    assert [item["day"] for item in made.data["agenda"]] == ["2023-01-12", "2023-01-13"]


def test_an_agenda_on_a_clock_of_twelve_hours_follows_the_briefing() -> None:
    made = head(
        "12 January 2023, 1:15 p.m. – 2:30 p.m. EST",
        "## Programme",
        "1:15 – 1:20 Opening\n\n1:20 – 2:30 Debate",
    )
    assert [item["start"] for item in made.data["agenda"]] == ["13:15", "13:20"]


def test_questions_apart_go_to_the_only_discussion_as_doubts() -> None:
    made = head(
        "## Agenda", "1. Welcome\n2. Open floor", "## Guiding questions", "- Who pays?\n- Who cleans?"
    )
    item = made.data["agenda"][1]
    assert [each["text"] for each in item["questions"]] == ["Who pays?", "Who cleans?"]
    assert doubt(made, "agenda.open-floor.questions.who-pays").note


def test_what_no_field_holds_is_kept_word_for_word() -> None:
    made = head(
        "12 January 2023, 15:00 CET", "Please  bring *warm* clothes.", "## Fees", "Ten euros, at the door."
    )
    assert "Please  bring *warm* clothes." in made.unplaced
    assert "## Fees\n\nTen euros, at the door." in made.unplaced


def test_the_language_is_told_by_its_words() -> None:
    assert (
        head("Les villes du réseau se réunissent pour parler de la forêt et de ses habitants.").language
        == "fr"
    )
    assert doubt(read("Lorem ipsum"), "languages").note


def test_reading_needs_no_clock() -> None:
    made = draft("# Roofs\n\n13 April, 15:00 CET")
    assert "start" not in made.data
    assert "no year" in doubt(made, "start").note or "not complete" in doubt(made, "start").note
