"""What a message says, in the fields that mail services take; and what they must not read into it."""

import base64
import html
import re
from email.header import Header

from briefingkit.mailing.messages.headers import wire_address
from briefingkit.mailing.messages.message import Mailbox, Message
from briefingkit.text import spaces

__all__ = [
    "FILE_NAME",
    "TAG",
    "as_html",
    "as_text",
    "attached",
    "header_value",
    "message_id",
    "one_line",
    "own_headers",
    "shown",
    "wire",
]

TAG = "briefingkit"
"""Under which name a message's key is given along, where a service keeps such things."""

FILE_NAME = "invite.ics"
_ONE_LINE = 10**6
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ATOMS = re.compile(r"[\w !#$%&'*+/=?^`{|}~-]*")


def wire(mailbox: Mailbox) -> str:
    """Give an address as it goes over the wire, its domain in ASCII."""
    return wire_address(mailbox.address)[0]


def shown(mailbox: Mailbox, address: str) -> str:
    """Write a mailbox in one string (RFC 5322 section 3.4), its name quoted where it has to be, and not encoded."""
    name = one_line(mailbox.name)
    if not name:
        return address
    if _ATOMS.fullmatch(name):
        return f"{name} <{address}>"
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address}>'


def one_line(text: str) -> str:
    """Put a text on one line, without what would end it; joiners within words stay."""
    return spaces.one_line(_BREAKS.sub(" ", text))


def own_headers(message: Message, *, without: frozenset[str] = frozenset()) -> dict[str, str]:
    """Give the headers that stand in no field, but for those (in small letters) that a service writes itself."""
    headers = {name: header_value(value) for name, value in message.parts.headers.items()}
    return {name: value for name, value in headers.items() if value and name.lower() not in without}


def header_value(text: str) -> str:
    """Put a value on one line, in ASCII: services send what is not as it comes, which is no header (RFC 2047)."""
    line = one_line(text)
    return line if line.isascii() else Header(line, "utf-8", maxlinelen=_ONE_LINE).encode()


def message_id(message: Message) -> str:
    """Give a message's Message-ID (RFC 5322 section 3.6.4), empty where it has none."""
    headers = message.parts.headers.items()
    found = next((value for name, value in headers if name.lower() == "message-id"), "")
    return found.strip()


def attached(calendar: bytes) -> str:
    """Encode an attachment."""
    return base64.b64encode(calendar).decode("ascii")


def as_text(text: str) -> str:
    """Give text that is more than nothing: services refuse an empty one."""
    return text if text.strip() else " "


def as_html(text: str) -> str:
    """Make HTML of a text, for a service that takes no mail without it; its lines stay lines."""
    return f'<div style="white-space: pre-wrap">{html.escape(text)}</div>'
