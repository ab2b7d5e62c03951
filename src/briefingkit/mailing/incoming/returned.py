"""What mail brings back (RFC 3464), what its readers complain about (RFC 5965), and who asks by mail for no more.

Anybody can write such a mail. It is taken apart by hand and only so far as it may go: so many levels of parts, so many
of them, so many octets; what is not understood tells nothing, and nothing in it is an error. Its events carry our key
where the mail that came back bears one of our names in its Message-ID, or as that of its envelope. Whether the name was
proven goes along; what that counts for is for `hearing` to say.
"""

import base64
import binascii
import hashlib
import quopri
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.errors import MessageError
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from attrs import evolve

from briefingkit.mailing.incoming.feedback import Event, Kind
from briefingkit.mailing.incoming.reports import (
    Fields,
    complaint_kind,
    fate_of,
    fields_of,
    recipients_of,
    words_of,
)
from briefingkit.mailing.messages.names import NAME, Named, Names

if TYPE_CHECKING:
    from email.message import Message

__all__ = ["LARGEST", "read_returned"]

LARGEST = 1 << 20
"""Octets of a mail that are looked at: what is told stands before the mail that comes back, or at its beginning."""

_DEEPEST, _MOST_PARTS, _MOST_RECIPIENTS = 3, 30, 20
_HEAD = 1 << 16
_STATUS = frozenset(("message/delivery-status", "message/global-delivery-status"))
_COMPLAINT = "message/feedback-report"
_RETURNED = frozenset(("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"))
_ENVELOPE = "original-envelope-id"
_ID = re.compile(rf"<\s*({NAME})@([^<>\s@]{{1,255}})\s*>", re.ASCII)
_ASKED = re.compile(rf"\bunsubscribe\s{{1,20}}({NAME})(?![.\w])", re.ASCII | re.IGNORECASE)
_OLDEST = timedelta(days=366)


def read_returned(content: bytes, *, domain: str, names: Names, now: datetime) -> tuple[Event, ...]:
    """Read what a mail tells; nothing where it is of another sort. `domain` is the one of our Message-IDs."""
    content = content[:LARGEST]
    head, _ = _split(content)
    at, subject = _moment(_said(head, "Date"), now), _said(head, "Subject")
    if (asked := _ASKED.search(subject)) and (one := names.read(asked[1].lower())):
        told = f"asked:{one.key}:{_named(head, content)}"
        return (Event(Kind.UNSUBSCRIBED, told, at, key=one.key, proven=one.proven),)
    parts = list(_parts(content, _DEEPEST))
    about = _about(parts, domain, names)
    if about is None:
        return ()
    named = _named(head, content)
    return tuple(evolve(each, proven=about.proven) for each in _events(parts, about.key, named, at))


def _events(parts: list[tuple[str, bytes]], key: str, named: str, at: datetime) -> Iterator[Event]:
    for kind, body in parts:
        if kind in _STATUS:
            told = [each for each in fields_of(body) if "action" in each][:_MOST_RECIPIENTS]
            for number, one in enumerate(told):
                yield from _status(one, key, f"{named}:{number}", at)
            return
        if kind == _COMPLAINT:
            found = next(map(complaint_kind, fields_of(body)), None)
            if found is not None:
                yield Event(found[0], f"complaint:{named}", at, key=key, reason=found[1])
            return


def _status(told: Fields, key: str, named: str, at: datetime) -> Iterator[Event]:
    fate = fate_of(told)
    if fate is None:
        return
    recipients = recipients_of(told)
    yield Event(
        fate.kind,
        f"status:{named}",
        at,
        recipients[0] if recipients else None,
        key,
        None,
        fate.reason,
        permanent=fate.permanent,
        words=words_of(told, recipients),
    )


# Taking it apart.


def _parts(content: bytes, deepest: int) -> Iterator[tuple[str, bytes]]:
    """Give the parts of a mail that is made of parts, by their type, with their body decoded."""
    head, body = _split(content)
    boundary = _boundary(head)
    if boundary is None:
        return
    for part in _divided(body, boundary):
        inner, inside = _split(part)
        kind = _type(inner)
        if kind.startswith("multipart/"):
            if deepest > 1:
                yield from _parts(part, deepest - 1)
        else:
            yield kind, _decoded(inner, inside)


def _divided(body: bytes, boundary: bytes) -> Iterator[bytes]:
    """Divide a body at its boundary (RFC 2046 section 5.1.1); the last part may have no end."""
    line = re.compile(rb"(?:^|\r?\n)--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\r?\n|$)")
    begin: int | None = None
    number = 0
    for match in line.finditer(body):
        if begin is not None:
            yield body[begin : match.start()]
            number += 1
        if match[1] or number >= _MOST_PARTS:
            return
        begin = match.end()
    if begin is not None:
        yield body[begin:]


def _split(content: bytes) -> "tuple[Message, bytes]":
    """Part a mail, or a part of one, from its header; a header without end is cut off."""
    content = content.lstrip(b"\r\n")
    end = re.search(rb"\r?\n\r?\n", content[: _HEAD + 4])
    head = content[: end.start() if end else _HEAD]
    return BytesHeaderParser().parsebytes(head), content[end.end() :] if end else b""


def _said(head: "Message", name: str) -> str:
    value = head.get(name)
    return "" if value is None else str(value)[:4000]


def _type(head: "Message") -> str:
    try:
        return head.get_content_type()
    except (ValueError, LookupError, MessageError):
        return ""


def _boundary(head: "Message") -> bytes | None:
    try:
        if head.get_content_maintype() != "multipart":
            return None
        found = head.get_boundary()
    except (ValueError, LookupError, MessageError, TypeError):
        return None
    return found.encode("ascii", "surrogateescape") if found and found.isascii() else None


def _decoded(head: "Message", body: bytes) -> bytes:
    how = _said(head, "Content-Transfer-Encoding").strip().lower()
    try:
        if how == "base64":
            return base64.b64decode(re.sub(rb"[^A-Za-z0-9+/]", b"", body) + b"==")
        if how == "quoted-printable":
            return quopri.decodestring(body)
    except (binascii.Error, ValueError):
        pass
    return body


# What it says.


def _about(parts: list[tuple[str, bytes]], domain: str, names: Names) -> Named | None:
    """Find what a mail is about: of several names one with its proof, or else the first."""
    found = [one for part in parts if (one := _named_in(*part, domain, names)) is not None]
    return next((one for one in found if one.proven), found[0] if found else None)


def _named_in(kind: str, body: bytes, domain: str, names: Names) -> Named | None:
    """Find our name in the header that came back, or in what we called the envelope (RFC 3461 section 4.4)."""
    if kind in _STATUS:
        return names.read(next((each[_ENVELOPE] for each in fields_of(body) if _ENVELOPE in each), ""))
    if kind not in _RETURNED:
        return None
    head, _ = _split(body)
    match = _ID.fullmatch(_said(head, "Message-ID").strip())
    return names.read(match[1]) if match and match[2].lower() == domain.lower() else None


def _named(head: "Message", content: bytes) -> str:
    """Name a mail so that it has the same name wherever it is read again."""
    own = _said(head, "Message-ID").strip()
    return hashlib.sha256(own.encode("utf-8", "replace") if own else content).hexdigest()[:32]


def _moment(text: str, now: datetime) -> datetime:
    """Read a mail's Date (RFC 5322 section 3.6.1); now, where it has none that can be."""
    try:
        made = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return now
    try:
        made = (made if made.tzinfo is not None else made.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return now
    return made if now - _OLDEST <= made <= now else now
