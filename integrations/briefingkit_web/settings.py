"""What the application is told besides the project."""

import os
from collections.abc import Mapping

from attrs import field, frozen

from briefingkit.errors import ProjectError

__all__ = ["TOKEN", "Settings", "token_from"]

TOKEN = "BRIEFINGKIT_ORGANIZER_TOKEN"  # noqa: S105 - the name of a variable
"""The environment variable that holds the organisers' token."""

_SHORTEST = 16


def _check_token(_instance: object, _attribute: object, value: str | None) -> None:
    if value is not None and (len(value) < _SHORTEST or not value.isprintable()):
        raise ProjectError(
            f"{TOKEN} is too short to keep a list of people safe: {_SHORTEST} characters at least"
        )


@frozen
class Settings:
    """How the page is served.

    `organizer_token` opens the organisers' list; without one there is none. `per_minute` and `burst` are how many forms
    one address may hand in, 0 for no limit. `seconds` is how long a form may take to arrive.
    """

    organizer_token: str | None = field(default=None, validator=_check_token, repr=False)
    per_minute: float = 60
    burst: int = 60
    seconds: float = 20.0


def token_from(environment: Mapping[str, str] = os.environ) -> str | None:
    """Read the organisers' token; None where none is set."""
    return environment.get(TOKEN) or None
