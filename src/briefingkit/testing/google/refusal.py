"""How Google says no: one exception, and the JSON that stands for it.

The shape is that of the guide "Handle API errors" (developers.google.com/workspace/calendar/api/guides/errors):
a code, a message, and a list of errors with domain, reason, message and the place of the mistake. Newer APIs have a
status and typed details in place of that list: "Errors" (google.aip.dev/193), and so it is seen in answers of Forms.
"""

from collections.abc import Mapping
from typing import Any

__all__ = ["Refusal", "invalid", "not_found", "required"]

_STATES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
}
_BY_REASON = {"failedPrecondition": "FAILED_PRECONDITION"}


class Refusal(Exception):
    """An answer that says no.

    `location` is the parameter, header or field at fault and `location_type` which of them it is; `retry_after` is in
    seconds; `details` are the typed details (google.rpc.ErrorInfo) that newer answers carry as well, and `short` the
    message in the list of errors where it differs.
    """

    def __init__(  # noqa: PLR0913 - the parts of Google's error object
        self,
        status: int,
        reason: str,
        message: str,
        *,
        domain: str = "global",
        location: str | None = None,
        location_type: str = "parameter",
        retry_after: float | None = None,
        details: tuple[Mapping[str, Any], ...] = (),
        short: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {reason}: {message}")
        self.status = status
        self.reason = reason
        self.message = message
        self.domain = domain
        self.location = location
        self.location_type = location_type
        self.details = details
        self.short = short or message
        self.headers = dict(headers or {})
        if retry_after is not None:
            self.headers["Retry-After"] = f"{retry_after:g}"

    def typed_body(self) -> dict[str, Any]:
        """Give the JSON of the answer as newer APIs have it: a status, and details of a type."""
        status = _BY_REASON.get(self.reason) or _STATES.get(self.status, "UNKNOWN")
        whole: dict[str, Any] = {"code": self.status, "message": self.message, "status": status}
        details = list(self.details)
        if self.status == 400 and self.location is not None:  # noqa: PLR2004 - an HTTP status
            violation = {"field": self.location, "description": self.message}
            details.append(
                {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation]}
            )
        if details:
            whole["details"] = details
        return {"error": whole}

    def body(self) -> dict[str, Any]:
        """Give the JSON of the answer."""
        error: dict[str, Any] = {"domain": self.domain, "reason": self.reason, "message": self.short}
        if self.location is not None:
            error |= {"locationType": self.location_type, "location": self.location}
        whole: dict[str, Any] = {"code": self.status, "message": self.message, "errors": [error]}
        if self.details:
            whole |= {"status": _STATES.get(self.status, "UNKNOWN"), "details": list(self.details)}
        return {"error": whole}


def invalid(message: str, location: str | None = None) -> Refusal:
    """Refuse a parameter or field that cannot be understood."""
    return Refusal(400, "invalid", message, location=location)


def required(message: str, location: str | None = None) -> Refusal:
    """Refuse a call that lacks a parameter or field."""
    return Refusal(400, "required", message, location=location)


def not_found() -> Refusal:
    """Refuse what is not there, or not to be seen by the caller: Google does not say which."""
    return Refusal(404, "notFound", "Not Found")
