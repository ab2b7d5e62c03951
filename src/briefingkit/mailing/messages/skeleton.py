"""A mail with places in it: everything that is the same for a variant is encoded, and stands ready to be joined.

The structure is the one that calendars in Outlook, Gmail and Apple's Mail recognise: multipart/alternative comes
first, text/calendar is its last part and has no disposition, and the same file is attached.
"""

from collections.abc import Iterator
from email.utils import format_datetime
from functools import partial

from attrs import field, frozen

from briefingkit.mailing.messages.edition import Edition
from briefingkit.mailing.messages.encoding import Body, Hole, encode
from briefingkit.mailing.messages.filling import Addressee, Octets, filled, value_of
from briefingkit.mailing.messages.headers import addresses, plain, unstructured, wire_address, with_address
from briefingkit.mailing.messages.joining import Skeleton, assembled
from briefingkit.mailing.messages.message import Mailbox, Parts
from briefingkit.mailing.messages.slots import Slot, Text
from briefingkit.text.spaces import one_line

__all__ = ["Written", "skeleton"]

_MIXED, _ALTERNATIVE = "=_bk_mixed", "=_bk_alternative"
"""Boundaries that no part can hold: "=_" is neither quoted-printable nor base64 (RFC 2045 section 6.7)."""
_ONE_CLICK = b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
_FILE = "invite.ics"


@frozen
class Written:
    """What a variant says, before it is encoded. `calendar` is None where no file goes with it."""

    language: str
    sender_name: str
    subject: Text
    text: Octets = field(repr=False)
    html: Octets = field(repr=False)
    calendar: Octets | None = field(repr=False)
    method: str | None
    reply_to: str | None


def skeleton(edition: Edition, written: Written) -> Skeleton:
    """Encode a variant, once."""
    head = tuple(_head(edition, written))
    sender, _ = wire_address(edition.letterhead.bounces or edition.letterhead.address)
    pieces = [*(piece for _, piece in head), *_body(written)]
    return assembled(pieces, sender, partial(_parts, edition, written, head))


# The header.

_Field = tuple[str, "bytes | Hole[Addressee]"]


def _head(edition: Edition, written: Written) -> Iterator[_Field]:
    letterhead = edition.letterhead
    sender, _ = wire_address(letterhead.address)
    yield "From", with_address("From", written.sender_name, sender)
    yield "To", Hole(_to)
    if written.reply_to is not None:
        reply_to, _ = wire_address(written.reply_to)
        yield "Reply-To", with_address("Reply-To", "", reply_to)
    yield "Subject", _subject(written.subject)
    yield "Date", plain("Date", format_datetime(edition.at))
    yield "Message-ID", Hole(partial(_message_id, edition.namespace.encode("ascii")))
    yield "Content-Language", plain("Content-Language", written.language)
    yield "Auto-Submitted", plain("Auto-Submitted", "auto-generated")
    if edition.kind.bulk:
        yield "List-Id", plain("List-Id", f"<{edition.briefing.identifier}.{edition.namespace}>")
        yield from _unsubscribing(edition)
    yield "MIME-Version", plain("MIME-Version", "1.0")


def _to(addressee: Addressee) -> bytes:
    return with_address("To", addressee.recipient.name, addressee.wire)


def _subject(subject: Text) -> bytes | Hole[Addressee]:
    if not any(isinstance(piece, Slot) for piece in subject):
        return unstructured("Subject", _flat(subject, None))
    return Hole(lambda addressee: unstructured("Subject", _flat(subject, addressee)))


def _flat(subject: Text, addressee: Addressee | None) -> str:
    said = (
        piece if isinstance(piece, str) else value_of(piece)(addressee) if addressee is not None else ""
        for piece in subject
    )
    return one_line("".join(said))


def _message_id(domain: bytes, addressee: Addressee) -> bytes:
    return b"Message-ID: <%s@%s>\r\n" % (addressee.name.encode("ascii"), domain)


def _unsubscribing(edition: Edition) -> Iterator[_Field]:
    mail = edition.letterhead.unsubscribe
    mailto = None if mail is None else f"mailto:{wire_address(mail)[0]}?subject=unsubscribe%20"

    def ways(addressee: Addressee) -> bytes:
        web = addressee.recipient.links.get("unsubscribe")
        urls = [web] if web else []
        if mailto is not None:
            urls.append(mailto + addressee.name)
        if not urls:
            return b""
        # One-click needs an address of the web, over TLS (RFC 8058 section 3.1).
        click = _ONE_CLICK if web and web.startswith(("https://", "HTTPS://")) else b""
        return addresses("List-Unsubscribe", urls) + click

    yield "List-Unsubscribe", Hole(ways)


# The body.


def _body(written: Written) -> Iterator[bytes | Hole[Addressee]]:
    language = f"Content-Language: {written.language}\r\n".encode("ascii")
    attached = written.calendar is not None
    if attached:
        yield _multipart("mixed", _MIXED)
        yield f"--{_MIXED}\r\n".encode("ascii")
    yield _multipart("alternative", _ALTERNATIVE)
    yield from _part(b"text/plain; charset=utf-8", encode(written.text), language)
    yield from _part(b"text/html; charset=utf-8", encode(written.html), language)
    if written.calendar is not None:
        calendar = encode(written.calendar, base64=True)
        method = f"text/calendar; charset=utf-8; method={written.method}".encode("ascii")
        yield from _part(method, calendar, b"")
        yield f"--{_ALTERNATIVE}--\r\n".encode("ascii")
        name = f'; name="{_FILE}"'.encode("ascii")
        disposition = f'Content-Disposition: attachment; filename="{_FILE}"\r\n'.encode("ascii")
        yield from _part(b"application/ics" + name, calendar, disposition, boundary=_MIXED)
        yield f"--{_MIXED}--\r\n".encode("ascii")
    else:
        yield f"--{_ALTERNATIVE}--\r\n".encode("ascii")


def _multipart(kind: str, boundary: str) -> bytes:
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode("ascii")


def _part(
    kind: bytes, body: Body[Addressee], more: bytes, boundary: str = _ALTERNATIVE
) -> Iterator[bytes | Hole[Addressee]]:
    encoding = body.encoding.encode("ascii")
    yield b"--%s\r\nContent-Type: %s\r\n%sContent-Transfer-Encoding: %s\r\n\r\n" % (
        boundary.encode("ascii"),
        kind,
        more,
        encoding,
    )
    yield from body.pieces
    yield b"\r\n"


# What it says, for those who write the mail themselves.


def _parts(edition: Edition, written: Written, head: tuple[_Field, ...], addressee: Addressee) -> Parts:
    recipient = addressee.recipient
    told = {"From", "To", "Reply-To", "Subject", "MIME-Version"}
    fields = b"".join(
        piece if isinstance(piece, bytes) else piece.fill(addressee)
        for name, piece in head
        if name not in told
    )
    lines = fields.decode("ascii").replace("\r\n ", " ").split("\r\n")
    calendar = None if written.calendar is None else filled(written.calendar, addressee)
    return Parts(
        sender=Mailbox(written.sender_name, wire_address(edition.letterhead.address)[0]),
        recipient=Mailbox(recipient.name, addressee.wire),
        reply_to=None if written.reply_to is None else Mailbox("", wire_address(written.reply_to)[0]),
        subject=_flat(written.subject, addressee),
        text=filled(written.text, addressee).decode().replace("\r\n", "\n"),
        html=filled(written.html, addressee).decode().replace("\r\n", "\n"),
        calendar=calendar,
        method=written.method,
        headers=dict(line.split(": ", 1) for line in lines if line),
    )
