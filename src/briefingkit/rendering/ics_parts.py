"""What newer standards add to a calendar event: its people, its rooms, its links and what it is part of.

RFC 9073 (PARTICIPANT), RFC 7986 (CONFERENCE), RFC 9253 (LINK) and RFC 5545 section 3.8.4.5 (RELATED-TO).
"""

from collections.abc import Iterator
from itertools import groupby

from icalendar import Component, Event

from briefingkit.model import ParticipantRole, uid
from briefingkit.rendering.calendar_text import person_in_words
from briefingkit.rendering.ics_values import parameter, text, uri
from briefingkit.rendering.values import LinkView, ParticipantView, View
from briefingkit.rendering.words import languages_in_words, role_in_words
from briefingkit.text.phrases import phrase

__all__ = ["add_conferences", "add_links", "add_participants", "add_relations"]

_SPEAKING = frozenset({ParticipantRole.SPEAKER, ParticipantRole.PANELLIST})


def add_relations(event: Event, view: View) -> None:
    """Tie the event to its parent and its children by their UIDs; those of another project have none that is known."""
    namespace = view.uid.partition("@")[2]
    if view.part_of is not None and view.part_of.identifier is not None:
        event.add("related-to", text(uid(namespace, view.part_of.identifier), RELTYPE="PARENT"))
    for child in view.children:
        event.add("related-to", text(uid(namespace, child.identifier), RELTYPE="CHILD"))


def add_conferences(event: Event, view: View) -> None:
    """Add the online room, and each interpreters' channel that has an address of its own, if the view holds them."""
    if view.online is not None and view.online.url is not None:
        floor = view.interpretation.floor[0] if view.interpretation else None
        _add_conference(
            event, view.online.url, ["AUDIO", "VIDEO"], phrase("Join online", view.language), floor
        )
    for channel in view.interpretation.into if view.interpretation else ():
        if channel.url is not None:
            spoken = languages_in_words((channel.language,), view.language)
            label = phrase("Interpretation into {languages}", view.language, languages=spoken)
            _add_conference(event, channel.url, ["AUDIO"], label, channel.language)


def _add_conference(event: Event, url: str, features: list[str], label: str, language: str | None) -> None:
    event.add(
        "conference", uri(url, VALUE="URI", FEATURE=features, LABEL=parameter(label), LANGUAGE=language)
    )


def add_links(event: Event, view: View) -> None:
    """Add what there is to read, what is handed out, and the events around this one, where they have addresses."""
    for paths, relation, links in (
        ("links", "related", view.links),
        ("materials", "enclosure", view.materials),
    ):
        for link in links:
            _add_link(event, view, f"{paths}.{link.key}.title", link, relation)
    if view.part_of is not None:
        _add_link(event, view, "part_of.title", LinkView("", view.part_of.title, view.part_of.url), "up")
    for index, later in enumerate(view.leads_to):
        _add_link(event, view, f"leads_to.{index}.title", LinkView("", later.title, later.url), "next")


def _add_link(event: Event, view: View, path: str, link: LinkView, relation: str) -> None:
    """Add a link with a relation type of IANA's registry (RFC 8288)."""
    if link.url is not None:
        label, language = parameter(link.title), view.language_of(path)
        event.add("link", uri(link.url, VALUE="URI", LINKREL=relation, LABEL=label, LANGUAGE=language))


def add_participants(event: Event, view: View) -> None:
    """Add speakers and the others in the programme, the organisations behind it, and whom to ask.

    Nobody's address but the contact's is known here: a view holds no private ones.
    """
    for person, parts in groupby(sorted(_named(view), key=_person), key=_person):
        event.add_component(_person_component(view, person, tuple(parts)))
    for kind, organizations in (("organizer", view.organizers), ("partner", view.partners)):
        for one in organizations:
            component = _participant(view, f"{kind}.{one.key}", "SPONSOR", one.name)
            if one.url is not None:
                component.add("url", uri(one.url))
            event.add_component(component)
    if view.contact is not None and (named := view.contact.name or view.contact.email):
        component = _participant(view, "contact", "CONTACT", named)
        if view.contact.email is not None:
            component.add("calendar-address", uri(f"mailto:{view.contact.email}"))
        event.add_component(component)


def _named(view: View) -> Iterator[ParticipantView]:
    return (one for item in view.agenda for one in item.participants if one.person is not None)


def _person(participant: ParticipantView) -> str:
    return participant.person or ""


def _person_component(view: View, person: str, parts: tuple[ParticipantView, ...]) -> Component:
    """Write a person once, whatever their parts are; to speak goes before the others."""
    kind = "SPEAKER" if any(part.role in _SPEAKING for part in parts) else "ACTIVE"
    component = _participant(view, f"person.{person}", kind, parts[0].name or person)
    roles = dict.fromkeys(role for part in parts if (role := role_in_words(part, view.language)))
    component.add("description", text("; ".join((person_in_words(parts[0]), *roles)), LANGUAGE=view.language))
    return component


class _Participant(Component):
    """A component that icalendar has no class for."""

    name = "PARTICIPANT"


def _participant(view: View, key: str, kind: str, name: str) -> Component:
    """Make a PARTICIPANT (RFC 9073 section 7.1), whose UID is derived like the event's."""
    component = _Participant()
    component.add("uid", text(f"{key}.{view.uid}"))
    component.add("participant-type", text(kind))
    component.add("summary", text(name))
    return component
