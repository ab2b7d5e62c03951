"""Signed links: an address that lets whoever holds it see and change one registration, and tells nothing of them.

A link is made with the ledger's own key and holds for one purpose and one briefing until it expires. It names what it
is about by a number or an identifier, never by anything that a person has said.
"""

import base64
import binascii
import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from attrs import frozen

from briefingkit.errors import RegistrationError

if TYPE_CHECKING:
    from briefingkit.model import Briefing

__all__ = [
    "REGISTRATION",
    "BadLink",
    "Fault",
    "Link",
    "link_end",
    "number_of",
    "read_link",
    "sign",
    "subject_of",
]

REGISTRATION = "registration"
"""The purpose of a link to one's own registration: to see it, change it, cancel it."""

_SUBJECT = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_NUMBERED = re.compile(r"n[0-9]{1,12}", re.ASCII)
_MAC = 20  # octets: HMAC-SHA-256 cut to 160 bits (RFC 2104 section 5 asks for half of them at least)
_TIME = 5  # octets of a time in seconds: until the year 36812
_LONGEST = 256
_CONTEXT = b"briefingkit links 1"
_KEPT = timedelta(days=30)


class Fault(StrEnum):
    """Why a link does not hold."""

    FORGED = "forged"
    """It was not made here, or not for this purpose and briefing, or only a part of it arrived."""
    EXPIRED = "expired"


class BadLink(RegistrationError):
    """A link that does not hold; `fault` says why. Its words quote nothing of it."""

    def __init__(self, fault: Fault) -> None:
        super().__init__("the link has expired" if fault is Fault.EXPIRED else "the link is not one of ours")
        self.fault = fault


@frozen
class Link:
    """What a link is about, and until when it holds (aware, to the second)."""

    subject: str
    expires: datetime


def sign(key: bytes, subject: str, *, purpose: str, briefing: str, expires: datetime) -> str:
    """Make a link's token: letters, digits, `-` and `_`, as a path can hold them.

    `subject` is 1 to 64 letters, digits, dots, dashes and underscores; RegistrationError for another one, so that no
    e-mail address gets into a link.
    """
    if not _SUBJECT.fullmatch(subject):
        raise RegistrationError("a link names its subject by 1 to 64 letters, digits, dots and dashes")
    said = int(expires.timestamp()).to_bytes(_TIME, "big") + subject.encode("ascii")
    return _text(_mac(key, purpose, briefing, said) + said)


def read_link(key: bytes, token: str, *, purpose: str, briefing: str, now: datetime) -> Link:
    """Read a token that was signed for this purpose and briefing. BadLink for any other, and for one that expired."""
    raw = _octets(token)
    mac, said = raw[:_MAC], raw[_MAC:]
    if not hmac.compare_digest(mac, _mac(key, purpose, briefing, said)):
        raise BadLink(Fault.FORGED)
    expires = datetime.fromtimestamp(int.from_bytes(said[:_TIME], "big"), UTC)
    if now >= expires:
        raise BadLink(Fault.EXPIRED)
    return Link(said[_TIME:].decode("ascii"), expires)


def subject_of(number: int) -> str:
    """Name a registration by its number on the list, for a link that goes to the person's own address."""
    return f"n{number}"


def number_of(subject: str) -> int | None:
    """Give the number that `subject_of` has named; None for another subject."""
    return int(subject[1:]) if _NUMBERED.fullmatch(subject) else None


def link_end(briefing: "Briefing", now: datetime) -> datetime:
    """Tell until when a link to a registration should hold: 30 days after the end, and 30 days from now at least."""
    when = briefing.when
    return max(now, when.utc_end if when is not None else now) + _KEPT


def _mac(key: bytes, purpose: str, briefing: str, said: bytes) -> bytes:
    own = hmac.digest(key, _CONTEXT, hashlib.sha256)  # the key itself signs other things as well
    parts = (purpose.encode(errors="replace"), briefing.encode(errors="replace"), said)
    # Each with its length before it: where one ends cannot be moved.
    about = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return hmac.digest(own, about, hashlib.sha256)[:_MAC]


def _text(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")


def _octets(token: str) -> bytes:
    """Undo `_text`; one spelling alone is good. BadLink for what was no such text, or is too short."""
    if not token.isascii() or len(token) > _LONGEST:
        raise BadLink(Fault.FORGED)
    try:
        octets = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise BadLink(Fault.FORGED) from None
    if len(octets) <= _MAC + _TIME or _text(octets) != token:
        raise BadLink(Fault.FORGED)
    return octets
