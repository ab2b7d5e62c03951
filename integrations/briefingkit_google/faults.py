"""What can go wrong between us and Google, and what to make of it: one classification for every request.

Answers are told apart by status and reason (https://developers.google.com/workspace/calendar/api/guides/errors), what
went wrong on the way by its exception. Whether a fault may pass and whether the server may have acted are two
questions: a rate limit passes and nothing was done, a lost answer passes and nobody knows.
"""

import json
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from enum import Enum
from http import HTTPStatus
from typing import Any

from attrs import evolve, frozen

from briefingkit.errors import IntegrationError, Transient
from briefingkit_google.auth_words import explain

__all__ = ["Fault", "Reach", "classify", "garbled", "raise_for_target", "scrubbed"]


_NOT_THERE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}


class Reach(Enum):
    """How far a fault reaches."""

    PASSING = "passing"
    """It may be gone when the request is made again."""
    RESOURCE = "resource"
    """This one thing cannot be done as it is; others can."""
    TARGET = "target"
    """Nothing at all can be done there until a person has done something."""


@frozen
class Fault:
    """A request that did not succeed, in words; no secret is in them.

    `certain` says that the server surely did not act on it. `retry_after` is in seconds.
    """

    reach: Reach
    words: str
    certain: bool
    status: int | None = None
    reason: str = ""
    retry_after: float | None = None

    @property
    def gone(self) -> bool:
        """Whether it was about something that is not there, or is there no more."""
        return self.status in _NOT_THERE


_RATES = {"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED"}
_DIRECTORY = "/admin/directory/"
"""The Directory API, whose `quotaExceeded` says that too many requests run at once, which passes
(https://developers.google.com/workspace/admin/directory/v1/limits)."""
_SPENT = {
    "quotaExceeded": "Google lets this account do no more of this for now (it limits events, invitations and "
    "calendars). That passes after hours, sometimes months: wait, invite fewer people, or use another account",
    "dailyLimitExceeded": "the project's quota of requests for today is used up: wait until tomorrow (midnight Pacific "
    "time), or ask for more in the Google Cloud console, under APIs & Services > Quotas",
    "storageQuotaExceeded": "there is no room for it in Drive. A service account has none of its own: name a folder of "
    "a shared drive (folder), or a person whom it acts for (auth's subject)",
}
_SPENT["dailyLimitExceededUnreg"] = _SPENT["limitExceeded"] = _SPENT["dailyLimitExceeded"]
_RESOURCES = {
    "forbiddenForNonOrganizer": "only the calendar in which the event was made may change that: "
    "the event was moved or copied by hand",
    "timeRangeEmpty": "Google takes no event that ends before it starts",
    "duplicate": "something stands under that id already",
    "conditionNotMet": "it has changed since it was read: plan again",
    "updatedMinTooLongAgo": "what changed so long ago is not kept: read all of it",
    "cannotChangeOrganizer": "the organizer of an event cannot be changed: the event was moved by hand",
}
_CONFERENCE = (
    "this account cannot make a room of that kind in this calendar: let the service account act for a person who has "
    "Google Meet (auth's subject), or leave the room out"
)
_SECRETS = re.compile(
    r"ya29\.[\w.-]+|1//[\w-]{10,}|GOCSPX-[\w-]+|(?i:bearer)\s+\S+|eyJ[\w-]{10,}\.[\w.-]*|-----BEGIN[\s\S]*"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
)
_LONGEST = 200


def scrubbed(text: str) -> str:
    """Take what is secret or personal out of a sentence of somebody else's, and what would not fit on a line."""
    plain = " ".join(_SECRETS.sub("…", text).split())
    shown = "".join(letter for letter in plain if letter.isprintable())
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"


def classify(
    error: BaseException, credentials: Any = None, *, calendar: str | None = None, skew: float | None = None
) -> Fault | None:
    """Say what an exception of a request means; None for one that is nobody's fault but the program's.

    `calendar` is the calendar that it was about: one that is not shared with us costs no other. `skew` is by how many
    seconds this machine's clock is known to be ahead.
    """
    from google.auth.exceptions import GoogleAuthError
    from googleapiclient.errors import BatchError, HttpError

    if isinstance(error, BatchError):  # which calls itself an HttpError, and has no answer
        return garbled()
    if isinstance(error, HttpError):
        return _of_answer(error, credentials, calendar)
    if isinstance(error, GoogleAuthError):
        return _of_identity(error, credentials, skew)
    return _of_network(error)


def raise_for_target(fault: Fault) -> None:
    """Raise Transient or IntegrationError for a fault that more than one resource has; return for any other."""
    if fault.reach is Reach.PASSING:
        raise Transient(fault.words, retry_after=fault.retry_after)
    if fault.reach is Reach.TARGET:
        raise IntegrationError(fault.words)


def garbled() -> Fault:
    """Give the fault of an answer that is not Google's: half of one, or a page of a proxy."""
    words = (
        "what came back is no answer of Google's: is there a proxy, or a page to sign in to the network? "
        "Is base_url right?"
    )
    return Fault(Reach.PASSING, words, certain=False, reason="garbled")


# Answers


def _of_answer(error: Any, credentials: Any, calendar: str | None) -> Fault:
    status, content = int(error.resp.status), error.content
    reason, domain, message = _read(content)
    if reason == "quotaExceeded" and _DIRECTORY in str(getattr(error, "uri", "")):
        reason = "rateLimitExceeded"
    if status in _NOT_THERE and not message:
        # A server that does not know the address says so in words of its own; of what we asked for, it knows nothing.
        return evolve(garbled(), reach=Reach.RESOURCE, certain=True)
    reach, words, certain = _meaning(status, reason, domain, message)
    if reach is not Reach.PASSING and reason not in _SPENT:
        known = explain(error, credentials)
        if known is not None:
            of_one = reason in {"forbiddenForServiceAccounts", "domainPolicy"}
            reach, words = (Reach.RESOURCE if of_one else Reach.TARGET), known
        else:
            words = explain(error, credentials, calendar=calendar) or words
    return Fault(reach, words, certain, status, reason, _retry_after(error.resp))


def _meaning(status: int, reason: str, domain: str, message: str) -> tuple[Reach, str, bool]:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        return Reach.PASSING, f"Google has trouble of its own ({status})", False
    if reason in _SPENT:
        return Reach.TARGET, _SPENT[reason], True
    if status == HTTPStatus.TOO_MANY_REQUESTS or (status == HTTPStatus.FORBIDDEN and reason in _RATES):
        return (
            Reach.PASSING,
            "Google takes no more requests at the moment: the quota a minute is used up",
            True,
        )
    if domain == "usageLimits" and reason != "accessNotConfigured":
        return Reach.TARGET, _SPENT["quotaExceeded"], True
    if status == HTTPStatus.BAD_REQUEST and "conference type" in message.lower():
        return Reach.RESOURCE, _CONFERENCE, True
    if status == HTTPStatus.PRECONDITION_FAILED:
        return Reach.RESOURCE, _RESOURCES["conditionNotMet"], True
    if status in _NOT_THERE:
        return Reach.RESOURCE, "it is not there, or this account may not see it", True
    if reason in _RESOURCES:
        return Reach.RESOURCE, _RESOURCES[reason], True
    said = f": {scrubbed(message)}" if message else ""
    return Reach.RESOURCE, f"Google refused it ({status}{' ' + reason if reason else ''}){said}", True


def _read(content: bytes) -> tuple[str, str, str]:
    """Take the first reason, its domain and the sentence out of an answer, in either of the shapes that Google uses."""
    try:
        error = json.loads(content)["error"]
        listed = [
            *(error.get("errors") or ()),
            *(error.get("details") or ()),
            {"reason": error.get("status")},
        ]
        first = next((each for each in listed if isinstance(each, Mapping) and each.get("reason")), {})
        reason = str(first.get("reason", ""))
        shown = reason if re.fullmatch(r"\w{1,60}", reason) else ""
        return shown, str(first.get("domain", "")), str(error.get("message", ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return "", "", ""


def _retry_after(response: Mapping[str, str]) -> float | None:
    """Read Retry-After, seconds or a date (RFC 9110, section 10.2.3); a date is held against the server's own clock."""
    given = response.get("retry-after")
    if given is None:
        return None
    try:
        return (
            max(float(given), 0.0) if re.fullmatch(r"\s*\d+(\.\d*)?\s*", given) else _until(given, response)
        )
    except (ValueError, TypeError):
        return None


def _until(date: str, response: Mapping[str, str]) -> float | None:
    then = parsedate_to_datetime(date)
    said = response.get("date")
    return max((then - parsedate_to_datetime(said)).total_seconds(), 0.0) if said else None


# What went wrong before or instead of an answer


def _of_identity(error: Any, credentials: Any, skew: float | None) -> Fault:
    from google.auth.exceptions import TransportError

    words = explain(error, credentials) or "Google gave no token"
    passing = isinstance(error, TransportError) or bool(getattr(error, "retryable", False))
    if "clock" in words and skew is not None and abs(skew) >= 1:
        words = f"{words}. By Google's clock it is {_minutes(skew)}"
    # No request of ours is sent before there is a token.
    return Fault(Reach.PASSING if passing else Reach.TARGET, words, certain=True, reason="auth")


def _minutes(skew: float) -> str:
    amount = f"{abs(skew) / 60:.0f} minutes" if abs(skew) >= 90 else f"{abs(skew):.0f} seconds"  # noqa: PLR2004 - a minute and a half
    return f"{amount} {'ahead' if skew > 0 else 'behind'}"


def _of_network(error: BaseException) -> Fault | None:
    import ssl
    from http.client import HTTPException

    import httplib2

    if isinstance(error, ssl.SSLCertVerificationError):
        words = (
            "the server's certificate is not one that this machine trusts: where a proxy reads along, name its "
            "certificate in HTTPLIB2_CA_CERTS"
        )
        return Fault(Reach.TARGET, words, certain=True, reason="certificate")
    if isinstance(error, httplib2.error.ProxiesUnavailableError):
        words = "a proxy is asked for (HTTPS_PROXY), and the package for that is not installed: pip install pysocks"
        return Fault(Reach.TARGET, words, certain=True, reason="proxy")
    if isinstance(error, httplib2.ServerNotFoundError):
        words = "Google's server is not found by its name: is there a network?"
        return Fault(Reach.PASSING, words, certain=True, reason="name")
    if isinstance(error, ConnectionRefusedError):
        words = "the server takes no connection: is there a network, a proxy (HTTPS_PROXY) or a firewall in between?"
        return Fault(Reach.PASSING, words, certain=True, reason="refused")
    if isinstance(error, TimeoutError):
        return Fault(Reach.PASSING, "no answer came in time", certain=False, reason="time-out")
    if isinstance(error, httplib2.HttpLib2Error | HTTPException):
        return garbled()
    if isinstance(error, OSError):
        words = "the connection ended before an answer came"
        return Fault(Reach.PASSING, words, certain=False, reason="connection")
    return None
