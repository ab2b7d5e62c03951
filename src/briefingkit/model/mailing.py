"""Mailings: what is written to whom, and when, told from the briefing itself."""

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from briefingkit.errors import ModelError
from briefingkit.model.addresses import check_inside
from briefingkit.model.keys import check_key
from briefingkit.model.schedule import Offset, check_local

__all__ = ["Audience", "AudienceGroup", "Mailing", "MailingKind"]


class MailingKind(StrEnum):
    """What a mailing is for; it decides the template and what makes an occasion."""

    INVITATION = "invitation"
    CONFIRMATION = "confirmation"
    LOGISTICS = "logistics"
    REMINDER = "reminder"
    UPDATE = "update"
    CANCELLATION = "cancellation"
    FOLLOW_UP = "follow-up"


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
    """One mailing; `at` is a local time or an offset, and absent for one that is sent by hand."""

    key: str = field(validator=check_key)
    kind: MailingKind
    audience: tuple[Audience, ...]
    at: Offset | datetime | None = field(default=None, validator=check_local)

    def __attrs_post_init__(self) -> None:
        """Refuse a mailing to nobody."""
        if not self.audience:
            raise ModelError("a mailing needs an audience", field="audience")
