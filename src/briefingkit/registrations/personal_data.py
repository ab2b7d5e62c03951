"""A person's data over all the lists of a ledger: to be shown, erased, and gone when their time is over."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from attrs import evolve, field, frozen

from briefingkit.errors import RegistrationError
from briefingkit.registrations.attendance.marking import attendance_json
from briefingkit.registrations.capacity import Capacity, Terms, terms_of
from briefingkit.registrations.codec import iso, registration_json, registration_of, response_json
from briefingkit.registrations.connected import Connections, not_connected
from briefingkit.registrations.erasure import Erased, erase_from, expire_list, joined
from briefingkit.registrations.events import Hook, deliver
from briefingkit.registrations.intake import Desk
from briefingkit.registrations.mail_retention import forget_mail
from briefingkit.registrations.mirroring import kept_after_erasing
from briefingkit.registrations.person import normalised_email
from briefingkit.registrations.pulling import located
from briefingkit.registrations.registration import Registration
from briefingkit.registrations.registration_list import key_of
from briefingkit.source.mail_settings import RETENTION
from briefingkit.store.deliveries import Deliveries
from briefingkit.store.part_answers import PartAnswers
from briefingkit.store.registrations import Registrations

if TYPE_CHECKING:
    from briefingkit.model import Programme
    from briefingkit.registrations.mirroring import Kept
    from briefingkit.store.ledger import Ledger

__all__ = ["Expired", "PersonalData"]


@frozen(eq=False, repr=False)
class Expired(Mapping[str, int]):
    """How many registrations went, by briefing; `kept` is what became of these lists at targets that keep them too.

    `messages` counts what was written to people and whose own time was over, by briefing.
    """

    counts: Mapping[str, int]
    kept: "tuple[Kept, ...]" = ()
    messages: Mapping[str, int] = field(factory=dict)

    def __getitem__(self, briefing: str) -> int:
        return self.counts[briefing]

    def __iter__(self) -> Iterator[str]:
        return iter(self.counts)

    def __len__(self) -> int:
        return len(self.counts)


class PersonalData:
    """All the lists of a ledger, those of briefings that are no more included. Use it as a context manager.

    Raises RegistrationError for what is no e-mail address, StoreError where the ledger cannot be used.
    """

    def __init__(
        self,
        programme: "Programme",
        ledger: "Ledger",
        *,
        clock: Callable[[], datetime],
        hooks: Mapping[str, Hook] | None = None,
        connections: Connections = not_connected,
        mail_retention: timedelta = RETENTION,
    ) -> None:
        self._connections, self._mail_retention = connections, mail_retention
        self._programme, self._ledger, self._clock = programme, ledger, clock
        self._hooks, self._store = dict(hooks or {}), Registrations(ledger)
        if self._hooks:
            self._store.subscribe(self._hooks)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ledger.close()

    def person(self, email: str) -> dict[str, Any]:
        """Give all that the ledger holds of a person, as JSON, for a request by the one whom it is about."""
        person, found = _address(email), []
        for held in self._store.lists():
            with self._store.reading(held.briefing) as reader:
                row = reader.registrations([person]).get(person)
                responses = reader.responses(person)
                present = reader.attendance(person)
            if row is not None or responses:
                registration = None if row is None else registration_json(registration_of(row))
                found.append(
                    {
                        "briefing": held.briefing,
                        "kept_until": held.due,
                        "registration": registration,
                        "responses": list(map(response_json, responses)),
                        "attendance": attendance_json(present),
                    }
                )
        messages = [
            {
                "briefing": mailing.briefing,
                "mailing": mailing.key,
                "address": row.address,
                "state": row.state,
                "at": row.changed_at,
                "data": json.loads(row.data),
            }
            for mailing, row in Deliveries(self._ledger).of_person(person)
        ]
        told = {"email": person, "at": iso(self._clock()), "lists": found, "messages": messages}
        return {**told, "answers": self._answers(messages)}

    def _answers(self, messages: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
        """Give what somebody has answered as one of the programme: the mails to them say by what key."""
        keys: dict[str, set[str]] = {}
        for each in messages:
            if key := each["data"].get("key"):
                keys.setdefault(each["briefing"], set()).add(key)
        store = PartAnswers(self._ledger)
        return [
            {"briefing": row.briefing, "answer": row.answer, "at": row.at}
            for briefing, those in keys.items()
            for row in store.of(briefing, those)
        ]

    def erase(self, email: str) -> Erased:
        """Erase a person from every list, and remember of them no more than a keyed hash for each.

        Then the lists that they were on are brought in step wherever those are kept as well.
        """
        person = _address(email)
        # The lists of briefings without a registration so far too: a file may bring the person there.
        written = (mailing.briefing for mailing in Deliveries(self._ledger).mailings())
        names = dict.fromkeys(
            (*(held.briefing for held in self._store.lists()), *self._programme.briefings, *written)
        )
        erased = {
            name: erase_from(self._store, name, person, self._desk(name), compact=False) for name in names
        }
        complete = self._store.compact()
        deliver(self._store, self._hooks)
        kept = self._kept(name for name, each in erased.items() if each.registrations)
        return evolve(located(joined(erased.values(), complete=complete), self._connections), kept=kept)

    def expire(self) -> "Expired":
        """Erase every list whose data have to be gone by now: the end of the briefing, and the consent's retention.

        Give how many registrations went, by briefing. A briefing that was moved is looked at as it stands now. Then
        these lists are brought in step wherever they are kept as well. What was written to people, on a list or not,
        goes when its own retention is over.
        """
        now, gone = self._clock(), dict[str, int]()
        for held in self._store.lists():
            known = self._programme.briefings.get(held.briefing)
            due = terms_of(known, self._programme).due if known is not None else _moment(held.due)
            if due is not None and now >= due:
                number = expire_list(self._store, held, self._desk(held.briefing))
                if number:
                    gone[held.briefing] = number
        key = key_of(self._store)
        messages = forget_mail(self._ledger, key, retention=self._mail_retention, now=now)
        if gone or messages:
            self._store.compact()
        if gone:
            deliver(self._store, self._hooks)
        return Expired(gone, self._kept(gone), messages)

    def _kept(self, names: Iterable[str]) -> "tuple[Kept, ...]":
        return tuple(
            kept
            for name in names
            for kept in kept_after_erasing(name, self._programme, self._connections, self._people(name))
        )

    def _people(self, briefing: str) -> Iterator[Registration]:
        with self._store.reading(briefing) as reader:
            yield from map(registration_of, reader.all(None))

    def _desk(self, briefing: str) -> Desk:
        known = self._programme.briefings.get(briefing)
        terms = terms_of(known, self._programme) if known is not None else self._last_terms(briefing)
        return Desk(terms, self._clock(), key_of(self._store))

    def _last_terms(self, briefing: str) -> Terms:
        """Give the terms of a briefing that is no more: nobody is promoted on its list, and it ends when it did."""
        with self._store.reading(briefing) as reader:
            return Terms(Capacity(whole=0), due=_moment(reader.held().due))


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _address(email: str) -> str:
    person = normalised_email(email)
    if person is None:
        raise RegistrationError("that is no e-mail address")
    return person
