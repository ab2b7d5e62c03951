from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.testing.strategies import ZONES
from briefingkit.text.zones import in_zone, instant
from briefingkit_google.calendar.moments import all_day, canonical_moment, moment_patch, timed

from .projecting import briefing, projected, target

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2037, 12, 31), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=0)
)


@given(MOMENTS, st.sampled_from(ZONES), st.sampled_from(ZONES))
def test_a_time_reads_back_as_it_was_written_whatever_the_zone_of_the_calendar(
    moment: datetime, zone: str, calendar_zone: str
) -> None:
    written = timed(moment, zone)
    in_answer = {"dateTime": in_zone(moment, calendar_zone).isoformat(), "timeZone": zone}
    assert canonical_moment(in_answer) == canonical_moment(written) == written


@given(MOMENTS, st.sampled_from(ZONES))
def test_a_time_means_one_instant(moment: datetime, zone: str) -> None:
    written = datetime.fromisoformat(str(timed(moment, zone)["dateTime"]))
    assert (written if written.tzinfo else instant(written, zone)).astimezone(UTC) == moment


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        # Clocks go back at 03:00: 02:30 comes twice, and the first one is meant.
        ("2022-10-30T01:00", "2022-10-30T02:30", "2022-10-30T01:00:00", "2022-10-30T02:30:00+02:00"),
        # Clocks go forward at 02:00: 02:30 never comes, and clocks show 03:30 then.
        ("2022-03-27T01:00", "2022-03-27T02:30", "2022-03-27T01:00:00", "2022-03-27T03:30:00"),
        ("2022-12-31T23:00", "2023-01-01T00:30", "2022-12-31T23:00:00", "2023-01-01T00:30:00"),
    ],
)
def test_a_clock_change_leaves_nothing_to_guess(start: str, end: str, first: str, last: str) -> None:
    event = projected(target(), briefing(start=start, end=end))["imrf-2022.en"].fields
    assert event["start"] == {"dateTime": first, "timeZone": "Europe/Brussels"}
    assert event["end"] == {"dateTime": last, "timeZone": "Europe/Brussels"}


def test_whole_days_end_on_the_day_after() -> None:
    event = projected(target(), briefing(start="2022-05-16", end="2022-05-20"))["imrf-2022.en"].fields
    assert event["start"] == {"date": "2022-05-16"}
    assert event["end"] == {"date": "2022-05-21"}
    assert event["transparency"] == "transparent"


def test_a_patch_takes_away_what_the_other_kind_of_moment_has() -> None:
    assert moment_patch(all_day(date(2022, 5, 16))) == {
        "date": "2022-05-16",
        "dateTime": None,
        "timeZone": None,
    }
    assert moment_patch(timed(datetime(2022, 4, 13, 13, tzinfo=UTC), "Europe/Brussels")) == {
        "date": None,
        "dateTime": "2022-04-13T15:00:00",
        "timeZone": "Europe/Brussels",
    }


def test_a_zone_that_this_machine_does_not_know_is_kept_as_it_is() -> None:
    assert canonical_moment({"dateTime": "2040-01-01T12:00:00+07:00", "timeZone": "Mars/Olympus"}) == {
        "dateTime": "2040-01-01T05:00:00+00:00",
        "timeZone": "Mars/Olympus",
    }


def test_a_time_without_a_zone_is_never_in_the_machines_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    assert canonical_moment({"dateTime": "2022-04-13T15:00:00+02:00"}) == {
        "dateTime": "2022-04-13T13:00:00",
        "timeZone": "UTC",
    }
