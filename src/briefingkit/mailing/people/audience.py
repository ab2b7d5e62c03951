"""Audiences: the people whom a mailing is for, one after the other, each once, and why others are left out."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from attrs import define, field, frozen

from briefingkit.model import AudienceGroup, ParticipantStatus
from briefingkit.registrations.person import normalised_email
from briefingkit.registrations.registration import RegistrationStatus
from briefingkit.text.language import best_match, registered
from briefingkit.text.zones import zone_names

if TYPE_CHECKING:
    from briefingkit.mailing.people.known_people import Heard
    from briefingkit.model import Assumed, Audience, Briefing, ShownIf
    from briefingkit.registrations.registration import Registration
    from briefingkit.registrations.response import Answer

__all__ = [
    "KnowsPeople",
    "LeftOut",
    "Member",
    "Selection",
    "language_of",
    "participants",
    "registrants",
    "select",
    "specimen",
]

_AT_ONCE = 500
_NOBODYS = 999_999_999
_STATUSES = {
    AudienceGroup.REGISTERED: RegistrationStatus.CONFIRMED,
    AudienceGroup.ATTENDED: None,  # whoever was there, registered or not
    AudienceGroup.ABSENT: RegistrationStatus.CONFIRMED,
    AudienceGroup.WAITLISTED: RegistrationStatus.WAITLISTED,
    AudienceGroup.PENDING: RegistrationStatus.PENDING,
    AudienceGroup.CANCELLED: RegistrationStatus.CANCELLED,
}


class LeftOut:
    """Why somebody of an audience is not written to, in the words of a plan."""

    TWICE = "are there twice"
    NO_ADDRESS = "have no e-mail address"
    BAD_ADDRESS = "have an address that is none"
    LANGUAGE = "read another language"


@frozen
class Member:
    """Somebody of an audience, as far as it is known; nothing is filled in.

    `address` is as it was written. `language` is a BCP 47 tag and `timezone` an IANA zone. `number` is that of a
    registration, `key` that of a person of the programme.
    """

    address: str | None = field(repr=False)
    name: str = field(default="", repr=False)
    language: str | None = None
    timezone: str | None = None
    organization: str = field(default="", repr=False)
    group: AudienceGroup | None = None
    number: int | None = None
    key: str | None = None

    @property
    def person(self) -> str | None:
        """The normalised address, by which people are told apart."""
        return normalised_email(self.address)


@runtime_checkable
class KnowsPeople(Protocol):
    """What an integration has besides where its target knows people: contacts of a CRM, members of a group."""

    def people(self, briefing: "Briefing") -> "Iterable[Heard]":
        """Give those whom a mailing of a briefing may go to, one after the other, without holding all.

        Who is passed over is told as well, as an `Omitted` of `known_people`, and a row that is wrong as a RowFault.
        Raises IntegrationError when the target is out of reach: then nobody is written to.
        """


@define
class Selection:
    """What is counted while people are selected: how many by language, and how many are left out, by the reason."""

    taken: int = 0
    languages: Counter[str] = field(factory=Counter)
    left_out: Counter[str] = field(factory=Counter)


def registrants(
    audience: "Audience",
    registrations: "Iterable[Registration]",
    was_there: "Callable[[Registration], bool]" = lambda _: False,
) -> Iterator[Member]:
    """Give those of a list who belong to an audience; `was_there` tells who attended."""
    group = audience.group
    assert group is not None  # noqa: S101 - an audience of registrants is a group
    status = _STATUSES[group]
    for each in registrations:
        if status is not None and each.status is not status:
            continue
        if group in {AudienceGroup.ATTENDED, AudienceGroup.ABSENT} and was_there(each) is (
            group is AudienceGroup.ABSENT
        ):
            continue
        if _chose(each, audience.segments) and all(_gave(each, asked) for asked in audience.answers):
            yield _registrant(each, group)


def _registrant(each: "Registration", group: AudienceGroup) -> Member:
    zone = _text(each.answers.get("timezone"))
    return Member(
        each.email,
        _text(each.answers.get("name")),
        _text(each.answers.get("language")) or each.language,
        zone if zone in zone_names() else None,
        _text(each.answers.get("organization")),
        group,
        each.number,
    )


def _chose(each: "Registration", segments: Sequence[str]) -> bool:
    return not segments or not set(segments).isdisjoint(each.segments)


def _gave(each: "Registration", asked: "ShownIf") -> bool:
    answer = each.answers.get(asked.question)
    said = answer if isinstance(answer, tuple) else (_said(answer),)
    return not set(asked.answers).isdisjoint(said)


def _said(answer: "Answer") -> str:
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return "" if answer is None else str(answer)


def _text(answer: "Answer") -> str:
    return answer if isinstance(answer, str) else ""


def participants(audience: "Audience", briefing: "Briefing") -> Iterator[Member]:
    """Give the people of the programme, with one of the roles that are asked for, but not those who declined."""
    roles: dict[str, set[str]] = {}
    for item in briefing.agenda:
        for part in item.participants:
            if part.person is not None and part.status is not ParticipantStatus.DECLINED:
                roles.setdefault(part.person, set()).add(part.role)
    for person in briefing.people:
        has = roles.get(person.key)
        if has is None or (audience.roles and has.isdisjoint(audience.roles)):
            continue
        language = person.language or briefing.languages[0]
        yield Member(
            person.email,
            person.name.lookup(language).text,
            person.language,
            person.timezone,
            person.organization.lookup(language).text if person.organization else "",
            AudienceGroup.PARTICIPANTS,
            key=person.key,
        )


def specimen(audience: "Audience", address: str, language: str) -> Member:
    """Give somebody who might be in an audience, and is not: registrants have a number that nobody has."""
    on_list = audience.group is not None and audience.group is not AudienceGroup.PARTICIPANTS
    return Member(
        address,
        language=language,
        timezone=audience.assumed.timezone,
        group=audience.group,
        number=_NOBODYS if on_list else None,
    )


def select(
    members: "Iterable[tuple[Audience, Iterable[Member]]]",
    languages: Sequence[str],
    *,
    refused: Callable[[Sequence[tuple[str, Member]]], Mapping[str, str]],
    selection: Selection,
) -> Iterator[tuple[str, Member]]:
    """Give each person once, with the language in which they are written to, and count in `selection`.

    Whoever stands in two audiences is taken from the first. `languages` are those of the briefing, the source language
    first; `refused` says of some people, by their normalised addresses, who must not be written to, and why.
    """
    # Sixteen octets for a person, so that a million of them fit.
    seen: set[bytes] = set()
    found = _known(members, languages, seen, selection)
    while some := list(islice(found, _AT_ONCE)):
        reasons = refused(some)
        for person, member in some:
            if person in reasons:
                selection.left_out[reasons[person]] += 1
                continue
            selection.taken += 1
            selection.languages[member.language or languages[0]] += 1
            yield person, member


def _known(
    members: "Iterable[tuple[Audience, Iterable[Member]]]",
    languages: Sequence[str],
    seen: set[bytes],
    selection: Selection,
) -> Iterator[tuple[str, Member]]:
    for audience, those in members:
        for member in those:
            person = member.person
            if person is None:
                selection.left_out[LeftOut.BAD_ADDRESS if member.address else LeftOut.NO_ADDRESS] += 1
                continue
            whole = _filled(member, audience.assumed, languages)
            if audience.languages and best_match([whole.language or ""], audience.languages) is None:
                selection.left_out[LeftOut.LANGUAGE] += 1
                continue
            mark = hashlib.blake2b(person.encode("utf-8", "replace"), digest_size=16).digest()
            if mark in seen:
                selection.left_out[LeftOut.TWICE] += 1
                continue
            seen.add(mark)
            yield person, whole


def language_of(member: Member, assumed: "Assumed", languages: Sequence[str]) -> str:
    """Tell in which of a briefing's languages somebody is written to: theirs, what is assumed, or the source's."""
    said = registered(member.language) if member.language else None
    wanted = [tag for tag in (said, assumed.language) if tag]
    return best_match(wanted, languages) or languages[0]


def _filled(member: Member, assumed: "Assumed", languages: Sequence[str]) -> Member:
    """Fill in what somebody does not say: what is assumed of their audience, then the briefing's source language."""
    language = language_of(member, assumed, languages)
    organization = member.organization
    if not organization and assumed.organization is not None:
        organization = assumed.organization.lookup(language).text
    return Member(
        member.address,
        member.name,
        language,
        member.timezone if member.timezone in zone_names() else assumed.timezone,
        organization,
        member.group,
        member.number,
        member.key,
    )
