import json
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.errors import RenderError
from briefingkit.rendering.fields import Value, view_fields, view_from_fields
from briefingkit.rendering.values import (
    AgendaItemView,
    ChildView,
    LinkView,
    OrganizerView,
    PartnerView,
    QuestionView,
    View,
)

WORDS = st.text(st.characters(codec="utf-8"), max_size=12)


def _unique(kind: type, by: str, **given: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    one = st.builds(kind, **given)
    return st.lists(one, max_size=3, unique_by=lambda value: getattr(value, by)).map(tuple)


VIEWS = st.builds(
    View,
    organizers=_unique(OrganizerView, "key"),
    partners=_unique(PartnerView, "key"),
    agenda=_unique(AgendaItemView, "key", questions=_unique(QuestionView, "key")),
    links=_unique(LinkView, "key"),
    materials=_unique(LinkView, "key"),
    children=_unique(ChildView, "identifier"),
    marks=st.dictionaries(WORDS, WORDS, max_size=3),
)


@given(VIEWS)
def test_a_view_comes_back_from_its_fields_through_json_with_its_keys_sorted(view: View) -> None:
    written = json.dumps(view_fields(view), sort_keys=True)
    assert view_from_fields(json.loads(written)) == view


@given(VIEWS)
def test_every_attribute_has_a_field_and_every_value_is_one_that_a_field_may_hold(view: View) -> None:
    fields = view_fields(view)
    assert {attribute.name for attribute in attrs.fields(View)} <= fields.keys()
    assert _is_value(fields)


@given(VIEWS)
def test_two_orders_of_one_agenda_have_different_fields(view: View) -> None:
    turned = attrs.evolve(view, agenda=view.agenda[::-1])
    assert (view_fields(turned) == view_fields(view)) is (len(view.agenda) < 2)


@pytest.mark.parametrize("fields", [{}, {"uid": 1}, {"title": "x"}])
def test_fields_of_something_else_are_a_render_error(fields: dict[str, Value]) -> None:
    with pytest.raises(RenderError, match="plan again"):
        view_from_fields(fields)


@given(VIEWS)
def test_a_field_of_the_wrong_type_is_a_render_error(view: View) -> None:
    with pytest.raises(RenderError, match="not the fields of a view"):
        view_from_fields({**view_fields(view), "revision": "1"})


def _is_value(value: object) -> bool:
    if isinstance(value, dict):
        return all(type(name) is str and _is_value(held) for name, held in value.items())
    if isinstance(value, tuple):
        return all(map(_is_value, value))
    return value is None or type(value) in {str, int, bool}
