"""What goes wrong on purpose: which request, when, how and how often."""

import re
from fnmatch import fnmatchcase

from attrs import define, field

from briefingkit.testing.google.refusal import Refusal

__all__ = ["Fault", "Faults"]

_REASONS = {
    400: ("invalid", "Bad Request", "global"),
    401: ("authError", "Invalid Credentials", "global"),
    403: ("rateLimitExceeded", "Rate Limit Exceeded", "usageLimits"),
    404: ("notFound", "Not Found", "global"),
    409: ("duplicate", "The requested identifier already exists.", "global"),
    410: ("deleted", "Resource has been deleted", "global"),
    412: ("conditionNotMet", "Precondition Failed", "global"),
    429: ("rateLimitExceeded", "Rate Limit Exceeded", "usageLimits"),
}
_MESSAGES = {
    "backendError": ("Backend Error", "global"),
    "internalError": ("Internal Error", "global"),
    "rateLimitExceeded": ("Rate Limit Exceeded", "usageLimits"),
    "userRateLimitExceeded": ("User Rate Limit Exceeded", "usageLimits"),
    "quotaExceeded": ("Calendar usage limits exceeded.", "usageLimits"),
    "dailyLimitExceeded": ("Daily Limit Exceeded", "usageLimits"),
    "forbidden": ("Forbidden", "global"),
}
"""The reasons of the guide "Handle API errors", with the texts that stand there."""


@define
class Fault:
    """One thing that goes wrong, so many times; what its parts mean is said at `GoogleDouble.fail`."""

    pattern: str
    status: int = 503
    reason: str = ""
    message: str = ""
    times: float = 1
    skip: int = 0
    after: bool = False
    reset: bool = False
    hold: float = 0.0
    truncate: bool = False
    html: bool = False
    retry_after: float | None = None
    part: int | None = None
    happened: int = field(default=0, init=False)

    def takes(self, method: str, part: int | None) -> bool:
        """Say whether a request is one that goes wrong, and count it."""
        if self.happened >= self.times or not fnmatchcase(method, self.pattern):
            return False
        if self.part is not None and part != self.part:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.happened += 1
        return True

    def refusal(self) -> Refusal:
        """Give the answer that says no."""
        reason, message, domain = _REASONS.get(self.status, ("backendError", "Backend Error", "global"))
        if self.reason:
            message, domain = _MESSAGES.get(self.reason, (_words(self.reason), "global"))
            reason = self.reason
        return Refusal(
            self.status, reason, self.message or message, domain=domain, retry_after=self.retry_after
        )


def _words(reason: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", reason).capitalize()


@define
class Faults:
    """Those that are still to happen, in the order in which they were asked for."""

    planned: list[Fault] = field(factory=list)

    def add(self, fault: Fault) -> Fault:
        """Plan one."""
        self.planned.append(fault)
        return fault

    def clear(self) -> None:
        """Let everything go right again."""
        self.planned.clear()

    def take(self, method: str, part: int | None = None, *, after: bool = False) -> Fault | None:
        """Find the fault for a request, before or after it was done."""
        return next((f for f in self.planned if f.after == after and f.takes(method, part)), None)
