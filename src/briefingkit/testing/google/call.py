"""What passes between the core of the double and the rules of an API."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from attrs import define, field, frozen

from briefingkit.testing.google.discovery import Method
from briefingkit.testing.google.refusal import Refusal

__all__ = ["Answer", "Call", "Caller", "Request", "Rules"]

Json: TypeAlias = dict[str, Any]


@frozen
class Caller:
    """Who calls. A service account that acts for itself is `alone`: it has no delegation."""

    email: str
    scopes: frozenset[str]
    alone: bool = False


@frozen
class Call:
    """A call that has passed the checks of the document, on its way to the rules.

    `ignored` names the fields of the body that only the server writes; the rules never see them.
    """

    method: Method
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Json
    headers: Mapping[str, str]
    caller: Caller
    at: datetime
    ignored: tuple[str, ...] = ()


@frozen
class Answer:
    """What the rules answer: JSON, or nothing (204)."""

    body: Json | None = None
    status: int = 200
    headers: Mapping[str, str] = field(factory=dict)


Rules: TypeAlias = Mapping[str, Callable[[Call], Answer]]
"""The rules of an API: what answers each method, by the method's id."""


@define
class Request:
    """A request as it came: in a test, `google.requests` holds one of each.

    `method` is the id in the discovery document, `batch` for a whole batch, `token` and `auth` for the OAuth endpoints,
    and empty where there is no such method. `http` numbers the HTTP requests: the parts of a batch share it, and
    `part` is their place in it, from 0. `status` is 0 where no answer was given.
    """

    method: str
    verb: str
    path: str
    http: int
    part: int | None = None
    status: int = 0
    reason: str = ""
    email: str = ""
    query: Mapping[str, Any] = field(factory=dict)
    headers: Mapping[str, str] = field(factory=dict, repr=False)
    body: Json | None = None
    ignored: tuple[str, ...] = ()

    def refuse(self, refusal: Refusal) -> None:
        """Note that the answer is no."""
        self.status, self.reason = refusal.status, refusal.reason
