"""The agenda: items in order, the people in them and the questions that they put."""

from datetime import date, time, timedelta
from enum import StrEnum

from attrs import field, frozen

from briefingkit.errors import ModelError
from briefingkit.model.keys import check_key, duplicates
from briefingkit.model.schedule import check_day, check_length, check_local
from briefingkit.text import MultilingualText

__all__ = ["AgendaItem", "ItemKind", "Participant", "ParticipantRole", "ParticipantStatus", "Question"]


class ItemKind(StrEnum):
    """What happens in an agenda item."""

    OPENING = "opening"
    PRESENTATION = "presentation"
    PANEL = "panel"
    DISCUSSION = "discussion"
    BREAK = "break"
    CLOSING = "closing"
    OTHER = "other"

    @property
    def is_chosen(self) -> bool:
        """Whether people can choose such an item, where they choose items of the agenda; the others are for all."""
        return self not in {ItemKind.OPENING, ItemKind.BREAK, ItemKind.CLOSING}


class ParticipantRole(StrEnum):
    """A part in the programme (RFC 9073, PARTICIPANT-TYPE, in the words that programmes print)."""

    SPEAKER = "speaker"
    MODERATOR = "moderator"
    PANELLIST = "panellist"
    INTERPRETER = "interpreter"
    HOST = "host"


class ParticipantStatus(StrEnum):
    """Whether they have agreed; `tbc` is to be confirmed."""

    CONFIRMED = "confirmed"
    INVITED = "invited"
    TBC = "tbc"
    DECLINED = "declined"


@frozen
class Participant:
    """A person's part in an agenda item; a part that nobody fills yet has no person and is to be confirmed."""

    person: str | None = None
    role: ParticipantRole = ParticipantRole.SPEAKER
    status: ParticipantStatus = ParticipantStatus.CONFIRMED

    def __attrs_post_init__(self) -> None:
        """Refuse a confirmed nobody."""
        if self.person is None and self.status is ParticipantStatus.CONFIRMED:
            raise ModelError(
                "a part that is confirmed names a person; without one, say `status: tbc`", field="status"
            )


@frozen
class Question:
    """A guiding question; with `in_form` the registration form asks it too."""

    key: str = field(validator=check_key)
    text: MultilingualText
    in_form: bool = False


@frozen
class AgendaItem:
    """One item. It starts at `start` (local, on `day`), or runs on from the item before for `duration`, or has no time.

    `day` is given in a briefing of several days; `duration` may stand beside `start`. `capacity` counts people, where
    registrants choose among the items.
    """

    key: str = field(validator=check_key)
    title: MultilingualText
    kind: ItemKind = ItemKind.OTHER
    start: time | None = field(default=None, validator=check_local)
    day: date | None = field(default=None, validator=check_day)
    duration: timedelta | None = field(default=None, validator=check_length)
    description: MultilingualText | None = None
    participants: tuple[Participant, ...] = ()
    questions: tuple[Question, ...] = ()
    capacity: int | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a day that says nothing, and keys that stand twice."""
        if self.day is not None and self.start is None:
            raise ModelError("a day without a start says nothing: give `start` too", field="day")
        if self.capacity is not None and self.capacity < 1:
            raise ModelError("a capacity is at least 1; leave it out for no limit", field="capacity")
        if twice := duplicates(question.key for question in self.questions):
            raise ModelError(
                f"two questions have the key {twice[0]}: keys are unique in a list", field="questions"
            )
