from collections.abc import Sequence
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.model import Briefing, Channel, FromTarget, Interpretation, Online, Place, Publication
from briefingkit.publish import Change, OutputKey, Remote, Resource
from briefingkit.publish.codec import decode_fields, encode
from briefingkit.publish.context import pending_outputs
from briefingkit.testing.strategies import ZONES, publications
from briefingkit_google.calendar import GoogleCalendar
from briefingkit_google.calendar.event import (
    ConferenceState,
    Governed,
    conference_state,
    event_fields,
    guests_known,
    insert_body,
    patch_body,
    remote_of,
    worth_telling,
)

from .projecting import CALENDARS, TARGET, answered, briefing, context, projected, target

CALENDAR = CALENDARS["en"]


def choice(**values: Sequence[object]) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries(
        {}, optional={name: st.sampled_from(given) for name, given in values.items()}
    )


SETTINGS: st.SearchStrategy[GoogleCalendar] = choice(
    layout=("by-language", "stacked"),
    agenda=("within", "events"),
    guests=("none", "participants", ["team@example.org", "participants"]),
    audience=("public", "registered", "participants"),
    visibility=("default", "private"),
    color=("tomato", "7"),
    reminders=("default", [], [{"method": "popup", "minutes": 30}, {"method": "email", "minutes": 1440}]),
    guests_can=({"invite_others": True}, {"modify": True, "see_other_guests": True}),
    page=({"from": "site"}, "https://example.org/{language}/{briefing}"),
).map(lambda chosen: target(calendar="all@group.calendar.google.com", **chosen))


def with_rooms(given: Briefing) -> Briefing:
    """Ask this target for every room."""
    made = FromTarget(TARGET)
    venue = given.place.venue if given.place is not None else None
    access = given.place.online.access if given.place is not None and given.place.online is not None else None
    online = Online(made) if access is None else Online(made, access)
    return evolve(
        given,
        place=Place(online, venue),
        interpretation=Interpretation(("en",), (Channel("fr", made), Channel("ar", made))),
    )


@given(publications(), SETTINGS, st.sampled_from(ZONES), st.booleans())
def test_an_event_reads_back_as_it_was_wanted(
    publication: Publication,
    settings: GoogleCalendar,
    calendar_zone: str,
    rooms: bool,
) -> None:
    """Whatever Google adds, leaves out because it is a default, and writes in another zone."""
    if rooms:
        publication = evolve(publication, briefing=with_rooms(publication.briefing))
    governed = Governed.by(settings)
    for resource in settings.desired([publication], context()):
        raw = answered(insert_body(resource), calendar_zone=calendar_zone)
        remote = remote_of(raw, CALENDAR, governed)
        assert remote.resource == resource
        assert remote.ours
        assert decode_fields(encode(remote.resource.fields)) == resource.fields


@given(publications(), SETTINGS)
def test_no_event_waits_for_a_room_for_ever(publication: Publication, settings: GoogleCalendar) -> None:
    """One that waits shows a room that is carried by one that does not, or no longer."""
    publication = evolve(publication, briefing=with_rooms(publication.briefing))
    made: dict[OutputKey, str] = {}
    for _ in range(3):
        waiting = 0
        for each in list(settings.desired([publication], context(made))):
            conference = each.fields["conference"]
            if any(key.target == TARGET for key in pending_outputs(each.fields)):
                waiting += 1
            elif isinstance(conference, dict):
                made[OutputKey(TARGET, each.owner, conference["output"])] = (
                    "https://meet.google.com/abc-defg-hij"
                )
    assert not waiting
    assert {key.name for key in made} == {"room", "room.fr", "room.ar"}


@given(publications(), publications(), SETTINGS)
def test_a_patch_ends_in_what_is_wanted(
    one: Publication, other: Publication, settings: GoogleCalendar
) -> None:
    """From whatever state of a briefing to any other, all-day to timed and back."""
    other = evolve(other, briefing=evolve(other.briefing, identifier=one.briefing.identifier))
    before = {each.key: each for each in settings.desired([one], context())}
    after = {each.key: each for each in settings.desired([other], context())}
    for key in before.keys() & after.keys():
        raw = answered(insert_body(before[key]))
        held = remote_of(raw, CALENDAR, Governed.by(settings))
        body = patch_body(Change(after[key], held), raw)
        assert event_fields(patched(raw, body), Governed.by(settings)) == after[key].fields


def patched(raw: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """Merge a patch as Google does: lists are whole, objects merge, nulls take away (RFC 7396)."""
    merged = dict(raw)
    for name, value in body.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, dict) and isinstance(merged.get(name), dict):
            merged[name] = patched(merged[name], value)
        else:
            merged[name] = patched({}, value) if isinstance(value, dict) else value
    return merged


def event(settings: GoogleCalendar | None = None, key: str = "imrf-2022.en", **fields: object) -> Resource:
    return projected(settings or target(), briefing(**fields))[key]


def held_as(
    resource: Resource, settings: GoogleCalendar | None = None, **by_hand: object
) -> tuple[Remote, dict[str, Any]]:
    """Give a resource as Google holds it, with what people changed by hand."""
    raw = {**answered(insert_body(resource)), **by_hand}
    return remote_of(raw, CALENDAR, Governed.by(settings or target())), raw


def test_a_patch_says_nothing_of_what_is_in_step() -> None:
    held, raw = held_as(event())
    assert patch_body(Change(event(title={"en": "Another road"}), held), raw) == {"summary": "Another road"}


def test_a_whole_day_becomes_an_hour_with_nulls() -> None:
    held, raw = held_as(event(start="2022-04-13", end="2022-04-13"))
    body = patch_body(Change(event(), held), raw)
    assert body["start"] == {"date": None, "dateTime": "2022-04-13T15:00:00", "timeZone": "Europe/Brussels"}
    assert body["transparency"] == "opaque"


def test_what_is_no_longer_said_is_taken_away() -> None:
    venue = {"venue": {"name": "Town hall"}}
    held, raw = held_as(event(place=venue))
    assert patch_body(Change(event(), held), raw)["location"] is None


def test_reminders_are_the_same_in_any_order() -> None:
    own = target(reminders=[{"method": "popup", "minutes": 30}, {"method": "email", "minutes": 1440}])
    wanted = event(own)
    held, raw = held_as(wanted, own)
    raw["reminders"]["overrides"].reverse()
    assert remote_of(raw, CALENDAR, Governed.by(own)).resource == held.resource == wanted


def test_the_calendars_own_reminders_come_without_others() -> None:
    """Google refuses both at once."""
    own = target(reminders=[{"method": "popup", "minutes": 30}])
    held, raw = held_as(event(own), own)
    body = patch_body(Change(event(), held), raw)
    assert body["reminders"] == {"useDefault": True, "overrides": None}


GUESTS = ["a@example.org", "b@example.org"]


def test_guests_keep_their_answers() -> None:
    settings = target(guests=GUESTS)
    answers = [
        {
            "email": "A@example.org",
            "responseStatus": "accepted",
            "comment": "With pleasure",
            "additionalGuests": 1,
        },
        {"email": "gone@example.org", "responseStatus": "declined"},
    ]
    held, raw = held_as(event(settings), settings, attendees=answers)
    assert patch_body(Change(event(settings), held), raw)["attendees"] == [
        answers[0],
        {"email": "b@example.org"},
    ]


def test_the_calendar_itself_and_rooms_of_a_building_are_no_guests() -> None:
    settings = target(guests=GUESTS)
    others = [
        {"email": CALENDAR, "organizer": True, "responseStatus": "accepted"},
        {"email": "room-1@resource.calendar.google.com", "resource": True, "responseStatus": "accepted"},
    ]
    held, raw = held_as(event(settings), settings, attendees=[*others, {"email": "a@example.org"}])
    assert held.resource.fields["attendees"] == ("a@example.org",)
    assert patch_body(Change(event(settings), held), raw)["attendees"] == [
        *others,
        {"email": "a@example.org"},
        {"email": "b@example.org"},
    ]


def test_an_answer_of_a_guest_is_no_drift() -> None:
    settings = target(guests=GUESTS)
    wanted = event(settings)
    answers = [{"email": each, "responseStatus": "accepted"} for each in GUESTS]
    held, _ = held_as(wanted, settings, attendees=answers)
    assert held.resource == wanted


def test_guests_and_colours_that_the_settings_leave_to_people_are_theirs() -> None:
    wanted = event()
    held, raw = held_as(wanted, colorId="3", attendees=[{"email": "friend@example.org"}])
    assert held.resource == wanted
    assert not {"colorId", "attendees"} & patch_body(Change(wanted), raw).keys()


def test_an_answer_that_leaves_guests_out_says_so() -> None:
    assert guests_known({"attendees": []})
    assert not guests_known({"attendees": [], "attendeesOmitted": True})


def test_what_people_keep_on_an_event_beside_ours_stays() -> None:
    wanted = event()
    raw = answered(insert_body(wanted))
    raw["extendedProperties"]["private"]["mine"] = "x"
    raw["extendedProperties"]["shared"] = {"ours": "y"}
    held = remote_of(raw, CALENDAR, Governed.by(target()))
    assert held.resource == wanted
    body = patch_body(Change(evolve(wanted, fields={**wanted.fields, "revision": 9}), held), raw)
    assert patched(raw, body)["extendedProperties"]["private"]["mine"] == "x"
    assert body["extendedProperties"]["private"]["briefingkit-revision"] == "9"


def test_an_event_that_was_found_is_written_in_full_and_comes_back() -> None:
    """A tombstone, or an event of ours that the plan did not know of."""
    wanted = event()
    raw = {**answered(insert_body(wanted)), "status": "cancelled", "summary": "Old"}
    body = patch_body(Change(wanted), raw)
    assert body["status"] == "confirmed"
    assert event_fields(patched(raw, body)) == wanted.fields


def test_what_is_no_news_is_not_mailed() -> None:
    held, _ = held_as(event())
    later = event()
    assert not worth_telling(Change(evolve(later, fields={**later.fields, "revision": 9}), held))
    assert worth_telling(Change(event(title={"en": "Another road"}), held))
    assert worth_telling(Change(event()))
    assert worth_telling(Change(None, held))


# Rooms

ONLINE = {"online": {"url": {"from": TARGET}, "access": "public"}}
ROOM = "https://meet.google.com/abc-defg-hij"


def test_a_room_is_asked_for_under_an_id_that_a_repetition_repeats() -> None:
    bodies = [insert_body(event(place=ONLINE)) for _ in range(2)]
    asked = bodies[0]["conferenceData"]["createRequest"]
    assert bodies[0] == bodies[1]
    assert asked["conferenceSolutionKey"] == {"type": "hangoutsMeet"}
    assert asked["requestId"]


def test_a_room_that_was_made_is_an_output() -> None:
    held, _ = held_as(event(place=ONLINE))
    assert held.outputs == {"room": ROOM}


@pytest.mark.parametrize(
    ("code", "state", "conference"),
    [
        ("pending", ConferenceState.PENDING, {"type": "hangoutsMeet", "output": "room"}),
        ("failure", ConferenceState.FAILURE, {"type": None, "output": "room"}),
    ],
)
def test_a_room_that_is_not_there_yet_is_no_output(
    code: str, state: ConferenceState, conference: dict[str, str | None]
) -> None:
    body = insert_body(event(place=ONLINE))
    request = {**body["conferenceData"]["createRequest"], "status": {"statusCode": code}}
    held, raw = held_as(event(place=ONLINE), conferenceData={"createRequest": request})
    assert conference_state(raw) is state
    assert held.resource.fields["conference"] == conference
    assert held.outputs == {}


def test_a_room_that_failed_is_asked_for_under_another_id() -> None:
    wanted = event(place=ONLINE)
    first = insert_body(wanted)["conferenceData"]["createRequest"]
    failed = {"createRequest": {**first, "status": {"statusCode": "failure"}}}
    held, raw = held_as(wanted, conferenceData=failed)
    again = patch_body(Change(wanted, held), raw)["conferenceData"]["createRequest"]
    assert again["requestId"] != first["requestId"]
    assert again == patch_body(Change(wanted, held), raw)["conferenceData"]["createRequest"]


def test_a_room_that_somebody_took_off_is_drift() -> None:
    wanted = event(place=ONLINE)
    raw = answered(insert_body(wanted))
    del raw["conferenceData"]
    held = remote_of(raw, CALENDAR)
    assert conference_state(raw) is ConferenceState.NONE
    assert "conference" in Change(wanted, held).edits
    assert "createRequest" in patch_body(Change(wanted, held), raw)["conferenceData"]


def test_a_room_that_somebody_added_is_theirs_until_one_is_wanted() -> None:
    by_hand = answered(insert_body(event(place=ONLINE)))["conferenceData"]
    held, raw = held_as(event(), conferenceData=by_hand)
    assert held.resource.fields["conference"] is None
    assert held.outputs == {}
    body = patch_body(Change(event(place=ONLINE), held), raw)
    assert "conferenceData" not in body
    assert remote_of(patched(raw, body), CALENDAR).outputs == {"room": ROOM}


def test_a_room_that_is_wanted_no_more_is_taken_off() -> None:
    held, raw = held_as(event(place=ONLINE))
    body = patch_body(Change(event(), held), raw)
    assert body["conferenceData"] is None
    after = patched(raw, body)
    assert event_fields(after)["conference"] is None
    assert "conferenceData" not in after


def test_a_strangers_event_in_the_way_is_no_event_of_ours() -> None:
    wanted = event()
    raw = {"id": wanted.fields["id"], "etag": '"1"', "summary": "Lunch", "start": {}, "end": {}}
    found = remote_of(raw, CALENDAR, wanted=wanted)
    assert not found.ours
    assert found.identity == wanted.identity
    assert found.id == f"{CALENDAR}/{wanted.fields['id']}"
    with pytest.raises(ValueError, match="in the way"):
        remote_of(raw, CALENDAR)
