"""Reading a multistatus (RFC 4918 section 13) as it arrives, so that ten thousand events take no room."""

import re
from collections.abc import Iterable, Iterator
from typing import Final, cast
from xml.etree.ElementTree import Element, ParseError, XMLPullParser, fromstring

from attrs import field, frozen

from briefingkit_caldav.faults import Unreadable
from briefingkit_caldav.hrefs import path_of

__all__ = ["APPLE", "CALDAV", "CALENDARSERVER", "DAV", "Found", "precondition_of", "read_multistatus"]

DAV: Final = "{DAV:}"
CALDAV: Final = "{urn:ietf:params:xml:ns:caldav}"
CALENDARSERVER: Final = "{http://calendarserver.org/ns/}"
APPLE: Final = "{http://apple.com/ns/ical/}"

_OK: Final = 200
_DOCTYPE: Final = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s|<\?.*?\?>|<!--.*?-->)*<!DOCTYPE", re.DOTALL)


@frozen
class Found:
    """One response: the path that it is about, its own status if it has one, and the properties that were there.

    Where a sync token stands in the answer, it comes with an empty path at the end.
    """

    path: str
    status: int | None = None
    properties: dict[str, Element] = field(factory=dict)
    sync_token: str | None = None

    def text(self, name: str) -> str | None:
        """Return the text of a property; None where it is not there."""
        element = self.properties.get(name)
        return None if element is None else (element.text or "")


def read_multistatus(chunks: Iterable[bytes]) -> Iterator[Found]:
    """Read responses one by one. Unreadable for what is not XML, or stops in the middle."""
    parser: XMLPullParser[Element] = XMLPullParser(("start", "end"))
    depth, first = 0, True
    root: Element | None = None
    try:
        for chunk in chunks:
            if first:
                _refuse_entities(chunk)
                first = False
            parser.feed(chunk)
            for event, element in _events(parser):
                if event == "start":
                    root = element if depth == 0 else root
                    depth += 1
                    continue
                depth -= 1
                if depth == 1 and element.tag == f"{DAV}response":
                    yield _found(element)
                elif depth == 1 and element.tag == f"{DAV}sync-token":
                    yield Found("", sync_token=element.text)
                if depth == 1 and root is not None:
                    root.clear()
        parser.close()
    except ParseError as error:
        raise Unreadable(f"the server's answer is no XML: {error}") from None
    if root is None or root.tag != f"{DAV}multistatus":
        raise Unreadable("the server's answer is no multistatus: is this the address of a CalDAV server?")


def _refuse_entities(beginning: bytes) -> None:
    """Refuse a document type: it is there to declare entities, which grow without end, and no server needs one."""
    if _DOCTYPE.match(beginning):
        raise Unreadable("the server's answer declares a document type, which no multistatus has")


def _events(parser: "XMLPullParser[Element]") -> "Iterator[tuple[str, Element]]":
    """Give what was parsed so far; of the kinds of events that there are, only elements are asked for."""
    return cast("Iterator[tuple[str, Element]]", parser.read_events())


def _found(response: Element) -> Found:
    properties: dict[str, Element] = {}
    for propstat in response.iterfind(f"{DAV}propstat"):
        if _status(propstat) in {_OK, None}:
            for prop in propstat.iterfind(f"{DAV}prop"):
                properties.update((element.tag, element) for element in prop)
    href = response.findtext(f"{DAV}href") or ""
    return Found(path_of(href.strip()), _status(response), properties)


def _status(element: Element) -> int | None:
    """Read a status line: `HTTP/1.1 404 Not Found`."""
    words = (element.findtext(f"{DAV}status") or "").split()
    return int(words[1]) if len(words) > 1 and words[1].isdecimal() else None


def precondition_of(body: bytes) -> str | None:
    """Read which precondition an error names (RFC 4918 section 16); None where it names none."""
    try:
        _refuse_entities(body)
        error = fromstring(body)  # noqa: S314 - see _refuse_entities
    except (ParseError, Unreadable):
        return None
    first = next(iter(error), None) if error.tag == f"{DAV}error" else None
    return first.tag.rpartition("}")[2] or None if first is not None else None
