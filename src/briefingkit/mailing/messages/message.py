"""A message as it goes out: an envelope, the octets of the whole mail, and what it says for those who send no octets.

What builds messages and what sends them meet here and nowhere else.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from attrs import Factory, field, frozen

__all__ = ["Mailbox", "Message", "Parts"]


@frozen
class Mailbox:
    """A name, which may be empty, and an address (RFC 5322 section 3.4); the address is not encoded for the wire."""

    name: str = field(repr=False)
    address: str = field(repr=False)


@frozen
class Parts:
    """What a message says, decoded: for transports that are given fields and write the mail themselves.

    `calendar` is the ICS in UTF-8 and `method` its METHOD; both are None in a mail without an event. `headers` are
    those that stand in no other field and are no matter of MIME's: Message-ID, Date, Content-Language, List-Id …,
    unfolded and as they are on the wire, in order.
    """

    sender: Mailbox
    recipient: Mailbox
    reply_to: Mailbox | None
    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str | None = field(repr=False)
    calendar: bytes | None = field(repr=False)
    method: str | None
    headers: Mapping[str, str] = field(repr=False)


@frozen(slots=False)
class Message:
    """One mail to one recipient, complete.

    `key` is its idempotency key, hexadecimal: the same for the same mailing, recipient and occasion, and for no
    other. `name` is what it is called where others see it (see `names`), the key where nothing else is said. `sender`
    and `recipient` are the envelope's (RFC 5321), bare addresses. `content` is the whole mail (RFC 5322), every line
    ended by CRLF, the last one too, and no dot doubled. `smtputf8` says that its header or envelope is not ASCII
    (RFC 6531), `eightbit` that some octet of it is not (RFC 6152).
    """

    key: str
    sender: str = field(repr=False)
    recipient: str = field(repr=False)
    content: bytes = field(repr=False)
    smtputf8: bool = False
    eightbit: bool = False
    _tell: Callable[[], Parts] | None = field(default=None, repr=False, eq=False)
    name: str = Factory(lambda self: self.key, takes_self=True)

    @cached_property
    def parts(self) -> Parts:
        """What it says, made when it is first asked for; read out of the octets where nobody told it."""
        if self._tell is not None:
            return self._tell()
        from briefingkit.mailing.messages.reading import read_parts

        return read_parts(self.content)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what cannot travel to another process and can be read again there."""
        return {name: value for name, value in vars(self).items() if name not in {"_tell", "parts"}} | {
            "_tell": None
        }
