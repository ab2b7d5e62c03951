"""A programme: many briefings held together, and who is part of whom."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from attrs import field, frozen

from briefingkit.errors import ModelError
from briefingkit.model.briefing import Briefing
from briefingkit.model.keys import duplicates

__all__ = ["Programme"]


def _by_identifier(briefings: "Iterable[Briefing] | Mapping[str, Briefing]") -> Mapping[str, Briefing]:
    held = tuple(briefings.values() if isinstance(briefings, Mapping) else briefings)
    if twice := duplicates(briefing.identifier for briefing in held):
        raise ModelError(f"two briefings have the identifier {twice[0]}")
    return MappingProxyType({briefing.identifier: briefing for briefing in held})


@frozen
class Programme:
    """Briefings by identifier, in order. ModelError where two have one identifier."""

    briefings: Mapping[str, Briefing] = field(converter=_by_identifier)

    def __iter__(self) -> Iterator[Briefing]:
        """Go through the briefings in order."""
        return iter(self.briefings.values())

    def parent(self, briefing: Briefing) -> Briefing | None:
        """Find the briefing that this one is part of, where it is in the tree."""
        if briefing.part_of is None or briefing.part_of.briefing is None:
            return None
        return self.briefings.get(briefing.part_of.briefing)

    def children(self, identifier: str) -> tuple[Briefing, ...]:
        """Find the briefings that are part of this one, by their start."""
        held = (b for b in self if b.part_of is not None and b.part_of.briefing == identifier)
        return tuple(sorted(held, key=_by_start))


def _by_start(briefing: Briefing) -> tuple[str, str]:
    when = briefing.when
    return (when.utc_start.isoformat() if when else "9999", briefing.identifier)
