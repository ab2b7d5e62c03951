from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.errors import SourceError
from briefingkit.model import Briefing
from briefingkit.source import dump, loads, rewrite
from briefingkit.testing.strategies import briefings

FILE = """\
# Comments at the head stay.
format:   1           # with their own spaces
briefing: harbour
languages: [ en, fr ]
title: {en: "Harbour", fr: 'Port'}

unconfirmed: [timezone, organizers]   # look at these
start: 2023-04-12T15:00   # the hour
end: 2023-04-12T16:00
timezone: Europe/Brussels
agenda:
    - key: a      # four spaces
      title: A
      start: 15:00
    - {key: b, title: "no: quotes needed"}
background: >
  folded text
  on two lines
"""


def changed_lines(before: str, after: str) -> list[tuple[str, str]]:
    old, new = before.splitlines(), after.splitlines()
    assert len(old) == len(new)
    return [(a, b) for a, b in zip(old, new, strict=True) if a != b]


def test_moving_the_hour_touches_its_line_alone() -> None:
    after = rewrite(FILE, {("start",): "2023-04-12T14:30"})
    assert changed_lines(FILE, after) == [
        ("start: 2023-04-12T15:00   # the hour", "start: 2023-04-12T14:30   # the hour")
    ]


def test_what_is_confirmed_comes_off_the_list() -> None:
    after = rewrite(FILE, {("unconfirmed", 0): None})
    ((_, line),) = changed_lines(FILE, after)
    assert line.startswith("unconfirmed: [organizers]")
    assert "# look at these" in line


def test_a_field_is_taken_away_with_nothing_else() -> None:
    after = rewrite(FILE, {("unconfirmed",): None})
    assert loads(after).require().unconfirmed == ()
    assert set(FILE.splitlines()) - set(after.splitlines()) == {
        "unconfirmed: [timezone, organizers]   # look at these",
    } | ({""} if "" not in after.splitlines() else set())


def test_entries_are_found_by_their_keys_and_removed_from_the_end() -> None:
    changes: dict[tuple[str | int, ...], Any] = {
        ("agenda", "a"): None,
        ("agenda", "b", "title"): "Open: floor # not a comment",
        ("agenda", "b", "start"): "15:30",
    }
    briefing = loads(rewrite(FILE, changes)).require()
    assert [(item.key, item.title.lookup().text) for item in briefing.agenda] == [
        ("b", "Open: floor # not a comment")
    ]


def test_what_is_not_there_yet_is_made() -> None:
    after = rewrite(FILE, {("contact", "email"): "a@b.example", ("registration", "capacity"): 30})
    briefing = loads(after).require()
    assert briefing.contact is not None
    assert briefing.contact.email == "a@b.example"
    assert briefing.registration is not None
    assert briefing.registration.capacity == 30
    assert after.startswith(FILE)


def test_an_empty_file_can_be_filled() -> None:
    assert loads(rewrite("", {("briefing",): "a", ("languages",): ["en"]})).require().identifier == "a"


@pytest.mark.parametrize("path", [("start", "hour"), ("agenda", "z", "title"), ("agenda", 7)])
def test_a_path_that_leads_nowhere_is_refused(path: tuple[str | int, ...]) -> None:
    with pytest.raises(SourceError, match="nothing at"):
        rewrite(FILE, {path: "x"})


def test_a_file_that_cannot_be_read_is_not_written() -> None:
    with pytest.raises(SourceError):
        rewrite("a: [", {("a",): "b"})


def test_no_change_changes_no_byte() -> None:
    assert rewrite(FILE, {}) == FILE


@pytest.mark.parametrize(
    "text", ["~", "null", "", "no", "15:05", "2022-04-13", "a\x85b", "\u2028x", "a\tb\n", "\x01"]
)
def test_text_that_looks_like_something_else_stays_what_it_is(text: str) -> None:
    assert loads(rewrite(FILE, {("unplaced",): text})).tree.data["unplaced"] == text
    entry = rewrite(FILE, {("links",): [{"key": "a", "title": {"en": text}}]})
    assert loads(entry).tree.data["links"][0]["title"]["en"] == text


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40).filter(str.strip)


@given(TEXT)
def test_any_text_can_be_written_and_every_comment_and_other_value_stays(text: str) -> None:
    after = rewrite(FILE, {("title", "en"): text})
    before = loads(FILE).tree.data
    data = loads(after).tree.data
    assert data["title"].pop("en") == text
    before["title"].pop("en")
    assert data == before
    for comment in ("# Comments at the head stay.", "# with their own spaces", "# the hour", "# four spaces"):
        assert comment in after


@given(briefings())
def test_a_briefing_written_and_read_is_the_same(briefing: Briefing) -> None:
    loaded = loads(dump(briefing))
    assert loaded.findings == () or {f.code for f in loaded.findings} == {"E108"}
    assert loaded.briefing == briefing


def test_a_new_file_stands_in_the_order_of_the_design() -> None:
    corpus = Path(__file__).parent / "corpus" / "good" / "full.briefing.yaml"
    written = dump(loads(corpus.read_bytes()).require())
    fields = [line.partition(":")[0] for line in written.splitlines() if line[:1].isalpha()]
    assert fields[:8] == [
        "format",
        "briefing",
        "namespace",
        "languages",
        "title",
        "status",
        "unconfirmed",
        "start",
    ]
    assert "  en: |\n    On Wednesday" in written
