"""Who is invited to an event by Google: people of the agenda, and addresses of people and groups.

With an event for each language, a guest is invited to one of them: twice the same time would be two entries in their
own calendar, and two invitations.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from briefingkit.text.language import best_match

if TYPE_CHECKING:
    from briefingkit.model import Briefing, Person
    from briefingkit.publish.guests import Guests

__all__ = ["MOST_GUESTS", "GuestList", "guest_list", "invited"]

MOST_GUESTS: Final = 200
"""How many guests an event can have (https://support.google.com/calendar/answer/37161); a group counts as one."""


@frozen
class GuestList:
    """The guests of one briefing's events by language, in order, and the keys of people without an address."""

    by_language: Mapping[str, tuple[str, ...]] = field(factory=dict, repr=False)
    unreachable: tuple[str, ...] = ()


def guest_list(briefing: "Briefing", guests: "Guests", languages: Sequence[str]) -> GuestList:
    """Say who is invited to the event of which language: in their own, where there is one; else in the first."""
    if not guests.any or not languages:
        return GuestList()
    found: dict[str, str] = {}
    unreachable: list[str] = []
    for person in guests.people(briefing):
        if person.email is None:
            unreachable.append(person.key)
        else:
            found.setdefault(_normal(person.email), _language_for(person, languages))
    for address in guests.addresses:
        found.setdefault(_normal(address), languages[0])
    by_language = {
        language: tuple(sorted(address for address, of in found.items() if of == language))
        for language in languages
    }
    return GuestList(by_language, tuple(unreachable))


def invited(briefing: "Briefing", guests: "Guests") -> frozenset[str]:
    """Give the addresses, in lower case, that Google invites to the briefing: those need no invitation by mail."""
    return frozenset(guest_list(briefing, guests, ("en",)).by_language.get("en", ()))


def _language_for(person: "Person", languages: Sequence[str]) -> str:
    own = None if person.language is None else best_match((person.language,), languages)
    return own or languages[0]


def _normal(address: str) -> str:
    return address.strip().lower()
