"""What all mailings of a project share: in whose name they go, by what, and who writes which message."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from attrs import field, frozen

from briefingkit.errors import MailingError
from briefingkit.mailing.messages.names import Names
from briefingkit.mailing.outgoing.jobs import send_job
from briefingkit.mailing.people.audience import KnowsPeople
from briefingkit.mailing.people.suppression import Suppressions
from briefingkit.publish import Context, is_pending
from briefingkit.publish.journal import Journal
from briefingkit.publish.views import made_addresses
from briefingkit.registrations.registration_list import key_of
from briefingkit.store.announcements import Announcements
from briefingkit.store.deliveries import Deliveries
from briefingkit.store.registrations import Registrations

if TYPE_CHECKING:
    from briefingkit.mailing.outgoing.engine import Engine
    from briefingkit.mailing.outgoing.jobs import Enlist
    from briefingkit.mailing.outgoing.transport import Transport
    from briefingkit.mailing.people.known_people import Heard
    from briefingkit.model import Access, Briefing, Letterhead, Programme, Publication
    from briefingkit.registrations.registration_list import RegistrationList
    from briefingkit.store.chunks import Transaction
    from briefingkit.store.ledger import Ledger

__all__ = ["Office"]


@frozen(slots=False)
class Office:
    """A project's mail. `folders` are those of the briefings, for files that a mailing names.

    `context` knows the addresses that targets made, `transport` opens what mail goes through, `roll` a briefing's list,
    `integration` loads a target's by its name. `clock` gives an aware datetime. `workers` opens what brings what was
    planned to those who send it, when it is needed; where it gives None, whoever plans sends as well.
    """

    programme: "Programme" = field(repr=False)
    publications: "Mapping[str, Publication]" = field(repr=False)
    letterhead: "Letterhead"
    context: Context = field(repr=False)
    ledger: "Ledger" = field(repr=False)
    transport: "Callable[[], Transport]" = field(repr=False)
    roll: "Callable[[str], RegistrationList]" = field(repr=False)
    clock: Callable[[], datetime] = field(repr=False)
    folders: Mapping[str, Path] = field(factory=dict, repr=False)
    pages: str | None = None
    integration: Callable[[str], Any] = field(default=lambda _: None, repr=False)
    workers: "Callable[[], Engine | None]" = field(default=lambda: None, repr=False)

    @cached_property
    def engine(self) -> "Engine | None":
        """What brings mail's work to workers; None where there are none. It raises what opening it does."""
        return self.workers()

    @cached_property
    def deliveries(self) -> Deliveries:
        """The ledger's deliveries."""
        return Deliveries(self.ledger)

    @cached_property
    def announcements(self) -> Announcements:
        """What went out so far."""
        return Announcements(self.ledger)

    @cached_property
    def key(self) -> bytes:
        """The ledger's own key, by which links are signed."""
        return key_of(Registrations(self.ledger))

    @cached_property
    def names(self) -> Names:
        """What its messages are called where others see them."""
        return Names.of(self.ledger, self.key)

    @cached_property
    def suppressions(self) -> Suppressions:
        """Whom not to write to."""
        return Suppressions.of(self.ledger, self.key)

    def publication(self, briefing: str) -> "Publication":
        """Give what a briefing goes out as. MailingError for one that may not go out."""
        found = self.publications.get(briefing)
        if found is None:
            raise MailingError(
                f"{briefing[:80]} is a draft, or there is no such briefing: nothing is sent of it"
            )
        return found

    def goes_out(self, publication: "Publication") -> None:
        """Write down that a publication goes out, so that what changes after it has another revision."""
        Journal(self.ledger).publish(self.context.namespace, [publication])

    def addresses(self, briefing: "Briefing", language: str, access: "Access") -> Mapping[str, str]:
        """Give the addresses that targets made for a briefing, by their path in a view; those that are known."""
        made = made_addresses(briefing, language, self.context, access)
        return {path: address for path, address in made.items() if not is_pending(address)}

    def people(self, target: str, briefing: "Briefing") -> "Iterable[Heard]":
        """Give the people whom a target knows. MailingError for one that knows none, and what loading it raises."""
        found = self.integration(target)
        if not isinstance(found, KnowsPeople):
            raise MailingError(f"the target {target[:80]!r} knows no people that could be written to")
        return found.people(briefing)

    def enlist(self, briefing: str, mailing: str, *, urgent: bool = False) -> "Enlist | None":
        """Give what puts a mailing's chunks in line for workers; None where there are none."""
        engine = self.engine
        if engine is None:
            return None

        def enlisted(transaction: "Transaction", chunk: int, at: datetime | None) -> None:
            engine.enqueue([send_job(briefing, mailing, chunk, at=at, urgent=urgent)], within=transaction)

        return enlisted

    def file(self, briefing: str, path: str) -> Path:
        """Find a file below a briefing's folder."""
        return self.folders.get(briefing, Path()) / path

    def close(self) -> None:
        """Give the ledger back."""
        self.ledger.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()
