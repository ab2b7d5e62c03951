"""What a reader gets of a publication, part by part. Nothing reaches an output that is not written here."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import TypeVar

from briefingkit.model import (
    Access,
    Accessibility,
    Briefing,
    Contact,
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
from briefingkit.rendering.reader import Reader
from briefingkit.rendering.values import (
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

__all__ = ["project"]

_T = TypeVar("_T")
_V = TypeVar("_V")


def project(publication: Publication, programme: Programme, reader: Reader) -> View:
    """Project a publication, and what of its programme stands around it, for a reader."""
    briefing, when = publication.briefing, publication.when
    place = briefing.place
    return View(
        uid=publication.uid,
        identifier=briefing.identifier,
        revision=publication.revision,
        at=_utc(publication.at),
        audience=reader.audience,
        language=reader.language,
        languages=briefing.languages,
        url=reader.addresses.get("url"),
        status=briefing.status,
        title=reader.name("title", publication.title),
        start=_iso(when.start),
        end=_iso(when.end),
        all_day=when.all_day,
        timezone=when.timezone,
        utc_start=_utc(when.utc_start),
        utc_end=_utc(when.utc_end),
        track=reader.optional_name("track", briefing.track),
        mode=None if place is None else place.mode,
        online=_online(briefing, reader),
        venue=None if place is None or place.venue is None else _venue(place.venue, reader),
        organizers=_organizers(briefing, reader),
        partners=tuple(_partner(f"partners.{partner.key}", partner, reader) for partner in briefing.partners),
        contact=_some(briefing.contact, _contact, reader),
        background=reader.text("background", briefing.background),
        objectives=reader.text("objectives", briefing.objectives),
        agenda=_agenda(briefing, when, reader),
        links=_present(_link(f"links.{link.key}", link, reader) for link in briefing.links),
        materials=_materials(briefing.materials, reader),
        interpretation=_interpretation(briefing, reader),
        accessibility=_accessibility(briefing.accessibility, briefing.contact),
        registration=_registration(briefing.registration, when, reader),
        part_of=_part_of(briefing, programme, reader),
        children=_children(briefing, programme, reader),
        leads_to=_leads_to(briefing.leads_to, reader),
        marks=reader.marks,
    )


def _some(value: _V | None, read: Callable[[_V, Reader], _T], reader: Reader) -> _T | None:
    return None if value is None else read(value, reader)


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


def _online(briefing: Briefing, reader: Reader) -> OnlineView | None:
    online = briefing.place.online if briefing.place else None
    if online is None:
        return None
    if not online.access.visible_to(reader.audience):
        return OnlineView(None, _withheld(online.access))
    url = reader.url("online.url", online.url)
    return OnlineView(url, Availability.TO_COME if url is None else Availability.GIVEN)


def _venue(venue: Venue, reader: Reader) -> VenueView:
    if not venue.access.visible_to(reader.audience):
        return VenueView(None, None, _withheld(venue.access))
    name = reader.name("venue.name", venue.name)
    return VenueView(name, reader.optional_name("venue.address", venue.address), Availability.GIVEN)


def _interpretation(briefing: Briefing, reader: Reader) -> InterpretationView | None:
    given: Interpretation | None = briefing.interpretation
    if given is None:
        return None
    visible = _access_to_rooms(briefing).visible_to(reader.audience)
    channels = (
        ChannelView(
            channel.language,
            reader.url(f"interpretation.into.{channel.language}.url", channel.url) if visible else None,
        )
        for channel in given.into
    )
    return InterpretationView(given.floor, tuple(channels))


# Who.


def _organizers(briefing: Briefing, reader: Reader) -> tuple[OrganizerView, ...]:
    hosts = briefing.hosts
    return tuple(
        _organizer(f"organizers.{organizer.key}", organizer, reader, is_host=organizer in hosts)
        for organizer in briefing.organizers
    )


def _organizer(path: str, organizer: Organizer, reader: Reader, *, is_host: bool) -> OrganizerView:
    return OrganizerView(
        key=organizer.key,
        name=reader.name(f"{path}.name", organizer.name),
        role=OrganizerRole.HOST if is_host else OrganizerRole.CO_ORGANIZER,
        steers=organizer.steers,
        url=reader.url(f"{path}.url", organizer.url),
        logo=organizer.logo,
    )


def _partner(path: str, partner: Partner, reader: Reader) -> PartnerView:
    name = reader.name(f"{path}.name", partner.name)
    return PartnerView(partner.key, name, reader.url(f"{path}.url", partner.url), partner.logo)


def _contact(contact: Contact, reader: Reader) -> ContactView:
    return ContactView(reader.optional_name("contact.name", contact.name), contact.email, contact.phone)


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


def _agenda(briefing: Briefing, when: When, reader: Reader) -> tuple[AgendaItemView, ...]:
    slots = timetable(briefing.agenda, when)
    return _present(_agenda_item(f"agenda.{slot.item.key}", slot, briefing, reader) for slot in slots)


def _agenda_item(path: str, slot: Slot, briefing: Briefing, reader: Reader) -> AgendaItemView | None:
    item = slot.item
    title = reader.text(f"{path}.title", item.title)
    if title is None:
        return None
    going = [one for one in item.participants if one.status is not ParticipantStatus.DECLINED]
    return AgendaItemView(
        key=item.key,
        title=title,
        kind=item.kind,
        description=reader.text(f"{path}.description", item.description),
        start=_iso_or_none(slot.start),
        end=_iso_or_none(slot.end),
        participants=tuple(
            _participant(f"{path}.participants.{index}", one, briefing, reader)
            for index, one in enumerate(going)
        ),
        questions=_present(_question(f"{path}.questions.{one.key}", one, reader) for one in item.questions),
    )


def _participant(path: str, participant: Participant, briefing: Briefing, reader: Reader) -> ParticipantView:
    if participant.person is None:
        return ParticipantView(None, None, None, None, participant.role, participant.status)
    person = briefing.person(participant.person)
    return ParticipantView(
        person=person.key,
        name=reader.name(f"{path}.name", person.name),
        position=reader.text(f"{path}.position", person.position),
        organization=reader.optional_name(f"{path}.organization", person.organization),
        role=participant.role,
        status=participant.status,
    )


def _question(path: str, question: Question, reader: Reader) -> QuestionView | None:
    text = reader.text(f"{path}.text", question.text)
    return None if text is None else QuestionView(question.key, text)


def _link(path: str, link: Link | Material, reader: Reader) -> LinkView | None:
    title = reader.text(f"{path}.title", link.title)
    return None if title is None else LinkView(link.key, title, reader.url(f"{path}.url", link.url))


def _materials(materials: tuple[Material, ...], reader: Reader) -> tuple[LinkView, ...]:
    seen = (material for material in materials if material.access.visible_to(reader.audience))
    return _present(_link(f"materials.{material.key}", material, reader) for material in seen)


def _registration(given: Registration | None, when: When, reader: Reader) -> RegistrationView | None:
    if given is None:
        return None
    return RegistrationView(
        url=reader.url("registration.url", given.url),
        opens=None if given.opens is None else _iso(when.moment(given.opens)),
        closes=None if given.closes is None else _iso(when.moment(given.closes)),
        capacity=given.capacity,
        waitlist=given.waitlist,
    )


# Around it.


def _part_of(briefing: Briefing, programme: Programme, reader: Reader) -> PartOfView | None:
    given: PartOf | None = briefing.part_of
    if given is None:
        return None
    parent = programme.parent(briefing)
    when = parent.when if parent else None
    named = given.title or (parent.title if parent else None)
    title = reader.text("part_of.title", named)
    if title is None:
        return None
    return PartOfView(
        identifier=given.briefing,
        title=title,
        start=_iso_or_none(given.start or (when.start if when else None)),
        end=_iso_or_none(given.end or (when.end if when else None)),
        timezone=when.timezone if when and given.start is None else None,
        url=reader.url("part_of.url", given.url),
        joinable=given.joinable,
    )


def _children(briefing: Briefing, programme: Programme, reader: Reader) -> tuple[ChildView, ...]:
    return _present(_child(child, reader) for child in programme.children(briefing.identifier))


def _child(child: Briefing, reader: Reader) -> ChildView | None:
    """Show a child that is there to be shown: a draft is nobody's business yet."""
    when, path = child.when, f"children.{child.identifier}"
    if child.status is Status.DRAFT or when is None:
        return None
    title = reader.text(f"{path}.title", child.title)
    if title is None:
        return None
    return ChildView(
        identifier=child.identifier,
        title=title,
        start=_iso(when.start),
        end=_iso(when.end),
        timezone=when.timezone,
        track=reader.optional_name(f"{path}.track", child.track),
        status=child.status,
        url=reader.addresses.get(f"{path}.url"),
    )


def _leads_to(events: tuple[RelatedEvent, ...], reader: Reader) -> tuple[RelatedEventView, ...]:
    shown: list[RelatedEventView] = []
    for event in events:
        path = f"leads_to.{len(shown)}"
        title = reader.text(f"{path}.title", event.title)
        if title is not None:
            url = reader.url(f"{path}.url", event.url)
            shown.append(RelatedEventView(title, _iso_or_none(event.start), _iso_or_none(event.end), url))
    return tuple(shown)
