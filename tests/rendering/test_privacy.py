from collections.abc import Callable

import pytest
from hypothesis import find, given
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from briefingkit.model import Access, Publication
from briefingkit.rendering import FORMATS, render
from briefingkit.testing import drawn_texts
from briefingkit.testing.strategies import publications

from .planted import NOBODYS, PARTICIPANTS, PLANTED, REGISTRANTS


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


def test_no_drawn_text_looks_like_private_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hypothesis draws literals of what it tests now and then, such as those that are looked for above."""
    monkeypatch.setattr(drawn_texts, "HOSTILE", ("+00 1234 private", "public"))
    drawn = drawn_texts.words.__wrapped__()
    assert find(drawn, lambda text: text == "public") == "public"
    with pytest.raises(NoSuchExample):
        find(drawn, lambda text: drawn_texts.PRIVATE in text)
