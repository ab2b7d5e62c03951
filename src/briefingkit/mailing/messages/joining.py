"""Joining: the octets that everybody gets, and between them what is each recipient's own.

One value often stands in several places, in the plain text and in the HTML. Where nothing in it has to be escaped or
isolated, and most values are such, it is encoded once for all of them.
"""

import re
from binascii import b2a_qp
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from attrs import field, frozen

from briefingkit.mailing.messages.encoding import SOFT, Fill, Hole, Quoted
from briefingkit.mailing.messages.filling import Addressee, Placed, Value
from briefingkit.mailing.messages.message import Message, Parts

if TYPE_CHECKING:
    from briefingkit.mailing.messages.slots import Slot

__all__ = ["Skeleton", "assembled"]

_ROOM = 75  # columns that leave one for a soft end (RFC 2045 section 6.7)
_EQUALS, _DOT, _F = b"=.F"
# What is escaped in HTML, and what of a text to the right has a direction of its own (see `filling`).
_TOUCHED = re.compile(
    "[&<>\"'\u0590-\u08ff\u200f\u2066-\u2069\ufb1d-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


@frozen(eq=False)
class _Shared:
    """A value that stands as it is in several places, all of them in quoted-printable; and what fills each otherwise.

    Where the line goes on behind a value it is ended softly.
    """

    value: Value
    ending: tuple[int, ...]
    going_on: tuple[int, ...]
    apart: tuple[tuple[Fill[Addressee], int], ...]


@frozen(eq=False)
class Skeleton:
    """A compiled mail: `pieces` in order, and what fills the empty ones for each recipient."""

    pieces: list[bytes] = field(repr=False)
    shared: tuple[_Shared, ...] = field(repr=False)
    fills: tuple[tuple[Fill[Addressee], tuple[int, ...]], ...] = field(repr=False)
    sender: str
    parts: "Callable[[Addressee], Parts]" = field(repr=False)

    def message(self, addressee: Addressee) -> Message:
        """Join the octets of one message."""
        made = self.pieces.copy()
        for each in self.shared:
            octets = _plainly(each.value(addressee))
            if octets is None:
                for fill, place in each.apart:
                    made[place] = fill(addressee)
            else:
                for place in each.ending:
                    made[place] = octets
                octets += SOFT
                for place in each.going_on:
                    made[place] = octets
        for fill, places in self.fills:
            octets = fill(addressee)
            for place in places:
                made[place] = octets
        return Message(
            addressee.key,
            self.sender,
            addressee.wire,
            b"".join(made),
            addressee.utf8,
            addressee.utf8,
            partial(self.parts, addressee),
            addressee.name,
        )


def _plainly(text: str) -> bytes | None:
    """Encode what needs nothing but that, with room for a soft end; None for what needs a closer look."""
    if text.isascii():
        if "&" in text or "'" in text or '"' in text or "<" in text or ">" in text or not text.isprintable():
            return None
        made = text.encode().replace(b"=", b"=3D")
    elif _TOUCHED.search(text):
        return None
    else:
        made = b2a_qp(text.encode(), istext=True)
        if b"\n" in made:
            return None
    if len(made) > _ROOM:
        return _broken_softly(made)
    return made if made and made[0] not in {_DOT, _F} else None


def _broken_softly(octets: bytes) -> bytes | None:
    """Break a line that is too long; None where a piece would begin with what is changed on the way."""
    pieces, start, size = [], 0, len(octets)
    while start < size:
        end = start + _ROOM
        if end < size:
            end -= 1 if octets[end - 1] == _EQUALS else 2 if octets[end - 2] == _EQUALS else 0
        if octets[start] in {_DOT, _F}:
            return None
        pieces.append(octets[start:end])
        start = end
    return SOFT.join(pieces)


def assembled(
    pieces: "list[bytes | Hole[Addressee]]", sender: str, parts: Callable[[Addressee], Parts]
) -> Skeleton:
    """Put fixed octets together, and find the places of each value."""
    fixed: list[bytes] = []
    holes: dict[int, tuple[Fill[Addressee], list[int]]] = {}
    for piece in pieces:
        if isinstance(piece, Hole):
            holes.setdefault(id(piece), (piece.fill, []))[1].append(len(fixed))
            fixed.append(b"")
        elif fixed and fixed[-1]:
            fixed[-1] += piece
        else:
            fixed.append(piece)
    together: dict[Slot, list[tuple[Quoted[Addressee], int]]] = {}

    fills = []
    for fill, places in holes.values():
        if isinstance(fill, Quoted) and isinstance(fill.fill, Placed) and fill.fill.alike:
            together.setdefault(fill.fill.slot, []).append((fill, places[0]))
        else:
            fills.append((fill, tuple(places)))
    shared = tuple(map(_shared, together.values()))
    return Skeleton(fixed, shared, tuple(fills), sender, parts)


def _shared(apart: list[tuple[Quoted[Addressee], int]]) -> _Shared:
    placed = apart[0][0].fill
    assert isinstance(placed, Placed)  # noqa: S101 - as they were chosen
    return _Shared(
        placed.value,
        tuple(place for fill, place in apart if not fill.goes_on),
        tuple(place for fill, place in apart if fill.goes_on),
        tuple(apart),
    )
