"""Everything that is asked of the real note, on that note where it is at hand and always on one with its facts."""

from datetime import date
from pathlib import Path

import pytest

from briefingkit.notes import Confidence, Draft, DraftField, draft

REAL = Path(__file__).parents[3] / "shared" / "concept-note-imrf.md"
OWN = Path(__file__).parent / "corpus" / "forum-road.md"
LINKS = {
    REAL: [
        "UN Global Compact for Safe, Orderly and Regular Migration",
        "Global Compact on Refugees",
        "2030 Agenda for Sustainable Development",
        "Marrakech Mayors Declaration",
        "International Migration Review Forum",
        "Call to Local Action for Migrants and Refugees",
        "UCLG",
        "MMC",
        "IOM",
        "UNHCR",
        "Migration & Displacement in Contexts of Crisis; What are LRGs doing?",
    ],
    OWN: [
        "World Compact for Safe and Open Harbours",
        "World Compact on Coasts",
        "2030 Plan for Living Seas",
        "Tangier Mayors Statement",
        "World Coastal Review Forum",
        "Call to Harbour Action",
        "UTL",
        "HHC",
        "OMC",
        "UNSEA",
        "Coasts & Towns in Times of Storms; What are towns doing?",
    ],
}


@pytest.fixture(params=[OWN, REAL], ids=["own words", "the real note"])
def note(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    if not path.exists():
        pytest.skip(f"{path.name} is not at hand")
    return path


@pytest.fixture
def read(note: Path) -> Draft:
    return draft(note.read_text(encoding="utf-8"), file=note.name, today=date(2026, 1, 5))


def doubt(read: Draft, path: str) -> DraftField:
    return next(each for each in read.doubts if each.path == path)


def test_the_title_is_the_first_line_that_is_one(note: Path, read: Draft) -> None:
    title = next(each for each in read.fields if each.path == "title")
    lines = note.read_text(encoding="utf-8").splitlines()
    assert title.line is not None
    assert lines[title.line - 1] == title.value == read.data["title"]
    assert not title.doubtful


def test_the_date_and_both_times_are_found_and_are_for_a_person_to_confirm(read: Draft) -> None:
    assert (read.data["start"], read.data["end"]) == ("2022-04-13T15:00", "2022-04-13T16:00")
    assert doubt(read, "start").confidence is Confidence.HIGH


def test_the_place_is_online_and_has_no_address(read: Draft) -> None:
    assert read.data["place"] == {"online": {}}


def test_the_zone_is_a_doubt_with_the_zones_that_cest_may_mean(read: Draft) -> None:
    zone = doubt(read, "timezone")
    assert zone.value == read.data["timezone"]
    assert {"Europe/Paris", "Europe/Madrid", "Europe/Berlin"} <= {zone.value, *zone.alternatives}
    assert zone.words == "CEST"


def test_a_plain_list_of_three_interpretation_languages_is_floor_and_channels_alike(read: Draft) -> None:
    assert read.data["interpretation"] == ["en", "fr", "es"]
    assert "There will be interpretation" not in read.data["objectives"]


def test_the_parent_has_its_dates_and_may_be_joined_for_this_segment_alone(note: Path, read: Draft) -> None:
    parent = read.data["part_of"]
    assert parent == {"title": LINKS[note][-1], "start": "2022-04-11", "end": "2022-04-13", "joinable": True}
    assert "no year" in doubt(read, "part_of.start").note


def test_the_forum_that_it_leads_to_has_its_dates(note: Path, read: Draft) -> None:
    assert read.data["leads_to"] == [{"title": LINKS[note][4], "start": "2022-05-16", "end": "2022-05-20"}]


def test_all_eleven_links_keep_their_words_and_their_lost_addresses_are_doubts(
    note: Path, read: Draft
) -> None:
    links = read.data["links"]
    assert [each["title"] for each in links] == LINKS[note]
    assert not any("url" in each for each in links)
    assert {f"links.{each['key']}.url" for each in links} <= set(read.unconfirmed)


def test_the_empty_registration_link_is_a_doubt(read: Draft) -> None:
    assert read.data["registration"] == {}
    assert "no address" in doubt(read, "registration.url").note


def test_background_and_objectives_are_whole_paragraphs(read: Draft) -> None:
    assert read.data["background"].startswith("In 2018, ")
    assert read.data["background"].endswith(
        "Review Forum (IMRF)." if "IMRF" in read.data["title"] else "Forum (WCRF)."
    )
    assert read.data["objectives"].startswith("This briefing ")
    assert "](#)" not in read.data["background"] + read.data["objectives"]


def test_the_four_agenda_items_stand_in_order(read: Draft) -> None:
    kinds = [each["kind"] for each in read.data["agenda"]]
    titles = [each["title"] for each in read.data["agenda"]]
    assert kinds == ["other", "presentation", "discussion", "closing"]
    assert titles[0] == "Technical details"
    assert titles[2:] == ["Open floor", "Wrap up and way forward"]


def test_both_speakers_have_position_and_organisation(note: Path, read: Draft) -> None:
    people = list(read.data["people"].values())
    first, second = people
    assert first["position"] == "Civil Society Liaison Officer"
    assert second["position"] == "Coordinator"
    assert all(each["organization"] for each in people)
    parts = read.data["agenda"][1]["participants"]
    assert [part["person"] for part in parts] == list(read.data["people"])
    assert note.read_text(encoding="utf-8").count(second["name"]) == 1


def test_the_four_guiding_questions_stand_under_the_open_floor(read: Draft) -> None:
    questions = read.data["agenda"][2]["questions"]
    assert len(questions) == 4
    assert all(each["text"].endswith("?") and "*" not in each["text"] for each in questions)


def test_who_steers_is_a_doubt_and_the_members_named_later_are_the_alternatives(
    note: Path, read: Draft
) -> None:
    organizers = doubt(read, "organizers")
    assert list(organizers.alternatives) == LINKS[note][6:9]
    assert [each["role"] for each in read.data["organizers"]] == ["host"]


def test_a_partner_named_in_a_sentence_is_a_doubt(note: Path, read: Draft) -> None:
    assert [each["name"] for each in read.data["partners"]] == [LINKS[note][9]]
    assert doubt(read, "partners").confidence is Confidence.LOW


def test_the_identifier_is_the_acronym_and_the_year(read: Draft) -> None:
    assert read.data["briefing"] in {"imrf-2022", "wcrf-2022"}
    assert "briefing" in read.unconfirmed


def test_every_line_of_the_note_has_found_a_place(read: Draft) -> None:
    assert read.unplaced == ""
    assert read.language == "en"
