import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.errors import TextError, Unpublishable
from briefingkit.model import (
    Access,
    ItemKind,
    OrganizerRole,
    PlaceMode,
    Programme,
    Publication,
    Status,
)
from briefingkit.rendering.values import Availability
from briefingkit.rendering.view import View, view, view_fields, view_from_fields
from briefingkit.testing.strategies import publications
from briefingkit.text.fallback import Fallback

from .forum import publication
from .planted import NOBODYS, PARTICIPANTS, PLANTED, REGISTRANTS

LANGUAGES = st.sampled_from(("en", "fr", "es", "ar", "pt-BR", "und"))

ONLY_ITS_TITLE: dict[str, Any] = {
    "background": {"en": "Why"},
    "objectives": {"en": "What for"},
    "track": {"en": "Room A"},
    "organizers": [{"key": "mm", "name": {"en": "Mayors Mechanism"}}],
    "people": {
        "maulik": {"name": "Monami Maulik", "position": {"en": "Officer"}, "organization": {"en": "UN"}}
    },
    "links": [{"key": "gcm", "title": {"en": "Compact"}, "url": "https://example.org/gcm"}],
    "materials": [{"key": "slides", "title": {"en": "Slides"}}],
    "part_of": {"title": {"en": "Crisis week"}, "start": "2022-04-11", "end": "2022-04-13"},
    "leads_to": [{"title": {"en": "Forum"}}],
    "agenda": [
        {
            "key": "road",
            "title": {"en": "The road"},
            "description": {"en": "In short"},
            "participants": [{"person": "maulik"}],
            "questions": [{"key": "how", "text": {"en": "How?"}}],
        }
    ],
}
PATHS = (
    "track",
    "organizers.mm.name",
    "background",
    "objectives",
    "agenda.road.title",
    "agenda.road.description",
    "agenda.road.participants.0.position",
    "agenda.road.participants.0.organization",
    "agenda.road.questions.how.text",
    "links.gcm.title",
    "materials.slides.title",
    "part_of.title",
    "leads_to.0.title",
)


def test_a_view_says_what_when_and_in_which_revision() -> None:
    made = view(publication(), "fr")
    assert (made.title, made.language, made.languages) == ("En route vers le forum", "fr", ("en", "fr"))
    assert (made.start, made.end, made.timezone) == (
        "2022-04-13T15:00",
        "2022-04-13T16:00",
        "Europe/Brussels",
    )
    assert (made.utc_start, made.utc_end, made.all_day) == (
        "2022-04-13T13:00:00Z",
        "2022-04-13T14:00:00Z",
        False,
    )
    assert (made.revision, made.at, made.status) == (3, "2022-03-01T09:30:00Z", Status.CONFIRMED)
    assert made.marks == {}


def test_whole_days_are_dates_whose_last_is_inclusive() -> None:
    made = view(publication(start="2022-04-11", end="2022-04-13"), "en")
    assert (made.start, made.end, made.all_day) == ("2022-04-11", "2022-04-13", True)
    assert made.utc_end == "2022-04-13T22:00:00Z"


def test_a_french_that_has_only_its_title_is_marked_path_by_path() -> None:
    made = view(publication(**ONLY_ITS_TITLE), "fr")
    assert made.title == "En route vers le forum"
    assert made.marks == dict.fromkeys(PATHS, "en")
    assert made.background == "Why"
    assert made.language_of("background") == "en"
    assert made.language_of("title") == "fr"


def test_a_french_that_has_only_its_title_is_refused_with_every_missing_path() -> None:
    with pytest.raises(Unpublishable) as refused:
        view(publication(**ONLY_ITS_TITLE), "fr", fallback=Fallback.REFUSE)
    assert all(path in str(refused.value) for path in PATHS)
    assert "not complete in fr" in str(refused.value)


def test_a_french_that_has_only_its_title_leaves_out_all_prose_and_keeps_names() -> None:
    made = view(publication(**ONLY_ITS_TITLE), "fr", fallback=Fallback.OMIT)
    assert made.title == "En route vers le forum"
    assert (made.background, made.objectives, made.part_of) == (None, None, None)
    assert (made.agenda, made.links, made.materials, made.leads_to) == ((), (), (), ())
    assert [one.name for one in made.organizers] == ["Mayors Mechanism"]
    assert made.marks == {"track": "en", "organizers.mm.name": "en"}


def test_a_title_that_is_missing_is_marked_where_other_texts_are_left_out() -> None:
    made = view(publication(), "es", fallback=Fallback.OMIT)
    assert (made.title, made.marks) == ("The road to the forum", {"title": "en"})


def test_a_complete_language_is_not_refused() -> None:
    assert view(publication(), "fr", fallback=Fallback.REFUSE).language == "fr"


def test_a_name_for_every_language_is_never_missing() -> None:
    made = view(
        publication(organizers=[{"key": "uclg", "name": {"und": "UCLG", "fr": "CGLU"}}]),
        "ar",
        fallback=Fallback.OMIT,
    )
    assert [one.name for one in made.organizers] == ["UCLG"]
    assert "organizers.uclg.name" not in made.marks


def test_the_place_of_what_was_left_out_does_not_shift_the_marks() -> None:
    events = [{"title": {"en": "First"}}, {"title": {"fr": "Second"}, "url": {"en": "https://example.org"}}]
    made = view(publication(leads_to=events), "fr", fallback=Fallback.OMIT)
    assert [event.title for event in made.leads_to] == ["Second"]
    assert made.marks == {"leads_to.0.url": "en"}


def test_an_address_in_another_language_is_marked_and_never_refused() -> None:
    link = {"key": "gcm", "title": {"en": "A", "fr": "B"}, "url": {"en": "https://example.org/en"}}
    made = view(publication(links=[link]), "fr", fallback=Fallback.REFUSE)
    assert made.links[0].url == "https://example.org/en"
    assert made.marks == {"links.gcm.url": "en"}


def test_a_tag_that_is_no_language_is_refused() -> None:
    with pytest.raises(TextError):
        view(publication(), "frensh")


@pytest.mark.parametrize(
    ("access", "audience", "expected"),
    [
        ("public", Access.PUBLIC, Availability.GIVEN),
        ("registered", Access.PUBLIC, Availability.REGISTERED),
        ("registered", Access.REGISTERED, Availability.GIVEN),
        ("registered", Access.PARTICIPANTS, Availability.GIVEN),
        ("participants", Access.PUBLIC, Availability.PARTICIPANTS),
        ("participants", Access.REGISTERED, Availability.PARTICIPANTS),
        ("participants", Access.PARTICIPANTS, Availability.GIVEN),
    ],
)
def test_an_online_address_is_given_to_those_who_may_see_it(
    access: str, audience: Access, expected: Availability
) -> None:
    place = {"online": {"url": "https://room.example/1", "access": access}}
    online = view(publication(place=place), "en", audience=audience).online
    assert online is not None
    assert online.availability is expected
    assert online.url == ("https://room.example/1" if expected is Availability.GIVEN else None)


def test_an_address_that_is_not_there_yet_is_to_come_for_those_who_may_see_it() -> None:
    place = {"online": {"access": "public"}}
    online = view(publication(place=place), "en").online
    assert online is not None
    assert online.availability is Availability.TO_COME


def test_an_address_that_a_target_made_has_the_same_access() -> None:
    published = publication(place={"online": {"url": {"from": "city-calendar"}}})
    addresses = {"online.url": "https://room.example/made"}
    hidden = view(published, "en", addresses=addresses).online
    shown = view(published, "en", addresses=addresses, audience=Access.REGISTERED).online
    assert hidden is not None
    assert shown is not None
    assert (hidden.url, shown.url) == (None, "https://room.example/made")


def test_an_address_in_the_briefing_goes_before_one_that_a_target_made() -> None:
    published = publication(registration={"url": "https://form.example/own"})
    made = view(published, "en", addresses={"registration.url": "https://form.example/made"})
    assert made.registration is not None
    assert made.registration.url == "https://form.example/own"


def test_a_registration_without_an_address_takes_the_one_that_a_target_made() -> None:
    published = publication(registration={"closes": "-1d", "opens": "2022-03-21T09:00", "capacity": 30})
    made = view(published, "en", addresses={"registration.url": "https://form.example/made"}).registration
    assert made is not None
    assert (made.url, made.capacity) == ("https://form.example/made", 30)
    assert (made.opens, made.closes) == ("2022-03-21T09:00", "2022-04-12T15:00")


def test_someone_who_declined_is_not_shown() -> None:
    agenda = [
        {
            "key": "road",
            "title": {"en": "Road"},
            "participants": [
                {"person": "no", "status": "declined"},
                {"person": "yes"},
                {"role": "moderator", "status": "tbc"},
            ],
        }
    ]
    people = {"no": {"name": "Not Coming"}, "yes": {"name": "Coming"}}
    made = view(publication(agenda=agenda, people=people), "en")
    assert [one.name for one in made.agenda[0].participants] == ["Coming", None]
    assert "Not Coming" not in json.dumps(view_fields(made))


def test_the_agenda_runs_on_from_the_start() -> None:
    agenda = [
        {"key": "a", "title": {"en": "A"}, "duration": "5m", "kind": "opening"},
        {"key": "b", "title": {"en": "B"}, "duration": "25m"},
        {"key": "c", "title": {"en": "C"}},
    ]
    made = view(publication(agenda=agenda), "en")
    assert [(one.start, one.end) for one in made.agenda] == [
        ("2022-04-13T15:00", "2022-04-13T15:05"),
        ("2022-04-13T15:05", "2022-04-13T15:30"),
        (None, None),
    ]
    assert made.agenda[0].kind is ItemKind.OPENING


def test_the_first_organiser_is_the_host_where_none_is_marked() -> None:
    organizers = [{"key": "mm", "name": "MM"}, {"key": "uclg", "name": "UCLG", "steers": "mm"}]
    made = view(publication(organizers=organizers), "en")
    assert [one.role for one in made.organizers] == [OrganizerRole.HOST, OrganizerRole.CO_ORGANIZER]
    assert ([one.key for one in made.hosts], [one.key for one in made.co_organizers]) == (["mm"], ["uclg"])


def test_requests_go_to_the_contact() -> None:
    made = view(
        publication(
            contact={"email": "desk@example.org"},
            accessibility={"captions": ["en"], "requests": {"to": "contact", "until": "2022-04-08"}},
        ),
        "en",
    ).accessibility
    assert made is not None
    assert (made.requests_to, made.requests_until) == ("desk@example.org", "2022-04-08")


def _programme(**child: object) -> tuple[Publication, Publication, Programme]:
    parent = publication(
        briefing="week", title={"en": "Crisis week"}, start="2022-04-11", end="2022-04-13", languages=["en"]
    )
    segment = publication(part_of={"briefing": "week", "joinable": True}, **child)
    return parent, segment, Programme((parent.briefing, segment.briefing))


def test_a_segment_takes_its_parents_title_and_days_from_the_programme() -> None:
    _, segment, programme = _programme()
    made = view(
        segment, "en", programme=programme, addresses={"part_of.url": "https://example.org/week"}
    ).part_of
    assert made is not None
    assert (made.identifier, made.title, made.joinable) == ("week", "Crisis week", True)
    assert (made.start, made.end, made.timezone) == ("2022-04-11", "2022-04-13", "Europe/Brussels")
    assert made.url == "https://example.org/week"


def test_a_parent_shows_its_segments_and_a_segment_without_a_known_parent_shows_none() -> None:
    parent, segment, programme = _programme(track={"en": "Room A"})
    children = view(parent, "fr", programme=programme).children
    assert [(one.identifier, one.title, one.track) for one in children] == [
        ("imrf-2022", "En route vers le forum", "Room A")
    ]
    assert view(segment, "en").part_of is None


def test_a_segment_that_is_a_draft_is_not_shown() -> None:
    parent, _, programme = _programme(status="draft")
    assert view(parent, "en", programme=programme).children == ()


def test_hybrid_is_both() -> None:
    made = view(publication(place={"online": {}, "venue": {"name": "Hall", "address": "1 Square"}}), "en")
    assert made.mode is PlaceMode.HYBRID
    assert made.venue is not None
    assert (made.venue.name, made.venue.address) == ("Hall", "1 Square")


@pytest.mark.parametrize(
    ("audience", "seen"),
    [
        (Access.PUBLIC, set()),
        (Access.REGISTERED, {*REGISTRANTS}),
        (Access.PARTICIPANTS, {*REGISTRANTS, *PARTICIPANTS}),
    ],
)
def test_an_audience_sees_what_it_may_and_nobody_sees_private_data(audience: Access, seen: set[str]) -> None:
    text = json.dumps(view_fields(view(publication(**PLANTED), "en", audience=audience))).lower()
    planted = (*NOBODYS, *REGISTRANTS, *PARTICIPANTS)
    assert {token for token in planted if token in text} == seen


@given(publications(), LANGUAGES)
def test_no_private_data_of_a_person_is_in_anybodys_view(publication: Publication, language: str) -> None:
    for audience in Access:
        fields = json.dumps(view_fields(view(publication, language, audience=audience)))
        assert "@private.example" not in fields
        assert "+00 1234 private" not in fields


@given(publications(), LANGUAGES, st.sampled_from(Fallback))
def test_every_mark_is_of_a_text_that_the_view_holds_and_of_another_language(
    publication: Publication, language: str, fallback: Fallback
) -> None:
    try:
        made = view(publication, language, fallback=fallback)
    except Unpublishable:
        assert fallback is Fallback.REFUSE
        return
    for path, marked in made.marks.items():
        assert isinstance(_at(view_fields(made), path), str)
        assert marked not in {made.language, "und"}


@given(publications())
def test_a_view_is_the_same_each_time_and_survives_its_fields(publication: Publication) -> None:
    made = view(publication, "fr")
    assert isinstance(made, View)
    assert made == view(publication, "fr")
    assert view_from_fields(json.loads(json.dumps(view_fields(made)))) == made


def _at(fields: object, path: str) -> object:
    found: Any = fields
    for step in path.split("."):
        if isinstance(found, tuple):
            listed = (
                found[int(step)] if step.isdigit() else next(x for x in found if x.get("language") == step)
            )
            found = listed
        else:
            found = found[step]
    return found
