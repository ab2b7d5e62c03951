import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.text.spaces import one_line, unbroken


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  Night \t buses\r\n", "Night buses"),
        ("Night\nbuses\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029run", "Night buses run"),
        ("Réunion\u00a0: les \u202f«\u202fvilles\u202f»", "Réunion\u00a0: les \u202f«\u202fvilles\u202f»"),
        ("山田\u3000太郎", "山田\u3000太郎"),
        ("\u00a0\u2003", ""),
        ("", ""),
    ],
)
def test_layout_is_folded_and_the_spaces_of_typography_stay(text: str, line: str) -> None:
    assert one_line(text) == line


@given(st.text(alphabet="ab\u00a0\u202f \t\r\n\x0b\x0c\x1c\x85\u2028\u2029"))
def test_one_line_is_one_line_and_stays_as_it_is(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert "  " not in line
    assert one_line(line) == line
    assert re.sub(r"\s", "", line) == re.sub(r"\s", "", text)


@pytest.mark.parametrize("language", ["fr", "fr-CA"])
def test_no_line_of_french_begins_with_a_sign_that_a_space_stands_before(language: str) -> None:
    text = "Réunion : « Où ? » ; ici ! 3 : 4"
    assert unbroken(text, language) == text.replace(" :", "\u00a0:").replace("« ", "«\u00a0").replace(
        " ?", "\u00a0?"
    ).replace(" »", "\u00a0»").replace(" ;", "\u00a0;").replace(" !", "\u00a0!")
    assert unbroken(unbroken(text, language), language) == unbroken(text, language)


def test_other_languages_and_other_spaces_stay_as_they_were_typed() -> None:
    assert unbroken("a : b", "en") == "a : b"
    assert unbroken("a : b", "frr") == "a : b"  # North Frisian
    assert unbroken("10 h 30, déjà", "fr") == "10 h 30, déjà"
