"""Looking at a mail before anybody gets it: in a terminal, as a file, in a browser."""

from attrs import field, frozen

from briefingkit.mailing.messages.composer import Composer
from briefingkit.mailing.messages.message import Mailbox, Message
from briefingkit.mailing.people.recipient import Recipient
from briefingkit.text.bidi import strip_controls

__all__ = ["Preview", "preview"]


@frozen
class Preview:
    """One recipient's mail. `notices` say, in English, what it lacks; all else is as the recipient has it.

    `eml` is a file that mail programs open, `html` a page for a browser, `text` what a terminal shows.
    """

    message: Message
    notices: tuple[str, ...]
    eml: bytes = field(repr=False)
    html: str = field(repr=False)
    text: str = field(repr=False)


def preview(composer: Composer, recipient: Recipient, occasion: str = "") -> Preview:
    """Compose a mail to look at. It raises what composing the mail does; nothing is sent, and nothing is written."""
    message = composer.message(recipient, occasion)
    notices = composer.notices(recipient)
    return Preview(message, notices, message.content, message.parts.html or "", _text(message, notices))


def _text(message: Message, notices: tuple[str, ...]) -> str:
    parts = message.parts
    head = {
        "From": _mailbox(parts.sender),
        "To": _mailbox(parts.recipient),
        "Reply-To": None if parts.reply_to is None else _mailbox(parts.reply_to),
        "Subject": parts.subject,
        **parts.headers,
        "Attached": None
        if parts.calendar is None
        else f"invite.ics ({parts.method}, {len(parts.calendar):,} octets)",
        "Size": f"{len(message.content):,} octets",
    }
    lines = [f"{name}: {value}" for name, value in head.items() if value is not None]
    lines += [f"Note: {notice}" for notice in notices]
    return strip_controls("\n".join((*lines, "", parts.text)))


def _mailbox(mailbox: Mailbox) -> str:
    return f"{mailbox.name} <{mailbox.address}>" if mailbox.name else mailbox.address
