import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.errors import ModelError
from briefingkit.model import (
    Access,
    Audience,
    AudienceGroup,
    Briefing,
    Channel,
    FromTarget,
    Interpretation,
    Offset,
    Place,
    Programme,
    structure,
    unstructure,
)
from briefingkit.testing.strategies import HOSTILE, briefings, programmes
from briefingkit.text import LocalizedUrl, MultilingualText, Name

SMALL: dict[str, Any] = {
    "format": 1,
    "briefing": "small",
    "languages": ["en", "fr"],
    "title": "A small one",
    "status": "confirmed",
    "start": "2022-04-13T15:00",
    "end": "2022-04-13T16:00",
    "timezone": "Europe/Brussels",
}


def _read(**fields: object) -> Briefing:
    return structure({**SMALL, **fields})


def _problems(data: object) -> dict[str, str]:
    with pytest.raises(ModelError) as caught:
        structure(cast("Mapping[str, Any]", data))
    return dict(caught.value.problems)


@given(briefings())
def test_a_briefing_survives_json_unchanged(briefing: Briefing) -> None:
    assert structure(json.loads(json.dumps(unstructure(briefing)))) == briefing


@given(briefings())
def test_data_survives_a_briefing_unchanged(briefing: Briefing) -> None:
    data = json.loads(json.dumps(unstructure(briefing)))
    assert unstructure(structure(data)) == data


@given(programmes(2))
def test_what_is_written_holds_nothing_but_what_json_holds(programme: Programme) -> None:
    for briefing in programme:
        _assert_plain(unstructure(briefing))


def _assert_plain(value: object) -> None:
    assert type(value) in {str, int, bool, dict, list, type(None)}
    if isinstance(value, dict):
        for name, inner in value.items():
            assert type(name) is str
            _assert_plain(inner)
    if isinstance(value, list):
        for inner in value:
            _assert_plain(inner)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_kept_as_it_is_in_every_kind_of_text(text: str) -> None:
    kept = text.replace("\r\n", "\n")
    briefing = _read(title=text, track={"en": text}, background={"en": text, "fr": text}, unplaced=text)
    assert briefing.title == MultilingualText({"en": kept})
    assert briefing.track == Name({"en": kept})
    assert briefing.background == MultilingualText({"en": kept, "fr": kept})
    assert structure(json.loads(json.dumps(unstructure(briefing)))) == briefing


def test_a_plain_string_is_in_the_source_language() -> None:
    assert _read(languages=["fr", "en"], title="Une petite").title == MultilingualText({"fr": "Une petite"})


def test_a_plain_name_or_address_holds_in_every_language() -> None:
    briefing = _read(links=[{"key": "a", "title": "A", "url": "https://example.org"}], track="Room A")
    assert briefing.track == Name.of("Room A")
    assert briefing.links[0].url == LocalizedUrl.of("https://example.org")


def test_a_plain_list_of_interpretation_is_floor_and_channels_alike() -> None:
    both = Interpretation(("en", "fr"), (Channel("en"), Channel("fr")))
    assert _read(interpretation=["en", "fr"]).interpretation == both


def test_a_channel_may_have_a_room_that_a_target_makes() -> None:
    told = _read(interpretation={"floor": ["en"], "into": {"fr": {"from": "city-calendar"}}})
    assert told.interpretation == Interpretation(("en",), (Channel("fr", FromTarget("city-calendar")),))
    assert unstructure(told)["interpretation"]["into"] == {"fr": {"from": "city-calendar"}}


def test_channels_may_be_told_by_language_with_an_address() -> None:
    told = _read(interpretation={"floor": ["en"], "into": {"fr": "https://fr.example.org", "es": None}})
    assert told.interpretation == Interpretation(
        ("en",), (Channel("fr", LocalizedUrl.of("https://fr.example.org")), Channel("es"))
    )
    assert unstructure(told)["interpretation"]["into"] == {"fr": "https://fr.example.org", "es": None}


def test_channels_without_an_address_are_written_as_a_list() -> None:
    data = unstructure(_read(interpretation={"floor": ["en"], "into": ["fr", "es"]}))
    assert data["interpretation"] == {"floor": ["en"], "into": ["fr", "es"]}


def test_an_online_room_may_come_from_a_target() -> None:
    place = _read(place={"online": {"from": "city-calendar", "access": "participants"}}).place
    assert isinstance(place, Place)
    assert place.online is not None
    assert (place.online.url, place.online.access) == (FromTarget("city-calendar"), Access.PARTICIPANTS)
    written = unstructure(_read(place={"online": {"from": "city-calendar"}}))
    assert written["place"] == {"online": {"from": "city-calendar"}}


def test_an_audience_is_a_word_or_a_file() -> None:
    mailing = {
        "key": "a",
        "kind": "reminder",
        "audience": ["registered", {"file": "contacts.csv"}],
        "at": "-1d",
    }
    briefing = _read(mailing=[mailing])
    assert briefing.mailing[0].audience == (Audience(AudienceGroup.REGISTERED), Audience(file="contacts.csv"))
    assert unstructure(briefing)["mailing"] == [mailing]


def test_people_are_a_mapping_whose_keys_are_theirs() -> None:
    briefing = _read(people={"maulik": {"name": "Monami Maulik"}})
    assert briefing.person("maulik").name == Name.of("Monami Maulik")
    assert unstructure(briefing)["people"] == {"maulik": {"name": "Monami Maulik"}}


def test_a_duration_stands_for_the_end() -> None:
    data = {name: value for name, value in SMALL.items() if name != "end"}
    assert structure({**data, "duration": "1h"}) == _read()
    assert structure({**data, "start": "2022-04-13", "duration": "2d"}).end == date(2022, 4, 14)


def test_a_duration_over_a_clock_change_is_of_elapsed_time() -> None:
    data = {name: value for name, value in SMALL.items() if name != "end"}
    spring = structure({**data, "start": "2022-03-27T01:30", "duration": "1h"})
    assert spring.end == datetime(2022, 3, 27, 3, 30)


def test_an_end_that_only_a_duration_can_say_is_written_as_one() -> None:
    data = {name: value for name, value in SMALL.items() if name != "end"}
    autumn = structure({**data, "start": "2022-10-30T02:15", "duration": "1h"})
    written = unstructure(autumn)
    assert written["duration"] == "1h"
    assert "end" not in written
    again = structure(json.loads(json.dumps(written)))
    assert again.when is not None
    assert again.when.utc_end - again.when.utc_start == timedelta(hours=1)


def test_strings_and_the_values_that_they_mean_are_read_alike() -> None:
    registration = {"capacity": "300", "waitlist": "true", "opens": "2022-03-21T09:00", "closes": "-1d"}
    values = {
        "capacity": 300,
        "waitlist": True,
        "opens": datetime(2022, 3, 21, 9),
        "closes": Offset(timedelta(-1)),
    }
    item = {"key": "a", "title": "A", "start": "15:05", "day": "2022-04-13", "duration": "25m"}
    same = {**item, "start": time(15, 5), "day": date(2022, 4, 13), "duration": timedelta(minutes=25)}
    assert _read(registration=registration, agenda=[item]) == _read(registration=values, agenda=[same])


def test_a_single_digit_hour_is_read() -> None:
    assert _read(agenda=[{"key": "a", "title": "A", "start": "9:05"}]).agenda[0].start == time(9, 5)


def test_nothing_is_nothing() -> None:
    assert (
        _read(background=None, people=None, end="2022-04-13T16:00", title={"en": "A small one", "fr": None})
        == _read()
    )


def test_a_draft_may_lack_anything_but_its_name_and_a_language() -> None:
    draft = structure({"briefing": "draft", "languages": ["en"]})
    assert unstructure(draft) == {"format": 1, "briefing": "draft", "languages": ["en"], "status": "draft"}


def test_languages_and_tags_become_canonical() -> None:
    assert _read(languages=["EN", "pt_br"]).languages == ("en", "pt-BR")


NUMBERED: dict[Any, Any] = {**SMALL, 5: "x"}
CAPACITY = "registration.capacity"
wrong: dict[str, tuple[object, str, str]] = {
    "no mapping": ([], "", "a mapping of fields is expected here, not a list"),
    "an unknown field": ({**SMALL, "titel": "x"}, "titel", "did you mean title?"),
    "an unknown field of nothing": ({**SMALL, "titel": None}, "titel", "did you mean title?"),
    "a field that is no text": (NUMBERED, "5", "there is no field"),
    "no identifier": ({"languages": ["en"]}, "briefing", "briefing is missing"),
    "no language": ({**SMALL, "languages": []}, "languages", "name at least one language"),
    "a language twice": ({**SMALL, "languages": ["fr", "FR"]}, "languages", "the language fr stands twice"),
    "languages in one string": ({**SMALL, "languages": "en"}, "languages", "a list is expected, not str"),
    "a bad identifier": ({**SMALL, "briefing": "../a"}, "briefing", "is no key"),
    "another format": ({**SMALL, "format": 2}, "format", "which reads 1"),
    "no namespace": ({**SMALL, "namespace": "a b"}, "namespace", "is no namespace"),
    "a number for a text": ({**SMALL, "title": 5}, "title", "text is expected"),
    "a number in a text": ({**SMALL, "title": {"en": 5}}, "title.en", "text is expected, not int"),
    "a list for a mapping": ({**SMALL, "people": []}, "people", "a mapping of keys is expected, not a list"),
    "a key said twice": (
        {**SMALL, "people": {"a": {"key": "b", "name": "N"}}},
        "people.a.key",
        "stands before",
    ),
    "a mapping for a list": ({**SMALL, "agenda": {}}, "agenda", "a list is expected, not a mapping"),
    "a string for an item": ({**SMALL, "agenda": ["x"]}, "agenda.0", "a mapping of fields is expected here"),
    "a bad word": ({**SMALL, "status": "Confirmd"}, "status", "did you mean confirmed?"),
    "no boolean": (
        {**SMALL, "registration": {"waitlist": "yes"}},
        "registration.waitlist",
        "is neither true nor false",
    ),
    "no number": ({**SMALL, "registration": {"capacity": "many"}}, CAPACITY, "no whole number"),
    "a boolean for a number": ({**SMALL, "registration": {"capacity": True}}, CAPACITY, "no whole number"),
    "a fraction": ({**SMALL, "registration": {"capacity": 1.5}}, CAPACITY, "no whole number"),
    "no number at all": ({**SMALL, "registration": {"capacity": float("nan")}}, CAPACITY, "no whole number"),
    "no end of numbers": ({**SMALL, "registration": {"capacity": float("inf")}}, CAPACITY, "no whole number"),
    "a day that never was": ({**SMALL, "start": "2022-02-30"}, "start", "not in the calendar"),
    "a zone in a time": ({**SMALL, "start": "2022-04-13T15:00+02:00"}, "start", "but under timezone"),
    "a zone's name in a time": ({**SMALL, "start": "2022-04-13 15:00 CEST"}, "start", "but under timezone"),
    "an hour that never comes": ({**SMALL, "start": "2022-04-13T24:00"}, "start", "is no local time"),
    "a clock of 24": (
        {**SMALL, "agenda": [{"key": "a", "title": "A", "start": "24:00"}]},
        "agenda.0.start",
        "write 15:05",
    ),
    "digits of another script": ({**SMALL, "start": "٢٠٢٢-٠٤-١٣"}, "start", "is no local time"),
    "a time for a day": (
        {**SMALL, "agenda": [{"key": "a", "title": "A", "start": "9:00", "day": "2022-04-13T09:00"}]},
        "agenda.0.day",
        "a date alone",
    ),
    "a day for a time": (
        {**SMALL, "registration": {"opens": "2022-04-13"}},
        "registration.opens",
        "needs a time of day",
    ),
    "an end and a duration": ({**SMALL, "duration": "1h"}, "duration", "the end or a duration, not both"),
    "a duration of nothing known": (
        {"briefing": "a", "languages": ["en"], "duration": "1h"},
        "duration",
        "needs a start",
    ),
    "a bad duration": ({**SMALL, "end": None, "duration": "an hour"}, "duration", "is no duration"),
    "more beside a target": (
        {**SMALL, "registration": {"url": {"from": "forms", "en": "https://example.org"}}},
        "registration.url",
        "`from` stands alone",
    ),
    "an end before the start": ({**SMALL, "end": "2022-04-13T14:00"}, "end", "is not after the start"),
    "an end before the start of a draft": (
        {**SMALL, "status": "draft", "timezone": None, "end": "2022-04-13T14:00"},
        "end",
        "is not after the start",
    ),
    "keys that stand twice": (
        {**SMALL, "links": [{"key": "a", "title": "A"}] * 2},
        "links",
        "the key a stands twice in links",
    ),
    "a person who is not there": (
        {**SMALL, "agenda": [{"key": "a", "title": "A", "participants": [{"person": "b"}]}]},
        "agenda.0.participants.0.person",
        "no person has the key b",
    ),
    "an organiser who is not there": (
        {**SMALL, "organizers": [{"key": "a", "name": "A", "steers": "b"}]},
        "organizers.0.steers",
        "no other organiser has the key b",
    ),
    "an organiser of itself": (
        {**SMALL, "organizers": [{"key": "a", "name": "A", "steers": "a"}]},
        "organizers.0.steers",
        "no other organiser has the key a",
    ),
    "a part of itself": (
        {**SMALL, "part_of": {"briefing": "small"}},
        "part_of.briefing",
        "no part of itself",
    ),
    "a bad address": (
        {**SMALL, "links": [{"key": "a", "title": "A", "url": "javascript:alert(1)"}]},
        "links.0.url",
        "must start with",
    ),
}


@pytest.mark.parametrize(("data", "path", "message"), wrong.values(), ids=wrong)
def test_what_is_wrong_is_said_with_its_path(data: object, path: str, message: str) -> None:
    problems = _problems(data)
    assert list(problems) == [path]
    assert message in problems[path]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    problems = _problems(
        {
            **SMALL,
            "start": "soon",
            "people": {"a": {"name": 5, "speakr": 1}, "b": {"name": "B", "email": "x"}},
            "agenda": [
                {"key": "a"},
                {"key": "b", "title": "B", "duration": "q", "questions": [{"key": "c"}]},
            ],
        }
    )
    assert set(problems) == {
        "start", "people.a.name", "people.a.speakr", "people.b.email", "agenda.0.title", "agenda.1.duration",
        "agenda.1.questions.0.text",
    }  # fmt: skip


def test_a_briefing_that_goes_out_has_a_title_a_time_and_a_zone() -> None:
    with pytest.raises(ModelError) as caught:
        structure({"briefing": "a", "languages": ["en"], "status": "confirmed"})
    assert [message.partition(" is")[0] for _, message in caught.value.problems] == [
        "title", "start", "end (or duration)", "timezone",
    ]  # fmt: skip


def test_the_message_of_an_error_names_every_path() -> None:
    with pytest.raises(ModelError, match=r"start: .*; agenda\.0\.title: title is missing"):
        structure({**SMALL, "start": "soon", "agenda": [{"key": "a"}]})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(HOSTILE),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)
FIELDS = (
    *SMALL,
    "namespace",
    "unconfirmed",
    "unplaced",
    "duration",
    "track",
    "place",
    "organizers",
    "partners",
    "contact",
    "people",
    "part_of",
    "leads_to",
    "background",
    "objectives",
    "links",
    "interpretation",
    "accessibility",
    "materials",
    "agenda",
    "registration",
    "mailing",
    "allow",
)


@given(st.dictionaries(st.sampled_from(FIELDS), json_values, min_size=1, max_size=4))
def test_data_of_any_shape_makes_a_briefing_or_a_model_error(fields: Mapping[str, Any]) -> None:
    try:
        briefing = structure({**SMALL, **fields})
    except ModelError:
        return
    assert structure(json.loads(json.dumps(unstructure(briefing)))) == briefing
