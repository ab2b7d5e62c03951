"""Reading a mail back into what it says."""

from email import message_from_bytes, policy
from typing import TYPE_CHECKING, cast

from briefingkit.mailing.message import Mailbox, Parts

if TYPE_CHECKING:
    from email.headerregistry import Address
    from email.message import EmailMessage

__all__ = ["read_parts"]

_TOLD = frozenset(("from", "to", "reply-to", "subject", "mime-version"))


def read_parts(content: bytes) -> Parts:
    """Read what a mail of ours says. Its header may be in UTF-8 (RFC 6532)."""
    mail = message_from_bytes(content, policy=policy.SMTPUTF8)
    sender, recipient = _mailbox(mail, "From"), _mailbox(mail, "To")
    assert sender is not None  # noqa: S101 - RFC 5322 section 3.6
    assert recipient is not None  # noqa: S101 - each message is one recipient's
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    calendar = next((part for part in mail.walk() if part.get_content_type() == "text/calendar"), None)
    return Parts(
        sender=sender,
        recipient=recipient,
        reply_to=_mailbox(mail, "Reply-To"),
        subject=_whole(str(mail["Subject"] or "")),
        text="" if plain is None else plain.get_content(),
        html=None if html is None else html.get_content(),
        calendar=None if calendar is None else cast("bytes", calendar.get_payload(decode=True)),
        method=None if calendar is None else cast("str | None", calendar.get_param("method")),
        headers={name: _whole(str(value)) for name, value in mail.items() if _is_other(name)},
    )


def _is_other(name: str) -> bool:
    return name.lower() not in _TOLD and not name.lower().startswith("content-t")


def _mailbox(mail: "EmailMessage", name: str) -> Mailbox | None:
    header = mail[name]
    if header is None:
        return None
    first: Address = header.addresses[0]
    local = first.username
    return Mailbox(_whole(first.display_name), _whole(f"{local}@{first.domain}"))


def _whole(text: str) -> str:
    """Give characters for the octets of UTF-8 that the standard library takes for unknown ones."""
    try:
        return text.encode("ascii", "surrogateescape").decode("utf-8")
    except UnicodeError:
        return text
