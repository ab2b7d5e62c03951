"""How much work a template may do: counted, so that the same template stops at the same place on every machine.

No clock and no signal: what a template does is loops, calls, filters, operations and output, and each costs at least
1, and as much as the text that it handles. One that loops for ever or grows without end is out of its budget soon.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from briefingkit.errors import RenderError

__all__ = ["Exhausted", "budget", "multiplied", "pay", "size_of", "spend", "stepped"]

_T = TypeVar("_T")
_WORK = 5_000_000
"""Characters and steps: a page of a hundred agenda items costs about a hundredth of it."""
_STEP = 10
_LARGEST = 32_000_000
"""The longest text, or list, that one operation may give."""


class Exhausted(RenderError):
    """A template that would do more than a mail can need."""


_left: ContextVar[list[int] | None] = ContextVar("work that is left to a template", default=None)


@contextmanager
def budget(work: int = _WORK) -> Iterator[None]:
    """Let what is rendered within the block do so much work, and no more."""
    token = _left.set([work])
    try:
        yield
    finally:
        _left.reset(token)


def spend(amount: int) -> None:
    """Take from the budget. Exhausted where it is used up, and outside of any."""
    left = _left.get()
    if left is None:
        raise Exhausted("a template is rendered within a budget")
    left[0] -= amount
    if left[0] < 0:
        raise Exhausted("it does more work than any mail needs: a loop that grows, or calls itself")


def stepped(values: Iterable[_T]) -> Iterator[_T]:
    """Go through values, each a step."""
    for value in values:
        spend(_STEP)
        yield value


def pay(value: Any) -> None:
    """Pay for a value as it is written out, with all that is in it."""
    if isinstance(value, str):
        spend(len(value) + 1)
    elif isinstance(value, dict):
        for key, held in value.items():
            pay(key)
            pay(held)
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            pay(each)
    else:
        spend(1)


def size_of(value: Any) -> int:
    """Tell how large a value is: a text's or list's length, or what a number would repeat something."""
    if isinstance(value, bool):
        return 1
    if isinstance(value, int):
        return max(1, abs(value))
    return max(1, len(value)) if isinstance(value, str | list | tuple | dict | range) else 1


def multiplied(*values: Any) -> None:
    """Pay for an operation whose result may be as long as all its operands multiplied, as with `"-" * 80`.

    Exhausted where that is more than one operation may give, or than is left.
    """
    product, total = 1, 0
    for value in values:
        size = size_of(value)
        product, total = product * size, total + size
        if product > _LARGEST:
            raise Exhausted("it makes a text that is longer than any mail")
    spend(total)
