"""Texts with slots in them as bodies of a mail: encoded once, so that each recipient's own values can be put between.

Quoted-printable ends the line before a value, and after it, with a soft break that no reader sees. Base64 knows no such
place: what stands behind a value shifts by its length. So what stands there is encoded three times, for the three ways
in which the octets before it can end, and the right one is taken.
"""

import re
from binascii import b2a_base64, b2a_qp
from collections.abc import Callable, Sequence
from typing import Any, Generic, Self, TypeAlias, TypeVar

from attrs import frozen

__all__ = ["SOFT", "Body", "Fill", "Hole", "Quoted", "base64_lines", "encode", "qp_lines"]

_V = TypeVar("_V")
_LINE = 76  # RFC 2045 sections 6.7 and 6.8
_TRIPLE = 3
SOFT = b"=\r\n"
"""A line end of quoted-printable that no reader sees."""

_CHANGED_ON_THE_WAY = re.compile(rb"^(?:\.|From ).*$", re.MULTILINE)
_TOO_LONG = re.compile(rb"[^\r\n]{77,}")
_CHANGED_FIRST = (b".", b"F")


Fill: TypeAlias = Callable[[_V], bytes]
"""Gives the octets for one recipient."""


@frozen
class Hole(Generic[_V]):
    """A place whose octets, in UTF-8 and escaped for where it stands, `fill` gives for each recipient."""

    fill: Fill[_V]


Octets: TypeAlias = Sequence[bytes | Hole[_V]]


@frozen
class Body(Generic[_V]):
    """A body: its transfer encoding, and the encoded octets with what is put between them."""

    encoding: str
    pieces: tuple[bytes | Hole[_V], ...]


def encode(octets: Octets[_V], *, base64: bool | None = None) -> Body[_V]:
    """Encode lines that end with CRLF, in what is shorter unless it is said."""
    fixed = b"".join(piece for piece in octets if isinstance(piece, bytes))
    if base64 is None:
        base64 = len(qp_lines(fixed)) > len(fixed) * 4 // 3
    merged = _merged(octets)
    if not base64:
        return Body("quoted-printable", tuple(_qp_pieces(merged)))
    if not any(isinstance(piece, Hole) for piece in merged):
        return Body("base64", (base64_lines(fixed),))
    return Body("base64", (Hole(_Base64(merged)),))


def _merged(octets: Octets[_V]) -> list[bytes | Hole[_V]]:
    made: list[bytes | Hole[_V]] = []
    for piece in octets:
        if isinstance(piece, bytes) and made and isinstance(made[-1], bytes):
            made[-1] += piece
        elif piece != b"":
            made.append(piece)
    return made


# Quoted-printable.


def qp_lines(octets: bytes) -> bytes:
    """Encode, beginning at the start of a line; a line that is too long is broken softly.

    What relays and mailboxes would change at the start of a line, a dot and "From ", is encoded there.
    """
    made = b2a_qp(octets, istext=True)
    if b"\n" not in octets:
        made = made.replace(b"\n", b"\r\n")
    if (
        b"=20" in made or b"=09" in made
    ):  # white space at the end of a line, which is encoded without a look at the length of its line
        made = _TOO_LONG.sub(_broken, made)
    return _untouched(made) if _CHANGED_ON_THE_WAY.search(made) else made


def _broken(found: re.Match[bytes]) -> bytes:
    line = found[0]
    cut = len(line) - 3 if line[-3:-2] == b"=" else _LINE - 3
    return line[:cut] + SOFT + line[cut:]


def _untouched(lines: bytes) -> bytes:
    return _CHANGED_ON_THE_WAY.sub(_kept, lines)


def _kept(found: re.Match[bytes]) -> bytes:
    first, rest = found[0][0], found[0][1:]
    if len(rest) <= _LINE - 3:
        return b"=%02X%s" % (first, rest)
    return b"=%02X%s%s" % (first, SOFT, _untouched(rest))


def _softly(lines: bytes) -> bytes:
    """End the last line softly, for which it has to have room."""
    last = lines[lines.rfind(b"\n") + 1 :]
    if len(last) < _LINE:
        return lines + SOFT
    cut = 3 if last[-3:-2] == b"=" else 1
    end = lines[-cut:]
    return lines[:-cut] + SOFT + (qp_lines(end) if cut == 1 else end) + SOFT


def _qp_pieces(octets: Sequence[bytes | Hole[_V]]) -> list[bytes | Hole[_V]]:
    made: list[bytes | Hole[_V]] = []
    for index, piece in enumerate(octets):
        after = octets[index + 1] if index + 1 < len(octets) else b"\r\n"
        if isinstance(piece, Hole):
            goes_on = isinstance(after, Hole) or not after.startswith(b"\r\n")
            made.append(Hole(Quoted(piece.fill, goes_on)))
        elif isinstance(after, Hole) and not piece.endswith(b"\r\n"):
            made.append(_softly(qp_lines(piece)))
        else:
            made.append(qp_lines(piece))
    return made


@frozen
class Quoted(Generic[_V]):
    """Gives a value, which is on one line, in quoted-printable; ended softly where the line goes on behind it."""

    fill: Fill[_V]
    goes_on: bool

    def __call__(self, values: _V) -> bytes:
        """Give it for one recipient."""
        octets = self.fill(values)  # on one line, so that all that is broken below is broken softly
        made = b2a_qp(octets, istext=True)
        if len(made) < _LINE and made[:1] not in _CHANGED_FIRST:
            return made + SOFT if self.goes_on else made
        lines = qp_lines(octets)
        return _softly(lines) if self.goes_on else lines


# Base64.


def base64_lines(octets: bytes) -> bytes:
    """Encode as lines of 76 characters, each ended."""
    encoded = b2a_base64(octets, newline=False)
    if len(encoded) <= _LINE:
        return encoded + b"\r\n" if encoded else b""
    cut = [encoded[start : start + _LINE] for start in range(0, len(encoded), _LINE)]
    return b"\r\n".join(cut) + b"\r\n"


@frozen
class _Between:
    """Octets that stand behind a value, by how many of them the last triple before them needs.

    Each way is what is taken for it, the encoded lines of what stands between, and what is left for the next value.
    """

    ways: tuple[tuple[bytes, bytes, bytes], ...]

    @classmethod
    def of(cls, octets: bytes, *, last: bool) -> Self:
        return cls(tuple(cls._way(octets, needed, last=last) for needed in range(3)))

    @staticmethod
    def _way(octets: bytes, needed: int, *, last: bool) -> tuple[bytes, bytes, bytes]:
        end = len(octets) if last else len(octets) - (len(octets) - needed) % 3
        return octets[:needed], base64_lines(octets[needed:end]), octets[end:]


class _Base64(Generic[_V]):
    """Gives a whole body in base64: what stands between the values is ready for each way in which it may begin."""

    def __init__(self, octets: Octets[_V]) -> None:
        pieces = _apart(octets)
        head, rest = pieces[0], pieces[1:]
        keep = len(head) - len(head) % 3
        self._head, self._carry = base64_lines(head[:keep]), head[keep:]
        fills, texts = rest[::2], rest[1::2]
        self._steps = [
            (fill, _Between.of(text, last=index == len(fills) - 1).ways)
            for index, (fill, text) in enumerate(zip(fills, texts, strict=True))
        ]

    def __call__(self, values: _V) -> bytes:
        made, carry = [self._head], self._carry
        for fill, ways in self._steps:
            known = carry + fill(values)
            taken, ready, carry = ways[-len(known) % 3]
            made += (base64_lines(known + taken), ready)
        return b"".join(made)


def _apart(octets: Octets[_V]) -> list[Any]:
    """Give octets, a fill, octets … octets; values that stand closer than a triple become one."""
    pieces: list[Any] = [b""]
    for piece in octets:
        if isinstance(piece, bytes):
            pieces[-1] += piece
        elif len(pieces) > 1 and len(pieces[-1]) < _TRIPLE:
            between = pieces.pop()
            pieces[-1] = _Joined(pieces[-1], between, piece.fill)
            pieces.append(b"")
        else:
            pieces += (piece.fill, b"")
    return pieces


@frozen
class _Joined(Generic[_V]):
    first: Fill[_V]
    between: bytes
    second: Fill[_V]

    def __call__(self, values: _V) -> bytes:
        return self.first(values) + self.between + self.second(values)
