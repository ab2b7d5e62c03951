"""What a draft is called: words of its title, and never those that only say when it is."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.model.keys import check_key
from briefingkit.notes import Draft, DraftField, draft
from briefingkit.notes.identifier import identify


def doubt(made: Draft) -> DraftField:
    return next(each for each in made.doubts if each.path == "briefing")


@pytest.mark.parametrize(
    ("line", "identifier"),
    [
        (
            "A webinar about how we light the streets, 5 October 2037, 18:30 (CEST)",
            "webinar-about-how-we-light-streets-2037",
        ),
        (
            "Une réunion au sujet des eaux de la ville, lundi 5 octobre 2037 à 18h30 (CEST)",
            "reunion-sujet-eaux-ville-2037",
        ),
        (
            "Una reunión sobre las ciudades abiertas, martes a las 18:30 UTC",
            "reunion-sobre-ciudades-abiertas",
        ),
        ("The Migration Review Forum (IMRF), 13 April 2022 15:00 (CEST)", "imrf-2022"),
    ],
)
def test_a_note_of_one_line_is_called_by_what_it_is_about(line: str, identifier: str) -> None:
    made = draft(line)
    assert made.data["briefing"] == identifier
    assert doubt(made).rule == "identifier"


@pytest.mark.parametrize(
    "title", ["CEST", "CEST 2037", "# October 2037", "# Octubre de 2037", "# 18:30 (GMT+2)"]
)
def test_a_title_that_only_says_when_it_is_names_nothing_and_the_file_does(title: str) -> None:
    made = draft(f"{title}\n\nWe meet and talk about the lights.", file="street-lights.md")
    assert made.data["briefing"] in {"street-lights", "street-lights-2037"}
    assert "briefing" in made.data["unconfirmed"]
    assert "made of the file's name" in doubt(made).note


@pytest.mark.parametrize(
    ("line", "title", "identifier"),
    [
        ("Street lighting: 5 October 2037, 18:30 (CEST)", "Street lighting", "street-lighting-2037"),
        ("Les eaux de la ville, 5 octobre 2037, 18h30 (CEST)", "Les eaux de la ville", "eaux-ville-2037"),
        ("Date and time: 5 October 2037, 18:30", None, "briefing-2037"),
        ("Please come, 5 October 2037, 18:30", None, "briefing-2037"),
        ("Concert, 5 October 2037, 18:30", None, "briefing-2037"),
    ],
)
def test_few_words_before_the_date_are_a_title_in_doubt(
    line: str, title: str | None, identifier: str
) -> None:
    made = draft(line, file="stdin")
    assert (made.data.get("title"), made.data["briefing"]) == (title, identifier)
    assert "title" in made.data["unconfirmed"]


@pytest.mark.parametrize(
    "file", ["stdin", "2037-10-05.md", "CEST.txt", "-", "会议.md", "5 October 2037 18.30 CEST.md"]
)
def test_where_the_file_says_no_more_either_a_person_has_to_name_it(file: str) -> None:
    named = identify("18:30 (CEST)", file, 2037)
    assert named.key == "briefing-2037"
    assert "neither the note nor its file" in named.why
    assert draft("CEST", file=file).data["unconfirmed"][0] == "briefing"


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("Lundi de la mer", "lundi-mer"),
        ("WEST AFRICA TODAY", "west-africa-today"),
        ("What you may do", "what-you-may-do"),
        ("Art in the market (ART)", "art"),
        ("Review Forum 2022", "review-forum-2022"),
    ],
)
def test_words_that_could_be_a_time_elsewhere_stay_in_a_title(title: str, key: str) -> None:
    assert identify(title, "note.md", None).key == key


_WHEN = [
    "5 October 2037",
    "lundi 5 octobre 2037",
    "2037-10-05",
    "18:30",
    "18h30",
    "6 pm",
    "CEST",
    "(UTC)",
    "(GMT+2)",
]


@given(
    st.lists(st.sampled_from([*_WHEN, "Street", "Réunion", "(IMRF)", "會議", "—", ","]), max_size=8),
    st.booleans(),
)
def test_no_title_whatever_stands_in_it_makes_a_key_of_a_zone(parts: list[str], dated: bool) -> None:
    key = identify(" ".join(parts), "note.md", 2037 if dated else None).key
    check_key(None, None, key)
    words = set(key.split("-"))
    assert words.isdisjoint({"cest", "utc", "gmt", "october", "octobre", "lundi", "18", "30", "18h30", "pm"})
    assert re.search("[a-z]", key)
