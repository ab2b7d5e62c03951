from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.errors import TextError
from briefingkit.rendering.observances import observances
from briefingkit.rendering.vtimezone import vtimezone, vtimezone_bytes
from briefingkit.text.zones import get_zone, zone_names

CALENDARS = [
    "Europe/Brussels",
    "America/New_York",
    "Asia/Jerusalem",
    "America/Santiago",
    "Australia/Lord_Howe",
]
NAMES = sorted(zone_names())
HOUR = timedelta(hours=1)
Consumer = Any  # see conftest.py: it reads a VTIMEZONE with nothing of briefingkit's


def true_offset(zone: str, instant: datetime) -> timedelta:
    there = instant.replace(tzinfo=UTC).astimezone(get_zone(zone)).utcoffset()
    assert there is not None
    return there


def instants_of(year: int, text: bytes, consumer: Consumer) -> list[datetime]:
    """Give every tenth day of a year, and the hour and the second around each change that the text knows of."""
    days = [datetime(year, 1, 1) + timedelta(days=10 * i, hours=7 * i % 24) for i in range(37)]
    changes = [wall - before for wall, before, _ in consumer.onsets(text) if wall.year == year]
    near = [at + step for at in changes for step in (-HOUR, timedelta(seconds=-1), timedelta(), HOUR)]
    return [at for at in days + near if at.year == year]


def wrong(zone: str, year: int, consumer: Consumer) -> list[datetime]:
    text = vtimezone_bytes(zone, year, year)
    return [
        at
        for at in instants_of(year, text, consumer)
        if consumer.offset_at(text, at) != true_offset(zone, at)
    ]


@given(
    zone=st.sampled_from(NAMES), day=st.dates(date(1990, 1, 1), date(2037, 12, 31)), hour=st.integers(0, 23)
)
def test_a_consumer_computes_the_offset_that_tzdata_has_on_any_day(
    consumer: Consumer, zone: str, day: date, hour: int
) -> None:
    text = vtimezone(zone, day, day).to_ical()
    instant = datetime(day.year, day.month, day.day, hour, 30)
    assert consumer.offset_at(text, instant) == true_offset(zone, instant)


def test_every_zone_of_tzdata_is_right_all_year(consumer: Consumer) -> None:
    assert {zone: at for zone in NAMES for year in (2011, 2026) if (at := wrong(zone, year, consumer))} == {}


@pytest.mark.soak
def test_every_zone_is_right_in_every_year(consumer: Consumer) -> None:
    assert {
        zone: at for zone in NAMES for year in range(1990, 2038) if (at := wrong(zone, year, consumer))
    } == {}


@pytest.mark.parametrize(
    "zone",
    [
        *CALENDARS,
        "Africa/Cairo",
        "Africa/Casablanca",
        "Africa/Lagos",
        "Africa/Windhoek",
        "America/Sao_Paulo",
        "Asia/Gaza",
        "Asia/Kolkata",
        "Asia/Tehran",
        "Europe/Dublin",
        "Europe/Istanbul",
        "Pacific/Apia",
    ],
)
def test_the_zones_that_go_wrong_elsewhere_are_right_in_every_year(consumer: Consumer, zone: str) -> None:
    assert [at for year in range(1990, 2038) for at in wrong(zone, year, consumer)] == []


@given(zone=st.sampled_from(NAMES), first=st.integers(1990, 2036), years=st.integers(0, 12))
def test_a_span_of_years_is_right_throughout(consumer: Consumer, zone: str, first: int, years: int) -> None:
    last = min(first + years, 2037)
    text = vtimezone_bytes(zone, first, last)
    checked = [at for year in (first, last) for at in instants_of(year, text, consumer)]
    assert [at for at in checked if consumer.offset_at(text, at) != true_offset(zone, at)] == []


@pytest.mark.parametrize("zone", CALENDARS)
def test_a_zone_that_keeps_to_a_rule_is_written_with_the_rule(zone: str) -> None:
    found = observances(zone, 2026, 2026)
    assert [bool(one.rule) for one in found] == [True, True]
    assert [one.dates for one in found] == [(), ()]


def test_the_friday_before_a_sunday_is_a_rule_of_its_own() -> None:
    assert b"RRULE:FREQ=YEARLY;BYDAY=FR;BYMONTHDAY=23,24,25,26,27,28,29;BYMONTH=3\r\n" in vtimezone_bytes(
        "Asia/Jerusalem", 2024, 2024
    )


def test_the_plain_form_is_taken_where_several_forms_are_true() -> None:
    rules = [one.rule for one in observances("Europe/Brussels", 2022, 2022)]
    assert rules == ["FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU"]


@pytest.mark.parametrize(("zone", "year"), [("Africa/Casablanca", 2024), ("America/Sao_Paulo", 2018)])
def test_a_zone_that_keeps_to_no_rule_is_written_with_dates(zone: str, year: int) -> None:
    found = observances(zone, year, year)
    assert not any(one.rule for one in found)
    assert any(one.dates for one in found)


def test_a_rule_that_ends_says_until_when() -> None:
    text = vtimezone_bytes("Africa/Cairo", 2026, 2026)
    assert text.count(b"UNTIL=2029") == 2


@pytest.mark.parametrize("zone", CALENDARS)
def test_all_years_of_one_era_have_the_same_bytes(zone: str) -> None:
    assert len({vtimezone_bytes(zone, year, year) for year in range(2025, 2036)}) == 1


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Africa/Lagos", "UTC", "America/Sao_Paulo"])
def test_a_zone_whose_clocks_stand_still_has_one_observance(zone: str) -> None:
    assert len(observances(zone, 2024, 2026)) == 1


def test_summer_time_is_the_greater_offset_also_where_tzdata_calls_winter_the_exception() -> None:
    named = {one.name: one.daylight for one in observances("Europe/Dublin", 2022, 2022)}
    assert named == {"IST": True, "GMT": False}


def test_a_change_of_the_date_line_is_no_summer_time() -> None:
    moved = [one for one in observances("Pacific/Apia", 2011, 2011) if one.offset_to == timedelta(hours=14)]
    assert not moved[0].daylight


@pytest.mark.parametrize("zone", NAMES[::7])
def test_names_are_letters_only(zone: str) -> None:
    assert all(one.name is None or one.name.isalpha() for one in observances(zone, 2022, 2022))


@given(zone=st.sampled_from(NAMES), year=st.integers(1990, 2037))
def test_every_onset_is_one_that_the_zone_knows(consumer: Consumer, zone: str, year: int) -> None:
    for wall, before, after in consumer.onsets(vtimezone_bytes(zone, year, year)):
        at = wall - before
        if at.year < 2038 and before != after:
            assert true_offset(zone, at - timedelta(seconds=1)) == before
            assert true_offset(zone, at) == after


def test_years_at_the_ends_of_the_calendar_do_not_fail() -> None:
    assert vtimezone_bytes("Europe/Brussels", 1, 1).startswith(b"BEGIN:VTIMEZONE\r\n")
    assert b"RRULE" in vtimezone_bytes("Europe/Brussels", 2090, 2090)


def test_an_unknown_zone_is_refused_with_advice() -> None:
    with pytest.raises(TextError, match="Europe/Brussels"):
        vtimezone("Europe/Brusels", date(2022, 1, 1), date(2022, 1, 1))
