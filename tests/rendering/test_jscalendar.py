import json
import re
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.errors import Unpublishable
from briefingkit.model import Access, Programme, Publication, uid
from briefingkit.rendering.jscalendar import jscalendar, jscalendar_event, patch_between
from briefingkit.rendering.view import view
from briefingkit.testing.strategies import publications
from briefingkit.text.fallback import Fallback

from .forum import publication

FALLBACKS = st.sampled_from((Fallback.MARK, Fallback.OMIT))
IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,255}")
DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


def event(**fields: object) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(jscalendar(publication(**fields)))
    return read


def patched(base: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """Apply a PatchObject as RFC 8984 section 1.4.9 says, refusing one that is invalid."""
    assert not [one for one in patch for other in patch if one != other and one.startswith(f"{other}/")]
    made = deepcopy(base)
    for pointer, value in patch.items():
        *parents, name = (part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/"))
        target = made
        for parent in parents:
            target = target[parent]
            assert isinstance(target, dict)
        if value is None:
            target.pop(name, None)
        else:
            target[name] = value
    return made


def localized(read: dict[str, Any], language: str) -> dict[str, Any]:
    base = {name: value for name, value in read.items() if name != "localizations"}
    return {**patched(base, read.get("localizations", {}).get(language, {})), "locale": language}


@given(publications(), FALLBACKS, st.sampled_from(Access))
def test_a_patched_event_is_the_event_in_that_language(
    drawn: Publication, fallback: Fallback, audience: Access
) -> None:
    read = json.loads(jscalendar(drawn, fallback=fallback, audience=audience))
    for language in drawn.briefing.languages:
        expected = jscalendar_event(view(drawn, language, fallback=fallback, audience=audience))
        assert localized(read, language) == json.loads(json.dumps(expected))


@given(publications())
def test_what_has_to_be_there_is_there_in_its_form(drawn: Publication) -> None:
    read = json.loads(jscalendar(drawn))
    assert (read["@type"], read["uid"], read["sequence"]) == ("Event", drawn.uid, drawn.revision)
    assert datetime.fromisoformat(read["updated"]) == drawn.at
    assert read["locale"] == drawn.briefing.source_language
    assert set(read.get("localizations", {})) <= set(drawn.briefing.languages[1:])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", read["start"])
    for group in ("locations", "virtualLocations", "links", "participants"):
        assert all(IDENTIFIER.fullmatch(key) for key in read.get(group, {}))
        assert all("@type" in value for value in read.get(group, {}).values())
    assert None not in read.values()


@given(publications())
def test_start_and_duration_are_the_span(drawn: Publication) -> None:
    read, when = json.loads(jscalendar(drawn)), drawn.when
    match = DURATION.fullmatch(read["duration"])
    assert match is not None
    days, hours, minutes, seconds = (int(amount or 0) for amount in match.groups())
    lasts = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if when.all_day:
        assert "timeZone" not in read
        assert (read["showWithoutTime"], lasts.days - 1) == (True, (when.last_day - when.first_day).days)
    else:
        assert lasts == when.utc_end - when.utc_start


@given(publications())
def test_nobodys_private_address_is_in_it(drawn: Publication) -> None:
    data = jscalendar(drawn, audience=Access.PARTICIPANTS)
    assert b"@private.example" not in data
    assert b"1234 private" not in data


@given(publications())
def test_the_same_publication_gives_the_same_bytes(drawn: Publication) -> None:
    assert jscalendar(drawn) == jscalendar(drawn)


_names = st.text("ab/~", max_size=3)
_objects = st.recursive(
    st.integers(0, 2) | st.lists(st.integers(0, 1), max_size=2),
    lambda inner: st.dictionaries(_names, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(_names, _objects, max_size=4), st.dictionaries(_names, _objects, max_size=4))
def test_a_patch_makes_any_object_of_any_other(base: dict[str, Any], other: dict[str, Any]) -> None:
    assert patched(base, dict(patch_between(base, other))) == other


def test_an_event_in_one_language_has_no_localizations() -> None:
    assert "localizations" not in event(languages=["en"], title={"en": "Alone"})


def test_a_patch_reaches_into_what_is_localized_and_leaves_the_rest() -> None:
    read = event(organizers=[{"key": "uclg", "name": {"en": "UCLG", "fr": "CGLU"}}])
    patch = read["localizations"]["fr"]
    assert patch["title"] == "En route vers le forum"
    assert patch["participants/organizer-uclg/name"] == "CGLU"
    assert not {"uid", "start", "@type", "locale"} & set(patch)


def test_whole_days_float_and_last_whole_days() -> None:
    read = event(start="2022-04-11", end="2022-04-13")
    assert (read["start"], read["duration"]) == ("2022-04-11T00:00:00", "P3D")
    assert read["showWithoutTime"] is True
    assert "timeZone" not in read


def test_a_span_over_a_clock_change_lasts_as_long_as_it_does() -> None:
    assert event(start="2022-10-29T22:00", end="2022-10-30T06:30")["duration"] == "PT9H30M"


def test_utc_has_the_name_that_the_zone_database_gives_it() -> None:
    assert event(timezone="UTC")["timeZone"] == "Etc/UTC"


@pytest.mark.parametrize(
    ("status", "written", "busy"),
    [
        ("confirmed", "confirmed", "busy"),
        ("tentative", "tentative", "busy"),
        ("postponed", "tentative", "free"),
        ("cancelled", "cancelled", "free"),
    ],
)
def test_an_event_that_is_off_frees_its_time(status: str, written: str, busy: str) -> None:
    read = event(status=status)
    assert (read["status"], read["freeBusyStatus"]) == (written, busy)


def test_people_have_roles_and_no_addresses() -> None:
    agenda = [
        {
            "key": "panel",
            "title": {"en": "Panel"},
            "participants": [
                {"person": "maulik", "role": "moderator"},
                {"person": "maulik", "role": "speaker", "status": "invited"},
            ],
        }
    ]
    people = {"maulik": {"name": "Monami Maulik", "email": "m@private.example"}}
    read = event(agenda=agenda, people=people, contact={"name": "Desk", "email": "desk@example.org"})
    person = read["participants"]["person-maulik"]
    assert person["roles"] == {"attendee": True, "chair": True}
    assert person["description"] == "Monami Maulik; Moderator; Speaker (invited)"
    assert "email" not in person
    assert read["participants"]["contact"]["email"] == "desk@example.org"
    assert read["participants"]["contact"]["roles"] == {"contact": True}


def test_rooms_links_and_relations_are_where_the_standard_has_them() -> None:
    parent, child = (
        publication(briefing="crisis"),
        publication(
            part_of={"briefing": "crisis", "url": "https://example.org/crisis"},
            place={
                "online": {
                    "url": {"en": "https://example.org/r", "fr": "https://example.org/s"},
                    "access": "public",
                }
            },
            interpretation={"floor": ["en"], "into": {"fr": "https://example.org/i"}},
            materials=[
                {
                    "key": "film",
                    "title": {"en": "Film"},
                    "url": "https://example.org/f",
                    "access": "registered",
                }
            ],
        ),
    )
    programme = Programme((parent.briefing, child.briefing))
    addresses = {"url": "https://example.org/page"}
    read = json.loads(jscalendar(child, programme=programme, addresses=addresses))
    assert read["relatedTo"] == {
        uid("example.org", "crisis"): {"@type": "Relation", "relation": {"parent": True}}
    }
    assert {key: link["rel"] for key, link in read["links"].items()} == {
        "page": "describedby",
        "part-of": "up",
    }
    assert read["virtualLocations"]["channel-fr"]["uri"] == "https://example.org/i"
    assert read["localizations"]["fr"]["virtualLocations/online/uri"] == "https://example.org/s"
    above = json.loads(jscalendar(parent, programme=programme))
    assert above["relatedTo"][child.uid]["relation"] == {"child": True}


def test_a_language_that_is_not_there_may_be_refused() -> None:
    with pytest.raises(Unpublishable, match="objectives"):
        jscalendar(publication(objectives={"en": "Only"}), fallback=Fallback.REFUSE)
