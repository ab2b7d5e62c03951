"""Whom a change concerns: a moved hour everyone, a new link those who may see it, another speaker those who come."""

from functools import cache
from typing import TYPE_CHECKING

from briefingkit.mailing.changes import Changed, what_changed
from briefingkit.mailing.recipient import access_of
from briefingkit.model import AudienceGroup, Programme
from briefingkit.rendering.view import view

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from briefingkit.mailing.audience import Member
    from briefingkit.model import Access, Publication

__all__ = ["changes_for", "concerned"]

_EVERYONE = frozenset((Changed.TIME, Changed.STATUS, Changed.TITLE, Changed.PLACE, Changed.ROOM))


def changes_for(
    before: "Publication",
    now: "Publication",
    access: "Access",
    addresses: "Callable[[Access], Mapping[str, str]]",
) -> frozenset[Changed]:
    """Tell what has changed between two publications, as far as people with an access can see it."""
    language, programme = now.briefing.languages[0], Programme((now.briefing,))
    views = (
        view(each, language, programme=programme, audience=access, addresses=addresses(access))
        for each in (before, now)
    )
    return frozenset(what_changed(*views))


def concerned(
    before: "Publication | None",
    now: "Publication",
    addresses: "Callable[[Access], Mapping[str, str]]",
) -> "Callable[[Member], bool]":
    """Give what tells whether a change concerns somebody; all are concerned where nobody was told of it before.

    What else changes in the programme concerns those who take part in it or have registered, not those who were only
    invited.
    """

    @cache
    def seen(access: "Access") -> frozenset[Changed]:
        return changes_for(before, now, access, addresses) if before is not None else _EVERYONE

    def tell(member: "Member") -> bool:
        changes = seen(access_of(member.group))
        if changes & _EVERYONE:
            return True
        return bool(changes) and (member.group is AudienceGroup.PARTICIPANTS or member.number is not None)

    return tell
