from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.errors import ModelError
from briefingkit.model import Anchor, LocalTime, Offset, When
from briefingkit.model.schedule import duration_of, elapsed, parse_duration, write_duration

MINUTES = st.integers(1, 10 * 365 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


def _when(start: str, end: str, zone: str = "Europe/Brussels") -> When:
    return When(_local(start), _local(end), zone)


def _local(text: str) -> LocalTime:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("25m", 25), ("1h30m", 90), ("90d", 129_600), ("2w", 20_160), ("1w1d1h1m", 11_581), (" 5m ", 5), ("90m", 90)],
)  # fmt: skip
def test_a_duration_is_weeks_days_hours_and_minutes(text: str, minutes: int) -> None:
    assert parse_duration(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "text",
    ["", "5", "m", "5s", "1m1h", "1.5h", "-5m", "+5m", "5 m", "5M", "٥m", "9999999m", "999999w", "1h\n1m"],
)
def test_another_duration_is_refused_with_examples(text: str) -> None:
    with pytest.raises(ModelError, match="is no duration: write minutes, hours, days or weeks, such as 25m"):
        parse_duration(text)


@given(MINUTES)
def test_a_duration_is_read_as_it_was_written(duration: timedelta) -> None:
    assert parse_duration(write_duration(duration)) == duration


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("-1d", Offset(timedelta(days=-1))),
        ("+30m", Offset(timedelta(minutes=30))),
        ("start-2h", Offset(timedelta(hours=-2))),
        ("end+1d", Offset(timedelta(days=1), Anchor.END)),
    ],
)
def test_an_offset_counts_from_the_start_unless_it_says_end(text: str, offset: Offset) -> None:
    assert Offset.parse(text) == offset


@pytest.mark.parametrize("text", ["", "1d", "-", "before-1d", "end 1d", "--1d", "-1", "-1d+1h", "2022-04-13"])
def test_another_offset_is_refused(text: str) -> None:
    with pytest.raises(ModelError, match=r"is no offset: write -1d|is no duration"):
        Offset.parse(text)


@given(MINUTES, st.sampled_from(Anchor), st.booleans())
def test_an_offset_is_read_as_it_was_written(delta: timedelta, anchor: Anchor, before: bool) -> None:
    offset = Offset(-delta if before else delta, anchor)
    assert Offset.parse(str(offset)) == offset


def test_the_last_day_of_whole_days_is_inclusive() -> None:
    when = _when("2022-04-13", "2022-04-14")
    assert when.all_day
    assert (when.first_day, when.last_day) == (date(2022, 4, 13), date(2022, 4, 14))
    assert when.local_end == datetime(2022, 4, 15)
    assert when.utc_end == datetime(2022, 4, 14, 22, tzinfo=UTC)


def test_an_evening_that_ends_at_midnight_ends_on_its_own_day() -> None:
    assert _when("2022-04-13T20:00", "2022-04-14T00:00").last_day == date(2022, 4, 13)
    assert _when("2022-04-13T20:00", "2022-04-14T00:01").last_day == date(2022, 4, 14)


def test_one_day_may_be_its_own_last_day_but_no_instant_its_own_end() -> None:
    assert _when("2022-04-13", "2022-04-13").all_day
    with pytest.raises(ModelError, match=r"the end \(2022-04-13 15:00\) is not after the start"):
        _when("2022-04-13T15:00", "2022-04-13T15:00")


def test_a_date_and_a_time_do_not_make_a_span() -> None:
    with pytest.raises(ModelError, match="both a date, or both a date and a time"):
        _when("2022-04-13", "2022-04-13T15:00")
    with pytest.raises(ModelError, match="both a date, or both a date and a time"):
        _when("2022-04-13T15:00", "2022-04-13")


def test_order_is_of_instants_and_not_of_clocks() -> None:
    # Clocks go back at 03:00 on 30 October 2022: 02:50 (summer) to 02:10 (winter, said by a duration) is 20 minutes.
    start = datetime(2022, 10, 30, 2, 50)
    end = duration_of(start, timedelta(minutes=20), "Europe/Brussels")
    assert end == datetime(2022, 10, 30, 2, 10)
    when = When(start, end, "Europe/Brussels")
    assert when.utc_end - when.utc_start == timedelta(minutes=20)


def test_an_hour_over_the_spring_change_is_an_hour_of_life() -> None:
    # 02:00 becomes 03:00 on 27 March 2022.
    assert duration_of(datetime(2022, 3, 27, 1, 30), timedelta(hours=1), "Europe/Brussels") == datetime(
        2022, 3, 27, 3, 30
    )


def test_without_a_zone_clocks_never_change() -> None:
    assert duration_of(datetime(2022, 3, 27, 1, 30), timedelta(hours=1), None) == datetime(2022, 3, 27, 2, 30)


def test_whole_days_from_a_date_end_inclusively() -> None:
    assert duration_of(date(2022, 4, 13), timedelta(days=1), None) == date(2022, 4, 13)
    assert duration_of(date(2022, 4, 13), timedelta(days=3), None) == date(2022, 4, 15)


@pytest.mark.parametrize("duration", [timedelta(hours=12), timedelta(days=1, minutes=1), timedelta()])
def test_a_part_of_a_day_does_not_start_with_a_date(duration: timedelta) -> None:
    with pytest.raises(ModelError, match="a date alone lasts whole days"):
        duration_of(date(2022, 4, 13), duration, None)


def test_a_day_before_keeps_the_clock_time_over_a_change() -> None:
    when = _when("2022-03-27T15:00", "2022-03-27T16:00")
    assert when.moment(Offset.parse("-1d")) == datetime(2022, 3, 26, 15)
    # 24 hours of life before 15:00 summer time are 14:00 winter time: that is what `-1d` must not mean.
    assert elapsed(datetime(2022, 3, 27, 15), timedelta(hours=-24), "Europe/Brussels") == datetime(
        2022, 3, 26, 14
    )


def test_hours_are_elapsed_time_over_a_change() -> None:
    when = _when("2022-03-27T03:30", "2022-03-27T05:00")
    assert when.moment(Offset.parse("-1h")) == datetime(2022, 3, 27, 1, 30)


def test_an_offset_of_days_and_hours_turns_the_days_first() -> None:
    when = _when("2022-03-28T03:30", "2022-03-28T05:00")
    assert when.moment(Offset.parse("-1d1h")) == datetime(2022, 3, 27, 1, 30)


def test_a_moment_may_be_told_from_the_end_or_as_it_is() -> None:
    when = _when("2022-04-13T15:00", "2022-04-13T16:00")
    assert when.moment(Offset.parse("end+2h")) == datetime(2022, 4, 13, 18)
    assert when.moment(datetime(2022, 4, 1, 9)) == datetime(2022, 4, 1, 9)


def test_moments_of_whole_days_count_from_midnight() -> None:
    when = _when("2022-04-13", "2022-04-14")
    assert when.moment(Offset.parse("-1d")) == datetime(2022, 4, 12)
    assert when.moment(Offset.parse("end+9h")) == datetime(2022, 4, 15, 9)


@given(
    st.datetimes(datetime(1970, 1, 1), datetime(2037, 1, 1)),
    st.integers(0, 10_000).map(lambda minutes: timedelta(minutes=minutes)),
    st.sampled_from(
        ("Europe/Brussels", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "UTC")
    ),
)
def test_time_that_elapsed_can_be_taken_back(local: datetime, duration: timedelta, zone: str) -> None:
    local = elapsed(local.replace(microsecond=0, fold=0), timedelta(), zone)
    assert elapsed(elapsed(local, duration, zone), -duration, zone) == local
