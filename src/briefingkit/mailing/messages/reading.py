"""Reading a mail back into what it says."""

import re
from collections.abc import Mapping
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from typing import cast

from briefingkit.mailing.messages.message import Mailbox, Parts

__all__ = ["read_parts"]

_FOLDS = re.compile(r"[\r\n]+")
_ESCAPED = re.compile(r"\\(.)")
_TOLD = frozenset(("from", "to", "reply-to", "subject", "mime-version"))


def read_parts(content: bytes) -> Parts:
    """Read what a mail of ours says. Its header may be in UTF-8 (RFC 6532)."""
    mail = message_from_bytes(content, policy=policy.SMTPUTF8)
    raw = dict(mail.raw_items())
    sender, recipient = _mailbox(raw, "From"), _mailbox(raw, "To")
    assert sender is not None  # noqa: S101 - RFC 5322 section 3.6
    assert recipient is not None  # noqa: S101 - each message is one recipient's
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    calendar = next((part for part in mail.walk() if part.get_content_type() == "text/calendar"), None)
    return Parts(
        sender=sender,
        recipient=recipient,
        reply_to=_mailbox(raw, "Reply-To"),
        subject=_whole(str(mail["Subject"] or "")),
        text="" if plain is None else _lines(plain.get_content()),
        html=None if html is None else _lines(html.get_content()),
        calendar=None if calendar is None else cast("bytes", calendar.get_payload(decode=True)),
        method=None if calendar is None else cast("str | None", calendar.get_param("method")),
        headers={name: _whole(str(value)) for name, value in mail.items() if _is_other(name)},
    )


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")


def _is_other(name: str) -> bool:
    return name.lower() not in _TOLD and not name.lower().startswith("content-t")


def _mailbox(raw: Mapping[str, str], name: str) -> Mailbox | None:
    """Read the one mailbox of a field, by hand: in Python 3.11 the parser keeps spaces between encoded words."""
    field = raw.get(name)
    if field is None:
        return None
    shown = _whole(_FOLDS.sub("", field)).strip()
    if not shown.endswith(">"):
        return Mailbox("", shown)
    display, _, address = shown[:-1].rpartition("<")
    display = display.strip()
    if display.startswith('"'):
        return Mailbox(_ESCAPED.sub(r"\1", display[1:-1]), address)
    return Mailbox(str(make_header(decode_header(display))), address)


def _whole(text: str) -> str:
    """Give characters for the octets of UTF-8 that the standard library takes for unknown ones."""
    try:
        return text.encode("ascii", "surrogateescape").decode("utf-8")
    except UnicodeError:
        return text
