from datetime import UTC, datetime

import pytest
from attrs import evolve

from briefingkit.errors import Unpublishable
from briefingkit.model import (
    Access,
    Briefing,
    Channel,
    FromTarget,
    Interpretation,
    Online,
    Place,
    Publication,
    Registration,
)
from briefingkit.publish.context import Context, OutputKey, is_pending
from briefingkit.publish.views import Views, made_addresses
from briefingkit.testing.contract import sample_briefing
from briefingkit.text import LocalizedUrl, MultilingualText
from briefingkit.text.fallback import Fallback

AT = datetime(2022, 3, 21, 9, 0, tzinfo=UTC)


def _told(access: Access = Access.PUBLIC, target: str = "rooms") -> Briefing:
    return evolve(
        sample_briefing("road"),
        place=Place(online=Online(url=FromTarget(target), access=access)),
        interpretation=Interpretation(("en",), (Channel("fr", FromTarget(target)), Channel("es"))),
        registration=Registration(url=FromTarget("forms")),
    )


def _context(*known: tuple[str, str, str]) -> Context:
    outputs = {OutputKey(target, "road", name): value for target, name, value in known}
    return Context("here", "contract.example", outputs)


def test_views_are_in_the_languages_of_the_target_or_else_of_each_briefing() -> None:
    publications = [Publication(sample_briefing("a"), at=AT), Publication(sample_briefing("b"), at=AT)]
    assert list(Views().of(publications, _context())["b"]) == ["en", "fr"]
    assert list(Views(("fr",)).of(publications, _context())["b"]) == ["fr"]


def test_every_view_that_is_not_complete_is_told_at_once() -> None:
    briefings = [
        evolve(sample_briefing(name), title=MultilingualText({"en": "On the road"})) for name in "ab"
    ]
    views = Views(("en", "fr"), fallbacks={"fr": Fallback.REFUSE})
    with pytest.raises(Unpublishable, match=r"(?s)^a is not complete in fr.*\nb is not complete in fr"):
        views.of([Publication(each, at=AT) for each in briefings], _context())


def test_an_address_that_is_not_known_yet_is_waited_for() -> None:
    addresses = made_addresses(_told(), "fr", _context(), Access.PUBLIC)
    assert list(addresses) == ["registration.url", "online.url", "interpretation.into.fr.url"]
    assert all(is_pending(address) for address in addresses.values())


def test_where_to_register_is_taken_in_the_readers_language_and_the_room_is_one() -> None:
    context = _context(
        ("forms", "registration", "https://f.example/any"),
        ("forms", "registration.fr", "https://f.example/fr"),
        ("rooms", "room", "https://r.example/floor"),
        ("rooms", "room.fr", "https://r.example/fr"),
    )
    assert made_addresses(_told(), "fr", context, Access.PUBLIC) == {
        "registration.url": "https://f.example/fr",
        "online.url": "https://r.example/floor",
        "interpretation.into.fr.url": "https://r.example/fr",
    }
    assert (
        made_addresses(_told(), "en", context, Access.PUBLIC)["registration.url"] == "https://f.example/any"
    )


def test_what_an_audience_may_not_see_is_not_asked_for() -> None:
    context = _context()
    assert list(made_addresses(_told(Access.REGISTERED), "en", context, Access.PUBLIC)) == [
        "registration.url"
    ]
    assert {key.target for key in context.uses} == {"forms"}


def test_a_target_is_not_told_to_wait_for_itself() -> None:
    context = _context()
    assert list(made_addresses(_told(target="here"), "en", context, Access.PUBLIC)) == ["registration.url"]


def test_an_address_in_the_file_is_asked_of_nobody() -> None:
    told = evolve(_told(), registration=Registration(url=LocalizedUrl.of("https://f.example")), place=None)
    told = evolve(told, interpretation=None)
    context = _context()
    assert made_addresses(told, "en", context, Access.PUBLIC) == {}
    assert not context.uses


def test_what_the_target_knows_itself_goes_before_what_others_make() -> None:
    views = Views(("en",)).of(
        [Publication(_told(), at=AT)],
        _context(),
        own=lambda _, language: {"url": f"https://x.example/{language}"},
    )
    assert views["road"]["en"].url == "https://x.example/en"


def test_who_does_not_say_where_is_registered_at_the_first_target_that_takes_registrations() -> None:
    briefing = evolve(_told(), registration=Registration())
    assert "registration.url" not in made_addresses(briefing, "fr", _context(), Access.PUBLIC)
    known = evolve(
        _context(("forms", "registration.fr", "https://forms.example/fr")), registrars={"road": "forms"}
    )
    addresses = made_addresses(briefing, "fr", known, Access.PUBLIC)
    assert addresses["registration.url"] == "https://forms.example/fr"
    assert is_pending(made_addresses(briefing, "en", known, Access.PUBLIC)["registration.url"])


def test_a_target_at_which_people_register_does_not_wait_for_itself() -> None:
    briefing = evolve(_told(), registration=Registration())
    context = evolve(_context(), registrars={"road": "here"})
    assert "registration.url" not in made_addresses(briefing, "fr", context, Access.PUBLIC)
