from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from briefingkit.errors import RenderError
from briefingkit.model import Access, Programme, Publication, Status, uid
from briefingkit.rendering.ics import Method, event_component, ics
from briefingkit.rendering.values import View
from briefingkit.rendering.view import view
from briefingkit.testing.strategies import HOSTILE, programmes, publications
from briefingkit.text.phrases import phrase

from .forum import AT, publication

pytestmark = pytest.mark.usefixtures("packaged_zones")

Parsed = Any  # icalendar's types are unions of all that a property may be
LANGUAGES = st.sampled_from(("en", "fr", "es", "ar", "zh"))
# What a view from somewhere else might hold: the model itself refuses most of these.
WORSE = (
    *HOSTILE,
    "NUL\x00 bell\x07",
    "a\nATTENDEE:mailto:x@example.org",
    "\ud800 half",
    "\u202eoverride",
    "\\N \\n \\; ^n ^'",
)


def seen(language: str = "en", **fields: object) -> View:
    return view(publication(**fields), language)


def parsed(data: bytes) -> Parsed:
    """Read a file of one event with icalendar, which must find nothing to complain of."""
    calendar: Parsed = Calendar.from_ical(data)
    (event,) = calendar.walk("VEVENT")
    assert event.errors == []
    return event


def values(event: Parsed, name: str) -> list[Any]:
    found = event.get(name, [])
    return found if isinstance(found, list) else [found]


@given(publications(), LANGUAGES, st.sampled_from(Access))
def test_what_a_calendar_reads_is_what_the_view_says(
    drawn: Publication, language: str, audience: Access
) -> None:
    one = view(drawn, language, audience=audience)
    event = parsed(ics(one))
    assert (event["uid"], event["sequence"]) == (one.uid, one.revision)
    assert event["dtstamp"].dt == event["last-modified"].dt == datetime.fromisoformat(one.at)
    assert str(event["summary"]).endswith(" ".join(one.title.split()))
    assert event["summary"].params["LANGUAGE"] == one.language_of("title")
    rooms = [one.online.url if one.online else None]
    rooms += [channel.url for channel in one.interpretation.into] if one.interpretation else []
    assert [str(url) for url in values(event, "conference")] == [url for url in rooms if url]
    around = [one.part_of] if one.part_of else []
    linked: list[Any] = [*one.links, *one.materials, *around, *one.leads_to]
    assert [str(url) for url in values(event, "link")] == [link.url for link in linked if link.url]


@given(publications())
def test_times_are_the_same_instants(drawn: Publication) -> None:
    one = view(drawn, "en")
    event = parsed(ics(one))
    if one.all_day:
        assert event["dtstart"].dt == date.fromisoformat(one.start)
        assert event["dtend"].dt == date.fromisoformat(one.end) + timedelta(days=1)
    else:
        assert event["dtstart"].dt.astimezone(UTC) == datetime.fromisoformat(one.utc_start)
        assert event["dtend"].dt.astimezone(UTC) == datetime.fromisoformat(one.utc_end)


@given(publications(), LANGUAGES)
def test_lines_are_short_whole_and_ended_as_they_should(drawn: Publication, language: str) -> None:
    data = ics(view(drawn, language), name="Calendar " * 20)
    lines = data.split(b"\r\n")
    assert lines.pop() == b""
    for line in lines:
        assert len(line) <= 75
        assert b"\n" not in line
        assert b"\r" not in line
        line.decode("utf-8")


def saying(one: View, words: str) -> View:
    """Put words wherever a view has some, past the model, which refuses the worst of them."""
    address = f"https://x.example/{words}"
    return evolve(
        one,
        title=words,
        track=words,
        background=words,
        contact=evolve(one.contact, name=words) if one.contact else None,
        organizers=tuple(evolve(organizer, name=words, url=address) for organizer in one.organizers),
        links=tuple(evolve(link, title=words, url=address) for link in one.links),
        agenda=tuple(evolve(item, title=words) for item in one.agenda),
    )


@given(publications(), st.sampled_from(WORSE) | st.text(min_size=1, max_size=200))
def test_hostile_words_stay_inside_their_value(drawn: Publication, words: str) -> None:
    one = view(drawn, "en")
    event = parsed(ics(saying(one, words), name=words, source_url=f"https://x.example/{words}"))
    harmless = parsed(ics(saying(one, "harmless")))
    assert set(event) == set(harmless)
    assert [part.name for part in event.subcomponents] == [part.name for part in harmless.subcomponents]
    assert len(values(event, "link")) == len(values(harmless, "link"))
    assert not any(ord(char) < 32 and char != "\t" for char in str(event["summary"]))


@pytest.mark.parametrize("title", WORSE)
def test_a_title_comes_back_as_it_went_in_but_for_controls_and_surrogates(title: str) -> None:
    back = str(parsed(ics(evolve(seen(), title=title)))["summary"])
    kept = "".join(char for char in title if char.isprintable() or char in "\u2067\u2069\u200f")
    assert [*filter(str.isalnum, back)] == [*filter(str.isalnum, kept)]


@given(publications())
def test_nobodys_private_address_is_in_a_calendar(drawn: Publication) -> None:
    data = ics(view(drawn, "en", audience=Access.PARTICIPANTS)).replace(b"\r\n ", b"")
    assert b"@private.example" not in data
    assert b"+00 1234 private" not in data
    assert b"ATTENDEE" not in data


@given(publications())
def test_the_same_views_give_the_same_bytes(drawn: Publication) -> None:
    assert ics(view(drawn, "fr")) == ics(view(drawn, "fr"))


@settings(max_examples=12)  # a programme is many briefings
@given(programmes(3))
def test_a_feed_holds_every_event_once_and_each_zone_once(drawn: Programme) -> None:
    views = [view(Publication(briefing, at=AT), "en", programme=drawn) for briefing in drawn]
    calendar: Parsed = Calendar.from_ical(ics(views, name="All", refresh=timedelta(hours=6)))
    zones = [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")]
    assert len(zones) == len(set(zones))
    assert {str(event["uid"]) for event in calendar.walk("VEVENT")} == {one.uid for one in views}
    for event in calendar.walk("VEVENT"):
        (one,) = (one for one in views if one.uid == event["uid"])
        if not one.all_day:
            assert event["dtstart"].dt.astimezone(UTC) == datetime.fromisoformat(one.utc_start)


def test_a_feed_is_ordered_by_start_whatever_order_it_is_given_in() -> None:
    early = seen(briefing="b", start="2022-04-12T15:00", end="2022-04-12T16:00")
    late = seen(briefing="a")
    assert ics([early, late]) == ics([late, early])


def test_a_feed_of_nothing_is_a_calendar_still() -> None:
    assert Calendar.from_ical(ics([], name="Empty"))["x-wr-calname"] == "Empty"


def test_an_event_in_two_languages_does_not_fit_in_one_calendar() -> None:
    with pytest.raises(RenderError, match="stands twice"):
        ics([seen("en"), seen("fr")])


def test_a_feed_says_its_name_its_source_and_when_to_look_again() -> None:
    data = ics(
        seen("fr"), name="Séances", source_url="https://example.org/fr.ics", refresh=timedelta(hours=6)
    )
    assert "NAME;LANGUAGE=fr:Séances\r\nX-WR-CALNAME:Séances\r\n".encode() in data
    assert b"SOURCE;VALUE=URI:https://example.org/fr.ics\r\n" in data
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT6H\r\n" in data
    assert b"X-PUBLISHED-TTL:PT6H\r\n" in data


def test_local_times_stand_with_their_zone() -> None:
    data = ics(seen())
    assert b"DTSTART;TZID=Europe/Brussels:20220413T150000\r\n" in data
    assert b"BEGIN:VTIMEZONE\r\nTZID:Europe/Brussels\r\n" in data


def test_times_in_utc_need_no_zone() -> None:
    data = ics(seen(timezone="UTC"))
    assert b"DTSTART:20220413T150000Z\r\n" in data
    assert b"VTIMEZONE" not in data


def test_whole_days_end_the_day_after() -> None:
    data = ics(seen(start="2022-04-11", end="2022-04-13"))
    assert b"DTSTART;VALUE=DATE:20220411\r\nDTEND;VALUE=DATE:20220414\r\n" in data
    assert b"VTIMEZONE" not in data


def test_a_time_that_clocks_leave_out_is_the_one_that_they_show_then() -> None:
    data = ics(seen(start="2022-03-27T02:30", end="2022-03-27T04:00"))
    assert b"DTSTART;TZID=Europe/Brussels:20220327T033000\r\n" in data


def test_a_span_over_a_clock_change_lasts_as_long_as_it_does() -> None:
    event = parsed(ics(seen(start="2022-10-29T22:00", end="2022-10-30T06:00")))
    assert event["dtend"].dt.astimezone(UTC) - event["dtstart"].dt.astimezone(UTC) == timedelta(hours=9)
    assert (
        event["dtstart"].dt.utcoffset()
        == datetime(2022, 10, 29, tzinfo=ZoneInfo("Europe/Brussels")).utcoffset()
    )


@pytest.mark.parametrize(
    ("status", "written", "transparency", "title"),
    [
        ("confirmed", "CONFIRMED", "OPAQUE", "The road to the forum"),
        ("tentative", "TENTATIVE", "OPAQUE", "The road to the forum"),
        ("postponed", "TENTATIVE", "TRANSPARENT", "Postponed – The road to the forum"),
        ("cancelled", "CANCELLED", "TRANSPARENT", "Cancelled – The road to the forum"),
    ],
)
def test_an_event_that_is_off_frees_its_time_and_says_so(
    status: str, written: str, transparency: str, title: str
) -> None:
    event = parsed(ics(seen(status=status)))
    assert (event["status"], event["transp"], event["summary"]) == (written, transparency, title)


def test_the_mark_of_a_cancelled_event_is_in_the_readers_language() -> None:
    assert parsed(ics(seen("fr", status="cancelled")))["summary"] == "Annulé – En route vers le forum"


def test_a_parent_of_many_events_leaves_its_time_free() -> None:
    parent = publication(briefing="crisis", start="2022-04-11", end="2022-04-13")
    child = publication(part_of={"briefing": "crisis"})
    programme = Programme((parent.briefing, child.briefing))
    event = parsed(ics(view(parent, "en", programme=programme)))
    assert event["transp"] == "TRANSPARENT"


def test_parents_and_children_find_each_other() -> None:
    parent = publication(briefing="crisis", start="2022-04-11T09:00", end="2022-04-13T18:00")
    child = publication(part_of={"briefing": "crisis"})
    programme = Programme((parent.briefing, child.briefing))
    above, below = (parsed(ics(view(one, "en", programme=programme))) for one in (parent, child))
    assert (above["related-to"], above["related-to"].params["RELTYPE"]) == (below["uid"], "CHILD")
    assert (below["related-to"], below["related-to"].params["RELTYPE"]) == (above["uid"], "PARENT")
    assert above["uid"] == uid("example.org", "crisis")


PROGRAMME: dict[str, Any] = {
    "place": {"online": {"url": "https://example.org/room", "access": "public"}},
    "organizers": [
        {
            "key": "mm",
            "name": 'Mayors "Mechanism"; and, others',
            "role": "host",
            "url": "https://example.org/mm",
        }
    ],
    "partners": [{"key": "unhcr", "name": {"en": "UNHCR", "fr": "HCR"}}],
    "contact": {"name": "The desk", "email": "desk@example.org"},
    "people": {
        "maulik": {
            "name": "Monami Maulik",
            "position": {"en": "Officer", "fr": "Chargée"},
            "organization": "UN Network",
            "email": "m@private.example",
        }
    },
    "interpretation": {"floor": ["en"], "into": {"fr": "https://example.org/fr"}},
    "agenda": [
        {
            "key": "road",
            "title": {"en": "The road"},
            "duration": "25m",
            "participants": [
                {"person": "maulik"},
                {"person": "maulik", "role": "moderator"},
                {"role": "speaker", "status": "tbc"},
            ],
        },
        {"key": "floor", "title": {"en": "Open floor"}, "duration": "35m"},
    ],
    "links": [{"key": "gcm", "title": {"en": "Compact: a, b; c"}, "url": "https://example.org/gcm?a=1,2;b"}],
}


def test_people_and_organisations_take_part_without_addresses() -> None:
    event = parsed(ics(seen("fr", **PROGRAMME)))
    parts = [(part["participant-type"], str(part["summary"])) for part in event.subcomponents]
    assert parts == [
        ("SPEAKER", "Monami Maulik"),
        ("SPONSOR", 'Mayors "Mechanism"; and, others'),
        ("SPONSOR", "HCR"),
        ("CONTACT", "The desk"),
    ]
    described = event.subcomponents[0]["description"]
    assert described == f"Monami Maulik, Chargée, UN Network; {phrase('Moderator', 'fr')}"
    addressed = [part for part in event.subcomponents if "calendar-address" in part]
    assert [part["calendar-address"] for part in addressed] == ["mailto:desk@example.org"]


def test_the_uids_of_participants_are_theirs_alone_and_stay() -> None:
    first, again = (parsed(ics(seen(language, **PROGRAMME))) for language in ("en", "fr"))
    uids = [str(part["uid"]) for part in first.subcomponents]
    assert len(set(uids)) == len(uids)
    assert uids == [str(part["uid"]) for part in again.subcomponents]


def test_each_channel_is_a_conference_in_its_language() -> None:
    room, channel = parsed(ics(seen(**PROGRAMME)))["conference"]
    assert (str(room), room.params["LANGUAGE"]) == ("https://example.org/room", "en")
    assert (str(channel), channel.params["LANGUAGE"]) == ("https://example.org/fr", "fr")
    assert channel.params["LABEL"] == "Interpretation into French"
    assert (room.params["FEATURE"], channel.params["FEATURE"]) == (["AUDIO", "VIDEO"], "AUDIO")


def test_rooms_that_are_not_public_are_nowhere() -> None:
    closed = PROGRAMME | {"place": {"online": {"url": "https://example.org/room", "access": "registered"}}}
    data = ics(seen(**closed)).replace(b"\r\n ", b"")
    assert b"https://example.org/room" not in data
    assert b"https://example.org/fr\r\n" not in data
    assert b"CONFERENCE" not in data


@pytest.mark.parametrize(("audience", "written"), [(Access.PUBLIC, "PUBLIC"), (Access.REGISTERED, "PRIVATE")])
def test_what_only_some_may_see_is_private_in_a_shared_calendar(audience: Access, written: str) -> None:
    assert parsed(ics(view(publication(), "en", audience=audience)))["class"] == written


def test_links_keep_their_words_and_addresses() -> None:
    link = parsed(ics(seen(**PROGRAMME)))["link"]
    assert str(link) == "https://example.org/gcm?a=1,2;b"
    assert link.params["LABEL"] == "Compact: a, b; c"


def test_an_organiser_is_named_where_there_is_an_address_to_answer_to() -> None:
    assert "organizer" not in parsed(ics(seen()))
    organizer = parsed(ics(seen(**PROGRAMME)))["organizer"]
    assert str(organizer) == "mailto:desk@example.org"
    assert organizer.params["CN"] == "Mayors 'Mechanism'; and, others"


@pytest.mark.parametrize(
    ("place", "location"),
    [
        (
            {"venue": {"name": "Palais des Nations", "address": "1 Avenue\n1202 Geneva"}},
            "Palais des Nations, 1 Avenue 1202 Geneva",
        ),
        ({"online": {"url": "https://example.org/r", "access": "public"}}, "https://example.org/r"),
        ({"online": {"url": "https://example.org/r"}}, "Online"),
        ({"venue": {"name": "A room", "access": "participants"}}, None),
        (None, None),
    ],
)
def test_the_location_is_what_one_may_know_of_it(place: dict[str, Any] | None, location: str | None) -> None:
    fields: dict[str, Any] = {"place": place} if place else {}
    event = parsed(ics(seen(**fields)))
    assert event.get("location") == location


def test_a_category_with_a_comma_is_one_category() -> None:
    event: Parsed = event_component(seen(track="Cities, towns"))
    assert event["categories"].to_ical() == rb"Briefing,Cities\, towns"


def test_html_beside_the_description_is_on_one_line_and_escaped() -> None:
    event = parsed(ics(seen(objectives={"en": "Read <b> & https://example.org/a?b=1&c=2.\n\n- one\n- two"})))
    page = str(event["x-alt-desc"]).replace("\\;", ";").replace("\\,", ",")
    assert event["x-alt-desc"].params["FMTTYPE"] == "text/html"
    assert "\n" not in page
    assert '<a href="https://example.org/a?b=1&amp;c=2">https://example.org/a?b=1&amp;c=2</a>.' in page
    assert "&lt;b&gt;" in page


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_an_invitation_needs_somebody_to_answer_to(method: Method) -> None:
    with pytest.raises(RenderError, match="e-mail address"):
        ics(seen(), method=method)
    data = ics(seen(**PROGRAMME), method=method)
    assert f"METHOD:{method}\r\n".encode() in data
    assert (b"STATUS:CANCELLED\r\n" in data) is (method == "CANCEL")


def test_a_draft_may_be_looked_at_and_says_what_it_is() -> None:
    event = parsed(ics(evolve(seen(), status=Status.DRAFT)))
    assert event["status"] == "TENTATIVE"
    assert "draft" in event["description"]
