"""A pattern matches what `re` matches, and never takes long."""

import re
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.errors import ModelError
from briefingkit.model.pattern import pattern_of

_ATOMS = st.sampled_from(("a", "b", ".", "[ab]", "[^a]", r"\d", r"\w", r"\.", "é"))
_PATTERNS = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(("?", "*", "+", "{2}", "{1,}", "{0,2}"))).map(
            lambda p: f"({p[0]}){p[1]}"
        ),
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda p: f"(?:{p[0]}|{p[1]})"),
    ),
    max_leaves=5,
)


@given(_PATTERNS, st.text("ab1.é\n", max_size=6))
def test_it_matches_what_python_matches(pattern: str, text: str) -> None:
    try:
        read = pattern_of(pattern)
    except ModelError as error:
        assert "says too much" in str(error) or "at most 200" in str(error)  # noqa: PT017 - or it has to match
        return
    assert read.matches(text) is (re.fullmatch(pattern, text) is not None)


@pytest.mark.parametrize(
    "pattern", ["(a+)+", "(a|a)*", "(a*)*b", "a*a*a*a*a*a*a*a*a*a*b", "(.*)(.*)(.*)(.*)c", "(a{1,9}){9}"]
)
def test_what_runs_away_elsewhere_is_answered_at_once(pattern: str) -> None:
    begin = perf_counter()
    assert not pattern_of(pattern).matches("a" * 2000 + "!")
    assert perf_counter() - begin < 10


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("(a", "is not closed"),
        ("a)", "closes what none opened"),
        ("[a", "is not closed"),
        ("[z-a]", "no set of characters"),
        ("*a", "cannot stand here"),
        ("a**", "two signs"),
        ("a+?", "two signs"),
        ("a{3,2}", "the smaller number first"),
        ("a{0}", "at least once"),
        ("a{", "cannot stand here"),
        (r"(a)\1", "is not known here"),
        (r"\bx", "is not known here"),
        ("(?=a)", "looking around"),
        ("(?i)a", "looking around"),
        ("a\\", "backslash"),
        ("a^b", "cannot stand here"),
        ("(" * 11 + "a" + ")" * 11, "too many brackets"),
        ("((a{99}){99}){99}", "says too much"),
        ("a" * 201, "at most 200"),
    ],
)
def test_what_cannot_be_matched_in_one_go_is_refused_in_words(pattern: str, said: str) -> None:
    with pytest.raises(ModelError, match=re.escape(said)):
        pattern_of(pattern)


def test_a_pattern_is_of_the_whole_answer() -> None:
    assert pattern_of("^[A-Z]{2}[0-9]{3,}$").matches("BE123")
    assert not pattern_of("[A-Z]{2}").matches("BEX")
    assert pattern_of("5\\$").matches("5$")
