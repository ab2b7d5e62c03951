"""Bringing the items of a form into another order with as few requests as can be.

Requests are done one after the other, and each is about a place among the items as they then are. As much as possible
of what stands in the right order already is left where it is (the longest increasing subsequence); the rest moves.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from enum import Enum

from attrs import frozen

__all__ = ["Do", "Step", "arrange", "longest_in_order", "woven"]


class Do(Enum):
    """What is done to an item."""

    MOVE = "move"
    CREATE = "create"
    DELETE = "delete"
    UPDATE = "update"


@frozen
class Step:
    """One request: what is done to which item, at which place; a move has also the place that it then has."""

    do: Do
    item: str
    at: int
    to: int = -1


def arrange(
    held: Sequence[str],
    wanted: Sequence[str],
    *,
    first: Collection[str] = (),
    changed: Collection[str] = (),
) -> Iterator[Step]:
    """Give the steps from what is held to what is wanted; nothing stands twice in either.

    Of what is created, `first` comes first: what others lead to has to be there. `changed` is updated before anything
    is deleted, so that nothing leads to what is gone.
    """
    now = list(held)
    kept = set(held) & set(wanted)
    yield from _moves(now, [item for item in wanted if item in kept])
    new = [item for item in wanted if item not in kept]
    for item in sorted(new, key=lambda each: each not in first):
        at = _place(now, item, wanted)
        now.insert(at, item)
        yield Step(Do.CREATE, item, at)
    for at, item in enumerate(now):
        if item in changed and item in kept:
            yield Step(Do.UPDATE, item, at)
    for at in reversed(range(len(now))):
        if now[at] not in kept and now[at] not in new:
            yield Step(Do.DELETE, now[at], at)


def _moves(now: list[str], wanted: Sequence[str]) -> Iterator[Step]:
    """Bring what stays into its order; what is in `now` besides stays where it is."""
    places = {item: place for place, item in enumerate(now)}
    standing = longest_in_order([places[item] for item in wanted])
    stays = {wanted[index] for index in standing}
    for index, item in enumerate(wanted):
        if item in stays:
            continue
        at = now.index(item)
        now.pop(at)
        to = now.index(wanted[index - 1]) + 1 if index else 0
        now.insert(to, item)
        yield Step(Do.MOVE, item, at, to)


def _place(now: Sequence[str], item: str, wanted: Sequence[str]) -> int:
    """Find where an item goes: right behind the nearest one before it that is there."""
    there = {each: place for place, each in enumerate(now)}
    before = reversed(wanted[: wanted.index(item)])
    return next((there[each] + 1 for each in before if each in there), 0)


def longest_in_order(places: Sequence[int]) -> list[int]:
    """Give the indices of a longest increasing subsequence of different numbers."""
    ends: list[int] = []  # the smallest last number of a subsequence of each length
    at: list[int] = []  # its index
    before: list[int | None] = []
    for index, place in enumerate(places):
        length = bisect_left(ends, place)
        before.append(at[length - 1] if length else None)
        ends[length : length + 1] = [place]
        at[length : length + 1] = [index]
    found: list[int] = []
    last = at[-1] if at else None
    while last is not None:
        found.append(last)
        last = before[last]
    return found[::-1]


def woven(held: Sequence[str], ours: Sequence[str], others: Collection[str]) -> list[str]:
    """Put what is not ours among what is: behind whatever of ours it stands behind now, or at the beginning."""
    behind: dict[str | None, list[str]] = {}
    last: str | None = None
    staying = set(ours)
    for item in held:
        if item in others:
            behind.setdefault(last, []).append(item)
        elif item in staying:
            last = item
    whole = behind.get(None, [])
    for item in ours:
        whole = [*whole, item, *behind.get(item, [])]
    return whole
