"""Properties of the double of forms and Drive, held with Hypothesis."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from briefingkit.testing.google.drive.query import parse_query
from briefingkit.testing.google.forms.items import tidy
from briefingkit.testing.google.forms.masks import masked

WORDS = st.text(max_size=20)
FACTS: dict[str, Any] = {"mimeType": "x", "trashed": False, "starred": False, "parents": [], "properties": {}}
KEYS = st.sampled_from(["title", "description", "itemId"])
MESSAGES = st.dictionaries(KEYS, WORDS)


def quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


@given(WORDS, WORDS)
def test_a_name_that_is_quoted_right_finds_itself_alone(name: str, other: str) -> None:
    test = parse_query(f"name = {quoted(name)} and trashed = false")
    assert test({**FACTS, "name": name})
    assert test({**FACTS, "name": other}) == (name == other)


@given(WORDS, WORDS, WORDS)
def test_a_property_that_is_quoted_right_finds_itself_alone(key: str, value: str, other: str) -> None:
    test = parse_query(f"appProperties has {{ key={quoted(key)} and value={quoted(value)} }}")
    assert test({**FACTS, "appProperties": {key: value}})
    assert test({**FACTS, "appProperties": {key: other}}) == (value == other)


@given(MESSAGES, MESSAGES, st.sets(KEYS))
def test_a_mask_writes_what_it_names_and_nothing_else(
    old: dict[str, str], new: dict[str, str], names: set[str]
) -> None:
    before = dict(old)
    written = masked(old, new, [[name] for name in names])
    assert old == before
    for name in ("title", "description", "itemId"):
        assert written.get(name) == (new if name in names else old).get(name)


@settings(max_examples=50)
@given(
    st.recursive(
        st.one_of(st.booleans(), st.integers(-1, 1), WORDS),
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)),
        max_leaves=10,
    )
)
def test_to_tidy_twice_is_to_tidy_once(value: Any) -> None:
    assert tidy(tidy(value)) == tidy(value)
