"""A programme: many briefings held together, and who is part of whom."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from types import MappingProxyType

from attrs import field, frozen

from briefingkit.errors import ModelError
from briefingkit.model.briefing import Briefing
from briefingkit.model.keys import duplicates

__all__ = ["Programme"]


def _in_order(briefings: Iterable[Briefing] | Mapping[str, Briefing]) -> tuple[Briefing, ...]:
    held = tuple(briefings.values() if isinstance(briefings, Mapping) else briefings)
    if twice := duplicates(briefing.identifier for briefing in held):
        raise ModelError(f"two briefings have the identifier {twice[0]}")
    return held


@frozen
class Programme:
    """Briefings, in order. ModelError where two have one identifier."""

    _held: tuple[Briefing, ...] = field(converter=_in_order, alias="briefings")

    def __iter__(self) -> Iterator[Briefing]:
        """Go through the briefings in order."""
        return iter(self._held)

    def __len__(self) -> int:
        """Count the briefings."""
        return len(self._held)

    @cached_property
    def briefings(self) -> Mapping[str, Briefing]:
        """The briefings by identifier, in order."""
        return MappingProxyType({briefing.identifier: briefing for briefing in self._held})

    @cached_property
    def _children(self) -> Mapping[str, tuple[Briefing, ...]]:
        found: dict[str, list[Briefing]] = {}
        for briefing in sorted(self._held, key=_by_start):
            if briefing.part_of is not None and briefing.part_of.briefing is not None:
                found.setdefault(briefing.part_of.briefing, []).append(briefing)
        return {parent: tuple(children) for parent, children in found.items()}

    def parent(self, briefing: Briefing) -> Briefing | None:
        """Find the briefing that this one is part of, where it is in the tree."""
        if briefing.part_of is None or briefing.part_of.briefing is None:
            return None
        return self.briefings.get(briefing.part_of.briefing)

    def children(self, identifier: str) -> tuple[Briefing, ...]:
        """Find the briefings that are part of this one: by their start, those without a time last."""
        return self._children.get(identifier, ())


def _by_start(briefing: Briefing) -> tuple[bool, str, str]:
    when = briefing.when
    return (when is None, when.utc_start.isoformat() if when else "", briefing.identifier)
