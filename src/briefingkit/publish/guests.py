"""Whom a calendar's target invites to an event, as its settings say: people of the agenda, and addresses."""

from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from briefingkit.errors import ModelError
from briefingkit.model import ParticipantStatus
from briefingkit.model.addresses import check_email

if TYPE_CHECKING:
    from collections.abc import Iterator

    from briefingkit.model import Briefing, Person

__all__ = ["Guests"]

_PARTICIPANTS = "participants"


def _normalised(addresses: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(address.strip().lower() for address in addresses))


@frozen
class Guests:
    """Who is invited: nobody, the people of the agenda, or addresses of people and groups."""

    participants: bool = False
    addresses: tuple[str, ...] = field(default=(), converter=_normalised, repr=False)

    @addresses.validator
    def _check_addresses(self, attribute: Any, value: tuple[str, ...]) -> None:
        for address in value:
            check_email(self, attribute, address)

    @property
    def any(self) -> bool:
        """Whether there are to be guests at all: where not, those that people add are nobody's business."""
        return self.participants or bool(self.addresses)

    def people(self, briefing: "Briefing") -> "Iterator[Person]":
        """Go through the people of the agenda who are invited, once each.

        Those who have declined every part that they had are not.
        """
        if not self.participants:
            return
        going = dict.fromkeys(
            part.person
            for item in briefing.agenda
            for part in item.participants
            if part.person is not None and part.status is not ParticipantStatus.DECLINED
        )
        for key in going:
            yield briefing.person(key)

    @staticmethod
    def short_form(value: object) -> object:
        """Read `none`, `participants`, or a list of addresses and `participants`. ModelError for anything else."""
        if value == "none":
            return {}
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list | tuple):
            raise ModelError("guests are none, participants, or a list of addresses")
        return {
            "participants": _PARTICIPANTS in listed,
            "addresses": [each for each in listed if each != _PARTICIPANTS],
        }
