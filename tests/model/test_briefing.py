from datetime import date, datetime, timedelta
from typing import Any

import pytest

from briefingkit.errors import ModelError
from briefingkit.model import (
    Access,
    AgendaItem,
    Briefing,
    Interpretation,
    Online,
    Organizer,
    OrganizerRole,
    Participant,
    PartOf,
    Person,
    Place,
    PlaceMode,
    Status,
    Venue,
    uid,
)
from briefingkit.model.languages import Channel
from briefingkit.text import MultilingualText, Name

TITLE = MultilingualText.of("A title", "en")
NAME = Name.of("Somebody")
START = datetime(2022, 4, 13, 15)
SPAN: dict[str, Any] = {"start": START, "end": START + timedelta(hours=1), "timezone": "Europe/Brussels"}


def test_a_uid_is_the_same_for_ever() -> None:
    # The value is in people's calendars: whatever changes here, this must not.
    assert uid("example.org", "imrf-2022") == "41051bca3bedff36be91d33f604a6eb404a8e870@example.org"


def test_a_uid_is_of_its_namespace_and_identifier_and_nothing_runs_together() -> None:
    made = {uid(namespace, name) for namespace in ("a.org", "b.org") for name in ("a", "b", "a-b")}
    assert len(made) == 6


def test_a_namespace_has_no_case() -> None:
    assert uid("Example.ORG", "imrf-2022") == uid("example.org", "imrf-2022")


def test_a_draft_may_have_any_part_of_its_time() -> None:
    assert Briefing("a", ("en",), start=START).when is None
    assert Briefing("a", ("en",), timezone="Europe/Brussels").when is None
    assert Briefing("a", ("en",), start=START, end=START + timedelta(hours=1)).when is None


def test_a_briefing_with_all_of_its_time_has_a_span() -> None:
    when = Briefing("a", ("en",), **SPAN).when
    assert when is not None
    assert (when.local_start, when.timezone) == (START, "Europe/Brussels")


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.DRAFT])
def test_only_a_draft_may_lack_what_participants_need(status: Status) -> None:
    with pytest.raises(ModelError, match="title is missing: only a draft may lack it"):
        Briefing("a", ("en",), status=status, **SPAN)
    assert Briefing("a", ("en",), TITLE, status=status, **SPAN).status is status


def test_every_problem_is_told_with_its_path() -> None:
    with pytest.raises(ModelError) as caught:
        Briefing(
            "a",
            ("en",),
            TITLE,
            start=date(2022, 4, 13),
            end=date(2022, 4, 12),
            timezone="UTC",
            organizers=(Organizer("x", NAME, steers="y"), Organizer("x", NAME)),
            agenda=(AgendaItem("i", TITLE, participants=(Participant("ghost"),)),),
            part_of=PartOf(briefing="a"),
        )
    assert [path for path, _ in caught.value.problems] == [
        "end",
        "organizers",
        "organizers.0.steers",
        "agenda.0.participants.0.person",
        "part_of.briefing",
    ]
    assert caught.value.field == "end"


def test_a_person_is_found_by_key_and_a_stranger_is_a_key_error() -> None:
    briefing = Briefing("a", ("en",), people=(Person("ann", NAME),))
    assert briefing.person("ann").name == NAME
    with pytest.raises(KeyError, match="bob"):
        briefing.person("bob")


def test_the_hosts_are_those_who_are_marked_or_else_the_first() -> None:
    host = Organizer("h", NAME, OrganizerRole.HOST)
    others = (Organizer("a", NAME), Organizer("b", NAME))
    assert Briefing("a", ("en",), organizers=(*others, host)).hosts == (host,)
    assert Briefing("a", ("en",), organizers=others).hosts == others[:1]
    assert Briefing("a", ("en",)).hosts == ()


def test_the_first_language_is_the_source() -> None:
    assert Briefing("a", ("fr", "en")).source_language == "fr"


def test_one_can_follow_in_the_languages_of_the_floor_and_of_the_channels() -> None:
    assert Interpretation(("en", "EN"), (Channel("fr"), Channel("en"))).languages == ("en", "fr")
    assert Interpretation(("en", "EN")).floor == ("en",)


@pytest.mark.parametrize(
    ("place", "mode"),
    [
        (Place(online=Online()), PlaceMode.ONLINE),
        (Place(venue=Venue(NAME)), PlaceMode.ON_SITE),
        (Place(online=Online(), venue=Venue(NAME)), PlaceMode.HYBRID),
    ],
)
def test_how_people_attend_follows_from_the_place(place: Place, mode: PlaceMode) -> None:
    assert place.mode is mode


def test_each_audience_sees_what_is_for_it_and_for_all_wider_ones() -> None:
    seen = {audience: [each for each in Access if each.visible_to(audience)] for audience in Access}
    assert seen == {
        Access.PUBLIC: [Access.PUBLIC],
        Access.REGISTERED: [Access.PUBLIC, Access.REGISTERED],
        Access.PARTICIPANTS: [Access.PUBLIC, Access.REGISTERED, Access.PARTICIPANTS],
    }


def test_an_online_room_is_for_the_registered_unless_it_says_otherwise() -> None:
    assert Online().access is Access.REGISTERED
    assert Venue(NAME).access is Access.PUBLIC


def test_private_data_is_not_in_a_persons_repr() -> None:
    person = Person("ann", NAME, email="ann@private.example", phone="+32 2 555")
    assert "private" not in repr(Briefing("a", ("en",), people=(person,)))
    assert "555" not in repr(person)
