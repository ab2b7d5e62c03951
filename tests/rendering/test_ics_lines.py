from hypothesis import given
from hypothesis import strategies as st

from briefingkit.rendering.ics_lines import fold

lines = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=400)


@given(lines)
def test_what_is_unfolded_is_what_was_folded(line: str) -> None:
    assert fold(line.encode()).replace(b"\r\n ", b"") == line.encode() + b"\r\n"


@given(lines)
def test_no_line_is_longer_than_75_octets_and_none_cuts_a_character(line: str) -> None:
    for piece in fold(line.encode()).split(b"\r\n"):
        assert len(piece) <= 75
        piece.decode("utf-8")


@given(st.integers(60, 80), st.lists(st.sampled_from([r"\n", r"\\", r"\,", "x"]), max_size=60))
def test_no_escape_is_cut_in_two(before: int, escapes: list[str]) -> None:
    for piece in fold(("x" * before + "".join(escapes)).encode()).split(b"\r\n"):
        slashes = len(piece) - len(piece.rstrip(b"\\"))
        assert slashes % 2 == 0


def test_a_line_of_75_octets_is_left_alone() -> None:
    assert fold(b"x" * 75) == b"x" * 75 + b"\r\n"
    assert fold(b"x" * 76) == b"x" * 75 + b"\r\n x\r\n"


def test_a_line_of_backslashes_alone_comes_to_an_end() -> None:
    assert fold(b"\\" * 1001).replace(b"\r\n ", b"") == b"\\" * 1001 + b"\r\n"
