"""What servers say, made fit to keep and to show, and read for what it asks of us."""

import re
from collections.abc import Iterable
from datetime import timedelta

from briefingkit.mailing.outgoing.transport import Delivery, Status

__all__ = ["answered", "asked_wait", "clean", "is_throttle"]

_LONGEST = 300
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")
_ADDRESS = re.compile(r"<?[^\s<>,;:()\[\]\"]+@[^\s<>,;:()\[\]\"]*[^\s<>,;:()\[\]\".]>?")
_WAIT = re.compile(
    r"(?i)\b(?:try|retry|wait|again|after|come back)\b[^.;0-9]{0,40}?"
    r"(\d{1,5})\s*(s|sec|m|min|h|hr)(?:ond|inute|our|s)*\b"
)
_SECONDS = {"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "hr": 3600}
_LONGEST_WAIT = timedelta(hours=24)
_THROTTLE = re.compile(
    r"(?i)\btoo (?:many|much|fast)\b|\brates?[- ]?(?:limit|control)|\bthrottl|\bslow(?:ing)? down\b"
    r"|\bquota\b.*\b(?:send|hour|day|daily)|\b(?:sending|daily|hourly)\b.*\b(?:quota|limit)|\b4\.7\.28\b|\b4\.3\.2\b"
)
_AWAY = (421, 454)
"""Codes that are not about the message: RFC 5321 section 3.8 (closing), RFC 4954 section 6 (and who limits by it)."""


def clean(words: str | bytes, hidden: Iterable[str] = ()) -> str:
    """Make a server's words fit to keep and to show: on one line, not endless, and without anybody's address.

    `hidden` are texts that must not stand in it, in any case: the recipient of the message, a user's name.
    """
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    text = text[: 4 * _LONGEST]
    lowered = text.lower()
    # Most answers name nobody, and a pattern is slow to make.
    named = [each for each in hidden if each and each.lower() in lowered]
    if not named and "@" not in text and "  " not in text and text.isascii() and text.isprintable():
        return text.strip() if len(text) <= _LONGEST else text[: _LONGEST - 1].strip() + "…"
    text = _CONTROL.sub(" ", text)
    for secret in sorted(named, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", "…", text, flags=re.IGNORECASE)
    text = " ".join(_ADDRESS.sub("…", text).replace("<…>", "…").split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def asked_wait(words: str) -> timedelta | None:
    """Read how long a server asks to wait, where it says so in so many words: `try again in 5 minutes`."""
    match = _WAIT.search(words)
    if match is None:
        return None
    return min(timedelta(seconds=int(match[1]) * _SECONDS[match[2].lower()]), _LONGEST_WAIT)


def is_throttle(code: int, words: str) -> bool:
    """Tell whether a refusal is not about the message, but says that the service is away, or that we are too fast."""
    return code in _AWAY or (400 <= code < 500 and _THROTTLE.search(words) is not None)  # noqa: PLR2004 - refused for now


def answered(key: str, code: int, words: str | bytes, hidden: Iterable[str] = ()) -> Delivery:
    """Read an SMTP reply (RFC 5321 section 4.2.1) to a message, or to a step on its way: 2xx is sent.

    A code that is none of SMTP's is no answer: the message may come to be refused later on, so it is tried again.
    """
    text = clean(words, hidden)
    if 200 <= code < 300:  # noqa: PLR2004 - the classes of replies
        return Delivery(key, Status.SENT, code, text)
    if 500 <= code < 600:  # noqa: PLR2004 - as above
        return Delivery(key, Status.FAILED, code, text)
    return Delivery(
        key,
        Status.DEFERRED,
        code if code > 0 else None,
        text,
        retry_after=asked_wait(text),
        throttled=is_throttle(code, text),
    )
