"""Patience with a network: what is worth trying again is tried again, later and later, and not for ever.

An integration raises `errors.Transient` for a fault that may pass and where trying again is safe: the request changes
nothing, or a derived identity or a precondition keeps it from being done twice. What else goes wrong is raised at once.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from attrs import field, frozen

from briefingkit.errors import Transient

if TYPE_CHECKING:
    from attrs import Attribute
    from tenacity import RetryCallState

__all__ = ["Patience", "retrying"]

_T = TypeVar("_T")
_WAITS_FROM = 0.5


def _positive(_instance: object, attribute: "Attribute[timedelta]", value: timedelta) -> None:
    if value < timedelta(0):
        raise ValueError(f"patience is not negative: {attribute.name} is {value}")


@frozen
class Patience:
    """How long one request may take with all its repetitions (`budget`), and how long one wait may be (`longest`).

    Waits double from half a second and are drawn at random below that, so that many clients of a server in trouble
    do not come back at one moment. A server's own Retry-After is kept, whatever `longest` says.
    """

    budget: timedelta = field(default=timedelta(minutes=2), validator=_positive)
    longest: timedelta = field(default=timedelta(seconds=32), validator=_positive)


def retrying(
    do: Callable[[], _T], *, patience: Patience | None = None, sleep: Callable[[float], None] = time.sleep
) -> _T:
    """Call `do` until it answers.

    Raises the last Transient once another wait would pass the budget, and whatever else `do` raises at once. `sleep`
    takes seconds; only the waits are counted in the budget, for each call has a time-out of its own.
    """
    try:
        return do()
    except Transient as fault:
        return _again(do, fault, patience or Patience(), sleep)


def _again(do: Callable[[], _T], first: Transient, patience: Patience, sleep: Callable[[float], None]) -> _T:
    """Go on after a first call that failed. What is right at once, as most things are, needs no tenacity."""
    from tenacity import Retrying, retry_if_exception_type, wait_random_exponential

    met: Transient | None = first
    budget, longest = patience.budget.total_seconds(), patience.longest.total_seconds()
    drawn = wait_random_exponential(multiplier=_WAITS_FROM, max=longest)

    def wait(state: "RetryCallState") -> float:
        fault = state.outcome.exception() if state.outcome is not None else None
        asked = fault.retry_after if isinstance(fault, Transient) else None
        return drawn(state) if asked is None else max(asked, 0.0) + drawn(state) / 8

    def spent(state: "RetryCallState") -> bool:
        return state.idle_for + state.upcoming_sleep > budget

    attempts = Retrying(
        retry=retry_if_exception_type(Transient), wait=wait, stop=spent, sleep=sleep, reraise=True
    )

    def attempt() -> _T:
        nonlocal met
        if met is not None:
            fault, met = met, None
            raise fault
        return do()

    return attempts(attempt)
