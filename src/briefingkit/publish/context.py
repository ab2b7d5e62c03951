"""What a projection may know besides the publications, and addresses that do not exist yet.

An output is an address that one target makes and others show: a form, a room, a page. Where it is not known
while the plan is made, a marker of Unicode noncharacters (never valid in a text of anyone's) stands in its
place; the projection is made again when the target that makes it has run.
"""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from attrs import field, frozen

from briefingkit.publish.resource import Value

if TYPE_CHECKING:
    from briefingkit.model import Briefing

__all__ = ["Context", "OutputKey", "is_pending", "pending", "pending_outputs"]

_OPEN, _BETWEEN, _CLOSE = "\ufdd0", "\ufdd1", "\ufdd2"
_MARKER = re.compile(f"{_OPEN}([^{_OPEN}{_CLOSE}]*){_CLOSE}")


class OutputKey(NamedTuple):
    """An output's name in full: the target that makes it, the briefing (or target) that it is of, its name."""

    target: str
    owner: str
    name: str

    def __str__(self) -> str:
        return f"{self.name} of {self.owner} at {self.target}"


def pending(key: OutputKey) -> str:
    """Return the marker that stands for an output until it is known."""
    return f"{_OPEN}{_BETWEEN.join(key)}{_CLOSE}"


def pending_outputs(value: Value) -> Iterator[OutputKey]:
    """Find the outputs that a value still waits for, however deep and whatever stands around them."""
    if isinstance(value, str):
        if _OPEN in value:
            for marker in _MARKER.findall(value):
                yield OutputKey(*marker.split(_BETWEEN))
    elif isinstance(value, tuple):
        for part in value:
            yield from pending_outputs(part)
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from pending_outputs(part)


def is_pending(value: Value) -> bool:
    """Whether a value waits for an output."""
    return next(pending_outputs(value), None) is not None


@frozen
class Context:
    """What a projection is told besides: its target's name, the namespace, all briefings, the outputs so far.

    `registrars` names the target at which people register, for briefings that do not say where. `uses` gathers what
    was asked for, known or not: by it the plan finds out which target has to run first.
    """

    target: str
    namespace: str
    outputs: Mapping[OutputKey, str] = field(factory=dict)
    briefings: "Mapping[str, Briefing]" = field(factory=dict, repr=False)
    registrars: Mapping[str, str] = field(factory=dict)
    uses: dict[OutputKey, str | None] = field(factory=dict, init=False, eq=False, repr=False)

    def output(self, target: str, name: str, *, owner: str) -> str:
        """Return an address that `target` makes for `owner`, or the marker that stands for it."""
        key = OutputKey(target, owner, name)
        known = self.uses[key] = self.outputs.get(key)
        return pending(key) if known is None else known
