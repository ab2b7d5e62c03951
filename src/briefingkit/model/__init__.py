"""The briefing as frozen values: what it is, without where it came from or where it goes. No I/O, no clock."""

from briefingkit.model.agenda import (
    AgendaItem,
    ItemKind,
    Participant,
    ParticipantRole,
    ParticipantStatus,
    Question,
)
from briefingkit.model.briefing import Briefing, Status, uid
from briefingkit.model.languages import Accessibility, ArrangementRequests, Channel, Interpretation
from briefingkit.model.letterhead import Letterhead
from briefingkit.model.mailing import Assumed, Audience, AudienceGroup, CalendarFile, Mailing, MailingKind
from briefingkit.model.people import Contact, Organizer, OrganizerRole, Partner, Person
from briefingkit.model.place import Access, FromTarget, Online, Place, PlaceMode, Venue
from briefingkit.model.programme import Programme
from briefingkit.model.publication import Publication, public_digest, why_unpublishable
from briefingkit.model.question import Option, QuestionType, RegistrationQuestion, ShownIf
from briefingkit.model.registration import Choosable, Consent, Registration, RegistrationField
from briefingkit.model.related import Link, Material, PartOf, RelatedEvent
from briefingkit.model.schedule import Anchor, LocalTime, Offset, When
from briefingkit.model.structure import FORMAT, structure, unstructure
from briefingkit.model.timetable import Slot, timetable

__all__ = [
    "FORMAT",
    "Access",
    "Accessibility",
    "AgendaItem",
    "Anchor",
    "ArrangementRequests",
    "Assumed",
    "Audience",
    "AudienceGroup",
    "Briefing",
    "CalendarFile",
    "Channel",
    "Choosable",
    "Consent",
    "Contact",
    "FromTarget",
    "Interpretation",
    "ItemKind",
    "Letterhead",
    "Link",
    "LocalTime",
    "Mailing",
    "MailingKind",
    "Material",
    "Offset",
    "Online",
    "Option",
    "Organizer",
    "OrganizerRole",
    "PartOf",
    "Participant",
    "ParticipantRole",
    "ParticipantStatus",
    "Partner",
    "Person",
    "Place",
    "PlaceMode",
    "Programme",
    "Publication",
    "Question",
    "QuestionType",
    "Registration",
    "RegistrationField",
    "RegistrationQuestion",
    "RelatedEvent",
    "ShownIf",
    "Slot",
    "Status",
    "Venue",
    "When",
    "public_digest",
    "structure",
    "timetable",
    "uid",
    "unstructure",
    "why_unpublishable",
]
