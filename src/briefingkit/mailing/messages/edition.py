"""What one mailing is made from: the publication, in whose name it goes out, and what it is about."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from attrs import Factory, field, frozen

from briefingkit.errors import MailingError
from briefingkit.mailing.messages.kinds import KINDS, Kind, Letter
from briefingkit.mailing.outgoing.keys import message_keys
from briefingkit.model import Briefing, CalendarFile, Letterhead, Mailing, Programme, Publication
from briefingkit.registrations.person import normalised_email
from briefingkit.rendering.templates import Templates
from briefingkit.text.language import best_match

__all__ = ["Edition"]


def _aware(_instance: object, _attribute: Any, value: datetime) -> None:
    if value.tzinfo is None:
        raise MailingError("the moment of a mailing carries its zone")


@frozen
class Edition:
    """One mailing as it goes out. The same edition gives one recipient the same octets, whenever it is asked.

    `at`, aware, is the date in the header: when the mailing was planned, not when it is sent. `before` is the
    publication that recipients were told of last, for what has changed since. `addresses` are those that targets made,
    by their path in a view, and `addresses_before` those that they had made for what recipients were told of.
    MailingError for a briefing without a namespace, or a moment without a zone.
    """

    publication: Publication
    mailing: Mailing
    letterhead: Letterhead
    letter: Letter = Factory(lambda self: Letter(self.mailing.kind.value), takes_self=True)
    at: datetime = field(default=Factory(lambda self: self.publication.at, takes_self=True), validator=_aware)
    programme: Programme = field(factory=lambda: Programme(()), repr=False)
    before: Publication | None = None
    addresses: Mapping[str, str] = field(factory=dict, hash=False)
    templates: Templates = field(factory=Templates)
    addresses_before: Mapping[str, str] = field(
        default=Factory(lambda self: self.addresses, takes_self=True), hash=False
    )
    _keys: Callable[[str, str], str] = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what has no name of its own in the world: two projects' messages would have one key."""
        if self.publication.briefing.namespace is None:
            raise MailingError(
                "a briefing needs a namespace before it is written about: give it a domain name"
            )
        keys = message_keys(self.briefing.identifier, self.mailing.key)
        object.__setattr__(self, "_keys", keys)

    @property
    def briefing(self) -> Briefing:
        """The briefing."""
        return self.publication.briefing

    @property
    def kind(self) -> Kind:
        """What its letter has."""
        return KINDS[self.letter]

    @property
    def template_names(self) -> tuple[str, ...]:
        """By which names its templates are looked for, the most particular first.

        A key that is the kind's own name is as general as that. Who was absent gets what follows up where there is
        nothing for them alone; what a list tells is never said in the words of a confirmation.
        """
        key, kind, letter = self.mailing.key, self.mailing.kind.value, self.letter.value
        names = (letter, key) if key == kind else (key, letter)
        return (*names, kind) if self.letter is Letter.MISSED else names

    @property
    def calendar(self) -> CalendarFile:
        """What its calendar file is: as the mailing has it, or else its kind."""
        return self.mailing.calendar or self.kind.calendar

    @property
    def namespace(self) -> str:
        """The domain name that keys, Message-IDs and lists stand under."""
        assert self.briefing.namespace is not None  # noqa: S101 - refused above
        return self.briefing.namespace.lower()

    def language_for(self, wanted: str) -> str:
        """Choose the language of a whole mail: the wanted one where the briefing is announced in it, or the source."""
        return best_match((wanted,), self.briefing.languages) or self.briefing.source_language

    def key(self, address: str, occasion: str = "") -> str:
        """Give the idempotency key of the message to an address on an occasion."""
        person = normalised_email(address) or address
        return self._keys(person, occasion)
