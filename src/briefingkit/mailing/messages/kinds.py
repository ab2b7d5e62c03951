"""What a mail of each kind says, shows and carries; its words are phrases of the catalogues."""

from collections.abc import Mapping
from enum import StrEnum

from attrs import frozen

from briefingkit.mailing.people.recipient import LinkName
from briefingkit.model import Access, CalendarFile
from briefingkit.text.phrases import msgid

__all__ = ["KINDS", "Kind", "Letter", "Section"]


class Letter(StrEnum):
    """What a mail is about: each kind of mailing, and what some are told in its place.

    A list tells one of its own more than the confirmation, and who was absent is not thanked for taking part.
    """

    INVITATION = "invitation"
    CONFIRMATION = "confirmation"
    CHANGED = "changed"
    """A registration was edited."""
    WITHDRAWN = "withdrawn"
    """A registration was cancelled; the event takes place."""
    PROMOTED = "promoted"
    """A place became free for somebody who waited."""
    WAITLIST = "waitlist"
    REMINDER = "reminder"
    UPDATE = "update"
    POSTPONEMENT = "postponement"
    CANCELLATION = "cancellation"
    FOLLOW_UP = "follow-up"
    MISSED = "missed"
    """What follows up for those who registered and were absent."""
    REQUEST = "request"
    LOGISTICS = "logistics"
    CUSTOM = "custom"


class Section(StrEnum):
    """A part of the body below the facts."""

    ABOUT = "about"
    AGENDA = "agenda"
    MATERIALS = "materials"


@frozen
class Kind:
    """What a letter has. `most` bounds what its readers may see, whatever they may see otherwise.

    `bulk` is for what people can be on a list for: it can be unsubscribed from. `joins` shows the button to the room.
    """

    subject: str
    opening: tuple[str, ...]
    sections: frozenset[Section] = frozenset()
    calendar: CalendarFile = CalendarFile.PUBLISH
    bulk: bool = False
    most: Access = Access.PARTICIPANTS
    registers: bool = False
    joins: bool = False
    actions: tuple[LinkName, ...] = ()
    links: tuple[LinkName, ...] = ()
    takes_place: bool = True


_OWN = (LinkName.EDIT, LinkName.CANCEL)
_ABOUT, _AGENDA, _MATERIALS = Section.ABOUT, Section.AGENDA, Section.MATERIALS

KINDS: Mapping[Letter, Kind] = {
    Letter.INVITATION: Kind(
        msgid("Invitation: {title}"),
        (msgid("We have the pleasure of inviting you to this event."),),
        frozenset((_ABOUT, _AGENDA, _MATERIALS)),
        bulk=True,
        registers=True,
    ),
    Letter.CONFIRMATION: Kind(
        msgid("Your registration: {title}"),
        (msgid("Your registration is confirmed. We look forward to your participation."),),
        frozenset((_AGENDA, _MATERIALS)),
        joins=True,
        links=_OWN,
    ),
    Letter.CHANGED: Kind(
        msgid("Your registration has changed: {title}"),
        (msgid("We have noted the changes to your registration."),),
        joins=True,
        links=_OWN,
    ),
    Letter.WITHDRAWN: Kind(
        msgid("Your registration is cancelled: {title}"),
        (msgid("Your registration has been cancelled, and your place is free for somebody else."),),
        most=Access.PUBLIC,
        registers=True,
    ),
    Letter.PROMOTED: Kind(
        msgid("You have a place: {title}"),
        (msgid("A place has become free: your registration is now confirmed."),),
        frozenset((_AGENDA, _MATERIALS)),
        joins=True,
        links=_OWN,
    ),
    Letter.WAITLIST: Kind(
        msgid("You are on the waiting list: {title}"),
        (
            msgid("All places are taken at present, and you are on the waiting list."),
            msgid("We will write to you as soon as a place becomes free."),
        ),
        calendar=CalendarFile.NONE,
        most=Access.PUBLIC,
        links=_OWN,
    ),
    Letter.REMINDER: Kind(
        msgid("Reminder: {title}"),
        (msgid("This is a reminder of the event below."),),
        frozenset((_AGENDA, _MATERIALS)),
        bulk=True,
        joins=True,
        links=_OWN,
    ),
    Letter.UPDATE: Kind(
        msgid("Changed: {title}"),
        (msgid("Something has changed in this event."),),
        frozenset((_AGENDA,)),
        bulk=True,
        joins=True,
        links=_OWN,
    ),
    Letter.POSTPONEMENT: Kind(
        msgid("Postponed: {title}"),
        (
            msgid("This event has been postponed. We will write to you as soon as the new date is known."),
            msgid("You need not do anything until then."),
        ),
        links=_OWN,
        takes_place=False,
    ),
    Letter.CANCELLATION: Kind(
        msgid("Cancelled: {title}"),
        (
            msgid("We are sorry to tell you that this event has been cancelled."),
            msgid("We apologise for any inconvenience."),
        ),
        takes_place=False,
    ),
    Letter.FOLLOW_UP: Kind(
        msgid("Thank you: {title}"),
        (msgid("Thank you for taking part. Below is what there is to watch and to read."),),
        frozenset((_MATERIALS,)),
        calendar=CalendarFile.NONE,
        bulk=True,
        takes_place=False,
    ),
    Letter.MISSED: Kind(
        msgid("In case you missed it: {title}"),
        (msgid("We missed you. Below is what there is to watch and to read."),),
        frozenset((_MATERIALS,)),
        calendar=CalendarFile.NONE,
        bulk=True,
        takes_place=False,
    ),
    Letter.REQUEST: Kind(
        msgid("Your part in the programme: {title}"),
        (
            msgid("We would be honoured to have you in the programme of this event."),
            msgid("Please let us know whether you can take part."),
        ),
        frozenset((_ABOUT, _AGENDA)),
        calendar=CalendarFile.NONE,
        most=Access.PUBLIC,
        actions=(LinkName.CONFIRM, LinkName.DECLINE),
    ),
    Letter.LOGISTICS: Kind(
        msgid("Practical information: {title}"),
        (
            msgid("Thank you for your contribution. Below is all that you need for the day."),
            msgid("The address of the room is meant for you alone: please do not pass it on."),
        ),
        frozenset((_AGENDA, _MATERIALS)),
        joins=True,
    ),
    Letter.CUSTOM: Kind("{title}", (), joins=True, bulk=True, calendar=CalendarFile.NONE, links=_OWN),
}
"""What each letter has."""
