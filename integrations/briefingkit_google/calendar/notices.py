"""What the plan has to say of an event: what Google cannot hold, and who would see what they were not meant to."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from briefingkit.model import Access
from briefingkit_google.calendar.attachments import MOST_ATTACHMENTS, Attachments
from briefingkit_google.calendar.choices import Visibility
from briefingkit_google.calendar.description import LONGEST, Description
from briefingkit_google.calendar.guests import MOST_GUESTS, GuestList

if TYPE_CHECKING:
    from briefingkit_google.calendar.rooms import Rooms
    from briefingkit_google.calendar.settings import GoogleCalendar

__all__ = [
    "attachment_notices",
    "description_notices",
    "guest_notices",
    "room_notices",
    "unreachable_notices",
]


_WHO: Final = {Access.REGISTERED: "those who register", Access.PARTICIPANTS: "participants"}


def attachment_notices(attached: Attachments) -> Iterator[str]:
    """Say which materials and links found no place."""
    if attached.left_out:
        titles = ", ".join(attached.left_out)
        yield f"an event has {MOST_ATTACHMENTS} attachments at most: {titles} stay out"


def description_notices(described: Description) -> Iterator[str]:
    """Say of which parts of the text not all is there."""
    if described.cut:
        parts = ", ".join(described.cut)
        yield f"the text is longer than the {LONGEST:,} characters that an event holds: cut short is {parts}"


def guest_notices(settings: "GoogleCalendar", guests: Sequence[str]) -> Iterator[str]:
    """Say that there are too many guests, or that more people than they see who they are."""
    if len(guests) > MOST_GUESTS:
        yield (
            f"{len(guests)} guests are more than the {MOST_GUESTS} that an event takes: invite a group, "
            "which counts as one"
        )
    if guests and _is_for_the_public(settings):
        yield (
            "there are guests on a calendar for the public: whoever may read it can find their addresses. "
            "Say `visibility: private`, or invite them from a target of their own"
        )


def unreachable_notices(guests: GuestList) -> Iterator[str]:
    """Say who is not invited for want of an address."""
    if guests.unreachable:
        yield f"no e-mail address, so no invitation: {', '.join(guests.unreachable)}"


def room_notices(settings: "GoogleCalendar", rooms: "Rooms") -> Iterator[str]:
    """Say that no room can be made, or that Google shows its address to whoever sees the event."""
    if rooms.any and settings.auth.service_account is not None and settings.auth.subject is None:
        yield "a service account makes no rooms by itself: give `subject` under `auth`, whom it acts for"
    if rooms.any and rooms.access is not Access.PUBLIC and _is_for_the_public(settings):
        yield (
            f"the room is for {_WHO[rooms.access]}, and Google shows its address to all who see the event: "
            "say `visibility: private`, have the room made by a target of its own, or give it `access: public`"
        )


def _is_for_the_public(settings: "GoogleCalendar") -> bool:
    """Whether the event is for all to read, by these settings or as far as they know."""
    audience = settings.audience is Access.PUBLIC and settings.visibility is not Visibility.PRIVATE
    return audience or settings.is_public
