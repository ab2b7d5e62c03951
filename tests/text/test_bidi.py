from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.text.bidi import isolate, isolate_against, strip_controls, strip_isolates

CONTROLS = [*map(chr, (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F)))]
hostile = st.text(alphabet=st.sampled_from("ab\u2066\u2067\u2068\u2069\u202e\n"))


def test_an_isolated_text_starts_and_ends_its_own_direction() -> None:
    assert isolate("CEST (UTC+2)") == "\u2068CEST (UTC+2)\u2069"


@given(hostile)
def test_no_text_breaks_out_of_its_isolate(text: str) -> None:
    depth = 0
    isolated = isolate(text)
    for position, character in enumerate(isolated):
        depth += character in "\u2066\u2067\u2068"
        depth -= character == "\u2069"
        assert depth > 0 or position == len(isolated) - 1
    assert depth == 0


@given(hostile)
def test_isolating_takes_no_letter_away(text: str) -> None:
    assert strip_isolates(isolate(text)) == strip_isolates(text)


def test_an_isolate_that_the_text_closes_itself_is_left_as_it_is() -> None:
    assert isolate("a \u2067ב\u2069 c") == "\u2068a \u2067ב\u2069 c\u2069"


@pytest.mark.parametrize("control", [c for c in CONTROLS if c not in "\n\t\r\v\f\x85"])
def test_controls_and_overrides_are_stripped(control: str) -> None:
    assert strip_controls(f"a{control}b") == "ab"


@pytest.mark.parametrize("end", ["\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029", "\n"])
def test_each_line_end_becomes_a_newline(end: str) -> None:
    assert strip_controls(f"a{end}b\tc") == "a\nb\tc"


def test_isolates_are_kept_but_do_not_reach_past_the_text() -> None:
    assert strip_controls("a \u2067ב\u2069 \u2069\u2067c") == "a \u2067ב\u2069 \u2067c\u2069"


def test_marks_that_good_arabic_needs_are_kept() -> None:
    assert strip_controls("أ\u200f، ب\u061c") == "أ\u200f، ب\u061c"


@pytest.mark.parametrize(
    ("text", "direction", "outcome"),
    [
        ("CEST", "rtl", "isolated"),
        ("CEST", "ltr", "plain"),
        ("15:00", "rtl", "plain"),
        ("من 15:00", "rtl", "plain"),
        ("من 15:00 \u2068CEST\u2069", "rtl", "plain"),
        ("من 15:00 \u2068CEST\u2069 UTC", "rtl", "isolated"),
        ("ירושלים", "ltr", "isolated"),
        ("Zürich", "ltr", "plain"),
    ],
)
def test_a_value_is_isolated_only_where_its_letters_run_against_the_sentence(
    text: str, direction: Literal["ltr", "rtl"], outcome: str
) -> None:
    assert isolate_against(text, direction) == (isolate(text) if outcome == "isolated" else text)
