"""Many changes at once, each told as if it were alone: what one asks for travels with what the others ask for.

A change is a generator that yields requests and is given replies. All that wait go out together, fifty in a batch; so
the common case of any number of changes is one round trip for fifty, and only those with a complication take another.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from typing import TypeAlias

from attrs import define, evolve

from briefingkit.publish import Action, Change, Outcome, Remote, Resource, Status
from briefingkit_google.batch import Ask, Reply, send
from briefingkit_google.client import Session
from briefingkit_google.faults import Fault, Reach

__all__ = ["Steps", "outcomes", "steps_for", "unsuccessful"]

Steps: TypeAlias = Generator[Ask, Reply, Outcome]
"""What one change asks for, reply by reply, until its outcome."""


def steps_for(
    change: Change,
    *,
    create: Callable[[Change, Resource], Steps],
    update: Callable[[Change, Resource, Remote], Steps],
    delete: Callable[[Change, Remote | None], Steps],
) -> Steps:
    """Give what a change takes: to make what is wanted, to write over what is held, or to take it away."""
    if change.wanted is None:
        return delete(change, change.held)
    if change.held is not None and change.action is not Action.CREATE:
        return update(change, change.wanted, change.held)
    return create(change, change.wanted)


@define(eq=False)
class _Running:
    change: Change
    steps: Steps
    ask: Ask


def outcomes(
    session: Session, changes: Sequence[Change], steps_of: Callable[[Change], Steps]
) -> Iterator[Outcome]:
    """Run changes to their end, and give each outcome in the round in which it is known.

    A fault that all would have (an exhausted quota, nobody in reach) is each one's outcome, with `stop`.
    """
    running: list[_Running] = []
    for change in changes:
        steps = steps_of(change)
        try:
            running.append(_Running(change, steps, next(steps)))
        except StopIteration as finished:
            yield finished.value
    through = False
    while running:
        now = _next_round(session, running)
        replies = send(session, [each.ask for each in now])
        through = through or any(_got_through(reply) for reply in replies)
        ends = [reply.fault for reply in replies if reply.fault is not None and _is_end(reply.fault, through)]
        goes_on = [each for each in running if each not in now]
        for each, reply in zip(now, replies, strict=True):
            try:
                goes_on.append(evolve(each, ask=each.steps.send(reply)))
            except StopIteration as finished:
                stops = reply.fault is not None and _is_end(reply.fault, through)
                yield evolve(finished.value, stop=True) if stops else finished.value
        if ends:
            yield from [_interrupted(each, ends[0]) for each in goes_on]
            return
        running = goes_on


def _next_round(session: Session, running: Sequence[_Running]) -> list[_Running]:
    """Take what can be sent at once; only where all wait for something is there a pause."""
    ready = [each for each in running if not each.ask.wait]
    if not ready:
        session.sleep(min(each.ask.wait for each in running))
    return ready or list(running)


def _got_through(reply: Reply) -> bool:
    return reply.fault is None or reply.fault.reach is Reach.RESOURCE


def _is_end(fault: Fault, through: bool) -> bool:  # noqa: FBT001 - of one caller
    return fault.reach is Reach.TARGET or (fault.reach is Reach.PASSING and not through)


def _interrupted(running: _Running, fault: Fault) -> Outcome:
    running.steps.close()
    return Outcome(running.change, Status.UNKNOWN, error=fault.words, stop=True)


def unsuccessful(change: Change, fault: Fault, *, unsure: bool = False, words: str | None = None) -> Outcome:
    """Make the outcome of a request that did not succeed: FAILED only where nothing can have changed."""
    sure = fault.certain and not unsure
    return Outcome(change, Status.FAILED if sure else Status.UNKNOWN, error=words or fault.words)
