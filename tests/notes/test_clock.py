from datetime import timedelta

import pytest

from briefingkit.notes.clock import find_duration, find_times
from briefingkit.notes.days import find_days
from briefingkit.notes.inline import Passage


def passage(text: str) -> Passage:
    return Passage(text, range(len(text)))


def times(text: str) -> list[str]:
    return [
        f"{each.first:%H:%M}" + (f"-{each.last:%H:%M}" if each.last else "")
        for each in find_times(passage(text))
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15h to 16h (CEST) – Online", "15:00-16:00"),
        ("15h10 – 15h40", "15:10-15:40"),
        ("09.00", "09:00"),
        ("3 pm – 4:30 pm", "15:00-16:30"),
        ("3 – 4:30 pm", "15:00-16:30"),
        ("11 – 1 pm", "11:00-13:00"),
        ("9:00 a.m. - 10:30 a.m.", "09:00-10:30"),
        ("15:00-16:30 CEST", "15:00-16:30"),
        ("de 15h à 16h (CEST)", "15:00-16:00"),
        ("entre las 10:00 y las 12:00 h", "10:00-12:00"),
        ("a las 15:00", "15:00"),
        ("15 h 30", "15:30"),
        ("15-16h", "15:00-16:00"),
        ("noon to 2 pm", "12:00-14:00"),
        ("de midi à 14h", "12:00-14:00"),
        ("1500 hrs", "15:00"),
        ("12 pm", "12:00"),
        ("12 am", "00:00"),
    ],
)
def test_a_time_is_read_in_the_forms_of_three_languages(text: str, expected: str) -> None:
    assert times(text) == [expected]


@pytest.mark.parametrize(
    "text", ["10 to 12 participants", "1:1", "25:00", "in 2022", "resolution 73/195", "$10.50"]
)
def test_numbers_that_are_no_time_are_left_alone(text: str) -> None:
    assert times(text) == []


def test_a_number_with_a_point_in_a_sentence_is_not_sure() -> None:
    (mention,) = find_times(passage("version 2.10 of the tool"))
    assert not mention.sure


def test_two_spans_in_french_are_not_in_eastern_time() -> None:
    first, second = find_times(passage("10h à 12h et 14h à 16h"))
    assert (first.zone, second.zone) == ("", "")


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("15:00 CEST", "CEST"),
        ("15h (heure de Bruxelles)", "heure de Bruxelles"),
        ("15:00 (hora de Madrid)", "hora de Madrid"),
        ("9am ET", "ET"),
        ("14:00 UTC+2", "UTC+2"),
        ("15:00 Europe/Paris", "Europe/Paris"),
        ("9:00 Lima: report of the mayor", ""),
    ],
)
def test_a_zone_is_read_where_it_is_written_as_one(text: str, zone: str) -> None:
    assert find_times(passage(text))[0].zone == zone


def test_each_of_two_zones_has_its_time() -> None:
    assert [each.zone for each in find_times(passage("15:00 CEST / 09:00 EDT"))] == ["CEST", "EDT"]


def test_the_numbers_of_a_date_are_no_times() -> None:
    words = passage("13.04.2022, 10.30")
    (day,) = find_days(words)
    assert [f"{each.first:%H:%M}" for each in find_times(words, ((day.start, day.end),))] == ["10:30"]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("Opening (10 min)", 10),
        ("Panel, 45 minutes", 45),
        ("(1 h)", 60),
        ("1 h 30 min", 90),
        ("Duración: 20 minutos", 20),
        ("10' intro", 10),
    ],
)
def test_a_duration_is_read(text: str, minutes: int) -> None:
    found = find_duration(passage(text))
    assert found is not None
    assert found[2] == timedelta(minutes=minutes)
