"""What other programs read of our events, from real servers: the caldav library and icalendar, field for field."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from icalendar import Calendar, Event

from briefingkit import model
from briefingkit.model import Briefing, Publication
from briefingkit.publish import Drift
from briefingkit.testing import strategies
from briefingkit.testing.contract import Workbench, sample_briefing
from briefingkit.text import LocalizedUrl, MultilingualText, Name
from briefingkit_caldav.body import event_bytes
from briefingkit_caldav.event import read_event
from briefingkit_caldav.quirks import QUIRKS

pytestmark = pytest.mark.peer

_HOSTILE = (
    'Semicolons; commas, back\\slashes \\N and \\n, "quotes", 100 %, <b>&amp;</b>, ]]>, '
    "BEGIN:VEVENT, نقاش مفتوح \u2068(2022)\u2069, 👩🏽‍💻, e\u0301, tab\there"
)


_SURE = _HOSTILE.replace(
    "\\N and \\n", ""
)  # icalendar, with which Xandikos stores, takes these for line ends


def _read(peer: Any, path: str) -> list[Event]:
    """Read a calendar with the caldav library's own objects."""
    from caldav.davclient import DAVClient

    with DAVClient(
        f"http://127.0.0.1:{peer.proxy.upstream[1]}{path}",
        username=peer.user,
        password=peer.password,
        enable_rfc6764=False,
    ) as client:
        calendar = client.calendar(url=f"http://127.0.0.1:{peer.proxy.upstream[1]}{path}")
        events = [found.icalendar_component for found in calendar.get_events()]
    return sorted(events, key=lambda event: str(event["SUMMARY"]))


def _published(peer: Any, *briefings: Briefing) -> list[Event]:
    Workbench(peer.settings(languages=("en",))).publish(*briefings)
    return _read(peer, f"{peer.home}contract/")


def _times(event: Event) -> tuple[Any, Any]:
    return event["DTSTART"].dt, event["DTEND"].dt


@pytest.mark.parametrize(
    ("start", "end", "zone"),
    [
        (datetime(2022, 3, 27, 1, 30), datetime(2022, 3, 27, 3, 30), "Europe/Brussels"),  # into summer time
        (datetime(2022, 10, 30, 1, 0), datetime(2022, 10, 30, 4, 0), "Europe/Brussels"),  # and out of it
        (datetime(2022, 4, 13, 15, 0), datetime(2022, 4, 15, 18, 0), "Africa/Cairo"),
        (datetime(2022, 12, 31, 23, 0), datetime(2023, 1, 1, 1, 0), "America/Santiago"),
        (datetime(2023, 6, 1, 9, 0), datetime(2023, 6, 1, 9, 45), "Asia/Kathmandu"),
        (datetime(2024, 2, 29, 9, 0), datetime(2024, 2, 29, 10, 0), "UTC"),
    ],
)
def test_times_are_the_same_moments(peer: Any, start: datetime, end: datetime, zone: str) -> None:
    (event,) = _published(peer, evolve(sample_briefing(), start=start, end=end, timezone=zone))
    read = tuple(moment.astimezone(UTC) for moment in _times(event))
    assert read == tuple(moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for moment in (start, end))


@pytest.mark.parametrize("last", [date(2024, 12, 31), date(2025, 1, 2)])
def test_days_are_days_over_a_years_end_too(peer: Any, last: date) -> None:
    (event,) = _published(peer, evolve(sample_briefing(), start=date(2024, 12, 31), end=last))
    assert _times(event) == (date(2024, 12, 31), last + timedelta(days=1))


@pytest.mark.parametrize("title", [_SURE, "نقاش مفتوح: الهجرة", "x" * 3000, "日程 " * 40])
def test_texts_are_what_was_written(peer: Any, title: str) -> None:
    prose = MultilingualText({"en": f"{title}\n\nAnd *more*, of {title}"})
    briefing = evolve(sample_briefing(title=title), objectives=prose)
    (event,) = _published(peer, briefing)
    assert str(event["SUMMARY"]) == " ".join(title.split())
    for word in ("quotes", "👩🏽‍💻") if title is _SURE else (title[:20].strip(),):
        assert word in str(event["DESCRIPTION"])


def _full() -> Briefing:
    room = LocalizedUrl({"und": "https://room.example/a,b;c?d=e&f"})
    host = model.Organizer("mm", name=Name({"und": "Mechanism; Mayors"}), role=model.OrganizerRole.HOST)
    compact = MultilingualText({"en": 'The "Compact"'})
    channel = model.Channel("fr", LocalizedUrl({"und": "https://fr.example/"}))
    return evolve(
        sample_briefing(),
        place=model.Place(online=model.Online(url=room, access=model.Access.PUBLIC)),
        contact=model.Contact(name=Name({"und": "The Desk, Ltd."}), email="desk@example.org"),
        organizers=(host,),
        links=(model.Link("gcm", title=compact, url=LocalizedUrl({"und": "https://a.example/ü"})),),
        interpretation=model.Interpretation(("en",), (channel,)),
        track=Name({"und": "Track, one"}),
    )


def test_every_property_is_what_the_file_for_mail_and_web_says(peer: Any) -> None:
    """The same event as a file, read by the same library, but for what stamps and servers add."""
    from briefingkit.rendering.ics import ics
    from briefingkit.rendering.view import view

    (event,) = _published(peer, _full())
    file = Calendar.from_ical(ics(view(Publication(_full()), "en")))
    (expected,) = file.events
    for name in ("SUMMARY", "DESCRIPTION", "LOCATION", "STATUS", "TRANSP", "CLASS", "CATEGORIES", "UID"):
        assert event[name].to_ical() == expected[name].to_ical(), name
    assert event["ORGANIZER"] == expected["ORGANIZER"] == "mailto:desk@example.org"
    assert event["ORGANIZER"].params["CN"] == "Mechanism; Mayors"
    assert event["ORGANIZER"].params["SCHEDULE-AGENT"] == "CLIENT"
    assert _times(event) == _times(expected)
    for name in ("CONFERENCE", "LINK"):
        assert _all(event, name) == _all(expected, name)
        assert _all(event, name)


def _all(event: Event, name: str) -> list[tuple[str, str | None, str | None]]:
    values = event.get(name, [])
    listed = values if isinstance(values, list) else [values]
    return sorted(
        (str(each).replace(",", "%2C"), each.params.get("LABEL"), each.params.get("LANGUAGE"))
        for each in listed
    )


def test_nothing_is_to_do_after_any_of_it(peer: Any) -> None:
    """What a server makes of an event is never taken for a hand's edit, also when all of it is read anew."""
    bench = Workbench(peer.settings())
    briefings = [
        _full(),
        sample_briefing("hostile", title=_HOSTILE),
        evolve(sample_briefing("days"), start=date(2024, 12, 31), end=date(2025, 1, 1)),
        evolve(sample_briefing("cancelled"), status=model.Status.CANCELLED),
        evolve(sample_briefing("postponed"), status=model.Status.POSTPONED),
    ]
    bench.publish(*briefings)
    assert bench.plan(*briefings).is_empty
    held = bench.read(*briefings).remotes
    for identity, applied in bench.journal.load(bench.target.name).applied.items():
        assert held[identity].resource.fields == applied.held, identity


def test_an_alarm_that_somebody_sets_outlives_an_update(peer: Any) -> None:
    bench = Workbench(peer.settings())
    bench.publish(sample_briefing())
    path = next(remote.id for remote in bench.read(sample_briefing()).remotes.values())
    alarm = "BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Soon\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\nEND:VEVENT"
    peer.rewrite(path, lambda text: text.replace("END:VEVENT", alarm, 1))
    assert bench.plan(sample_briefing()).is_empty
    bench.publish(sample_briefing(hour=16))
    _, _, body = peer.by_hand("GET", path)
    assert b"TRIGGER:-PT15M" in body
    assert b"20220413T160000" in body


def test_an_alarm_that_is_set_between_plan_and_apply_is_no_conflict(peer: Any) -> None:
    bench = Workbench(peer.settings())
    bench.publish(sample_briefing())
    path = next(remote.id for remote in bench.read(sample_briefing()).remotes.values())
    plan = bench.plan(sample_briefing(hour=16))
    peer.rewrite(path, lambda text: text.replace("END:VEVENT", "COMMENT:mine\r\nEND:VEVENT", 1))
    bench.apply(plan).raise_for_failed()
    assert b"COMMENT:mine" in peer.by_hand("GET", path)[2]
    assert bench.plan(sample_briefing(hour=16)).is_empty


def test_a_hand_edit_is_told_field_by_field_and_can_be_restored(peer: Any) -> None:
    bench = Workbench(peer.settings())
    bench.publish(_full())
    path = next(remote.id for remote in bench.read(_full()).remotes.values() if ".en." in remote.id)
    peer.rewrite(path, lambda text: text.replace("SUMMARY;LANGUAGE=en:On the road", "SUMMARY:Lunch"))
    (change,) = bench.plan(_full()).targets[0].changes
    assert set(change.drifted) == {"summary", "languages"}
    bench.publish(_full(), drift=Drift.RESTORE)
    assert bench.plan(_full()).is_empty


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(strategies.publications())
def test_radicale_gives_back_the_fields_that_it_was_sent(radicale: Any, publication: Publication) -> None:
    """But for what its quirks name; all else is not read back from it."""
    bench = Workbench(radicale.settings())
    for resource in bench.desired(evolve(publication.briefing, namespace="contract.example")):
        path = f"{radicale.home}contract/{resource.key}.ics"
        content = event_bytes(resource, None)
        assert radicale.by_hand("PUT", path, content)[0] == 201
        held = read_event(radicale.by_hand("GET", path)[2].decode())
        assert held is not None
        assert held.fields == resource.fields or not QUIRKS["radicale"].keeps(content)


def test_what_is_written_to_radicale_is_not_read_back(radicale: Any) -> None:
    bench = Workbench(radicale.settings())
    for briefing, methods in (
        (sample_briefing(), {"PROPFIND", "PUT"}),
        (_full(), {"PROPFIND", "PUT", "REPORT"}),
    ):
        plan = bench.plan(briefing)
        with radicale.proxy.counted() as requests:
            bench.apply(plan).raise_for_failed()
        assert {each.method for each in requests} <= methods
        assert bench.plan(briefing).is_empty
