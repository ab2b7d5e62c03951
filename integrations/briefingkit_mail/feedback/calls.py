"""Reading calls that anybody can make: who is calling is found out first, and everything in them may be anything."""

import base64
import hmac
import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from briefingkit.errors import MailingError
from briefingkit.mailing.outgoing.answers import clean

__all__ = [
    "check_basic",
    "check_bearer",
    "check_time",
    "decoded",
    "each",
    "header",
    "instant",
    "mapping",
    "moment",
    "number",
    "same",
    "text",
    "told",
    "words",
]

_LARGEST = 5 << 20
_AHEAD = timedelta(minutes=5)
_LONGEST = 320


def told(body: bytes) -> Any:
    """Read JSON. MailingError for what is too large, or none."""
    if len(body) > _LARGEST:
        raise MailingError("a call about mails is too large")
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise MailingError("a call about mails cannot be read") from None


def header(headers: Mapping[str, str], name: str) -> str:
    """Give a header, whatever the case of its name; empty where it is not there."""
    wanted = name.lower()
    return next((value for key, value in headers.items() if key.lower() == wanted), "")


def same(given: str, wanted: str) -> bool:
    """Compare without telling by the time that it takes how much of it is right."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode("utf-8", "replace"))


def check_basic(headers: Mapping[str, str], username: str, password: str) -> None:
    """Hold a call to a name and a password, which stand in the address called (RFC 7617). MailingError for others."""
    wanted = "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()
    if not same(header(headers, "authorization"), wanted):
        raise MailingError("a call about mails does not say the right name and password")


def check_bearer(headers: Mapping[str, str], token: str) -> None:
    """Hold a call to a token (RFC 6750). MailingError for another, or none."""
    if not same(header(headers, "authorization"), f"Bearer {token}"):
        raise MailingError("a call about mails does not say the right token")


def check_time(at: datetime | None, now: datetime, oldest: timedelta) -> None:
    """Refuse what was signed too long ago, and what will be: somebody may have kept it."""
    if at is None or not now - oldest <= at <= now + _AHEAD:
        raise MailingError("a call about mails was signed at another time")


def decoded(value: str) -> bytes:
    """Decode base64. MailingError for what is none."""
    try:
        return base64.b64decode(value, validate=True)
    except ValueError:
        raise MailingError("a call about mails has a signature that is none") from None


def number(value: Any) -> float | None:
    """Give a finite number, also out of a text."""
    try:
        made = float(value) if isinstance(value, int | float | str) else math.nan
    except (ValueError, OverflowError):
        return None
    return made if math.isfinite(made) else None


def instant(seconds: Any) -> datetime | None:
    """Read seconds since 1970."""
    made = number(seconds)
    try:
        return None if made is None else datetime.fromtimestamp(made, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def moment(value: Any) -> datetime | None:
    """Read a point in time (RFC 3339); one without a zone is none."""
    try:
        made = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return None if made is None or made.tzinfo is None else made.astimezone(UTC)


def text(value: Any) -> str | None:
    """Give a text that is not endless; None for anything else."""
    return value if isinstance(value, str) and 0 < len(value) <= _LONGEST else None


def mapping(value: Any) -> Mapping[str, Any]:
    """Give an object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def each(value: Any) -> list[Mapping[str, Any]]:
    """Give the objects of a list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def words(*values: Any, recipient: str | None = None) -> str:
    """Give the first text, made fit to keep."""
    found = next((value for value in values if isinstance(value, str) and value), "")
    local = (recipient or "").rpartition("@")[0]
    return clean(found, filter(None, (recipient, local)))
