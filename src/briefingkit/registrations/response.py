"""A response: what one intake handed in, once, whatever intake it was."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from attrs import field, frozen

from briefingkit.errors import ModelError

__all__ = ["Answer", "ConsentGiven", "OwnIntake", "Response"]

Answer = str | tuple[str, ...] | bool | int | None
"""An answer under its key: text, the keys of options, yes or no, a number; None where it was taken back."""

_LONGEST = 255


class OwnIntake:
    """The names of the intakes that are no target; a target's is its name in the project."""

    HAND = "hand"
    IMPORT = "import"
    WEB = "web"
    """The registration page."""
    ASIDE = "web-aside"
    """The registration page, where an address was given that is on the list and nobody knows by whom."""

    HERE = frozenset((HAND, WEB, ASIDE))
    """Those of which the ledger alone holds what was handed in."""


@frozen
class ConsentGiven:
    """Somebody agreed: to the text with this key, when, and in which language they read it."""

    key: str
    at: datetime
    language: str | None = None


def _check_name(_instance: object, attribute: Any, value: str) -> None:
    if not value or len(value) > _LONGEST or not value.isprintable():
        message = f"a response's {attribute.name} is 1 to {_LONGEST} printable characters"
        raise ModelError(message, field=attribute.name)


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ModelError("a response's time has to carry its zone", field="at")
    return value if value.tzinfo is UTC else value.astimezone(UTC)


@frozen
class Response:
    """What one intake handed in for a briefing.

    `id` is the intake's own of that submission: with the intake it tells two responses apart, and a later version of
    the same one has the same id and a later `at`, an aware datetime. `answers` stand under the form's keys; a key that
    is absent was not asked or not answered and changes nothing. `cancels` takes the registration back. ModelError for
    names that are none and a time without a zone.
    """

    id: str = field(validator=_check_name)
    briefing: str
    intake: str = field(validator=_check_name)
    at: datetime = field(converter=_in_utc)
    language: str | None = None
    answers: Mapping[str, Answer] = field(factory=dict, repr=False)
    consent: ConsentGiven | None = None
    cancels: bool = False
