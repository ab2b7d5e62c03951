"""What a response makes of a person's registration: decided here, from values alone.

The later answer wins, each key for itself, by the time of the response and not by when it reached us: responses may
come in any order. Of two with the same time the one that comes later wins, as a later row of a file should.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from attrs import frozen

from briefingkit.registrations.registration import Registration, RegistrationStatus
from briefingkit.registrations.response import Answer, Response

__all__ = ["Effect", "Merged", "merge"]


class Effect(StrEnum):
    """What a response did to a registration."""

    NEW = "new"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    RETURNED = "returned"
    """Somebody who had cancelled is back, at the end of the queue."""
    UNCHANGED = "unchanged"


@frozen
class Merged:
    """A registration after a response, and the answers that it changed as they were before (None: there was none)."""

    registration: Registration
    effect: Effect
    before: Mapping[str, Answer]


def merge(held: Registration | None, response: Response, *, person: str, number: int) -> Merged:
    """Merge a response into what is held of its person; `number` is the next free one of the list.

    Places are not given here: who comes anew or comes back is pending until `capacity.place` has looked.
    """
    if held is None:
        return Merged(_first(response, person, number), _effect_of_first(response), {})
    newest = response.at >= held.changed_at
    answers, stamps, before = _answers(held, response, newest=newest)
    status, position = held.status, held.position
    cancelled = status is RegistrationStatus.CANCELLED
    effect = Effect.CHANGED if before else Effect.UNCHANGED
    if newest and response.cancels and not cancelled:
        status, effect = RegistrationStatus.CANCELLED, Effect.CANCELLED
    elif newest and cancelled and not response.cancels:
        status, position, effect = RegistrationStatus.PENDING, number, Effect.RETURNED
    consent = response.consent if response.consent and (newest or not held.consent) else held.consent
    if consent != held.consent and effect is Effect.UNCHANGED:
        effect = Effect.CHANGED
    merged = Registration(
        held.briefing,
        person,
        held.number,
        position,
        status,
        held.waits,
        (response.language or held.language) if newest else (held.language or response.language),
        answers,
        stamps,
        held.places,
        consent,
        min(held.created_at, response.at),
        response.at if newest else held.changed_at,
    )
    return Merged(merged, effect, before)


def _first(response: Response, person: str, number: int) -> Registration:
    return Registration(
        response.briefing,
        person,
        number,
        number,
        RegistrationStatus.CANCELLED if response.cancels else RegistrationStatus.PENDING,
        waits=False,
        language=response.language,
        answers=response.answers,
        stamps={},
        places=(),
        consent=response.consent,
        created_at=response.at,
        changed_at=response.at,
    )


def _effect_of_first(response: Response) -> Effect:
    """Tell of somebody unknown; one who cancels is kept, for the response that they cancel may come late."""
    return Effect.CANCELLED if response.cancels else Effect.NEW


def _answers(
    held: Registration, response: Response, *, newest: bool
) -> tuple[Mapping[str, Answer], Mapping[str, datetime], Mapping[str, Answer]]:
    """Give the answers, their stamps where those are older than the newest response, and what was there before."""
    if newest and held.answers.keys() <= response.answers.keys():
        # All is answered anew: the answers are the response's own, and what is made of them once serves both.
        return response.answers, {}, _changed(held.answers, response.answers)
    answers = dict(held.answers)
    if newest:
        # What this response does not answer keeps the time at which it was answered.
        stamps = {
            key: held.stamps.get(key, held.changed_at) for key in answers if key not in response.answers
        }
        won = response.answers
        if response.at == held.changed_at:
            stamps = {key: at for key, at in stamps.items() if at != response.at}
    else:
        stamps = dict(held.stamps)
        won = {
            key: answer
            for key, answer in response.answers.items()
            if key not in answers or response.at >= stamps.get(key, held.changed_at)
        }
        stamps.update(dict.fromkeys(won, response.at))
    before = _changed(answers, won)
    answers.update(won)
    return answers, stamps, before


def _changed(old: Mapping[str, Answer], new: Mapping[str, Answer]) -> dict[str, Answer]:
    """Give the old answers of which there are other new ones; True is another answer than 1."""
    return {
        key: before
        for key, answer in new.items()
        if (before := old.get(key)) != answer or type(before) is not type(answer)
    }
