"""The targets that a list has to do with: where responses come from, and where the list is kept as well."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from attrs import field, frozen

from briefingkit.publish import Identity, Remote

__all__ = ["Connected", "Connections", "not_connected"]


@frozen
class Connected:
    """A target's integration under the target's name, and what the ledger knows to be there of the briefing."""

    name: str
    integration: Any = field(repr=False)
    held: Mapping[Identity, Remote] = field(factory=dict, repr=False)


class Connections(Protocol):
    """Gives the targets whose integration keeps a runtime-checkable protocol of methods; they load when asked for."""

    def __call__(self, protocol: type, briefing: str | None = None, /) -> Sequence[Connected]:
        """Give them with what is there of a briefing: the one named, the list's own, or none."""


def not_connected(_protocol: type, _briefing: str | None = None, /) -> Sequence[Connected]:
    """Give none: a list that stands alone."""
    return ()
