"""The key of a message: by it the ledger plans it once, and mail programs see that two copies are the same."""

import hashlib
import json

__all__ = ["message_key"]


def message_key(briefing: str, mailing: str, person: str, occasion: str = "") -> str:
    """Give the idempotency key of one message, hexadecimal: the same for the same four, and for no others.

    `person` is the normalised address. Beside the namespace's domain, in a Message-ID, it is unique in the world.
    """
    words = json.dumps([briefing, mailing, person, occasion], ensure_ascii=True)
    return hashlib.sha256(words.encode()).hexdigest()[:40]
