"""The briefing: the aggregate that everything else is a projection of."""

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Any

from attrs import field, frozen

from briefingkit.errors import ModelError
from briefingkit.model.agenda import AgendaItem
from briefingkit.model.keys import check_key, duplicates
from briefingkit.model.languages import Accessibility, Interpretation
from briefingkit.model.mailing import Mailing
from briefingkit.model.people import Contact, Organizer, OrganizerRole, Partner, Person
from briefingkit.model.place import Place
from briefingkit.model.registration import Registration
from briefingkit.model.related import Link, Material, PartOf, RelatedEvent
from briefingkit.model.schedule import LocalTime, When, check_end, check_local, check_zone
from briefingkit.text import MultilingualText, Name
from briefingkit.text.language import canonical

__all__ = ["Briefing", "Status", "uid"]

_UID_OCTETS = 20
_NAMESPACE = re.compile(r"[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?")
_NAMESPACE_LENGTH = 253  # of a domain name, RFC 1035 section 2.3.4


class Status(StrEnum):
    """How firm the briefing is (RFC 5545 STATUS and schema.org eventStatus, with the draft before them)."""

    DRAFT = "draft"
    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


def _check_namespace(_instance: object, attribute: Any, value: str | None) -> None:
    if value is not None and not (len(value) <= _NAMESPACE_LENGTH and _NAMESPACE.fullmatch(value)):
        message = f"{value[:80]!r} is no namespace: give a domain name of yours, such as example.org"
        raise ModelError(message, field=attribute.name)


def _check_languages(_instance: object, attribute: Any, value: tuple[str, ...]) -> None:
    if not value:
        raise ModelError("name at least one language, the source language first", field=attribute.name)
    if twice := duplicates(value):
        raise ModelError(f"the language {twice[0]} stands twice", field=attribute.name)


def _canonical_tags(tags: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(canonical, tags))


@frozen
class Briefing:
    """A briefing in all its languages. Times are local to `timezone`; texts are multilingual, the source first.

    A draft may lack anything but its identifier and a language. ModelError, with every problem, for a briefing that
    contradicts itself: an end before the start, a key that dangles or stands twice, a title or time that is missing.
    """

    identifier: str = field(validator=check_key)
    languages: tuple[str, ...] = field(converter=_canonical_tags, validator=_check_languages)
    title: MultilingualText | None = None
    namespace: str | None = field(default=None, validator=_check_namespace)
    status: Status = Status.DRAFT
    unconfirmed: tuple[str, ...] = ()
    unplaced: str | None = None
    start: LocalTime | None = field(default=None, validator=check_local)
    end: LocalTime | None = field(default=None, validator=check_end)
    timezone: str | None = field(default=None, validator=check_zone)
    track: Name | None = None
    place: Place | None = None
    organizers: tuple[Organizer, ...] = ()
    partners: tuple[Partner, ...] = ()
    contact: Contact | None = None
    people: tuple[Person, ...] = ()
    part_of: PartOf | None = None
    leads_to: tuple[RelatedEvent, ...] = ()
    background: MultilingualText | None = None
    objectives: MultilingualText | None = None
    links: tuple[Link, ...] = ()
    interpretation: Interpretation | None = None
    accessibility: Accessibility | None = None
    materials: tuple[Material, ...] = ()
    agenda: tuple[AgendaItem, ...] = ()
    registration: Registration | None = None
    mailing: tuple[Mailing, ...] = ()
    allow: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        """Refuse a briefing that contradicts itself, with everything that is wrong with it."""
        if problems := tuple(_problems(self)):
            raise ModelError("; ".join(message for _, message in problems), problems=problems)

    @property
    def source_language(self) -> str:
        """The language that it is written in first, and that translations are made from."""
        return self.languages[0]

    @cached_property
    def when(self) -> When | None:
        """Start, end and zone together; None while a draft lacks one of them."""
        if self.start is None or self.end is None or self.timezone is None:
            return None
        return When(self.start, self.end, self.timezone)

    @property
    def hosts(self) -> tuple[Organizer, ...]:
        """The organisers in whose name it is held; the first organiser where none is marked as host."""
        return tuple(o for o in self.organizers if o.role is OrganizerRole.HOST) or self.organizers[:1]

    def person(self, key: str) -> Person:
        """Look a person up by key; KeyError for one who is not there."""
        for person in self.people:
            if person.key == key:
                return person
        raise KeyError(key)


def uid(namespace: str, identifier: str) -> str:
    """Derive the globally unique identifier of a briefing (RFC 7986 section 5.3): the same for ever, on any machine.

    A domain name has no case (RFC 4343), so neither has a namespace here.
    """
    namespace = namespace.lower()
    digest = sha256(f"briefingkit\n{namespace}\n{identifier}".encode()).hexdigest()
    return f"{digest[: 2 * _UID_OCTETS]}@{namespace}"


def _problems(briefing: Briefing) -> Iterator[tuple[str, str]]:
    yield from _missing(briefing)
    yield from _bad_span(briefing)
    yield from _repeated_keys(briefing)
    yield from _dangling_keys(briefing)


def _missing(briefing: Briefing) -> Iterator[tuple[str, str]]:
    if briefing.status is Status.DRAFT:
        return
    for name in ("title", "start", "end", "timezone"):
        if getattr(briefing, name) is None:
            also = " (or duration)" if name == "end" else ""
            yield "", f"{name}{also} is missing: only a draft may lack it"


def _bad_span(briefing: Briefing) -> Iterator[tuple[str, str]]:
    if briefing.start is None or briefing.end is None:
        return
    try:
        # A draft without a zone yet is looked at as if clocks never changed.
        When(briefing.start, briefing.end, briefing.timezone or "UTC")
    except ModelError as error:
        yield error.field or "start", str(error)


def _repeated_keys(briefing: Briefing) -> Iterator[tuple[str, str]]:
    for name in ("organizers", "partners", "people", "links", "materials", "agenda", "mailing"):
        for key in duplicates(thing.key for thing in getattr(briefing, name)):
            yield name, f"the key {key} stands twice in {name}: a key names one thing for ever"


def _dangling_keys(briefing: Briefing) -> Iterator[tuple[str, str]]:
    organizers = {organizer.key for organizer in briefing.organizers}
    for index, organizer in enumerate(briefing.organizers):
        if organizer.steers is not None and organizer.steers not in organizers - {organizer.key}:
            yield f"organizers.{index}.steers", f"no other organiser has the key {organizer.steers}"
    people = {person.key for person in briefing.people}
    for index, item in enumerate(briefing.agenda):
        for place, participant in enumerate(item.participants):
            if participant.person is not None and participant.person not in people:
                yield (
                    f"agenda.{index}.participants.{place}.person",
                    f"no person has the key {participant.person}",
                )
    if briefing.part_of is not None and briefing.part_of.briefing == briefing.identifier:
        yield "part_of.briefing", "a briefing is no part of itself"
