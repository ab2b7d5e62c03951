import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.publish import Identity
from briefingkit.testing.strategies import LANGUAGES, keys
from briefingkit_google.calendar.identity import (
    EventName,
    Mark,
    calendar_key_of,
    conference_request_id,
    event_id,
    mark_of,
    mark_properties,
)

NAMES = st.builds(
    EventName,
    keys(),
    st.none() | st.sampled_from((*LANGUAGES, "pt-BR", "zh-Hant-TW", "item", "room")),
) | st.one_of(
    st.builds(EventName, keys(), st.none() | st.sampled_from(LANGUAGES), item=keys()),
    st.builds(EventName, keys(), st.none() | st.sampled_from(LANGUAGES), room=st.sampled_from(LANGUAGES)),
)


@given(NAMES)
def test_a_key_says_which_event_it_is_of(name: EventName) -> None:
    assert EventName.parse(name.key) == name


@pytest.mark.parametrize(
    "key", ["", "a b", "a.", "a..fr", "a.en.fr", "a.en.item.x.y", "a.en.fr.item.x", "a/en"]
)
def test_a_key_that_we_never_make_is_nobodys(key: str) -> None:
    assert EventName.parse(key) is None


@given(NAMES, NAMES)
def test_no_two_events_share_a_key_or_an_id(one: EventName, other: EventName) -> None:
    ids = {event_id("uclg.org", name.briefing, name.key) for name in (one, other)}
    assert len({one.key, other.key}) == len(ids) == len({one, other})


@given(st.text(max_size=30), keys(), NAMES)
def test_an_id_is_one_that_google_takes(namespace: str, owner: str, name: EventName) -> None:
    assert re.fullmatch("[a-v0-9]{5,1024}", event_id(namespace, owner, name.key))


def test_an_id_is_the_same_for_ever() -> None:
    assert event_id("uclg.org", "imrf-2022", "imrf-2022.en") == (
        "8m26pmqba4umpjkglv04khmfgcgb54tudru86f0v2k5rv7kmf6rg"
    )


def test_a_request_for_a_room_is_another_once_the_event_has_moved_on() -> None:
    assert conference_request_id("abcde") == conference_request_id("abcde")
    assert conference_request_id("abcde") != conference_request_id("abcde", '"3181"')


def marked(mark: Mark, **fields: object) -> dict[str, object]:
    return {"id": mark.id, "extendedProperties": {"private": mark_properties(mark)}, **fields}


MARK = Mark("uclg.org", "city-calendar", "imrf-2022", "imrf-2022.en")


def test_our_mark_makes_an_event_ours() -> None:
    assert mark_of(marked(MARK)) == MARK


def test_a_copy_under_another_id_is_somebody_elses() -> None:
    assert mark_of(marked(MARK, id="someothereventid")) is None


def test_an_event_that_says_half_of_a_mark_is_somebody_elses() -> None:
    for left_out in mark_properties(MARK):
        properties = {name: value for name, value in mark_properties(MARK).items() if name != left_out}
        assert mark_of({"id": MARK.id, "extendedProperties": {"private": properties}}) is None
    assert mark_of({"id": MARK.id}) is None
    assert mark_of({"id": MARK.id, "extendedProperties": {"shared": mark_properties(MARK)}}) is None


def test_a_mark_stays_below_what_google_cuts() -> None:
    """Keys over 44 characters are dropped and values over 1,024 cut, both in silence."""
    longest = EventName("b" * 64, "zh-Hant-TW", item="i" * 64)
    properties = mark_properties(Mark("n" * 253, "t" * 64, "b" * 64, longest.key))
    assert max(map(len, properties)) <= 44
    assert max(map(len, properties.values())) <= 1024


def test_a_resource_says_in_which_calendar_it_stands() -> None:
    french = EventName("imrf-2022", "fr", room="fr").identity
    assert calendar_key_of(french, by_language=True) == "fr"
    assert calendar_key_of(french, by_language=False) == "all"
    assert calendar_key_of(Identity("access", "en domain:uclg.org"), by_language=True) == "en"
    assert calendar_key_of(Identity("calendar", "all"), by_language=False) == "all"
