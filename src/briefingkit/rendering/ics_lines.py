"""Content lines as octets: folded at 75, as RFC 5545 section 3.1 says, and put together as a calendar.

icalendar decodes and encodes each line again and folds it a character at a time, which is most of the time that an
event takes to write; this puts octets together and cuts them.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from icalendar import Component

__all__ = ["calendar_bytes", "component_bytes", "component_lines", "fold"]

_LIMIT: Final = 75
_END: Final = b"END:VCALENDAR\r\n"
_BACKSLASH: Final = 0x5C


def component_bytes(component: "Component") -> bytes:
    """Write a component with all that is in it, each line folded and ended by CRLF."""
    return b"".join(map(fold, component_lines(component)))


def component_lines(component: "Component") -> Iterator[bytes]:
    """Write the lines of a component, each whole: neither folded nor ended."""
    return (_line(name, value) for name, value in component.property_items())


def _line(name: str, value: Any) -> bytes:
    """Write a property with its parameters; of a component's BEGIN and END the value is there as octets."""
    if isinstance(value, bytes):
        return b"%s:%s" % (name.encode(), value)
    parameters = b";" + value.params.to_ical() if value.params else b""
    written = value.to_ical()  # of an offset from UTC it is a string
    octets = written.encode() if isinstance(written, str) else written
    return b"%s%s:%s" % (name.encode(), parameters, octets)


def calendar_bytes(head: "Component", parts: Iterable[bytes]) -> bytes:
    """Put components that are written already into a calendar, which holds properties and no components."""
    return b"".join((component_bytes(head).removesuffix(_END), *parts, _END))


def fold(line: bytes) -> bytes:
    """Fold a line of UTF-8 into lines of at most 75 octets, and end it.

    Neither a character nor an escape is cut in two: readers that unfold after decoding, or after unescaping, exist.
    """
    if len(line) <= _LIMIT:
        return line + b"\r\n"
    pieces, start, room = [], 0, _LIMIT
    while len(line) - start > room:
        end = _cut(line, start, start + room)
        pieces.append(line[start:end])
        start, room = end, _LIMIT - 1
    pieces.append(line[start:])
    return b"\r\n ".join(pieces) + b"\r\n"


def _cut(line: bytes, start: int, end: int) -> int:
    """Move a cut back to where a character begins, and before a backslash that escapes what follows."""
    while line[end] & 0xC0 == 0x80:  # noqa: PLR2004 - a continuation octet of UTF-8
        end -= 1
    slashes = end
    while slashes > start and line[slashes - 1] == _BACKSLASH:
        slashes -= 1
    return end - (end - slashes) % 2
