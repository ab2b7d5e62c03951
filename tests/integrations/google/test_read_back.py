"""What another client reads of our events: gcsa, field for field, through Google's own library."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from briefingkit import model
from briefingkit.model import Briefing
from briefingkit.testing.contract import Workbench, sample_briefing
from briefingkit.testing.google import GoogleDouble
from briefingkit.text import LocalizedUrl, MultilingualText, Name
from briefingkit_google.calendar import GoogleCalendar
from briefingkit_google.calendar.choices import GuestsCan, Reminder, ReminderMethod, Reminders, Visibility

from .conftest import CITY, SERVICE, TARGET

pytestmark = pytest.mark.peer

HOSTILE = 'Semicolons; "quotes" <b>&amp;</b> 100 %, نقاش مفتوح \u2068(2022)\u2069, 👩🏽‍💻, e\u0301'


@pytest.fixture
def published(google: GoogleDouble, calendar: Callable[..., GoogleCalendar]) -> Callable[..., list[Any]]:
    """Publish briefings in English, and read them with gcsa."""

    def publish(*briefings: Briefing, **settings: Any) -> list[Any]:
        gcsa = pytest.importorskip("gcsa.google_calendar")
        Workbench(calendar(languages=("en",), **settings), TARGET).publish(*briefings)
        service = google.service(user=SERVICE)
        reader = gcsa.GoogleCalendar(CITY, credentials=service._http.credentials)
        reader.service = service
        found = reader.get_events(datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
        return sorted(found, key=lambda event: str(event.summary))

    return publish


@pytest.mark.parametrize(
    ("start", "end", "zone"),
    [
        (datetime(2022, 3, 27, 1, 30), datetime(2022, 3, 27, 3, 30), "Europe/Brussels"),  # into summer time
        (datetime(2022, 10, 30, 1, 0), datetime(2022, 10, 30, 4, 0), "Europe/Brussels"),  # and out of it
        (datetime(2022, 10, 30, 2, 15), datetime(2022, 10, 30, 2, 45), "Europe/Brussels"),  # twice that night
        (datetime(2022, 4, 13, 15, 0), datetime(2022, 4, 15, 18, 0), "Africa/Cairo"),
        (datetime(2022, 12, 31, 23, 0), datetime(2023, 1, 1, 1, 0), "America/Santiago"),
        (datetime(2023, 6, 1, 9, 0), datetime(2023, 6, 1, 9, 45), "Asia/Kathmandu"),
        (datetime(2024, 2, 29, 9, 0), datetime(2024, 2, 29, 10, 0), "UTC"),
    ],
)
def test_times_are_the_same_moments(
    published: Callable[..., list[Any]], start: datetime, end: datetime, zone: str
) -> None:
    (event,) = published(evolve(sample_briefing(), start=start, end=end, timezone=zone))
    assert event.timezone == zone
    assert (event.start.astimezone(UTC), event.end.astimezone(UTC)) == tuple(
        moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for moment in (start, end)
    )


@pytest.mark.parametrize("last", [date(2024, 12, 31), date(2025, 1, 2)])
def test_days_are_days_over_a_years_end_too(published: Callable[..., list[Any]], last: date) -> None:
    (event,) = published(evolve(sample_briefing(), start=date(2024, 12, 31), end=last))
    assert (event.start, event.end) == (date(2024, 12, 31), last + timedelta(days=1))


@pytest.mark.parametrize("title", [HOSTILE, "نقاش مفتوح: الهجرة", "x" * 1000])
def test_titles_are_what_was_written(published: Callable[..., list[Any]], title: str) -> None:
    (event,) = published(sample_briefing(title=title))
    assert event.summary == title


def test_every_field_is_what_the_briefing_and_the_settings_say(published: Callable[..., list[Any]]) -> None:
    venue = model.Venue(Name.of("Town hall"), Name.of("1 Main Square"))
    compact = model.Link(
        "gcm", MultilingualText({"en": "The <Compact>"}), LocalizedUrl.of("https://a.example/gcm")
    )
    prose = MultilingualText({"en": "Some *words* & <b>tags</b>"})
    briefing = evolve(sample_briefing(), place=model.Place(venue=venue), links=(compact,), objectives=prose)
    (event,) = published(
        briefing,
        color="tangerine",
        visibility=Visibility.PRIVATE,
        reminders=Reminders((Reminder(ReminderMethod.POPUP, 30),)),
        guests_can=GuestsCan(invite_others=True),
        page=LocalizedUrl.of("https://b.example/{language}/{briefing}"),
    )
    assert event.location == "Town hall, 1 Main Square"
    assert "Some words &amp; &lt;b&gt;tags&lt;/b&gt;" in event.description
    assert [(each.file_url, each.title) for each in event.attachments] == [
        ("https://a.example/gcm", "The <Compact>")
    ]
    assert (event.color_id, event.visibility) == ("6", "private")
    assert [(each.method, each.minutes_before_start) for each in event.reminders] == [("popup", 30)]
    assert (event.guests_can_invite_others, event.guests_can_modify) == (True, False)
    assert event.other["source"]["url"] == "https://b.example/en/contract-2022"
    assert event.other["status"] == "confirmed"


@pytest.mark.parametrize("status", [model.Status.POSTPONED, model.Status.CANCELLED])
def test_what_does_not_take_place_is_there_and_free(
    published: Callable[..., list[Any]], status: model.Status
) -> None:
    (event,) = published(evolve(sample_briefing(), status=status))
    assert event.summary == f"{status.value.capitalize()} – On the road"
    assert event.transparency == "transparent"
