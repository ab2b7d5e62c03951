"""Whom not to write to: addresses that bounced, people who complained or want no more of it.

A suppression is a keyed hash of the normalised address, so that it outlives the erasure of the person whom it protects
and tells nobody who that is. What bounced or was complained about is never written to again; who has unsubscribed still
hears what they have to know of their own registration.
"""

import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from attrs import field, frozen

from briefingkit.errors import MailingError
from briefingkit.registrations.codec import iso
from briefingkit.registrations.person import normalised_email
from briefingkit.store.mail_suppressions import MailSuppressionRow, MailSuppressions

if TYPE_CHECKING:
    from briefingkit.store.ledger import Ledger

__all__ = ["Reason", "Suppression", "Suppressions"]

_CONTEXT = "mail suppression"


class Reason(StrEnum):
    """Why an address is not written to, in the words of mail services."""

    BOUNCED = "bounced"
    """Nothing can be delivered to it, now or later."""
    COMPLAINED = "complained"
    """Somebody called our mail spam."""
    UNSUBSCRIBED = "unsubscribed"
    """Somebody wants no more of what people can be on a list for."""
    BY_HAND = "by hand"


_WORDS = {
    Reason.BOUNCED: "have an address that bounced",
    Reason.COMPLAINED: "have complained",
    Reason.UNSUBSCRIBED: "have unsubscribed",
    Reason.BY_HAND: "were taken off by hand",
}


@frozen
class Suppression:
    """One reason that is held of an address: since when, and who told. `scope` is a briefing; None is all of them."""

    reason: Reason
    scope: str | None
    at: datetime
    source: str


@frozen
class Suppressions:
    """The addresses of a ledger that are not written to. `key` is the ledger's own."""

    store: MailSuppressions
    key: bytes = field(repr=False)

    @classmethod
    def of(cls, ledger: "Ledger", key: bytes) -> "Suppressions":
        """Open the suppressions of a ledger."""
        return cls(MailSuppressions(ledger), key)

    def add(
        self,
        addresses: Iterable[str],
        reason: Reason,
        *,
        at: datetime,
        source: str,
        scope: str | None = None,
    ) -> int:
        """Suppress addresses for a reason; those that are none are passed over. How many were addresses is given."""
        marks = [self.mark(person) for person in map(normalised_email, addresses) if person is not None]
        self.add_marks(marks, reason, at=at, source=source, scope=scope)
        return len(marks)

    def add_marks(
        self, marks: Iterable[str], reason: Reason, *, at: datetime, source: str, scope: str | None = None
    ) -> None:
        """Suppress addresses that are known by their marks alone, as from a link to unsubscribe."""
        self.store.put(MailSuppressionRow(mark, scope or "", reason.value, iso(at), source) for mark in marks)

    def lift(self, address: str, reason: Reason | None = None) -> int:
        """Take an address's suppressions away; how many there were is given. MailingError for what is no address."""
        return self.store.lift(self.mark(_person(address)), reason and reason.value)

    def held(self, address: str) -> Sequence[Suppression]:
        """Tell what is held of an address. MailingError for what is no address."""
        return [
            Suppression(Reason(row.reason), row.scope or None, datetime.fromisoformat(row.at), row.source)
            for row in self.store.of([self.mark(_person(address))])
        ]

    def reasons(self, persons: Collection[str], *, briefing: str, bulk: bool) -> Mapping[str, str]:
        """Tell of some people (normalised addresses) who must not be written to, and why, in words for a count.

        `bulk` says that it is something that people can be on a list for, which an unsubscription ends.
        """
        marks = {self.mark(person): person for person in persons}
        found: dict[str, str] = {}
        for row in self.store.of(list(marks)):
            reason = Reason(row.reason)
            if row.scope in {"", briefing} and (bulk or reason is not Reason.UNSUBSCRIBED):
                found[marks[row.mark]] = _WORDS[reason]
        return found

    def mark(self, person: str) -> str:
        """Make the mark of a person (a normalised address): 64 hexadecimal digits that tell nobody who it is."""
        said = f"{_CONTEXT}\n{person}".encode(errors="replace")
        return hmac.new(self.key, said, hashlib.sha256).hexdigest()


def _person(address: str) -> str:
    person = normalised_email(address)
    if person is None:
        raise MailingError("that is no e-mail address")
    return person
