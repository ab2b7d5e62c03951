"""The targets that a list has to do with: where responses come from, and where the list is kept as well."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attrs import field, frozen

from briefingkit.publish import Identity, Remote

__all__ = ["Connected", "Connections", "not_connected"]


@frozen
class Connected:
    """A target's integration under the target's name, and what the ledger knows to be there of the briefing."""

    name: str
    integration: Any = field(repr=False)
    held: Mapping[Identity, Remote] = field(factory=dict, repr=False)


Connections = Callable[[type], Sequence[Connected]]
"""Gives the targets whose integration keeps a runtime-checkable protocol of methods; they load when asked for."""


def not_connected(_protocol: type) -> Sequence[Connected]:
    """Give none: a list that stands alone."""
    return ()
