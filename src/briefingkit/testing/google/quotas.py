"""Quotas a minute, for each user and for the whole project.

Source: "Manage quotas" (developers.google.com/workspace/calendar/api/guides/quota): 10,000 requests a minute a
project, 600 a minute a user of a project, in a sliding window, and each part of a batch is a request.
"""

from collections import deque
from datetime import datetime, timedelta

from attrs import define, field

from briefingkit.testing.google.refusal import Refusal

__all__ = ["Quotas"]

_WINDOW = timedelta(minutes=1)


@define
class Quotas:
    """How many requests are let through in a minute; None lets all through.

    `metric` is the name of what is counted, in APIs that say it and answer 429 to whoever it is.
    """

    per_user: int | None = None
    per_project: int | None = None
    metric: str = ""
    _calls: dict[str, deque[datetime]] = field(factory=dict)

    def spend(self, user: str, at: datetime) -> None:
        """Count a request. Raises a Refusal, 403 or 429, where it is one too many; such a one counts for nothing."""
        if self.per_user is None and self.per_project is None:
            return
        mine, all_of_us = self._recent(user, at), self._recent("", at)
        if self.per_user is not None and len(mine) >= self.per_user:
            if self.metric:
                raise self._exceeded("per user")
            raise Refusal(403, "userRateLimitExceeded", "User Rate Limit Exceeded", domain="usageLimits")
        if self.per_project is not None and len(all_of_us) >= self.per_project:
            if self.metric:
                raise self._exceeded("per project")
            raise Refusal(429, "rateLimitExceeded", "Rate Limit Exceeded", domain="usageLimits")
        mine.append(at)
        all_of_us.append(at)

    def _exceeded(self, whose: str) -> Refusal:
        message = (
            f"Quota exceeded for quota metric '{self.metric}' and limit '{self.metric} per minute {whose}'."
        )
        return Refusal(429, "rateLimitExceeded", message, domain="usageLimits")

    def _recent(self, user: str, at: datetime) -> deque[datetime]:
        calls = self._calls.setdefault(user, deque())
        while calls and calls[0] <= at - _WINDOW:
            calls.popleft()
        return calls
