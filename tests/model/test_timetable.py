from datetime import date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from briefingkit.model import AgendaItem, When, timetable
from briefingkit.testing.strategies import agenda_items
from briefingkit.text import MultilingualText

AFTERNOON = When(datetime(2022, 4, 13, 15), datetime(2022, 4, 13, 16), "Europe/Brussels")
NIGHT = When(datetime(2022, 4, 13, 22), datetime(2022, 4, 14, 2), "Europe/Brussels")
WEEK = When(datetime(2022, 4, 11, 9), datetime(2022, 4, 13, 18), "Europe/Brussels")
TITLE = MultilingualText.of("Item", "en")


def _item(start: str | None = None, minutes: int | None = None, day: date | None = None) -> AgendaItem:
    return AgendaItem(
        "item",
        TITLE,
        start=None if start is None else time.fromisoformat(start),
        duration=None if minutes is None else timedelta(minutes=minutes),
        day=day,
    )


def _told(when: When | None, *agenda: AgendaItem, form: str = "%H:%M") -> list[tuple[str, str]]:
    def said(moment: datetime | None) -> str:
        return "?" if moment is None else moment.strftime(form)

    return [(said(slot.start), said(slot.end)) for slot in timetable(agenda, when)]


def test_durations_run_on_from_the_start_of_the_event() -> None:
    assert _told(AFTERNOON, _item(minutes=5), _item(minutes=25), _item(minutes=30)) == [
        ("15:00", "15:05"), ("15:05", "15:30"), ("15:30", "16:00"),
    ]  # fmt: skip


def test_a_given_start_ends_the_item_before_it() -> None:
    assert _told(AFTERNOON, _item("15:00"), _item("15:05"), _item("15:30", 30)) == [
        ("15:00", "15:05"), ("15:05", "15:30"), ("15:30", "16:00"),
    ]  # fmt: skip


def test_a_duration_leaves_a_gap_before_a_later_start() -> None:
    assert _told(AFTERNOON, _item("15:00", 10), _item("15:30", 10)) == [
        ("15:00", "15:10"),
        ("15:30", "15:40"),
    ]


def test_durations_run_on_from_a_given_start() -> None:
    assert _told(AFTERNOON, _item("15:10", 10), _item(minutes=10)) == [("15:10", "15:20"), ("15:20", "15:30")]


def test_the_end_of_the_last_item_is_not_guessed() -> None:
    assert _told(AFTERNOON, _item("15:00")) == [("15:00", "?")]


def test_an_item_without_any_time_breaks_the_run_until_a_start_is_given() -> None:
    assert _told(AFTERNOON, _item(minutes=5), _item(), _item(minutes=5), _item("15:30", 5), _item(minutes=5)) == [
        ("15:00", "15:05"), ("?", "?"), ("?", "?"), ("15:30", "15:35"), ("15:35", "15:40"),
    ]  # fmt: skip


def test_an_untimed_item_between_two_does_not_lend_its_end_to_the_first() -> None:
    assert _told(AFTERNOON, _item("15:00"), _item(), _item("15:30")) == [
        ("15:00", "?"),
        ("?", "?"),
        ("15:30", "?"),
    ]


def test_an_agenda_without_an_event_knows_only_what_has_a_day() -> None:
    assert _told(None, _item("15:00"), _item(minutes=5), _item("15:00", day=date(2022, 4, 13))) == [
        ("?", "?"), ("?", "?"), ("15:00", "?"),
    ]  # fmt: skip


def test_after_midnight_is_the_next_day_of_an_event_over_midnight() -> None:
    assert _told(NIGHT, _item("22:00", 90), _item("00:30", 30), form="%d %H:%M") == [
        ("13 22:00", "13 23:30"), ("14 00:30", "14 01:00"),
    ]  # fmt: skip


def test_an_item_may_run_over_midnight() -> None:
    assert _told(NIGHT, _item(minutes=150), _item(minutes=30), form="%d %H:%M") == [
        ("13 22:00", "14 00:30"), ("14 00:30", "14 01:00"),
    ]  # fmt: skip


def test_an_earlier_clock_in_an_event_of_one_day_stays_on_that_day() -> None:
    assert _told(AFTERNOON, _item("15:30"), _item("15:00"), form="%d %H:%M") == [
        ("13 15:30", "?"),
        ("13 15:00", "?"),
    ]


def test_an_arrival_before_the_event_is_on_its_first_day() -> None:
    assert _told(AFTERNOON, _item("14:30", 30), form="%d %H:%M") == [("13 14:30", "13 15:00")]


def test_a_day_places_an_item_in_an_event_of_several() -> None:
    assert _told(WEEK, _item("09:00", 60), _item("09:00", 60, date(2022, 4, 12)), _item("11:00"), form="%d %H:%M") == [
        ("11 09:00", "11 10:00"), ("12 09:00", "12 10:00"), ("12 11:00", "?"),
    ]  # fmt: skip


def test_what_follows_an_item_of_more_than_a_day_is_on_the_day_of_its_end() -> None:
    assert _told(WEEK, _item("09:00", 25 * 60), _item("11:00"), form="%d %H:%M") == [
        ("11 09:00", "12 10:00"),
        ("12 11:00", "?"),
    ]


def test_an_all_day_event_lends_its_first_day_and_no_hour() -> None:
    whole = When(date(2022, 4, 13), date(2022, 4, 14), "Europe/Brussels")
    assert _told(whole, _item(minutes=5), _item("09:00", 5), _item(minutes=5), form="%d %H:%M") == [
        ("?", "?"), ("13 09:00", "13 09:05"), ("13 09:05", "13 09:10"),
    ]  # fmt: skip


def test_an_item_over_a_clock_change_lasts_as_long_as_it_says() -> None:
    spring = When(datetime(2022, 3, 27, 1), datetime(2022, 3, 27, 5), "Europe/Brussels")
    assert _told(spring, _item("01:30", 60), _item(minutes=60)) == [("01:30", "03:30"), ("03:30", "04:30")]
    autumn = When(datetime(2022, 10, 30, 1), datetime(2022, 10, 30, 5), "Europe/Brussels")
    assert _told(autumn, _item("01:30", 120), _item(minutes=60)) == [("01:30", "02:30"), ("02:30", "03:30")]


def test_the_day_of_a_slot_is_the_local_one_of_its_start() -> None:
    first, second = timetable((_item(minutes=150), _item()), NIGHT)
    assert (first.day, second.day) == (date(2022, 4, 13), None)


@given(st.lists(agenda_items(), max_size=5).map(tuple), st.sampled_from((None, AFTERNOON, NIGHT, WEEK)))
def test_a_timetable_has_a_slot_for_each_item_and_no_end_before_a_start(
    agenda: tuple[AgendaItem, ...], when: When | None
) -> None:
    slots = timetable(agenda, when)
    assert tuple(slot.item for slot in slots) == agenda
    for slot in slots:
        assert slot.end is None or (slot.start is not None and slot.end > slot.start)
        if slot.item.start is not None and slot.start is not None:
            assert slot.start.time() == slot.item.start
    for slot, following in pairwise(slots):
        if slot.item.duration is None and slot.end is not None:
            assert slot.end == following.start


def test_the_last_item_of_a_day_does_not_last_until_the_first_of_a_later_day() -> None:
    first = AgendaItem(
        key="first", title=MultilingualText({"en": "x"}), start=time(10), day=date(2022, 4, 11)
    )
    second = AgendaItem(
        key="second", title=MultilingualText({"en": "x"}), start=time(9), day=date(2022, 4, 13)
    )
    slots = timetable((first, second), When(date(2022, 4, 11), date(2022, 4, 13), "Europe/Brussels"))
    assert slots[0].end is None
