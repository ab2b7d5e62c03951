"""What is heard of the people whom a file or a target knows: who they are, who is passed over, what cannot be read."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import evolve, frozen

from briefingkit.mailing.people.audience import Member, Selection
from briefingkit.registrations.files.importing import RowFault

if TYPE_CHECKING:
    from collections.abc import MutableSequence

__all__ = ["UNREADABLE", "Heard", "Omitted", "heard"]

UNREADABLE: Final = "stand in rows that cannot be read"
_FAULTS = 1000


@frozen
class Omitted:
    """Somebody who is passed over where they are known, and why in the words of a plan: "are suspended there"."""

    reason: str


Heard: TypeAlias = Member | Omitted | RowFault
"""Somebody, somebody who is passed over, or what is wrong with a row, which may be read all the same."""


def heard(
    found: Iterable[Heard],
    selection: Selection,
    faults: "MutableSequence[RowFault]",
    source: str | None = None,
) -> Iterator[Member]:
    """Give the people, count in `selection` who is passed over, and keep the first thousand faults of rows.

    `source` names where they are known, if it has to be told from others.
    """
    for each in found:
        if isinstance(each, Member):
            yield each
        elif isinstance(each, Omitted):
            selection.left_out[each.reason] += 1
        elif len(faults) < _FAULTS:
            faults.append(evolve(each, source=source))
