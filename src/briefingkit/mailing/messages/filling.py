"""From a slot to the octets that stand in its place for one recipient, right for where it stands."""

import html
import re
from collections.abc import Callable
from typing import Literal, TypeAlias
from urllib.parse import quote

from attrs import frozen

from briefingkit.mailing.messages.encoding import Hole
from briefingkit.mailing.messages.slots import Slot, Text
from briefingkit.mailing.people.recipient import Recipient
from briefingkit.text.bidi import isolate_against
from briefingkit.text.language import direction

__all__ = ["Addressee", "Octets", "Placed", "Value", "as_html", "as_text", "filled", "value_of"]


_SPECIAL = re.compile("[&<>\"']")


@frozen(slots=False, eq=False)
class Addressee:
    """A recipient whose address was looked at: as it is on the wire, and the key of the message and its name."""

    recipient: Recipient
    wire: str
    utf8: bool
    key: str
    name: str


Value: TypeAlias = Callable[[Addressee], str]
Octets: TypeAlias = list[bytes | Hole[Addressee]]


def value_of(slot: Slot) -> Value:
    """Give what reads the value of a slot, encoded for an address where that is asked."""
    plain = _plain(slot.name)
    if not slot.encoded:
        return plain
    return lambda addressee: quote(plain(addressee))


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


@frozen(eq=False)
class Placed:
    """Gives the octets of a slot's value: as they stand in HTML, or isolated in a text of the direction `towards`.

    `alike`: a value of plain letters is the same wherever it stands.
    """

    slot: Slot
    value: Value
    html: bool
    towards: Literal["ltr", "rtl"] | None = None

    @property
    def alike(self) -> bool:
        """Whether a value of letters to the right, with nothing to escape, is written as it is."""
        return self.towards != "rtl"

    def __call__(self, addressee: Addressee) -> bytes:
        """Give it for one recipient."""
        text = self.value(addressee)
        if self.html:
            return escaped(text).encode()
        return (text if self.towards is None else isolate_against(text, self.towards)).encode()


def as_text(text: Text, language: str) -> Octets:
    """Put values into plain text: names and the like have a direction of their own there, addresses have none."""
    towards = direction(language)
    return _placed(
        text, lambda slot: Placed(slot, value_of(slot), False, None if _is_address(slot) else towards)
    )


def as_html(text: Text) -> Octets:
    """Put values into HTML, escaped for text and for attributes in quotes alike."""
    return _placed(text, lambda slot: Placed(slot, value_of(slot), True))


def _is_address(slot: Slot) -> bool:
    return slot.encoded or slot.name.startswith("links.")


def _placed(text: Text, place: Callable[[Slot], Placed]) -> Octets:
    return [_lines(piece) if isinstance(piece, str) else Hole(place(piece)) for piece in text]


def escaped(text: str) -> str:
    """Escape for HTML, for text and for attributes in quotes alike."""
    return html.escape(text) if _SPECIAL.search(text) else text


def _lines(text: str) -> bytes:
    r"""Write text whose line ends are "\n" for the wire."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n").encode()


def filled(octets: Octets, addressee: Addressee) -> bytes:
    """Put one recipient's values in place, without any transfer encoding."""
    return b"".join(piece if isinstance(piece, bytes) else piece.fill(addressee) for piece in octets)
