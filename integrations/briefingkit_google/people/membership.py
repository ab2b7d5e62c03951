"""Who is in a group: its members, and those of the groups in it, each once (Directory API, members.list).

The groups are gone through one by one, for a list that Google makes of all of them (includeDerivedMembership) does not
tell which of them it could not look into: another organisation's group is then nobody, and nothing says so. That list
is asked for where a group holds everybody of the organisation, whom no other call with this scope names.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from http import HTTPStatus
from typing import Any, Final

from attrs import define, field

from briefingkit.mailing.people.audience import Member
from briefingkit.mailing.people.known_people import Heard, Omitted
from briefingkit_google.client import Session
from briefingkit_google.faults import Fault
from briefingkit_google.listing import Unreadable, pages
from briefingkit_google.people.group import group_problem, unreadable
from briefingkit_google.unchecked import list_in, mapping_in, text_in

__all__ = ["OMITTED", "first_problem", "members_of"]

OMITTED: Final[Mapping[str, str]] = {
    "SUSPENDED": "are suspended at Google",
    "ARCHIVED": "are archived at Google",
    "SERVICE": "are service accounts, and read no mail",
    "GROUP": "are groups whose members Google does not tell this account",
    "CUSTOMER": "are everybody of an organisation, whom Google does not list",
}
"""Why members are passed over, by their status or kind, in the words of a plan."""

_PAGE: Final = 200
_FIELDS: Final = "nextPageToken,members(id,email,type,status)"
_SERVICE: Final = ".gserviceaccount.com"
_CLOSED: Final = {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}


def first_problem(session: Session, group: str) -> str | None:
    """Ask for one member; what is wrong, in words, or None."""
    answer = session.ask(session.service.members().list(groupKey=group, maxResults=1, fields="members(type)"))
    return group_problem(session, group, answer) if isinstance(answer, Fault) else None


def members_of(session: Session, group: str) -> Iterator[Heard]:
    """Give the people of a group, and count those who are passed over.

    Raises IntegrationError where the group itself cannot be read; of one in it that cannot, it is told.
    """
    return _Walk(session).through(group)


@define
class _Walk:
    """One way through a group. `seen` holds sixteen octets for each member, so that a million of them fit.

    `everybody` says that Google has listed all of the organisation, whom another group may hold as well.
    """

    session: Session
    seen: set[bytes] = field(factory=set)
    waiting: deque[str] = field(factory=deque)
    everybody: bool = False

    def through(self, group: str) -> Iterator[Heard]:
        self._is_new({"email": group})
        try:
            yield from self._group(group)
        except Unreadable as error:
            raise unreadable(self.session, group, error.fault) from None
        while self.waiting:
            below = self.waiting.popleft()
            try:
                yield from self._group(below)
            except Unreadable as error:
                if error.fault.status not in _CLOSED:
                    raise unreadable(self.session, below, error.fault) from None
                yield Omitted(OMITTED["GROUP"])

    def _group(self, group: str) -> Iterator[Heard]:
        everybody = False
        for member in self._listed(group, derived=False):
            kind = text_in(member.get("type"))
            if kind == "CUSTOMER":
                everybody = True
            elif not self._is_new(member):
                continue
            elif kind == "GROUP":
                self.waiting.append(text_in(member.get("email")) or str(member.get("id")))
            else:
                yield _heard(member)
        if everybody and not self.everybody:
            yield from self._everybody(group)

    def _everybody(self, group: str) -> Iterator[Heard]:
        people = (
            member
            for member in self._listed(group, derived=True)
            if member.get("type") not in {"CUSTOMER", "GROUP"} and self._is_new(member)
        )
        first = next(people, None)
        if first is None:
            yield Omitted(OMITTED["CUSTOMER"])
            return
        self.everybody = True
        yield _heard(first)
        yield from map(_heard, people)

    def _listed(self, group: str, *, derived: bool) -> Iterator[Mapping[str, Any]]:
        members = self.session.service.members()
        asked = members.list(
            groupKey=group, maxResults=_PAGE, includeDerivedMembership=derived, fields=_FIELDS
        )
        for page in pages(self.session, asked, members.list_next):
            yield from map(mapping_in, list_in(page.get("members")))

    def _is_new(self, member: Mapping[str, Any]) -> bool:
        """Tell a member whom no group before has brought: by address, for the one that we begin at has no id here."""
        name = (text_in(member.get("email")) or str(member.get("id"))).lower()
        mark = blake2b(name.encode("utf-8", "replace"), digest_size=16).digest()
        new = mark not in self.seen
        self.seen.add(mark)
        return new


def _heard(member: Mapping[str, Any]) -> Heard:
    """Read a member who is no group. People of other organisations have no status, and are written to."""
    email, status = text_in(member.get("email")), text_in(member.get("status"))
    if status in {"SUSPENDED", "ARCHIVED"}:
        return Omitted(OMITTED[status])
    if email is not None and email.lower().endswith(_SERVICE):
        return Omitted(OMITTED["SERVICE"])
    return Member(email)
