import json
from collections.abc import Callable

from hypothesis import given

from briefingkit.model import Programme, Publication
from briefingkit.rendering.jsonld import event, jsonld, script_safe
from briefingkit.rendering.view import view
from briefingkit.testing.strategies import publications


def test_an_event_says_when_with_the_offset_how_and_by_whom(imrf: Publication) -> None:
    made = event(view(imrf, "fr", addresses={"url": "https://example.org/imrf-2022.fr.html"}))
    assert (made["@context"], made["@type"]) == ("https://schema.org", "Event")
    assert made["name"].startswith("Réunion d’information")
    assert (made["startDate"], made["endDate"]) == ("2022-04-13T15:00:00+02:00", "2022-04-13T16:00:00+02:00")
    assert made["eventStatus"] == "https://schema.org/EventScheduled"
    assert made["eventAttendanceMode"] == "https://schema.org/OnlineEventAttendanceMode"
    assert made["inLanguage"] == ["en", "fr", "es"]
    assert made["url"] == "https://example.org/imrf-2022.fr.html"
    assert [one["name"] for one in made["organizer"]] == ["Mécanisme des maires", "CGLU", "MMC", "OIM"]
    assert made["performer"][0]["affiliation"]["name"] == "Réseau des Nations Unies sur les migrations"
    assert made["superEvent"]["startDate"] == "2022-04-11"
    assert [one["name"] for one in made["subEvent"]][:1] == ["Précisions techniques"]


def test_a_room_that_is_not_public_is_where_one_registers(imrf: Publication) -> None:
    assert event(view(imrf, "en"))["location"] == [
        {"@type": "VirtualLocation", "url": "https://forms.example.org/imrf-2022"}
    ]


def test_whole_days_are_dates_and_a_hybrid_event_has_two_places(make: Callable[..., Publication]) -> None:
    place = {"online": {"url": "https://live.example.org", "access": "public"}, "venue": {"name": "Hall"}}
    made = event(view(make(start="2022-04-11", end="2022-04-13", agenda=[], place=place), "en"))
    assert (made["startDate"], made["endDate"]) == ("2022-04-11", "2022-04-13")
    assert [one["@type"] for one in made["location"]] == ["Place", "VirtualLocation"]
    assert made["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"


def test_a_cancelled_event_is_cancelled(make: Callable[..., Publication]) -> None:
    assert event(view(make(status="cancelled"), "en"))["eventStatus"] == "https://schema.org/EventCancelled"
    assert event(view(make(status="postponed"), "en"))["eventStatus"] == "https://schema.org/EventPostponed"


def test_segments_are_sub_events(make: Callable[..., Publication]) -> None:
    parent = make(briefing="week", part_of=None, agenda=[], start="2022-04-11", end="2022-04-13")
    child = make(part_of={"briefing": "week"})
    made = event(view(parent, "en", programme=Programme((parent.briefing, child.briefing))))
    assert [one["startDate"] for one in made["subEvent"]] == ["2022-04-13T15:00:00+02:00"]


@given(publications())
def test_a_document_is_json_without_holes_and_safe_in_a_script(publication: Publication) -> None:
    seen = view(publication, "fr")
    assert json.loads(jsonld(seen)) == event(seen) == json.loads(script_safe(seen))
    assert not set("<>&\u2028\u2029") & set(script_safe(seen))
    assert _holes(event(seen)) == []


def _holes(value: object, path: str = "") -> list[str]:
    if isinstance(value, dict):
        return [hole for name, held in value.items() for hole in _holes(held, f"{path}.{name}")]
    if isinstance(value, list):
        return [hole for held in value for hole in _holes(held, path)] if value else [path]
    return [path] if value in (None, "") else []
