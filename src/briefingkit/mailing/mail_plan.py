"""What sending a mailing would do, and how it stands: what is told of it before and after."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from briefingkit.errors import MailingError, RenderError, Unpublishable

if TYPE_CHECKING:
    from briefingkit.mailing.changes import Changed
    from briefingkit.mailing.messages.kinds import Letter
    from briefingkit.mailing.messages.message import Message
    from briefingkit.mailing.people.audience import Member
    from briefingkit.mailing.scheduling import Schedule
    from briefingkit.model import MailingKind
    from briefingkit.registrations.files.importing import RowFault

__all__ = ["MailPlan", "MailStatus", "Samples"]


@frozen
class MailPlan:
    """What sending a mailing now would do; nothing was written.

    `new` are messages that would go, `known` those that were sent or are in hand already. `languages` counts the people
    of the audience by the language in which they are written to, `left_out` others by the reason. `samples` are one
    message in each language, and `unwritten` why there is none in one. `changes` are what an update would tell.
    """

    briefing: str
    mailing: str
    kind: "MailingKind"
    schedule: "Schedule"
    revision: int
    new: int = 0
    known: Mapping[str, int] = field(factory=dict)
    languages: Mapping[str, int] = field(factory=dict)
    left_out: Mapping[str, int] = field(factory=dict)
    faults: tuple["RowFault", ...] = ()
    notices: tuple[str, ...] = ()
    changes: tuple["Changed", ...] = ()
    samples: Mapping[str, "Message"] = field(factory=dict, repr=False)
    unwritten: Mapping[str, str] = field(factory=dict)

    @property
    def recipients(self) -> int:
        """How many people the audience has, without those who are left out."""
        return sum(self.languages.values())


@frozen
class MailStatus:
    """How a mailing stands: its messages by state, those that were erased, and when more is due."""

    briefing: str
    mailing: str
    kind: "MailingKind"
    schedule: "Schedule"
    counts: Mapping[str, int]
    erased: Mapping[str, int]
    unfinished: bool = False
    """Whether planning it was cut off, so that there may be more to write to than are counted."""


@define
class Samples:
    """A message in each language, to the first who reads it and can be written to, and why there is none in the others.

    `write` makes somebody's message, and adds to a list what it lacks.
    """

    write: 'Callable[[str, "Member", "Letter", list[str]], "Message"]'
    messages: dict[str, "Message"] = field(factory=dict)
    notices: list[str] = field(factory=list)
    _unwritten: dict[str, str] = field(factory=dict)
    _passed: dict[str, str] = field(factory=dict)

    @property
    def unwritten(self) -> Mapping[str, str]:
        """Tell why there is no message in a language."""
        missing = {language: why for language, why in self._passed.items() if language not in self.messages}
        return {**missing, **self._unwritten}

    def take(self, person: str, member: "Member", letter: "Letter") -> None:
        """Write to somebody, if they are the first in their language."""
        language = member.language or ""
        if language in self.messages or language in self._unwritten:
            return
        try:
            self.messages[language] = self.write(person, member, letter, self.notices)
        except (RenderError, Unpublishable) as error:
            self._unwritten[language] = str(error)
        except MailingError as error:  # it is about this person alone, as of an address that is too long
            self._passed.setdefault(language, str(error))
            if (notice := f"somebody cannot be written to: {error}") not in self.notices:
                self.notices.append(notice)
