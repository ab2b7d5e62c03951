from datetime import date

import pytest

from briefingkit.notes.days import DayMention, find_days, resolve_days
from briefingkit.notes.inline import Passage


def passage(text: str) -> Passage:
    return Passage(text, range(len(text)))


def read(text: str, *years: int, today: date | None = None) -> list[DayMention]:
    return [resolve_days(mention, list(years), today) for mention in find_days(passage(text))]


def spans(text: str, *years: int) -> list[str]:
    return ["/".join(map(str, dict.fromkeys(each.dates or ()))) for each in read(text, *years)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("April 13, 2022", "2022-04-13"),
        ("13 April 2022", "2022-04-13"),
        ("Wed, Apr 13 2022", "2022-04-13"),
        ("18th of June, 2021", "2021-06-18"),
        ("le mercredi 13 avril 2022", "2022-04-13"),
        ("1er mars 2023", "2023-03-01"),
        ("13 de abril de 2022", "2022-04-13"),
        ("el jueves 3 de octubre de 2024", "2024-10-03"),
        ("2022-04-13", "2022-04-13"),
        ("13/04/2022", "2022-04-13"),
        ("13.04.22", "2022-04-13"),
        ("12/31/2024", "2024-12-31"),
        ("13 April 2022, 15:00-16:30", "2022-04-13"),
        ("From May 16 - 20, 2022, governments", "2022-05-16/2022-05-20"),
        ("11 – 13 April 2022", "2022-04-11/2022-04-13"),
        ("du 11 au 13 avril 2022", "2022-04-11/2022-04-13"),
        ("del 11 al 13 de abril de 2022", "2022-04-11/2022-04-13"),
        ("30 April – 2 May 2022", "2022-04-30/2022-05-02"),
        ("December 30 – January 2, 2023", "2022-12-30/2023-01-02"),
        ("11, 12 and 13 April 2022", "2022-04-11/2022-04-13"),
        ("Lundi 4 et mardi 5 septembre 2023", "2023-09-04/2023-09-05"),
        ("2022-04-13 to 2022-04-15", "2022-04-13/2022-04-15"),
        ("Day 1 – Tuesday 16 May 2023", "2023-05-16"),
        ("Jour 2 - 16 mai 2023", "2023-05-16"),
    ],
)
def test_a_date_is_read_in_the_forms_of_three_languages(text: str, expected: str) -> None:
    assert spans(text) == [expected]


def test_two_dates_joined_by_and_are_two_dates() -> None:
    assert spans("3 October 2022 and 5 November 2022") == ["2022-10-03", "2022-11-05"]


@pytest.mark.parametrize(
    "text",
    [
        "you may 2 weeks before",
        "5 to 7 participants in May 2022",
        "Resolution 73/195",
        "31 February 2022",
        "1.5 million",
    ],
)
def test_numbers_that_are_no_date_are_left_alone(text: str) -> None:
    assert find_days(passage(text)) == ()


def test_a_number_after_a_date_is_no_second_day() -> None:
    assert spans("on 5 May and 20 people", 2022) == ["2022-05-05"]


def test_an_ambiguous_order_gives_both_readings() -> None:
    (mention,) = read("04/05/2022")
    assert mention.dates == (date(2022, 5, 4), date(2022, 5, 4))
    assert [day.dated() for day in mention.others] == [date(2022, 4, 5)]
    assert mention.problems


def test_a_weekday_settles_an_ambiguous_order() -> None:
    (mention,) = read("Tuesday 04/05/2022")
    assert mention.dates == (date(2022, 4, 5), date(2022, 4, 5))
    assert not mention.problems


def test_a_weekday_that_does_not_match_is_said() -> None:
    (mention,) = read("Thursday 13 April 2022")
    assert mention.problems == ("2022-04-13 is a Wednesday, and the note says Thursday",)


def test_a_missing_year_is_inferred_from_the_notes_own_and_said() -> None:
    (mention,) = read("11 – 13 April", 2022)
    assert mention.dates == (date(2022, 4, 11), date(2022, 4, 13))
    assert mention.inferred
    assert "no year" in mention.problems[0]


def test_a_weekday_chooses_among_the_coming_years() -> None:
    (mention,) = read("Wednesday 13 April", today=date(2026, 1, 1))
    assert mention.dates == (date(2033, 4, 13), date(2033, 4, 13))


def test_without_any_year_there_is_no_date() -> None:
    (mention,) = read("13 April")
    assert mention.dates is None
