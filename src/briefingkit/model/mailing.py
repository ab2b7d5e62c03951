"""Mailings: what is written to whom, and when, told from the briefing itself."""

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from briefingkit.errors import ModelError
from briefingkit.model.addresses import check_inside
from briefingkit.model.agenda import ParticipantRole
from briefingkit.model.keys import check_key
from briefingkit.model.question import ShownIf
from briefingkit.model.schedule import Offset, check_local, check_zone
from briefingkit.text import MultilingualText, Name
from briefingkit.text.fallback import Fallback
from briefingkit.text.language import canonical

__all__ = ["Assumed", "Audience", "AudienceGroup", "CalendarFile", "Mailing", "MailingKind"]


class MailingKind(StrEnum):
    """What a mailing is for; it decides the template and what makes an occasion."""

    INVITATION = "invitation"
    CONFIRMATION = "confirmation"
    WAITLIST = "waitlist"
    """To those who wait for a place."""
    REMINDER = "reminder"
    UPDATE = "update"
    POSTPONEMENT = "postponement"
    CANCELLATION = "cancellation"
    FOLLOW_UP = "follow-up"
    REQUEST = "request"
    """To somebody in the programme, who confirms or declines."""
    LOGISTICS = "logistics"
    """To those in the programme: the run of show, the private address, the pack."""
    CUSTOM = "custom"
    """Whatever its `subject` and `text` say."""


class CalendarFile(StrEnum):
    """What the calendar file of a mailing is (RFC 5546): to keep, to answer, or not there."""

    PUBLISH = "publish"
    REQUEST = "request"
    NONE = "none"


class AudienceGroup(StrEnum):
    """People whom the ledger or the briefing knows."""

    REGISTERED = "registered"
    """Those who have a place."""
    WAITLISTED = "waitlisted"
    PENDING = "pending"
    CANCELLED = "cancelled"
    ATTENDED = "attended"
    ABSENT = "absent"
    """Those who had a place and were not seen."""
    PARTICIPANTS = "participants"


def _canonical(tags: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(canonical, tags))


def _canonical_or_none(tag: str | None) -> str | None:
    return None if tag is None else canonical(tag)


@frozen
class Assumed:
    """What is taken for those of an audience who do not say it themselves."""

    language: str | None = field(default=None, converter=_canonical_or_none)
    timezone: str | None = field(default=None, validator=check_zone)
    organization: Name | None = None


# Which settings narrow which groups: on another one they would say nothing, and somebody meant something.
_OF_PARTICIPANTS = ("roles",)
_OF_REGISTRANTS = ("segments", "answers")


@frozen
class Audience:
    """A group that is known, a file of addresses below the briefing's folder, or those whom a target knows.

    `languages` narrows it to those who read one of them, `roles` participants to those with one of them, `segments` and
    `answers` registrants to those who chose one of the parts and gave one of the answers to each of the questions.
    `sheet` is of a workbook.
    """

    group: AudienceGroup | None = None
    file: str | None = field(default=None, validator=check_inside)
    target: str | None = None
    sheet: str | None = None
    languages: tuple[str, ...] = field(default=(), converter=_canonical)
    roles: tuple[ParticipantRole, ...] = ()
    segments: tuple[str, ...] = ()
    answers: tuple[ShownIf, ...] = ()
    assumed: Assumed = field(factory=Assumed)

    def __attrs_post_init__(self) -> None:
        """Refuse more than one of the three and none, and what narrows another kind of people."""
        if sum(each is not None for each in (self.group, self.file, self.target)) != 1:
            raise ModelError(
                "an audience is a group (registered, participants …), {file: contacts.csv} or {target: name}"
            )
        participants = self.group is AudienceGroup.PARTICIPANTS
        for name in _OF_PARTICIPANTS if not participants else ():
            if getattr(self, name):
                raise ModelError(f"{name} are of participants", field=name)
        for name in _OF_REGISTRANTS if participants or self.group is None else ():
            if getattr(self, name):
                raise ModelError(f"{name} are of those who registered", field=name)
        if self.sheet is not None and self.file is None:
            raise ModelError("a sheet is of a file", field="sheet")


@frozen
class Mailing:
    """One mailing; `at` is a local time or an offset, and absent for one that is sent by hand.

    `subject` (plain) and `text` (Markdown) stand in place of the kind's own words. `calendar` is the kind's own choice
    where it is None, `fallback` what is done with texts that are not there in the recipient's language, `templates` a
    folder below the briefing's.
    """

    key: str = field(validator=check_key)
    kind: MailingKind
    audience: tuple[Audience, ...]
    at: Offset | datetime | None = field(default=None, validator=check_local)
    subject: MultilingualText | None = None
    text: MultilingualText | None = None
    calendar: CalendarFile | None = None
    fallback: Fallback = Fallback.MARK
    templates: str | None = field(default=None, validator=check_inside)

    def __attrs_post_init__(self) -> None:
        """Refuse a mailing to nobody."""
        if not self.audience:
            raise ModelError("a mailing needs an audience", field="audience")
