"""What the settings of a form target can say, value by value."""

import re
from enum import StrEnum
from typing import Any, Final

from attrs import field, frozen

from briefingkit.errors import ModelError
from briefingkit.model.addresses import check_email
from briefingkit.model.keys import duplicates

__all__ = ["EmailCollection", "Responders", "Style", "check_drive_id"]

_DRIVE_ID: Final = re.compile(r"[A-Za-z0-9_-]{10,128}")
_DOMAIN: Final = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
ANYONE: Final = "anyone"


class Style(StrEnum):
    """A form for each language, or one whose first question is the language."""

    PER_LANGUAGE = "per-language"
    BRANCHING = "branching"


class EmailCollection(StrEnum):
    """How the e-mail address is asked (FormSettings.emailCollectionType).

    RESPONDER_INPUT: Google asks for it, and takes nothing that is none. VERIFIED: it is that of the Google account,
    which one has to have. QUESTION: a question like any other, whose answer Google does not look at.
    """

    RESPONDER_INPUT = "responder-input"
    VERIFIED = "verified"
    QUESTION = "question"


def check_drive_id(_instance: object, attribute: Any, value: str | None) -> None:
    """Raise ModelError for what is no id of something in Drive."""
    if value is not None and not _DRIVE_ID.fullmatch(value):
        raise ModelError(
            f"{value[:80]!r} is no id of Google Drive: take the long word in its address, after folders/ or /d/",
            field=attribute.name,
        )


def _lower(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(value.strip().lower() for value in values)


@frozen
class Responders:
    """Who may answer: `anyone` who has the address, or some of a `domain:`, `group:` and `user:`."""

    scopes: tuple[str, ...] = field(default=(ANYONE,), converter=_lower, repr=False)

    @scopes.validator
    def _check(self, attribute: Any, value: tuple[str, ...]) -> None:
        if not value or (ANYONE in value and len(value) > 1):
            raise ModelError("say anyone, or a list of domain:, group: and user:", field=attribute.name)
        if duplicates(value):
            raise ModelError("somebody stands twice", field=attribute.name)
        for scope in value:
            kind, _, of = scope.partition(":")
            if kind in ("user", "group"):
                check_email(self, attribute, of)
            elif scope != ANYONE and not (kind == "domain" and _DOMAIN.fullmatch(of)):
                raise ModelError(
                    f"{scope[:80]!r} is nobody: write anyone, domain:example.org, group:name@example.org or "
                    "user:name@example.org",
                    field=attribute.name,
                )

    @staticmethod
    def short_form(value: object) -> object:
        """Read `anyone`, another single scope, or a list of them."""
        if isinstance(value, str):
            return {"scopes": [value]}
        return {"scopes": value} if isinstance(value, list | tuple) else value
