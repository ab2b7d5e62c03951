import pytest
from hypothesis import given

from briefingkit.errors import Unpublishable
from briefingkit.model import Access, Publication
from briefingkit.publish import OutputKey, is_pending
from briefingkit.publish.context import pending_outputs
from briefingkit.testing.strategies import publications
from briefingkit_google.calendar.event import FIELDS

from .projecting import NAMESPACE, TARGET, briefing, context, projected, target

STACK = {"calendar": "all@group.calendar.google.com", "layout": "stacked"}
ROAD = {
    "agenda": [
        {"key": "road", "title": {"en": "The way", "fr": "Le chemin"}, "duration": "25m"},
        {"key": "floor", "title": {"en": "Open floor", "fr": "Débat"}, "start": "15:30"},
        {"key": "drinks", "title": {"en": "Drinks", "fr": "Verre"}},
    ]
}


def test_nothing_is_wanted_where_there_is_no_briefing() -> None:
    """So that a source that went missing is told from an empty calendar."""
    assert projected(target(access=[{"role": "reader", "scope": "default"}])) == {}


def test_each_language_has_an_event() -> None:
    events = projected(target(), briefing())
    assert {key: each.fields["summary"] for key, each in events.items()} == {
        "imrf-2022.en": "The road",
        "imrf-2022.fr": "La route",
    }


def test_a_stack_is_one_event_called_by_its_first_language() -> None:
    (event,) = projected(target(**STACK), briefing(contact={"name": "Desk"})).values()
    assert event.key == event.owner == "imrf-2022"
    assert event.fields["summary"] == "The road"
    assert event.fields["description"] == (
        "<b>English</b><br><br><b>Contact</b><br>Desk<br><br><br>"
        "<b>Français\u00a0: La route</b><br><br><b>Contact</b><br>Desk"
    )


@given(publications())
def test_every_event_names_every_field(publication: Publication) -> None:
    for resource in target(agenda="events").desired([publication], context()):
        assert tuple(resource.fields) == FIELDS


@given(publications())
def test_nothing_private_stands_in_an_event(publication: Publication) -> None:
    """People are in it by name alone, unless they are its guests."""
    for resource in target(agenda="events").desired([publication], context()):
        told = repr((resource.fields, resource.notices))
        assert "@private.example" not in told
        assert "+00 1234" not in told


def test_what_is_for_registrants_is_not_told_to_the_public() -> None:
    room = {"online": {"url": "https://secret.example/room", "access": "registered"}}
    for audience, told in (("public", False), ("registered", True)):
        events = projected(target(audience=audience), briefing(place=room))
        assert ("secret.example" in repr(events)) is told


@pytest.mark.parametrize(
    ("status", "summary", "transparency", "said"),
    [
        ("confirmed", "La route", "opaque", "confirmed"),
        ("tentative", "La route", "opaque", "tentative"),
        ("postponed", "Reporté – La route", "transparent", "tentative"),
        ("cancelled", "Annulé – La route", "transparent", "tentative"),
    ],
)
def test_an_event_that_is_off_stays_and_says_so_in_its_title(
    status: str, summary: str, transparency: str, said: str
) -> None:
    """Google's own `cancelled` means deleted."""
    event = projected(target(), briefing(status=status))["imrf-2022.fr"].fields
    assert (event["summary"], event["transparency"], event["status"]) == (summary, transparency, said)


def test_a_programme_is_a_free_event_over_its_days_and_its_segments() -> None:
    parent = briefing(briefing="crisis-2022", start="2022-04-12T09:00", end="2022-04-14T18:00")
    child = briefing(part_of={"briefing": "crisis-2022"})
    events = projected(target(), parent, child)
    assert events["crisis-2022.en"].fields["transparency"] == "transparent"
    assert events["imrf-2022.en"].fields["transparency"] == "opaque"
    assert "<b>Part of</b><br>The road" in str(events["imrf-2022.en"].fields["description"])


def test_a_language_that_is_not_complete_is_refused_where_it_has_to_be() -> None:
    with pytest.raises(Unpublishable, match="background is not translated"):
        projected(target(fallback="refuse"), briefing(background={"en": "Why"}))


# The agenda


def test_the_agenda_stands_in_the_event() -> None:
    event = projected(target(), briefing(**ROAD))["imrf-2022.en"].fields
    assert "15:00–15:25 The way<br>15:30 Open floor<br>– Drinks" in str(event["description"])


def test_timed_items_can_be_events_and_the_others_stay() -> None:
    events = projected(target(agenda="events"), briefing(**ROAD))
    assert list(events) == [
        "imrf-2022.en",
        "imrf-2022.en.item.road",
        "imrf-2022.en.item.floor",
        "imrf-2022.fr",
        "imrf-2022.fr.item.road",
        "imrf-2022.fr.item.floor",
    ]
    assert events["imrf-2022.en"].fields["description"] == "<b>Agenda</b><br>– Drinks"
    road, floor = (events[f"imrf-2022.en.item.{key}"].fields for key in ("road", "floor"))
    assert road["summary"] == "The way"
    assert road["start"] == {"dateTime": "2022-04-13T15:00:00", "timeZone": "Europe/Brussels"}
    assert road["end"] == {"dateTime": "2022-04-13T15:25:00", "timeZone": "Europe/Brussels"}
    assert floor["end"] == {"dateTime": "2022-04-13T16:00:00", "timeZone": "Europe/Brussels"}


def test_an_item_of_days_without_an_end_stays_in_the_event() -> None:
    agenda = [{"key": "a", "title": {"en": "A"}, "day": "2022-04-13", "start": "15:00"}]
    days = briefing(start="2022-04-12", end="2022-04-14", agenda=agenda)
    assert "imrf-2022.en.item.a" not in projected(target(agenda="events"), days)


def test_an_item_on_an_earlier_day_without_an_end_stays_in_the_event() -> None:
    """It hardly lasts to the end of the briefing."""
    agenda = [{"key": "a", "title": {"en": "A"}, "day": "2022-04-13", "start": "15:00"}]
    days = briefing(start="2022-04-12T09:00", end="2022-04-14T18:00", agenda=agenda)
    assert "imrf-2022.en.item.a" not in projected(target(agenda="events"), days)


@pytest.mark.parametrize(("status", "transparency"), [("confirmed", "opaque"), ("postponed", "transparent")])
def test_an_item_takes_up_its_time_if_it_takes_place(status: str, transparency: str) -> None:
    agenda = [{"key": "a", "title": {"en": "A"}, "day": "2022-04-13", "start": "15:00", "duration": "1h"}]
    days = briefing(start="2022-04-12", end="2022-04-14", agenda=agenda, status=status)
    events = projected(target(agenda="events"), days)
    assert events["imrf-2022.en"].fields["transparency"] == "transparent"
    assert events["imrf-2022.en.item.a"].fields["transparency"] == transparency


def test_an_item_in_the_hour_that_comes_twice_ends_after_it_starts() -> None:
    agenda = [{"key": "a", "title": {"en": "A"}, "start": "02:30", "duration": "1h"}]
    night = briefing(start="2022-10-30T01:00", end="2022-10-30T05:00", agenda=agenda)
    event = projected(target(agenda="events"), night)["imrf-2022.en.item.a"].fields
    assert event["start"] == {"dateTime": "2022-10-30T02:30:00+02:00", "timeZone": "Europe/Brussels"}
    assert event["end"] == {"dateTime": "2022-10-30T02:30:00+01:00", "timeZone": "Europe/Brussels"}


# Place, page, materials


def test_the_location_is_the_venue_then_the_room_then_that_it_is_online() -> None:
    venue = {"name": "Town hall", "address": "1 Main Street"}
    for place, said in (
        ({"venue": venue}, "Town hall, 1 Main Street"),
        ({"online": {"url": "https://room.example", "access": "public"}}, "https://room.example"),
        ({"online": {"url": "https://room.example"}}, "Online"),
        (None, None),
    ):
        assert projected(target(), briefing(place=place))["imrf-2022.en"].fields["location"] == said


def test_the_page_is_the_source_of_the_event() -> None:
    page = {"en": "https://example.org/{briefing}", "fr": "https://example.org/{language}/{briefing}"}
    event = projected(target(page=page), briefing())["imrf-2022.fr"].fields
    assert event["source"] == {"title": "La route", "url": "https://example.org/fr/imrf-2022"}
    assert "https://example.org/fr/imrf-2022" in str(event["description"])


def test_the_page_may_come_from_a_target_in_its_language_where_it_makes_one_for_each() -> None:
    settings = target(page={"from": "site"})
    waiting = projected(settings, briefing())["imrf-2022.fr"].fields["source"]
    assert [key.name for key in pending_outputs(waiting)] == ["page"]
    made = {
        OutputKey("site", "imrf-2022", "page"): "https://example.org/en/",
        OutputKey("site", "imrf-2022", "page.fr"): "https://example.org/fr/",
    }
    events = projected(settings, briefing(), outputs=made)
    assert events["imrf-2022.fr"].fields["source"] == {"title": "La route", "url": "https://example.org/fr/"}
    assert events["imrf-2022.en"].fields["source"] == {"title": "The road", "url": "https://example.org/en/"}


def test_there_is_no_source_without_a_page() -> None:
    assert projected(target(), briefing())["imrf-2022.en"].fields["source"] is None


MATERIALS = [
    {"key": "slides", "title": {"en": "Slides"}, "url": "https://example.org/slides", "access": "public"},
    {"key": "notes", "title": {"en": "Notes"}, "url": "https://example.org/notes", "access": "participants"},
    {"key": "video", "title": {"en": "Video"}, "access": "public"},
]
LINKS = [
    {"key": "gcm", "title": {"en": "Compact"}, "url": "https://example.org/gcm"},
    {"key": "again", "title": {"en": "Slides once more"}, "url": "https://example.org/slides"},
]


def test_materials_and_links_that_the_public_may_see_are_attached() -> None:
    """Once each, and not before they have an address."""
    event = projected(target(), briefing(materials=MATERIALS, links=LINKS))["imrf-2022.en"].fields
    assert event["attachments"] == (
        {"fileUrl": "https://example.org/slides", "title": "Slides"},
        {"fileUrl": "https://example.org/gcm", "title": "Compact"},
    )


def test_what_is_more_than_twenty_five_attachments_is_said() -> None:
    links = [
        {"key": f"k-{n}", "title": {"en": f"Title {n}"}, "url": f"https://example.org/{n}"} for n in range(27)
    ]
    event = projected(target(), briefing(links=links))["imrf-2022.en"]
    assert len(event.fields["attachments"]) == 25
    assert event.notices == ("an event has 25 attachments at most: Title 25, Title 26 stay out",)


# Calendars and access


def test_calendars_that_are_made_are_described_in_their_language() -> None:
    settings = target(
        make={
            "summary": {"en": "Briefings", "fr": "Séances"},
            "description": {"en": "All of them"},
            "timezone": "Europe/Brussels",
        }
    )
    resources = projected(settings, briefing())
    mark = {"namespace": NAMESPACE, "target": TARGET}
    assert {key: each.fields for key, each in resources.items() if each.kind == "calendar"} == {
        "calendar en": {
            "summary": "Briefings",
            "description": "All of them",
            "timeZone": "Europe/Brussels",
            "mark": mark,
        },
        "calendar fr": {
            "summary": "Séances",
            "description": "All of them",
            "timeZone": "Europe/Brussels",
            "mark": mark,
        },
    }
    assert resources["calendar en"].owner == TARGET


def test_a_calendar_is_never_in_the_machines_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    resources = projected(target(make={"summary": "Briefings"}, layout="stacked"), briefing())
    assert resources["calendar all"].fields["timeZone"] == "UTC"


def test_rules_of_access_are_resources_in_each_calendar() -> None:
    settings = target(
        access=[
            {"role": "reader", "scope": "domain:UCLG.org"},
            {"role": "freeBusyReader", "scope": "default"},
        ]
    )
    rules = {
        key: each.fields["role"]
        for key, each in projected(settings, briefing()).items()
        if each.kind == "access"
    }
    assert rules == {
        "access en domain:uclg.org": "reader",
        "access en default": "freeBusyReader",
        "access fr domain:uclg.org": "reader",
        "access fr default": "freeBusyReader",
    }


# Rooms

ROOM = {"online": {"url": {"from": TARGET}, "access": "public"}}
INTERPRETED = {"floor": ["en"], "into": {"fr": {"from": TARGET}, "ar": {"from": TARGET}}}


def test_one_room_is_made_for_all_languages_and_the_others_show_it() -> None:
    events = projected(target(), briefing(place=ROOM))
    first, other = (events[key].fields for key in ("imrf-2022.en", "imrf-2022.fr"))
    assert first["conference"] == {"type": "hangoutsMeet", "output": "room"}
    assert other["conference"] is None
    assert list(pending_outputs(other["location"])) == [OutputKey(TARGET, "imrf-2022", "room")]
    assert not is_pending(dict(first))
    assert first["description"] is None  # not: that its address is still to come
    assert first["location"] == "Online"


def test_no_event_waits_for_the_room_that_it_carries_itself() -> None:
    event = projected(target(**STACK), briefing(place=ROOM, interpretation={"floor": ["en"]}))["imrf-2022"]
    assert event.fields["conference"] == {"type": "hangoutsMeet", "output": "room"}
    assert not is_pending(dict(event.fields))


def test_an_address_that_is_made_stands_in_the_other_events() -> None:
    made = {OutputKey(TARGET, "imrf-2022", "room"): "https://meet.google.com/abc-defg-hij"}
    events = projected(target(agenda="events"), briefing(place=ROOM, **ROAD), outputs=made)
    assert events["imrf-2022.fr"].fields["location"] == "https://meet.google.com/abc-defg-hij"
    assert events["imrf-2022.en.item.road"].fields["location"] == "https://meet.google.com/abc-defg-hij"
    assert "meet.google.com" not in str(events["imrf-2022.en"].fields["description"])


def test_the_public_is_not_told_the_address_of_a_room_for_registrants() -> None:
    room = {"online": {"url": {"from": TARGET}, "access": "registered"}}
    made = {OutputKey(TARGET, "imrf-2022", "room"): "https://meet.google.com/abc-defg-hij"}
    events = projected(target(agenda="events"), briefing(place=room, **ROAD), outputs=made)
    assert "meet.google.com" not in repr(events)


def test_what_may_not_be_told_is_not_asked_for() -> None:
    room = {"online": {"url": {"from": TARGET}, "access": "registered"}}
    held = briefing(place=room, interpretation=INTERPRETED)
    asked = context()
    list(target().desired([Publication(held)], asked))
    assert not asked.uses


def test_interpreters_rooms_have_events_of_their_own_in_their_language_where_there_is_one() -> None:
    events = projected(target(), briefing(place=ROOM, interpretation=INTERPRETED))
    french, arabic = (events[key].fields for key in ("imrf-2022.fr.room.fr", "imrf-2022.en.room.ar"))
    assert french["summary"] == "La route – Interprétation en français"
    assert arabic["summary"] == "The road – Interpretation into Arabic"
    assert french["conference"] == {"type": "hangoutsMeet", "output": "room.fr"}
    assert arabic["conference"] == {"type": "hangoutsMeet", "output": "room.ar"}
    assert french["transparency"] == "transparent"
    assert french["start"] == events["imrf-2022.fr"].fields["start"]


def test_the_rooms_of_interpreters_are_told_by_language() -> None:
    made = {
        OutputKey(TARGET, "imrf-2022", f"room.{language}"): f"https://meet.google.com/{language}"
        for language in ("fr", "ar")
    }
    events = projected(target(), briefing(place=ROOM, interpretation=INTERPRETED), outputs=made)
    assert (
        "<b>Interpretation</b><br>"
        'French: <a href="https://meet.google.com/fr">https://meet.google.com/fr</a><br>'
        'Arabic: <a href="https://meet.google.com/ar">https://meet.google.com/ar</a>'
    ) in str(events["imrf-2022.en"].fields["description"])


def test_the_rooms_of_interpreters_stand_before_the_page_and_not_where_nothing_takes_place() -> None:
    settings = target(page="https://example.org/{briefing}")
    made = {
        OutputKey(TARGET, "imrf-2022", f"room.{each}"): "https://meet.google.com/x" for each in ("fr", "ar")
    }
    shown = projected(settings, briefing(place=ROOM, interpretation=INTERPRETED), outputs=made)
    assert str(shown["imrf-2022.en"].fields["description"]).endswith("https://example.org/imrf-2022</a>")
    off = projected(
        settings, briefing(place=ROOM, interpretation=INTERPRETED, status="cancelled"), outputs=made
    )
    assert "meet.google.com" not in str(off["imrf-2022.en"].fields["description"])


def test_the_plan_says_that_a_service_account_makes_no_rooms_by_itself() -> None:
    alone = target(auth={"service_account": "key.json"})
    acting = target(auth={"service_account": "key.json", "subject": "events@example.org"})
    assert projected(alone, briefing(place=ROOM))["imrf-2022.en"].notices == (
        "a service account makes no rooms by itself: give `subject` under `auth`, whom it acts for",
    )
    assert projected(acting, briefing(place=ROOM))["imrf-2022.en"].notices == ()
    assert projected(alone, briefing())["imrf-2022.en"].notices == ()


def test_a_room_of_another_target_is_shown_and_not_made() -> None:
    event = projected(target(), briefing(place={"online": {"url": {"from": "zoom"}, "access": "public"}}))[
        "imrf-2022.en"
    ].fields
    assert event["conference"] is None
    assert list(pending_outputs(event["location"])) == [OutputKey("zoom", "imrf-2022", "room")]


PRIVATE_ROOM = {"online": {"url": {"from": TARGET}, "access": "registered"}}


@pytest.mark.parametrize(
    ("settings", "warns"),
    [
        ({}, True),
        ({"visibility": "private"}, False),
        ({"audience": "registered"}, False),
    ],
)
def test_the_plan_warns_where_everybody_would_see_a_room_that_is_not_for_them(
    settings: dict[str, object],
    warns: bool,
) -> None:
    events = projected(target(**settings), briefing(place=PRIVATE_ROOM))
    assert any("shows its address to all" in notice for notice in events["imrf-2022.en"].notices) is warns
    assert events["imrf-2022.fr"].notices == ()
    assert projected(target(**settings), briefing(place=ROOM))["imrf-2022.en"].notices == ()


# Guests

PEOPLE = {
    "m": {"name": "M", "email": "M@private.example", "language": "fr"},
    "n": {"name": "N", "email": "n@private.example", "language": "de"},
    "o": {"name": "O", "email": "o@private.example"},
    "p": {"name": "P"},
}
PANEL = [
    {
        "key": "a",
        "title": {"en": "A", "fr": "A"},
        "duration": "30m",
        "participants": [
            {"person": "m"},
            {"person": "n"},
            {"person": "p"},
            {"person": "o", "status": "declined"},
        ],
    },
    {"key": "b", "title": {"en": "B", "fr": "B"}, "duration": "30m", "participants": [{"person": "m"}]},
]


def test_participants_are_invited_once_in_their_own_language_where_there_is_one() -> None:
    events = projected(
        target(guests="participants", visibility="private", agenda="events"),
        briefing(people=PEOPLE, agenda=PANEL),
    )
    assert events["imrf-2022.fr"].fields["attendees"] == ("m@private.example",)
    assert events["imrf-2022.en"].fields["attendees"] == ("n@private.example",)
    assert events["imrf-2022.en.item.a"].fields["attendees"] is None
    assert events["imrf-2022.en"].notices == ("no e-mail address, so no invitation: p",)


def test_guests_do_not_see_each_other_unless_they_may() -> None:
    event = projected(target(guests=["team@example.org"]), briefing())["imrf-2022.en"].fields
    assert [event[f"guestsCan{what}"] for what in ("InviteOthers", "Modify", "SeeOtherGuests")] == [False] * 3
    seen = target(guests_can={"see_other_guests": True})
    assert projected(seen, briefing())["imrf-2022.en"].fields["guestsCanSeeOtherGuests"] is True


def test_a_stack_invites_everybody_to_its_one_event() -> None:
    settings = target(**STACK, guests=["participants", "team@example.org"], visibility="private")
    (event,) = projected(settings, briefing(people=PEOPLE, agenda=PANEL)).values()
    assert event.fields["attendees"] == ("m@private.example", "n@private.example", "team@example.org")


def test_the_plan_warns_of_guests_in_public_and_of_too_many() -> None:
    addresses = [f"guest-{n}@example.org" for n in range(201)]
    notices = projected(target(guests=addresses), briefing())["imrf-2022.en"].notices
    assert notices == (
        "201 guests are more than the 200 that an event takes: invite a group, which counts as one",
        (
            "there are guests on a calendar for the public: whoever may read it can find their addresses. "
            "Say `visibility: private`, or invite them from a target of their own"
        ),
    )
    assert (
        projected(target(guests=addresses[:200], visibility="private"), briefing())["imrf-2022.en"].notices
        == ()
    )


def test_the_audience_of_a_target_decides_what_it_sees() -> None:
    events = projected(target(audience=Access.PARTICIPANTS.value), briefing(materials=MATERIALS))
    attached = events["imrf-2022.en"].fields["attachments"]
    assert {"fileUrl": "https://example.org/notes", "title": "Notes"} in attached
