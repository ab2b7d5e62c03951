from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.model import Access, Publication
from briefingkit.rendering import FORMATS, render
from briefingkit.testing.strategies import publications

NOBODYS = ("zqmail", "zqphone", "ushuaia", "zqdeclined", "zqmailing", "zqunplaced", "zqunconfirmed")
REGISTRANTS = ("zqroom", "zqchannel", "zqtape")
PARTICIPANTS = ("zqdeck", "zqhall", "zqstreet")

PLANTED: dict[str, Any] = {
    "place": {
        "online": {"url": "https://zqroom.example/j/1", "access": "registered"},
        "venue": {"name": "Zqhall", "address": "Zqstreet 1", "access": "participants"},
    },
    "interpretation": {"floor": ["en"], "into": {"fr": "https://zqchannel.example/fr"}},
    "materials": [
        {"key": "deck", "title": {"en": "Zqdeck"}, "url": "https://zqdeck.example", "access": "participants"},
        {"key": "tape", "title": {"en": "Zqtape"}, "url": "https://zqtape.example", "access": "registered"},
    ],
    "people": {
        "maulik": {
            "name": "Monami Maulik",
            "email": "zqmail@example.org",
            "phone": "+32 zqphone",
            "timezone": "America/Argentina/Ushuaia",
        },
        "gone": {"name": "Zqdeclined"},
    },
    "agenda": [
        {
            "key": "road",
            "title": {"en": "Road"},
            "participants": [{"person": "maulik"}, {"person": "gone", "status": "declined"}],
        }
    ],
    "mailing": [{"key": "zqmailing", "kind": "reminder", "audience": ["registered"], "at": "-1d"}],
    "unplaced": "zqunplaced",
    "unconfirmed": ["zqunconfirmed"],
}


def _unfolded(written: bytes) -> str:
    return written.decode().replace("\r\n ", "").lower()


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_no_output_of_any_format_holds_what_its_audience_may_not_see(
    make: Callable[..., Publication], form: str, language: str
) -> None:
    publication = make(**PLANTED)
    hidden = {
        Access.PUBLIC: NOBODYS + REGISTRANTS + PARTICIPANTS,
        Access.REGISTERED: NOBODYS + PARTICIPANTS,
        Access.PARTICIPANTS: NOBODYS,
    }
    for audience, tokens in hidden.items():
        written = _unfolded(render(publication, form, language, audience=audience))
        assert "monami maulik" in written
        assert [token for token in tokens if token in written] == []


@pytest.mark.parametrize("form", ["html", "txt", "md"])
def test_what_an_audience_may_see_is_there_for_it(make: Callable[..., Publication], form: str) -> None:
    written = _unfolded(render(make(**PLANTED), form, "en", audience=Access.PARTICIPANTS))
    assert [token for token in REGISTRANTS + PARTICIPANTS if token not in written] == []


@given(publications(), st.sampled_from(tuple(FORMATS)), st.sampled_from(("en", "fr", "ar")))
def test_no_output_of_any_briefing_holds_a_persons_address_or_number(
    publication: Publication, form: str, language: str
) -> None:
    for audience in Access:
        written = _unfolded(render(publication, form, language, audience=audience))
        assert "@private.example" not in written
        assert "1234 private" not in written
