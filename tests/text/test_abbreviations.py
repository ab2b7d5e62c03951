from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.errors import TextError
from briefingkit.text.abbreviations import _LIKELY, _LOCAL, _countries_zones, candidate_zones
from briefingkit.text.zones import get_zone, zone_names

APRIL = datetime(2022, 4, 13, 15)
JANUARY = datetime(2022, 1, 13, 15)


def offsets(zones: tuple[str, ...], local: datetime) -> set[int]:
    return {local.replace(tzinfo=get_zone(zone)).utcoffset() // timedelta(minutes=1) for zone in zones}


@pytest.mark.parametrize(
    ("written", "local", "first"),
    [
        (
            "CEST",
            APRIL,
            ("Europe/Brussels", "Europe/Paris", "Europe/Zurich", "Europe/Berlin", "Europe/Madrid"),
        ),
        ("CET", JANUARY, ("Europe/Brussels", "Europe/Paris")),
        ("CET", APRIL, ("Africa/Algiers", "Africa/Tunis")),
        ("MESZ", APRIL, ("Europe/Brussels", "Europe/Paris")),
        ("cest", APRIL, ("Europe/Brussels",)),
        ("ET", APRIL, ("America/New_York", "America/Toronto")),
        ("ET", JANUARY, ("America/New_York", "America/Toronto")),
        ("CT", JANUARY, ("America/Chicago", "America/Mexico_City")),
        ("EST", JANUARY, ("America/New_York",)),
        ("EST", APRIL, ("America/Panama", "America/Jamaica")),
        ("BST", APRIL, ("Europe/London",)),
        ("EAT", APRIL, ("Africa/Nairobi",)),
        ("ChST", APRIL, ("Pacific/Guam",)),
        ("GST", APRIL, ("Asia/Dubai",)),
        ("GMT", JANUARY, ("Europe/London", "Etc/GMT")),
        ("GMT", APRIL, ("Etc/GMT", "Africa/Accra")),
        ("UTC", APRIL, ("Etc/UTC",)),
        ("Z", APRIL, ("Etc/UTC",)),
        ("UTC+0", APRIL, ("Etc/UTC",)),
    ],
)
def test_the_zones_that_are_called_that_come_the_likeliest_first(
    written: str, local: datetime, first: tuple[str, ...]
) -> None:
    assert candidate_zones(written, local)[: len(first)] == first


@pytest.mark.parametrize(
    ("written", "local"), [("CEST", JANUARY), ("EDT", JANUARY), ("BST", JANUARY), ("XYZ", APRIL), ("", APRIL)]
)
def test_an_abbreviation_that_nobody_used_then_has_no_zone(written: str, local: datetime) -> None:
    assert candidate_zones(written, local) == ()


@pytest.mark.parametrize(
    ("written", "local", "minutes"),
    [
        ("IST", APRIL, {60, 330}),
        ("IST", JANUARY, {120, 330}),
        ("CST", JANUARY, {-360, -300, 480}),
        ("CST", APRIL, {-360, 480}),
        ("CDT", APRIL, {-300, -240}),
        ("PST", JANUARY, {-480, 480}),
    ],
)
def test_an_ambiguous_abbreviation_gives_zones_of_every_offset_that_it_may_mean(
    written: str, local: datetime, minutes: set[int]
) -> None:
    assert offsets(candidate_zones(written, local), local) == minutes


def test_the_season_less_times_of_north_america_are_not_chinas() -> None:
    assert "Asia/Shanghai" in candidate_zones("CST", JANUARY)
    assert "Asia/Shanghai" not in candidate_zones("CT", JANUARY)


@pytest.mark.parametrize(
    ("written", "fixed", "hours"),
    [
        ("UTC+2", "Etc/GMT-2", 2),
        ("GMT+2", "Etc/GMT-2", 2),
        ("GMT-5", "Etc/GMT+5", -5),
        ("utc \u2212 3", "Etc/GMT+3", -3),
        ("+01:00", "Etc/GMT-1", 1),
        ("UTC+0200", "Etc/GMT-2", 2),
        ("UTC+14", "Etc/GMT-14", 14),
    ],
)
def test_an_offset_gives_its_fixed_zone_first_although_that_has_the_opposite_sign(
    written: str, fixed: str, hours: int
) -> None:
    zones = candidate_zones(written, APRIL)
    assert zones[0] == fixed
    assert offsets(zones, APRIL) == {hours * 60}
    assert len(zones) > 1


@pytest.mark.parametrize(
    ("written", "first"),
    [("UTC+5:30", "Asia/Kolkata"), ("GMT-03:30", None), ("UTC-2:30", "America/St_Johns")],
)
def test_a_broken_offset_has_no_fixed_zone(written: str, first: str | None) -> None:
    zones = candidate_zones(written, APRIL)
    assert (zones[0] if zones else None) == first


@pytest.mark.parametrize("written", ["UTC+25", "UTC+5:75", "UTC+", "+", "UTC+999", "C" * 100_000])
def test_nonsense_has_no_zone(written: str) -> None:
    assert candidate_zones(written, APRIL) == ()


@given(st.datetimes(datetime(1990, 1, 1), datetime(2036, 1, 1)), st.sampled_from(_countries_zones()))
def test_every_alphabetic_name_of_a_zone_leads_back_to_it(local: datetime, zone: str) -> None:
    name = local.replace(tzinfo=get_zone(zone)).tzname()
    if name.isalpha():
        assert zone in candidate_zones(name, local)


def test_second_spellings_are_left_out() -> None:
    zones = _countries_zones()
    assert "Europe/Kyiv" in zones
    assert not {"Europe/Kiev", "Asia/Calcutta", "US/Eastern", "CET"} & set(zones)
    assert len(zones) == len(set(zones))


def test_the_likely_zones_are_zones_of_countries() -> None:
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="ascii")
    assert len(_LIKELY) == len(set(_LIKELY))
    assert [zone for zone in _LIKELY if f"\t{zone}\t" not in table and f"\t{zone}\n" not in table] == []
    assert set(_LOCAL.values()) <= zone_names()


def test_the_time_is_a_local_one() -> None:
    with pytest.raises(TextError, match="carries a zone"):
        candidate_zones("CEST", APRIL.replace(tzinfo=UTC))
