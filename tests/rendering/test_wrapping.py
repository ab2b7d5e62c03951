from hypothesis import given
from hypothesis import strategies as st

from briefingkit.rendering.wrapping import columns, wrap

TEXTS = st.text(alphabet="ab éж中文。، \u2067\u2068\u2069\n", max_size=120)


def test_lines_break_at_spaces_and_are_indented() -> None:
    assert wrap("one two three", width=9, first="- ", indent="  ") == "- one two\n  three"


def test_scripts_without_spaces_break_between_characters_but_not_before_a_full_stop() -> None:
    assert wrap("一二三四。五", width=8) == "一二三\n四。五"


def test_an_address_is_never_broken() -> None:
    address = "https://example.org/" + "x" * 90
    assert wrap(f"see {address} there", width=40) == f"see\n{address}\nthere"


def test_an_isolate_does_not_reach_over_the_end_of_a_line() -> None:
    assert wrap("\u2068aaaa bbbb\u2069 c", width=6) == "\u2068aaaa\u2069\n\u2068bbbb\u2069 c"


@given(TEXTS, st.integers(4, 40))
def test_nothing_is_lost_and_lines_fit_where_they_can(text: str, width: int) -> None:
    written = wrap(text, width=width)
    blank = str.maketrans("", "", " \n\u2067\u2068\u2069")
    assert written.translate(blank) == text.translate(blank)
    for line in written.split("\n"):
        assert columns(line) <= width or " " not in line.strip()


@given(st.text(alphabet="ab \u2067\u2068\u2069", max_size=60), st.integers(4, 12))
def test_every_line_closes_the_isolates_that_it_opens(text: str, width: int) -> None:
    for line in wrap(text, width=width).split("\n"):
        depth = 0
        for character in line:
            depth = (
                depth + 1 if character in "\u2066\u2067\u2068" else max(depth - (character == "\u2069"), 0)
            )
        assert depth == 0


@given(st.text(alphabet="ab éж中文。、", max_size=60))
def test_what_fits_stays_on_its_line(text: str) -> None:
    whole = " ".join(text.split())
    assert wrap(text, width=10**6) == wrap(text, width=columns(whole)) == whole
