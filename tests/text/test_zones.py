import copy
import pickle
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.errors import TextError
from briefingkit.text.zones import (
    LocalKind,
    get_zone,
    in_zone,
    instant,
    local_kind,
    utc_offset_label,
    zone_label,
    zone_names,
)

ZONES = sorted(zone_names())
LABEL = re.compile(
    r"(?:(?P<name>[A-Za-z]{2,}) \()?UTC(?:(?P<sign>[+-])(?P<hours>\d+)(?::(?P<minutes>\d\d))?)?\)?"
)
locals_ = st.datetimes(datetime(1971, 1, 1), datetime(2036, 12, 31))


def offset_in(label: str) -> tuple[timedelta, str | None]:
    parts = LABEL.fullmatch(label)
    assert parts, label
    minutes = int(parts["hours"] or 0) * 60 + int(parts["minutes"] or 0)
    return timedelta(minutes=-minutes if parts["sign"] == "-" else minutes), parts["name"]


def packaged(name: str) -> ZoneInfo:
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


@pytest.mark.parametrize("first", [datetime(1973, 1, 1, 12, tzinfo=UTC), datetime(2022, 1, 1, tzinfo=UTC)])
def test_the_label_of_every_zone_has_the_offset_and_the_name_of_that_instant(first: datetime) -> None:
    for name in ZONES:
        zone = packaged(name)
        for weeks in range(0, 156, 13):
            moment = first + timedelta(weeks=weeks)
            here = moment.astimezone(zone)
            if here.utcoffset().total_seconds() % 60:
                continue  # Liberia until 1972 and its like; the label has seconds then, tested below
            label = zone_label(moment, name)
            offset, abbreviation = offset_in(label)
            assert offset == here.utcoffset(), (name, moment)
            assert abbreviation in (None, here.tzname())
            assert (abbreviation is None) == (not here.tzname().isalpha() or here.tzname() == "UTC")


def test_no_zone_in_april_is_labelled_with_its_winter_name() -> None:
    assert zone_label(datetime(2022, 4, 13, 13, tzinfo=UTC), "Europe/Paris") == "CEST (UTC+2)"
    assert zone_label(datetime(2022, 1, 13, 13, tzinfo=UTC), "Europe/Paris") == "CET (UTC+1)"


@pytest.mark.parametrize(
    ("zone", "label"),
    [
        ("America/New_York", "EDT (UTC-4)"),
        ("Asia/Kolkata", "IST (UTC+5:30)"),
        ("Asia/Kathmandu", "UTC+5:45"),
        ("America/Sao_Paulo", "UTC-3"),
        ("Europe/Istanbul", "UTC+3"),
        ("Europe/London", "BST (UTC+1)"),
        ("Africa/Abidjan", "GMT (UTC+0)"),
        ("Africa/Casablanca", "UTC+0"),
        ("Pacific/Marquesas", "UTC-9:30"),
        ("Etc/GMT-2", "UTC+2"),
        ("UTC", "UTC"),
        ("Etc/UTC", "UTC"),
    ],
)
def test_a_zone_is_labelled_by_its_abbreviation_where_it_has_one_and_always_by_its_offset(
    zone: str, label: str
) -> None:
    assert zone_label(datetime(2022, 4, 13, 13, tzinfo=UTC), zone) == label


def test_an_offset_of_odd_seconds_is_written_in_full() -> None:
    assert utc_offset_label(-timedelta(minutes=44, seconds=30)) == "UTC-0:44:30"


def test_a_label_is_ascii() -> None:
    assert all(zone_label(datetime(2022, 4, 13, tzinfo=UTC), zone).isascii() for zone in ZONES)


def test_a_label_wants_an_instant() -> None:
    with pytest.raises(TextError, match="an instant needs its zone"):
        zone_label(datetime(2022, 4, 13), "Europe/Paris")


@pytest.mark.parametrize(
    ("local", "zone", "kind"),
    [
        (datetime(2022, 3, 27, 1, 59), "Europe/Brussels", LocalKind.UNIQUE),
        (datetime(2022, 3, 27, 2, 0), "Europe/Brussels", LocalKind.MISSING),
        (datetime(2022, 3, 27, 2, 59), "Europe/Brussels", LocalKind.MISSING),
        (datetime(2022, 3, 27, 3, 0), "Europe/Brussels", LocalKind.UNIQUE),
        (datetime(2022, 10, 30, 2, 0), "Europe/Brussels", LocalKind.AMBIGUOUS),
        (datetime(2022, 10, 30, 3, 0), "Europe/Brussels", LocalKind.UNIQUE),
        (datetime(2022, 4, 3, 1, 45), "Australia/Lord_Howe", LocalKind.AMBIGUOUS),
        (datetime(2022, 4, 3, 1, 15), "Australia/Lord_Howe", LocalKind.UNIQUE),
        (datetime(2011, 12, 30, 12, 0), "Pacific/Apia", LocalKind.MISSING),
        (datetime(2022, 7, 1, 12, 0), "UTC", LocalKind.UNIQUE),
    ],
)
def test_a_local_time_at_a_clock_change_comes_twice_or_never(
    local: datetime, zone: str, kind: LocalKind
) -> None:
    assert local_kind(local, zone) is kind


@pytest.mark.parametrize(
    ("local", "zone", "there"),
    [
        (datetime(2022, 4, 13, 15), "Europe/Brussels", "2022-04-13T15:00:00+02:00"),
        (datetime(2022, 10, 30, 2, 30), "Europe/Brussels", "2022-10-30T02:30:00+02:00"),
        (datetime(2022, 10, 30, 2, 30, fold=1), "Europe/Brussels", "2022-10-30T02:30:00+01:00"),
        (datetime(2022, 3, 27, 2, 30), "Europe/Brussels", "2022-03-27T03:30:00+02:00"),
        (datetime(2022, 3, 27, 2, 30, fold=1), "Europe/Brussels", "2022-03-27T03:30:00+02:00"),
        (datetime(2011, 12, 30, 12), "Pacific/Apia", "2011-12-31T12:00:00+14:00"),
    ],
)
def test_an_instant_is_the_first_of_two_and_comes_after_a_gap(local: datetime, zone: str, there: str) -> None:
    assert instant(local, zone).isoformat() == there


@given(locals_, st.sampled_from(ZONES))
def test_a_local_time_that_exists_comes_back_from_its_instant(local: datetime, zone: str) -> None:
    there = instant(local, zone)
    kept = in_zone(there.astimezone(UTC), zone).replace(tzinfo=None) == local
    assert kept == (local_kind(local, zone) is not LocalKind.MISSING)
    assert there.replace(tzinfo=None) >= local


@pytest.mark.parametrize("function", [instant, local_kind])
def test_a_local_time_has_no_zone_of_its_own(function: Callable[[datetime, str], object]) -> None:
    with pytest.raises(TextError, match="carries a zone"):
        function(datetime(2022, 4, 13, tzinfo=UTC), "Europe/Paris")
    with pytest.raises(TextError, match="not a local date and time"):
        function(date(2022, 4, 13), "Europe/Paris")


@pytest.mark.parametrize(
    ("local", "zone"),
    [(datetime.min, "Asia/Tokyo"), (datetime.max.replace(microsecond=0), "America/New_York")],
)
def test_the_ends_of_the_calendar_are_refused_and_do_not_overflow(local: datetime, zone: str) -> None:
    with pytest.raises(TextError, match="beyond the ends of the calendar"):
        instant(local, zone)
    with pytest.raises(TextError, match="no local time in"):
        in_zone(local.replace(tzinfo=UTC), "America/New_York" if local == datetime.min else "Asia/Tokyo")


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ("europe/brussels", "did you mean Europe/Brussels?"),
        ("Brussels", "did you mean Europe/Brussels?"),
        ("New York", "did you mean America/New_York?"),
        ("Asia/Kolkatta", "did you mean Asia/Kolkata?"),
        ("CEST", "did you mean Europe/Brussels or Europe/Paris or Europe/Zurich?"),
        ("IST", "did you mean Asia/Kolkata or Asia/Jerusalem?"),
        ("UTC+2", "did you mean Etc/GMT-2 or"),
        ("../../etc/passwd", 'write an IANA name such as "Europe/Brussels"'),
        ("/etc/localtime", 'write an IANA name such as "Europe/Brussels"'),
        ("localtime", 'write an IANA name such as "Europe/Brussels"'),
        ("right/Europe/Paris", "did you mean Europe/Paris"),
        ("Factory", 'write an IANA name such as "Europe/Brussels"'),
        ("Europe/Par\0is", "did you mean Europe/Paris"),
        ("", 'write an IANA name such as "Europe/Brussels"'),
        ("x" * 100_000, 'write an IANA name such as "Europe/Brussels"'),
    ],
)
def test_an_unknown_zone_is_refused_with_what_was_probably_meant(written: str, advice: str) -> None:
    with pytest.raises(TextError, match="is not a time zone") as caught:
        get_zone(written)
    assert advice in str(caught.value)
    assert len(str(caught.value)) < 200


@given(st.text(max_size=80))
def test_any_string_is_a_zone_or_a_text_error(name: str) -> None:
    try:
        zone = get_zone(name)
    except TextError:
        return
    assert zone.key == name


def test_the_package_is_read_before_the_systems_zones(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    system = tmp_path / "Europe"
    system.mkdir()
    (system / "Brussels").write_bytes(files("tzdata").joinpath("zoneinfo", "Asia", "Tokyo").read_bytes())
    get_zone.cache_clear()
    monkeypatch.setattr("zoneinfo._tzpath.TZPATH", (str(tmp_path),))
    monkeypatch.setattr("zoneinfo.TZPATH", (str(tmp_path),))
    assert ZoneInfo.no_cache("Europe/Brussels").utcoffset(datetime(2022, 4, 13)) == timedelta(hours=9)
    assert get_zone("Europe/Brussels").utcoffset(datetime(2022, 4, 13)) == timedelta(hours=2)


def test_a_zone_keeps_its_key_and_survives_pickling_and_copying() -> None:
    zone = get_zone("Europe/Kyiv")
    assert zone.key == "Europe/Kyiv"
    assert pickle.loads(pickle.dumps(zone)) is zone
    moment = instant(datetime(2022, 4, 13, 15), "Europe/Kyiv")
    assert copy.deepcopy(moment) == moment
    assert "Europe/Kyiv" in repr(moment)
