from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from icalendar import Calendar

from briefingkit.errors import RenderError
from briefingkit.model import Programme, Publication, structure
from briefingkit.rendering.ics import ics
from briefingkit.rendering.ics_feed import assemble
from briefingkit.rendering.values import View
from briefingkit.rendering.view import view
from briefingkit.testing.strategies import programmes

Consumer = Any  # see conftest.py
AT = datetime(2022, 3, 1, 9, 30, tzinfo=UTC)


def seen(identifier: str, start: str, zone: str = "Europe/Brussels", **fields: object) -> View:
    data = {
        "briefing": identifier,
        "namespace": "example.org",
        "languages": ["en"],
        "title": {"en": f"Title of {identifier}"},
        "status": "confirmed",
        "start": start,
        "end": start[:11] + "23:00",
        "timezone": zone,
    }
    return view(Publication(structure({**data, **fields}), at=AT), "en")


@settings(max_examples=12)  # a programme is many briefings
@given(programmes(3))
def test_a_feed_of_files_says_what_a_feed_of_views_says(drawn: Programme) -> None:
    views = [view(Publication(briefing, at=AT), "fr") for briefing in drawn]
    views.sort(key=lambda one: (one.utc_start, one.uid))
    fed = Calendar.from_ical(assemble(map(ics, views), name="All", language="fr"))
    whole = Calendar.from_ical(ics(views, name="All"))
    assert [event.to_ical() for event in fed.walk("VEVENT")] == [
        event.to_ical() for event in whole.walk("VEVENT")
    ]
    assert {zone["tzid"] for zone in fed.walk("VTIMEZONE")} == {
        zone["tzid"] for zone in whole.walk("VTIMEZONE")
    }
    assert fed["x-wr-calname"] == whole["x-wr-calname"]


def test_a_zone_of_one_era_stands_once_and_as_it_was() -> None:
    one, two = seen("a", "2022-04-13T15:00"), seen("b", "2024-01-13T15:00")
    assert assemble([ics(one), ics(two)]) == ics([one, two])


@pytest.mark.parametrize(
    "zone",
    [
        "America/Sao_Paulo",
        "America/New_York",
        "Africa/Cairo",
        "Africa/Casablanca",
        "Pacific/Apia",
        "Europe/Istanbul",
    ],
)
def test_a_zone_whose_rules_changed_is_right_for_every_event(consumer: Consumer, zone: str) -> None:
    starts = [f"{year}-{month:02}-05T12:00" for year in range(2005, 2028) for month in (1, 4, 7, 10)]
    views = [seen(f"e{index}", start, zone) for index, start in enumerate(starts)]
    (written,) = Calendar.from_ical(assemble(map(ics, views))).walk("VTIMEZONE")
    for one in views:
        start = datetime.fromisoformat(one.utc_start).replace(tzinfo=None)
        local = datetime.fromisoformat(one.start)
        assert start + consumer.offset_at(written.to_ical(), start) == local


def test_a_feed_is_a_calendar_to_subscribe_to() -> None:
    file = ics(seen("a", "2022-04-13T15:00"))
    data = assemble(
        [file], name="All", source_url="https://example.org/f.ics", refresh=timedelta(hours=1), language="en"
    )
    assert data.startswith(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert b"METHOD:PUBLISH\r\n" in data
    assert b"NAME;LANGUAGE=en:All\r\n" in data
    assert data.endswith(b"END:VEVENT\r\nEND:VCALENDAR\r\n")


def test_line_ends_of_another_system_and_a_byte_order_mark_do_no_harm() -> None:
    file = ics(seen("a", "2022-04-13T15:00"))
    assert assemble([b"\xef\xbb\xbf" + file.replace(b"\r\n", b"\n")]) == assemble([file])


def test_words_that_look_like_components_stay_words() -> None:
    trap = "END:VEVENT\nBEGIN:VEVENT\nUID:evil\n" * 20
    file = ics(seen("a", "2022-04-13T15:00", objectives={"en": trap}))
    assert len(Calendar.from_ical(assemble([file])).walk("VEVENT")) == 1


def test_an_event_in_two_files_is_refused() -> None:
    file = ics(seen("a", "2022-04-13T15:00"))
    with pytest.raises(RenderError, match=r"@example\.org stands in two"):
        assemble([file, file])


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"not a calendar",
        b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        b"BEGIN:VEVENT\r\nSUMMARY:x\r\nEND:VEVENT\r\n",
        b"BEGIN:VTIMEZONE\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:x\r\nEND:VEVENT\r\n",
    ],
)
def test_a_file_that_is_no_event_of_ours_is_refused(file: bytes) -> None:
    with pytest.raises(RenderError, match="render it again"):
        assemble([file])


def test_a_feed_of_no_files_is_empty() -> None:
    assert Calendar.from_ical(assemble([])).walk("VEVENT") == []
