import json
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.errors import RenderError
from briefingkit.model import Publication, Status
from briefingkit.rendering.index import Index, IndexEntry, entry, index_fields, index_from_fields, index_html
from briefingkit.rendering.view import view
from briefingkit.testing.strategies import keys, publications, words

ENTRIES = st.builds(
    IndexEntry,
    identifier=keys(),
    title=words(),
    href=keys().map("{}.html".format),
    start=st.sampled_from(("2022-04-13T15:00", "2022-04-13", "2022-04-14T09:30")),
    end=st.sampled_from(("2022-04-15T16:00", "2022-04-15T17:00")),
    timezone=st.just("Europe/Brussels"),
    parent=st.none() | keys(),
).map(lambda one: one if "T" in one.start else _all_day(one))
INDEXES = st.builds(
    Index,
    title=words(),
    language=st.sampled_from(("en", "fr", "ar")),
    entries=st.lists(ENTRIES, max_size=5, unique_by=lambda one: one.identifier).map(tuple),
    introduction=st.none() | words(),
)


def _all_day(one: IndexEntry) -> IndexEntry:
    from attrs import evolve

    return evolve(one, end="2022-04-15")


def _entry(identifier: str, start: str = "2022-04-13T15:00", **given: object) -> IndexEntry:
    fields: dict[str, Any] = {
        "status": Status.CONFIRMED,
        "timezone": "Europe/Brussels",
        "end": f"{start[:10]}T23:00",
        **given,
    }
    return IndexEntry(identifier, identifier.title(), f"{identifier}.html", start, **fields)


def _page(*entries: IndexEntry) -> Element:
    index = Index("What is on", "en", entries, calendar_href="feed.ics")
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    found: Element = parser.parse(index_html(index).decode())
    return found


def _links(root: Element) -> list[str]:
    return [str(one.get("href")) for one in next(root.iter("main")).iter("a")]


def test_entries_stand_by_day_the_earliest_first() -> None:
    root = _page(
        _entry("late", "2022-04-14T09:00"),
        _entry("second", "2022-04-13T16:00", timezone="Europe/Brussels"),
        _entry("first", "2022-04-13T16:00", timezone="Asia/Kolkata"),
    )
    assert _links(root) == ["feed.ics", "first.html", "second.html", "late.html"]
    assert ["".join(one.itertext()) for one in root.iter("h2")] == [
        "Wednesday, 13 April 2022",
        "Thursday, 14 April 2022",
    ]


def test_segments_stand_under_their_parent() -> None:
    root = _page(
        _entry("child", "2022-04-13T15:00", parent="week"), _entry("week", "2022-04-11", end="2022-04-13")
    )
    outer = next(one for one in root.iter("ol"))
    inner = next(one for one in outer.iter("ol") if one is not outer)
    assert [one.get("href") for one in inner.iter("a")] == ["child.html"]


@pytest.mark.parametrize("parents", [("a",), ("b", "a"), ("b", "c", "a"), ("b", "c", "b")])
def test_no_entry_is_lost_in_a_circle_of_parents(parents: tuple[str, ...]) -> None:
    entries = [_entry(one, parent=parent) for one, parent in zip("abc", parents, strict=False)]
    assert sorted(_links(_page(*entries)))[: len(entries)] == [f"{one}.html" for one in "abc"[: len(entries)]]


def test_a_status_that_matters_and_a_track_are_said() -> None:
    said = " ".join("".join(_page(_entry("a", status=Status.CANCELLED, track="Room A")).itertext()).split())
    assert "Cancelled" in said
    assert "Room A" in said


def test_an_empty_listing_says_so() -> None:
    assert "There is nothing here yet" in "".join(_page().itertext())


def test_a_listing_without_a_title_has_one_in_its_language() -> None:
    assert "<h1>جميع" in index_html(Index("", "ar", ())).decode()


def test_an_entry_is_made_from_a_view_and_marks_a_title_that_fell_back(
    make: Callable[..., Publication],
) -> None:
    made = entry(view(make(title={"en": "Only English"}), "fr"), "imrf-2022.fr.html")
    assert (made.title, made.title_language, made.href) == ("Only English", "en", "imrf-2022.fr.html")
    page = index_html(Index("X", "fr", (made,))).decode()
    assert '<span lang="en" dir="ltr">Only English</span>' in page


@given(INDEXES)
def test_a_listing_comes_back_from_its_fields_and_is_a_valid_page_with_every_entry(index: Index) -> None:
    assert index_from_fields(json.loads(json.dumps(index_fields(index), sort_keys=True))) == index
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    root: Element = parser.parse(index_html(index).decode())
    assert sorted(one.href for one in index.entries) == sorted(
        href for href in _links(root) if href in {one.href for one in index.entries}
    )
    assert list(root.iter("script")) == []


@given(publications())
def test_any_publication_can_be_listed(publication: Publication) -> None:
    made = entry(view(publication, "fr"), "x.html")
    assert index_html(Index("X", "fr", (made,)))


def test_fields_of_something_else_are_a_render_error() -> None:
    with pytest.raises(RenderError):
        index_from_fields({"title": "x"})
