"""What somebody wants of the mails that people can be on a list for: all of them, none about one briefing, or none.

It is asked and told by the mark in a link, so that nobody's address is needed. What bounced, and what was complained
about or taken off by hand, is no wish and stays as it is.
"""

from datetime import datetime
from enum import StrEnum

from briefingkit.mailing.people.suppression import Reason, Suppressions
from briefingkit.registrations.codec import iso
from briefingkit.store.mail_suppressions import MailSuppressionRow

__all__ = ["Wish", "note_wish", "wish_of"]


class Wish(StrEnum):
    """How much of it somebody wants."""

    ALL = "all"
    OTHERS = "others"
    """None about this briefing, and all others."""
    NOTHING = "nothing"


def wish_of(suppressions: Suppressions, mark: str, briefing: str) -> Wish:
    """Tell what somebody wants, as seen from a briefing."""
    scopes = {row.scope for row in suppressions.store.of([mark]) if row.reason == Reason.UNSUBSCRIBED.value}
    if "" in scopes:
        return Wish.NOTHING
    return Wish.OTHERS if briefing in scopes else Wish.ALL


def note_wish(
    suppressions: Suppressions, mark: str, briefing: str, wish: Wish, *, at: datetime, source: str
) -> None:
    """Write down what somebody wants from now on; the same again changes nothing.

    What ends is written before what begins: whoever is cut off between the two gets too little rather than too much.
    """
    ended = {Wish.ALL: None, Wish.OTHERS: briefing, Wish.NOTHING: ""}[wish]
    if ended is not None:
        row = MailSuppressionRow(mark, ended, Reason.UNSUBSCRIBED.value, iso(at), source)
        suppressions.store.put([row])
    if wish is not Wish.NOTHING:
        over = {"", briefing} - {ended}
        suppressions.store.lift(mark, Reason.UNSUBSCRIBED.value, over)
