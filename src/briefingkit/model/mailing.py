"""Mailings: what is written to whom, and when, told from the briefing itself."""

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from briefingkit.errors import ModelError
from briefingkit.model.addresses import check_inside
from briefingkit.model.keys import check_key
from briefingkit.model.schedule import Offset, check_local
from briefingkit.text import MultilingualText
from briefingkit.text.fallback import Fallback

__all__ = ["Audience", "AudienceGroup", "CalendarFile", "Mailing", "MailingKind"]


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
    """People whom the ledger knows."""

    REGISTERED = "registered"
    WAITLISTED = "waitlisted"
    PARTICIPANTS = "participants"
    ATTENDED = "attended"
    ABSENT = "absent"


@frozen
class Audience:
    """A group that the ledger knows, or a file of addresses below the briefing's folder."""

    group: AudienceGroup | None = None
    file: str | None = field(default=None, validator=check_inside)

    def __attrs_post_init__(self) -> None:
        """Refuse both and neither."""
        if (self.group is None) is (self.file is None):
            raise ModelError("an audience is a group (registered, participants …) or {file: contacts.csv}")


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
