"""The calendar file of a mail (RFC 5546): the event as its view has it, and the one to whom it goes where they answer.

No personal link stands in it: calendars are shared.
"""

import re
from typing import Final

from briefingkit.model import CalendarFile
from briefingkit.rendering.ics import Method, calendar_head, event_component
from briefingkit.rendering.ics_event import needs_zone
from briefingkit.rendering.ics_lines import calendar_bytes, component_bytes, fold
from briefingkit.rendering.ics_values import parameter, text, uri
from briefingkit.rendering.values import View
from briefingkit.rendering.vtimezone import vtimezone_bytes

__all__ = ["attendee_line", "calendar_file", "method_of"]

_PLACEHOLDER: Final = "mailto:attendee@placeholder.invalid"
_PLAIN: Final = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+", re.ASCII)
_LINE: Final = f"ATTENDEE:{_PLACEHOLDER}\r\n".encode()


def method_of(file: CalendarFile, *, takes_back: bool) -> Method | None:
    """Tell the METHOD of a mail's calendar file; None where there is none."""
    if file is CalendarFile.NONE:
        return None
    if takes_back:
        return "CANCEL"
    return "REQUEST" if file is CalendarFile.REQUEST else "PUBLISH"


def calendar_file(view: View, method: Method, organizer: str, name: str, *, attended: bool) -> list[bytes]:
    """Write the file: whole, or with the place of the ATTENDEE between its two parts.

    `organizer` is the address that answers go to, where the event has no contact's.
    """
    from icalendar import vCalAddress

    event = event_component(view)
    if "organizer" not in event:
        address = vCalAddress(uri(f"mailto:{organizer}"))
        address.params["CN"] = parameter(name)
        event.add("organizer", address)
    if method == "CANCEL":
        event["status"] = text("CANCELLED")
    if attended:
        event.add("attendee", vCalAddress(_PLACEHOLDER))
    head = calendar_head(method, language=view.language)
    zones = (_zone(view),) if needs_zone(view) else ()
    return calendar_bytes(head, (*zones, component_bytes(event))).split(_LINE)


def _zone(view: View) -> bytes:
    return vtimezone_bytes(view.timezone, int(view.start[:4]), int(view.end[:4]))


def attendee_line(name: str, wire: str, language: str, *, answers: bool) -> bytes:
    """Write the ATTENDEE (RFC 5545 section 3.8.4.1), folded; one who has nothing to answer is asked nothing.

    `name` is on one line and without controls, as a `Recipient` keeps it; `wire` is a checked address.
    """
    # No double quotes, which few consumers decode, and carets as RFC 6868 has them.
    called = f';CN="{_caret(name)}"' if name else ""
    asked = ";PARTSTAT=NEEDS-ACTION;RSVP=TRUE" if answers else ""
    mailto = wire if _PLAIN.fullmatch(wire) else uri(wire)
    line = (
        f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT{asked}{called};LANGUAGE={language}:mailto:{mailto}"
    )
    return fold(line.encode())


def _caret(name: str) -> str:
    return name.replace("^", "^^").replace('"', "'") if "^" in name or '"' in name else name
