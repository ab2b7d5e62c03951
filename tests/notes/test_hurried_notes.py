"""What people write in a hurry: roles inside titles, lists below the agenda, tables of labels, seasons mixed up."""

from datetime import date
from typing import Any

import pytest

from briefingkit.notes import Draft, DraftField, draft, report

TODAY = date(2026, 1, 10)


def read(*lines: str) -> Draft:
    return draft("\n".join(("# Water in the valley", "", *lines)), today=TODAY)


def item(*lines: str) -> dict[str, Any]:
    made = read("Date: 12 March 2026, 14:00-15:00 (Paris time)", "", "## Agenda", "", *lines)
    return dict(made.data["agenda"][0], people=made.data.get("people", {}))


def doubt(made: Draft, path: str) -> DraftField:
    return next(each for each in made.doubts if each.path == path)


@pytest.mark.parametrize(
    ("line", "title", "name"),
    [
        ("14:00 Panel discussion, moderated by Jane Doe, Adviser, UNDRR", "Panel discussion", "Jane Doe"),
        ("14:00 Mesa redonda. Modera: Luis Arribas, periodista", "Mesa redonda", "Luis Arribas"),
        ("14:00 Table ronde – Modération : Paul Girard, CGLU", "Table ronde", "Paul Girard"),
        ("14:00 Panel (moderator: Ana Roig)", "Panel", "Ana Roig"),
    ],
)
def test_a_role_in_a_title_brings_its_person_out_of_it(line: str, title: str, name: str) -> None:
    found = item(line, "14:30 Closing")
    assert found["title"] == title
    assert found["participants"][0]["role"] == "moderator"
    assert [person["name"] for person in found["people"].values()] == [name]


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("14:00 Bienvenida (Ana Roig, Ajuntament de Girona, alcaldesa)", "Bienvenida"),
        (
            "14:00 Palabras de bienvenida. Laura Castaño, Secretaria Distrital, Alcaldía",
            "Palabras de bienvenida",
        ),
    ],
)
def test_a_person_in_brackets_or_behind_a_full_stop_is_no_part_of_the_title(line: str, title: str) -> None:
    found = item(line, "14:30 Cierre")
    assert found["title"] == title
    assert len(found["people"]) == 1


@pytest.mark.parametrize(
    "title",
    [
        "Panel 2 (Latin America, Caribbean)",
        "Session 1. Urban Resilience, Housing",
        "Moderating conflict in rivers",
    ],
)
def test_capitals_alone_make_no_person_of_a_title(title: str) -> None:
    found = item(f"14:00 {title}", "14:30 Closing")
    assert found["title"] == title
    assert not found["people"]


def test_questions_below_the_agenda_are_not_the_closings() -> None:
    made = read(
        "Date: 12 March 2026, 14:00-15:00 (Paris time)", "", "Agenda", "14:00 Open discussion", "14:50 Closing", "",
        "Guiding questions", "1. Who pays?", "2. Who decides?",
    )  # fmt: skip
    first, last = made.data["agenda"]
    assert [each["text"] for each in first["questions"]] == ["Who pays?", "Who decides?"]
    assert "questions" not in last
    assert doubt(made, "agenda.open-discussion.questions.who-pays").note.startswith(
        "the note lists the questions apart"
    )


def test_what_somebody_is_in_charge_of_is_no_organisation() -> None:
    found = item(
        "14:00 Ouverture : Mme Jeanne Lefèvre, adjointe au maire, chargée du logement", "14:30 Clôture"
    )
    (person,) = found["people"].values()
    assert person["position"] == "adjointe au maire, chargée du logement"
    assert "organization" not in person


def test_a_city_that_will_speak_is_no_person() -> None:
    made = read(
        "## Agenda",
        "",
        "1. Reactions (20 min): City of Lyon (tbc); Ville de Maputo (tbc)",
        "2. Close (5 min)",
    )
    assert "people" not in made.data
    assert "City of Lyon" in made.unplaced


def test_each_row_of_a_table_of_labels_stands_for_itself() -> None:
    made = read(
        "| Date | 12 March 2026 |", "|---|---|", "| Organisers | Ministry of Water; River Authority |",
        "| Who it is for | Engineers; Mayors |",
    )  # fmt: skip
    assert [each["name"] for each in made.data["organizers"]] == ["Ministry of Water", "River Authority"]
    assert made.unplaced == "| Who it is for | Engineers; Mayors |"


def test_the_head_of_the_second_days_table_is_no_item() -> None:
    head = ("| Time | Session | Speakers |", "|---|---|---|")
    made = read(
        "Date: 12-13 March 2026", "", "## Agenda", "", "### Day 1: 12 March 2026", "", *head, "| 09:00 | Opening | |",
        "", "### Day 2: 13 March 2026", "", *head, "| 09:30 | Field work | |",
    )  # fmt: skip
    assert [(each["title"], each["day"]) for each in made.data["agenda"]] == [
        ("Opening", "2026-03-12"),
        ("Field work", "2026-03-13"),
    ]
    assert "description" not in made.data["agenda"][0]


@pytest.mark.parametrize(
    ("line", "title"),
    [
        (
            "Side event of the 8th session of the River Platform (2-6 June 2025, Geneva)",
            "8th session of the River Platform",
        ),
        ("Événement parallèle à la COP31 (9-20 novembre 2026)", "COP31"),
        ("Evento paralelo al Foro Urbano Mundial (4-8 de mayo de 2026)", "Foro Urbano Mundial"),
    ],
)
def test_a_side_event_names_what_it_is_beside(line: str, title: str) -> None:
    made = read(line, "", "Date: 4 June")
    assert made.data["part_of"]["title"] == title
    assert {"start", "end"} <= set(made.data["part_of"])
    assert doubt(made, "part_of.title").doubtful


def test_pictures_label_their_own_line_and_no_other() -> None:
    made = read(
        "📅 6 February 2026", "🕒 11:00–12:00 CET", "📍 Online – the link will be sent to you", "🌐 English / Español",
        "🌿 Bring a cup",
    )  # fmt: skip
    assert made.data["start"] == "2026-02-06T11:00"
    assert made.data["place"] == {"online": {}}
    assert made.data["interpretation"] == ["en", "es"]
    assert "🌿 Bring a cup" in made.unplaced


def test_cet_in_july_is_paris_before_it_is_algiers() -> None:
    zone = doubt(read("Date: 15 July 2026, 15:00-16:00 CET"), "timezone")
    assert str(zone.value).startswith("Europe/")
    assert "Africa/Algiers" in zone.alternatives
    assert "only in Africa/Algiers" in zone.note


def test_an_offset_that_the_venues_city_has_is_that_citys_zone() -> None:
    zone = doubt(
        read(
            "Date: 3 September 2026",
            "Time: 09:30-17:00 (GMT+1)",
            "Venue: Town Hall, 1 High Street, Niamey, Niger",
        ),
        "timezone",
    )
    assert zone.value == "Africa/Niamey"
    assert zone.alternatives == ("Etc/GMT-1",)


@pytest.mark.parametrize(
    ("words", "zone"),
    [("hora de Argentina", "America/Argentina/Buenos_Aires"), ("heure du Maroc", "Africa/Casablanca")],
)
def test_the_time_of_a_country_with_one_zone_is_that_zone(words: str, zone: str) -> None:
    assert read(f"Date: 5 May 2026, 09:00-10:00 ({words})").data["timezone"] == zone


def test_floor_and_interpretation_in_brackets_are_told_apart() -> None:
    made = read("Language: English (interpretation available in French)")
    assert made.data["interpretation"] == {"floor": ["en"], "into": ["fr"]}


def test_a_contact_in_a_sentence_keeps_the_name() -> None:
    made = read("For more, please contact Lena Koch (lena@example.org), +41 22 555 01 23.")
    assert made.data["contact"]["name"] == "Lena Koch"
    assert doubt(made, "contact.name").doubtful


def test_an_item_called_end_ends_the_briefing() -> None:
    made = read("Date: 5 May 2026", "", "## Agenda", "", "- 09:00 – Opening", "- 13:00 – End")
    assert made.data["end"] == "2026-05-05T13:00"
    assert doubt(made, "end").doubtful


def test_the_report_begins_with_the_doubts_and_says_a_shared_reason_once() -> None:
    made = read(
        "Date: 12 March 2026, 14:00-15:00 (Paris time)", "", "## Agenda", "", "1. Open discussion", "2. Closing", "",
        "## Guiding questions", "", "- Who pays?", "- Who decides?", "", "## Nothing known", "", "Bring a cup",
    )  # fmt: skip
    lines = list(report(made))
    parts = [line for line in lines if line and not line.startswith(" ")]
    assert [part.split(":")[0].split(",")[0].split(" ")[0] for part in parts] == [
        "Read",
        "To",
        "Read",
        "Found",
    ]
    assert sum("the note lists the questions apart" in line for line in lines) == 1
    assert lines[-1].split() == ["17", "Bring", "a", "cup"]
