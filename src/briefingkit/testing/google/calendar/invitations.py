"""Who would have had a mail: recorded, never sent.

Source: the descriptions of `sendUpdates` and `sendNotifications` in the discovery document.
"""

from collections.abc import Iterable
from typing import Any

from briefingkit.testing.google.calendar.world import HeldCalendar, Invitation, World
from briefingkit.testing.google.call import Call

__all__ = ["announce"]


def announce(
    world: World,
    calendar: HeldCalendar,
    old: dict[str, Any] | None,
    event: dict[str, Any],
    call: Call,
) -> None:
    """Record the mails of one change: to new guests, to those who stay, and to those who are not asked any more."""
    wanted = call.query.get("sendUpdates") or ("all" if call.query.get("sendNotifications") else "none")
    if wanted == "none" or old is event:
        return
    before = _guests(old) if old is not None and old["status"] != "cancelled" else []
    after = _guests(event) if event["status"] != "cancelled" else []

    def mail(kind: str, guests: Iterable[str]) -> None:
        to = tuple(each for each in guests if wanted == "all" or not world.on_google(each))
        if to:
            world.invitations.append(Invitation(kind, calendar.id, event["id"], to))

    mail("invitation", (each for each in after if each not in before))
    mail("update", (each for each in after if each in before))
    mail("cancellation", (each for each in before if each not in after))


def _guests(event: dict[str, Any]) -> list[str]:
    return [each["email"] for each in event.get("attendees", ()) if not each.get("organizer")]
