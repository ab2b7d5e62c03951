"""From a slot to the octets that stand in its place for one recipient, right for where it stands."""

import html
import re
from collections.abc import Callable
from typing import TypeAlias
from urllib.parse import quote

from attrs import frozen

from briefingkit.mailing.encoding import Hole
from briefingkit.mailing.recipient import Recipient
from briefingkit.mailing.slots import Slot, Text
from briefingkit.text.bidi import isolate_against
from briefingkit.text.language import direction

__all__ = ["Addressee", "Octets", "Value", "as_html", "as_text", "filled", "value_of"]


# Where the letters are that are written to the left, and a few others: what is outside needs no closer look.
_LEFTWARDS = re.compile(
    "[\u0590-\u08ff\u200f\u2066-\u2069\ufb1d-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_SPECIAL = re.compile("[&<>\"']")


@frozen(slots=False, eq=False)
class Addressee:
    """A recipient whose address was looked at: as it is on the wire, and the key of the message."""

    recipient: Recipient
    wire: str
    utf8: bool
    key: str


Value: TypeAlias = Callable[[Addressee], str]
Octets: TypeAlias = list[bytes | Hole[Addressee]]


def value_of(slot: Slot) -> Value:
    """Give what reads the value of a slot, encoded for an address where that is asked."""
    plain = _plain(slot.name)
    if not slot.encoded:
        return plain
    return lambda addressee: quote(plain(addressee), safe="")


def _plain(name: str) -> Value:
    kind, _, key = name.partition(".")
    if kind == "links":
        return lambda addressee: addressee.recipient.links[key]
    if kind == "fields":
        return lambda addressee: addressee.recipient.fields[key]
    if kind == "name":
        return lambda addressee: addressee.recipient.name
    if kind == "organization":
        return lambda addressee: addressee.recipient.organization
    return lambda addressee: addressee.recipient.address


def as_text(text: Text, language: str) -> Octets:
    """Put values into plain text: names and the like have a direction of their own there, addresses have none."""
    towards = direction(language)

    def written(slot: Slot) -> Callable[[Addressee], bytes]:
        value = value_of(slot)
        if slot.encoded or slot.name.startswith("links."):
            return lambda addressee: value(addressee).encode()
        if towards == "ltr":
            return lambda addressee: _beside_latin(value(addressee)).encode()
        return lambda addressee: isolate_against(value(addressee), towards).encode()

    return [_lines(piece) if isinstance(piece, str) else Hole(written(piece)) for piece in text]


def _beside_latin(value: str) -> str:
    return value if value.isascii() or not _LEFTWARDS.search(value) else isolate_against(value, "ltr")


def as_html(text: Text) -> Octets:
    """Put values into HTML, escaped for text and for attributes in quotes alike."""

    def written(slot: Slot) -> Callable[[Addressee], bytes]:
        value = value_of(slot)
        return lambda addressee: escaped(value(addressee)).encode()

    return [_lines(piece) if isinstance(piece, str) else Hole(written(piece)) for piece in text]


def escaped(text: str) -> str:
    """Escape for HTML, for text and for attributes in quotes alike."""
    return html.escape(text) if _SPECIAL.search(text) else text


def _lines(text: str) -> bytes:
    r"""Write text whose line ends are "\n" for the wire."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n").encode()


def filled(octets: Octets, addressee: Addressee) -> bytes:
    """Put one recipient's values in place, without any transfer encoding."""
    return b"".join(piece if isinstance(piece, bytes) else piece.fill(addressee) for piece in octets)
