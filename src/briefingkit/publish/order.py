"""In which order: targets by who shows whose addresses, changes by kind, deletions last."""

from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from briefingkit.errors import PlanRefused
from briefingkit.publish.change import Action, Change

__all__ = ["order_changes", "order_targets"]


def order_targets(uses: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Put targets after those whose outputs they use; where that leaves a choice, as they were given.

    A target may use its own outputs (the order of its kinds sees to that) and those of targets that are not here.
    Raises PlanRefused naming the circle where there is one.
    """
    sorter = TopologicalSorter(dict.fromkeys(uses, ()))
    for name, used in uses.items():
        sorter.add(name, *(other for other in used if other != name and other in uses))
    try:
        sorter.prepare()
    except CycleError as error:
        circle = " → ".join(reversed(error.args[1]))
        raise PlanRefused([f"targets wait for each other's addresses: {circle}"]) from error
    places = {name: place for place, name in enumerate(uses)}
    ready, order = list(sorter.get_ready()), []
    while ready:
        name = min(ready, key=places.__getitem__)
        ready.remove(name)
        order.append(name)
        sorter.done(name)
        ready.extend(sorter.get_ready())
    return tuple(order)


def order_changes(changes: Iterable[Change], kinds: Sequence[str]) -> tuple[Change, ...]:
    """Put changes in the order of kinds, and after them the deletions in the opposite one."""
    ranks = {kind: rank for rank, kind in enumerate(kinds)}

    def place(change: Change) -> tuple[bool, int, str]:
        kind = change.identity.kind
        rank = ranks.get(kind, len(ranks))
        deletion = change.action is Action.DELETE
        return deletion, -rank if deletion else rank, kind

    return tuple(sorted(changes, key=place))
