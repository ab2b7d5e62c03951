"""Everything that briefingkit raises, and the findings that it reports.

    BriefingkitError
    ├── TextError            a language tag, zone, text or phrase that cannot be used (also a ValueError)
    ├── ModelError           a value that a briefing cannot hold (also a ValueError)
    ├── Unpublishable        a briefing that is not complete or not confirmed enough to go out
    ├── SourceError          files that could not be read: carries every finding
    ├── NoteError            a concept note that could not be read at all
    ├── RenderError          a template or an output that could not be made
    ├── RegistrationError    a list, a file of registrations or a person that cannot be found or used
    ├── MailingError         a mailing or a recipient that no message can be made for, or sent to
    ├── StoreError           the ledger cannot be opened, migrated or written
    ├── IntegrationError     a target's integration refused or failed
    │   ├── UnknownIntegration   no integration has this name
    │   ├── MissingExtra         the integration is there, its third-party packages are not
    │   └── Transient            a fault of the network or of a server that may pass, and did not while it was tried
    ├── PublishError
    │   ├── PlanRefused      a limit, a missing consent or a cycle stops the plan
    │   ├── PlanStale        the world moved since a saved plan was made
    │   ├── Locked           another run holds the ledger
    │   └── ApplyFailed      some resources were not brought in step: carries the outcomes
    └── ProjectError         briefingkit.yaml names what is not there

A message says what is wrong and what to do. Where a file is at fault, the place is in a `Position`.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "ApplyFailed",
    "BriefingkitError",
    "Finding",
    "IntegrationError",
    "Locked",
    "MailingError",
    "MissingExtra",
    "ModelError",
    "NoteError",
    "PlanRefused",
    "PlanStale",
    "Position",
    "ProjectError",
    "PublishError",
    "RegistrationError",
    "RenderError",
    "SourceError",
    "StoreError",
    "TextError",
    "Transient",
    "UnknownIntegration",
    "Unpublishable",
]


@frozen
class Position:
    """A place in a file: its name as the user gave it, and a line and column that count from 1."""

    file: str | None = None
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        """Join what is known with colons, as compilers do."""
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


@frozen
class Finding:
    """One thing that `check` or a reader has to say of a file.

    `code` is E and three digits for an error, W and three digits for a warning; docs/reference/findings.md lists
    them. `path` is the place in the model, keys and indexes joined with dots ("agenda.open-floor.title.fr").
    """

    code: str
    message: str
    advice: str = ""
    position: Position = field(factory=Position)
    path: str = ""

    @property
    def severity(self) -> Literal["error", "warning"]:
        """An error stops publishing; a warning asks for a look and can be allowed in the file."""
        return "error" if self.code.startswith("E") else "warning"

    def __str__(self) -> str:
        """Say the finding on one line: `briefing.yaml:12:3 W104 What is wrong. What to do`."""
        words = ". ".join(part.rstrip(".") for part in (self.message, self.advice) if part)
        return " ".join(part for part in (str(self.position), self.code, words) if part)


class BriefingkitError(Exception):
    """The root: catch this one to catch all that briefingkit raises on purpose."""


class TextError(BriefingkitError, ValueError):
    """A language tag, zone, text or phrase that cannot be used."""


class ModelError(BriefingkitError, ValueError):
    """A value that a briefing cannot hold.

    `problems` holds each thing that is wrong as (path below the value, message); `field` is the first path, or None.
    """

    def __init__(
        self, message: str, *, field: str | None = None, problems: Sequence[tuple[str, str]] | None = None
    ) -> None:
        super().__init__(message)
        self.problems: tuple[tuple[str, str], ...] = tuple(problems or ((field or "", message),))
        self.field = self.problems[0][0] or None


class Unpublishable(BriefingkitError):
    """A briefing that is not complete or not confirmed enough to go out."""


class SourceError(BriefingkitError):
    """Files that could not be read; every finding is carried, not the first alone."""

    def __init__(self, findings: "Iterable[Finding]") -> None:
        self.findings: tuple[Finding, ...] = tuple(findings)
        super().__init__(self.findings)

    def __str__(self) -> str:
        """Say each finding on a line."""
        return "\n".join(map(str, self.findings))


class NoteError(BriefingkitError):
    """A concept note that could not be read at all."""


class RenderError(BriefingkitError):
    """A template or an output that could not be made."""


class RegistrationError(BriefingkitError):
    """A list, a file of registrations or a person that cannot be found or used."""


class MailingError(BriefingkitError):
    """A mailing or a recipient that no message can be made for, or sent to."""


class StoreError(BriefingkitError):
    """The ledger cannot be opened, migrated or written."""


class IntegrationError(BriefingkitError):
    """A target's integration refused or failed."""


class UnknownIntegration(IntegrationError):
    """No integration has this name."""


class MissingExtra(IntegrationError):
    """The integration is there, the third-party packages that it needs are not."""


class Transient(IntegrationError):
    """A fault of the network or of a server that may pass.

    `retry_after` is how long the server asks to wait, in seconds; None where it does not say.
    """

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class PublishError(BriefingkitError):
    """Planning or applying could not go on."""


class PlanRefused(PublishError):
    """A limit, a missing consent or a cycle of outputs stops the plan; `reasons` holds each of them."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons: tuple[str, ...] = tuple(reasons)
        super().__init__(self.reasons)

    def __str__(self) -> str:
        """Say each on a line."""
        return "\n".join(self.reasons)


class PlanStale(PublishError):
    """The world moved since a saved plan was made; `reasons` holds what moved."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons: tuple[str, ...] = tuple(reasons)
        super().__init__(self.reasons)

    def __str__(self) -> str:
        """Say each on a line."""
        return "\n".join(self.reasons)


class Locked(PublishError):
    """Another run holds the ledger."""


class ApplyFailed(PublishError):
    """Some resources were not brought in step; `failures` says which and why, one line each."""

    def __init__(self, failures: Sequence[str]) -> None:
        self.failures: tuple[str, ...] = tuple(failures)
        super().__init__(self.failures)

    def __str__(self) -> str:
        """Say each on a line."""
        return "\n".join(self.failures)


class ProjectError(BriefingkitError):
    """briefingkit.yaml names something that is not there, or two things in one place."""
