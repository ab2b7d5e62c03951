"""Bodies with places in them: whatever is put there, the octets decode to what was meant, on short lines."""

import base64
import quopri
from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.mailing.messages.encoding import Hole, encode, qp_lines

_LINES = st.text(alphabet="ab =.\té中F\ue000", max_size=90).map(lambda text: text.replace("\n", ""))
FIXED = st.lists(st.one_of(_LINES, st.sampled_from(["From x", ".", "x" * 80, ""])), max_size=4).map(
    "\r\n".join
)
VALUES = st.one_of(
    st.text(alphabet="ab =.é中F?:/", max_size=200), st.sampled_from(["From x", ".", "..", "", "=" * 80])
).map(str.strip)


def at(index: int, values: Sequence[str]) -> bytes:
    return values[index].encode()


@pytest.mark.parametrize("base64_wanted", [True, False, None])
@given(st.lists(st.tuples(FIXED, st.one_of(st.none(), VALUES)), min_size=1, max_size=5))
def test_what_is_put_between_decodes_to_what_it_was(
    base64_wanted: Any, parts: list[tuple[str, str | None]]
) -> None:
    octets: list[bytes | Hole[Sequence[str]]] = []
    values = [value or "" for _, value in parts]
    for index, (fixed, value) in enumerate(parts):
        octets.append(fixed.encode())
        if value is not None:
            octets.append(Hole(partial(at, index)))
    body = encode([*octets, b"\r\n"], base64=base64_wanted)
    made = b"".join(piece if isinstance(piece, bytes) else piece.fill(values) for piece in body.pieces)
    lines = made.split(b"\r\n")
    assert max(map(len, lines)) <= 76
    assert b"\n" not in made.replace(b"\r\n", b"")
    assert not any(line.startswith((b".", b"From ")) for line in lines)
    wanted = "".join(fixed + (value or "") for fixed, value in parts).encode() + b"\r\n"
    if body.encoding == "base64":
        assert all(len(line) % 4 == 0 for line in lines)
        assert base64.b64decode(made) == wanted
        assert b"=" not in made.rstrip(b"=\r\n")
    else:
        assert not any(line.endswith((b" ", b"\t")) for line in lines)
        assert quopri.decodestring(made) == wanted


def test_the_shorter_encoding_is_taken() -> None:
    assert encode([b"plain text\r\n"]).encoding == "quoted-printable"
    assert encode(["текст по-русски\r\n".encode()]).encoding == "base64"


def test_what_relays_would_change_is_encoded() -> None:
    assert qp_lines(b"From me\r\n.\r\n") == b"=46rom me\r\n=2E\r\n"
