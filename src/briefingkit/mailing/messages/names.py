"""What a message is called where others see it: its key, and a proof that only this ledger can make.

Its key is made of a briefing, a mailing and an address, which others may know. A mail that says that a message came
back is believed where it brings the whole name along, which only those have seen who have seen the message.
"""

import hashlib
import hmac
import re
from typing import TYPE_CHECKING, Self

from attrs import field, frozen

from briefingkit.store.registrations import Registrations

if TYPE_CHECKING:
    from briefingkit.store.ledger import Ledger

__all__ = ["NAME", "Named", "Names"]

NAME = r"[0-9a-f]{40}(?:\.[0-9a-f]{20})?"
"""A name as a regular expression: what may stand before the @ in a Message-ID (RFC 5322 section 3.6.4)."""

_CONTEXT = b"mail name\n"
_PROOF = 20  # hexadecimal digits, 80 bits: each guess is a mail to somebody's mailbox
_WHOLE = re.compile(NAME, re.ASCII)
_BARE_UNTIL = "mail.bare_until"


@frozen
class Named:
    """A message that somebody named; `proven` where the name had its proof."""

    key: str
    proven: bool


@frozen
class Names:
    """The names of a ledger's messages; `key` is the ledger's own.

    What was begun until `bare_until` ("" is never) was called by its key alone, and is for ever: a message that is sent
    again has the same octets.
    """

    key: bytes = field(repr=False)
    bare_until: str = ""

    @classmethod
    def of(cls, ledger: "Ledger", key: bytes) -> Self:
        """Open the names of a ledger."""
        return cls(key, Registrations(ledger).key(_BARE_UNTIL, ""))

    def name(self, key: str, begun_at: str | None = None) -> str:
        """Name a message by its key, and by when it was begun (ISO 8601, UTC)."""
        return key if self.is_bare(begun_at) else f"{key}.{self._proof(key)}"

    def is_bare(self, begun_at: str | None) -> bool:
        """Tell whether a message that was begun then is called by its key alone."""
        return begun_at is not None and begun_at <= self.bare_until

    def read(self, said: str) -> Named | None:
        """Read a name; None for what is none of ours."""
        if not _WHOLE.fullmatch(said):
            return None
        key, _, proof = said.partition(".")
        if proof and not hmac.compare_digest(proof, self._proof(key)):
            return None
        return Named(key, bool(proof))

    def _proof(self, key: str) -> str:
        return hmac.digest(self.key, _CONTEXT + key.encode("ascii"), hashlib.sha256).hex()[:_PROOF]
