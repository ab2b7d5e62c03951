"""What a reader of one language sees of a publication, as frozen values: plain words, times and addresses.

Times are ISO 8601 strings, local to `View.timezone` unless a name says UTC; a date alone is a whole day. All of it
goes through JSON and comes back equal (`briefingkit.rendering.fields`).
"""

from collections.abc import Mapping
from enum import StrEnum

from attrs import field, frozen

from briefingkit.model import (
    Access,
    ItemKind,
    OrganizerRole,
    ParticipantRole,
    ParticipantStatus,
    PlaceMode,
    Status,
)

__all__ = [
    "AccessibilityView",
    "AgendaItemView",
    "Availability",
    "ChannelView",
    "ChildView",
    "ContactView",
    "InterpretationView",
    "LinkView",
    "OnlineView",
    "OrganizerView",
    "PartOfView",
    "ParticipantView",
    "PartnerView",
    "QuestionView",
    "RegistrationView",
    "RelatedEventView",
    "VenueView",
    "View",
]


class Availability(StrEnum):
    """Whether an address is given here and, where it is not, who is sent it."""

    GIVEN = "given"
    TO_COME = "to-come"
    REGISTERED = "registered"
    PARTICIPANTS = "participants"


@frozen
class OnlineView:
    """The online room; `url` only where `availability` is GIVEN."""

    url: str | None
    availability: Availability


@frozen
class VenueView:
    """The venue; without name and address where `availability` is not GIVEN."""

    name: str | None
    address: str | None
    availability: Availability


@frozen
class OrganizerView:
    """An organisation that holds the briefing. `steers` is another one's key, `logo` a path in the source's folder."""

    key: str
    name: str
    role: OrganizerRole
    steers: str | None
    url: str | None
    logo: str | None


@frozen
class PartnerView:
    """An organisation in partnership with the organisers."""

    key: str
    name: str
    url: str | None
    logo: str | None


@frozen
class ContactView:
    """Whom the public may write to."""

    name: str | None
    email: str | None
    phone: str | None


@frozen
class ParticipantView:
    """A part in an agenda item; one that nobody fills yet has neither person nor name."""

    person: str | None
    name: str | None
    position: str | None
    organization: str | None
    role: ParticipantRole
    status: ParticipantStatus


@frozen
class QuestionView:
    """A guiding question."""

    key: str
    text: str


@frozen
class AgendaItemView:
    """An agenda item; `start` and `end` are None where they are not known."""

    key: str
    title: str
    kind: ItemKind
    description: str | None
    start: str | None
    end: str | None
    participants: tuple[ParticipantView, ...]
    questions: tuple[QuestionView, ...]

    @property
    def day(self) -> str | None:
        """The local day on which it starts."""
        return None if self.start is None else self.start[:10]


@frozen
class LinkView:
    """Something to read, or handed out; its address may be to come."""

    key: str
    title: str
    url: str | None


@frozen
class ChannelView:
    """A language that interpreters speak, with its room's address for those who may see it."""

    language: str
    url: str | None


@frozen
class InterpretationView:
    """What is spoken on the floor and what it is interpreted into."""

    floor: tuple[str, ...]
    into: tuple[ChannelView, ...]

    @property
    def languages(self) -> tuple[str, ...]:
        """Every language in which one can follow, the floor first."""
        return tuple(dict.fromkeys((*self.floor, *(channel.language for channel in self.into))))


@frozen
class AccessibilityView:
    """Captions, sign languages, and the e-mail address that takes requests until a day."""

    captions: tuple[str, ...]
    sign: tuple[str, ...]
    requests_to: str | None
    requests_until: str | None


@frozen
class PartOfView:
    """The event that this one is a segment of; its times are local to its own zone, None where that is not known."""

    identifier: str | None
    title: str
    start: str | None
    end: str | None
    timezone: str | None
    url: str | None
    joinable: bool


@frozen
class ChildView:
    """A segment of this event; its times are local to its own zone."""

    identifier: str
    title: str
    start: str
    end: str
    timezone: str
    track: str | None
    status: Status
    url: str | None


@frozen
class RelatedEventView:
    """An event that this one leads to; its times are local to wherever it is held."""

    title: str
    start: str | None
    end: str | None
    url: str | None


@frozen
class RegistrationView:
    """Where to register, from when until when (local), and for how many. Whether it is open depends on the clock."""

    url: str | None
    opens: str | None
    closes: str | None
    capacity: int | None
    waitlist: bool


@frozen
class View:
    """A publication as one audience reads it in one language.

    `background`, `objectives` and the agenda's descriptions are Markdown. `marks` names, by the path of each text that
    fell back (`agenda.the-road.title`), the language that it is in instead; an address that fell back is named too.
    `at` is the publication's moment in UTC. `languages` are all those that the briefing is announced in.
    """

    uid: str
    identifier: str
    revision: int
    at: str
    audience: Access
    language: str
    languages: tuple[str, ...]
    url: str | None
    status: Status
    title: str
    start: str
    end: str
    all_day: bool
    timezone: str
    utc_start: str
    utc_end: str
    track: str | None
    mode: PlaceMode | None
    online: OnlineView | None
    venue: VenueView | None
    organizers: tuple[OrganizerView, ...]
    partners: tuple[PartnerView, ...]
    contact: ContactView | None
    background: str | None
    objectives: str | None
    agenda: tuple[AgendaItemView, ...]
    links: tuple[LinkView, ...]
    materials: tuple[LinkView, ...]
    interpretation: InterpretationView | None
    accessibility: AccessibilityView | None
    registration: RegistrationView | None
    part_of: PartOfView | None
    children: tuple[ChildView, ...]
    leads_to: tuple[RelatedEventView, ...]
    marks: Mapping[str, str] = field(factory=dict, hash=False)

    @property
    def hosts(self) -> tuple[OrganizerView, ...]:
        """The organisers in whose name it is held."""
        return tuple(one for one in self.organizers if one.role is OrganizerRole.HOST)

    @property
    def co_organizers(self) -> tuple[OrganizerView, ...]:
        """The other organisers."""
        return tuple(one for one in self.organizers if one.role is OrganizerRole.CO_ORGANIZER)

    def language_of(self, path: str) -> str:
        """Tell the language of the text at a path: the view's own, unless it fell back."""
        return self.marks.get(path, self.language)
