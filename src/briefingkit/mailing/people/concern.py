"""Whom a change concerns: a moved hour everyone, a new link those who may see it, another speaker those who come."""

from functools import cache, partial
from typing import TYPE_CHECKING

from briefingkit.mailing.changes import Changed, what_changed
from briefingkit.mailing.people.audience import language_of
from briefingkit.mailing.people.recipient import access_of
from briefingkit.model import Access, AudienceGroup, Programme
from briefingkit.rendering.view import view

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from briefingkit.mailing.people.audience import Member
    from briefingkit.mailing.told import Told
    from briefingkit.model import Assumed, Publication

    Addresses = Callable[[str, Access], Mapping[str, str]]

__all__ = ["changes_for", "changes_told", "concerned"]

_EVERYONE = frozenset((Changed.TIME, Changed.STATUS, Changed.TITLE, Changed.PLACE, Changed.ROOM))


def changes_for(
    told: "Told", now: "Publication", reader: tuple[Access, str], addresses: "Addresses"
) -> frozenset[Changed]:
    """Tell what is not as it was in some publication before, as far as readers with an access and a language see it.

    `addresses` gives those that targets have made now.
    """
    access, language = reader
    programme, made = Programme((now.briefing,)), addresses(language, access)
    as_now = partial(view, language=language, programme=programme, audience=access)
    first = as_now(now, addresses=made)
    others = (as_now(each, addresses=told.addresses(each, made)) for each in told.before)
    return frozenset(change for other in others for change in what_changed(other, first))


def changes_told(told: "Told | None", now: "Publication", addresses: "Addresses") -> tuple[Changed, ...]:
    """Tell all that an update is about, in whatever language, in order; nothing where nobody was told of anything."""
    if told is None or not told.before:
        return ()
    readers = [(Access.PARTICIPANTS, language) for language in now.briefing.languages]
    return tuple(
        sorted(frozenset[Changed]().union(*(changes_for(told, now, one, addresses) for one in readers)))
    )


def concerned(
    told: "Told", now: "Publication", addresses: "Addresses"
) -> "Callable[[Member, Assumed], bool]":
    """Give what tells whether a change concerns somebody; all are concerned where nobody was told of anything before.

    What else changes in the programme concerns those who take part in it or have registered, not those who were only
    invited.
    """

    @cache
    def seen(access: "Access", language: str) -> frozenset[Changed]:
        return changes_for(told, now, (access, language), addresses) if told.before else _EVERYONE

    def tell(member: "Member", assumed: "Assumed") -> bool:
        language = language_of(member, assumed, now.briefing.languages)
        changes = seen(access_of(member.group), language)
        if changes & _EVERYONE:
            return True
        return bool(changes) and (member.group is AudienceGroup.PARTICIPANTS or member.number is not None)

    return tell
