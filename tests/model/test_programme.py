from datetime import datetime, timedelta

import pytest
from hypothesis import given

from briefingkit.errors import ModelError
from briefingkit.model import Briefing, PartOf, Programme
from briefingkit.testing.strategies import programmes
from briefingkit.text import MultilingualText

TITLE = MultilingualText.of("Title", "en")


def _part(identifier: str, parent: str | None, hour: int | None = None, zone: str = "UTC") -> Briefing:
    start = None if hour is None else datetime(2022, 4, 13, hour)
    return Briefing(
        identifier,
        ("en",),
        part_of=None if parent is None else PartOf(briefing=parent),
        start=start,
        end=None if start is None else start + timedelta(hours=1),
        timezone=None if start is None else zone,
    )


def test_a_programme_keeps_the_order_in_which_it_was_given() -> None:
    programme = Programme([_part("b", None), _part("a", None)])
    assert [briefing.identifier for briefing in programme] == ["b", "a"]
    assert list(programme.briefings) == ["b", "a"]
    assert len(programme) == 2


def test_a_programme_may_be_made_of_another_ones_briefings() -> None:
    programme = Programme([_part("a", None)])
    assert Programme(programme.briefings) == Programme(programme) == programme


def test_a_programme_cannot_be_changed_through_what_it_shows() -> None:
    programme = Programme([_part("a", None)])
    with pytest.raises(TypeError):
        programme.briefings["b"] = _part("b", None)


def test_children_follow_each_other_by_their_instants_and_the_untimed_come_last() -> None:
    programme = Programme(
        [
            _part("untimed", "p"),
            _part("ten-in-london", "p", 10, "Europe/London"),
            _part("ten-in-brussels", "p", 10, "Europe/Brussels"),
            _part("p", None, 9),
            _part("elsewhere", "q", 8),
        ]
    )
    assert [b.identifier for b in programme.children("p")] == ["ten-in-brussels", "ten-in-london", "untimed"]


def test_children_at_one_time_stand_in_the_order_of_their_names() -> None:
    programme = Programme([_part("b", "p", 10), _part("a", "p", 10)])
    assert [briefing.identifier for briefing in programme.children("p")] == ["a", "b"]


def test_a_parent_that_is_not_in_the_tree_is_none() -> None:
    programme = Programme([_part("a", "elsewhere"), _part("b", None)])
    titled = Briefing("c", ("en",), part_of=PartOf(title=TITLE))
    assert [programme.parent(briefing) for briefing in (*programme, titled)] == [None, None, None]
    assert programme.children("a") == ()


def test_two_briefings_of_one_name_are_refused() -> None:
    with pytest.raises(ModelError, match="two briefings have the identifier a"):
        Programme([_part("a", None), _part("b", None), _part("a", None)])


@given(programmes())
def test_every_child_has_its_parent_and_every_parent_its_children(programme: Programme) -> None:
    for briefing in programme:
        for child in programme.children(briefing.identifier):
            assert programme.parent(child) is briefing
        parent = programme.parent(briefing)
        assert parent is None or briefing in programme.children(parent.identifier)
