"""The one place where a publication becomes what somebody may read: privacy and missing translations are settled here.

Every output is made from a `View`, and a view holds nothing that its audience may not see: no person's e-mail, phone,
language or zone for anybody, no address of a room or material beyond the audience's access, nobody who declined.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import TypeVar

from briefingkit.errors import Unpublishable
from briefingkit.model import (
    Access,
    Accessibility,
    Briefing,
    Contact,
    FromTarget,
    Interpretation,
    Link,
    Material,
    Organizer,
    OrganizerRole,
    Participant,
    ParticipantStatus,
    Partner,
    PartOf,
    Programme,
    Publication,
    Question,
    Registration,
    RelatedEvent,
    Slot,
    Status,
    Venue,
    When,
    timetable,
)
from briefingkit.render.fields import Value, view_fields, view_from_fields
from briefingkit.render.values import (
    AccessibilityView,
    AgendaItemView,
    Availability,
    ChannelView,
    ChildView,
    ContactView,
    InterpretationView,
    LinkView,
    OnlineView,
    OrganizerView,
    ParticipantView,
    PartnerView,
    PartOfView,
    QuestionView,
    RegistrationView,
    RelatedEventView,
    VenueView,
    View,
)
from briefingkit.text import LocalizedUrl, MultilingualText, Name
from briefingkit.text.fallback import Fallback
from briefingkit.text.language import canonical

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
    "Value",
    "VenueView",
    "View",
    "view",
    "view_fields",
    "view_from_fields",
]

_T = TypeVar("_T")
_V = TypeVar("_V")


def view(
    publication: Publication,
    language: str,
    *,
    programme: Programme | None = None,
    audience: Access = Access.PUBLIC,
    fallback: Fallback = Fallback.MARK,
    addresses: Mapping[str, str] | None = None,
) -> View:
    """Project a publication into one language for one audience.

    `programme` gives its parent and children. `addresses` are those that targets make, by their path in the view:
    `url` (of this page), `online.url`, `registration.url`, `interpretation.into.fr.url`, `part_of.url`,
    `children.<identifier>.url`; an address in the briefing goes before them, and access holds for them too.

    A text that is missing in the language is marked, or left out (a thing whose title is missing goes with it), or
    refused. Two kinds never leave a hole: the briefing's own title and names are marked where others are left out.
    Raises Unpublishable, with every missing path, for REFUSE; TextError for a language that is none.
    """
    eye = _Eye(canonical(language), audience, fallback, addresses or {})
    made = _project(publication, programme or Programme(()), eye)
    if eye.missing:
        what = ", ".join(eye.missing)
        raise Unpublishable(
            f"{publication.briefing.identifier} is not complete in {eye.language}: {what} "
            f"{'is' if len(eye.missing) == 1 else 'are'} not translated. "
            "Translate, or let the target mark what is missing"
        )
    return made


class _Eye:
    """Whoever reads: their language and access, and a record of what they got in another language."""

    def __init__(
        self, language: str, audience: Access, fallback: Fallback, addresses: Mapping[str, str]
    ) -> None:
        self.language = language
        self.audience = audience
        self.fallback = fallback
        self.addresses = addresses
        self.marks: dict[str, str] = {}
        self.missing: list[str] = []

    def text(self, path: str, text: MultilingualText | None) -> str | None:
        """Read prose: marked, left out or refused where it is missing."""
        if text is None:
            return None
        found = text.lookup(self.language)
        if found.fallback:
            if self.fallback is Fallback.OMIT:
                return None
            self._fell_back(path, found.language)
        return found.text

    def name(self, path: str, name: Name | MultilingualText) -> str:
        """Read what something is called: never left out, for a thing without a name is no use to anyone."""
        found = name.lookup(self.language)
        if found.fallback:
            self._fell_back(path, found.language)
        return found.text

    def optional_name(self, path: str, name: Name | None) -> str | None:
        return None if name is None else self.name(path, name)

    def url(self, path: str, url: LocalizedUrl | FromTarget | None) -> str | None:
        """Read an address; one in another language is still of use, so it is marked and never refused."""
        if not isinstance(url, LocalizedUrl):
            return self.addresses.get(path)
        found = url.lookup(self.language)
        if found.fallback:
            self.marks[path] = found.language
        return found.text

    def _fell_back(self, path: str, language: str) -> None:
        self.marks[path] = language
        if self.fallback is Fallback.REFUSE:
            self.missing.append(path)


def _project(publication: Publication, programme: Programme, eye: _Eye) -> View:
    briefing, when = publication.briefing, publication.when
    place = briefing.place
    return View(
        uid=publication.uid,
        identifier=briefing.identifier,
        revision=publication.revision,
        at=_utc(publication.at),
        audience=eye.audience,
        language=eye.language,
        languages=briefing.languages,
        url=eye.addresses.get("url"),
        status=briefing.status,
        title=eye.name("title", publication.title),
        start=_iso(when.start),
        end=_iso(when.end),
        all_day=when.all_day,
        timezone=when.timezone,
        utc_start=_utc(when.utc_start),
        utc_end=_utc(when.utc_end),
        track=eye.optional_name("track", briefing.track),
        mode=None if place is None else place.mode,
        online=_online(briefing, eye),
        venue=None if place is None or place.venue is None else _venue(place.venue, eye),
        organizers=_organizers(briefing, eye),
        partners=tuple(_partner(f"partners.{partner.key}", partner, eye) for partner in briefing.partners),
        contact=_some(briefing.contact, _contact, eye),
        background=eye.text("background", briefing.background),
        objectives=eye.text("objectives", briefing.objectives),
        agenda=_agenda(briefing, when, eye),
        links=_present(_link(f"links.{link.key}", link, eye) for link in briefing.links),
        materials=_materials(briefing.materials, eye),
        interpretation=_interpretation(briefing, eye),
        accessibility=_accessibility(briefing.accessibility, briefing.contact),
        registration=_registration(briefing.registration, when, eye),
        part_of=_part_of(briefing, programme, eye),
        children=_children(briefing, programme, eye),
        leads_to=_leads_to(briefing.leads_to, eye),
        marks=eye.marks,
    )


def _some(value: _V | None, read: Callable[[_V, _Eye], _T], eye: _Eye) -> _T | None:
    return None if value is None else read(value, eye)


def _present(values: Iterable[_T | None]) -> tuple[_T, ...]:
    return tuple(value for value in values if value is not None)


def _iso(moment: date) -> str:
    """Write a local time to the minute, or to the second where it has one, and a date as it is."""
    if isinstance(moment, datetime):
        return moment.isoformat(timespec="seconds" if moment.second else "minutes")
    return moment.isoformat()


def _iso_or_none(moment: date | None) -> str | None:
    return None if moment is None else _iso(moment)


def _utc(moment: datetime) -> str:
    return f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}Z"


# Where.


def _access_to_rooms(briefing: Briefing) -> Access:
    online = briefing.place.online if briefing.place else None
    return online.access if online else Access.REGISTERED


def _withheld(access: Access) -> Availability:
    return Availability.PARTICIPANTS if access is Access.PARTICIPANTS else Availability.REGISTERED


def _online(briefing: Briefing, eye: _Eye) -> OnlineView | None:
    online = briefing.place.online if briefing.place else None
    if online is None:
        return None
    if not online.access.visible_to(eye.audience):
        return OnlineView(None, _withheld(online.access))
    url = eye.url("online.url", online.url)
    return OnlineView(url, Availability.TO_COME if url is None else Availability.GIVEN)


def _venue(venue: Venue, eye: _Eye) -> VenueView:
    if not venue.access.visible_to(eye.audience):
        return VenueView(None, None, _withheld(venue.access))
    name = eye.name("venue.name", venue.name)
    return VenueView(name, eye.optional_name("venue.address", venue.address), Availability.GIVEN)


def _interpretation(briefing: Briefing, eye: _Eye) -> InterpretationView | None:
    given: Interpretation | None = briefing.interpretation
    if given is None:
        return None
    visible = _access_to_rooms(briefing).visible_to(eye.audience)
    channels = (
        ChannelView(
            channel.language,
            eye.url(f"interpretation.into.{channel.language}.url", channel.url) if visible else None,
        )
        for channel in given.into
    )
    return InterpretationView(given.floor, tuple(channels))


# Who.


def _organizers(briefing: Briefing, eye: _Eye) -> tuple[OrganizerView, ...]:
    hosts = briefing.hosts
    return tuple(
        _organizer(f"organizers.{organizer.key}", organizer, organizer in hosts, eye)
        for organizer in briefing.organizers
    )


def _organizer(path: str, organizer: Organizer, is_host: bool, eye: _Eye) -> OrganizerView:  # noqa: FBT001
    return OrganizerView(
        key=organizer.key,
        name=eye.name(f"{path}.name", organizer.name),
        role=OrganizerRole.HOST if is_host else OrganizerRole.CO_ORGANIZER,
        steers=organizer.steers,
        url=eye.url(f"{path}.url", organizer.url),
        logo=organizer.logo,
    )


def _partner(path: str, partner: Partner, eye: _Eye) -> PartnerView:
    name = eye.name(f"{path}.name", partner.name)
    return PartnerView(partner.key, name, eye.url(f"{path}.url", partner.url), partner.logo)


def _contact(contact: Contact, eye: _Eye) -> ContactView:
    return ContactView(eye.optional_name("contact.name", contact.name), contact.email, contact.phone)


def _accessibility(given: Accessibility | None, contact: Contact | None) -> AccessibilityView | None:
    if given is None:
        return None
    asked = given.requests
    to = until = None
    if asked is not None:
        to = asked.to if asked.to != "contact" else contact.email if contact else None
        until = _iso_or_none(asked.until)
    return AccessibilityView(given.captions, given.sign, to, until)


# What.


def _agenda(briefing: Briefing, when: When, eye: _Eye) -> tuple[AgendaItemView, ...]:
    slots = timetable(briefing.agenda, when)
    return _present(_agenda_item(f"agenda.{slot.item.key}", slot, briefing, eye) for slot in slots)


def _agenda_item(path: str, slot: Slot, briefing: Briefing, eye: _Eye) -> AgendaItemView | None:
    item = slot.item
    title = eye.text(f"{path}.title", item.title)
    if title is None:
        return None
    going = [one for one in item.participants if one.status is not ParticipantStatus.DECLINED]
    return AgendaItemView(
        key=item.key,
        title=title,
        kind=item.kind,
        description=eye.text(f"{path}.description", item.description),
        start=_iso_or_none(slot.start),
        end=_iso_or_none(slot.end),
        participants=tuple(
            _participant(f"{path}.participants.{index}", one, briefing, eye)
            for index, one in enumerate(going)
        ),
        questions=_present(_question(f"{path}.questions.{one.key}", one, eye) for one in item.questions),
    )


def _participant(path: str, participant: Participant, briefing: Briefing, eye: _Eye) -> ParticipantView:
    if participant.person is None:
        return ParticipantView(None, None, None, None, participant.role, participant.status)
    person = briefing.person(participant.person)
    return ParticipantView(
        person=person.key,
        name=eye.name(f"{path}.name", person.name),
        position=eye.text(f"{path}.position", person.position),
        organization=eye.optional_name(f"{path}.organization", person.organization),
        role=participant.role,
        status=participant.status,
    )


def _question(path: str, question: Question, eye: _Eye) -> QuestionView | None:
    text = eye.text(f"{path}.text", question.text)
    return None if text is None else QuestionView(question.key, text)


def _link(path: str, link: Link | Material, eye: _Eye) -> LinkView | None:
    title = eye.text(f"{path}.title", link.title)
    return None if title is None else LinkView(link.key, title, eye.url(f"{path}.url", link.url))


def _materials(materials: tuple[Material, ...], eye: _Eye) -> tuple[LinkView, ...]:
    seen = (material for material in materials if material.access.visible_to(eye.audience))
    return _present(_link(f"materials.{material.key}", material, eye) for material in seen)


def _registration(given: Registration | None, when: When, eye: _Eye) -> RegistrationView | None:
    if given is None:
        return None
    return RegistrationView(
        url=eye.url("registration.url", given.url),
        opens=None if given.opens is None else _iso(when.moment(given.opens)),
        closes=None if given.closes is None else _iso(when.moment(given.closes)),
        capacity=given.capacity,
        waitlist=given.waitlist,
    )


# Around it.


def _part_of(briefing: Briefing, programme: Programme, eye: _Eye) -> PartOfView | None:
    given: PartOf | None = briefing.part_of
    if given is None:
        return None
    parent = programme.parent(briefing)
    when = parent.when if parent else None
    named = given.title or (parent.title if parent else None)
    title = eye.text("part_of.title", named)
    if title is None:
        return None
    return PartOfView(
        identifier=given.briefing,
        title=title,
        start=_iso_or_none(given.start or (when.start if when else None)),
        end=_iso_or_none(given.end or (when.end if when else None)),
        timezone=when.timezone if when and given.start is None else None,
        url=eye.url("part_of.url", given.url),
        joinable=given.joinable,
    )


def _children(briefing: Briefing, programme: Programme, eye: _Eye) -> tuple[ChildView, ...]:
    return _present(_child(child, eye) for child in programme.children(briefing.identifier))


def _child(child: Briefing, eye: _Eye) -> ChildView | None:
    """Show a child that is there to be shown: a draft is nobody's business yet."""
    when, path = child.when, f"children.{child.identifier}"
    if child.status is Status.DRAFT or when is None:
        return None
    title = eye.text(f"{path}.title", child.title)
    if title is None:
        return None
    return ChildView(
        identifier=child.identifier,
        title=title,
        start=_iso(when.start),
        end=_iso(when.end),
        timezone=when.timezone,
        track=eye.optional_name(f"{path}.track", child.track),
        status=child.status,
        url=eye.addresses.get(f"{path}.url"),
    )


def _leads_to(events: tuple[RelatedEvent, ...], eye: _Eye) -> tuple[RelatedEventView, ...]:
    shown: list[RelatedEventView] = []
    for event in events:
        path = f"leads_to.{len(shown)}"
        title = eye.text(f"{path}.title", event.title)
        if title is not None:
            url = eye.url(f"{path}.url", event.url)
            shown.append(RelatedEventView(title, _iso_or_none(event.start), _iso_or_none(event.end), url))
    return tuple(shown)
