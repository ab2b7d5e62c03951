"""A briefing in all its languages as one JSCalendar Event (RFC 8984).

The event is written in the source language; `localizations` holds, for each other language, a patch which makes of it
the event in that language (sections 1.4.9 and 4.6.1). Patches are the difference between two projections, so an
event that is patched is what `jscalendar_event` makes of the view in that language.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from briefingkit.model import Access, ParticipantRole, ParticipantStatus, Programme, Publication, Status, uid
from briefingkit.rendering.calendar_text import blocks, is_free, person_in_words, plain_text, summary
from briefingkit.rendering.values import LinkView, View
from briefingkit.rendering.view import view
from briefingkit.rendering.words import languages_in_words, role_in_words
from briefingkit.text.fallback import Fallback
from briefingkit.text.phrases import phrase
from briefingkit.text.zones import in_zone

__all__ = ["jscalendar", "jscalendar_event", "patch_between"]

_PRODID: Final = "-//briefingkit//briefingkit//EN"
_STATUSES: Final = {Status.CONFIRMED: "confirmed", Status.CANCELLED: "cancelled"}
_CHAIRING: Final = frozenset({ParticipantRole.MODERATOR, ParticipantRole.HOST})
_AGREED: Final = {ParticipantStatus.CONFIRMED: "accepted", ParticipantStatus.DECLINED: "declined"}


def jscalendar(
    publication: Publication,
    *,
    programme: Programme | None = None,
    audience: Access = Access.PUBLIC,
    fallback: Fallback = Fallback.MARK,
    addresses: Mapping[str, str] | None = None,
) -> bytes:
    """Write a publication as JSON, in UTF-8, for one audience. The parameters are those of `view`, which may refuse.

    A text that is missing in a language stays in the source language, or is taken out where `fallback` says OMIT.
    """

    def event(language: str) -> dict[str, Any]:
        seen = view(
            publication,
            language,
            programme=programme,
            audience=audience,
            fallback=fallback,
            addresses=addresses,
        )
        return jscalendar_event(seen)

    source, *others = publication.briefing.languages
    written = event(source)
    patches = {language: dict(patch_between(written, event(language))) for language in others}
    if localizations := {language: patch for language, patch in patches.items() if patch}:
        written["localizations"] = localizations
    return f"{json.dumps(written, ensure_ascii=False, indent=2)}\n".encode()


def jscalendar_event(view: View) -> dict[str, Any]:
    """Make the Event of one view, in its language; what there is nothing to say of is left out."""
    event: dict[str, Any] = {
        "@type": "Event",
        "uid": view.uid,
        "prodId": _PRODID,
        "updated": view.at,
        "sequence": view.revision,
        "locale": view.language,
        "title": summary(view),
        "description": plain_text(blocks(view)),
        "descriptionContentType": "text/plain",
        **_times(view),
        "status": _STATUSES.get(view.status, "tentative"),
        "freeBusyStatus": "free" if is_free(view) else "busy",
        "privacy": "public" if view.audience is Access.PUBLIC else "private",
        "keywords": {
            word: True for word in (phrase("Briefing", view.language), view.track) if word is not None
        },
        "locations": dict(_locations(view)),
        "virtualLocations": dict(_virtual_locations(view)),
        "links": dict(_links(view)),
        "participants": dict(_participants(view)),
        "relatedTo": dict(_related(view)),
    }
    return {name: value for name, value in event.items() if value not in ({}, "")}


def patch_between(
    base: Mapping[str, Any], other: Mapping[str, Any], path: str = ""
) -> Iterator[tuple[str, Any]]:
    """Tell what to set, by path, to make one object of another (RFC 8984 section 1.4.9); None takes a member out.

    Paths lead into objects that both have, so their parents exist and none is the beginning of another. The language
    of the whole is not patched: it is the key that the patch stands under.
    """
    for name in dict.fromkeys((*base, *other)):
        here = f"{path}{name.replace('~', '~0').replace('/', '~1')}"
        old, new = base.get(name), other.get(name)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from patch_between(old, new, f"{here}/")
        elif old != new and here != "locale":
            yield here, new


def _times(view: View) -> dict[str, Any]:
    """Write the start as local time and the span as a duration, which is elapsed time where it has a time of day."""
    if view.all_day:
        first, last = datetime.fromisoformat(view.start), datetime.fromisoformat(view.end)
        days = (last - first).days + 1
        return {"start": _local(first), "duration": f"P{days}D", "showWithoutTime": True}
    start, end = (datetime.fromisoformat(at).astimezone(UTC) for at in (view.utc_start, view.utc_end))
    zone = "Etc/UTC" if view.timezone == "UTC" else view.timezone
    return {"start": _local(in_zone(start, zone)), "timeZone": zone, "duration": _duration(end - start)}


def _local(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="seconds")


def _duration(elapsed: timedelta) -> str:
    """Write hours, minutes and seconds; never days, whose length a clock change alters (section 1.4.6)."""
    seconds = elapsed // timedelta(seconds=1)
    parts = ((seconds // 3600, "H"), (seconds // 60 % 60, "M"), (seconds % 60, "S"))
    return "PT" + ("".join(f"{amount}{unit}" for amount, unit in parts if amount) or "0S")


def _locations(view: View) -> Iterator[tuple[str, dict[str, Any]]]:
    if view.venue is not None and view.venue.name is not None:
        yield "venue", _present("Location", name=view.venue.name, description=view.venue.address)


def _virtual_locations(view: View) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the online room and the interpreters' channels, those whose addresses the view holds."""
    if view.online is not None and view.online.url is not None:
        name = phrase("Join online", view.language)
        yield "online", _room(view.online.url, name, "audio", "video")
    for channel in view.interpretation.into if view.interpretation else ():
        if channel.url is not None:
            spoken = languages_in_words((channel.language,), view.language)
            name = phrase("Interpretation into {languages}", view.language, languages=spoken)
            yield f"channel-{channel.language}", _room(channel.url, name, "audio")


def _room(url: str, name: str, *features: str) -> dict[str, Any]:
    return _present("VirtualLocation", name=name, uri=url, features=dict.fromkeys(features, True))


def _links(view: View) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give links with relation types of IANA's registry (RFC 8288)."""
    if view.url is not None:
        yield "page", _present("Link", href=view.url, rel="describedby", title=summary(view))
    for kind, relation, links in (("link", "related", view.links), ("material", "enclosure", view.materials)):
        yield from ((f"{kind}-{link.key}", _link(link, relation)) for link in links if link.url is not None)
    if view.part_of is not None and view.part_of.url is not None:
        yield "part-of", _link(LinkView("", view.part_of.title, view.part_of.url), "up")
    for index, later in enumerate(view.leads_to, 1):
        if later.url is not None:
            yield f"leads-to-{index}", _link(LinkView("", later.title, later.url), "next")


def _link(link: LinkView, relation: str) -> dict[str, Any]:
    return _present("Link", href=link.url, rel=relation, title=link.title)


def _participants(view: View) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the people in the programme, the organisations behind it, and whom to ask; the contact's address alone."""
    yield from _people(view)
    for organizer in view.organizers:
        owner = _present("Participant", name=organizer.name, kind="group", roles={"owner": True})
        yield f"organizer-{organizer.key}", owner
    for partner in view.partners:
        taking_part = _present("Participant", name=partner.name, kind="group", roles={"attendee": True})
        yield f"partner-{partner.key}", taking_part
    if view.contact is not None and (view.contact.name or view.contact.email):
        known = {"name": view.contact.name, "email": view.contact.email}
        yield "contact", _present("Participant", **known, roles={"contact": True})


def _people(view: View) -> Iterator[tuple[str, dict[str, Any]]]:
    people: dict[str, dict[str, Any]] = {}
    for one in (one for item in view.agenda for one in item.participants if one.person is not None):
        known = people.setdefault(
            f"person-{one.person}",
            _present(
                "Participant",
                name=one.name,
                kind="individual",
                roles={"attendee": True},
                description=person_in_words(one),
                participationStatus=_AGREED.get(one.status, "needs-action"),
                expectReply=False,
            ),
        )
        if one.role in _CHAIRING:
            known["roles"]["chair"] = True
        role = role_in_words(one, view.language)
        if role and role not in known["description"].split("; "):
            known["description"] += f"; {role}"
    yield from people.items()


def _related(view: View) -> Iterator[tuple[str, dict[str, Any]]]:
    namespace = view.uid.partition("@")[2]
    if view.part_of is not None and view.part_of.identifier is not None:
        yield uid(namespace, view.part_of.identifier), _present("Relation", relation={"parent": True})
    for child in view.children:
        yield uid(namespace, child.identifier), _present("Relation", relation={"child": True})


def _present(kind: str, /, **members: Any) -> dict[str, Any]:
    """Make an object of a kind, without the members that are None."""
    return {"@type": kind, **{name: value for name, value in members.items() if value is not None}}
