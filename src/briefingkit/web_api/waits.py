"""How long a service asks to wait, in the headers of its answer."""

from collections.abc import Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime

__all__ = ["asked_in"]

_LONGEST = timedelta(hours=24)
_EPOCH = 1_000_000_000
"""A number of seconds above this is a point in time, and none to wait."""
_HEADERS = ("retry-after", "ratelimit-reset", "x-sib-ratelimit-reset", "x-ratelimit-reset")
"""RFC 9110 section 10.2.3; and Resend's, Brevo's and SendGrid's own."""


def asked_in(headers: Mapping[str, str]) -> timedelta | None:
    """Read how long to wait from headers, their names in small letters; None where they do not say."""
    for name in _HEADERS:
        seconds = _seconds(headers.get(name), headers.get("date"))
        if seconds is not None:
            return min(max(timedelta(seconds=seconds), timedelta()), _LONGEST)
    return None


def _seconds(value: str | None, date: str | None) -> float | None:
    """Read a number of seconds, or a point in time, which is held against the answer's own Date."""
    if not value:
        return None
    try:
        number = float(value)
    except ValueError:
        until = _instant(value)
        now = _instant(date)
        return None if until is None or now is None else until - now
    if not 0 <= number < 10 * _EPOCH:
        return None
    if number < _EPOCH:
        return number
    now = _instant(date)
    return None if now is None else number - now


def _instant(value: str | None) -> float | None:
    try:
        return parsedate_to_datetime(value).timestamp() if value else None
    except ValueError:
        return None
